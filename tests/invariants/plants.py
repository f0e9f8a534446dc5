"""
Breaches planted around the engine, each with what must be found.

A plant edits rows the way somebody with a database client would. What it cannot help to break
besides is listed in `also`: then these too must be red, and nothing else.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from cases.models import (
    Act,
    ActChain,
    Case,
    CertificateRow,
    Complaint,
    Event,
    Household,
    Meeting,
    Member,
    Opinion,
    OpinionItem,
    PostedEntry,
    Posting,
    RefusalLetter,
    Report,
    RoleAssignment,
    Round,
    RunningTerm,
    Screening,
    Standing,
    StateCount,
    Survey,
    Tally,
    Unit,
    VillageReview,
)
from tests.conftest import moment
from tests.invariants.roads import (
    CONTESTED,
    DISAGREED,
    PLAIN,
    QUESTIONED,
    UNQUALIFIED,
    WELCOME,
)
from tests.machine.rows import drop_step_triggers
from workflow.models import RoundProcess, TermProcess

PLANTS: list["Plant"] = []


@dataclass(frozen=True)
class Plant:
    """A breach: what is done to the rows, and which check must find it at which case and act."""

    name: str
    do: Callable[[Round], None]
    invariant: str
    case: str
    act: str  # code of the act that is named; empty: none
    also: frozenset[str]
    road: str  # of which round


def plant(
    invariant: str, *, case: str = "", act: str = "", also: str = "", road: str = "usual"
) -> Callable[[Callable[[Round], None]], Callable[[Round], None]]:
    def register(do: Callable[[Round], None]) -> Callable[[Round], None]:
        red = frozenset(also.split()) | {invariant}
        PLANTS.append(Plant(do.__name__, do, invariant, case, act, red, road))
        return do

    return register


def acts(round_: Round, code: str) -> Any:
    return Act.objects.filter(round=round_, code=code).order_by("sequence")


def rewrite(act: Act, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the act recorded too, so that rows and record agree on the lie."""
    facts = deepcopy(act.facts)
    change(facts)
    Act.objects.filter(pk=act.pk).update(facts=facts)


@plant("INV-01", act="classify")
def an_act_dated_before_september(round_: Round) -> None:
    first = acts(round_, "classify")[0]
    Act.objects.filter(pk=first.pk).update(at=moment("2024-08-30"), legal_day=date(2024, 8, 30))


@plant("INV-01", act="close_posting")
def an_act_whose_day_is_not_that_of_its_moment(round_: Round) -> None:
    last = acts(round_, "close_posting")[0]
    Act.objects.filter(pk=last.pk).update(legal_day=last.legal_day - timedelta(days=1))


@plant("INV-01", case=PLAIN, act="survey")
def a_form_dated_in_august(round_: Round) -> None:
    form = Survey.objects.get(case__code=PLAIN)
    Survey.objects.filter(pk=form.pk).update(surveyed_on=date(2024, 8, 31))
    rewrite(form.act, lambda facts: facts["days"].update({PLAIN: "2024-08-31"}))


@plant("INV-01", act="hold_meeting", also="INV-10")
def a_meeting_held_after_its_minutes_were_recorded(round_: Round) -> None:
    last = Meeting.objects.filter(village_review__round=round_).order_by("-pk")[0]
    Meeting.objects.filter(pk=last.pk).update(held_on=last.act.legal_day + timedelta(days=1))


@plant("INV-02", case="24646-00010", act="build_list", also="INV-40")
def a_household_of_last_year_is_not_on_the_list(round_: Round) -> None:
    village = Unit.objects.get(code="24646.002")
    left_out = Household(code="24646-00010", village=village, persons=3)
    left_out.name_head("Nguyễn Văn Quên")
    left_out.save()
    Standing.objects.create(household=left_out, year=2023, household_class="POOR", source="x")


@plant("INV-02", case=PLAIN, act="build_list")
def a_household_enters_with_another_class_than_last_years(round_: Round) -> None:
    Case.objects.filter(code=PLAIN).update(opening_class="NEAR_POOR")


@plant("INV-02", case=PLAIN)
def a_household_is_reviewed_in_two_communes(round_: Round) -> None:
    original, other = Case.objects.get(code=PLAIN), Unit.objects.get(code="24652")
    second = Round.objects.get(pk=round_.pk)
    second.pk, second.commune, second.keeper = None, other, other
    second.save()
    village = Unit.objects.get(code="24652.001")
    review = VillageReview.objects.create(
        round=second, village=village, keeper=village, village_name="Thôn 1"
    )
    original.pk, original.round, original.village_review = None, second, review
    original.state, original.prev_state, original.version = "new", "new", 0
    original.save()


@plant("INV-03", case=PLAIN, act="build_list")
def a_household_of_no_list_without_a_form(round_: Round) -> None:
    Standing.objects.filter(household__code=PLAIN, year=2023).delete()


@plant("INV-03", case=WELCOME, act="receive_request")
def a_request_without_its_paper(round_: Round) -> None:
    Case.objects.filter(code=WELCOME).update(basis_paper="")


@plant("INV-03", act="receive_request")
def a_request_without_the_number_of_its_form(round_: Round) -> None:
    rewrite(acts(round_, "receive_request")[0], lambda f: f["forms"].update({WELCOME: ""}))


@plant("INV-04", case=PLAIN)
def a_person_of_two_households(round_: Round) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX a_person_belongs_to_one_household")
    heads = Member.objects.filter(household__code__in=[PLAIN, CONTESTED])
    assert heads.update(personal_number="066090012345") == 2


@plant("INV-05", case=PLAIN, act="survey")
def a_class_that_the_scores_do_not_give(round_: Round) -> None:
    form = Survey.objects.get(case__code=PLAIN)
    Survey.objects.filter(pk=form.pk).update(income_score=200)
    rewrite(form.act, lambda facts: facts["results"][PLAIN].__setitem__(0, 200))


@plant(
    "INV-05",
    case=PLAIN,
    act="survey",
    also="ENG-07 ENG-08 INV-08 INV-15 INV-21 INV-40",
)
def a_classification_without_a_form(round_: Round) -> None:
    Survey.objects.filter(case__code=PLAIN).delete()


@plant("INV-05", case=WELCOME, act="screen", also="ENG-07 ENG-08")
def a_requester_without_phieu_a(round_: Round) -> None:
    Screening.objects.filter(case__code=WELCOME).delete()


@plant("INV-06", act="hold_meeting")
def a_meeting_without_the_committee(round_: Round) -> None:
    first_meeting(round_).update(committee_present=0)


@plant("INV-06", act="hold_meeting")
def a_meeting_without_the_front(round_: Round) -> None:
    first_meeting(round_).update(front_invited=False)


@plant("INV-06", act="hold_meeting", also="ENG-09")
def a_meeting_chaired_by_somebody_who_heads_no_village(round_: Round) -> None:
    heads = RoleAssignment.objects.filter(role="VILLAGE_HEAD", unit__code__startswith="24646")
    heads.update(valid_until=date(2024, 9, 30))


@plant("INV-07", case=CONTESTED, act="hold_meeting")
def agreed_by_less_than_half(round_: Round) -> None:
    vote = Tally.objects.get(case__code=CONTESTED)
    Tally.objects.filter(pk=vote.pk).update(agree=19)
    rewrite(vote.meeting.act, lambda facts: facts["tallies"][CONTESTED].__setitem__(0, 19))


@plant("INV-07", case=DISAGREED, act="hold_meeting")
def disagreed_by_half(round_: Round) -> None:
    vote = Tally.objects.filter(case__code=DISAGREED).order_by("pk")[0]
    Tally.objects.filter(pk=vote.pk).update(agree=20)
    rewrite(vote.meeting.act, lambda facts: facts["tallies"][DISAGREED].__setitem__(0, 20))


@plant("INV-07", act="hold_meeting")
def an_attendance_that_is_not_that_of_the_minutes(round_: Round) -> None:
    meeting = first_meeting(round_)
    Tally.objects.filter(meeting__in=meeting).update(attendance=39)
    meeting.update(attendance=39)


@plant("INV-08", case=DISAGREED, act="hold_meeting", also="INV-05 ENG-07 ENG-08")
def a_second_vote_on_the_same_form(round_: Round) -> None:
    Survey.objects.filter(case__code=DISAGREED, attempt=2).delete()


@plant("INV-09", act="hold_meeting")
def minutes_without_a_number(round_: Round) -> None:
    first_meeting(round_).update(minutes_number="")


@plant("INV-10", case=PLAIN, act="post_list")
def posted_before_the_meeting(round_: Round) -> None:
    meeting = first_meeting(round_)
    next_day = {"at": moment("2024-10-03"), "legal_day": date(2024, 10, 3)}
    Act.objects.filter(pk=meeting[0].act_id).update(**next_day)
    meeting.update(held_on=date(2024, 10, 3))


@plant("INV-11", act="post_list")
def posted_at_one_place(round_: Round) -> None:
    first = acts(round_, "post_list")[0]
    Posting.objects.filter(act=first).update(commune_place="")
    rewrite(first, lambda facts: facts.update({"commune_place": ""}))


@plant("INV-11", act="post_list")
def a_last_day_counted_one_short(round_: Round) -> None:
    first = Posting.objects.filter(act=acts(round_, "post_list")[0])
    first.update(until=first[0].until - timedelta(days=1))


@plant("INV-11", case=PLAIN, act="close_posting")
def closed_after_two_days(round_: Round) -> None:
    closing, early = acts(round_, "close_posting")[0], moment("2024-10-03", 17)
    Act.objects.filter(pk=closing.pk).update(at=early, legal_day=date(2024, 10, 3))
    Posting.objects.filter(closing_act=closing).update(closed_at=early)
    RunningTerm.objects.filter(ended_by=closing).update(ended_at=early)


@plant("INV-12", case=PLAIN, act="post_list", also="INV-15 ENG-08")
def posted_otherwise_than_in_the_minutes(round_: Round) -> None:
    PostedEntry.objects.filter(case__code=PLAIN).update(household_class="NEAR_POOR")


@plant("INV-13", case=PLAIN, act="complain", also="ENG-07")
def a_complaint_that_stopped_nobody(round_: Round) -> None:
    complaint = Complaint.objects.get()
    complaint.pk, complaint.case = None, Case.objects.get(code=PLAIN)
    complaint.save()


@plant("INV-13", act="complain", also="ENG-06")
def a_complaint_that_stopped_two_households(round_: Round) -> None:
    acts(round_, "complain").update(count=2)


@plant("INV-14", case=CONTESTED, act="reverify")
def reverified_too_late(round_: Round) -> None:
    Complaint.objects.update(answered_at=moment("2024-10-21"))


@plant("INV-14", case=CONTESTED, act="complain", also="INV-25")
def a_longer_limit_than_the_laws(round_: Round) -> None:
    Complaint.objects.update(due_on=date(2024, 10, 11))


@plant("INV-15", case=PLAIN, act="close_posting", also="ENG-08")
def a_result_changed_after_posting(round_: Round) -> None:
    form = Survey.objects.get(case__code=PLAIN)
    form.pk, form.attempt, form.act = None, 2, acts(round_, "close_posting")[0]
    form.save()


@plant("INV-16", act="sign_report")
def reported_while_a_list_hangs(round_: Round) -> None:
    later = acts(round_, "sign_decision")[0]
    hanging = Posting.objects.filter(act=acts(round_, "post_list")[0])
    hanging.update(closed_at=later.at, closing_act=later)
    RunningTerm.objects.filter(started_by=hanging[0].act_id).update(
        ended_at=later.at, ended_by=later
    )


@plant("INV-17", act="give_opinion")
def an_opinion_that_nobody_wrote(round_: Round) -> None:
    last = acts(round_, "give_opinion")[1]
    Opinion.objects.filter(act=last).update(number="")
    rewrite(last, lambda facts: facts.update({"number": ""}))


@plant("INV-17", case=QUESTIONED, act="give_opinion", also="ENG-08")
def a_question_that_was_taken_out(round_: Round) -> None:
    OpinionItem.objects.all().delete()


@plant("INV-17", act="sign_decision", also="ENG-07 ENG-08")
def a_decision_without_any_opinion(round_: Round) -> None:
    OpinionItem.objects.all().delete()
    Opinion.objects.all().delete()


@plant("INV-18", act="sign_report")
def a_report_to_the_wrong_level(round_: Round) -> None:
    last = acts(round_, "sign_report")[1]
    Report.objects.filter(act=last).update(recipient=round_.province)


@plant("INV-19", act="sign_decision", also="ENG-09")
def a_decision_signed_after_the_chairs_term(round_: Round) -> None:
    day = acts(round_, "sign_decision")[0].legal_day
    binh = RoleAssignment.objects.filter(role="COMMUNE_CHAIR", unit=round_.commune)
    binh.update(valid_until=day)


@plant("INV-20", case=UNQUALIFIED, act="refuse")
def a_refusal_without_a_reason(round_: Round) -> None:
    RefusalLetter.objects.filter(case__code=UNQUALIFIED).update(reason="")


@plant("INV-21", case=PLAIN, act="issue_certificates")
def a_certificate_of_the_wrong_year(round_: Round) -> None:
    CertificateRow.objects.filter(case__code=PLAIN).update(year=2024)


@plant("INV-21", case=PLAIN, act="issue_certificates", also="ENG-07 INV-40")
def a_certificate_that_is_gone(round_: Round) -> None:
    CertificateRow.objects.filter(case__code=PLAIN).delete()


@plant("INV-25", act="give_opinion")
def a_term_whose_end_is_not_its_acts(round_: Round) -> None:
    term = RunningTerm.objects.filter(code="opinion", ended_at__isnull=False)[0]
    RunningTerm.objects.filter(pk=term.pk).update(ended_at=F("ended_at") + timedelta(days=1))


@plant("INV-25", act="sign_report")
def a_term_that_is_a_day_too_long(round_: Round) -> None:
    term = RunningTerm.objects.filter(code="opinion")[0]
    longer = term.ends_on + timedelta(days=1)
    RunningTerm.objects.filter(pk=term.pk).update(ends_on=longer)
    Report.objects.filter(act=term.started_by).update(due_on=longer)


@plant("INV-25", act="sign_report")
def a_term_that_was_taken_out(round_: Round) -> None:
    TermProcess.objects.filter(term__code="opinion").delete()
    RunningTerm.objects.filter(code="opinion").delete()


@plant("INV-26", act="open_round")
def a_pack_that_was_changed_under_a_round(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(pack_hash=bytes(32))


@plant("INV-26", act="open_round", also="INV-05")
def a_standard_that_was_not_in_force(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(standard="2027-2030")


@plant("INV-26", act="survey")
def an_act_under_another_pack(round_: Round) -> None:
    first = acts(round_, "survey")[0]
    Act.objects.filter(pk=first.pk).update(pack="qd24-2021-2cap")


@plant("INV-40", act="issue_certificates", also="INV-21")
def a_recognised_household_is_missing_from_the_years_list(round_: Round) -> None:
    Standing.objects.filter(household__code=WELCOME, year=2024).delete()


@plant("ENG-01", case=PLAIN, act="issue_certificates", also="ENG-04")
def a_state_written_by_hand(round_: Round) -> None:
    drop_step_triggers()
    Case.objects.filter(code=PLAIN).update(state="recognised")


@plant("ENG-01", case=PLAIN, act="classify", also="ENG-06")
def an_event_that_leads_from_nowhere(round_: Round) -> None:
    Event.objects.filter(case__code=PLAIN, act__code="classify").update(from_state="listed")


@plant("ENG-02", case=PLAIN, act="issue_certificates")
def a_version_that_was_skipped(round_: Round) -> None:
    Case.objects.filter(code=PLAIN).update(version=F("version") + 1)


@plant("ENG-03")
def an_act_that_is_not_there(round_: Round) -> None:
    ActChain.objects.filter(pk=round_.commune_id).update(length=F("length") + 1)


@plant("ENG-04")
def a_count_that_nobody_made(round_: Round) -> None:
    first = StateCount.objects.filter(village_review__round=round_, state="certified")[0]
    StateCount.objects.filter(pk=first.pk).update(n=F("n") + 1)


@plant("ENG-05")
def a_chart_that_is_still_open(round_: Round) -> None:
    RoundProcess.objects.filter(round=round_).update(closed_at=None)


@plant("ENG-06", act="survey")
def an_act_that_says_it_moved_more(round_: Round) -> None:
    first = acts(round_, "survey")[0]
    Act.objects.filter(pk=first.pk).update(count=F("count") + 1)


@plant("ENG-07", case=UNQUALIFIED, act="refuse", also="INV-20")
def a_letter_that_is_gone(round_: Round) -> None:
    RefusalLetter.objects.filter(case__code=UNQUALIFIED).delete()


@plant("ENG-07", act="sign_report", also="INV-18")
def a_report_that_is_gone(round_: Round) -> None:
    Report.objects.all().delete()


@plant("ENG-08", case=PLAIN, act="issue_certificates")
def a_column_that_says_something_else(round_: Round) -> None:
    Case.objects.filter(code=PLAIN).update(posted_class="NEAR_POOR")


@plant("ENG-08", case=PLAIN, act="hold_meeting")
def a_vote_that_is_not_that_of_the_record(round_: Round) -> None:
    Tally.objects.filter(case__code=PLAIN).update(agree=30)


@plant("ENG-09", act="survey")
def an_act_under_a_duty_that_is_not_its_own(round_: Round) -> None:
    first = acts(round_, "survey")[0]
    Act.objects.filter(pk=first.pk).update(duty="audit")


def first_meeting(round_: Round) -> Any:
    first = acts(round_, "hold_meeting")[0]
    return Meeting.objects.filter(act=first)
