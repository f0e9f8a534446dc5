"""Charts follow the acts: where they wait, what stays behind, and that nobody waits in vain."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.dom import minidom

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow import nodes
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS

from cases.duties import Duty
from cases.models import Case, Departure, Household, Round, Unit
from cases.rules.packs import PACKS, SHIPPED, Pack
from tests.conftest import POOR, Road
from workflow.acts.departing import record_departure
from workflow.acts.listing import build_list, receive_request
from workflow.acts.posting import close_reposting, complain, repost_case
from workflow.acts.surveying import SurveySheet, classify_village, reverify_case, survey_case
from workflow.charts import LIST, REPORT, VILLAGES, Step, round_step, steps_of, village_step
from workflow.flows import (
    ROUND_FLOWS,
    VILLAGE_FLOWS,
    AdHocRoundFlow,
    IncomeRoundFlow,
    IncomeVillageFlow,
    RoundFlow,
    TermFlow,
    VillageReviewFlow,
)
from workflow.following import charts_disagree, collect_rounds
from workflow.models import RoundProcess, VillageReviewProcess

FLOWS = (
    VillageReviewFlow,
    RoundFlow,
    AdHocRoundFlow,
    IncomeVillageFlow,
    IncomeRoundFlow,
    TermFlow,
)
PERIODIC = PACKS["qd24-2021-3cap"]


def waits(round: Round) -> list[str]:
    """Return where the open charts of a round wait: villages in their order, then the round."""
    tasks = Task.objects.filter(status=STATUS.NEW)
    places = []
    for process in (
        *VillageReviewProcess.objects.filter(village_review__round=round).order_by(
            "village_review", "pk"
        ),
        *RoundProcess.objects.filter(round=round),
    ):
        places += [task.flow_task.name for task in tasks.filter(process=process)]
    return places


def visits(flow: Any) -> list[tuple[str, str]]:
    """Return every step visited in the charts of a flow and how it ended, in time's order."""
    return [
        (task.flow_task.name, task.status)
        for task in Task.objects.filter(process__flow_class=flow, flow_task_type="HUMAN").order_by(
            "pk"
        )
    ]


def test_charts_follow_a_straight_round(road: Road) -> None:
    road.open()
    assert waits(road.round) == ["build_list"]
    road.list()
    assert waits(road.round) == ["survey", "await_villages"]
    road.survey()
    assert waits(road.round) == ["classify", "await_villages"]
    road.classify()
    assert waits(road.round) == ["hold_meeting", "await_villages"]
    road.meet()
    assert waits(road.round) == ["post_list", "await_villages"]
    road.post()
    assert waits(road.round) == ["close_posting", "await_villages"]
    road.pass_days(7).close()
    assert waits(road.round) == ["sign_report"]
    road.report()
    assert waits(road.round) == ["give_opinion"]
    road.consent()
    assert waits(road.round) == ["sign_decision"]
    road.decide()
    assert waits(road.round) == ["issue_certificates"]
    road.certify()
    assert waits(road.round) == []

    assert set(Process.objects.values_list("status", flat=True)) == {"DONE"}
    assert not VillageReviewProcess.objects.filter(closed_at__isnull=True).exists()
    assert RoundProcess.objects.get().closed_at == road.at
    assert charts_disagree() == []


def test_a_finished_step_names_who_did_it(road: Road) -> None:
    road.open().list().survey().classify()

    done = Task.objects.filter(status=STATUS.DONE, flow_task_type="HUMAN").order_by("pk")
    assert [(task.flow_task.name, task.owner) for task in done] == [
        ("build_list", road.cast["hoa"]),
        ("survey", road.cast["lan"]),
        ("classify", road.cast["hoa"]),
    ]


def test_a_survey_under_way_leaves_the_chart_where_it_is(road: Road) -> None:
    road.open().list()

    survey(road, road.cases()[0])

    assert waits(road.round) == ["survey", "await_villages"]
    assert Task.objects.filter(flow_task=VillageReviewFlow.survey).count() == 1


def test_below_half_at_the_meeting_leads_back_to_survey(road: Road) -> None:
    road.open().list().survey().classify().meet(agree=19)
    assert waits(road.round) == ["survey", "await_villages"]

    road.survey().classify().meet(agree=20)

    assert waits(road.round) == ["post_list", "await_villages"]
    assert visits(VillageReviewFlow) == [
        ("survey", "DONE"),
        ("classify", "DONE"),
        ("hold_meeting", "DONE"),
        ("survey", "DONE"),
        ("classify", "DONE"),
        ("hold_meeting", "DONE"),
        ("post_list", "NEW"),
    ]


def survey(road: Road, case: Case) -> None:
    sheet = SurveySheet(case, road.at.date(), "Nguyễn Thị Lan", 100, POOR)
    survey_case(sheet=sheet, **road.who("lan"))


def contest(road: Road, case: Case) -> None:
    complain(case=case, complainant="Y Bih", content="Nhà có xe tải", **road.who("minh"))


def reverify(road: Road, case: Case, reviewer: str = "Đỗ Thị Hoa") -> None:
    sheet = SurveySheet(case, road.at.date(), reviewer, 100, POOR)
    reverify_case(sheet=sheet, outcome="Giữ nguyên", **road.who("hoa"))


def repost(road: Road, case: Case) -> None:
    repost_case(
        case=case,
        village_place="Nhà văn hóa thôn",
        commune_place="Trụ sở UBND xã",
        **road.who("hung"),
    )


def test_a_complaint_leads_through_the_loop_and_back(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    contest(road, case)
    assert waits(road.round) == ["close_posting", "await_villages"]
    road.pass_days(7).close()
    assert waits(road.round) == ["reverify", "await_villages"]
    reverify(road, case)
    assert waits(road.round) == ["repost", "await_villages"]
    repost(road, case)
    assert waits(road.round) == ["close_reposting", "await_villages"]
    # Contested again: nobody ended the re-posting.
    contest(road, case)
    assert waits(road.round) == ["reverify", "await_villages"]
    reverify(road, case, "Nguyễn Thị Lan")
    repost(road, case)
    close_reposting(case=case, **road.pass_days(7).who("hung"))

    assert waits(road.round) == ["sign_report"]
    assert visits(VillageReviewFlow)[5:] == [
        ("reverify", "DONE"),
        ("repost", "DONE"),
        ("close_reposting", "CANCELED"),
        ("reverify", "DONE"),
        ("repost", "DONE"),
        ("close_reposting", "DONE"),
    ]


def test_households_the_superior_returns_start_another_run_of_their_village_only(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 3)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()

    road.consent({road.cases()[0].code: "Chưa rõ thu nhập"})

    assert waits(road.round) == ["survey", "await_villages"]
    assert VillageReviewProcess.objects.count() == 3
    survey(road, road.cases(state="objected")[0])
    assert waits(road.round) == ["classify", "await_villages"]


def test_the_round_waits_for_villages_with_households_only(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7)
    assert road.round.village_reviews.count() == 2

    road.close()

    assert VillageReviewProcess.objects.count() == 1
    assert waits(road.round) == ["sign_report"]


def test_a_late_request_takes_the_round_back_to_its_list(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    late = make_households(Unit.objects.get(code="24646.001"), 1, standing="")[0]

    receive_request(round=road.round, household=late, form_number="9", **road.who("minh"))
    assert waits(road.round) == ["build_list"]

    build_list(round=road.round, **road.who("hoa"))
    assert waits(road.round) == ["survey", "await_villages"]
    assert ("sign_report", "CANCELED") in visits(RoundFlow)


def test_a_chart_ends_when_all_its_households_have_left(road: Road) -> None:
    road.open().list()
    for case in road.cases():
        record_departure(case=case, reason=Departure.MOVED, paper="GXN", **road.who("minh"))

    assert waits(road.round) == []
    assert charts_disagree() == []


def test_an_act_done_twice_under_one_key_moves_the_chart_once(road: Road) -> None:
    road.open()
    who = road.who("hoa")
    build_list(round=road.round, **who)
    before = Task.objects.count()

    build_list(round=road.round, **who)

    assert Task.objects.count() == before


def test_following_costs_the_same_for_5_and_500_cases(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 500)
    road.open().list().survey()

    few, many = (_queries(road, index) for index in (0, 1))

    assert few == many


def _queries(road: Road, index: int) -> int:
    with CaptureQueriesContext(connection) as queries:
        classify_village(village_review=road.reviews[index], **road.who("hoa"))
    return len(queries)


def test_a_planted_disagreement_is_found_and_mended(road: Road) -> None:
    road.open().list().survey()
    Task.objects.filter(status=STATUS.NEW, flow_task=VillageReviewFlow.classify).update(
        flow_task=VillageReviewFlow.post_list
    )
    Task.objects.filter(status=STATUS.NEW, flow_task=RoundFlow.await_villages).delete()

    assert [(chart.waits_at, chart.stands_at) for chart in charts_disagree()] == [
        (["post_list"], "classify"),
        ([], "await_villages"),
    ]
    assert collect_rounds(road.at) == 2
    assert waits(road.round) == ["classify", "await_villages"]
    assert collect_rounds(road.at) == 0
    road.classify()
    assert waits(road.round) == ["hold_meeting", "await_villages"]


def test_a_round_without_charts_gets_them(road: Road) -> None:
    road.open().list().survey().classify()
    Process.objects.all().delete()

    collect_rounds(road.at)

    assert waits(road.round) == ["hold_meeting", "await_villages"]


def test_the_command_fails_loudly_until_charts_are_mended(road: Road) -> None:
    road.open().list()
    Task.objects.filter(status=STATUS.NEW, flow_task=VillageReviewFlow.survey).update(
        flow_task=VillageReviewFlow.post_list
    )

    with pytest.raises(SystemExit):
        call_command("check_charts")
    call_command("check_charts", "--mend")
    call_command("check_charts")

    assert waits(road.round) == ["survey", "await_villages"]


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_every_state_of_every_pack_has_one_place_in_the_charts(pack: Pack) -> None:
    steps = steps_of(pack)
    # A case is new for good in the yearly list only; elsewhere the request makes it.
    at_rest = {state.code for state in pack.states} - ({"new"} if pack.months else set())
    for state in at_rest:
        in_village = [step for step, states in steps.village.items() if state in states]
        in_round = [step for step, states in steps.round.items() if state in states]
        assert len(in_village) <= 1, state
        assert len(in_round) == (0 if state in pack.final_states else 1), state
        assert bool(in_village) == (in_round == [VILLAGES]), state


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_every_step_waits_for_an_act_that_can_move_its_cases(pack: Pack) -> None:
    steps = steps_of(pack)
    for step, states in (*steps.village.items(), *steps.round.items()):
        if step != VILLAGES:
            assert states <= set(pack.by_code[step].sources), step


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_every_step_of_a_review_is_a_node_of_its_chart(pack: Pack) -> None:
    steps = steps_of(pack)
    for flow, wanted in (
        (VILLAGE_FLOWS[pack.review], {*steps.village}),
        (ROUND_FLOWS[pack.review], {*steps.round} | ({REPORT} & pack.by_code.keys())),
    ):
        nodes_of_flow = {node.name for node in flow.instance.nodes() if isinstance(node, Step)}
        assert wanted <= nodes_of_flow


def test_the_reviews_differ_in_their_steps() -> None:
    ad_hoc, average, low = (
        steps_of(PACKS[code])
        for code in ("qd24-2021-2cap-tx", "qd24-2021-2cap-mstb", "nd30-2025-2cap")
    )

    assert not {"sign_report", "give_opinion"} & ad_hoc.round.keys()
    assert "hold_meeting" not in average.village
    assert average.village["redetermine_income"] == {"contested"}
    assert average.round["redetermine_income"] == {"reopened"}
    assert list(low.village) == ["determine_income"]


def test_the_first_step_with_something_left_holds() -> None:
    assert village_step(PERIODIC, frozenset({"agreed", "disagreed"})) == "survey"
    assert village_step(PERIODIC, frozenset({"interrupted", "left"})) == "post_list"
    assert village_step(PERIODIC, frozenset({"cleared", "left"})) == ""
    assert round_step(PERIODIC, frozenset()) == LIST
    assert round_step(PERIODIC, frozenset({"consented", "posted"})) == VILLAGES
    assert round_step(PERIODIC, frozenset({"certified", "left", "withdrawn"})) == ""
    assert round_step(PERIODIC, frozenset({"certified", "reopened"})) == "reexamine"


def test_a_month_is_over_with_its_report_and_an_empty_register_of_incomes_at_once() -> None:
    ad_hoc, average = PACKS["qd24-2021-2cap-tx"], PACKS["qd24-2021-2cap-mstb"]

    assert round_step(ad_hoc, frozenset()) == REPORT
    assert round_step(ad_hoc, frozenset({"refused"})) == REPORT
    assert round_step(ad_hoc, frozenset({"refused"}), reported=True) == ""
    assert round_step(ad_hoc, frozenset({"requested"}), reported=True) == LIST
    assert round_step(average, frozenset()) == ""


@pytest.mark.parametrize("flow", FLOWS)
def test_every_human_node_names_the_duty_it_needs(flow: Any) -> None:
    of_no_act = {VILLAGES: Duty.VIEW, "overdue": Duty.READ_REPORTS, "waited_out": Duty.POST}
    reviews = {
        review
        for flows in (VILLAGE_FLOWS, ROUND_FLOWS)
        for review, its_flow in flows.items()
        if its_flow is flow
    }
    for node in flow.instance.nodes():
        if node.task_type != "HUMAN":
            continue
        assert isinstance(node, Step), node.name
        duty = Duty(node.permission.removeprefix("cases."))
        if node.name in of_no_act:
            assert duty == of_no_act[node.name]
            continue
        packs = [pack for pack in SHIPPED if pack.review in reviews and node.name in pack.by_code]
        assert packs, node.name
        assert {pack.by_code[node.name].duty for pack in packs} == {duty}


@pytest.mark.parametrize("flow", FLOWS)
def test_no_node_could_see_or_keep_a_household(flow: Any) -> None:
    plain = (Step, nodes.StartHandle, nodes.If, nodes.Switch, nodes.Timer, nodes.End)
    assert all(isinstance(node, plain) for node in flow.instance.nodes())
    own = {f.name for f in flow.process_class._meta.local_fields}
    of_terms = {"term", "struck_for"}
    assert own <= {"process_ptr", "round", "village_review", "closed_at"} | of_terms


def test_nothing_is_written_into_charts_beside_where_they_are(road: Road) -> None:
    road.open().list().survey().classify().meet()

    assert set(map(str, Process.objects.values_list("data", flat=True))) == {"{}"}
    assert set(map(str, Task.objects.values_list("data", flat=True))) == {"{}"}
    assert not Task.objects.filter(artifact_object_id__isnull=False).exists()


def test_the_right_of_a_step_is_read_again_when_it_is_asked(road: Road) -> None:
    road.open().list()
    task = Task.objects.get(status=STATUS.NEW, flow_task=VillageReviewFlow.survey)
    lan, other = road.cast["lan"], road.cast["other_minh"]

    assert task.flow_task.can_execute(lan, task)
    assert not task.flow_task.can_execute(other, task)
    assert task.owner_permission == "cases.survey"
    assert task.owner_permission_obj == road.reviews[0].village


def test_charts_are_drawn_with_vietnamese_titles(tmp_path: Path) -> None:
    call_command("draw_charts", str(tmp_path))

    for name, title in (("village-review", "Niêm yết kết quả"), ("round", "Chờ các thôn bàn")):
        picture = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        diagram = minidom.parse(str(tmp_path / f"{name}.bpmn"))  # noqa: S318 (our own file)
        assert title in picture
        assert len(diagram.getElementsByTagName("bpmn:userTask")) >= 7


def test_the_charts_of_the_documents_are_those_of_today(tmp_path: Path) -> None:
    call_command("draw_charts", str(tmp_path))

    kept = Path(__file__).resolve().parents[2] / "docs" / "charts"
    assert {f.name for f in kept.glob("*.svg")} == {f.name for f in tmp_path.glob("*.svg")}
    for drawn in tmp_path.glob("*.svg"):
        assert (kept / drawn.name).read_text("utf-8") == drawn.read_text("utf-8"), drawn.name
