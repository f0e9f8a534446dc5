"""
What can be done next and why not: the cards of acts that pages show.

For one case the answer is worked out from the loaded row, without a query for each act; it equals
what the act's own page says (a test compares them on random rows). For lists that page is asked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.duties import ROLE_DUTIES, ROLE_TITLES, Duty
from cases.models import Case, Round, User, VillageReview
from cases.permissions import duty_unit
from cases.rules.packs import PACKS, Act, Pack, Seat, Span
from workflow.acts.conditions import in_window
from workflow.machine import house
from workflow.machine.apply import REFUSALS_SHOWN, legal_day
from workflow.machine.bindings import GUARDS, Asking
from workflow.machine.evaluate import holds
from workflow.machine.refusals import Refusal, refusal
from workflow.machine.scope import of_case
from workflow.pages.forms import ACTS_ON
from workflow.pages.forms.asking import objections
from workflow.titles import act_title, state_title

# Done as something happens, not because a list has come to a step.
UPON_EVENT = (
    "receive_request",
    "receive_exit_request",
    "receive_worker_request",
    "complain",
    "record_departure",
    "record_arrival",
    "withdraw",
    "interrupt_posting",
    "interrupt_reposting",
    "accept_grievance",
    "revoke_decision",
    "reexamine",
    "amend_decision",
    "correct_decision",
    "suspend_term",
    "resume_term",
    "carry_over",
    "hand_over",
    "hand_over_village",
)
# Of these, what is shown in one line below the steps that are due: seldom, and never owed.
SELDOM = (
    "record_departure",
    "record_arrival",
    "withdraw",
    "interrupt_posting",
    "interrupt_reposting",
    "accept_grievance",
    "revoke_decision",
    "correct_decision",
    "suspend_term",
    "resume_term",
    "carry_over",
    "hand_over",
    "hand_over_village",
)
REASONS_SHOWN = 4


@dataclass(frozen=True)
class Reason:
    """A refusal in the reader's language, as the components show it."""

    code: str
    sentence: str
    article: str
    remedy: str
    case_code: str = ""


@dataclass(frozen=True)
class ActCard:
    """One act on a case or a list: possible, or not yet and why."""

    code: str
    title: str
    article: str
    url: str
    description: str = ""
    refusals: list[Refusal] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    within_duty: bool = True

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refusals]

    @property
    def seldom(self) -> bool:
        return self.code in SELDOM


def possible_acts(case: Case, user: User, at: datetime) -> list[ActCard]:
    """Return a card for every act on a single case; what the house asks costs a query a rule, no more."""
    pack = PACKS[case.round.pack]
    asking = asking_of(case, user, at)
    return [
        _case_card(act, case, _against(act, case, asking, user))
        for act in pack.acts
        if act.span == Span.CASE
    ]


def awaited_acts(case: Case, user: User, at: datetime) -> list[ActCard]:
    """Return a card for every list act that the case is waiting for in its present state."""
    pack = PACKS[case.round.pack]
    asking = asking_of(case, user, at)
    return [
        _list_card(act, case, _against(act, case, asking, user))
        for act in pack.acts
        if act.span != Span.CASE and case.state in act.sources and act.code not in SELDOM
    ]


def list_acts(target: Round | VillageReview, user: User, at: datetime) -> list[ActCard]:
    """
    Return a card for every act on a list; where the user has the duty, the act's own page is asked.

    The number of queries follows the acts, never the cases.
    """
    pack = PACKS[(target if isinstance(target, Round) else target.round).pack]
    acts = [act for act in pack.acts if act.code in ACTS_ON[type(target)]]
    return _possible_first(_asked_card(act, pack, target, user, at) for act in acts)


def _possible_first(cards: Iterable[ActCard]) -> list[ActCard]:
    """Sort what can be done before what cannot; the order of the procedure holds among each."""
    return sorted(cards, key=lambda card: not card.possible)


def _asked_card(
    act: Act, pack: Pack, target: Round | VillageReview, user: User, at: datetime
) -> ActCard:
    if act.seat == Seat.KEEPER or _duty_unit(act, pack, user, target) is not None:
        against = objections(act.code, target, by=user, at=at)
    else:
        against = [refusal(pack, "no_duty", detail=str(user))]
    held = "no_duty" not in [each.code for each in against]
    return ActCard(
        code=act.code,
        title=str(act_title(act.code, pack.code)),
        article=act.source.article,
        url=_url(act, target),
        description="" if held else who_may(act, pack),
        refusals=against,
        reasons=_summed(against) if held else [],
        within_duty=held,
    )


def asking_of(case: Case, user: User, at: datetime) -> Asking:
    """Return what guards are asked about the case at a moment."""
    return Asking(
        pack=PACKS[case.round.pack],
        round=case.round,
        at=at,
        legal_day=legal_day(at),
        by=user,
        village_review=case.village_review,
        facts={},
    )


def outside_window(round: Round, at: datetime) -> str:
    """Return a sentence when today lies outside the review's window of its year, else nothing."""
    pack = PACKS[round.pack]
    day = legal_day(at)
    if in_window(Asking(pack=pack, round=round, at=at, legal_day=day), day):
        return ""
    # A monthly review has no last day: it is outside only before its 15th.
    first, last = pack.days_of(round.year, round.month)
    if last is None:
        return _("Đợt này bắt đầu từ ngày %(first)s: đến ngày ấy mới xét các giấy đề nghị.") % {
            "first": f"{first:%d/%m/%Y}"
        }
    return _(
        "Hôm nay nằm ngoài thời gian rà soát định kỳ (từ %(first)s đến hết %(last)s/%(year)s): phần lớn việc "
        "sẽ bị từ chối."
    ) % {
        "first": f"{first:%d/%m}",
        "last": f"{last:%d/%m}",
        "year": round.year,
    }


def who_may(act: Act, pack: Pack) -> str:
    """Return who does an act, by role, in words."""
    roles = [
        _(ROLE_TITLES[role]) for role, duties in ROLE_DUTIES.items() if Duty(act.duty) in duties
    ]
    return _("Người làm: %(roles)s.") % {"roles": ", ".join(roles)}


def in_words(refused: Refusal) -> Reason:
    """Return the refusal with its sentences in the reader's language."""
    return Reason(
        refused.code,
        _(refused.sentence),
        _(refused.article),
        _(refused.remedy),
        refused.case_code,
    )


def _url(act: Act, target: Case | Round | VillageReview) -> str:
    """Return the page of an act on the target, or on the list of the round that the target is in."""
    round = target if isinstance(target, Round) else target.round
    kwargs = {"key": round.key, "act": act.code}
    if act.code in ACTS_ON[Case] and isinstance(target, Case):
        return reverse("case-act", kwargs=kwargs | {"code": target.code})
    if act.code in ACTS_ON[VillageReview] and not isinstance(target, Round):
        review = target.village_review if isinstance(target, Case) else target
        return reverse("village-act", kwargs=kwargs | {"village": review.village.code})
    return reverse("round-act", kwargs=kwargs)


def _duty_unit(act: Act, pack: Pack, user: User, place: Case | Round | VillageReview) -> int | None:
    levels: dict[Seat, tuple[str, ...]] = {
        Seat.VILLAGE: ("VILLAGE", "COMMUNE"),
        Seat.COMMUNE: ("COMMUNE",),
        Seat.SUPERIOR: (pack.superior_level,),
    }
    return duty_unit(user, Duty(act.duty), place, levels[act.seat])


def _against(act: Act, case: Case, asking: Asking, user: User) -> list[Refusal]:
    """Return what stands against the act, as `objections` would say it of this one case."""
    if _duty_unit(act, asking.pack, user, case) is None:
        return [refusal(asking.pack, "no_duty", detail=str(user))]
    pack = asking.pack
    against = []
    if not in_window(asking, asking.legal_day):
        timely = [code for code in act.conditions if code in ("within_window", "started")]
        against += [refusal(pack, code) for code in timely]
    if bytes(case.round.pack_hash) != pack.fingerprint:
        return [*against, refusal(pack, "pack_changed")]
    if code := _first_reason(act, case, asking):
        against.append(refusal(asking.pack, code, case_code=case.code, detail=case.state))
    elif act.span == Span.CASE:
        against += house.against(act.code, of_case(case), asking)
    return against


def _first_reason(act: Act, case: Case, asking: Asking) -> str:
    """Return the guard that does not hold, "wrong_state", or nothing when some move is open."""
    entered = {rule.code for rule in asking.pack.guards if rule.entered}
    failed = []
    for move in act.moves:
        if case.state not in move.sources:
            continue
        guards = [code for code in move.guards if code not in entered]
        missing = [code for code in guards if not holds(GUARDS[code](asking), case)]
        if not missing:
            return ""
        failed.append(missing[0])
    return failed[0] if failed else "wrong_state"


def _case_card(act: Act, case: Case, against: list[Refusal]) -> ActCard:
    return ActCard(
        code=act.code,
        title=str(act_title(act.code, case.round.pack)),
        article=act.source.article,
        url=_url(act, case),
        description=_description(act, case, against),
        refusals=against,
        reasons=[in_words(each) for each in _without_code(against)],
        within_duty="no_duty" not in [each.code for each in against],
    )


def _list_card(act: Act, case: Case, against: list[Refusal]) -> ActCard:
    pack = PACKS[case.round.pack]
    if act.span == Span.VILLAGE:
        place = case.village_review.village_name
    else:
        place = case.round.commune_name
    return ActCard(
        code=act.code,
        title=_("Chờ việc chung của danh sách: %(act)s (%(place)s)")
        % {"act": act_title(act.code, pack.code), "place": place},
        article=act.source.article,
        url=_url(act, case),
        description=who_may(act, pack),
        refusals=against,
        reasons=[in_words(each) for each in _without_code(against)],
        within_duty="no_duty" not in [each.code for each in against],
    )


def _description(act: Act, case: Case, against: list[Refusal]) -> str:
    codes = [each.code for each in against]
    if "no_duty" in codes:
        return who_may(act, PACKS[case.round.pack])
    if "wrong_state" in codes:
        states = ", ".join(str(state_title(code)) for code in act.sources)
        return _("Làm khi hồ sơ ở bước: %(states)s.") % {"states": states}
    if "posting_over" in codes and case.posting_until:
        until = date_format(case.posting_until, "SHORT_DATETIME_FORMAT")
        return _("Niêm yết đến %(until)s.") % {"until": until}
    return ""


def _without_code(against: Iterable[Refusal]) -> list[Refusal]:
    """Leave out the case's code where the page is about that case."""
    return [Refusal(each.code, each.sentence, each.article, each.remedy) for each in against]


def _summed(against: list[Refusal]) -> list[Reason]:
    """Say each reason once, with how many households it concerns and in which state they are."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Refusal] = {}
    for each in against:
        group = (each.code, each.detail if each.case_code else "")
        counts[group] += 1
        first.setdefault(group, each)
    capped = len(against) >= REFUSALS_SHOWN
    return [_sum_line(first[group], n, capped) for group, n in counts.most_common(REASONS_SHOWN)]


def _sum_line(refused: Refusal, n: int, capped: bool) -> Reason:
    reason = in_words(refused)
    if not refused.case_code:
        return reason
    households = ngettext("%(n)d hộ", "%(n)d hộ", n) % {"n": n}
    if capped:
        households = _("ít nhất %(households)s") % {"households": households}
    where = _("%(households)s đang ở bước “%(state)s”, đầu tiên là %(code)s.") % {
        "households": households[0].upper() + households[1:],
        "state": state_title(refused.detail),
        "code": refused.case_code,
    }
    return Reason(reason.code, f"{reason.sentence} {where}", reason.article, reason.remedy)
