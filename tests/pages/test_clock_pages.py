"""The pages that stop the clock of a time limit and let it go on."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from cases.models import RunningTerm, TermPause, TermRecount
from tests.conftest import Road
from tests.pages.test_act_pages import Desk, codes
from tests.pages.test_translations import vietnamese_left
from workflow.acts.posting import complain

PAPER = {"reason": "Bão số 4", "paper": "15/TB-UBND"}


@pytest.fixture
def desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(road, monkeypatch)


def contested(road: Road, number: int = 0) -> RunningTerm:
    """Complain about a household on Tuesday 01/10/2024; posted first, if it is not."""
    if not hasattr(road, "round"):
        road.open().list().survey().classify().meet().post()
    case = road.cases()[number]
    complain(case=case, complainant="Ông Ba", content="Nhà có xe", **road.who("minh"))
    return RunningTerm.objects.get(code="reverification", case=case)


def answers(term: RunningTerm, **changes: Any) -> dict[str, Any]:
    return {"which": term.pk, **PAPER, **changes}


def offered(page: Any) -> list[str]:
    return [str(key) for key, _title in page.context["form"].fields["which"].choices if key]


def test_the_committee_stops_the_clock_of_one_household(desk: Desk, road: Road) -> None:
    first, second = contested(road), contested(road, 1)

    done = desk.send("hoa", desk.round_url("suspend_term"), answers(second))

    assert done.url == reverse("round", kwargs={"key": "2024-24646"})
    assert TermPause.objects.get().term == second
    page = desk.open("hoa", desk.round_url("suspend_term"))
    assert offered(page) == [str(first.pk)]
    assert offered(desk.open("hoa", desk.round_url("resume_term"))) == [str(second.pk)]


def test_the_new_last_day_is_shown_before_the_clock_goes_on(desk: Desk, road: Road) -> None:
    term = contested(road)
    desk.send("hoa", desk.round_url("suspend_term"), answers(term))
    road.pass_days(6)

    look = desk.send("hoa", desk.round_url("resume_term"), answers(term), step="check")

    assert "09/10/2024" in look.content.decode()
    assert not TermRecount.objects.exists()
    desk.send("hoa", desk.round_url("resume_term"), answers(term))
    term.refresh_from_db()
    assert term.ends_on == date(2024, 10, 9)


def test_a_clock_without_its_paper_is_refused_with_a_code(desk: Desk, road: Road) -> None:
    term = contested(road)

    page = desk.send("hoa", desk.round_url("suspend_term"), answers(term, paper=""))

    assert (page.status_code, codes(page)) == (409, {"pause_explained"})
    assert page.context["form"]["reason"].value() == "Bão số 4"
    assert not TermPause.objects.exists()


def test_a_posting_is_not_offered(desk: Desk, road: Road) -> None:
    term = contested(road)

    assert offered(desk.open("hoa", desk.round_url("suspend_term"))) == [str(term.pk)]


@pytest.mark.parametrize("which", ["", "999", "x", "0"])
def test_a_term_that_is_not_offered_cannot_be_sent(desk: Desk, road: Road, which: str) -> None:
    term = contested(road)

    page = desk.send("hoa", desk.round_url("suspend_term"), answers(term, which=which))

    assert page.status_code == 200
    assert "which" in page.context["form"].errors
    assert not TermPause.objects.exists()


@pytest.mark.parametrize(
    ("act", "code"), [("suspend_term", "term_may_pause"), ("resume_term", "term_is_paused")]
)
def test_a_round_without_such_a_term_says_so(desk: Desk, road: Road, act: str, code: str) -> None:
    road.open()

    assert codes(desk.open("hoa", desk.round_url(act))) == {code}


@pytest.mark.parametrize("name", ["minh", "binh", "lan"])
def test_only_the_committee_stops_clocks(desk: Desk, road: Road, name: str) -> None:
    contested(road)

    page = desk.open(name, desk.round_url("suspend_term"))

    assert (page.status_code, codes(page)) == (403, {"no_duty"})


def test_the_list_of_terms_leads_whoever_may_to_the_two_acts(desk: Desk, road: Road) -> None:
    contested(road)
    terms, act = reverse("terms", kwargs={"key": "2024-24646"}), desk.round_url("suspend_term")

    assert f'href="{act}"' in desk.open("hoa", terms).content.decode()
    assert f'href="{act}"' not in desk.open("lan", terms).content.decode()


def test_many_terms_cost_the_page_as_much_as_few(
    desk: Desk, road: Road, django_assert_max_num_queries: Any
) -> None:
    term = contested(road)
    client, url = desk.client("hoa"), desk.round_url("suspend_term")
    client.get(url)
    with django_assert_max_num_queries(100) as few:
        client.get(url)
    fields = {
        name: getattr(term, name)
        for name in ("round", "village_review", "case", "starts_on", "days", "kind", "started_by")
    }
    RunningTerm.objects.bulk_create(
        RunningTerm(
            **fields,
            code="reverification",
            ends_on=term.ends_on,
            calendar_version=term.calendar_version,
        )
        for _n in range(50)
    )
    with django_assert_max_num_queries(len(few)):
        page = client.get(url)

    assert len(offered(page)) == 51


def test_the_two_pages_are_english_for_who_chose_it(desk: Desk, road: Road) -> None:
    term = contested(road)
    client = desk.client("hoa")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    left = vietnamese_left(client.get(desk.round_url("suspend_term")).content.decode())
    desk.send("hoa", desk.round_url("suspend_term"), answers(term))
    left += vietnamese_left(client.get(desk.round_url("resume_term")).content.decode())

    assert left == []
