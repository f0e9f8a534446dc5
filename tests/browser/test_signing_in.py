"""Signing in at a browser: passkeys, the pages about one's account, and what the policy stops."""

from collections.abc import Callable
from typing import Any

from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from cases.models import User
from tests.browser.visitor import Visitor

OFFICER = "giamsat"
INLINE = "document.body.append(Object.assign(document.createElement('script'), {textContent: 'x'}))"


def with_passkeys(visitor: Visitor) -> None:
    """Give the browser a device that holds passkeys and says yes."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_a_passkey_is_added_and_asked_for_at_the_next_sign_in(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(OFFICER)
    with_passkeys(visitor)
    visitor.open("/xac-thuc/")
    visitor.look("second-factor-none")
    visitor.press('main a[href="/xac-thuc/khoa/"]')
    visitor.look("second-factor-passkey")
    visitor.press("main form[data-passkey] button[type=submit]")
    visitor.look("second-factor-recovery")
    visitor.open("/xac-thuc/")
    visitor.look("second-factor")
    visitor.press(".site-person form[action='/dang-xuat/'] button")

    visitor.sign_in(OFFICER, site.DEMO_PASSWORD)
    assert visitor.page.url.endswith("/xac-thuc/ma/")
    visitor.look("second-factor-code")
    visitor.press("main form[data-passkey] button[type=submit]")

    assert visitor.page.url == f"{visitor.address}/"


def test_the_pages_about_ones_account_keep_every_promise_of_a_page(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(OFFICER)
    for path, name in (
        ("/phien-dang-nhap/", "my-sessions"),
        ("/doi-mat-khau/", "new-password"),
        ("/xac-thuc/ung-dung/", "second-factor-phone"),
    ):
        visitor.open(path)
        visitor.look(name)


def test_who_has_to_wait_is_told_until_when(visit: Callable[..., Visitor]) -> None:
    for _each in range(5):
        asked = {"username": OFFICER, "password": "sai"}
        Client().post(reverse("sign-in"), asked, REMOTE_ADDR="127.0.0.1")
    visitor = visit()
    visitor.sign_in(OFFICER, site.DEMO_PASSWORD, status=429)
    visitor.look("wait")


def test_a_village_head_sets_a_pin_and_is_asked_for_it(
    visit: Callable[..., Visitor], settings: Any
) -> None:
    head = User.objects.filter(assignments__role="VILLAGE_HEAD").order_by("pk").first()
    assert head is not None
    visitor = visit(head.username)
    visitor.open("/ma-pin/")
    visitor.look("pin")
    visitor.fill(pin="270519", again="270519")
    visitor.send()


def test_what_the_policy_stops_is_heard(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.open("/dang-nhap/")
    visitor.page.evaluate(INLINE)
    visitor.page.wait_for_timeout(100)

    heard = [fault for fault in visitor.faults if "Content Security Policy" in fault]
    visitor.faults.clear()  # the fault was planted
    assert heard
