"""Classification at its edges, and the table of standards."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.standards import (
    CLASS_NAMES_VI,
    DEPRIVATION_COUNT,
    STANDARD_2022_2026,
    STANDARD_2027_2030,
    STANDARDS,
    BadScore,
    HouseholdClass,
    Mark,
    NoScoreTable,
    NoStandardInForce,
    UnknownArea,
    UnknownStandard,
    classify,
    deprivations_from_text,
    deprivations_to_text,
    standard_in_force,
    standard_of_code,
)


class Example(NamedTuple):
    id: str
    area: str
    income_score: int | None
    deprivation_score: int | None
    standard: str
    expected: str
    mark: str


# The worked examples of the measurement note.
WORKED_EXAMPLES = [
    Example("E3", "RURAL", 140, 30, "2022-2026", "POOR", "S"),
    Example("E4", "RURAL", 140, 20, "2022-2026", "NEAR_POOR", "S"),
    Example("E5", "RURAL", 145, 120, "2022-2026", "NOT_POOR", "S"),
    Example("E6", "URBAN", 175, 30, "2022-2026", "POOR", "S"),
    Example("E7", "URBAN", 175, 0, "2022-2026", "NEAR_POOR", "S"),
    Example("E8", "URBAN", 180, 50, "2022-2026", "NOT_POOR", "S"),
    Example("E9", "URBAN", 150, 40, "2022-2026", "POOR", "S"),
    Example("E10", "RURAL", 150, 40, "2022-2026", "NOT_POOR", "S"),
    Example("E11", "RURAL", 195, 0, "2022-2026", "AVERAGE_LIVING_STANDARD", "?"),
    Example("E12", "URBAN", 255, 0, "2022-2026", "AVERAGE_LIVING_STANDARD", "?"),
    Example("E13", "RURAL", None, None, "2027-2030", "POOR", "S"),
    Example("E14", "URBAN", None, None, "2027-2030", "NEAR_POOR", "S"),
]
# The upper bands 195 and 255 are not confirmed, so no rule of ours claims to decide them.
DECIDABLE = [e for e in WORKED_EXAMPLES if e.mark == "S" and e.standard == "2022-2026"]


def flags(how_many: int) -> tuple[bool, ...]:
    return tuple(index < how_many for index in range(DEPRIVATION_COUNT))


def test_only_unconfirmed_bands_and_money_only_rows_are_left_out_of_the_worked_examples() -> None:
    left_out = {e.id for e in WORKED_EXAMPLES} - {e.id for e in DECIDABLE}

    assert left_out == {"E11", "E12", "E13", "E14"}


@pytest.mark.parametrize("example", DECIDABLE, ids=lambda e: e.id)
def test_worked_example_gets_its_class(example: Example) -> None:
    assert example.income_score is not None
    assert example.deprivation_score is not None

    result = classify(
        standard_of_code(example.standard),
        example.area,
        example.income_score,
        flags(example.deprivation_score // 10),
    )

    assert result.cls == example.expected
    assert result.income_score == example.income_score
    assert result.deprivation_score == example.deprivation_score


@pytest.mark.parametrize("area", ["RURAL", "URBAN"])
def test_standard_known_in_money_only_refuses_to_classify_by_points(area: str) -> None:
    with pytest.raises(NoScoreTable):
        classify(STANDARD_2027_2030, area, 0, flags(12))


def test_area_without_a_line_is_refused() -> None:
    with pytest.raises(UnknownArea):
        classify(STANDARD_2022_2026, "", 100, flags(3))


@pytest.mark.parametrize(("score", "deprived"), [(-5, flags(3)), (100, flags(3)[:11]), (100, ())])
def test_scores_that_no_form_can_hold_are_refused(score: int, deprived: Sequence[bool]) -> None:
    with pytest.raises(BadScore):
        classify(STANDARD_2022_2026, "RURAL", score, deprived)


@given(
    area=st.sampled_from(["RURAL", "URBAN"]),
    income=st.integers(0, 400),
    deprived=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_household_is_poor_only_at_or_below_the_line_with_three_deprivations(
    area: str, income: int, deprived: Sequence[bool]
) -> None:
    result = classify(STANDARD_2022_2026, area, income, deprived)

    below = income <= (140 if area == "RURAL" else 175)
    assert (result.cls == HouseholdClass.NOT_POOR) == (not below)
    assert (result.cls == HouseholdClass.POOR) == (below and sum(deprived) >= 3)


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_deprivations_survive_storage(deprived: Sequence[bool]) -> None:
    assert deprivations_from_text(deprivations_to_text(deprived)) == tuple(deprived)


@pytest.mark.parametrize("text", ["", "0" * 11, "0" * 13, "01x000000000", "٠" * 12])
def test_text_that_is_not_twelve_boxes_is_refused(text: str) -> None:
    with pytest.raises(BadScore):
        deprivations_from_text(text)


def test_eleven_boxes_are_not_stored() -> None:
    with pytest.raises(BadScore):
        deprivations_to_text([True] * 11)


def test_standards_follow_each_other_without_gap_or_overlap() -> None:
    for earlier, later in zip(STANDARDS, STANDARDS[1:], strict=False):
        assert earlier.in_force_until == later.in_force_from


def test_each_day_belongs_to_one_standard_at_most() -> None:
    first, last = STANDARDS[0].in_force_from, STANDARDS[-1].in_force_until
    for offset in range((last - first).days):
        day = first + timedelta(days=offset)
        assert sum(standard.holds_on(day) for standard in STANDARDS) == 1


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2022, 1, 1), "2022-2026"),
        (date(2026, 12, 31), "2022-2026"),
        (date(2027, 1, 1), "2027-2030"),
        (date(2030, 12, 31), "2027-2030"),
    ],
)
def test_standard_changes_on_new_years_day(day: date, code: str) -> None:
    assert standard_in_force(day).code == code


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2031, 1, 1)])
def test_day_outside_the_table_has_no_standard(day: date) -> None:
    with pytest.raises(NoStandardInForce):
        standard_in_force(day)


def test_unknown_standard_code_is_refused() -> None:
    with pytest.raises(UnknownStandard):
        standard_of_code("2016-2020")


def test_twelve_indicators_are_numbered_in_the_order_of_the_decree() -> None:
    indicators = STANDARD_2022_2026.indicators

    assert [i.number for i in indicators] == list(range(1, 13))
    assert len({i.code for i in indicators}) == 12
    assert len({i.dimension for i in indicators}) == 6


def test_every_value_names_its_article_and_its_mark() -> None:
    table = STANDARD_2022_2026.scores
    values = [
        *table.income_lines.values(),
        table.deprivation_floor,
        table.points_per_indicator,
        *(line for s in STANDARDS for line in s.monthly_income_vnd.values()),
    ]

    assert all(v.citation and v.source and v.mark in Mark for v in values)
    assert all(i.citation and i.mark in Mark for i in STANDARD_2022_2026.indicators)


def test_every_class_has_a_vietnamese_name() -> None:
    assert set(CLASS_NAMES_VI) == set(HouseholdClass)
