"""A declared interest ends by a paper, from a day to come; before that day it stands."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import DeclaredInterest, Household, Round, User
from tests.conftest import POOR, Road
from tests.rights.conftest import Hands
from workflow.acts.surveying import SurveySheet, survey_case
from workflow.invariants import audit
from workflow.machine.refusals import Refused

LAN_DECLARED = date(2024, 9, 20)


@pytest.fixture
def declared(road: Road, people: dict[str, User]) -> DeclaredInterest:
    lan = people["lan"]
    return DeclaredInterest.objects.create(
        user=lan,
        household=Household.objects.get(code="24646-00001"),
        relation="RELATIVE",
        declared_on=LAN_DECLARED,
        declared_by=lan,
    )


def end(client: Client, declared: DeclaredInterest, day: str, paper: str = "1/GXN") -> int:
    url = reverse("interest-end", args=[declared.pk])
    return client.post(url, {"ended_on": day, "paper": paper, "step": "save"}).status_code


def test_an_interest_is_ended_by_a_paper_and_stays_on_file(
    declared: DeclaredInterest, browser: Callable[[str], Client]
) -> None:
    client = browser("lan")
    url = reverse("interest-end", args=[declared.pk])
    look = client.post(url, {"ended_on": "15/10/2024", "paper": "1/GXN"})

    assert (look.status_code, end(client, declared, "15/10/2024")) == (200, 302)
    declared.refresh_from_db()
    assert (declared.ended_on, declared.ended_paper) == (date(2024, 10, 15), "1/GXN")
    assert list(client.get(reverse("interests")).context["declared"]) == [declared]
    assert client.get(url).status_code == 404  # it has ended


@pytest.mark.parametrize(
    ("day", "paper"), [("12/10/2024", "1"), ("11/10/2024", "1"), ("13/10/2024", "")]
)
def test_it_does_not_end_today_nor_without_a_paper(
    declared: DeclaredInterest, browser: Callable[[str], Client], day: str, paper: str
) -> None:
    assert end(browser("lan"), declared, day, paper) == 422
    declared.refresh_from_db()
    assert declared.ended_on is None


def test_nobody_ends_anothers(declared: DeclaredInterest, browser: Callable[[str], Client]) -> None:
    assert [end(browser(who), declared, "15/10/2024") for who in ("hung", "binh")] == [404, 404]


def test_the_act_asks_why_until_the_last_day_and_not_after(
    declared: DeclaredInterest, road: Road, browser: Callable[[str], Client]
) -> None:
    end(browser("lan"), declared, "13/10/2024")
    road.open().list()
    road.pass_days(11)
    assert road.at.date() == date(2024, 10, 12)

    with pytest.raises(Refused) as caught:
        road.survey()
    road.pass_days(1).survey()

    assert caught.value.codes == {"interest_noted"}


def test_it_is_declared_again_when_it_comes_back(
    declared: DeclaredInterest, browser: Callable[[str], Client], hands: Hands
) -> None:
    client = browser("lan")
    end(client, declared, "13/10/2024")
    answers = {"household": "24646-00001", "relation": "MEMBER"}
    too_soon = client.post(reverse("interests"), answers).status_code
    hands.to("2024-10-14")

    again = client.post(reverse("interests"), answers).status_code

    assert (too_soon, again, DeclaredInterest.objects.count()) == (422, 302, 2)


@pytest.fixture
def binhs(road: Road) -> Callable[[], DeclaredInterest]:
    """Return what declares the chair close to the first household, long ago."""
    return lambda: DeclaredInterest.objects.create(
        user=road.cast["binh"],
        household=Household.objects.get(code="24646-00001"),
        relation="RELATIVE",
        declared_on=LAN_DECLARED,
        declared_by=road.cast["binh"],
    )


def survey_by_binh(road: Road, note: str = "") -> None:
    """Type in the form that names the chair as reviewer."""
    case = road.round.cases.get(code="24646-00001")
    sheet = SurveySheet(case, road.at.date(), road.cast["binh"].full_name, 100, POOR)
    survey_case(sheet=sheet, conflict_note=note, **road.who("lan"))


def test_whom_a_form_names_is_asked_why_whoever_types_it_in(
    road: Road, binhs: Callable[[], DeclaredInterest]
) -> None:
    binhs()
    road.open().list()

    with pytest.raises(Refused) as caught:
        survey_by_binh(road)
    survey_by_binh(road, note="Không còn ai khác trong thôn")

    assert caught.value.codes == {"interest_noted"}
    assert not {"INV-30"} & {found.invariant for found in audit(Round.objects.all())}


def test_the_audit_asks_it_of_the_form_too(
    road: Road, binhs: Callable[[], DeclaredInterest]
) -> None:
    road.open().list()
    survey_by_binh(road)
    binhs()

    found = [each for each in audit(Round.objects.all()) if each.invariant == "INV-30"]

    assert [(each.case_code, each.sequence) for each in found] == [("24646-00001", 3)]
