"""Income of twelve months at the edges of its band, and the table of bands."""

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.incomes import (
    INCOME_BANDS,
    BadIncome,
    IncomeBand,
    IncomeResult,
    IncomeVerdict,
    NoIncomeBand,
    judge_income,
)
from cases.rules.packs.model import Review
from cases.rules.standards import Mark, MeasureError, UnknownArea

DAY = date(2025, 10, 15)


def judged(review: Review, area: str, year_income: int, persons: int = 1) -> IncomeVerdict:
    return judge_income(
        review, area, persons=persons, year_income=year_income, state_transfers=0, day=DAY
    )


@pytest.mark.parametrize(
    ("review", "area", "monthly", "persons", "extra", "result"),
    [
        (Review.AVERAGE_LIVING, "RURAL", 1_500_000, 3, 0, "NOT_MET"),  # the line is not above it
        (Review.AVERAGE_LIVING, "RURAL", 1_500_000, 3, 1, "AVERAGE"),  # one dong of the year is
        (Review.AVERAGE_LIVING, "RURAL", 2_250_000, 3, 0, "AVERAGE"),
        (Review.AVERAGE_LIVING, "RURAL", 2_250_000, 3, 1, "NOT_MET"),
        (Review.AVERAGE_LIVING, "URBAN", 2_000_000, 7, 0, "NOT_MET"),
        (Review.AVERAGE_LIVING, "URBAN", 2_000_000, 7, 1, "AVERAGE"),
        (Review.AVERAGE_LIVING, "URBAN", 3_000_000, 7, 0, "AVERAGE"),
        (Review.AVERAGE_LIVING, "URBAN", 3_000_000, 7, 1, "NOT_MET"),
        (Review.LOW_INCOME, "RURAL", 0, 1, 0, "LOW_INCOME"),
        (Review.LOW_INCOME, "RURAL", 2_250_000, 4, 0, "LOW_INCOME"),
        (Review.LOW_INCOME, "RURAL", 2_250_000, 4, 1, "NOT_MET"),
        (Review.LOW_INCOME, "URBAN", 3_000_000, 4, 0, "LOW_INCOME"),
        (Review.LOW_INCOME, "URBAN", 3_000_000, 4, 1, "NOT_MET"),
    ],
)
def test_income_at_the_edge_gets_its_result(
    review: Review, area: str, monthly: int, persons: int, extra: int, result: str
) -> None:
    verdict = judged(review, area, monthly * 12 * persons + extra, persons)

    assert verdict.result == result


def test_state_transfers_are_not_counted() -> None:
    with_transfers = judge_income(
        Review.AVERAGE_LIVING,
        "RURAL",
        persons=2,
        year_income=60_000_000,
        state_transfers=24_000_000,
        day=DAY,
    )

    assert with_transfers.result == IncomeResult.NOT_MET
    assert with_transfers.per_person_month == 1_500_000


def test_monthly_income_is_exact_and_shown_rounded_down() -> None:
    verdict = judged(Review.AVERAGE_LIVING, "RURAL", 63_000_001, persons=3)

    assert verdict.per_person_month == Fraction(63_000_001, 36)
    assert verdict.whole_dong == 1_750_000


def test_verdict_names_the_band_that_decided_it() -> None:
    band = judged(Review.LOW_INCOME, "URBAN", 0).band

    assert (band.review, band.area) == (Review.LOW_INCOME, "URBAN")


@pytest.mark.parametrize(
    ("review", "day"),
    [
        (Review.AVERAGE_LIVING, date(2021, 12, 31)),
        (Review.AVERAGE_LIVING, date(2027, 1, 1)),
        (Review.LOW_INCOME, date(2025, 2, 23)),
        (Review.LOW_INCOME, date(2027, 1, 1)),
        (Review.PERIODIC, DAY),
        (Review.AD_HOC, DAY),
    ],
)
def test_day_without_a_band_is_refused(review: Review, day: date) -> None:
    with pytest.raises(NoIncomeBand):
        judge_income(review, "RURAL", persons=1, year_income=0, state_transfers=0, day=day)


@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2026, 12, 31)])
def test_average_band_holds_on_its_first_and_last_day(day: date) -> None:
    verdict = judge_income(
        Review.AVERAGE_LIVING,
        "RURAL",
        persons=1,
        year_income=24_000_000,
        state_transfers=0,
        day=day,
    )

    assert verdict.result == IncomeResult.AVERAGE


def test_area_without_a_band_is_refused() -> None:
    with pytest.raises(UnknownArea):
        judged(Review.AVERAGE_LIVING, "", 1)


@pytest.mark.parametrize(
    ("persons", "year_income", "state_transfers"),
    [(0, 1, 0), (-1, 1, 0), (1, 10, 11), (1, 10, -1), (1, -1, 0)],
)
def test_sums_that_no_household_can_have_are_refused(
    persons: int, year_income: int, state_transfers: int
) -> None:
    with pytest.raises(BadIncome):
        judge_income(
            Review.AVERAGE_LIVING,
            "RURAL",
            persons=persons,
            year_income=year_income,
            state_transfers=state_transfers,
            day=DAY,
        )


def test_refusals_are_refusals_of_the_measure() -> None:
    assert issubclass(NoIncomeBand, MeasureError)
    assert issubclass(BadIncome, MeasureError)


@given(
    band=st.sampled_from(INCOME_BANDS),
    persons=st.integers(1, 20),
    year_income=st.integers(0, 10**9),
)
def test_income_is_within_the_band_exactly_when_its_exact_share_is(
    band: IncomeBand, persons: int, year_income: int
) -> None:
    verdict = judge_income(
        band.review,
        band.area,
        persons=persons,
        year_income=year_income,
        state_transfers=0,
        day=DAY,
    )

    share = Fraction(year_income, 12 * persons)
    lower = band.above.value if band.above else -1
    assert (verdict.result == band.grants) == (lower < share <= band.up_to.value)


def test_no_two_bands_of_a_review_and_area_are_in_force_together() -> None:
    for one, other in combinations(INCOME_BANDS, 2):
        if (one.review, one.area) == (other.review, other.area):
            assert one.in_force_until <= other.in_force_from


def test_every_band_names_its_text_its_source_and_its_mark() -> None:
    for band in INCOME_BANDS:
        lines = [band.up_to] if band.above is None else [band.above, band.up_to]
        assert all(line.citation and line.source and line.mark in Mark for line in lines)
        assert band.validity and band.validity_mark in Mark


def test_average_band_reaches_to_one_and_a_half_times_the_poverty_line() -> None:
    average = [band for band in INCOME_BANDS if band.review == Review.AVERAGE_LIVING]

    assert average
    assert all(band.above and 2 * band.up_to.value == 3 * band.above.value for band in average)
