"""
What a person owes now.

Steps of lists are read from the rows of waiting charts; what happens household by household
(complaints, re-posting, answers to requesters) from the states themselves. Rights come from the
same scope as everywhere; the number of queries follows neither cases nor villages.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from cases.duties import Duty
from cases.models import (
    Case,
    Level,
    Round,
    RunningTerm,
    StateCount,
    UnitVersion,
    User,
    VillageReview,
)
from cases.permissions import scope_of
from cases.rules.packs import PACKS, Seat
from notifications import notices as told
from workflow.charts import ROUND_STEPS, VILLAGE_STEPS
from workflow.machine.apply import legal_day
from workflow.models import RoundProcess, VillageReviewProcess
from workflow.titles import act_title

DUTIES = {act.code: act.duty for pack in PACKS.values() for act in pack.acts}
SEATS = {act.duty: act.seat for pack in PACKS.values() for act in pack.acts}
ORDER = [act.code for pack in PACKS.values() for act in pack.acts]
# Owed by the state of households, wherever the list's chart stands: a late request moves the
# chart back to its own step, and neither the posting nor the opinion waits for it.
LOOP = ("close_posting", "reverify", "repost", "close_reposting")
MEANWHILE = ("give_opinion", "refuse")
Counts = dict[int, dict[str, int]]  # list -> state -> cases
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


@dataclass(frozen=True)
class Told:
    """A notice as a page shows it."""

    pk: int
    title: str
    url: str
    at: datetime
    read: bool


class Group(NamedTuple):
    """Households of one village in one state of the complaint loop."""

    review_id: int
    state: str
    n: int
    over: int  # how many of them have been posted long enough
    first: str  # code of the first of them
    until: datetime | None  # when the next posting that still runs is over


def owed(user: User, at: datetime) -> list[Owed]:
    """Return what the person owes now, the overdue first, then by date and step of the law."""
    if not scope_of(user):
        return []
    day = legal_day(at)
    steps = _village_steps(user)
    loop = _in_the_loop(user, at)
    round_steps = _round_steps(user)
    by_round = _counts_of_rounds(user, [round_id for round_id, step in round_steps])
    places = _reviews({review_id for review_id, step in steps} | {g.review_id for g in loop})
    rounds = Round.objects.select_related("commune").in_bulk(
        {round_id for round_id, step in round_steps} | by_round.keys()
    )
    terms = _terms({r.pk for r in rounds.values()} | {p.round_id for p in places.values()})
    found = [
        *_rounds_to_open(user, day),
        *_owed_of_villages(steps, places),
        *_owed_of_households(loop, places, terms, day),
        *_owed_of_rounds(round_steps, by_round, rounds, terms, day),
        *_owed_of_rounds(_owed_meanwhile(user, by_round, rounds), by_round, rounds, terms, day),
    ]
    return sorted(
        found,
        key=lambda one: (
            not one.overdue,
            one.due_on or date.max,
            ORDER.index(one.act),
            one.place,
        ),
    )


def notices(user: User, limit: int = 20) -> list[Told]:
    """Return the person's latest notices."""
    return [
        Told(
            notice.pk,
            f"{_(notice.title)}: {notice.subject}",
            notice.url,
            notice.created_at,
            notice.read_at is not None,
        )
        for notice in told.recent(user.pk, limit)
    ]


def _reach(user: User, duty: str, *, round: str, village: str = "") -> Q:
    """
    Return the rows on which the duty can be exercised, at the levels its seat allows.

    `round` is the prefix of the columns that a round has too, `village` the village's column.
    """
    granted = scope_of(user).get(duty, {})
    seat = SEATS[duty]
    reach = Q(pk__in=[])
    if seat == Seat.SUPERIOR:
        above = granted.get(Level.DISTRICT, set()) | granted.get(Level.PROVINCE, set())
        return reach | Q(**{f"{round}superior__in": above})
    reach |= Q(**{f"{round}commune__in": granted.get(Level.COMMUNE, set())})
    if seat == Seat.VILLAGE and village:
        reach |= Q(**{f"{village}__in": granted.get(Level.VILLAGE, set())})
    return reach


def _waiting_for(user: User, **columns: str) -> Q:
    """Return the charts whose waiting step the person's duties reach."""
    mine = Q(pk__in=[])
    for duty in SEATS.keys() & scope_of(user).keys():
        waiting = Q(task__status=STATUS.NEW, task__owner_permission=f"cases.{duty}")
        mine |= waiting & _reach(user, duty, **columns)
    return mine


def _village_steps(user: User) -> list[tuple[int, str]]:
    mine = _waiting_for(user, round="village_review__round__", village="village_review__village")
    rows = VillageReviewProcess.objects.filter(mine, closed_at__isnull=True).order_by("pk")
    found = rows.values_list("village_review_id", "task__flow_task")
    return _of_lists(found, VILLAGE_STEPS.keys() - LOOP)


def _round_steps(user: User) -> list[tuple[int, str]]:
    mine = _waiting_for(user, round="round__")
    rows = RoundProcess.objects.filter(mine, closed_at__isnull=True).order_by("pk")
    found = rows.values_list("round_id", "task__flow_task")
    return _of_lists(found, ROUND_STEPS.keys() - set(MEANWHILE))


def _of_lists(rows: Iterable[tuple[int, Any]], steps: Collection[str]) -> list[tuple[int, str]]:
    # A row of a node that is no more must not shut everybody's inbox; check_charts names it.
    return [(pk, node.name) for pk, node in rows if node is not None and node.name in steps]


def _in_the_loop(user: User, at: datetime) -> list[Group]:
    """Return the households under complaint or posted again that the person's duties reach."""
    # By way of open charts, so that finished years are not searched.
    charts = VillageReviewProcess.objects.filter(closed_at__isnull=True)
    columns = {"round": "village_review__round__", "village": "village_review__village"}
    mine = Q(pk__in=[])
    for step in LOOP:
        duty = Duty.REVERIFY if step == "reverify" else Duty.POST
        reviews = charts.filter(_reach(user, duty, **columns)).values("village_review")
        mine |= Q(state__in=VILLAGE_STEPS[step], village_review__in=reviews)
    rows = (
        Case.objects.filter(mine)
        .order_by("village_review", "state")
        .values_list("village_review_id", "state")
        .annotate(
            n=Count("pk"),
            over=Count("pk", filter=Q(posting_until__lte=at)),
            first=Min("code"),
            until=Min("posting_until", filter=Q(posting_until__gt=at)),
        )
    )
    return [Group(*row) for row in rows]


def _counts_of_villages(reviews: Iterable[int]) -> Counts:
    return _by_list(
        StateCount.objects.filter(village_review__in=reviews).values_list(
            "village_review_id", "state"
        )
    )


def _counts_of_rounds(user: User, rounds: Iterable[int]) -> Counts:
    """Return the cases of the rounds by state, and in every round those who await an answer."""
    counted = Q(village_review__round__in=list(rounds))
    for step in MEANWHILE:
        mine = _reach(user, DUTIES[step], round="village_review__round__")
        counted |= Q(state__in=ROUND_STEPS[step]) & mine
    return _by_list(
        StateCount.objects.filter(counted).values_list("village_review__round_id", "state")
    )


def _by_list(rows: Any) -> Counts:
    counts: Counts = defaultdict(lambda: defaultdict(int))
    for list_id, state, n in rows.annotate(cases=Sum("n")):
        counts[list_id][state] = n
    return counts


def _reviews(ids: Iterable[int]) -> dict[int, VillageReview]:
    return VillageReview.objects.select_related("round__commune", "village").in_bulk(list(ids))


def _terms(rounds: Iterable[int]) -> Terms:
    """Return the first last day of each list's running time limits."""
    rows = (
        RunningTerm.objects.filter(round__in=list(rounds), ended_at__isnull=True)
        .filter(Q(case__isnull=True) | Q(case__state__in=VILLAGE_STEPS["reverify"]))
        .order_by()
        .values_list("round_id", "village_review_id", "code")
        .annotate(first=Min("ends_on"))
    )
    return {(round, review, code): ends for round, review, code, ends in rows}


def _owed_of_villages(
    steps: list[tuple[int, str]], places: dict[int, VillageReview]
) -> Iterator[Owed]:
    counts = _counts_of_villages(review_id for review_id, step in steps)
    for review_id, step in steps:
        review, states = places[review_id], counts[review_id]
        n = sum(states[state] for state in VILLAGE_STEPS[step])
        if step == "survey":
            yield from _surveys_owed(review, states)
        else:
            yield _owed(step, act_title(step), review, _village_act(review, step), n)


def _surveys_owed(review: VillageReview, states: dict[str, int]) -> Iterator[Owed]:
    titles = {
        ("listed", "screened"): _("Khảo sát hộ"),
        ("disagreed",): _("Khảo sát lại hộ mà họp dân chưa đồng ý"),
        ("objected",): _("Khảo sát lại hộ mà cấp trên chưa thống nhất"),
    }
    for codes, title in titles.items():
        if n := sum(states[code] for code in codes):
            yield _owed("survey", title, review, _households(review, codes), n)


def _owed_of_households(
    loop: list[Group], places: dict[int, VillageReview], terms: Terms, day: date
) -> Iterator[Owed]:
    for group in loop:
        review = places[group.review_id]
        step = next(step for step in LOOP if group.state in VILLAGE_STEPS[step])
        alone = _case_act(review, group.first, step)
        url = alone if group.n == 1 else _households(review, (group.state,))
        if step == "close_posting":
            alone = url = _village_act(review, step)
        if step in ("close_posting", "close_reposting"):
            if group.over:
                yield _closing(step, review, group.over, None, url)
            if group.until:
                last = timezone.localdate(group.until) - timedelta(days=1)
                yield _closing(step, review, group.n - group.over, last)
        else:
            due = terms.get((review.round_id, review.pk, "reverification"))
            due = due if step == "reverify" else None
            yield _owed(step, act_title(step), review, url, group.n, due, day)


def _owed_of_rounds(
    steps: list[tuple[int, str]],
    counts: Counts,
    rounds: dict[int, Round],
    terms: Terms,
    day: date,
) -> Iterator[Owed]:
    for round_id, step in steps:
        round = rounds[round_id]
        n = sum(counts[round_id][state] for state in ROUND_STEPS[step])
        due = terms.get((round_id, None, "opinion")) if step == "give_opinion" else None
        yield _owed(step, act_title(step), round, _round_act(round, step), n, due, day)


def _owed_meanwhile(user: User, counts: Counts, rounds: dict[int, Round]) -> list[tuple[int, str]]:
    """Return the rounds in which somebody awaits the person's opinion or answer, at any step."""
    scope = scope_of(user)
    communes = scope.get(Duty.SIGN_DECISION, {}).get(Level.COMMUNE, set())
    opinions = scope.get(Duty.GIVE_OPINION, {})
    above = opinions.get(Level.DISTRICT, set()) | opinions.get(Level.PROVINCE, set())
    found = []
    for round_id, states in counts.items():
        round = rounds[round_id]
        mine = {"refuse": round.commune_id in communes, "give_opinion": round.superior_id in above}
        found += [
            (round_id, step)
            for step in MEANWHILE
            if mine[step] and any(states[state] for state in ROUND_STEPS[step])
        ]
    return found


def _rounds_to_open(user: User, day: date) -> Iterator[Owed]:
    """Yield the communes without a round while the year's review is on."""
    communes = scope_of(user).get(Duty.OPEN_ROUND, {}).get(Level.COMMUNE, set())
    packs = [pack for pack in PACKS.values() if pack.covers(day)]
    if not communes or not packs:
        return
    first, last = packs[0].window
    if not date(day.year, *first) <= day <= date(day.year, *last):
        return
    opened = Round.objects.filter(commune__in=communes, year=day.year)
    for name in (
        UnitVersion.objects.in_force(day)
        .filter(unit__in=communes)
        .exclude(unit__in=opened.values("commune"))
        .values_list("name", flat=True)
    ):
        place = f"{name} {day.year}"
        title = str(act_title("open_round"))
        yield Owed(title, place, reverse("open-round"), None, False, 0, "open_round")


def _owed(
    act: str,
    title: Any,
    place: VillageReview | Round,
    url: str,
    n: int,
    due: date | None = None,
    day: date = date.min,
) -> Owed:
    where = str(place)
    if isinstance(place, VillageReview):
        where = f"{place.village_name}, {place.round.commune_name} {place.round.year}"
    return Owed(str(title), where, url, due, due is not None and due < day, n, act)


def _closing(
    act: str, review: VillageReview, n: int, last: date | None, url: str | None = None
) -> Owed:
    """Return the end of a posting: possible, or to be waited for until its last day is over."""
    if last is None:
        return _owed(act, act_title(act), review, url or _village_act(review, act), n)
    title = _("%(act)s: chờ đến hết ngày %(day)s") % {
        "act": act_title(act),
        "day": date_format(last, "SHORT_DATE_FORMAT"),
    }
    return _owed(act, title, review, "", n)


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
