"""Rounds, the board of a round and the list of a village."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import Household, HouseholdClass, Unit, User
from cases.rules.packs import PACKS
from tests.conftest import NEAR_POOR, YEAR, Road
from workflow import clock
from workflow.acts.listing import open_round
from workflow.acts.posting import complain
from workflow.pages import rounds
from workflow.pages.progress import wanted_steps

BOARD = reverse("round", kwargs={"key": "2024-24646"})
VILLAGE = reverse("village", kwargs={"key": "2024-24646", "village": "24646.001"})


@pytest.fixture(autouse=True)
def clock_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the road's clock."""
    monkeypatch.setattr(clock, "now", lambda: road.at)


def queries_of(client: Client, url: str) -> int:
    """Return the number of queries of a page, opened for the second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def texts(cards: list[Any]) -> dict[str, list[str]]:
    """Return what stands against each act of the cards, by its code."""
    return {card.code: card.codes for card in cards}


# --- The list of rounds ---


def test_before_any_round_the_list_says_who_opens_one(client: Client, road: Road) -> None:
    client.force_login(road.cast["binh"])
    page = client.get(reverse("rounds"))
    assert 'class="empty"' in page.content.decode()
    assert page.context["may_open"]


def test_only_who_may_open_a_round_is_offered_to(client: Client, road: Road) -> None:
    client.force_login(road.cast["minh"])
    assert not client.get(reverse("rounds")).context["may_open"]


def test_a_round_is_listed_with_where_its_households_stand(client: Client, road: Road) -> None:
    road.open().list().survey()
    client.force_login(road.cast["binh"])

    (row,) = client.get(reverse("rounds")).context["rows"]

    assert (row.total, row.finished) == (5, 0)
    assert [n for _title, n in row.stages] == [5]


def test_another_commune_sees_no_round_and_no_count(client: Client, road: Road) -> None:
    road.open().list()
    client.force_login(road.cast["other_binh"])
    page = client.get(reverse("rounds"))
    assert page.context["rows"] == []
    assert "Tân Lập" not in page.content.decode()


def test_a_village_head_counts_his_own_villages_only(
    client: Client, road: Road, make_households: Callable[..., Any], appoint: Callable[..., User]
) -> None:
    village_2 = Unit.objects.get(code="24646.002")
    make_households(village_2, 3)
    nga = appoint("nga", "Phan Thị Nga", Role.VILLAGE_HEAD, village_2)
    road.open().list()
    client.force_login(nga)

    (row,) = client.get(reverse("rounds")).context["rows"]
    board = client.get(BOARD)

    assert row.total == 3
    assert [row.review.village.code for row in board.context["rows"]] == ["24646.002"]
    assert board.context["partial"]
    assert client.get(VILLAGE).status_code == 404


def test_rounds_are_shown_page_by_page_and_filtered_by_year(
    client: Client, road: Road, hoa_binh: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "ROUNDS_A_PAGE", 1)
    papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    road.open()
    open_round(commune=hoa_binh, **papers, **road.who("other_binh"))
    client.force_login(road.cast["quyen"])

    first = client.get(reverse("rounds"))
    second = client.get(reverse("rounds"), {"after": first.context["after"]})

    assert [row.round.commune_name for row in first.context["rows"]] == ["Xã Hòa Bình"]
    assert [row.round.commune_name for row in second.context["rows"]] == ["Xã Tân Lập"]
    assert not second.context["after"]
    assert len(client.get(reverse("rounds"), {"year": YEAR}).context["rows"]) == 1
    assert client.get(reverse("rounds"), {"year": "x"}).status_code == 200


# --- The board ---


def test_the_board_counts_villages_by_stages_with_totals(
    client: Client, road: Road, make_households: Callable[..., Any]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 3)
    road.open().list().survey().classify()
    client.force_login(road.cast["binh"])

    board = client.get(BOARD).context

    assert [row.total for row in board["rows"]] == [5, 3]
    meeting = [stage.code for stage in PACKS[road.round.pack].stages].index("meeting")
    assert board["totals"][meeting] == board["total"] == 8
    assert [blocker["n"] for blocker in board["blockers"]] == [5, 3]


def test_the_board_says_what_the_chair_may_do_and_why_not(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(road.cast["binh"])
    before = texts(client.get(BOARD).context["cards"])
    road.pass_days(7).close()
    after = texts(client.get(BOARD).context["cards"])

    assert set(before["sign_report"]) == {"wrong_state"}
    assert after["sign_report"] == []
    assert after["refuse"] == ["nothing_to_do"]


def test_the_board_names_who_does_the_acts_of_others(client: Client, road: Road) -> None:
    road.open().list()
    client.force_login(road.cast["son"])
    board = client.get(BOARD).context
    assert board["cards"] == []
    assert {card.code for card in board["others"]} >= {"sign_report", "give_opinion"}
    assert all(card.description and card.codes == ["no_duty"] for card in board["others"])


def test_many_reasons_are_summed_up(client: Client, road: Road) -> None:
    road.open().list()
    client.force_login(road.cast["binh"])
    (card,) = [c for c in client.get(BOARD).context["cards"] if c.code == "sign_report"]
    assert len(card.refusals) == 5
    assert len(card.reasons) == 1
    assert "24646-00001" in card.reasons[0].sentence


def test_the_board_warns_outside_the_time_of_review(client: Client, road: Road) -> None:
    road.open().list().pass_days(100)
    client.force_login(road.cast["binh"])
    board = client.get(BOARD).context
    assert board["outside_window"]
    assert "within_window" in texts(board["cards"])["sign_report"]


def test_the_board_shows_running_terms_and_the_latest_acts(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(road.cast["hoa"])

    board = client.get(BOARD).context

    (deadline,) = board["deadlines"]
    assert f"{deadline.ends_on:%d/%m/%Y}" == "04/10/2024"
    assert "01/10/2024" in deadline.counted
    assert [act["code"] for act in board["acts"]][:2] == ["post_list", "hold_meeting"]


def test_a_round_of_another_commune_is_not_found(client: Client, road: Road) -> None:
    road.open().list()
    for name in ("other_binh", "other_minh", "other_hung"):
        client.force_login(road.cast[name])
        assert client.get(BOARD).status_code == 404
        assert client.get(VILLAGE).status_code == 404


@pytest.mark.parametrize(
    "key", ["2024-99999", "x-24646", "2024", "-", "99999999999999999999-24646"]
)
def test_a_key_of_no_round_is_not_found(client: Client, road: Road, key: str) -> None:
    road.open()
    client.force_login(road.cast["binh"])
    assert client.get(reverse("round", kwargs={"key": key})).status_code == 404


# --- What the law still wants ---


def states(road: Road) -> dict[str, str]:
    counts: dict[str, int] = {}
    for case in road.cases():
        counts[case.state] = counts.get(case.state, 0) + 1
    return {step.code: step.state for step in wanted_steps(PACKS[road.round.pack], counts)}


def test_an_empty_round_wants_its_list(road: Road) -> None:
    road.open()
    wanted = states(road)
    assert wanted["open_round"] == "done"
    assert wanted["build_list"] == "current"
    assert wanted["sign_decision"] == "waiting"


def test_each_step_is_ticked_off_by_the_counts_alone(road: Road) -> None:
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("survey", road.survey),
        ("classify", road.classify),
        ("hold_meeting", road.meet),
        ("post_list", road.post),
        ("close_posting", lambda: road.pass_days(7).close()),
        ("sign_report", road.report),
        ("give_opinion", road.consent),
        ("sign_decision", road.decide),
        ("issue_certificates", road.certify),
    ]
    road.open().list()
    for code, take in steps:
        assert states(road)[code] == "current", code
        take()
        assert states(road)[code] == "done", code
    assert set(states(road).values()) == {"done"}


def test_a_meeting_that_disagreed_is_still_wanted_and_so_is_the_survey(road: Road) -> None:
    road.open().list().survey().classify().meet(agree=3)
    wanted = states(road)
    assert wanted["survey"] == "current"
    assert wanted["hold_meeting"] == "waiting"


def test_a_complaint_asks_for_its_own_steps(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    assert "reverify" not in states(road)
    complain(case=road.cases()[0], complainant="Ông A", content="…", **road.who("hoa"))
    assert states(road)["reverify"] == "current"


# --- The village ---


def test_the_village_lists_its_households_in_the_order_of_the_paper(
    client: Client, road: Road
) -> None:
    road.open().list().survey(deprived=NEAR_POOR)
    client.force_login(road.cast["lan"])

    page = client.get(VILLAGE)

    assert [case.code for case in page.context["cases"]] == [case.code for case in road.cases()]
    assert page.context["total"] == 5
    assert "Nguyễn Văn Số 1" in page.content.decode()


def test_the_village_is_read_page_by_page(
    client: Client, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "CASES_A_PAGE", 2)
    road.open().list()
    client.force_login(road.cast["lan"])
    seen, after = [], 0
    while True:
        page = client.get(VILLAGE, {"after": after or ""}).context
        seen += [case.code for case in page["cases"]]
        after = page["after"]
        if not after:
            break
    assert seen == [case.code for case in road.cases()]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "surveyed"}, 5),
        ({"state": "listed"}, 0),
        ({"household_class": "POOR"}, 5),
        ({"household_class": "none"}, 0),
        ({"name": "nobody"}, 5),  # a name in an address is not listened to
        ({"state": "no such"}, 5),
        ({"after": "99999999999999999999999"}, 0),
        ({"after": "x"}, 5),
    ],
)
def test_the_village_is_filtered(
    client: Client, road: Road, asked: dict[str, str], found: int
) -> None:
    road.open().list().survey()
    client.force_login(road.cast["lan"])
    assert len(client.get(VILLAGE, asked).context["cases"]) == found


@pytest.mark.parametrize(("name", "found"), [("SỐ 3", 1), ("nguyen van so", 5), ("Lê", 0)])
def test_people_are_sought_by_name_without_a_name_in_the_address(
    client: Client, road: Road, name: str, found: int
) -> None:
    road.open().list().survey()
    client.force_login(road.cast["lan"])

    answer = client.post(VILLAGE, {"name": name, "state": "surveyed"})

    assert answer["Location"] == f"{VILLAGE}?state=surveyed"
    assert len(client.get(answer["Location"]).context["cases"]) == found


def test_a_name_sought_is_forgotten_when_the_filter_is_cleared(client: Client, road: Road) -> None:
    road.open().list()
    client.force_login(road.cast["lan"])
    client.post(VILLAGE, {"name": "Lê"})

    client.post(VILLAGE, {"name": "Lê", "clear": "1"})

    assert len(client.get(VILLAGE).context["cases"]) == 5


def test_the_village_says_when_its_list_is_empty(client: Client, road: Road) -> None:
    Household.objects.all().delete()
    road.open()
    client.force_login(road.cast["lan"])
    assert 'class="empty"' in client.get(VILLAGE).content.decode()


def test_the_village_shows_acts_meetings_and_postings(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    client.force_login(road.cast["hung"])

    page = client.get(VILLAGE).context

    assert texts(page["cards"])["close_posting"] == ["posting_over"] * 5
    assert {card.code for card in page["others"]} == {"classify"}
    assert [meeting.number for meeting in page["meetings"]] == [1]
    assert [posting.closed_at for posting in page["postings"]] == [None]


# --- What they cost ---


@pytest.mark.parametrize("name", ["binh", "hoa", "hung", "lan"])
@pytest.mark.parametrize("url", [reverse("rounds"), BOARD, VILLAGE])
def test_pages_cost_the_same_for_few_and_many_households(
    client: Client, road: Road, make_households: Callable[..., Any], url: str, name: str
) -> None:
    client.force_login(road.cast[name])
    road.open().list().survey()
    few = queries_of(client, url)
    make_households(road.reviews[0].village, 45, HouseholdClass.NEAR_POOR)
    road.list().survey()
    assert queries_of(client, url) == few
