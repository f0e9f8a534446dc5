"""A report as CSV, as a workbook, as JSON and as a table of a terminal."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cases.reports.counts import Figures, Grouping
from cases.reports.report import Report, Row, RowState
from cases.sheets.writer import Value, csv_rows, write_table

ROW_KEYS = {
    Grouping.VILLAGE: "village",
    Grouping.COMMUNE: "commune",
    Grouping.PROVINCE: "province",
}


def heading(report: Report) -> str:
    return _("Biểu %(number)d. %(title)s – %(unit)s, năm %(year)d") % {
        "number": report.form.number,
        "title": report.form.title,
        "unit": report.place.name,
        "year": report.place.year,
    }


def state_words(row: Row) -> str:
    """Return what to say beside or instead of a row's figures; nothing when all is decided."""
    if row.state is RowState.UNDECIDED:
        return _("chưa quyết định")
    if row.state is RowState.PRELIMINARY:
        return _("sơ bộ")
    if row.state is RowState.PARTLY:
        return _("mới có %(decided)d/%(rounds)d xã quyết định") % {
            "decided": row.decided,
            "rounds": row.rounds,
        }
    return ""


def notes(report: Report) -> list[str]:
    """Return what a reader must know before using the figures."""
    said = []
    total = report.total
    if report.figures is Figures.PROPOSED and not report.is_final:
        said.append(_("Số liệu sơ bộ theo kết quả đề xuất; chưa có giá trị chính thức."))
    if total.decided < total.rounds:
        said.append(
            _("%(decided)d/%(rounds)d xã đã có quyết định.")
            % {"decided": total.decided, "rounds": total.rounds}
        )
    if report.unopened:
        names = ", ".join(report.unopened_names)
        count = number_format(report.unopened)
        sentence = (
            _("%(count)s xã chưa mở đợt rà soát nên không có trong biểu: %(names)s.")
            if report.unopened == len(report.unopened_names)
            else _(
                "%(count)s xã chưa mở đợt rà soát nên không có trong biểu, trong đó có: %(names)s."
            )
        )
        said.append(sentence % {"count": count, "names": names})
    return said


def csv_file(report: Report) -> bytes:
    """Return one line for each row, without a total; an undecided row has empty cells, not zeros."""
    form = report.form
    keys = ["code", ROW_KEYS[report.by], *(column.key for column in form.columns)]
    if _has_persons(report):
        keys.append("persons_end")
    return csv_rows([keys, *(_csv_row(report, row, len(keys)) for row in report.rows)])


def _csv_row(report: Report, row: Row, width: int) -> list[Value]:
    cells: list[Value] = [row.code, row.name]
    if row.lines:
        cells += row.lines[0]
        if _has_persons(report):
            cells.append(row.lines[1][-1])
    return cells + [None] * (width - len(cells))


def _has_persons(report: Report) -> bool:
    return len(report.form.measures) > 1


def workbook(report: Report, stream: BinaryIO) -> None:
    """Write the form with its official column titles, a total and what is to be known about it."""
    headers = [_("Mã"), _("Đơn vị"), _("Đơn vị tính"), *column_titles(report)]
    said = [*notes(report), *(finding.sentence for finding in report.findings)]
    write_table(
        stream, heading(report), f"Bieu {report.form.number}", headers, _book_rows(report), said
    )


def column_titles(report: Report) -> list[str]:
    return [f"{column.number} {column.title}".strip() for column in report.form.columns]


def _book_rows(report: Report) -> Iterator[list[Value]]:
    for row, name in [*((row, row.name) for row in report.rows), (report.total, _("Tổng số"))]:
        words = state_words(row)
        shown = f"{name} ({words})" if words else name
        for line, measure in zip_longest(row.lines or [()], report.form.measures):
            padding = [None] * (len(report.form.columns) - len(line or ()))
            yield [row.code, shown, str(measure), *(line or ()), *padding]


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data for JSON."""
    return {
        "form": report.form.number,
        "title": str(report.form.title),
        "unit": {"code": report.place.code, "name": report.place.name},
        "year": report.place.year,
        "figures": report.figures.value,
        "final": report.is_final,
        "by": ROW_KEYS[report.by],
        "columns": [
            {"key": column.key, "number": column.number, "title": str(column.title)}
            for column in report.form.columns
        ],
        "rows": [_row_data(report, row) for row in report.rows],
        "total": _row_data(report, report.total),
        "notes": notes(report),
        "findings": [
            {"code": f.code, "unit": f.unit_code, "sentence": f.sentence} for f in report.findings
        ],
    }


def _row_data(report: Report, row: Row) -> dict[str, Any]:
    keys = [column.key for column in report.form.columns]
    lines = [dict(zip(keys, line, strict=True)) for line in row.lines]
    named = dict(zip_longest(("households", "persons")[: len(report.form.measures)], lines))
    return {
        "code": row.code,
        "name": row.name,
        "state": row.state.value,
        "rounds": row.rounds,
        "decided": row.decided,
        **named,
    }


def terminal_table(report: Report) -> str:
    """Return the report as lines of equal columns, headed by the keys of the CSV."""
    keys = ["", "", "", *(column.key for column in report.form.columns)]
    table = [keys, *([_shown(cell) for cell in cells] for cells in _book_rows(report))]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 3 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in table
    ]
    said = [*notes(report), *(finding.sentence for finding in report.findings)]
    return "\n".join([heading(report), "", *lines, *([""] if said else []), *said])


def _shown(cell: Value) -> str:
    return "" if cell is None else str(cell)
