"""Rounds shared out to processes are told as one process tells them."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from django.db import connection

from cases.models import Case, Household, Round, Unit
from tests.conftest import YEAR, Road
from workflow.acts import listing
from workflow.invariants import audit
from workflow.invariants.jobs import in_jobs

# Small rounds are otherwise read together, in one process.
ONE_ROUND_A_TURN = """
import sys, django
django.setup()
from django.core.management import call_command
import workflow.invariants
audit = sys.modules["workflow.invariants.audit"]
audit.ROUNDS_AT_ONCE = 1
call_command("check_procedure", jobs=2, format="json")
"""


@pytest.fixture
def two_rounds(road: Road, make_households: Callable[..., list[Household]]) -> None:
    """Two communes, each with a household whose version was written by hand."""
    road.open().list()
    make_households(Unit.objects.get(code="24652.001"), 2)
    other = listing.open_round(
        commune=Unit.objects.get(code="24652"),
        year=YEAR,
        plan_paper="1/KH",
        committee_paper="2/QĐ",
        **road.who("other_binh"),
    )
    listing.build_list(round=other, **road.who("other_hoa"))
    Case.objects.filter(code__in=["24646-00003", "24652-00006"]).update(version=7)


@pytest.mark.django_db(transaction=True)
def test_two_processes_tell_what_one_tells_in_the_same_order(
    two_rounds: None, tmp_path: Path
) -> None:
    told = [asdict(breach) for breach in audit(Round.objects.all())]

    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", ONE_ROUND_A_TURN],
        env={**os.environ, "RASOAT_DATABASE": address(tmp_path), "RASOAT_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert answer["breaches"] == told
    assert [(b["invariant"], b["case_code"]) for b in told] == [
        ("ENG-02", "24646-00003"),
        ("ENG-02", "24652-00006"),
    ]


def test_one_part_or_one_job_needs_no_other_process() -> None:
    here = os.getpid()

    assert list(in_jobs(lambda part: (part, os.getpid()), [1, 2], 1)) == [(1, here), (2, here)]
    assert list(in_jobs(lambda part: (part, os.getpid()), [1], 4)) == [(1, here)]


def address(folder: Path) -> str:
    """Return where another process finds what is in the tests' database now."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(folder / "copy.sqlite3") as copy:
            connection.connection.backup(copy)
        return f"sqlite://{folder / 'copy.sqlite3'}"
    place = connection.settings_dict
    user, host, port = place["USER"], place["HOST"], place["PORT"] or 5432
    password = f":{place['PASSWORD']}" if place["PASSWORD"] else ""
    return f"postgresql://{user}{password}@{host}:{port}/{place['NAME']}"
