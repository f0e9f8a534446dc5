"""Opening a round, receiving Form 01, building the list."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.duties import Duty
from cases.models import (
    Act,
    Household,
    HouseholdClass,
    Round,
    Sex,
    Standing,
    Unit,
    UnitVersion,
    VillageReview,
)
from cases.permissions import communes_within_duty
from cases.registry_of_households import NumberTaken, register_household
from cases.rules.packs import Act as Declared
from cases.rules.packs import Pack, pack_in_force
from cases.rules.personal_number import check_personal_number, is_rejected
from workflow.acts import registry
from workflow.acts.registry import BadFact
from workflow.machine.apply import Done, lock_round
from workflow.pages.forms.base import (
    ActForm,
    AskedElsewhere,
    ConfirmForm,
    CountField,
    DayField,
    PaperField,
    households,
)

SUGGESTED = 200


class OpenRoundForm(ActForm):
    """Opening the year's review of a commune; there is no round yet to be the target."""

    code = "open_round"

    commune = forms.TypedChoiceField(
        label=gettext_lazy("Xã, phường, thị trấn"),
        coerce=int,
        help_text=gettext_lazy("Những đơn vị mà bà/ông có thẩm quyền mở đợt rà soát."),
    )
    year = CountField(label=gettext_lazy("Năm rà soát"), min_value=1, max_value=9999)
    plan_paper = PaperField(
        label=gettext_lazy("Kế hoạch rà soát"),
        help_text=gettext_lazy("Số và ngày văn bản, ví dụ 12/KH-UBND ngày 05/09/2024."),
        max_length=200,
    )
    committee_paper = PaperField(
        label=gettext_lazy("Quyết định lập Ban Chỉ đạo"),
        help_text=gettext_lazy("Số và ngày văn bản."),
        max_length=200,
    )

    def prepare(self) -> None:
        communes = communes_within_duty(self.by, Duty.OPEN_ROUND, self.day)
        versions = UnitVersion.objects.in_force(self.day).filter(unit__in=communes)
        self.field("commune").choices = versions.order_by("name").values_list("unit_id", "name")

    def first_answers(self) -> dict[str, Any]:
        return {"year": self.day.year}

    @property
    def pack(self) -> Pack:
        return pack_in_force(self.day)

    @property
    def declared(self) -> Declared:
        return self.pack.by_code[self.code]

    def lines(self) -> list[str]:
        return [
            _("Đợt rà soát được mở cho mọi thôn của xã; chưa có hộ nào trong danh sách."),
            _("Đợt ghim gói quy trình và chuẩn nghèo có hiệu lực hôm nay."),
        ]

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("year", "plan_paper", "committee_paper")}

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


class VillageField(AskedElsewhere, forms.ModelChoiceField):
    """A village of the round."""


class PersonsField(AskedElsewhere, CountField):
    """How many people live in the household."""


class ReceiveRequestForm(ActForm):
    """Form 01 of one household, known by its code or entered now."""

    code = "receive_request"
    fields_as = "workflow/acts/request_fields.html"
    use_required_attribute = False  # which fields are needed depends on the first answer
    inside = "workflow/acts/known_households.html"

    form_number = PaperField(
        label=gettext_lazy("Số và ngày nhận Giấy đề nghị"),
        help_text=gettext_lazy("Ghi trên Mẫu số 01, ví dụ 07 ngày 01/10/2024."),
        max_length=120,
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Hộ đề nghị"),
        choices=[
            ("known", gettext_lazy("Hộ đã có mã trong sổ")),
            ("new", gettext_lazy("Hộ chưa có mã: ghi mới")),
        ],
        widget=forms.RadioSelect,
    )
    household = PaperField(
        label=gettext_lazy("Mã hộ"),
        max_length=30,
        widget=forms.TextInput(attrs={"list": "known-households", "autocomplete": "off"}),
    )
    head_name = PaperField(
        label=gettext_lazy("Họ và tên chủ hộ"),
        max_length=120,
    )
    village = VillageField(
        label=gettext_lazy("Thôn"),
        queryset=VillageReview.objects.none(),
        empty_label=gettext_lazy("Chọn thôn"),
    )
    persons = PersonsField(label=gettext_lazy("Số nhân khẩu"), min_value=1)
    sex = forms.ChoiceField(
        label=gettext_lazy("Giới tính chủ hộ"),
        choices=[("", gettext_lazy("Chưa rõ")), *Sex.choices],
        required=False,
    )
    birth_date = DayField(label=gettext_lazy("Ngày sinh chủ hộ"), required=False)
    personal_number = forms.CharField(
        label=gettext_lazy("Số định danh chủ hộ"),
        help_text=gettext_lazy("12 chữ số."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def prepare(self) -> None:
        self.field("village").queryset = self.target.village_reviews.all()

    def first_answers(self) -> dict[str, Any]:
        return {"which": "known"}

    def lines(self) -> list[str]:
        return [_("Hộ có hồ sơ ở bước “Đã nhận giấy đề nghị” và vào danh sách khi lập danh sách.")]

    def tables(self) -> dict[str, Any]:
        without_case = (
            Household.objects.filter(village__in=self.target.village_reviews.values("village"))
            .exclude(pk__in=self.target.cases.values("household"))
            .order_by("code")
        )
        return {"suggested": without_case.values("code", "head_name")[:SUGGESTED]}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("which") == "known":
            self._check_known(answers)
        elif answers.get("which") == "new":
            for name in ("head_name", "village", "persons"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, _("Cần ghi khi hộ chưa có mã."))
            self._check_number(answers)
        return answers

    def _check_known(self, answers: dict[str, Any]) -> None:
        code = answers.get("household", "")
        here = Household.objects.filter(village__in=self.target.village_reviews.values("village"))
        if not here.filter(code=code).exists():
            self.add_error("household", _("Không có hộ mang mã này trong xã."))

    def _check_number(self, answers: dict[str, Any]) -> None:
        findings = self._findings()
        if is_rejected(findings):
            for finding in findings:
                self.add_error("personal_number", _(finding.sentence_vi))

    def _findings(self) -> list[Any]:
        answers = self.cleaned_data
        number = answers.get("personal_number")
        if not number or answers.get("which") != "new":
            return []
        return check_personal_number(number, answers.get("birth_date"), answers.get("sex"))

    def warnings(self) -> list[str]:
        return [_(finding.sentence_vi) for finding in self._findings()]

    @transaction.atomic
    def carry_out(self) -> Done | Round:
        """Enter the household and receive its form together, or neither."""
        lock_round(self.target)
        answers = self.cleaned_data
        facts = {"form_number": answers["form_number"], "household": self._code_of_household()}
        return registry.do(
            self.code, self.target, facts, by=self.by, at=self.at, key=answers["key"]
        )

    def _code_of_household(self) -> str:
        answers = self.cleaned_data
        earlier = Act.objects.filter(idempotency_key=answers["key"], code=self.code).first()
        if earlier:
            # The same deed again: its household was entered the first time.
            return next(iter(earlier.facts["forms"]), "")
        if answers["which"] == "known":
            return answers["household"]
        try:
            return register_household(
                commune=self.target.commune,
                village=answers["village"].village,
                head_name=answers["head_name"],
                persons=answers["persons"],
                sex=answers["sex"],
                birth_date=answers["birth_date"],
                personal_number=answers["personal_number"],
            ).code
        except NumberTaken as error:
            raise BadFact("personal_number", "taken") from error


class BuildListForm(ConfirmForm):
    """Last year's households and those who asked: nobody else can come onto the list."""

    code = "build_list"
    button = gettext_lazy("Lập danh sách")

    def lines(self) -> list[str]:
        last_year = not_listed_from_last_year(self.target).count()
        asked = self.target.cases.filter(state="requested").count()
        return [
            _("%(n)s nghèo, cận nghèo đang quản lý (kết quả năm %(year)s) vào danh sách.")
            % {"n": households(last_year), "year": self.target.year - 1},
            _("%(n)s có Giấy đề nghị (Mẫu số 01) vào danh sách.") % {"n": households(asked)},
            _("Không ai khác được đưa vào danh sách."),
        ]


def not_listed_from_last_year(round: Round) -> Any:
    """Return last year's poor and near-poor of the commune who have no case in the round yet."""
    villages = UnitVersion.objects.filter(parent=round.commune).values("unit")
    return Standing.objects.filter(
        year=round.year - 1,
        household__village__in=villages,
        household_class__in=[HouseholdClass.POOR, HouseholdClass.NEAR_POOR],
    ).exclude(household__in=round.cases.values("household"))
