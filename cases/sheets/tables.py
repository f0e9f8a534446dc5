"""Finding the table in a sheet: its header row, its columns under any accepted title, its rows."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.sheets.cells import Findings, Line, Place, is_blank
from cases.sheets.workbook import Cell, Sheet, matching_key, refusal

HEADER_SEARCH_ROWS = 10  # officers put a title and the name of the commune above the header


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the import layout: its technical name and the titles an officer would write."""

    key: str
    titles: Sequence[str] = ()

    def keys(self) -> set[str]:
        return {matching_key(title) for title in (self.key, *self.titles)}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose header is understood."""

    sheet: Sheet
    header_row: int
    positions: Mapping[str, int]  # column key: index in the row
    columns: Mapping[str, str]  # column key: title as written and letter
    ignored: Sequence[str]

    @property
    def place(self) -> Place:
        return Place(self.sheet.name, self.columns)

    def lines(self, findings: Findings) -> Iterator[Line]:
        """Yield the rows under the header in which any known column is filled."""
        for number, row in enumerate(self.sheet.rows(), start=1):
            if number <= self.header_row or not row:
                continue
            cells = {
                key: row[index] if index < len(row) else "" for key, index in self.positions.items()
            }
            if not is_blank(list(cells.values())):
                yield Line(self.sheet.name, number, cells, self.columns, findings)


def read_table(sheet: Sheet, columns: Sequence[Column]) -> Table:
    """
    Return the table of a sheet: columns in any order, unknown ones ignored and told.

    :raises UnreadableWorkbook: when columns are missing or named twice
    """
    known = {key: column.key for column in columns for key in column.keys()}
    header_row, titles = _header_of(sheet, known, columns)
    positions = _positions(sheet, titles, known)
    if missing := [column for column in columns if column.key not in positions]:
        raise _wrong_header(sheet, header_row, titles, missing, known)
    named = {
        key: f"{_shown_title(titles[index])} ({column_letter(index)})"
        for key, index in positions.items()
    }
    ignored = [
        f"{_shown_title(title)} ({column_letter(index)})"
        for index, title in enumerate(titles)
        if title and matching_key(title) not in known
    ]
    return Table(sheet, header_row, positions, named, ignored)


def column_letter(index: int) -> str:
    """Return the letter Excel shows above a column (0 -> A, 26 -> AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _header_of(
    sheet: Sheet, known: Mapping[str, str], columns: Sequence[Column]
) -> tuple[int, list[str]]:
    """Return the row, of the first ten, that names most columns."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    for number, row in enumerate(sheet.rows(), start=1):
        if number > HEADER_SEARCH_ROWS:
            break
        titles = [_title(cell) for cell in row]
        matches = len({known[key] for title in titles if (key := matching_key(title)) in known})
        if matches > best[0]:
            best = (matches, number, titles)
    if not best[0]:
        keys = [column.key for column in columns]
        raise refusal(
            "NO_HEADER",
            sheet.workbook_name,
            sheet=sheet.name,
            columns=keys,
            row=HEADER_SEARCH_ROWS,
            missing=", ".join(keys),
        )
    return best[1], best[2]


def _positions(sheet: Sheet, titles: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, title in enumerate(titles):
        column = known.get(matching_key(title))
        if column in positions:
            found = ", ".join(
                f"{_shown_title(titles[place])} ({column_letter(place)})"
                for place in (positions[column], index)
            )
            raise refusal(
                "DUPLICATE_COLUMN",
                sheet.workbook_name,
                sheet=sheet.name,
                columns=[column],
                column=column,
                found=found,
            )
        if column:
            positions[column] = index
    return positions


def _wrong_header(
    sheet: Sheet,
    header_row: int,
    titles: Sequence[str],
    missing: Sequence[Column],
    known: Mapping[str, str],
) -> Exception:
    keys = [column.key for column in missing]
    return refusal(
        "WRONG_HEADER",
        sheet.workbook_name,
        sheet=sheet.name,
        columns=keys,
        row=header_row,
        missing=", ".join(keys),
        found=", ".join(_shown_title(title) for title in titles[:20] if title),
        hint=_hint(titles, missing, known),
    )


def _hint(titles: Sequence[str], missing: Sequence[Column], known: Mapping[str, str]) -> str:
    """Return the nearest unknown title for the first missing columns ("" when none is near)."""
    unknown = {matching_key(title): title for title in titles if title}
    candidates = [key for key in unknown if key and key not in known]
    near = []
    for column in missing[:3]:
        for key in sorted(column.keys()):
            if close := difflib.get_close_matches(key[:60], candidates, n=1, cutoff=0.7):
                title = _shown_title(unknown[close[0]])
                near.append(
                    _("“%(found)s” thành “%(wanted)s”") % {"found": title, "wanted": column.key}
                )
                break
    return _(" (có lẽ %(pairs)s)") % {"pairs": ", ".join(near)} if near else ""


def _title(cell: Cell) -> str:
    return " ".join(cell.split())[:120] if isinstance(cell, str) else ""


def _shown_title(title: str) -> str:
    return title if len(title) <= 40 else title[:39] + "…"
