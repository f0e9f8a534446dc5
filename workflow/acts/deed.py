"""What every act of the procedure does besides moving cases: charts follow, notices are owed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cases import row_security
from cases.models import Case, ConflictNote, RunningTerm, User, VillageReview
from cases.models.calendars import current_calendar
from cases.rules.packs import PACKS
from cases.rules.terms import Term as CountedTerm
from cases.rules.terms import counted_term, ends_at
from workflow import following, notices
from workflow.ledger import anchors
from workflow.ledger.calendars import calendar_hash
from workflow.machine.apply import Deed, Done, apply
from workflow.machine.scope import Scope

MONTH = "whole"  # the term that a monthly review as a whole has


@transaction.atomic
def perform(
    code: str,
    scope: Scope,
    *,
    by: User,
    at: datetime,
    key: str,
    facts: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    device_at: datetime | None = None,
    write: Callable[[Deed], None] | None = None,
    conflict_note: str = "",
) -> Done:
    """
    Do one act and let charts and notices follow in the same transaction.

    `conflict_note`: why somebody with an interest in a household does it all the same.

    :raises Refused: and then nothing is written
    """
    if conflict_note:
        facts = {**(facts or {}), "conflict_noted": True}
        private = {**(private or {}), "conflict_note": conflict_note}
    with row_security.acting(scope.round):
        done = apply(
            code,
            scope,
            by=by,
            at=at,
            key=key,
            facts=facts,
            private=private,
            device_at=device_at,
            write=write,
        )
        if not done.replayed:
            if conflict_note:
                ConflictNote.objects.create(act=done.act, text=conflict_note)
            if scope.round.month and done.moved:
                _end_month(done)
            following.follow(done.act, by)
            notices.owe(done.act)
            anchors.after_commit(done.act)
    return done


def _end_month(done: Done) -> None:
    """End the time limit of a monthly round with the last household that awaited its answer."""
    round = done.act.round
    if not round.cases.exclude(state__in=PACKS[round.pack].final_states).exists():
        round.terms.filter(code=MONTH, ended_at__isnull=True).update(
            ended_at=done.act.at, ended_by=done.act
        )


def count_term(deed: Deed, code: str, start: date | None = None) -> CountedTerm:
    """Count a time limit of the pack over the calendar in force: from the act's day, or another."""
    rule = deed.pack.term(code)
    return counted_term(rule.kind, start or deed.act.legal_day, rule.days, current_calendar())


def start_term(
    deed: Deed,
    *,
    village_review: VillageReview | None = None,
    case: Case | None = None,
    start: date | None = None,
) -> CountedTerm:
    """Start the time limit that the act declares, and keep how it was counted."""
    code = deed.declared.starts_term
    counted = count_term(deed, code, start)
    # No part of the request: the same request is answered the same over a later calendar.
    deed.act.facts["counted"] = {
        "term": code,
        "from": counted.start.isoformat(),
        "days": counted.count,
        "kind": counted.kind.value,
        "until": counted.ends_on.isoformat(),
        "calendar": counted.calendar_version,
        "calendar_hash": calendar_hash(current_calendar()),
    }
    RunningTerm.objects.create(
        round=deed.scope.round,
        village_review=village_review,
        case=case,
        code=code,
        starts_on=counted.start,
        days=counted.count,
        kind=counted.kind,
        calendar_version=counted.calendar_version,
        ends_on=counted.ends_on,
        started_by=deed.act,
    )
    return counted


def term_end(counted: CountedTerm) -> datetime:
    """Return the first moment after the last day of the term."""
    return ends_at(counted)


def end_term(
    deed: Deed, *, village_review: VillageReview | None = None, case: Case | None = None
) -> None:
    """End the running time limit that the act declares."""
    RunningTerm.objects.filter(
        round=deed.scope.round,
        village_review=village_review,
        case=case,
        code=deed.declared.ends_term,
        ended_at__isnull=True,
    ).update(ended_at=deed.at, ended_by=deed.act)
