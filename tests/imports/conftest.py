"""The four communes of Cư Jút with their official codes, one officer, rounds of 2024 opened."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps

from cases.duties import Role
from cases.models import Area, Level, Round, Unit, User
from tests.conftest import YEAR, make_unit, moment
from workflow.acts.listing import build_list, open_round
from workflow.imports.households import HouseholdPlan, Taken, plan_households, take
from workflow.imports.surveys import SurveyPlan, SurveysTaken, plan_surveys, take_surveys

DATA = Path("docs/scenarios/cu-jut-2024")
HOUSEHOLDS = DATA / "danh-sach-ho.xlsx"
SURVEYS = DATA / "phieu-ra-soat.xlsx"
OPENED = moment("2024-09-03")
AT = moment("2024-09-05")  # households come in
LISTED = moment("2024-09-10")
SURVEYED = moment("2024-10-02")  # forms come in


@pytest.fixture
def communes(district: Unit) -> list[Unit]:
    named = [
        ("24640", "Thị trấn Ea T'Ling", "thị trấn", Area.URBAN),
        ("24646", "Xã Ea Pô", "xã", Area.RURAL),
        ("24652", "Xã Đắk DRông", "xã", Area.RURAL),
        ("24655", "Xã Tâm Thắng", "xã", Area.RURAL),
    ]
    return [
        make_unit(code, Level.COMMUNE, name, kind, district, area)
        for code, name, kind, area in named
    ]


@pytest.fixture
def officer(appoint: Callable[..., User], communes: list[Unit]) -> User:
    """Return Minh, the officer of all four communes (in life each has its own)."""
    for commune in communes:
        minh = appoint("minh", "Phạm Văn Minh", Role.COMMUNE_OFFICER, commune)
    return minh


@pytest.fixture
def rounds(calendar: None, appoint: Callable[..., User], communes: list[Unit]) -> list[Round]:
    """Return the rounds of 2024 of all four communes, just opened."""
    rounds = []
    for commune in communes:
        chair = appoint(f"chair-{commune.code}", "Võ Văn Bình", Role.COMMUNE_CHAIR, commune)
        rounds.append(
            open_round(
                commune=commune,
                year=YEAR,
                plan_paper="12/KH-UBND",
                committee_paper="34/QĐ-UBND",
                by=chair,
                at=OPENED,
                key=f"open-{commune.code}",
            )
        )
    return rounds


@pytest.fixture
def build_lists(appoint: Callable[..., User], rounds: list[Round]) -> Callable[[], None]:
    """Return a function that builds the list of each commune that has a household."""

    def build() -> None:
        for review in rounds:
            if review.village_reviews.exists():
                hoa = appoint("hoa", "Đỗ Thị Hoa", Role.COMMUNE_COMMITTEE, review.commune)
                build_list(round=review, by=hoa, at=LISTED, key=f"list-{review.pk}")

    return build


def planned(content: bytes | Path, by: User, name: str = "ho.xlsx") -> HouseholdPlan:
    return plan_households(content, name=name, by=by, at=AT, year=YEAR)


def taken(content: bytes | Path, by: User, *, good_rows_only: bool = False) -> Taken:
    plan = planned(content, by)
    return take(plan, by=by, at=AT, key=plan.key, good_rows_only=good_rows_only)


def planned_forms(content: bytes | Path, by: User) -> SurveyPlan:
    return plan_surveys(content, name="phieu.xlsx", by=by, at=SURVEYED, year=YEAR)


def taken_forms(content: bytes | Path, by: User, *, good_rows_only: bool = False) -> SurveysTaken:
    plan = planned_forms(content, by)
    return take_surveys(plan, by=by, at=SURVEYED, key=plan.key, good_rows_only=good_rows_only)


def row_counts() -> dict[str, int]:
    """Return the number of rows of every table of ours."""
    return {
        model._meta.label: model._default_manager.count()
        for app in ("cases", "workflow", "notifications", "viewflow")
        for model in apps.get_app_config(app).get_models()
    }
