"""
Anchors: the head of a commune's record, given out to where the database's administrator cannot reach.

The act is committed first, then its line is written; what a crash or a full disk left out, the next
sweep writes. So a file is never ahead of its database, unless the database was set back or changed;
and rows come after lines, so it is never behind the table of anchors, unless it was lost. In both cases
nothing is anchored any more, and workflow.ledger.watch stops the writing.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cases import row_security
from cases.ledger.entries import short_digest
from cases.models import Acceptance, Act, ActChain, Anchor, Unit
from cases.models.ledger import ANCHORED_ACTS, anchors_at
from workflow.ledger import receipts
from workflow.ledger.lines import Book, ForeignLine
from workflow.machine.record import microseconds

KIND, FORMAT = "anchors", "rasoat-anchor/1"
QUARTER = timedelta(minutes=15)
# The milestones that receipts are given for.
WITH_RECEIPT = (Anchor.Why.REQUEST, Anchor.Why.COMPLAINT)


class Diverged(Exception):
    """What was given out about a commune is not in the database, or is something else there."""


class Lost(Exception):
    """What the table says was given out about a commune is not in its files any more."""


@dataclass
class Swept:
    """What a sweep came to; `failed` says of a commune why its head could not be given out."""

    lines: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def book_of(commune: str) -> Book:
    return Book(KIND, FORMAT, commune)


def put_aside() -> None:
    """Keep what an earlier database gave out beside the folder, and begin anew: for demonstrations."""
    folder = Path(settings.ANCHORS_DIR)
    if folder.exists():
        number = next(n for n in count(1) if not folder.with_name(f"{folder.name}.{n}").exists())
        folder.rename(folder.with_name(f"{folder.name}.{number}"))


def after_commit(act: Act) -> None:
    """
    Give out the head after a milestone as soon as its act is committed.

    A failure is logged and left to the next sweep: the act stands.
    """
    if anchors_at(act) is not None:
        transaction.on_commit(lambda: _give_out(act.commune_id, act.at), robust=True)


def sweep(at: datetime, *, all_heads: bool = False) -> Swept:
    """
    Give out what is due: milestones left behind, and heads that have waited a quarter of an hour.

    Doing it again changes nothing. `all_heads`: every head, however young.
    """
    swept = Swept()
    with row_security.machine("record"):
        waiting = list(waiting_chains().values_list("commune", "commune__code", "anchored"))
    for commune, code, anchored in waiting:
        try:
            swept.lines += _give_out(commune, at, head=all_heads or _waited(commune, anchored, at))
        except (OSError, ForeignLine, Diverged, Lost) as error:
            swept.failed[code] = f"{type(error).__name__}: {error}"
    return swept


def waiting_chains() -> QuerySet[Any]:
    """Return the chains with acts after the last anchored one (`anchored`: its number)."""
    last = Anchor.objects.filter(commune=OuterRef("pk")).order_by("-sequence")
    anchored = Coalesce(Subquery(last.values("sequence")[:1]), 0)
    return ActChain.objects.filter(length__gt=anchored).annotate(anchored=anchored)


def standing_anchors() -> QuerySet[Anchor]:
    """Return the anchors but those which an acceptance left behind: given out before, of later acts."""
    left_behind = Acceptance.objects.filter(
        commune=OuterRef("commune"), sequence__lt=OuterRef("sequence"), at__gte=OuterRef("at")
    )
    return Anchor.objects.filter(~Exists(left_behind))


def expected(**of: Any) -> dict[str, dict[str, int]]:
    """Return, by commune and kind of file, the number that its last line must have reached."""
    rows = (
        standing_anchors()
        .filter(**of)
        .values("commune__code")
        .annotate(head=Max("sequence"), receipt=Max("sequence", filter=Q(why__in=WITH_RECEIPT)))
    )
    return {
        row["commune__code"]: {KIND: row["head"], receipts.KIND: row["receipt"] or 0}
        for row in rows
    }


def number_of(line: dict[str, Any] | None) -> int:
    """Return the number of the act in a line; 0: there is no line."""
    return line["sequence"] if line else 0


def late_chains() -> QuerySet[Any]:
    """Return the chains with a milestone that was not given out."""
    milestones = Act.objects.filter(
        commune=OuterRef("pk"), sequence__gt=OuterRef("anchored"), code__in=ANCHORED_ACTS
    )
    return waiting_chains().filter(Exists(milestones))


def _waited(commune: int, anchored: int, at: datetime) -> bool:
    """Test if the oldest act after the last anchor has waited for long enough."""
    with row_security.machine("record"):
        after = Act.objects.filter(commune=commune, sequence__gt=anchored)
        oldest = after.order_by("sequence").values_list("at", flat=True).first()
    if oldest is None:
        raise Diverged(f"no act after {anchored}")
    return oldest <= at - QUARTER


def _give_out(commune_id: int, at: datetime, *, head: bool = False) -> int:
    """
    Write the lines and rows that are missing for a commune; return how many lines.

    :raises Diverged: if the file does not fit the database
    :raises Lost: if the files do not hold what was given out: it is never written out of the database
    """
    with row_security.machine("record"):
        book = book_of(Unit.objects.values_list("code", flat=True).get(pk=commune_id))
        reached = expected(commune=commune_id).get(book.commune, {})
    # Before the lock, which makes the folder: not under a share that is not mounted.
    for each in (book, receipts.book_of(book.commune)):
        if number_of(each.last()) < reached.get(each.kind, 0):
            raise Lost(f"{each.kind}/{each.commune}")
    # The rows are committed before the next process may look which are missing.
    with book.locked(), row_security.machine("record"):
        last = book.last()
        in_file = number_of(last)
        if last and not fits(commune_id, last):
            raise Diverged(f"{book.commune}/{in_file}")
        anchors = Anchor.objects.filter(commune=commune_id)
        in_table = anchors.aggregate(last=Max("sequence"))["last"] or 0
        due = _due(commune_id, min(in_file, in_table), at, head)
        lines = [anchor for anchor in due if anchor.sequence > in_file]
        # Rows last: while one is missing, the next sweep comes back for all three.
        receipts.write_lines(commune_id, book.commune, at)
        book.append([line_of(a.sequence, bytes(a.tree), a.at, a.why) for a in lines], at)
        rows = [anchor for anchor in due if anchor.sequence > in_table]
        Anchor.objects.bulk_create(rows, ignore_conflicts=True)
    return len(lines)


def _due(commune_id: int, after: int, at: datetime, head: bool) -> list[Anchor]:
    acts = Act.objects.filter(commune=commune_id, sequence__gt=after).order_by("sequence")
    due = [
        Anchor(commune_id=commune_id, sequence=act.sequence, tree=act.tree, why=why, at=at)
        for act in _heads(acts.filter(code__in=ANCHORED_ACTS))
        if (why := anchors_at(act)) is not None
    ]
    newest = _heads(acts).last() if head else None
    if newest is not None and (not due or due[-1].sequence < newest.sequence):
        why = Anchor.Why.QUARTER
        due.append(
            Anchor(
                commune_id=commune_id, sequence=newest.sequence, tree=newest.tree, why=why, at=at
            )
        )
    return due


def _heads(acts: QuerySet[Act]) -> QuerySet[Act]:
    return acts.only("sequence", "tree", "code", "commune")


def line_of(sequence: int, tree: bytes, at: datetime, why: str) -> dict[str, Any]:
    """Return what is given out about a head; its format and commune come from the book."""
    return {
        "sequence": sequence,
        "tree": base64.b64encode(tree).decode(),
        "at": microseconds(at),
        "why": why,
        "digest": short_digest(tree),
    }


def tree_of(line: dict[str, Any]) -> bytes:
    """
    Return the tree that a line gives out.

    :raises ForeignLine: if it holds none
    """
    try:
        return base64.b64decode(line["tree"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise ForeignLine(f"{line.get('commune')}/{line['sequence']}: no tree") from error


def fits(commune_id: int, line: dict[str, Any]) -> bool:
    """Test if the database has the head that a line gives out."""
    tree = tree_of(line)
    if not line["sequence"]:
        return True
    act = Act.objects.filter(commune=commune_id, sequence=line["sequence"])
    return [bytes(each) for each in act.values_list("tree", flat=True)] == [tree]
