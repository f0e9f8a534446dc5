"""
The clocks of time limits: viewflow's timers in the database.

A clock is started and ended with its term, moved when the term is counted anew, and strikes once:
under the lock of its round, after the term was read again. What it strikes for is told to who owes
the act and to the level above; nothing else happens, and late work is done as any other.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases import row_security
from cases.models import MonthlyReport, Round, RunningTerm
from cases.rules.packs import PACKS
from cases.running_terms import standing_still
from workflow.charts import REPORT, jump
from workflow.flows import TermFlow
from workflow.lateness import is_waited_out
from workflow.models import TermProcess
from workflow.notices import owe_lateness

CLOCK = "clock"
END = "end"
OPEN = (STATUS.NEW, STATUS.SCHEDULED)
logger = logging.getLogger(__name__)


@dataclass
class Clock:
    """A time limit and its run: where that waits, and where the term puts it."""

    round: Round
    term: RunningTerm | None  # None: the report of a month
    is_open: bool  # the act is still owed
    paused: bool = False
    process: TermProcess | None = None
    waiting: list[Task] = field(default_factory=list)

    @property
    def stands_at(self) -> str:
        """Return where the run belongs; empty: the act was done."""
        if not self.is_open:
            return ""
        process = self.process
        if process is None or self.paused or process.struck_for != process.moment:
            return CLOCK
        return "waited_out" if is_waited_out(process.code) else "overdue"

    @property
    def strikes_at(self) -> datetime | None:
        """Return when the clock strikes; a term that stands still has no end."""
        return None if self.paused or self.process is None else self.process.moment

    @property
    def waits_at(self) -> list[str]:
        return [task.flow_task.name for task in self.waiting]

    @property
    def agrees(self) -> bool:
        """Test if the run waits where the term puts it, and strikes when that ends."""
        if not self.stands_at:
            return self.process is None
        if self.process is None or self.waits_at != [self.stands_at]:
            return False
        return self.stands_at != CLOCK or self.waiting[0].scheduled == self.strikes_at

    def __str__(self) -> str:
        name = f"term={self.term.pk}" if self.term else f"report of round={self.round.pk}"
        return f"{name}: {self.waits_at or '-'} -> {self.stands_at or '-'} {self.strikes_at or ''}"


@dataclass
class Fired:
    """What one look at the clocks came to."""

    fired: int = 0
    failed: list[str] = field(default_factory=list)


def clocks(rounds: Iterable[Round]) -> list[Clock]:
    """Return the clocks of the rounds' open terms and reports; six queries, whatever their number."""
    by_key = {round.pk: round for round in rounds}
    running = RunningTerm.objects.filter(round__in=by_key, ended_at__isnull=True)
    found = {term.pk: Clock(by_key[term.round_id], term, True) for term in running.order_by("pk")}
    reports = {pk: Clock(by_key[pk], None, True) for pk in _reports_owed(by_key)}
    runs = TermProcess.objects.filter(round__in=by_key, closed_at__isnull=True)
    for process in runs.select_related("term").order_by("pk"):
        process.round = by_key[process.round_id]
        if process.term_id is None:
            owed = reports.setdefault(process.round_id, Clock(process.round, None, False))
        else:
            owed = found.setdefault(process.term_id, Clock(process.round, process.term, False))
        owed.process = process
    if not found and not reports:
        return []
    _find_paused(found)
    _find_waiting([*found.values(), *reports.values()])
    return [*found.values(), *reports.values()]


def _reports_owed(rounds: dict[int, Round]) -> set[int]:
    monthly = {pk for pk, round in rounds.items() if REPORT in PACKS[round.pack].by_code}
    if not monthly:
        return set()
    signed = MonthlyReport.objects.filter(round__in=monthly)
    return monthly - set(signed.values_list("round_id", flat=True))


def _find_paused(found: dict[int, Clock]) -> None:
    paused = standing_still(RunningTerm.objects.filter(pk__in=found))
    for pk in paused.values_list("pk", flat=True):
        found[pk].paused = True


def _find_waiting(found: list[Clock]) -> None:
    by_process = {clock.process.pk: clock for clock in found if clock.process is not None}
    for task in Task.objects.filter(process__in=by_process, status__in=OPEN):
        by_process[task.process_id].waiting.append(task)


def settle(found: Iterable[Clock], at: datetime) -> int:
    """Bring clocks to where their terms put them, under the lock of their round; return how many."""
    behind = [clock for clock in found if not clock.agrees]
    for clock in behind:
        _bring(clock, at)
    return len(behind)


def _bring(clock: Clock, at: datetime) -> None:
    process = clock.process
    if process is None:
        term = clock.term.pk if clock.term else None
        clock.process = TermFlow.start.run(heading=CLOCK, round_id=clock.round.pk, term_id=term)
        _find_waiting([clock])
        if clock.agrees:
            return
        process = clock.process  # started for a term that stands still
    if clock.waits_at == [CLOCK] and clock.stands_at == CLOCK:
        (task,) = clock.waiting
        task.scheduled = clock.strikes_at
        task.save(update_fields=["scheduled"])
        return
    process.heading = clock.stands_at
    with TermFlow.lock(process.pk):
        last = None
        for task in clock.waiting:
            task.process = process
            last = _leave(task, done=not clock.stands_at)
        if last is None:
            task = Task.objects.filter(process=process.pk).latest("pk")
            task.process = process
            last = task.flow_task.activation_class(task)
        jump(TermFlow, clock.stands_at or END, last)
        if not clock.stands_at:
            process.closed_at = at
            process.save(update_fields=["closed_at"])


def _leave(task: Task, *, done: bool) -> Any:
    """End a visit: done, when somebody waited for the act and it was done; else cancelled."""
    activation = task.flow_task.activation_class(task)
    if done and task.status == STATUS.NEW:
        activation.run(None)
        activation.complete()
    else:
        activation.cancel()
    return activation


def move(terms: QuerySet[RunningTerm], at: datetime) -> int:
    """
    Let clocks strike at the ends that their terms have now; return how many were moved.

    Clocks that still run are moved by one statement for each different end. One that has struck
    before its term was given another end is started again.
    """
    open_runs = TermProcess.objects.filter(term__in=terms, closed_at__isnull=True)
    running: dict[datetime, list[int]] = defaultdict(list)
    struck: set[int] = set()
    for process in open_runs.select_related("term"):
        if process.struck_for is None:
            running[process.moment].append(process.pk)
        elif process.struck_for != process.moment:
            struck.add(process.round_id)
    moved = 0
    for moment, runs in sorted(running.items()):
        waiting = Task.objects.filter(process__in=runs, status=STATUS.SCHEDULED)
        # A term that stands still has no moment, and its clock none.
        stale = waiting.filter(scheduled__isnull=False).exclude(scheduled=moment)
        moved += stale.update(scheduled=moment)
    return moved + settle(clocks(Round.objects.filter(pk__in=struck)), at)


def fire_due(at: datetime) -> Fired:
    """
    Strike every clock whose moment has come, each in a transaction of its own.

    Two at once strike each clock once. Rounds that somebody else is at work on come last, and are
    waited for. A clock that fails is reported, and stops no other.
    """
    done = Fired()
    busy = [due for due in _due(at) if not _tried(due, at, done, wait=False)]
    for due in busy:
        _tried(due, at, done, wait=True)
    return done


def _tried(due: tuple[int, int], at: datetime, done: Fired, *, wait: bool) -> bool:
    """Try to strike one clock; False, if its round is busy and is not to be waited for."""
    pk, round_id = due
    try:
        with transaction.atomic(), row_security.machine("tick"):
            rounds = Round.objects.select_for_update(skip_locked=not wait)
            round = rounds.filter(pk=round_id).first()
            if round is None:
                return False
            done.fired += _strike(pk, round, at)
    except Exception:
        logger.exception("clock %s did not strike", pk)
        done.failed.append(f"clock={pk} round={round_id}")
    return True


def _due(at: datetime) -> list[tuple[int, int]]:
    """Return the runs whose timer is due, with their rounds, the longest overdue first."""
    runs = TermProcess.objects.filter(
        closed_at__isnull=True,
        task__flow_task_type="TIMER",
        task__status=STATUS.SCHEDULED,
        task__scheduled__lte=at,
    )
    with row_security.machine("tick"):
        return list(runs.order_by("task__scheduled", "pk").values_list("pk", "round_id"))


def _strike(pk: int, round: Round, at: datetime) -> bool:
    """Strike one clock, under the lock of its round; False, if it is not due any more."""
    clock = _read_again(pk, round)
    if clock is None:
        return False
    if not clock.agrees:
        # The term was ended, stopped or counted anew since the timer was set.
        settle([clock], at)
        clock = _read_again(pk, round)
    if clock is None or clock.stands_at != CLOCK or clock.process is None:
        return False
    if clock.strikes_at is None or clock.strikes_at > at:
        return False
    (task,), process = clock.waiting, clock.process
    process.struck_for = process.moment
    process.save(update_fields=["struck_for"])
    process.heading = clock.stands_at
    task.process = process
    with TermFlow.lock(process.pk):
        activation = task.flow_task.activation_class(task)
        activation.start()
        # Not `execute`: that would keep a failure, with the local variables of its frame, and go on.
        activation.complete()
        activation.activate_next()
    owe_lateness(process, at)
    return True


def _read_again(pk: int, round: Round) -> Clock | None:
    """Return one clock of the round as it is now; None, if it has ended."""
    runs = TermProcess.objects.filter(pk=pk, closed_at__isnull=True)
    process = runs.select_related("term__village_review__village").first()
    if process is None:
        return None
    process.round, term = round, process.term
    is_open = term.ended_at is None if term else bool(_reports_owed({round.pk: round}))
    clock = Clock(round, term, is_open, process=process)
    _find_paused({term.pk: clock} if term else {})
    _find_waiting([clock])
    return clock
