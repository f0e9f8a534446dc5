"""A process killed in the middle of a list act leaves nothing of it, and the act can be done."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from cases.models import Act, PostedEntry, Posting
from tests.conftest import Road

ROOT = Path(__file__).resolve().parents[2]


def address_of_the_database(tmp_path: Path) -> str:
    """Return the test database's address; SQLite's lives in memory, so a copy of it in a file."""
    if connection.vendor == "sqlite":
        file = tmp_path / "copy.sqlite3"
        connection.connection.execute("VACUUM INTO ?", [str(file)])
        return f"sqlite:///{file}"
    about: dict[str, Any] = settings.DATABASES["default"]
    password = f":{about['PASSWORD']}" if about["PASSWORD"] else ""
    host = f"{about['USER']}{password}@{about['HOST']}:{about['PORT'] or 5432}"
    return f"postgresql://{host}/{connection.settings_dict['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_list_act_stays_when_its_process_is_killed(road: Road, tmp_path: Path) -> None:
    road.open().list().survey().classify().meet()
    environment = {
        **os.environ,
        "RASOAT_DATABASE": address_of_the_database(tmp_path),
        "RASOAT_VAR": str(tmp_path),
        "RASOAT_ANCHORS": str(settings.ANCHORS_DIR),
    }
    moment = road.at.isoformat()
    command = [sys.executable, "-m", "tests.review.killed", str(road.reviews[0].pk), moment]
    child = subprocess.Popen(  # noqa: S603 (our own interpreter and script)
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "half way\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=10)
    child.stdout.close()
    if connection.vendor == "sqlite":
        assert_file_is_whole(tmp_path)
        return
    assert {case.state for case in road.cases()} == {"agreed"}
    assert not Act.objects.filter(idempotency_key="killed").exists()
    assert not Posting.objects.exists()
    assert not PostedEntry.objects.exists()
    road.post()
    assert {case.state for case in road.cases()} == {"posted"}


def assert_file_is_whole(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "copy.sqlite3") as file:
        states = file.execute("SELECT DISTINCT state FROM cases_case").fetchall()
        assert states == [("agreed",)]
        for table in ("cases_posting", "cases_postedentry"):
            assert file.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]  # noqa: S608
        acts = "SELECT count(*) FROM cases_act WHERE idempotency_key = 'killed'"
        assert file.execute(acts).fetchall() == [(0,)]
