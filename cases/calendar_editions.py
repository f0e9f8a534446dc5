"""Editions of the working calendar: read by their version, made from the newest (phiên bản lịch)."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from cases.models import User
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.rules.calendar_changes import CalendarEntry, Days, changed


class EditionOvertaken(Exception):
    """Somebody made another edition since this one was begun."""


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
    corrects: Iterable[int],
    by: User,
) -> CalendarEdition:
    """
    Make a new edition from the newest one; the earlier editions stay as they are.

    The note keeps who made it and which closed years it corrects.

    :raises EditionOvertaken: if the base is not the newest edition any more
    """
    days = changed(days_by_version([base.version]).get(base.version, {}), changes)
    try:
        with transaction.atomic():
            newest = newest_edition()
            if newest is None or newest.pk != base.pk:
                raise EditionOvertaken
            edition = CalendarEdition.objects.create(
                version=_next_version(days),
                source_document=source_document,
                note=_kept_note(note, corrects, by),
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
    except IntegrityError as error:  # two at the same moment take the same version
        raise EditionOvertaken from error
    return edition


def _next_version(days: Days) -> str:
    """Return the years of the edition and its number: "2021-2027.2"."""
    years = [day.year for day in days]
    return f"{min(years)}-{max(years)}.{CalendarEdition.objects.count() + 1}"


def _kept_note(note: str, corrects: Iterable[int], by: User) -> str:
    years = ", ".join(str(year) for year in sorted(set(corrects)))
    lines = [f"Đính chính năm {years}." if years else "", note, f"Người lập: {by.full_name}."]
    return "\n".join(line for line in lines if line)
