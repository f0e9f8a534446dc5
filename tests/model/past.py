"""
What deeds leave behind: the past of a household, kept from what was done to it and nothing else.

No state, guard or condition of the pack is read here. The safety rules judge by this past.
"""

from typing import Any

from tests.model.commune import Case, Past
from tests.model.deeds import INCOMPLETE, TODAY, Facts, Votes


def at_least_half(votes: Votes) -> bool:
    """Test if at least half of all attending agreed; the second reading of the village's consent."""
    agreed = votes.agree or 0
    others = votes.attendance - agreed
    return votes.attendance > 0 and agreed >= others


def remember(code: str, before: Case, after: Case, facts: Facts, entry: Any, now: int) -> Past:
    """Return the past of a household on which the act was done."""
    past = before.past
    match code:
        case "receive_request":
            return past._replace(form01=facts["form_number"])
        case "screen":
            return past._replace(screen="passed" if entry else "failed")
        case "survey":
            return _surveyed(before, facts, entry)
        case "reverify":
            result = "" if entry == INCOMPLETE else entry
            return past._replace(
                survey_class=result,
                minutes_class=result,
                complaint="reverified",
                returned_today=False,
                posted_at=-1,
                posted_class="",
            )
        case "hold_meeting":
            return _met(before, facts, entry)
        case "post_list":
            return past._replace(posted_at=now, posted_class=after.posted, closed=False)
        case "complain":
            return past._replace(
                complaint="open", closed=False, returned_today=True, deviations=past.deviations + 1
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
            return _answered(before, entry.questioned)
        case "sign_decision":
            return past._replace(decided=after.decided, outcomes=past.outcomes + _escapes(after))
        case "issue_certificates" | "refuse":
            return past._replace(outcomes=past.outcomes + 1)
        case "record_departure":
            return past._replace(outcomes=past.outcomes + 1, deviations=past.deviations + 1)
    return past


def _surveyed(before: Case, facts: Facts, entry: Any) -> Past:
    past = before.past
    # Nobody asked for another form: the straight road has one survey.
    twice = past.survey == "new" and not past.returned_today
    return past._replace(
        survey="new",
        survey_class="" if entry == INCOMPLETE else entry,
        surveyed_today=facts["day"] == TODAY,
        returned_today=False,
        minutes_class="",
        posted_at=-1,
        posted_class="",
        closed=False,
        answer="",
        deviations=past.deviations + twice,
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


def _answered(before: Case, questioned: bool) -> Past:
    past = before.past
    if not questioned:
        return past._replace(answer="consent")
    return past._replace(
        answer="objection", closed=False, returned_today=True, deviations=past.deviations + 1
    )


def _escapes(after: Case) -> int:
    """The decision itself ends the review of a household that has left poverty."""
    return int(after.decided == "NOT_POOR" and after.kind.basis == "LAST_YEAR")
