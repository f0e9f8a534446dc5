"""
What the law forbids, read a second time: from the text of the procedure and the pasts of
households, without the pack's states, guards, conditions or terms.

A rule is asked of a deed as done: by anyone whom the pack lets, with any facts the pack takes, on one
household or on all of a village. It answers True when the deed broke the law.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from cases.duties import Role
from tests.model.commune import (
    LAST_YEAR,
    NEAR_POOR,
    NOT_POOR,
    POOR,
    REQUEST,
    Case,
    Person,
    Village,
)
from tests.model.days import Days, full_days_worked_between, in_september_to_december
from tests.model.deeds import INCOMPLETE, TODAY, TOMORROW, Facts
from tests.model.evaluators import dated
from tests.model.past import at_least_half

OPEN_ENDED = ("issue_certificates", "refuse")  # they write out what was decided in time
OUTCOMES = ("certified", "escaped", "refused", "left")
FULL_DAYS = 3


class Deed(NamedTuple):
    """An act done on one household."""

    code: str
    days: Days
    now: int
    before: Case
    after: Case
    facts: Facts
    entry: Any


class VillageDeed(NamedTuple):
    """An act done in a village or in its whole commune; `on`: the households it was done on."""

    code: str
    before: Village
    after: Village
    on: tuple[int, ...]
    days: Days
    now: int


@dataclass(frozen=True)
class SafetyRule:
    code: str
    text: str
    broken: Callable[[Any], bool]


def rule(code: str, text: str) -> Callable[[Callable[[Any], bool]], SafetyRule]:
    return lambda broken: SafetyRule(code, text, broken)


# --- of the act's facts ---------------------------------------------------------------------


class Said(NamedTuple):
    """The facts of an act that the pack took."""

    code: str
    days: Days
    now: int
    facts: Facts
    decided: bool  # the commune's decision has been signed


def _dates(said: Said) -> Iterator[str]:
    return (said.facts[name] for name in ("day", "held_on") if name in said.facts)


@rule("INV-01", "no step is dated before 1 September or after 14 December")
def dated_outside(said: Said) -> bool:
    at = said.days.moments[said.now]
    named = any(not in_september_to_december(dated(day, at)) for day in _dates(said))
    on_time = said.code in OPEN_ENDED or in_september_to_december(at.date())
    return named or not on_time


@rule("logic", "nothing is dated later than the day it is recorded")
def dated_ahead(said: Said) -> bool:
    return TOMORROW in _dates(said)


@rule("10.2", "a review is opened on a plan and a committee")
def opened_without_papers(said: Said) -> bool:
    return said.code == "open_round" and not (said.facts["plan"] and said.facts["committee"])


@rule("INV-03", "a request is a Form 01")
def request_without_form(said: Said) -> bool:
    return said.code == "receive_request" and not said.facts["form_number"]


@rule("INV-20", "who asks after the decision is not taken into a review that will not answer")
def received_after_the_decision(said: Said) -> bool:
    return said.code in ("receive_request", "build_list") and said.decided


@rule("INV-06", "the village head chairs the meeting")
def chaired_by_another(said: Said) -> bool:
    return said.code == "hold_meeting" and said.facts["chair"] != "village head"


@rule("INV-06", "committee, reviewers and households are at the meeting")
def met_without_them(said: Said) -> bool:
    present = ("committee", "reviewers", "households")
    return said.code == "hold_meeting" and not all(said.facts[name] for name in present)


@rule("INV-06", "the Fatherland Front is invited to the meeting")
def front_left_out(said: Said) -> bool:
    return said.code == "hold_meeting" and not said.facts["front"]


@rule("INV-07", "the number attending is that of the attendance list, at least its parts")
def attendance_below_its_parts(said: Said) -> bool:
    present = ("committee", "reviewers", "households")
    return said.code == "hold_meeting" and said.facts["attendance"] < max(
        said.facts[name] for name in present
    )


@rule("INV-09", "minutes are written and signed")
def minutes_missing(said: Said) -> bool:
    return said.code == "hold_meeting" and not (said.facts["numbered"] and said.facts["signed"])


@rule("INV-11", "results are posted at both places")
def posted_at_one_place(said: Said) -> bool:
    places = ("village_place", "commune_place")
    return said.code in ("post_list", "repost") and not all(said.facts[name] for name in places)


@rule("10.7", "a complaint says who complains and of what")
def complaint_of_nobody(said: Said) -> bool:
    return said.code == "complain" and not (said.facts["complainant"] and said.facts["content"])


@rule("INV-17", "report, opinion and decision are papers with a number")
def paper_without_number(said: Said) -> bool:
    papers = ("sign_report", "give_opinion", "sign_decision")
    return said.code in papers and not said.facts["number"]


OF_FACTS = (
    dated_outside,
    dated_ahead,
    opened_without_papers,
    request_without_form,
    received_after_the_decision,
    chaired_by_another,
    met_without_them,
    front_left_out,
    attendance_below_its_parts,
    minutes_missing,
    posted_at_one_place,
    complaint_of_nobody,
    paper_without_number,
)

# --- of the person --------------------------------------------------------------------------

_OFFICER, _COMMITTEE, _CHAIR = Role.COMMUNE_OFFICER, Role.COMMUNE_COMMITTEE, Role.COMMUNE_CHAIR
_IN_VILLAGE = ("this village", "this commune")
# Sections 5 and 10.3 of the procedure. The officer records what others signed on paper.
RIGHTFUL: dict[str, tuple[Role, ...]] = {
    "open_round": (_CHAIR,),
    "receive_request": (_OFFICER,),
    "build_list": (_COMMITTEE,),
    "screen": (Role.REVIEWER, _OFFICER),
    "survey": (Role.REVIEWER, _OFFICER),
    "classify": (_COMMITTEE,),
    "hold_meeting": (Role.VILLAGE_HEAD, Role.MEETING_SECRETARY),
    "post_list": (Role.VILLAGE_HEAD, _COMMITTEE),
    "complain": (_OFFICER, _COMMITTEE),
    "reverify": (_COMMITTEE,),
    "repost": (Role.VILLAGE_HEAD, _COMMITTEE),
    "close_posting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "close_reposting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "sign_report": (_CHAIR,),
    "give_opinion": (Role.SUPERIOR_CHAIR,),
    "sign_decision": (_CHAIR,),
    "issue_certificates": (_CHAIR,),
    "refuse": (_CHAIR,),
    "record_departure": (_OFFICER,),
}
FOR_THE_VILLAGE = (
    "screen",
    "survey",
    "classify",
    "hold_meeting",
    "post_list",
    "repost",
    "close_posting",
    "close_reposting",
)


class Doer(NamedTuple):
    """A person whom the pack lets do an act."""

    code: str
    person: Person
    days: Days


def place_of_superior(days: Days) -> str:
    """INV-18: the district until 30/06/2025, the province afterwards."""
    return "this district" if days.year < 2025 else "this province"


@rule("INV-18", "the opinion is the district's until 30/06/2025 and the province's afterwards")
def another_superior(doer: Doer) -> bool:
    return doer.code == "give_opinion" and doer.person.place != place_of_superior(doer.days)


@rule("INV-19", "who is not the one the law names does not act")
def not_the_rightful(doer: Doer) -> bool:
    return doer.person.role not in RIGHTFUL[doer.code]


@rule("section 5", "nobody acts for another village or another commune")
def from_elsewhere(doer: Doer) -> bool:
    if doer.code == "give_opinion":
        return False  # INV-18 says where
    allowed = _IN_VILLAGE if doer.code in FOR_THE_VILLAGE else ("this commune",)
    return doer.person.place not in allowed


OF_PERSONS = (another_superior, not_the_rightful, from_elsewhere)

# --- of one household -----------------------------------------------------------------------


def _is_poor(result: str) -> bool:
    return result in (POOR, NEAR_POOR)


@rule("INV-03", "only last year's households and those with Form 01 are on the list")
def listed_without_reason(deed: Deed) -> bool:
    case = deed.before
    known = case.kind.basis == LAST_YEAR or (case.kind.basis == REQUEST and case.past.form01)
    return deed.code == "build_list" and not known


@rule("2.1", "who asked passes Phiếu A before Phiếu B")
def surveyed_without_screen(deed: Deed) -> bool:
    case = deed.before
    return deed.code == "survey" and case.kind.basis != LAST_YEAR and case.past.screen != "passed"


@rule("2.1", "Phiếu A is for those who asked, once")
def screened_for_nothing(deed: Deed) -> bool:
    case = deed.before
    return deed.code == "screen" and (case.kind.basis == LAST_YEAR or case.past.screen != "")


@rule("2.1", "a household that passes Phiếu A goes on, one that fails does not")
def screened_the_wrong_way(deed: Deed) -> bool:
    return deed.code == "screen" and (deed.after.state == "unqualified") == deed.entry


@rule("INV-05", "no classification and no meeting without a complete Phiếu B")
def without_survey(deed: Deed) -> bool:
    past = deed.before.past
    return deed.code in ("classify", "hold_meeting") and past.survey_class == ""


@rule("INV-05", "an incomplete Phiếu B settles nothing")
def incomplete_form(deed: Deed) -> bool:
    return deed.code in ("survey", "reverify") and deed.entry == INCOMPLETE


@rule("INV-07", "at least half of all attending agree, else it is not agreed")
def agreed_by_fewer(deed: Deed) -> bool:
    if deed.code != "hold_meeting":
        return False
    return deed.after.state == "agreed" and not at_least_half(deed.entry)


@rule("INV-07", "a household is agreed upon by votes on it, no more than people came")
def agreed_without_votes(deed: Deed) -> bool:
    if deed.code != "hold_meeting":
        return False
    votes = deed.entry
    return votes.agree is None or votes.agree > votes.attendance


@rule("INV-08", "no second vote on the same survey")
def voted_twice(deed: Deed) -> bool:
    return deed.code == "hold_meeting" and deed.before.past.survey != "new"


@rule("INV-08", "a household returned is surveyed after it was returned, not before")
def old_survey_as_new(deed: Deed) -> bool:
    if deed.code not in ("survey", "reverify"):
        return False
    return deed.before.past.returned_today and deed.facts["day"] != TODAY


@rule("2.3", "a meeting is about surveys already made")
def met_before_the_survey(deed: Deed) -> bool:
    if deed.code != "hold_meeting":
        return False
    return deed.before.past.surveyed_today and deed.facts["held_on"] != TODAY


@rule("INV-10", "only what a meeting agreed on the latest survey is posted")
def posted_unagreed(deed: Deed) -> bool:
    return deed.code == "post_list" and deed.before.past.survey != "agreed"


@rule("INV-12", "what is posted is what the minutes say")
def posted_another_result(deed: Deed) -> bool:
    past = deed.after.past
    return deed.code in ("post_list", "repost") and past.posted_class != past.minutes_class


@rule("INV-13", "a complaint is received while the result is posted, to the last minute")
def complaint_out_of_time(deed: Deed) -> bool:
    if deed.code != "complain":
        return False
    past = deed.before.past
    over = full_days_worked_between(deed.days, past.posted_at, deed.now) >= FULL_DAYS
    return past.posted_at < 0 or past.closed or over


@rule("INV-13", "a household complained about waits until re-verified and posted again")
def complaint_ignored(deed: Deed) -> bool:
    ends = ("close_posting", "close_reposting", "sign_report", "give_opinion", "sign_decision")
    return deed.code in ends and deed.before.past.complaint != ""


@rule("INV-14", "a re-verification answers a complaint and is posted again, also if unchanged")
def reverified_out_of_order(deed: Deed) -> bool:
    past = deed.before.past
    wanted = {"reverify": "open", "repost": "reverified"}
    return deed.code in wanted and past.complaint != wanted[deed.code]


@rule("INV-11", "a posting and a re-posting last three full working days after their day")
def closed_too_soon(deed: Deed) -> bool:
    if deed.code not in ("close_posting", "close_reposting"):
        return False
    past = deed.before.past
    full_days = full_days_worked_between(deed.days, past.posted_at, deed.now)
    return past.posted_at < 0 or full_days < FULL_DAYS


@rule("INV-15", "no survey while posted or after, but for a household the superior questioned")
def surveyed_behind_the_posting(deed: Deed) -> bool:
    past = deed.before.past
    return deed.code == "survey" and past.posted_at >= 0 and past.answer != "objection"


@rule("INV-15", "a result changes by survey and re-verification alone; no superior edits it")
def result_changed(deed: Deed) -> bool:
    by_form = deed.code in ("survey", "reverify")
    return deed.before.result != deed.after.result and not by_form


@rule("INV-16", "only what has been posted to the end is reported")
def reported_unposted(deed: Deed) -> bool:
    past = deed.before.past
    return deed.code == "sign_report" and not (past.closed and past.answer == "")


@rule("INV-17", "an opinion answers a report")
def opinion_on_nothing(deed: Deed) -> bool:
    return deed.code == "give_opinion" and deed.before.past.answer != "awaited"


@rule("INV-17", "no decision without a written opinion that consents to the household")
def decided_without_opinion(deed: Deed) -> bool:
    return deed.code == "sign_decision" and deed.before.past.answer != "consent"


@rule("INV-17", "a household the superior questions has its reason")
def questioned_without_reason(deed: Deed) -> bool:
    return deed.code == "give_opinion" and not deed.entry.reason


@rule("INV-17", "a questioned household is not taken as consented")
def objection_lost(deed: Deed) -> bool:
    return deed.code == "give_opinion" and deed.entry.questioned and deed.after.state == "consented"


@rule("INV-15", "what is decided is what was posted last")
def decided_another_result(deed: Deed) -> bool:
    past = deed.after.past
    return deed.code == "sign_decision" and past.decided != past.posted_class


@rule("2.6", "the decision puts each household where its result says")
def decided_the_wrong_way(deed: Deed) -> bool:
    if deed.code != "sign_decision":
        return False
    result, last_year = deed.before.result, deed.before.kind.basis == LAST_YEAR
    if _is_poor(result):
        return deed.after.state != "recognised"
    return deed.after.state != ("escaped" if last_year else "unqualified")


@rule("INV-21", "a certificate is for a household decided poor or near-poor")
def certified_without_decision(deed: Deed) -> bool:
    return deed.code == "issue_certificates" and not _is_poor(deed.before.past.decided)


@rule("INV-20", "a written refusal has reasons and is for requesters who do not qualify")
def refused_wrongly(deed: Deed) -> bool:
    past = deed.before.past
    failed = past.screen == "failed" or past.decided == NOT_POOR
    return deed.code == "refuse" and not (
        deed.entry is True and failed and deed.before.kind.basis == REQUEST
    )


@rule("INV-20", "each household ends in exactly one outcome")
def more_than_one_outcome(deed: Deed) -> bool:
    ended = deed.after.past.outcomes
    return ended > 1 or (ended == 1) != (deed.after.state in OUTCOMES)


@rule("10.3", "a household leaves the list for a reason, before the decision")
def left_wrongly(deed: Deed) -> bool:
    return deed.code == "record_departure" and (
        deed.entry is not True or deed.before.past.decided != ""
    )


@rule("10.3", "nothing is done on a household that has its outcome")
def touched_after_the_end(deed: Deed) -> bool:
    return deed.before.past.outcomes > 0


OF_HOUSEHOLD = (
    listed_without_reason,
    surveyed_without_screen,
    screened_for_nothing,
    screened_the_wrong_way,
    without_survey,
    incomplete_form,
    agreed_by_fewer,
    agreed_without_votes,
    voted_twice,
    old_survey_as_new,
    met_before_the_survey,
    posted_unagreed,
    posted_another_result,
    complaint_out_of_time,
    complaint_ignored,
    reverified_out_of_order,
    closed_too_soon,
    surveyed_behind_the_posting,
    result_changed,
    reported_unposted,
    opinion_on_nothing,
    decided_without_opinion,
    questioned_without_reason,
    objection_lost,
    decided_another_result,
    decided_the_wrong_way,
    certified_without_decision,
    refused_wrongly,
    more_than_one_outcome,
    left_wrongly,
    touched_after_the_end,
)

# --- of all households of a village ---------------------------------------------------------

_OF_ONE = (
    "receive_request",
    "screen",
    "survey",
    "complain",
    "reverify",
    "repost",
    "close_reposting",
    "refuse",
    "record_departure",
)


@rule("INV-13", "a deed on one household, a complaint above all, leaves the others alone")
def others_touched(deed: VillageDeed) -> bool:
    pairs = zip(deed.before.cases, deed.after.cases, strict=True)
    changed = [before for before, after in pairs if before.state != after.state]
    return deed.code in _OF_ONE and len(changed) > 1


@rule("INV-02", "last year's households are all on the list once it is built")
def last_year_left_out(deed: VillageDeed) -> bool:
    return deed.code == "build_list" and any(
        case.kind.basis == LAST_YEAR and case.state in ("", "new") for case in deed.after.cases
    )


def _is_over(case: Case) -> bool:
    """
    Test if a household needs no posting: never listed, screened out, gone, or posted to the end.

    A complaint about a household that is gone has nothing left to re-verify.
    """
    past = case.past
    asked_only = case.kind.basis != LAST_YEAR and not past.form01
    posted_to_the_end = past.closed and past.complaint == ""
    return asked_only or past.screen == "failed" or past.outcomes > 0 or posted_to_the_end


@rule("INV-16", "a report goes up when every posting of the commune is closed")
def reported_too_soon(deed: VillageDeed) -> bool:
    return deed.code == "sign_report" and not all(_is_over(case) for case in deed.before.cases)


@rule("10.2", "a decision leaves no household of the list undecided")
def left_undecided(deed: VillageDeed) -> bool:
    def settled(case: Case) -> bool:
        past = case.past
        never_listed = case.kind.basis != LAST_YEAR and not past.form01
        return never_listed or past.screen == "failed" or past.outcomes > 0 or past.decided != ""

    return deed.code == "sign_decision" and not all(settled(c) for c in deed.after.cases)


OF_VILLAGE = (others_touched, last_year_left_out, reported_too_soon, left_undecided)


def breaches(rules: tuple[SafetyRule, ...], deed: Any) -> tuple[str, ...]:
    """Return what the deed breaks, by the rules' codes and texts."""
    return tuple(f"{one.code}: {one.text}" for one in rules if one.broken(deed))
