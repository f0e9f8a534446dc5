"""
What charts are made of: where the states of its cases put a list, and the node that waits there.

A chart never says more than the states do: it waits at the first step that has something left.
"""

from collections.abc import Callable, Iterator, Mapping
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
from cases.rules.packs import PACKS
from workflow.titles import act_title

# Each step waits while a case of the list is in one of its states; the first of them holds.
# Steps are named after the acts they wait for.
VILLAGE_STEPS: Mapping[str, frozenset[str]] = {
    "survey": frozenset({"listed", "screened", "disagreed", "objected"}),
    "classify": frozenset({"surveyed"}),
    "hold_meeting": frozenset({"classified"}),
    "post_list": frozenset({"agreed"}),
    "close_posting": frozenset({"posted"}),
    "reverify": frozenset({"contested"}),
    "repost": frozenset({"reverified"}),
    "close_reposting": frozenset({"reposted"}),
}
ROUND_STEPS: Mapping[str, frozenset[str]] = {
    "build_list": frozenset({"new", "requested"}),
    "await_villages": frozenset().union(*VILLAGE_STEPS.values()),
    "sign_report": frozenset({"cleared"}),
    "give_opinion": frozenset({"reported"}),
    "sign_decision": frozenset({"consented"}),
    "issue_certificates": frozenset({"recognised"}),
    "refuse": frozenset({"unqualified"}),
}


def village_step(states: frozenset[str]) -> str:
    """Return the step at which a village's list stands; empty: nothing is left in the village."""
    return _first(VILLAGE_STEPS, states)


def round_step(states: frozenset[str]) -> str:
    """Return the step at which a commune's round stands; empty: all is decided and answered."""
    return _first(ROUND_STEPS, states) if states else "build_list"


def _first(steps: Mapping[str, frozenset[str]], states: frozenset[str]) -> str:
    return next((step for step, waits in steps.items() if waits & states), "")


class StepActivation(HandleActivation):
    """A visit of a step: its row says who owes it, so that an inbox is one query."""

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


def step(code: str, unit: Callable[[Any], Unit]) -> Step:
    """Return the step that waits for an act of the packs: its title and its duty are the pack's."""
    duty = next(pack.by_code[code].duty for pack in PACKS.values())
    return _annotated(act_title(code), duty, unit)


def wait(title: str | Promise, unit: Callable[[Any], Unit]) -> Step:
    """Return a step nobody owes: it waits for other charts. Whoever sees the unit sees it wait."""
    return _annotated(title, Duty.VIEW, unit)


def _annotated(title: str | Promise, duty: str, unit: Callable[[Any], Unit]) -> Step:
    return Step().Permission(f"cases.{duty}", obj=unit).Annotation(title=title)


def heads_for(*steps: str) -> Callable[[Activation], bool]:
    """Return a gateway's question: is the list on its way to one of these steps?"""
    return lambda activation: activation.process.heading in steps


def leads_to(node: Node) -> set[str]:
    """Return the steps (and the end) that a chart draws next after this one."""
    return set(_next_steps(node))


def _next_steps(node: Node) -> Iterator[str]:
    for edge in node._outgoing():
        if isinstance(edge.dst, Step | flow.End):
            yield edge.dst.name
        else:
            yield from _next_steps(edge.dst)
