"""Two who give the same at the same moment: a seat has one holder all the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from cases.duties import Role
from cases.models import RoleAssignment, Unit, User
from tests.conftest import moment
from tests.rights.conftest import TODAY, code_of, held
from workflow.appointing import appoint, delegate

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AT = moment("2024-10-12")


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """Do each deed in a thread of its own; return the codes with which they were refused."""
    started = Barrier(len(deeds), timeout=60)

    def play(deed: Callable[[], Any]) -> str:
        try:
            started.wait()
            return code_of(deed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(play, deeds))


@pytest.fixture
def both_planned(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lets two plan before either writes, when nothing makes one wait."""

    def meet(name: str) -> None:
        plan = getattr(__import__("workflow.appointing", fromlist=[name]), name)
        planned = Barrier(2, timeout=1.5)

        def wait(*args: Any, **facts: Any) -> Any:
            row = plan(*args, **facts)
            try:
                planned.wait()
            except Exception:  # noqa: S110 (the other one waits for this one's lock, as it should)
                pass
            return row

        monkeypatch.setattr(f"workflow.appointing.{name}", wait)

    return meet


def test_two_people_are_given_one_seat_at_once_and_one_gets_it(
    people: dict[str, User], both_planned: Callable[[str], None]
) -> None:
    RoleAssignment.objects.filter(pk=held("binh", Role.COMMUNE_CHAIR).pk).update(valid_until=TODAY)
    unit = Unit.objects.get(code="24646")
    facts: dict[str, Any] = {"role": Role.COMMUNE_CHAIR, "unit": unit, "since": TODAY}
    facts |= {"until": None, "paper": "5/QĐ", "by": None, "at": AT}
    both_planned("planned_appointment")

    answers = at_once(
        partial(appoint, user=people["dung"], **facts), partial(appoint, user=people["an"], **facts)
    )

    assert answers == ["", "seat_taken"]
    chairs = RoleAssignment.objects.in_force(TODAY).filter(role="COMMUNE_CHAIR", unit=unit)
    assert chairs.count() == 1


def test_a_person_is_lent_the_same_once(
    people: dict[str, User], both_planned: Callable[[str], None]
) -> None:
    chair, until = held("binh", Role.COMMUNE_CHAIR), date(2024, 10, 20)
    facts: dict[str, Any] = {"to": people["dung"], "since": TODAY, "until": until, "paper": "7/UQ"}
    facts |= {"paper_until": until, "by": None, "at": AT}
    both_planned("planned_loan")

    assert at_once(partial(delegate, chair, **facts), partial(delegate, chair, **facts)) == [
        "",
        "already_held",
    ]
