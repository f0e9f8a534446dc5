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

    What was given out before stays in the files: whoever checks them sees that it was left behind. Where
    the files were lost, the table of anchors says what stood in them.

    :raises NothingToAccept: if nothing stands against writing
    """
    if commune.code not in watch.look().behind:
        raise NothingToAccept(commune.code)
    with row_security.machine("record"):
        reached = anchors.expected(commune=commune).get(commune.code, {})
        expected_sequence, expected_tree = _expected(commune)
        receipts_given = receipts.given(commune.pk)
        head = Act.objects.filter(commune=commune).order_by("-sequence").first()
        accepted = Acceptance.objects.create(
            commune=commune,
            expected_sequence=expected_sequence,
            expected_tree=expected_tree,
            sequence=head.sequence if head else 0,
            tree=bytes(head.tree) if head else root_of([]),
            paper=paper,
            by_name=by_name,
            at=at,
        )
    # After the row: while a line is missing nothing is written, and the command is run again.
    book = receipts.book_of(commune.code)
    if book.files() or reached.get(book.kind):
        # Of lines that were lost the numbers go on; they are not written anew.
        number = (_last(book) or {}).get("number", 0)
        _give_out(accepted, book, number=max(number, receipts_given))
    _give_out(accepted, anchors.book_of(commune.code))
    watch.look()
    return accepted


def _expected(commune: Unit) -> tuple[int, bytes]:
    """Return the number and tree that were given out last: as the file says, or the table where it is lost."""
    line = _last(anchors.book_of(commune.code))
    row = anchors.standing_anchors().filter(commune=commune).order_by("-sequence").first()
    if row is not None and row.sequence > anchors.number_of(line):
        return row.sequence, bytes(row.tree)
    return (line["sequence"], anchors.tree_of(line)) if line else (0, b"")


def _give_out(accepted: Acceptance, book: Book, **more: int) -> None:
    tree = bytes(accepted.tree)
    line: dict[str, Any] = {
        **anchors.line_of(accepted.sequence, tree, accepted.at, WHY),
        "paper": accepted.paper,
        "instead_of": accepted.expected_sequence,
        "instead_of_digest": short_digest(bytes(accepted.expected_tree)),
        **more,
    }
    with book.locked():
        book.append([line], accepted.at)


def _last(book: Book) -> dict[str, Any] | None:
    try:
        return book.last()
    except ForeignLine:
        return None
