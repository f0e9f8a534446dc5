"""Time limits of a round: all of them, how each was counted, and the plan back from the last day."""

from calendar import Calendar as MonthTable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from cases.calendar_editions import days_by_version
from cases.duties import Duty
from cases.models import Act, Round, RunningTerm, StateCount, User
from cases.models.calendars import NoCalendar, current_calendar
from cases.rules.calendar_changes import CalendarEntry, Days, as_calendar
from cases.rules.packs import PACKS, Pack
from cases.rules.planning import LastDay, back_plan
from cases.rules.terms import (
    DAY_REASONS_VI,
    Calendar,
    CountedDay,
    DayReason,
    Term,
    TermKind,
    calendar_days_after,
    working_days_after,
)
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import door, round_or_404
from workflow.pages.person import person
from workflow.pages.progress import WAITED_OUT, shown_deadline, visible_reviews, visible_terms
from workflow.titles import act_title

TERMS_A_PAGE = 50
MOVED_SHOWN = 50
LONGEST_REVERIFICATION = 30


# --- Every term of a round ---


@dataclass(frozen=True)
class TermRow:
    """One time limit of the list."""

    term: RunningTerm
    title: str
    place: str
    place_url: str
    url: str
    count: str
    status: str
    tone: str


@door("office", Duty.VIEW)
@require_safe
def terms(request: HttpRequest, key: str) -> HttpResponse:
    """List the time limits of a round within one's duty: the running ones first."""
    round = round_or_404(request, key)
    day = legal_day(clock.now())
    running_first = F("ended_at").asc(nulls_first=True)
    listed = visible_terms(person(request), [round]).order_by(running_first, "ends_on", "pk")
    page = Paginator(listed, TERMS_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "workflow/terms.html",
        {"round": round, "page": page, "rows": [term_row(term, day) for term in page]},
    )


def term_row(term: RunningTerm, day: date) -> TermRow:
    shown = shown_deadline(term, day)
    status, tone = _status(term, day)
    return TermRow(
        term, shown.title, shown.place, shown.url, shown.count_url, count_words(term), status, tone
    )


def count_words(term: RunningTerm) -> str:
    """Return how many days of which kind: "3 ngày làm việc"."""
    if term.kind == TermKind.WORKING:
        sentence = ngettext("%(n)d ngày làm việc", "%(n)d ngày làm việc", term.days)
    else:
        sentence = ngettext("%(n)d ngày theo lịch", "%(n)d ngày theo lịch", term.days)
    return sentence % {"n": term.days}


def _status(term: RunningTerm, day: date) -> tuple[str, str]:
    """Return what became of a time limit, and its tone; time that must pass is never late."""
    if term.ended_at is not None:
        if legal_day(term.ended_at) > term.ends_on and term.code not in WAITED_OUT:
            return _("xong muộn"), "warn"
        return _("đã xong"), "good"
    if day <= term.ends_on:
        return _("đang chạy"), "plain"
    return (_("đã đủ ngày"), "good") if term.code in WAITED_OUT else (_("quá hạn"), "bad")


# --- How one was counted ---


@dataclass(frozen=True)
class Cell:
    """One day of the small calendar; `tone` empty: the day lies outside the term."""

    day: date | None
    mark: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Month:
    first: date
    title: str
    weeks: list[list[Cell]]


@dataclass(frozen=True)
class DayRow:
    """One day of the count, in words."""

    day: date
    mark: str
    name: str
    why: str
    counted: bool
    last: bool


@door("office", Duty.VIEW)
@require_safe
def term(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show how a time limit was counted, over the edition of the calendar it was counted by."""
    round = round_or_404(request, key)
    mine = visible_terms(person(request), [round]).select_related("started_by", "ended_by")
    running = get_object_or_404(mine, pk=min(number, 2**62))
    listed = days_by_version([running.calendar_version]).get(running.calendar_version)
    counted = None if listed is None else recounted(running, _calendar(running, listed))
    rule = PACKS[round.pack].term(running.code)
    row = term_row(running, legal_day(clock.now()))
    return render(
        request,
        "workflow/terms_count.html",
        {
            "round": round,
            "row": row,
            "term": running,
            "article": rule.source.article,
            "unsure": rule.source.mark == "?",
            "started": act_title(running.started_by.code),
            "counted": counted,
            "differs": counted is not None and counted.ends_on != running.ends_on,
            "days": [] if counted is None else list(day_rows(counted, listed or {})),
            "months": [] if counted is None else months(counted),
            "weekdays": _weekdays(),
        },
    )


def recounted(term: RunningTerm, calendar: Calendar) -> Term:
    """Return the same time limit counted over a calendar."""
    count = working_days_after if term.kind == TermKind.WORKING else calendar_days_after
    return count(term.starts_on, term.days, calendar)


def _calendar(term: RunningTerm, listed: Days) -> Calendar:
    return as_calendar(term.calendar_version, listed.values())


def day_rows(counted: Term, listed: Days) -> Iterator[DayRow]:
    """Yield each day from the start to the end with the reason it was counted or skipped."""
    marks = _marks(counted)
    for each in counted.days:
        entry: CalendarEntry | None = listed.get(each.day)
        yield DayRow(
            each.day,
            marks[each.day][0],
            entry.name if entry else "",
            _(DAY_REASONS_VI[each.why_code]),
            each.counted,
            each.day == counted.ends_on,
        )


def months(counted: Term) -> list[Month]:
    """Return the weeks of the count as small tables, one for each month, Monday first."""
    marks = _marks(counted)
    found = []
    for year, number in sorted({(each.day.year, each.day.month) for each in counted.days}):
        weeks = MonthTable().monthdatescalendar(year, number)
        first = date(year, number, 1)
        rows = [
            [_cell(day, number, marks) for day in week]
            for week in weeks
            if any(day in marks and day.month == number for day in week)
        ]
        title = _("Tháng %(month)d năm %(year)d") % {"month": number, "year": year}
        found.append(Month(first, title, rows))
    return found


def _cell(day: date, month: int, marks: Mapping[date, tuple[str, str]]) -> Cell:
    if day.month != month:
        return Cell(None)
    return Cell(day, *marks.get(day, ("", "")))


def _marks(counted: Term) -> dict[date, tuple[str, str]]:
    """Return the short word and the tone of each day of a count."""
    marks: dict[date, tuple[str, str]] = {}
    number = 0
    for each in counted.days:
        number += each.counted
        marks[each.day] = _mark(each, number, last=each.day == counted.ends_on)
    return marks


def _mark(each: CountedDay, number: int, *, last: bool) -> tuple[str, str]:
    if each.why_code == DayReason.FIRST_DAY:
        return _("bắt đầu"), "start"
    if last:
        words = _("+%(n)d hết") if each.counted else _("hết")
        return words % {"n": number} if each.counted else words, "end"
    if each.counted:
        return f"+{number}", "counted"
    return _("nghỉ lễ") if each.why_code == DayReason.DAY_OFF else _("nghỉ"), "skipped"


def _weekdays() -> list[tuple[str, str]]:
    """Return short and full names of the days of the week, Monday first, in the reader's language."""
    short = [_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")]
    monday = date(2024, 1, 1)
    full = [date_format(monday.replace(day=n), "l") for n in range(1, 8)]
    return list(zip(short, full, strict=True))


# --- Terms that another calendar would move ---


@dataclass(frozen=True)
class MovedTerm:
    row: TermRow
    ends_on: date


@dataclass(frozen=True)
class MovedTerms:
    """Running terms that another calendar would end on another day: how many, and the first."""

    total: int
    rows: list[MovedTerm]


def moved_terms(user: User, calendar: Calendar, day: date) -> MovedTerms:
    """
    Return the running terms within one's duty that would end otherwise over a calendar.

    Terms of the same start and length are counted once, however many there are.
    """
    running = visible_terms(user).filter(ended_at=None)
    alike = ("starts_on", "days", "kind", "ends_on")
    total, ends, moved = 0, {}, Q(pk__in=[])
    for kind in running.order_by().values(*alike).annotate(n=Count("pk")):
        how_many = kind.pop("n")
        end = recounted(RunningTerm(**kind), calendar).ends_on
        if end != kind["ends_on"]:
            total += how_many
            ends[tuple(kind[name] for name in alike)] = end
            if len(ends) <= MOVED_SHOWN:
                moved |= Q(**kind)
    if not total:
        return MovedTerms(0, [])
    listed: QuerySet[RunningTerm] = running.filter(moved).order_by("ends_on", "pk")[:MOVED_SHOWN]
    rows = [
        MovedTerm(term_row(term, day), ends[tuple(getattr(term, name) for name in alike)])
        for term in listed
    ]
    return MovedTerms(total, rows)


# --- Back from the last day ---


class PlanForm(forms.Form):
    """Whoever holds to seven days of re-verification plans with seven."""

    days = forms.IntegerField(
        label=gettext_lazy("Số ngày làm việc của phúc tra"),
        required=False,
        min_value=1,
        max_value=LONGEST_REVERIFICATION,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@dataclass(frozen=True)
class StepRow:
    """One step of the plan: its last day, how it was found, and whether it is done or past."""

    step: LastDay
    title: str
    why: str
    terms: str
    unsure: bool
    done: str
    status: str
    tone: str


@door("office", Duty.VIEW)
@require_safe
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """Show the last safe day of each step of a round; a day that is past is told, never blocks."""
    round = round_or_404(request, key)
    pack = PACKS[round.pack]
    usual = pack.term("reverification").days
    form = PlanForm(request.GET or None, initial={"days": usual}, label_suffix="")
    asked = form.cleaned_data["days"] if form.is_valid() else None
    planned = pack if asked is None else _with_reverification(pack, asked)
    context: dict[str, Any] = {
        "round": round,
        "form": form,
        "usual": usual,
        "asked": asked if asked != usual else None,
        "article": pack.window_source.article,
    }
    try:
        found = back_plan(planned, round.year, current_calendar())
    except NoCalendar as error:
        context["no_calendar"] = str(error)
    else:
        done = _done(person(request), round)
        day = legal_day(clock.now())
        context["plan"] = found
        context["rows"] = [_step_row(step, planned, done, day) for step in found.steps]
    return render(request, "workflow/terms_plan.html", context)


def _with_reverification(pack: Pack, days: int) -> Pack:
    terms = (
        replace(rule, days=days) if rule.code == "reverification" else rule for rule in pack.terms
    )
    return replace(pack, terms=tuple(terms))


@dataclass(frozen=True)
class _Done:
    """How many of the villages, or of the round itself, a step is done for, and when last."""

    count: int
    of: int
    last: date


def _done(user: User, round: Round) -> dict[str, _Done]:
    """Return the steps of the plan that are done, as far as one reads the round."""
    reviews = visible_reviews(user, round)
    villages = (
        StateCount.objects.filter(village_review__in=reviews)
        .values("village_review")
        .distinct()
        .count()
    )
    acts = Act.objects.filter(
        Q(village_review=None) | Q(village_review__in=reviews),
        round=round,
        code__in=["post_list", "sign_report", "sign_decision"],
    )
    found: dict[str, dict[int | None, date]] = {}
    for code, review, at in acts.order_by("sequence").values_list("code", "village_review", "at"):
        found.setdefault(code, {})[review] = legal_day(at)
    return {
        code: _Done(len(days), villages if code == "post_list" else 1, max(days.values()))
        for code, days in found.items()
    }


def _step_row(step: LastDay, pack: Pack, done: Mapping[str, _Done], day: date) -> StepRow:
    rules = [pack.term(code) for code in step.terms]
    words = [_("%(term)s %(n)d ngày") % {"term": _(rule.title), "n": rule.days} for rule in rules]
    made = done.get(step.act)
    status, tone = _step_status(step, made, day)
    if made is None and "sign_decision" in done:  # the round came to its end without this step
        status, tone = "", "plain"
    return StepRow(
        step,
        _(step.title),
        _(step.why),
        ", ".join(words),
        any(rule.source.mark == "?" for rule in rules),
        _done_words(made),
        status,
        tone,
    )


def _step_status(step: LastDay, made: _Done | None, day: date) -> tuple[str, str]:
    if made and made.count >= made.of:
        return (_("đã làm"), "good") if made.last <= step.day else (_("đã làm, muộn"), "warn")
    left = (step.day - day).days
    if left < 0:
        return _("đã qua"), "bad"
    if not left:
        return _("hôm nay"), "warn"
    return ngettext("còn %(n)d ngày", "còn %(n)d ngày", left) % {"n": left}, "plain"


def _done_words(made: _Done | None) -> str:
    if made is None:
        return ""
    last = f"{made.last:%d/%m/%Y}"
    if made.of <= 1:
        return _("ngày %(day)s") % {"day": last}
    return _("%(n)d trên %(of)d thôn, lần cuối ngày %(day)s") % {
        "n": made.count,
        "of": made.of,
        "day": last,
    }


urlpatterns: list[URLPattern] = [
    path("dot/<str:key>/thoi-han/", terms, name="terms"),
    path("dot/<str:key>/thoi-han/<int:number>/", term, name="term"),
    path("dot/<str:key>/ke-hoach/", plan, name="plan"),
]
