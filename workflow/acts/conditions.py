"""What each condition code of the packs asks of an act's facts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.duties import Duty, Role
from cases.models import (
    DeclaredInterest,
    Event,
    IncomeRecord,
    Meeting,
    MonthlyReport,
    RoleAssignment,
    Survey,
    UnitVersion,
    User,
)
from cases.names import fold
from cases.permissions import ask_on, holds_duty, successors_of
from cases.running_terms import may_stand_still, standing_still, terms_named
from workflow.acts.listing import households_left_out
from workflow.editions import dry_run, edition, misfits
from workflow.machine.bindings import Asking, condition

AS_A_WHOLE: tuple[str, ...] = ()
# Luật Khiếu nại: ninety days to file [K].
GRIEVANCE_DAYS = timedelta(days=90)
DECIDING = ("sign_decision", "amend_decision", "refuse")
LIVELIHOODS = ("AGRICULTURE", "FORESTRY", "FISHERY", "SALT")
# Nobody acts on these any more, so an interest in them stands against nothing.
UNCONCERNED = ("left", "withdrawn", "refused", "certified", "escaped", "confirmed")


def _fails_unless(fulfilled: object) -> tuple[str, ...] | None:
    return None if fulfilled else AS_A_WHOLE


def _facts(asking: Asking) -> Mapping[str, Any]:
    return asking.facts or {}


def in_window(asking: Asking, day: date) -> bool:
    """Test if the day lies in the time of the review, both ends included."""
    first, last = asking.pack.days_of(asking.round.year, asking.round.month)
    return first <= day and (last is None or day <= last)


@condition
def within_window(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(in_window(asking, asking.legal_day))


@condition
def papers_on_file(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("plan_paper") and facts.get("committee_paper"))


@condition
def form_on_file(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("form_number"))


@condition
def surveyed_in_round(asking: Asking) -> tuple[str, ...] | None:
    days = {code: date.fromisoformat(day) for code, day in _facts(asking)["days"].items()}
    late = [
        code for code, day in days.items() if not in_window(asking, day) or day > asking.legal_day
    ]
    return tuple(late) or None


@condition
def surveyed_anew(asking: Asking) -> tuple[str, ...] | None:
    # Why a household is surveyed again: the meeting's own day, else that of the act.
    meeting = Meeting.objects.filter(act=OuterRef("last_act")).values("held_on")[:1]
    again = asking.round.cases.filter(state__in=("disagreed", "contested", "objected", "reopened"))
    since = again.values_list("code", Coalesce(Subquery(meeting), F("last_act__legal_day")))
    days = _facts(asking)["days"]
    early = [code for code, day in since if code in days and date.fromisoformat(days[code]) < day]
    return tuple(early) or None


@condition
def not_decided_yet(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(not asking.round.decisions.exists())


@condition
def met_in_round(asking: Asking) -> tuple[str, ...] | None:
    held_on = date.fromisoformat(_facts(asking)["held_on"])
    sheets = Survey.objects.filter(
        case__village_review=asking.village_review,
        case__state="classified",
        attempt=F("case__attempt"),
    )
    surveyed = sheets.aggregate(last=Max("surveyed_on"))["last"]
    return _fails_unless(
        in_window(asking, held_on)
        and held_on <= asking.legal_day
        and (surveyed is None or surveyed <= held_on)
    )


@condition
def chaired_by_village_head(asking: Asking) -> tuple[str, ...] | None:
    chair = User.objects.filter(pk=_facts(asking).get("chair") or 0).first()
    review = asking.village_review
    if chair is not None:
        ask_on(chair, asking.legal_day)
    return _fails_unless(
        chair and review and holds_duty(chair, Duty.CHAIR_MEETING, review, ["VILLAGE"])
    )


@condition
def required_people_present(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    required = ("committee_present", "reviewers_present", "households_present")
    return _fails_unless(all(facts.get(name, 0) >= 1 for name in required))


@condition
def parts_fit_attendance(asking: Asking) -> tuple[str, ...] | None:
    # Each by itself: one person may come as reviewer and for a household.
    facts = _facts(asking)
    parts = (
        "committee_present",
        "reviewers_present",
        "households_present",
        "organisations_present",
    )
    return _fails_unless(all(facts.get(name, 0) <= facts["attendance"] for name in parts))


@condition
def front_invited(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("front_invited"))


@condition
def tally_fits_attendance(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    if facts["attendance"] < 1:
        return AS_A_WHOLE
    too_many = [
        code for code, votes in facts["tallies"].items() if sum(votes) > facts["attendance"]
    ]
    return tuple(too_many) or None


@condition
def minutes_signed(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("minutes_number") and facts.get("minutes_signed"))


@condition
def posted_at_both_places(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("village_place") and facts.get("commune_place"))


@condition
def no_other_posting_open(asking: Asking) -> tuple[str, ...] | None:
    review = asking.village_review
    open_one = review and review.postings.filter(case__isnull=True, closed_at__isnull=True).exists()
    return _fails_unless(not open_one)


@condition
def complaint_written_down(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("complainant") and facts.get("content"))


@condition
def list_complete(asking: Asking) -> tuple[str, ...] | None:
    missing = households_left_out(asking.round).order_by("household__code")
    return tuple(missing.values_list("household__code", flat=True)[:200]) or None


@condition
def report_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def opinion_in_writing(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def each_question_has_a_reason(asking: Asking) -> tuple[str, ...] | None:
    questions: Mapping[str, str] = _facts(asking).get("questions", {})
    reported = set(
        asking.round.cases.filter(code__in=questions, state="reported").values_list(
            "code", flat=True
        )
    )
    bad = [code for code, reason in questions.items() if not reason.strip() or code not in reported]
    return tuple(bad) or None


@condition
def decision_numbered(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("number"))


@condition
def register_open(asking: Asking) -> tuple[str, ...] | None:
    first, last = _month_of_intake(asking)
    return _fails_unless(first <= asking.legal_day <= last)


@condition
def intake_open(asking: Asking) -> tuple[str, ...] | None:
    first, _last = _month_of_intake(asking)
    start = asking.pack.days_of(asking.round.year, asking.round.month)[0]
    return _fails_unless(first <= asking.legal_day <= start)


def _month_of_intake(asking: Asking) -> tuple[date, date]:
    """Return from which day a month's requests are taken, and the last day of the month itself."""
    start = asking.pack.days_of(asking.round.year, asking.round.month)[0]
    before = start.replace(day=1) - timedelta(days=1)
    after = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return before.replace(day=start.day + 1), after - timedelta(days=1)


@condition
def month_reviewed(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(asking.round.month in asking.pack.months)


@condition
def started(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(in_window(asking, asking.legal_day))


@condition
def livelihood_named(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("livelihood") in LIVELIHOODS)


@condition
def posted_at_commune_office(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("commune_place"))


@condition
def arrival_papers(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("reason") and facts.get("paper"))


@condition
def withdrawal_in_writing(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("paper"))


@condition
def interruption_explained(asking: Asking) -> tuple[str, ...] | None:
    return _fails_unless(_facts(asking).get("reason"))


@condition
def reverified_by_another(asking: Asking) -> tuple[str, ...] | None:
    names: Mapping[str, str] = _facts(asking).get("reviewers", {})
    by_points = "survey" in asking.pack.by_code
    sheets: Any = Survey.objects if by_points else IncomeRecord.objects
    last = sheets.filter(case=OuterRef("pk")).order_by("-attempt").values("reviewer_name")[:1]
    before = asking.cases().annotate(before=Subquery(last)).values_list("code", "before")
    same = [code for code, name in before if name and fold(name) == fold(names.get(code, ""))]
    if not same:
        return None
    others = {fold(name) for name in _reviewers(asking)}
    alone = [code for code in same if not others - {fold(names[code])}]
    return tuple(code for code in same if code not in alone) or None


def _reviewers(asking: Asking) -> list[str]:
    """Return who could re-verify in the commune today: its reviewers and its committee."""
    units = [asking.round.keeper_id, *asking.round.village_reviews.values_list("keeper", flat=True)]
    holders = RoleAssignment.objects.giving_rights(asking.legal_day).filter(
        unit__in=units, role__in=(Role.REVIEWER, Role.COMMUNE_COMMITTEE)
    )
    return list(holders.values_list("user__full_name", flat=True))


@condition
def interest_noted(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    if asking.note:
        return None
    people = {asking.by.pk if asking.by else 0, facts.get("chair") or 0}
    declared = DeclaredInterest.objects.standing(asking.legal_day)
    # Whoever types a form in is not always who went to the household: forms name their reviewer.
    names: Mapping[str, str] = facts.get("reviewers") or {}
    if not names:
        declared = declared.filter(user__in=people)
    concerned = asking.cases().filter(household__in=declared.values("household"))
    found = concerned.exclude(state__in=UNCONCERNED).order_by("code")
    close = dict(found.values_list("code", "household"))
    if names and close:
        who: dict[int, set[Any]] = {}
        for household, user, name in declared.filter(household__in=close.values()).values_list(
            "household", "user", "user__full_name"
        ):
            who.setdefault(household, set()).update((user, fold(name)))
        close = {
            code: household
            for code, household in close.items()
            if who[household] & {*people, fold(names.get(code, ""))}
        }
    return tuple(close) or None


@condition
def grievance_in_time(asking: Asking) -> tuple[str, ...] | None:
    # From what was last decided of this very household, or answered to it.
    told = Event.objects.filter(case__in=asking.cases(), act__code__in=DECIDING)
    last = told.aggregate(day=Max("act__legal_day"))["day"]
    return _fails_unless(last and asking.legal_day <= last + GRIEVANCE_DAYS)


@condition
def surveyed_by_today(asking: Asking) -> tuple[str, ...] | None:
    days: Mapping[str, str] = _facts(asking)["days"]
    ahead = [code for code, day in days.items() if date.fromisoformat(day) > asking.legal_day]
    return tuple(ahead) or None


@condition
def each_case_has_a_reason(asking: Asking) -> tuple[str, ...] | None:
    reasons: Mapping[str, str] = _facts(asking).get("reasons", {})
    codes = asking.cases().values_list("code", flat=True)
    return tuple(code for code in codes if not reasons.get(code, "").strip()) or None


@condition
def edition_approved(asking: Asking) -> tuple[str, ...] | None:
    target = edition(_facts(asking).get("to", ""))
    if target is None or target.review != asking.pack.review:
        return AS_A_WHOLE
    until = target.in_force_until
    return _fails_unless(until is None or asking.legal_day < until)


@condition
def edition_fits(asking: Asking) -> tuple[str, ...] | None:
    target = edition(_facts(asking).get("to", ""))
    return None if target is None else misfits(asking.round, target) or None


@condition
def dry_run_current(asking: Asking) -> tuple[str, ...] | None:
    target = edition(_facts(asking).get("to", ""))
    seen = _facts(asking).get("dry_run")
    return None if target is None else _fails_unless(seen == dry_run(asking.round, target).token)


@condition
def succession_on_file(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    kept = asking.village_review or asking.round
    followed = UnitVersion.objects.in_force(asking.legal_day).filter(
        unit__in=successors_of(kept.keeper_id, asking.legal_day),
        unit__code=facts.get("keeper", ""),
        unit__level=kept.keeper.level,
    )
    return _fails_unless(facts.get("paper") and followed.exists())


@condition
def pause_explained(asking: Asking) -> tuple[str, ...] | None:
    facts = _facts(asking)
    return _fails_unless(facts.get("reason") and facts.get("paper"))


@condition
def term_may_pause(asking: Asking) -> tuple[str, ...] | None:
    terms = terms_named(asking.round, _facts(asking))
    return _fails_unless(may_stand_still(terms, asking.legal_day).exists())


@condition
def term_is_paused(asking: Asking) -> tuple[str, ...] | None:
    terms = terms_named(asking.round, _facts(asking))
    return _fails_unless(standing_still(terms).exists())


@condition
def month_closed(asking: Asking) -> tuple[str, ...] | None:
    # On the 15th itself requests are still received.
    start = asking.pack.days_of(asking.round.year, asking.round.month)[0]
    if asking.legal_day <= start:
        return AS_A_WHOLE
    if MonthlyReport.objects.filter(round=asking.round).exists():
        return AS_A_WHOLE
    settled = {*asking.pack.final_states, "reopened", "reexamined"}
    open_ones = asking.cases().exclude(state__in=settled).order_by("code")
    return tuple(open_ones.values_list("code", flat=True)[:200]) or None
