"""Time limits of a round: all of them, how each was counted, and the plan back from the last day."""

from calendar import Calendar as MonthTable
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from cases.calendar_editions import days_by_version
from cases.duties import Duty
from cases.models import Act, Round, RunningTerm, StateCount, TermPause, TermRecount, User
from cases.models.calendars import CalendarEdition, NoCalendar, current_calendar
from cases.permissions import duty_unit
from cases.rules.calendar_changes import CalendarEntry, Days, as_calendar
from cases.rules.packs import PACKS, Pack
from cases.rules.planning import BackPlan, LastDay, NoLastDay, back_plan
from cases.rules.terms import (
    DAY_REASONS_VI,
    Calendar,
    CountedDay,
    DayReason,
    StillPaused,
    TermKind,
    counted_term,
)
from cases.running_terms import recounted
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.pages.doors import On, door, round_or_404
from workflow.pages.person import person
from workflow.pages.progress import (
    WAITED_OUT,
    is_late,
    shown_deadline,
    visible_reviews,
    visible_terms,
)
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
    recounted: bool = False


@door("office", Duty.VIEW, on=On.ROUND)
@require_safe
def terms(request: HttpRequest, key: str) -> HttpResponse:
    """List the time limits of a round within one's duty: the running ones first."""
    round = round_or_404(request, key)
    day = legal_day(clock.now())
    running_first = F("ended_at").asc(nulls_first=True)
    again = TermRecount.objects.filter(term=OuterRef("pk"))
    listed = (
        visible_terms(person(request), [round])
        .annotate(recounted=Exists(again))
        .order_by(running_first, "ends_on", "pk")
    )
    page = Paginator(listed, TERMS_A_PAGE).get_page(request.GET.get("trang"))
    return render(
        request,
        "workflow/terms.html",
        {
            "round": round,
            "page": page,
            "rows": [term_row(term, day) for term in page],
            "may_pause": duty_unit(person(request), Duty.COMPILE_LIST, round, ["COMMUNE"])
            is not None,
        },
    )


def term_row(term: RunningTerm, day: date) -> TermRow:
    shown = shown_deadline(term, day)
    status, tone = _status(term, day)
    return TermRow(
        term,
        shown.title,
        shown.place,
        shown.url,
        shown.count_url,
        count_words(term),
        status,
        tone,
        getattr(term, "recounted", False),
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
    if getattr(term, "paused", False):
        return _("đang tạm dừng"), "warn"
    if is_late(term, day):
        return _("quá hạn"), "bad"
    return (_("đang chạy"), "plain") if day <= term.ends_on else (_("đã đủ ngày"), "good")


# --- How one was counted ---


@dataclass(frozen=True)
class Counted:
    """
    How a time limit was counted.

    `ends_on` None: it stands still, `left` days are to be counted when it goes on.
    """

    days: Sequence[CountedDay]
    ends_on: date | None
    provisional: bool = False
    left: int = 0


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


@door("office", Duty.VIEW, on=On.ROUND)
@require_safe
def term(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show how a time limit was counted, over the edition of the calendar it was counted by."""
    round = round_or_404(request, key)
    mine = visible_terms(person(request), [round]).select_related("started_by", "ended_by")
    running = get_object_or_404(mine, pk=min(number, 2**62))
    day = legal_day(clock.now())
    listed = days_by_version([running.calendar_version]).get(running.calendar_version)
    pauses = list(
        running.pauses.select_related("paused_by", "resumed_by").order_by("from_day", "pk")
    )
    counted = None
    if listed is not None:
        calendar = as_calendar(running.calendar_version, listed.values())
        counted = count_again(running, calendar, pauses, day)
    rule = PACKS[round.pack].term(running.code)
    return render(
        request,
        "workflow/terms_count.html",
        {
            "round": round,
            "row": term_row(running, day),
            "term": running,
            "article": rule.source.article,
            "unsure": rule.source.mark == "?",
            "started": act_title(running.started_by.code),
            "counted": counted,
            "differs": counted and counted.ends_on and counted.ends_on != running.ends_on,
            "days": [] if counted is None else list(day_rows(counted, listed or {})),
            "months": [] if counted is None else months(counted),
            "weekdays": _weekdays(),
            "pauses": pauses,
            "recounts": running.recounts.order_by("pk"),
        },
    )


def count_again(
    term: RunningTerm, calendar: Calendar, pauses: Sequence[TermPause], today: date
) -> Counted:
    """Return the same time limit counted over a calendar and its pauses, as far as it has come."""
    stood = [(pause.from_day, pause.until_day) for pause in pauses]
    try:
        found = counted_term(term.kind, term.starts_on, term.days, calendar, stood)
    except StillPaused as paused:
        still = range(max((today - paused.since).days, 0) + 1)
        days = [
            CountedDay(paused.since + timedelta(days=n), False, DayReason.PAUSED) for n in still
        ]
        return Counted([*paused.days, *days], None, left=paused.left)
    return Counted(found.days, found.ends_on, found.provisional)


def day_rows(counted: Counted, listed: Days) -> Iterator[DayRow]:
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


def months(counted: Counted) -> list[Month]:
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


def _marks(counted: Counted) -> dict[date, tuple[str, str]]:
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
    if each.why_code == DayReason.PAUSED:
        return _("tạm dừng"), "paused"
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
    """A running term and its end over another calendar; `kept`: it hangs on a wall and stays."""

    row: TermRow
    ends_on: date
    kept: bool


@dataclass(frozen=True)
class MovedTerms:
    """Running terms that another calendar would end on another day: how many, and the first."""

    total: int
    rows: list[MovedTerm]


@dataclass(frozen=True)
class RecountedTerms:
    """Terms that an edition counted anew: how many, and the first."""

    total: int
    rows: list[tuple[TermRow, TermRecount]]


def moved_terms(user: User, calendar: Calendar, day: date) -> MovedTerms:
    """Return the running terms within one's duty that a calendar would end on another day."""
    mine = visible_terms(user)
    moved = recounted(mine, calendar)
    first = moved[:MOVED_SHOWN]
    terms = {term.pk: term for term in mine.filter(pk__in=[each.pk for each in first])}
    rows = [MovedTerm(term_row(terms[each.pk], day), each.counted_end, each.kept) for each in first]
    return MovedTerms(len(moved), rows)


def recounted_by(edition: CalendarEdition, user: User, day: date) -> RecountedTerms:
    """Return the terms within one's duty that an edition of the calendar counted anew."""
    mine = visible_terms(user)
    records = TermRecount.objects.filter(edition=edition, term__in=mine)
    first = list(records.order_by("new_end", "pk")[:MOVED_SHOWN])
    terms = {term.pk: term for term in mine.filter(pk__in=[each.term_id for each in first])}
    rows = [(term_row(terms[each.term_id], day), each) for each in first]
    return RecountedTerms(records.count(), rows)


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


@door("office", Duty.VIEW, on=On.ROUND)
@require_safe
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """Show the last safe day of each step of a round; a day that is past is told, never blocks."""
    round = round_or_404(request, key)
    pack = PACKS[round.pack]
    usual = _reverification(pack)
    form = PlanForm(request.GET or None, initial={"days": usual}, label_suffix="")
    asked = form.cleaned_data["days"] if usual and form.is_valid() else None
    planned = pack if asked is None else _with_reverification(pack, asked)
    context: dict[str, Any] = {
        "round": round,
        "form": form if usual else None,
        "usual": usual,
        "asked": asked if asked != usual else None,
    }
    try:
        found = back_plan(planned, round.year, current_calendar(), round.month)
    except NoCalendar as error:
        context["no_calendar"] = str(error)
    except NoLastDay:
        context["no_last_day"] = True
    else:
        done = _done(person(request), round)
        day = legal_day(clock.now())
        context["plan"] = found
        context["unsure"] = found.source.mark == "?"
        context["rows"] = [_step_row(step, found, planned, done, day) for step in found.steps]
    return render(request, "workflow/terms_plan.html", context)


def _reverification(pack: Pack) -> int | None:
    """Return how many days a re-verification may take; None: the review knows none."""
    return next((rule.days for rule in pack.terms if rule.code == "reverification"), None)


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
        code__in=["post_list", "sign_report", "sign_decision", "sign_monthly_report"],
    )
    found: dict[str, dict[int | None, date]] = {}
    for code, review, at in acts.order_by("sequence").values_list("code", "village_review", "at"):
        found.setdefault(code, {})[review] = legal_day(at)
    return {
        code: _Done(len(days), villages if code == "post_list" else 1, max(days.values()))
        for code, days in found.items()
    }


def _step_row(
    step: LastDay, plan: BackPlan, pack: Pack, done: Mapping[str, _Done], day: date
) -> StepRow:
    rules = [pack.term(code) for code in step.terms]
    words = [_("%(term)s %(n)d ngày") % {"term": _(rule.title), "n": rule.days} for rule in rules]
    made = done.get(step.act)
    status, tone = _step_status(step, made, day)
    before_decision = step.day <= plan.last_day
    if made is None and before_decision and "sign_decision" in done:
        status, tone = "", "plain"  # the round came to its end without this step
    elif made is None and step.day < plan.first_day:
        status, tone = _("không đủ ngày trong đợt này"), "warn"
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
