"""A household leaves the list."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Departure
from workflow.pages.forms.base import ActForm


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
