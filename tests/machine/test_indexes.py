"""An act reads its own list, however many cases the province has."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from cases.models import Case
from tests.conftest import Road
from workflow.machine.scope import Scope


@pytest.fixture
def scopes(road: Road) -> dict[str, Scope]:
    road.open().list()
    return {"round": Scope(road.round), "village": Scope(road.round, road.reviews[0])}


@pytest.mark.parametrize("span", ["round", "village"])
def test_the_cases_of_a_list_are_found_by_an_index(scopes: dict[str, Scope], span: str) -> None:
    assert "scan cases_case" not in plan(scopes[span].cases())


@pytest.mark.parametrize("span", ["round", "village"])
def test_the_cases_an_act_may_move_are_found_by_an_index(
    scopes: dict[str, Scope], span: str
) -> None:
    assert "scan cases_case" not in plan(scopes[span].cases().filter(state__in=["listed"]))


def plan(rows: QuerySet[Case]) -> str:
    """Return how the database would find the rows if the table were large."""
    if connection.vendor == "postgresql":
        # A small table is read as a whole whatever its indexes.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.order_by().explain().lower().replace("seq scan on", "scan")
