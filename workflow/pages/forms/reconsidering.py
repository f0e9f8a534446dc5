"""After the decision: a grievance, a revocation, a new decision, a correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import CertificateRow
from workflow.pages.forms.base import PaperField
from workflow.pages.forms.deciding import NumberedForm
from workflow.pages.forms.posting import ComplainForm


class GrievanceForm(ComplainForm):
    """Somebody complains of the signed decision, or of a refusal."""

    code = "accept_grievance"
    looked_at_again = True
    above = "workflow/acts/grievance_above.html"
    afterwards = "workflow/acts/counted_term.html"

    def lines(self) -> list[str]:
        return [
            _("Hồ sơ của hộ sẽ chuyển sang “Xem xét lại sau quyết định”."),
            *self.consequences(),
        ]

    def consequences(self) -> list[str]:
        return [
            _("Quyết định và giấy chứng nhận vẫn có hiệu lực cho đến khi có quyết định khác."),
            _("Chỉ hộ này được xem xét lại."),
        ]


class LaterDecisionForm(NumberedForm):
    """A decision on one household that follows the one on the list."""

    looked_at_again = True
    danger = True
    above = "workflow/acts/decided_above.html"

    reason = PaperField(
        label=gettext_lazy("Lý do"),
        help_text=gettext_lazy("Ghi vào quyết định; hộ đọc được lý do này."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def tables(self) -> dict[str, Any]:
        return {
            "decisions": self.target.round.decisions.order_by("signed_at", "pk"),
            "certificates": self._certificates(),
        }

    def _certificates(self) -> Any:
        rows = CertificateRow.objects.filter(case=self.target, cancelled_by=None)
        return rows.order_by("-year")

    def lines(self) -> list[str]:
        return [*super().lines(), *self.consequences()]

    def of_the_certificate(self) -> list[str]:
        """Return which valid certificate of the household ends by the act."""
        return [
            _("Giấy chứng nhận năm %(year)s của hộ hết giá trị từ lúc ký.") % {"year": row.year}
            for row in self._certificates()
        ]


class RevokeForm(LaterDecisionForm):
    code = "revoke_decision"
    button = gettext_lazy("Ký thu hồi")

    def consequences(self) -> list[str]:
        return [
            *self.of_the_certificate(),
            _(
                "Hộ ra khỏi kết quả đã công nhận và được xác minh lại; quyết định cũ vẫn còn để đọc."
            ),
        ]


class AmendForm(LaterDecisionForm):
    code = "amend_decision"
    button = gettext_lazy("Ký quyết định")

    def consequences(self) -> list[str]:
        return [
            *self.of_the_certificate(),
            _(
                "Kết quả xác minh lại thành kết quả của hộ; giấy chứng nhận mới ký bằng một việc riêng."
            ),
        ]


class CorrectForm(LaterDecisionForm):
    code = "correct_decision"
    button = gettext_lazy("Ký đính chính")

    def consequences(self) -> list[str]:
        return [
            _("Chỉ sửa chữ viết sai: kết quả của hộ và giấy chứng nhận giữ nguyên."),
        ]

    def lines(self) -> list[str]:
        return self.consequences()
