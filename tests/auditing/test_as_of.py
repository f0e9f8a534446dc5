"""As it was on that day: told from the record, equal to the row that was there at every step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from cases.ledger.entries import SNAPSHOT
from cases.models import Case, Event, Household, Standing, Unit
from tests.conftest import Road
from tests.machine.test_random_walks import Stumbler
from workflow.auditing.as_of import BEFORE_ALL, case_then, cases_then, standings_then
from workflow.auditing.differences import differences
from workflow.auditing.timeline import timeline
from workflow.auditing.words import said
from workflow.ledger.erasure import erase

MOMENT = timedelta(microseconds=1)
Rows = dict[int, dict[str, Any]]


def rows(road: Road) -> Rows:
    """Return what the cases say now, by key."""
    columns = ("pk", "state", "version", *SNAPSHOT)
    return {row["pk"]: row for row in Case.objects.filter(round=road.round).values(*columns)}


def told(road: Road, moment: Any) -> Rows:
    """Return what the record says of the cases at a moment, in the same words."""
    then = cases_then(Case.objects.filter(round=road.round), moment)
    return {
        pk: {"pk": pk, "state": each.state, "version": each.version, **(each.said or {})}
        for pk, each in then.items()
    }


def begun(kept: Rows) -> Rows:
    """Return the cases that anything was done to: the others are in no list yet."""
    return {pk: row for pk, row in kept.items() if row["version"]}


@pytest.mark.parametrize("seed", [11, 12])
def test_the_record_says_of_every_moment_what_the_rows_said_then(
    road: Road, make_households: Callable[..., list[Household]], seed: int
) -> None:
    first, second = Unit.objects.filter(code__startswith="24646.").order_by("code")
    make_households(second, 4)
    make_households(first, 2, standing="")
    road.open().list()
    stumbler = Stumbler(road, seed)
    kept = {road.at: rows(road)}
    for _ in range(110):
        road.at += timedelta(seconds=1)
        stumbler.step()
        kept[road.at] = rows(road)

    for at, then in kept.items():
        assert told(road, at + MOMENT) == begun(then), at
    assert len(set(stumbler.done)) >= 6


def test_standings_are_told_as_they_stood_after_every_step(walked: Road) -> None:
    # The last rows are known; the ones before the decision are last year's alone.
    households = list(Household.objects.filter(cases__round=walked.round))
    now = {
        household.pk: dict(
            Standing.objects.filter(household=household).values_list("year", "household_class")
        )
        for household in households
    }
    decided_at = Event.objects.filter(act__code="sign_decision")[0].act.at

    for household in households:
        assert standings_then(household, walked.at + MOMENT) == now[household.pk]
        assert standings_then(household, decided_at) == {2023: "POOR"}


def test_nothing_is_told_of_a_day_before_the_list(walked: Road) -> None:
    case = walked.cases()[0]

    assert case_then(case, walked.round.opened_at) == BEFORE_ALL


def test_a_changed_row_does_not_change_what_is_told(walked: Road) -> None:
    case = walked.cases()[0]
    before = told(walked, walked.at + MOMENT)[case.pk]
    Case.objects.filter(pk=case.pk).update(decided_class="NOT_POOR", income_score=1)

    assert told(walked, walked.at + MOMENT)[case.pk] == before
    assert rows(walked)[case.pk] != before, "the planted change was none"


def test_what_was_erased_is_told_as_erased_and_the_state_stays(walked: Road) -> None:
    case = walked.cases()[0]
    erase(case.household, paper="12/QĐ-UBND", by_name="Quản trị", at=walked.at)

    then = case_then(case, walked.at + MOMENT)

    assert (then.state, then.said, said("")) == ("certified", None, None)
    assert all(one.erased and not one.missing for one in timeline(case))
    assert differences(walked.round, walked.round.cases.filter(pk=case.pk)) == []


def test_a_list_of_five_and_one_of_fifty_are_told_by_one_query(
    road: Road,
    make_households: Callable[..., list[Household]],
    django_assert_num_queries: Callable[..., CaptureQueriesContext],
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 50)
    road.open().list().survey()
    for village, households in (("24646.001", 5), ("24646.002", 50)):
        cases = Case.objects.filter(village__code=village)
        with django_assert_num_queries(1):
            assert len(cases_then(cases, road.at + MOMENT)) == households
