"""The household list: what becomes a row, and which cell is named when it does not."""

import io
from datetime import date

import openpyxl
import pytest

from cases.sheets.cells import KEPT_FAULTS
from cases.sheets.households import HouseholdSheet, number_disagrees, read_households
from cases.sheets.workbook import open_workbook
from cases.sheets.writer import write_table
from tests.sheets.books import household, household_book, member


def read(households, members=None) -> HouseholdSheet:
    return read_households(open_workbook(household_book(households, members), name="ho.xlsx"))


def places(findings) -> list[tuple[str, int, str, str]]:
    return [(found.sheet, found.row, found.column, found.code) for found in findings]


def test_a_household_is_read_with_its_members():
    wife = member(stt=2, ho_ten="Trần Thị Hạnh", quan_he="Vợ", gioi_tinh="Nữ", so_dinh_danh=None)

    sheet = read([household(so_nhan_khau=2, tai_ngheo="X")], [member(), wife])

    assert sheet.is_whole and not sheet.warnings
    row = sheet.rows[0]
    assert (row.commune_code, row.area, row.village_name) == ("24646", "RURAL", "Thôn 3")
    assert (row.opening_class, row.source, row.other_change) == ("POOR", "LAST_YEAR", "")
    assert (row.sex, row.birth_date, row.persons) == ("MALE", date(1970, 3, 2), 2)
    assert row.relapse and row.row == 2
    assert [(one.order, one.full_name, one.sex) for one in row.members] == [
        (1, "Nguyễn Văn Loan", "MALE"),
        (2, "Trần Thị Hạnh", "FEMALE"),
    ]
    assert sheet.communes() == {"24646": [2]}


def test_codes_typed_as_numbers_and_names_in_nfd_are_read_alike():
    sheet = read([household(ma_xa=24646, chu_ho="Nguye\u0302\u0303n  Va\u0306n Loan\u200b")])

    assert sheet.is_whole
    assert (sheet.rows[0].commune_code, sheet.rows[0].head_name) == ("24646", "Nguyễn Văn Loan")


def test_a_head_called_like_a_formula_stays_a_name_on_the_way_in_and_out():
    name = "=HYPERLINK(1)"
    stream = io.BytesIO()

    sheet = read([household(chu_ho="'" + name)], [member(ho_ten="'" + name)])
    write_table(stream, "Hộ", "Hộ", ["Chủ hộ"], [[row.head_name] for row in sheet.good_rows])

    assert sheet.good_rows[0].head_name == name
    written = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active["A4"]
    assert (written.value, written.data_type) == (name, "s")


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"so_dinh_danh": "0420700000011"}, "so_dinh_danh (J)", "PERSONAL_NUMBER_LENGTH"),
        ({"so_dinh_danh": 1234567890123}, "so_dinh_danh (J)", "PERSONAL_NUMBER_LENGTH"),
        ({"so_dinh_danh": 42070000001}, "so_dinh_danh (J)", "NUMBER_LOST_ZEROS"),
        ({"so_dinh_danh": "04207000000O"}, "so_dinh_danh (J)", "PERSONAL_NUMBER_CHARACTERS"),
        ({"ngay_sinh": "05/12/2026"}, "ngay_sinh (H)", "DATE_AS_TEXT"),
        ({"ngay_sinh": "31/02/1970"}, "ngay_sinh (H)", "NOT_A_DATE"),
        ({"ngay_sinh": 1970}, "ngay_sinh (H)", "DATE_AS_NUMBER"),
        ({"ma_xa": 246}, "ma_xa (A)", "COMMUNE_CODE"),
        ({"khu_vuc": "miền núi"}, "khu_vuc (C)", "UNKNOWN_WORD"),
        ({"thon": " "}, "thon (D)", "MISSING"),
        ({"ma_ho": None}, "ma_ho (E)", "MISSING"),
        ({"chu_ho": "A" * 121}, "chu_ho (F)", "TOO_LONG"),
        ({"chu_ho": "a_x0000_b"}, "chu_ho (F)", "BAD_CHARACTER"),
        ({"chu_ho": "#N/A"}, "chu_ho (F)", "FORMULA_FAULT"),
        ({"gioi_tinh": "Khác"}, "gioi_tinh (G)", "UNKNOWN_WORD"),
        ({"so_nhan_khau": 2.5}, "so_nhan_khau (K)", "NOT_WHOLE"),
        ({"so_nhan_khau": 0}, "so_nhan_khau (K)", "OUT_OF_RANGE"),
        ({"phan_loai_dau_ky": None}, "phan_loai_dau_ky (L)", "OPENING_CLASS_MISSING"),
        ({"phan_loai_dau_ky": "nghèo"}, "phan_loai_dau_ky (L)", "UNKNOWN_WORD"),
        ({"nguon": "de_nghi"}, "phan_loai_dau_ky (L)", "OPENING_CLASS_UNEXPECTED"),
        ({"nguon": "khác"}, "nguon (M)", "UNKNOWN_WORD"),
        ({"tai_ngheo": "có"}, "tai_ngheo (N)", "BAD_MARK"),
        ({"bien_dong_khac": "chuyển"}, "bien_dong_khac (O)", "UNKNOWN_WORD"),
    ],
)
def test_a_bad_cell_is_named_and_its_household_is_not_good(changed, column, code):
    sheet = read([household(), household(2, **changed)], [member(), member(2)])

    of_households = [place for place in places(sheet.errors) if place[0] == "Ho"]
    assert of_households == [("Ho", 3, column, code)]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00001"]


def test_a_date_as_text_is_told_how_it_reads_in_vietnam():
    sheet = read([household(ngay_sinh="05/12/2026")])

    assert "05 tháng 12 năm 2026" in sheet.errors[0].message


def test_two_rows_with_one_code_are_both_left_out():
    sheet = read([household(), household(2), household(so_dinh_danh=None)], [member(), member(2)])

    assert places(sheet.errors) == [("Ho", 4, "ma_ho (E)", "DUPLICATE_HOUSEHOLD")]
    assert "2" in sheet.errors[0].message
    assert [row.household_code for row in sheet.good_rows] == ["24646-00002"]


def test_one_person_in_two_households_spoils_both():
    guest = member(stt=2, ma_ho="24646-00002", quan_he="Con")

    sheet = read(
        [household(), household(2, so_nhan_khau=2), household(3)],
        [member(), member(2), guest, member(3)],
    )

    assert places(sheet.errors) == [("NhanKhau", 4, "so_dinh_danh (H)", "DUPLICATE_PERSON")]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00003"]


def test_a_bad_member_spoils_the_household():
    sheet = read([household(), household(2)], [member(ngay_sinh="1/2/1970"), member(2)])

    assert places(sheet.errors) == [("NhanKhau", 2, "ngay_sinh (F)", "DATE_AS_TEXT")]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00002"]


def test_a_member_of_no_household_and_a_household_of_no_member_are_errors():
    sheet = read([household(), household(2)], [member(), member(9)])

    assert places(sheet.errors) == [
        ("NhanKhau", 3, "ma_ho (A)", "UNKNOWN_HOUSEHOLD"),
        ("Ho", 3, "ma_ho (E)", "NO_MEMBERS"),
    ]
    assert [row.household_code for row in sheet.good_rows] == ["24646-00001"]


def test_an_order_used_twice_in_a_household_is_an_error():
    child = member(ho_ten="Con", quan_he="Con", so_dinh_danh=None)

    sheet = read([household(so_nhan_khau=2)], [member(), child])

    assert places(sheet.errors) == [("NhanKhau", 3, "stt (B)", "DUPLICATE_ORDER")]


@pytest.mark.parametrize(
    ("changed", "changed_member", "code"),
    [
        ({"so_nhan_khau": 3}, {}, "PERSONS_DIFFER"),
        ({}, {"quan_he": "Con"}, "NO_HEAD"),
        ({"chu_ho": "Lê Văn Tám"}, {}, "HEAD_DIFFERS"),
        ({"gioi_tinh": "Nữ"}, {}, "NUMBER_DISAGREES"),
        ({"so_dinh_danh": "123456789"}, {"so_dinh_danh": None}, "OLD_CARD_NUMBER"),
    ],
)
def test_what_may_be_right_is_only_a_warning(changed, changed_member, code):
    sheet = read([household(**changed)], [member(**changed_member)])

    assert [warning.code for warning in sheet.warnings] == [code]
    assert sheet.is_whole and len(sheet.good_rows) == 1


def test_ten_thousand_rows_with_one_bad_cell_name_that_cell():
    households = [household(number) for number in range(1, 10_001)]
    households[6_999]["so_dinh_danh"] = "0420700070001"
    members = [member(number) for number in range(1, 10_001)]

    sheet = read(households, members)

    assert places(sheet.errors) == [("Ho", 7001, "so_dinh_danh (J)", "PERSONAL_NUMBER_LENGTH")]
    assert len(sheet.good_rows) == 9_999


def test_a_sheet_full_of_faults_keeps_the_first_and_counts_all():
    households = [household(number, khu_vuc="?") for number in range(1, KEPT_FAULTS + 101)]

    sheet = read(households, [member(number) for number in range(1, KEPT_FAULTS + 101)])

    assert (len(sheet.errors), sheet.error_count) == (KEPT_FAULTS, KEPT_FAULTS + 100)
    assert sheet.good_rows == []


@pytest.mark.parametrize(
    ("number", "sex", "born", "disagrees"),
    [
        ("042070000001", "MALE", date(1970, 1, 1), False),
        ("042170000001", "FEMALE", date(1970, 1, 1), False),
        ("042204000001", "MALE", date(2004, 1, 1), False),
        ("042304000001", "FEMALE", date(2004, 1, 1), False),
        ("042304000001", "MALE", date(2004, 1, 1), True),
        ("042304000001", "FEMALE", date(1904, 1, 1), True),
        ("042304000001", "", None, False),
        ("123456789", "MALE", date(1970, 1, 1), False),
    ],
)
def test_the_personal_number_tells_century_sex_and_year(number, sex, born, disagrees):
    assert number_disagrees(number, sex, born) is disagrees
