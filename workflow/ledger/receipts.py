"""
Receipts: who files a request or a complaint takes the record's head along, on paper.

The head of each such act is also a line of the commune's receipts file: its number, the act's, the
short digest; nobody's name and no household.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.ledger.entries import short_digest
from cases.models import Act, Case, Complaint
from workflow.ledger.lines import Book
from workflow.ledger.seal import Seal, seal_of

KIND, FORMAT = "receipts", "rasoat-receipt/1"
GIVEN_FOR = (
    "receive_request",
    "receive_exit_request",
    "receive_worker_request",
    "complain",
    "accept_grievance",
)


@dataclass(frozen=True)
class Receipt:
    """What the paper says; `name`: as who filed typed it, if the reader may know it."""

    case: Case
    act: Act
    name: str = ""

    @property
    def seal(self) -> Seal:
        return seal_of(self.act)


def book_of(commune: str) -> Book:
    return Book(KIND, FORMAT, commune)


def receipt_of(case: Case, sequence: int, *, with_name: bool) -> Receipt | None:
    """Return the receipt that an act gives of a case; None: it gives none, or is not of the case."""
    event = (
        case.events.filter(act__code__in=GIVEN_FOR, act__sequence=sequence)
        .select_related("act__commune")
        .first()
    )
    if event is None:
        return None
    typed = Complaint.objects.filter(case=case, act=event.act_id) if with_name else []
    return Receipt(case, event.act, next((each.complainant for each in typed), ""))


def given(commune_id: int) -> int:
    """Return how many receipts the acts of a commune give."""
    return Act.objects.filter(commune=commune_id, code__in=GIVEN_FOR).count()


def write_lines(commune_id: int, commune: str, at: datetime) -> int:
    """Add the lines that are missing from a commune's file; return how many."""
    book = book_of(commune)
    acts = Act.objects.filter(commune=commune_id, code__in=GIVEN_FOR).order_by("sequence")
    if not acts.exists():
        return 0
    with book.locked():
        last = book.last() or {"sequence": 0, "number": 0}
        missing = acts.filter(sequence__gt=last["sequence"]).values_list("sequence", "tree")
        lines: list[Mapping[str, Any]] = [
            {"number": number, "sequence": sequence, "digest": short_digest(bytes(tree))}
            for number, (sequence, tree) in enumerate(missing, last["number"] + 1)
        ]
        book.append(lines, at)
    return len(lines)
