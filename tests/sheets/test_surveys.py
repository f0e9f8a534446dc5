"""The survey forms: what becomes a row, and which cell is named when it does not."""

import pytest

from cases.sheets.surveys import SurveySheet, read_surveys
from cases.sheets.workbook import open_workbook
from tests.sheets.books import survey, survey_book


def read(*surveys) -> SurveySheet:
    return read_surveys(open_workbook(survey_book(list(surveys)), name="phieu.xlsx"))


def test_a_form_is_read_with_its_twelve_marks():
    row = read(survey(phieu_a="Đạt")).good_rows[0]

    assert (row.household_code, row.screen, row.income_score, row.row) == (
        "24646-00001",
        "PASS",
        110,
        2,
    )
    assert row.deprived == (True, *(False,) * 10, True)


def test_a_requester_who_fails_the_quick_screen_has_no_score():
    sheet = read(survey(phieu_a="không đạt", diem_b1=None), survey(2, phieu_a=None))

    assert sheet.is_whole
    assert [(row.screen, row.income_score) for row in sheet.rows] == [("FAIL", None), ("", 110)]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"thieu_hut_3": "có"}, "thieu_hut_3 (H)", "BAD_MARK"),
        ({"thieu_hut_1": 1}, "thieu_hut_1 (F)", "BAD_MARK"),
        ({"diem_b1": None}, "diem_b1 (E)", "SCORE_MISSING"),
        ({"diem_b1": 110.5}, "diem_b1 (E)", "NOT_WHOLE"),
        ({"diem_b1": "một trăm"}, "diem_b1 (E)", "NOT_WHOLE"),
        ({"diem_b1": -5}, "diem_b1 (E)", "OUT_OF_RANGE"),
        ({"phieu_a": "không đạt"}, "diem_b1 (E)", "SCORE_UNEXPECTED"),
        ({"phieu_a": "chưa"}, "phieu_a (D)", "UNKNOWN_WORD"),
        ({"ngay_ra_soat": "05/12/2026"}, "ngay_ra_soat (B)", "DATE_AS_TEXT"),
        ({"ngay_ra_soat": None}, "ngay_ra_soat (B)", "MISSING"),
        ({"ra_soat_vien": None}, "ra_soat_vien (C)", "MISSING"),
        ({"ma_ho": None}, "ma_ho (A)", "MISSING"),
    ],
)
def test_a_bad_cell_is_named_and_its_form_is_not_good(changed, column, code):
    sheet = read(survey(), survey(2, **changed))

    assert [(error.sheet, error.row, error.column, error.code) for error in sheet.errors] == [
        ("Phieu", 3, column, code)
    ]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00001"]
    assert sheet.errors[0].remedy in str(sheet.errors[0])


def test_two_forms_of_one_household_are_both_left_out_even_when_one_is_unreadable():
    sheet = read(survey(), survey(2), survey(ngay_ra_soat="1/9/2024"))

    assert [error.code for error in sheet.errors] == ["DATE_AS_TEXT", "DUPLICATE_HOUSEHOLD"]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00002"]
