"""
What a person owes now: what lists wait for, and what no list does.

A month's register to open, a round of a commune that ended, the overdue work of the level below.
Rights come from the same scope as everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from cases.duties import Duty
from cases.models import Act, Level, Round, UnitSuccession, UnitVersion, User
from cases.permissions import (
    rounds_to_take_over,
    rounds_within_duty,
    scope_of,
    village_reviews_within_duty,
)
from cases.rules.packs import SHIPPED, NoPackInForce, Pack, Review, pack_in_force
from notifications import notices as told
from workflow.auditing.findings import waiting_for
from workflow.lateness import OPINION, lateness
from workflow.machine.apply import legal_day
from workflow.models import MONTHLY_REPORT, RoundProcess, TermProcess
from workflow.steps_owed import ABOVE, Owed, Reach, open_village_reviews, steps_owed
from workflow.titles import act_title

__all__ = ["Owed", "Told", "notices", "owed"]

OVERDUE = "overdue"
ORDER = {code: n for n, code in enumerate(a.code for pack in SHIPPED for a in pack.acts)}
# A register is open from the 16th of the month before; whoever waits is reminded late, and once.
REMIND_FROM = 10


@dataclass(frozen=True)
class Told:
    """A notice as a page shows it."""

    pk: int
    title: str
    url: str
    at: datetime
    read: bool


def owed(user: User, at: datetime) -> list[Owed]:
    """Return what the person owes now, the overdue first, then by date and step of the law."""
    if not scope_of(user):
        return []
    day, reach = legal_day(at), Reach(scope_of(user))
    found = [
        *_rounds_to_open(reach, day),
        *_to_take_over(user, reach, day),
        *steps_owed(user, at),
        *_overdue_below(reach),
        *_findings(user),
    ]
    return sorted(
        found,
        key=lambda one: (
            not one.overdue,
            one.due_on or date.max,
            ORDER.get(one.act, len(ORDER)),
            one.place,
        ),
    )


def notices(user: User, limit: int = 20) -> list[Told]:
    """Return the person's latest notices, of rounds and villages that he or she reads today."""
    latest = told.recent(user.pk, limit)
    readable = _readable(user, {notice.act_id for notice in latest})
    return [
        Told(
            notice.pk,
            f"{_(notice.title)}: {notice.subject}",
            notice.url,
            notice.created_at,
            notice.read_at is not None,
        )
        for notice in latest
        if notice.act_id in readable
    ]


def _readable(user: User, acts: set[int]) -> set[int]:
    """Return which acts are within the user's duty: whoever was transferred is told of them no more."""
    if not acts:
        return set()
    reach = Q(village_review__in=village_reviews_within_duty(user, Duty.VIEW))
    reach |= Q(village_review=None, round__in=rounds_within_duty(user, Duty.VIEW))
    return set(Act.objects.filter(reach, pk__in=acts).values_list("pk", flat=True))


def _rounds_to_open(reach: Reach, day: date) -> Iterator[Owed]:
    """Yield the communes without a round of the year or without a register of the month."""
    communes = reach.units([Duty.OPEN_ROUND], Level.COMMUNE)
    if not communes:
        return
    yearly, monthly = _pack(day, Review.PERIODIC), _pack(day, Review.AD_HOC)
    if yearly is not None:
        first, last = yearly.days_of(day.year)
        if first <= day and (last is None or day <= last):
            yield from _without_round(communes, yearly, day, 0)
    if monthly is not None and day.month in monthly.months and day.day >= REMIND_FROM:
        yield from _without_round(communes, monthly, day, day.month)


def _pack(day: date, review: Review) -> Pack | None:
    try:
        return pack_in_force(day, review)
    except NoPackInForce:
        return None


def _without_round(communes: set[int], pack: Pack, day: date, month: int) -> Iterator[Owed]:
    opened = Round.objects.filter(
        commune__in=communes, year=day.year, month=month, kind=pack.review.value
    )
    names = (
        UnitVersion.objects.in_force(day)
        .filter(unit__in=communes)
        .exclude(unit__in=opened.values("commune"))
        .values_list("name", flat=True)
    )
    period = f"{month:02d}/{day.year}" if month else f"{day.year}"
    title = str(act_title("open_round", pack))
    for name in names:
        yield Owed(title, f"{name} {period}", reverse("open-round"), None, False, 0, "open_round")


def _to_take_over(user: User, reach: Reach, day: date) -> Iterator[Owed]:
    """Yield unfinished rounds, and lists of villages, whose unit ended and was followed by another."""
    ended = ~Exists(UnitVersion.objects.in_force(day).filter(unit=OuterRef("keeper")))
    charts = RoundProcess.objects.filter(round=OuterRef("pk"), closed_at__isnull=True)
    for round in rounds_to_take_over(user, day).filter(ended, Exists(charts)).order_by("pk"):
        url = reverse("round-act", args=[round.key, "hand_over"])
        yield Owed(str(act_title("hand_over")), str(round), url, None, False, 0, "hand_over")
    followed = UnitSuccession.objects.filter(predecessor=OuterRef("keeper"), on_date__lte=day)
    communes = reach.units([Duty.COMPILE_LIST], Level.COMMUNE)
    lists = open_village_reviews().filter(ended, Exists(followed), round__keeper__in=communes)
    act = "hand_over_village"
    for review in lists.order_by("pk"):
        url = reverse("village-act", args=[review.round.key, review.village.code, act])
        place = f"{review.village_name}, {review.round}"
        yield Owed(str(act_title(act)), place, url, None, False, 0, act)


def _findings(user: User) -> Iterator[Owed]:
    """Yield the auditors' findings to be answered, and the answers to be concluded, by round."""
    to_answer, to_close = waiting_for(user)
    for act, status, title, rows in (
        ("answer_finding", "OPEN", _("Trả lời phát hiện kiểm tra"), to_answer),
        ("close_finding", "ANSWERED", _("Kết luận phát hiện đã được trả lời"), to_close),
    ):
        if rows is None:
            continue
        asked = Round.objects.filter(pk__in=rows.values("round")).select_related("commune")
        for round in asked.order_by("pk"):
            url = f"{reverse('audit-findings')}?key={round.key}&status={status}"
            yield Owed(title, str(round), url, None, False, 0, act)


def _overdue_below(reach: Reach) -> Iterator[Owed]:
    """
    Yield what the level below has not done in time, by round, until it is done.

    Of an overdue opinion the province hears, or the nation where the province owes it.
    """
    reading = [Duty.READ_REPORTS]
    opinion, of_province = Q(term__code=OPINION), Q(round__superior=F("round__province"))
    mine = ~opinion & Q(round__superior__in=reach.units(reading, *ABOVE))
    provinces = reach.units(reading, Level.PROVINCE)
    mine |= opinion & ~of_province & Q(round__province__in=provinces)
    if reach.units(reading, Level.NATION):
        mine |= opinion & of_province
    late = TermProcess.objects.filter(
        mine,
        closed_at__isnull=True,
        task__status=STATUS.NEW,
        task__owner_permission=f"cases.{Duty.READ_REPORTS}",
    )
    groups = list(
        late.order_by("round", "term__code")
        .values_list("round_id", "term__code")
        .annotate(households=Count("term__case"), first=Min("struck_for"))
    )
    rounds = Round.objects.select_related("commune").in_bulk([group[0] for group in groups])
    for round_id, code, households, struck in groups:
        round = rounds[round_id]
        title, url = _(lateness(code or MONTHLY_REPORT).title), reverse("round", args=[round.key])
        last = legal_day(struck) - timedelta(days=1)
        yield Owed(title, str(round), url, last, True, households, OVERDUE)
