"""Personal numbers: what is rejected, and what only asks for a second look. All numbers made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.personal_number import (
    SENTENCES_VI,
    SEVERITIES,
    NumberProblem,
    Severity,
    check_personal_number,
    is_rejected,
)


def codes(text: str, birth_date: date | None = None, sex: str | None = None) -> list[str]:
    return [finding.code.value for finding in check_personal_number(text, birth_date, sex)]


def test_number_that_agrees_with_the_form_says_nothing() -> None:
    assert codes("001085012345", date(1985, 3, 2), "MALE") == []


@pytest.mark.parametrize(
    ("digit", "year", "sex"),
    [
        ("0", 1985, "MALE"),
        ("1", 1985, "FEMALE"),
        ("2", 2085, "MALE"),
        ("3", 2085, "FEMALE"),
        ("4", 2185, "MALE"),
        ("5", 2185, "FEMALE"),
        ("6", 2285, "MALE"),
        ("7", 2285, "FEMALE"),
        ("8", 2385, "MALE"),
        ("9", 2385, "FEMALE"),
    ],
)
def test_fourth_digit_tells_century_and_sex(digit: str, year: int, sex: str) -> None:
    assert codes(f"067{digit}85012345", date(year, 1, 1), sex) == []


@pytest.mark.parametrize(
    "text", ["", "00108501234", "0010850123456", "12345678", "1234567890", "067"]
)
def test_wrong_length_is_rejected(text: str) -> None:
    assert is_rejected(check_personal_number(text, None, None))


@pytest.mark.parametrize(
    "text", ["00108501234a", "001 85012345", " 001085012345", "001085012345.0", "٠٠١٠٨٥٠١٢٣٤٥"]
)
def test_anything_but_digits_is_rejected(text: str) -> None:
    assert codes(text) == ["NOT_DIGITS"]


def test_old_card_of_nine_digits_is_accepted_as_such() -> None:
    findings = check_personal_number("245012345", date(1960, 1, 1), "MALE")

    assert [f.code for f in findings] == [NumberProblem.OLD_CARD]
    assert not is_rejected(findings)


@pytest.mark.parametrize("province", ["000", "003", "005", "088", "090"])
def test_gap_in_the_list_of_provinces_is_a_warning(province: str) -> None:
    assert codes(f"{province}085012345") == ["UNKNOWN_PROVINCE"]


def test_code_beyond_the_provinces_may_be_a_country() -> None:
    assert codes("123085012345") == ["NOT_A_PROVINCE"]


def test_sex_and_birth_year_that_differ_are_warnings() -> None:
    findings = check_personal_number("067185012345", date(1986, 1, 1), "MALE")

    assert [f.code.value for f in findings] == ["SEX_DIFFERS", "BIRTH_YEAR_DIFFERS"]
    assert not is_rejected(findings)


@pytest.mark.parametrize("sex", [None, ""])
def test_what_the_form_does_not_say_is_not_compared(sex: str | None) -> None:
    assert codes("067185012345", None, sex) == []


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.dates(), st.sampled_from(["MALE", "FEMALE"]))
def test_twelve_digits_are_never_rejected(text: str, birth_date: date, sex: str) -> None:
    assert not is_rejected(check_personal_number(text, birth_date, sex))


def test_finding_speaks_without_repeating_the_number() -> None:
    (finding,) = check_personal_number("06718501234", None, None)

    assert finding.severity is Severity.REJECT
    assert "06718501234" not in finding.sentence_vi


def test_every_problem_has_a_severity_and_a_sentence() -> None:
    assert set(SEVERITIES) == set(SENTENCES_VI) == set(NumberProblem)
