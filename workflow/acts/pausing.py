"""
A running time limit stands still and goes on, each by a paper and an act of its own.

The day on which the clock stops is not counted; the day on which it goes on is. No article of the
law read so far speaks of it [?]. A posting never stands still: an interrupted one begins anew.
"""

from datetime import datetime

from cases.models import Round, TermPause, User
from cases.models.calendars import current_calendar
from cases.running_terms import may_stand_still, recount, standing_still, terms_named
from workflow.acts.deed import perform
from workflow.machine.apply import Deed, Done
from workflow.machine.scope import Scope


def suspend_term(
    *,
    round: Round,
    term: str,
    village: str,
    case: str,
    reason: str,
    paper: str,
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Stop the clock of a running term from today on; its last day is found when it goes on.

    `village` and `case` are codes, empty where the term is not of one.

    :raises Refused: if no such term runs, or it is one of a posting, or nothing explains it
    """
    named = {"term": term, "village": village, "case": case}

    def write(deed: Deed) -> None:
        day = deed.act.legal_day
        TermPause.objects.bulk_create(
            TermPause(term=running, from_day=day, reason=reason, paused_by=deed.act)
            for running in may_stand_still(terms_named(round, named), day)
        )

    return perform(
        "suspend_term",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={**named, "paper": paper},
        private={"reason": reason},
        write=write,
    )


def resume_term(
    *,
    round: Round,
    term: str,
    village: str,
    case: str,
    reason: str,
    paper: str,
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Let the clock of a term go on from today, and find its last day over the calendar in force.

    :raises Refused: if no such term stands still, or nothing explains it
    """
    named = {"term": term, "village": village, "case": case}

    def write(deed: Deed) -> None:
        for paused in list(standing_still(terms_named(round, named)).order_by("pk")):
            paused.pauses.filter(until_day__isnull=True).update(
                until_day=deed.act.legal_day, resumed_by=deed.act
            )
            recount(paused, current_calendar(), at=at, why=f"{reason} ({paper})")

    return perform(
        "resume_term",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={**named, "paper": paper},
        private={"reason": reason},
        write=write,
    )
