"""With every filter of the application left out, the database shows one's own units and no more."""

import random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from cases import row_security
from cases.models import Act, Case, Event, Household, Round, Unit, VillageReview
from tests.row_security.conftest import AsApp
from tests.row_security.stage import Communes, Rows
from workflow.row_security import APPENDED
from workflow.row_security_tables import policies

pytestmark = pytest.mark.postgres
REFUSED = "42501"  # insufficient_privilege: a policy, or a right that was not granted
TRIES = 300


def seen(model: type[Model]) -> set[Any]:
    return set(model._default_manager.values_list("pk", flat=True))


def everything_seen() -> Rows:
    return {model: rows for model in policies() if (rows := seen(model))}


def test_a_commune_sees_its_own_rows_of_every_table(communes: Communes, as_app: AsApp) -> None:
    with as_app(), row_security.person(communes.tan_lap.cast["minh"]):
        found = {model.__name__: seen(model) for model in policies()}

    assert found == {model.__name__: rows for model, rows in communes.of_tan_lap.items()}
    assert all(found.values()), "a table without rows proves nothing"


def test_the_other_commune_sees_the_other_rows(communes: Communes, as_app: AsApp) -> None:
    with as_app(), row_security.person(communes.hoa_binh.cast["minh"]):
        found = {model.__name__: seen(model) for model in policies()}

    assert found == {model.__name__: rows for model, rows in communes.of_hoa_binh.items()}


def test_the_district_sees_both_communes(communes: Communes, as_app: AsApp) -> None:
    with as_app(), row_security.person(communes.tan_lap.cast["quyen"]):
        found = seen(Case)

    assert found == communes.of_tan_lap[Case] | communes.of_hoa_binh[Case]


def test_a_village_sees_the_cases_of_its_own_only(communes: Communes, as_app: AsApp) -> None:
    hung = communes.tan_lap.cast["hung"]
    village = Unit.objects.get(code="24646.002")
    Household.objects.filter(pk=min(communes.of_tan_lap[Household])).update(village=village)
    Case.objects.filter(pk=min(communes.of_tan_lap[Case])).update(village=village)
    hung.unituserpermission_set.filter(content_object=village).delete()

    with as_app(), row_security.person(type(hung).objects.get(pk=hung.pk)):
        cases, rounds = seen(Case), seen(Round)

    assert cases == communes.of_tan_lap[Case] - {min(communes.of_tan_lap[Case])}
    assert rounds == communes.of_tan_lap[Round]


def test_without_a_scope_there_is_no_row(communes: Communes, as_app: AsApp) -> None:
    with as_app():
        assert everything_seen() == {}


def test_who_has_no_duty_sees_no_row(communes: Communes, as_app: AsApp) -> None:
    minh = communes.tan_lap.cast["minh"]
    minh.unituserpermission_set.all().delete()

    with as_app(), row_security.person(type(minh).objects.get(pk=minh.pk)):
        assert everything_seen() == {}


def test_the_machine_sees_everything_by_name(communes: Communes, as_app: AsApp) -> None:
    with as_app(), row_security.machine("tick"):
        assert seen(Case) == communes.of_tan_lap[Case] | communes.of_hoa_binh[Case]


def test_the_machine_has_no_scope_without_a_name(db: None) -> None:
    with pytest.raises(row_security.UnknownWork), row_security.machine("whatever"):
        pass


def test_three_hundred_reads_and_writes_across_are_refused(
    communes: Communes, as_app: AsApp
) -> None:
    chance = random.Random(20240901)
    theirs = [(model, pk) for model, rows in communes.of_hoa_binh.items() for pk in sorted(rows)]
    contents = {row: _contents(*row) for row in theirs}
    kinds = ("read", "update", "delete", "copy")
    outcomes: dict[str, set[str]] = {kind: set() for kind in kinds}

    with as_app(), row_security.person(communes.tan_lap.cast["minh"]):
        for kind in (chance.choice(kinds) for _try in range(TRIES)):
            row = chance.choice(theirs)
            outcomes[kind].add(_outcome(kind, *row, contents[row]))

    assert outcomes["read"] == {"0 rows"}
    assert outcomes["update"] | outcomes["delete"] <= {"0 rows", REFUSED}
    # Some have triggers that refuse before any policy is asked.
    assert outcomes["copy"] <= {REFUSED, "P0001"} and REFUSED in outcomes["copy"]


def _contents(model: type[Model], pk: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {model._meta.db_table} WHERE {model._meta.pk.column} = %s", [pk]
        )
        row = cursor.fetchone()
        return dict(zip([c.name for c in cursor.description], row, strict=True))


def _outcome(kind: str, model: type[Model], pk: Any, contents: dict[str, Any]) -> str:
    """Try it in a transaction of its own; return how it was refused, or how many rows it reached."""
    table, key = model._meta.db_table, str(model._meta.pk.column)
    statement, values = {
        "read": (f"SELECT * FROM {table} WHERE {key} = %s", [pk]),
        "update": (f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", [pk]),
        "delete": (f"DELETE FROM {table} WHERE {key} = %s", [pk]),
        "copy": (_insert(table), [_as_json({**contents, key: 10_000_000})]),
    }[kind]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return f"{cursor.rowcount} rows"
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", error))


def _insert(table: str) -> str:
    return f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, %s::json)"


def _as_json(contents: dict[str, Any]) -> str:
    import json

    return json.dumps(
        {
            k: f"\\x{bytes(v).hex()}" if isinstance(v, memoryview | bytes) else v
            for k, v in contents.items()
        },
        default=str,
    )


@pytest.mark.parametrize("place", ["commune", "village", "province", "district"])
def test_a_case_is_not_moved_to_another_place(
    communes: Communes, as_app: AsApp, place: str
) -> None:
    case = Case.objects.get(pk=min(communes.of_tan_lap[Case]))
    elsewhere = communes.hoa_binh.commune

    with as_app(), row_security.person(communes.tan_lap.cast["minh"]):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**{place: elsewhere})

    assert sqlstate(refused.value) == REFUSED


def test_not_even_who_reaches_both_communes_moves_a_case(communes: Communes, as_app: AsApp) -> None:
    case = Case.objects.get(pk=min(communes.of_tan_lap[Case]))

    with as_app(), row_security.person(communes.tan_lap.cast["quyen"]):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Case.objects.filter(pk=case.pk).update(commune=communes.hoa_binh.commune)

    assert sqlstate(refused.value) == REFUSED


def test_a_new_case_lies_where_its_round_is(communes: Communes, as_app: AsApp) -> None:
    pk = min(communes.of_tan_lap[Case])
    case = {**_contents(Case, pk), "id": 10_000_000, "state": "new", "member_id": None}
    case["commune_id"] = communes.hoa_binh.commune.pk  # the village stays one's own

    with as_app(), row_security.person(communes.tan_lap.cast["hung"]):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_insert("cases_case"), [_as_json(case)])

    assert sqlstate(refused.value) == REFUSED


def test_a_household_is_not_moved_to_another_commune(communes: Communes, as_app: AsApp) -> None:
    pk = min(communes.of_tan_lap[Household])
    elsewhere = Unit.objects.get(code="24652.001")

    with as_app(), row_security.person(communes.tan_lap.cast["minh"]):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            Household.objects.filter(pk=pk).update(village=elsewhere)

    assert sqlstate(refused.value) == REFUSED


@pytest.mark.parametrize("model", APPENDED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("what", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_what_is_recorded_can_be_added_to_only(
    db: None, as_app: AsApp, model: type[Model], what: str
) -> None:
    statement = what.format(model._meta.db_table, model._meta.pk.column)

    with as_app(), row_security.machine("record"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)

    assert sqlstate(refused.value) == REFUSED


def test_an_act_sees_its_whole_round_and_no_other(communes: Communes, as_app: AsApp) -> None:
    road = communes.tan_lap

    with as_app(), row_security.person(road.cast["hung"]), row_security.acting(road.round):
        reviews, cases = seen(VillageReview), seen(Case)
        acts = set(Act.objects.values_list("round", flat=True))

    assert reviews == communes.of_tan_lap[VillageReview]
    assert cases == communes.of_tan_lap[Case]
    assert acts == {road.round.pk}


def test_after_an_act_its_person_sees_no_more_than_before(
    communes: Communes, as_app: AsApp
) -> None:
    road = communes.tan_lap

    with as_app(), row_security.person(road.cast["hung"]):
        before = seen(Event)
        with row_security.acting(road.round):
            pass
        assert seen(Event) == before


def test_nobody_acts_without_a_scope(communes: Communes, as_app: AsApp) -> None:
    with as_app(), row_security.acting(communes.tan_lap.round):
        assert everything_seen() == {}


def sqlstate(error: BaseException) -> str:
    """Return the code by which the database itself refused."""
    return str(getattr(error.__cause__, "sqlstate", ""))
