"""Writing tables for officers: a printable worksheet or CSV, in which no text becomes a formula."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Value = str | int | float | date | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TEXT, DAY, WHOLE = "@", "dd/mm/yyyy", "0"  # number formats
A4 = 9  # the paper's number in the file format
WIDEST = 48
SAMPLE_ROWS = 200  # write-only mode wants widths before the first row

_FONT = "Times New Roman"
_THIN = Side(style="thin", color="808080")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_SHEET_NAME_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_table(
    stream: BinaryIO,
    title: str,
    sheet_name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[str] = (),
) -> None:
    """Write a table under its title, ready to print on A4 across; any number of rows."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_name.translate(_SHEET_NAME_FORBIDDEN)[:31])
    rows = iter(rows)
    sample = list(islice(rows, SAMPLE_ROWS))
    _lay_out(sheet, headers, sample)
    sheet.append([_cell(sheet, title, font=Font(name=_FONT, size=14, bold=True))])
    sheet.append([])
    sheet.append([_header_cell(sheet, header) for header in headers])
    for part in (sample, rows):
        for row in part:
            sheet.append([_cell(sheet, value, border=_BORDER) for value in row])
    if notes:
        sheet.append([])
    for note in notes:
        sheet.append([_cell(sheet, note, font=Font(name=_FONT, italic=True))])
    workbook.save(stream)


def write_blank(stream: BinaryIO, sheets: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """
    Write an empty workbook to fill in: titles with the number format of the column under each.

    A column of text is text before anything is typed, so that "00123" keeps its zeros.
    """
    workbook = Workbook(write_only=True)
    for name, columns in sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.freeze_panes = "A2"
        for index, (title, number_format) in enumerate(columns):
            column = sheet.column_dimensions[get_column_letter(index + 1)]
            column.width = max(len(title) + 3, 12)
            column.number_format = number_format
        sheet.append([_header_cell(sheet, title) for title, _format in columns])
    workbook.save(stream)


def csv_rows(rows: Iterable[Sequence[Value]]) -> bytes:
    """Return rows as CSV with the mark by which Excel knows UTF-8, texts made safe to open."""
    text = io.StringIO()
    csv.writer(text).writerows([_inert(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _inert(value: Value) -> Value:
    """Return a text so that a spreadsheet program shows it instead of computing it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def _lay_out(
    sheet: WriteOnlyWorksheet, headers: Sequence[str], sample: Sequence[Sequence[Value]]
) -> None:
    sheet.freeze_panes = "A4"  # title, blank, header
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for index, header in enumerate(headers):
        texts = [_shown(row[index]) for row in sample if index < len(row)]
        longest = max(map(len, [max(header.split(), key=len, default=""), *texts]))
        width = min(max(longest, min(len(header), 14)) + 3, WIDEST)
        sheet.column_dimensions[get_column_letter(index + 1)].width = width


def _shown(value: Value) -> str:
    if value is None:
        return ""
    return "00/00/0000" if isinstance(value, date) else str(value)


def _header_cell(sheet: WriteOnlyWorksheet, header: str) -> WriteOnlyCell:
    cell = _cell(sheet, header, font=Font(name=_FONT, bold=True), border=_BORDER)
    cell.fill = PatternFill("solid", fgColor="E8EDF3")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _cell(
    sheet: WriteOnlyWorksheet,
    value: Value,
    font: Font = Font(name=_FONT),  # noqa: B008 - a constant
    border: Border | None = None,
) -> WriteOnlyCell:
    """Return a cell in which a text is text: not a formula, and digits keep their zeros."""
    if isinstance(value, str):
        # The file format has no place for control characters.
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.number_format = TEXT
    else:
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, date):
            cell.number_format = DAY
    cell.font = font
    if border:
        cell.border = border
    return cell
