"""What the audit finds, question by question, and the steps of a pack as a graph."""

from collections.abc import Collection
from functools import cached_property
from typing import NamedTuple

import workflow.invariants.audit  # noqa: F401 (importing it registers the questions)
from cases.rules.packs import Pack
from workflow.invariants.finding import CASE_CHECKS, ROUND_CHECKS, Found
from workflow.invariants.record import Dossier, Record
from workflow.ledger.certificate_demands import GROUPS

# What the straight road does without.
ASIDE = frozenset(
    {
        "record_departure",
        "withdraw",
        "interrupt_posting",
        "interrupt_reposting",
        "complain",
        "accept_grievance",
        "revoke_decision",
        "correct_decision",
        "screen",
    }
)
BACKWARDS = frozenset({"disagreed", "objected", "interrupted"})


class Judged(NamedTuple):
    """What one question of the audit found."""

    check: str
    invariant: str
    found: Found


def judge_round(record: Record) -> list[Judged]:
    """Return what the questions about the round as a whole find."""
    return [
        Judged(_name(check), invariant, found)
        for invariant, check in ROUND_CHECKS
        for found in check(record)
    ]


def judge_case(dossier: Dossier, record: Record) -> list[Judged]:
    """Return what the questions about one household find."""
    return [
        Judged(_name(check), invariant, found)
        for invariant, check in CASE_CHECKS
        for found in check(dossier, record)
    ]


def _name(check: object) -> str:
    return f"{check.__module__.rpartition('.')[2]}.{check.__name__}"  # type: ignore[attr-defined]


class Ways:
    """The steps of a pack as a graph: what must lie behind a state, what lies ahead of it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._behind: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _edges(self) -> list[tuple[str, str, str]]:
        return [
            (act.code, source, move.target)
            for act in self.pack.acts
            for move in act.moves
            for source in move.sources
        ]

    def behind(self, state: str) -> tuple[str, ...]:
        """Return the groups of acts without one of which no case comes to the state."""
        if state not in self._behind:
            self._behind[state] = tuple(
                group
                for group, codes in GROUPS.items()
                if state in self._reached(()) and state not in self._reached(codes)
            )
        return self._behind[state]

    def _reached(self, without: Collection[str]) -> set[str]:
        reached = {"new"}
        while True:
            more = {
                target
                for code, source, target in self._edges
                if source in reached and code not in without
            } - reached
            if not more:
                return reached
            reached |= more

    def ahead(self, state: str, goal: str) -> list[str]:
        """Return the acts of the shortest straight road to the goal; empty: there is none."""
        roads: dict[str, list[str]] = {state: []}
        while goal not in roads:
            near = {
                target: [*roads[source], code]
                for code, source, target in self._edges
                if source in roads
                and target not in roads
                and code not in ASIDE
                and target not in BACKWARDS
            }
            if not near:
                return []
            roads |= near
        return roads[goal]
