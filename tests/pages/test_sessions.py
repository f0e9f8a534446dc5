"""Sign-in sessions: how long they last, the PIN of the field, and ending them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from cases.duties import Role
from cases.models import Unit, User
from tests.conftest import PASSWORD
from workflow.pages.my_sessions import device_of
from workflow.sessions import (
    SEEN_AT,
    SIGNED_IN_AT,
    end_sessions,
    forget_dead_sessions,
    wall_clock,
)

pytestmark = pytest.mark.usefixtures("db")


def at_a_browser(person: User) -> Client:
    """Return a browser in which the person has signed in and opened a page."""
    browser = Client()
    browser.force_login(person)
    assert is_signed_in(browser)
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("inbox")).status_code == 200


def test_ending_a_persons_sessions_closes_every_browser_of_theirs_at_once(
    cast: dict[str, User],
) -> None:
    office, phone, somebody_else = (at_a_browser(cast[who]) for who in ("lan", "lan", "hung"))

    ended = end_sessions(cast["lan"])

    assert ended == 2
    assert not is_signed_in(office) and not is_signed_in(phone)
    assert is_signed_in(somebody_else)


def test_ending_the_others_leaves_ones_own(cast: dict[str, User]) -> None:
    here, there = at_a_browser(cast["lan"]), at_a_browser(cast["lan"])

    end_sessions(cast["lan"], but=here.session.session_key)

    assert is_signed_in(here) and not is_signed_in(there)


def test_a_session_is_listed_once_however_many_pages_are_opened(cast: dict[str, User]) -> None:
    browser = at_a_browser(cast["lan"])
    is_signed_in(browser)

    assert [row.session_key for row in UserSession.objects.all()] == [browser.session.session_key]


def test_a_session_with_a_new_key_can_still_be_ended(cast: dict[str, User]) -> None:
    browser = at_a_browser(cast["lan"])
    session = browser.session
    session.cycle_key()
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""
    assert is_signed_in(browser)

    end_sessions(cast["lan"])

    assert not is_signed_in(browser)


MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
PIN = "270519"


def unused_for(browser: Client, seconds: int, signed_in: int = 0) -> Client:
    """Return the browser after it has not been used for so long."""
    session = browser.session
    session[SEEN_AT] = wall_clock().timestamp() - seconds
    session[SIGNED_IN_AT] = wall_clock().timestamp() - (signed_in or seconds)
    session.save()
    return browser


def opened(browser: Client) -> str:
    """Return where opening the inbox leads to."""
    answer = browser.get(reverse("inbox"))
    return "inbox" if answer.status_code == 200 else resolve_name(answer)


def resolve_name(answer: Any) -> str:
    return resolve(urlsplit(answer.headers["Location"]).path).url_name or ""


@pytest.mark.parametrize(
    ("who", "unused", "signed_in", "leads_to"),
    [
        ("minh", 29 * MINUTE, 0, "inbox"),
        ("minh", 31 * MINUTE, 0, "sign-in"),
        ("minh", 0, 11 * HOUR, "inbox"),
        ("minh", 0, 13 * HOUR, "sign-in"),
        ("lan", 31 * MINUTE, 0, "sign-in"),
    ],
)
def test_without_a_pin_a_session_ends_after_half_an_hour_unused_or_half_a_day(
    cast: dict[str, User], who: str, unused: int, signed_in: int, leads_to: str
) -> None:
    browser = at_a_browser(cast[who])
    assert opened(unused_for(browser, unused, signed_in)) == leads_to


@pytest.mark.parametrize(
    ("unused", "signed_in", "leads_to"),
    [
        (29 * MINUTE, 0, "inbox"),
        (31 * MINUTE, 0, "unlock"),
        (11 * HOUR, 0, "unlock"),
        (13 * HOUR, 0, "sign-in"),
        (0, 6 * DAY, "inbox"),
        (31 * MINUTE, 6 * DAY, "unlock"),
        (0, 8 * DAY, "sign-in"),
    ],
)
def test_in_the_field_a_pin_keeps_the_session_for_half_a_day_unused_and_a_week(
    cast: dict[str, User], unused: int, signed_in: int, leads_to: str
) -> None:
    assert opened(unused_for(with_pin(cast["lan"]), unused, signed_in)) == leads_to


def with_pin(person: User) -> Client:
    browser = at_a_browser(person)
    assert browser.post(reverse("pin"), {"pin": PIN, "again": PIN}).status_code == 302
    return browser


def test_the_right_pin_opens_the_session_again(cast: dict[str, User]) -> None:
    browser = unused_for(with_pin(cast["lan"]), HOUR)

    answer = browser.post(reverse("unlock"), {"pin": PIN, "next": reverse("rounds")})

    assert answer.headers["Location"] == reverse("rounds")
    assert opened(browser) == "inbox"


def test_a_wrong_pin_opens_nothing(cast: dict[str, User]) -> None:
    browser = unused_for(with_pin(cast["lan"]), HOUR)
    answer = browser.post(reverse("unlock"), {"pin": "000000"})
    assert answer.context["form"].errors.as_data()["pin"][0].code == "wrong_pin"
    assert opened(browser) == "unlock"


def test_five_wrong_pins_end_the_session(cast: dict[str, User]) -> None:
    browser = unused_for(with_pin(cast["lan"]), HOUR)
    for _each in range(5):
        browser.post(reverse("unlock"), {"pin": "000000"})

    assert browser.post(reverse("unlock"), {"pin": PIN}).status_code == 302
    assert opened(browser) == "sign-in"
    assert not UserSession.objects.filter(user=cast["lan"]).exists()


def test_the_right_pin_gives_five_tries_again(cast: dict[str, User]) -> None:
    browser = with_pin(cast["lan"])
    for _round in range(2):
        unused_for(browser, HOUR)
        for _each in range(4):
            browser.post(reverse("unlock"), {"pin": "000000"})
        browser.post(reverse("unlock"), {"pin": PIN})
    assert opened(browser) == "inbox"


def test_a_try_that_another_overtook_is_not_looked_at(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = unused_for(with_pin(cast["lan"]), HOUR)
    row = UserSession.objects.get(user=cast["lan"])
    stale = UserSession.objects.get(pk=row.pk)
    UserSession.objects.filter(pk=row.pk).update(data={**row.data, "pin_tries": 3})
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.first",
        lambda rows: stale if rows.model is UserSession else rows[:1].get(),
    )
    browser.post(reverse("unlock"), {"pin": PIN})
    monkeypatch.undo()
    assert opened(browser) == "unlock"


def test_the_pin_is_kept_as_a_hash_only(cast: dict[str, User]) -> None:
    browser = with_pin(cast["lan"])
    assert PIN not in str(UserSession.objects.get(user=cast["lan"]).data)
    assert PIN not in str(dict(browser.session))


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "12345", "1234567", "١٢٣٤٥٦", ""])
def test_a_pin_that_is_easy_or_no_pin_is_refused(cast: dict[str, User], pin: str) -> None:
    browser = at_a_browser(cast["lan"])
    assert browser.post(reverse("pin"), {"pin": pin, "again": pin}).status_code == 200


def test_an_office_has_no_pin(cast: dict[str, User]) -> None:
    assert at_a_browser(cast["minh"]).get(reverse("pin")).status_code == 404


def test_who_gets_an_office_loses_the_long_session(
    cast: dict[str, User], appoint: Callable[..., User], tan_lap: Unit
) -> None:
    browser = with_pin(cast["lan"])
    appoint("lan", "", Role.COMMUNE_OFFICER, tan_lap)
    assert opened(unused_for(browser, HOUR)) == "sign-in"


def test_what_is_sent_to_a_session_that_is_over_is_not_done_and_it_is_said(
    cast: dict[str, User],
) -> None:
    browser = unused_for(at_a_browser(cast["minh"]), HOUR)
    answer = browser.post(reverse("end-session"), {"session": "others"}, follow=True)
    levels = [message.level_tag for message in answer.context["messages"]]
    assert levels == ["info", "warning"]


def test_a_part_of_a_page_is_not_filled_with_the_sign_in_page(cast: dict[str, User]) -> None:
    browser = unused_for(at_a_browser(cast["minh"]), HOUR)
    answer = browser.get(reverse("inbox"), headers={"hx-request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("sign-in"))


def test_one_sees_ones_own_sessions_only_and_ends_one(cast: dict[str, User]) -> None:
    here, there, hungs = (at_a_browser(cast[who]) for who in ("lan", "lan", "hung"))
    shown = here.get(reverse("my-sessions")).context["sessions"]
    assert [each["here"] for each in shown] == [True, False]

    here.post(reverse("end-session"), {"session": shown[1]["row"].pk})

    assert not is_signed_in(there) and is_signed_in(here) and is_signed_in(hungs)


def test_another_persons_session_cannot_be_ended(cast: dict[str, User]) -> None:
    lan, hung = at_a_browser(cast["lan"]), at_a_browser(cast["hung"])
    lan.post(reverse("end-session"), {"session": UserSession.objects.get(user=cast["hung"]).pk})
    assert is_signed_in(hung)


@pytest.mark.parametrize("which", ["", "x", "-1", "9" * 30, "²", "0"])
def test_what_names_no_session_ends_none(cast: dict[str, User], which: str) -> None:
    lan = at_a_browser(cast["lan"])
    assert lan.post(reverse("end-session"), {"session": which}).status_code == 302
    assert is_signed_in(lan)


def test_all_other_sessions_end_at_once(cast: dict[str, User]) -> None:
    here, there = at_a_browser(cast["lan"]), at_a_browser(cast["lan"])
    here.post(reverse("end-session"), {"session": "others"})
    assert is_signed_in(here) and not is_signed_in(there)


def test_dead_sessions_are_forgotten(cast: dict[str, User]) -> None:
    at_a_browser(cast["lan"])
    Session.objects.update(expire_date=wall_clock())
    assert forget_dead_sessions() == 1
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"),
    ],
)
def test_a_device_is_named_as_far_as_its_browser_says(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_opening_a_page_costs_no_query_for_the_age_of_the_session(cast: dict[str, User]) -> None:
    browser = at_a_browser(cast["minh"])
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("my-sessions"))
    assert not [q for q in captured if "UPDATE" in q["sql"]]


@pytest.mark.parametrize(("who", "told"), [("lan", ["info"]), ("minh", [])])
def test_who_works_in_villages_is_told_of_the_pin(
    cast: dict[str, User], who: str, told: list[str]
) -> None:
    asked = {"username": cast[who].username, "password": PASSWORD}
    answer: Any = Client().post(reverse("sign-in"), asked, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == told
