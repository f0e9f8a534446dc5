"""What the rows of one round say, as the checks look at it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from cases.duties import Duty, Role
from cases.holdings import Holding
from cases.models import (
    Complaint,
    Decision,
    Meeting,
    MonthlyReport,
    Opinion,
    Posting,
    RefusalLetter,
    Report,
    Round,
    RunningTerm,
    Screening,
)
from cases.rules.packs import Pack
from workflow.invariants.editions import Editions
from workflow.invariants.law import Figures, day_of

NOBODY = 0


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
    """A Phiếu B or an income of twelve months, without what is judged row by row."""

    attempt: int
    kind: str
    act_id: int
    household_class: str


class Vote(NamedTuple):
    """A tally: in which meeting, on which result, and if enough of all attending agreed."""

    meeting_id: int
    household_class: str
    enough: bool


class Shown(NamedTuple):
    """A line of a posted list."""

    posting_id: int
    household_class: str


class Certificate(NamedTuple):
    """A certificate's row, with what of it agrees with the case now; cancelled by 0: it is good."""

    act_id: int
    year: int
    household_class: str
    cancelled_by: int
    same_flags: bool
    same_household: bool


class Face(NamedTuple):
    """What a case's own row says, and what was recognised of its household."""

    village_review_id: int
    state: str
    prev_state: str
    version: int
    last_act_id: int | None
    basis: str
    opening_class: str
    screen_passed: bool | None
    attempt: int
    result_class: str
    agreed_class: str
    posted_class: str
    opinion: str
    decided_class: str
    departure: str
    commune_id: int
    village_id: int
    standing_before: str | None  # class recognised for the list that is reviewed
    standing_after: str | None  # class recognised on the list that a decision changes
    has_paper: bool
    changed_before: bool  # another round changed the first list later: it says nothing any more
    changed_after: bool  # or the second one

    @property
    def before(self) -> str | None:
        """Return the class with which the household stood on the list under review."""
        standing = self.opening_class if self.changed_before else self.standing_before
        return standing if standing in ("POOR", "NEAR_POOR") else None


class SecondLook(NamedTuple):
    """Who looked at a household again, and who had looked before."""

    act_id: int
    reviewer: str
    before: str


class Interest(NamedTuple):
    """Who is close to the household, and from which day until before which."""

    user_id: int
    name: str
    since: date
    until: date | None


@dataclass(slots=True)
class Apart:
    """Rows that only some households have; cases that have any are judged one by one."""

    screenings: list[Screening] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    verdicts: list[tuple[int, str, str]] = field(default_factory=list)  # opinion's act, what, why
    letters: list[RefusalLetter] = field(default_factory=list)
    named: list[tuple[int, str, str]] = field(default_factory=list)  # decision's act, kind, why
    looks: list[SecondLook] = field(default_factory=list)
    interests: list[Interest] = field(default_factory=list)
    reviewers: dict[int, str] = field(default_factory=dict)  # by act; where somebody is close


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
    certificates: tuple[Certificate, ...]
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

    def last_step(self, *codes: str) -> Step | None:
        """Return the last step made by an act of one of these codes."""
        return next((step for step in reversed(self.steps) if step.code in codes), None)

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
    editions: Editions
    villages: dict[int, int] = field(default_factory=dict)  # village review -> village
    village_keepers: dict[int, int] = field(default_factory=dict)  # as the rows say it now
    village_codes: dict[int, str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)  # case -> code
    dossiers: list[Dossier] = field(default_factory=list)
    # Rows as read: dossiers.SHEET_COLUMNS, INCOME_COLUMNS, VOTE_COLUMNS, SHOWN_COLUMNS.
    sheet_rows: list[tuple[Any, ...]] = field(default_factory=list)
    income_rows: list[tuple[Any, ...]] = field(default_factory=list)
    vote_rows: list[tuple[Any, ...]] = field(default_factory=list)
    shown_rows: list[tuple[Any, ...]] = field(default_factory=list)
    # Sheet's act, case, standard, class, and the scores it comes from.
    assessments: list[tuple[Any, ...]] = field(default_factory=list)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    postings: dict[int, Posting] = field(default_factory=dict)
    screenings: list[Screening] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    verdicts: list[tuple[int, int]] = field(default_factory=list)  # opinion's act, case
    letters: list[RefusalLetter] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    monthly_reports: list[MonthlyReport] = field(default_factory=list)
    terms: list[RunningTerm] = field(default_factory=list)
    # Term -> (first day, day on which it goes on, stopped by, let go on by), in order.
    pauses: dict[int, list[tuple[date, date | None, int, int | None]]] = field(default_factory=dict)
    # Term -> (old end, new end, old calendar, new calendar), in order.
    recounts: dict[int, list[tuple[date, date, str, str]]] = field(default_factory=dict)
    conflict_notes: set[int] = field(default_factory=set)  # acts
    roles: dict[tuple[int, int], list[Holding]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)  # who may look at households
    units: dict[str, int] = field(default_factory=dict)  # units that acts name, by code
    # Unit that had the round before -> (path, from, until) of its versions; unit -> its successors.
    paths: dict[int, list[tuple[str, date, date | None]]] = field(default_factory=dict)
    successors: dict[int, list[tuple[int, date]]] = field(default_factory=dict)
    foreign_acts: dict[int, tuple[str, str, int]] = field(default_factory=dict)  # code, kind, year
    moved: dict[int, int] = field(default_factory=dict)  # act -> events
    counts: dict[tuple[int, str, str], int] = field(default_factory=dict)
    chain: tuple[int, int, int] = (0, 0, 0)  # acts of the commune, highest number, chain's length
    opening: dict[tuple[int, str], int] = field(default_factory=dict)  # village, class -> standings
    unlisted: list[str] = field(default_factory=list)  # recognised last year, without a case
    elsewhere: list[str] = field(default_factory=list)  # cases in another round of the year too
    shared_persons: list[str] = field(default_factory=list)  # cases with a person of another
    changed: dict[str, set[int]] = field(default_factory=dict)  # "before", "after": households
    charts: list[str] = field(default_factory=list)
    reported: dict[tuple[str, str], int] = field(default_factory=dict)  # village code, class
    _last_days: dict[int, date | None] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.round.kind

    def pack_of(self, act: ActRow) -> Pack | None:
        """Return the edition that the act says it was done under."""
        return self.editions.pack(act.pack)

    def figures_of(self, act: ActRow) -> Figures:
        return self.editions.figures(act.pack) or self.figures

    @cached_property
    def figures(self) -> Figures:
        """Return the figures of the edition that the round is under now."""
        figures = self.editions.figures(self.round.pack)
        if figures is None:
            raise LookupError(self.round.pack)
        return figures

    @cached_property
    def starts_on(self) -> date:
        """Return the first day on which the review itself may begin."""
        return self.figures.days_of(self.round.year, self.round.month)[0]

    @property
    def standing_year(self) -> int:
        """Return the year of the list that a decision of this round changes."""
        return self.round.year if self.kind == "PERIODIC" else self.round.year - 1

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

    def keeper_at(self, sequence: int) -> int:
        """Return the unit that had the round when the act of this number was done."""
        keeper = self.round.commune_id
        for act in self.acts_of["hand_over"]:
            if act.sequence < sequence:
                keeper = self.units.get(act.facts.get("keeper", ""), NOBODY)
        return keeper

    def village_keeper_at(self, review_id: int, sequence: int) -> int:
        """Return the village that had a list when the act of this number was done."""
        keeper = self.villages[review_id]
        for act in self.acts_of["hand_over_village"]:
            if act.sequence < sequence and act.village_review_id == review_id:
                keeper = self.units.get(act.facts.get("keeper", ""), NOBODY)
        return keeper

    def above_at(self, act: ActRow) -> tuple[int | None, int | None]:
        """Return the district and the province over whoever had the round at the act."""
        keeper = self.keeper_at(act.sequence)
        for path, since, until in self.paths.get(keeper, ()):
            if since <= act.day and (until is None or act.day < until):
                _nation, province, *below = path.strip("/").split("/")
                district = self.units.get(below[0]) if len(below) > 1 else None
                return district, self.units.get(province)
        return self.round.district_id, self.round.province_id

    def last_day_of(self, term: RunningTerm) -> date | None:
        """Return the last day of a term, counted anew; None when nothing says by which calendar."""
        if term.pk not in self._last_days:
            self._last_days[term.pk] = self._count(term)
        return self._last_days[term.pk]

    def _count(self, term: RunningTerm) -> date | None:
        act = self.acts.get(term.started_by_id)
        days_off = self.editions.calendars.get(term.calendar_version)
        figures = self.figures_of(act) if act else self.figures
        if days_off is None or term.code not in figures.terms:
            return None
        start = self.starts_on if term.code == "whole" else day_of(act.at) if act else None
        stood = [(first, until) for first, until, *_by in self.pauses.get(term.pk, ()) if until]
        return days_off.last_day(start or term.starts_on, *figures.terms[term.code], stood)

    def stands_still(self, term: RunningTerm, day: date) -> bool:
        """Test if a pause of the term without an end was there on the day."""
        return any(
            first <= day and until is None for first, until, *_by in self.pauses.get(term.pk, ())
        )

    def holds(
        self, user_id: int, role: Role, unit_id: int, day: date, duty: Duty | None = None
    ) -> bool:
        """Test if somebody held the role on the unit that day, or that duty of it, by a paper."""
        return any(
            held.role == role and held.on(day) and (duty is None or duty in held.duties)
            for held in self.roles.get((user_id, unit_id), ())
        )

    def holds_duty(self, act: ActRow) -> bool:
        """Test if the actor held, that day, a role that carries the act's duty on its unit."""
        duty = Duty(act.duty)
        return any(
            duty in held.duties and held.on(act.day)
            for held in self.roles.get((act.actor_id, act.duty_unit_id), ())
        )

    def sequence_of(self, act_id: int | None) -> int | None:
        act = self.acts.get(act_id or 0)
        return act.sequence if act else None
