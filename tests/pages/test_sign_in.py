"""Signing in: a wrong try makes the next wait, and nobody is kept out for good."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cases.models import User
from tests.conftest import PASSWORD
from workflow.sign_in import delays
from workflow.sign_in.delays import delay_after, forget_old_tries

pytestmark = pytest.mark.usefixtures("db", "cast")
VILLAGE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
WAIT, WRONG, IN = 429, 200, 302


def try_to(browser: Client, name: str, password: str, address: str = VILLAGE) -> int:
    """Return the status: signed in, wrong, or told to wait."""
    asked = {"username": name, "password": password}
    return browser.post(reverse("sign-in"), asked, REMOTE_ADDR=address).status_code


def wrong_tries(number: int, name: str = "hung", address: str = VILLAGE) -> list[int]:
    return [try_to(Client(), name, f"sai {each}", address) for each in range(number)]


def pass_minutes(minutes: float) -> None:
    """Let what was recorded have happened so much earlier."""
    for model in (AccessFailureLog, AccessLog):
        for row in model.objects.all():
            earlier = row.attempt_time - timedelta(minutes=minutes)
            model.objects.filter(pk=row.pk).update(attempt_time=earlier)


def test_the_delay_doubles_up_to_half_an_hour() -> None:
    minutes = [delay_after(number, 4).total_seconds() / 60 for number in range(12)]
    assert minutes == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]


def test_after_a_thousand_wrong_tries_the_wait_is_still_half_an_hour() -> None:
    assert delay_after(1000, 4) == timedelta(minutes=30)


def test_the_fifth_wrong_try_has_to_wait() -> None:
    assert wrong_tries(6) == [WRONG] * 4 + [WAIT, WAIT]


def test_the_wait_is_told_in_seconds_too() -> None:
    wrong_tries(5)
    asked = {"username": "hung", "password": "sai"}
    answer = Client().post(reverse("sign-in"), asked, REMOTE_ADDR=VILLAGE)
    assert 50 <= int(answer.headers["Retry-After"]) <= 60


def test_the_right_password_is_not_looked_at_during_the_wait() -> None:
    wrong_tries(5)
    assert try_to(Client(), "hung", PASSWORD) == WAIT


def test_the_right_password_works_after_the_wait() -> None:
    wrong_tries(5)
    pass_minutes(1.1)
    assert try_to(Client(), "hung", PASSWORD) == IN


def test_each_further_wrong_try_waits_twice_as_long() -> None:
    wrong_tries(5)
    pass_minutes(1.1)
    wrong_tries(1)
    pass_minutes(1.1)
    too_soon = try_to(Client(), "hung", PASSWORD)
    pass_minutes(1)
    assert (too_soon, try_to(Client(), "hung", PASSWORD)) == (WAIT, IN)


def test_trying_during_the_wait_does_not_make_it_longer() -> None:
    wrong_tries(5)
    wrong_tries(20)
    pass_minutes(1.1)
    assert try_to(Client(), "hung", PASSWORD) == IN


def test_who_has_signed_in_starts_anew() -> None:
    wrong_tries(4)
    assert try_to(Client(), "hung", PASSWORD) == IN
    assert wrong_tries(4) == [WRONG] * 4


def test_a_stranger_elsewhere_does_not_keep_the_village_head_out() -> None:
    wrong_tries(10, address=ELSEWHERE)
    assert try_to(Client(), "hung", PASSWORD, VILLAGE) == IN


def test_strangers_at_many_addresses_do_not_keep_out_who_signed_in_here_before() -> None:
    phone, new_phone = Client(), Client()
    try_to(phone, "hung", PASSWORD)
    phone.post(reverse("sign-out"))
    for number in range(delays.ACCOUNT.free // 4 + 1):
        wrong_tries(4, address=f"198.51.100.{number}")

    other_cell = "203.0.113.99"
    assert try_to(new_phone, "hung", PASSWORD, other_cell) == WAIT
    assert try_to(phone, "hung", PASSWORD, other_cell) == IN


def test_who_tries_at_every_chance_behind_ones_own_address_does_not_keep_out_a_known_phone() -> (
    None
):
    phone = Client()
    try_to(phone, "hung", PASSWORD)
    phone.post(reverse("sign-out"))
    halves_of_an_hour = 2 * 36

    got_in = []
    for _half_hour in range(halves_of_an_hour):
        wrong_tries(6)
        got_in.append(try_to(phone, "hung", PASSWORD))
        phone.post(reverse("sign-out"))
        wrong_tries(6)
        pass_minutes(30.1)

    assert got_in == [IN] * halves_of_an_hour


def test_a_known_phone_waits_for_its_own_wrong_tries_wherever_it_goes() -> None:
    phone = Client()
    try_to(phone, "hung", PASSWORD)
    phone.post(reverse("sign-out"))

    tried = [try_to(phone, "hung", "sai", f"203.0.113.{number}") for number in range(6)]
    assert tried == [WRONG] * 4 + [WAIT, WAIT]
    pass_minutes(1.1)
    assert try_to(phone, "hung", PASSWORD, ELSEWHERE) == IN


def test_signing_in_as_oneself_buys_no_tries_on_who_signed_in_here_before() -> None:
    shared = Client()
    for name in ("hung", "minh"):
        try_to(shared, name, PASSWORD)
        shared.post(reverse("sign-out"))
    for number in range(4):
        try_to(shared, "hung", f"sai {number}")

    try_to(shared, "minh", PASSWORD)
    shared.post(reverse("sign-out"))

    assert [try_to(shared, "hung", "sai") for _time in range(2)] == [WAIT, WAIT]


def test_a_header_makes_no_browser_known() -> None:
    phone = Client()
    try_to(phone, "hung", PASSWORD)
    phone.post(reverse("sign-out"))
    try_to(phone, "hung", "sai")
    mark = AccessFailureLog.objects.get().http_accept
    asked = {"username": "hung", "password": "sai"}

    for _time in range(5):
        Client().post(reverse("sign-in"), asked, REMOTE_ADDR=VILLAGE, headers={"accept": mark})

    assert try_to(phone, "hung", PASSWORD) == IN


def test_an_administrator_lets_a_new_phone_in_at_once() -> None:
    wrong_tries(6)
    wrong_tries(6, name="minh")

    call_command("axes_reset_username", "hung", stdout=StringIO())

    assert try_to(Client(), "hung", PASSWORD) == IN
    assert try_to(Client(), "minh", PASSWORD) == WAIT


def test_an_administrator_frees_an_address() -> None:
    wrong_tries(6)
    wrong_tries(6, address=ELSEWHERE)

    call_command("axes_reset_ip", VILLAGE, stdout=StringIO())

    assert try_to(Client(), "hung", PASSWORD, VILLAGE) == IN
    assert try_to(Client(), "hung", PASSWORD, ELSEWHERE) == WAIT


def test_one_address_that_tries_many_accounts_has_to_wait() -> None:
    answers = [try_to(Client(), f"ai{n}", "sai", ELSEWHERE) for n in range(delays.ADDRESS.free + 1)]
    assert answers == [WRONG] * delays.ADDRESS.free + [WAIT]
    assert try_to(Client(), "hung", PASSWORD, VILLAGE) == IN


def test_a_forged_cookie_is_no_browser_of_the_person() -> None:
    for number in range(delays.ACCOUNT.free // 4 + 1):
        wrong_tries(4, address=f"198.51.100.{number}")
    stranger = Client()
    stranger.cookies[delays.DEVICE_COOKIE] = "W10:forged:forged"
    assert try_to(stranger, "hung", PASSWORD, "192.0.2.1") == WAIT


def test_an_account_that_does_not_exist_waits_just_the_same() -> None:
    assert wrong_tries(6, "khong-co") == [WRONG] * 4 + [WAIT, WAIT]


def test_every_failure_is_recorded_and_says_if_it_was_looked_at() -> None:
    wrong_tries(6)
    looked_at = AccessFailureLog.objects.order_by("pk").values_list("username", "locked_out")
    assert list(looked_at) == [("hung", False)] * 5 + [("hung", True)]


def test_a_password_typed_as_the_name_is_not_kept() -> None:
    wrong_tries(1, name=PASSWORD)
    assert AccessFailureLog.objects.get().username.startswith("?")


def test_old_tries_are_forgotten() -> None:
    wrong_tries(2)
    pass_minutes(91 * 24 * 60)
    assert forget_old_tries() == 2


def test_neighbours_of_one_ipv6_subscriber_are_counted_as_one() -> None:
    for number in range(5):
        try_to(Client(), "hung", "sai", f"2001:db8:1:2::{number}")
    assert try_to(Client(), "hung", PASSWORD, "2001:db8:1:2::ffff") == WAIT


@pytest.mark.parametrize(
    ("proxies", "header", "counted"),
    [
        (0, "10.0.0.1", VILLAGE),
        (1, "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"),
        (2, "6.6.6.6, 10.0.0.1, 10.0.0.2", "10.0.0.1"),
        (2, "10.0.0.2", VILLAGE),
        (1, "nonsense", VILLAGE),
    ],
)
def test_only_our_own_proxies_say_where_a_request_came_from(
    settings: Any, proxies: int, header: str, counted: str
) -> None:
    settings.PROXIES = proxies
    Client().post(
        reverse("sign-in"),
        {"username": "hung", "password": "sai"},
        REMOTE_ADDR=VILLAGE,
        headers={"x-forwarded-for": header},
    )
    assert AccessFailureLog.objects.get().ip_address == counted


def test_a_wrong_password_given_again_counts_as_a_wrong_try(cast: dict[str, User]) -> None:
    browser = Client()
    browser.force_login(cast["hung"])
    asked = {"old_password": "sai", "new_password1": "x", "new_password2": "x"}
    answers = [browser.post(reverse("new-password"), asked).status_code for _ in range(5)]
    assert answers == [WRONG] * 4 + [WAIT]


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        assert try_to(browser, "hung", PASSWORD) == IN
    new = "bốn-từ-chẳng-liên-quan"
    asked = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    assert here.post(reverse("new-password"), asked).status_code == IN

    assert here.get(reverse("inbox")).status_code == 200
    assert there.get(reverse("inbox")).status_code == 302
    assert try_to(Client(), "hung", new) == IN


def test_who_is_dismissed_does_not_get_in(cast: dict[str, User]) -> None:
    User.objects.filter(pk=cast["hung"].pk).update(is_active=False)
    assert try_to(Client(), "hung", PASSWORD) == WRONG


def test_signing_in_leads_back_to_where_one_was_going() -> None:
    browser = Client()
    asked = {"username": "hung", "password": PASSWORD, "next": reverse("rounds")}
    assert browser.post(reverse("sign-in"), asked).headers["Location"] == reverse("rounds")


def test_signing_in_does_not_lead_to_another_site() -> None:
    asked = {"username": "hung", "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post(reverse("sign-in"), asked).headers["Location"] == reverse("inbox")
