"""
What the law allows at the edge, each acted out on the pack.

A search that finds nothing forbidden does not see what is wrongly refused; this table does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.rules.packs import Pack, Review
from tests.model.commune import (
    LAST_YEAR,
    NEAR_POOR,
    NOT_MET,
    NOT_POOR,
    POOR,
    Kind,
)
from tests.model.days import (
    AUGUST,
    DECEMBER,
    LAST_MINUTE,
    LONG_DECEMBER,
    MAY,
    NINETY_DAYS,
    SEPTEMBER,
)
from tests.model.deeds import ALONE, NOTED, YESTERDAY, Question, Votes
from tests.model.play import (
    ASKS,
    FEWER,
    HALF,
    MANAGED,
    SPLITS_OFF,
    USUAL,
    NotPossible,
    Play,
)
from tests.model.safety import RIGHTFUL


@dataclass(frozen=True)
class MustBePossible:
    name: str
    basis: str
    road: Callable[[Pack], None]
    reviews: tuple[Review, ...] = (Review.PERIODIC,)


def _expect(play: Play, state: str, village: int = 0, household: int = 0) -> None:
    if (reached := play.state(village, household)) != state:
        raise NotPossible(f"{state} expected, {reached} reached")


def _december(pack: Pack, *villages: tuple[Kind, ...]) -> Play:
    return Play(pack, villages or ((MANAGED,),), DECEMBER)


def exactly_half_agree(pack: Pack) -> None:
    play = _december(pack).listed().surveyed().met(Votes(50, 100))
    _expect(play, "agreed")


def two_of_three_agree(pack: Pack) -> None:
    play = _december(pack).listed().surveyed().met(Votes(2, 3))
    _expect(play, "agreed")


def complaint_in_the_last_minute(pack: Pack) -> None:
    play = _december(pack).posted().at("12-10", LAST_MINUTE).do("complain", 0, 0)
    _expect(play, "contested")


def complaint_on_a_day_off(pack: Pack) -> None:
    _expect(_december(pack).posted().at("12-08").do("complain", 0, 0), "contested")


def posting_closed_in_the_first_minute_after(pack: Pack) -> None:
    _expect(_december(pack).posted().at("12-11").ended(), "cleared")


def the_worked_saturday_counts(pack: Pack) -> None:
    play = _december(pack).at("12-09", LAST_MINUTE).posted().at("12-13").ended()
    _expect(play, "cleared")


def complaint_in_the_last_minute_of_the_worked_saturday(pack: Pack) -> None:
    play = _december(pack).at("12-09").posted().at("12-12", LAST_MINUTE).do("complain", 0, 0)
    _expect(play, "contested")


def decision_on_the_evening_of_14_december(pack: Pack) -> None:
    play = _december(pack).posted().at("12-14").ended().answered()
    _expect(play.at("12-14", LAST_MINUTE).do("sign_decision", None), "recognised")


def certificates_and_refusals_written_after_14_december(pack: Pack) -> None:
    play = _december(pack, (MANAGED, ASKS)).listed().surveyed({(0, 1): NOT_POOR}).met()
    play.do("post_list").at("12-14").ended().answered().do("sign_decision", None)
    play.at("12-15").do("issue_certificates", None).do("refuse", 0, 1, True)
    _expect(play, "certified")
    _expect(play, "refused", 0, 1)


def all_of_the_list_on_the_first_of_september(pack: Pack) -> None:
    play = Play(pack, ((MANAGED, ASKS),), SEPTEMBER).at("9-1").posted()
    _expect(play, "posted")


def one_contested_while_the_others_go_on(pack: Pack) -> None:
    play = _december(pack, (MANAGED, MANAGED)).posted().at("12-10").do("complain", 0, 1)
    play.at("12-11").ended()
    _expect(play, "cleared")
    _expect(play, "contested", 0, 1)


def one_returned_by_the_superior_while_the_others_keep_their_consent(pack: Pack) -> None:
    play = _december(pack, (MANAGED,), (MANAGED,)).posted().at("12-11").ended()
    play = play.at("12-11", LAST_MINUTE)
    play.answered({(1, 0): Question(True)})
    _expect(play, "consented")
    _expect(play, "objected", 1)


def one_returned_is_decided_with_the_others(pack: Pack) -> None:
    play = Play(pack, ((MANAGED,), (MANAGED,)), LONG_DECEMBER).posted().at("12-08").ended()
    play.answered({(1, 0): Question(True)}).surveyed().met(village=1).do("post_list", 1)
    play.at("12-14").do("close_posting", 1).answered().do("sign_decision", None)
    _expect(play, "recognised")
    _expect(play, "recognised", 1)


def second_meeting_after_a_new_survey(pack: Pack) -> None:
    play = _december(pack).listed().surveyed().met(FEWER)
    _expect(play, "disagreed")
    _expect(play.surveyed().met(HALF), "agreed")


def some_agreed_and_some_not_in_one_meeting(pack: Pack) -> None:
    play = _december(pack, (MANAGED, MANAGED)).listed().surveyed().do("classify")
    play.do("hold_meeting", 0, None, HALF, {(0, 1): FEWER})
    _expect(play, "agreed")
    _expect(play, "disagreed", 0, 1)


def unchanged_result_posted_again(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0).do("reverify", 0, 0, POOR)
    _expect(play.do("repost", 0, 0).at("12-11").do("close_reposting", 0, 0), "cleared")


def changed_result_posted_again(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0).do("reverify", 0, 0, NOT_POOR)
    play.do("repost", 0, 0).at("12-11").do("close_reposting", 0, 0).answered()
    _expect(play.do("sign_decision", None), "escaped")


def complaint_against_a_result_posted_again(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0).do("reverify", 0, 0, POOR)
    play.do("repost", 0, 0).at("12-10", LAST_MINUTE).do("complain", 0, 0)
    _expect(play, "contested")


def second_complaint_while_the_first_is_open(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0).do("complain", 0, 0)
    _expect(play, "contested")


def late_re_verification_is_still_done(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0).at("12-14")
    _expect(play.do("reverify", 0, 0, POOR), "reverified")


def requester_recognised(pack: Pack) -> None:
    play = _december(pack, (ASKS,)).posted().at("12-11").ended().answered()
    _expect(play.do("sign_decision", None).do("issue_certificates", None), "certified")


def requester_who_fails_the_screen_answered_at_once(pack: Pack) -> None:
    play = _december(pack, (ASKS,)).listed().do("screen", 0, 0, False).do("refuse", 0, 0, True)
    _expect(play, "refused")


def form_corrected_before_the_meeting(pack: Pack) -> None:
    play = _december(pack).listed().surveyed().do("survey", 0, 0, NOT_POOR)
    _expect(play, "surveyed")


def yesterdays_form_entered_today(pack: Pack) -> None:
    play = _december(pack).listed().do("survey", 0, 0, POOR, day=YESTERDAY)
    _expect(play, "surveyed")


def yesterdays_meeting_entered_today(pack: Pack) -> None:
    play = _december(pack).listed().surveyed().do("classify").at("12-05")
    play.do("hold_meeting", 0, None, HALF, held_on=YESTERDAY)
    _expect(play, "agreed")


def departure_at_any_step(pack: Pack) -> None:
    for play in _every_step(pack):
        for number, household in play._each():
            state = play.state(number, household)
            if state in ("", "recognised", "certified", "escaped", "unqualified", "refused"):
                continue
            gone = play.copy().do("record_departure", number, household, True)
            _expect(gone, "left", number, household)


def _every_step(pack: Pack) -> list[Play]:
    """Return the commune as it stood after each act of a road with every turn in it."""
    play = Play(pack, ((MANAGED, ASKS),), LONG_DECEMBER).do("open_round")
    steps = [play.copy()]

    def then(*arguments: Any, **facts: Any) -> None:
        steps.append(play.do(*arguments, **facts).copy())

    then("receive_request", 0, 1)
    then("build_list", None)
    then("screen", 0, 1, True)
    then("survey", 0, 0, POOR)
    then("survey", 0, 1, POOR)
    then("classify")
    then("hold_meeting", 0, None, HALF, {(0, 1): FEWER})
    then("survey", 0, 1, POOR)
    then("classify")
    then("hold_meeting", 0, None, HALF)
    then("post_list")
    then("complain", 0, 0)
    then("reverify", 0, 0, POOR)
    then("repost", 0, 0)
    play.at("12-08")
    then("close_posting")
    then("close_reposting", 0, 0)
    then("sign_report", None)
    then("give_opinion", None, None, Question(False), {(0, 1): Question(True)})
    return steps


def report_without_those_who_left_or_failed_the_screen(pack: Pack) -> None:
    play = _december(pack, (MANAGED, MANAGED, ASKS)).listed().do("screen", 0, 2, False)
    play.do("record_departure", 0, 1, True).surveyed().met().do("post_list").at("12-11").ended()
    _expect(play.do("sign_report", None), "reported")


def village_whose_households_all_left_holds_nobody_up(pack: Pack) -> None:
    play = _december(pack, (MANAGED,), (MANAGED,)).posted().do("record_departure", 1, 0, True)
    play.at("12-11").do("close_posting", 0)
    _expect(play.do("sign_report", None), "reported")


def one_village_posts_while_another_is_surveyed(pack: Pack) -> None:
    play = _december(pack, (MANAGED,), (MANAGED,)).listed()
    play.do("survey", 0, 0, POOR).met().do("post_list", 0)
    _expect(play, "posted")
    _expect(play, "listed", 1)


def request_received_while_the_village_is_posted(pack: Pack) -> None:
    play = Play(pack, ((MANAGED, ASKS),), LONG_DECEMBER).do("open_round").do("build_list", None)
    play.do("survey", 0, 0, POOR).met().do("post_list").do("receive_request", 0, 1)
    play.do("build_list", None).at("12-08").ended()
    play.surveyed().met().do("post_list").at("12-14").ended().answered()
    _expect(play.do("sign_decision", None), "recognised", 0, 1)


def request_received_while_the_superior_reads(pack: Pack) -> None:
    play = Play(pack, ((MANAGED, ASKS),), LONG_DECEMBER).do("open_round").do("build_list", None)
    play.do("survey", 0, 0, POOR).met().do("post_list").at("12-08").ended()
    play.do("sign_report", None).do("receive_request", 0, 1)
    play.do("give_opinion", None, None, Question(False)).do("build_list", None)
    play.surveyed().met().do("post_list").at("12-14").ended().answered()
    _expect(play.do("sign_decision", None), "recognised", 0, 1)


def everybody_the_law_names_may_do_their_act(pack: Pack) -> None:
    three_tiers = pack.superior_level == "DISTRICT"
    play = Play(pack, ((MANAGED,),), SEPTEMBER if three_tiers else DECEMBER)
    for code, roles in RIGHTFUL.items():
        if code not in pack.by_code:
            continue
        able = {p.role for p in play.machine.doers(code) if play._is_rightful(code, p)}
        for role in roles:
            if role not in able:
                raise NotPossible(f"{code} by {role}")


def interrupted_posting_hung_again_and_closed(pack: Pack) -> None:
    play = Play(pack, ((MANAGED,),), LONG_DECEMBER).posted().at("12-04")
    play.do("interrupt_posting").do("post_list").at("12-09", LAST_MINUTE).do("complain", 0, 0)
    _expect(play, "contested")
    play = Play(pack, ((MANAGED,),), LONG_DECEMBER).posted().at("12-04")
    play.do("interrupt_posting").do("post_list").at("12-11").ended()
    _expect(play, "cleared")


def interrupted_re_posting_hung_again_and_closed(pack: Pack) -> None:
    play = Play(pack, ((MANAGED,),), LONG_DECEMBER).posted().do("complain", 0, 0)
    play.do("reverify", 0, 0, POOR).do("repost", 0, 0).at("12-04")
    play.do("interrupt_reposting", 0, 0).do("repost", 0, 0).at("12-11")
    _expect(play.do("close_reposting", 0, 0), "cleared")


def one_returned_by_the_meeting_while_the_others_are_posted(pack: Pack) -> None:
    play = Play(pack, ((MANAGED, MANAGED),), LONG_DECEMBER).listed().surveyed().do("classify")
    play.do("hold_meeting", 0, None, HALF, {(0, 1): FEWER}).do("post_list")
    _expect(play, "posted")
    _expect(play, "disagreed", 0, 1)
    play.surveyed().met().at("12-08").ended().do("post_list").at("12-12").ended().answered()
    play.at("12-14").do("sign_decision", None)
    _expect(play, "recognised")
    _expect(play, "recognised", 0, 1)


def withdrawal_on_the_last_day(pack: Pack) -> None:
    play = _december(pack, (MANAGED, ASKS)).posted().at("12-11").ended().answered()
    play.at("12-14", LAST_MINUTE).do("withdraw", 0, 1).do("sign_decision", None)
    _expect(play, "recognised")
    _expect(play, "withdrawn", 0, 1)


def withdrawal_at_any_step(pack: Pack) -> None:
    for play in _every_step(pack):
        if (state := play.state(0, 1)) not in ("", "unqualified"):
            _expect(play.copy().do("withdraw", 0, 1), "withdrawn", 0, 1)
        elif state:
            raise NotPossible(f"withdrawal from {state}")


def household_that_splits_half_way(pack: Pack) -> None:
    play = _december(pack, (MANAGED, SPLITS_OFF)).listed().surveyed()
    play.do("record_departure", 0, 0, True).do("record_arrival", 0, 1).surveyed().met()
    play.do("post_list").at("12-11").ended().answered().do("sign_decision", None)
    _expect(play, "left")
    _expect(play, "recognised", 0, 1)


def _decided_on_the_eleventh(pack: Pack, kind: Kind, result: str) -> Play:
    play = Play(pack, ((kind,),), NINETY_DAYS).listed().surveyed({(0, 0): result}).met()
    return play.do("post_list").at("12-11").ended().answered().do("sign_decision", None)


def grievance_on_the_ninetieth_day(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, MANAGED, NOT_POOR).at("3-11", LAST_MINUTE)
    play.do("accept_grievance", 0, 0)
    _expect(play, "reopened")
    play.at("3-12").do("reexamine", 0, 0, POOR).do("amend_decision", 0, 0)
    _expect(play.do("issue_certificates", None), "certified")


def grievance_on_the_ninetieth_day_after_the_answer(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, ASKS, NOT_POOR).do("refuse", 0, 0, True)
    play.at("3-11", LAST_MINUTE).do("accept_grievance", 0, 0)
    _expect(play.do("reexamine", 0, 0, NOT_POOR).do("amend_decision", 0, 0), "unqualified")
    _expect(play.do("refuse", 0, 0, True), "refused")


def grievance_after_the_certificate(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, MANAGED, POOR).do("issue_certificates", None)
    _expect(play.do("accept_grievance", 0, 0), "reopened")


def decision_revoked_and_made_anew_after_14_december(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, MANAGED, POOR).do("issue_certificates", None)
    play.at("3-12").do("revoke_decision", 0, 0).do("reexamine", 0, 0, NOT_POOR)
    _expect(play.do("amend_decision", 0, 0), "escaped")


def escape_revoked(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, MANAGED, NOT_POOR).do("revoke_decision", 0, 0)
    _expect(play.do("reexamine", 0, 0, POOR).do("amend_decision", 0, 0), "recognised")


def decision_corrected_at_any_time(pack: Pack) -> None:
    play = _decided_on_the_eleventh(pack, MANAGED, POOR).do("correct_decision", 0, 0)
    play.do("issue_certificates", None).at("3-12").do("correct_decision", 0, 0)
    _expect(play, "certified")


def relative_acts_with_a_note(pack: Pack) -> None:
    play = _december(pack).listed().do("survey", 0, 0, POOR, interest=NOTED).do("classify")
    play.do("hold_meeting", 0, None, HALF, interest=NOTED)
    _expect(play, "agreed")


def re_verified_by_the_only_reviewer_there_is(pack: Pack) -> None:
    play = _december(pack).posted().do("complain", 0, 0)
    _expect(play.do("reverify", 0, 0, POOR, reviewer=ALONE), "reverified")


def clock_stopped_and_started_edition_and_unit_changed(pack: Pack) -> None:
    play = _december(pack).posted().at("12-11").ended().do("sign_report", None)
    play.do("suspend_term", None).do("resume_term", None).do("carry_over", None)
    play.do("hand_over", None).do("hand_over_village")
    _expect(play, "reported")


def _may(pack: Pack, *kinds: Kind) -> Play:
    return Play(pack, (kinds,), MAY, 5)


def fifteen_days_end_on_the_next_working_day(pack: Pack) -> None:
    """From 15 May 2026 they end on Saturday the 30th, so on Monday 1 June (Điều 148 khoản 5)."""
    rule = pack.term("whole")
    after = MAY.end_of(MAY.at("5-15"), rule.days, rule.kind)
    if after != MAY.at("6-2"):
        raise NotPossible(f"the fifteen days are over at moment {after} of {MAY.name}")
    play = _may(pack, ASKS).posted().at("6-1", LAST_MINUTE).ended().do("sign_decision", None)
    _expect(play, "recognised" if pack.review == Review.AD_HOC else "confirmed")


def request_on_the_fifteenth(pack: Pack) -> None:
    play = _may(pack, ASKS).do("open_round").at("5-15", LAST_MINUTE).do(_request(pack), 0, 0)
    _expect(play.do("build_list", None), "listed")


def _request(pack: Pack) -> str:
    of_worker = "receive_worker_request"
    return of_worker if of_worker in pack.by_code else "receive_request"


def _left(pack: Pack, kind: Kind, result: str) -> Play:
    play = _may(pack, kind).listed().surveyed({(0, 0): result}).met().do("post_list").at("5-21")
    return play.ended().do("sign_decision", None)


def from_poor_to_near_poor_by_form_04(pack: Pack) -> None:
    play = _left(pack, Kind(LAST_YEAR, (NEAR_POOR,), POOR), NEAR_POOR)
    _expect(play.do("issue_certificates", None), "certified")


def from_near_poor_to_not_poor_by_form_04(pack: Pack) -> None:
    _expect(_left(pack, Kind(LAST_YEAR, (NOT_POOR,), NEAR_POOR), NOT_POOR), "escaped")


def from_near_poor_to_poor_by_form_01(pack: Pack) -> None:
    play = _may(pack, Kind(LAST_YEAR, (POOR,), NEAR_POOR)).do("open_round")
    play.do("receive_request", 0, 0).at("5-15").do("build_list", None).surveyed().met()
    play.do("post_list").at("5-21").ended().do("sign_decision", None)
    _expect(play, "recognised")


def request_not_granted_is_answered(pack: Pack) -> None:
    _expect(_left(pack, Kind(LAST_YEAR, (POOR,), POOR), POOR).do("refuse", 0, 0, True), "refused")


def one_under_complaint_while_the_others_are_decided(pack: Pack) -> None:
    play = _may(pack, ASKS, ASKS).posted().do("complain", 0, 1).at("5-23").ended()
    play.do("sign_decision", None).do(
        "reverify" if "reverify" in pack.by_code else "redetermine_income",
        0,
        1,
        USUAL.get(pack.review, POOR),
    )
    _expect(play, "recognised" if pack.review == Review.AD_HOC else "confirmed")
    _expect(play, "reverified", 0, 1)


def worked_saturday_of_22_august_2026(pack: Pack) -> None:
    play = Play(pack, ((ASKS,),), AUGUST, 8).listed().surveyed().met().at("8-19").do("post_list")
    _expect(play.copy().at("8-22", LAST_MINUTE).do("complain", 0, 0), "contested")
    _expect(play.at("8-23").ended(), "cleared")


def income_decided_after_re_verification_without_re_posting(pack: Pack) -> None:
    play = _may(pack, ASKS).posted().do("complain", 0, 0)
    play.do("redetermine_income", 0, 0, NOT_MET).do("sign_decision", None)
    _expect(play.do("refuse", 0, 0, True), "refused")


def complaint_in_the_last_minute_of_five_days(pack: Pack) -> None:
    play = _may(pack, ASKS).posted().at("5-22", LAST_MINUTE).do("complain", 0, 0)
    _expect(play, "contested")


def interrupted_income_hung_again_and_closed(pack: Pack) -> None:
    play = _may(pack, ASKS).posted().at("5-18").do("interrupt_posting").do("post_list")
    _expect(play.at("5-26").ended(), "cleared")


def refused_and_heard_again(pack: Pack) -> None:
    play = _may(pack, ASKS).listed().surveyed({(0, 0): NOT_MET})
    if "post_list" in pack.by_code:
        play.do("post_list").at("5-23").ended()
    play.do("sign_decision", None).do("refuse", 0, 0, True).do("accept_grievance", 0, 0)
    play.do("redetermine_income", 0, 0, USUAL[pack.review]).do("amend_decision", 0, 0)
    _expect(play, "confirmed")


def worker_confirmed_without_meeting_or_posting(pack: Pack) -> None:
    play = _may(pack, ASKS).listed().surveyed().do("sign_decision", None)
    _expect(play, "confirmed")


def month_without_requests_is_reported(pack: Pack) -> None:
    _may(pack, ASKS).do("open_round").at("5-15").do("sign_monthly_report", None)


def month_is_reported_when_all_are_answered(pack: Pack) -> None:
    play = _left(pack, ASKS, POOR).do("issue_certificates", None).at("6-1")
    play.do("sign_monthly_report", None)


def withdrawal_before_the_review_starts(pack: Pack) -> None:
    play = _may(pack, ASKS).do("open_round").do(_request(pack), 0, 0).do("withdraw", 0, 0)
    _expect(play, "withdrawn")


_REVIEW, _VOTE, _POST = "Điều 4(2)", "Điều 4(3), INV-07", "Điều 4(4), INV-11"
_AD_HOC, _INCOME, _WORKER = Review.AD_HOC, Review.AVERAGE_LIVING, Review.LOW_INCOME
_COMPLAIN, _OPINION, _WINDOW = "Điều 4(4), INV-13", "Điều 4(5)", "Điều 3(1)a, INV-01"
ROWS: tuple[MustBePossible, ...] = tuple(
    MustBePossible(road.__name__.replace("_", " "), basis, road)
    for basis, road in (
        (_VOTE, exactly_half_agree),
        (_VOTE, two_of_three_agree),
        (_COMPLAIN, complaint_in_the_last_minute),
        (_COMPLAIN, complaint_on_a_day_off),
        (_POST, posting_closed_in_the_first_minute_after),
        ("8.1, INV-11", the_worked_saturday_counts),
        ("8.1, INV-13", complaint_in_the_last_minute_of_the_worked_saturday),
        (_WINDOW, decision_on_the_evening_of_14_december),
        ("2.6", certificates_and_refusals_written_after_14_december),
        (_WINDOW, all_of_the_list_on_the_first_of_september),
        (_COMPLAIN, one_contested_while_the_others_go_on),
        (_OPINION, one_returned_by_the_superior_while_the_others_keep_their_consent),
        (_OPINION, one_returned_is_decided_with_the_others),
        ("INV-08", second_meeting_after_a_new_survey),
        ("2.3", some_agreed_and_some_not_in_one_meeting),
        ("INV-14", unchanged_result_posted_again),
        ("INV-14, INV-15", changed_result_posted_again),
        (_COMPLAIN, complaint_against_a_result_posted_again),
        (_COMPLAIN, second_complaint_while_the_first_is_open),
        ("7", late_re_verification_is_still_done),
        ("INV-20", requester_recognised),
        ("2.1, INV-20", requester_who_fails_the_screen_answered_at_once),
        (_REVIEW, form_corrected_before_the_meeting),
        (_REVIEW, yesterdays_form_entered_today),
        ("2.3", yesterdays_meeting_entered_today),
        ("10.3", departure_at_any_step),
        ("INV-16", report_without_those_who_left_or_failed_the_screen),
        ("INV-16", village_whose_households_all_left_holds_nobody_up),
        ("INV-13", one_village_posts_while_another_is_surveyed),
        ("2.1", request_received_while_the_village_is_posted),
        ("2.1", request_received_while_the_superior_reads),
        ("5", everybody_the_law_names_may_do_their_act),
        ("10.6", interrupted_posting_hung_again_and_closed),
        ("10.6", interrupted_re_posting_hung_again_and_closed),
        ("2.3, INV-12", one_returned_by_the_meeting_while_the_others_are_posted),
        ("10.3", withdrawal_on_the_last_day),
        ("10.3", withdrawal_at_any_step),
        ("10.3", household_that_splits_half_way),
        ("10.7", grievance_on_the_ninetieth_day),
        ("10.7", grievance_on_the_ninetieth_day_after_the_answer),
        ("10.7", grievance_after_the_certificate),
        ("10.7", escape_revoked),
        ("10.7", decision_revoked_and_made_anew_after_14_december),
        ("10.7", decision_corrected_at_any_time),
        ("INV-30", relative_acts_with_a_note),
        ("INV-14", re_verified_by_the_only_reviewer_there_is),
        ("INV-25, INV-26", clock_stopped_and_started_edition_and_unit_changed),
    )
) + tuple(
    MustBePossible(road.__name__.replace("_", " "), basis, road, reviews)
    for basis, road, reviews in (
        ("8.3, INV-22", fifteen_days_end_on_the_next_working_day, (_AD_HOC, _INCOME)),
        ("3", request_on_the_fifteenth, (_AD_HOC, _INCOME, _WORKER)),
        ("INV-22", from_poor_to_near_poor_by_form_04, (_AD_HOC,)),
        ("INV-22", from_near_poor_to_not_poor_by_form_04, (_AD_HOC,)),
        ("INV-22", from_near_poor_to_poor_by_form_01, (_AD_HOC,)),
        ("INV-20", request_not_granted_is_answered, (_AD_HOC,)),
        ("INV-13", one_under_complaint_while_the_others_are_decided, (_AD_HOC, _INCOME)),
        ("8.3, INV-11", worked_saturday_of_22_august_2026, (_AD_HOC,)),
        ("Điều 6", income_decided_after_re_verification_without_re_posting, (_INCOME,)),
        ("INV-23", complaint_in_the_last_minute_of_five_days, (_INCOME,)),
        ("10.6", interrupted_income_hung_again_and_closed, (_INCOME,)),
        ("10.7", refused_and_heard_again, (_INCOME, _WORKER)),
        ("4", worker_confirmed_without_meeting_or_posting, (_WORKER,)),
        ("INV-24", month_without_requests_is_reported, (_AD_HOC,)),
        ("INV-24", month_is_reported_when_all_are_answered, (_AD_HOC,)),
        ("10.3", withdrawal_before_the_review_starts, (_AD_HOC, _INCOME, _WORKER)),
        ("5", everybody_the_law_names_may_do_their_act, (_AD_HOC, _INCOME, _WORKER)),
    )
)


def rows_of(pack: Pack) -> tuple[MustBePossible, ...]:
    return tuple(row for row in ROWS if pack.review in row.reviews)


def refused(pack: Pack) -> dict[str, str]:
    """Return what the pack refuses though the law allows it, with the reason."""
    against: dict[str, str] = {}
    for row in rows_of(pack):
        try:
            row.road(pack)
        except NotPossible as reason:
            against[row.name] = str(reason)
    return against
