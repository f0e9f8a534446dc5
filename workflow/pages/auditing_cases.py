"""One case act by act, and a case or a village's list as they were on a day."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.duties import Duty
from cases.ledger.entries import SNAPSHOT
from cases.models import Case, VillageReview
from cases.permissions import village_reviews_within_duty
from cases.rules.packs import Pack
from cases.rules.terms import end_of
from workflow import clock
from workflow.auditing.as_of import Then, case_then, cases_then, standings_then
from workflow.auditing.differences import (
    LIST_TITLES,
    REASONS,
    HouseholdDifference,
    differences,
)
from workflow.auditing.editions import packs_of, state_words
from workflow.auditing.timeline import timeline, title_of
from workflow.auditing.words import LABELS, in_words
from workflow.ledger import readings
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, case_or_404, door, review_or_404, round_or_404
from workflow.pages.forms.base import DayField
from workflow.pages.person import person

DIFFERENCES_SHOWN = 200


class DayForm(forms.Form):
    day = DayField(label=gettext_lazy("Như ngày"))

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("Ngày này chưa đến."), code="not_yet")
        return day


@door("auditor", Duty.AUDIT, on=On.CASE)
@require_safe
def audit_case(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Tell a case act by act; with a day, also what it was at the end of that day."""
    case = case_or_404(request, key, code, Duty.AUDIT)
    form, moment = _asked_day(request)
    context: dict[str, Any] = {
        "case": case,
        "round": case.round,
        "review": case.village_review,
        "told": timeline(case),
        "form": form,
        "moment": moment,
        "findings": case.findings.with_status().order_by("-pk"),
    }
    if moment is not None:
        then = case_then(case, moment)
        context |= {
            "day": form.cleaned_data["day"],
            "then": then,
            "then_state": state_words(then.state),
            "then_rows": _rows(then),
            "standings": sorted(
                standings_then(case.household, moment).items(), key=lambda row: row[0] or 0
            ),
        }
    status = 422 if form.is_bound and moment is None else 200
    return render(request, "workflow/auditing/case.html", context, status=status)


@door("auditor", Duty.AUDIT, on=On.VILLAGE_REVIEW)
@require_safe
def audit_village(request: HttpRequest, key: str, village: str) -> HttpResponse:
    """Show a village's list as it was at the end of a day."""
    review = review_or_404(request, key, village, Duty.AUDIT)
    form, moment = _asked_day(request)
    context: dict[str, Any] = {
        "round": review.round,
        "review": review,
        "form": form,
        "moment": moment,
        "rows": _list_then(review, moment) if moment is not None else [],
        "day": form.cleaned_data["day"] if moment is not None else None,
    }
    status = 422 if form.is_bound and moment is None else 200
    return render(request, "workflow/auditing/village.html", context, status=status)


@door("auditor", Duty.AUDIT, on=On.ROUND)
@require_safe
def audit_differences(request: HttpRequest, key: str) -> HttpResponse:
    """Lay the agreed, the posted and the decided list of each village side by side."""
    round = round_or_404(request, key, Duty.AUDIT)
    readings.note(request, round)
    reviews = list(
        village_reviews_within_duty(person(request), Duty.AUDIT)
        .filter(round=round)
        .order_by("village__code")
        .values_list("village__code", "village_name")
    )
    cases = round.cases.all()
    village = request.GET.get("village", "")
    if village in dict(reviews):
        cases = cases.filter(village_review__village__code=village)
    found = differences(round, cases)
    pack = packs_of([round.pack])[round.pack]
    rows = [_difference_row(household, pack) for household in found[:DIFFERENCES_SHOWN]]
    return render(
        request,
        "workflow/auditing/differences.html",
        {
            "round": round,
            "villages": reviews,
            "village": village,
            "rows": rows,
            "total": len(found),
            "unexplained": sum(each.unexplained for each in found),
        },
    )


def _asked_day(request: HttpRequest) -> tuple[DayForm, datetime | None]:
    """Return the form and the moment at which the day asked for was over; None: none, or no day."""
    today = legal_day(clock.now())
    form = DayForm(today, request.GET if "day" in request.GET else None)
    if form.is_bound and form.is_valid():
        return form, end_of(form.cleaned_data["day"])
    return form, None


def _rows(then: Then) -> list[dict[str, str]]:
    spoken = then.said or {}
    return [
        {"label": str(LABELS[name]), "value": in_words(name, spoken[name])}
        for name in SNAPSHOT
        if name in spoken
    ]


def _list_then(review: VillageReview, moment: datetime) -> list[dict[str, Any]]:
    cases = Case.objects.filter(village_review=review)
    then = cases_then(cases, moment)
    named = cases.filter(pk__in=then).order_by("pk").values_list("pk", "code")
    return [
        {
            "code": code,
            "state": then[pk].state,
            "said": then[pk].said,
            "at": then[pk].at,
        }
        for pk, code in named
    ]


def _difference_row(household: HouseholdDifference, pack: Pack | None) -> dict[str, Any]:
    return {
        "code": household.code,
        "village": household.village,
        "unexplained": household.unexplained,
        "entries": [
            {
                "title": LIST_TITLES[entry.list],
                "household_class": entry.household_class,
                "act": entry.act_number,
            }
            for entry in household.entries
        ],
        "reasons": [
            [
                {
                    "title": REASONS.get(r.code) or title_of(r.code, pack),
                    "act": r.act_number,
                    "text": r.text,
                }
                for r in difference.reasons
            ]
            for difference in household.differences
        ],
    }


urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/dot/<str:key>/ho/<str:code>/", audit_case, name="audit-case"),
    path("ban-kiem-tra/dot/<str:key>/thon/<str:village>/", audit_village, name="audit-village"),
    path("ban-kiem-tra/dot/<str:key>/khac-nhau/", audit_differences, name="audit-differences"),
]
