"""Samples: drawn with a published seed, kept, and drawn again by whoever wants to see."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.duties import Duty
from cases.models import Level, ReviewKind, Sample, Unit, UnitVersion, User
from cases.permissions import scope_of
from workflow import clock
from workflow.auditing.risks import BY_CODE
from workflow.auditing.samples import (
    LARGEST,
    Drawing,
    draw,
    draw_again,
    keep,
    rank_of,
    same,
    tidy_seed,
)
from workflow.auditing.scope import audited_cases, covers, units_below
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.forms.auditing import UnitField
from workflow.pages.person import person

SAMPLES_A_PAGE = 25


class DrawForm(forms.Form):
    unit = UnitField()
    year = forms.IntegerField(label=gettext_lazy("Năm"), min_value=2000, max_value=2100)
    review = forms.ChoiceField(label=gettext_lazy("Loại rà soát"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Lấy mẫu từ"),
        choices=[
            ("RANDOM", gettext_lazy("Mọi hồ sơ")),
            ("RISK", gettext_lazy("Những hồ sơ có câu hỏi")),
        ],
        widget=forms.RadioSelect,
    )
    seed = forms.CharField(
        label=gettext_lazy("Hạt giống"),
        help_text=gettext_lazy(
            "Một dòng chữ mà không ai chọn trước được, công bố trước khi lấy mẫu: "
            "kết quả xổ số của một ngày, hoặc gốc của sổ trong ngày."
        ),
        max_length=100,
    )
    size = forms.IntegerField(
        label=gettext_lazy("Số hồ sơ"), min_value=1, max_value=LARGEST, initial=20
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user = user
        choices = [("", _("Mọi loại")), *ReviewKind.choices]
        self.fields["review"].choices = choices  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit | None:
        field: Any = self.fields["unit"]
        found: Unit | None = field.unit_for(self.user, self.cleaned_data["unit"])
        return found

    def clean_seed(self) -> str:
        return tidy_seed(self.cleaned_data["seed"])


@door("auditor", Duty.AUDIT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: HttpRequest) -> HttpResponse:
    """List the samples of the units that one audits, and draw another."""
    user, at = person(request), clock.now()
    form = DrawForm(
        user, request.POST or None, initial={"kind": "RANDOM", "year": legal_day(at).year}
    )
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        drawing = draw(audited_cases(user), until=at, **asked)
        if drawing.drawn:
            del asked["seed"]
            sample = keep(drawing, by=user, at=at, **asked)
            return redirect("audit-sample", number=sample.pk)
        form.add_error(
            None, forms.ValidationError(_("Không có hồ sơ nào để lấy mẫu."), code="nothing")
        )
    rows = Sample.objects.filter(unit__in=_units(user)).select_related("unit").order_by("-pk")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=min(int(after), 2**62))
    page = list(rows[: SAMPLES_A_PAGE + 1])
    return render(
        request,
        "workflow/auditing/samples.html",
        {
            "form": form,
            "rows": page[:SAMPLES_A_PAGE],
            "after": page[SAMPLES_A_PAGE - 1].pk if len(page) > SAMPLES_A_PAGE else "",
        },
        status=422 if form.is_bound else 200,
    )


@door("auditor", Duty.AUDIT, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, number: int) -> HttpResponse:
    """Show a sample with its ranks; a POST draws it again and says if it is the same."""
    user = person(request)
    found = Sample.objects.filter(pk=min(number, 2**62)).select_related("unit").first()
    if found is None or not covers(user, Duty.AUDIT, found.unit):
        raise Http404
    items = list(
        found.items.select_related("case__round__commune", "case__village_review").order_by(
            "position"
        )
    )
    again: Drawing | None = None
    if request.method == "POST":
        again = draw_again(found, audited_cases(user))
    return render(
        request,
        "workflow/auditing/sample.html",
        {
            "sample": found,
            "unit": _name_of(found.unit, found.year),
            "digest": bytes(found.population_digest).hex(),
            "items": [
                {
                    "item": item,
                    "rank": rank_of(found.seed, item.code),
                    "questions": [BY_CODE[code] for code in item.questions if code in BY_CODE],
                }
                for item in items
            ],
            "again": again,
            "again_digest": again.digest.hex() if again else "",
            "is_same": again is not None and same(found, items, again),
        },
    )


def _units(user: User) -> Any:
    """Return the units of which the user may see samples, as a query."""
    granted = scope_of(user).get(Duty.AUDIT, {})
    if granted.get(Level.NATION):
        return Unit.objects.values("pk")
    return units_below({pk for units in granted.values() for pk in units})


def _name_of(unit: Unit, year: int) -> str:
    version = UnitVersion.objects.filter(unit=unit, valid_from__year__lte=year)
    name = version.order_by("-valid_from").values_list("name", flat=True).first()
    return name or unit.code


urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/mau/", samples, name="audit-samples"),
    path("ban-kiem-tra/mau/<int:number>/", sample, name="audit-sample"),
]
