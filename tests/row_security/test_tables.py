"""Every table that lies in units has its policy, and what takes one away is found."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, models

from cases.models import Unit
from workflow.machine import triggers
from workflow.row_security import app_role, faults, install, role_faults
from workflow.row_security_tables import EXEMPT, policies, undecided

pytestmark = pytest.mark.postgres
TABLE = "cases_household"
# Named once more: whoever opens another table says so here, too.
OPEN = {
    "cases.UnitVersion",
    "cases.UnitSuccession",
    "cases.RoleAssignment",
    "cases.Office",
    "cases.OfficeMember",
    "cases.UnitUserPermission",
    "cases.UnitGroupPermission",
    "cases.LocalStandard",
}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def codes(subject: str = "") -> set[str]:
    return {f.code for f in faults("default") if subject in ("", f.subject)}


def tables_with_a_unit() -> Iterator[str]:
    """Yield, asked of the database itself, each table with a key to the units."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = %s::regclass",
            [Unit._meta.db_table],
        )
        yield from (name for (name,) in cursor.fetchall())


def test_every_table_with_a_unit_has_a_policy_or_a_reason(db: None) -> None:
    open_ones = {apps.get_model(label)._meta.db_table for label in OPEN}
    kept = {model._meta.db_table for model in policies()}

    assert {*tables_with_a_unit()} - kept - open_ones == set()
    assert undecided() == []
    assert kept & open_ones == set()
    assert {*EXEMPT} == OPEN


def test_migrating_leaves_nothing_missing(db: None) -> None:
    assert faults("default") == []
    assert install("default") == []


def test_a_table_that_nobody_decided_on_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stray(models.Model):
        place = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "cases"

        def __str__(self) -> str:
            return ""

    try:
        assert "undecided" in codes("cases_stray")
    finally:
        del apps.all_models["cases"]["stray"]
        apps.clear_cache()


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        ("DROP POLICY rasoat_scope ON {0}", "policy_missing"),
        ("ALTER TABLE {0} DISABLE ROW LEVEL SECURITY", "not_enabled"),
        ("ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY", "not_forced"),
        ("ALTER POLICY rasoat_scope ON {0} USING (true)", "policy_changed"),
        ("ALTER POLICY rasoat_scope ON {0} TO postgres", "policy_changed"),
        ("CREATE POLICY wide ON {0} USING (true)", "policy_unknown"),
        ("GRANT TRUNCATE ON {0} TO {1}", "right_too_many"),
        ("GRANT SELECT ON {0} TO PUBLIC; REVOKE ALL ON {0} FROM {1}", "right_missing"),
    ],
)
def test_a_planted_hole_is_found_and_mended(db: None, planted: str, code: str) -> None:
    run(planted.format(TABLE, app_role()))

    assert code in codes(TABLE)
    install("default")
    assert codes() == set()


@pytest.mark.parametrize("table", ["cases_act", "cases_event", "cases_recordedrefusal"])
def test_a_right_to_change_the_record_is_found(db: None, table: str) -> None:
    run(f"GRANT UPDATE ON {table} TO {app_role()}")

    assert "right_too_many" in codes(table)


def test_the_role_of_the_pages_is_bound(db: None) -> None:
    run(f"SET LOCAL ROLE {app_role()}")

    assert role_faults("default") == []


@pytest.mark.parametrize(
    ("planted", "code"),
    [
        (f"ALTER TABLE {TABLE} OWNER TO {{0}}", "owner"),
        ("ALTER ROLE {0} BYPASSRLS", "bypassrls"),
        ("ALTER ROLE {0} SUPERUSER", "superuser"),
        # A member may become what it is a member of.
        (
            f"CREATE ROLE rasoat_planted; ALTER TABLE {TABLE} OWNER TO rasoat_planted; "
            "GRANT rasoat_planted TO {0}",
            "owner",
        ),
        ("CREATE ROLE rasoat_planted BYPASSRLS; GRANT rasoat_planted TO {0}", "bypassrls"),
    ],
)
def test_a_role_that_is_not_bound_is_found(db: None, planted: str, code: str) -> None:
    run(planted.format(app_role()))
    run(f"SET LOCAL ROLE {app_role()}")

    assert code in {fault.code for fault in role_faults("default")}


def test_a_superuser_is_found(db: None) -> None:
    assert {"superuser"} <= {fault.code for fault in role_faults("default")}


def test_a_role_that_is_missing_is_said_with_its_name(db: None, settings: Any) -> None:
    settings.APP_ROLE = "rasoat_nobody"

    assert "no_role" in codes("rasoat_nobody")


def test_a_role_that_is_no_plain_name_is_refused(settings: Any) -> None:
    settings.APP_ROLE = "x; DROP TABLE cases_case"

    with pytest.raises(ImproperlyConfigured):
        app_role()


def test_the_command_says_what_is_missing(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    run(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    run(f"SET LOCAL ROLE {app_role()}")

    with pytest.raises(SystemExit) as ended:
        call_command("row_security", "--check")
    run("RESET ROLE")

    assert ended.value.code == 1
    assert "not_forced" in capsys.readouterr().err


def test_the_command_mends_and_then_finds_nothing(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"DROP POLICY rasoat_scope ON {TABLE}")

    call_command("row_security", "--install")
    run(f"SET LOCAL ROLE {app_role()}")
    call_command("row_security", "--check", "--format", "json")

    assert '"faults": []' in capsys.readouterr().out


def test_the_steps_are_declared_by_a_role_that_owns_nothing(db: None) -> None:
    run(f"SET LOCAL ROLE {app_role()}")

    triggers.declare("default")


@pytest.mark.parametrize(
    "steps",
    [
        "{}",
        "[]",
        "null",
        '{"PERIODIC": []}',
        '{"PERIODIC": "new>listed"}',
        '{"PERIODIC": [null]}',
        '{"PERIODIC": ["new"]}',
        """{"PERIODIC": ["new>listed' OR true --"]}""",
        """{"X' THEN true ELSE": ["new>listed"]}""",
    ],
)
def test_what_is_no_step_is_not_declared(db: None, steps: str) -> None:
    run(f"SET LOCAL ROLE {app_role()}")

    with pytest.raises(Exception, match="step|review") as refused, connection.cursor() as cursor:
        cursor.execute("SELECT rasoat_declare_steps(%s)", [steps])

    assert getattr(refused.value.__cause__, "sqlstate", "") == "P0001"


def test_nobody_else_declares_steps(db: None) -> None:
    run("CREATE ROLE rasoat_stranger; SET LOCAL ROLE rasoat_stranger")

    with pytest.raises(Exception, match="permission"):
        triggers.declare("default")
