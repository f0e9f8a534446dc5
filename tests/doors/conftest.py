"""The world of the doors, built once a module; what a test does in it is taken back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import weasyprint  # type: ignore[import-untyped]
from django.urls import clear_url_caches

from cases.duties import Role
from cases.models.calendars import load_seed
from cases.permissions import sync_grants
from tests.doors.places import FAR, NEIGHBOUR, OPENED, OWN, appoint, make_above, make_commune
from tests.doors.rounds import VISITED, Walk, move_one_from
from tests.doors.standards import make_standards
from tests.taken_back import taken_back
from workflow import clock


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Build everything: two provinces, two districts, three communes with three rounds each."""
    with django_db_blocker.unblock(), taken_back():
        build(OWN, NEIGHBOUR, FAR)
        yield


@pytest.fixture
def in_may_2025(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the pages' clock to the day on which they are opened."""
    monkeypatch.setattr(clock, "now", lambda: VISITED)


class Undrawn:
    """A paper that is given out as the page it would be drawn from: its words can be read."""

    def __init__(self, string: str, **options: Any) -> None:
        self.page = string

    def write_pdf(self, **options: Any) -> bytes:
        return self.page.encode()


@pytest.fixture(autouse=True)
def papers_stay_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasyprint, "HTML", Undrawn)


@pytest.fixture
def planted(settings: Any) -> None:
    """Put the addresses with a fault before the site's own."""
    settings.ROOT_URLCONF = "tests.doors.planted"
    clear_url_caches()


@pytest.fixture
def visited(world: None, db: None, in_may_2025: None) -> None:
    """Open the pages of the world; what a test does in it is taken back."""


def build(*communes: str) -> None:
    load_seed()
    make_above()
    make_standards()
    for code in communes:
        build_more(code)
        if code != OWN:
            move_one_from(code)
    sync_grants(VISITED.date())


def build_more(commune: str) -> None:
    make_commune(commune)
    if commune == OWN:  # held an office while the year was decided, and was told of it
        appoint(Role.COMMUNE_OFFICER, OWN, until=date(2025, 1, 1))
        sync_grants(OPENED.date())
    Walk(commune).everything()
