"""
What deeds leave behind: the past of a household, kept from what was done to it and nothing else.

No state, guard or condition of the pack is read here. The safety rules judge by this past.
"""

from typing import Any

from cases.rules.packs import Review
from tests.model.commune import (
    AVERAGE,
    LAST_YEAR,
    LOW_INCOME,
    NEAR_POOR,
    NOT_POOR,
    POOR,
    Case,
    Past,
)
from tests.model.days import Days
from tests.model.deeds import INCOMPLETE, TODAY, Facts, Question, Votes

DAYS_TO_GRIEVE = 90
_RANK = {"": 0, NOT_POOR: 0, NEAR_POOR: 1, POOR: 2}
ENDS_BY_DECISION = ("escaped", "confirmed")


def at_least_half(votes: Votes) -> bool:
    """Test if at least half of all attending agreed; the second reading of the village's consent."""
    agreed = votes.agree or 0
    others = votes.attendance - agreed
    return votes.attendance > 0 and agreed >= others


def lawful_end(review: Review, case: Case, result: str) -> str:
    """
    Return where the law puts a household with this result; the second reading of the decision.

    In the ad hoc review who asked by Form 01 must have become poorer, who asked by Form 04 less poor.
    """
    past = case.past
    if review in (Review.AVERAGE_LIVING, Review.LOW_INCOME):
        return "confirmed" if result in (AVERAGE, LOW_INCOME) else "unqualified"
    if review == Review.AD_HOC:
        poorer = _RANK[result] - _RANK[case.kind.opening]
        if past.form01:
            return "recognised" if poorer > 0 else "unqualified"
        if poorer >= 0:
            return "unqualified"
        return "recognised" if _RANK[result] else "escaped"
    if _RANK[result]:
        return "recognised"
    return "escaped" if case.kind.basis == LAST_YEAR or past.arrived else "unqualified"


def is_concerned(review: Review, case: Case) -> bool:
    """Test if the review owes the household an answer, asked for or not."""
    past = case.past
    came = past.form01 or past.form04 or past.arrived
    return came or (review == Review.PERIODIC and case.kind.basis == LAST_YEAR)


def remember(
    review: Review,
    code: str,
    before: Case,
    after: Case,
    facts: Facts,
    entry: Any,
    now: int,
    days: Days,
) -> Past:
    """Return the past of a household on which the act was done."""
    past = before.past
    again = past.deviations + 1
    match code:
        case "receive_request" | "receive_worker_request":
            return past._replace(form01=facts["form_number"])
        case "receive_exit_request":
            return past._replace(form04=facts["form_number"])
        case "record_arrival":
            return past._replace(arrived=True)
        case "screen":
            return past._replace(screen="passed" if entry else "failed")
        case "survey" | "determine_income":
            return _surveyed(code, before, facts, entry)
        case "reverify" | "reexamine" | "redetermine_income":
            return _measured_again(past, entry)
        case "hold_meeting":
            return _met(before, facts, entry)
        case "post_list":
            return past._replace(
                posted_at=now, posted_class=after.posted, closed=False, interrupted=False
            )
        case "interrupt_posting":
            return past._replace(posted_at=-1, posted_class="", interrupted=True)
        case "interrupt_reposting":
            return past._replace(
                posted_at=-1, posted_class="", complaint="reverified", deviations=again
            )
        case "complain":
            return past._replace(
                complaint="open", closed=False, returned_today=True, deviations=again
            )
        case "repost":
            return past._replace(
                complaint="", posted_at=now, posted_class=after.posted, closed=False
            )
        case "close_posting" | "close_reposting":
            return past._replace(closed=True)
        case "sign_report":
            return past._replace(answer="awaited")
        case "give_opinion":
            return _answered(before, entry)
        case "sign_decision" | "amend_decision":
            return _decided(review, before, after.decided, now, days)
        case "correct_decision":
            return past
        case "issue_certificates":
            return past._replace(certificate=True, outcomes=past.outcomes + 1)
        case "refuse":
            return past._replace(
                refused=True, outcomes=past.outcomes + 1, heard_until=too_late(days, now)
            )
        case "record_departure" | "withdraw":
            gone = "left" if code == "record_departure" else "withdrawn"
            return past._replace(gone=gone, outcomes=past.outcomes + 1, deviations=again)
        case "accept_grievance":
            # What was decided holds on meanwhile.
            return past._replace(reopened="open", outcomes=0, returned_today=True, deviations=again)
        case "revoke_decision":
            return past._replace(
                reopened="open",
                outcomes=0,
                returned_today=True,
                decided="",
                verdict="",
                certificate=False,
                deviations=again,
            )
    return past


def too_late(days: Days, now: int) -> int:
    """Return the first moment at which ninety days have gone by since the day of a moment."""
    then = days.moments[now].date()
    return sum((moment.date() - then).days <= DAYS_TO_GRIEVE for moment in days.moments)


def _surveyed(code: str, before: Case, facts: Facts, entry: Any) -> Past:
    past = before.past
    # Nobody asked for another form: the straight road has one survey.
    twice = past.survey == "new" and not past.returned_today
    result = "" if entry == INCOMPLETE else entry
    return past._replace(
        survey="new",
        survey_class=result,
        surveyed_today=facts["day"] == TODAY,
        returned_today=False,
        # No meeting is held on an income.
        minutes_class=result if code == "determine_income" else "",
        posted_at=-1,
        posted_class="",
        closed=False,
        answer="",
        deviations=past.deviations + twice,
    )


def _measured_again(past: Past, entry: Any) -> Past:
    result = "" if entry == INCOMPLETE else entry
    if past.reopened:
        return past._replace(survey_class=result, reopened="reexamined", returned_today=False)
    return past._replace(
        survey_class=result,
        minutes_class=result,
        complaint="reverified",
        returned_today=False,
        posted_at=-1,
        posted_class="",
    )


def _met(before: Case, facts: Facts, votes: Votes) -> Past:
    past = before.past
    if at_least_half(votes):
        return past._replace(survey="agreed", minutes_class=before.result)
    return past._replace(
        survey="disagreed",
        returned_today=facts["held_on"] == TODAY,
        deviations=past.deviations + 1,
    )


def _answered(before: Case, question: Question) -> Past:
    past = before.past
    if not question.questioned:
        return past._replace(answer="consent")
    return past._replace(
        answer="objection", closed=False, returned_today=True, deviations=past.deviations + 1
    )


def _decided(review: Review, before: Case, result: str, now: int, days: Days) -> Past:
    verdict = lawful_end(review, before, result)
    return before.past._replace(
        decided=result,
        verdict=verdict,
        certificate=False,
        reopened="",
        refused=False,
        heard_until=too_late(days, now),
        outcomes=before.past.outcomes + (verdict in ENDS_BY_DECISION),
    )
