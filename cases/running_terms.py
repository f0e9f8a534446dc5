"""
Open time limits: found by what they are of, counted anew when a day was not what it seemed.

A closed term never changes. The end of a posting stands on the paper that hangs at the village
house: an open posting is lengthened by a recount, never shortened (docs/decisions).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery

from cases.models import (
    CalendarEdition,
    Case,
    Complaint,
    PostedEntry,
    Posting,
    Report,
    Round,
    RunningTerm,
    TermPause,
    TermRecount,
)
from cases.rules.terms import Calendar, Pause, StillPaused, counted_term, end_of

# Their end is told to everybody in writing, and a new posting starts them anew.
POSTED = ("posting", "reposting")


def terms_named(round: Round, facts: Mapping[str, Any]) -> QuerySet[RunningTerm]:
    """
    Return the open terms of a round by their code, and by village or household where they are of one.

    More than one: a household may be complained about twice before it is re-verified.
    """
    terms = RunningTerm.objects.filter(
        round=round, code=facts.get("term", ""), ended_at__isnull=True
    )
    if case := facts.get("case"):
        return terms.filter(case__code=case)
    if village := facts.get("village"):
        return terms.filter(case__isnull=True, village_review__village__code=village)
    return terms.filter(case__isnull=True, village_review__isnull=True)


def standing_still(terms: QuerySet[RunningTerm]) -> QuerySet[RunningTerm]:
    """Return those of the terms that are paused now."""
    return terms.filter(Exists(_open_pauses()))


def may_stand_still(terms: QuerySet[RunningTerm], day: date) -> QuerySet[RunningTerm]:
    """Return those of the terms whose clock runs on the day and may be stopped."""
    running = terms.filter(ended_at__isnull=True, ends_on__gte=day).exclude(code__in=POSTED)
    return running.filter(~Exists(_open_pauses()))


def with_pause(terms: QuerySet[RunningTerm]) -> QuerySet[RunningTerm]:
    """Return the terms with `paused`: whether each stands still now."""
    return terms.annotate(paused=Exists(_open_pauses()))


def _open_pauses() -> QuerySet[TermPause]:
    return TermPause.objects.filter(term=OuterRef("pk"), until_day__isnull=True)


@dataclass(frozen=True)
class Recounted:
    """An open term, and the last day that a calendar gives it."""

    pk: int
    code: str
    old_end: date
    old_calendar: str
    counted_end: date

    @property
    def posted(self) -> bool:
        return self.code in POSTED

    @property
    def kept(self) -> bool:
        """Test if the end stays, because it was promised in writing and the new one is earlier."""
        return self.posted and self.counted_end < self.old_end

    @property
    def end(self) -> date:
        return self.old_end if self.kept else self.counted_end


def recounted(
    terms: QuerySet[RunningTerm], calendar: Calendar, *, unmoved: bool = False
) -> list[Recounted]:
    """
    Return the open ones of the terms that a calendar would end on another day, nearest first.

    `unmoved`: also those that would end on the day they have. A term that stands still has no end,
    so that nothing is said of it. Two queries.
    """
    running = terms.filter(ended_at__isnull=True).order_by()
    pauses: dict[int, list[Pause]] = {}
    for term, first, until in TermPause.objects.filter(term__in=running).values_list(
        "term", "from_day", "until_day"
    ):
        pauses.setdefault(term, []).append((first, until))

    @cache
    def end(kind: str, start: date, days: int, stood: tuple[Pause, ...]) -> date | None:
        try:
            return counted_term(kind, start, days, calendar, stood).ends_on
        except StillPaused:
            return None

    found = []
    for pk, code, kind, start, days, ends_on, version in running.order_by(
        "ends_on", "pk"
    ).values_list("pk", "code", "kind", "starts_on", "days", "ends_on", "calendar_version"):
        counted = end(kind, start, days, tuple(pauses.get(pk, ())))
        if counted is not None and (unmoved or counted != ends_on):
            found.append(Recounted(pk, code, ends_on, version, counted))
    return found


def recount(term: RunningTerm, calendar: Calendar, *, at: datetime, why: str) -> TermRecount | None:
    """
    Count an open term again, over its pauses and the given calendar, and keep both ends.

    To be called under the lock of its round. The record is written also when the end is as it was:
    it says why. Returns None if the term still stands still and has no end.
    """
    alone = RunningTerm.objects.filter(pk=term.pk)
    if not _write(alone, recounted(alone, calendar, unmoved=True), calendar, None, at, why):
        return None
    term.refresh_from_db(fields=["ends_on", "calendar_version"])
    return term.recounts.latest("pk")


def recount_open_terms(edition: CalendarEdition, calendar: Calendar, *, at: datetime) -> int:
    """
    Count every open term again over a new edition; return how many got a record of it.

    Every round is locked first, as by an act: an act under way is waited for, so that its term is
    counted here; the next one reads the new calendar. The number of queries follows the number of
    different ends, never that of the terms.
    """
    list(Round.objects.order_by("pk").select_for_update().values_list("pk"))
    terms = RunningTerm.objects.all()
    why = f"{edition.version}: {edition.source_document}"
    return _write(terms, recounted(terms, calendar), calendar, edition, at, why)


def _write(
    terms: QuerySet[RunningTerm],
    rows: Sequence[Recounted],
    calendar: Calendar,
    edition: CalendarEdition | None,
    at: datetime,
    why: str,
) -> int:
    if not rows:
        return 0
    before = TermRecount.objects.aggregate(last=Max("pk"))["last"] or 0
    TermRecount.objects.bulk_create(
        TermRecount(
            term_id=row.pk,
            edition=edition,
            at=at,
            why=why,
            old_end=row.old_end,
            new_end=row.end,
            old_calendar=row.old_calendar,
            new_calendar=row.old_calendar if row.kept else calendar.version,
        )
        for row in rows
    )
    moved = TermRecount.objects.filter(pk__gt=before, term__in=terms)
    moved = moved.exclude(old_end=F("new_end"), old_calendar=F("new_calendar"))
    latest = moved.filter(term=OuterRef("pk")).order_by("-pk")
    RunningTerm.objects.filter(pk__in=moved.order_by().values("term")).update(
        ends_on=Subquery(latest.values("new_end")[:1]),
        calendar_version=Subquery(latest.values("new_calendar")[:1]),
    )
    _let_postings_follow(
        moved, {(row.old_end, row.end) for row in rows if row.posted and not row.kept}
    )
    _let_papers_follow(moved)
    return len(rows)


def _let_postings_follow(moved: QuerySet[TermRecount], ends: Iterable[tuple[date, date]]) -> None:
    """Move the end of open postings with their terms, and of the households posted on them."""
    for old, new in sorted(ends):
        started = moved.filter(term__code__in=POSTED, old_end=old, new_end=new)
        postings = Posting.objects.filter(
            closed_at__isnull=True, act__in=started.values("term__started_by")
        )
        entries = PostedEntry.objects.filter(posting__in=postings)
        Case.objects.filter(pk__in=entries.values("case"), posting_until=end_of(old)).update(
            posting_until=end_of(new)
        )
        postings.update(until=end_of(new))


def _let_papers_follow(moved: QuerySet[TermRecount]) -> None:
    """Move the day by which a complaint or a report is to be answered."""
    started = moved.exclude(term__code__in=POSTED).values("term__started_by")
    ends = RunningTerm.objects.filter(started_by=OuterRef("act")).values("ends_on")[:1]
    for papers in (Complaint.objects, Report.objects):
        papers.filter(act__in=started).update(due_on=Subquery(ends))
