"""What each guard code of the packs asks of a case. NULL-safe: unknown is refused."""

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from cases.models import Basis, HouseholdClass, IncomeClass, Verdict
from workflow.machine.bindings import Asking, guard

RECOGNISED_CLASSES = (HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value)
BY_FORM = (Basis.REQUEST.value, Basis.EXIT.value)
CONFIRMED_CLASSES = (IncomeClass.AVERAGE.value, IncomeClass.LOW_INCOME.value)
WITH_STANDING = (Basis.LAST_YEAR.value, Basis.ARRIVAL.value)


@guard
def basis_known(asking: Asking) -> Q:
    with_paper = Q(basis__in=(*BY_FORM, Basis.ARRIVAL.value)) & ~Q(basis_paper="")
    return with_paper | Q(basis=Basis.LAST_YEAR.value)


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
    share, whole = asking.pack.share
    # Whole numbers on both sides: exactly half passes, nothing is rounded.
    return Q(LessThanOrEqual(F("meeting_attendance") * share, F("meeting_agree") * whole))


@guard
def too_few_agree(asking: Asking) -> Q:
    share, whole = asking.pack.share
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


@guard
def asked_by_form(asking: Asking) -> Q:
    return Q(basis__in=BY_FORM)


@guard
def asks_exit(asking: Asking) -> Q:
    return Q(basis=Basis.EXIT.value) & ~Q(basis_paper="")


@guard
def entry_granted(asking: Asking) -> Q:
    # From nothing to poor or near-poor, or from near-poor to poor.
    entered = Q(opening_class="") & Q(result_class__in=RECOGNISED_CLASSES)
    fell = Q(opening_class=HouseholdClass.NEAR_POOR.value) & Q(
        result_class=HouseholdClass.POOR.value
    )
    return Q(basis=Basis.REQUEST.value) & (entered | fell)


@guard
def exit_granted_to_near_poor(asking: Asking) -> Q:
    return Q(opening_class=HouseholdClass.POOR.value) & Q(
        result_class=HouseholdClass.NEAR_POOR.value
    )


@guard
def exit_granted(asking: Asking) -> Q:
    return Q(result_class=HouseholdClass.NOT_POOR.value)


@guard
def request_not_granted(asking: Asking) -> Q:
    poor, near = HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value
    out = HouseholdClass.NOT_POOR.value
    not_entered = Q(basis=Basis.REQUEST.value) & (
        Q(result_class=out) | (Q(opening_class=near) & Q(result_class=near))
    )
    not_left = Q(basis=Basis.EXIT.value) & (
        Q(result_class=poor) | (Q(opening_class=near) & Q(result_class=near))
    )
    return not_entered | not_left


@guard
def income_complete(asking: Asking) -> Q:
    return Q(attempt__gte=1) & Q(result_class__in=IncomeClass.values)


@guard
def income_qualifies(asking: Asking) -> Q:
    return Q(result_class__in=CONFIRMED_CLASSES)


@guard
def income_does_not_qualify(asking: Asking) -> Q:
    return Q(result_class=IncomeClass.NOT_MET.value)
