"""What rules today and nobody has seen at its source (chưa kiểm chứng): for those who can find it out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.duties import Duty
from cases.models import Level
from cases.rules.packs import Pack
from cases.rules.packs.citations import Citation, unsure
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.pack_words import KINDS, said
from workflow.unverified import (
    calendar_marks,
    marks_of,
    packs_in_force,
    standard_marks,
    unsure_days,
    unsure_lines,
)

LINES = {
    "income": gettext_lazy("Mức thu nhập"),
    "deprivation_floor": gettext_lazy("Mức thiếu hụt của hộ nghèo"),
    "points_per_indicator": gettext_lazy("Điểm của một chỉ số"),
    "indicators": gettext_lazy("Chỉ số thiếu hụt"),
}


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_safe
def unverified(request: HttpRequest) -> HttpResponse:
    """List every [?] of the editions, the calendar and the standards in use, with where it is used."""
    packs = packs_in_force(legal_day(clock.now()))
    calendar = calendar_marks()
    return render(
        request,
        "workflow/packs/unverified.html",
        {
            "cited": [_row(cited, codes, packs) for cited, codes in unsure(packs)],
            "days": unsure_days(),
            "lines": [
                {"line": line, "title": LINES.get(line.line.partition(".")[0], line.line)}
                for line in unsure_lines()
            ],
            "marks": [
                *(marks_of(pack) for pack in packs),
                *([calendar] if calendar is not None else []),
                *standard_marks(),
            ],
        },
    )


def _row(cited: Citation, codes: tuple[str, ...], packs: list[Pack]) -> dict[str, Any]:
    """Return one unsure thing in words; an act is called as in the first review that has it."""
    titles = {act.code: act.title for pack in reversed(packs) for act in pack.acts}
    return {
        "cited": cited,
        "kind": KINDS[cited.kind],
        "title": said(cited.title),
        "codes": codes,
        "used_by": [said(titles[code]) for code in cited.used_by],
    }


urlpatterns: list[URLPattern] = [path("chua-kiem-chung/", unverified, name="unverified")]
