"""The desk: signing in and out, the language, the inbox and the demonstration's clock."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import CalendarEdition, User
from tests.conftest import PASSWORD, Road, moment
from workflow import clock
from workflow.inbox import Owed
from workflow.models import DemoClock
from workflow.pages import desk

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True


def test_a_person_signs_in_and_comes_to_the_inbox(client: Client, cast: dict[str, User]) -> None:
    form = client.get(reverse("sign-in"))
    answer = client.post(reverse("sign-in"), {"username": "lan", "password": PASSWORD})

    assert 'autocomplete="username"' in form.content.decode()
    assert 'autocomplete="current-password"' in form.content.decode()
    assert answer.headers["Location"] == reverse("inbox")


def test_a_wrong_password_is_told_and_opens_nothing(client: Client, cast: dict[str, User]) -> None:
    answer = client.post(reverse("sign-in"), {"username": "lan", "password": "sai"})
    assert answer.context["form"].non_field_errors().as_data()[0].code == "invalid_login"
    assert client.get(reverse("inbox")).status_code == 302


def test_after_signing_out_the_inbox_is_closed(client: Client, cast: dict[str, User]) -> None:
    client.force_login(cast["lan"])
    client.post(reverse("sign-out"))
    assert client.get(reverse("inbox")).headers["Location"].startswith(reverse("sign-in"))


def test_the_language_is_kept_and_no_foreign_site_is_gone_to(client: Client) -> None:
    asked = {"language": "en", "next": "https://example.org/"}
    answer = client.post(reverse("set_language"), asked)
    assert client.cookies["django_language"].value == "en"
    assert "example.org" not in answer.headers["Location"]


def test_demo_accounts_are_shown_in_the_demonstration_only(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"username": "demo-lan", "title": "Rà soát viên", "place": "Thôn 1", "password": ""}
    monkeypatch.setattr("workflow.demo_accounts.demo_accounts", lambda: [account])

    assert "demo-lan" not in client.get(reverse("sign-in")).content.decode()
    settings.DEMO = True
    assert "demo-lan" in client.get(reverse("sign-in")).content.decode()


def test_an_empty_inbox_says_so(
    client: Client, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.dues, "owed", lambda user, at: [])
    client.force_login(cast["lan"])
    assert 'class="empty"' in client.get(reverse("inbox")).content.decode()


def due(title: str, due_on: date | None, overdue: bool = False) -> Owed:
    return Owed(title, "Thôn 1", "/x/", due_on, overdue, 3, "survey")


def test_what_is_owed_stands_by_date_with_the_overdue_first(
    client: Client, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = moment("2024-10-10")
    monkeypatch.setattr(clock, "now", lambda: today)
    owed = [
        due("không hạn", None),
        due("xa", date(2024, 10, 30)),
        due("gần", date(2024, 10, 11)),
        due("trễ", date(2024, 10, 1), overdue=True),
    ]
    monkeypatch.setattr(desk.dues, "owed", lambda user, at: owed)
    client.force_login(cast["lan"])

    tasks = client.get(reverse("inbox")).context["tasks"]

    assert [task["title"] for task in tasks] == ["trễ", "gần", "xa", "không hạn"]
    assert [task["tone"] for task in tasks] == ["bad", "warn", "plain", "plain"]


def test_the_inbox_shows_time_limits_of_ones_own_villages_only(
    client: Client, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.open().list().survey().classify().meet().post()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    seen = {}
    for name in ("hung", "other_hung", "other_minh"):
        client.force_login(road.cast[name])
        seen[name] = len(client.get(reverse("inbox")).context["deadlines"])
    assert seen == {"hung": 1, "other_hung": 0, "other_minh": 0}


def shown_day() -> date:
    return timezone.localdate(clock.now())


@pytest.mark.usefixtures("demo", "calendar")
@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ({"to": "next-day"}, date(2024, 10, 5)),
        ({"to": "next-working-day"}, date(2024, 10, 7)),
        ({"to": "day", "day": "01/12/2024"}, date(2024, 12, 1)),
        ({"to": "day", "day": "2024-12-01"}, date(2024, 12, 1)),
        ({"to": "day", "day": "2024-02-31"}, date(2024, 10, 4)),
        ({"to": "day"}, date(2024, 10, 4)),
        ({}, date(2024, 10, 4)),
    ],
)
def test_the_demo_clock_moves_to_a_morning(
    client: Client, cast: dict[str, User], asked: dict[str, str], day: date
) -> None:
    clock.set_demo_clock(moment("2024-10-04"))  # a Friday
    client.force_login(cast["lan"])

    answer = client.post(reverse("demo-clock"), asked | {"next": "/dot/"})

    assert answer.headers["Location"] == "/dot/"
    assert shown_day() == day


@pytest.mark.usefixtures("demo")
def test_without_a_calendar_the_demo_clock_says_what_is_missing(
    client: Client, cast: dict[str, User]
) -> None:
    CalendarEdition.objects.all().delete()
    client.force_login(cast["lan"])
    answer = client.post(reverse("demo-clock"), {"to": "next-working-day"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_outside_the_demonstration_there_is_no_clock_to_move(
    client: Client, cast: dict[str, User]
) -> None:
    client.force_login(cast["lan"])
    assert client.post(reverse("demo-clock"), {"to": "next-day"}).status_code == 404
    assert not DemoClock.objects.exists()


@pytest.mark.usefixtures("demo")
def test_the_clock_does_not_lead_to_another_site(client: Client, cast: dict[str, User]) -> None:
    client.force_login(cast["lan"])
    asked = {"to": "next-day", "next": "//example.org/"}
    assert client.post(reverse("demo-clock"), asked).headers["Location"] == reverse("inbox")


def test_the_inbox_costs_the_same_for_few_and_many_households(
    client: Client,
    road: Road,
    make_households: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    client.force_login(road.cast["hung"])
    road.open().list().survey()
    few = queries_of(client, reverse("inbox"))
    make_households(road.reviews[0].village, 60)
    road.list().survey()
    assert queries_of(client, reverse("inbox")) == few


def queries_of(client: Client, url: str) -> int:
    """Return the number of queries of a page, opened for the second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
