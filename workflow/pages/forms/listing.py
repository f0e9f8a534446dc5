"""Opening a round, and building its list."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.duties import Duty
from cases.models import HouseholdClass, ReviewKind, Round, Standing, Unit, UnitVersion
from cases.permissions import communes_within_duty
from cases.rules.packs import Act as Declared
from cases.rules.packs import NoPackInForce, Pack, Review, pack_in_force
from workflow.acts import registry
from workflow.machine.apply import Done
from workflow.pages.forms.base import (
    ActForm,
    ConfirmForm,
    CountField,
    counted_term,
    households,
)


class OpenRoundForm(ActForm):
    """Opening a review of a commune; there is no round yet to be the target."""

    code = "open_round"
    inside = "workflow/acts/open_round_help.html"

    commune = forms.TypedChoiceField(
        label=gettext_lazy("Xã, phường, thị trấn"),
        coerce=int,
        help_text=gettext_lazy("Những đơn vị mà bà/ông có thẩm quyền mở đợt rà soát."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Loại rà soát"), widget=forms.RadioSelect)
    year = CountField(
        label=gettext_lazy("Năm rà soát định kỳ"),
        help_text=gettext_lazy("Rà soát hằng tháng theo năm của tháng được chọn."),
        min_value=1,
        max_value=9999,
    )
    month = forms.ChoiceField(
        label=gettext_lazy("Tháng"),
        help_text=gettext_lazy(
            "Rà soát định kỳ không có tháng. Chỉ có những tháng đang nhận giấy."
        ),
        required=False,
    )
    plan_paper = forms.CharField(
        label=gettext_lazy("Kế hoạch rà soát"),
        help_text=gettext_lazy(
            "Rà soát định kỳ phải có. Số và ngày văn bản, ví dụ 12/KH-UBND ngày 05/09/2024."
        ),
        max_length=200,
        required=False,
    )
    committee_paper = forms.CharField(
        label=gettext_lazy("Quyết định lập Ban Chỉ đạo"),
        help_text=gettext_lazy("Rà soát định kỳ phải có. Số và ngày văn bản."),
        max_length=200,
        required=False,
    )

    def prepare(self) -> None:
        communes = communes_within_duty(self.by, Duty.OPEN_ROUND, self.day)
        versions = UnitVersion.objects.in_force(self.day).filter(unit__in=communes)
        self.field("commune").choices = versions.order_by("name").values_list("unit_id", "name")
        self.field("kind").choices = [
            (kind, title) for kind, title in ReviewKind.choices if self._followed(kind)
        ]
        self.field("month").choices = [
            ("", _("Không có (rà soát định kỳ)")),
            *((f"{first:%Y-%m}", f"{first:%m/%Y}") for first in self._months()),
        ]

    def _followed(self, kind: str) -> bool:
        try:
            pack_in_force(self.day, Review(kind))
        except NoPackInForce:
            return False
        return True

    def _months(self) -> list[date]:
        """Return the first days of the months whose register is open: from the 16th the next one too."""
        this = self.day.replace(day=1)
        following = (this + timedelta(days=31)).replace(day=1)
        late = any(self.day.day > pack.start_day for pack in self._packs())
        return [this, following] if late else [this]

    def _packs(self) -> list[Pack]:
        return [
            pack_in_force(self.day, Review(kind))
            for kind, _title in self.field("kind").choices
            if kind != ReviewKind.PERIODIC
        ]

    def first_answers(self) -> dict[str, Any]:
        return {"year": self.day.year, "kind": ReviewKind.PERIODIC, "month": ""}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        monthly = answers.get("kind", ReviewKind.PERIODIC) != ReviewKind.PERIODIC
        if monthly and not answers.get("month"):
            self.add_error("month", _("Chọn tháng của đợt."))
        if not monthly and answers.get("month"):
            self.add_error("month", _("Rà soát định kỳ không có tháng: hãy để trống."))
        return answers

    @property
    def pack(self) -> Pack:
        """Return the pack of the kind that was chosen; of the periodic review until one is."""
        kind = self.data.get("kind", "")
        review = Review(kind) if kind in set(Review) else Review.PERIODIC
        return pack_in_force(self.day, review if self._followed(review) else Review.PERIODIC)

    @property
    def declared(self) -> Declared:
        return self.pack.by_code[self.code]

    def lines(self) -> list[str]:
        return [
            _("Đợt rà soát được mở cho mọi thôn của xã; chưa có hộ nào trong danh sách."),
            _("Đợt ghim gói quy trình và chuẩn nghèo có hiệu lực hôm nay."),
        ]

    def tables(self) -> dict[str, Any]:
        return {
            "kinds": [
                {
                    "title": _(pack.title),
                    "months": ", ".join(str(month) for month in pack.months),
                    "article": pack.window_source.article,
                    "unsure": pack.window_source.mark == "?",
                }
                for pack in self._packs()
            ]
        }

    def facts(self) -> dict[str, Any]:
        answers = self.cleaned_data
        year, month = answers["year"], 0
        if answers["month"]:
            year, month = map(int, answers["month"].split("-"))
        return {
            "kind": answers["kind"],
            "year": year,
            "month": month,
            "plan_paper": answers["plan_paper"],
            "committee_paper": answers["committee_paper"],
        }

    def carry_out(self) -> Done | Round:
        commune = Unit.objects.get(pk=self.cleaned_data["commune"])
        return registry.do(
            self.code,
            commune,
            self.facts(),
            by=self.by,
            at=self.at,
            key=self.cleaned_data["key"],
        )


class BuildListForm(ConfirmForm):
    """Last year's households and those who asked, or those who asked this month: nobody else."""

    code = "build_list"
    above = "workflow/acts/counted_term.html"

    def lines(self) -> list[str]:
        asked = self.target.cases.filter(state="requested").count()
        if self.target.month:
            start, _last = self.pack.days_of(self.target.year, self.target.month)
            return [
                _("%(n)s có giấy đề nghị được xét trong đợt này, từ ngày %(start)s.")
                % {"n": households(asked), "start": f"{start:%d/%m/%Y}"},
                _("Giấy nhận sau ngày %(start)s thuộc đợt tháng sau.")
                % {"start": f"{start:%d/%m/%Y}"},
            ]
        last_year = not_listed_from_last_year(self.target).count()
        return [
            _("%(n)s nghèo, cận nghèo đang quản lý (kết quả năm %(year)s) vào danh sách.")
            % {"n": households(last_year), "year": self.target.year - 1},
            _("%(n)s có Giấy đề nghị (Mẫu số 01) vào danh sách.") % {"n": households(asked)},
            _("Không ai khác được đưa vào danh sách."),
        ]

    def term(self) -> dict[str, Any] | None:
        """Return the month's own limit: it runs from the 15th, whenever the list is closed."""
        code = self.declared.starts_term
        if not code:
            return None
        start, _last = self.pack.days_of(self.target.year, self.target.month)
        return counted_term(self.pack, code, start)


def not_listed_from_last_year(round: Round) -> Any:
    """Return last year's poor and near-poor of the commune who have no case in the round yet."""
    standings = Standing.objects.all() if not round.month else Standing.objects.none()
    villages = UnitVersion.objects.filter(parent=round.keeper).values("unit")
    return standings.filter(
        year=round.year - 1,
        household__village__in=villages,
        household_class__in=[HouseholdClass.POOR, HouseholdClass.NEAR_POOR],
    ).exclude(household__in=round.cases.values("household"))
