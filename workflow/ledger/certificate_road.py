"""
The road that a household went and what the law demands on it, with what the audit found there.

Told from the rows that the invariants read (`workflow.invariants.record`); what lies ahead, and what
must lie behind a state, is asked of the pack's own steps.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import RunningTerm
from cases.rules.packs import Pack, Span
from workflow.invariants.finding import Found
from workflow.invariants.law import AFTER_THE_WINDOW, outcome_of
from workflow.invariants.record import ActRow, Dossier, Record, Step
from workflow.ledger.certificate_demands import (
    ACT_OF_INVARIANT,
    AT_LEAST,
    DEMANDS,
    ENDS_WHOLE,
    FIND_LATENESS,
    GROUPS,
    RECORD,
    TWO_OFFICERS,
    Demand,
)
from workflow.ledger.certificate_ways import Judged, Ways

# Of the round as a whole: no event of a case names them.
OF_THE_ROUND = ("open_round", "carry_over", "hand_over", "sign_monthly_report")
HEARD_AGAIN = ("refuse", "accept_grievance", "revoke_decision")
FURTHER = {"recognised": "certified", "unqualified": "refused"}
DECIDE = ("sign_decision", "amend_decision")


class Result(StrEnum):
    """What the machine says of a row."""

    MET = "met"
    GAP = "gap"
    LATE = "late"
    NOT_YET = "not_yet"


RESULT_TITLES = {
    Result.MET: gettext_lazy("Đạt"),
    Result.GAP: gettext_lazy("Thiếu"),
    Result.LATE: gettext_lazy("Muộn"),
    Result.NOT_YET: gettext_lazy("Chưa đến bước"),
}


class Proposer(NamedTuple):
    """Who proposed the correction that an act made."""

    user_id: int
    name: str


Proposers = Mapping[tuple[int, str], Proposer]  # act, household's code


class Reason(NamedTuple):
    """Why a row is not met; the invariant is empty where a term or a missing act says it."""

    invariant: str
    sentence: str


@dataclass
class Row:
    """One row of a certificate: what was demanded, by which act it was done, what was found."""

    demand: Demand
    act: ActRow | None = None
    step: Step | None = None
    due: date | None = None
    code: str = ""  # of the act that is awaited or missing
    gaps: list[Reason] = field(default_factory=list)
    delays: list[Reason] = field(default_factory=list)
    ahead: bool = False

    @property
    def result(self) -> Result:
        if self.gaps:
            return Result.GAP
        if self.delays:
            return Result.LATE
        return Result.NOT_YET if self.ahead else Result.MET

    @property
    def reasons(self) -> list[Reason]:
        return [*self.gaps, *self.delays]

    @property
    def act_pk(self) -> int:
        return self.act.pk if self.act else 0

    @property
    def act_code(self) -> str:
        return self.act.code if self.act else self.code


def met_of(rows: Collection[Row]) -> tuple[int, int]:
    """Return how many rows are met, of how many that are demanded by now."""
    results = [row.result for row in rows]
    return results.count(Result.MET), len(results) - results.count(Result.NOT_YET)


@dataclass
class Walk:
    """What was done of a household (`dossier`), or of a village's lists, as rows are told of it."""

    record: Record
    ways: Ways
    today: date
    review: int
    acts: list[tuple[ActRow, Step | None]]
    code: str = ""
    dossier: Dossier | None = None
    proposers: Proposers = field(default_factory=dict)

    @classmethod
    def of_household(
        cls,
        dossier: Dossier,
        record: Record,
        code: str,
        ways: Ways,
        today: date,
        proposers: Proposers,
    ) -> "Walk":
        acts: list[tuple[ActRow, Step | None]] = [
            (step.act, step) for step in dossier.steps if step.act
        ]
        review = dossier.face.village_review_id
        return cls(record, ways, today, review, acts, code, dossier, proposers)

    @classmethod
    def of_village(cls, review: int, record: Record, ways: Ways, today: date) -> "Walk":
        acts: list[tuple[ActRow, Step | None]] = []
        for act in record.acts.values():
            pack = record.pack_of(act)
            declared = pack.by_code.get(act.code) if pack else None
            of_list = declared and declared.moves and declared.span is not Span.CASE
            if of_list and act.village_review_id in (None, review):
                acts.append((act, None))
        return cls(record, ways, today, review, acts)

    def rows(self, found: Collection[Judged]) -> list[Row]:
        """Return the rows in the order in which they were done; then the record's; then what is ahead."""
        done = list(self._done())
        closing = Row(RECORD)
        for judged in found:
            if self._concerns(judged.found):
                self._attach(judged, done, closing)
        if self.dossier is None:
            return [*done, closing]
        done += self._missing(self.dossier, {row.act_code for row in done})
        return [*done, closing, *self._ahead(self.dossier)]

    def _done(self) -> Iterator[Row]:
        acts = {act.sequence: (act, step) for act, step in self.acts}
        acts |= {act.sequence: (act, None) for act in self._round_acts()}
        for _number, (act, step) in sorted(acts.items(), key=lambda each: each[0]):
            yield from self._rows_of(act, step)

    def _rows_of(self, act: ActRow, step: Step | None) -> Iterator[Row]:
        for place, demand in enumerate(demands_of(act.code, self.record.pack_of(act))):
            row = Row(demand, act, step)
            if place == 0:
                row.due = self._due(act)
                if row.due and act.day > row.due:
                    row.delays.append(Reason("", late_words(row.due, act.day)))
            if demand is TWO_OFFICERS and not self._proposed_by_another(act):
                row.gaps.append(Reason("", _("Không có người khác đề nghị đính chính.")))
            yield row

    def _proposed_by_another(self, act: ActRow) -> bool:
        proposer = self.proposers.get((act.pk, self.code))
        return proposer is not None and proposer.user_id != act.actor_id

    def _round_acts(self) -> Iterator[ActRow]:
        record = self.record
        for code in OF_THE_ROUND:
            yield from record.acts_of[code]
        for act in record.acts_of["hand_over_village"]:
            if act.village_review_id == self.review:
                yield act
        village = record.village_codes.get(record.village_keepers[self.review], "")
        for code in ("suspend_term", "resume_term"):
            for act in record.acts_of[code]:
                of_case, of_village = act.facts.get("case"), act.facts.get("village")
                mine = of_case == self.code if of_case else of_village in (None, "", village)
                if mine:
                    yield act

    def _due(self, act: ActRow) -> date | None:
        """Return the last day of the term that the act had to be done in, if it ended one."""
        record = self.record
        if act.code == "sign_monthly_report":
            return next((r.due_on for r in record.monthly_reports if r.act_id == act.pk), None)
        pack = record.pack_of(act)
        declared = pack.by_code.get(act.code) if pack else None
        ends = declared.ends_term if declared else ""
        for term in record.terms:
            mine = term.ended_by_id == act.pk and term.code == ends and self._of_this(term)
            if mine and term.code not in AT_LEAST:
                return None if record.stands_still(term, act.day) else record.last_day_of(term)
        if act.code in ENDS_WHOLE and not self._heard_before(act):
            whole = next((term for term in record.terms if term.code == "whole"), None)
            return record.last_day_of(whole) if whole else None
        return None

    def _heard_before(self, act: ActRow) -> bool:
        return any(
            each.code in HEARD_AGAIN and each.sequence < act.sequence for each, _step in self.acts
        )

    def _of_this(self, term: RunningTerm) -> bool:
        if term.case_id is not None:
            return self.record.codes.get(term.case_id) == self.code
        return term.village_review_id in (None, self.review)

    def _concerns(self, found: Found) -> bool:
        """Test if what was found speaks of this household, or of all."""
        if found.case_code:
            return found.case_code == self.code
        act = self._act_of(found.sequence)
        if act is None or (act.village_review_id is None and not self.record.moved.get(act.pk)):
            return True  # of the record, or of an act on the round as a whole
        return any(each is act for each, _step in self.acts) or act in self._round_acts()

    def _act_of(self, sequence: int | None) -> ActRow | None:
        return self._by_number.get(sequence or 0)

    @cached_property
    def _by_number(self) -> dict[int, ActRow]:
        return {act.sequence: act for act in self.record.acts.values()}

    def _attach(self, judged: Judged, done: list[Row], closing: Row) -> None:
        reason = Reason(judged.invariant, judged.found.sentence)
        act = self._act_of(judged.found.sequence)
        rows = [row for row in done if act is not None and row.act is act]
        if act is not None and not rows and judged.found.case_code:
            # The act passed the household by, and should not have.
            rows = [Row(demand, act) for demand in demands_of(act.code, self.record.pack_of(act))]
            rows = [_row_for(judged, rows)]
            place = sum(row.act is None or row.act.sequence < act.sequence for row in done)
            done[place:place] = rows
        if not rows:
            named = ACT_OF_INVARIANT.get(judged.invariant, ())
            rows = [row for row in done if row.act_code in named]
        row = _row_for(judged, rows) if rows else closing
        if self._is_lateness(judged, row):
            row.delays = [reason]
        else:
            row.gaps.append(reason)

    def _is_lateness(self, judged: Judged, row: Row) -> bool:
        late = judged.check in FIND_LATENESS and bool(row.delays)
        return late and not any(delay.invariant == judged.invariant for delay in row.delays)

    def _missing(self, dossier: Dossier, done: set[str]) -> Iterator[Row]:
        for group in self.ways.behind(dossier.face.state):
            codes = [code for code in GROUPS[group] if code in self.ways.pack.by_code]
            if codes and not done & set(codes):
                row = Row(demands_of(codes[0], self.ways.pack)[0], code=codes[0])
                row.gaps.append(Reason("", _("Không có việc nào được ghi cho bước này.")))
                yield row

    def _ahead(self, dossier: Dossier) -> Iterator[Row]:
        out_of_time = self._out_of_time()
        for place, code in enumerate(self._acts_ahead(dossier)):
            for number, demand in enumerate(demands_of(code, self.ways.pack)):
                row = Row(demand, code=code, ahead=True)
                if number == 0:
                    row.due = self._awaited_by(code)
                    if row.due and self.today > row.due:
                        row.delays.append(Reason("", overdue_words(row.due)))
                    elif place == 0 and out_of_time and code not in AFTER_THE_WINDOW:
                        row.delays.append(Reason("INV-01", overdue_words(out_of_time)))
                yield row

    def _acts_ahead(self, dossier: Dossier) -> list[str]:
        face = dossier.face
        if not dossier.steps or face.state in self.ways.pack.final_states:
            return []
        if face.state in FURTHER:
            return self.ways.ahead(face.state, FURTHER[face.state])
        goal = "recognised" if "recognised" in self._states() else "confirmed"
        if cls := dossier.last_class:
            goal = outcome_of(self.record.kind, face.basis, face.opening_class, cls)
        acts = self.ways.ahead(face.state, goal)
        if acts and cls and goal in FURTHER:
            acts += self.ways.ahead(goal, FURTHER[goal])
        return acts

    def _states(self) -> set[str]:
        return {state.code for state in self.ways.pack.states}

    def _out_of_time(self) -> date | None:
        """Return the last day of the review if it is over."""
        days = self.ways.pack.days_of(self.record.round.year, self.record.round.month)
        return days[1] if days[1] and self.today > days[1] else None

    def _awaited_by(self, code: str) -> date | None:
        """Return the last day of the running term that the awaited act would end."""
        ends = {self.ways.pack.by_code[code].ends_term, "whole" if code in ENDS_WHOLE else ""}
        for term in self.record.terms:
            running = term.ended_at is None and term.code in ends and term.code not in AT_LEAST
            if running and self._of_this(term):
                still = self.record.stands_still(term, self.today)
                return None if still else self.record.last_day_of(term)
        return None


def demands_of(code: str, pack: Pack | None) -> tuple[Demand, ...]:
    """Return the rows of an act; one that only a loaded edition knows is a row of its own name."""
    if code in DEMANDS:
        return DEMANDS[code]
    declared = pack.by_code.get(code) if pack else None
    return (Demand(code, declared.title if declared else code, evidence="number"),)


def _row_for(judged: Judged, rows: list[Row]) -> Row:
    return next((row for row in rows if judged.check in row.demand.checks), rows[0])


def late_words(due: date, done: date) -> str:
    return _("Hạn là ngày %(due)s, ghi ngày %(done)s.") % {
        "due": f"{due:%d/%m/%Y}",
        "done": f"{done:%d/%m/%Y}",
    }


def overdue_words(due: date) -> str:
    return _("Đã quá hạn ngày %(due)s.") % {"due": f"{due:%d/%m/%Y}"}
