"""Reading one row of a table cell by cell, and what is said about a cell that cannot be taken."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.names import fold, normalise
from cases.sheets.parser import FORMULA_FAULTS
from cases.sheets.workbook import Cell

# A sheet with a fault in every cell is told by its first faults and their number, not by a million.
KEPT_FAULTS = 1000
LARGEST_NUMBER = 32_767  # what a small integer of the database holds

_MARKS = {"": False, "x": True}
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))

# code: (what is wrong, what to do about it)
_FAULTS: Mapping[str, tuple[Promise, Promise]] = {
    "MISSING": (gettext_lazy("ô bắt buộc đang để trống"), gettext_lazy("hãy điền ô này")),
    "FORMULA_FAULT": (
        gettext_lazy("công thức trong ô bị lỗi hoặc chưa được tính"),
        gettext_lazy("hãy sửa công thức hoặc thay bằng giá trị"),
    ),
    "TOO_LONG": (
        gettext_lazy("nội dung dài hơn %(most)d ký tự"),
        gettext_lazy("hãy rút ngắn nội dung ô"),
    ),
    "BAD_CHARACTER": (
        gettext_lazy("ô có ký tự điều khiển không in được"),
        gettext_lazy("hãy xóa ô và gõ lại"),
    ),
    "NOT_WHOLE": (
        gettext_lazy("không phải là số nguyên"),
        gettext_lazy("hãy ghi một số nguyên từ %(least)d đến %(most)d"),
    ),
    "OUT_OF_RANGE": (
        gettext_lazy("số nằm ngoài khoảng từ %(least)d đến %(most)d"),
        gettext_lazy("hãy sửa lại số"),
    ),
    "DATE_AS_TEXT": (
        gettext_lazy("ngày đang ở dạng văn bản (đọc là %(read)s)"),
        gettext_lazy("hãy định dạng ô là ngày (Date) rồi gõ lại ngày đó"),
    ),
    "DATE_AS_NUMBER": (
        gettext_lazy("ô là số chứ không phải ngày"),
        gettext_lazy("hãy định dạng ô là ngày (Date) và ghi đủ ngày, tháng, năm"),
    ),
    "NOT_A_DATE": (
        gettext_lazy("không phải là một ngày có thật"),
        gettext_lazy("hãy định dạng ô là ngày (Date) rồi gõ ngày/tháng/năm"),
    ),
    "BAD_MARK": (
        gettext_lazy("chỉ được ghi x (có) hoặc để trống (không)"),
        gettext_lazy("hãy thay bằng x hoặc xóa trống ô"),
    ),
    "UNKNOWN_WORD": (
        gettext_lazy("không thuộc các giá trị được dùng"),
        gettext_lazy("hãy ghi một trong: %(accepted)s"),
    ),
    "NUMBER_LOST_ZEROS": (
        gettext_lazy("ô đang là số nên đã mất chữ số 0 ở đầu"),
        gettext_lazy("hãy định dạng ô là Text (văn bản) rồi gõ lại đủ %(digits)d chữ số"),
    ),
    "PERSONAL_NUMBER_LENGTH": (
        gettext_lazy("số định danh có %(found)d chữ số thay vì 12"),
        gettext_lazy("hãy đối chiếu với thẻ căn cước và gõ lại đủ 12 chữ số"),
    ),
    "PERSONAL_NUMBER_CHARACTERS": (
        gettext_lazy("số định danh có ký tự không phải chữ số"),
        gettext_lazy("hãy chỉ ghi 12 chữ số"),
    ),
    "OLD_CARD_NUMBER": (
        gettext_lazy("là số chứng minh nhân dân cũ 9 số"),
        gettext_lazy("nên thay bằng số định danh 12 số nếu đã có"),
    ),
    "COMMUNE_CODE": (
        gettext_lazy("mã xã không đủ 5 chữ số"),
        gettext_lazy("hãy định dạng ô là Text (văn bản) và gõ đủ 5 chữ số, kể cả số 0 ở đầu"),
    ),
    "DUPLICATE_HOUSEHOLD": (
        gettext_lazy("mã hộ này đã có ở dòng %(first_row)d"),
        gettext_lazy("hãy giữ một dòng hoặc sửa mã hộ ở dòng %(first_row)d hay dòng %(row)d"),
    ),
    "DUPLICATE_PERSON": (
        gettext_lazy("số định danh này đã có ở trang tính %(first_sheet)s, dòng %(first_row)d"),
        gettext_lazy("mỗi người chỉ thuộc một hộ: hãy sửa số hoặc xóa người ở hộ không đúng"),
    ),
    "DUPLICATE_ORDER": (
        gettext_lazy("số thứ tự này đã có trong hộ, ở dòng %(first_row)d"),
        gettext_lazy("hãy đánh lại số thứ tự trong hộ"),
    ),
    "UNKNOWN_HOUSEHOLD": (
        gettext_lazy("không có hộ nào mang mã này ở trang tính %(first_sheet)s"),
        gettext_lazy("hãy sửa mã hộ hoặc thêm hộ"),
    ),
    "NO_MEMBERS": (
        gettext_lazy("hộ không có dòng nhân khẩu nào ở trang tính %(first_sheet)s"),
        gettext_lazy("hãy thêm các nhân khẩu của hộ"),
    ),
    "PERSONS_DIFFER": (
        gettext_lazy("khác với %(found)d dòng nhân khẩu của hộ"),
        gettext_lazy("hãy kiểm tra lại số nhân khẩu"),
    ),
    "NO_HEAD": (
        gettext_lazy("hộ không có nhân khẩu nào ghi quan hệ “Chủ hộ”"),
        gettext_lazy("hãy ghi “Chủ hộ” ở dòng của chủ hộ"),
    ),
    "HEAD_DIFFERS": (
        gettext_lazy("khác với người ghi “Chủ hộ” ở dòng %(first_row)d của trang nhân khẩu"),
        gettext_lazy("hãy kiểm tra lại chủ hộ"),
    ),
    "OPENING_CLASS_MISSING": (
        gettext_lazy("hộ đang quản lý phải có phân loại đầu kỳ"),
        gettext_lazy("hãy ghi N (hộ nghèo) hoặc CN (hộ cận nghèo)"),
    ),
    "OPENING_CLASS_UNEXPECTED": (
        gettext_lazy("hộ có giấy đề nghị thì chưa có phân loại đầu kỳ"),
        gettext_lazy("hãy để trống ô này hoặc sửa nguồn thành dang_quan_ly"),
    ),
    "NUMBER_DISAGREES": (
        gettext_lazy("số định danh không khớp với giới tính hoặc năm sinh đã ghi"),
        gettext_lazy("hãy đối chiếu với thẻ căn cước"),
    ),
    "SCORE_MISSING": (
        gettext_lazy("hộ không bị loại ở phiếu A thì phải có điểm B1"),
        gettext_lazy("hãy ghi điểm B1 trên phiếu giấy hoặc ghi “không đạt” ở phiếu A"),
    ),
    "SCORE_UNEXPECTED": (
        gettext_lazy("hộ không đạt phiếu A thì không có điểm B1"),
        gettext_lazy("hãy xóa điểm B1 hoặc sửa kết quả phiếu A"),
    ),
}


@dataclass(frozen=True, slots=True)
class CellError:
    """One cell that cannot be taken (or, as a warning, one to look at again)."""

    sheet: str
    row: int
    column: str  # the title as written and the letter: "so_dinh_danh (J)"
    value: str
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return _(
            "Trang tính %(sheet)s, dòng %(row)d, cột %(column)s, giá trị “%(value)s”: "
            "%(message)s; %(remedy)s."
        ) % {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """A table as the officer sees it, so that what is found out later is told in the same words."""

    sheet: str
    columns: Mapping[str, str]  # key: title as written and letter

    def error(
        self, row: int, key: str, value: str, code: str, message: str, remedy: str
    ) -> CellError:
        return CellError(self.sheet, row, self.columns[key], value, code, message, remedy)


@dataclass(slots=True)
class Findings:
    """What was found wrong while reading: the first faults in full, all of them in number."""

    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    error_count: int = 0
    warning_count: int = 0


@dataclass(slots=True)
class Line:
    """One row of a table; each reader returns the value, or reports a fault and returns a blank."""

    sheet: str
    row: int
    cells: Mapping[str, Cell]
    columns: Mapping[str, str]  # key: title as written and letter
    findings: Findings
    is_bad: bool = False

    def is_filled(self, key: str) -> bool:
        return _text_of(self.cells[key]) != ""

    def shown(self, key: str) -> str:
        return shown(self.cells[key])

    def error(self, key: str, code: str, **facts: object) -> None:
        """Report a cell that cannot be taken: its row is no longer a good one."""
        self.is_bad = True
        self.findings.error_count += 1
        self._keep(self.findings.errors, key, code, facts)

    def warn(self, key: str, code: str, **facts: object) -> None:
        self.findings.warning_count += 1
        self._keep(self.findings.warnings, key, code, facts)

    def _keep(self, kept: list[CellError], key: str, code: str, facts: dict[str, object]) -> None:
        if len(kept) >= KEPT_FAULTS:
            return
        message, remedy = (str(text) % {"row": self.row, **facts} for text in _FAULTS[code])
        value = shown(self.cells[key])
        column = self.columns[key]
        kept.append(CellError(self.sheet, self.row, column, value, code, message, remedy))

    def text(self, key: str, *, most: int, required: bool = True) -> str:
        """Return the text in NFC with single spaces; a number as its digits."""
        text = _text_of(self.cells[key])
        if not text and required:
            self.error(key, "MISSING")
        elif text in FORMULA_FAULTS:
            self.error(key, "FORMULA_FAULT")
        elif len(text) > most:
            self.error(key, "TOO_LONG", most=most)
        elif any(unicodedata.category(char) == "Cc" for char in text):
            self.error(key, "BAD_CHARACTER")
        else:
            return text
        return ""

    def whole(self, key: str, *, least: int = 0, required: bool = True) -> int | None:
        """Return a whole number, typed as a number or as digits."""
        cell = self.cells[key]
        text = _text_of(cell)
        if not text:
            if required:
                self.error(key, "MISSING")
            return None
        if isinstance(cell, bool | date) or not re.fullmatch(r"-?[0-9]{1,9}", text):
            self.error(key, "NOT_WHOLE", least=least, most=LARGEST_NUMBER)
        elif not least <= int(text) <= LARGEST_NUMBER:
            self.error(key, "OUT_OF_RANGE", least=least, most=LARGEST_NUMBER)
        else:
            return int(text)
        return None

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Return the date of a date cell; a date typed as text is told how it would be read."""
        cell = self.cells[key]
        if isinstance(cell, date):
            return cell
        if text := _text_of(cell):
            self._refuse_day(key, cell, text)
        elif required:
            self.error(key, "MISSING")
        return None

    def _refuse_day(self, key: str, cell: Cell, text: str) -> None:
        if isinstance(cell, int | float):
            self.error(key, "DATE_AS_NUMBER")
        elif day := day_in_text(text):
            # Spelled out: 05/12/2026 in the order of Vietnam cannot be taken for 12 May.
            read = _("ngày %(day)02d tháng %(month)02d năm %(year)d") % {
                "day": day.day,
                "month": day.month,
                "year": day.year,
            }
            self.error(key, "DATE_AS_TEXT", read=read)
        else:
            self.error(key, "NOT_A_DATE")

    def mark(self, key: str) -> bool:
        """Return True for x or X, False for a blank; nothing else is a mark."""
        mark = _MARKS.get(_text_of(self.cells[key]).lower())
        if mark is None:
            self.error(key, "BAD_MARK")
        return bool(mark)

    def word(self, key: str, words: Mapping[str, str], *, required: bool = True) -> str:
        """Return the code of a word of a short list, read without marks and case."""
        text = _text_of(self.cells[key])
        if not text:
            if required:
                self.error(key, "MISSING")
            return ""
        for word, code in words.items():
            if fold(word).replace("_", " ") == fold(text).replace("_", " "):
                return code
        self.error(key, "UNKNOWN_WORD", accepted=", ".join(words))
        return ""

    def commune_code(self, key: str) -> str:
        """Return the official code; a short one is not padded, it may be another commune's."""
        text = self.text(key, most=20)
        if text and not re.fullmatch(r"[0-9]{5}", text):
            self.error(key, "COMMUNE_CODE")
        return text

    def personal_number(self, key: str) -> str:
        """Return 12 digits, or 9 of an old card with a warning, or blank (practice note, 16.3)."""
        cell = self.cells[key]
        text = _text_of(cell).replace(" ", "").removeprefix("'")
        if not text or re.fullmatch(r"[0-9]{12}", text):
            return text
        if isinstance(cell, int | float) and text.isdecimal() and len(text) < 12:
            self.error(key, "NUMBER_LOST_ZEROS", digits=12)
        elif not re.fullmatch(r"[0-9]+", text):
            self.error(key, "PERSONAL_NUMBER_CHARACTERS")
        elif len(text) == 9:
            self.warn(key, "OLD_CARD_NUMBER")
            return text
        else:
            self.error(key, "PERSONAL_NUMBER_LENGTH", found=len(text))
        return ""


def day_in_text(text: str) -> date | None:
    """Return the date a text means in the Vietnamese order, day first, if there is such a day."""
    if match := _DAY_MONTH_YEAR.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _YEAR_MONTH_DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shown(cell: Cell) -> str:
    """Return a cell as the officer sees it, shortened: for messages."""
    text = cell.strftime("%d/%m/%Y") if isinstance(cell, date) else _text_of(cell)
    return text if len(text) <= 60 else text[:59] + "…"


def _text_of(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, str):
        return normalise(cell.translate(_INVISIBLE))
    return str(cell)


def is_blank(cells: Sequence[Cell]) -> bool:
    return all(_text_of(cell) == "" for cell in cells)
