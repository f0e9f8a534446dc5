"""Phiếu A, Phiếu B, re-verification and the village's classification."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.rules.standards import DEPRIVATION_COUNT, NoScoreTable, standard_of_code
from workflow.pages.forms.base import (
    ActForm,
    ConfirmForm,
    CountField,
    DayField,
    class_counts,
    households,
)

PASSED = [("yes", gettext_lazy("Đạt")), ("no", gettext_lazy("Không đạt"))]


class ScreenForm(ActForm):
    """Phiếu A of a household that asked."""

    code = "screen"
    above = "workflow/acts/case_facts.html"

    screened_on = DayField(label=gettext_lazy("Ngày ghi Phiếu A"))
    reviewer_name = forms.CharField(label=gettext_lazy("Rà soát viên"), max_length=120)
    passed = forms.TypedChoiceField(
        label=gettext_lazy("Kết quả Phiếu A"),
        choices=PASSED,
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )

    def first_answers(self) -> dict[str, Any]:
        return {"screened_on": self.day, "reviewer_name": self.by.get_full_name()}

    def lines(self) -> list[str]:
        return [
            _("Đạt: hộ được khảo sát bằng Phiếu B."),
            _("Không đạt: hộ không đủ điều kiện và được trả lời bằng văn bản, nêu lý do."),
        ]


class SurveyForm(ActForm):
    """Phiếu B: the paper total of B1 and the boxes of B2."""

    code = "survey"
    above = "workflow/acts/case_facts.html"
    inside = "workflow/acts/b2_sum.html"

    surveyed_on = DayField(label=gettext_lazy("Ngày khảo sát"))
    reviewer_name = forms.CharField(label=gettext_lazy("Rà soát viên"), max_length=120)
    income_score = CountField(
        label=gettext_lazy("Tổng điểm B1"),
        help_text=gettext_lazy("Nhập từ phiếu có chữ ký; hệ thống không tính điểm B1."),
    )
    deprived = forms.MultipleChoiceField(
        label=gettext_lazy("Chỉ số thiếu hụt (B2)"),
        help_text=gettext_lazy("Đánh dấu những chỉ số mà hộ thiếu hụt; không thiếu thì để trống."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-points-box": ""}),
        required=False,
    )

    def prepare(self) -> None:
        self.standard = standard_of_code(self.target.round.standard)
        self.field("deprived").choices = [
            (str(indicator.number), f"{indicator.number}. {_(indicator.name_vi)}")
            for indicator in self.standard.indicators
        ]

    def first_answers(self) -> dict[str, Any]:
        return {"surveyed_on": self.day, "reviewer_name": self.by.get_full_name()}

    def facts(self) -> dict[str, Any]:
        ticked = set(self.cleaned_data["deprived"])
        flags = [str(number) in ticked for number in range(1, DEPRIVATION_COUNT + 1)]
        return {**super().facts(), "deprived": flags}

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Điểm B2 và kết quả phân loại do hệ thống tính theo %(standard)s.")
            % {"standard": _(self.standard.name_vi)},
        ]

    def tables(self) -> dict[str, Any]:
        try:
            points = self.standard.scores.points_per_indicator.value
        except NoScoreTable:
            return {}
        ticked = self["deprived"].value() or []
        return {"points": points, "b2": points * len(ticked)}


class ReverifyForm(SurveyForm):
    """A new Phiếu B of a contested household, and what came out of the complaint."""

    code = "reverify"
    above = "workflow/acts/complaints.html"

    outcome = forms.CharField(
        label=gettext_lazy("Kết quả phúc tra"),
        help_text=gettext_lazy("Trả lời người khiếu nại: giữ nguyên hay thay đổi, vì sao."),
        max_length=200,
    )

    def tables(self) -> dict[str, Any]:
        waiting = self.target.complaints.filter(answered_at__isnull=True).order_by("received_at")
        return {**super().tables(), "complaints": list(waiting)}


class ReexamineForm(ReverifyForm):
    """A new Phiếu B of a household that is heard again after the decision."""

    code = "reexamine"


class ClassifyForm(ConfirmForm):
    """The village's surveys, totalled for the meeting."""

    code = "classify"
    above = "workflow/acts/class_counts.html"
    button = gettext_lazy("Tổng hợp để họp dân")

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Kết quả này được đưa ra họp dân; sau đó không khảo sát lại nếu cuộc họp đồng ý."),
        ]

    def tables(self) -> dict[str, Any]:
        counts = class_counts(self.movable())
        total = sum(row["n"] for row in counts)
        return {
            "class_counts": counts,
            "class_total": total,
            "class_caption": _("Kết quả đề xuất của %(n)s đã khảo sát") % {"n": households(total)},
        }
