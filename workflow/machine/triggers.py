"""
The database refuses a step that no pack declares, whoever writes it.

Created after every migration: SQLite rebuilds tables and drops their triggers without a word.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from cases.models import Case
from cases.rules.packs import PACKS

TABLE = Case._meta.db_table
NAMES = ("rasoat_case_starts_new", "rasoat_case_step_declared")


def declared_steps() -> dict[str, list[str]]:
    """Return, by review, every allowed "from>to" pair of its packs."""
    steps: dict[str, set[str]] = {}
    for pack in PACKS.editions():
        pairs = {f"{a}>{b}" for a, b in pack.steps()}
        steps[pack.review.value] = steps.get(pack.review.value, set()) | pairs
    return {review: sorted(pairs) for review, pairs in sorted(steps.items())}


def install(using: str) -> None:
    """Create the triggers on this database, replacing older ones."""
    connection = connections[using]
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing(using: str) -> list[str]:
    """Return the names of the triggers that are not there."""
    connection = connections[using]
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES if name not in present]


def check_triggers(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Find a database whose step triggers are gone."""
    problems: list[CheckMessage] = []
    for using in databases or []:
        if TABLE in connections[using].introspection.table_names():
            problems += [
                Error(
                    f"trigger {name} is missing on database {using}",
                    hint="run: python manage.py migrate",
                    id="workflow.E001",
                )
                for name in missing(using)
            ]
    return problems


def _undeclared() -> str:
    """
    Return the condition that a change of state is no declared step.

    Comparisons, not one list of pairs: SQLite builds such a list anew for every row it updates,
    which cost a third of a list act.
    """
    reviews = " ".join(
        f"WHEN '{review}' THEN {_of_review(steps)}" for review, steps in declared_steps().items()
    )
    return f"OLD.state <> NEW.state AND NOT CASE OLD.review {reviews} ELSE 1 = 0 END"


def _of_review(steps: list[str]) -> str:
    targets: dict[str, list[str]] = {}
    for step in steps:
        source, target = step.split(">")
        targets.setdefault(source, []).append(target)
    choices = " ".join(
        f"WHEN '{source}' THEN " + " OR ".join(f"NEW.state = '{target}'" for target in after)
        for source, after in targets.items()
    )
    return f"CASE OLD.state {choices} ELSE 1 = 0 END"


def _postgresql() -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION rasoat_refuse_step() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF TG_OP = 'INSERT' THEN "
        "RAISE EXCEPTION 'a case starts as new, not %', NEW.state; END IF; "
        "RAISE EXCEPTION 'no act leads from % to %', OLD.state, NEW.state; END $$",
        f"CREATE OR REPLACE TRIGGER {NAMES[0]} BEFORE INSERT ON {TABLE} FOR EACH ROW "
        "WHEN (NEW.state <> 'new') EXECUTE FUNCTION rasoat_refuse_step()",
        # The function only raises; the condition itself needs no call of a function.
        f"CREATE OR REPLACE TRIGGER {NAMES[1]} BEFORE UPDATE OF state ON {TABLE} FOR EACH ROW "
        f"WHEN ({_undeclared()}) EXECUTE FUNCTION rasoat_refuse_step()",
    ]


def _sqlite() -> list[str]:
    return [
        *(f"DROP TRIGGER IF EXISTS {name}" for name in NAMES),
        f"CREATE TRIGGER {NAMES[0]} BEFORE INSERT ON {TABLE} WHEN NEW.state <> 'new' "
        "BEGIN SELECT RAISE(ABORT, 'a case starts as new'); END",
        # AFTER: with a BEFORE trigger SQLite reads every row a second time.
        f"CREATE TRIGGER {NAMES[1]} AFTER UPDATE OF state ON {TABLE} WHEN {_undeclared()} "  # noqa: S608
        "BEGIN SELECT RAISE(ABORT, 'no act leads from this state to that'); END",
    ]
