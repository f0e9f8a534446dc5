"""In operation nothing starts on a database that would let somebody see, or lose, too much."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error, Tags
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.utils import ConnectionHandler

from config import env
from tests.row_security.conftest import AsApp
from workflow import row_security_checks
from workflow.row_security_checks import (
    Unsafe,
    check_durability,
    check_row_security,
    refuse_unsafe_start,
)


@pytest.fixture
def in_operation(settings: Any) -> None:
    settings.DEBUG = False


def found(check: Any) -> set[str]:
    return {str(message.id) for message in check(databases=["default"])}


@pytest.mark.postgres
@pytest.mark.usefixtures("in_operation")
def test_a_superuser_is_refused(db: None) -> None:
    assert found(check_row_security) == {"workflow.E005"}


@pytest.mark.postgres
@pytest.mark.usefixtures("in_operation")
def test_the_bound_role_on_a_whole_database_may_start(db: None, as_app: AsApp) -> None:
    with as_app():
        assert found(check_row_security) == set()


@pytest.mark.postgres
@pytest.mark.usefixtures("in_operation")
def test_a_table_without_its_policy_is_refused(db: None, as_app: AsApp) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY")

    with as_app():
        assert found(check_row_security) == {"workflow.E006"}


@pytest.mark.postgres
def test_in_development_the_superuser_may_work(db: None, settings: Any) -> None:
    settings.DEBUG = True

    assert found(check_row_security) == set()


@pytest.mark.postgres
@pytest.mark.usefixtures("in_operation")
def test_the_owner_may_mend_what_is_missing(db: None, settings: Any) -> None:
    settings.AS_OWNER = True

    assert found(check_row_security) == set()


@pytest.mark.postgres
@pytest.mark.usefixtures("in_operation")
def test_a_server_that_answers_before_it_has_written_is_refused(db: None) -> None:
    assert found(check_durability) == set()

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    assert found(check_durability) == {"workflow.E007"}


@pytest.fixture
def file(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CursorWrapper]:
    """Open a file as our settings do, with a table in it; the checks look at this one."""
    handler = ConnectionHandler({"default": env.sqlite(tmp_path / "x.sqlite3")})
    monkeypatch.setattr(row_security_checks, "connections", handler)
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE cases_case (id integer)")
        yield cursor
    handler.close_all()


def test_a_file_opened_by_our_settings_is_safe(file: CursorWrapper) -> None:
    assert found(check_durability) == set()


@pytest.mark.parametrize(
    "planted",
    [
        "journal_mode = DELETE",
        "synchronous = OFF",
        "recursive_triggers = OFF",
        "foreign_keys = OFF",
    ],
)
def test_a_file_that_may_lose_what_was_answered_is_found(file: CursorWrapper, planted: str) -> None:
    file.execute(f"PRAGMA {planted}")

    assert found(check_durability) == {"workflow.E007"}


@pytest.mark.usefixtures("in_operation")
def test_the_server_does_not_start_on_what_a_check_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = Error("x", id="workflow.E006")
    monkeypatch.setattr(row_security_checks, "run_checks", lambda **asked: [bad])
    monkeypatch.setattr(row_security_checks.connections, "close_all", lambda: None)

    with pytest.raises(Unsafe):
        refuse_unsafe_start()


def test_the_checks_are_registered_with_those_of_databases(db: None) -> None:
    from django.core.checks.registry import registry

    known = registry.get_checks()
    for check in (check_row_security, check_durability):
        assert check in known and Tags.database in check.tags  # type: ignore[attr-defined]
