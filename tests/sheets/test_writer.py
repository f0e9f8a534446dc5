"""What officers get back: texts stay texts, the page fits."""

import io
from datetime import date

import openpyxl

from cases.sheets.writer import SAMPLE_ROWS, csv_rows, write_table

ROWS: list[list[str | int | date | None]] = [
    ["001085012345", "=HYPERLINK(1)", 3, date(2024, 12, 5)],
    ["2", "bỏ\x00", None, None],
]


def written():
    stream = io.BytesIO()
    headers = ["Số định danh", "Chủ hộ", "Số nhân khẩu", "Ngày"]
    write_table(stream, "Danh sách", "Hộ: nghèo/cận", headers, iter(ROWS), notes=["=Ghi chú"])
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active


def test_a_text_that_looks_like_a_formula_or_a_number_stays_a_text():
    sheet = written()

    assert (sheet["A4"].value, sheet["A4"].data_type) == ("001085012345", "s")
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=HYPERLINK(1)", "s")
    assert (sheet["C4"].value, sheet["D4"].is_date) == (3, True)
    assert sheet["B5"].value == "bỏ"
    assert (sheet["A7"].value, sheet["A7"].data_type) == ("=Ghi chú", "s")


def test_the_sheet_prints_across_a4_with_its_header_on_each_page():
    sheet = written()

    assert sheet.title == "Hộ  nghèo cận"
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$3:$3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.column_dimensions["A"].width > 12


def test_no_row_is_lost_between_the_sample_for_the_widths_and_the_rest():
    stream = io.BytesIO()

    rows = ([number] for number in range(SAMPLE_ROWS + 50))
    write_table(stream, "Danh sách", "Hộ", ["Số"], rows)

    sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == list(range(SAMPLE_ROWS + 50))


def test_csv_opens_in_excel_as_utf8_and_computes_nothing():
    content = csv_rows([["Hộ", 1], ["=1+1", -3], ["@a", "bình thường"]])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["Hộ,1", "'=1+1,-3", "'@a,bình thường"]
