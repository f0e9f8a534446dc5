"""
What the law forbids, read a second time: from the text of the procedure and the pasts of
households, without the pack's states, guards, conditions or terms.

A rule is asked of a deed as done: by anyone whom the pack lets, with any facts the pack takes, on one
household or on all of a village. It answers True when the deed broke the law.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from cases.duties import Role
from cases.rules.packs import Review
from tests.model.commune import (
    LAST_YEAR,
    NEAR_POOR,
    POOR,
    Case,
    Person,
    Village,
)
from tests.model.days import Days, full_days_worked_between, in_september_to_december
from tests.model.deeds import BEFORE, INCOMPLETE, KEPT_QUIET, SAME, TODAY, TOMORROW, Facts
from tests.model.evaluators import dated
from tests.model.past import at_least_half, is_concerned

PERIODIC, AD_HOC = Review.PERIODIC, Review.AD_HOC
AVERAGE_LIVING, LOW_INCOME = Review.AVERAGE_LIVING, Review.LOW_INCOME
MONTHLY = (AD_HOC, AVERAGE_LIVING, LOW_INCOME)
# Those that run clauses 2, 3 and 4 of Article 4.
WITH_MEETING = (PERIODIC, AD_HOC)

AFTER_DECISION = (
    "accept_grievance",
    "revoke_decision",
    "reexamine",
    "amend_decision",
    "correct_decision",
)
FOR_THE_ROUND = ("suspend_term", "resume_term", "carry_over", "hand_over", "hand_over_village")
# They write out what was decided in time, go by another law, or belong to no day of the review.
OPEN_ENDED = ("issue_certificates", "refuse", *AFTER_DECISION, *FOR_THE_ROUND)
TAKING_REQUESTS = ("receive_request", "receive_exit_request", "receive_worker_request")
# What may be done before the 15th of a monthly review.
BEFORE_THE_START = (
    "open_round",
    *TAKING_REQUESTS,
    "withdraw",
    "record_departure",
    *FOR_THE_ROUND,
)
OUTCOMES = ("certified", "escaped", "confirmed", "refused", "left", "withdrawn")
# Days that a result hangs: Article 4(4), and Article 6.
FULL_DAYS = {PERIODIC: 3, AD_HOC: 3, AVERAGE_LIVING: 5}


class Deed(NamedTuple):
    """An act done on one household."""

    review: Review
    code: str
    days: Days
    now: int
    before: Case
    after: Case
    facts: Facts
    entry: Any


class VillageDeed(NamedTuple):
    """An act done in a village or in its whole commune; `on`: the households it was done on."""

    review: Review
    code: str
    before: Village
    after: Village
    on: tuple[int, ...]
    days: Days
    now: int


class RoundDeed(NamedTuple):
    """An act on the round as a whole that moves nobody."""

    review: Review
    code: str
    villages: tuple[Village, ...]
    reported: bool
    days: Days
    month: int
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

    review: Review
    code: str
    days: Days
    month: int
    now: int
    facts: Facts
    decided: bool  # the commune's decision has been signed

    @property
    def today(self) -> date:
        return self.days.moments[self.now].date()

    @property
    def fifteenth(self) -> date:
        return date(self.days.year, self.month, 15)


def _dates(said: Said) -> Iterator[date]:
    for name in ("day", "held_on"):
        if name in said.facts:
            yield dated(said.facts[name], said.days, said.now)


@rule("INV-01", "no step is dated before 1 September or after 14 December")
def dated_outside(said: Said) -> bool:
    if said.review != PERIODIC or said.code in OPEN_ENDED:
        return False
    return not all(in_september_to_december(day) for day in (said.today, *_dates(said)))


@rule("Điều 3(1)b", "nothing of a monthly review is dated before the 15th")
def dated_before_the_15th(said: Said) -> bool:
    if said.review not in MONTHLY or said.code in BEFORE_THE_START:
        return False
    return any(day < said.fifteenth for day in (said.today, *_dates(said)))


@rule("section 3", "who asks after the 15th waits for the next month, who asks early for this one")
def asked_in_another_month(said: Said) -> bool:
    if said.review not in MONTHLY or said.code not in TAKING_REQUESTS:
        return False
    month_before = said.fifteenth.replace(day=1) - timedelta(days=1)
    return not month_before.replace(day=15) < said.today <= said.fifteenth


@rule("Điều 7", "ad hoc rounds are those of January to August")
def round_of_autumn(said: Said) -> bool:
    return said.review == AD_HOC and said.code == "open_round" and said.month > 8


@rule("logic", "nothing is dated later than the day it is recorded")
def dated_ahead(said: Said) -> bool:
    return TOMORROW in (said.facts.get("day"), said.facts.get("held_on"))


@rule("10.2", "a review is opened on a plan and a committee")
def opened_without_papers(said: Said) -> bool:
    opened = said.review == PERIODIC and said.code == "open_round"
    return opened and not (said.facts["plan"] and said.facts["committee"])


@rule("INV-03, INV-22", "a request is a paper: Form 01 to enter, Form 04 to leave")
def request_without_form(said: Said) -> bool:
    return said.code in TAKING_REQUESTS and not said.facts["form_number"]


@rule("INV-23", "an average living standard is that of farmers, foresters, fishers and salt makers")
def another_livelihood(said: Said) -> bool:
    asked = said.review == AVERAGE_LIVING and said.code == "receive_request"
    return asked and not said.facts["livelihood"]


@rule("INV-20", "who asks after the decision is not taken into a review that will not answer")
def received_after_the_decision(said: Said) -> bool:
    entering = ("receive_request", "build_list", "record_arrival")
    return said.review == PERIODIC and said.code in entering and said.decided


@rule("10.3", "a household that arrives brings its reason and its paper")
def arrived_without_papers(said: Said) -> bool:
    arrived = said.code == "record_arrival"
    return arrived and not (said.facts["reason"] and said.facts["paper"])


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
    # An income hangs at the commune office alone (Article 6).
    in_village = said.review in WITH_MEETING
    places = ("village_place", "commune_place") if in_village else ("commune_place",)
    return said.code in ("post_list", "repost") and not all(said.facts[name] for name in places)


@rule("10.7", "a complaint says who complains and of what")
def complaint_of_nobody(said: Said) -> bool:
    written = ("complain", "accept_grievance")
    return said.code in written and not (said.facts["complainant"] and said.facts["content"])


@rule("INV-17", "report, opinion and decision are papers with a number")
def paper_without_number(said: Said) -> bool:
    papers = (
        "sign_report",
        "give_opinion",
        "sign_decision",
        "revoke_decision",
        "amend_decision",
        "correct_decision",
        "sign_monthly_report",
    )
    return said.code in papers and not said.facts["number"]


@rule("10.6", "an interrupted posting has its reason")
def interrupted_without_reason(said: Said) -> bool:
    interruptions = ("interrupt_posting", "interrupt_reposting")
    return said.code in interruptions and not said.facts["reason"]


@rule("10.3", "a request is taken back by a paper of the household")
def withdrawn_by_word_of_mouth(said: Said) -> bool:
    return said.code == "withdraw" and not said.facts["paper"]


@rule("10.7", "a decision is revoked or corrected for a reason given for the household")
def changed_without_reason(said: Said) -> bool:
    return said.code in ("revoke_decision", "correct_decision") and not said.facts["reason"]


@rule("INV-14", "another reviewer re-verifies where there is one")
def reverified_by_the_same(said: Said) -> bool:
    again = ("reverify", "redetermine_income", "reexamine")
    return said.code in again and said.facts["reviewer"] == SAME


@rule("INV-30", "who is close to the household surveys, chairs and decides only with a note of it")
def interest_kept_quiet(said: Said) -> bool:
    return said.facts.get("interest") == KEPT_QUIET


@rule("INV-25", "a running time limit is paused or resumed on a paper; a posting is never paused")
def paused_wrongly(said: Said) -> bool:
    if said.code not in ("suspend_term", "resume_term"):
        return False
    may = ("opinion",) if said.code == "suspend_term" else ("paused",)
    on_paper = said.facts["reason"] and said.facts["paper"]
    return said.facts["term"] not in may or not on_paper


@rule(
    "INV-26",
    "a round follows another edition only if it is approved, fits, and was tried dry as it is",
)
def carried_over_blindly(said: Said) -> bool:
    proper = {"edition": "approved", "fits": True, "dry_run": "current"}
    return said.code == "carry_over" and dict(said.facts) != proper


@rule("10.1", "a round goes to the unit that a paper names as successor")
def handed_to_a_stranger(said: Said) -> bool:
    handing = said.code in ("hand_over", "hand_over_village")
    return handing and not (said.facts["succession"] and said.facts["paper"])


OF_FACTS = (
    dated_outside,
    dated_before_the_15th,
    asked_in_another_month,
    round_of_autumn,
    dated_ahead,
    opened_without_papers,
    request_without_form,
    another_livelihood,
    received_after_the_decision,
    arrived_without_papers,
    chaired_by_another,
    met_without_them,
    front_left_out,
    attendance_below_its_parts,
    minutes_missing,
    posted_at_one_place,
    complaint_of_nobody,
    paper_without_number,
    interrupted_without_reason,
    withdrawn_by_word_of_mouth,
    changed_without_reason,
    reverified_by_the_same,
    interest_kept_quiet,
    paused_wrongly,
    carried_over_blindly,
    handed_to_a_stranger,
)

# --- of the person --------------------------------------------------------------------------

_OFFICER, _COMMITTEE, _CHAIR = Role.COMMUNE_OFFICER, Role.COMMUNE_COMMITTEE, Role.COMMUNE_CHAIR
_IN_VILLAGE = ("this village", "this commune")
# Sections 5 and 10.3 of the procedure. The officer records what others signed on paper.
RIGHTFUL: dict[str, tuple[Role, ...]] = {
    "open_round": (_CHAIR,),
    **dict.fromkeys(
        (*TAKING_REQUESTS, "record_arrival", "record_departure", "withdraw"), (_OFFICER,)
    ),
    "build_list": (_COMMITTEE,),
    "screen": (Role.REVIEWER, _OFFICER),
    "survey": (Role.REVIEWER, _OFFICER),
    "determine_income": (Role.REVIEWER, _OFFICER),
    "classify": (_COMMITTEE,),
    "hold_meeting": (Role.VILLAGE_HEAD, Role.MEETING_SECRETARY),
    "post_list": (Role.VILLAGE_HEAD, _COMMITTEE),
    "interrupt_posting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "interrupt_reposting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "complain": (_OFFICER, _COMMITTEE),
    "reverify": (_COMMITTEE,),
    "redetermine_income": (_COMMITTEE,),
    "repost": (Role.VILLAGE_HEAD, _COMMITTEE),
    "close_posting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "close_reposting": (Role.VILLAGE_HEAD, _COMMITTEE),
    "sign_report": (_CHAIR,),
    "give_opinion": (Role.SUPERIOR_CHAIR,),
    "sign_decision": (_CHAIR,),
    "issue_certificates": (_CHAIR,),
    "refuse": (_CHAIR,),
    "sign_monthly_report": (_CHAIR,),
    "accept_grievance": (_OFFICER, _COMMITTEE),
    "revoke_decision": (_CHAIR,),
    "reexamine": (_COMMITTEE,),
    "amend_decision": (_CHAIR,),
    "correct_decision": (_CHAIR,),
    "suspend_term": (_COMMITTEE,),
    "resume_term": (_COMMITTEE,),
    "carry_over": (_CHAIR,),
    "hand_over": (_CHAIR,),
    "hand_over_village": (_COMMITTEE,),
}
FOR_THE_VILLAGE = (
    "screen",
    "survey",
    "determine_income",
    "interrupt_posting",
    "interrupt_reposting",
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
    until_june_2025 = days.moments[0].date() <= date(2025, 6, 30)
    return "this district" if until_june_2025 else "this province"


def places_of(code: str) -> tuple[str, ...]:
    """Return where an act is done from, seen from the village it is done for."""
    if code == "hand_over":
        return ("successor commune",)
    return _IN_VILLAGE if code in FOR_THE_VILLAGE else ("this commune",)


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
    return doer.person.place not in places_of(doer.code)


OF_PERSONS = (another_superior, not_the_rightful, from_elsewhere)

# --- of one household -----------------------------------------------------------------------

BY_FORM = ("survey", "reverify", "reexamine", "determine_income", "redetermine_income")


def _is_poor(result: str) -> bool:
    return result in (POOR, NEAR_POOR)


@rule("INV-03", "only last year's households and those with Form 01 are on the list")
def listed_without_reason(deed: Deed) -> bool:
    if deed.code not in ("build_list", "record_arrival"):
        return False
    case = deed.before
    # One that moved in, or was split off, brings its place on the list with it.
    brought = deed.code == "record_arrival" and case.kind.opening != ""
    asked = case.past.form01 or (deed.review == AD_HOC and case.past.form04)
    managed = deed.review == PERIODIC and case.kind.basis == LAST_YEAR
    return not (managed or asked or brought)


@rule("INV-22", "who asks to leave is on the list that it leaves")
def leaving_no_list(deed: Deed) -> bool:
    return deed.code == "receive_exit_request" and deed.before.kind.opening == ""


@rule("INV-23", "who asks for an average living standard or a low income is not poor or near-poor")
def poor_and_average(deed: Deed) -> bool:
    asked = deed.code in TAKING_REQUESTS and deed.review in (AVERAGE_LIVING, LOW_INCOME)
    return asked and _is_poor(deed.before.kind.opening)


@rule("2.1", "who asked passes Phiếu A before Phiếu B")
def surveyed_without_screen(deed: Deed) -> bool:
    case = deed.before
    asked = deed.review == PERIODIC and case.kind.basis != LAST_YEAR and not case.past.arrived
    return deed.code == "survey" and asked and case.past.screen != "passed"


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
    on_it = ("classify", "hold_meeting", "post_list", "sign_decision", "amend_decision")
    return deed.code in on_it and past.survey_class == ""


@rule("INV-05", "an incomplete Phiếu B settles nothing")
def incomplete_form(deed: Deed) -> bool:
    return deed.code in BY_FORM and deed.entry == INCOMPLETE


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
    if deed.code not in BY_FORM:
        return False
    past = deed.before.past
    returned = past.reopened == "open" or past.complaint == "open"
    return (past.returned_today and deed.facts["day"] != TODAY) or (
        returned and deed.facts["day"] == BEFORE
    )


@rule("2.3", "a meeting is about surveys already made")
def met_before_the_survey(deed: Deed) -> bool:
    if deed.code != "hold_meeting":
        return False
    return deed.before.past.surveyed_today and deed.facts["held_on"] != TODAY


@rule("INV-10", "only what a meeting agreed on the latest survey is posted")
def posted_unagreed(deed: Deed) -> bool:
    met = deed.review in WITH_MEETING
    return deed.code == "post_list" and met and deed.before.past.survey != "agreed"


@rule("INV-12", "what is posted is what the minutes say")
def posted_another_result(deed: Deed) -> bool:
    past = deed.after.past
    return deed.code in ("post_list", "repost") and past.posted_class != past.minutes_class


@rule("INV-13", "a complaint is received while the result is posted, to the last minute")
def complaint_out_of_time(deed: Deed) -> bool:
    if deed.code != "complain":
        return False
    past = deed.before.past
    hung = full_days_worked_between(deed.days, past.posted_at, deed.now)
    over = hung >= FULL_DAYS[deed.review]
    return past.posted_at < 0 or past.closed or over


@rule("INV-13", "a household complained about waits until re-verified and posted again")
def complaint_ignored(deed: Deed) -> bool:
    ends = ("close_posting", "close_reposting", "sign_report", "give_opinion", "sign_decision")
    # An income that was determined anew is not posted again (Article 6).
    is_new_income = deed.review == AVERAGE_LIVING and deed.code == "sign_decision"
    waits = ("open",) if is_new_income else ("open", "reverified")
    return deed.code in ends and deed.before.past.complaint in waits


@rule("INV-14", "a re-verification answers a complaint and is posted again, also if unchanged")
def reverified_out_of_order(deed: Deed) -> bool:
    past = deed.before.past
    wanted = {"reverify": "open", "redetermine_income": "open", "repost": "reverified"}
    after_decision = deed.code == "redetermine_income" and past.reopened != ""
    return deed.code in wanted and not after_decision and past.complaint != wanted[deed.code]


@rule("INV-11, INV-23", "a posting lasts three full working days after its day, of an income five")
def closed_too_soon(deed: Deed) -> bool:
    if deed.code not in ("close_posting", "close_reposting"):
        return False
    past = deed.before.past
    full_days = full_days_worked_between(deed.days, past.posted_at, deed.now)
    return past.posted_at < 0 or full_days < FULL_DAYS[deed.review]


@rule("10.6", "who came down early is hung up again for all its days before anything follows")
def went_on_interrupted(deed: Deed) -> bool:
    follows = ("close_posting", "close_reposting", "sign_report", "give_opinion", "sign_decision")
    return deed.code in follows and deed.before.past.interrupted


@rule("10.6", "what hangs nowhere is not interrupted")
def interrupted_nothing(deed: Deed) -> bool:
    interruptions = ("interrupt_posting", "interrupt_reposting")
    return deed.code in interruptions and deed.before.past.posted_at < 0


@rule("INV-15", "no survey while posted or after, but for a household the superior questioned")
def surveyed_behind_the_posting(deed: Deed) -> bool:
    past = deed.before.past
    hung = past.posted_at >= 0 or past.interrupted or past.closed
    surveyed = deed.code in ("survey", "determine_income")
    return surveyed and hung and past.answer != "objection"


@rule("INV-15", "a result changes by survey and re-verification alone; no superior edits it")
def result_changed(deed: Deed) -> bool:
    return deed.before.result != deed.after.result and deed.code not in BY_FORM


@rule("INV-16", "only what has been posted to the end is reported")
def reported_unposted(deed: Deed) -> bool:
    past = deed.before.past
    return deed.code == "sign_report" and not (past.closed and past.answer == "")


@rule("INV-17", "an opinion answers a report")
def opinion_on_nothing(deed: Deed) -> bool:
    return deed.code == "give_opinion" and deed.before.past.answer != "awaited"


@rule("INV-17", "no decision without a written opinion that consents to the household")
def decided_without_opinion(deed: Deed) -> bool:
    decided = deed.review == PERIODIC and deed.code == "sign_decision"
    return decided and deed.before.past.answer != "consent"


@rule(
    "Điều 5, Điều 4(3)(4)", "no decision without the village's agreement and a posting to its end"
)
def decided_without_posting(deed: Deed) -> bool:
    if deed.code != "sign_decision" or deed.review not in WITH_MEETING:
        return False
    past = deed.before.past
    return past.survey != "agreed" or not past.closed or past.complaint != ""


@rule("Điều 6", "no income is recognised before it was posted to its end or determined anew")
def income_unposted(deed: Deed) -> bool:
    if deed.code != "sign_decision" or deed.review != AVERAGE_LIVING:
        return False
    past = deed.before.past
    return not past.closed and past.complaint != "reverified"


@rule("INV-17", "a household the superior questions has its reason")
def questioned_without_reason(deed: Deed) -> bool:
    return deed.code == "give_opinion" and not deed.entry.reason


@rule("INV-17", "a questioned household is not taken as consented")
def objection_lost(deed: Deed) -> bool:
    return deed.code == "give_opinion" and deed.entry.questioned and deed.after.state == "consented"


@rule("INV-15", "what is decided is what was posted last")
def decided_another_result(deed: Deed) -> bool:
    past = deed.after.past
    decided = deed.code == "sign_decision" and deed.review in WITH_MEETING
    return decided and past.decided != past.posted_class


@rule("INV-15", "what is decided is what the latest form says")
def decided_an_old_result(deed: Deed) -> bool:
    past = deed.after.past
    decided = deed.code in ("sign_decision", "amend_decision")
    return decided and past.decided != past.survey_class


@rule("2.6, INV-22", "the decision puts each household where its result and its request say")
def decided_the_wrong_way(deed: Deed) -> bool:
    decided = deed.code in ("sign_decision", "amend_decision")
    return decided and deed.after.state != deed.after.past.verdict


@rule("INV-22", "an ad hoc review lets go only whom Form 04 asks for")
def left_unasked(deed: Deed) -> bool:
    past = deed.before.past
    return deed.review == AD_HOC and deed.after.state == "escaped" and not past.form04


@rule("INV-20", "who died, moved away or took its request back is not decided")
def decided_though_gone(deed: Deed) -> bool:
    decided = ("sign_decision", "amend_decision", "issue_certificates", "refuse")
    return deed.code in decided and deed.before.past.gone != ""


@rule("INV-20", "a request is taken back by who made it, before the decision")
def withdrew_wrongly(deed: Deed) -> bool:
    past = deed.before.past
    asked = past.form01 or past.form04
    answered = past.decided != "" or past.screen == "failed"
    return deed.code == "withdraw" and (answered or not asked)


@rule("INV-21", "a certificate is for a household decided poor or near-poor, while that holds")
def certified_without_decision(deed: Deed) -> bool:
    past = deed.before.past
    holds = past.verdict == "recognised" and past.reopened == ""
    return deed.code == "issue_certificates" and not holds


@rule("INV-20", "a written refusal has reasons and is for requesters who do not qualify")
def refused_wrongly(deed: Deed) -> bool:
    past = deed.before.past
    failed = past.verdict == "unqualified" if past.decided else past.screen == "failed"
    asked = past.form01 or past.form04
    return deed.code == "refuse" and not (
        deed.entry is True and failed and asked and past.reopened == ""
    )


@rule("10.7", "a grievance is against a decision or a refusal, within ninety days of it")
def heard_wrongly(deed: Deed) -> bool:
    past = deed.before.past
    against = (past.decided != "" or past.refused) and past.reopened == "" and past.gone == ""
    in_time = deed.now < past.heard_until
    return deed.code == "accept_grievance" and not (against and in_time)


@rule("10.7", "only what was decided is revoked")
def revoked_nothing(deed: Deed) -> bool:
    past = deed.before.past
    given = past.verdict in ("recognised", "escaped", "confirmed")
    return deed.code == "revoke_decision" and (not given or past.reopened != "")


@rule("10.7", "a household is examined again when it was reopened, and decided anew after that")
def reconsidered_out_of_order(deed: Deed) -> bool:
    past = deed.before.past
    if deed.code == "amend_decision":
        return past.reopened != "reexamined"
    return deed.code == "reexamine" and past.reopened != "open"


@rule("10.7", "a household that is heard again is not where it was until it is decided anew")
def reopened_for_nothing(deed: Deed) -> bool:
    opened = deed.code in ("accept_grievance", "revoke_decision")
    return opened and deed.after.state == deed.before.state


@rule("10.7", "a correction leaves result, state and certificate as they were")
def corrected_the_result(deed: Deed) -> bool:
    if deed.code != "correct_decision":
        return False
    before, after = deed.before, deed.after
    return (before.state, before.decided) != (after.state, after.decided) or (
        before.past.decided == ""
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
    looks_back = ("accept_grievance", "revoke_decision", "correct_decision")
    return deed.before.past.outcomes > 0 and deed.code not in looks_back


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
    leaving_no_list,
    poor_and_average,
    went_on_interrupted,
    interrupted_nothing,
    decided_without_posting,
    income_unposted,
    decided_an_old_result,
    left_unasked,
    decided_though_gone,
    withdrew_wrongly,
    heard_wrongly,
    revoked_nothing,
    reconsidered_out_of_order,
    reopened_for_nothing,
    corrected_the_result,
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
    "record_arrival",
    "withdraw",
    "interrupt_reposting",
    "receive_exit_request",
    "receive_worker_request",
    "determine_income",
    "redetermine_income",
    *AFTER_DECISION,
)


@rule("INV-13", "a deed on one household, a complaint above all, leaves the others alone")
def others_touched(deed: VillageDeed) -> bool:
    pairs = zip(deed.before.cases, deed.after.cases, strict=True)
    changed = [before for before, after in pairs if before.state != after.state]
    return deed.code in _OF_ONE and len(changed) > 1


@rule("INV-02", "last year's households are all on the list once it is built")
def last_year_left_out(deed: VillageDeed) -> bool:
    return (
        deed.review == PERIODIC
        and deed.code == "build_list"
        and any(
            case.kind.basis == LAST_YEAR and case.state in ("", "new") for case in deed.after.cases
        )
    )


def _is_over(review: Review, case: Case) -> bool:
    """
    Test if a household needs no posting: never listed, screened out, gone, or posted to the end.

    A complaint about a household that is gone has nothing left to re-verify.
    """
    past = case.past
    posted_to_the_end = past.closed and past.complaint == ""
    is_out = past.screen == "failed" or past.outcomes > 0
    return is_out or posted_to_the_end or not is_concerned(review, case)


@rule("INV-16", "a report goes up when every posting of the commune is closed")
def reported_too_soon(deed: VillageDeed) -> bool:
    return deed.code == "sign_report" and not all(
        _is_over(deed.review, case) for case in deed.before.cases
    )


@rule("10.2", "a decision leaves no household of the list undecided")
def left_undecided(deed: VillageDeed) -> bool:
    if deed.review != PERIODIC or deed.code != "sign_decision":
        return False
    return not all(_is_settled(deed.review, case) for case in deed.after.cases)


def _is_settled(review: Review, case: Case) -> bool:
    past = case.past
    is_out = past.screen == "failed" or past.outcomes > 0
    return is_out or past.decided != "" or past.reopened != "" or not is_concerned(review, case)


OF_VILLAGE = (others_touched, last_year_left_out, reported_too_soon, left_undecided)

# --- of the round as a whole ----------------------------------------------------------------


@rule("INV-24", "a month is reported once, from its 15th on, when every request has its answer")
def reported_unanswered(deed: RoundDeed) -> bool:
    def answered(case: Case) -> bool:
        past = case.past
        return past.outcomes > 0 or past.reopened != "" or not is_concerned(deed.review, case)

    too_early = deed.days.moments[deed.now].date() < date(deed.days.year, deed.month, 15)
    all_answered = all(answered(case) for village in deed.villages for case in village.cases)
    return deed.reported or too_early or not all_answered


OF_ROUND = (reported_unanswered,)


def breaches(rules: tuple[SafetyRule, ...], deed: Any) -> tuple[str, ...]:
    """Return what the deed breaks, by the rules' codes and texts."""
    return tuple(f"{one.code}: {one.text}" for one in rules if one.broken(deed))
