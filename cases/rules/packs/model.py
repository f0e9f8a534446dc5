"""
What a procedure pack is made of: plain frozen data, every row cited.

A pack says which states, acts, guards, terms and thresholds the law gives. It knows no database,
no page and no clock; `workflow.machine` turns it into statements, buttons and refusals.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from cases.rules.packs.problems import problems_of
from cases.rules.packs.reasons import Problem, Reason

Mark = Literal["S", "K", "?"]  # seen in a source, remembered, unsure


class PackError(Exception):
    """A pack contradicts itself; the message names the pack, the key and the reason."""

    def __init__(self, pack: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{pack}: {problem}" for problem in problems))
        self.problems = problems


class Review(StrEnum):
    """The four reviews (Điều 4, 5, 6 of Decision 24/2021/QĐ-TTg; Decree 30/2025/NĐ-CP)."""

    PERIODIC = "PERIODIC"
    AD_HOC = "AD_HOC"
    AVERAGE_LIVING = "AVERAGE"
    LOW_INCOME = "LOW_INCOME"


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
    KEEPER = "keeper"  # the unit that takes a round over from one that ended


@dataclass(frozen=True, slots=True)
class Source:
    article: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class State:
    code: str
    title: str
    stage: str  # code of the Stage it is shown under
    source: Source
    final: bool = False  # nothing is owed any more; a later act may still reopen it


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
    forms: tuple[str, ...] = ()
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
class Form:
    """A paper of the procedure, by its number in the annex."""

    code: str
    title: str
    source: Source


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a duty in the text of the law."""

    duty: str
    title: str
    source: Source


@dataclass(frozen=True)
class Pack:
    """
    One edition of one review's procedure.

    A periodic review has a `window` of (month, day) first and last day. The others start on
    `start_day` of each of `months`. `replaces`: the edition that this one follows from its first
    day on. `consent` is agreeing people over attending people, at least; None: no meeting.
    """

    code: str
    title: str
    review: Review
    review_source: Source
    in_force_from: date
    in_force_until: date | None  # first day it no longer applies
    superior_level: Literal["DISTRICT", "PROVINCE"]
    superior_source: Source
    window: tuple[tuple[int, int], tuple[int, int]] | None
    window_source: Source
    consent: tuple[int, int] | None
    consent_source: Source | None
    stages: tuple[Stage, ...]
    states: tuple[State, ...]
    acts: tuple[Act, ...]
    guards: tuple[Rule, ...]
    conditions: tuple[Rule, ...]
    refusals: tuple[Rule, ...]  # the refusals every act can meet: state, duty, key
    terms: tuple[TermRule, ...]
    forms: tuple[Form, ...]
    holders: tuple[Holder, ...]
    start_day: int = 0
    months: tuple[int, ...] = ()
    edition: int = 1
    replaces: str = ""
    by_code: Mapping[str, Act] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {act.code: act for act in self.acts})
        if problems := tuple(problems_of(self)):
            raise PackError(self.code, problems)

    def covers(self, day: date) -> bool:
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )

    def days_of(self, year: int, month: int = 0) -> tuple[date, date | None]:
        """Return the first and the last day of a review; None: no last day is fixed."""
        if self.window is not None:
            first, last = self.window
            return date(year, *first), date(year, *last)
        return date(year, month, self.start_day), None

    @property
    def share(self) -> tuple[int, int]:
        """
        Return how many of how many attending must agree, at least.

        :raises PackError: if the review has no village meeting
        """
        if self.consent is None:
            raise PackError(self.code, (Problem("consent", Reason.MISSING_KEY),))
        return self.consent

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

    @cached_property
    def fingerprint(self) -> bytes:
        """Return the SHA-256 of the pack's content; a round pins it."""
        content = {name: value for name, value in asdict(self).items() if name != "by_code"}
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).digest()
