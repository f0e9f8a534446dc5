"""Whatever went through the acts is clean, at every step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cases.models import Case, Household, Round, Unit
from cases.units_fixture import load_units
from tests.conftest import Road
from tests.invariants.roads import walk_every_road
from workflow.invariants import audit
from workflow.scenarios import play, read_scenario

SCENARIOS = Path("docs/scenarios")
STEPS = "open list survey classify meet post pass close report consent decide certify"


@pytest.fixture
def units(db: None, settings: Any) -> None:
    settings.DEBUG = True  # scenarios appoint people in demonstrations only
    load_units()


def test_the_straight_road_is_clean_after_every_step(road: Road) -> None:
    for step in STEPS.split():
        if step == "pass":
            road.pass_days(7)
        else:
            getattr(road, step)()
        assert list(audit(Round.objects.all())) == [], step


def test_every_road_of_the_law_is_clean(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    walk_every_road(road, make_households)

    assert list(audit(Round.objects.all())) == []
    assert set(Case.objects.values_list("state", flat=True)) == {
        "certified",
        "escaped",
        "refused",
        "left",
    }


def test_the_scenario_of_refusals_is_clean(units: None) -> None:
    list(play(read_scenario(SCENARIOS / "tu-choi.toml")))

    assert Round.objects.exists() and list(audit(Round.objects.all())) == []


@pytest.mark.slow
def test_the_cu_jut_round_is_clean(units: None) -> None:
    list(play(read_scenario(SCENARIOS / "cu-jut-2024.toml")))

    assert Round.objects.count() == 4 and list(audit(Round.objects.all())) == []


def test_a_round_of_two_tiers_is_clean(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    """From 01/07/2025 the province answers."""
    from cases.duties import Role
    from cases.models import RoleAssignment, Standing, UnitVersion
    from cases.permissions import sync_grants
    from tests import conftest

    province = Unit.objects.get(code="67")
    UnitVersion.objects.filter(unit=road.commune).update(parent=province, path="VN/67/24646/")
    RoleAssignment.objects.filter(role=Role.SUPERIOR_CHAIR).update(unit=province)
    sync_grants(conftest.moment("2025-09-01").date())
    Standing.objects.update(year=2024)
    road.at = conftest.moment("2025-10-01")

    walk_year(road, 2025)

    assert Round.objects.get().pack == "qd24-2021-2cap"
    assert list(audit(Round.objects.all())) == []


def walk_year(road: Road, year: int) -> None:
    from tests import conftest

    usual, conftest.YEAR = conftest.YEAR, year
    try:
        road.open().list().survey().classify().meet().post()
        road.pass_days(7).close().report().consent().decide().certify()
    finally:
        conftest.YEAR = usual
