"""
What each guard and condition code of a pack asks, over plain values.

These are the model's own evaluators, bound by code like the product's; a code of a pack that none
of them answers stops the model.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cases.rules.packs import Pack
from tests.model.commune import LAST_YEAR, NEAR_POOR, NOT_POOR, POOR, REQUEST, Case, Village
from tests.model.deeds import AUGUST, INCOMPLETE, TODAY, TOMORROW, YESTERDAY, Facts, Question

AS_A_WHOLE: tuple[int, ...] = ()


class Asked(NamedTuple):
    """What a guard may look at: the act's moment, the case, and what was entered for it."""

    pack: Pack
    now: int
    code: str
    case: Case
    entry: Any


class Whole(NamedTuple):
    """What a condition may look at: the act, its facts, and the village it is done in, if any."""

    pack: Pack
    at: datetime
    facts: Facts
    decided: bool
    village: Village | None = None
    # The households that the act is about to move, and what is entered for each.
    cases: tuple[Case, ...] = ()
    entries: tuple[Any, ...] = ()


class NotEntered(Exception):
    """A guard asks for something that the act does not enter; the pack or the model is wrong."""


def _entered(asked: Asked, *codes: str) -> Any:
    if asked.code not in codes:
        raise NotEntered(f"{asked.code} is asked what only {', '.join(codes)} enters")
    return asked.entry


def _share(asked: Asked) -> int:
    """Return how much more than the required share agreed, in whole numbers."""
    votes = _entered(asked, "hold_meeting")
    share, whole = asked.pack.consent
    return int((votes.agree or 0) * whole - votes.attendance * share)


def _tallied(asked: Asked) -> bool:
    votes = _entered(asked, "hold_meeting")
    return votes.agree is not None and votes.attendance >= 1


def _question(asked: Asked) -> Question:
    question: Question = _entered(asked, "give_opinion")
    return question


GUARDS: Mapping[str, Callable[[Asked], bool]] = {
    "basis_known": lambda a: (
        a.case.kind.basis == LAST_YEAR or (a.case.kind.basis == REQUEST and a.case.paper)
    ),
    "is_requester": lambda a: a.case.kind.basis == REQUEST,
    "needs_no_screen": lambda a: a.case.kind.basis == LAST_YEAR,
    "screen_passed": lambda a: _entered(a, "screen") is True,
    "screen_failed": lambda a: _entered(a, "screen") is False,
    "survey_complete": lambda a: a.case.result != "" and a.entry != INCOMPLETE,
    "tally_recorded": _tallied,
    "enough_agree": lambda a: _share(a) >= 0,
    "too_few_agree": lambda a: _share(a) < 0,
    "posting_open": lambda a: a.now < a.case.until,
    "posting_over": lambda a: 0 <= a.case.until <= a.now,
    "questioned": lambda a: _question(a).questioned,
    "not_questioned": lambda a: not _question(a).questioned,
    "result_as_posted": lambda a: a.case.posted != "" and a.case.result == a.case.posted,
    "class_poor": lambda a: a.case.result in (POOR, NEAR_POOR),
    "class_not_poor": lambda a: a.case.result == NOT_POOR,
    "on_opening_list": lambda a: a.case.kind.basis == LAST_YEAR,
    "reason_given": lambda a: _entered(a, "refuse") is True,
    "departure_known": lambda a: _entered(a, "record_departure") is True,
}


def dated(text: str, at: datetime) -> date:
    """Return the day that a fact of an act is dated."""
    day = at.date()
    return {
        TODAY: day,
        YESTERDAY: day - timedelta(1),
        TOMORROW: day + timedelta(1),
        AUGUST: date(day.year, 8, 15),
    }[text]


def _in_window(whole: Whole, day: date) -> bool:
    first, last = whole.pack.window
    return date(whole.at.year, *first) <= day <= date(whole.at.year, *last)


def _dated_in_round(whole: Whole, fact: str) -> bool:
    day = dated(whole.facts[fact], whole.at)
    return _in_window(whole, day) and day <= whole.at.date()


def _surveyed_anew(whole: Whole) -> bool:
    early = whole.facts["day"] != TODAY
    return not (early and any(case.returned_today for case in whole.cases))


def _met_in_round(whole: Whole) -> bool:
    before = whole.facts["held_on"] != TODAY
    surveyed_after = before and any(case.surveyed_today for case in whole.cases)
    return _dated_in_round(whole, "held_on") and not surveyed_after


def _tally_fits(whole: Whole) -> bool:
    whole_number = whole.facts["attendance"]
    return whole_number >= 1 and all((v.agree or 0) <= whole_number for v in whole.entries)


def _parts_fit(whole: Whole) -> bool:
    parts = ("committee", "reviewers", "households")
    return all(whole.facts[part] <= whole.facts["attendance"] for part in parts)


CONDITIONS: Mapping[str, Callable[[Whole], bool]] = {
    "within_window": lambda w: _in_window(w, w.at.date()),
    "papers_on_file": lambda w: w.facts["plan"] and w.facts["committee"],
    "form_on_file": lambda w: w.facts["form_number"],
    "not_decided_yet": lambda w: not w.decided,
    "surveyed_in_round": lambda w: _dated_in_round(w, "day"),
    "surveyed_anew": _surveyed_anew,
    "met_in_round": _met_in_round,
    "chaired_by_village_head": lambda w: w.facts["chair"] == "village head",
    "required_people_present": lambda w: all(
        w.facts[part] >= 1 for part in ("committee", "reviewers", "households")
    ),
    "parts_fit_attendance": _parts_fit,
    "front_invited": lambda w: w.facts["front"],
    "tally_fits_attendance": _tally_fits,
    "minutes_signed": lambda w: w.facts["numbered"] and w.facts["signed"],
    "posted_at_both_places": lambda w: w.facts["village_place"] and w.facts["commune_place"],
    "no_other_posting_open": lambda w: w.village is None or not w.village.list_is_up,
    "complaint_written_down": lambda w: w.facts["complainant"] and w.facts["content"],
    "report_numbered": lambda w: w.facts["number"],
    "opinion_in_writing": lambda w: w.facts["number"],
    "each_question_has_a_reason": lambda w: all(q.reason for q in w.entries),
    "decision_numbered": lambda w: w.facts["number"],
}
# Asked of households or villages; the others are asked once of the act's facts alone.
OF_HOUSEHOLDS = (
    "surveyed_anew",
    "met_in_round",
    "tally_fits_attendance",
    "no_other_posting_open",
    "each_question_has_a_reason",
)
