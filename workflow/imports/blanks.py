"""Empty workbooks in the import layout, for officers to fill in."""

import io
from collections.abc import Sequence

from cases.sheets.households import (
    HOUSEHOLD_COLUMNS,
    HOUSEHOLD_SHEET,
    MEMBER_COLUMNS,
    MEMBER_SHEET,
)
from cases.sheets.surveys import SURVEY_COLUMNS, SURVEY_SHEET
from cases.sheets.tables import Column
from cases.sheets.writer import DAY, TEXT, WHOLE, write_blank

_FORMATS = {
    "ngay_sinh": DAY,
    "ngay_ra_soat": DAY,
    "so_nhan_khau": WHOLE,
    "stt": WHOLE,
    "diem_b1": WHOLE,
}


def blank_households() -> bytes:
    return _blank({HOUSEHOLD_SHEET[0]: HOUSEHOLD_COLUMNS, MEMBER_SHEET[0]: MEMBER_COLUMNS})


def blank_surveys() -> bytes:
    return _blank({SURVEY_SHEET[0]: SURVEY_COLUMNS})


def _blank(sheets: dict[str, Sequence[Column]]) -> bytes:
    stream = io.BytesIO()
    write_blank(
        stream,
        {
            name: [(column.titles[0], _FORMATS.get(column.key, TEXT)) for column in columns]
            for name, columns in sheets.items()
        },
    )
    return stream.getvalue()
