"""Editions of the working calendar: read by their version, made from the newest (phiên bản lịch)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from cases.models import User
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.rules.calendar_changes import (
    CalendarEntry,
    Days,
    Problem,
    as_calendar,
    changed,
    closed_years,
    problems,
)
from cases.running_terms import recount_open_terms


class EditionOvertaken(Exception):
    """Somebody made another edition since this one was begun."""


class EditionRefused(Exception):
    """
    A change cannot stand in an edition; nothing of it is made.

    `rows`: the place of each change that cannot, its day, and why.
    """

    def __init__(self, rows: Sequence[tuple[int, date, Problem]]) -> None:
        self.rows = tuple(rows)
        super().__init__("; ".join(f"row {n + 1}, {day}: {why}" for n, day, why in rows))


def newest_edition() -> CalendarEdition | None:
    return CalendarEdition.objects.order_by("-pk").first()


def days_by_version(versions: Iterable[str]) -> dict[str, Days]:
    """Return the listed days of editions by version, in one query however many there are."""
    found: dict[str, dict] = {}  # type: ignore[type-arg]
    rows = CalendarDay.objects.filter(edition__version__in=set(versions)).order_by("day")
    for row in rows.select_related("edition"):
        entry = CalendarEntry(row.day, row.kind, row.name, row.mark, row.source)
        found.setdefault(row.edition.version, {})[row.day] = entry
    return dict(found)


def new_edition(
    base: CalendarEdition,
    changes: Sequence[CalendarEntry],
    *,
    source_document: str,
    note: str,
    corrects: Collection[int],
    by: User,
    at: datetime,
) -> CalendarEdition:
    """
    Make a new edition from the newest one and count the open terms again over it.

    The earlier editions stay as they are. `corrects` names the closed years that this edition
    sets right; it is kept with the edition.

    :raises EditionRefused: if a day would be both off and worked, lies in a closed year that is
        not corrected, or a correction has no note
    :raises EditionOvertaken: if the base is not the newest edition any more
    """
    listed = days_by_version([base.version]).get(base.version, {})
    _refuse(listed, changes, localdate(at).year, corrects, note)
    days = changed(listed, changes)
    closed = closed_years(changes, localdate(at).year)
    try:
        with transaction.atomic():
            edition = _make(base, days, source_document, note, closed, by)
            calendar = as_calendar(edition.version, days.values())
            recount_open_terms(edition, calendar, at=at)
    except IntegrityError as error:  # two at the same moment take the same version
        raise EditionOvertaken from error
    return edition


def _refuse(
    listed: Days, changes: Sequence[CalendarEntry], year: int, corrects: Collection[int], note: str
) -> None:
    found = [
        (number, changes[number].day, problem)
        for number, problem in problems(listed, changes, year, corrects=corrects)
    ]
    if not note.strip():
        found += [
            (number, change.day, Problem.UNEXPLAINED)
            for number, change in enumerate(changes)
            if change.day.year < year and change.day.year in corrects
        ]
    if found:
        raise EditionRefused(found)


def _make(
    base: CalendarEdition,
    days: Days,
    source_document: str,
    note: str,
    corrects: Collection[int],
    by: User,
) -> CalendarEdition:
    newest = newest_edition()
    if newest is None or newest.pk != base.pk:
        raise EditionOvertaken
    edition = CalendarEdition.objects.create(
        version=_next_version(days),
        source_document=source_document,
        note=note,
        author=by,
        corrects_years=sorted(corrects),
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(
            edition=edition,
            day=entry.day,
            kind=entry.kind,
            name=entry.name,
            mark=entry.mark,
            source=entry.source,
        )
        for entry in days.values()
    )
    return edition


def _next_version(days: Days) -> str:
    """Return the years of the edition and its number: "2021-2027.2"."""
    years = [day.year for day in days]
    return f"{min(years)}-{max(years)}.{CalendarEdition.objects.count() + 1}"
