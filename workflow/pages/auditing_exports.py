"""Taking the acts of a unit away as XES or OCEL 2.0, without anybody's name unless asked for."""

import tempfile
from typing import IO, Any

from django import forms
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases import refusals
from cases.duties import Duty
from cases.models import Round, Unit, User
from cases.names import fold
from workflow import clock
from workflow.auditing.exporting import FORMATS, cases_to_export, rounds_to_export, write
from workflow.auditing.scope import covers
from workflow.ledger import readings
from workflow.pages.doors import Gives, On, door
from workflow.pages.forms.auditing import UnitField
from workflow.pages.person import person


class ExportForm(forms.Form):
    unit = UnitField()
    year = forms.IntegerField(
        label=gettext_lazy("Năm"), min_value=2000, max_value=2100, required=False
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Dạng tệp"),
        choices=[("xes", "XES (IEEE 1849)"), ("ocel", "OCEL 2.0 JSON")],
        widget=forms.RadioSelect,
    )
    plain = forms.BooleanField(
        label=gettext_lazy("Giữ nguyên mã hộ và tên người làm"),
        help_text=gettext_lazy(
            "Để trống: mã hộ, tên người được thay bằng mã tạm của riêng tệp này. "
            "Lượt lấy tệp được ghi vào sổ đọc hồ sơ của từng xã."
        ),
        required=False,
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user = user

    def clean_unit(self) -> Unit | None:
        field: Any = self.fields["unit"]
        found: Unit | None = field.unit_for(self.user, self.cleaned_data["unit"])
        return found

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        unit = answers.get("unit")
        if unit and answers.get("plain") and not covers(self.user, Duty.VIEW, unit):
            self.add_error(
                "plain",
                forms.ValidationError(
                    _("Bà/ông không có quyền đọc hồ sơ của đơn vị này."), code="no_duty"
                ),
            )
        return answers


@door("auditor", Duty.AUDIT, on=On.UNIT, gives=Gives.FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def export_events(request: HttpRequest) -> HttpResponse:
    """Ask what to take away; send it as one file."""
    user = person(request)
    form = ExportForm(user, request.POST or None, initial={"format": "xes"})
    if request.method == "POST" and form.is_valid():
        return _sent(request, user, form.cleaned_data)
    if form.has_error("unit", "no_unit") or form.has_error("plain", "no_duty"):
        _record(user, form)
    status = 422 if form.is_bound else 200
    return render(request, "workflow/auditing/export.html", {"form": form}, status=status)


def _record(user: User, form: ExportForm) -> None:
    """Write down what was not given, and of which unit; what was typed and is no unit is not kept."""
    outside = form.has_error("unit", "no_unit")
    asked = " ".join(form.data.get("unit", "").split())
    named = Unit.objects.filter(Q(code=asked) | Q(versions__name_key=fold(asked))).distinct()[:2]
    refusals.record(
        "no_unit" if outside else "no_duty",
        door="audit-export",
        at=clock.now(),
        user=user,
        unit=named[0] if len(named) == 1 else None,
    )


def _sent(request: HttpRequest, user: User, asked: dict[str, Any]) -> Any:
    cases = cases_to_export(user, asked["unit"], asked["year"])
    rounds = rounds_to_export(user, asked["unit"], asked["year"])
    # Written within the request's transaction: a stream would be read when rights are gone again.
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response)
    write(file, cases, rounds, asked["format"], plain=asked["plain"])
    for round in Round.objects.filter(pk__in=cases.order_by().values("round")).order_by("pk"):
        readings.note(request, round)
    file.seek(0)
    kind = FORMATS[asked["format"]]
    year = f"-{asked['year']}" if asked["year"] else ""
    name = f"viec-{asked['unit'].code}{year}.{kind.extension}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind.content_type)


urlpatterns: list[URLPattern] = [path("ban-kiem-tra/tep/", export_events, name="audit-export")]
