"""The auditor's bench: searching over units, years, acts and people."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.duties import Duty
from cases.models import HouseholdClass, IncomeClass, ReviewKind, Unit, User
from cases.rules.packs import SHIPPED
from workflow.auditing.editions import packs_of, state_words
from workflow.auditing.search import Asked, Page, find_acts, find_cases
from workflow.auditing.timeline import title_of
from workflow.pages import (
    auditing_cases,
    auditing_exports,
    auditing_findings,
    auditing_interests,
    auditing_replay,
    auditing_samples,
)
from workflow.pages.doors import On, door
from workflow.pages.forms.auditing import UnitField
from workflow.pages.forms.base import DayField
from workflow.pages.person import person
from workflow.titles import act_title

ROWS_A_PAGE = 50
NAME_LENGTH = 60
# Names of people stand in no address: they are kept in the session.
NAMES = ("actor", "name")
SOUGHT = "audit-names-sought"
CASES, ACTS = "cases", "acts"


class SearchForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("Tìm"),
        required=False,
        choices=[(CASES, gettext_lazy("Hồ sơ")), (ACTS, gettext_lazy("Việc đã làm"))],
    )
    unit = UnitField(required=False)
    year = forms.IntegerField(
        label=gettext_lazy("Năm"), required=False, min_value=2000, max_value=2100
    )
    review = forms.ChoiceField(label=gettext_lazy("Loại rà soát"), required=False)
    act = forms.ChoiceField(label=gettext_lazy("Việc"), required=False)
    actor = forms.CharField(label=gettext_lazy("Người làm"), required=False, max_length=NAME_LENGTH)
    code = forms.CharField(label=gettext_lazy("Mã hộ"), required=False, max_length=30)
    name = forms.CharField(label=gettext_lazy("Tên chủ hộ"), required=False, max_length=NAME_LENGTH)
    since = DayField(label=gettext_lazy("Từ ngày"), required=False, help_text="")
    until = DayField(label=gettext_lazy("Đến ngày"), required=False, help_text="")
    household_class = forms.ChoiceField(label=gettext_lazy("Kết quả phân loại"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Trạng thái"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user = user
        acts = {act.code: act_title(act.code) for pack in SHIPPED for act in pack.acts}
        states = {state.code: state_words(state.code) for p in SHIPPED for state in p.states}
        classes = [*HouseholdClass.choices, *IncomeClass.choices]
        for name, choices, nothing in (
            ("review", ReviewKind.choices, _("Mọi loại")),
            ("act", acts.items(), _("Mọi việc")),
            ("household_class", classes, _("Mọi kết quả")),
            ("state", states.items(), _("Mọi trạng thái")),
        ):
            self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit | None:
        field: Any = self.fields["unit"]
        found: Unit | None = field.unit_for(self.user, self.cleaned_data["unit"])
        return found

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        since, until = answers.get("since"), answers.get("until")
        if since and until and until < since:
            self.add_error(
                "until",
                forms.ValidationError(_("Ngày cuối trước ngày đầu."), code="days_reversed"),
            )
        return answers

    def asked(self) -> Asked:
        """Return what is searched for."""
        names = set(Asked.__dataclass_fields__)
        return Asked(**{k: v for k, v in self.cleaned_data.items() if k in names and v})


@door("auditor", Duty.AUDIT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def auditing(request: HttpRequest) -> HttpResponse:
    """Search cases or acts; a page without questions shows the bench and searches nothing."""
    if request.method == "POST":
        return _seek(request)
    user = person(request)
    given = {**request.GET.dict(), **request.session.get(SOUGHT, {})}
    given.pop("after", None)
    form = SearchForm(user, given or None, initial={"what": CASES})
    context: dict[str, Any] = {"form": form, "filtered": bool(given), "page": None}
    status = 200
    if form.is_bound and form.is_valid():
        context |= _found(user, form, request.GET.get("after", ""))
    elif form.is_bound:
        status = 422
    return render(request, "workflow/auditing/search.html", context, status=status)


def _found(user: User, form: SearchForm, after: str) -> dict[str, Any]:
    asked = form.asked()
    if form.cleaned_data["what"] == ACTS:
        page = find_acts(user, asked, after, ROWS_A_PAGE)
        packs = packs_of(act.pack for act in page.rows)
        titles = {act.pk: title_of(act.code, packs[act.pack]) for act in page.rows}
        rows = [(act, titles[act.pk]) for act in page.rows]
        return {"page": page, "acts": rows, "after": page.after, "total": total_words(page)}
    page = find_cases(user, asked, after, ROWS_A_PAGE)
    return {"page": page, "cases": page.rows, "after": page.after, "total": total_words(page)}


def total_words(page: Page) -> str:
    """Return how many were found, as a reader wants to know it."""
    if page.total is None:
        return _("hơn 1.000 dòng")
    return _("%(n)d dòng") % {"n": page.total}


def _seek(request: HttpRequest) -> HttpResponse:
    """Keep names in the session and everything else in the address, then search by a plain link."""
    asked = QueryDict() if "clear" in request.POST else request.POST
    request.session[SOUGHT] = {
        name: value
        for name in NAMES
        if (value := asked.get(name, "")[:NAME_LENGTH].replace("\x00", ""))
    }
    kept = {
        name: asked[name]
        for name in SearchForm.base_fields
        if name not in NAMES and asked.get(name)
    }
    return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)


urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/", auditing, name="auditing"),
    *auditing_samples.urlpatterns,
    *auditing_findings.urlpatterns,
    *auditing_interests.urlpatterns,
    *auditing_exports.urlpatterns,
    *auditing_replay.urlpatterns,
    *auditing_cases.urlpatterns,
]
