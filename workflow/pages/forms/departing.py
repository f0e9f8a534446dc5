"""A household leaves the list, or takes its request back."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Departure
from workflow.pages.forms.base import ActForm, PaperField


class DepartureForm(ActForm):
    code = "record_departure"
    danger = True
    above = "workflow/acts/case_facts.html"

    reason = forms.ChoiceField(
        label=gettext_lazy("Lý do"), choices=Departure.choices, widget=forms.RadioSelect
    )
    paper = forms.CharField(
        label=gettext_lazy("Giấy tờ chứng minh"),
        help_text=gettext_lazy("Tên, số, ngày của giấy tờ."),
        max_length=200,
    )

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Hộ không còn được xét trong đợt này và được tính là giảm khác trong báo cáo."),
        ]


class WithdrawForm(ActForm):
    """The household's own written wish to take its request back."""

    code = "withdraw"
    looked_at_again = True
    danger = True
    above = "workflow/acts/case_facts.html"

    paper = PaperField(
        label=gettext_lazy("Văn bản xin rút của hộ"),
        help_text=gettext_lazy("Số hoặc ngày của văn bản do hộ ký."),
        max_length=200,
    )

    def lines(self) -> list[str]:
        return [
            *super().lines(),
            _("Hộ không còn được xét trong đợt này; niêm yết và thời hạn riêng của hộ kết thúc."),
        ]
