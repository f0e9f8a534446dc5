"""
The cast of tests/conftest.py on 12 October 2024. Dung is a deputy without any role of his own; bà An
of the province and ông Vinh of the ministry give roles that the commune may not give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from cases.duties import Role
from cases.models import RecordedRefusal, RoleAssignment, Unit, User
from tests.conftest import moment
from workflow import clock
from workflow.not_given import NotGiven

TODAY = date(2024, 10, 12)


@dataclass
class Hands:
    """The clock's hands: what the pages and commands take for now."""

    at: datetime

    def to(self, day: str, hour: int = 9, minute: int = 0, second: int = 0) -> None:
        self.at = moment(day, hour).replace(minute=minute, second=second)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands(moment("2024-10-12"))
    monkeypatch.setattr(clock, "now", lambda: hands.at)
    return hands


@pytest.fixture
def people(cast: dict[str, User], appoint: Callable[..., User], nation: Unit) -> dict[str, User]:
    province = Unit.objects.get(code="67")
    dung = User.objects.create(username="dung", full_name="Cao Văn Dũng")
    return {
        **cast,
        "dung": dung,
        "an": appoint("an", "Lê Thị An", Role.SUPERIOR_CHAIR, province),
        "vinh": appoint("vinh", "Trịnh Văn Vinh", Role.MINISTRY, nation),
    }


@pytest.fixture
def browser(people: dict[str, User], hands: Hands) -> Callable[[str], Client]:
    """Return a function that signs somebody in and gives the browser."""

    def browser(who: str) -> Client:
        client = Client()
        client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


def held(who: str, role: Role, unit: str = "24646") -> RoleAssignment:
    return RoleAssignment.objects.get(
        user__username=who, role=role, unit__code=unit, kind="APPOINTMENT"
    )


def code_of(deed: Callable[[], Any]) -> str:
    """Return the code with which a deed is refused; "" when it is done."""
    try:
        deed()
    except NotGiven as refused:
        return refused.code
    return ""


def recorded() -> list[tuple[str, str]]:
    """Return what refusals were written down: where and why."""
    return list(RecordedRefusal.objects.order_by("pk").values_list("door", "code"))
