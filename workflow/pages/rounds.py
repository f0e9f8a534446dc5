"""Rounds, the board of one round (villages by stages), and the list of one village."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.duties import Duty
from cases.models import (
    Act,
    Case,
    HouseholdClass,
    IncomeClass,
    MonthlyReport,
    ReviewKind,
    Round,
    StateCount,
    User,
    VillageReview,
)
from cases.models.calendars import NoCalendar, current_calendar
from cases.names import fold
from cases.permissions import (
    communes_within_duty,
    rounds_to_take_over,
    rounds_within_duty,
    scope_of,
)
from cases.permissions import village_reviews_within_duty as reviews_within
from cases.rules.packs import PACKS, Pack
from cases.rules.terms import calendar_days_after
from workflow import clock
from workflow.acts.deed import MONTH
from workflow.machine.apply import legal_day
from workflow.pages.doors import Gives, On, door, review_or_404, round_or_404
from workflow.pages.forms.deciding import report_table
from workflow.pages.periods import review_title
from workflow.pages.person import person
from workflow.pages.possible import ActCard, list_acts, outside_window
from workflow.pages.progress import (
    VillageRow,
    by_stage,
    counts_by_village,
    deadlines,
    shown_deadline,
    stage_titles,
    visible_reviews,
    wanted_steps,
)
from workflow.pages.scores import add_local_results
from workflow.pages.unit_changes import changes_of_units
from workflow.titles import act_title, state_title

ROUNDS_A_PAGE = 25
CASES_A_PAGE = 50
ACTS_SHOWN = 15
DEADLINES_SHOWN = 20


@dataclass(frozen=True)
class RoundRow:
    """One round in the list: how many households stand where."""

    round: Round
    url: str
    stages: list[tuple[str, int]]  # those with somebody in them
    total: int
    finished: int


class RoundFilter(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Loại rà soát"), required=False)
    year = forms.TypedChoiceField(
        label=gettext_lazy("Năm"), required=False, coerce=int, empty_value=None
    )
    month = forms.TypedChoiceField(
        label=gettext_lazy("Tháng"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, years: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Mọi loại")), *ReviewKind.choices]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("Mọi năm")), *((y, y) for y in years)]  # type: ignore[attr-defined]
        self.fields["month"].choices = [("", _("Mọi tháng")), *((m, m) for m in range(1, 13))]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Return the columns that are asked for."""
        answers = self.cleaned_data if self.is_valid() else {}
        return {name: value for name, value in answers.items() if value}


NAME_LENGTH = 60


class CaseFilter(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("Trạng thái"), required=False)
    household_class = forms.ChoiceField(label=gettext_lazy("Kết quả phân loại"), required=False)
    name = forms.CharField(label=gettext_lazy("Tên chủ hộ"), required=False, max_length=NAME_LENGTH)

    def __init__(self, review: VillageReview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(s.code, state_title(s.code)) for s in PACKS[review.round.pack].states]
        by_score = "survey" in PACKS[review.round.pack].by_code
        known = HouseholdClass.choices if by_score else IncomeClass.choices
        classes = [*known, ("none", _("Chưa phân loại"))]
        self.fields["state"].choices = [("", _("Mọi trạng thái")), *states]  # type: ignore[attr-defined]
        self.fields["household_class"].choices = [("", _("Mọi kết quả")), *classes]  # type: ignore[attr-defined]


@door("office", Duty.VIEW, on=On.ROUND, gives=Gives.FIGURES)
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds within one's duty, the latest opened first, and those to be taken over."""
    user = person(request)
    reach = rounds_within_duty(user, Duty.VIEW)
    years = list(reach.order_by("-year").values_list("year", flat=True).distinct())
    form = RoundFilter(years, request.GET or None)
    wanted = form.wanted()
    page, after = _page(
        reach.filter(**wanted).select_related("commune").order_by("-pk"),
        "pk__lt",
        request,
        ROUNDS_A_PAGE,
    )
    waiting = rounds_to_take_over(user, legal_day(clock.now())).select_related("commune")
    return render(
        request,
        "workflow/rounds.html",
        {
            "rows": _round_rows(page, user),
            "to_take_over": waiting.order_by("commune_name", "pk")[:ROUNDS_A_PAGE],
            "form": form,
            "filtered": bool(wanted),
            "after": after,
            "started": "after" in request.GET,
            "may_open": _may_open(user),
        },
    )


@door("office", Duty.VIEW, on=On.ROUND, gives=Gives.FIGURES)
@require_safe
def board(request: HttpRequest, key: str) -> HttpResponse:
    """Show villages by stages, what holds the round back, and what can be done next."""
    round = round_or_404(request, key)
    at = clock.now()
    day = legal_day(at)
    pack = PACKS[round.pack]
    reviews = list(visible_reviews(person(request), round))
    counts = counts_by_village(reviews)
    totals = sum(counts.values(), Counter())
    rows = [_village_row(round, review, by_stage(pack, counts[review.pk])) for review in reviews]
    finished = bool(totals) and set(totals) <= set(pack.final_states)
    whole = _whole_round(person(request), round)
    cards = list_acts(round, person(request), at)
    terms = [
        shown_deadline(term, day) for term in deadlines(person(request), [round])[:DEADLINES_SHOWN]
    ]
    return render(
        request,
        "workflow/board.html",
        {
            "round": round,
            "title": review_title(round),
            "stages": stage_titles(pack),
            "rows": rows,
            "totals": by_stage(pack, totals),
            "total": sum(totals.values()),
            "partial": not whole,
            "blockers": _blockers(round, reviews, counts),
            "wanted": wanted_steps(pack, totals),
            "finished": finished,
            **_sorted(cards, finished),
            "deadlines": terms,
            "last_day": _last_day(round, pack),
            "changes": changes_of_units(round, reviews, day),
            "decisions": round.decisions.order_by("signed_at", "pk"),
            # Figures of the whole commune are for those who read all of it.
            **(_monthly_report(round) if whole else {}),
            "acts": _latest_acts(round, reviews, whole),
            "outside_window": outside_window(round, at),
            "pack": _(pack.title),
        },
    )


@door("office", Duty.VIEW, on=On.VILLAGE_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def village(request: HttpRequest, key: str, village: str) -> HttpResponse:
    """List the households of a village in the order of the paper, with the acts on the list."""
    review = review_or_404(request, key, village)
    if request.method == "POST":
        return _seek(request, review)
    at = clock.now()
    counts = counts_by_village([review])[review.pk]
    sought = {**request.GET.dict(), "name": request.session.get(_sought(review), "")}
    form = CaseFilter(review, sought if any(sought.values()) else None)
    cases, total = _filtered(review, form)
    page, after = _page(cases, "pk__gt", request, CASES_A_PAGE)
    cards = list_acts(review, person(request), at)
    return render(
        request,
        "workflow/village.html",
        {
            "round": review.round,
            "review": review,
            "cases": page,
            "local_standards": add_local_results(page, review.round),
            "form": form,
            "filtered": any(sought.get(name) for name in form.fields),
            "after": after,
            "started": "after" in request.GET,
            "total": total,
            "households": sum(counts.values()),
            "steps": _steps(review, counts),
            **_sorted(cards),
            "has_meeting": PACKS[review.round.pack].consent is not None,
            "changes": changes_of_units(review.round, [review], legal_day(at)),
            "meetings": review.meetings.order_by("number"),
            "postings": review.postings.select_related("case").order_by("posted_at", "pk"),
            "outside_window": outside_window(review.round, at),
        },
    )


def _seek(request: HttpRequest, review: VillageReview) -> HttpResponse:
    """Keep the name sought in the session: a person's name stands in no address and no log."""
    asked = QueryDict() if "clear" in request.POST else request.POST
    name = asked.get("name", "")[:NAME_LENGTH]
    request.session[_sought(review)] = name.replace("\x00", "")
    kept = {key: asked[key] for key in ("state", "household_class") if asked.get(key)}
    return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)


def _sought(review: VillageReview) -> str:
    return f"name-sought-{review.pk}"


def _page(rows: QuerySet[Any], lookup: str, request: HttpRequest, size: int) -> tuple[Any, int]:
    """Return one page of rows ordered by key, and the key to go on after (0: that was the last)."""
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(**{lookup: min(int(after), 2**62)})
    page = list(rows[: size + 1])
    more = len(page) > size
    return page[:size], page[size - 1].pk if more else 0


def _round_rows(page: list[Round], user: User) -> list[RoundRow]:
    counts: dict[int, Counter[str]] = {round.pk: Counter() for round in page}
    reviews = reviews_within(user, Duty.VIEW).filter(round__in=counts)
    sums = (
        StateCount.objects.filter(village_review__in=reviews)
        .values_list("village_review__round", "state")
        .annotate(n=Sum("n"))
    )
    for round_id, state, n in sums:
        counts[round_id][state] = n
    return [_round_row(round, counts[round.pk]) for round in page]


def _round_row(round: Round, counts: Counter[str]) -> RoundRow:
    pack = PACKS[round.pack]
    stages = zip(stage_titles(pack), by_stage(pack, counts), strict=True)
    return RoundRow(
        round,
        reverse("round", kwargs={"key": round.key}),
        [(title, n) for title, n in stages if n],
        sum(counts.values()),
        sum(counts[state] for state in pack.final_states),
    )


def _may_open(user: User) -> bool:
    if Duty.OPEN_ROUND not in scope_of(user):
        return False
    return communes_within_duty(user, Duty.OPEN_ROUND, legal_day(clock.now())).exists()


def _village_row(round: Round, review: VillageReview, stages: list[int]) -> VillageRow:
    kwargs = {"key": round.key, "village": review.village.code}
    return VillageRow(review, reverse("village", kwargs=kwargs), stages, sum(stages))


def _whole_round(user: User, round: Round) -> bool:
    """Test if the user reads all villages of the round, and not only his or her own."""
    units = round.scope_unit_ids
    granted = scope_of(user).get(Duty.VIEW, {})
    return bool(granted.get("NATION")) or any(
        units.get(level) in ids for level, ids in granted.items()
    )


def _sorted(cards: list[ActCard], finished: bool = False) -> dict[str, list[ActCard]]:
    """
    Return the cards by how a page shows them: due, seldom but possible, other people's.

    Of a finished list nothing is shown that cannot be done.
    """
    mine = [card for card in cards if card.within_duty]
    return {
        "cards": [each for each in mine if not each.seldom and (each.possible or not finished)],
        "seldom": [card for card in mine if card.seldom and card.possible],
        "others": [card for card in cards if not card.within_duty and not card.seldom],
    }


def _last_day(round: Round, pack: Pack) -> date | None:
    """Return the last day of a month's review, as its own limit runs or would run."""
    whole = next((rule for rule in pack.terms if rule.code == MONTH), None)
    if whole is None or not round.month:
        return None
    running = round.terms.filter(code=MONTH).order_by("-pk").first()
    if running is not None:
        return running.ends_on
    try:
        start, _last = pack.days_of(round.year, round.month)
        return calendar_days_after(start, whole.days, current_calendar()).ends_on
    except NoCalendar:
        return None


def _monthly_report(round: Round) -> dict[str, Any]:
    report = MonthlyReport.objects.filter(round=round).first() if round.month else None
    return report_table(report) if report else {}


def _blockers(
    round: Round, reviews: list[VillageReview], counts: dict[int, Counter[str]]
) -> list[dict[str, Any]]:
    """Return the villages that keep the report from being signed, with the states they stand in."""
    report = PACKS[round.pack].by_code.get("sign_report")
    if report is None:
        return []
    ready = {*report.sources, *report.passes_over, *(move.target for move in report.moves)}
    ready |= set(PACKS[round.pack].final_states)
    blockers = []
    for review in reviews:
        behind = {state: n for state, n in counts[review.pk].items() if state not in ready}
        if behind:
            blockers.append(
                {
                    "name": review.village_name,
                    "url": _village_row(round, review, []).url,
                    "n": sum(behind.values()),
                    "states": [(state, n) for state, n in sorted(behind.items())],
                }
            )
    return blockers


def _latest_acts(round: Round, reviews: list[VillageReview], whole: bool) -> list[dict[str, Any]]:
    """Return the last acts on the round and on the villages one may read, the latest first."""
    acts = (
        Act.objects.filter(Q(village_review=None) | Q(village_review__in=reviews), round=round)
        .order_by("-sequence")
        .values(
            "sequence", "code", "pack", "actor_name", "at", "article", "count", "village_review_id"
        )[:ACTS_SHOWN]
    )
    names = {review.pk: review.village_name for review in reviews}
    return [
        {
            **act,
            "title": act_title(act["code"], act["pack"]),
            "place": names.get(act["village_review_id"], ""),
            "count": act["count"] if whole or act["village_review_id"] else None,
        }
        for act in acts
    ]


def _filtered(review: VillageReview, form: CaseFilter) -> tuple[QuerySet[Case], int | None]:
    """Return the cases asked for, in the order of the paper, and how many (nothing: not counted)."""
    cases = Case.objects.filter(village_review=review).select_related("household").order_by("pk")
    counts = StateCount.objects.filter(village_review=review)
    wanted = form.cleaned_data if form.is_valid() else {}
    if state := wanted.get("state"):
        cases, counts = cases.filter(state=state), counts.filter(state=state)
    if code := wanted.get("household_class"):
        code = "" if code == "none" else code
        cases, counts = cases.filter(result_class=code), counts.filter(household_class=code)
    if name := fold(wanted.get("name", "")):
        return cases.filter(household__head_name_key__contains=name), None
    return cases, counts.aggregate(total=Sum("n"))["total"] or 0


def _steps(review: VillageReview, counts: Counter[str]) -> list[dict[str, Any]]:
    """Return the stages of the procedure with how many households of the village stand there."""
    pack = PACKS[review.round.pack]
    stages = by_stage(pack, counts)
    steps = []
    for number, (title, n) in enumerate(zip(stage_titles(pack), stages, strict=True)):
        last = number == len(stages) - 1
        if n:
            state = "done" if last else "current"
        else:
            state = "done" if any(stages[number + 1 :]) and not any(stages[:number]) else "waiting"
        note = ngettext("%(n)d hộ", "%(n)d hộ", n) % {"n": n} if n else ""
        steps.append({"title": title, "state": state, "note": note})
    return steps


urlpatterns: list[URLPattern] = [
    path("dot/", rounds, name="rounds"),
    path("dot/<str:key>/", board, name="round"),
    path("dot/<str:key>/thon/<str:village>/", village, name="village"),
]
