"""
The case as a django-fsm state machine, generated from the packs.

For graphs and readers: `graph_transitions`, `can_proceed`. The methods change the state in memory
only; `workflow.machine.apply` alone writes it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django_fsm import transition

from cases.models import Case
from cases.rules.packs import PACKS, Act, Move, Pack, Review
from workflow.machine.bindings import GUARDS, Asking
from workflow.machine.evaluate import holds


def attach() -> None:
    """Give Case one transition method for each move of each act of the packs."""
    field = Case._meta.get_field("state")
    for pack in PACKS.values():
        for act in pack.acts:
            for move in act.moves:
                name = method_name(act, move, pack.review)
                if not hasattr(Case, name):
                    setattr(Case, name, _method(name, pack, act, move, field))
    field._collect_transitions(sender=Case)


def method_name(act: Act, move: Move, review: Review = Review.PERIODIC) -> str:
    """Return the act's code, or "act__target" when it has several moves; other reviews prefix it."""
    name = act.code
    if len(act.moves) > 1:
        name = f"{act.code}__{move.target}"
        twins = [m for m in act.moves if m.target == move.target]
        name = name if len(twins) == 1 else f"{name}_{twins.index(move) + 1}"
    return name if review == Review.PERIODIC else f"{review.value.lower()}__{name}"


def _method(name: str, pack: Pack, act: Act, move: Move, field: Any) -> Callable[[Case], None]:
    def method(self: Case) -> None:
        """Set the state in memory; see workflow.machine.apply for the act itself."""

    method.__name__ = name
    return transition(  # type: ignore[no-any-return]
        field=field,
        source=list(move.sources),
        target=move.target,
        conditions=[_condition(code, pack) for code in move.guards],
        custom={"act": act.code, "duty": act.duty, "label": act.title},
    )(method)


def _condition(code: str, pack: Pack) -> Callable[[Any], bool]:
    def condition(case: Any) -> bool:
        # A reader who asks about another moment sets `asked_at` on the case.
        at: datetime = getattr(case, "asked_at", None) or timezone.now()
        asking = Asking(pack=pack, round=case.round, at=at, legal_day=timezone.localdate(at))
        return holds(GUARDS[code](asking), case)

    condition.__name__ = code
    return condition
