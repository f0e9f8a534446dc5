"""Reports: what a person may read, forms 2, 3 and 4 of a unit and year, and the same as files."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cases.duties import Duty
from cases.models import Level, ReviewKind, UnitVersion
from cases.permissions import rounds_within_duty, scope_of
from cases.reports.counts import Figures, Grouping, settled
from cases.reports.exports import (
    column_titles,
    csv_file,
    heading,
    notes,
    state_words,
    workbook,
)
from cases.reports.forms import FORMS
from cases.reports.places import NoSuchPlace, find_place, review_day
from cases.reports.report import Report, Row, report
from workflow.pages.doors import Gives, On, door

AUDIENCE = "office"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Shelf:
    """A unit and year of which the user may read all forms."""

    unit_code: str
    unit_name: str
    year: int
    rounds: int
    decided: int

    @property
    def links(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "title": form.title, "url": _url(number, self.unit_code, self.year)}
            for number, form in FORMS.items()
        ]


@door(AUDIENCE, Duty.READ_REPORTS, on=On.UNIT, gives=Gives.FIGURES)
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "workflow/reports/index.html", {"shelves": _shelves(request)})


@door(AUDIENCE, Duty.READ_REPORTS, on=On.UNIT, gives=Gives.FIGURES)
def form(request: HttpRequest, number: int) -> HttpResponse:
    made = _asked_report(request, number)
    context = {
        "report": made,
        "title": heading(made),
        "trail": [{"title": _("Báo cáo"), "url": reverse("reports")}],
        "notes": notes(made),
        "headers": column_titles(made),
        "width": len(made.form.columns) + 1,
        "rows": [_shown(made, row, row.name, _row_url(made, row)) for row in made.rows],
        "total": _shown(made, made.total, _("Tổng số"), ""),
        "is_proposed": made.figures is Figures.PROPOSED,
        "other_forms": [
            {"number": n, "title": f.title, "url": _link(made, n), "current": n == number}
            for n, f in FORMS.items()
        ],
        "decided_url": _link(made, number, Figures.DECIDED),
        "proposed_url": _link(made, number, Figures.PROPOSED),
        "files": [{"kind": kind, "url": _link(made, number, kind=kind)} for kind in TYPES],
    }
    return render(request, "workflow/reports/form.html", context)


@door(AUDIENCE, Duty.READ_REPORTS, on=On.UNIT, gives=Gives.FILE)
def file(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    if kind not in TYPES:
        raise Http404
    made = _asked_report(request, number)
    stream = io.BytesIO()
    if kind == "csv":
        stream.write(csv_file(made))
    else:
        workbook(made, stream)
    name = f"bieu-{number}-{made.place.code}-{made.place.year}.{kind}"
    return HttpResponse(
        stream.getvalue(),
        content_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked_report(request: HttpRequest, number: int) -> Report:
    """Return the report the address names; what lies outside the user's duty is not found."""
    year = request.GET.get("year", "")
    if number not in FORMS or not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise Http404
    try:
        place = find_place(request.GET.get("unit", ""), int(year))
    except NoSuchPlace as error:
        raise Http404 from error
    if not place.is_readable_by(request.user):
        raise Http404
    is_proposed = request.GET.get("figures") == Figures.PROPOSED
    figures = Figures.PROPOSED if is_proposed else Figures.DECIDED
    return report(number, place, place.rounds(request.user), figures=figures)


def _shown(made: Report, row: Row, name: str, url: str) -> dict[str, Any]:
    measured = zip(made.form.measures, row.lines, strict=False)  # an undecided row has no lines
    lines = [{"measure": measure, "cells": cells} for measure, cells in measured]
    return {"lines": lines, "name": name, "words": state_words(row), "url": url}


def _row_url(made: Report, row: Row) -> str:
    """Return the way from a row to the report of its unit; villages have none of their own."""
    if made.by is Grouping.VILLAGE:
        return ""
    return _url(made.form.number, row.code, made.place.year, made.figures)


def _link(made: Report, number: int, figures: Figures | None = None, kind: str = "") -> str:
    return _url(number, made.place.code, made.place.year, figures or made.figures, kind)


def _url(
    number: int, unit: str, year: int, figures: Figures = Figures.DECIDED, kind: str = ""
) -> str:
    query: dict[str, Any] = {"unit": unit, "year": year}
    if figures is not Figures.DECIDED:
        query["figures"] = figures.value
    address = (
        reverse("report-file", args=[number, kind]) if kind else reverse("report", args=[number])
    )
    return f"{address}?{urlencode(query)}"


def _shelves(request: HttpRequest) -> list[Shelf]:
    """Return the units the duty was granted on, by year, newest first; one query a level."""
    granted = scope_of(request.user).get(Duty.READ_REPORTS, {})
    rounds = rounds_within_duty(request.user, Duty.READ_REPORTS).filter(kind=ReviewKind.PERIODIC)
    done = Count("pk", filter=Q(pk__in=settled(rounds).order_by().values("pk")))
    found: list[tuple[int, int, int, int]] = []
    for level in (Level.NATION, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        units = granted.get(level, set())
        if level == Level.NATION:
            years = rounds.values("year").annotate(n=Count("pk"), done=done)
            counted = [(unit, r["year"], r["n"], r["done"]) for r in years for unit in units]
        else:
            column = level.lower()
            # A commune reads what it keeps, also of one that has become part of it.
            holder = "keeper" if level == Level.COMMUNE else column
            years = rounds.filter(**{f"{holder}__in": units}).values(column, "year")
            counted = [
                (r[column], r["year"], r["n"], r["done"])
                for r in years.annotate(n=Count("pk"), done=done)
            ]
        found += counted
    names = _unit_names({unit for unit, *_rest in found})
    shelves = [Shelf(*_name_in(names[unit], year), year, n, done) for unit, year, n, done in found]
    return sorted(shelves, key=lambda shelf: (-shelf.year, shelf.unit_code))


def _unit_names(units: Iterable[int]) -> dict[int, list[UnitVersion]]:
    versions: dict[int, list[UnitVersion]] = {}
    for version in UnitVersion.objects.filter(unit__in=units).select_related("unit"):
        versions.setdefault(version.unit_id, []).append(version)
    return versions


def _name_in(versions: list[UnitVersion], year: int) -> tuple[str, str]:
    """Return code and name of a unit as it was when the year's reviews began, or was last."""
    day = review_day(year)
    begun = [version for version in versions if version.valid_from <= day] or versions
    version = max(begun, key=lambda each: each.valid_from)
    return version.unit.code, version.name


urlpatterns = [
    path("bao-cao/", index, name="reports"),
    path("bao-cao/<int:number>/", form, name="report"),
    path("bao-cao/<int:number>/tai-ve/<slug:kind>/", file, name="report-file"),
]
