"""
What charts are made of: where the states of its cases put a list, and the node that waits there.

A chart never says more than the states do: it waits at the first step that has something left.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Node
from viewflow.workflow.nodes import View as HumanNode
from viewflow.workflow.nodes.handle import HandleActivation
from viewflow.workflow.nodes.mixins import NodePermissionMixin

from cases.duties import Duty
from cases.models import Unit
from cases.rules.packs import SHIPPED, Pack, Review
from workflow.titles import act_title

# Steps are named after the acts they wait for, in the order in which a list comes to them; which
# of them a review has, and for whom each waits, its pack says.
VILLAGE_ORDER = (
    "survey",
    "determine_income",
    "classify",
    "hold_meeting",
    "post_list",
    "close_posting",
    "reverify",
    "redetermine_income",
    "repost",
    "close_reposting",
)
LIST = "build_list"
VILLAGES = "await_villages"
REPORT = "sign_monthly_report"
ROUND_ORDER = (
    LIST,
    VILLAGES,
    "sign_report",
    "give_opinion",
    "sign_decision",
    "issue_certificates",
    "refuse",
    "reexamine",
    "redetermine_income",
    "amend_decision",
    REPORT,
)
# Heard again after the decision: the commune's matter, also where a village act has the same code.
AFTER_DECISION = frozenset({"reopened", "reexamined"})

Waiting = Mapping[str, frozenset[str]]  # step -> the states for which it waits


@dataclass(frozen=True)
class Steps:
    """The steps of one pack: of each village's list, and of the commune's round."""

    village: Waiting
    round: Waiting


def steps_of(pack: Pack) -> Steps:
    """Return the steps of a pack in their order; each waits while a case is in one of its states."""
    village = {
        step: states for step in VILLAGE_ORDER if (states := awaited(pack, step) - AFTER_DECISION)
    }
    in_villages = frozenset().union(*village.values())
    round = {
        step: in_villages if step == VILLAGES else awaited(pack, step) - in_villages
        for step in ROUND_ORDER
    }
    return Steps(village, {step: states for step, states in round.items() if states})


def awaited(pack: Pack, code: str) -> frozenset[str]:
    """Return the states in which a case waits for the act; none, if the pack has no such act."""
    if code not in pack.by_code:
        return frozenset()
    act = pack.by_code[code]
    # What an act leads to does not wait for it, although it may be done again.
    return frozenset(act.sources) - {move.target for move in act.moves}


def village_step(pack: Pack, states: frozenset[str]) -> str:
    """Return the step at which a village's list stands; empty: nothing is left in the village."""
    return _first(steps_of(pack).village, states)


def round_step(pack: Pack, states: frozenset[str], reported: bool = False) -> str:
    """Return the step at which a commune's round stands; empty: all is decided and answered."""
    if not states and pack.window is not None:
        return LIST
    step = _first(steps_of(pack).round, states)
    if not step and REPORT in pack.by_code and not reported:
        return REPORT  # of a month without a request too
    return step


def _first(steps: Waiting, states: frozenset[str]) -> str:
    return next((step for step, waits in steps.items() if waits & states), "")


class StepActivation(HandleActivation):
    """A visit of a step: its row says who owes it."""

    @classmethod
    def create(
        cls,
        flow_task: "Step",
        prev_activation: Activation,
        token: Any,
        data: dict[str, Any] | None = None,
        seed: Any = None,
    ) -> "StepActivation":
        process = prev_activation.process
        task = flow_task.flow_class.task_class(
            process=process,
            flow_task=flow_task,
            token=token,
            owner_permission=flow_task.permission,
            owner_permission_obj=flow_task.unit(process),
        )
        task.save()
        task.previous.add(prev_activation.task)
        return cls(task)


class Step(NodePermissionMixin, flow.Handle):
    """
    A node at which the list waits for people with a duty on its unit.

    No form completes it and nobody is assigned: the act does both, and the engine reads the
    right at the act. viewflow would read it at assignment only.
    """

    task_type = "HUMAN"
    activation_class = StepActivation
    bpmn_element = HumanNode.bpmn_element
    shape = HumanNode.shape

    @property
    def permission(self) -> str:
        return str(self._owner_permission)

    def unit(self, process: Any) -> Unit:
        """Return the unit on which the duty is held."""
        return self._owner_permission_obj(process)

    def can_execute(self, user: Any, task: Any) -> bool:
        """Test if the user holds the step's duty now, whatever was so when the step began."""
        return bool(user.has_perm(self.permission, task.process.coerced))


def step(code: str, unit: Callable[[Any], Unit], review: Review = Review.PERIODIC) -> Step:
    """Return the step that waits for an act of a review: its title and its duty are the pack's."""
    pack = next(pack for pack in SHIPPED if pack.review == review and code in pack.by_code)
    return annotated(act_title(code, pack), pack.by_code[code].duty, unit)


def wait(title: str | Promise, unit: Callable[[Any], Unit]) -> Step:
    """Return a step nobody owes: it waits for other charts. Whoever sees the unit sees it wait."""
    return annotated(title, Duty.VIEW, unit)


def annotated(title: str | Promise, duty: str, unit: Callable[[Any], Unit]) -> Step:
    return Step().Permission(f"cases.{duty}", obj=unit).Annotation(title=title)


def heads_for(*steps: str) -> Callable[[Activation], bool]:
    """Return a gateway's question: is the list on its way to one of these steps?"""
    return lambda activation: activation.process.heading in steps


def jump(chart: type[flow.Flow], node: str, last: Activation) -> None:
    """
    Begin at a node to which no line leads from the last visit.

    A household came late, left, or was moved by an act of another step. viewflow has no public
    way to do so; these two calls are what its own nodes do.
    """
    begun = chart.instance.node(node)._create(last, last.task.token)
    last._activate_next({begun})


def start_of(chart: type[flow.Flow], step: str) -> flow.StartHandle:
    """Return the beginning that leads to the step, else the usual one."""
    starts = (node for node in chart.instance.nodes() if isinstance(node, flow.StartHandle))
    return next((node for node in starts if step in leads_to(node)), chart.start)


def leads_to(node: Node) -> set[str]:
    """Return the steps (and the end) that a chart draws next after this one."""
    return set(_next_steps(node))


def _next_steps(node: Node) -> Iterator[str]:
    for edge in node._outgoing():
        if isinstance(edge.dst, Step | flow.Timer | flow.End):
            yield edge.dst.name
        else:
            yield from _next_steps(edge.dst)
