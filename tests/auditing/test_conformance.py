"""Replaying the record against the pack: what was skipped, done twice or too early is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from cases.models import Act, Case, Event, Household, Posting, Unit
from tests.conftest import Road
from tests.machine.test_random_walks import Stumbler
from workflow.acts.listing import build_list, open_round
from workflow.auditing.conformance import Kind, of_invariants, replay, replay_everything

Found = set[tuple[Kind, str, str]]
FIRST = "24646-00001"


def found(road: Road) -> Found:
    """Return the deviations of the round as (kind, rule, case)."""
    (replayed,) = replay([road.round])
    return {(each.kind, each.code, each.case_code) for each in replayed.deviations}


def events_of(code: str) -> Any:
    return Event.objects.filter(case__code=code).order_by("sequence")


def closing_of(posting: Posting) -> int:
    assert posting.closing_act_id is not None
    return posting.closing_act_id


def test_a_lawful_round_deviates_nowhere(walked: Road) -> None:
    (replayed,) = replay([walked.round])

    assert replayed.deviations == ()
    assert (replayed.cases, replayed.events) == (8, Event.objects.count())
    assert of_invariants(walked.round) == []


@pytest.mark.parametrize("act", ["survey", "hold_meeting", "give_opinion"])
def test_a_deleted_event_is_a_skipped_step(walked: Road, tampering: None, act: str) -> None:
    events_of(FIRST).filter(act__code=act).delete()

    assert found(walked) == {(Kind.SKIPPED, "hole", FIRST)}


def test_a_deleted_last_event_is_a_skipped_step(walked: Road, tampering: None) -> None:
    events_of(FIRST).filter(act__code="issue_certificates").delete()

    assert found(walked) == {(Kind.SKIPPED, "tail", FIRST)}


def test_a_deleted_act_is_a_skipped_step_of_all_its_cases(walked: Road, tampering: None) -> None:
    act = Act.objects.get(code="classify", village_review__village__code="24646.002")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_act WHERE id = %s", [act.pk])

    of_village = walked.cases(village__code="24646.002")
    assert found(walked) == {(Kind.SKIPPED, "hole", case.code) for case in of_village}


def test_a_step_rewritten_so_that_it_follows_is_skipped_all_the_same(
    walked: Road, tampering: None
) -> None:
    """Without meeting and posting, numbers and states closed up: no act leads that way."""
    opinion = events_of(FIRST).get(act__code="give_opinion")
    classified = events_of(FIRST).get(to_state="classified")
    between = events_of(FIRST).filter(
        sequence__gt=classified.sequence, sequence__lt=opinion.sequence
    )
    gone = between.count()
    between.delete()
    for event in events_of(FIRST).filter(sequence__gte=opinion.sequence):
        Event.objects.filter(pk=event.pk).update(sequence=F("sequence") - gone)
    Event.objects.filter(pk=opinion.pk).update(from_state="classified")
    Case.objects.filter(code=FIRST).update(version=F("version") - gone)

    assert found(walked) == {(Kind.SKIPPED, "undeclared", FIRST)}


@pytest.mark.parametrize("act", ["survey", "hold_meeting", "issue_certificates"])
def test_a_doubled_event_is_a_repeated_step(walked: Road, tampering: None, act: str) -> None:
    doubled = events_of(FIRST).get(act__code=act)
    for event in reversed(events_of(FIRST).filter(sequence__gt=doubled.sequence)):
        Event.objects.filter(pk=event.pk).update(sequence=F("sequence") + 1)
    doubled.pk, doubled.sequence = None, doubled.sequence + 1
    doubled.save(force_insert=True)

    assert {(kind, case) for kind, _rule, case in found(walked)} == {(Kind.REPEATED, FIRST)}


def test_a_step_moved_before_the_one_before_it_is_too_early(walked: Road, tampering: None) -> None:
    Act.objects.filter(code="sign_report").update(at=F("at") - timedelta(days=20))

    assert {(kind, rule) for kind, rule, _case in found(walked)} == {
        (Kind.EARLY, "before_the_step_before")
    }


def test_a_posting_closed_before_its_days_are_over_is_too_early(
    walked: Road, tampering: None
) -> None:
    posting = Posting.objects.filter(village_review__village__code="24646.002").get()
    Act.objects.filter(pk=closing_of(posting)).update(at=posting.until - timedelta(minutes=1))

    of_village = {case.code for case in walked.cases(village__code="24646.002")}
    assert found(walked) == {(Kind.EARLY, "posting_not_over", code) for code in of_village}


def test_a_step_before_the_first_of_september_is_too_early(walked: Road, tampering: None) -> None:
    Act.objects.filter(code="build_list").update(legal_day="2024-08-31")

    assert {(kind, rule) for kind, rule, _case in found(walked)} == {
        (Kind.EARLY, "before_the_window")
    }


def test_what_the_invariants_recount_is_sorted_under_the_same_words(
    walked: Road, tampering: None
) -> None:
    """The end of a posting moved with the act: only a calendar counted anew can see it."""
    posting = Posting.objects.filter(village_review__village__code="24646.002").get()
    early = posting.posted_at + timedelta(days=1)
    Act.objects.filter(pk=closing_of(posting)).update(at=early, legal_day=early.date())
    Posting.objects.filter(pk=posting.pk).update(until=early, closed_at=early)

    assert found(walked) == set()
    assert {(each.kind, each.code) for each in of_invariants(walked.round)} == {
        (Kind.EARLY, "INV-11")
    }


@pytest.mark.parametrize("seed", [21, 22])
def test_whoever_deviates_is_among_those_who_are_replayed(
    road: Road, tampering: None, make_households: Callable[..., list[Household]], seed: int
) -> None:
    """The search over many cases finds every deviation that a replay of all of them finds."""
    make_households(Unit.objects.get(code="24646.002"), 4)
    road.open().list()
    stumbler = Stumbler(road, seed)
    for _ in range(80):
        stumbler.step()
    assert found(road) == set(), "a lawful walk deviates"
    chance = stumbler.chance
    for event in chance.sample(list(Event.objects.all()), 6):
        spoil = chance.choice(["delete", "from", "number", "act"])
        rows = Event.objects.filter(pk=event.pk)
        if spoil == "delete":
            rows.delete()
        elif spoil == "from":
            rows.update(from_state="classified")
        elif spoil == "number":
            rows.update(sequence=F("sequence") + 50)
        else:
            Act.objects.filter(pk=event.act_id).update(at=F("at") - timedelta(days=9))

    everything = replay_everything([road.round])
    (searched,) = replay([road.round])
    assert set(searched.deviations) == {deviation for _round, deviation in everything}
    assert searched.deviations


def test_rounds_of_five_and_of_two_hundred_cost_the_same_questions(
    road: Road, hoa_binh: Unit, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24652.001"), 200)
    road.open().list()
    papers: dict[str, Any] = {"year": 2024, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    other = open_round(commune=hoa_binh, **papers, **road.who("other_binh"))
    build_list(round=other, **road.who("other_hoa"))
    asked = []
    for rounds in ([road.round], [other], [road.round, other]):
        with CaptureQueriesContext(connection) as counted:
            replayed = replay(rounds)
        asked.append(len(counted))

    assert [each.cases for each in replayed] == [5, 200]
    assert len(set(asked)) == 1
