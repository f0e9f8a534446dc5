"""
A procedure pack as a file that an officer can read: TOML, one table for each row, every row cited.

What is read is held to what a Pack may be, and to what this program can do: an act, guard or state
that nothing here binds is refused, by the names the shipped packs use.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from unicodedata import normalize

from cases.rules.packs import SHIPPED, editions_in_force
from cases.rules.packs.file_keys import fields_of
from cases.rules.packs.model import Pack, PackError, Review
from cases.rules.packs.problems import code_of, dead_ends, tables
from cases.rules.packs.reasons import Problem, Reason

_LINE = re.compile(r"\(at line (\d+)")
# Pages and papers ask for these by name.
NEEDED_ACTS = ("open_round", "build_list")
NEEDED_TERMS = {Review.PERIODIC: ("posting", "reverification", "reposting", "opinion")}


class PackFileError(PackError):
    """A pack's file cannot be taken; each problem names the key and the reason."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        super().__init__(file, tuple(problems))
        self.file = file


def read_pack(text: str, name: str) -> Pack:
    """
    Return the pack that the file says.

    :raises PackFileError: if it cannot be read, contradicts itself, or wants what nothing here does
    """
    content = _toml(normalize("NFC", text), name)
    problems: list[Problem] = []
    fields = fields_of(content, problems)
    if problems:
        raise PackFileError(name, problems)
    try:
        pack = Pack(**fields)
    except PackError as error:
        raise PackFileError(name, error.problems) from error
    problems = [*unbound(pack), *dead_ends(pack)]
    if problems:
        raise PackFileError(name, problems)
    return pack


def conflicts(pack: Pack, others: Iterable[Pack]) -> Iterator[Problem]:
    """Yield why a pack cannot stand beside other editions: its code, what it replaces, its days."""
    known = {other.code: other for other in others}
    if pack.code in known:
        yield Problem("code", Reason.LOADED_TWICE, {"code": pack.code})
        return
    if pack.replaces:
        if pack.replaces not in known:
            yield Problem("replaces", Reason.REPLACES_UNKNOWN, {"code": pack.replaces})
        elif known[pack.replaces].review != pack.review:
            yield Problem("replaces", Reason.REPLACES_OTHER, {"code": pack.replaces})
    editions = [*known.values(), pack]
    beside: dict[str, date] = {}
    # Which editions rule can change only on a day on which one begins or ends.
    for day in sorted(_turning_days(editions)):
        ruling = editions_in_force(day, pack.review, editions)
        if pack in ruling:
            for other in ruling:
                beside.setdefault(other.code, day)
    for code, day in beside.items():
        if code != pack.code:
            values = {"code": code, "day": f"{day:%d/%m/%Y}"}
            yield Problem("in_force_from", Reason.OVERLAP, values)


def _turning_days(editions: Iterable[Pack]) -> set[date]:
    days = {day for pack in editions for day in (pack.in_force_from, pack.in_force_until)}
    return {day for day in days if day is not None}


def unbound(pack: Pack) -> Iterator[Problem]:
    """Yield what the pack names and this program does not do, and what it does and the pack leaves out."""
    for kind, rows in tables(pack).items():
        known = {code_of(row) for shipped in SHIPPED for row in tables(shipped)[kind]}
        for row in rows:
            if code_of(row) not in known:
                key = f"{kind}.{code_of(row)}"
                yield Problem(key, Reason.UNBOUND, {"code": code_of(row)})
    for act in pack.acts:
        spans = sorted({s.by_code[act.code].span for s in SHIPPED if act.code in s.by_code})
        if spans and act.span not in spans:
            values = {"code": act.code, "known": ", ".join(spans)}
            yield Problem(f"acts.{act.code}.span", Reason.OTHER_SPAN, values)
    needed = {
        "acts": NEEDED_ACTS,
        "terms": NEEDED_TERMS.get(pack.review, ()),
        "refusals": [rule.code for rule in SHIPPED[0].refusals],
    }
    for kind, codes in needed.items():
        present = {code_of(row) for row in tables(pack)[kind]}
        for code in codes:
            if code not in present:
                yield Problem(kind, Reason.NEEDED, {"code": code})


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        key, detail = _key_on_line(text, str(error)) or name, str(error)
    except (RecursionError, ValueError) as error:
        # Brackets without end, numbers of thousands of digits: written by nobody who means well.
        key, detail = name, type(error).__name__
    raise PackFileError(name, [Problem(key, Reason.NOT_A_FILE, {"detail": detail})])


def _key_on_line(text: str, detail: str) -> str:
    """Return the key on the line that the parser stopped at, or nothing."""
    at = _LINE.search(detail)
    if at is None:
        return ""
    key, equals, _value = text.splitlines()[int(at[1]) - 1].partition("=")
    return key.strip() if equals else ""
