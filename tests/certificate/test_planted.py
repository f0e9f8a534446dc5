"""A breach planted around the engine is a gap of the certificates that it concerns, and named there."""

from collections.abc import Callable

import pytest

from cases.models import (
    Act,
    Case,
    CorrectionProposal,
    Household,
    Round,
    User,
    VillageReview,
)
from tests.conftest import Road, moment
from tests.invariants.later_roads import walk_later_roads
from tests.invariants.plants import PLANTS, Plant
from tests.invariants.test_planted_breaches import walked as walked
from tests.taken_back import taken_back
from workflow.ledger.certificate import Certificate, household_certificate, village_certificate
from workflow.machine import insert_only

LATER = moment("2025-03-01")


def certified(planted: Plant, round_: Round) -> list[Certificate]:
    """Return the certificate of the household with the breach in place, or of all that it may concern."""
    made: list[Certificate] = []
    with taken_back():
        insert_only.remove("default")
        planted.do(round_)
        cases = Case.objects.select_related("round__commune", "village_review__village")
        found = cases.filter(round=round_, code=planted.case)
        if planted.case and found:
            made = [household_certificate(found[0], at=LATER)]
        elif planted.case:
            made = [village_certificate(review, at=LATER) for review in reviews(round_)]
        else:
            moved = cases.filter(round=round_, events__act__code=planted.act).distinct()
            some = moved or cases.filter(round=round_)[:1]
            made = [household_certificate(case, at=LATER) for case in some]
    return made


def reviews(round_: Round) -> list[VillageReview]:
    return list(round_.village_reviews.select_related("round__commune", "village"))


def named(made: Certificate) -> set[str]:
    found = {reason.invariant for step in made.wanting for reason in step.reasons}
    return found | {reason.invariant for reason in made.strangers}


def test_each_planted_breach_is_named_by_a_certificate_that_it_concerns(
    walked: tuple[str, Round], subtests: pytest.Subtests
) -> None:
    name, round_ = walked
    for planted in (each for each in PLANTS if each.road == name):
        with subtests.test(planted.name):
            made = certified(planted, round_)

            assert planted.invariant in set().union(*(named(each) for each in made))


def test_without_a_breach_every_certificate_is_whole(walked: tuple[str, Round]) -> None:
    _name, round_ = walked
    at = Act.objects.filter(round=round_).latest("at").at

    for review in reviews(round_):
        made = village_certificate(review, at=at)
        assert made.met == made.of
        assert made.households_met == len(made.households)


@pytest.mark.parametrize("walked", ["usual"], indirect=True)
def test_a_gap_names_its_step_its_act_and_the_check(walked: tuple[str, Round]) -> None:
    _name, round_ = walked
    planted = next(each for each in PLANTS if each.name == "closed_after_two_days")

    (made,) = certified(planted, round_)

    assert made.met < made.of
    (gap,) = [s for s in made.wanting if "INV-11" in {r.invariant for r in s.reasons}]
    assert (gap.code, gap.act_code, gap.result) == (
        "posted_long_enough",
        "close_posting",
        "gap",
    )
    closing = Act.objects.get(round=round_, sequence=gap.sequence or 0)
    assert closing.code == "close_posting"


def test_a_correction_that_nobody_else_proposed_is_a_gap(
    road: Road, make_households: Callable[..., list[Household]], appoint: Callable[..., User]
) -> None:
    walk_later_roads(road, make_households, appoint)
    (corrected,) = Case.objects.filter(correction_proposals__used_by__isnull=False)[:1]
    before = household_certificate(corrected, at=LATER)
    CorrectionProposal.objects.update(used_by=None)

    after = household_certificate(corrected, at=LATER)

    assert "two_officers" in {step.code for step in before.steps if step.is_met}
    assert [step.code for step in after.wanting] == ["two_officers"]
