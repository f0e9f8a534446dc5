"""An office's own accounts: who is linked gets in, by what the provider has signed, and nobody else."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cases.models import RecordedRefusal, User
from config import env

pytestmark = pytest.mark.usefixtures("db", "provider")
SUBJECT, CLIENT, SECRET = "5f3c0c1e-77aa", "ra-soat", "shared-secret-of-the-tests-32-bytes!"


class Provider:
    """A small identity provider on this machine; what a test wants wrong, it sets."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing: Any = self.key
        self.algorithm, self.kid = "RS256", "one"
        self.claims: dict[str, Any] = {"sub": SUBJECT, "name": "Phạm Văn Minh"}
        self.broken = ""
        self.challenges: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.signing, self.algorithm, headers={"kid": self.kid})

    def token(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        verifier = asked["code_verifier"][0].encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        assert digest == self.challenges[-1], "the code was not asked for by this browser"
        assert asked["client_secret"] == [SECRET]
        answer = {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token()}
        return {k: v for k, v in answer.items() if k != self.broken}

    def handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = {
                    "/.well-known/openid-configuration": provider.discovery,
                    "/keys": provider.keys,
                }
                self.answer(known[urlsplit(self.path).path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(provider.token(parse_qs(body)))

            def answer(self, data: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(data).encode())

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    provider = Provider()
    threading.Thread(target=provider.server.serve_forever, daemon=True).start()
    settings.OIDC_URL, settings.OIDC_NAME = provider.url, "Sở"
    settings.OIDC_CLIENT, settings.OIDC_SECRET = CLIENT, SECRET
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def minh(cast: dict[str, User]) -> User:
    call_command("link_sign_in", "minh", SUBJECT)
    return cast["minh"]


def go(provider: Provider, browser: Client, **instead: str) -> Any:
    """Go to the provider and come back as it sends people back."""
    away = browser.get(reverse("office-sign-in"), {"next": reverse("rounds")})
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    provider.challenges.append(asked["code_challenge"][0])
    return browser.get(
        reverse("office-callback"), {"code": "abc", "state": asked["state"][0], **instead}
    )


def is_in(browser: Client) -> bool:
    return browser.get(reverse("inbox")).status_code == 200


def test_who_is_linked_gets_in_and_comes_to_where_they_were_going(
    provider: Provider, minh: User
) -> None:
    browser = Client()
    answer = go(provider, browser)
    assert answer.headers["Location"] == reverse("rounds")
    assert is_in(browser)


def test_nothing_but_the_subject_is_kept(provider: Provider, minh: User) -> None:
    go(provider, Client())
    assert "Minh" not in json.dumps(SocialAccount.objects.get().extra_data, ensure_ascii=False)


def test_an_unknown_person_is_refused_and_no_account_is_made(
    provider: Provider, cast: dict[str, User]
) -> None:
    accounts, browser = User.objects.count(), Client()
    answer = go(provider, browser)

    assert (answer.status_code, answer.context["code"]) == (403, "person_not_linked")
    assert answer.context["subject"] == SUBJECT
    assert not is_in(browser)
    assert User.objects.count() == accounts
    assert RecordedRefusal.objects.get().code == "person_not_linked"


def test_a_name_is_no_link(provider: Provider, minh: User) -> None:
    provider.claims = {"sub": "another", "preferred_username": "minh", "email": "minh@example.vn"}
    assert go(provider, Client()).status_code == 403


def forged(provider: Provider) -> None:
    provider.signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def unsigned(provider: Provider) -> None:
    provider.signing, provider.algorithm = None, "none"


def signed_with_the_shared_secret(provider: Provider) -> None:
    provider.signing, provider.algorithm = SECRET, "HS256"


def of_an_unknown_key(provider: Provider) -> None:
    provider.kid = "two"


def for_another_application(provider: Provider) -> None:
    provider.claims["aud"] = "another"


def of_another_provider(provider: Provider) -> None:
    provider.claims["iss"] = "https://example.org"


def too_old(provider: Provider) -> None:
    provider.claims["exp"] = int(time.time()) - 3600


def without_an_end(provider: Provider) -> None:
    provider.claims["exp"] = None


def without_a_subject(provider: Provider) -> None:
    provider.claims["sub"] = None


def made_for_another_party(provider: Provider) -> None:
    provider.claims["azp"] = "another"


def without_a_token(provider: Provider) -> None:
    provider.broken = "id_token"


@pytest.mark.parametrize(
    "fault",
    [
        forged,
        unsigned,
        signed_with_the_shared_secret,
        of_an_unknown_key,
        for_another_application,
        of_another_provider,
        too_old,
        without_an_end,
        without_a_subject,
        made_for_another_party,
        without_a_token,
    ],
)
def test_a_token_that_is_not_to_be_believed_is_refused(
    provider: Provider, minh: User, fault: Any
) -> None:
    fault(provider)
    browser = Client()
    answer = go(provider, browser)
    assert (answer.status_code, answer.context["code"]) == (403, "provider_not_believed")
    assert not is_in(browser)


@pytest.mark.parametrize(
    "instead", [{"state": "forged"}, {"state": ""}, {"error": "access_denied"}]
)
def test_an_answer_that_nobody_asked_for_is_refused(
    provider: Provider, minh: User, instead: dict[str, str]
) -> None:
    browser = Client()
    assert go(provider, browser, **instead).context["code"] == "provider_said_no"
    assert not is_in(browser)


def test_a_closed_account_stays_closed(provider: Provider, minh: User) -> None:
    User.objects.filter(pk=minh.pk).update(is_active=False)
    assert go(provider, Client()).context["code"] == "account_closed"


def test_the_second_factor_is_asked_for_here_too(provider: Provider, cast: dict[str, User]) -> None:
    call_command("link_sign_in", "binh", SUBJECT)
    TOTP.activate(cast["binh"], generate_totp_secret())
    browser = Client()
    answer = go(provider, browser)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)


def test_a_chair_without_a_second_factor_opens_nothing_here_either(
    provider: Provider, cast: dict[str, User]
) -> None:
    call_command("link_sign_in", "binh", SUBJECT)
    browser = Client()
    go(provider, browser)
    way = browser.get(reverse("inbox")).headers["Location"]
    assert way.startswith(reverse("second-factor"))


def test_a_provider_that_does_not_answer_is_said_so(provider: Provider, settings: Any) -> None:
    settings.OIDC_URL = "http://127.0.0.1:9"
    answer: Any = Client().get(reverse("office-sign-in"))
    assert (answer.status_code, answer.context["code"]) == (403, "provider_not_there")


def test_without_the_setting_there_is_no_such_way(settings: Any) -> None:
    settings.OIDC_URL = ""
    assert Client().get(reverse("office-sign-in")).status_code == 404
    assert Client().get(reverse("office-callback")).status_code == 404
    assert reverse("office-sign-in") not in Client().get(reverse("sign-in")).content.decode()


def test_the_way_to_another_site_is_not_taken(provider: Provider, minh: User) -> None:
    browser = Client()
    away = browser.get(reverse("office-sign-in"), {"next": "https://example.org/"})
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    provider.challenges.append(asked["code_challenge"][0])
    answer = browser.get(reverse("office-callback"), {"code": "abc", "state": asked["state"][0]})
    assert answer.headers["Location"] == reverse("inbox")


def test_a_subject_belongs_to_one_account(minh: User, cast: dict[str, User]) -> None:
    with pytest.raises(CommandError):
        call_command("link_sign_in", "hoa", SUBJECT)


def test_undoing_the_link_ends_the_sessions(provider: Provider, minh: User) -> None:
    browser = Client()
    go(provider, browser)
    call_command("link_sign_in", "minh", SUBJECT, "--remove")
    assert not is_in(browser)
    assert go(provider, Client()).status_code == 403


def test_lost_factors_are_taken_away_by_the_operator(minh: User) -> None:
    TOTP.activate(minh, generate_totp_secret())
    call_command("reset_second_factor", "minh", "--paper", "15/GĐN")
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "minh", "--paper", "15/GĐN")


def test_a_file_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASOAT_KNOWN_PASSWORDS", "/khong/co")
    with pytest.raises(env.SettingError):
        env.file("RASOAT_KNOWN_PASSWORDS")
