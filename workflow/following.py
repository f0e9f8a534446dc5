"""
Charts follow the cases, and the clocks of terms follow the terms.

After each act the charts of its round are brought to where the states of the cases put them. The
round's row is locked by then, so charts of one round are moved by one act at a time; that is why
the last of two villages that end at the same moment sees the other one ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases import row_security
from cases.models import Act, MonthlyReport, Round, RunningTerm, StateCount, User
from cases.rules.packs import PACKS
from workflow import timers
from workflow.charts import (
    REPORT,
    ROUND_ORDER,
    VILLAGE_ORDER,
    Step,
    Waiting,
    jump,
    leads_to,
    round_step,
    start_of,
    steps_of,
    village_step,
)
from workflow.flows import ROUND_FLOWS, VILLAGE_FLOWS
from workflow.machine.apply import lock_round
from workflow.models import RoundProcess, TermProcess, VillageReviewProcess

ROUNDS_AT_ONCE = 200
END = "end"
# Acts after which other units are answerable for what waits already.
PASSED_ON = frozenset({"carry_over", "hand_over", "hand_over_village"})


@dataclass
class Chart:
    """A list and its open chart: where the chart waits, and where the states put the list."""

    flow: type[Flow]
    on: dict[str, int]  # what a new process is started with
    round_id: int
    order: tuple[str, ...]
    steps: Waiting
    states: frozenset[str]
    stands_at: str  # empty: nothing is left to do
    process: Any = None
    waiting: list[Task] = field(default_factory=list)

    @property
    def waits_at(self) -> list[str]:
        return [task.flow_task.name for task in self.waiting]

    @property
    def agrees(self) -> bool:
        """Test if the chart waits exactly where the list stands."""
        wanted = [self.stands_at] if self.stands_at else []
        is_open = self.process is not None
        return self.waits_at == wanted and is_open == bool(wanted)

    def __str__(self) -> str:
        names = ", ".join(f"{name}={pk}" for name, pk in self.on.items())
        return f"{names}: {self.waits_at or '-'} -> {self.stands_at or '-'}"


def follow(act: Act, by: User) -> None:
    """Bring the charts of the act's round to where its cases are now, in the act's transaction."""
    _settle(act.round, act.at, act, by)
    timers.settle(timers.clocks([act.round]), act.at)
    if act.code in PASSED_ON:
        _address_anew(act.round)


def timers_follow(terms: QuerySet[RunningTerm], at: datetime) -> int:
    """
    Let the clocks of these terms strike at the ends they have now; return how many were moved.

    To be called, under the locks of their rounds, by whoever counts terms anew in a set.
    """
    return timers.move(terms, at)


def charts_disagree(rounds: Iterable[Round] | None = None) -> list[Chart]:
    """Return the charts that do not wait where the states of their cases put them."""
    return [chart for some in _some_at_once(rounds) for chart in _charts(some) if not chart.agrees]


def clocks_disagree(rounds: Iterable[Round] | None = None) -> list[timers.Clock]:
    """Return the clocks that run without a term, or not to its end, and terms without a clock."""
    return [
        clock for some in _some_at_once(rounds) for clock in timers.clocks(some) if not clock.agrees
    ]


def collect_rounds(at: datetime) -> int:
    """
    Bring every chart and clock that disagrees to where its list or term stands; return how many.

    Safe to run at any time and twice: each round is looked at again under its lock.
    """
    moved = 0
    with row_security.machine("tick"):
        late = {chart.round_id for chart in charts_disagree()}
        late |= {clock.round.pk for clock in clocks_disagree()}
        behind = list(Round.objects.filter(pk__in=late).order_by("pk"))
    for round in behind:
        with transaction.atomic(), row_security.machine("tick"):
            lock_round(round)
            moved += _settle(round, at, None, None)
            moved += timers.settle(timers.clocks([round]), at)
    return moved


def _settle(round: Round, at: datetime, act: Act | None, by: User | None) -> int:
    behind = [chart for chart in _charts([round]) if not chart.agrees]
    for chart in behind:
        _bring(chart, at, act, by)
    return len(behind)


def _charts(rounds: list[Round]) -> list[Chart]:
    """Return every chart of the rounds, villages first; five queries, whatever their number."""
    by_key = {round.pk: round for round in rounds}
    by_village: dict[tuple[int, int], set[str]] = defaultdict(set)
    counts = StateCount.objects.filter(village_review__round__in=by_key)
    for round_id, review_id, state in counts.values_list(
        "village_review__round_id", "village_review_id", "state"
    ):
        by_village[round_id, review_id].add(state)
    villages = {
        (process.village_review.round_id, process.village_review_id): process
        for process in VillageReviewProcess.objects.filter(
            village_review__round__in=by_key, closed_at__isnull=True
        ).select_related("village_review")
    }
    communes = {
        process.round_id: process
        for process in RoundProcess.objects.filter(round__in=by_key, closed_at__isnull=True)
    }
    charts = []
    everywhere: dict[int, set[str]] = defaultdict(set)
    for key in sorted(by_village.keys() | villages.keys()):
        round_id, review_id = key
        states = frozenset(by_village[key])
        everywhere[round_id] |= states
        charts.append(_village_chart(by_key[round_id], review_id, states, villages.get(key)))
    reported = _reported(rounds)
    for pk, round in by_key.items():
        states = frozenset(everywhere[pk])
        charts.append(_round_chart(round, states, pk in reported, communes.get(pk)))
    _find_waiting(charts)
    return charts


def _village_chart(round: Round, review_id: int, states: frozenset[str], process: Any) -> Chart:
    pack = PACKS[round.pack]
    return Chart(
        VILLAGE_FLOWS[round.kind],
        {"village_review_id": review_id},
        round.pk,
        VILLAGE_ORDER,
        steps_of(pack).village,
        states,
        village_step(pack, states),
        process,
    )


def _round_chart(round: Round, states: frozenset[str], reported: bool, process: Any) -> Chart:
    pack = PACKS[round.pack]
    return Chart(
        ROUND_FLOWS[round.kind],
        {"round_id": round.pk},
        round.pk,
        ROUND_ORDER,
        steps_of(pack).round,
        states,
        round_step(pack, states, reported),
        process,
    )


def _reported(rounds: list[Round]) -> set[int]:
    """Return the rounds whose month is reported."""
    monthly = [round.pk for round in rounds if REPORT in PACKS[round.pack].by_code]
    if not monthly:
        return set()
    return set(MonthlyReport.objects.filter(round__in=monthly).values_list("round_id", flat=True))


def _find_waiting(charts: list[Chart]) -> None:
    by_process = {chart.process.pk: chart for chart in charts if chart.process is not None}
    for task in Task.objects.filter(process__in=by_process, status=STATUS.NEW):
        by_process[task.process_id].waiting.append(task)


def _bring(chart: Chart, at: datetime, act: Act | None, by: User | None) -> None:
    """Move one chart to where its list stands, along its lines where they lead there."""
    if chart.process is None:
        start = start_of(chart.flow, chart.stands_at)
        chart.process = start.run(heading=chart.stands_at, **chart.on)
        if chart.stands_at in leads_to(start):
            return
        _find_waiting([chart])
    process = chart.process
    process.heading = chart.stands_at
    with chart.flow.lock(process.pk):
        last = None
        for task in chart.waiting:
            task.process = process
            last = _leave(chart, task, act, by)
        if last is None or not _drawn(chart, last):
            jump(chart.flow, chart.stands_at or END, last or _last_visit(chart))
        else:
            last.activate_next()
        if not chart.stands_at:
            process.closed_at = at
            process.save(update_fields=["closed_at"])


def _leave(chart: Chart, task: Task, act: Act | None, by: User | None) -> Activation:
    """End a visit: done when nothing is left at its step, cancelled when the list was moved away."""
    activation = task.flow_task.activation_class(task)
    if _done(chart, task.flow_task.name, act):
        if act is not None and act.code == task.flow_task.name:
            task.owner = by
        activation.run(None)
        activation.complete()
    else:
        activation.cancel()
    return activation


def _done(chart: Chart, step: str, act: Act | None) -> bool:
    order = chart.order
    if step not in order or chart.steps.get(step, frozenset()) & chart.states:
        return False
    forward = not chart.stands_at or order.index(chart.stands_at) > order.index(step)
    return forward or (act is not None and act.code == step)


def _drawn(chart: Chart, last: Activation) -> bool:
    return last.task.status == STATUS.DONE and (chart.stands_at or END) in leads_to(last.flow_task)


def _last_visit(chart: Chart) -> Activation:
    task = Task.objects.filter(process=chart.process.pk).latest("pk")
    task.process = chart.process
    return task.flow_task.activation_class(task)


def _address_anew(round: Round) -> None:
    """Write into the rows of waiting steps who owes them now."""
    runs: Mapping[Any, QuerySet[Any]] = {
        process: process.objects.filter(closed_at__isnull=True, **{f"{place}round": round})
        for process, place in (
            (VillageReviewProcess, "village_review__"),
            (RoundProcess, ""),
            (TermProcess, ""),
        )
    }
    by_key = {process.pk: process for found in runs.values() for process in found}
    for task in Task.objects.filter(process__in=by_key, status=STATUS.NEW):
        if isinstance(task.flow_task, Step):
            task.owner_permission_obj = task.flow_task.unit(by_key[task.process_id])
            task.save()


def _some_at_once(rounds: Iterable[Round] | None) -> Iterator[list[Round]]:
    if rounds is None:
        rounds = Round.objects.order_by("pk").iterator(chunk_size=ROUNDS_AT_ONCE)
    some: list[Round] = []
    for round in rounds:
        some.append(round)
        if len(some) == ROUNDS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some
