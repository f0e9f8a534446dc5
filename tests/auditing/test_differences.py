"""Agreed, posted, decided: where lists differ, the act that lies between is named, or nothing is."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import (
    Case,
    Departure,
    Event,
    Household,
    PostedEntry,
    Round,
    Tally,
    Unit,
    User,
)
from tests.auditing.conftest import contest
from tests.conftest import NEAR_POOR, POOR, Road
from tests.invariants.later_roads import walk_later_roads
from tests.invariants.monthly_roads import (
    walk_ad_hoc_month,
    walk_average_month,
    walk_low_income_month,
)
from tests.machine.rows import drop_step_triggers
from tests.machine.test_random_walks import Stumbler
from tests.months import Month, fresh
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


def drop(code: str, act: str) -> None:
    """Remove what an act and all later ones did to a household, and put its row back."""
    events = Event.objects.filter(case__code=code).order_by("sequence")
    first = events.get(act__code=act)
    drop_step_triggers()
    before = events.get(sequence=first.sequence - 1)
    events.filter(sequence__gte=first.sequence).delete()
    Case.objects.filter(code=code).update(
        state=first.from_state,
        prev_state=before.from_state,
        version=before.sequence,
        last_act=before.act,
        decided_class="",
    )


def test_a_household_dropped_from_the_decision_has_no_reason(walked: Road, tampering: None) -> None:
    drop(FIRST, "sign_decision")

    found = differing(walked)[FIRST]

    (difference,) = found.differences
    assert difference.before is not None and difference.before.list == List.POSTED
    assert (difference.after, difference.reasons) == (None, ())


@pytest.mark.parametrize("act", ["close_posting", "sign_report", "give_opinion"])
def test_a_household_dropped_on_its_way_to_the_decision_has_no_reason(
    walked: Road, tampering: None, act: str
) -> None:
    drop(FIRST, act)

    assert reasons(differing(walked)[FIRST]) == [[]]


def test_a_household_dropped_from_the_sheet_has_no_reason(posted: Road, tampering: None) -> None:
    drop(FIRST, "post_list")
    PostedEntry.objects.filter(case__code=FIRST).delete()

    found = differing(posted)[FIRST]

    (difference,) = found.differences
    assert difference.before is not None and difference.before.list == List.AGREED
    assert (difference.after, difference.reasons) == (None, ())


def test_a_household_dropped_from_the_meeting_has_no_reason(posted: Road, tampering: None) -> None:
    drop(FIRST, "hold_meeting")
    Tally.objects.filter(case__code=FIRST).delete()
    PostedEntry.objects.filter(case__code=FIRST).delete()

    assert reasons(differing(posted)[FIRST]) == [[]]


def test_an_income_that_no_decision_confirms_has_no_reason(
    road: Road, make_households: Callable[..., list[Household]], tampering: None
) -> None:
    """Nothing is posted of workers: whoever was classified is on the decision."""
    month = walk_low_income_month(road.cast, road.commune, make_households)
    code = month.round.cases.filter(state="confirmed").first()
    assert code is not None
    drop(code.code, "sign_decision")

    (found,) = differences(month.round, month.round.cases.all())

    assert (found.code, found.unexplained) == (code.code, True)


def contested_month(
    road: Road, make_households: Callable[..., list[Household]]
) -> tuple[Month, Case]:
    """Walk May 2024 to a decision that leaves one household behind, contested in its posting."""
    make_households(Unit.objects.get(code="24646.001"), 2, standing="")
    month = Month(road.cast, road.commune).open()
    kept, contested = (
        month.ask(household)
        for household in Household.objects.filter(village__code="24646.001").order_by("-code")[:2]
    )
    month.on("2024-05-15").start()
    for each in (kept, contested):
        month.survey(each)
    month.meet().post()
    month.do("minh", "complain", fresh(contested), complainant="Hai", content="Có xe")
    month.on("2024-05-24").close()
    return month, contested


def look_again(month: Month, contested: Case) -> None:
    """Look at the contested household again, and post it again."""
    month.do(
        "hoa",
        "reverify",
        fresh(contested),
        surveyed_on=month.at.date(),
        reviewer_name="Đỗ Thị Hoa",
        income_score=100,
        deprived=list(POOR),
        outcome="Giữ nguyên",
    )
    places = {"village_place": "Nhà văn hóa thôn", "commune_place": "Trụ sở UBND xã"}
    month.do("hung", "repost", fresh(contested), **places)


def test_a_household_that_the_decision_left_contested_is_shown_with_the_complaint(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    month, contested = contested_month(road, make_households)
    month.on("2024-05-28").decide()

    (found,) = differences(month.round, month.round.cases.all())

    assert found.code == contested.code
    (difference,) = found.differences
    assert difference.before is not None and difference.before.list == List.POSTED
    assert [(r.code, r.text) for r in difference.reasons] == [("complain", "Có xe")]


def test_a_household_whose_own_posting_runs_at_the_decision_is_shown_with_it(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    month, contested = contested_month(road, make_households)
    look_again(month, contested)
    month.on("2024-05-28").decide()

    (found,) = differences(month.round, month.round.cases.all())

    assert reasons(found) == [["repost"]]


def test_a_household_that_a_later_decision_names_was_not_left_out(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    month, contested = contested_month(road, make_households)
    look_again(month, contested)
    month.on("2024-05-28").decide()
    month.on("2024-06-03").do("hung", "close_reposting", fresh(contested))
    month.decide()

    assert differences(month.round, month.round.cases.all()) == []


def unexplained() -> list[str]:
    return [
        each.code
        for round in Round.objects.all()
        for each in differences(round, round.cases.all())
        if each.unexplained
    ]


def test_every_road_of_the_law_has_its_reasons(every_road: Road) -> None:
    assert unexplained() == []


def test_every_road_beside_the_straight_one_has_its_reasons(
    road: Road, make_households: Callable[..., list[Household]], appoint: Callable[..., User]
) -> None:
    walk_later_roads(road, make_households, appoint)

    assert unexplained() == []


@pytest.mark.parametrize(
    "walk", [walk_ad_hoc_month, walk_average_month, walk_low_income_month], ids=lambda w: w.__name__
)
def test_a_month_of_each_review_has_its_reasons(
    road: Road, walk: Callable[..., Month], make_households: Callable[..., list[Household]]
) -> None:
    walk(road.cast, road.commune, make_households)

    assert unexplained() == []


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_however_officers_stumble_every_difference_has_its_reason(
    road: Road, make_households: Callable[..., list[Household]], seed: int
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 4)
    make_households(Unit.objects.get(code="24646.001"), 2, standing="")
    road.open().list()
    stumbler = Stumbler(road, seed)

    for step in range(200):
        stumbler.step()
        if step % 10 == 9:
            assert unexplained() == []


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
