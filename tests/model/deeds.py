"""
What can be entered with each act, and what the act writes on a household beside its state.

`CIRCUMSTANCES` are the facts of the act as a whole; `ENTRIES` those of each household. Both hold the
senseless choices too: it is the pack that has to refuse them. An act that is not described here
stops the model.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from cases.rules.packs import Review
from tests.model.commune import (
    ARRIVAL,
    EXIT,
    LAST_YEAR,
    POOR,
    REQUEST,
    STRANGER,
    Case,
    Kind,
    Village,
)

TODAY, YESTERDAY, TOMORROW, BEFORE = "today", "yesterday", "tomorrow", "before the review"
DATES = (TODAY, YESTERDAY, TOMORROW, BEFORE)
INCOMPLETE = "incomplete"
# Whether who acts is close to the household, and says so.
NO_INTEREST, NOTED, KEPT_QUIET = "none", "noted", "kept quiet"
INTERESTS = (NO_INTEREST, NOTED, KEPT_QUIET)
ANOTHER, ALONE, SAME = "another", "the same, there is no other", "the same, there are others"
REVIEWERS = (ANOTHER, ALONE, SAME)

Facts = Mapping[str, Any]


class Votes(NamedTuple):
    agree: int | None  # None: no tally was taken for this household
    attendance: int


class Question(NamedTuple):
    questioned: bool
    reason: bool = True


def _all(**choices: tuple[Any, ...]) -> tuple[Facts, ...]:
    """Return every combination of the choices; the first one is the proper one."""
    return tuple(dict(zip(choices, values, strict=True)) for values in product(*choices.values()))


def _besides(facts: tuple[Facts, ...], **choices: tuple[Any, ...]) -> tuple[Facts, ...]:
    """Add choices that are looked at for themselves: with the proper facts alone, not with all."""
    further = [{**facts[0], name: value} for name, values in choices.items() for value in values]
    return (*facts, *further)


YES_NO = (True, False)
NOTHING: tuple[Facts, ...] = ({},)
_SHEET = _all(day=DATES, interest=INTERESTS)
_SHEET_OF_ANOTHER = _all(day=DATES, reviewer=REVIEWERS, interest=INTERESTS)
_NUMBERED = _all(number=YES_NO)
_SIGNED = _all(number=YES_NO, interest=INTERESTS)
_REQUEST = _all(form_number=YES_NO)
_SUCCESSION = _all(succession=YES_NO, paper=YES_NO)
CIRCUMSTANCES: Mapping[str, tuple[Facts, ...]] = {
    "open_round": _all(plan=YES_NO, committee=YES_NO),
    "receive_request": _all(form_number=YES_NO, livelihood=YES_NO),
    "receive_exit_request": _REQUEST,
    "receive_worker_request": _REQUEST,
    "record_arrival": _all(reason=YES_NO, paper=YES_NO),
    "build_list": NOTHING,
    "screen": _all(day=DATES, interest=INTERESTS),
    "survey": _SHEET,
    "determine_income": _SHEET,
    "classify": NOTHING,
    "hold_meeting": _besides(
        _all(
            held_on=DATES,
            chair=("village head", "head of another village", "commune officer"),
            committee=(1, 0, 101),
            reviewers=(1, 0),
            households=(1, 0),
            front=YES_NO,
            numbered=YES_NO,
            signed=YES_NO,
            attendance=(100, 3, 0),
        ),
        interest=(NOTED, KEPT_QUIET),
    ),
    "post_list": _all(village_place=YES_NO, commune_place=YES_NO),
    "interrupt_posting": _all(reason=YES_NO),
    "interrupt_reposting": _all(reason=YES_NO),
    "complain": _all(complainant=YES_NO, content=YES_NO),
    "reverify": _SHEET_OF_ANOTHER,
    "redetermine_income": _SHEET_OF_ANOTHER,
    "repost": _all(village_place=YES_NO, commune_place=YES_NO),
    "close_posting": NOTHING,
    "close_reposting": NOTHING,
    "sign_report": _NUMBERED,
    "give_opinion": _NUMBERED,
    "sign_decision": _SIGNED,
    "issue_certificates": NOTHING,
    "refuse": NOTHING,
    "record_departure": NOTHING,
    "withdraw": _all(paper=YES_NO),
    "accept_grievance": _all(complainant=YES_NO, content=YES_NO),
    "revoke_decision": _all(number=YES_NO, reason=YES_NO, interest=INTERESTS),
    "reexamine": _SHEET_OF_ANOTHER,
    "amend_decision": _SIGNED,
    "correct_decision": _all(number=YES_NO, reason=YES_NO),
    "sign_monthly_report": _NUMBERED,
    "suspend_term": _all(
        term=("opinion", "posting", "reposting", "paused already", "not running"),
        reason=YES_NO,
        paper=YES_NO,
    ),
    "resume_term": _all(term=("paused", "running"), reason=YES_NO, paper=YES_NO),
    "carry_over": _all(
        edition=("approved", "not approved", "of another review"),
        fits=YES_NO,
        dry_run=("current", "of before", "none"),
    ),
    "hand_over": _SUCCESSION,
    "hand_over_village": _SUCCESSION,
}


def _nothing(kind: Kind, facts: Facts) -> tuple[Any, ...]:
    return (None,)


def _outcomes(kind: Kind, facts: Facts) -> tuple[Any, ...]:
    return (*kind.outcomes, INCOMPLETE)


def _votes(kind: Kind, facts: Facts) -> tuple[Any, ...]:
    """One below half, exactly half and one above of many; the same of few, where half is no number."""
    whole = facts["attendance"]
    agreeing = {100: (49, 50, 51, 101), 3: (1, 2), 0: (0,)}[whole]
    return tuple(Votes(agree, whole) for agree in (None, *agreeing))


def _questions(kind: Kind, facts: Facts) -> tuple[Any, ...]:
    return (Question(False), Question(True), Question(True, reason=False))


def _yes_no(kind: Kind, facts: Facts) -> tuple[Any, ...]:
    return YES_NO


# A new sheet with a result of its own.
MEASURING = ("survey", "reverify", "reexamine", "determine_income", "redetermine_income")
ENTRIES: Mapping[str, Callable[[Kind, Facts], tuple[Any, ...]]] = {
    **dict.fromkeys(MEASURING, _outcomes),
    "screen": _yes_no,
    "hold_meeting": _votes,
    "give_opinion": _questions,
    "refuse": _yes_no,
    "record_departure": _yes_no,
}


def entries(code: str, kind: Kind, facts: Facts) -> tuple[Any, ...]:
    """Return everything that could be entered for a household with the act."""
    return ENTRIES.get(code, _nothing)(kind, facts)


def prepare(code: str, review: Review, case: Case, facts: Facts) -> Case:
    """Make the case that the act works on, where it has none yet and may have one."""
    if case.state:
        return case
    kind = case.kind
    if code == "build_list" and review == Review.PERIODIC and kind.basis == LAST_YEAR:
        return case._replace(state="new", basis=LAST_YEAR)
    if code == "record_arrival" and kind.basis == ARRIVAL:
        return case._replace(state="new", basis=ARRIVAL, paper=facts["paper"])
    if code in ("receive_request", "receive_worker_request") and _may_ask(review, kind):
        return case._replace(state="new", basis=REQUEST, paper=facts["form_number"])
    if code == "receive_exit_request" and kind.opening and kind.basis != STRANGER:
        return case._replace(state="new", basis=EXIT, paper=facts["form_number"])
    return case


def _may_ask(review: Review, kind: Kind) -> bool:
    """Whom the product lets ask: it sends home who is managed and has nothing to gain."""
    if kind.basis == STRANGER:
        return False
    if review == Review.PERIODIC:
        return kind.basis != LAST_YEAR
    return kind.opening != POOR if review == Review.AD_HOC else kind.opening == ""


def enter(code: str, case: Case, facts: Facts, entry: Any) -> Case:
    """Write on the case what the act brings, before its guards are asked."""
    if code in MEASURING:
        result = "" if entry == INCOMPLETE else entry
        today = facts["day"] == TODAY
        return case._replace(result=result, surveyed_today=today, returned_today=False)
    return case


def stamp(code: str, case: Case, facts: Facts, until: int, heard_until: int) -> Case:
    """Write on the case what is stamped together with its new state."""
    if code in ("post_list", "repost"):
        return case._replace(posted=case.result, until=until)
    if code in ("sign_decision", "amend_decision"):
        return case._replace(decided=case.result, heard_until=heard_until)
    if code == "refuse":
        return case._replace(heard_until=heard_until)
    if code == "hold_meeting" and case.state == "disagreed":
        return case._replace(returned_today=facts["held_on"] == TODAY)
    if case.state in ("contested", "objected", "reopened"):
        return case._replace(returned_today=True)
    return case


def take_down(code: str, village: Village) -> Village:
    """Keep whether the village's list is up after the act."""
    if code == "post_list":
        return village._replace(list_is_up=True)
    if code == "close_posting":
        return village._replace(list_is_up=False)
    if code == "interrupt_posting":
        return village._replace(list_is_up=False, interruptions=village.interruptions + 1)
    if code in ("complain", "record_departure", "withdraw") and not _posted(village):
        return village._replace(list_is_up=False)
    return village


def _posted(village: Village) -> bool:
    return any(case.state == "posted" for case in village.cases)


def age(village: Village) -> Village:
    """Let a day go by: what was dated today is so no more."""
    return village._replace(cases=tuple(_older(case) for case in village.cases))


def _older(case: Case) -> Case:
    past = case.past._replace(surveyed_today=False, returned_today=False)
    return case._replace(surveyed_today=False, returned_today=False, past=past)


def every_entry(
    code: str, village: Village, places: tuple[int, ...], facts: Facts
) -> Iterator[tuple[Any, ...]]:
    """Return every way to enter something for each of these households."""
    return product(*(entries(code, village.cases[place].kind, facts) for place in places))
