"""What is found wrong with a sheet once it is held against the database and the law."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.sheets.cells import KEPT_FAULTS, CellError, Place, shown
from cases.sheets.workbook import Cell
from workflow.machine.refusals import Refusal
from workflow.titles import state_title

# code: (what is wrong, what to do about it)
_FAULTS: Mapping[str, tuple[Promise, Promise]] = {
    "UNKNOWN_COMMUNE": (
        gettext_lazy("ngày %(day)s không có xã, phường, thị trấn nào mang mã này"),
        gettext_lazy("hãy sửa mã xã theo danh mục đơn vị hành chính"),
    ),
    "FOREIGN_COMMUNE": (
        gettext_lazy("người nhập không có thẩm quyền nhập tệp cho xã này"),
        gettext_lazy("hãy bỏ các dòng của xã này hoặc chuyển cho cán bộ của xã"),
    ),
    "COMMUNE_NAME_DIFFERS": (
        gettext_lazy("mã xã của dòng này là của %(name)s"),
        gettext_lazy("hãy kiểm tra lại mã xã"),
    ),
    "AREA_DIFFERS": (
        gettext_lazy("%(name)s thuộc khu vực khác"),
        gettext_lazy("hãy sửa khu vực hoặc mã xã"),
    ),
    "NO_ROUND": (
        gettext_lazy("%(name)s chưa mở đợt rà soát năm %(year)d nên chưa nhận được hộ này"),
        gettext_lazy("hãy mở đợt rà soát của xã rồi nhập lại tệp"),
    ),
    "HOUSEHOLD_ELSEWHERE": (
        gettext_lazy("mã hộ này đang là của một hộ ở xã khác"),
        gettext_lazy("hãy đối chiếu mã hộ với sổ của xã"),
    ),
    "HOUSEHOLD_IS_ANOTHER": (
        gettext_lazy("mã hộ này đang là của hộ %(head)s, không có ai trùng với hộ trong tệp"),
        gettext_lazy("hãy đối chiếu mã hộ với sổ của xã"),
    ),
    "HEAD_CHANGED": (
        gettext_lazy("chủ hộ đang lưu là %(head)s, sẽ được đổi theo tệp"),
        gettext_lazy("hãy kiểm tra lại chủ hộ"),
    ),
    "VILLAGE_OF_CASE": (
        gettext_lazy("hộ đã có hồ sơ của đợt rà soát ở %(village)s"),
        gettext_lazy("hãy ghi đúng thôn đó"),
    ),
    "VILLAGE_CHANGED": (
        gettext_lazy("hộ đang ở %(village)s, sẽ được chuyển theo tệp"),
        gettext_lazy("hãy kiểm tra lại thôn"),
    ),
    "VILLAGE_LATER": (
        gettext_lazy("thôn này chỉ có từ một ngày sau ngày nhập tệp"),
        gettext_lazy("hãy kiểm tra danh sách thôn của xã"),
    ),
    "CLASS_DIFFERS": (
        gettext_lazy("kết quả năm %(year)d đang lưu khác với tệp"),
        gettext_lazy("hãy đối chiếu với quyết định công nhận của năm đó"),
    ),
    "CLASS_CHANGED": (
        gettext_lazy("kết quả năm %(year)d do lần nhập trước ghi sẽ được đổi theo tệp"),
        gettext_lazy("hãy đối chiếu với quyết định công nhận của năm đó"),
    ),
    "CHANGE_DISAGREES": (
        gettext_lazy("biến động này không khớp với cột nguồn, nên chỉ cột nguồn được dùng"),
        gettext_lazy("hãy kiểm tra lại nguồn của hộ"),
    ),
    "PERSON_OF_ANOTHER": (
        gettext_lazy("người mang số định danh này đang thuộc hộ khác (%(household)s)"),
        gettext_lazy("mỗi người chỉ thuộc một hộ: hãy sửa số hoặc ghi người này ra khỏi hộ kia"),
    ),
    "NO_CASE": (
        gettext_lazy("không có hộ mang mã này trong đợt rà soát năm %(year)d ở nơi được nhập"),
        gettext_lazy("hãy sửa mã hộ, hoặc nhập danh sách hộ và lập danh sách rà soát trước"),
    ),
    "NOT_MEASURED": (
        gettext_lazy("không phân loại được theo chuẩn nghèo của đợt rà soát"),
        gettext_lazy("hãy đối chiếu điểm và các chỉ số thiếu hụt với phiếu giấy"),
    ),
}


class Read(Protocol):
    """What a sheet that has been read tells of itself."""

    @property
    def errors(self) -> Sequence[CellError]: ...
    @property
    def warnings(self) -> Sequence[CellError]: ...
    @property
    def error_count(self) -> int: ...
    @property
    def warning_count(self) -> int: ...
    @property
    def bad_rows(self) -> frozenset[int]: ...


class Faults:
    """The faults of a file: those found while reading, then those found in the database."""

    def __init__(self, sheet: Read) -> None:
        self.errors = list(sheet.errors)
        self.warnings = list(sheet.warnings)
        self.error_count = sheet.error_count
        self.warning_count = sheet.warning_count
        self.bad_rows = set(sheet.bad_rows)

    def error(
        self, place: Place, row: int, key: str, value: Cell, code: str, **facts: object
    ) -> None:
        """Report a cell that cannot be taken; the caller names the bad household row."""
        message, remedy = (str(text) % facts for text in _FAULTS[code])
        self._keep_error(place.error(row, key, shown(value), code, message, remedy))

    def warn(
        self, place: Place, row: int, key: str, value: Cell, code: str, **facts: object
    ) -> None:
        message, remedy = (str(text) % facts for text in _FAULTS[code])
        self.warning_count += 1
        if len(self.warnings) < KEPT_FAULTS:
            self.warnings.append(place.error(row, key, shown(value), code, message, remedy))

    def error_of_rows(
        self, place: Place, rows: Iterable[int], key: str, value: Cell, code: str, **facts: object
    ) -> None:
        """Report one fault that many rows share, at the first of them; none of them is good."""
        rows = sorted(rows)
        self.bad_rows.update(rows)
        message, remedy = (str(text) % facts for text in _FAULTS[code])
        message += _and_more(len(rows) - 1)
        self._keep_error(place.error(rows[0], key, shown(value), code, message, remedy))

    def refused(
        self, place: Place, rows: Iterable[int], key: str, value: Cell, refusal: Refusal
    ) -> None:
        """Report the law's refusal of rows in the words of the file."""
        rows = sorted(rows)
        self.bad_rows.update(rows)
        message = f"{_clause(str(refusal))} ({refusal.article})"
        if refusal.code == "wrong_state" and refusal.detail:
            message += _(", hồ sơ đang ở bước “%(state)s”") % {"state": state_title(refusal.detail)}
        message += _and_more(len(rows) - 1)
        remedy = _clause(_(refusal.remedy))
        self._keep_error(place.error(rows[0], key, shown(value), refusal.code, message, remedy))

    def _keep_error(self, error: CellError) -> None:
        self.error_count += 1
        if len(self.errors) < KEPT_FAULTS:
            self.errors.append(error)


def _and_more(count: int) -> str:
    return _(" (và %(count)d dòng khác)") % {"count": count} if count else ""


def _clause(sentence: str) -> str:
    """Return a sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
