"""What is asked to give, lend and end roles: a person by account name, days, the paper."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.duties import DUTY_TITLES, ROLE_TITLES, Duty, Role
from cases.models import User
from cases.models.people import Held
from workflow.pages.forms.base import DayField

DAY = timedelta(days=1)


class LastDayField(DayField):
    """The last day of something, kept as the first day out."""

    def clean(self, value: Any) -> date | None:
        last = super().clean(value)
        return last + DAY if last else None


class PersonField(forms.CharField):
    """Somebody by the name they sign in with; nobody's names are offered here."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=150, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        user = User.objects.filter(username=super().clean(value)).first()
        if user is None:
            raise ValidationError(_("Không có tài khoản mang tên này."), code="no_user")
        return user


def paper(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành."),
    )


class _Asked(forms.Form):
    def __init__(self, day: date, data: QueryDict | None) -> None:
        super().__init__(data, label_suffix="", initial={"since": day})


class AppointForm(_Asked):
    """Who gets which role, from when, by which paper."""

    user = PersonField(label=gettext_lazy("Tên đăng nhập của người được phân công"))
    role = forms.ChoiceField(label=gettext_lazy("Vai trò"), widget=forms.RadioSelect)
    since = DayField(label=gettext_lazy("Từ ngày"))
    until = LastDayField(label=gettext_lazy("Đến hết ngày"), required=False)
    paper = paper(gettext_lazy("Quyết định phân công"))

    def __init__(self, day: date, data: QueryDict | None, roles: Iterable[Role]) -> None:
        super().__init__(day, data)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, _(ROLE_TITLES[role])) for role in roles
        ]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class EndForm(_Asked):
    """Why and from when somebody holds something no more, by which paper."""

    when = forms.ChoiceField(
        label=gettext_lazy("Thôi giữ"),
        choices=[
            ("now", gettext_lazy("Ngay bây giờ")),
            ("later", gettext_lazy("Sau một ngày")),
        ],
        widget=forms.RadioSelect,
    )
    until = LastDayField(label=gettext_lazy("Ngày cuối cùng còn giữ"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Lý do"), choices=Held.Reason.choices, widget=forms.RadioSelect
    )
    paper = paper(gettext_lazy("Quyết định thôi giữ"))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        later = answers.pop("when", "") == "later"  # the day says it from here on
        if later and not answers.get("until") and "until" not in self.errors:
            self.add_error("until", ValidationError(_("Hãy ghi ngày."), code="required"))
        if not later:
            answers["until"] = None
        return answers


class DelegateForm(_Asked):
    """Which duties are lent to whom, until when, by a paper that holds how long."""

    to = PersonField(label=gettext_lazy("Tên đăng nhập của người được ủy quyền"))
    duties = forms.MultipleChoiceField(
        label=gettext_lazy("Việc được ủy quyền"), widget=forms.CheckboxSelectMultiple
    )
    since = DayField(label=gettext_lazy("Từ ngày"))
    until = LastDayField(label=gettext_lazy("Đến hết ngày"))
    paper = paper(gettext_lazy("Văn bản ủy quyền"))
    paper_until = LastDayField(label=gettext_lazy("Văn bản có hiệu lực đến hết ngày"))

    def __init__(self, day: date, data: QueryDict | None, duties: Iterable[Duty]) -> None:
        super().__init__(day, data)
        known = set(duties)
        self.fields["duties"].choices = [  # type: ignore[attr-defined]
            (duty.value, _(title)) for duty, title in DUTY_TITLES.items() if duty in known
        ]


class SubstituteForm(_Asked):
    """Who stands in while somebody is on leave, for just these days."""

    to = PersonField(label=gettext_lazy("Tên đăng nhập của người làm thay"))
    since = DayField(label=gettext_lazy("Nghỉ từ ngày"))
    until = LastDayField(label=gettext_lazy("Đến hết ngày"))
    paper = paper(gettext_lazy("Giấy nghỉ phép, quyết định cử người làm thay"))


class OfficeForm(_Asked):
    """An office to open on a unit."""

    name = forms.CharField(label=gettext_lazy("Tên bộ phận"), max_length=120)
    role = forms.ChoiceField(label=gettext_lazy("Vai trò"), widget=forms.RadioSelect)
    since = DayField(label=gettext_lazy("Từ ngày"))
    paper = paper(gettext_lazy("Quyết định thành lập"))

    def __init__(self, day: date, data: QueryDict | None, roles: Iterable[Role]) -> None:
        super().__init__(day, data)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, _(ROLE_TITLES[role])) for role in roles
        ]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class MemberForm(_Asked):
    """Who joins an office."""

    user = PersonField(label=gettext_lazy("Tên đăng nhập của người vào bộ phận"))
    since = DayField(label=gettext_lazy("Từ ngày"))
    until = LastDayField(label=gettext_lazy("Đến hết ngày"), required=False)
    paper = paper(gettext_lazy("Quyết định phân công"))
