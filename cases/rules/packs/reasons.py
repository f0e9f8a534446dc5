"""Why a pack or its file cannot be taken: one code, one sentence that says what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


class Reason(StrEnum):
    """Why a pack or its file cannot be taken."""

    NOT_A_FILE = "NOT_A_FILE"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    MISSING_KEY = "MISSING_KEY"
    WRONG_TYPE = "WRONG_TYPE"
    NOT_A_CHOICE = "NOT_A_CHOICE"
    NOT_A_DATE = "NOT_A_DATE"
    NOT_A_CODE = "NOT_A_CODE"
    NOT_A_SHARE = "NOT_A_SHARE"
    UNBOUND = "UNBOUND"
    OTHER_SPAN = "OTHER_SPAN"
    NEEDED = "NEEDED"
    UNDECLARED = "UNDECLARED"
    TWICE = "TWICE"
    UNUSED = "UNUSED"
    NO_ARTICLE = "NO_ARTICLE"
    NO_MARK = "NO_MARK"
    NOBODY = "NOBODY"
    MOVES_AND_PASSES = "MOVES_AND_PASSES"
    DAYS = "DAYS"
    KIND = "KIND"
    NO_CONSENT = "NO_CONSENT"
    UNTIL_BEFORE_FROM = "UNTIL_BEFORE_FROM"
    MONTHS = "MONTHS"
    START_DAY = "START_DAY"
    WINDOW = "WINDOW"
    PERIOD = "PERIOD"
    NO_START = "NO_START"
    UNREACHABLE_STATE = "UNREACHABLE_STATE"
    UNREACHABLE_ACT = "UNREACHABLE_ACT"
    NO_EXIT = "NO_EXIT"
    LOADED_TWICE = "LOADED_TWICE"
    OVERLAP = "OVERLAP"
    REPLACES_UNKNOWN = "REPLACES_UNKNOWN"
    REPLACES_OTHER = "REPLACES_OTHER"
    REPLACES_ITSELF = "REPLACES_ITSELF"


SENTENCES: Mapping[Reason, str] = {
    Reason.NOT_A_FILE: _("Không đọc được tệp theo TOML: %(detail)s"),
    Reason.UNKNOWN_KEY: _("Mẫu tệp không có mục này. Ở đây có: %(known)s."),
    Reason.MISSING_KEY: _("Thiếu mục này."),
    Reason.WRONG_TYPE: _("Phải là %(wanted)s."),
    Reason.NOT_A_CHOICE: _("“%(value)s” không phải là một trong: %(choices)s."),
    Reason.NOT_A_DATE: _("“%(value)s” không phải là một ngày viết như %(example)s."),
    Reason.NOT_A_CODE: _(
        "“%(value)s” không dùng làm mã được: chỉ chữ thường không dấu, số và gạch nối, tối đa 40 ký tự."
    ),
    Reason.NOT_A_SHARE: _(
        "“%(value)s” không phải là tỷ lệ. Ghi hai số nguyên [số phần, tổng số phần]: một nửa là [1, 2], 51%% là [51, 100]."
    ),
    Reason.UNBOUND: _("Chương trình này không biết “%(code)s”."),
    Reason.OTHER_SPAN: _("Chương trình này chỉ làm việc “%(code)s” trên: %(known)s."),
    Reason.NEEDED: _("Chương trình này cần “%(code)s” ở loại rà soát này."),
    Reason.UNDECLARED: _("“%(code)s” không được khai trong gói này."),
    Reason.TWICE: _("“%(code)s” được khai hai lần."),
    Reason.UNUSED: _("“%(code)s” được khai mà không việc nào dùng."),
    Reason.NO_ARTICLE: _("Chưa ghi điều khoản làm căn cứ."),
    Reason.NO_MARK: _("Chưa ghi độ tin cậy: S (đã thấy nguồn), K (theo hiểu biết) hoặc ?."),
    Reason.NOBODY: _("Chưa ghi ai có thẩm quyền “%(code)s” theo văn bản."),
    Reason.MOVES_AND_PASSES: _("Việc vừa chuyển vừa bỏ qua bước “%(code)s”."),
    Reason.DAYS: _("Số ngày phải từ 1 đến %(most)s, không phải %(value)s."),
    Reason.KIND: _("“%(value)s” không phải loại ngày: WORKING (ngày làm việc) hoặc CALENDAR."),
    Reason.NO_CONSENT: _("Điều kiện “%(code)s” cần tỷ lệ đồng ý của cuộc họp, mà gói chưa ghi."),
    Reason.UNTIL_BEFORE_FROM: _("Ngày hết hiệu lực không sau ngày có hiệu lực."),
    Reason.MONTHS: _("Tháng phải là các số khác nhau từ 1 đến 12."),
    Reason.START_DAY: _("Ngày bắt đầu trong tháng phải từ 1 đến 28."),
    Reason.WINDOW: _(
        "Thời gian rà soát trong năm phải là hai ngày có thật, ngày đầu trước ngày cuối."
    ),
    Reason.PERIOD: _(
        "Rà soát định kỳ có ngày đầu và ngày cuối; loại khác có ngày bắt đầu và các tháng. Không ghi cả hai."
    ),
    Reason.NO_START: _("Gói phải có bước “new”: hồ sơ nào cũng bắt đầu ở đó."),
    Reason.UNREACHABLE_STATE: _("Không việc nào đưa hồ sơ từ đầu đến bước “%(code)s”."),
    Reason.UNREACHABLE_ACT: _("Không hồ sơ nào đến được một bước mà việc “%(code)s” bắt đầu."),
    Reason.NO_EXIT: _("Từ bước “%(code)s” không có đường nào đến một bước kết thúc."),
    Reason.LOADED_TWICE: _("Đã có một bản quy trình mang mã “%(code)s”."),
    Reason.OVERLAP: _(
        "Từ ngày %(day)s gói này và “%(code)s” cùng có hiệu lực cho một loại rà soát. Ghi gói bị thay thế vào mục replaces."
    ),
    Reason.REPLACES_UNKNOWN: _("Không có bản quy trình nào mang mã “%(code)s” để thay thế."),
    Reason.REPLACES_OTHER: _("“%(code)s” là quy trình của một loại rà soát khác."),
    Reason.REPLACES_ITSELF: _("Một bản quy trình không thay thế chính nó."),
}


@dataclass(frozen=True)
class Problem:
    """Where in the pack something is wrong, and why; `str` says it in Vietnamese."""

    key: str
    reason: Reason
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the reason with placeholders, as it is translated."""
        return SENTENCES[self.reason]

    def __str__(self) -> str:
        return f"{self.key}: {self.sentence % self.values}"
