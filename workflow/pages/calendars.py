"""The working calendar: its days by year, its editions, and a new edition from the newest."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.calendar_editions import EditionOvertaken, days_by_version, newest_edition
from cases.duties import Duty
from cases.models import Level
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.rules.calendar_changes import REMOVED, CalendarEntry, Days, as_calendar, changed
from workflow import clock
from workflow.announcing import announce
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door, held_somewhere
from workflow.pages.forms.base import carried
from workflow.pages.forms.calendar import Edition
from workflow.pages.person import person
from workflow.pages.terms import moved_terms, recounted_by

Mark = CalendarDay.Mark
TONES = {Mark.SEEN: "good", Mark.KNOWN: "plain", Mark.UNSURE: "warn"}


@dataclass(frozen=True)
class ListedDay:
    """One day of an edition as the page shows it."""

    entry: CalendarEntry
    kind: str
    mark: str
    tone: str


@dataclass(frozen=True)
class ChangedDay:
    """What a new edition does to one day."""

    shown: ListedDay
    deed: str
    before: str


@door("signed in", on=On.NATION)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the days of one year, in the newest edition or in an earlier one that is asked for."""
    day = legal_day(clock.now())
    editions: list[CalendarEdition] = list(
        CalendarEdition.objects.annotate(n=Count("days")).select_related("author").order_by("-pk")
    )
    edition = _edition(editions, request.GET.get("phien-ban"))
    listed = _listed(edition)
    years = sorted({each.year for each in listed})
    year = _year(request.GET.get("nam"), years, day.year)
    days = [_shown(entry) for entry in listed.values() if entry.day.year == year]
    newest = edition is not None and edition.pk == editions[0].pk
    recounted = None if edition is None else recounted_by(edition, person(request), day)
    return render(
        request,
        "workflow/calendar.html",
        {
            "editions": editions,
            "edition": edition,
            "newest": newest,
            "years": years,
            "year": year,
            "days": days,
            "provisional": any(each.entry.mark == Mark.UNSURE for each in days),
            "recounted": recounted,
            "may_edit": held_somewhere(person(request), Duty.MANAGE_STANDARDS, Level.NATION),
        },
    )


@door("ministry", Duty.MANAGE_STANDARDS, on=On.NATION, level=Level.NATION)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_edit(request: HttpRequest) -> HttpResponse:
    """Take the changes of a new edition, show what they would do, then make it."""
    base = newest_edition()
    if base is None:
        raise Http404
    day = legal_day(clock.now())
    listed = _listed(base)
    edition = Edition(listed, day.year, request.POST or None, base.version)
    context: dict[str, Any] = {
        "base": base,
        "form": edition.form,
        "formset": edition.rows,
        "this_year": day.year,
    }
    step = request.POST.get("step")
    if request.method != "POST" or step == "edit":
        return render(request, "workflow/calendar_edit.html", context)
    if not edition.is_valid():
        return render(request, "workflow/calendar_edit.html", context, status=422)
    if edition.form.cleaned_data["base"] != base.version:
        return _overtaken(request, edition, context)
    if step == "save":
        return _save(request, base, edition, context)
    planned = changed(listed, edition.changes)
    context |= {
        "facts": edition.form.cleaned_data,
        "corrected": edition.corrected_years,
        "changes": [_change(listed, change) for change in edition.changes],
        "moved": moved_terms(person(request), as_calendar("", planned.values()), day),
        "carried": carried(request.POST, {}),
    }
    return render(request, "workflow/calendar_check.html", context)


def _save(
    request: HttpRequest, base: CalendarEdition, edition: Edition, context: dict[str, Any]
) -> HttpResponse:
    facts = edition.form.cleaned_data
    try:
        made = announce(
            base,
            edition.changes,
            source_document=facts["source_document"],
            note=facts["note"],
            corrects=edition.corrected_years,
            by=person(request),
            at=clock.now(),
        )
    except EditionOvertaken:
        return _overtaken(request, edition, context)
    words = {"version": made.version, "n": made.recounts.count()}
    messages.success(
        request,
        _("Đã lập phiên bản lịch %(version)s. Số thời hạn đang chạy đã đếm lại: %(n)d.") % words,
    )
    year = min(change.day.year for change in edition.changes)
    return redirect(f"{reverse('calendar')}?nam={year}")


def _overtaken(request: HttpRequest, edition: Edition, context: dict[str, Any]) -> HttpResponse:
    """Say that another edition came between; the answers stay, the base is the new one."""
    newest = newest_edition()
    edition.form.add_error(
        None, _("Vừa có một phiên bản lịch khác. Hãy xem phiên bản ấy rồi gửi lại.")
    )
    edition.form.data = {**request.POST.dict(), "base": newest.version if newest else ""}
    return render(request, "workflow/calendar_edit.html", context, status=409)


def _listed(edition: CalendarEdition | None) -> Days:
    return days_by_version([edition.version]).get(edition.version, {}) if edition else {}


def _edition(editions: list[CalendarEdition], version: str | None) -> CalendarEdition | None:
    """Return the edition asked for, or the newest."""
    if not version:
        return editions[0] if editions else None
    found = [each for each in editions if each.version == version]
    if not found:
        raise Http404
    return found[0]


def _year(asked: str | None, years: list[int], this_year: int) -> int:
    """Return the year asked for, this one, or the last that the edition knows."""
    if asked in {str(year) for year in years}:
        return int(str(asked))
    return this_year if this_year in years or not years else years[-1]


def _shown(entry: CalendarEntry) -> ListedDay:
    """Return a day in words; one that is taken out has neither kind nor mark."""
    if entry.kind == REMOVED:
        return ListedDay(entry, "", "", "")
    mark = Mark(entry.mark)
    return ListedDay(entry, str(CalendarDay.Kind(entry.kind).label), str(mark.label), TONES[mark])


def _change(listed: Days, change: CalendarEntry) -> ChangedDay:
    before = listed.get(change.day)
    deed = _("thêm") if before is None else _("sửa")
    if change.kind == REMOVED:
        deed = _("bỏ khỏi lịch")
    words = f"{_shown(before).kind}: {before.name}, {_shown(before).mark}" if before else ""
    return ChangedDay(_shown(change), deed, words)


urlpatterns: list[URLPattern] = [
    path("lich/", calendar, name="calendar"),
    path("lich/phien-ban-moi/", calendar_edit, name="calendar-edit"),
]
