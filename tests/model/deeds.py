"""
What can be entered with each act, and what the act writes on a household beside its state.

`CIRCUMSTANCES` are the facts of the act as a whole; `ENTRIES` those of each household. Both hold the
senseless choices too: it is the pack that has to refuse them. An act that is not described here
stops the model.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from tests.model.commune import LAST_YEAR, REQUEST, Case, Kind, Village

TODAY, YESTERDAY, TOMORROW, AUGUST = "today", "yesterday", "tomorrow", "august"
DATES = (TODAY, YESTERDAY, TOMORROW, AUGUST)
INCOMPLETE = "incomplete"

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


YES_NO = (True, False)
NOTHING: tuple[Facts, ...] = ({},)
CIRCUMSTANCES: Mapping[str, tuple[Facts, ...]] = {
    "open_round": _all(plan=YES_NO, committee=YES_NO),
    "receive_request": _all(form_number=YES_NO),
    "build_list": NOTHING,
    "screen": _all(day=DATES),
    "survey": _all(day=DATES),
    "classify": NOTHING,
    "hold_meeting": _all(
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
    "post_list": _all(village_place=YES_NO, commune_place=YES_NO),
    "complain": _all(complainant=YES_NO, content=YES_NO),
    "reverify": _all(day=DATES),
    "repost": _all(village_place=YES_NO, commune_place=YES_NO),
    "close_posting": NOTHING,
    "close_reposting": NOTHING,
    "sign_report": _all(number=YES_NO),
    "give_opinion": _all(number=YES_NO),
    "sign_decision": _all(number=YES_NO),
    "issue_certificates": NOTHING,
    "refuse": NOTHING,
    "record_departure": NOTHING,
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


ENTRIES: Mapping[str, Callable[[Kind, Facts], tuple[Any, ...]]] = {
    "screen": _yes_no,
    "survey": _outcomes,
    "hold_meeting": _votes,
    "reverify": _outcomes,
    "give_opinion": _questions,
    "refuse": _yes_no,
    "record_departure": _yes_no,
}


def entries(code: str, kind: Kind, facts: Facts) -> tuple[Any, ...]:
    """Return everything that could be entered for a household with the act."""
    return ENTRIES.get(code, _nothing)(kind, facts)


def prepare(code: str, case: Case, facts: Facts) -> Case:
    """Make the case that the act works on, where it has none yet."""
    if case.state:
        return case
    if code == "receive_request" and case.kind.basis == REQUEST:
        return case._replace(state="new", paper=facts["form_number"])
    if code == "build_list" and case.kind.basis == LAST_YEAR:
        return case._replace(state="new")
    return case


def enter(code: str, case: Case, facts: Facts, entry: Any) -> Case:
    """Write on the case what the act brings, before its guards are asked."""
    if code in ("survey", "reverify"):
        result = "" if entry == INCOMPLETE else entry
        today = facts["day"] == TODAY
        return case._replace(result=result, surveyed_today=today, returned_today=False)
    return case


def stamp(code: str, case: Case, facts: Facts, until: int) -> Case:
    """Write on the case what is stamped together with its new state."""
    if code in ("post_list", "repost"):
        return case._replace(posted=case.result, until=until)
    if code == "sign_decision":
        return case._replace(decided=case.result)
    if code == "hold_meeting" and case.state == "disagreed":
        return case._replace(returned_today=facts["held_on"] == TODAY)
    if case.state in ("contested", "objected"):
        return case._replace(returned_today=True)
    return case


def take_down(code: str, village: Village) -> Village:
    """Keep whether the village's list is up after the act."""
    if code == "post_list":
        return village._replace(list_is_up=True)
    if code == "close_posting":
        return village._replace(list_is_up=False)
    if code in ("complain", "record_departure") and not _posted(village):
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
