"""The pages of who holds what: read, give, end, lend, stand in; each deed is looked at twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import RecordedRefusal, RoleAssignment, Unit, User
from cases.permissions import read_scope
from tests.rights.conftest import TODAY, Hands, held, recorded

Browser = Callable[[str], Client]
LIST = reverse("appointments")
NEW = reverse("appointment-new", args=["24646"])
OFFICER = {"user": "dung", "role": "COMMUNE_OFFICER", "since": "12/10/2024", "paper": "3/QĐ"}


def end_page(row: RoleAssignment) -> str:
    return reverse("appointment-end", args=[row.pk])


def rows(page: Any, part: int) -> list[str]:
    return [row.row.user.username for row in page.context["parts"][part]["rows"]]


def send_twice(client: Client, url: str, answers: dict[str, Any]) -> tuple[Any, Any]:
    return client.post(url, answers), client.post(url, {**answers, "step": "save"})


def test_a_role_is_given_after_a_second_look(browser: Browser, people: dict[str, User]) -> None:
    client = browser("binh")

    first = client.post(NEW, OFFICER)
    nothing_yet = not people["dung"].assignments.exists()
    done = client.post(NEW, {**OFFICER, "step": "save"})

    assert (first.status_code, nothing_yet, done.status_code) == (200, True, 302)
    row = people["dung"].assignments.get()
    assert (row.valid_from, row.paper, row.given_by) == (TODAY, "3/QĐ", people["binh"])
    assert "dung" in rows(client.get(LIST), 0)
    assert browser("dung").get(LIST).status_code == 200


def test_the_second_look_can_be_gone_back_from(browser: Browser) -> None:
    again = browser("binh").post(NEW, {**OFFICER, "step": "edit"})

    assert again.status_code == 200
    assert again.context["form"]["paper"].value() == "3/QĐ"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user": "khong.co"}, "user"),
        ({"role": "COMMUNE_CHAIR"}, "role"),
        ({"paper": ""}, "paper"),
        ({"since": "31/02/2024"}, "since"),
        ({"until": "31/12/9999"}, "until"),
        ({"since": "31/12/9999"}, "since"),
        ({"since": "01/01/0001"}, "since"),
        ({"since": "31/12/1944"}, "since"),
        ({"until": "01/01/2101"}, "until"),
    ],
)
def test_answers_that_make_no_sense_are_told_at_their_field(
    browser: Browser, people: dict[str, User], change: dict[str, str], field: str
) -> None:
    page = browser("binh").post(NEW, {**OFFICER, **change, "step": "save"})

    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not people["dung"].assignments.exists()


def test_what_is_refused_is_told_and_written_down(
    browser: Browser, people: dict[str, User]
) -> None:
    page = browser("binh").post(NEW, {**OFFICER, "user": "binh", "step": "save"})

    assert page.status_code == 422
    refusal = RecordedRefusal.objects.get()
    assert (refusal.door, refusal.code) == ("appointment-new", "self_appointment")
    assert (refusal.user, refusal.unit) == (people["binh"], Unit.objects.get(code="24646"))


def test_a_second_press_gives_nothing_twice(browser: Browser, people: dict[str, User]) -> None:
    client = browser("binh")
    answers = {**OFFICER, "step": "save"}

    assert [client.post(NEW, answers).status_code for _press in range(2)] == [302, 422]
    assert people["dung"].assignments.count() == 1
    assert recorded() == [("appointment-new", "already_held")]


@pytest.mark.parametrize("who", ["minh", "lan", "hoa", "son", "other_binh", "vinh"])
def test_who_gives_no_role_here_finds_no_page_for_it(browser: Browser, who: str) -> None:
    client = browser(who)
    urls = [NEW, end_page(held("minh", Role.COMMUNE_OFFICER))]

    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert [client.post(url, OFFICER).status_code for url in urls] == [404, 404]


def test_the_chair_gives_roles_on_a_village_of_the_commune(
    browser: Browser, people: dict[str, User]
) -> None:
    url = reverse("appointment-new", args=["24646.002"])
    answers = {**OFFICER, "role": "REVIEWER", "until": "31/12/2024"}

    _look, done = send_twice(browser("binh"), url, answers)

    assert done.status_code == 302
    assert people["dung"].assignments.get().valid_until == date(2025, 1, 1)


def test_a_role_is_ended_at_once_and_the_page_says_so_before(
    browser: Browser, people: dict[str, User]
) -> None:
    minh = browser("minh")
    minh.get(LIST)
    answers = {"when": "now", "reason": "DISMISSAL", "paper": "40/QĐ"}

    look, done = send_twice(browser("binh"), end_page(held("minh", Role.COMMUNE_OFFICER)), answers)

    assert (look.status_code, done.status_code) == (200, 302)
    assert len(look.context["lines"]) == 3
    assert minh.get(LIST).status_code == 302
    assert "minh" in rows(browser("binh").get(LIST), 2)


def test_an_end_after_a_day_needs_the_day(browser: Browser) -> None:
    answers = {"when": "later", "reason": "TRANSFER", "paper": "40/QĐ"}
    row = held("minh", Role.COMMUNE_OFFICER)

    page = browser("binh").post(end_page(row), {**answers, "step": "save"})
    done = browser("binh").post(end_page(row), {**answers, "until": "31/10/2024", "step": "save"})

    assert list(page.context["form"].errors) == ["until"]
    assert done.status_code == 302
    assert held("minh", Role.COMMUNE_OFFICER).valid_until == date(2024, 11, 1)


def test_the_chair_delegates_a_part_until_a_day(browser: Browser, people: dict[str, User]) -> None:
    url = reverse("appointment-delegate", args=[held("binh", Role.COMMUNE_CHAIR).pk])
    answers = {
        "to": "dung",
        "duties": ["sign_report"],
        "since": "12/10/2024",
        "until": "20/10/2024",
        "paper": "7/UQ",
        "paper_until": "19/10/2024",
    }

    refused = browser("binh").post(url, answers)
    _look, done = send_twice(browser("binh"), url, {**answers, "paper_until": "31/10/2024"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert recorded() == [("appointment-delegate", "longer_than_paper")]
    assert set(read_scope(people["dung"], TODAY)) == {"sign_report", "view_cases"}
    assert "APPOINT" not in refused.content.decode()


def test_whoever_lent_takes_it_back(browser: Browser, people: dict[str, User]) -> None:
    test_the_chair_delegates_a_part_until_a_day(browser, people)
    loan = people["dung"].assignments.get()

    _look, done = send_twice(
        browser("binh"), end_page(loan), {"when": "now", "reason": "RETURN", "paper": "8/UQ"}
    )

    assert done.status_code == 302
    assert read_scope(people["dung"], TODAY) == {}


def test_somebody_stands_in_during_a_leave(browser: Browser, people: dict[str, User]) -> None:
    url = reverse("appointment-substitute", args=[held("lan", Role.REVIEWER, "24646.001").pk])
    answers = {"to": "dung", "since": "13/10/2024", "until": "14/10/2024", "paper": "9/GNP"}

    look, done = send_twice(browser("binh"), url, answers)

    assert (look.status_code, done.status_code) == (200, 302)
    row = people["dung"].assignments.get()
    assert (row.kind, row.valid_until) == ("SUBSTITUTION", date(2024, 10, 15))
    assert "dung" in rows(browser("binh").get(LIST), 1)


def test_what_was_lent_offers_no_page_to_lend_it_again(
    browser: Browser, people: dict[str, User]
) -> None:
    test_the_chair_delegates_a_part_until_a_day(browser, people)
    loan = people["dung"].assignments.get()

    for who in ("binh", "dung"):
        for name in ("appointment-delegate", "appointment-substitute"):
            assert browser(who).get(reverse(name, args=[loan.pk])).status_code == 404


def test_who_was_chair_on_a_day_is_answered_for_ever(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    row = held("binh", Role.COMMUNE_CHAIR)
    answers = {"when": "later", "until": "31/10/2024", "reason": "RETIREMENT", "paper": "40/QĐ"}
    send_twice(browser("quyen"), end_page(row), answers)
    hands.to("2026-03-01")

    page = browser("minh").get(LIST, {"ngay": "12/10/2024"})
    later = browser("minh").get(LIST, {"ngay": "01/11/2024"})

    assert "binh" in rows(page, 0)
    assert "binh" not in rows(later, 0)
    assert "binh" in rows(browser("minh").get(LIST), 2)


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        ("lan", "24646.001", 200),
        ("lan", "24646", 404),
        ("minh", "24646", 200),
        ("minh", "24652", 404),
        ("minh", "662", 404),
        ("son", "24652", 200),
        ("vinh", "67", 200),
        ("vinh", "khong-co", 404),
        ("dung", "24646", 404),
    ],
)
def test_one_reads_the_units_of_ones_duty(
    browser: Browser, who: str, unit: str, status: int
) -> None:
    assert browser(who).get(LIST, {"don-vi": unit}).status_code == status


def test_everybody_comes_to_the_own_unit_first(browser: Browser) -> None:
    first = {who: browser(who).get(LIST).context["unit"].code for who in ("lan", "binh", "quyen")}
    assert first == {"lan": "24646.001", "binh": "24646", "quyen": "662"}


def test_the_page_costs_no_query_for_each_assignment(
    browser: Browser, people: dict[str, User]
) -> None:
    client = browser("binh")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    queries()  # the session is entered in its list
    before = queries()
    commune = Unit.objects.get(code="24646")
    for number in range(20):
        user = User.objects.create(username=f"u{number}", full_name=f"Người {number}")
        RoleAssignment.objects.create(
            user=user, role="COMMUNE_OFFICER", unit=commune, valid_from=TODAY, paper="1/QĐ"
        )
    assert queries() == before
