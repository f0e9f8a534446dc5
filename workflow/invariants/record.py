"""What the rows of one round say, as the checks look at it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.models import (
    Complaint,
    Decision,
    Meeting,
    Opinion,
    Posting,
    RefusalLetter,
    Report,
    Round,
    RunningTerm,
    Screening,
)
from cases.rules.packs import PACKS, Pack
from workflow.invariants.law import FIGURES, DaysOff, Figures


@dataclass(slots=True, eq=False)
class ActRow:
    """One recorded act."""

    pk: int
    sequence: int
    code: str
    village_review_id: int | None
    actor_id: int
    actor_name: str
    duty: str
    duty_unit_id: int
    article: str
    pack: str
    at: datetime
    day: date
    facts: dict[str, Any]
    count: int


class Step(NamedTuple):
    """One event of a case with its act; the act is None when no such act is recorded."""

    sequence: int
    act_id: int
    source: str
    target: str
    act: ActRow | None

    @property
    def code(self) -> str:
        return self.act.code if self.act else ""

    @property
    def number(self) -> int | None:
        """Return the act's number in its commune."""
        return self.act.sequence if self.act else None


class Sheet(NamedTuple):
    """A Phiếu B, without what is judged row by row."""

    attempt: int
    kind: str
    act_id: int
    household_class: str


class Vote(NamedTuple):
    """A tally: in which meeting, on which result, and if at least half of all attending agreed."""

    meeting_id: int
    household_class: str
    enough: bool


class Shown(NamedTuple):
    """A line of a posted list."""

    posting_id: int
    household_class: str


class Certificate(NamedTuple):
    """A certificate's row, with what of it agrees with the case."""

    act_id: int
    year: int
    household_class: str
    same_flags: bool
    same_household: bool


class Face(NamedTuple):
    """What a case's own row says."""

    village_review_id: int
    state: str
    prev_state: str
    version: int
    last_act_id: int | None
    basis: str
    has_paper: bool
    opening_class: str
    screen_passed: bool | None
    attempt: int
    result_class: str
    agreed_class: str
    posted_class: str
    opinion: str
    decided_class: str
    departure: str
    has_reason: bool
    standing_before: str | None  # class recognised for the year before
    standing_after: str | None  # class recognised for this year
    certificate: Certificate | None


@dataclass(slots=True)
class Apart:
    """Rows that only some households have; cases that have any are judged one by one."""

    screenings: list[Screening] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    verdicts: list[tuple[int, str, str]] = field(default_factory=list)  # opinion's act, what, why
    letter: RefusalLetter | None = None


@dataclass(slots=True)
class Dossier:
    """
    All that is recorded of a household in a round.

    Households of a village mostly went the same way: they are members of one dossier, that of the
    first of them, and judged once. When something is found, each is judged by itself.
    """

    face: Face
    steps: list[Step]
    sheets: tuple[Sheet, ...]
    votes: tuple[Vote, ...]
    shown: tuple[Shown, ...]
    apart: Apart
    members: list[tuple[str, Any]]  # code, and the rows as read

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def last_class(self) -> str:
        return self.sheets[-1].household_class if self.sheets else ""

    @property
    def first_number(self) -> int | None:
        return self.steps[0].number if self.steps else None

    def step_of(self, act_id: int) -> Step | None:
        """Return the step that the act was for this case."""
        return next((step for step in self.steps if step.act_id == act_id), None)

    def last_step(self, code: str) -> Step | None:
        """Return the last step made by an act of this code."""
        return next((step for step in reversed(self.steps) if step.code == code), None)

    def state_before(self, sequence: int) -> str:
        """Return the state in which the act of this number found the case; empty: not there yet."""
        state = ""
        for step in self.steps:
            if step.act is not None and step.act.sequence >= sequence:
                break
            state = step.target
        return state


@dataclass
class Record:
    """One round with everything that was recorded in it."""

    round: Round
    acts: dict[int, ActRow]
    calendars: dict[str, DaysOff]
    villages: dict[int, int] = field(default_factory=dict)  # village review -> village
    village_codes: dict[int, str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)  # case -> code
    dossiers: list[Dossier] = field(default_factory=list)
    # Rows as read: reading.SHEET_COLUMNS, reading.VOTE_COLUMNS, reading.SHOWN_COLUMNS.
    sheet_rows: list[tuple[Any, ...]] = field(default_factory=list)
    vote_rows: list[tuple[Any, ...]] = field(default_factory=list)
    shown_rows: list[tuple[Any, ...]] = field(default_factory=list)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    postings: dict[int, Posting] = field(default_factory=dict)
    screenings: list[Screening] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    verdicts: list[tuple[int, int]] = field(default_factory=list)  # opinion's act, case
    letters: list[RefusalLetter] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    terms: list[RunningTerm] = field(default_factory=list)
    roles: dict[tuple[int, int], list[tuple[str, date, date | None]]] = field(default_factory=dict)
    unit_levels: dict[int, str] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)  # act -> events
    counts: dict[tuple[int, str, str], int] = field(default_factory=dict)
    chain: tuple[int, int, int] = (0, 0, 0)  # acts of the commune, highest number, chain's length
    opening: dict[tuple[int, str], int] = field(default_factory=dict)  # village, class -> standings
    unlisted: list[str] = field(default_factory=list)  # recognised last year, without a case
    elsewhere: list[str] = field(default_factory=list)  # cases in another round of the year too
    shared_persons: list[str] = field(default_factory=list)  # cases with a person of another
    charts: list[str] = field(default_factory=list)
    reported: dict[tuple[str, str], int] = field(default_factory=dict)  # village code, class

    @property
    def pack(self) -> Pack | None:
        return PACKS.get(self.round.pack)

    @cached_property
    def figures(self) -> Figures:
        return FIGURES[self.round.pack]

    @property
    def window(self) -> tuple[date, date]:
        year = self.round.year
        return date(year, *self.figures.first_day), date(year, *self.figures.last_day)

    @cached_property
    def acts_of(self) -> dict[str, list[ActRow]]:
        """Return the acts by code, in the order in which they were done."""
        by_code: dict[str, list[ActRow]] = defaultdict(list)
        for act in self.acts.values():
            by_code[act.code].append(act)
        return by_code

    @cached_property
    def posting_of_act(self) -> dict[int, Posting]:
        return {posting.act_id: posting for posting in self.postings.values()}

    @cached_property
    def term_of_act(self) -> dict[int, RunningTerm]:
        return {term.started_by_id: term for term in self.terms}

    def holds(self, user_id: int, role: Role, unit_id: int, day: date) -> bool:
        """Test if somebody held the role on the unit that day, by a paper."""
        return any(
            held == role and start <= day and (until is None or day < until)
            for held, start, until in self.roles.get((user_id, unit_id), ())
        )

    def holds_duty(self, act: ActRow) -> bool:
        """Test if the actor held, that day, a role that carries the act's duty on its unit."""
        duty = Duty(act.duty)
        return any(
            duty in duties and self.holds(act.actor_id, role, act.duty_unit_id, act.day)
            for role, duties in ROLE_DUTIES.items()
        )

    def sequence_of(self, act_id: int | None) -> int | None:
        act = self.acts.get(act_id or 0)
        return act.sequence if act else None
