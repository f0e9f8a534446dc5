"""Breaches planted in the roads beside the straight one and in the reviews of a month."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F

from cases.models import (
    Act,
    Case,
    CertificateRow,
    Complaint,
    ConflictNote,
    Decision,
    DecisionItem,
    DeclaredInterest,
    Household,
    IncomeRecord,
    MonthlyReport,
    Posting,
    RoleAssignment,
    Round,
    RunningTerm,
    Standing,
    Survey,
    TermPause,
    TermRecount,
    Unit,
    UnitSuccession,
    User,
)
from cases.rules.packs import PACKS
from tests.conftest import moment
from tests.invariants.later_roads import AGGRIEVED, CLOSE, CONTESTED, NEW, REVOKED, TAKEN_BACK
from tests.invariants.monthly_roads import ENTERS, ESCAPES, STAYS, TAKES_BACK
from tests.invariants.plants import PLANTS, acts, plant, rewrite

__all__ = ["PLANTS"]


def move(act: Act, day: str) -> None:
    """Date an act, and the paper it entered, on another day."""
    at = moment(day)
    Act.objects.filter(pk=act.pk).update(at=at, legal_day=date.fromisoformat(day))
    Decision.objects.filter(act=act).update(signed_at=at)
    MonthlyReport.objects.filter(act=act).update(signed_at=at)
    Posting.objects.filter(closing_act=act).update(closed_at=at)
    RunningTerm.objects.filter(ended_by=act).update(ended_at=at)


def is_relative(name: str, code: str) -> None:
    user = User.objects.get(username=name)
    DeclaredInterest.objects.create(
        user=user,
        household=Household.objects.get(code=code),
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=user,
    )


# Beside the straight road. ------------------------------------------------------------------------


@plant("INV-03", road="later", case=NEW, act="record_arrival")
def an_arrival_without_its_paper(round_: Round) -> None:
    Case.objects.filter(code=NEW).update(basis_paper="")


@plant("INV-05", road="later", case=CLOSE, act="survey")
def a_standard_of_the_province_by_which_nobody_was_judged(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(local_standards=["67-2024"])


@plant("INV-11", road="later", act="interrupt_posting")
def an_interruption_without_a_reason(round_: Round) -> None:
    Posting.objects.filter(closing_act__code="interrupt_posting").update(interruption="")


@plant("INV-11", road="later", case=CLOSE, act="close_posting", also="INV-13 INV-25 ENG-07")
def an_interrupted_posting_that_was_counted_on(round_: Round) -> None:
    first, second = acts(round_, "post_list")
    Posting.objects.filter(act=second).update(act=first)


@plant("INV-14", road="later", case=CONTESTED, act="reverify")
def reverified_by_whoever_surveyed(round_: Round) -> None:
    Survey.objects.filter(kind="REVERIFICATION").update(reviewer_name="nguyễn thị lan")


@plant("INV-14", road="later", case=CONTESTED, act="reverify")
def reverified_later_than_the_loaded_editions_seven_days(round_: Round) -> None:
    due = Complaint.objects.get(kind="POSTING").due_on
    late = moment((due + timedelta(days=1)).isoformat())
    Complaint.objects.filter(kind="POSTING").update(answered_at=late)


@plant("INV-15", road="later", case=AGGRIEVED, act="accept_grievance", also="ENG-07")
def heard_again_without_a_complaint(round_: Round) -> None:
    Complaint.objects.filter(kind="GRIEVANCE").delete()


@plant("INV-15", road="later", case=AGGRIEVED, act="accept_grievance", also="INV-25")
def a_grievance_after_more_than_ninety_days(round_: Round) -> None:
    act = acts(round_, "accept_grievance")[0]
    move(act, (act.legal_day + timedelta(days=100)).isoformat())


@plant("INV-20", road="later", case=TAKEN_BACK, act="withdraw")
def taken_back_by_nobody(round_: Round) -> None:
    rewrite(acts(round_, "withdraw")[0], lambda facts: facts.update({"paper": ""}))


@plant("INV-21", road="later", case=REVOKED, act="issue_certificates", also="INV-40")
def a_revoked_certificate_that_is_good_again(round_: Round) -> None:
    CertificateRow.objects.filter(case__code=REVOKED).update(cancelled_by=None)


@plant("INV-21", road="later", case=CLOSE, act="issue_certificates", also="INV-40")
def a_certificate_that_no_decision_cancelled(round_: Round) -> None:
    issued = acts(round_, "issue_certificates")[1]
    CertificateRow.objects.filter(case__code=CLOSE).update(cancelled_by=issued)


@plant("INV-21", road="later", act="revoke_decision", also="INV-15")
def a_revocation_that_calls_itself_a_correction(round_: Round) -> None:
    Decision.objects.filter(kind="REVOCATION").update(kind="CORRECTION")


@plant("INV-25", road="later", act="suspend_term", case=CONTESTED)
def a_pause_that_began_before_its_act(round_: Round) -> None:
    TermPause.objects.update(from_day=F("from_day") - timedelta(days=1))


@plant("INV-25", road="later", act="complain", case=CONTESTED)
def a_recount_that_leads_elsewhere(round_: Round) -> None:
    TermRecount.objects.update(new_end=F("new_end") + timedelta(days=1))


@plant("INV-26", road="later", act="carry_over")
def an_edition_that_was_changed_after_the_round_was_carried(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(pack_hash=bytes(32))


@plant("INV-26", road="later", act="carry_over")
def a_round_that_was_quietly_carried_back(round_: Round) -> None:
    pack = PACKS["qd24-2021-3cap"]
    Round.objects.filter(pk=round_.pk).update(pack=pack.code, pack_hash=pack.fingerprint)


@plant("INV-26", road="later", act="reexamine")
def an_act_under_the_edition_that_was_left(round_: Round) -> None:
    Act.objects.filter(pk=acts(round_, "reexamine")[0].pk).update(pack="qd24-2021-3cap")


@plant("INV-26", road="later", act="carry_over")
def a_round_that_was_carried_without_looking(round_: Round) -> None:
    rewrite(acts(round_, "carry_over")[0], lambda facts: facts.update({"dry_run": ""}))


@plant("INV-30", road="later", case=CLOSE, act="survey")
def a_note_that_nobody_wrote(round_: Round) -> None:
    ConflictNote.objects.filter(act__code="survey").delete()


@plant("INV-30", road="later", act="sign_decision")
def a_note_that_the_act_does_not_tell_of(round_: Round) -> None:
    rewrite(acts(round_, "sign_decision")[0], lambda facts: facts.pop("conflict_noted"))


@plant("INV-30", road="later", case=CONTESTED, act="hold_meeting")
def a_relative_in_the_chair(round_: Round) -> None:
    is_relative("hung", CONTESTED)


@plant("INV-30", road="later", case=REVOKED, act="revoke_decision")
def a_relative_who_signed(round_: Round) -> None:
    is_relative("binh3", REVOKED)


@plant("INV-40", road="later", act="issue_certificates", also="INV-21")
def a_standing_that_the_new_decision_took_away(round_: Round) -> None:
    Standing.objects.filter(household__code=AGGRIEVED, year=2024).update(household_class="POOR")


@plant("ENG-07", road="later", case=CONTESTED, act="correct_decision")
def a_correction_that_names_nobody(round_: Round) -> None:
    DecisionItem.objects.filter(decision__kind="CORRECTION").delete()


@plant("ENG-08", road="later", act="hand_over")
def a_round_in_other_hands_than_it_was_given_to(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(keeper=Unit.objects.get(code="24652"))


@plant("ENG-09", road="later", act="sign_report")
def a_report_signed_for_the_commune_that_is_no_more(round_: Round) -> None:
    old = RoleAssignment.objects.get(user__username="binh")
    acts(round_, "sign_report").update(actor=old.user, duty_unit=round_.commune)


@plant("ENG-09", road="later", act="hand_over")
def a_commune_that_follows_no_other(round_: Round) -> None:
    UnitSuccession.objects.all().delete()


# The ad hoc month. --------------------------------------------------------------------------------


@plant("INV-01", road="ad_hoc", act="build_list")
def a_month_that_began_before_the_15th(round_: Round) -> None:
    move(acts(round_, "build_list")[0], "2024-05-14")


@plant("INV-21", road="ad_hoc", case=ENTERS, act="issue_certificates")
def a_certificate_of_the_year_after_an_ad_hoc_decision(round_: Round) -> None:
    CertificateRow.objects.filter(case__code=ENTERS).update(year=2025)


@plant("INV-22", road="ad_hoc", case=ENTERS, act="sign_decision")
def decided_after_the_fifteen_days(round_: Round) -> None:
    move(acts(round_, "sign_decision")[0], "2024-05-31")


@plant("INV-22", road="ad_hoc", case=ESCAPES, act="receive_request")
def a_request_to_leave_by_the_wrong_form(round_: Round) -> None:
    exits = acts(round_, "receive_exit_request").filter(events__case__code=ESCAPES)
    Act.objects.filter(pk=exits[0].pk).update(code="receive_request")


@plant("INV-22", road="ad_hoc", case=STAYS, act="receive_exit_request", also="INV-40")
def a_request_to_leave_no_list(round_: Round) -> None:
    Case.objects.filter(code=STAYS).update(opening_class="")


@plant("INV-22", road="ad_hoc", act="sign_report", also="ENG-07 ENG-09")
def an_opinion_asked_for_in_a_month(round_: Round) -> None:
    acts(round_, "sign_monthly_report").update(code="sign_report")


@plant("INV-20", road="ad_hoc", case=TAKES_BACK, act="withdraw")
def a_request_of_a_month_taken_back_by_nobody(round_: Round) -> None:
    rewrite(acts(round_, "withdraw")[0], lambda facts: facts.update({"paper": ""}))


@plant("INV-24", road="ad_hoc", act="sign_monthly_report")
def a_monthly_report_of_one_household_more(round_: Round) -> None:
    MonthlyReport.objects.update(entered_poor=F("entered_poor") + 1)


@plant("INV-24", road="ad_hoc", act="sign_monthly_report")
def a_monthly_report_after_the_5th(round_: Round) -> None:
    move(acts(round_, "sign_monthly_report")[0], "2024-06-06")


@plant("INV-24", road="ad_hoc", act="sign_monthly_report")
def a_monthly_report_due_on_another_day(round_: Round) -> None:
    MonthlyReport.objects.update(due_on=date(2024, 6, 15))


@plant("INV-40", road="ad_hoc", act="issue_certificates", also="INV-21")
def an_entry_that_is_on_no_list(round_: Round) -> None:
    Standing.objects.filter(household__code=ENTERS).delete()


@plant("ENG-07", road="ad_hoc", act="sign_monthly_report", also="ENG-05")
def a_monthly_report_that_is_gone(round_: Round) -> None:
    MonthlyReport.objects.all().delete()


# Average living standards. ------------------------------------------------------------------------


@plant("INV-05", road="average", case=ENTERS, act="determine_income")
def an_income_that_does_not_give_its_result(round_: Round) -> None:
    earned(ENTERS, 4 * 12 * 1_500_000)


@plant("INV-14", road="average", case=ESCAPES, act="redetermine_income")
def counted_again_by_whoever_counted(round_: Round) -> None:
    IncomeRecord.objects.filter(attempt=2).update(reviewer_name="Nguyễn Thị Lan")


@plant("INV-23", road="average", act="post_list")
def four_working_days_for_five(round_: Round) -> None:
    Posting.objects.update(until=F("until") - timedelta(days=1))


@plant("INV-23", road="average", case=ENTERS, act="close_posting")
def closed_after_four_days(round_: Round) -> None:
    move(acts(round_, "close_posting")[0], "2024-05-21")


@plant("INV-23", road="average", act="post_list")
def posted_at_no_office(round_: Round) -> None:
    Posting.objects.update(commune_place="")
    rewrite(acts(round_, "post_list")[0], lambda facts: facts.update({"commune_place": ""}))


@plant("INV-23", road="average", case=ENTERS, act="receive_request")
def an_applicant_who_is_poor(round_: Round) -> None:
    household = Household.objects.get(code=ENTERS)
    Standing.objects.create(household=household, year=2023, household_class="POOR", source="x")


@plant("INV-23", road="average", case=ESCAPES, act="redetermine_income")
def an_income_counted_again_too_late(round_: Round) -> None:
    Complaint.objects.update(answered_at=moment("2024-05-23"))


@plant("INV-23", road="average", case=ENTERS, act="sign_decision")
def granted_after_the_fifteen_days(round_: Round) -> None:
    move(acts(round_, "sign_decision")[0], "2024-05-31")


# Workers with a low income. -----------------------------------------------------------------------


@plant("INV-23", road="low_income", case=f"{ENTERS}.01", act="sign_decision", also="ENG-08")
def granted_to_whoever_earns_too_much(round_: Round) -> None:
    earned(f"{ENTERS}.01", 12 * 2_250_001, persons=1)
    IncomeRecord.objects.filter(case__code=f"{ENTERS}.01").update(result="NOT_MET")


@plant("INV-03", road="low_income", case=f"{ENTERS}.01", act="receive_worker_request")
def a_worker_without_a_form(round_: Round) -> None:
    Case.objects.filter(code=f"{ENTERS}.01").update(basis_paper="")


def earned(code: str, income: int, **changes: Any) -> None:
    """Let rows and record agree on another income."""
    record = IncomeRecord.objects.filter(case__code=code)
    record.update(year_income=income, **changes)
    sums = [record[0].persons, income, record[0].state_transfers]
    rewrite(record[0].act, lambda facts: facts["incomes"].update({code: sums}))
