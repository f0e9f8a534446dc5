"""What the decisions of a round made of a household, told again from its acts."""

from typing import NamedTuple

from workflow.invariants.law import AD_HOC, POOR_CLASSES
from workflow.invariants.record import Dossier, Record

DECIDING = frozenset({"sign_decision", "amend_decision"})


class Row(NamedTuple):
    """A certificate's row that an act must have entered; cancelled by 0: it is good."""

    act_id: int
    household_class: str
    cancelled_by: int


class Outcome(NamedTuple):
    """What was decided last, as what the household stands now, and its certificates' rows."""

    decided: str  # class in the last decision; empty: none
    target: str  # state that the last decision led to
    stands_as: str  # class that holds by this round; empty: neither poor nor near-poor
    certificates: tuple[Row, ...]

    @property
    def certified_as(self) -> str:
        """Return the class on the certificate that is good; empty: there is none."""
        return next((row.household_class for row in self.certificates if not row.cancelled_by), "")


def outcome(dossier: Dossier, record: Record, before: int | None = None) -> Outcome:
    """Return what was decided, by all acts or by those before the one of this number."""
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    opening = dossier.face.opening_class if record.kind == AD_HOC else ""
    found = decided = target = ""
    stands_as = opening
    rows: list[Row] = []
    for step in dossier.steps:
        if before is not None and step.number is not None and step.number >= before:
            break
        found = forms.get(step.act_id, found)
        code = step.code
        if code in ("revoke_decision", "amend_decision"):
            rows = [
                row if row.cancelled_by else row._replace(cancelled_by=step.act_id) for row in rows
            ]
        if code in DECIDING:
            decided, target = found, step.target
            stands_as = {"recognised": decided, "unqualified": opening}.get(target, "")
        elif code == "revoke_decision":
            decided, stands_as = "", opening
        elif code == "issue_certificates":
            rows.append(Row(step.act_id, decided, 0))
    kept = stands_as if stands_as in POOR_CLASSES else ""
    return Outcome(decided, target, kept, tuple(rows))
