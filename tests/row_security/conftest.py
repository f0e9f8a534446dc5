"""
Everything here is done as the role of the pages, which the policies bind; only the test itself
sets the stage as the superuser, whom nothing binds.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection

from cases.duties import Role
from cases.models import Household, Unit, User
from tests.conftest import Road
from tests.row_security.as_app import answer_as_app
from tests.row_security.stage import Communes, walk_both
from workflow.row_security import app_role

AsApp = Callable[[], AbstractContextManager[None]]


@contextmanager
def signed_in_as(role: str) -> Iterator[None]:
    """Let what follows run as this role; a failed statement leaves the role to the rollback."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{role}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture
def as_app(db: None) -> AsApp:
    """Return a context in which the role of the pages asks and writes."""
    return lambda: signed_in_as(app_role())


@pytest.fixture
def pages_as_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test client be answered as the role of the pages."""
    answer_as_app(monkeypatch)


@pytest.fixture
def communes(
    road: Road,
    hoa_binh: Unit,
    appoint: Callable[..., User],
    make_households: Callable[..., list[Household]],
) -> Communes:
    """Return Tân Lập and Hòa Bình, both posted, with a row in every table."""
    village = Unit.objects.get(code="24652.001")
    people = {name.removeprefix("other_"): user for name, user in road.cast.items() if "_" in name}
    people["lan"] = appoint("lan2", "Trịnh Thị Lan", Role.REVIEWER, village)
    people["thu"] = appoint("thu2", "Đinh Thị Thu", Role.MEETING_SECRETARY, village)
    other = Road({**people, "quyen": road.cast["quyen"]}, hoa_binh)
    other.keys = iter(f"other-{n}" for n in range(1_000_000))
    return walk_both(road, other, lambda: make_households(village, 5))
