"""Several officers at the same moment: one act is done, everybody gets a clear answer."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, connections

from cases.duties import Role
from cases.models import (
    Act,
    Case,
    Departure,
    Event,
    Household,
    Level,
    Round,
    Unit,
    User,
    VillageReview,
)
from tests.conftest import POOR, YEAR, Road, make_unit
from tests.machine.test_random_walks import assert_events_tell_the_cases, counted, grouped
from workflow.acts import departing, listing, surveying
from workflow.machine.apply import Done
from workflow.machine.refusals import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 200
Answer = Done | Round | Refused
Script = Sequence[Callable[[], Any]]


@pytest.fixture
def committee(road: Road, appoint: Callable[..., User]) -> list[User]:
    """Return four members of the committee, each also a reviewer of the whole commune."""
    names = ("hoa", "hai", "ba", "tu")
    people = [appoint(n, f"Đỗ Thị {n}", Role.COMMUNE_COMMITTEE, road.commune) for n in names[1:]]
    people.insert(0, road.cast["hoa"])
    return [appoint(p.username, "", Role.REVIEWER, road.commune) for p in people]


@pytest.fixture
def villages(
    road: Road, committee: list[User], make_households: Callable[..., list[Household]]
) -> Callable[[int], list[VillageReview]]:
    """Return a function that surveys so many villages of two households each."""

    def prepare(how_many: int) -> list[VillageReview]:
        for number in range(3, 3 + how_many):
            code = f"24646.{number:03d}"
            village = make_unit(code, Level.VILLAGE, f"Thôn {number}", "thôn", road.commune)
            make_households(village, 2)
        road.open().list()
        survey(road, committee[0], road.cases(), next(road.keys))
        return [review for review in road.reviews if review.village.code > "24646.002"]

    return prepare


def survey(road: Road, by: User, cases: list[Case], key: str) -> Done:
    sheets = [surveying.SurveySheet(case, road.at.date(), "Lan", 100, POOR) for case in cases]
    return surveying.survey_cases(
        round=road.round, village_review=None, sheets=sheets, by=by, at=road.at, key=key
    )


def classify(road: Road, review: VillageReview, by: User, key: str) -> Done:
    return surveying.classify_village(village_review=review, by=by, at=road.at, key=key)


def at_once(*scripts: Script) -> list[list[Answer]]:
    """
    Run one script a thread, each with its own connection; the n-th deeds of all start together.

    Whatever is no refusal is raised.
    """
    barrier = Barrier(len(scripts), timeout=60)

    def play(script: Script) -> list[Answer]:
        answers: list[Answer] = []
        try:
            for deed in script:
                barrier.wait()
                try:
                    answers.append(deed())
                except Refused as refused:
                    answers.append(refused)
        except BaseException:
            barrier.abort()
            raise
        finally:
            connections.close_all()
        return answers

    with ThreadPoolExecutor(len(scripts)) as pool:
        return [running.result() for running in [pool.submit(play, s) for s in scripts]]


def test_two_officers_advance_one_list_and_one_of_them_does_two_hundred_times(
    road: Road, committee: list[User], villages: Callable[[int], list[VillageReview]]
) -> None:
    reviews = villages(ROUNDS)
    scripts = [
        [partial(classify, road, review, by, f"{by.pk}-{review.pk}") for review in reviews]
        for by in committee[:2]
    ]

    for review, answers in zip(reviews, zip(*at_once(*scripts), strict=True), strict=True):
        done = [answer for answer in answers if isinstance(answer, Done)]
        (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
        assert [d.moved for d in done] == [2] and not done[0].replayed, review
        assert refused.codes == {"nothing_to_do"}

    assert Act.objects.filter(code="classify").count() == ROUNDS
    assert Event.objects.filter(act__code="classify").count() == 2 * ROUNDS
    assert counted(road.round) == grouped(road.round)


def test_one_key_sent_four_times_at_once_is_one_act_with_one_answer(
    road: Road, committee: list[User], villages: Callable[[int], list[VillageReview]]
) -> None:
    reviews = villages(25)
    script = [
        partial(classify, road, review, committee[0], f"key-of-{review.pk}") for review in reviews
    ]

    for answers in zip(*at_once(script, script, script, script), strict=True):
        assert all(isinstance(answer, Done) for answer in answers)
        assert len({answer.act.pk for answer in answers}) == 1
        assert {answer.moved for answer in answers} == {2}
        assert sorted(answer.replayed for answer in answers) == [False, True, True, True]


def test_two_chairs_open_one_round(road: Road, appoint: Callable[..., User]) -> None:
    deputy = appoint("pho", "Phó chủ tịch", Role.COMMUNE_CHAIR, road.commune)

    chairs = (road.cast["binh"], deputy)

    answers = at_once(*[[partial(open_round, road, by, by.username)] for by in chairs])

    (refused,) = [a for (a,) in answers if isinstance(a, Refused)]
    assert refused.codes == {"round_exists"}
    assert (Round.objects.count(), Act.objects.count()) == (1, 1)


def test_one_key_that_opens_a_round_twice_at_once_gets_the_round_twice(road: Road) -> None:
    chair = road.cast["binh"]

    answers = at_once(*[[partial(open_round, road, chair, "one-key")]] * 4)

    assert {getattr(a, "pk", a) for (a,) in answers} == {Round.objects.get().pk}
    assert Act.objects.count() == 1


def open_round(road: Road, by: User, key: str) -> Round:
    return listing.open_round(
        commune=road.commune,
        year=YEAR,
        plan_paper="1",
        committee_paper="2",
        by=by,
        at=road.at,
        key=key,
    )


def test_acts_on_villages_on_scattered_cases_and_on_the_commune_never_deadlock(
    road: Road,
    committee: list[User],
    villages: Callable[[int], list[VillageReview]],
    make_households: Callable[..., list[Household]],
) -> None:
    reviews = villages(40)
    asking = make_households(Unit.objects.get(code="24646.001"), 40, standing="")
    # The last case of each village leaves: later than the first village, earlier than the last.
    leaving = [review.cases.order_by("-pk").first() for review in reviews]
    scattered = road.cases()[::7][::-1]
    minh = road.cast["minh"]
    turns = range(40)
    scripts: list[Script] = [
        [partial(classify, road, reviews[i], committee[0], f"a{i}") for i in turns],
        [partial(classify, road, reviews[39 - i], committee[1], f"b{i}") for i in turns],
        [partial(survey, road, committee[2], scattered, f"c{i}") for i in turns],
        [partial(_request_and_list, road, committee[3], minh, asking[i], i) for i in turns],
        [partial(_leave, road, minh, leaving[i], f"e{i}") for i in turns],
    ]

    try:
        answers = at_once(*scripts)
    except DatabaseError as error:
        pytest.fail(f"deadlock or worse: {error}")

    done = [[isinstance(a, Done) for a in of_one].count(True) for of_one in answers]
    assert done[3] == done[4] == 40 and done[0] + done[1] > 0, done
    assert counted(road.round) == grouped(road.round)
    assert_events_tell_the_cases(road.round)


def _request_and_list(road: Road, by: User, clerk: User, household: Household, turn: int) -> Done:
    listing.receive_request(
        round=road.round,
        household=household,
        form_number="15/GĐN",
        by=clerk,
        at=road.at,
        key=f"d{turn}",
    )
    return listing.build_list(round=road.round, by=by, at=road.at, key=f"dd{turn}")


def _leave(road: Road, by: User, case: Any, key: str) -> Done:
    return departing.record_departure(
        case=case, reason=Departure.MOVED, paper="1", by=by, at=road.at, key=key
    )
