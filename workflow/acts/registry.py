"""
One way to do any act by its code: pages, the API, `play` and tests all come through here.

`target` is what the act is on (a commune, a round, a village review or a case) and `facts` are
plain values; a missing or senseless one is a BadFact naming the field.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from cases.models import Case, Departure, Household, Member, Round, Unit, User, VillageReview
from cases.rules.packs import Review
from workflow.acts.carrying import carry_over, hand_over, hand_over_village
from workflow.acts.deciding import (
    give_opinion,
    issue_certificates,
    refuse_requesters,
    sign_decision,
    sign_monthly_report,
    sign_report,
)
from workflow.acts.departing import record_departure, withdraw
from workflow.acts.incomes import IncomeSheet, determine_income, redetermine_income
from workflow.acts.listing import (
    build_list,
    open_round,
    receive_exit_requests,
    receive_requests,
    receive_worker_request,
    record_arrival,
)
from workflow.acts.meeting import Minutes, Votes, hold_meeting
from workflow.acts.pausing import resume_term, suspend_term
from workflow.acts.posting import (
    close_posting,
    close_reposting,
    complain,
    interrupt_posting,
    interrupt_reposting,
    post_list,
    repost_case,
)
from workflow.acts.reconsidering import (
    accept_grievance,
    amend_decision,
    correct_decision,
    revoke_decision,
)
from workflow.acts.surveying import (
    ScreeningSheet,
    SurveySheet,
    classify_village,
    reexamine_case,
    reverify_case,
    screen_case,
    survey_case,
)
from workflow.machine.apply import Done

# What the columns hold: a longer text or a larger number is a slip, and is said to be one.
CODE, NUMBER, NAME, PLACE, REASON, CONTENT = 30, 60, 120, 200, 500, 5000
SMALL, CROWD, MONEY = 32_767, 1_000_000, 10**12
ARRIVALS = (Departure.MOVED, Departure.SPLIT, Departure.MERGED)
LAST_YEAR = 9999

Target = Unit | Round | VillageReview | Case
Facts = Mapping[str, Any]


class BadFact(Exception):
    """A fact of an act is missing or cannot be read; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


def do(code: str, target: Any, facts: Facts, *, by: User, at: datetime, key: str) -> Done | Round:
    """
    Do the act with this code on the target.

    :raises Refused: if the law does not allow it now
    :raises BadFact: if a fact is missing or cannot be read
    :raises KeyError: if no act has this code
    """
    return _DEEDS[code](target, facts, {"by": by, "at": at, "key": key})


def codes() -> set[str]:
    return set(_DEEDS)


def _text(facts: Facts, field: str, default: str | None = None, *, longest: int = PLACE) -> str:
    value = facts.get(field, default)
    if value is None:
        raise BadFact(field, "missing")
    return _as_text(value, field, longest)


def _as_text(value: object, field: str, longest: int) -> str:
    if not isinstance(value, str):
        raise BadFact(field, f"expected a text, got {_shown(value)}")
    if "\0" in value:
        raise BadFact(field, "a text has no NUL in it")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > longest:
        raise BadFact(field, f"expected at most {longest} characters, got {len(text)}")
    return text


def _texts(facts: Facts, field: str) -> dict[str, str]:
    """Read what is said of each household, by its code."""
    value = facts.get(field, {})
    if not isinstance(value, Mapping):
        raise BadFact(field, f"expected household codes with reasons, got {_shown(value)}")
    return {
        _as_text(code, field, CODE): _as_text(text, field, REASON) for code, text in value.items()
    }


def _number(facts: Facts, field: str, default: int | None = None, *, most: int = SMALL) -> int:
    return _as_number(facts.get(field, default), field, most)


def _as_number(value: object, field: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadFact(field, f"expected a whole number up to {most}, got {_shown(value)}")
    return value


def _shown(value: object) -> str:
    return repr(value)[:60]


def _day(facts: Facts, field: str) -> date:
    value = facts.get(field)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise BadFact(field, f"expected a date, got {_shown(value)}")
    return value


def _flag(facts: Facts, field: str) -> bool:
    value = facts.get(field, False)
    if not isinstance(value, bool):
        raise BadFact(field, f"expected true or false, got {_shown(value)}")
    return value


def _open_round(target: Unit, facts: Facts, who: dict[str, Any]) -> Round:
    year = _number(facts, "year", most=LAST_YEAR)
    if not year:
        raise BadFact("year", "there is no year 0")
    kind = _text(facts, "kind", Review.PERIODIC.value)
    if kind not in set(Review):
        raise BadFact("kind", f"expected one of {', '.join(Review)}")
    month = _number(facts, "month", 0, most=12)
    if (kind == Review.PERIODIC) != (month == 0):
        raise BadFact("month", "the periodic review has none, the others have 1 to 12")
    return open_round(
        commune=target,
        year=year,
        plan_paper=_text(facts, "plan_paper", ""),
        committee_paper=_text(facts, "committee_paper", ""),
        kind=Review(kind),
        month=month,
        **who,
    )


def _form(facts: Facts) -> dict[str, str]:
    household = facts.get("household")
    code = household.code if isinstance(household, Household) else _text(facts, "household")
    return {code: _text(facts, "form_number", "", longest=NAME)}


def _receive_request(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    livelihood = _text(facts, "livelihood", "", longest=CODE)
    return receive_requests(round=target, forms=_form(facts), livelihood=livelihood, **who)


def _receive_exit_request(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return receive_exit_requests(round=target, forms=_form(facts), **who)


def _receive_worker_request(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    """Read the worker: a person of a household by household code and place in it."""
    member = facts.get("member")
    if not isinstance(member, Member):
        member = Member.objects.filter(
            household__code=_text(facts, "household"),
            position=_number(facts, "position"),
            valid_until=None,
        ).first()
    if member is None:
        raise BadFact("position", "no such person in this household")
    number = _text(facts, "form_number", "", longest=NAME)
    return receive_worker_request(round=target, member=member, form_number=number, **who)


def _record_arrival(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    reason = _text(facts, "reason", "")
    if reason not in ARRIVALS:
        raise BadFact("reason", f"expected one of {', '.join(ARRIVALS)}")
    household = _household(facts.get("household"), "household")
    before = facts.get("from", [])
    if not isinstance(before, list | tuple):
        raise BadFact("from", f"expected household codes, got {_shown(before)}")
    predecessors = [_household(code, "from") for code in before]
    if household in predecessors:
        raise BadFact("from", "no household comes from itself")
    return record_arrival(
        round=target,
        household=household,
        reason=Departure(reason),
        paper=_text(facts, "paper", "", longest=NAME),
        predecessors=predecessors,
        **who,
    )


def _household(value: object, field: str) -> Household:
    if isinstance(value, Household):
        return value
    found = Household.objects.filter(code=_as_text(value, field, CODE)).first()
    if found is None:
        raise BadFact(field, f"no household {_shown(value)}")
    return found


def _build_list(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return build_list(round=target, **who)


def _screen(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    sheet = ScreeningSheet(
        case=target,
        screened_on=_day(facts, "screened_on"),
        reviewer_name=_text(facts, "reviewer_name", who["by"].get_full_name(), longest=NAME),
        passed=_flag(facts, "passed"),
    )
    return screen_case(sheet=sheet, **_noting(facts, who))


def _survey_sheet(target: Case, facts: Facts, who: dict[str, Any]) -> SurveySheet:
    deprived = facts.get("deprived", [])
    if not isinstance(deprived, list | tuple) or len(deprived) != 12:
        raise BadFact("deprived", "expected twelve flags")
    if any(not isinstance(flag, bool) for flag in deprived):
        raise BadFact("deprived", "expected true or false, twelve times")
    return SurveySheet(
        case=target,
        surveyed_on=_day(facts, "surveyed_on"),
        reviewer_name=_text(facts, "reviewer_name", who["by"].get_full_name(), longest=NAME),
        income_score=_number(facts, "income_score"),
        deprived=list(deprived),
    )


def _survey(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return survey_case(sheet=_survey_sheet(target, facts, who), **_noting(facts, who))


def _noting(facts: Facts, who: dict[str, Any]) -> dict[str, Any]:
    """Return who acts, with why they do although they are close to the household."""
    return {**who, "conflict_note": _text(facts, "conflict_note", "", longest=REASON)}


def _classify(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    return classify_village(village_review=target, **who)


def _hold_meeting(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    """Read minutes and tallies; `agree` (a number) is the tally of every household not named."""
    chair = facts.get("chair")
    if isinstance(chair, str):
        chair = User.objects.filter(username=_text(facts, "chair")).first()
    if not isinstance(chair, User):
        raise BadFact("chair", "no such person")
    minutes = Minutes(
        held_on=_day(facts, "held_on"),
        place=_text(facts, "place", ""),
        chair=chair,
        secretary_name=_text(facts, "secretary_name", who["by"].get_full_name(), longest=NAME),
        attendance=_number(facts, "attendance", most=CROWD),
        committee_present=_number(facts, "committee_present", 0),
        reviewers_present=_number(facts, "reviewers_present", 0),
        households_present=_number(facts, "households_present", 0),
        organisations_present=_number(facts, "organisations_present", 0),
        front_invited=_flag(facts, "front_invited"),
        minutes_number=_text(facts, "minutes_number", "", longest=NUMBER),
        minutes_signed=_flag(facts, "minutes_signed"),
    )
    tallies: dict[str, Votes] = {}
    if "agree" in facts:
        voted_on = target.cases.filter(state="classified").values_list("code", flat=True)
        tallies = dict.fromkeys(voted_on, Votes(_number(facts, "agree", most=CROWD)))
    tallies |= _tallies(facts)
    noting = _noting(facts, who)
    return hold_meeting(village_review=target, minutes=minutes, tallies=tallies, **noting)


def _tallies(facts: Facts) -> dict[str, Votes]:
    given = facts.get("tallies", {})
    if not isinstance(given, Mapping):
        raise BadFact("tallies", f"expected household codes with votes, got {_shown(given)}")
    tallies = {}
    for key, votes in given.items():
        field = f"tallies.{(code := _as_text(key, 'tallies', CODE))}"
        if not isinstance(votes, list | tuple) or not 1 <= len(votes) <= 3:
            raise BadFact(field, "expected agree, disagree, no opinion")
        tallies[code] = Votes(*(_as_number(each, field, CROWD) for each in votes))
    return tallies


def _places(facts: Facts) -> dict[str, Any]:
    return {name: _text(facts, name, "") for name in ("village_place", "commune_place")}


def _post_list(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    return post_list(village_review=target, **_places(facts), **who)


def _why_interrupted(facts: Facts) -> str:
    return _text(facts, "reason", "", longest=REASON)


def _interrupt_posting(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    return interrupt_posting(village_review=target, reason=_why_interrupted(facts), **who)


def _interrupt_reposting(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return interrupt_reposting(case=target, reason=_why_interrupted(facts), **who)


def _complaint(facts: Facts) -> dict[str, Any]:
    return {
        "complainant": _text(facts, "complainant", "", longest=NAME),
        "content": _text(facts, "content", "", longest=CONTENT),
    }


def _accept_grievance(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return accept_grievance(case=target, **_complaint(facts), **who)


def _complain(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return complain(case=target, **_complaint(facts), **who)


def _reverify(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    sheet = _survey_sheet(target, facts, who)
    outcome = _text(facts, "outcome", "")
    return reverify_case(sheet=sheet, outcome=outcome, **_noting(facts, who))


def _reexamine(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    sheet = _survey_sheet(target, facts, who)
    outcome = _text(facts, "outcome", "")
    return reexamine_case(sheet=sheet, outcome=outcome, **_noting(facts, who))


def _income_sheet(target: Case, facts: Facts, who: dict[str, Any]) -> IncomeSheet:
    return IncomeSheet(
        case=target,
        determined_on=_day(facts, "determined_on"),
        reviewer_name=_text(facts, "reviewer_name", who["by"].get_full_name(), longest=NAME),
        persons=_number(facts, "persons", target.persons, most=CROWD),
        year_income=_number(facts, "year_income", most=MONEY),
        state_transfers=_number(facts, "state_transfers", 0, most=MONEY),
    )


def _determine_income(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return determine_income(sheet=_income_sheet(target, facts, who), **_noting(facts, who))


def _redetermine_income(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    sheet = _income_sheet(target, facts, who)
    outcome = _text(facts, "outcome", "")
    return redetermine_income(sheet=sheet, outcome=outcome, **_noting(facts, who))


def _repost(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return repost_case(case=target, **_places(facts), **who)


def _close_posting(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    return close_posting(village_review=target, **who)


def _close_reposting(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return close_reposting(case=target, **who)


def _sign_report(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return sign_report(round=target, number=_paper_number(facts), **who)


def _paper_number(facts: Facts) -> str:
    return _text(facts, "number", "", longest=NUMBER)


def _give_opinion(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    questions = _texts(facts, "questions")
    return give_opinion(round=target, number=_paper_number(facts), questions=questions, **who)


def _sign_decision(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return sign_decision(round=target, number=_paper_number(facts), **_noting(facts, who))


def _reasons(facts: Facts, codes: list[str]) -> dict[str, str]:
    """Read the reason of each named household; `reason` is that of every one in `cases`."""
    given = facts.get("cases", [])
    if not isinstance(given, list | tuple):
        raise BadFact("cases", f"expected household codes, got {_shown(given)}")
    named = [_as_text(code, "cases", CODE) for code in given]
    shared = _text(facts, "reason", "", longest=REASON)
    return dict.fromkeys([*codes, *named], shared) | _texts(facts, "reasons")


def _revoke_decision(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    reasons = _reasons(facts, [target.code])
    number = _paper_number(facts)
    return revoke_decision(
        round=target.round, number=number, reasons=reasons, **_noting(facts, who)
    )


def _amend_decision(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    reasons = _reasons(facts, [target.code])
    number = _paper_number(facts)
    return amend_decision(round=target.round, number=number, reasons=reasons, **_noting(facts, who))


def _correct_decision(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    reasons = _reasons(facts, [target.code])
    return correct_decision(round=target.round, number=_paper_number(facts), reasons=reasons, **who)


def _sign_monthly_report(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return sign_monthly_report(round=target, number=_paper_number(facts), **who)


def _carry_over(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return carry_over(
        round=target,
        to=_text(facts, "to", "", longest=NUMBER),
        dry_run=_text(facts, "dry_run", "", longest=NUMBER),
        paper=_text(facts, "paper", ""),
        **who,
    )


def _keeper(facts: Facts) -> Unit:
    keeper = facts.get("keeper")
    if isinstance(keeper, Unit):
        return keeper
    found = Unit.objects.filter(code=_text(facts, "keeper", longest=CODE)).first()
    if found is None:
        raise BadFact("keeper", "no such unit")
    return found


def _hand_over(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return hand_over(round=target, keeper=_keeper(facts), paper=_text(facts, "paper", ""), **who)


def _hand_over_village(target: VillageReview, facts: Facts, who: dict[str, Any]) -> Done:
    paper = _text(facts, "paper", "")
    return hand_over_village(village_review=target, keeper=_keeper(facts), paper=paper, **who)


def _pausing(facts: Facts) -> dict[str, Any]:
    return {
        "term": _text(facts, "term", "", longest=CODE),
        "village": _text(facts, "village", "", longest=CODE),
        "case": _text(facts, "case", "", longest=CODE),
        "reason": _text(facts, "reason", "", longest=REASON),
        "paper": _text(facts, "paper", ""),
    }


def _suspend_term(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return suspend_term(round=target, **_pausing(facts), **who)


def _resume_term(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return resume_term(round=target, **_pausing(facts), **who)


def _issue_certificates(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    return issue_certificates(round=target, **who)


def _refuse(target: Round, facts: Facts, who: dict[str, Any]) -> Done:
    """Answer the households in `reasons`; `reason` is the answer of every other one waiting."""
    reasons: dict[str, str] = {}
    if "reason" in facts:
        waiting = target.cases.filter(state="unqualified").values_list("code", flat=True)
        reasons = dict.fromkeys(waiting, _text(facts, "reason", longest=REASON))
    reasons |= _texts(facts, "reasons")
    return refuse_requesters(round=target, number=_paper_number(facts), reasons=reasons, **who)


def _record_departure(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    reason = _text(facts, "reason")
    if reason not in Departure.values:
        raise BadFact("reason", f"expected one of {', '.join(Departure.values)}")
    return record_departure(
        case=target, reason=Departure(reason), paper=_text(facts, "paper", ""), **who
    )


def _withdraw(target: Case, facts: Facts, who: dict[str, Any]) -> Done:
    return withdraw(case=target, paper=_text(facts, "paper", ""), **who)


_DEEDS: dict[str, Callable[[Any, Facts, dict[str, Any]], Done | Round]] = {
    "open_round": _open_round,
    "receive_request": _receive_request,
    "build_list": _build_list,
    "screen": _screen,
    "survey": _survey,
    "classify": _classify,
    "hold_meeting": _hold_meeting,
    "post_list": _post_list,
    "complain": _complain,
    "reverify": _reverify,
    "repost": _repost,
    "close_posting": _close_posting,
    "close_reposting": _close_reposting,
    "sign_report": _sign_report,
    "give_opinion": _give_opinion,
    "sign_decision": _sign_decision,
    "issue_certificates": _issue_certificates,
    "refuse": _refuse,
    "record_departure": _record_departure,
    "record_arrival": _record_arrival,
    "withdraw": _withdraw,
    "interrupt_posting": _interrupt_posting,
    "interrupt_reposting": _interrupt_reposting,
    "receive_exit_request": _receive_exit_request,
    "receive_worker_request": _receive_worker_request,
    "determine_income": _determine_income,
    "redetermine_income": _redetermine_income,
    "sign_monthly_report": _sign_monthly_report,
    "accept_grievance": _accept_grievance,
    "revoke_decision": _revoke_decision,
    "reexamine": _reexamine,
    "amend_decision": _amend_decision,
    "correct_decision": _correct_decision,
    "carry_over": _carry_over,
    "hand_over": _hand_over,
    "hand_over_village": _hand_over_village,
    "suspend_term": _suspend_term,
    "resume_term": _resume_term,
}
