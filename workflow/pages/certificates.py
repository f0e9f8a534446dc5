"""The procedure certificate of a household and of a village: to read, as a PDF, as JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import row_security
from cases.duties import Duty
from cases.models import Case, VillageReview
from workflow import clock
from workflow.ledger.certificate import (
    Certificate,
    NoCertificate,
    Step,
    household_certificate,
    village_certificate,
)
from workflow.ledger.certificate_json import as_data
from workflow.ledger.certificate_paper import NoPrinter, certificate_pdf, short_link
from workflow.ledger.certificate_road import RESULT_TITLES, Result
from workflow.pages.doors import Gives, On, case_or_404, door, review_or_404

TONES = {Result.MET: "good", Result.GAP: "bad", Result.LATE: "warn", Result.NOT_YET: "plain"}


@door("office", Duty.VIEW, on=On.CASE)
@require_safe
def of_case(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show every step that the law demanded of a household, and what is met."""
    case = case_or_404(request, key, code)
    return _page(request, case, "workflow/certificate/household.html")


@door("office", Duty.VIEW, on=On.CASE, gives=Gives.FILE)
@require_safe
def file_of_case(request: HttpRequest, key: str, code: str, kind: str) -> HttpResponse:
    return _file(request, case_or_404(request, key, code), kind)


@door("office", Duty.VIEW, on=On.VILLAGE_REVIEW)
@require_safe
def of_village(request: HttpRequest, key: str, village: str) -> HttpResponse:
    """Show the steps of a village's lists, and of each household how many are met and what is not."""
    review = review_or_404(request, key, village)
    return _page(request, review, "workflow/certificate/village.html")


@door("office", Duty.VIEW, on=On.VILLAGE_REVIEW, gives=Gives.FILE)
@require_safe
def file_of_village(request: HttpRequest, key: str, village: str, kind: str) -> HttpResponse:
    return _file(request, review_or_404(request, key, village), kind)


def _made(of: Case | VillageReview) -> Certificate:
    # Whether all is in order is a question to the whole round, whoever may read of it.
    with row_security.machine("audit"):
        if isinstance(of, Case):
            return household_certificate(of, at=clock.now())
        return village_certificate(of, at=clock.now())


def _page(request: HttpRequest, of: Case | VillageReview, template: str) -> HttpResponse:
    try:
        made = _made(of)
    except NoCertificate as none:
        return _sorry(request, of, str(none), 404)
    rows = [_shown(step) for step in made.steps]
    lines = [
        {"line": line, "met": line.met == line.of, "gaps": [_shown(gap) for gap in line.gaps]}
        for line in made.households
    ]
    return render(request, template, {**_around(of), "made": made, "rows": rows, "lines": lines})


def _file(request: HttpRequest, of: Case | VillageReview, kind: str) -> HttpResponse:
    try:
        made = _made(of)
        if kind == "json":
            with row_security.machine("audit"):
                data = as_data(made)
            answer: HttpResponse = JsonResponse(
                data, json_dumps_params={"ensure_ascii": False, "indent": 1}
            )
        else:
            answer = HttpResponse(certificate_pdf(made), content_type="application/pdf")
    except NoCertificate as none:
        return _sorry(request, of, str(none), 404)
    except NoPrinter as none:
        return _sorry(request, of, str(none), 503)
    name = f"chung-nhan-{made.name}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sorry(request: HttpRequest, of: Case | VillageReview, why: str, status: int) -> HttpResponse:
    context = {**_around(of), "why": why}
    return render(request, "workflow/certificate/none.html", context, status=status)


def _around(of: Case | VillageReview) -> dict[str, Any]:
    if isinstance(of, Case):
        return {
            "case": of,
            "round": of.round,
            "review": of.village_review,
            "here": _("Chứng nhận quy trình hộ %(code)s") % {"code": of.code},
        }
    return {"round": of.round, "review": of, "here": _("Chứng nhận quy trình")}


def _shown(step: Step) -> dict[str, Any]:
    return {
        "step": step,
        "title": RESULT_TITLES[step.result],
        "tone": TONES[step.result],
        "link": short_link(step),
    }


urlpatterns: list[URLPattern] = [
    path("dot/<str:key>/ho/<str:code>/chung-nhan/", of_case, name="case-certificate"),
    path("dot/<str:key>/thon/<str:village>/chung-nhan/", of_village, name="village-certificate"),
    *(
        path(
            f"dot/<str:key>/ho/<str:code>/chung-nhan/tep.{kind}",
            file_of_case,
            {"kind": kind},
            name=f"case-certificate-{kind}",
        )
        for kind in ("pdf", "json")
    ),
    *(
        path(
            f"dot/<str:key>/thon/<str:village>/chung-nhan/tep.{kind}",
            file_of_village,
            {"kind": kind},
            name=f"village-certificate-{kind}",
        )
        for kind in ("pdf", "json")
    ),
]
