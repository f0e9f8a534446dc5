"""
What lists wait for: read from the states of their households, as charts are.

A chart waits at one step, the first; a village may owe several at once (households to be surveyed
again, and an agreed list to be posted). So every step is owed for which a household waits and
which no other household of the list holds up. The number of queries follows neither cases nor lists.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import (
    Case,
    Level,
    MonthlyReport,
    Round,
    RunningTerm,
    StateCount,
    User,
    VillageReview,
)
from cases.permissions import Scope, scope_of
from cases.rules.fixed_days import monthly_report_due
from cases.rules.packs import PACKS, SHIPPED, Act, Pack, Seat, Span
from cases.running_terms import POSTED, standing_still
from workflow.charts import AFTER_DECISION, LIST, REPORT, VILLAGES, steps_of
from workflow.machine.apply import legal_day
from workflow.models import RoundProcess, VillageReviewProcess
from workflow.titles import act_title

WAITED_FOR = ("close_posting", "close_reposting")
# Households of these are shown one by one where there is one only.
LOOP = (*WAITED_FOR, "reverify", "redetermine_income", "repost")
ACTING = {act.duty for pack in SHIPPED for act in pack.acts}
OPINING = {act.duty for pack in SHIPPED for act in pack.acts if act.seat == Seat.SUPERIOR}
ABOVE = (Level.DISTRICT, Level.PROVINCE)
GRIEVANCE = "grievance"
Counts = Mapping[str, int]  # state -> cases
Terms = dict[tuple[int, int | None, str], date]  # round, village review, term -> last day


@dataclass(frozen=True)
class Owed:
    """One thing a person can do now; without `url` it must wait for the day its title names."""

    title: str
    place: str
    url: str
    due_on: date | None
    overdue: bool
    count: int
    act: str


class Group(NamedTuple):
    """Households of one village in one state of posting and complaint."""

    review_id: int
    state: str
    n: int
    over: int  # how many of them have been posted long enough
    first: str  # code of the first of them
    until: datetime | None  # when the next posting that still runs is over


@dataclass(frozen=True)
class Reach:
    """Where a person's duties reach."""

    scope: Scope

    def may(self, act: Act, round: Round, review: VillageReview | None = None) -> bool:
        """Test if the person holds the act's duty where its seat asks for it."""
        granted = self.scope.get(act.duty, {})
        if act.seat == Seat.SUPERIOR:
            return any(round.superior_id in granted.get(level, ()) for level in ABOVE)
        if round.keeper_id in granted.get(Level.COMMUNE, ()):
            return True
        if act.seat != Seat.VILLAGE or review is None:
            return False
        return review.keeper_id in granted.get(Level.VILLAGE, ())

    def units(self, duties: Iterable[str], *levels: str) -> set[int]:
        """Return the units of these levels on which the person holds one of the duties."""
        granted = [self.scope.get(duty, {}) for duty in duties]
        return {unit for held in granted for level in levels for unit in held.get(level, ())}

    def village_reviews(self) -> QuerySet[VillageReview]:
        """Return the villages with an open chart in which the person may act."""
        mine = Q(keeper__in=self.units(ACTING, Level.VILLAGE))
        mine |= Q(round__keeper__in=self.units(ACTING, Level.COMMUNE))
        return open_village_reviews().filter(mine)

    def rounds(self) -> QuerySet[Round]:
        """Return the rounds with an open chart in which the person may act."""
        charts = RoundProcess.objects.filter(round=OuterRef("pk"), closed_at__isnull=True)
        mine = Q(keeper__in=self.units(ACTING, Level.COMMUNE))
        mine |= Q(superior__in=self.units(OPINING, *ABOVE))
        reported = MonthlyReport.objects.filter(round=OuterRef("pk"))
        rounds = Round.objects.filter(mine, Exists(charts)).select_related("commune")
        return rounds.annotate(reported=Exists(reported))


def open_village_reviews() -> QuerySet[VillageReview]:
    """Return the villages with an open chart: finished years are not searched."""
    charts = VillageReviewProcess.objects.filter(
        village_review=OuterRef("pk"), closed_at__isnull=True
    )
    return VillageReview.objects.filter(Exists(charts)).select_related("round__commune", "village")


def steps_owed(user: User, at: datetime) -> list[Owed]:
    """Return what lists wait for from this person."""
    reach = Reach(scope_of(user))
    reviews = list(reach.village_reviews())
    rounds = list(reach.rounds())
    terms = _terms({r.pk for r in rounds} | {review.round_id for review in reviews})
    return [
        *_owed_of_villages(reviews, reach, terms, at),
        *_owed_of_rounds(rounds, reach, terms, at),
    ]


def _owed_of_villages(
    reviews: list[VillageReview], reach: Reach, terms: Terms, at: datetime
) -> Iterator[Owed]:
    counts = _counts("village_review", [review.pk for review in reviews])
    loop: dict[tuple[int, str], tuple[VillageReview, Act]] = {}
    for review in reviews:
        pack, states = PACKS[review.round.pack], counts[review.pk]
        for step, awaited in steps_of(pack).village.items():
            act = pack.by_code[step]
            present = [state for state in awaited if states[state]]
            if not present or _held_up(act, states) or not reach.may(act, review.round, review):
                continue
            if step in LOOP:
                loop |= {(review.pk, state): (review, act) for state in present}
                continue
            due = _due(review.round, terms)
            if step == "survey":
                yield from _surveys_owed(act, review, states, due, at)
            else:
                n = sum(states[state] for state in present)
                url = _village_act(review, step)
                if act.span == Span.CASE:
                    url = _households(review, tuple(present))
                yield _owed(act, review, url, n, due, at)
    yield from _owed_of_households(loop, terms, at)


def _held_up(act: Act, states: Counts) -> bool:
    """Test if households in another state stand against an act on the whole list."""
    if act.span == Span.CASE:
        return False
    if act.code == "post_list" and states["posted"]:
        return True  # one posting of a village's list at a time
    return not {state for state, n in states.items() if n} <= {*act.sources, *act.untouched}


def _surveys_owed(
    act: Act, review: VillageReview, states: Counts, due: date | None, at: datetime
) -> Iterator[Owed]:
    titles = {
        ("listed", "screened"): _("Khảo sát hộ"),
        ("disagreed",): _("Khảo sát lại hộ mà họp dân chưa đồng ý"),
        ("objected",): _("Khảo sát lại hộ mà cấp trên chưa thống nhất"),
    }
    for codes, title in titles.items():
        if n := sum(states[code] for code in codes):
            yield _owed(act, review, _households(review, codes), n, due, at, title)


def _owed_of_households(
    loop: dict[tuple[int, str], tuple[VillageReview, Act]], terms: Terms, at: datetime
) -> Iterator[Owed]:
    for group in _groups(loop, at):
        review, act = loop[group.review_id, group.state]
        if act.span == Span.VILLAGE:
            url = _village_act(review, act.code)
        elif group.n == 1:
            url = _case_act(review, group.first, act.code)
        else:
            url = _households(review, (group.state,))
        if act.code in WAITED_FOR:
            if group.over:
                yield _owed(act, review, url, group.over, None, at)
            if group.until:
                yield _to_be_waited_for(act, review, group.n - group.over, group.until, at)
        else:
            own = terms.get((review.round_id, review.pk, act.ends_term))
            yield _owed(act, review, url, group.n, own or _due(review.round, terms), at)


def _groups(loop: Mapping[tuple[int, str], Any], at: datetime) -> list[Group]:
    if not loop:
        return []
    rows = (
        Case.objects.filter(
            village_review__in={review for review, state in loop},
            state__in={state for review, state in loop},
        )
        .order_by("village_review", "state")
        .values_list("village_review_id", "state")
        .annotate(
            n=Count("pk"),
            over=Count("pk", filter=Q(posting_until__lte=at)),
            first=Min("code"),
            until=Min("posting_until", filter=Q(posting_until__gt=at)),
        )
    )
    return [Group(*row) for row in rows if (row[0], row[1]) in loop]


def _owed_of_rounds(
    rounds: list[Round], reach: Reach, terms: Terms, at: datetime
) -> Iterator[Owed]:
    counts, day = _counts("village_review__round", [round.pk for round in rounds]), legal_day(at)
    heard_again: dict[tuple[int, str], Act] = {}
    for round in rounds:
        pack, states = PACKS[round.pack], counts[round.pk]
        for step, awaited in steps_of(pack).round.items():
            n = sum(states[state] for state in awaited)
            if step == VILLAGES or not (n or _is_new(step, pack, states)):
                continue
            act = pack.by_code[step]
            if _held_up(act, states) or not reach.may(act, round):
                continue
            if step == LIST and day < pack.days_of(round.year, round.month)[0]:
                continue
            if awaited <= AFTER_DECISION:
                heard_again |= {(round.pk, state): act for state in awaited}
                continue
            due = terms.get((round.pk, None, act.ends_term)) or _due(round, terms)
            yield _owed(act, round, _round_act(round, step), n, due, at)
        yield from _reports_owed(round, states, reach, at)
    yield from _owed_after_decision(heard_again, terms, at)


def _is_new(step: str, pack: Pack, states: Counts) -> bool:
    """Test if the list of a yearly round is still to be made of last year's."""
    return step == LIST and pack.window is not None and not any(states.values())


def _due(round: Round, terms: Terms) -> date | None:
    """Return by when a month's round is to be over; a yearly one has its window."""
    return terms.get((round.pk, None, "whole"))


def _owed_after_decision(
    heard_again: Mapping[tuple[int, str], Act], terms: Terms, at: datetime
) -> Iterator[Owed]:
    """Yield the households that are heard again, by village; the village's chart has long ended."""
    if not heard_again:
        return
    rows = (
        Case.objects.filter(
            round__in={round for round, state in heard_again},
            state__in={state for round, state in heard_again},
        )
        .order_by("village_review", "state")
        .values_list("round_id", "village_review_id", "state")
        .annotate(n=Count("pk"), first=Min("code"))
    )
    mine = [row for row in rows if (row[0], row[2]) in heard_again]
    reviews = VillageReview.objects.select_related("round__commune", "village").in_bulk(
        [row[1] for row in mine]
    )
    for round_id, review_id, state, n, first in mine:
        review, act = reviews[review_id], heard_again[round_id, state]
        due = terms.get((round_id, review_id, GRIEVANCE))
        url = _case_act(review, first, act.code) if n == 1 else _households(review, (state,))
        yield _owed(act, review, url, n, due, at)


def _reports_owed(round: Any, states: Counts, reach: Reach, at: datetime) -> Iterator[Owed]:
    """Yield the report of a month of which nothing is open any more, requests or none."""
    pack = PACKS[round.pack]
    if REPORT not in pack.by_code or round.reported:
        return
    act = pack.by_code[REPORT]
    settled = {*pack.final_states, *AFTER_DECISION}
    still_open = any(n for state, n in states.items() if state not in settled)
    begins = pack.days_of(round.year, round.month)[0]
    if still_open or legal_day(at) < begins or not reach.may(act, round):
        return
    due = monthly_report_due(pack, round.year, round.month).day
    yield _owed(act, round, _round_act(round, REPORT), 0, due, at)


def _counts(column: str, lists: list[int]) -> dict[int, Counts]:
    """Return the cases of each list by state."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = StateCount.objects.filter(**{f"{column}__in": lists}).values_list(column, "state")
    for pk, state, n in rows.annotate(cases=Sum("n")):
        counts[pk][state] = n
    return counts  # type: ignore[return-value]


def _terms(rounds: Iterable[int]) -> Terms:
    """Return the first last day of each list's running time limits that are to be kept."""
    waited_for = ("contested", *AFTER_DECISION)
    running = RunningTerm.objects.filter(round__in=list(rounds), ended_at__isnull=True)
    rows = (
        running.exclude(code__in=POSTED)
        .exclude(pk__in=standing_still(running).values("pk"))
        .filter(Q(case__isnull=True) | Q(case__state__in=waited_for))
        .order_by()
        .values_list("round_id", "village_review_id", "code")
        .annotate(first=Min("ends_on"))
    )
    return {(round, review, code): ends for round, review, code, ends in rows}


def _owed(
    act: Act,
    place: VillageReview | Round,
    url: str,
    n: int,
    due: date | None,
    at: datetime,
    title: str = "",
) -> Owed:
    if isinstance(place, VillageReview):
        where, round = f"{place.village_name}, {place.round}", place.round
    else:
        where, round = str(place), place
    title = title or str(act_title(act.code, PACKS[round.pack]))
    return Owed(title, where, url, due, due is not None and due < legal_day(at), n, act.code)


def _to_be_waited_for(
    act: Act, review: VillageReview, n: int, until: datetime, at: datetime
) -> Owed:
    """Return the end of a posting that is to be waited for until its last day is over."""
    last = timezone.localdate(until) - timedelta(days=1)
    title = _("%(act)s: chờ đến hết ngày %(day)s") % {
        "act": act_title(act.code, PACKS[review.round.pack]),
        "day": date_format(last, "SHORT_DATE_FORMAT"),
    }
    return _owed(act, review, "", n, None, at, title)


def _village_act(review: VillageReview, act: str) -> str:
    return reverse("village-act", args=[review.round.key, review.village.code, act])


def _round_act(round: Round, act: str) -> str:
    return reverse("round-act", args=[round.key, act])


def _case_act(review: VillageReview, code: str, act: str) -> str:
    return reverse("case-act", args=[review.round.key, code, act])


def _households(review: VillageReview, states: tuple[str, ...]) -> str:
    """Return the village's page; the households of one state alone where that is the whole."""
    page = reverse("village", args=[review.round.key, review.village.code])
    return f"{page}?state={states[0]}" if len(states) == 1 else page
