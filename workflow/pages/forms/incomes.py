"""Income of twelve months: what was found, and what it means before it is recorded."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Act, IncomeRecord
from cases.rules.incomes import IncomeVerdict, band_in_force, judge_income
from cases.rules.packs import Review
from cases.rules.standards import MeasureError
from workflow.acts.incomes import day_of_the_line
from workflow.pages.forms.base import ActForm, CountField, DayField, MoneyField


class IncomeForm(ActForm):
    """The income of a household, or of one worker, in the twelve months before."""

    code = "determine_income"
    looked_at_again = True
    above = "workflow/acts/income_above.html"
    afterwards = "workflow/acts/income_outcome.html"

    determined_on = DayField(label=gettext_lazy("Ngày xác định thu nhập"))
    reviewer_name = forms.CharField(label=gettext_lazy("Người xác định"), max_length=120)
    persons = CountField(label=gettext_lazy("Số người trong hộ"), min_value=1)
    year_income = MoneyField(
        label=gettext_lazy("Thu nhập 12 tháng qua (đồng)"),
        help_text=gettext_lazy("Cả khoản trợ cấp ở ô dưới, ví dụ 96.000.000."),
    )
    state_transfers = MoneyField(
        label=gettext_lazy("Trong đó: trợ cấp của nhà nước, không tính (đồng)"),
        help_text=gettext_lazy("Trợ giúp xã hội, hỗ trợ của nhà nước; không có thì ghi 0."),
    )

    def prepare(self) -> None:
        if self.target.member_id is not None:
            del self.fields["persons"]  # a worker is judged alone

    def first_answers(self) -> dict[str, Any]:
        return {
            "determined_on": self.day,
            "reviewer_name": self.by.get_full_name(),
            "persons": self.target.persons,
            "state_transfers": 0,
        }

    def tables(self) -> dict[str, Any]:
        round = self.target.round
        try:
            band = band_in_force(Review(round.kind), round.area, day_of_the_line(round))
        except MeasureError:
            return {}
        return {"band": band}

    def lines(self) -> list[str]:
        return [
            _(
                "Hệ thống lấy thu nhập trừ trợ cấp, chia 12 tháng và số người, rồi so với mức quy định."
            ),
            _("Kết quả được cho xem trước khi ghi."),
        ]

    def results(self, act: Act) -> dict[str, Any]:
        record = IncomeRecord.objects.select_related("case__round").get(act=act)
        return {**super().results(act), "record": record, "verdict": verdict_of(record)}


class RedetermineIncomeForm(IncomeForm):
    """The income determined anew: after a complaint, or when the decision is reconsidered."""

    code = "redetermine_income"
    above = "workflow/acts/income_again_above.html"

    outcome = forms.CharField(
        label=gettext_lazy("Kết quả xác định lại"),
        help_text=gettext_lazy("Trả lời người khiếu nại: giữ nguyên hay thay đổi, vì sao."),
        max_length=200,
    )

    def tables(self) -> dict[str, Any]:
        waiting = self.target.complaints.filter(answered_at__isnull=True).order_by("received_at")
        return {**super().tables(), "complaints": list(waiting)}


def verdict_of(record: IncomeRecord) -> IncomeVerdict:
    """Return how the record was judged, over the band of its round."""
    return judge_income(
        Review(record.case.round.kind),
        record.area,
        persons=record.persons,
        year_income=record.year_income,
        state_transfers=record.state_transfers,
        day=day_of_the_line(record.case.round),
    )
