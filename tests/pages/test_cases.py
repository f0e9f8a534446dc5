"""The page of one case, and the answer to every act on it."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Member, Survey
from cases.permissions import forget_scope
from cases.rules.packs import PACKS, Span
from tests.conftest import NEAR_POOR, Road
from workflow import clock
from workflow.acts.posting import complain
from workflow.machine.apply import ask
from workflow.machine.scope import of_case
from workflow.pages.cases import masked
from workflow.pages.forms import ACTS_ON
from workflow.pages.forms.asking import objections
from workflow.pages.possible import possible_acts
from workflow.pages.scores import explain

NOT_POOR = (False,) * 12
# States in which guards ask about the clock: drawn more often.
OFTEN = ("posted", "reposted", "contested") * 4
# What one database is told beside its questions: whose rows are seen, and where to come back to.
BESIDE = ("SELECT set_config", "SAVEPOINT", "RELEASE SAVEPOINT")
PEOPLE = ("lan", "hung", "minh", "hoa", "binh", "quyen", "son", "other_hoa")


@pytest.fixture(autouse=True)
def clock_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the road's clock."""
    monkeypatch.setattr(clock, "now", lambda: road.at)


def url_of(case: Case) -> str:
    return reverse("case", kwargs={"key": case.round.key, "code": case.code})


def page_of(client: Client, road: Road, name: str, number: int = 0) -> Any:
    client.force_login(road.cast[name])
    return client.get(url_of(road.cases()[number]))


# --- Every act: possible, or not yet because ---


def some_cases(road: Road, how_many: int) -> list[Case]:
    """Return cases with random values in every column that a guard asks about, in every state."""
    dice = random.Random(24646)  # noqa: S311 (a test, not a secret)
    pack = PACKS[road.round.pack]
    template = road.cases()[0]
    rows = []
    for _each in range(how_many):
        case = Case.objects.get(pk=template.pk)
        case.state = dice.choice([*(state.code for state in pack.states), *OFTEN])
        case.basis = dice.choice(["LAST_YEAR", "REQUEST", "ARRIVAL"])
        case.basis_paper = dice.choice(["", "12"])
        case.screen_passed = dice.choice([None, True, False])
        case.attempt = dice.choice([0, 1])
        case.income_score = dice.choice([None, 100])
        case.deprivation_score = dice.choice([None, 30])
        case.result_class = dice.choice(["", "POOR", "NOT_POOR"])
        case.posted_class = dice.choice(["", "POOR"])
        case.posting_until = dice.choice([None, road.at, road.at.replace(month=11)])
        case.opinion = dice.choice(["", "CONSENT", "QUESTIONED"])
        rows.append(case)
    return rows


@pytest.fixture
def freely_stored() -> Callable[[Case], Case]:
    """Return a function that stores a case in any state, past the machine and its triggers."""

    def store(case: Case) -> Case:
        columns = {
            name: getattr(case, name)
            for name in (
                "state basis basis_paper screen_passed attempt income_score deprivation_score "
                "result_class posted_class posting_until opinion"
            ).split()
        }
        columns["decided_class"], columns["departure"] = "POOR", "DIED"
        columns["refusal_reason"] = "Vượt chuẩn"
        Case.objects.filter(pk=case.pk).update(**columns)
        return Case.objects.select_related("round__commune", "village_review__village").get(
            pk=case.pk
        )

    return store


@pytest.fixture
def without_triggers(db: None) -> None:
    """Take the step triggers away for this test's transaction: its states are made up."""
    table = Case._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.usefixtures("without_triggers")
@pytest.mark.parametrize("days", [0, 100])
def test_the_cards_say_what_the_machine_says(
    road: Road, freely_stored: Callable[[Case], Case], days: int
) -> None:
    road.open().list()
    road.pass_days(days)
    dice = random.Random(7)  # noqa: S311
    acts = [act for act in PACKS[road.round.pack].acts if act.span == Span.CASE]
    answers: set[str] = set()
    for random_case in some_cases(road, 100):
        case = freely_stored(random_case)
        user = road.cast[dice.choice(PEOPLE)]
        cards = {card.code: card.refusals for card in possible_acts(case, user, road.at)}
        assert list(cards) == [act.code for act in acts]
        for act in acts:
            engine = ask(act.code, of_case(case), by=user, at=road.at)
            window = [each for each in cards[act.code] if each.code == "within_window"]
            rest = [each for each in cards[act.code] if each.code != "within_window"]
            assert rest == engine, (act.code, case.state, user)
            assert bool(window) == (
                bool(days)
                and "within_window" in act.conditions
                and [each.code for each in engine] != ["no_duty"]
            )
            answers.update(each.code for each in engine)
        # What the act's own page says is the engine's answer and the time of the year.
        act = dice.choice([each for each in acts if each.code in ACTS_ON[Case]])
        assert cards[act.code] == objections(act.code, case, by=user, at=road.at)
    assert answers >= {"no_duty", "wrong_state", "posting_over", "posting_open", "is_requester"}


def test_the_cards_ask_no_query_for_each_act(road: Road) -> None:
    road.open().list()
    user = road.cast["lan"]
    case = Case.objects.select_related("round__commune", "village_review__village").first()
    forget_scope(user)
    assert case is not None
    with CaptureQueriesContext(connection) as captured:
        possible_acts(case, user, road.at)
    assert len(captured) == 1  # the user's own grants


def test_the_page_offers_what_is_possible_and_says_why_the_rest_is_not(
    client: Client, road: Road
) -> None:
    road.open().list()

    page = page_of(client, road, "lan").context

    assert [card.code for card in page["cards"]] == ["survey"]
    (screen,) = page["not_yet"]
    assert (screen.code, screen.codes) == ("screen", ["is_requester"])
    assert screen.reasons[0].remedy and screen.reasons[0].article
    assert "complain" in {card.code for card in page["others"]}


def test_every_link_to_an_act_leads_to_its_page(client: Client, road: Road) -> None:
    road.open().list().survey()
    for name in PEOPLE[:-1]:
        page = page_of(client, road, name).context
        for card in [*page["cards"], *page["not_yet"], *page["awaited"], *page["others"]]:
            found = client.get(card.url).status_code
            assert found == 200 if card.possible else found != 404, card.url


def test_the_page_says_which_list_the_case_waits_for(client: Client, road: Road) -> None:
    road.open().list().survey().classify()

    (waits,) = page_of(client, road, "thu").context["awaited"]

    assert (waits.code, waits.codes) == ("hold_meeting", [])
    assert waits.url.endswith("/thon/24646.001/viec/hold_meeting/")


def test_a_posting_that_is_not_over_says_until_when(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()

    (waits,) = page_of(client, road, "hung").context["awaited"]

    assert (waits.code, waits.codes) == ("close_posting", ["posting_over"])


def test_a_finished_case_wants_nothing(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    road.report().consent().decide().certify()
    page = page_of(client, road, "binh").context
    assert page["final"] and not page["cards"] and not page["awaited"]
    assert [row.year for row in page["certificates"]] == [2025]
    assert "revoke_decision" in [card.code for card in page["seldom"]]


# --- Facts ---


def test_personal_numbers_are_masked(client: Client, road: Road) -> None:
    Member.objects.filter(household__code="24646-00001").update(personal_number="067190001234")
    road.open().list()

    page = page_of(client, road, "lan").content.decode()

    assert "067190001234" not in page
    assert "•••••••••234" in page
    assert masked("") == ""


def test_a_score_is_explained_against_its_line_and_its_boxes(client: Client, road: Road) -> None:
    road.open().list().survey(deprived=NEAR_POOR, income_score=140)

    score = page_of(client, road, "lan").context["score"]

    assert score.household_class == "NEAR_POOR"
    assert "140" in score.income and score.income_article
    assert "10 × 1 = 10" in score.deprivation and "30" in score.deprivation
    assert [box.deprived for box in score.boxes] == list(NEAR_POOR)


@pytest.mark.parametrize(
    ("area", "income", "deprivations", "cls"),
    [
        ("RURAL", 140, "111000000000", "POOR"),
        ("RURAL", 140, "110000000000", "NEAR_POOR"),
        ("RURAL", 141, "111111111111", "NOT_POOR"),
        ("URBAN", 175, "111000000000", "POOR"),
        ("URBAN", 176, "111000000000", "NOT_POOR"),
    ],
)
def test_the_explanation_follows_the_standard(
    area: str, income: int, deprivations: str, cls: str
) -> None:
    survey = Survey(area=area, income_score=income, deprivations=deprivations, standard="2022-2026")
    score = explain(survey)
    assert score is not None and score.household_class == cls


def test_a_standard_without_points_is_not_explained() -> None:
    survey = Survey(area="RURAL", income_score=1, deprivations="0" * 12, standard="2027-2030")
    assert explain(survey) is None


def test_the_change_since_last_year_is_put_in_words(client: Client, road: Road) -> None:
    road.open().list()
    unmeasured = page_of(client, road, "lan").context["change"]
    road.survey(deprived=NEAR_POOR)
    measured = page_of(client, road, "lan").context["change"]
    assert (unmeasured["before"], unmeasured["after"]) == ("POOR", "")
    assert (measured["before"], measured["after"]) == ("POOR", "NEAR_POOR")
    assert measured["words"] != unmeasured["words"]


def test_the_timeline_tells_who_did_what_under_which_article(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet()

    timeline = page_of(client, road, "lan").context["timeline"]

    assert len(timeline) == 4
    assert timeline[0]["who"] == "Lê Thị Thu" and timeline[0]["article"]
    assert {"01/BB", "01/10/2024", 40} <= {fact["value"] for fact in timeline[0]["facts"]}


def test_the_page_of_a_case_names_no_other_household(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    page = page_of(client, road, "hoa", number=0).content.decode()
    for other in road.cases()[1:]:
        assert other.code not in page


def test_only_those_who_answer_a_complaint_read_who_made_it(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    complain(case=road.cases()[0], complainant="Ông Khiếu", content="Sai B1", **road.who("hoa"))
    for name, read in (("hoa", True), ("minh", True), ("hung", False), ("binh", False)):
        page = page_of(client, road, name).content.decode()
        assert "Sai B1" in page
        assert ("Ông Khiếu" in page) == read, name


def test_papers_of_the_whole_road_are_on_the_page(client: Client, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    complain(case=road.cases()[0], complainant="Ông A", content="…", **road.who("hoa"))
    page = page_of(client, road, "hoa").context
    assert len(page["surveys"]) == len(page["tallies"]) == len(page["postings"]) == 1
    assert len(page["complaints"]) == len(page["deadlines"]) == 1
    assert page["deadlines"][0].ends_on == date(2024, 10, 4)


# --- Reach and cost ---


def test_a_case_of_another_commune_is_not_found(client: Client, road: Road) -> None:
    road.open().list()
    for name in ("other_hoa", "other_binh", "other_minh", "other_hung"):
        assert page_of(client, road, name).status_code == 404


def test_the_page_costs_the_same_beside_few_and_many(
    client: Client, road: Road, make_households: Callable[..., Any]
) -> None:
    road.open().list().survey()
    costs = []
    for _each in range(2):
        page_of(client, road, "lan")
        with CaptureQueriesContext(connection) as captured:
            client.get(url_of(road.cases()[0]))
        costs.append(sum(not query["sql"].startswith(BESIDE) for query in captured))
        make_households(road.reviews[0].village, 60)
        road.list().survey()
    assert costs[0] == costs[1] < 30
