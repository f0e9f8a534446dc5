"""Whatever went through the acts is clean, at every step."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cases.duties import Role
from cases.models import (
    Case,
    Household,
    RoleAssignment,
    Round,
    Standing,
    Unit,
    UnitVersion,
    User,
)
from cases.permissions import sync_grants
from tests import conftest
from tests.conftest import Road, moment
from tests.invariants.later_roads import walk_later_roads
from tests.invariants.monthly_roads import (
    walk_ad_hoc_month,
    walk_average_month,
    walk_low_income_month,
)
from tests.invariants.roads import CONTESTED, PLAIN, walk_every_road
from tests.months import Month
from tests.scenarios.played import cu_jut as cu_jut
from workflow.invariants import audit
from workflow.scenarios import play, read_scenario

SCENARIOS = Path("docs/scenarios")
STEPS = "open list survey classify meet post pass close report consent decide certify"


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


def test_every_road_beside_the_straight_one_is_clean(
    road: Road, make_households: Callable[..., list[Household]], appoint: Callable[..., User]
) -> None:
    walk_later_roads(road, make_households, appoint)

    assert list(audit(Round.objects.all())) == []
    assert set(Case.objects.values_list("state", flat=True)) == {
        "certified",
        "escaped",
        "left",
        "withdrawn",
    }


@pytest.mark.parametrize(
    "walk", [walk_ad_hoc_month, walk_average_month, walk_low_income_month], ids=lambda w: w.__name__
)
def test_a_month_of_each_review_is_clean(
    road: Road, walk: Callable[..., Month], make_households: Callable[..., list[Household]]
) -> None:
    walk(road.cast, road.commune, make_households)

    assert list(audit(Round.objects.all())) == []


def test_the_scenario_of_refusals_is_clean(units: None) -> None:
    list(play(read_scenario(SCENARIOS / "tu-choi.toml")))

    assert Round.objects.exists() and list(audit(Round.objects.all())) == []


@pytest.mark.slow
def test_the_cu_jut_round_is_clean(cu_jut: None) -> None:
    assert Round.objects.count() == 4 and list(audit(Round.objects.all())) == []


def test_a_round_of_two_tiers_is_clean(road: Road) -> None:
    Standing.objects.update(year=2024)
    road.at = moment("2025-10-01")
    appoint_province(road)

    walk_year(road, 2025)

    assert Round.objects.get().pack == "qd24-2021-2cap"
    assert list(audit(Round.objects.all())) == []


def test_two_years_of_one_commune_are_clean_together(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    walk_every_road(road, make_households)
    road.at = moment("2025-09-10")
    appoint_province(road)

    walk_year(road, 2025)

    assert sorted(Round.objects.values_list("year", flat=True)) == [2024, 2025]
    assert list(audit(Round.objects.all())) == []


def appoint_province(road: Road) -> None:
    """Let the province answer, as it does from 01/07/2025."""
    province = Unit.objects.get(code="67")
    UnitVersion.objects.filter(unit=road.commune).update(parent=province, path="VN/67/24646/")
    of_district = RoleAssignment.objects.filter(role=Role.SUPERIOR_CHAIR)
    of_district.update(valid_until=date(2025, 7, 1))
    RoleAssignment.objects.create(
        user=road.cast["quyen"],
        role=Role.SUPERIOR_CHAIR,
        unit=province,
        valid_from=date(2025, 7, 1),
        paper="bài kiểm tra",
    )
    sync_grants(road.at.date())


def walk_year(road: Road, year: int) -> None:
    usual, conftest.YEAR = conftest.YEAR, year
    try:
        road.open().list().survey().classify().meet().post()
        road.pass_days(7).close().report().consent().decide().certify()
    finally:
        conftest.YEAR = usual


def test_an_autumn_round_stays_clean_when_a_month_changes_its_list(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    walk_every_road(road, make_households)
    month = Month(road.cast, road.commune)
    month.on("2025-05-06").open()
    leaves, better = (
        month.ask_to_leave(Household.objects.get(code=code)) for code in (PLAIN, CONTESTED)
    )
    month.on("2025-05-15").start()
    month.survey(leaves, score=300, deprived=(False,) * 12)
    month.survey(better, deprived=(True, False) + (False,) * 10)
    month.meet().post().on("2025-05-23").close().decide().answer()
    month.do("binh", "sign_monthly_report", month.round, number="07/BC-UBND")

    assert list(audit(Round.objects.all())) == []
    road.at = moment("2025-09-10")
    appoint_province(road)
    walk_year(road, 2025)
    assert list(audit(Round.objects.all())) == []
