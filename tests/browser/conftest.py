"""What the browser tests share: Debian's Chromium, and the demonstration as a newcomer finds it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from cases.models.calendars import load_seed
from tests.browser.visitor import DESK, Visitor

HERE = Path(__file__).parent

# No sandbox, because CI runs as root; the rest keeps the browser from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, before `-m` chooses."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail(
            "Chromium is missing: `make test` installs it, or run deploy/setup/debian.sh browser"
        )
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, where Django would refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def loaded() -> Iterator[sqlite3.Connection]:
    """An empty database, filled with the demonstration by the first test that wants it."""
    with sqlite3.connect(":memory:", check_same_thread=False) as copy:
        yield copy
    copy.close()


@pytest.fixture
def demo(live_server: Any, loaded: sqlite3.Connection, settings: Any) -> None:
    """
    The demonstration as `make demo` leaves it, its clock at the morning after the last step.

    Served with DEBUG off, so that a wrong address is answered by our own page.
    """
    settings.DEMO = True
    if loaded.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        settings.DEBUG = True
        load_seed()
        call_command("demo", stdout=StringIO())
        settings.DEBUG = False
        connection.connection.backup(loaded)
    else:
        loaded.backup(connection.connection)


@pytest.fixture
def visit(chromium: Browser, live_server: Any, demo: None) -> Iterator[Callable[..., Visitor]]:
    """
    Return a function that sits a person down at a browser of their own, signed in if named.

    What their pages fell short of fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def visit(username: str = "", size: ViewportSize = DESK) -> Visitor:
        context = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
        contexts.append(context)
        visitor = Visitor(context, live_server.url, faults, size)
        if username:
            visitor.sign_in(username, site.DEMO_PASSWORD)
        return visitor

    yield visit
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)
