"""Files of provinces' standards: what is read, what is refused and where, and what they classify."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.local_standards import (
    LARGEST_FILE,
    BadLocalStandard,
    LocalLines,
    comparisons,
    parse_local_standard,
    problems_of,
)
from cases.rules.standards import STANDARD_2022_2026, HouseholdClass, Mark, classify

FILE = "chuan.toml"
# Demo figures: no points line of a province is known to us.
DEMO = """
code = "minh-hoa-67"
name = "Chuẩn minh họa"
province = "67"
valid_from = 2024-01-01
valid_until = 2026-01-01
document = "Nghị quyết minh họa số 1/NQ-HĐND"
mark = "?"
demo = true

[income.RURAL.vnd]
value = 1750000
article = "Điều 1"
source = "dữ liệu minh họa"
mark = "?"

[income.RURAL.points]
value = 155
article = "Điều 1"
source = "dữ liệu minh họa"
mark = "?"

[income.URBAN.vnd]
value = 2250000
article = "Điều 1"
source = "dữ liệu minh họa"
mark = "?"

[income.URBAN.points]
value = 190
article = "Điều 1"
source = "dữ liệu minh họa"
mark = "?"

[deprivation_floor]
value = 30
article = "Điều 2"
source = "dữ liệu minh họa"
mark = "?"
"""


def read(text: str = DEMO) -> LocalLines:
    return parse_local_standard(text, file=FILE)


def replaced(old: str, new: str, text: str = DEMO) -> str:
    assert old in text
    return text.replace(old, new, 1)


def refused_keys(text: str) -> list[str]:
    with pytest.raises(BadLocalStandard) as caught:
        read(text)
    assert {problem.file for problem in caught.value.problems} == {FILE}
    return [problem.key for problem in caught.value.problems]


def problem_keys(text: str, *approved: LocalLines) -> list[str]:
    return [problem.key for problem in problems_of(read(text), approved, file=FILE)]


def test_a_file_becomes_a_standard_with_the_nations_indicators() -> None:
    lines = read()

    assert (lines.province, lines.code, lines.demo) == ("67", "minh-hoa-67", True)
    assert lines.national is STANDARD_2022_2026
    assert lines.standard.indicators == STANDARD_2022_2026.indicators
    assert lines.standard.scores.points_per_indicator.value == 10
    assert problem_keys(DEMO) == []


def test_household_between_the_lines_is_poor_in_the_province_only() -> None:
    lines, lacking = read(), (True,) * 3 + (False,) * 9

    assert classify(lines.standard, "RURAL", 155, lacking).cls == HouseholdClass.POOR
    assert classify(lines.standard, "RURAL", 156, lacking).cls == HouseholdClass.NOT_POOR
    assert classify(lines.national, "RURAL", 155, lacking).cls == HouseholdClass.NOT_POOR


@given(
    area=st.sampled_from(["RURAL", "URBAN"]),
    score=st.integers(0, 300),
    flags=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_no_household_is_worse_off_under_the_provinces_standard(
    area: str, score: int, flags: list[bool]
) -> None:
    order = [HouseholdClass.POOR, HouseholdClass.NEAR_POOR, HouseholdClass.NOT_POOR]
    lines = read()

    local = classify(lines.standard, area, score, flags).cls
    national = classify(lines.national, area, score, flags).cls

    assert order.index(local) <= order.index(national)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('code = "minh-hoa-67"\n', "", "code"),
        ('"minh-hoa-67"', '"Minh họa"', "code"),
        ('"minh-hoa-67"', '"2022-2026"', "code"),
        ('name = "Chuẩn minh họa"', 'name = " "', "name"),
        ('province = "67"', "province = 67", "province"),
        ('province = "67"', 'province = "6\\u00007"', "province"),
        ('document = "Nghị quyết minh họa số 1/NQ-HĐND"\n', "", "document"),
        ('mark = "?"\ndemo', "demo", "mark"),
        ('mark = "?"\ndemo', 'mark = "sure"\ndemo', "mark"),
        ("demo = true", 'demo = "yes"', "demo"),
        ("demo = true", "demo = true\nthreshold = 51", "threshold"),
        ("2024-01-01", '"2024-01-01"', "valid_from"),
        ("2024-01-01", "2024-01-01T00:00:00", "valid_from"),
        ("2024-01-01", "2021-12-31", "valid_from"),  # no national standard with points is held
        ("2024-01-01", "2027-01-01", "valid_from"),  # the next one is known in money only
        ("value = 1750000", "value = 1750000.5", "income.RURAL.vnd.value"),
        ("value = 1750000", "value = true", "income.RURAL.vnd.value"),
        ("value = 155", "value = 0", "income.RURAL.points.value"),
        ('article = "Điều 1"\n', "", "income.RURAL.vnd.article"),
        ('source = "dữ liệu minh họa"\n', "", "income.RURAL.vnd.source"),
        (
            'minh họa"\nmark = "?"\n\n[income.RURAL.points]',
            'x"\n[income.RURAL.points]',
            "income.RURAL.vnd.mark",
        ),
        ("[income.RURAL.points]", "[income.RURAL.score]", "income.RURAL.score"),
        ("[deprivation_floor]", "[floor]", "deprivation_floor"),
        ("[deprivation_floor]", "[income.MOUNTAIN.vnd]", "income.MOUNTAIN"),
    ],
)
def test_file_that_says_too_little_or_too_much_is_refused_with_its_key(
    old: str, new: str, key: str
) -> None:
    assert key in refused_keys(replaced(old, new))


@pytest.mark.parametrize("area", ["RURAL", "URBAN"])
def test_area_without_a_line_is_refused(area: str) -> None:
    head, _income, _rest = DEMO.partition(f"[income.{area}.vnd]")
    tail = (
        _rest[_rest.index("[income.URBAN") :] if area == "RURAL" else _rest[_rest.index("[depr") :]
    )

    assert refused_keys(head + tail) == [f"income.{area}"]


def test_empty_table_is_no_line() -> None:
    text = replaced("demo = true", "demo = true\n[income.RURAL]\nvnd = {}\npoints = {}\n", DEMO)
    text = text[: text.index("[income.RURAL.vnd]")] + text[text.index("[income.URBAN.vnd]") :]

    assert refused_keys(text) == ["income.RURAL.vnd", "income.RURAL.points"]


@pytest.mark.parametrize(
    "text", ["", "x =", "x = " + "9" * 5000, "x = " + "[" * 5000, "a" * (LARGEST_FILE + 1)]
)
def test_text_that_is_no_such_file_is_refused(text: str) -> None:
    assert refused_keys(text)


def test_every_problem_of_a_file_is_named_at_once() -> None:
    text = replaced("value = 155", "value = -1", replaced('name = "Chuẩn minh họa"\n', ""))

    assert refused_keys(text) == ["name", "income.RURAL.points.value"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("value = 1750000", "value = 1499999", "income.RURAL.vnd.value"),
        ("value = 155", "value = 139", "income.RURAL.points.value"),
        ("value = 2250000", "value = 1999999", "income.URBAN.vnd.value"),
        ("value = 190", "value = 174", "income.URBAN.points.value"),
        ("value = 30", "value = 40", "deprivation_floor.value"),
        ("2026-01-01", "2024-01-01", "valid_until"),
        ("2026-01-01", "2023-01-01", "valid_until"),
        ("2026-01-01", "2027-01-02", "valid_until"),
    ],
)
def test_standard_below_or_beyond_the_national_one_is_refused(old: str, new: str, key: str) -> None:
    assert problem_keys(replaced(old, new)) == [key]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = 155", "value = 140"),
        ("value = 2250000", "value = 2000000"),
        ("value = 30", "value = 20"),
        ("2026-01-01", "2027-01-01"),
    ],
)
def test_standard_at_the_national_line_in_one_place_is_taken(old: str, new: str) -> None:
    assert problem_keys(replaced(old, new)) == []


def test_standard_that_is_nowhere_above_the_national_one_is_refused() -> None:
    text = DEMO
    for old, new in (
        ("1750000", "1500000"),
        ("155", "140"),
        ("2250000", "2000000"),
        ("190", "175"),
    ):
        text = replaced(f"value = {old}", f"value = {new}", text)

    assert problem_keys(text) == ["income"]


@pytest.mark.parametrize(
    ("since", "until", "keys"),
    [
        ("2025-12-31", "2026-06-01", ["valid_from"]),
        ("2022-01-01", "2024-01-02", ["valid_from"]),
        ("2024-06-01", "2024-07-01", ["valid_from"]),
        ("2026-01-01", "2026-06-01", []),
        ("2022-01-01", "2024-01-01", []),
    ],
)
def test_standard_that_overlaps_an_approved_one_of_the_province_is_refused(
    since: str, until: str, keys: list[str]
) -> None:
    text = replaced("minh-hoa-67", "minh-hoa-67-2")
    text = replaced("2024-01-01", since, replaced("2026-01-01", until, text))

    assert problem_keys(text, read()) == keys


def test_standards_of_two_provinces_may_overlap() -> None:
    other = replaced('province = "67"', 'province = "68"', replaced("minh-hoa-67", "minh-hoa-68"))

    assert problem_keys(other, read()) == []


def test_comparison_sets_each_line_beside_the_nations() -> None:
    rows = {(row.area, row.unit): row for row in comparisons(read())}

    assert (rows["RURAL", "points"].national.value, rows["RURAL", "points"].local.value) == (
        140,
        155,
    )
    assert (rows["", "floor"].national.value, rows["", "floor"].local.value) == (30, 30)
    assert len(rows) == 5


def test_dates_and_marks_of_the_file_are_those_of_the_standard() -> None:
    standard = read().standard

    assert standard.holds_on(date(2024, 1, 1)) and standard.holds_on(date(2025, 12, 31))
    assert not standard.holds_on(date(2026, 1, 1))
    assert standard.mark is Mark.UNSURE


def test_problem_reads_as_file_key_and_reason() -> None:
    (problem,) = problems_of(read(replaced("value = 155", "value = 139")), (), file=FILE)

    assert str(problem).startswith("chuan.toml: income.RURAL.points.value: ")
    assert problem.facts == {"local": 139, "national": 140}
