"""Editions of the calendar in the database."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models.calendars import (
    CalendarDay,
    CalendarEdition,
    NoCalendar,
    current_calendar,
    load_seed,
)
from cases.rules.calendar_seed import CALENDAR_SEED, seed_calendar

pytestmark = pytest.mark.django_db


def empty_calendar() -> None:
    CalendarEdition.objects.all().delete()


def test_loaded_seed_is_the_seed() -> None:
    empty_calendar()
    load_seed()

    assert current_calendar() == seed_calendar()


def test_loading_the_seed_twice_changes_nothing() -> None:
    empty_calendar()
    first = load_seed()

    assert load_seed() == first
    assert CalendarEdition.objects.count() == 1
    assert CalendarDay.objects.count() == len(CALENDAR_SEED)


def test_nothing_is_counted_without_a_calendar() -> None:
    empty_calendar()

    with pytest.raises(NoCalendar):
        current_calendar()


def test_newest_edition_rules() -> None:
    load_seed()
    edition = CalendarEdition.objects.create(version="2026.2", source_document="Công văn thử")
    CalendarDay.objects.create(
        edition=edition, day=date(2026, 12, 24), kind="OFF", name="Ngày thử", mark="?"
    )

    calendar = current_calendar()

    assert calendar.version == "2026.2"
    assert calendar.days_off == {date(2026, 12, 24)}
    assert calendar.provisional_years == {2026}


def test_calendar_costs_two_queries_once_and_one_query_afterwards() -> None:
    empty_calendar()
    load_seed()

    with CaptureQueriesContext(connection) as first:
        current_calendar()
    with CaptureQueriesContext(connection) as second:
        current_calendar()

    assert (len(first), len(second)) == (2, 1)


def test_day_stands_once_in_an_edition() -> None:
    edition = load_seed()

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(
            edition=edition, day=date(2026, 11, 24), kind="WORKED", name="x", mark="K"
        )


@pytest.mark.parametrize(("kind", "mark"), [("HALF", "K"), ("OFF", "X")])
def test_unknown_kind_or_mark_is_refused_by_the_database(kind: str, mark: str) -> None:
    edition = load_seed()

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(
            edition=edition, day=date(2026, 12, 1), kind=kind, name="x", mark=mark
        )
