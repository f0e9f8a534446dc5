"""
The database refuses to change or remove what is recorded, whoever asks.

These triggers prevent accidents; heads given out prove crimes. What an act was told and what an event
says of its case may be erased when the law asks for it: the links hold commitments to them.
What was held and declared once is never removed either, though it gets its end later.
Created after every migration: SQLite rebuilds tables and drops their triggers without a word.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.models import Model

from cases.models import (
    Acceptance,
    Act,
    Anchor,
    DailyRoot,
    DeclaredInterest,
    Erasure,
    Event,
    Finding,
    FindingEntry,
    Leave,
    OfficeMember,
    Reading,
    RoleAssignment,
    Sample,
    SampleItem,
    TimeStamp,
)

# Model -> the columns that an erasure may empty.
INSERT_ONLY: Mapping[type[Model], frozenset[str]] = {
    Act: frozenset({"facts", "private", "salt", "salts"}),
    Event: frozenset({"snapshot"}),
    Anchor: frozenset(),
    DailyRoot: frozenset(),
    TimeStamp: frozenset(),
    Reading: frozenset(),
    Acceptance: frozenset(),
    Erasure: frozenset(),
    Sample: frozenset(),
    SampleItem: frozenset(),
    # How far a finding is, its entries say; a text about people may be erased.
    Finding: frozenset({"text"}),
    FindingEntry: frozenset({"text"}),
}
# Who held what on a day is asked of these years later: rows are written and ended, never removed.
NEVER_REMOVED: tuple[type[Model], ...] = (RoleAssignment, OfficeMember, Leave, DeclaredInterest)
KEPT: tuple[type[Model], ...] = (*INSERT_ONLY, *NEVER_REMOVED)


def names() -> list[str]:
    """Return the names of the triggers on SQLite, and on PostgreSQL those and the ones on TRUNCATE."""
    changes = [f"{_table(model)}_change_refused" for model in INSERT_ONLY]
    return changes + [f"{_table(model)}_removal_refused" for model in KEPT]


def install(using: str) -> None:
    """Create the triggers on this database, replacing older ones."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def remove(using: str) -> None:
    """Take the triggers away: for tests that empty tables, and for what must show red without them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _without(connection.vendor):
            cursor.execute(statement)


def missing(using: str) -> list[str]:
    """Return the names of the triggers that are not there."""
    connection = connections[using]
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = names()
    if connection.vendor == "postgresql":
        wanted += [f"{_table(model)}_emptying_refused" for model in KEPT]
    return [name for name in wanted if name not in present]


def check_insert_only(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Find a database that would let somebody change the record by accident."""
    problems: list[CheckMessage] = []
    for using in databases or []:
        present = connections[using].introspection.table_names()
        if all(_table(model) in present for model in KEPT):
            problems += [
                Error(
                    f"trigger {name} is missing on database {using}",
                    hint="run: python manage.py migrate",
                    id="workflow.E004",
                )
                for name in missing(using)
            ]
    return problems


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def _kept(model: type[Model]) -> str:
    erasable = INSERT_ONLY[model]
    return ", ".join(
        f.column for f in model._meta.local_fields if f.column and f.name not in erasable
    )


def _postgresql() -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION rasoat_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is recorded for good: % is refused', TG_TABLE_NAME, TG_OP; END $$"
    ]
    for model in KEPT:
        table = _table(model)
        refused = [("removal", "DELETE", "ROW"), ("emptying", "TRUNCATE", "STATEMENT")]
        if model in INSERT_ONLY:
            refused.append(("change", f"UPDATE OF {_kept(model)}", "ROW"))
        statements += [
            f"CREATE OR REPLACE TRIGGER {table}_{name}_refused BEFORE {what} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION rasoat_refuse_change()"
            for name, what, each in refused
        ]
    return statements


def _sqlite() -> list[str]:
    statements = _without("sqlite")
    for model in KEPT:
        table = _table(model)
        refused = f"BEGIN SELECT RAISE(ABORT, '{table} is recorded for good'); END"
        statements.append(
            f"CREATE TRIGGER {table}_removal_refused BEFORE DELETE ON {table} {refused}"
        )
        if model in INSERT_ONLY:
            change = f"UPDATE OF {_kept(model)}"
            statements.append(
                f"CREATE TRIGGER {table}_change_refused BEFORE {change} ON {table} {refused}"
            )
    return statements


def _without(vendor: str) -> list[str]:
    if vendor != "postgresql":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in names()]
    return [
        f"DROP TRIGGER IF EXISTS {_table(model)}_{what}_refused ON {_table(model)}"
        for model in KEPT
        for what in ("change", "removal", "emptying")
    ]
