"""
Row-level security on PostgreSQL: written into the database, and found where it is missing.

Installed after every migration by the tables' owner; what stands already is left alone. The web
process signs in as a role that owns nothing and that the policies bind.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from cases.models import Case, RecordedRefusal, Round, VillageReview
from workflow.machine import triggers
from workflow.machine.insert_only import INSERT_ONLY, NEVER_REMOVED
from workflow.row_security_tables import ASKED_BY_FUNCTION, functions, policies, undecided

READ_AND_WRITE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
KEEP = frozenset({"SELECT", "INSERT", "UPDATE"})
APPEND = frozenset({"SELECT", "INSERT"})
# Recorded for good: the ledger's own list, and what is recorded beside it.
APPENDED: tuple[type[Model], ...] = (*INSERT_ONLY, RecordedRefusal)
MIGRATIONS = "django_migrations"
MOVED = "rasoat_case_stays_in_its_round"
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Fault:
    """Something without which the second net has a hole; `code` is for programs."""

    code: str
    subject: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


def app_role() -> str:
    """
    Return the role that the web process signs in as, or is a member of.

    :raises ImproperlyConfigured: if the setting is no plain name
    """
    role: str = settings.APP_ROLE
    if not _ROLE.fullmatch(role):
        raise ImproperlyConfigured(f"RASOAT_APP_ROLE={role!r}: expected a plain lower-case name")
    return role


def install(using: str) -> list[str]:
    """
    Write policies, rights and the role that are missing; return the statements that were run.

    Nothing on SQLite, which has no roles.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    done: list[str] = []
    with connection.cursor() as cursor:
        # One after the other: what is granted depends on the role that is there by then.
        for part in (_role, _functions, _policies, _rights):
            for statement in part(connection):
                cursor.execute(statement)
                done.append(statement)
        cursor.execute(_MOVED_FUNCTION)
        cursor.execute(_MOVED_TRIGGER)
    return done


def faults(using: str) -> list[Fault]:
    """Return what is missing of policies, rights and triggers."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    found = [
        Fault("undecided", model._meta.db_table, "lies in units and has no policy")
        for model in undecided()
    ]
    found += _table_faults(connection)
    if not _role_exists(connection):
        return [*found, Fault("no_role", app_role(), "there is no such role")]
    granted = _granted(connection)
    for table, wanted in sorted(_wanted_rights(connection).items()):
        has = granted.get(table, frozenset())
        found += [Fault("right_missing", table, f"no {r}") for r in sorted(wanted - has)]
        found += [Fault("right_too_many", table, f"{r}") for r in sorted(has - wanted)]
    return found


def role_faults(using: str) -> list[Fault]:
    """Return why the role that is signed in would not be bound by the policies."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        # A member may become the role it is a member of, so it counts as that role.
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, EXISTS ("
            "  SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relname = ANY(%s)"
            "  AND c.relnamespace = current_schema()::regnamespace) "
            "FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND ("
            "  NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
            "  OR rolname = current_user) ORDER BY rolname",
            [[model._meta.db_table for model in policies()]],
        )
        rows = cursor.fetchall()
    found = []
    for name, superuser, bypass, owner in rows:
        if superuser:
            found.append(Fault("superuser", name, "no policy binds a superuser"))
        if bypass:
            found.append(Fault("bypassrls", name, "BYPASSRLS goes past every policy"))
        if owner:
            found.append(Fault("owner", name, "an owner of tables can take their policies away"))
    return found


def _role_exists(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app_role()])
        return cursor.fetchone() is not None


def _role(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what makes the role, where we may; roles are the whole server's, so two may try."""
    if _role_exists(connection):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        if not cursor.fetchone()[0]:
            return []  # the check says so, and which statement its administrator is to run
    return [
        f"DO $$ BEGIN CREATE ROLE {app_role()} NOLOGIN; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    ]


def _functions(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what writes the functions that the policies ask; a policy cannot be without its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'rasoat_sees_%%'")
        present = {name for (name,) in cursor.fetchall()}
    return [] if present >= set(ASKED_BY_FUNCTION.values()) else functions()


def _policies(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what brings each table's policies to what they are to be; nothing for those that are."""
    wrong = {fault.subject for fault in _table_faults(connection)}
    present = _present(connection)
    statements: list[str] = []
    for model, policy in policies().items():
        table = model._meta.db_table
        if table not in wrong or table not in present:
            continue
        statements += [f'DROP POLICY "{name}" ON {table}' for name in present[table].policies]
        statements += policy.statements(table)
        statements.append(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        statements.append(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        # What was written and what the database made of it: a policy altered later fits neither.
        statements += [
            _SIGN.format(table=table, name=name, wanted=_digest(policy.statements(table)))
            for name in policy.names
        ]
    return statements


@dataclass(frozen=True)
class Present:
    """What the database has on a table: flags, and by policy its signature and what it ought to be."""

    enabled: bool
    forced: bool
    policies: dict[str, tuple[str, str]]


def _present(connection: BaseDatabaseWrapper) -> dict[str, Present]:
    found: dict[str, Present] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT)
        for table, enabled, forced, name, signature, now in cursor.fetchall():
            row = found.setdefault(table, Present(enabled, forced, {}))
            if name is not None:
                row.policies[name] = (signature or "", now)
    return found


def _table_faults(connection: BaseDatabaseWrapper) -> list[Fault]:
    found = []
    present = _present(connection)
    for model, policy in policies().items():
        table = model._meta.db_table
        row = present.get(table)
        if row is None:
            found.append(Fault("no_table", table, "there is no such table"))
            continue
        if not row.enabled:
            found.append(Fault("not_enabled", table, "row security is off"))
        if not row.forced:
            found.append(Fault("not_forced", table, "its owner is not bound (no FORCE)"))
        wanted = _digest(policy.statements(table))
        found += [
            Fault("policy_missing", table, f"no policy {name}")
            for name in policy.names
            if name not in row.policies
        ]
        for name, (signature, now) in row.policies.items():
            if name not in policy.names:
                found.append(Fault("policy_unknown", table, f"policy {name} is not ours"))
            elif signature != f"{wanted} {now}":
                found.append(Fault("policy_changed", table, f"policy {name} is another one"))
    return found


def _wanted_rights(connection: BaseDatabaseWrapper) -> dict[str, frozenset[str]]:
    """Return what the web process may do to each table, those that Django made for itself included."""
    fewer = {model._meta.db_table: KEEP for model in NEVER_REMOVED}
    fewer |= {model._meta.db_table: APPEND for model in APPENDED}
    tables = {
        model._meta.db_table: fewer.get(model._meta.db_table, READ_AND_WRITE)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    tables[MIGRATIONS] = frozenset({"SELECT"})
    there = set(connection.introspection.table_names())
    return {table: rights for table, rights in tables.items() if table in there}


def _granted(connection: BaseDatabaseWrapper) -> dict[str, frozenset[str]]:
    """Return what the role, or everybody, was granted on each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(DISTINCT a.privilege_type) FROM pg_class c, "
            "LATERAL (SELECT * FROM aclexplode(c.relacl) UNION ALL "
            "  SELECT x.* FROM pg_attribute t, aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a "
            "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace "
            "AND a.grantee IN (0, to_regrole(%s)) GROUP BY c.relname",
            [app_role()],
        )
        return {table: frozenset(rights) for table, rights in cursor.fetchall()}


def _rights(connection: BaseDatabaseWrapper) -> list[str]:
    role = app_role()
    if not _role_exists(connection):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(s), has_schema_privilege(%(role)s, s, 'USAGE'), "
            "has_function_privilege(%(role)s, %(declare)s, 'EXECUTE'), "
            "(SELECT bool_and(has_sequence_privilege(%(role)s, c.oid, 'USAGE')) FROM pg_class c "
            " WHERE c.relkind = 'S' AND c.relnamespace = s::regnamespace) FROM current_schema() s",
            {"role": role, "declare": triggers.DECLARE},
        )
        schema, usage, declare, sequences = cursor.fetchone()
    statements = []
    if not usage:
        statements.append(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    if not sequences:
        statements.append(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
    if not declare:
        statements.append(f"GRANT EXECUTE ON FUNCTION {triggers.DECLARE} TO {role}")
    granted = _granted(connection)
    for table, wanted in sorted(_wanted_rights(connection).items()):
        has = granted.get(table, frozenset())
        if too_many := has - wanted:
            statements.append(f"REVOKE {_listed(too_many)} ON {table} FROM {role}, PUBLIC")
        if missing := wanted - has:
            statements.append(f"GRANT {_listed(missing)} ON {table} TO {role}")
    return statements


def _listed(rights: frozenset[str]) -> str:
    return ", ".join(sorted(rights))


def _digest(statements: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


_NOW = "md5(concat_ws('|', p.polcmd, p.polpermissive, p.polroles::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)))"

_PRESENT = f"""
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname,
       obj_description(p.oid, 'pg_policy'), {_NOW}
FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""  # noqa: S608

_SIGN = f"""
DO $$ BEGIN EXECUTE (
  SELECT format('COMMENT ON POLICY {{name}} ON {{table}} IS %L', '{{wanted}} ' || {_NOW})
  FROM pg_policy p WHERE p.polrelid = '{{table}}'::regclass AND p.polname = '{{name}}'
); END $$
"""  # noqa: S608

_CASE, _ROUND, _REVIEW = (model._meta.db_table for model in (Case, Round, VillageReview))

# A policy sees the new row only; that a case stays where its round and its list are needs the old.
_MOVED_FUNCTION = f"""
CREATE OR REPLACE FUNCTION rasoat_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row_security_active(TG_RELID) AND NOT EXISTS (
    SELECT FROM {_ROUND} r JOIN {_REVIEW} v ON v.id = NEW.village_review_id
    WHERE r.id = NEW.round_id AND v.round_id = r.id AND r.keeper_id = NEW.commune_id
    AND r.province_id = NEW.province_id AND r.district_id IS NOT DISTINCT FROM NEW.district_id
    AND NEW.village_id IN (OLD.village_id, v.keeper_id)
  ) THEN RAISE EXCEPTION 'a case stays where its round is' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""  # noqa: S608

_PLACES = (
    "round_id",
    "village_review_id",
    "province_id",
    "district_id",
    "commune_id",
    "village_id",
)
_MOVED_TRIGGER = (
    f"CREATE OR REPLACE TRIGGER {MOVED} BEFORE UPDATE OF {', '.join(_PLACES)} ON {_CASE} FOR EACH ROW "
    f"WHEN ({' OR '.join(f'OLD.{p} IS DISTINCT FROM NEW.{p}' for p in _PLACES)}) "
    "EXECUTE FUNCTION rasoat_refuse_move()"
)
