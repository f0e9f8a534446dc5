"""
What each guard and condition code of a pack asks, over plain values.

These are the model's own evaluators, bound by code like the product's; a code of a pack that none
of them answers stops the model.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cases.rules.packs import Pack
from tests.model.commune import (
    ARRIVAL,
    AVERAGE,
    EXIT,
    LAST_YEAR,
    LOW_INCOME,
    NEAR_POOR,
    NOT_MET,
    NOT_POOR,
    POOR,
    REQUEST,
    Case,
    Village,
)
from tests.model.days import Days
from tests.model.deeds import (
    BEFORE,
    INCOMPLETE,
    KEPT_QUIET,
    NO_INTEREST,
    SAME,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Facts,
    Question,
)

AFTER_DECISION = ("reopened", "reexamined")


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
    days: Days
    month: int
    now: int
    facts: Facts
    decided: bool
    village: Village | None = None
    # The households that the act is about to move, and what is entered for each.
    cases: tuple[Case, ...] = ()
    entries: tuple[Any, ...] = ()
    # Of the round as a whole.
    villages: tuple[Village, ...] = ()
    reported: bool = False

    @property
    def at(self) -> datetime:
        return self.days.moments[self.now]

    @property
    def first_and_last(self) -> tuple[date, date | None]:
        return self.pack.days_of(self.days.year, self.month)


class NotEntered(Exception):
    """A guard asks for something that the act does not enter; the pack or the model is wrong."""


def _entered(asked: Asked, *codes: str) -> Any:
    if asked.code not in codes:
        raise NotEntered(f"{asked.code} is asked what only {', '.join(codes)} enters")
    return asked.entry


def _share(asked: Asked) -> int:
    """Return how much more than the required share agreed, in whole numbers."""
    votes = _entered(asked, "hold_meeting")
    share, whole = asked.pack.share
    return int((votes.agree or 0) * whole - votes.attendance * share)


def _tallied(asked: Asked) -> bool:
    votes = _entered(asked, "hold_meeting")
    return votes.agree is not None and votes.attendance >= 1


def _question(asked: Asked) -> Question:
    question: Question = _entered(asked, "give_opinion")
    return question


INCOMES = ("determine_income", "redetermine_income")
WITH_STANDING = (LAST_YEAR, ARRIVAL)


def _basis_known(asked: Asked) -> bool:
    case = asked.case
    if case.basis == ARRIVAL:
        return case.kind.opening != ""
    return case.basis == LAST_YEAR or (case.basis in (REQUEST, EXIT) and case.paper)


def _entry_granted(asked: Asked) -> bool:
    case = asked.case
    entered = case.kind.opening == "" and case.result in (POOR, NEAR_POOR)
    fell = (case.kind.opening, case.result) == (NEAR_POOR, POOR)
    return case.basis == REQUEST and (entered or fell)


def _request_not_granted(asked: Asked) -> bool:
    case = asked.case
    stays_near_poor = (case.kind.opening, case.result) == (NEAR_POOR, NEAR_POOR)
    not_entered = case.basis == REQUEST and (case.result == NOT_POOR or stays_near_poor)
    not_left = case.basis == EXIT and (case.result == POOR or stays_near_poor)
    return not_entered or not_left


GUARDS: Mapping[str, Callable[[Asked], bool]] = {
    "basis_known": _basis_known,
    "is_requester": lambda a: a.case.basis == REQUEST,
    "needs_no_screen": lambda a: a.case.basis in WITH_STANDING,
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
    "on_opening_list": lambda a: a.case.basis in WITH_STANDING,
    "asked_by_form": lambda a: a.case.basis in (REQUEST, EXIT),
    "asks_exit": lambda a: a.case.basis == EXIT and a.case.paper,
    "entry_granted": _entry_granted,
    "exit_granted_to_near_poor": lambda a: (
        (a.case.kind.opening, a.case.result) == (POOR, NEAR_POOR)
    ),
    "exit_granted": lambda a: a.case.result == NOT_POOR,
    "request_not_granted": _request_not_granted,
    "income_complete": lambda a: _entered(a, *INCOMES) != INCOMPLETE,
    "income_qualifies": lambda a: a.case.result in (AVERAGE, LOW_INCOME),
    "income_does_not_qualify": lambda a: a.case.result == NOT_MET,
    "reason_given": lambda a: _entered(a, "refuse") is True,
    "departure_known": lambda a: _entered(a, "record_departure") is True,
}


def dated(text: str, days: Days, now: int) -> date:
    """Return the day that a fact of an act is dated."""
    day = days.moments[now].date()
    return {
        TODAY: day,
        YESTERDAY: day - timedelta(1),
        TOMORROW: day + timedelta(1),
        BEFORE: days.before,
    }[text]


def _in_window(whole: Whole, day: date) -> bool:
    first, last = whole.first_and_last
    return first <= day and (last is None or day <= last)


def _dated_in_round(whole: Whole, fact: str) -> bool:
    day = dated(whole.facts[fact], whole.days, whole.now)
    return _in_window(whole, day) and day <= whole.at.date()


def _intake(whole: Whole) -> tuple[date, date]:
    """Return the first day on which a month's requests are taken, and the month's own 15th."""
    start, _last = whole.first_and_last
    end_of_month_before = start.replace(day=1) - timedelta(1)
    return end_of_month_before.replace(day=start.day + 1), start


def _register_open(whole: Whole) -> bool:
    first, start = _intake(whole)
    today = whole.at.date()
    same_month = (today.year, today.month) == (start.year, start.month)
    return first <= today and (today <= start or same_month)


def _month_closed(whole: Whole) -> bool:
    settled = {"", *whole.pack.final_states, *AFTER_DECISION}
    answered = all(case.state in settled for village in whole.villages for case in village.cases)
    return answered and not whole.reported and _in_window(whole, whole.at.date())


RETURNED = ("disagreed", "contested", "objected", "reopened")


def _surveyed_anew(whole: Whole) -> bool:
    day = whole.facts["day"]
    early = day != TODAY and any(case.returned_today for case in whole.cases)
    older = day == BEFORE and any(case.state in RETURNED for case in whole.cases)
    return not (early or older)


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


def left_out(village: Village) -> bool:
    """Test if a household of last year's list has no case yet."""
    return any(case.kind.basis == LAST_YEAR and case.state == "" for case in village.cases)


CONDITIONS: Mapping[str, Callable[[Whole], bool]] = {
    "within_window": lambda w: _in_window(w, w.at.date()),
    "papers_on_file": lambda w: w.facts["plan"] and w.facts["committee"],
    "form_on_file": lambda w: w.facts["form_number"],
    "livelihood_named": lambda w: w.facts["livelihood"],
    "arrival_papers": lambda w: w.facts["reason"] and w.facts["paper"],
    "month_reviewed": lambda w: w.month in w.pack.months,
    "register_open": _register_open,
    "intake_open": lambda w: _intake(w)[0] <= w.at.date() <= _intake(w)[1],
    "started": lambda w: _in_window(w, w.at.date()),
    "not_decided_yet": lambda w: not w.decided,
    "surveyed_in_round": lambda w: _dated_in_round(w, "day"),
    "surveyed_by_today": lambda w: w.facts["day"] != TOMORROW,
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
    "list_complete": lambda w: w.village is None or not left_out(w.village),
    "report_numbered": lambda w: w.facts["number"],
    "opinion_in_writing": lambda w: w.facts["number"],
    "each_question_has_a_reason": lambda w: all(q.reason for q in w.entries),
    "decision_numbered": lambda w: w.facts["number"],
    "posted_at_commune_office": lambda w: w.facts["commune_place"],
    "withdrawal_in_writing": lambda w: w.facts["paper"],
    "interruption_explained": lambda w: w.facts["reason"],
    "reverified_by_another": lambda w: w.facts["reviewer"] != SAME,
    "interest_noted": lambda w: w.facts.get("interest", NO_INTEREST) != KEPT_QUIET,
    "grievance_in_time": lambda w: all(w.now < case.heard_until for case in w.cases),
    "each_case_has_a_reason": lambda w: w.facts["reason"],
    "edition_approved": lambda w: w.facts["edition"] == "approved",
    "edition_fits": lambda w: w.facts["fits"],
    "dry_run_current": lambda w: w.facts["dry_run"] == "current",
    "succession_on_file": lambda w: w.facts["succession"] and w.facts["paper"],
    "pause_explained": lambda w: w.facts["reason"] and w.facts["paper"],
    "term_may_pause": lambda w: w.facts["term"] == "opinion",
    "term_is_paused": lambda w: w.facts["term"] == "paused",
    "month_closed": _month_closed,
}
# Asked of households, villages or the round; the others are asked once of the act's facts alone.
OF_HOUSEHOLDS = (
    "surveyed_anew",
    "met_in_round",
    "tally_fits_attendance",
    "no_other_posting_open",
    "each_question_has_a_reason",
    "grievance_in_time",
    "list_complete",
    "month_closed",
)
