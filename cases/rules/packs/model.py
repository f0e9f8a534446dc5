"""
What a procedure pack is made of: plain frozen data, every row cited.

A pack says which states, acts, guards, terms and thresholds the law gives. It knows no database,
no page and no clock; `workflow.machine` turns it into statements, buttons and refusals.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

Mark = Literal["S", "K", "?"]  # seen in a source, remembered, unsure


class PackError(Exception):
    """A pack contradicts itself; the message names the pack, the key and the reason."""


class Span(StrEnum):
    """What an act is on: one case, the list of a village, or the lists of a commune."""

    CASE = "case"
    VILLAGE = "village"
    ROUND = "round"


class Seat(StrEnum):
    """The level of the unit on which the actor must hold the duty."""

    VILLAGE = "village"  # the village itself or its commune
    COMMUNE = "commune"
    SUPERIOR = "superior"  # the level above the commune: district, or province from 01/07/2025


@dataclass(frozen=True, slots=True)
class Source:
    article: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class State:
    code: str
    title: str
    stage: str  # code of the Stage it is shown under
    final: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the procedure as a round board shows it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A guard on a case or a condition on an act: its code, and what to say when it fails.

    `entered`: answered by what the actor enters with the act, so it is asked only then; a page
    that asks "is this possible?" leaves it out.
    """

    code: str
    sentence: str
    remedy: str
    source: Source
    entered: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """From which states an act leads to which, for the cases that meet the guards."""

    sources: tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """
    One step of the procedure.

    `moves` are tried in their order; `passes_over` names the states that a list act leaves alone:
    a case of the list in any other state blocks it. `leaves_behind` names states that are not so
    far yet and block nothing either. `conditions` are asked of the act as a whole.
    """

    code: str
    title: str
    source: Source
    duty: str
    seat: Seat
    span: Span
    moves: tuple[Move, ...] = ()
    passes_over: tuple[str, ...] = ()
    leaves_behind: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    starts_term: str = ""
    ends_term: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s for move in self.moves for s in move.sources))

    @property
    def untouched(self) -> tuple[str, ...]:
        """Return the states of cases that neither move by the act nor stand against it."""
        return (*self.passes_over, *self.leaves_behind)


@dataclass(frozen=True, slots=True)
class TermRule:
    """A time limit: how many days of which kind."""

    code: str
    title: str
    days: int
    kind: Literal["WORKING", "CALENDAR"]
    source: Source


@dataclass(frozen=True, slots=True)
class Pack:
    code: str
    title: str
    in_force_from: date
    in_force_until: date | None  # first day it no longer applies
    superior_level: Literal["DISTRICT", "PROVINCE"]
    superior_source: Source
    window: tuple[tuple[int, int], tuple[int, int]]  # (month, day) first and last day
    window_source: Source
    consent: tuple[int, int]  # agreeing people over attending people, at least
    consent_source: Source
    stages: tuple[Stage, ...]
    states: tuple[State, ...]
    acts: tuple[Act, ...]
    guards: tuple[Rule, ...]
    conditions: tuple[Rule, ...]
    refusals: tuple[Rule, ...]  # the refusals every act can meet: state, duty, key
    terms: tuple[TermRule, ...]
    by_code: Mapping[str, Act] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {act.code: act for act in self.acts})
        for problem in self._problems():
            raise PackError(f"{self.code}: {problem}")

    def covers(self, day: date) -> bool:
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )

    def rule(self, code: str) -> Rule:
        return next(
            rule for rule in (*self.guards, *self.conditions, *self.refusals) if rule.code == code
        )

    def term(self, code: str) -> TermRule:
        return next(term for term in self.terms if term.code == code)

    @property
    def final_states(self) -> tuple[str, ...]:
        return tuple(state.code for state in self.states if state.final)

    def steps(self) -> set[tuple[str, str]]:
        """Return every (from, to) pair of states that some act declares."""
        return {
            (source, move.target)
            for act in self.acts
            for move in act.moves
            for source in move.sources
        }

    def digest(self) -> bytes:
        """Return the SHA-256 of the pack's content; a round pins it."""
        content = {name: value for name, value in asdict(self).items() if name != "by_code"}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).digest()

    def _problems(self) -> Iterator[str]:
        states = {state.code for state in self.states}
        stages = {stage.code for stage in self.stages}
        guards = {rule.code for rule in self.guards}
        conditions = {rule.code for rule in self.conditions}
        terms = {term.code for term in self.terms}
        for state in self.states:
            if state.stage not in stages:
                yield f"state {state.code}: unknown stage {state.stage}"
        for act in self.acts:
            named = {*act.sources, *act.untouched, *(move.target for move in act.moves)}
            for code in sorted(named - states):
                yield f"act {act.code}: unknown state {code}"
            for code in sorted({g for move in act.moves for g in move.guards} - guards):
                yield f"act {act.code}: unknown guard {code}"
            for code in sorted(set(act.conditions) - conditions):
                yield f"act {act.code}: unknown condition {code}"
            for code in sorted({act.starts_term, act.ends_term} - terms - {""}):
                yield f"act {act.code}: unknown term {code}"
            if set(act.sources) & set(act.untouched):
                yield f"act {act.code}: moves and passes over the same state"
        used = {g for act in self.acts for move in act.moves for g in move.guards}
        for code in sorted(guards - used):
            yield f"guard {code} is used by no act"
        asked = {c for act in self.acts for c in act.conditions}
        for code in sorted(conditions - asked):
            yield f"condition {code} is used by no act"
        if not 0 < self.consent[0] <= self.consent[1]:
            yield f"consent {self.consent}: not a share between 0 and 1"
