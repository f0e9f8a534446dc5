"""The one command of time: clocks, once a day rights and charts; twice at once, and killed half-way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases.duties import Duty
from cases.models import Household, RoleAssignment, RunningTerm, Unit
from cases.permissions import holds_duty
from notifications.models import Notice
from tests.conftest import Road, moment
from tests.flows.test_charts import contest, waits
from tests.review.test_killed_half_way import ROOT, address_of_the_database
from workflow import clock, daily, timers
from workflow.flows import TermFlow, VillageReviewFlow
from workflow.following import clocks_disagree
from workflow.machine.apply import lock_round
from workflow.models import DailyWork, TermProcess
from workflow.timers import Fired, fire_due

DUE = 6


def tick(road: Road) -> dict[str, Any]:
    out = StringIO()
    call_command("tick", "--at", road.at.isoformat(), "--format", "json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def with_due_clocks(road: Road) -> Road:
    """Bring five complaints and one posting to the day after their last."""
    road.open().list().survey().classify().meet().post()
    for case in road.cases():
        contest(road, case)
    # The posting came down with its last household: let it run with the others.
    RunningTerm.objects.filter(code="posting").update(ended_at=None, ended_by=None)
    TermProcess.objects.filter(term__code="posting").delete()
    timers.settle(timers.clocks([road.round]), road.at)
    return road.pass_days(4)


def test_a_tick_strikes_what_is_due_and_a_second_one_finds_nothing(road: Road) -> None:
    with_due_clocks(road)

    assert tick(road)["fired"] == DUE
    assert tick(road)["fired"] == 0


def test_it_says_in_words_what_it_did(road: Road) -> None:
    with_due_clocks(road)
    out = StringIO()

    call_command("tick", "--at", road.at.isoformat(), stdout=out)

    assert out.getvalue().startswith(f"{DUE} ")


def test_a_moment_without_a_zone_is_vietnams(road: Road) -> None:
    with_due_clocks(road)
    out = StringIO()

    call_command("tick", "--at", "2024-10-05T00:00", "--format", "json", stdout=out)

    assert json.loads(out.getvalue())["fired"] == DUE


@pytest.mark.parametrize("text", ["mai", "2024-13-01T00:00", ""])
def test_a_moment_that_cannot_be_read_is_said_to_be_one(db: None, text: str) -> None:
    with pytest.raises(CommandError):
        call_command("tick", "--at", text)


def test_it_fails_loudly_when_a_clock_could_not_strike(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_due_clocks(road)

    def broken(*args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(timers, "owe_lateness", broken)
    with pytest.raises(SystemExit):
        tick(road)


def test_once_a_day_rights_and_charts_are_looked_over(road: Road) -> None:
    road.open().list()
    lan = road.cast["lan"]
    RoleAssignment.objects.filter(user=lan).update(valid_until=date(2024, 10, 2))
    Task.objects.filter(status=STATUS.NEW, flow_task=VillageReviewFlow.survey).delete()

    first = tick(road.pass_days(1))
    assert (first["daily"], first["charts_moved"]) == (True, 1)
    assert first["grants_changed"] > 0
    assert waits(road.round) == ["survey", "await_villages"]
    lan = type(lan).objects.get(pk=lan.pk)
    assert not holds_duty(lan, Duty.SURVEY, road.reviews[0])
    road.at += timedelta(hours=1)
    assert tick(road)["daily"] is False
    assert tick(road.pass_days(1))["daily"] is True


def test_a_days_work_that_broke_off_is_done_again(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(day: date) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(daily, "sync_grants", broken)
    with pytest.raises(RuntimeError):
        tick(road)
    assert not DailyWork.objects.exists()
    monkeypatch.undo()

    assert tick(road)["daily"] is True


def test_in_the_demonstration_time_strikes_with_the_movable_clock(
    road: Road, client: Client, settings: Any
) -> None:
    settings.DEMO = True
    with_due_clocks(road)
    clock.set_demo_clock(moment("2024-10-03"))
    client.force_login(road.cast["hoa"])

    client.post(reverse("demo-clock"), {"to": "day", "day": "2024-10-05"})

    assert Notice.objects.filter(user=road.cast["hoa"], kind__startswith="overdue").count() == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_two_ticks_at_once_strike_each_clock_once(
    road: Road, make_households: Callable[..., list[Household]], attempt: int
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 7)
    with_due_clocks(road)
    due = Task.objects.filter(flow_task=TermFlow.clock, status=STATUS.SCHEDULED).count()
    assert due == 13

    done, failures = _together(lambda: fire_due(road.at))

    assert failures == []
    assert sum(one.fired for one in done) == due
    struck = Task.objects.filter(flow_task=TermFlow.clock, status=STATUS.DONE)
    assert Counter(struck.values_list("process", flat=True)).most_common(1)[0][1] == 1
    hoa = Notice.objects.filter(user=road.cast["hoa"], kind__startswith="overdue")
    assert hoa.count() == 12  # one for each complaint
    assert clocks_disagree() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_do_the_days_work_once(road: Road) -> None:
    road.open()

    done, failures = _together(lambda: daily.do_daily_work(road.at))

    assert failures == []
    assert DailyWork.objects.count() == 1
    assert [one for one in done if one is not None]


def _together(deed: Callable[[], Any]) -> tuple[list[Any], list[Exception]]:
    """Do it in two threads at once; return what came of it and what went wrong."""
    done: list[Any] = []
    failures: list[Exception] = []
    both = threading.Barrier(2)

    def run() -> None:
        try:
            both.wait(timeout=10)
            done.append(deed())
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return done, failures


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_round_that_somebody_works_on_is_waited_for(road: Road) -> None:
    with_due_clocks(road)
    held = threading.Event()

    def work() -> None:
        with transaction.atomic():
            lock_round(road.round)
            held.set()
            time.sleep(0.5)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert held.wait(timeout=10)
    done = fire_due(road.at)
    worker.join(timeout=30)

    assert done == Fired(DUE)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_killed_tick_leaves_nothing_half_done(road: Road, tmp_path: Path) -> None:
    with_due_clocks(road)
    environment = {
        **os.environ,
        "RASOAT_DATABASE": address_of_the_database(tmp_path),
        "RASOAT_VAR": str(tmp_path),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.killed", road.at.isoformat()],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "half way\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=10)
    child.stdout.close()
    with transaction.atomic():
        lock_round(road.round)  # until the server has let go of what the dead process held

    assert Task.objects.filter(flow_task=TermFlow.clock, status=STATUS.SCHEDULED).count() == DUE
    assert not Notice.objects.filter(kind__startswith="overdue").exists()
    assert not TermProcess.objects.filter(struck_for__isnull=False).exists()
    assert fire_due(road.at).fired == DUE
    assert clocks_disagree() == []
