"""Standards of provinces: what was loaded, a file more, one beside the nation's, its approval."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import Duty
from cases.local_standards import (
    Denied,
    approve_local_standard,
    lines_of,
    load_local_standard,
    local_standards_within_duty,
    reject_local_standard,
)
from cases.models import Area, LocalStandard, UnitVersion
from cases.models.calendars import CalendarDay
from cases.rules.local_standards import (
    LARGEST_FILE,
    BadLocalStandard,
    Comparison,
    LocalLines,
    comparisons,
)
from workflow import clock
from workflow.local_standards import denial, said, text_of
from workflow.pages.doors import On, door
from workflow.pages.forms.two_officers import FileField, RejectionForm, officers_of, rests_on
from workflow.pages.person import person

TONES = {"S": "good", "K": "plain", "?": "warn"}
UNITS = {
    "vnd": gettext_lazy("đồng/người/tháng"),
    "points": gettext_lazy("điểm B1"),
    "floor": gettext_lazy("điểm B2"),
}


@dataclass(frozen=True)
class Listed:
    """One loaded standard in the list."""

    row: LocalStandard
    province: str
    state: str
    tone: str


@dataclass(frozen=True)
class ComparedLine:
    """One line of the province beside the nation's, in words."""

    title: str
    unit: str
    line: Comparison
    higher: int
    mark: str
    tone: str


class LoadForm(forms.Form):
    """A file of a standard and the paper it rests on."""

    file = FileField(label=gettext_lazy("Tệp chuẩn (TOML)"))
    paper = rests_on()


@door("department", Duty.MANAGE_STANDARDS, on=On.UNIT)
@require_safe
def local_standards(request: HttpRequest) -> HttpResponse:
    """List the standards of the provinces within one's duty, the latest loaded first."""
    rows = list(local_standards_within_duty(person(request)).order_by("-pk"))
    names = _province_names(rows)
    listed = [Listed(row, names.get(row.pk, row.province.code), *_state(row)) for row in rows]
    return render(request, "workflow/standards/list.html", {"listed": listed})


@door("department", Duty.MANAGE_STANDARDS, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take a file as a draft, or name everything that is wrong with it."""
    posted = request.method == "POST"
    form = LoadForm(
        request.POST if posted else None, request.FILES if posted else None, label_suffix=""
    )
    if not posted:
        return render(request, "workflow/standards/load.html", {"form": form})
    problems: list[Any] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = load_local_standard(
                text=text_of(file.read(LARGEST_FILE + 1), file.name),
                file=file.name,
                paper=form.cleaned_data["paper"],
                by=person(request),
                at=clock.now(),
            )
        except BadLocalStandard as refused:
            problems = said(refused)
        except Denied as denied:
            form.add_error(None, denial(denied))
        else:
            done = _("Đã nạp %(code)s, chờ người thứ hai duyệt.") % {"code": row.code}
            messages.success(request, done)
            return redirect("local-standard", code=row.code)
    context = {"form": form, "problems": problems}
    return render(request, "workflow/standards/load.html", context, status=422)


@door("department", Duty.MANAGE_STANDARDS, on=On.UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def local_standard(request: HttpRequest, code: str) -> HttpResponse:
    """Show a standard beside the nation's; a second officer approves it or puts it aside."""
    row = get_object_or_404(local_standards_within_duty(person(request)), code=code)
    form = RejectionForm(request.POST if "reject" in request.POST else None, label_suffix="")
    if request.method != "POST":
        return render(request, "workflow/standards/standard.html", _context(request, row, form))
    who: dict[str, Any] = {"code": row.code, "by": person(request), "at": clock.now()}
    problems: list[Any] = []
    try:
        if "approve" in request.POST:
            approve_local_standard(**who)
            messages.success(request, _("Đã duyệt %(code)s.") % {"code": row.code})
            return redirect("local-standard", code=row.code)
        if form.is_valid():
            reject_local_standard(**who, reason=form.cleaned_data["reason"])
            messages.success(request, _("Đã từ chối %(code)s.") % {"code": row.code})
            return redirect("local-standard", code=row.code)
    except BadLocalStandard as refused:
        problems = said(refused)
    except Denied as denied:
        messages.error(request, denial(denied))
    context = {**_context(request, row, form), "problems": problems}
    return render(request, "workflow/standards/standard.html", context, status=422)


def _context(request: HttpRequest, row: LocalStandard, form: RejectionForm) -> dict[str, Any]:
    row.refresh_from_db()
    lines = lines_of(row)
    title, tone = _state(row)
    return {
        "row": row,
        "lines": lines,
        "facts": _facts(row, lines),
        "state": title,
        "tone": tone,
        "compared": [_compared(line) for line in comparisons(lines)],
        "national": _(lines.national.name_vi),
        "form": form,
        "draft": not row.is_settled,
        "own": row.loaded_by_id == person(request).pk,
    }


def _facts(row: LocalStandard, lines: LocalLines) -> list[dict[str, Any]]:
    name = _province_names([row]).get(row.pk, row.province.code)
    facts = [
        (_("Mã"), row.code),
        (_("Tỉnh, thành phố"), name),
        (_("Từ ngày"), f"{row.valid_from:%d/%m/%Y}"),
        (_("Đến trước ngày"), f"{row.valid_until:%d/%m/%Y}"),
        (_("Văn bản của tỉnh, thành phố"), lines.standard.citation),
        *officers_of(row),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _compared(line: Comparison) -> ComparedLine:
    title = Area(line.area).label if line.area else _("Mức thiếu hụt của hộ nghèo")
    mark = CalendarDay.Mark(line.local.mark).label
    higher = line.local.value - line.national.value
    unit = str(UNITS[line.unit])
    return ComparedLine(str(title), unit, line, higher, str(mark), TONES[line.local.mark])


def _state(row: LocalStandard) -> tuple[str, str]:
    if row.approved_by_id:
        return _("Đã duyệt"), "good"
    if row.rejected_by_id:
        return _("Đã từ chối"), "plain"
    return _("Chờ duyệt"), "warn"


def _province_names(rows: list[LocalStandard]) -> dict[int, str]:
    """Return the name that each standard's province had on its first day, by one query."""
    versions = list(UnitVersion.objects.filter(unit__in={row.province_id for row in rows}))
    return {
        row.pk: version.name
        for row in rows
        for version in versions
        if version.unit_id == row.province_id
        and version.valid_from <= row.valid_from
        and (version.valid_until is None or row.valid_from < version.valid_until)
    }


urlpatterns: list[URLPattern] = [
    path("chuan-dia-phuong/", local_standards, name="local-standards"),
    path("chuan-dia-phuong/nap/", load, name="local-standard-load"),
    path("chuan-dia-phuong/ma/<slug:code>/", local_standard, name="local-standard"),
]
