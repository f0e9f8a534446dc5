"""What each guard code of the packs asks of a case. NULL-safe: unknown is refused."""

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from cases.models import Basis, HouseholdClass, Verdict
from workflow.machine.bindings import Asking, guard

RECOGNISED_CLASSES = (HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value)
WITH_STANDING = (Basis.LAST_YEAR.value, Basis.ARRIVAL.value)


@guard
def basis_known(asking: Asking) -> Q:
    with_paper = Q(basis=Basis.REQUEST.value) & ~Q(basis_paper="")
    return with_paper | Q(basis__in=WITH_STANDING)


@guard
def is_requester(asking: Asking) -> Q:
    return Q(basis=Basis.REQUEST.value)


@guard
def needs_no_screen(asking: Asking) -> Q:
    return Q(basis__in=WITH_STANDING)


@guard
def screen_passed(asking: Asking) -> Q:
    return Q(screen_passed=True)


@guard
def screen_failed(asking: Asking) -> Q:
    return Q(screen_passed=False)


@guard
def survey_complete(asking: Asking) -> Q:
    return (
        Q(attempt__gte=1)
        & Q(income_score__isnull=False)
        & Q(deprivation_score__isnull=False)
        & ~Q(result_class="")
    )


@guard
def tally_recorded(asking: Asking) -> Q:
    return Q(meeting_agree__isnull=False) & Q(meeting_attendance__gte=1)


@guard
def enough_agree(asking: Asking) -> Q:
    share, whole = asking.pack.consent
    # Whole numbers on both sides: exactly half passes, nothing is rounded.
    return Q(LessThanOrEqual(F("meeting_attendance") * share, F("meeting_agree") * whole))


@guard
def too_few_agree(asking: Asking) -> Q:
    share, whole = asking.pack.consent
    return Q(GreaterThan(F("meeting_attendance") * share, F("meeting_agree") * whole))


@guard
def posting_open(asking: Asking) -> Q:
    return Q(posting_until__gt=asking.at)


@guard
def posting_over(asking: Asking) -> Q:
    return Q(posting_until__lte=asking.at)


@guard
def questioned(asking: Asking) -> Q:
    return Q(opinion=Verdict.QUESTIONED.value)


@guard
def not_questioned(asking: Asking) -> Q:
    return Q(opinion=Verdict.CONSENT.value)


@guard
def result_as_posted(asking: Asking) -> Q:
    return ~Q(posted_class="") & Q(result_class=F("posted_class"))


@guard
def class_poor(asking: Asking) -> Q:
    return Q(result_class__in=RECOGNISED_CLASSES)


@guard
def class_not_poor(asking: Asking) -> Q:
    return Q(result_class=HouseholdClass.NOT_POOR.value)


@guard
def on_opening_list(asking: Asking) -> Q:
    return Q(basis__in=WITH_STANDING)


@guard
def reason_given(asking: Asking) -> Q:
    return ~Q(refusal_reason="")


@guard
def departure_known(asking: Asking) -> Q:
    return ~Q(departure="")
