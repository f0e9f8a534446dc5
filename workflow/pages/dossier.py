"""What stands around one case: decisions on it, households before and after it, questions put again."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.duties import Duty
from cases.models import Case, Decision, Household, HouseholdSuccession, User
from cases.permissions import cases_within_duty, holds_duty


@dataclass(frozen=True)
class SignedDecision:
    """A decision that speaks of the case, whether it still holds, and why it was signed."""

    decision: Decision
    reason: str
    fate: str  # what a later decision made of it; empty: it holds


def decisions_on(case: Case) -> list[SignedDecision]:
    """Return the decisions on the list that decided the case and those that name it, in their order."""
    moved = case.events.filter(act__code="sign_decision").values("act")
    named = dict(case.decision_items.values_list("decision", "reason"))
    signed = list(
        Decision.objects.filter(Q(act__in=moved) | Q(pk__in=named)).order_by("signed_at", "pk")
    )
    return [
        SignedDecision(each, named.get(each.pk, ""), _fate(each, signed[number + 1 :]))
        for number, each in enumerate(signed)
    ]


def _fate(decision: Decision, later: list[Decision]) -> str:
    """Return what became of a decision that gave a result; the first that changed it says so."""
    if decision.kind not in (Decision.Kind.RECOGNITION, Decision.Kind.AMENDMENT):
        return ""
    for other in later:
        if other.kind == Decision.Kind.REVOCATION:
            return _("đã thu hồi đối với hộ này bằng quyết định số %(number)s") % {
                "number": other.number
            }
        if other.kind == Decision.Kind.AMENDMENT:
            return _("đã thay bằng quyết định số %(number)s") % {"number": other.number}
        if other.kind == Decision.Kind.CORRECTION:
            return _("đã đính chính bằng quyết định số %(number)s") % {"number": other.number}
    return ""


def kin_of(case: Case, user: User) -> list[dict[str, Any]]:
    """
    Return the households that this one came from and those that came from it.

    A household's case in the same round is linked where the user may read it; one within the duty
    without a case is named by its code; of one that lies elsewhere nothing is told but the paper.
    """
    links = list(
        HouseholdSuccession.objects.filter(
            Q(old=case.household_id) | Q(new=case.household_id)
        ).select_related("old", "new")
    )
    others = {link.new_id if link.old_id == case.household_id else link.old_id for link in links}
    readable = cases_within_duty(user, Duty.VIEW).filter(round=case.round_id, household__in=others)
    codes = dict(readable.values_list("household", "code")) if links else {}
    named = _within_reach(others, case, user) if links else set()
    rows = []
    for link in sorted(links, key=lambda each: (each.since, each.pk)):
        before = link.new_id == case.household_id
        other = link.old if before else link.new
        rows.append(
            {
                "before": before,
                "kind": link.get_kind_display(),
                "household": other.code if other.pk in named else "",
                "case": codes.get(other.pk, ""),
                "since": link.since,
                "paper": link.paper,
            }
        )
    return rows


def _within_reach(households: set[int], case: Case, user: User) -> set[int]:
    """Return those with a case that the user reads, and those of the round if all of it is read."""
    reach = Q(pk__in=cases_within_duty(user, Duty.VIEW).values("household"))
    if holds_duty(user, Duty.VIEW, case.round):
        reach |= Q(village__in=case.round.village_reviews.values("village"))
    return set(Household.objects.filter(reach, pk__in=households).values_list("pk", flat=True))


def asked_again(case: Case) -> int:
    """Return how often the superior's opinion was asked of the household."""
    return case.events.filter(act__code="sign_report").count()
