"""What a person owes: by duty and unit, by date, at the same price for few and many."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases.duties import Role
from cases.models import (
    Case,
    Household,
    Level,
    RoleAssignment,
    RunningTerm,
    Unit,
    UnitSuccession,
    UnitVersion,
    User,
)
from cases.permissions import forget_scope, sync_grants
from tests.conftest import POOR, Road, make_unit
from tests.flows.test_charts import contest, repost, reverify, survey, waits
from workflow.acts.carrying import hand_over, hand_over_village
from workflow.acts.listing import build_list, receive_request
from workflow.acts.meeting import Votes, hold_meeting
from workflow.acts.posting import close_reposting, interrupt_posting
from workflow.acts.reconsidering import accept_grievance, amend_decision
from workflow.acts.surveying import ScreeningSheet, SurveySheet, reexamine_case, screen_case
from workflow.flows import RoundFlow, VillageReviewFlow
from workflow.following import charts_disagree, clocks_disagree
from workflow.inbox import Owed, owed
from workflow.machine.refusals import Refused


def inbox(road: Road, name: str) -> list[Owed]:
    user = User.objects.get(pk=road.cast[name].pk)
    return owed(user, road.at)


def acts(road: Road, name: str) -> list[tuple[str, int]]:
    return [(one.act, one.count) for one in inbox(road, name)]


def test_each_step_is_owed_by_those_who_hold_its_duty(road: Road) -> None:
    assert acts(road, "binh") == [("open_round", 0)]
    road.open()
    assert acts(road, "binh") == []
    assert acts(road, "hoa") == [("build_list", 0)]
    road.list()
    assert acts(road, "hoa") == []
    assert acts(road, "lan") == [("survey", 5)]
    road.survey()
    assert acts(road, "lan") == []
    assert acts(road, "hoa") == [("classify", 5)]
    road.classify()
    assert acts(road, "thu") == acts(road, "hung") == [("hold_meeting", 5)]
    road.meet()
    assert acts(road, "thu") == []
    assert acts(road, "hung") == acts(road, "hoa") == [("post_list", 5)]
    road.post().pass_days(7)
    assert acts(road, "hung") == [("close_posting", 5)]
    road.close()
    assert acts(road, "binh") == [("sign_report", 5)]
    road.report()
    assert acts(road, "quyen") == [("give_opinion", 5)]
    road.consent()
    assert acts(road, "binh") == [("sign_decision", 5)]
    road.decide()
    assert acts(road, "binh") == [("issue_certificates", 5)]
    road.certify()
    assert [acts(road, name) for name in road.cast if not name.startswith("other")] == [[]] * 8


def test_other_communes_see_nothing_of_it(road: Road) -> None:
    road.open().list().survey()

    assert acts(road, "other_hoa") == acts(road, "other_minh") == acts(road, "other_hung") == []
    assert acts(road, "other_binh") == [("open_round", 0)]


def test_a_posting_is_to_be_waited_for_until_its_last_day_is_over(road: Road) -> None:
    road.open().list().survey().classify().meet().post()  # Tuesday 01/10: until Friday 04/10

    (waiting,) = inbox(road, "hung")
    assert (waiting.url, waiting.due_on) == ("", None)
    assert "04/10/2024" in waiting.title

    road.pass_days(3)
    assert inbox(road, "hung")[0].url == ""
    road.pass_days(1)
    assert inbox(road, "hung")[0].url.endswith("/close_posting/")


def test_a_contested_household_is_owed_by_its_date_whatever_the_list_does(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    contest(road, case)

    (owing,) = [one for one in inbox(road, "hoa") if one.act == "reverify"]
    assert (owing.count, owing.due_on, owing.overdue) == (1, date(2024, 10, 4), False)
    assert owing.url.endswith(f"/ho/{case.code}/viec/reverify/")
    assert [one.act for one in inbox(road, "hung")] == ["close_posting"]

    road.pass_days(4)
    first = inbox(road, "hoa")[0]
    assert (first.act, first.overdue) == ("reverify", True)


def test_several_contested_households_of_a_village_are_one_line(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    for case in road.cases()[:3]:
        contest(road, case)

    (owing,) = [one for one in inbox(road, "hoa") if one.act == "reverify"]
    assert owing.count == 3
    assert owing.url.endswith("/thon/24646.001/?state=contested")


def test_reposting_is_owed_then_waited_for_then_closed(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    contest(road, case)
    road.pass_days(7).close()
    reverify(road, case)
    assert acts(road, "hung") == [("repost", 1)]
    repost(road, case)
    (waiting,) = inbox(road, "hung")
    assert (waiting.act, waiting.url) == ("close_reposting", "")
    road.pass_days(5)
    (possible,) = inbox(road, "hung")
    assert possible.url.endswith(f"/ho/{case.code}/viec/close_reposting/")
    close_reposting(case=case, **road.who("hung"))
    assert acts(road, "hung") == []


def test_households_to_survey_again_say_why(road: Road) -> None:
    road.open().list().survey().classify().meet(agree=19)

    (again,) = inbox(road, "lan")
    assert again.count == 5
    assert again.url.endswith("?state=disagreed")

    road.survey().classify().meet().post().pass_days(7).close().report().consent(
        {road.cases()[0].code: "Chưa rõ thu nhập"}
    )
    (objected,) = inbox(road, "lan")
    assert (objected.count, objected.act) == (1, "survey")
    assert objected.title != again.title
    survey(road, road.cases(state="objected")[0])
    assert acts(road, "lan") == []


def test_the_opinion_has_a_date_and_may_be_late(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()

    (asked,) = inbox(road, "quyen")
    assert (asked.due_on, asked.overdue) == (date(2024, 10, 15), False)
    road.pass_days(8)
    assert inbox(road, "quyen")[0].overdue


def test_requesters_await_their_answer_at_any_step(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open()
    asking = make_households(Unit.objects.get(code="24646.001"), 1, standing="")[0]
    receive_request(round=road.round, household=asking, form_number="9", **road.who("minh"))
    build_list(round=road.round, **road.who("hoa"))
    case = Case.objects.get(household=asking)
    screen_case(
        sheet=ScreeningSheet(case, road.at.date(), "Nguyễn Thị Lan", False), **road.who("lan")
    )

    assert acts(road, "binh") == [("refuse", 1)]
    assert acts(road, "lan") == [("survey", 5)]


def test_who_is_relieved_owes_nothing_and_can_do_nothing(road: Road) -> None:
    road.open().list()
    lan = road.cast["lan"]
    assert acts(road, "lan")
    RoleAssignment.objects.filter(user=lan).update(valid_until=date(2024, 10, 1))
    sync_grants(date(2024, 10, 1), [lan])
    forget_scope(lan)

    assert acts(road, "lan") == []
    with pytest.raises(Refused) as caught:
        survey(road, road.cases()[0])
    assert caught.value.codes == {"no_duty"}


def test_a_village_owes_a_second_survey_and_a_posting_at_once(
    road: Road,
) -> None:
    road.open().list().survey().classify()
    tallies = {case.code: Votes(40) for case in road.cases()}
    tallies[road.cases()[0].code] = Votes(19)
    hold_meeting(
        village_review=road.reviews[0],
        minutes=road.minutes(),
        tallies=tallies,
        **road.who("thu"),
    )

    assert waits(road.round) == ["survey", "await_villages"]
    assert acts(road, "lan") == [("survey", 1)]
    assert acts(road, "hung") == [("post_list", 4)]


def test_who_is_agreed_on_later_is_posted_when_the_posting_before_has_ended(road: Road) -> None:
    road.open().list().survey().classify()
    first, *others = road.cases()
    hold_meeting(
        village_review=road.reviews[0],
        minutes=road.minutes(),
        tallies={first.code: Votes(19)} | {case.code: Votes(40) for case in others},
        **road.who("thu"),
    )
    road.post().survey().classify().meet()

    assert [act for act, _n in acts(road, "hung")] == ["close_posting"]
    road.pass_days(7).close()
    assert acts(road, "hung") == [("post_list", 1)]


def test_an_interrupted_posting_is_owed_anew(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    interrupt_posting(
        village_review=road.reviews[0], reason="Mưa làm rách", **road.pass_days(1).who("hung")
    )

    assert waits(road.round) == ["post_list", "await_villages"]
    assert acts(road, "hung") == [("post_list", 5)]


def test_households_heard_again_are_owed_although_the_round_is_over(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    road.consent().decide().certify()
    assert waits(road.round) == []
    case = road.cases()[0]
    accept_grievance(case=case, complainant="Y Bih", content="Chưa đúng", **road.who("minh"))

    (owing,) = inbox(road, "hoa")
    assert (owing.act, owing.count, owing.overdue) == ("reexamine", 1, False)
    assert owing.due_on == RunningTerm.objects.get(code="grievance").ends_on
    assert owing.url.endswith(f"/ho/{case.code}/viec/reexamine/")
    assert waits(road.round) == ["reexamine"]

    sheet = SurveySheet(case, road.at.date(), "Đỗ Thị Hoa", 100, POOR)
    reexamine_case(sheet=sheet, outcome="Giữ nguyên", **road.who("hoa"))
    assert acts(road, "hoa") == []
    assert acts(road, "binh") == [("amend_decision", 1)]

    amend_decision(
        round=road.round, number="95/QĐ", reasons={case.code: "Đã xem xét"}, **road.who("binh")
    )
    assert acts(road, "binh") == [("issue_certificates", 1)]
    road.certify()
    assert waits(road.round) == []
    assert charts_disagree() == clocks_disagree() == []


@pytest.fixture
def merged(road: Road, hoa_binh: Unit) -> Road:
    """Return the road surveyed, on the day after Tân Lập became part of Hòa Bình."""
    road.open().list().survey()
    ended = date(2024, 10, 15)
    UnitVersion.objects.filter(unit=road.commune).update(valid_until=ended)
    UnitSuccession.objects.create(
        predecessor=road.commune, successor=hoa_binh, on_date=ended, source_document="NQ 1"
    )
    return road


def test_the_round_of_a_commune_that_ended_is_to_be_taken_over(merged: Road) -> None:
    assert acts(merged, "other_binh") == [("open_round", 0)]
    merged.pass_days(15)

    taken = [one for one in inbox(merged, "other_binh") if one.act == "hand_over"]

    assert [one.place for one in taken] == ["Xã Tân Lập 2024"]
    assert taken[0].url.endswith("/dot/2024-24646/viec/hand_over/")
    assert "hand_over" not in dict(acts(merged, "binh"))


def test_who_took_a_round_over_owes_its_steps(merged: Road, hoa_binh: Unit) -> None:
    merged.pass_days(15)
    hand_over(round=merged.round, keeper=hoa_binh, paper="NQ 1", **merged.who("other_binh"))

    assert acts(merged, "other_hoa") == [("classify", 5)]
    assert acts(merged, "hoa") == []
    assert "hand_over" not in dict(acts(merged, "other_binh"))
    task = Task.objects.get(status=STATUS.NEW, flow_task=RoundFlow.await_villages)
    assert task.owner_permission_obj == hoa_binh
    assert charts_disagree() == []


def test_the_list_of_a_village_that_ended_is_to_be_taken_over(road: Road) -> None:
    road.open().list()
    old, new = Unit.objects.filter(code__startswith="24646.").order_by("code")
    UnitVersion.objects.filter(unit=old).update(valid_until=date(2024, 10, 15))
    UnitSuccession.objects.create(
        predecessor=old, successor=new, on_date=date(2024, 10, 15), source_document="NQ 2"
    )
    assert acts(road, "hoa") == []

    (taken,) = inbox(road.pass_days(15), "hoa")

    assert (taken.act, taken.place) == ("hand_over_village", "Thôn 1, Xã Tân Lập 2024")
    hand_over_village(village_review=road.reviews[0], keeper=new, paper="NQ 2", **road.who("hoa"))
    assert acts(road, "hoa") == []
    task = Task.objects.get(status=STATUS.NEW, flow_task=VillageReviewFlow.survey)
    assert task.owner_permission_obj == new


def test_an_inbox_costs_the_same_for_few_and_many_cases_and_villages(
    road: Road,
    make_households: Callable[..., list[Household]],
    appoint: Callable[..., User],
) -> None:
    villages = [
        make_unit(f"24646.{n:03}", Level.VILLAGE, f"Thôn {n}", "thôn", road.commune)
        for n in range(10, 48)
    ]
    make_households(Unit.objects.get(code="24646.002"), 5)
    for role in (Role.REVIEWER, Role.VILLAGE_HEAD, Role.COMMUNE_CHAIR):
        appoint("hoa", "", role, road.commune)
    forget_scope(road.cast["hoa"])
    road.open().list().survey().classify().meet().post()
    contest(road, road.cases()[0])
    make_households(villages[0], 1)
    road.list()
    few = _queries(road)

    for village in villages:
        make_households(village, 13)
    road.list()
    contest(road, road.cases(state="posted")[-1])
    many = _queries(road)

    assert len([one for one in inbox(road, "hoa") if one.act == "survey"]) == 38
    assert few == many


def _queries(road: Road) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert inbox(road, "hoa")
    return len(queries)
