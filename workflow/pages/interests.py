"""Households that an officer is close to: declared by oneself, seen by oneself (INV-30)."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.duties import Duty
from cases.models import DeclaredInterest, Household, Level, Unit, UnitVersion, User
from cases.permissions import communes_within_duty, scope_of
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.forms.base import DayField
from workflow.pages.person import person
from workflow.pages.second_look import Answers, Deed, Facts, look_twice


class InterestForm(forms.Form):
    """One household of one's own commune, by its code: names are not offered here."""

    household = forms.CharField(
        label=gettext_lazy("Mã hộ"),
        help_text=gettext_lazy("Hộ trong xã nơi bà/ông làm việc; mã ghi ở hồ sơ của hộ."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    relation = forms.ChoiceField(
        label=gettext_lazy("Quan hệ"),
        choices=DeclaredInterest.Relation.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, user: User, day: date, data: QueryDict | None) -> None:
        self.user, self.day = user, day
        super().__init__(data, label_suffix="")

    def clean_household(self) -> Household:
        code = self.cleaned_data["household"]
        household = Household.objects.filter(
            code=code, village__in=villages_of(self.user, self.day)
        ).first()
        if household is None:
            raise ValidationError(_("Không có hộ mang mã này trong xã."))
        declared = DeclaredInterest.objects.standing(self.day)
        if declared.filter(user=self.user, household=household).exists():
            raise ValidationError(_("Bà/ông đã khai hộ này."))
        return household


class InterestEndForm(forms.Form):
    """From when there is no interest any more, and what shows it."""

    ended_on = DayField(label=gettext_lazy("Hết liên quan từ ngày"))
    paper = forms.CharField(
        label=gettext_lazy("Văn bản, lý do"),
        max_length=200,
        help_text=gettext_lazy("Ví dụ giấy tách hộ, giấy chuyển đi; số và ngày."),
    )

    def __init__(self, day: date, data: QueryDict | None) -> None:
        self.day = day
        super().__init__(data, label_suffix="")

    def clean_ended_on(self) -> date:
        # Not of today: whoever is asked why does not end the question and go on.
        ended_on: date = self.cleaned_data["ended_on"]
        if ended_on <= self.day:
            raise ValidationError(_("Hãy ghi một ngày sau hôm nay."), code="too_soon")
        return ended_on


@door("office", Duty.VIEW, on=On.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Show one's own declarations and take another; none is ever taken back, it only ends."""
    user, day = person(request), legal_day(clock.now())
    form = InterestForm(user, day, request.POST or None)
    if request.method == "POST" and form.is_valid():
        DeclaredInterest.objects.get_or_create(
            user=user,
            household=form.cleaned_data["household"],
            ended_on=None,
            defaults={
                "relation": form.cleaned_data["relation"],
                "declared_on": day,
                "declared_by": user,
            },
        )
        messages.success(request, _("Đã ghi khai báo."))
        return redirect("interests")
    declared = DeclaredInterest.objects.filter(user=user).select_related("household")
    context = {"form": form, "declared": declared.order_by("-declared_on", "-pk")}
    status = 422 if form.is_bound else 200
    return render(request, "workflow/interests.html", context, status=status)


@door("office", Duty.VIEW, on=On.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def interest_end(request: HttpRequest, number: int) -> HttpResponse:
    """End one's own declaration by a paper, from a day to come: what was done meanwhile stays judged."""
    at, user = clock.now(), person(request)
    day = legal_day(at)
    declared = get_object_or_404(
        DeclaredInterest.objects.select_related("household"),
        pk=number,
        user=user,
        ended_on__isnull=True,
    )
    form = InterestEndForm(day, request.POST or None)

    def plan(answers: Answers) -> DeclaredInterest:
        declared.ended_on, declared.ended_paper = answers["ended_on"], answers["paper"].strip()
        return declared

    def do(answers: Answers) -> str:
        plan(answers).save(update_fields=["ended_on", "ended_paper"])
        return _("Đã ghi hết liên quan.")

    deed = Deed(
        door="interest-end",
        title=_("Hết liên quan với hộ"),
        caption=declared.household.code,
        section=_("Người có liên quan"),
        button=_("Ghi hết liên quan"),
        back=reverse("interests"),
        plan=plan,
        facts=_facts_of_end,
        lines=lambda planned: [
            _("Từ ngày ấy hệ thống không hỏi lý do khi bà/ông làm việc về hộ này."),
            _("Khai báo cũ giữ nguyên; việc đã làm trước ngày ấy vẫn xét theo khai báo."),
        ],
        do=do,
        danger=True,
    )
    return look_twice(request, form, deed, at)


def _facts_of_end(declared: DeclaredInterest) -> Facts:
    yield _("Mã hộ"), declared.household.code
    yield _("Quan hệ"), declared.get_relation_display()
    yield _("Ngày khai"), date_format(declared.declared_on, "SHORT_DATE_FORMAT")
    yield _("Hết từ ngày"), date_format(declared.ended_on or date.max, "SHORT_DATE_FORMAT")
    yield _("Văn bản, lý do"), declared.ended_paper


def villages_of(user: User, day: date) -> QuerySet[Unit]:
    """Return the villages of the communes in which the user reads cases, through whatever level."""
    versions = UnitVersion.objects.in_force(day)
    own = scope_of(user).get(Duty.VIEW, {}).get(Level.VILLAGE, set())
    above = versions.filter(unit__in=own).values("parent")
    communes = communes_within_duty(user, Duty.VIEW, day)
    below = versions.filter(unit__level=Level.VILLAGE)
    mine = below.filter(parent__in=communes.values("pk")) | below.filter(parent__in=above)
    return Unit.objects.filter(pk__in=mine.values("unit"))


urlpatterns: list[URLPattern] = [
    path("nguoi-lien-quan/", interests, name="interests"),
    path("nguoi-lien-quan/<int:number>/het/", interest_end, name="interest-end"),
]
