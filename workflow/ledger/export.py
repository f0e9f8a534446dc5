"""
The record of a unit's communes as a folder that anybody can check without this program.

Rows stream from the database to files; memory does not grow with them. A chain cannot be cut, so a
commune's record leaves as a whole. The folder appears under its name when all of it is written.
Every file and field: docs/ledger.md.
"""

import base64
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cases.calendar_editions import days_by_version
from cases.duties import Duty
from cases.ledger.entries import ERASED, told_leaf, told_values, value_salt
from cases.ledger.merkle import root_of_peaks
from cases.ledger.sql import snapshot
from cases.models import (
    Act,
    ActChain,
    Anchor,
    Case,
    DailyRoot,
    Erasure,
    Event,
    Level,
    Round,
    TimeStamp,
    Unit,
    User,
)
from cases.models.calendars import NoCalendar, current_calendar
from cases.pack_editions import Denied
from cases.permissions import rounds_within_duty
from cases.rules.calendar_changes import as_calendar
from cases.rules.packs import PACKS, Pack
from workflow.ledger import anchors, daily_root
from workflow.ledger.calendars import calendar_text
from workflow.machine.record import microseconds

FORMAT = "rasoat-ledger/1"
EVENTS_A_LINE = 500
ROWS_AT_ONCE = 2000
# What an act's row says beside its entry, under the entry's names.
_SAID = {
    "code": "code",
    "village": "village_review__village__code",
    "actor": "actor_id",
    "actor_name": "actor_name",
    "on_behalf_of": "on_behalf_of",
    "duty": "duty",
    "duty_unit": "duty_unit__code",
    "article": "article",
    "pack": "pack",
    "at": "at",
    "legal_day": "legal_day",
    "device_at": "device_at",
    "root": "root",
    "count": "count",
}
_STORED = ("entry", "link", "tree", "facts", "private", "salt", "salts", "sequence")


class NotExported(Exception):
    """No folder was written; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass
class Written:
    """What a folder holds."""

    folder: Path
    communes: list[str]
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class _Folder:
    """The files of an export under way, each with its hash and its number of rows."""

    path: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def write(self, name: str, lines: Iterable[bytes]) -> None:
        file, digest, rows, size = self.path / name, hashlib.sha256(), 0, 0
        file.parent.mkdir(exist_ok=True)
        with file.open("xb") as stream:
            for line in lines:
                stream.write(line)
                digest.update(line)
                rows, size = rows + 1, size + len(line)
        self.files[name] = {"sha256": digest.hexdigest(), "rows": rows, "bytes": size}

    def write_rows(self, name: str, rows: Iterable[Any]) -> None:
        self.write(name, (_json(row) + b"\n" for row in rows))


def export(
    unit: Unit, folder: Path, *, at: datetime, by: User | None = None, private: bool = False
) -> Written:
    """
    Write the record of a commune, or of all communes of a district, province or the nation.

    With `private` also names, reasons and what people said; otherwise the hashes of these.

    :raises NotExported: if there is no record, the unit is outside the duty of `by`, or there is
        something under the folder's name already
    :raises OSError: if the folder cannot be written
    """
    communes = communes_of(unit, by)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise NotExported("folder_not_empty")
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    try:
        files = _Folder(unfinished)
        _write_all(files, communes, private)
        manifest = {
            "format": FORMAT,
            "unit": {"code": unit.code, "level": unit.level},
            "heads": dict(_heads(communes)),
            "erased": list(_erased(communes)),
            "made_at": at.isoformat(),
            "made_by": by.username if by else "",
            "private": private,
            "files": files.files,
        }
        files.write("manifest.json", [_json(manifest) + b"\n"])
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    rows = {name: told["rows"] for name, told in files.files.items()}
    return Written(folder, sorted(communes.values()), rows)


def communes_of(unit: Unit, by: User | None) -> dict[int, str]:
    """
    Return the communes whose records belong to a unit: codes by key.

    A commune belongs where one of its rounds lay when it was opened, or whoever keeps the round.

    :raises NotExported: if there are none, or `by` does not audit every one of them
    """
    if unit.level == Level.VILLAGE:
        raise NotExported("not_a_commune_or_above")
    rounds = Round.objects.all()
    if unit.level != Level.NATION:
        rounds = rounds.filter(
            Q(commune=unit) | Q(keeper=unit) | Q(district=unit) | Q(province=unit)
        )
    if by is not None and not _audits(by, unit, rounds):
        raise NotExported("outside_duty")
    chains = ActChain.objects.filter(commune__in=rounds.values("commune"), length__gt=0)
    communes = dict(chains.values_list("commune", "commune__code"))
    if not communes:
        raise NotExported("no_record")
    return communes


@contextmanager
def one_view() -> Iterator[None]:
    """Let the next transaction see the database as it stood at its beginning, whoever writes meanwhile."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield  # SQLite's transactions see one state by themselves
        return
    from psycopg import IsolationLevel

    connection.ensure_connection()
    before = connection.connection.isolation_level
    connection.connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            connection.connection.isolation_level = before


def _audits(by: User, unit: Unit, rounds: QuerySet[Round]) -> bool:
    """Test if the user audits each commune, by its rounds; of a unit without one, nothing is said."""
    within = rounds_within_duty(by, Duty.AUDIT)
    if not within.filter(pk__in=rounds.values("pk")).exists():
        return False
    return not rounds.exclude(commune__in=within.order_by().values("commune")).exists()


def _write_all(files: _Folder, communes: dict[int, str], private: bool) -> None:
    calendars: set[str] = set()
    days: set[date] = set()
    acts = Act.objects.filter(commune__in=communes)
    keys = {round.pk: round.key for round in _rounds(communes)}
    files.write_rows("acts.jsonl", _acts(acts, keys, private, calendars, days))
    files.write_rows("events.jsonl", _events(communes))
    files.write_rows("cases.jsonl", _cases(communes, keys))
    files.write_rows("anchors.jsonl", _anchors(communes))
    _write_days(files, days)
    packs = set(acts.order_by().values_list("pack", flat=True).distinct())
    packs |= {round.pack for round in _rounds(communes)}
    for pack in filter(None, map(_pack, sorted(packs))):
        files.write(f"packs/{pack.code}.json", [pack_text(pack)])
    for version, text in _calendars(calendars):
        files.write(f"calendars/{version}.json", [text])


def _rounds(communes: Iterable[int]) -> QuerySet[Round]:
    return Round.objects.filter(commune__in=communes).select_related("commune").order_by("pk")


def _acts(
    acts: QuerySet[Act],
    keys: Mapping[int, str],
    private: bool,
    calendars: set[str],
    days: set[date],
) -> Iterator[dict[str, Any]]:
    names = (*_STORED, "commune__code", "round_id", *_SAID.values())
    rows = acts.order_by("commune__code", "sequence").values(*names)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        counted = row["facts"].get("counted")
        if isinstance(counted, dict) and isinstance(counted.get("calendar"), str):
            calendars.add(counted["calendar"])
        days.add(row["legal_day"])
        line = {
            "entry": row["entry"],
            "link": bytes(row["link"]).hex(),
            "tree": bytes(row["tree"]).hex(),
            "told": list(_told(row, private)),
        }
        if differing := _differing(row, keys):
            line["row"] = differing
        yield line


def _told(row: Mapping[str, Any], private: bool) -> Iterator[list[Any]]:
    """Yield what an act was told by path: with its salt, or only its leaf where it is not given out."""
    for path, value in told_values(row["facts"], row["private"]):
        if isinstance(value, Mapping) and set(value) == {ERASED}:
            yield [path, value[ERASED]]
            continue
        if row["salts"] is None:
            salt = value_salt(bytes(row["salt"]), path)
        else:
            salt = bytes.fromhex(row["salts"].get(path, ""))
        if private or not path.startswith("private/"):
            yield [path, salt.hex(), value]
        else:
            yield [path, told_leaf(salt, path, value).hex()]


def _differing(row: Mapping[str, Any], keys: Mapping[int, str]) -> dict[str, Any]:
    """Return what an act's row says and its entry does not: nothing, unless somebody changed it."""
    said = {
        "commune": row["commune__code"],
        "sequence": row["sequence"],
        "round": keys.get(row["round_id"], ""),
    }
    said |= {name: _as_in_entry(row[column]) for name, column in _SAID.items()}
    said["village"] = said["village"] or ""
    try:
        entry = json.loads(row["entry"])
        return {name: value for name, value in said.items() if entry.get(name, said) != value}
    except (ValueError, AttributeError):
        return said


def _as_in_entry(value: Any) -> Any:
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    return _base64(value) if isinstance(value, bytes | memoryview) else value


def _base64(value: bytes | memoryview) -> str:
    return base64.b64encode(bytes(value)).decode()


def _events(communes: Iterable[int]) -> Iterator[list[Any]]:
    """Yield the events of acts in the order of their tree, so many a line: commune, act, links, events."""
    place = ("act__commune__code", "act__sequence")
    rows = (
        Event.objects.filter(act__commune__in=communes)
        .order_by(*place, "case_id")
        .values_list(*place, "link", "case_id", "sequence", "from_state", "to_state", "snapshot")
        .iterator(chunk_size=ROWS_AT_ONCE)
    )
    for (commune, act), group in groupby(rows, key=itemgetter(0, 1)):
        while part := list(islice(group, EVENTS_A_LINE)):
            links = "".join(bytes(row[2]).hex() for row in part)
            yield [commune, act, links, [row[3:] for row in part]]


def _cases(communes: Iterable[int], keys: Mapping[int, str]) -> Iterator[list[Any]]:
    """Yield each case: number, round, code, village, salt, and what its row says now."""
    rows = (
        Case.objects.filter(round__commune__in=communes)
        .order_by("pk")
        .annotate(says=snapshot())
        .values_list(
            "pk",
            "round_id",
            "code",
            "village_review__village__code",
            "salt",
            "state",
            "version",
            "says",
        )
    )
    for pk, round_id, code, village, salt, *rest, says in rows.iterator(chunk_size=ROWS_AT_ONCE):
        # Without its salt nobody could check what the row says.
        yield [pk, keys[round_id], code, village, salt, *rest, says if salt else ""]


def _erased(communes: Iterable[int]) -> Iterator[list[str]]:
    """Yield the cases of which nothing is said any more: round, code, and by which paper."""
    cases = Case.objects.filter(round__commune__in=communes, salt="")
    erasures = Erasure.objects.filter(household_code__in=cases.values("household__code"))
    papers = dict(erasures.order_by("pk").values_list("household_code", "paper"))
    for case in cases.select_related("round__commune", "household").order_by("pk"):
        if case.household.code in papers:
            yield [case.round.key, case.code, papers[case.household.code]]


def _heads(communes: Iterable[int]) -> Iterator[tuple[str, list[Any]]]:
    """Yield where each commune's record stands: number of acts, link of the last, root over all."""
    chains = ActChain.objects.filter(commune__in=communes).order_by("commune__code")
    for code, length, head, peaks in chains.values_list("commune__code", "length", "head", "peaks"):
        yield code, [length, bytes(head).hex(), root_of_peaks(bytes(peaks)).hex()]


def _anchors(communes: Iterable[int]) -> Iterator[dict[str, Any]]:
    rows = Anchor.objects.filter(commune__in=communes).order_by("commune__code", "sequence", "pk")
    columns = rows.values_list("commune__code", "sequence", "tree", "at", "why")
    for commune, sequence, tree, at, why in columns.iterator(chunk_size=ROWS_AT_ONCE):
        line = anchors.line_of(sequence, bytes(tree), at, why)
        yield {"format": anchors.FORMAT, "commune": commune, **line}


def _write_days(files: _Folder, days: set[date]) -> None:
    """Write the roots of the days on which something was recorded, as they were given out, and tokens."""
    rows = list(DailyRoot.objects.order_by("day"))
    rows = [row for row in rows if row.day in days or row is rows[-1]]
    for row in rows:
        given = daily_root.file_of(row.day)
        if given.exists():
            files.write(f"days/{row.day.isoformat()}.json", [given.read_bytes()])
    tokens = TimeStamp.objects.filter(daily_root__in=rows).order_by("daily_root__day", "pk")
    for number, (day, token) in enumerate(tokens.values_list("daily_root__day", "token"), 1):
        files.write(f"tokens/{day.isoformat()}.{number}.tst", [bytes(token)])


def _pack(code: str) -> Pack | None:
    """Return an edition; one that is gone, or is not what was approved, is left to the verifier to miss."""
    try:
        return PACKS[code]
    except (KeyError, Denied):
        return None


def pack_text(pack: Pack) -> bytes:
    """Return the bytes whose SHA-256 is the pack's fingerprint."""
    content = {name: value for name, value in asdict(pack).items() if name != "by_code"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
    if hashlib.sha256(text).digest() != pack.fingerprint:
        raise AssertionError(pack.code)
    return text


def _calendars(versions: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of the editions that acts counted over, and of the newest one."""
    with suppress(NoCalendar):
        versions = versions | {current_calendar().version}
    for version, days in sorted(days_by_version(versions).items()):
        # One that says what no edition may was changed: the verifier will miss it.
        with suppress(ValueError):
            text = calendar_text(as_calendar(version, days.values()))
            yield re.sub(r"[^\w.-]", "_", version), text


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
