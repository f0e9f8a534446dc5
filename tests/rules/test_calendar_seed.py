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


# The table of the law notes, section 8.2, typed a second time: day.month.
NOTED = {
    2021: "1.1 10.2 11.2 12.2 15.2 16.2 21.4 30.4 3.5 2.9 3.9",
    2022: "3.1 31.1 1.2 2.2 3.2 4.2 11.4 2.5 3.5 1.9 2.9",
    2023: "2.1 20.1 23.1 24.1 25.1 26.1 1.5 2.5 3.5 1.9 4.9",
    2024: "1.1 8.2 9.2 12.2 13.2 14.2 18.4 29.4 30.4 1.5 2.9 3.9",
    2025: "1.1 27.1 28.1 29.1 30.1 31.1 7.4 30.4 1.5 2.5 1.9 2.9",
    2026: "1.1 2.1 16.2 17.2 18.2 19.2 20.2 27.4 30.4 1.5 31.8 1.9 2.9 24.11",
}
NOTED_SATURDAYS = {2024: "4.5", 2025: "26.4", 2026: "10.1 22.8"}


@pytest.mark.parametrize("year", NOTED)
def test_year_has_the_very_days_of_the_law_notes(year: int) -> None:
    def days(kind: str) -> set[str]:
        rows = [row.day for row in CALENDAR_SEED if row.kind == kind and row.day.year == year]
        return {f"{day.day}.{day.month}" for day in rows}

    assert days(OFF) == set(NOTED[year].split())
    assert days(WORKED) == set(NOTED_SATURDAYS.get(year, "").split())


def test_swaps_seen_in_a_source_are_marked_so_and_the_others_are_not() -> None:
    marks = {row.day: row.mark for row in CALENDAR_SEED}
    seen = {date(2024, 4, 29), date(2024, 5, 4), date(2025, 5, 2), date(2025, 4, 26)}

    assert {marks[day] for day in (*seen, date(2026, 11, 24))} == {Mark.SEEN}
    assert {marks[date(2026, 1, 10)], marks[date(2026, 8, 22)]} == {Mark.KNOWN}


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
