"""A breach planted around the engine turns its check red, at its case and act, and no other."""

import pytest

from cases.models import Act, Case, Round
from tests.conftest import Road, appoint_person, register_households
from tests.invariants import later_plants
from tests.invariants.later_roads import walk_later_roads
from tests.invariants.monthly_roads import (
    walk_ad_hoc_month,
    walk_average_month,
    walk_low_income_month,
)
from tests.invariants.plants import PLANTS, Plant
from tests.invariants.roads import survey_village, walk_every_road
from tests.lent import lent
from tests.taken_back import taken_back
from workflow.invariants import INVARIANTS, Breach, audit, pinned
from workflow.machine import insert_only

ROADS = ("usual", "later", "ad_hoc", "average", "low_income")


@lent(params=ROADS)
def walked(road: Road, param: str) -> tuple[str, Round]:
    """Return a round that went down one of the roads, and which."""
    if param == "usual":
        walk_every_road(road, register_households)
        return param, road.round
    if param == "later":
        walk_later_roads(road, register_households, appoint_person)
        return param, road.round
    months = {
        "ad_hoc": walk_ad_hoc_month,
        "average": walk_average_month,
        "low_income": walk_low_income_month,
    }
    return param, months[param](road.cast, road.commune, register_households).round


def breaches_of(planted: Plant, round_: Round) -> tuple[list[Breach], dict[int, str]]:
    """Return what is found with the breach in place, and the acts by number; it is taken out again."""
    found: list[Breach] = []
    acts: dict[int, str] = {}
    with taken_back():
        # Who plants is the database's administrator, whom no trigger stops.
        insert_only.remove("default")
        planted.do(round_)
        found += audit(Round.objects.filter(pk=round_.pk))
        acts |= Act.objects.filter(round=round_).values_list("sequence", "code")
    return found, acts


def test_each_planted_breach_is_found_where_it_is(
    walked: tuple[str, Round], subtests: pytest.Subtests
) -> None:
    name, round_ = walked
    for planted in (each for each in PLANTS if each.road == name):
        with subtests.test(planted.name):
            found, told = breaches_of(planted, round_)

            assert {breach.invariant for breach in found} == planted.also
            places = {
                (breach.case_code, told.get(breach.sequence or 0, ""))
                for breach in found
                if breach.invariant == planted.invariant
            }
            assert (planted.case, planted.act) in places
            assert all(b.round == round_.key and b.article and b.sentence for b in found)


def test_all_is_clean_again_when_breaches_are_taken_out(walked: tuple[str, Round]) -> None:
    name, round_ = walked
    for planted in PLANTS:
        if planted.road == name:
            breaches_of(planted, round_)

    assert list(audit(Round.objects.all())) == []


def test_every_invariant_has_a_planted_breach() -> None:
    # INV-41 is about tables and not about rows: its own test is below.
    assert later_plants.PLANTS is PLANTS
    assert {planted.invariant for planted in PLANTS} | {"INV-41"} == {
        invariant.code for invariant in INVARIANTS
    }


def test_a_place_for_a_target_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pinned.places_for_targets() == []
    monkeypatch.setattr(Round._meta.get_field("plan_paper"), "verbose_name", "chỉ tiêu giảm nghèo")

    found = list(audit(Round.objects.none()))

    assert [(b.invariant, "cases.Round.plan_paper" in b.sentence) for b in found] == [
        ("INV-41", True)
    ]


def test_households_alike_but_for_their_surveys_are_each_told_with_their_own_act(
    road: Road,
) -> None:
    road.open().list()
    for waiting in road.cases()[:2]:
        survey_village(road, [waiting])
    Case.objects.filter(state="surveyed").update(version=7)

    found = [(b.invariant, b.case_code, b.sequence) for b in audit(Round.objects.all())]

    assert found == [("ENG-02", "24646-00001", 3), ("ENG-02", "24646-00002", 4)]
