"""A published seed draws the same cases again: here, by hand, and by whoever comes second."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Event, Household, Sample, SampleItem, Survey, Tally, Unit
from tests.conftest import Road
from workflow.acts.listing import receive_request
from workflow.auditing.risks import BY_CODE, IN_AN_HOUR, questions_about
from workflow.auditing.samples import (
    Drawing,
    digest_of,
    draw,
    draw_again,
    first_by_rank,
    keep,
    same,
)

SEED = "Xổ số kiến thiết 12/10/2024: 482915"


def drawing(road: Road, seed: str = SEED, size: int = 3, kind: str = "RANDOM") -> Drawing:
    return draw(
        Case.objects.all(),
        road.commune,
        2024,
        seed=seed,
        size=size,
        kind=kind,
        until=road.at,
    )


def kept(road: Road, kind: str = "RANDOM") -> Sample:
    return keep(
        drawing(road, kind=kind),
        road.commune,
        2024,
        review="",
        kind=kind,
        size=3,
        by=road.cast["son"],
        at=road.at,
    )


def test_the_same_cases_are_drawn_by_hand(walked: Road) -> None:
    """As docs/auditing.md tells it, without a line of the application."""
    codes = sorted(f"2024-24646/24646-{n:05d}" for n in range(1, 9))
    by_hand = sorted(codes, key=lambda c: hashlib.sha256(f"{SEED}|{c}".encode()).hexdigest())[:3]
    population = hashlib.sha256("".join(f"{c}\n" for c in codes).encode()).digest()

    drawn = drawing(walked)

    assert [each.code for each in drawn.drawn] == by_hand
    assert (drawn.population, drawn.digest) == (8, population)


def test_a_known_drawing_does_not_change() -> None:
    codes = [f"2024-24646/24646-{n:05d}" for n in range(1, 101)]

    assert first_by_rank("hat-giong-1", codes, 3) == first_by_rank(
        "hat-giong-1", reversed(codes), 3
    )
    assert first_by_rank("hat-giong-1", codes, 3) != first_by_rank("hat-giong-2", codes, 3)
    assert digest_of(["b", "a"]).hex() == (
        "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2"
    )


def test_a_second_person_draws_a_kept_sample_again_although_the_round_went_on(
    posted: Road,
) -> None:
    sample = kept(posted)
    posted.pass_days(7).close().report()

    again = draw_again(sample, Case.objects.all())

    assert same(sample, list(sample.items.all()), again)


def test_cases_that_came_later_are_not_drawn_from(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    sample = kept(road.open().list())
    road.pass_days(1)
    receive_request(
        round=road.round,
        household=Household.objects.get(code="24646-00006"),
        form_number="15/GĐN",
        **road.who("minh"),
    )

    assert same(sample, list(sample.items.all()), draw_again(sample, Case.objects.all()))
    assert drawing(road).population == sample.population + 1


def test_a_case_taken_out_of_the_record_is_seen_when_drawing_again(
    walked: Road, tampering: None
) -> None:
    sample = kept(walked)
    drawn = set(sample.items.values_list("case", flat=True))
    Event.objects.filter(case__round=walked.round).exclude(case__in=drawn)[0].delete()

    again = draw_again(sample, Case.objects.all())

    assert not same(sample, list(sample.items.all()), again)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_kept_sample_is_changed_by_nobody(walked: Road, change: str) -> None:
    sample = kept(walked)
    both: tuple[Any, ...] = (Sample.objects.filter(pk=sample.pk), sample.items.all())
    for rows in both:
        with pytest.raises(DatabaseError), transaction.atomic():
            if change == "delete":
                rows._raw_delete(rows.db)
            elif rows.model is Sample:
                rows.update(seed="khác")
            else:
                rows.update(position=77)
    assert SampleItem.objects.filter(sample=sample).count() == 3


def test_a_lawful_round_raises_no_question(walked: Road) -> None:
    assert questions_about(Case.objects.all(), walked.at) == {}


@pytest.mark.parametrize(
    ("code", "plant"),
    [
        (
            "at_the_line",
            lambda: Survey.objects.filter(case__code="24646-00001").update(
                income_score=141, proposed_class="NOT_POOR"
            ),
        ),
        (
            "just_enough_votes",
            lambda: Tally.objects.filter(case__code="24646-00001").update(agree=20, attendance=40),
        ),
        (
            "surveyed_on_the_meeting_day",
            lambda: Survey.objects.filter(case__code="24646-00001").update(
                surveyed_on=Tally.objects.get(case__code="24646-00001").meeting.held_on
            ),
        ),
        (
            "looked_at_again_by_the_same",
            lambda: Survey.objects.filter(case__code="24646-00002").update(
                reviewer_name="Đỗ Thị Hoa"
            ),
        ),
    ],
)
def test_what_is_odd_raises_its_question_and_no_other(
    walked: Road, code: str, plant: Callable[[], int]
) -> None:
    assert plant()

    found = questions_about(Case.objects.all(), walked.at)

    assert list(found.values()) == [[code]]
    assert BY_CODE[code].asks


def test_one_vote_more_or_less_than_needed_raises_no_question(walked: Road) -> None:
    Tally.objects.filter(case__code="24646-00001").update(agree=21, attendance=41)
    assert len(questions_about(Case.objects.all(), walked.at)) == 1
    Tally.objects.filter(case__code="24646-00001").update(agree=22, attendance=41)
    assert questions_about(Case.objects.all(), walked.at) == {}


@pytest.mark.parametrize(("forms", "asked"), [(IN_AN_HOUR - 1, 0), (IN_AN_HOUR, IN_AN_HOUR)])
def test_forms_entered_one_by_one_in_an_hour_are_asked_about(
    walked: Road, forms: int, asked: int
) -> None:
    alone = walked.round.acts.get(code="reverify")  # an act on one case
    some = Survey.objects.filter(act__code="survey").order_by("case")[:forms]
    Survey.objects.filter(pk__in=[sheet.pk for sheet in some]).update(act=alone.pk)

    found = questions_about(Case.objects.all(), walked.at)

    assert sum("many_forms_in_an_hour" in codes for codes in found.values()) == asked


def test_many_households_of_one_reviewer_in_a_day_are_asked_about(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 15)
    road.open().list().survey()

    found = questions_about(Case.objects.all(), road.at)

    assert len(found) == 20
    assert found.popitem()[1] == ["many_households_in_a_day"]


def test_questions_are_of_papers_until_the_moment(walked: Road) -> None:
    Tally.objects.filter(case__code="24646-00001").update(agree=20, attendance=40)

    assert questions_about(Case.objects.all(), walked.at - timedelta(days=30)) == {}


def test_a_risk_sample_is_drawn_from_those_with_questions_only(walked: Road) -> None:
    Tally.objects.filter(case__code__in=["24646-00001", "24646-00003"]).update(agree=20)

    drawn = drawing(walked, kind="RISK")

    assert {each.code[-5:] for each in drawn.drawn} == {"00001", "00003"}
    assert drawn.population == 2
    assert {each.questions for each in drawn.drawn} == {("just_enough_votes",)}


def test_a_village_of_twenty_and_one_of_two_hundred_cost_the_same_questions(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 15)
    make_households(Unit.objects.get(code="24646.002"), 200)
    road.open().list().survey()
    asked = []
    for village, households in (("24646.001", 20), ("24646.002", 200)):
        cases = Case.objects.filter(village__code=village)
        with CaptureQueriesContext(connection) as counted:
            drawn = draw(cases, road.commune, 2024, seed=SEED, size=3, kind="RANDOM", until=road.at)
            questions_about(cases, road.at)
        assert drawn.population == households
        asked.append(len(counted))

    assert asked[0] == asked[1]
