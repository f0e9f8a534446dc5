"""
A province's own poverty standard as a file: cited lines, never below the national ones.

Points and indicators are those of the national standard in force: a household is surveyed once and
classified by both (a measurement note calls this a list of standards and results).
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from cases.rules.standards import (
    STANDARDS,
    Cited,
    Mark,
    MeasureError,
    ScoreTable,
    Standard,
)


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


AREAS = ("RURAL", "URBAN")
LARGEST_FILE = 64_000
_LARGEST_LINE = 1_000_000_000
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{2,39}")
_KEYS = frozenset(
    {
        "code",
        "name",
        "province",
        "valid_from",
        "valid_until",
        "document",
        "mark",
        "demo",
        "income",
        "deprivation_floor",
    }
)
_CITED_KEYS = frozenset({"value", "article", "source", "mark"})
_UNITS = ("vnd", "points")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is refused: where, and a Vietnamese sentence with its facts."""

    file: str
    key: str
    reason: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason % self.facts}"


class BadLocalStandard(MeasureError):
    """A file that is no standard of a province; the problems say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class LocalLines:
    """A province's standard and the national one whose points and indicators it shares."""

    province: str
    standard: Standard
    national: Standard
    demo: bool

    @property
    def code(self) -> str:
        return self.standard.code


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the province beside the nation's: area "" is the deprivation floor."""

    area: str
    unit: str
    national: Cited
    local: Cited


class _Reading:
    """The table of a file while it is read; what is wrong is gathered, not raised."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, key: str, reason: str, **facts: object) -> None:
        self.problems.append(Problem(self.file, key, reason, facts))

    def stop_if_refused(self) -> None:
        if self.problems:
            raise BadLocalStandard(self.problems)

    def known(self, table: Mapping[str, Any], keys: Iterable[str], at: str = "") -> None:
        for key in sorted(set(table) - set(keys)):
            self.refuse(f"{at}{key}", _("không có mục này trong một chuẩn của địa phương"))

    def table(self, table: Mapping[str, Any], key: str, at: str = "") -> Mapping[str, Any]:
        value = table.get(key)
        if isinstance(value, dict) and value:
            return value
        self.refuse(f"{at}{key}", _("thiếu, hoặc không phải là một bảng"))
        return {}

    def text(self, table: Mapping[str, Any], key: str, reason: str, at: str = "") -> str:
        value = table.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        self.refuse(f"{at}{key}", reason)
        return ""

    def day(self, table: Mapping[str, Any], key: str) -> date:
        value = table.get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.refuse(key, _("phải là một ngày, như 2025-01-01"))
        return date.max

    def mark(self, table: Mapping[str, Any], at: str = "") -> Mark:
        value = table.get("mark")
        if isinstance(value, str) and value in set(Mark):
            return Mark(value)
        self.refuse(f"{at}mark", _("thiếu mức tin cậy: S, K hoặc ?"))
        return Mark.UNSURE

    def cited(self, table: Mapping[str, Any], key: str, at: str = "") -> Cited:
        row = self.table(table, key, at)
        inside = f"{at}{key}."
        if not row:
            return Cited(0, "", "", Mark.UNSURE)
        self.known(row, _CITED_KEYS, inside)
        value = row.get("value")
        if type(value) is not int or not 0 < value <= _LARGEST_LINE:  # True is an int, too
            self.refuse(f"{inside}value", _("phải là một số nguyên dương"))
            value = 0
        return Cited(
            value,
            self.text(row, "article", _("thiếu điều khoản của văn bản"), inside),
            self.text(row, "source", _("thiếu nguồn đã đọc"), inside),
            self.mark(row, inside),
        )


def parse_local_standard(text: str, *, file: str) -> LocalLines:
    """
    Return what a file says; whether it may rule is `problems_of`'s question.

    :raises BadLocalStandard: if the file is not of this shape; every problem is named
    """
    reading = _Reading(file)
    table = _parsed(reading, text)
    reading.known(table, _KEYS)
    code = reading.text(table, "code", _("thiếu mã của chuẩn"))
    if code and (not _CODE.fullmatch(code) or code in {each.code for each in STANDARDS}):
        reading.refuse(
            "code",
            _("mã gồm chữ thường không dấu, số và gạch nối, không trùng chuẩn quốc gia"),
        )
    name = reading.text(table, "name", _("thiếu tên của chuẩn"))
    province = reading.text(table, "province", _("thiếu mã tỉnh, thành phố"))
    document = reading.text(table, "document", _("thiếu văn bản của tỉnh, thành phố"))
    mark = reading.mark(table)
    demo = table.get("demo", False)
    if not isinstance(demo, bool):
        reading.refuse("demo", _("phải là true hoặc false"))
    since, until = reading.day(table, "valid_from"), reading.day(table, "valid_until")
    income = _income(reading, table)
    floor = reading.cited(table, "deprivation_floor")
    national = _national(reading, since)
    reading.stop_if_refused()
    standard = Standard(
        code=code,
        name_vi=name,
        citation=document,
        in_force_from=since,
        in_force_until=until,
        monthly_income_vnd=MappingProxyType({area: income[area]["vnd"] for area in AREAS}),
        score_table=ScoreTable(
            income_lines=MappingProxyType({area: income[area]["points"] for area in AREAS}),
            deprivation_floor=floor,
            points_per_indicator=national.scores.points_per_indicator,
        ),
        indicators=national.indicators,
        mark=mark,
    )
    return LocalLines(province, standard, national, bool(demo))


def comparisons(lines: LocalLines) -> list[Comparison]:
    """Return each line of the province beside the nation's."""
    local, national = lines.standard, lines.national
    rows = []
    for area in AREAS:
        rows += [
            Comparison(
                area, "vnd", national.monthly_income_vnd[area], local.monthly_income_vnd[area]
            ),
            Comparison(
                area,
                "points",
                national.scores.income_lines[area],
                local.scores.income_lines[area],
            ),
        ]
    floors = (national.scores.deprivation_floor, local.scores.deprivation_floor)
    return [*rows, Comparison("", "floor", *floors)]


def problems_of(lines: LocalLines, approved: Iterable[LocalLines], *, file: str) -> list[Problem]:
    """Return why the standard may not rule beside the national one and those approved already."""
    return [
        Problem(file, key, reason, facts)
        for key, reason, facts in (
            *_span_problems(lines),
            *_line_problems(lines),
            *_overlaps(lines, approved),
        )
    ]


_Found = tuple[str, str, Mapping[str, object]]


def _span_problems(lines: LocalLines) -> Iterator[_Found]:
    since, until = lines.standard.in_force_from, lines.standard.in_force_until
    if until <= since:
        yield "valid_until", _("phải sau valid_from"), {}
    elif until > lines.national.in_force_until:
        # Beyond it other lines, indicators and points rule; a province decides again.
        yield (
            "valid_until",
            _("quá ngày hết hiệu lực của chuẩn quốc gia %(code)s (%(day)s)"),
            {"code": lines.national.code, "day": f"{lines.national.in_force_until:%d/%m/%Y}"},
        )


def _line_problems(lines: LocalLines) -> Iterator[_Found]:
    rows = comparisons(lines)
    for row in rows:
        facts = {"local": row.local.value, "national": row.national.value}
        if row.unit == "floor":
            if row.local.value > row.national.value:
                yield (
                    "deprivation_floor.value",
                    _("đòi thiếu hụt nhiều hơn chuẩn quốc gia: %(local)d, quốc gia %(national)d"),
                    facts,
                )
        elif row.local.value < row.national.value:
            yield (
                f"income.{row.area}.{row.unit}.value",
                _("thấp hơn chuẩn quốc gia: %(local)d, quốc gia %(national)d"),
                facts,
            )
    if all(row.local.value == row.national.value for row in rows):
        yield "income", _("không có mức nào cao hơn chuẩn quốc gia"), {}


def _overlaps(lines: LocalLines, approved: Iterable[LocalLines]) -> Iterator[_Found]:
    mine = lines.standard
    for other in approved:
        theirs = other.standard
        if (
            other.province == lines.province
            and theirs.code != mine.code
            and theirs.in_force_from < mine.in_force_until
            and mine.in_force_from < theirs.in_force_until
        ):
            yield (
                "valid_from",
                _("trùng thời gian với chuẩn %(code)s đã duyệt của cùng tỉnh, thành phố"),
                {"code": theirs.code},
            )


def _parsed(reading: _Reading, text: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        reading.refuse("-", _("tệp quá lớn"))
    else:
        try:
            return tomllib.loads(text)
        except (
            ValueError,
            RecursionError,
        ) as error:  # a number of 5,000 digits, a thousand brackets
            reading.refuse("-", _("không đọc được TOML: %(error)s"), error=str(error))
    raise BadLocalStandard(reading.problems)


def _income(reading: _Reading, table: Mapping[str, Any]) -> dict[str, dict[str, Cited]]:
    income = reading.table(table, "income")
    for area in sorted(set(income) - set(AREAS)):
        reading.refuse(f"income.{area}", _("không có khu vực này: RURAL hoặc URBAN"))
    lines: dict[str, dict[str, Cited]] = {}
    for area in AREAS:
        at = f"income.{area}."
        row = reading.table(income, area, "income.")
        reading.known(row, _UNITS, at)
        lines[area] = {unit: reading.cited(row, unit, at) for unit in _UNITS} if row else {}
    return lines


def _national(reading: _Reading, since: date) -> Standard:
    for standard in STANDARDS:
        if standard.holds_on(since) and standard.score_table is not None:
            return standard
    if since != date.max:  # a day that was no day is named already
        reading.refuse(
            "valid_from", _("ngày này không có chuẩn quốc gia nào có bảng điểm để so sánh")
        )
    return STANDARDS[0]  # nothing reads it: the file is refused
