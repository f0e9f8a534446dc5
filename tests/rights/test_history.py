"""Who held what is told years later: rows are written and ended, and never removed."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from cases.models import DeclaredInterest, Household, Leave, Office, OfficeMember
from tests.conftest import Road, moment
from tests.rights.conftest import TODAY
from workflow import row_security
from workflow.machine import insert_only
from workflow.machine.insert_only import NEVER_REMOVED
from workflow.offices import join_office, open_office

FROM, UNTIL = date(2024, 10, 20), date(2024, 10, 25)


@pytest.fixture
def history(road: Road) -> None:
    """Write a row of each."""
    binh, minh = road.cast["binh"], road.cast["minh"]
    facts: dict[str, Any] = {
        "since": TODAY,
        "paper": "1/QĐ",
        "by": None,
        "at": moment("2024-10-12"),
    }
    open_office(unit=road.commune, role="COMMUNE_COMMITTEE", name="Ban", **facts)
    join_office(office=Office.objects.get(), user=minh, until=None, **facts)
    Leave.objects.create(
        user=binh, valid_from=FROM, valid_until=UNTIL, paper="2/GNP", given_at=facts["at"]
    )
    DeclaredInterest.objects.create(
        user=minh,
        household=Household.objects.all()[0],
        relation="RELATIVE",
        declared_on=TODAY,
        declared_by=minh,
    )


@pytest.mark.parametrize("model", NEVER_REMOVED, ids=lambda model: model.__name__)
def test_what_was_held_is_ended_but_not_removed(history: None, model: type[Model]) -> None:
    rows = model._default_manager.all()
    before = rows.count()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")

    column = "ended_on" if model is DeclaredInterest else "valid_until"
    ending = {column: UNTIL} | ({"ended_paper": "9/QĐ"} if column == "ended_on" else {})
    assert (before > 0, rows.update(**ending)) == (True, before)


@pytest.mark.postgres
@pytest.mark.parametrize("model", NEVER_REMOVED, ids=lambda model: model.__name__)
def test_nobody_empties_them_and_the_web_process_may_not_remove_a_row(
    history: None, model: type[Model]
) -> None:
    table = model._meta.db_table
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")

    granted = row_security._granted(connection)[table]
    assert granted == {"SELECT", "INSERT", "UPDATE"}


def test_a_database_without_these_triggers_is_found(history: None) -> None:
    insert_only.remove("default")

    OfficeMember.objects.all().delete()

    assert "cases_officemember_removal_refused" in insert_only.missing("default")
