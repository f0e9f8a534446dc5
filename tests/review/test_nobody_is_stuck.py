"""From wherever a household stands, the law's own road leads it to an answer."""

from collections.abc import Callable

import pytest

from cases.models import Departure, Household, HouseholdClass, Standing, Unit
from tests.conftest import YEAR, Road
from workflow.acts.listing import receive_request, record_arrival
from workflow.acts.posting import close_posting
from workflow.inbox import owed
from workflow.machine.refusals import Refused

Make = Callable[..., list[Household]]


def ask_late(road: Road, make_households: Make, standing: str = "") -> Household:
    village = Unit.objects.get(code="24646.001")
    [household] = make_households(village, 1, standing)
    receive_request(round=road.round, household=household, form_number="07", **road.who("minh"))
    return household


def state_of(household: Household) -> str:
    return household.cases.get().state


def test_a_posting_closes_while_a_late_requester_is_still_on_the_way(
    road: Road, make_households: Make
) -> None:
    road.open().list().survey().classify().meet().post()
    late = ask_late(road, make_households)
    road.pass_days(7)
    close_posting(village_review=road.reviews[0], **road.who("hung"))
    assert state_of(late) == "requested"
    road.list().survey().classify().meet().post().pass_days(7).close().report().consent().decide()
    assert state_of(late) == "recognised"


def test_a_late_requester_agreed_under_an_open_posting_is_posted_after_it(
    road: Road, make_households: Make
) -> None:
    road.open().list().survey().classify().meet().post()
    late = ask_late(road, make_households)
    road.list().survey().classify().meet()
    assert state_of(late) == "agreed"
    road.pass_days(7).close().post().pass_days(7).close().report().consent().decide()
    assert state_of(late) == "recognised"


def test_a_request_after_the_report_waits_for_a_report_of_its_own(
    road: Road, make_households: Make
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    late = ask_late(road, make_households)
    road.list().survey().classify().meet().post().pass_days(7).close()
    road.consent().report().consent().decide().certify()
    assert state_of(late) == "certified"


def test_a_late_request_hides_neither_a_posting_to_close_nor_an_opinion_to_give(
    road: Road, make_households: Make
) -> None:
    road.open().list().survey().classify().meet().post()
    ask_late(road, make_households)
    road.list().pass_days(7)
    acts = [one.act for one in owed(road.cast["hung"], road.at)]
    assert "close_posting" in acts
    close_posting(village_review=road.reviews[0], **road.who("hung"))
    road.survey().classify().meet().post().pass_days(7).close().report()
    ask_late(road, make_households)
    assert [one.act for one in owed(road.cast["quyen"], road.at)] == ["give_opinion"]


def test_no_request_is_received_after_the_decision_is_signed(
    road: Road, make_households: Make
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.decide()
    with pytest.raises(Refused) as refused:
        ask_late(road, make_households)
    assert refused.value.codes == {"not_decided_yet"}
    assert road.round.cases.count() == 5


def test_a_household_managed_since_last_year_needs_no_request(
    road: Road, make_households: Make
) -> None:
    road.open()
    with pytest.raises(Refused) as refused:
        ask_late(road, make_households, HouseholdClass.POOR)
    assert refused.value.codes == {"managed_already"}


def test_who_moves_in_from_no_list_asks_by_form_01(road: Road, make_households: Make) -> None:
    road.open()
    village = Unit.objects.get(code="24646.001")
    [household] = make_households(village, 1, "")
    with pytest.raises(Refused) as refused:
        record_arrival(
            round=road.round,
            household=household,
            reason=Departure.MOVED,
            paper="3/CT",
            **road.who("minh"),
        )
    assert refused.value.codes == {"basis_known"}
    receive_request(round=road.round, household=household, form_number="07", **road.who("minh"))
    assert state_of(household) == "requested"


def test_those_recognised_stand_on_next_years_list_also_before_their_certificates(
    road: Road,
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.decide()
    assert Standing.objects.filter(year=YEAR).count() == 5


def test_certificates_are_signed_also_when_next_years_list_was_imported_before(
    road: Road,
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    standings = [
        Standing(household=case.household, year=YEAR, household_class="POOR", source="Danh sách")
        for case in road.cases()
    ]
    Standing.objects.bulk_create(standings[:2])
    road.decide().certify()
    assert {case.state for case in road.cases()} == {"certified"}
    assert Standing.objects.filter(year=YEAR, household_class="POOR").count() == 5
