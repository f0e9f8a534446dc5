"""What every page tells the browser; nothing inline; nothing sent without its token; reading writes nothing."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse
from django.views.decorators.csrf import csrf_exempt

from cases.models import User
from tests.conftest import Road
from tests.pages.spider import inline, pages, text_of
from workflow import clock

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {
    "default-src": {"'self'"},
    "script-src": {"'self'"},  # and the nonce of the page
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# What opening a page may leave behind: who is here, who read a file, and that a notice was shown.
READING_WRITES = {
    "django_session",
    "usersessions_usersession",
    "notifications_notice",
    "cases_reading",
    "cases_readingchain",
    "mfa_authenticator",  # that the recovery codes were looked at
}


def policy_of(answer: Any) -> dict[str, set[str]]:
    directives = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: set(words[1:]) for words in map(str.split, directives) if words}


def nonces(policy: dict[str, set[str]]) -> set[str]:
    return {word for word in policy["script-src"] if word.startswith("'nonce-")}


def faults_of(answer: Any) -> list[str]:
    """Return what an answer's headers fall short of."""
    policy = policy_of(answer)
    faults = [
        f"{k}: {answer.headers.get(k)}"
        for k, v in HEADERS.items()
        if v not in answer.headers.get(k, "")
    ]
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        faults.append("Permissions-Policy")
    if {**policy, "script-src": policy["script-src"] - nonces(policy)} != EXPECTED:
        faults.append(f"Content-Security-Policy: {policy}")
    return faults


def strangers_pages() -> Iterator[tuple[str, Any]]:
    yield from pages(Client(), "sign-in")
    yield "not found", Client().get("/khong-co/")
    yield "no token", Client(enforce_csrf_checks=True).post(reverse("sign-in"))
    yield "not to be read", Client().get(reverse("set_language"))


@pytest.fixture
def on_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    road.open().list().survey().classify().meet().post()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


@pytest.fixture
def every_page(on_the_road: Road) -> Iterator[tuple[str, Any]]:
    """One page of each kind, for a stranger and for people of each level."""
    return _every_page(on_the_road)


def _every_page(road: Road) -> Iterator[tuple[str, Any]]:
    yield from strangers_pages()
    for name in ("lan", "hung", "minh", "hoa", "binh", "quyen", "son"):
        browser = Client()
        browser.force_login(road.cast[name])
        for page, answer in pages(browser):
            yield f"{name}: {page}", answer


def test_every_page_sends_the_headers_and_has_nothing_inline(
    every_page: Iterator[tuple[str, Any]],
) -> None:
    faults, kinds = [], set()
    for name, answer in every_page:
        kinds.add(name.split(": ")[-1])
        faults += [f"{name}: {fault}" for fault in [*faults_of(answer), *inline(text_of(answer))]]
    assert faults == []
    assert len(kinds) > 35, sorted(kinds)  # the spider has not lost its way


def test_a_missing_header_would_be_seen(db: None) -> None:
    answer = Client().get(reverse("sign-in"))
    del answer.headers["Referrer-Policy"]
    answer.headers["Content-Security-Policy"] += "; script-src-attr 'unsafe-inline'"
    assert len(faults_of(answer)) == 2


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a onclick="go()">',
        '<a href=" JavaScript:go()">',
        '<div hx-on:click="go()">',
    ],
)
def test_something_inline_would_be_seen(planted: str) -> None:
    assert len(inline(f"<html><body>{planted}</body></html>")) == 1


def test_what_is_allowed_is_not_mistaken_for_inline() -> None:
    assert inline('<script src="/a.js" nonce="x" defer></script><a href="/on/">on</a>') == []


WRITTEN_INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|[\s}](?:style|on[a-z]+|hx-on[^=\s]*)\s*=\s*[\"']|javascript:",
    re.I,
)


def test_no_template_is_written_with_anything_inline() -> None:
    templates = [p for p in (ROOT / "templates").rglob("*.html") if "papers" not in p.parts]
    found = {
        path.relative_to(ROOT).as_posix(): match.group()
        for path in templates
        if (match := WRITTEN_INLINE.search(path.read_text()))
    }
    assert found == {}
    assert WRITTEN_INLINE.search("<p {% if x %}style='{{ y }}'{% endif %}>")


def test_each_page_has_a_nonce_of_its_own_on_its_scripts(db: None) -> None:
    seen = set()
    for _each in range(2):
        answer = Client().get(reverse("sign-in"))
        (nonce,) = nonces(policy_of(answer))
        written = set(re.findall(r'<script[^>]* nonce="([^"]+)"', text_of(answer)))
        assert written == {nonce[len("'nonce-") : -1]}

        seen.add(nonce)
    assert len(seen) == 2


def routes(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


def takes_forms_without_token(browser: Client, patterns: list[Any] | None = None) -> list[str]:
    """Return the addresses that do not turn away what is sent without its token."""
    faults = []
    for route in routes(patterns):
        if getattr(route.callback, "csrf_exempt", False):
            faults.append(str(route.pattern))
            continue
        if patterns is None:
            # The token is looked at before the view is: any object will do.
            words = {
                name: 1 if "Int" in type(c).__name__ else "x"
                for name, c in route.pattern.converters.items()
            }
            if browser.post(reverse(str(route.name), kwargs=words)).status_code != 403:
                faults.append(str(route.pattern))
    return faults


def test_nothing_is_taken_without_its_token(on_the_road: Road) -> None:
    for name in ("lan", "minh", "binh"):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(on_the_road.cast[name])
        assert takes_forms_without_token(browser) == []


def test_a_view_that_asks_for_no_token_would_be_seen() -> None:
    @csrf_exempt
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert takes_forms_without_token(Client(), [path("khong-ma/", bare)]) == ["khong-ma/"]


WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def written(captured: Any) -> set[str]:
    return {table for query in captured for table in WRITES.findall(query["sql"])}


def test_reading_writes_nothing(on_the_road: Road) -> None:
    for name in ("lan", "hung", "minh", "binh", "quyen"):
        browser = Client()
        browser.force_login(on_the_road.cast[name])
        with CaptureQueriesContext(connection) as captured:
            for _page, _answer in pages(browser):
                pass
        assert written(captured) <= READING_WRITES, name


def test_a_page_that_writes_would_be_seen(db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        User.objects.update(position="")
    assert written(captured) - READING_WRITES == {"cases_user"}


def test_in_production_cookies_travel_over_https_only() -> None:
    asked = """
import json
from config import settings as s
names = [n for n in dir(s) if n.endswith(("_SECURE", "_HTTPONLY", "_SAMESITE", "COOKIE_NAME", "HSTS_SECONDS"))]
print(json.dumps({n: getattr(s, n) for n in names}))
"""
    production = {
        "RASOAT_DEBUG": "false",
        "RASOAT_DEMO": "false",
        "RASOAT_SECRET_KEY": "k" * 60,
        "RASOAT_HOSTS": "rasoat.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={**os.environ, **production},
        capture_output=True,
        text=True,
        check=True,
    )
    cookies = json.loads(done.stdout)
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert cookies[f"{cookie}_COOKIE_SECURE"] and cookies[f"{cookie}_COOKIE_HTTPONLY"]
        assert cookies[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert cookies["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert cookies["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_a_demonstration_in_production_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from config import settings"],
        cwd=ROOT,
        env={
            **os.environ,
            "RASOAT_DEBUG": "false",
            "RASOAT_DEMO": "true",
            "RASOAT_SECRET_KEY": "k",
        },
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
