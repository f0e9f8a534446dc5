"""A process killed at any statement of any list act, or at any moment, leaves no act half done."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from bench.ground import STEPS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def server(db: None) -> list[str]:
    """Return how the program under test finds this suite's kind of database."""
    if connection.vendor == "sqlite":
        return ["--database", "sqlite"]
    about: dict[str, Any] = settings.DATABASES["default"]
    password = f":{about['PASSWORD']}" if about["PASSWORD"] else ""
    address = f"{about['USER']}{password}@{about['HOST']}:{about['PORT'] or 5432}"
    return ["--database", "postgresql", "--server", f"postgresql://{address}/postgres"]


def run(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.proofs", *words],
        cwd=ROOT,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_killed_at_each_statement_of_every_list_act_nothing_is_half_done(server: list[str]) -> None:
    told = run("each-statement", *server)

    assert told["half_done"] == []
    assert {*STEPS, "interrupt_posting", "revoke_decision"} <= {*told["steps"]}
    assert told["acts"] >= len(told["steps"])
    assert told["kills"] > 20 * told["acts"]


def test_without_transactions_a_kill_leaves_an_act_half_done(server: list[str]) -> None:
    assert run("each-statement", "--plant", *server)["half_done"]


def test_killed_at_any_moment_no_acknowledged_act_is_lost(server: list[str]) -> None:
    told = run("any-moment", "--kills", "40", *server)

    assert (told["lost"], told["half_done"]) == ([], []), told
    assert told["kills"] == 40


def test_acts_acknowledged_before_their_commit_are_lost(server: list[str]) -> None:
    assert run("any-moment", "--kills", "40", "--plant", *server)["lost"]


@pytest.mark.postgres
def test_a_server_killed_under_four_writers_loses_no_acknowledged_act() -> None:
    told = run("server-crash", "--kills", "3")

    assert (told["lost"], told["half_done"], told["kills"]) == ([], [], 3), told
    assert told["acts"] > 0


@pytest.mark.postgres
def test_a_server_that_answers_before_its_disk_has_it_loses_acts() -> None:
    assert run("server-crash", "--kills", "6", "--plant")["lost"]
