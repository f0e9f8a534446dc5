"""
The database refuses a step that no pack declares, whoever writes it.

Created after every migration: SQLite rebuilds tables and drops their triggers without a word. On
PostgreSQL a function of the tables' owner writes the trigger from the declared steps, because an
edition is approved on a page, and the role of the pages may alter no table.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from cases.models import Case
from cases.rules.packs import PACKS

TABLE = Case._meta.db_table
NAMES = ("rasoat_case_starts_new", "rasoat_case_step_declared")
DECLARE = "rasoat_declare_steps(jsonb)"


def declared_steps() -> dict[str, list[str]]:
    """Return, by review, every allowed "from>to" pair of its packs."""
    steps: dict[str, set[str]] = {}
    for pack in PACKS.editions():
        pairs = {f"{a}>{b}" for a, b in pack.steps()}
        steps[pack.review.value] = steps.get(pack.review.value, set()) | pairs
    return {review: sorted(pairs) for review, pairs in sorted(steps.items())}


def install(using: str) -> None:
    """Create the triggers on this database, replacing older ones; as the owner of the tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT quote_ident(current_schema())")
            for statement in _postgresql(cursor.fetchone()[0]):
                cursor.execute(statement)
        else:
            for statement in _sqlite():
                cursor.execute(statement)
    declare(using)


def declare(using: str) -> None:
    """Let the database know the steps that the packs declare now; whoever approves an edition may."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT rasoat_declare_steps(%s)", [json.dumps(declared_steps())])
            return
        for statement in _sqlite_step():
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
    # Who is about to migrate cannot be told to migrate first.
    for using in [] if settings.AS_OWNER else databases or []:
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


def _postgresql(schema: str) -> list[str]:
    table = f"{schema}.{TABLE}"
    return [
        "CREATE OR REPLACE FUNCTION rasoat_refuse_step() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF TG_OP = 'INSERT' THEN "
        "RAISE EXCEPTION 'a case starts as new, not %', NEW.state; END IF; "
        "RAISE EXCEPTION 'no act leads from % to %', OLD.state, NEW.state; END $$",
        f"CREATE OR REPLACE TRIGGER {NAMES[0]} BEFORE INSERT ON {table} FOR EACH ROW "
        "WHEN (NEW.state <> 'new') EXECUTE FUNCTION rasoat_refuse_step()",
        _DECLARING.format(schema=schema, table=table, trigger=NAMES[1]),
        f"REVOKE ALL ON FUNCTION {DECLARE} FROM PUBLIC",
    ]


# Steps come in as data: what is no code is refused, and what is one is quoted all the same.
# The function only raises; the trigger's condition itself needs no call of a function.
_DECLARING = """
CREATE OR REPLACE FUNCTION rasoat_declare_steps(steps jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text;
  step text;
  condition text := '';
BEGIN
  IF jsonb_typeof(steps) IS DISTINCT FROM 'object' OR steps = '{{}}' THEN
    RAISE EXCEPTION 'no steps are declared';
  END IF;
  FOR kind IN SELECT jsonb_object_keys(steps) ORDER BY 1 LOOP
    IF kind !~ '^[A-Z_]{{1,20}}$' OR jsonb_typeof(steps -> kind) <> 'array'
      OR jsonb_array_length(steps -> kind) = 0 THEN
      RAISE EXCEPTION 'no review with steps: %', kind;
    END IF;
    FOR step IN SELECT jsonb_array_elements_text(steps -> kind) LOOP
      IF step IS NULL OR step !~ '^[a-z_]{{1,20}}>[a-z_]{{1,20}}$' THEN
        RAISE EXCEPTION 'no step: %', step;
      END IF;
    END LOOP;
    condition := condition || format(' WHEN %L THEN CASE OLD.state', kind) || (
      SELECT string_agg(format(' WHEN %L THEN ', source) || allowed, '' ORDER BY source) FROM (
        SELECT split_part(value, '>', 1) AS source,
          string_agg(format('NEW.state = %L', split_part(value, '>', 2)), ' OR ' ORDER BY value)
            AS allowed
        FROM jsonb_array_elements_text(steps -> kind) GROUP BY 1
      ) of_review) || ' ELSE 1 = 0 END';
  END LOOP;
  EXECUTE 'CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE OF state ON {table} FOR EACH ROW '
    'WHEN (OLD.state <> NEW.state AND NOT CASE OLD.review' || condition ||
    ' ELSE 1 = 0 END) EXECUTE FUNCTION {schema}.rasoat_refuse_step()';
END $$
"""


def _sqlite() -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {NAMES[0]}",
        f"CREATE TRIGGER {NAMES[0]} BEFORE INSERT ON {TABLE} WHEN NEW.state <> 'new' "
        "BEGIN SELECT RAISE(ABORT, 'a case starts as new'); END",
    ]


def _sqlite_step() -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {NAMES[1]}",
        # AFTER: with a BEFORE trigger SQLite reads every row a second time.
        f"CREATE TRIGGER {NAMES[1]} AFTER UPDATE OF state ON {TABLE} WHEN {_undeclared()} "  # noqa: S608
        "BEGIN SELECT RAISE(ABORT, 'no act leads from this state to that'); END",
    ]
