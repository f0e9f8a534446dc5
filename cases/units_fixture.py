"""Loading the administrative units that come with the product (deploy/units/ builds the files)."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.grants import cut_at_unit_ends
from cases.models import Area, Level, Unit, UnitSuccession, UnitVersion
from cases.names import fold

DEFAULT_DIRECTORY = Path(__file__).resolve().parent / "fixtures" / "units"
BATCH = 2000  # Django lowers it on SQLite, which limits the parameters of a statement

VERSION_COLUMNS = "path level name kind area valid_from valid_until source".split()
SUCCESSION_COLUMNS = "predecessor successor on_date partial source".split()
SOURCE_COLUMNS = "source title".split()

# What two versions of one unit that start on one day must agree in.
_FIELD_LABELS = {
    "name": gettext_lazy("tên"),
    "kind": gettext_lazy("loại"),
    "area": gettext_lazy("khu vực"),
    "path": gettext_lazy("vị trí trong cây"),
    "valid_until": gettext_lazy("đến trước ngày"),
}


class UnitsFileError(Exception):
    """A file of units cannot be read; says which line of which file."""


class UnitsConflict(Exception):
    """The files contradict what is stored; nothing was written."""

    def __init__(self, conflicts: list[str]) -> None:
        self.conflicts = conflicts
        super().__init__("\n".join(conflicts))


@dataclass(frozen=True)
class LoadReport:
    """What one load did; all zero but `present` when it was done before."""

    units: int
    versions: int
    versions_closed: int
    successions: int
    present: int  # versions and successions that were already stored

    @property
    def changed(self) -> bool:
        return bool(self.units or self.versions or self.versions_closed or self.successions)


@dataclass(frozen=True)
class VersionLine:
    """One line of versions.csv."""

    code: str
    level: Level
    parent: str  # code; empty for the nation
    path: str
    name: str
    kind: str
    area: str
    valid_from: date
    valid_until: date | None
    source: str

    @property
    def key(self) -> tuple[str, date]:
        return self.code, self.valid_from


@dataclass(frozen=True)
class SuccessionLine:
    """One line of successions.csv."""

    predecessor: str
    successor: str
    on_date: date
    partial: bool
    source: str

    @property
    def key(self) -> tuple[str, str, date]:
        return self.predecessor, self.successor, self.on_date


@dataclass(frozen=True)
class UnitsFixture:
    versions: tuple[VersionLine, ...]
    successions: tuple[SuccessionLine, ...]


def load_units(directory: Path = DEFAULT_DIRECTORY) -> LoadReport:
    """
    Store the units of a directory that are not stored yet, all or nothing.

    A stored version that was open is closed on the day the files say. Units that the files do not
    name, such as villages, are left alone.

    :raises UnitsFileError: if a file is missing or a line of it cannot be read
    :raises UnitsConflict: if a line contradicts what is stored
    """
    fixture = read_fixture(directory)
    with transaction.atomic():
        return _store(fixture)


def read_fixture(directory: Path) -> UnitsFixture:
    """
    Read the three files of a directory.

    :raises UnitsFileError: if a file is missing or a line of it cannot be read
    """
    titles = dict(_lines(directory / "sources.csv", SOURCE_COLUMNS, _source_line))
    return UnitsFixture(
        versions=tuple(
            _lines(directory / "versions.csv", VERSION_COLUMNS, lambda row: _version(row, titles))
        ),
        successions=tuple(
            _lines(
                directory / "successions.csv",
                SUCCESSION_COLUMNS,
                lambda row: _succession(row, titles),
            )
        ),
    )


def _lines(path: Path, columns: list[str], read: Any) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames != columns:
                raise UnitsFileError(
                    _("%(file)s: dòng đầu phải là %(columns)s.")
                    % {"file": path.name, "columns": ",".join(columns)}
                )
            for row in rows:
                try:
                    yield read(row)
                except (KeyError, ValueError, TypeError, AttributeError) as reason:
                    raise UnitsFileError(
                        _("%(file)s, dòng %(line)s: không đọc được (%(reason)s).")
                        % {"file": path.name, "line": rows.line_num, "reason": reason}
                    ) from reason
    except (OSError, UnicodeDecodeError) as reason:
        raise UnitsFileError(
            _("%(file)s: không mở được. Hãy kiểm tra thư mục %(directory)s.")
            % {"file": path.name, "directory": path.parent}
        ) from reason


def _source_line(row: dict[str, str]) -> tuple[str, str]:
    return row["source"], row["title"]


def _version(row: dict[str, str], titles: dict[str, str]) -> VersionLine:
    codes = row["path"].split("/")
    if codes.pop() or not all(codes):
        raise ValueError(row["path"])
    return VersionLine(
        code=codes[-1],
        level=Level(row["level"]),
        parent=codes[-2] if len(codes) > 1 else "",
        path=row["path"],
        name=row["name"],
        kind=row["kind"],
        area=Area(row["area"]) if row["area"] else "",
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        source=titles[row["source"]],
    )


def _succession(row: dict[str, str], titles: dict[str, str]) -> SuccessionLine:
    return SuccessionLine(
        predecessor=row["predecessor"],
        successor=row["successor"],
        on_date=date.fromisoformat(row["on_date"]),
        partial={"0": False, "1": True}[row["partial"]],
        source=titles[row["source"]],
    )


def _store(fixture: UnitsFixture) -> LoadReport:
    levels = {line.code: line.level for line in fixture.versions}
    stored_levels = dict(Unit.objects.exclude(level=Level.VILLAGE).values_list("code", "level"))
    stored = _stored_versions(levels)
    stored_successions = _stored_successions()

    conflicts = [
        *_level_conflicts(levels, stored_levels),
        *_version_conflicts(fixture, stored),
        *_overlaps(fixture, stored),
        *_succession_conflicts(fixture, levels, stored_successions),
    ]
    if conflicts:
        raise UnitsConflict(conflicts)

    units = [
        Unit(code=code, level=level) for code, level in levels.items() if code not in stored_levels
    ]
    _create(Unit, units)
    keys = dict(Unit.objects.exclude(level=Level.VILLAGE).values_list("code", "pk"))
    versions = [_row(line, keys) for line in fixture.versions if line.key not in stored]
    _create(UnitVersion, versions)
    closed = _close(fixture, stored)
    successions = [
        UnitSuccession(
            predecessor_id=keys[line.predecessor],
            successor_id=keys[line.successor],
            on_date=line.on_date,
            partial=line.partial,
            source_document=line.source,
        )
        for line in fixture.successions
        if line.key not in stored_successions
    ]
    _create(UnitSuccession, successions)
    lines = len(fixture.versions) + len(fixture.successions)
    return LoadReport(
        units=len(units),
        versions=len(versions),
        versions_closed=closed,
        successions=len(successions),
        present=lines - len(versions) - len(successions),
    )


def _create(model: type[Model], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=BATCH)


def _row(line: VersionLine, keys: dict[str, int]) -> UnitVersion:
    return UnitVersion(
        unit_id=keys[line.code],
        name=line.name,
        name_key=fold(line.name),
        kind=line.kind,
        area=line.area,
        parent_id=keys[line.parent] if line.parent else None,
        path=line.path,
        valid_from=line.valid_from,
        valid_until=line.valid_until,
        source_document=line.source,
    )


def _stored_versions(levels: dict[str, Level]) -> dict[tuple[str, date], UnitVersion]:
    rows = UnitVersion.objects.exclude(unit__level=Level.VILLAGE).select_related("unit")
    return {
        (row.unit.code, row.valid_from): row
        for row in rows.order_by("pk")
        if row.unit.code in levels
    }


def _stored_successions() -> dict[tuple[str, str, date], bool]:
    rows = UnitSuccession.objects.values_list(
        "predecessor__code", "successor__code", "on_date", "partial"
    )
    return {(old, new, day): partial for old, new, day, partial in rows}


def _close(fixture: UnitsFixture, stored: dict[tuple[str, date], UnitVersion]) -> int:
    """End the stored versions that were open and that the files now end."""
    ending = []
    for line in fixture.versions:
        row = stored.get(line.key)
        if row and row.valid_until is None and line.valid_until:
            row.valid_until = line.valid_until
            ending.append(row)
    UnitVersion.objects.bulk_update(ending, ["valid_until"], batch_size=BATCH)
    cut_at_unit_ends({row.unit_id for row in ending})
    return len(ending)


def _level_conflicts(levels: dict[str, Level], stored: dict[str, str]) -> Iterator[str]:
    for code, level in levels.items():
        if stored.get(code, level) != level:
            yield _("%(code)s: đang lưu ở %(stored)s, tệp ghi %(file)s.") % {
                "code": code,
                "stored": Level(stored[code]).label,
                "file": level.label,
            }


def _version_conflicts(
    fixture: UnitsFixture, stored: dict[tuple[str, date], UnitVersion]
) -> Iterator[str]:
    for line in fixture.versions:
        row = stored.get(line.key)
        if row is None:
            continue
        for field in _FIELD_LABELS:
            old, new = getattr(row, field), getattr(line, field)
            if old != new and not (field == "valid_until" and old is None):
                yield _(
                    "%(code)s từ ngày %(day)s: %(field)s đang lưu “%(stored)s”, tệp ghi “%(file)s”."
                ) % {
                    "code": line.code,
                    "day": f"{line.valid_from:%d/%m/%Y}",
                    "field": _FIELD_LABELS[field],
                    "stored": "" if old is None else old,
                    "file": "" if new is None else new,
                }


def _overlaps(fixture: UnitsFixture, stored: dict[tuple[str, date], UnitVersion]) -> Iterator[str]:
    """Yield the units that would have two versions on one day: what was it then could not be told."""
    spans: dict[str, dict[date, date | None]] = defaultdict(dict)
    for (code, day), row in stored.items():
        spans[code][day] = row.valid_until
    for line in fixture.versions:
        spans[line.code][line.valid_from] = line.valid_until
    for code, ends in spans.items():
        days = sorted(ends)
        for day, following in zip(days, days[1:], strict=False):
            end = ends[day]
            if end is None or end > following:
                yield _(
                    "%(code)s: phiên bản từ ngày %(day)s chưa kết thúc khi phiên bản từ ngày %(next)s bắt đầu."
                ) % {"code": code, "day": f"{day:%d/%m/%Y}", "next": f"{following:%d/%m/%Y}"}


def _succession_conflicts(
    fixture: UnitsFixture,
    levels: dict[str, Level],
    stored: dict[tuple[str, str, date], bool],
) -> Iterator[str]:
    for line in fixture.successions:
        words = {"old": line.predecessor, "new": line.successor}
        if line.predecessor not in levels or line.successor not in levels:
            yield _("%(old)s → %(new)s: có mã không nằm trong versions.csv.") % words
        elif stored.get(line.key, line.partial) != line.partial:
            yield _("%(old)s → %(new)s: đang lưu khác tệp (toàn bộ hay một phần).") % words
