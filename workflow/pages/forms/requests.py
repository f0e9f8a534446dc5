"""Households that come into a round by a paper: who asks, and who arrives."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Act, Departure, Event, Household, Member, Round, Sex, VillageReview
from cases.registry_of_households import NumberTaken, register_household
from cases.rules.personal_number import check_personal_number, is_rejected
from workflow.acts import registry
from workflow.acts.registry import BadFact
from workflow.machine.apply import Done, lock_round
from workflow.pages.forms.base import (
    ActForm,
    AskedElsewhere,
    CountField,
    DayField,
    PaperField,
)
from workflow.pages.forms.choosing import (
    find_household,
    households_of,
    managed_households,
    suggested,
)


class VillageField(AskedElsewhere, forms.ModelChoiceField):
    """A village of the round."""


class PersonsField(AskedElsewhere, CountField):
    """How many people live in the household."""


class LivelihoodField(AskedElsewhere, forms.ChoiceField):
    """What a household lives on."""


class HouseholdForm(ActForm):
    """A household known by its code or its head's name, or entered now."""

    fields_as = "workflow/acts/request_fields.html"
    use_required_attribute = False  # which fields are needed depends on an answer
    inside = "workflow/acts/known_households.html"

    which = forms.ChoiceField(
        label=gettext_lazy("Hộ"),
        choices=[
            ("known", gettext_lazy("Hộ đã có mã trong sổ")),
            ("new", gettext_lazy("Hộ chưa có mã: ghi mới")),
        ],
        widget=forms.RadioSelect,
    )
    household = PaperField(
        label=gettext_lazy("Mã hộ hoặc tên chủ hộ"),
        max_length=120,
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
    birth_date = DayField(
        label=gettext_lazy("Ngày sinh chủ hộ"), required=False, years=(1900, 2100)
    )
    personal_number = forms.CharField(
        label=gettext_lazy("Số định danh chủ hộ"),
        help_text=gettext_lazy("12 chữ số."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    # Fields that stand before those of the household, in this order.
    own: tuple[str, ...] = ()

    def prepare(self) -> None:
        self.field("village").queryset = self.target.village_reviews.all()

    def own_fields(self) -> list[Any]:
        """Return the fields that the act asks for beside the household's."""
        return [self[name] for name in self.own if name in self.fields]

    def first_answers(self) -> dict[str, Any]:
        return {"which": "known"}

    def tables(self) -> dict[str, Any]:
        without_case = households_of(self.target).exclude(
            pk__in=self.target.cases.values("household")
        )
        return {"suggested": suggested(without_case)}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("which") == "known":
            try:
                answers["household"] = find_household(
                    answers.get("household", ""), households_of(self.target)
                ).code
            except ValidationError as error:
                self.add_error("household", error)
        elif answers.get("which") == "new":
            for name in ("head_name", "village", "persons"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, _("Cần ghi khi hộ chưa có mã."))
            self._check_number()
        return answers

    def _check_number(self) -> None:
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

    def own_facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.own if name in self.fields}

    @transaction.atomic
    def carry_out(self) -> Done | Round:
        """Enter the household and do the act together, or neither."""
        lock_round(self.target)
        facts = {**self.own_facts(), "household": self._code_of_household()}
        key = self.cleaned_data["key"]
        return registry.do(self.code, self.target, facts, by=self.by, at=self.at, key=key)

    def _code_of_household(self) -> str:
        answers = self.cleaned_data
        earlier = Act.objects.filter(idempotency_key=answers["key"], code=self.code).first()
        if earlier:
            # The same deed again: its household was entered the first time.
            event = Event.objects.filter(act=earlier).select_related("case__household").first()
            return event.case.household.code if event else ""
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


class ReceiveRequestForm(HouseholdForm):
    """Form 01 of one household; Article 6 also asks what it lives on."""

    code = "receive_request"
    own = ("form_number", "livelihood")

    form_number = PaperField(
        label=gettext_lazy("Số và ngày nhận Giấy đề nghị"),
        help_text=gettext_lazy("Ghi trên Mẫu số 01, ví dụ 07 ngày 01/10/2024."),
        max_length=120,
    )
    livelihood = LivelihoodField(
        label=gettext_lazy("Nghề của hộ"),
        choices=[
            ("", gettext_lazy("Chọn nghề")),
            ("AGRICULTURE", gettext_lazy("Nông nghiệp")),
            ("FORESTRY", gettext_lazy("Lâm nghiệp")),
            ("FISHERY", gettext_lazy("Ngư nghiệp")),
            ("SALT", gettext_lazy("Diêm nghiệp (làm muối)")),
            ("OTHER", gettext_lazy("Nghề khác")),
        ],
    )

    def prepare(self) -> None:
        super().prepare()
        if "livelihood_named" not in self.declared.conditions:
            del self.fields["livelihood"]

    def lines(self) -> list[str]:
        if self.target.month:
            start, _last = self.pack.days_of(self.target.year, self.target.month)
            return [
                _("Hộ có hồ sơ ở bước “Đã nhận giấy đề nghị” và được xét từ ngày %(start)s.")
                % {"start": f"{start:%d/%m/%Y}"}
            ]
        return [_("Hộ có hồ sơ ở bước “Đã nhận giấy đề nghị” và vào danh sách khi lập danh sách.")]


class ReceiveExitRequestForm(ActForm):
    """Form 04 of a household on the managed list that asks to be recognised as escaped."""

    code = "receive_exit_request"
    looked_at_again = True
    inside = "workflow/acts/known_households.html"

    form_number = PaperField(
        label=gettext_lazy("Số và ngày nhận Giấy đề nghị"),
        help_text=gettext_lazy("Ghi trên Mẫu số 04."),
        max_length=120,
    )
    household = forms.CharField(
        label=gettext_lazy("Mã hộ hoặc tên chủ hộ"),
        help_text=gettext_lazy("Hộ trong danh sách hộ nghèo, cận nghèo đang quản lý."),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "known-households", "autocomplete": "off"}),
    )

    def clean_household(self) -> Household:
        # Any household of the commune: that it is on no list is for the law to say.
        return find_household(self.cleaned_data["household"], households_of(self.target))

    def tables(self) -> dict[str, Any]:
        without_case = managed_households(self.target).exclude(
            pk__in=self.target.cases.values("household")
        )
        return {"suggested": suggested(without_case)}

    def lines(self) -> list[str]:
        start, _last = self.pack.days_of(self.target.year, self.target.month)
        return [
            _("Hộ có hồ sơ ở bước “Đã nhận giấy đề nghị” và được xét từ ngày %(start)s.")
            % {"start": f"{start:%d/%m/%Y}"},
            _("Hộ vẫn ở trong danh sách đang quản lý cho đến khi có quyết định."),
        ]


class ReceiveWorkerRequestForm(ActForm):
    """The request of one worker: first the household, then which of its people."""

    code = "receive_worker_request"
    looked_at_again = True
    inside = "workflow/acts/known_households.html"

    form_number = PaperField(label=gettext_lazy("Số và ngày nhận giấy đề nghị"), max_length=120)
    household = forms.CharField(
        label=gettext_lazy("Mã hộ hoặc tên chủ hộ"),
        help_text=gettext_lazy("Hộ mà người lao động có tên; bước sau chọn người trong hộ."),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "known-households", "autocomplete": "off"}),
    )
    position = forms.TypedChoiceField(
        label=gettext_lazy("Người lao động"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Chọn người lao động trong hộ này.")},
    )

    def prepare(self) -> None:
        people = self._people()
        if not people:
            del self.fields["position"]
            return
        self.field("position").choices = [(str(each.position), _said_of(each)) for each in people]

    def _people(self) -> list[Member]:
        """Return who lives in the household that was typed, if it is one."""
        typed = self.data.get("household", "")
        try:
            household = find_household(typed, households_of(self.target)) if typed else None
        except ValidationError:
            return []
        present = Member.objects.filter(household=household, valid_until=None)
        return list(present.order_by("position")) if household else []

    def clean_household(self) -> str:
        household = find_household(self.cleaned_data["household"], households_of(self.target))
        if "position" not in self.fields:
            raise ValidationError(_("Chưa có danh sách nhân khẩu của hộ này: hãy nhập trước."))
        return household.code

    def tables(self) -> dict[str, Any]:
        return {"suggested": suggested(households_of(self.target))}

    def lines(self) -> list[str]:
        return [_("Một hồ sơ riêng của người lao động được lập; hộ không đổi phân loại.")]


def _said_of(member: Member) -> str:
    born = f", {member.birth_date:%d/%m/%Y}" if member.birth_date else ""
    return f"{member.position}. {member.full_name}, {member.relation}{born}"


class ArrivalForm(HouseholdForm):
    """A household that moved in, or that a split or a merge made."""

    code = "record_arrival"
    own = ("reason", "paper", "before")

    reason = forms.ChoiceField(
        label=gettext_lazy("Vì sao vào danh sách"),
        choices=[
            (Departure.MOVED, gettext_lazy("Chuyển đến")),
            (Departure.SPLIT, gettext_lazy("Tách hộ")),
            (Departure.MERGED, gettext_lazy("Nhập hộ")),
        ],
        widget=forms.RadioSelect,
    )
    paper = PaperField(
        label=gettext_lazy("Giấy tờ chứng minh"),
        help_text=gettext_lazy("Tên, số, ngày của giấy tờ."),
        max_length=120,
    )
    before = forms.CharField(
        label=gettext_lazy("Mã hộ cũ"),
        help_text=gettext_lazy("Khi tách hoặc nhập hộ; nhiều hộ thì cách nhau bằng dấu phẩy."),
        max_length=200,
        required=False,
    )

    def clean_before(self) -> list[str]:
        typed = [code.strip() for code in self.cleaned_data["before"].split(",")]
        asked = [code for code in typed if code]
        known = set(
            households_of(self.target).filter(code__in=asked).values_list("code", flat=True)
        )
        if missing := [code for code in asked if code not in known]:
            raise ValidationError(
                _("Không có hộ mang mã %(code)s trong xã.") % {"code": ", ".join(missing)}
            )
        return asked

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        by_change = answers.get("reason") in (Departure.SPLIT, Departure.MERGED)
        if by_change and not answers.get("before") and "before" not in self.errors:
            self.add_error("before", _("Tách hoặc nhập hộ thì ghi mã hộ cũ."))
        return answers

    def own_facts(self) -> dict[str, Any]:
        facts = super().own_facts()
        return {**facts, "from": facts.pop("before")}

    def lines(self) -> list[str]:
        return [
            _("Hộ vào danh sách rà soát ngay và được khảo sát như các hộ khác."),
            _("Tách hoặc nhập hộ: mã hộ cũ và mới được ghi lại ở cả hai hồ sơ."),
        ]
