"""What a new edition of the calendar may change, and what is refused."""

from datetime import date

import pytest

from cases.rules.calendar_changes import (
    REMOVED,
    CalendarEntry,
    Problem,
    as_calendar,
    changed,
    confirmed,
    problems,
)
from cases.rules.calendar_seed import OFF, WORKED

BASE = {
    entry.day: entry
    for entry in (
        CalendarEntry(date(2024, 9, 2), OFF, "Quốc khánh"),
        CalendarEntry(date(2026, 8, 22), WORKED, "Làm bù", "K"),
        CalendarEntry(date(2026, 8, 31), OFF, "Hoán đổi"),
        CalendarEntry(date(2027, 1, 1), OFF, "Tết", "?", "theo quy tắc"),
    )
}


def found(*changes: CalendarEntry, corrects: tuple[int, ...] = ()) -> list[Problem]:
    against = problems(BASE, changes, 2026, corrects=corrects)
    return [problem for _number, problem in against]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (CalendarEntry(date(2026, 8, 22), OFF, "Nghỉ"), Problem.OFF_AND_WORKED),
        (CalendarEntry(date(2026, 9, 3), WORKED, "Làm bù"), Problem.WORKED_WEEKDAY),
        (CalendarEntry(date(2026, 8, 31), WORKED, "Làm bù"), Problem.WORKED_WEEKDAY),
        (CalendarEntry(date(2026, 9, 3), REMOVED), Problem.NOT_LISTED),
        (CalendarEntry(date(2026, 8, 31), OFF, "Hoán đổi"), Problem.NO_CHANGE),
        (CalendarEntry(date(2024, 9, 3), OFF, "Quốc khánh"), Problem.CLOSED_YEAR),
        (CalendarEntry(date(2062, 9, 3), OFF, "Quốc khánh"), Problem.OUT_OF_RANGE),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: CalendarEntry, problem: Problem) -> None:
    assert found(change) == [problem]


def test_a_day_named_twice_is_refused_and_more_so_as_off_and_worked() -> None:
    off = CalendarEntry(date(2026, 12, 5), OFF, "Nghỉ")
    worked = CalendarEntry(date(2026, 12, 5), WORKED, "Làm bù")
    assert found(off, off) == [Problem.TWICE, Problem.TWICE]
    assert found(off, worked) == [Problem.OFF_AND_WORKED, Problem.OFF_AND_WORKED]


def test_a_closed_year_is_changed_by_a_correction_only() -> None:
    removed = CalendarEntry(date(2024, 9, 2), REMOVED)
    assert found(removed) == [Problem.CLOSED_YEAR]
    assert found(removed, corrects=(2025,)) == [Problem.CLOSED_YEAR]
    assert found(removed, corrects=(2024,)) == []


def test_a_new_edition_adds_changes_and_removes_and_leaves_the_base_alone() -> None:
    days = changed(
        BASE,
        [
            CalendarEntry(date(2026, 8, 22), REMOVED),
            CalendarEntry(date(2026, 8, 31), REMOVED),
            CalendarEntry(date(2026, 12, 4), OFF, "Nghỉ"),
            CalendarEntry(date(2026, 12, 5), WORKED, "Làm bù"),
        ],
    )
    calendar = as_calendar("mới", days.values())
    assert calendar.days_off == {date(2024, 9, 2), date(2026, 12, 4), date(2027, 1, 1)}
    assert calendar.worked_weekend == {date(2026, 12, 5)}
    assert list(days) == sorted(days)
    assert len(BASE) == 4


def test_a_confirmed_year_is_provisional_no_more() -> None:
    assert not as_calendar("cũ", BASE.values()).is_announced(2027)
    days = changed(BASE, confirmed(BASE, 2027, "1234/TB-BNV"))
    assert as_calendar("mới", days.values()).is_announced(2027)
    assert days[date(2027, 1, 1)].source == "1234/TB-BNV"
