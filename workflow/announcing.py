"""A day is announced off or worked: a new edition of the calendar, and all that follows from it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from cases.calendar_editions import new_edition
from cases.models import CalendarEdition, RunningTerm, User
from cases.rules.calendar_changes import CalendarEntry
from workflow import following


@transaction.atomic
def announce(
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
    Make a new edition, count the open terms again over it and let their clocks strike at the new ends.

    :raises EditionRefused: if a change cannot stand in an edition
    :raises EditionOvertaken: if the base is not the newest edition any more
    """
    edition = new_edition(
        base,
        changes,
        source_document=source_document,
        note=note,
        corrects=corrects,
        by=by,
        at=at,
    )
    following.timers_follow(RunningTerm.objects.filter(recounts__edition=edition), at)
    return edition
