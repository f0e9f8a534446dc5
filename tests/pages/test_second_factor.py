"""The second factor: who must have one opens nothing without it; codes are taken once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from allauth.mfa.utils import decrypt
from axes.models import AccessFailureLog
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from cases.duties import ROLE_DUTIES, Role
from cases.models import Unit, User
from tests.conftest import PASSWORD
from workflow.sign_in import second_factor
from workflow.sign_in.second_factor import DUTIES_OF_WEIGHT

pytestmark = pytest.mark.usefixtures("db")
MUST = {Role.COMMUNE_CHAIR, Role.SUPERIOR_CHAIR, Role.DEPARTMENT, Role.MINISTRY}
WAYS_IN = {"sign-in", "account_login", "mfa_authenticate"}


def sign_in(person: User) -> tuple[Client, str]:
    """Return a browser after the password, and the name of the page it is led to."""
    browser = Client()
    asked = {"username": person.username, "password": PASSWORD}
    answer = browser.post(reverse("sign-in"), asked)
    return browser, leads_to(answer)


def leads_to(answer: Any) -> str:
    if answer.status_code != 302:
        return str(answer.status_code)
    return resolve(urlsplit(answer.headers["Location"]).path).url_name or ""


def phone_of(person: User) -> TOTP:
    return TOTP.activate(person, generate_totp_secret())


def code_of(secret: str, step: int = 1) -> str:
    """Return the code of the half-minute before (0), of now (1) or after (2)."""
    return format_hotp_value(hotp_value(secret, list(counters())[step]))


def code_on(phone: TOTP, step: int = 1) -> str:
    return code_of(decrypt(phone.instance.data["secret"]), step)


def test_the_duties_of_weight_are_held_by_those_who_must_and_by_nobody_else() -> None:
    assert {role for role in Role if ROLE_DUTIES[role] & DUTIES_OF_WEIGHT} == MUST


@pytest.mark.parametrize("who", ["binh", "quyen"])
def test_a_chair_without_a_second_factor_is_led_to_setting_it_up(
    cast: dict[str, User], who: str
) -> None:
    browser, _page = sign_in(cast[who])
    assert leads_to(browser.get(reverse("inbox"))) == "second-factor"


@pytest.mark.parametrize("who", ["lan", "hung", "thu", "minh", "hoa", "son"])
def test_whoever_need_not_have_one_is_not_asked(cast: dict[str, User], who: str) -> None:
    browser, _page = sign_in(cast[who])
    assert browser.get(reverse("inbox")).status_code == 200


def opened_by(browser: Client) -> set[str]:
    """Return the pages without an object that the browser opens, the ways in left out."""
    opened = set()
    for route in get_resolver("workflow.pages.urls").url_patterns:
        name = str(route.name)  # type: ignore[union-attr]
        if route.pattern.converters or name in {"sign-out", *WAYS_IN}:
            continue
        if leads_to(browser.get(reverse(name))) != "second-factor":
            opened.add(name)
    return opened


def test_until_then_a_chair_opens_nothing_else(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    assert opened_by(browser) <= second_factor.OPEN_WITHOUT


def test_a_page_left_open_by_mistake_would_be_seen(
    cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = second_factor.OPEN_WITHOUT | {"rounds"}
    monkeypatch.setattr(second_factor, "OPEN_WITHOUT", planted)
    browser, _page = sign_in(cast["binh"])
    assert "rounds" in opened_by(browser)


def test_nor_by_sending_a_form(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    assert leads_to(browser.post(reverse("end-session"), {"session": "others"})) == "second-factor"


@pytest.mark.parametrize("field", ["is_staff", "is_superuser"])
def test_an_administrator_must_have_one(cast: dict[str, User], field: str) -> None:
    User.objects.filter(pk=cast["minh"].pk).update(**{field: True})
    browser, _page = sign_in(cast["minh"])
    assert leads_to(browser.get(reverse("inbox"))) == "second-factor"


def test_who_becomes_chair_during_a_session_must_have_one_at_once(
    cast: dict[str, User], appoint: Callable[..., User], tan_lap: Unit
) -> None:
    browser, _page = sign_in(cast["minh"])
    assert browser.get(reverse("inbox")).status_code == 200
    appoint("minh", "", Role.SUPERIOR_CHAIR, Unit.objects.get(code="662"))
    assert leads_to(browser.get(reverse("inbox"))) == "second-factor"


def test_in_the_demonstration_the_password_is_enough(cast: dict[str, User], settings: Any) -> None:
    settings.DEMO = True
    browser, _page = sign_in(cast["binh"])
    assert browser.get(reverse("inbox")).status_code == 200


def test_the_application_is_set_up_and_opens_the_way_at_once(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret

    answer = browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    assert leads_to(answer) == "mfa_view_recovery_codes"
    assert len(browser.get(reverse("mfa_view_recovery_codes")).context["codes"]) == 10
    assert browser.get(reverse("inbox")).status_code == 200


def test_a_wrong_code_sets_nothing_up(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    browser.get(reverse("mfa_activate_totp"))
    assert browser.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_the_secret_is_not_readable_in_the_database(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data
    assert secret not in str(stored)


def test_after_the_password_the_code_is_asked_for(cast: dict[str, User]) -> None:
    phone = phone_of(cast["binh"])
    browser, page = sign_in(cast["binh"])
    assert page == "mfa_authenticate"
    assert browser.get(reverse("inbox")).status_code == 302

    answer = browser.post(reverse("mfa_authenticate"), {"code": code_on(phone)})

    assert leads_to(answer) == "inbox"
    assert browser.get(reverse("inbox")).status_code == 200


def test_a_code_is_taken_once(cast: dict[str, User]) -> None:
    phone = phone_of(cast["binh"])
    code = code_on(phone)
    first, _page = sign_in(cast["binh"])
    second, _page = sign_in(cast["binh"])

    assert leads_to(first.post(reverse("mfa_authenticate"), {"code": code})) == "inbox"
    assert second.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert second.get(reverse("inbox")).status_code == 302


def test_a_code_is_taken_once_by_all_processes_together(
    cast: dict[str, User], settings: Any
) -> None:
    # What one process remembers in its memory, another does not know.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    test_a_code_is_taken_once(cast)


def test_a_phone_may_be_half_a_minute_wrong(cast: dict[str, User]) -> None:
    phone = phone_of(cast["binh"])
    browser, _page = sign_in(cast["binh"])
    answer = browser.post(reverse("mfa_authenticate"), {"code": code_on(phone, step=0)})
    assert leads_to(answer) == "inbox"


def test_a_recovery_code_is_taken_once(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["binh"])
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    code = browser.get(reverse("mfa_view_recovery_codes")).context["codes"][0]
    answers = []
    for _each in range(2):
        again, _page = sign_in(cast["binh"])
        answers.append(leads_to(again.post(reverse("mfa_authenticate"), {"code": code})))
    assert answers == ["inbox", "200"]


def test_wrong_codes_wait_as_wrong_passwords_do(cast: dict[str, User]) -> None:
    phone = phone_of(cast["binh"])
    browser, _page = sign_in(cast["binh"])
    answers = [
        browser.post(reverse("mfa_authenticate"), {"code": "abc"}).status_code for _ in range(5)
    ]
    right = browser.post(reverse("mfa_authenticate"), {"code": code_on(phone)})
    assert answers == [200] * 4 + [429]
    assert right.status_code == 429
    assert AccessFailureLog.objects.filter(locked_out=False).count() == 5


def test_a_right_password_does_not_wipe_out_the_wrong_codes(cast: dict[str, User]) -> None:
    phone_of(cast["binh"])
    for _each in range(5):
        browser, _page = sign_in(cast["binh"])
        browser.post(reverse("mfa_authenticate"), {"code": "abc"})
    assert sign_in(cast["binh"])[1] == "429"


def test_a_session_begun_without_it_gives_the_code_before_it_goes_on(
    cast: dict[str, User],
) -> None:
    elsewhere, _page = sign_in(cast["binh"])
    phone = phone_of(cast["binh"])
    assert leads_to(elsewhere.get(reverse("rounds"))) == "mfa_reauthenticate"

    asked = {"code": code_on(phone), "next": reverse("rounds")}
    answer = elsewhere.post(reverse("mfa_reauthenticate"), asked)

    assert leads_to(answer) == "rounds"
    assert elsewhere.get(reverse("rounds")).status_code == 200


def test_a_stranger_after_the_password_is_offered_no_setting_up(cast: dict[str, User]) -> None:
    phone_of(cast["binh"])
    browser, _page = sign_in(cast["binh"])
    assert leads_to(browser.get(reverse("mfa_activate_totp"))) == "sign-in"


def test_who_must_have_one_keeps_the_last(cast: dict[str, User]) -> None:
    phone = phone_of(cast["binh"])
    browser, _page = sign_in(cast["binh"])
    browser.post(reverse("mfa_authenticate"), {"code": code_on(phone)})
    browser.post(reverse("remove-factor"), {"factor": phone.instance.pk})
    assert Authenticator.objects.filter(pk=phone.instance.pk).exists()


def test_who_need_not_have_one_may_take_it_away(cast: dict[str, User]) -> None:
    phone = phone_of(cast["minh"])
    browser, _page = sign_in(cast["minh"])
    browser.post(reverse("mfa_authenticate"), {"code": code_on(phone)})
    browser.post(reverse("remove-factor"), {"factor": phone.instance.pk})
    assert not Authenticator.objects.exists()


def test_another_persons_factor_cannot_be_taken_away(cast: dict[str, User]) -> None:
    chairs = phone_of(cast["binh"])
    browser, _page = sign_in(cast["minh"])
    asked = {"factor": chairs.instance.pk}
    assert browser.post(reverse("remove-factor"), asked).status_code == 404
    assert Authenticator.objects.filter(pk=chairs.instance.pk).exists()


def test_long_after_signing_in_the_password_is_asked_again_before_factors_change(
    cast: dict[str, User],
) -> None:
    browser, _page = sign_in(cast["minh"])
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    assert leads_to(browser.get(reverse("mfa_activate_totp"))) == "account_reauthenticate"

    asked = {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
    assert leads_to(browser.post(reverse("account_reauthenticate"), asked)) == "mfa_activate_totp"
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_a_passkey_may_give_the_password_again_too(cast: dict[str, User]) -> None:
    browser, _page = sign_in(cast["minh"])
    Authenticator.objects.create(
        user=cast["minh"], type=Authenticator.Type.WEBAUTHN, data={"name": "máy", "credential": {}}
    )
    session = browser.session
    session["account_authentication_methods"][0]["at"] -= 3600
    session.save()
    answer = browser.get(reverse("mfa_add_webauthn"), follow=True)
    assert answer.resolver_match.url_name == "account_reauthenticate"
    assert answer.status_code == 200
