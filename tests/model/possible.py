"""
What the law allows at the edge, each acted out on the pack.

A search that finds nothing forbidden does not see what is wrongly refused; this table does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.rules.packs import Pack
from tests.model.commune import (
    NOT_POOR,
    POOR,
    Kind,
)
from tests.model.communes import THREE_TIERS
from tests.model.days import DECEMBER, LAST_MINUTE, LONG_DECEMBER, SEPTEMBER
from tests.model.deeds import YESTERDAY, Question, Votes
from tests.model.play import ASKS, FEWER, HALF, MANAGED, NotPossible, Play
from tests.model.safety import RIGHTFUL


@dataclass(frozen=True)
class MustBePossible:
    name: str
    basis: str
    road: Callable[[Pack], None]


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
    play = Play(pack, ((MANAGED,),), SEPTEMBER if pack.code == THREE_TIERS else DECEMBER)
    for code, roles in RIGHTFUL.items():
        able = {p.role for p in play.machine.doers(code) if play._is_rightful(code, p)}
        for role in roles:
            if role not in able:
                raise NotPossible(f"{code} by {role}")


_REVIEW, _VOTE, _POST = "Điều 4(2)", "Điều 4(3), INV-07", "Điều 4(4), INV-11"
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
    )
)


def refused(pack: Pack) -> dict[str, str]:
    """Return what the pack refuses though the law allows it, with the reason."""
    against: dict[str, str] = {}
    for row in ROWS:
        try:
            row.road(pack)
        except NotPossible as reason:
            against[row.name] = str(reason)
    return against
