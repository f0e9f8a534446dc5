"""
Addresses with one fault each, as somebody might write them: the walks must turn red on every one.

Each is behind a door that says all it should; what is wrong is what the view then does.
"""

import csv
import io
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path

from cases.duties import Duty
from cases.models import Act, Case, Household, Unit
from cases.names import fold
from cases.permissions import cases_within_duty
from config.urls import urlpatterns as real
from workflow.pages.doors import Gives, On, case_or_404, door, round_or_404

View = Callable[..., HttpResponse]
of_case = door("office", Duty.VIEW, on=On.CASE)
of_unit = door("office", Duty.VIEW, on=On.UNIT)
file_of_unit = door("office", Duty.VIEW, on=On.UNIT, gives=Gives.FILE)


@of_case
def looks_up_any(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Ignores the scope: `Case.objects`."""
    case = get_object_or_404(Case, code=code, round__year=2024, round__month=0)
    return HttpResponse(case.household.head_name)


@of_case
def forbids(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Tells a household that is elsewhere from one that is nowhere: 403 against 404."""
    if cases_within_duty(request.user, Duty.VIEW).filter(code=code).exists():
        return HttpResponse()
    return HttpResponse(status=403 if Case.objects.filter(code=code).exists() else 404)


@of_case
def says_where(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Names the unit in the words of its refusal."""
    mine = cases_within_duty(request.user, Duty.VIEW).filter(code=code)
    case = Case.objects.filter(code=code).select_related("round").first()
    if mine.exists() or case is None:
        return HttpResponse(status=200 if mine.exists() else 404)
    return HttpResponse(f"Hộ này thuộc {case.round.commune_name}.", status=404)


@of_case
def says_in_a_head(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Names the unit in a file name, under a body that tells nothing."""
    case = Case.objects.filter(code=code).select_related("round").first()
    if cases_within_duty(request.user, Duty.VIEW).filter(code=code).exists():
        return HttpResponse()
    name = case.round.commune_name if case else ""
    return HttpResponse(status=404, headers={"Content-Disposition": f"attachment; {name!a}"})


@of_unit
def leads_on(request: HttpRequest) -> HttpResponse:
    """Leads to another commune's round by a redirect."""
    return redirect(f"/dot/2024-{Unit.objects.filter(level='COMMUNE').latest('pk').code}/")


@file_of_unit
def exports_all(request: HttpRequest) -> HttpResponse:
    """Forgets the filter of an export."""
    stream = io.StringIO()
    csv.writer(stream).writerows(Case.objects.values_list("code", "household__head_name"))
    return HttpResponse(stream.getvalue(), content_type="text/csv")


@of_unit
def counts_all(request: HttpRequest) -> HttpResponse:
    """Counts foreign households: names none of them."""
    mine = cases_within_duty(request.user, Duty.VIEW).count()
    return HttpResponse(f"{mine} / {Case.objects.count()}")


@of_unit
def offers_all(request: HttpRequest) -> HttpResponse:
    """Completes a name out of every commune's register."""
    found = Household.objects.filter(head_name_key__contains=fold(request.GET.get("q", "Trần")))
    return JsonResponse({"found": list(found.values_list("head_name", flat=True))})


@of_unit
def newest_of_all(request: HttpRequest) -> HttpResponse:
    """Tells when something was last done anywhere."""
    return HttpResponse(str(Act.objects.latest("pk").pk))


@door("office", Duty.VIEW, on=On.ROUND)
def told_in_a_part(request: HttpRequest, key: str) -> HttpResponse:
    """Looks at the scope of whole pages only, not of the parts that a script asks for."""
    if not request.headers.get("HX-Request"):
        round_or_404(request, key)
    return HttpResponse()


@of_case
def posts_anywhere(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Looks at the scope when it shows, not when it takes."""
    if request.method != "POST":
        case_or_404(request, key, code)
    return HttpResponse()


def _planted(address: str, view: View) -> URLPattern:
    return path(f"gieo/{address}", view, name=view.__name__)


CASE = "<str:key>/<str:code>/"
FOUND: list[URLPattern] = [
    _planted(f"{view.__name__}/{CASE}", view)
    for view in (looks_up_any, forbids, says_where, says_in_a_head, posts_anywhere)
] + [_planted("part/<str:key>/", told_in_a_part)]
SHOWN: list[URLPattern] = [
    _planted(f"{view.__name__}/", view) for view in (leads_on, exports_all, offers_all)
]
COUNTED: list[URLPattern] = [
    _planted(f"{view.__name__}/", view) for view in (counts_all, newest_of_all)
]
urlpatterns: list[Any] = [*FOUND, *SHOWN, *COUNTED, *real]
