"""Villages of a commune: see them, add one."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.duties import Duty
from cases.models import Level, UnitVersion
from cases.names import normalise
from cases.permissions import communes_within_duty
from cases.villages import KINDS, VillageExists, add_village
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door

KIND_CHOICES = [(kind, kind[0].upper() + kind[1:]) for kind in KINDS]
COMMUNES_SHOWN = 200


class VillageForm(forms.Form):
    """A village to add, with the paper that made it."""

    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=KIND_CHOICES)
    name = forms.CharField(
        label=gettext_lazy("Tên"),
        max_length=100,
        help_text=gettext_lazy("Như trên văn bản, ví dụ “Thôn 3” hoặc “Buôn Nui”."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Có từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source_document = forms.CharField(
        label=gettext_lazy("Văn bản"),
        max_length=200,
        help_text=gettext_lazy("Số, ngày và cơ quan ban hành văn bản lập thôn, tổ dân phố."),
    )

    def clean_name(self) -> str:
        name = normalise(self.cleaned_data["name"])
        if not any(char.isalnum() for char in name):
            raise ValidationError(_("Tên phải có chữ hoặc số."))
        return name


@door("office", Duty.MANAGE_UNITS, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """Show the villages of a commune today and take a new one."""
    day = legal_day(clock.now())
    commune = _commune(request, day)
    form = VillageForm(request.POST or None, initial={"valid_from": day})
    if request.method == "POST" and form.is_valid() and _add(form, commune):
        messages.success(request, _("Đã thêm %(name)s.") % {"name": form.cleaned_data["full_name"]})
        return redirect(f"{reverse('units')}?xa={commune.unit.code}")
    return render(
        request,
        "workflow/units.html",
        {
            "commune": commune,
            "communes": _communes(request, day)[:COMMUNES_SHOWN],
            "villages": _villages(commune, day),
            "form": form,
            "day": day,
        },
        status=200 if request.method != "POST" else 422,
    )


def _communes(request: HttpRequest, day: date) -> Any:
    mine = communes_within_duty(request.user, Duty.MANAGE_UNITS, day)
    versions = UnitVersion.objects.in_force(day).filter(unit__in=mine)
    return versions.select_related("unit").order_by("path")


def _commune(request: HttpRequest, day: date) -> UnitVersion:
    """Return the commune asked for, or the first of one's own."""
    communes = _communes(request, day)
    if code := request.GET.get("xa"):
        communes = communes.filter(unit__code=code)
    commune = communes.first()
    if commune is None:
        raise Http404
    return commune  # type: ignore[no-any-return]


def _villages(commune: UnitVersion, day: date) -> Any:
    """Return the villages of today and those that are to come, by code."""
    versions = UnitVersion.objects.filter(parent=commune.unit, unit__level=Level.VILLAGE)
    known = versions.exclude(valid_until__lte=day)
    return known.select_related("unit").order_by("unit__code")


def _add(form: VillageForm, commune: UnitVersion) -> bool:
    """Add the village; where it cannot be, say so beside the field."""
    facts = form.cleaned_data
    try:
        added = add_village(
            commune.unit,
            facts["name"],
            facts["kind"],
            facts["valid_from"],
            facts["source_document"],
        )
    except VillageExists as error:
        form.add_error(
            "name",
            _("%(commune)s đã có %(name)s. Hãy dùng thôn đang có hoặc ghi tên khác.")
            % {"commune": commune.name, "name": error.name},
        )
    except UnitVersion.DoesNotExist:
        form.add_error(
            "valid_from", _("%(commune)s chưa có vào ngày này.") % {"commune": commune.name}
        )
    except IntegrityError:  # two officers at the same moment
        form.add_error(None, _("Có người vừa thêm một thôn khác. Hãy gửi lại."))
    else:
        facts["full_name"] = added.versions.get().name
    return form.is_valid()


urlpatterns: list[URLPattern] = [path("don-vi/", units, name="units")]
