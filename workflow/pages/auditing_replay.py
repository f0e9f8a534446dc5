"""Replaying communes against their packs: who skipped, repeated or hurried steps."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cases.duties import Duty
from cases.models import Unit, User
from workflow.auditing.conformance import KIND_TITLES, Kind, Replayed, of_invariants, replay
from workflow.auditing.scope import audited_rounds, rounds_of
from workflow.pages.doors import Gives, On, door, round_or_404
from workflow.pages.forms.auditing import UnitField
from workflow.pages.person import person

ROUNDS_A_PAGE = 25
SHOWN = 200


class ReplayForm(forms.Form):
    unit = UnitField()
    year = forms.IntegerField(label=gettext_lazy("Năm"), min_value=2000, max_value=2100)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.user = user

    def clean_unit(self) -> Unit | None:
        field: Any = self.fields["unit"]
        found: Unit | None = field.unit_for(self.user, self.cleaned_data["unit"])
        return found


@door("auditor", Duty.AUDIT, on=On.UNIT, gives=Gives.FIGURES)
@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    """Replay the rounds of a unit and year, some communes at a time."""
    user = person(request)
    form = ReplayForm(user, request.GET if "unit" in request.GET else None)
    context: dict[str, Any] = {"form": form, "rows": None, "kinds": KIND_TITLES.values()}
    status = 200
    if form.is_bound and form.is_valid():
        rounds = rounds_of(audited_rounds(user), form.cleaned_data["unit"])
        rounds = rounds.filter(year=form.cleaned_data["year"]).select_related("commune")
        after = request.GET.get("after", "")
        if after.isascii() and after.isdigit():
            rounds = rounds.filter(pk__gt=min(int(after), 2**62))
        page = list(rounds.order_by("pk")[: ROUNDS_A_PAGE + 1])
        replayed = replay(page[:ROUNDS_A_PAGE])
        context |= {
            "rows": [(each, _counts(each)) for each in replayed],
            "after": page[ROUNDS_A_PAGE - 1].pk if len(page) > ROUNDS_A_PAGE else "",
        }
    elif form.is_bound:
        status = 422
    return render(request, "workflow/auditing/conformance.html", context, status=status)


@door("auditor", Duty.AUDIT, on=On.ROUND)
@require_safe
def audit_round(request: HttpRequest, key: str) -> HttpResponse:
    """Show each deviation of a round, and what the invariants say of the same."""
    round = round_or_404(request, key, Duty.AUDIT)
    (replayed,) = replay([round])
    recounted = of_invariants(round)
    found = [*replayed.deviations, *recounted]
    return render(
        request,
        "workflow/auditing/round.html",
        {
            "round": round,
            "replayed": replayed,
            "counts": _counts(replayed),
            "findings": round.findings.with_status().order_by("-pk")[:SHOWN],
            "rows": [(each, KIND_TITLES[each.kind]) for each in found[:SHOWN]],
            "total": len(found),
        },
    )


def _counts(replayed: Replayed) -> list[tuple[Any, int]]:
    """Return how many deviations of each kind there are, by the kind's title."""
    return [(KIND_TITLES[kind], replayed.count(kind)) for kind in Kind]


urlpatterns: list[URLPattern] = [
    path("ban-kiem-tra/doi-chieu/", conformance, name="conformance"),
    path("ban-kiem-tra/dot/<str:key>/doi-chieu/", audit_round, name="audit-round"),
]
