"""Why a role is not given, lent or ended, in sentences; pages and commands say and record it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Unit

WHY: dict[str, Any] = {
    "no_paper": _("Chưa ghi số, ngày của văn bản."),
    "inactive_person": _("Tài khoản này đã ngừng sử dụng."),
    "self_appointment": _("Không ai tự giao việc cho mình."),
    "not_yours_to_give": _("Việc này không thuộc thẩm quyền phân công của bà/ông ở đơn vị này."),
    "ends_before_start": _("Ngày thôi giữ phải sau ngày bắt đầu."),
    "unit_ended": _("Đơn vị này không còn hoặc chưa có trong những ngày ấy."),
    "role_not_here": _("Vai trò này không có ở cấp của đơn vị."),
    "role_over": _("Cấp huyện chỉ có đến hết ngày 30/06/2025."),
    "longer_than_paper": _("Thời gian giao dài hơn thời hạn ghi trong văn bản."),
    "already_held": _("Người này đã giữ việc ấy trong những ngày đó."),
    "seat_taken": _("Đơn vị đang có người giữ chức danh này trong những ngày đó."),
    "watches_own_work": _(
        "Ai làm việc ở một đơn vị thì không kiểm tra, giám sát đơn vị ấy trong cùng thời gian."
    ),
    "already_over": _("Phân công này đã kết thúc."),
    "not_earlier": _("Phân công này đã kết thúc trước hoặc đúng ngày ấy."),
    "lent_again": _("Việc được ủy quyền, làm thay thì không giao tiếp cho người khác."),
    "longer_than_lender": _("Thời gian giao dài hơn phân công của người giao."),
    "in_the_past": _("Không ủy quyền, làm thay cho những ngày đã qua."),
    "no_end": _("Ủy quyền, làm thay phải có ngày kết thúc."),
    "duty_not_lent": _("Có việc không thuộc vai trò của người giao, hoặc không được giao tiếp."),
    "office_over": _("Bộ phận này đã kết thúc hoặc chưa có trong những ngày đó."),
    "seat_is_no_office": _("Chức danh của một người không giao cho bộ phận."),
    "name_taken": _("Đơn vị đã có bộ phận mang tên này."),
    "no_unit": _("Không có đơn vị mang mã này."),
    "no_user": _("Không có tài khoản mang tên này."),
    "not_held": _("Người này không giữ việc ấy ở đơn vị vào ngày đó."),
}


class NotGiven(Exception):
    """A role is not given, lent or ended, and why; whoever catches it records it."""

    def __init__(self, code: str, unit: Unit | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.unit, self.detail = code, unit, detail

    def __str__(self) -> str:
        return str(WHY[self.code])
