"""An operator takes what the database holds for true, though something else was given out: on a paper."""

from datetime import datetime
from typing import Any

from cases import row_security
from cases.ledger.entries import short_digest
from cases.ledger.merkle import root_of
from cases.models import Acceptance, Act, Unit
from workflow.ledger import anchors, receipts, watch
from workflow.ledger.lines import Book, ForeignLine

WHY = "ACCEPTED"


class NothingToAccept(Exception):
    """The database is what was given out."""


def accept(commune: Unit, *, paper: str, by_name: str, at: datetime) -> Acceptance:
    """
    Record who accepts the database as it is, and give its head out as the last one.

    What was given out before stays in the files: whoever checks them sees that it was left behind.

    :raises NothingToAccept: if nothing stands against writing
    """
    if commune.code not in watch.look().behind:
        raise NothingToAccept(commune.code)
    expected = _last(anchors.book_of(commune.code)) or {}
    with row_security.machine("record"):
        head = Act.objects.filter(commune=commune).order_by("-sequence").first()
        accepted = Acceptance.objects.create(
            commune=commune,
            expected_sequence=expected.get("sequence", 0),
            expected_tree=anchors.tree_of(expected) if expected else b"",
            sequence=head.sequence if head else 0,
            tree=bytes(head.tree) if head else root_of([]),
            paper=paper,
            by_name=by_name,
            at=at,
        )
    # After the row: while a line is missing nothing is written, and the command is run again.
    _give_out(accepted, receipts.book_of(commune.code), always=False)
    _give_out(accepted, anchors.book_of(commune.code), always=True)
    watch.look()
    return accepted


def _give_out(accepted: Acceptance, book: Book, *, always: bool) -> None:
    if not always and not book.files():
        return
    tree = bytes(accepted.tree)
    line: dict[str, Any] = {
        **anchors.line_of(accepted.sequence, tree, accepted.at, WHY),
        "paper": accepted.paper,
        "instead_of": accepted.expected_sequence,
        "instead_of_digest": short_digest(bytes(accepted.expected_tree)),
    }
    with book.locked():
        if book.kind == receipts.KIND:
            line["number"] = (_last(book) or {}).get("number", 0)
        book.append([line], accepted.at)


def _last(book: Book) -> dict[str, Any] | None:
    try:
        return book.last()
    except ForeignLine:
        return None
