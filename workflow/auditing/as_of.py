"""
A case, a village's list and a household's standings as they were at a moment.

Told from events, their snapshots and the acts' moments; the columns of a case are never looked at,
because they say what holds now.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cases.models import Case, Event, Household, HouseholdClass, ReviewKind, Standing
from workflow.auditing.words import Said, said

# What makes a list of poor households, or changes one.
CHANGE_A_LIST = ("sign_decision", "amend_decision", "revoke_decision")
ON_A_LIST = (HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value)


@dataclass(frozen=True)
class Then:
    """What was recorded of a case until a moment; `said` None: nothing yet, or it was erased."""

    state: str
    version: int
    at: datetime | None  # of the last act before the moment; None: none yet
    code: str  # of that act
    said: Said | None


BEFORE_ALL = Then("new", 0, None, "", None)


def case_then(case: Case, moment: datetime) -> Then:
    """Return what the case was at a moment: after every act done before it."""
    return cases_then(Case.objects.filter(pk=case.pk), moment).get(case.pk, BEFORE_ALL)


def cases_then(cases: QuerySet[Case], moment: datetime) -> dict[int, Then]:
    """Return what each of the cases was at a moment, in one query; those without an event are left out."""
    last = Event.objects.filter(case=OuterRef("case"), act__at__lt=moment).order_by("-sequence")
    events = Event.objects.filter(
        case__in=cases.order_by().values("pk"), sequence=Subquery(last.values("sequence")[:1])
    ).order_by()
    rows = events.values_list("case_id", "to_state", "sequence", "act__at", "act__code", "snapshot")
    return {
        case: Then(state, version, at, code, said(snapshot))
        for case, state, version, at, code, snapshot in rows
    }


def standings_then(household: Household, moment: datetime) -> dict[int | None, str]:
    """
    Return by year on which lists the household stood at a moment, as acts made and changed them.

    A year that no act of ours touched is told by its imported row.
    """
    events = Event.objects.filter(
        case__household=household,
        case__member__isnull=True,
        case__review__in=(ReviewKind.PERIODIC, ReviewKind.AD_HOC),
        act__code__in=CHANGE_A_LIST,
    ).order_by("act__at", "pk")
    touched: dict[int, str | None] = {}
    for year, review, at, code, state, snapshot in events.values_list(
        "case__year", "case__review", "act__at", "act__code", "to_state", "snapshot"
    ):
        monthly = review == ReviewKind.AD_HOC
        of_year = year - 1 if monthly else year
        spoken = said(snapshot) or {}
        opening = spoken.get("opening_class") or None if monthly else None
        if at >= moment:
            # The first that comes later says what was there before it.
            touched.setdefault(of_year, opening)
        elif code == "revoke_decision" or state == "unqualified":
            touched[of_year] = opening if monthly else None
        else:
            touched[of_year] = spoken.get("decided_class") or None
    stood = {
        year: cls
        for year, cls in Standing.objects.filter(household=household).values_list(
            "year", "household_class"
        )
        if year not in touched
    }
    return stood | {year: cls for year, cls in touched.items() if cls in ON_A_LIST}


def listed_then(cases: QuerySet[Case], moment: datetime) -> QuerySet[Case]:
    """Return which of the cases had anything recorded before a moment."""
    began = Event.objects.filter(case=OuterRef("pk"), act__at__lt=moment)
    return cases.filter(Exists(began))
