"""Agreed, posted, decided: where lists differ, the act that lies between is named, or nothing is."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Departure, Household, PostedEntry, Tally, Unit
from tests.auditing.conftest import contest
from tests.conftest import NEAR_POOR, Road
from workflow.acts.departing import record_departure
from workflow.auditing.differences import HouseholdDifference, List, differences

SECOND, FIRST = "24646-00002", "24646-00001"


def differing(road: Road) -> dict[str, HouseholdDifference]:
    return {each.code: each for each in differences(road.round, road.round.cases.all())}


def reasons(household: HouseholdDifference) -> list[list[str]]:
    return [[reason.code for reason in each.reasons] for each in household.differences]


def test_a_household_that_fell_after_a_complaint_is_shown_with_its_reasons(walked: Road) -> None:
    found = differing(walked)

    assert set(found) == {SECOND}
    assert reasons(found[SECOND]) == [["complain", "reverify"]]
    (difference,) = found[SECOND].differences
    assert difference.before is not None and difference.after is not None
    assert (difference.before.household_class, difference.after.household_class) == (
        "POOR",
        "NEAR_POOR",
    )
    assert difference.reasons[0].text == "Nhà này có ruộng cho thuê"
    assert not found[SECOND].unexplained


def test_a_household_that_the_superior_questioned_is_shown_with_the_question(road: Road) -> None:
    road.open().list().survey().pass_days(1).classify().pass_days(1).meet().post()
    road.pass_days(7).close().report().consent({FIRST: "Có xe tải"})
    road.pass_days(1).survey(NEAR_POOR).pass_days(1).classify().pass_days(1)
    road.meet(minutes_number="02/BB")

    found = differing(road)

    assert set(found) == {FIRST}
    (difference,) = found[FIRST].differences
    assert [(r.code, r.text) for r in difference.reasons] == [("give_opinion", "Có xe tải")]


def test_a_sheet_that_names_another_class_than_the_minutes_has_no_reason(walked: Road) -> None:
    PostedEntry.objects.filter(case__code=FIRST).update(household_class="NEAR_POOR")

    found = differing(walked)[FIRST]

    assert found.unexplained
    assert reasons(found) == [[], []]  # from the minutes to the sheet, and back to the decision


def test_minutes_changed_afterwards_have_no_reason(walked: Road) -> None:
    Tally.objects.filter(case__code=FIRST).update(household_class="NEAR_POOR")

    assert differing(walked)[FIRST].unexplained


def test_a_household_that_is_missing_on_the_sheet_has_no_reason(walked: Road) -> None:
    PostedEntry.objects.filter(case__code=FIRST).delete()

    found = differing(walked)[FIRST]

    assert found.unexplained
    assert List.POSTED not in {entry.list for entry in found.entries}


def test_a_list_of_decided_households_changed_in_the_table_has_no_reason(walked: Road) -> None:
    Case.objects.filter(code=FIRST).update(decided_class="NEAR_POOR")

    assert reasons(differing(walked)[FIRST]) == [[]]


def test_a_complaint_alone_explains_no_other_class(posted: Road) -> None:
    """Who complained changed nothing; only what was found then may."""
    contest(posted, SECOND, deprived=(True, True, True) + (False,) * 9)
    PostedEntry.objects.filter(case__code=SECOND, posting__case__isnull=True).update(
        household_class="NEAR_POOR"
    )

    found = differing(posted)[SECOND]

    assert found.unexplained


def test_a_household_that_left_after_the_posting_is_shown_with_why(posted: Road) -> None:
    record_departure(
        case=posted.round.cases.get(code=FIRST),
        reason=Departure.MOVED,
        paper="Giấy chuyển đi",
        **posted.who("minh"),
    )

    found = differing(posted)[FIRST]

    assert reasons(found) == [["record_departure"]]


def test_five_households_and_two_hundred_cost_the_same_questions(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 200)
    road.open().list().survey().classify().meet().post()
    asked = []
    for village in ("24646.001", "24646.002"):
        with CaptureQueriesContext(connection) as counted:
            differences(road.round, road.round.cases.filter(village__code=village))
        asked.append(len(counted))

    assert asked[0] == asked[1]
