"""Who declared to be close to which household, of the units that somebody audits (INV-30)."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from cases.duties import Duty
from cases.models import DeclaredInterest, Level, UnitVersion, User
from cases.permissions import communes_within_duty
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door
from workflow.pages.person import person

INTERESTS_A_PAGE = 50


@door("auditor", Duty.AUDIT, on=On.UNIT)
@require_safe
def audit_interests(request: HttpRequest) -> HttpResponse:
    """List the declarations on households within the duty, the latest first; nothing is changed here."""
    rows = interests_within(person(request))
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=min(int(after), 2**62))
    page = list(rows.order_by("-pk")[: INTERESTS_A_PAGE + 1])
    shown = page[:INTERESTS_A_PAGE]
    context = {"declared": shown, "after": shown[-1].pk if len(page) > len(shown) else ""}
    return render(request, "workflow/auditing/interests.html", context)


def interests_within(user: User) -> QuerySet[DeclaredInterest]:
    """Return the declarations on households of the communes that the user audits today."""
    day = legal_day(clock.now())
    communes = communes_within_duty(user, Duty.AUDIT, day)
    villages = UnitVersion.objects.in_force(day).filter(
        unit__level=Level.VILLAGE, parent__in=communes.values("pk")
    )
    return DeclaredInterest.objects.filter(
        household__village__in=villages.values("unit")
    ).select_related("user", "household")


urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/lien-quan/", audit_interests, name="audit-interests")
]
