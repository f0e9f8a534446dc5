"""Every way the law says no, and the narrow places where it says yes."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from cases.duties import Role
from cases.models import (
    Area,
    Case,
    Departure,
    Household,
    HouseholdClass,
    Level,
    Meeting,
    OpinionItem,
    RefusalLetter,
    RoleAssignment,
    Round,
    Standing,
    Survey,
    Unit,
    User,
)
from cases.permissions import sync_grants
from cases.rules.packs import PACKS, SHIPPED
from tests.acts.later_scenes import LATER_FORKS, LATER_SCENES, WITHOUT_SCREENING
from tests.conftest import NEAR_POOR, POOR, Road, make_unit, moment
from tests.machine.records import snapshot
from workflow.acts import deciding, departing, listing, meeting, posting, surveying
from workflow.machine.apply import apply
from workflow.machine.refusals import Refused
from workflow.machine.scope import Scope, of_case

NOT_POOR = (False,) * 12
Deed = Callable[[], Any]


def refused(deed: Deed) -> Refused:
    """Return the refusal of the deed, having seen that nothing was written."""
    before = snapshot()
    with pytest.raises(Refused) as caught:
        deed()
    assert snapshot() == before
    return caught.value


def ask_for_review(road: Road, household: Household, form: str = "15/GĐN") -> Case:
    listing.receive_request(
        round=road.round, household=household, form_number=form, **road.who("minh")
    )
    return road.round.cases.get(household=household)


def posted(road: Road) -> Road:
    return road.open().list().survey().classify().meet().post()


def reported(road: Road) -> Road:
    return posted(road).pass_days(7).close().report()


def complain(road: Road, case: Case, **facts: Any) -> None:
    said = {"complainant": "Ông Ba", "content": "Nhà có xe"} | facts
    posting.complain(case=case, **said, **road.who("minh"))


def reverify(road: Road, case: Case, deprived: tuple[bool, ...] = POOR) -> None:
    sheet = surveying.SurveySheet(case, road.at.date(), "Lan", 100, deprived)
    surveying.reverify_case(sheet=sheet, outcome="Đã xem lại", **road.who("hoa"))


def repost(road: Road, case: Case) -> None:
    posting.repost_case(
        case=case, village_place="Nhà văn hóa", commune_place="Trụ sở", **road.who("hung")
    )


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def states(road: Road) -> dict[str, int]:
    found = [case.state for case in road.cases()]
    return {code: found.count(code) for code in set(found)}


# Each code with the scene in which it is the answer. ----------------------------------------------


def meeting_with(**changes: Any) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        road.open().list().survey().classify()
        return lambda: road.meet(**changes)

    return scene


def bare(code: str, walk: Callable[[Road], Any], who: str, on_case: bool) -> Callable[[Road], Deed]:
    """Return a scene in which a program calls the engine and forgets what the act must enter."""

    def scene(road: Road) -> Deed:
        walk(road)
        scope = of_case(road.cases()[0]) if on_case else Scope(road.round)
        facts = {"number": "1", "days": {}}
        return lambda: apply(code, scope, facts=facts, **road.who(who))

    return scene


def tampered(
    walk: Callable[[Road], Any], act: Callable[[Road], Any], **columns: Any
) -> Callable[[Road], Deed]:
    """Return a scene in which somebody changed a case behind the program's back."""

    def scene(road: Road) -> Deed:
        walk(road)
        Case.objects.filter(pk=road.cases()[0].pk).update(**columns)
        return lambda: act(road)

    return scene


def with_requester(road: Road) -> Case:
    road.open()
    household = Household.objects.exclude(standings__isnull=False).get()
    case = ask_for_review(road, household)
    road.list()
    return case


def opened_without_plan(road: Road) -> Deed:
    return lambda: listing.open_round(
        commune=road.commune, year=2024, plan_paper="", committee_paper="34", **road.who("binh")
    )


def opened_on(code: str, **changes: Any) -> Callable[[Road], Deed]:
    def scene(road: Road) -> Deed:
        unit = Unit.objects.get(code=code)
        unit.versions.update(**changes)
        road.commune = unit
        return road.open

    return scene


def request_without_number(road: Road) -> Deed:
    road.open()
    household = Household.objects.exclude(standings__isnull=False).get()
    return lambda: ask_for_review(road, household, form="")


def request_that_lost_its_form(road: Road) -> Deed:
    road.open()
    case = ask_for_review(road, Household.objects.exclude(standings__isnull=False).get())
    Case.objects.filter(pk=case.pk).update(basis_paper="")
    return road.list


def surveyed_tomorrow(road: Road) -> Deed:
    road.open().list()
    case = road.cases()[0]
    sheet = surveying.SurveySheet(case, road.at.date() + timedelta(days=1), "Lan", 100, POOR)
    return lambda: surveying.survey_case(sheet=sheet, **road.who("lan"))


def screened_without_asking(road: Road) -> Deed:
    road.open().list()
    sheet = surveying.ScreeningSheet(road.cases()[0], road.at.date(), "Lan", True)
    return lambda: surveying.screen_case(sheet=sheet, **road.who("lan"))


def surveyed_without_screening(road: Road) -> Deed:
    case = with_requester(road)
    sheet = surveying.SurveySheet(case, road.at.date(), "Lan", 100, POOR)
    return lambda: surveying.survey_case(sheet=sheet, **road.who("lan"))


def meeting_that_forgot_one(road: Road) -> Deed:
    road.open().list().survey().classify()
    votes = {case.code: meeting.Votes(40) for case in road.cases()[1:]}
    return lambda: meeting.hold_meeting(
        village_review=road.reviews[0], minutes=road.minutes(), tallies=votes, **road.who("thu")
    )


def posted_in_one_place(road: Road) -> Deed:
    road.open().list().survey().classify().meet()
    return lambda: posting.post_list(
        village_review=road.reviews[0],
        village_place="Nhà văn hóa",
        commune_place="",
        **road.who("hung"),
    )


def posted_over_an_open_posting(road: Road) -> Deed:
    posted(road)
    ask_for_review(road, Household.objects.exclude(standings__isnull=False).get())
    road.list().survey().classify().meet()
    return road.post


def closed_too_early(road: Road) -> Deed:
    posted(road).pass_days(2)
    return road.close


def complained_too_late(road: Road) -> Deed:
    posted(road).pass_days(7)
    return lambda: complain(road, road.cases()[0])


def complained_without_words(road: Road) -> Deed:
    posted(road)
    return lambda: complain(road, road.cases()[0], content="")


def report_without_number(road: Road) -> Deed:
    posted(road).pass_days(7).close()
    return lambda: deciding.sign_report(round=road.round, number="", **road.who("binh"))


def reported_with_one_of_last_year_left_out(road: Road) -> Deed:
    posted(road).pass_days(7).close()
    found_late = Household.objects.exclude(standings__isnull=False).get()
    Standing.objects.create(
        household=found_late, year=2023, household_class=HouseholdClass.POOR, source="Sổ cũ"
    )
    return road.report


def opinion_by_word_of_mouth(road: Road) -> Deed:
    reported(road)
    return lambda: deciding.give_opinion(
        round=road.round, number="", questions={}, **road.who("quyen")
    )


def questioned_without_a_reason(road: Road) -> Deed:
    reported(road)
    return lambda: road.consent({road.cases()[0].code: "  "})


def decision_without_number(road: Road) -> Deed:
    reported(road).consent()
    return lambda: deciding.sign_decision(round=road.round, number="", **road.who("binh"))


def refusal_without_a_reason(road: Road) -> Deed:
    case = with_requester(road)
    sheet = surveying.ScreeningSheet(case, road.at.date(), "Lan", False)
    surveying.screen_case(sheet=sheet, **road.who("lan"))
    return lambda: deciding.refuse_requesters(
        round=road.round, number="1", reasons={case.code: "  "}, **road.who("binh")
    )


def reported_before_the_posting_is_over(road: Road) -> Deed:
    posted(road)
    return road.report


def done_by_the_neighbours(road: Road) -> Deed:
    posted(road).pass_days(7).close()
    return lambda: deciding.sign_report(
        round=road.round, number="1", **{**road.who("binh"), "by": road.cast["other_binh"]}
    )


def listed_twice(road: Road) -> Deed:
    road.open().list()
    return road.list


def key_of_another_request(road: Road) -> Deed:
    road.open().list().survey()
    who = road.who("hoa")
    surveying.classify_village(village_review=road.reviews[0], **who)
    return lambda: listing.build_list(round=road.round, **who)


def opened_twice(road: Road) -> Deed:
    road.open()
    return road.open


def requested_twice(road: Road) -> Deed:
    with_requester(road)
    household = Household.objects.exclude(standings__isnull=False).get()
    return lambda: ask_for_review(road, household)


def asked_by_a_household_nobody_knows(road: Road) -> Deed:
    road.open()
    return lambda: listing.receive_requests(
        round=road.round, forms={"24646-99999": "15/GĐN"}, **road.who("minh")
    )


def decided_after_the_window(road: Road) -> Deed:
    reported(road).consent()
    road.at = moment("2024-12-15", 0)
    return road.decide


def asked_after_the_decision(road: Road) -> Deed:
    reported(road).consent().decide()
    household = Household.objects.exclude(standings__isnull=False).get()
    return lambda: ask_for_review(road, household)


def asked_though_on_last_years_list(road: Road) -> Deed:
    road.open()
    household = Household.objects.exclude(standings__isnull=True).order_by("pk")[0]
    return lambda: ask_for_review(road, household)


def surveyed_again_before_the_meeting(road: Road) -> Deed:
    road.open().list().survey().classify().pass_days(2).meet(agree=3)
    sheets = [surveying.SurveySheet(road.cases()[0], date(2024, 10, 2), "Lan", 100, POOR)]
    return lambda: surveying.survey_cases(
        round=road.round, village_review=road.reviews[0], sheets=sheets, **road.who("lan")
    )


SCENES: dict[str, Callable[[Road], Deed]] = {
    "area_unknown": opened_on("24646", area=""),
    "unit_not_in_force": opened_on("24646", valid_until=date(2024, 7, 1)),
    "already_on_list": requested_twice,
    "basis_known": request_that_lost_its_form,
    "chaired_by_village_head": lambda road: meeting_with(chair=road.cast["minh"])(road),
    "complaint_written_down": complained_without_words,
    "decision_numbered": decision_without_number,
    "departure_known": bare("record_departure", lambda r: r.open().list(), "minh", True),
    "each_question_has_a_reason": questioned_without_a_reason,
    "form_on_file": request_without_number,
    "front_invited": meeting_with(front_invited=False),
    "is_requester": screened_without_asking,
    "key_reused": key_of_another_request,
    "managed_already": asked_though_on_last_years_list,
    "met_in_round": meeting_with(held_on=date(2024, 9, 30)),
    "minutes_signed": meeting_with(minutes_signed=False),
    "needs_no_screen": surveyed_without_screening,
    "no_duty": done_by_the_neighbours,
    "no_other_posting_open": posted_over_an_open_posting,
    "list_complete": reported_with_one_of_last_year_left_out,
    "not_decided_yet": asked_after_the_decision,
    "not_questioned": bare("give_opinion", reported, "quyen", False),
    "nothing_to_do": listed_twice,
    "opinion_in_writing": opinion_by_word_of_mouth,
    "papers_on_file": opened_without_plan,
    "parts_fit_attendance": meeting_with(organisations_present=41),
    "posted_at_both_places": posted_in_one_place,
    "posting_open": complained_too_late,
    "posting_over": closed_too_early,
    "reason_given": refusal_without_a_reason,
    "report_numbered": report_without_number,
    "required_people_present": meeting_with(reviewers_present=0),
    "result_as_posted": tampered(
        lambda r: reported(r).consent(), lambda r: r.decide(), result_class="NEAR_POOR"
    ),
    "round_exists": opened_twice,
    "screen_passed": bare("screen", with_requester, "lan", True),
    "survey_complete": tampered(
        lambda r: r.open().list().survey(), lambda r: r.classify(), income_score=None
    ),
    "surveyed_anew": surveyed_again_before_the_meeting,
    "surveyed_in_round": surveyed_tomorrow,
    "tally_fits_attendance": meeting_with(agree=41),
    "tally_recorded": meeting_that_forgot_one,
    "unknown_case": asked_by_a_household_nobody_knows,
    "within_window": decided_after_the_window,
    "wrong_state": reported_before_the_posting_is_over,
}
EVERY_SCENE = {**SCENES, **LATER_SCENES}
# The other side of a fork: a case that fails these takes the act's other way, so they stop nobody.
FORKS = {
    "class_not_poor",
    "class_poor",
    "enough_agree",
    "on_opening_list",
    "questioned",
    "screen_failed",
    "too_few_agree",
}


@pytest.fixture
def requester(road: Road, make_households: Callable[..., list[Household]]) -> Household:
    """A household of village 1 that is on nobody's list."""
    (household,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    return household


@pytest.fixture(autouse=True)
def shelf() -> Iterator[None]:
    """Take editions off the shelf again that a scene put there."""
    yield
    PACKS.pop(WITHOUT_SCREENING, None)


@pytest.mark.parametrize("code", sorted(EVERY_SCENE))
def test_the_refusal_is_reached_and_leaves_nothing_behind(
    road: Road, requester: Household, code: str
) -> None:
    deed = EVERY_SCENE[code](road)

    answer = refused(deed)

    assert answer.codes == {code}
    assert all(r.article and r.remedy for r in answer.refusals)


def test_no_refusal_of_a_pack_is_left_untried() -> None:
    rules = {
        rule.code for pack in SHIPPED for rule in (*pack.guards, *pack.conditions, *pack.refusals)
    }

    assert rules == set(EVERY_SCENE) | FORKS | LATER_FORKS


# The meeting. -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attendance", "agree", "state_after"),
    [
        (40, 20, "agreed"),
        (40, 19, "disagreed"),
        (41, 20, "disagreed"),
        (41, 21, "agreed"),
        (1, 1, "agreed"),
        (1, 0, "disagreed"),
    ],
)
def test_half_of_all_attending_is_enough_and_one_less_is_not(
    road: Road, attendance: int, agree: int, state_after: str
) -> None:
    road.open().list().survey().classify()
    there = dict.fromkeys(("committee_present", "households_present", "organisations_present"), 1)
    road.meet(agree, attendance=attendance, **there)

    assert states(road) == {state_after: 5}


def test_who_said_nothing_is_counted_among_those_attending(road: Road) -> None:
    road.open().list().survey().classify()
    votes = {case.code: meeting.Votes(19, 0, 21) for case in road.cases()}

    meeting.hold_meeting(
        village_review=road.reviews[0], minutes=road.minutes(), tallies=votes, **road.who("thu")
    )

    assert states(road) == {"disagreed": 5}


def test_below_half_goes_back_to_survey_and_needs_a_new_meeting(road: Road) -> None:
    road.open().list().survey().classify().meet(19)

    road.pass_days(2).survey(NEAR_POOR).classify().meet(30)

    case = road.cases()[0]
    assert (case.state, case.attempt, case.agreed_class) == ("agreed", 2, "NEAR_POOR")
    assert list(Meeting.objects.values_list("number", flat=True)) == [1, 2]
    assert Survey.objects.filter(case=case).count() == 2


def test_a_second_meeting_on_the_same_survey_is_refused(road: Road) -> None:
    road.open().list().survey().classify().meet(19)
    votes = {case.code: meeting.Votes(40) for case in road.cases()}

    answer = refused(
        lambda: meeting.hold_meeting(
            village_review=road.reviews[0], minutes=road.minutes(), tallies=votes, **road.who("thu")
        )
    )

    assert answer.codes <= {"wrong_state", "unknown_case", "nothing_to_do"}
    assert refused(road.classify).codes == {"wrong_state"}


def test_the_list_of_the_minutes_is_posted_while_one_household_awaits_its_new_meeting(
    road: Road,
) -> None:
    road.open().list().survey().classify()
    first, *others = road.cases()
    votes = {case.code: meeting.Votes(40) for case in others}
    meeting.hold_meeting(
        village_review=road.reviews[0],
        minutes=road.minutes(),
        tallies=votes | {first.code: meeting.Votes(19)},
        **road.who("thu"),
    )

    road.post()

    assert states(road) == {"disagreed": 1, "posted": len(others)}


# Posting and complaint. ---------------------------------------------------------------------------


def test_a_posting_ends_with_its_third_working_day_and_not_a_minute_before(road: Road) -> None:
    posted(road)  # on Tuesday 01/10/2024, so that Friday 04/10 is its last day

    road.at = moment("2024-10-04", 23) + timedelta(minutes=59)
    assert refused(road.close).codes == {"posting_over"}

    road.at = moment("2024-10-05", 0)
    road.close()
    assert states(road) == {"cleared": 5}


def test_a_posting_over_a_weekend_does_not_count_it(road: Road) -> None:
    road.at = moment("2024-10-03")  # Thursday: Friday, Monday and Tuesday are the three days
    posted(road)

    road.at = moment("2024-10-08", 23)
    assert refused(road.close).codes == {"posting_over"}
    road.at = moment("2024-10-09", 0)
    road.close()


def test_a_complaint_counts_until_the_last_minute_of_the_last_day(road: Road) -> None:
    posted(road)
    first, second = road.cases()[:2]
    road.at = moment("2024-10-04", 23) + timedelta(minutes=59)
    complain(road, first)

    road.at += timedelta(minutes=1)
    answer = refused(lambda: complain(road, second))

    assert answer.codes == {"posting_open"}
    assert states(road) == {"contested": 1, "posted": 4}


def test_only_the_household_under_complaint_stops(road: Road) -> None:
    posted(road)
    complain(road, road.cases()[0])

    road.pass_days(7).close()

    assert states(road) == {"contested": 1, "cleared": 4}


def test_the_chair_cannot_report_over_an_open_complaint_and_is_told_whose(road: Road) -> None:
    posted(road)
    contested = road.cases()[0]
    complain(road, contested)
    road.pass_days(7).close()

    answer = refused(road.report)

    assert [(r.code, r.case_code, r.detail) for r in answer.refusals] == [
        ("wrong_state", contested.code, "contested")
    ]


@pytest.mark.parametrize("deprived", [POOR, NEAR_POOR], ids=["unchanged", "changed"])
def test_a_re_verified_result_is_posted_again_also_when_nothing_changed(
    road: Road, deprived: tuple[bool, ...]
) -> None:
    posted(road)
    case = road.cases()[0]
    complain(road, case)
    reverify(road, case, deprived)
    road.pass_days(7).close()
    assert refused(road.report).codes == {"wrong_state"}
    assert refused(lambda: posting.close_reposting(case=case, **road.who("hung"))).codes == {
        "wrong_state"
    }

    repost(road, case)
    assert refused(lambda: posting.close_reposting(case=case, **road.who("hung"))).codes == {
        "posting_over"
    }
    road.pass_days(7)
    posting.close_reposting(case=case, **road.who("hung"))

    road.report()
    assert states(road) == {"reported": 5}


def test_a_late_re_verification_is_done_and_not_blocked(road: Road) -> None:
    posted(road)
    case = road.cases()[0]
    complain(road, case)

    road.pass_days(30)
    reverify(road, case)

    assert state(case) == "reverified"


def test_a_re_posted_result_can_be_contested_again(road: Road) -> None:
    posted(road)
    case = road.cases()[0]
    complain(road, case)
    reverify(road, case)
    repost(road, case)

    complain(road, case, complainant="Bà Tư")

    assert state(case) == "contested"


def test_a_contested_re_posting_leaves_no_running_term_but_the_new_re_verification(
    road: Road,
) -> None:
    posted(road)
    case = road.cases()[0]
    complain(road, case)
    reverify(road, case)
    repost(road, case)

    complain(road, case, complainant="Bà Tư")

    running = case.terms.filter(ended_at__isnull=True).values_list("code", flat=True)
    assert list(running) == ["reverification"]


def test_a_posting_ends_when_its_last_household_goes_into_re_verification(road: Road) -> None:
    posted(road)

    for case in road.cases():
        complain(road, case)

    review = road.reviews[0]
    assert not review.postings.filter(closed_at__isnull=True).exists()
    assert not review.terms.filter(code="posting", ended_at__isnull=True).exists()


# Report, opinion, decision. -----------------------------------------------------------------------


def test_a_questioned_household_goes_back_and_the_others_stay_consented(road: Road) -> None:
    reported(road)
    questioned = road.cases()[2]

    road.consent({questioned.code: "Thiếu phiếu B2"})

    assert states(road) == {"objected": 1, "consented": 4}
    assert state(questioned) == "objected"
    assert OpinionItem.objects.get().reason == "Thiếu phiếu B2"


def test_the_decision_waits_for_a_questioned_household_to_come_round_again(road: Road) -> None:
    reported(road)
    questioned = road.cases()[2]
    road.consent({questioned.code: "Thiếu phiếu B2"})
    answer = refused(road.decide)
    assert [(r.code, r.case_code) for r in answer.refusals] == [("wrong_state", questioned.code)]

    road.survey().classify().meet().post().pass_days(7).close().report().consent().decide()

    assert states(road) == {"recognised": 5}


def test_a_question_about_a_household_outside_the_report_is_refused(road: Road) -> None:
    reported(road)

    answer = refused(lambda: road.consent({"24646-99999": "Không rõ"}))

    assert [(r.code, r.case_code) for r in answer.refusals] == [
        ("each_question_has_a_reason", "24646-99999")
    ]


def test_silence_of_the_superior_is_never_consent(road: Road) -> None:
    reported(road).pass_days(30)

    assert refused(road.decide).codes == {"wrong_state"}


@pytest.mark.parametrize("at", [moment("2024-08-31", 23), moment("2024-12-15", 0)])
def test_a_decision_outside_the_review_is_refused(road: Road, at: Any) -> None:
    reported(road).consent()
    road.at = at

    assert refused(road.decide).codes == {"within_window"}


def test_a_decision_on_the_last_evening_is_in_time(road: Road) -> None:
    reported(road).consent()
    road.at = moment("2024-12-14", 23) + timedelta(minutes=59)

    road.decide()

    assert states(road) == {"recognised": 5}


def test_a_review_opens_on_the_first_of_september_and_not_before(road: Road) -> None:
    road.at = moment("2024-08-31", 23)
    assert refused(road.open).codes == {"within_window"}

    road.at = moment("2024-09-01", 0)
    assert road.open().round.pack == "qd24-2021-3cap"


# Who. ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("other_hoa", "the committee of another commune"),
        ("lan", "a reviewer"),
        ("hung", "the village head"),
        ("binh", "the chair"),
        ("quyen", "the superior"),
        ("son", "the auditor"),
    ],
)
def test_the_list_is_classified_by_the_communes_committee_only(
    road: Road, name: str, why: str
) -> None:
    road.open().list().survey()
    who = {**road.who("hoa"), "by": road.cast[name]}

    answer = refused(lambda: surveying.classify_village(village_review=road.reviews[0], **who))

    assert answer.codes == {"no_duty"}, why


@pytest.mark.parametrize("name", ["quyen", "other_binh", "hoa", "minh", "hung"])
def test_nobody_but_the_communes_chair_decides_not_even_the_superior(road: Road, name: str) -> None:
    reported(road).consent()
    who = {**road.who("binh"), "by": road.cast[name]}

    answer = refused(lambda: deciding.sign_decision(round=road.round, number="90", **who))

    assert answer.codes == {"no_duty"}


def test_an_officer_of_another_commune_takes_nobody_off_the_list(road: Road) -> None:
    road.open().list()
    who = {**road.who("minh"), "by": road.cast["other_minh"]}

    answer = refused(
        lambda: departing.record_departure(
            case=road.cases()[0], reason=Departure.DIED, paper="1", **who
        )
    )

    assert answer.codes == {"no_duty"}


def test_a_meeting_chaired_by_the_head_of_another_village_is_refused(road: Road) -> None:
    answer = refused(meeting_with(chair=road.cast["other_hung"])(road))

    assert answer.codes == {"chaired_by_village_head"}


def test_a_right_that_was_taken_away_is_gone_at_the_next_act(road: Road) -> None:
    road.open().list().survey()
    RoleAssignment.objects.filter(user=road.cast["hoa"]).update(valid_until=date(2024, 10, 1))
    sync_grants(date(2024, 10, 1))

    assert refused(road.classify).codes == {"no_duty"}


@pytest.mark.parametrize(
    ("year", "superior", "not_superior", "pack"),
    [
        (2024, Level.DISTRICT, Level.PROVINCE, "qd24-2021-3cap"),
        (2025, Level.PROVINCE, Level.DISTRICT, "qd24-2021-2cap"),
    ],
)
def test_the_opinion_is_the_districts_until_2024_and_the_provinces_since(
    road: Road,
    appoint: Callable[..., User],
    make_households: Callable[..., list[Household]],
    year: int,
    superior: Level,
    not_superior: Level,
    pack: str,
) -> None:
    province = Unit.objects.get(code="67")
    chairs = {
        Level.DISTRICT: road.cast["quyen"],
        Level.PROVINCE: appoint("chi", "Trần Thị Chi", Role.SUPERIOR_CHAIR, province),
    }
    if year == 2025:
        road.commune = commune_without_district(appoint, make_households)
    road.at = moment(f"{year}-09-03")
    road.round = listing.open_round(
        commune=road.commune, year=year, plan_paper="1", committee_paper="2", **road.who("binh")
    )
    road.list().survey().classify().meet().post().pass_days(7).close().report()
    assert (road.round.pack, road.round.superior.level) == (pack, superior)

    road.cast["quyen"] = chairs[not_superior]
    assert refused(road.consent).codes == {"no_duty"}
    road.cast["quyen"] = chairs[superior]
    road.consent().decide()

    assert set(states(road)) == {"recognised"}


def commune_without_district(
    appoint: Callable[..., User], make_households: Callable[..., list[Household]]
) -> Unit:
    """Return a commune right below its province, with the same people as Tân Lập."""
    commune = make_unit(
        "24700", Level.COMMUNE, "Xã Mới", "xã", Unit.objects.get(code="67"), Area.RURAL
    )
    village = make_unit("24700.001", Level.VILLAGE, "Thôn 1", "thôn", commune)
    for name, role, unit in (
        ("binh", Role.COMMUNE_CHAIR, commune),
        ("hoa", Role.COMMUNE_COMMITTEE, commune),
        ("lan", Role.REVIEWER, village),
        ("hung", Role.VILLAGE_HEAD, village),
        ("thu", Role.MEETING_SECRETARY, village),
    ):
        appoint(name, "", role, unit)
    make_households(village, 2, year=2024)
    return commune


# How a case ends. ---------------------------------------------------------------------------------


def test_a_requester_who_fails_phieu_a_is_answered_in_writing_with_reasons(
    road: Road, requester: Household
) -> None:
    case = with_requester(road)
    sheet = surveying.ScreeningSheet(case, road.at.date(), "Lan", False)
    surveying.screen_case(sheet=sheet, **road.who("lan"))
    assert state(case) == "unqualified"

    road.survey().classify().meet().post().refuse()

    assert state(case) == "refused"
    assert RefusalLetter.objects.get(case=case).reason == "Vượt chuẩn"
    assert Case.objects.get(pk=case.pk).refusal_reason == "Vượt chuẩn"


def test_a_requester_above_the_line_goes_the_whole_way_and_is_refused(
    road: Road, requester: Household
) -> None:
    case = with_requester(road)
    road.survey(NOT_POOR, income_score=300).classify().meet().post()
    road.pass_days(7).close().report().consent().decide()
    assert states(road) == {"unqualified": 1, "escaped": 5}

    road.refuse()

    assert (state(case), RefusalLetter.objects.count()) == ("refused", 1)


def test_a_requester_below_the_line_is_recognised_like_everybody(
    road: Road, requester: Household
) -> None:
    case = with_requester(road)

    road.survey().classify().meet().post().pass_days(7).close().report().consent().decide()

    assert state(case) == "recognised"
    assert Case.objects.get(pk=case.pk).decided_class == HouseholdClass.POOR


WALKS: dict[str, Callable[[Road], Any]] = {
    "listed": lambda r: r.open().list(),
    "surveyed": lambda r: r.open().list().survey(),
    "classified": lambda r: r.open().list().survey().classify(),
    "disagreed": lambda r: r.open().list().survey().classify().meet(0),
    "agreed": lambda r: r.open().list().survey().classify().meet(),
    "posted": posted,
    "contested": lambda r: complain(posted(r), r.cases()[0]),
    "cleared": lambda r: posted(r).pass_days(7).close(),
    "reported": reported,
    "objected": lambda r: reported(r).consent({r.cases()[0].code: "Xem lại"}),
    "consented": lambda r: reported(r).consent(),
}


@pytest.mark.parametrize("step", WALKS)
def test_a_household_leaves_the_list_at_any_step_before_the_decision(road: Road, step: str) -> None:
    WALKS[step](road)
    case = road.cases()[0]
    assert case.state == step

    departing.record_departure(
        case=case, reason=Departure.MOVED, paper="12/GXN", **road.who("minh")
    )

    case.refresh_from_db()
    assert (case.state, case.departure) == ("left", "MOVED")
    assert not case.terms.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize("step", ["recognised", "certified", "left"])
def test_a_household_does_not_leave_after_the_decision_or_twice(road: Road, step: str) -> None:
    reported(road).consent()
    case = road.cases()[0]

    def leave() -> None:
        departing.record_departure(case=case, reason=Departure.DIED, paper="1", **road.who("minh"))

    if step == "left":
        leave()
    else:
        road.decide()
    if step == "certified":
        road.certify()

    assert refused(leave).codes == {"wrong_state"}


def test_a_round_whose_households_have_all_left_has_nothing_to_report(road: Road) -> None:
    road.open().list()
    for case in road.cases():
        departing.record_departure(
            case=case, reason=Departure.MERGED, paper="1", **road.who("minh")
        )

    assert refused(road.report).codes == {"nothing_to_do"}
    assert Round.objects.count() == 1
