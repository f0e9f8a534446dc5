"""The calendar that the product comes with."""

from collections import Counter
from datetime import date

import pytest

from cases.rules.calendar_seed import CALENDAR_SEED, OFF, WORKED, seed_calendar
from cases.rules.standards import Mark


def test_each_day_stands_once() -> None:
    assert max(Counter(row.day for row in CALENDAR_SEED).values()) == 1


def test_days_off_are_weekdays_and_worked_days_are_saturdays() -> None:
    assert all(row.day.weekday() < 5 for row in CALENDAR_SEED if row.kind == OFF)
    assert all(row.day.weekday() == 5 for row in CALENDAR_SEED if row.kind == WORKED)


def test_every_row_has_a_name_and_a_source_that_the_table_can_hold() -> None:
    assert all(row.name and 0 < len(row.source) <= 300 for row in CALENDAR_SEED)


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [(2021, 11, 0), (2022, 11, 0), (2023, 11, 0), (2024, 12, 1), (2025, 12, 1), (2026, 14, 2)],
)
def test_year_has_as_many_days_as_the_procedure_note_counts(
    year: int, off: int, worked: int
) -> None:
    kinds = Counter(row.kind for row in CALENDAR_SEED if row.day.year == year)

    assert (kinds[OFF], kinds[WORKED]) == (off, worked)


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_swapped_day_is_off_and_its_saturday_is_worked(off: date, worked: date) -> None:
    calendar = seed_calendar()

    assert not calendar.is_working(off)
    assert calendar.is_working(worked)


def test_culture_day_is_off_from_2026() -> None:
    calendar = seed_calendar()

    assert calendar.is_working(date(2025, 11, 24))
    assert not calendar.is_working(date(2026, 11, 24))


def test_year_worked_out_by_rule_is_provisional_as_a_whole() -> None:
    marks = {row.mark for row in CALENDAR_SEED if row.day.year == 2027}

    assert marks == {Mark.UNSURE}
    assert seed_calendar().provisional_years == {2027}
