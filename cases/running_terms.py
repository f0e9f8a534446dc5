"""Open time limits: found by what they are of, counted anew when a day was not what it seemed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases.models import Round, RunningTerm, TermRecount
from cases.rules.terms import Calendar, TermKind, calendar_days_after, working_days_after


def term_named(round: Round, facts: Mapping[str, Any]) -> RunningTerm | None:
    """Return the open term of a round by its code, and by village or household where it is of one."""
    terms = RunningTerm.objects.filter(
        round=round, code=facts.get("term", ""), ended_at__isnull=True
    )
    if case := facts.get("case"):
        terms = terms.filter(case__code=case)
    else:
        terms = terms.filter(case__isnull=True)
    if village := facts.get("village"):
        terms = terms.filter(village_review__village__code=village)
    return terms.order_by("pk").first()


def recount(term: RunningTerm, calendar: Calendar, *, at: datetime, why: str) -> TermRecount | None:
    """
    Count an open term again, over its pauses and the given calendar, and keep both ends.

    Returns None, and writes nothing, if the end and the calendar are as they were.
    """
    pauses = list(term.pauses.order_by("from_day").values_list("from_day", "until_day"))
    count = working_days_after if term.kind == TermKind.WORKING else calendar_days_after
    counted = count(
        term.starts_on, term.days, calendar, [(first, until) for first, until in pauses if until]
    )
    if counted.ends_on == term.ends_on and counted.calendar_version == term.calendar_version:
        return None
    record = TermRecount.objects.create(
        term=term,
        at=at,
        why=why,
        old_end=term.ends_on,
        new_end=counted.ends_on,
        old_calendar=term.calendar_version,
        new_calendar=counted.calendar_version,
    )
    term.ends_on, term.calendar_version = counted.ends_on, counted.calendar_version
    term.save(update_fields=["ends_on", "calendar_version"])
    return record
