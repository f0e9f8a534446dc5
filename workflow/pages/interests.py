"""Households that an officer is close to: declared by oneself, seen by oneself (INV-30)."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.duties import Duty
from cases.models import DeclaredInterest, Household, Level, Unit, UnitVersion, User
from cases.permissions import communes_within_duty, scope_of
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import door
from workflow.pages.person import person


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
        if DeclaredInterest.objects.filter(user=self.user, household=household).exists():
            raise ValidationError(_("Bà/ông đã khai hộ này."))
        return household


@door("office", Duty.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Show one's own declarations and take another; none is ever taken back, it only ages."""
    user, day = person(request), legal_day(clock.now())
    form = InterestForm(user, day, request.POST or None)
    if request.method == "POST" and form.is_valid():
        DeclaredInterest.objects.get_or_create(
            user=user,
            household=form.cleaned_data["household"],
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


def villages_of(user: User, day: date) -> QuerySet[Unit]:
    """Return the villages of the communes in which the user reads cases, through whatever level."""
    versions = UnitVersion.objects.in_force(day)
    own = scope_of(user).get(Duty.VIEW, {}).get(Level.VILLAGE, set())
    above = versions.filter(unit__in=own).values("parent")
    communes = communes_within_duty(user, Duty.VIEW, day)
    below = versions.filter(unit__level=Level.VILLAGE)
    mine = below.filter(parent__in=communes.values("pk")) | below.filter(parent__in=above)
    return Unit.objects.filter(pk__in=mine.values("unit"))


urlpatterns: list[URLPattern] = [path("nguoi-lien-quan/", interests, name="interests")]
