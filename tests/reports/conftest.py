"""A round in which each kind of movement happens once or more, made through the acts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.models import Basis, Case, Departure, Household, HouseholdClass, Standing, Unit
from tests.conftest import Road
from workflow.acts import listing
from workflow.acts.departing import record_departure
from workflow.acts.surveying import (
    ScreeningSheet,
    SurveySheet,
    classify_village,
    screen_cases,
    survey_cases,
)

RICH = 200
LACKS_3 = (True, True, True) + (False,) * 9
LACKS_4 = (True, False, True, True, False, True) + (False,) * 6
LACKS_1 = (False,) * 11 + (True,)
POOR, POORER, NEAR_POOR, OUT = (100, LACKS_3), (120, LACKS_4), (130, LACKS_1), (RICH, LACKS_3)

# household: last year's class, persons, village, how it is on the list, result (None: it leaves)
MOVEMENTS: dict[str, tuple[str, int, str, Basis, Any]] = {
    "P-stays": ("POOR", 1, "1", Basis.LAST_YEAR, POOR),
    "P-stays-too": ("POOR", 2, "2", Basis.LAST_YEAR, POORER),
    "P-to-near": ("POOR", 3, "1", Basis.LAST_YEAR, NEAR_POOR),
    "P-out": ("POOR", 4, "2", Basis.LAST_YEAR, OUT),
    "P-dies": ("POOR", 5, "1", Basis.LAST_YEAR, None),
    "N-stays": ("NEAR_POOR", 6, "1", Basis.LAST_YEAR, NEAR_POOR),
    "N-to-poor": ("NEAR_POOR", 7, "1", Basis.LAST_YEAR, POOR),
    "N-out": ("NEAR_POOR", 8, "2", Basis.LAST_YEAR, OUT),
    "N-moves": ("NEAR_POOR", 9, "2", Basis.LAST_YEAR, None),
    "new-poor": ("", 10, "1", Basis.REQUEST, POORER),
    "back-poor": ("OLD", 11, "1", Basis.REQUEST, POOR),
    "new-near": ("", 12, "2", Basis.REQUEST, NEAR_POOR),
    "back-near": ("OLD", 13, "2", Basis.REQUEST, NEAR_POOR),
    "too-rich": ("", 14, "1", Basis.REQUEST, OUT),
    "screened-out": ("", 15, "1", Basis.REQUEST, "screen"),
    "came-poor": ("POOR", 16, "1", Basis.ARRIVAL, POOR),
    "came-near": ("NEAR_POOR", 17, "2", Basis.ARRIVAL, NEAR_POOR),
}


@pytest.fixture
def varied(road: Road) -> Road:
    """Return the round of Tân Lập with one household for each movement, up to the meeting."""
    Standing.objects.all().delete()  # the five households of the plain road are on no list
    households = {code: _register(code) for code in MOVEMENTS}
    road.open()
    asking = [c for c, row in MOVEMENTS.items() if row[3] is Basis.REQUEST]
    listing.receive_requests(
        round=road.round, forms={code: f"{code}/M01" for code in asking}, **road.who("minh")
    )
    listing.add_cases(
        road.round,
        [
            listing.NewCase(households[code], Basis.ARRIVAL, "Giấy chuyển", row[0])
            for code, row in MOVEMENTS.items()
            if row[3] is Basis.ARRIVAL
        ],
    )
    road.list()
    _record_results(road)
    return road


@pytest.fixture
def decided(varied: Road) -> Road:
    """Return the same round with its decision signed."""
    return finish(varied)


def finish(road: Road) -> Road:
    """Walk from the meeting to the decision, and answer those who do not qualify."""
    return road.meet().post().pass_days(7).close().report().consent().decide().refuse()


@pytest.fixture
def hoa_binh_round(road: Road, hoa_binh: Unit, make_households: Callable[..., Any]) -> Road:
    """Return the round of the other commune with two poor households, not opened yet."""
    village = Unit.objects.get(code="24652.001")
    make_households(village, 2)
    own = {f"other_{name}": name for name in ("hoa", "binh", "hung", "minh")}
    cast = {name: road.cast[other] for other, name in own.items()}
    other = Road({**road.cast, **cast}, hoa_binh)
    other.keys = iter(f"hoa-binh-{n}" for n in range(1000))
    return other


def _register(code: str) -> Household:
    standing, persons, village, basis, _result = MOVEMENTS[code]
    home = Unit.objects.get(code=f"24646.00{village}")
    household = Household(code=code, village=home, persons=persons)
    household.name_head(f"Hộ {code}")
    household.save()
    if standing and basis is not Basis.ARRIVAL:
        is_old = standing == "OLD"
        Standing.objects.create(
            household=household,
            year=None if is_old else 2023,
            household_class=HouseholdClass.POOR if is_old else standing,
            source="bài kiểm tra",
        )
    return household


def _record_results(road: Road) -> None:
    day = road.at.date()
    for review in road.reviews:
        cases = road.cases(village_review=review)
        asked = [c for c in cases if c.basis == Basis.REQUEST]
        screen_cases(
            round=road.round,
            village_review=review,
            sheets=[ScreeningSheet(c, day, "Lan", _result(c) != "screen") for c in asked],
            **road.who("lan"),
        )
        for case in cases:
            if _result(case) is None:
                record_departure(
                    case=case, reason=Departure.MOVED, paper="01/GX", **road.who("minh")
                )
        survey_cases(
            round=road.round,
            village_review=review,
            sheets=[_sheet(c, day) for c in cases if isinstance(_result(c), tuple)],
            **road.who("lan"),
        )
        classify_village(village_review=review, **road.who("hoa"))


def _result(case: Case) -> Any:
    return MOVEMENTS[case.code][4]


def _sheet(case: Case, day: date) -> SurveySheet:
    income_score, deprived = _result(case)
    return SurveySheet(case, day, "Lan", income_score, deprived)
