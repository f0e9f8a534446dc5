"""
The root of a day: one hash over where every commune's record stood, in a file that others copy.

Whoever holds the file can show that a commune's head was in it (RFC 9162, section 2.1.3), and needs
nothing from us to do so.
"""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery

from cases import refusals, row_security
from cases.ledger.entries import canonical
from cases.ledger.merkle import inclusion_path, leaf_hash, root_of
from cases.models import Act, ActChain, DailyRoot
from workflow.ledger.lines import write_whole
from workflow.machine.record import microseconds

FORMAT = "rasoat-daily-root/1"
DAMAGE = (ValueError, KeyError, TypeError)  # what reading a damaged file raises
DAYS_BACK = 31  # how far the daily work looks for days without a root


class OtherRoot(Exception):
    """The day's root was given out already, and it is another one."""


class NotInRoot(Exception):
    """The commune had no head on that day, or nothing was given out of it."""


@dataclass(frozen=True)
class Head:
    """Where a commune's record stood at the end of a day."""

    commune: str
    sequence: int
    tree: bytes

    @property
    def leaf(self) -> bytes:
        return leaf_hash(f"{self.commune}\n{self.sequence}\n{self.tree.hex()}".encode())


@dataclass(frozen=True)
class Inclusion:
    """What shows that a head is under a day's root (RFC 9162, section 2.1.3)."""

    head: Head
    index: int
    size: int
    path: list[bytes]


def file_of(day: date, ending: str = "json") -> Path:
    return Path(settings.ANCHORS_DIR) / "roots" / f"{day.isoformat()}.{ending}"


def heads_on(day: date) -> list[Head]:
    """Return the last head of every commune up to the end of a day, by code."""
    last = Act.objects.filter(commune=OuterRef("commune"), legal_day__lte=day).order_by("-sequence")
    with row_security.machine("record"):
        rows = (
            ActChain.objects.annotate(
                sequence=Subquery(last.values("sequence")[:1]),
                tree=Subquery(last.values("tree")[:1]),
            )
            .filter(sequence__isnull=False)
            .values_list("commune__code", "sequence", "tree")
        )
        return sorted((Head(c, s, bytes(t)) for c, s, t in rows), key=lambda head: head.commune)


def give_out(day: date, at: datetime) -> DailyRoot | None:
    """
    Write a day's root and its file, if that is not done; None: there is no record yet.

    :raises OtherRoot: if what was given out for the day is something else; also recorded
    """
    heads = heads_on(day)
    if not heads:
        return None
    root = root_of([head.leaf for head in heads])
    with row_security.machine("record"):
        row = DailyRoot.objects.filter(day=day).first()
    there = file_of(day).exists()
    given_out = [bytes(row.root)] if row else []
    given_out += [_root_in_file(day)] if there else []
    if set(given_out) - {root}:
        refusals.record("daily_root_differs", door="daily_root", at=at, detail=day.isoformat())
        raise OtherRoot(day.isoformat())
    # The file, then the row: a row says that the file is out.
    if not there:
        write_whole(file_of(day), content_of(day, heads, row.at if row else at))
    if row is None:
        with row_security.machine("record"):
            row, _new = DailyRoot.objects.get_or_create(
                day=day, defaults={"root": root, "communes": len(heads), "at": at}
            )
    return row


def content_of(day: date, heads: list[Head], at: datetime) -> bytes:
    """Return the bytes of a day's file; a time-stamp is over these bytes."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "day": day.isoformat(),
        "at": microseconds(at),
        "root": base64.b64encode(root_of([head.leaf for head in heads])).decode(),
        "heads": [
            {
                "commune": head.commune,
                "sequence": head.sequence,
                "tree": base64.b64encode(head.tree).decode(),
            }
            for head in heads
        ],
    }
    return canonical(told)


def days_due(today: date) -> list[date]:
    """Return the days before today without a root: since the last one, or yesterday alone."""
    with row_security.machine("record"):
        last = DailyRoot.objects.filter(day__lt=today).order_by("-day").first()
    yesterday = today - timedelta(days=1)
    first = max(last.day + timedelta(days=1), today - timedelta(DAYS_BACK)) if last else yesterday
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def path_of(day: date, commune: str) -> Inclusion:
    """
    Return where a commune's head stands in a day's file, and how its leaf leads to the root.

    :raises NotInRoot: if the file is not there or does not name the commune
    """
    try:
        heads = heads_in(json.loads(file_of(day).read_bytes()))
    except (OSError, *DAMAGE) as error:
        raise NotInRoot(f"{day.isoformat()}: {error}") from error
    for index, head in enumerate(heads):
        if head.commune == commune:
            path = inclusion_path([each.leaf for each in heads], index)
            return Inclusion(head, index, len(heads), path)
    raise NotInRoot(f"{day.isoformat()}: {commune}")


def heads_in(given: dict[str, Any]) -> list[Head]:
    """Return the heads that a day's file names, in its order."""
    return [
        Head(head["commune"], head["sequence"], base64.b64decode(head["tree"]))
        for head in given["heads"]
    ]


def _root_in_file(day: date) -> bytes:
    """Return the root that a day's file leads to; of a damaged one, what is no root."""
    try:
        return root_of([head.leaf for head in heads_in(json.loads(file_of(day).read_bytes()))])
    except DAMAGE:
        return b""
