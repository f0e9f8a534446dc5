"""What is refused before a single row is read, and how a header is found."""

import io
import struct
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from cases.sheets.households import read_households
from cases.sheets.surveys import read_surveys
from cases.sheets.workbook import DEFAULT_LIMITS, UnreadableWorkbook, open_workbook
from tests.sheets.books import (
    HOUSEHOLD_TITLES,
    MEMBER_TITLES,
    SURVEY_TITLES,
    archive,
    book,
    household,
    household_book,
    member,
    survey,
    survey_book,
    table,
)

GOOD = household_book([household()])


def refusal_of(content: bytes, limits=DEFAULT_LIMITS) -> UnreadableWorkbook:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_households(open_workbook(content, name="danh-sach.xlsx", limits=limits))
    assert "danh-sach.xlsx" in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY"),
        (b"%PDF-1.7\n\x00", "NOT_A_WORKBOOK"),
        ("ma_ho,chu_ho\n1,Đặng".encode(), "NOT_A_WORKBOOK"),
        (b"<html><table><tr><td>1", "NOT_A_WORKBOOK"),
        (b"\x00\x01\x02" * 100, "NOT_A_WORKBOOK"),
        (archive({"word/document.xml": b"<w/>"}), "NOT_A_WORKBOOK"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "NOT_A_WORKBOOK"),
        (GOOD[: len(GOOD) // 2], "DAMAGED"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "PASSWORD",
        ),
    ],
)
def test_a_file_that_is_not_a_workbook_is_told_what_it_is(content, code):
    assert refusal_of(content).code == code


def test_a_40_megabyte_file_is_refused_without_reading_it_all():
    stream = io.BytesIO(bytes(40 * 1024 * 1024))

    with pytest.raises(UnreadableWorkbook) as caught:
        open_workbook(stream, name="to.xlsx")

    assert caught.value.code == "TOO_LARGE"
    assert stream.tell() <= DEFAULT_LIMITS.upload_bytes + 1


def test_a_path_is_read_and_a_missing_one_is_a_refusal(tmp_path):
    path = tmp_path / "ho.xlsx"
    path.write_bytes(GOOD)

    assert read_households(open_workbook(path, name=path.name)).is_whole
    with pytest.raises(UnreadableWorkbook) as caught:
        open_workbook(tmp_path / "khong-co.xlsx", name="khong-co.xlsx")
    assert caught.value.code == "NO_FILE"


def test_a_zip_bomb_is_refused_on_its_declared_sizes():
    assert refusal_of(archive({"bomb.xml": bytes(60_000_000)})).code == "TOO_LARGE_UNPACKED"
    assert refusal_of(archive({"ratio.xml": bytes(20_000_000)})).code == "TOO_LARGE_UNPACKED"


def test_a_zip_that_lies_about_its_sizes_is_refused():
    content = archive({"bomb.xml": bytes(30_000_000)})
    lying = content.replace(struct.pack("<L", 30_000_000), struct.pack("<L", 1000))

    assert refusal_of(lying).code == "DAMAGED"


def test_bytes_are_counted_while_reading_not_only_as_declared():
    noise = bytes(range(256)) * 400

    limits = replace(DEFAULT_LIMITS, unpacked_bytes=100_000)

    assert refusal_of(archive({"a.xml": noise}), limits).code == "TOO_LARGE_UNPACKED"


def test_a_zip_inside_the_zip_and_too_many_parts_are_refused():
    nested = archive({"inside.xlsx": GOOD})
    many = archive({f"{number}.xml": b"<a/>" for number in range(21)})

    assert refusal_of(nested).code == "NESTED_FILE"
    assert refusal_of(many).code == "TOO_MANY_PARTS"


def test_a_parse_that_outgrows_its_memory_is_a_refusal_not_a_crash():
    """One value at the far corner makes a dense table of 16,384 columns."""
    workbook = openpyxl.load_workbook(io.BytesIO(GOOD))
    workbook["Ho"]["XFD100000"] = "x"
    stream = io.BytesIO()
    workbook.save(stream)

    assert refusal_of(stream.getvalue()).code == "TOO_HEAVY"


def test_a_parse_that_takes_too_long_is_a_refusal():
    # An exhausted allowance: the child may not use one second of the processor.
    limits = replace(DEFAULT_LIMITS, seconds=0)

    assert refusal_of(GOOD, limits).code == "TOO_HEAVY"


def test_too_many_rows_and_columns_are_refused_with_the_sheet():
    rows = refusal_of(
        household_book([household(n) for n in range(1, 12)]), replace(DEFAULT_LIMITS, rows=10)
    )
    columns = refusal_of(GOOD, replace(DEFAULT_LIMITS, columns=10))

    assert (rows.code, rows.sheet) == ("TOO_MANY_ROWS", "Ho")
    assert (columns.code, columns.sheet) == ("TOO_MANY_COLUMNS", "Ho")


def test_a_huge_sheet_that_nobody_asks_for_does_no_harm():
    content = book(
        Ho=table(HOUSEHOLD_TITLES, [household()]),
        NhanKhau=table(MEMBER_TITLES, [member()]),
        DanhMuc=[[number] for number in range(100)],
    )

    sheet = read_households(
        open_workbook(content, name="a.xlsx", limits=replace(DEFAULT_LIMITS, rows=50))
    )

    assert sheet.is_whole


def test_a_missing_sheet_names_the_sheets_found():
    found = refusal_of(book(Ho=table(HOUSEHOLD_TITLES, [household()]), Sheet2=[["a"]]))

    assert (found.code, found.sheet) == ("MISSING_SHEET", "NhanKhau")
    assert "“Sheet2”" in found.message


def test_a_wrong_header_names_missing_found_and_nearest_columns():
    titles = ["so_dinh_dan" if title == "so_dinh_danh" else title for title in HOUSEHOLD_TITLES]
    content = book(Ho=table(titles, [household()]), NhanKhau=table(MEMBER_TITLES, [member()]))

    found = refusal_of(content)

    assert (found.code, found.sheet, found.columns) == ("WRONG_HEADER", "Ho", ("so_dinh_danh",))
    assert "“so_dinh_dan”" in found.message


def test_a_sheet_without_any_header_is_refused():
    found = refusal_of(book(Ho=[["Tổng", 1]], NhanKhau=[[]]))

    assert (found.code, found.sheet) == ("NO_HEADER", "Ho")


def test_a_column_named_twice_is_refused():
    titles = [*HOUSEHOLD_TITLES, "Mã hộ"]
    content = book(Ho=table(titles, [household()]), NhanKhau=table(MEMBER_TITLES, [member()]))

    found = refusal_of(content)

    assert (found.code, found.columns) == ("DUPLICATE_COLUMN", ("ma_ho",))
    assert "ma_ho (E)" in found.message and "Mã hộ (P)" in found.message


def test_vietnamese_titles_in_any_order_under_a_heading_are_understood():
    titles = {
        "Số CCCD": "so_dinh_danh",
        "MÃ XÃ": "ma_xa",
        "Ten xa": "ten_xa",
        "Khu vực:": "khu_vuc",
        "Thôn, bản": "thon",
        "Mã  hộ": "ma_ho",
        "Họ và tên chủ hộ": "chu_ho",
        "giới tính": "gioi_tinh",
        "Ngày, tháng, năm sinh": "ngay_sinh",
        "Dân tộc": "dan_toc",
        "Ghi chú": "ghi_chu",
        "Số nhân khẩu": "so_nhan_khau",
        "Phân loại đầu kỳ": "phan_loai_dau_ky",
        "Nguồn": "nguon",
        "Tái nghèo": "tai_ngheo",
        "Biến động khác": "bien_dong_khac",
    }
    row = household()
    cells: list[object] = [row.get(key) for key in titles.values()]
    sheets: dict[str, list[list[object]]] = {
        "Danh sách hộ": [["DANH SÁCH HỘ NĂM 2024"], [], list[object](titles), cells],
        "Nhân khẩu": table(MEMBER_TITLES, [member()]),
    }
    content = book(**sheets)

    sheet = read_households(open_workbook(content, name="a.xlsx"))

    assert sheet.is_whole
    assert [row.household_code for row in sheet.rows] == ["24646-00001"]
    assert sheet.rows[0].row == 4
    assert sheet.ignored_columns == ["Danh sách hộ: Ghi chú (K)"]


def test_row_and_column_numbers_survive_empty_rows_and_columns_before_the_table():
    rows = [[None, *row] for row in table(SURVEY_TITLES, [survey(thieu_hut_3="có")])]

    sheet = read_surveys(open_workbook(book(Phieu=[[], [], *rows]), name="a.xlsx"))

    assert [(error.row, error.column) for error in sheet.errors] == [(4, "thieu_hut_3 (I)")]


def test_a_failed_formula_is_an_error_not_a_blank():
    """A mark that could not be computed must not read as "not deprived"."""
    content = survey_book([survey(), survey(2, thieu_hut_4="=1/0"), survey(3, thieu_hut_5="#N/A")])

    sheet = read_surveys(open_workbook(content, name="a.xlsx"))

    assert [(error.row, error.column, error.value) for error in sheet.errors] == [
        (3, "thieu_hut_4 (I)", "=?"),
        (4, "thieu_hut_5 (J)", "#N/A"),
    ]


def test_dates_come_as_dates():
    sheet = read_surveys(open_workbook(survey_book([survey()]), name="a.xlsx"))

    assert sheet.rows[0].surveyed_on == date(2024, 9, 27)
