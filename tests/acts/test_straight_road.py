"""A round walked from the list to the certificate."""

from cases.models import Act, CertificateRow, Event, StateCount
from tests.conftest import Road


def test_a_round_goes_from_the_list_to_the_certificate(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    road.pass_days(7).close().report().consent().decide().certify()

    assert {case.state for case in road.cases()} == {"certified"}
    assert CertificateRow.objects.filter(year=2025).count() == 5


def test_every_act_leaves_a_numbered_record_and_an_event_for_each_case(road: Road) -> None:
    road.open().list().survey()

    acts = list(Act.objects.order_by("sequence").values_list("sequence", "code", "count"))
    assert acts == [(1, "open_round", 0), (2, "build_list", 5), (3, "survey", 5)]
    events = Event.objects.filter(act__code="survey").values_list("from_state", "to_state")
    assert set(events) == {("listed", "surveyed")}


def test_counts_of_states_follow_every_act(road: Road) -> None:
    road.open().list().survey()

    counts = StateCount.objects.values_list("state", "household_class", "n")
    assert list(counts) == [("surveyed", "POOR", 5)]
