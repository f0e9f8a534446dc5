"""What the sentences of a certificate are made of: a household's rows, or those of a village's lists."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cases.models import Case, Meeting, Posting
from workflow.invariants.record import Dossier, Record
from workflow.ledger.certificate_road import Proposers, Row


@dataclass
class Shown:
    """A household, or (without one) a village's lists, with the rows that sentences are made of."""

    record: Record
    own_dossier: Dossier | None = None
    own_case: Case | None = None
    proposers: Proposers = field(default_factory=dict)

    @property
    def case(self) -> Case:
        if self.own_case is None:
            raise LookupError
        return self.own_case

    @property
    def dossier(self) -> Dossier:
        if self.own_dossier is None:
            raise LookupError
        return self.own_dossier

    @cached_property
    def sheets(self) -> dict[int, tuple[Any, ...]]:
        return {row[3]: row for row in self.record.sheet_rows if row[0] == self.case.pk}

    @cached_property
    def incomes(self) -> dict[int, tuple[Any, ...]]:
        return {row[3]: row for row in self.record.income_rows if row[0] == self.case.pk}

    @cached_property
    def reviewers(self) -> dict[int, str]:
        rows = [*self.case.surveys.values_list("act", "reviewer_name")]
        return dict([*rows, *self.case.incomes.values_list("act", "reviewer_name")])

    def meeting(self, row: Row) -> Meeting | None:
        return next((m for m in self.record.meetings.values() if m.act_id == row.act_pk), None)

    def posting_closed_by(self, row: Row) -> Posting | None:
        closed = [p for p in self.record.postings.values() if p.closing_act_id == row.act_pk]
        if self.own_dossier is None:
            hung_up = [posting for posting in closed if posting.case_id is None]
        else:
            shown = {line.posting_id for line in self.own_dossier.shown}
            hung_up = [posting for posting in closed if posting.pk in shown]
        return hung_up[-1] if hung_up else None
