"""
Who read which household's file: a chain of its own for each commune.

A page says what it opens (`note`); the row is written when the answer is ready, in a transaction of
its own, so that nobody who reads waits for somebody who writes. What is not written is not shown:
a failure here fails the page.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from cases import row_security
from cases.ledger.entries import canonical
from cases.ledger.merkle import leaf_hash
from cases.models import Case, Reading, ReadingChain, Round, Unit, User, VillageReview
from workflow.machine.record import microseconds

ENTRY = "rasoat-reading/1"
# What of a row is hashed, beside its place in the chain and its moment.
TOLD = ("user_id", "user_name", "page", "purpose", "opened", "count")
TRIES = 100  # each one lost means that another reading was written


@dataclass(frozen=True)
class Noted:
    """What a page opens: one household's file, or the lists of a village or a round."""

    commune_id: int
    opened: str
    case_id: int | None = None
    review_id: int | None = None
    round_id: int | None = None

    def count(self) -> int:
        if self.case_id is not None:
            return 1
        if self.review_id is not None:
            return Case.objects.filter(village_review=self.review_id).count()
        return Case.objects.filter(round=self.round_id).count()


def note(request: HttpRequest, opened: Case | VillageReview | Round) -> None:
    """Remember that the page under way shows the people of a case, a village's list or a round."""
    if isinstance(opened, Case):
        noted = Noted(opened.round.commune_id, opened.code, case_id=opened.pk)
    elif isinstance(opened, VillageReview):
        noted = Noted(opened.round.commune_id, opened.village.code, review_id=opened.pk)
    else:
        noted = Noted(opened.commune_id, opened.key, round_id=opened.pk)
    noted_in(request)[noted] = None


def noted_in(request: HttpRequest) -> dict[Noted, None]:
    """Return what the page under way has said it opens, each once, in its order."""
    if not hasattr(request, "readings"):
        request.readings = {}  # type: ignore[attr-defined]
    return request.readings  # type: ignore[attr-defined, no-any-return]


def record(noted: Noted, *, user: User, page: str, at: datetime, purpose: str = "") -> Reading:
    """Write one reading at the end of its commune's chain."""
    with row_security.machine("record"), transaction.atomic():
        told: dict[str, Any] = {
            "user_id": user.pk,
            "user_name": (user.get_full_name() or user.username)[:120],
            "page": page[:60],
            "purpose": purpose[:200],
            "opened": noted.opened,
            "count": noted.count(),
        }
        # Asked every time, so that a commune's first page costs what its hundredth does.
        first = ReadingChain(commune_id=noted.commune_id)
        ReadingChain.objects.bulk_create([first], ignore_conflicts=True)
        for _try in range(TRIES):
            chain = ReadingChain.objects.select_related("commune").get(pk=noted.commune_id)
            previous, sequence = bytes(chain.head), chain.length + 1
            link = leaf_hash(entry_of(previous, chain.commune.code, sequence, at, told))
            # Claimed only where the chain still stands where it was read: no lock is held.
            if ReadingChain.objects.filter(pk=chain.pk, length=chain.length).update(
                length=sequence, head=link
            ):
                return Reading.objects.create(
                    commune_id=noted.commune_id,
                    sequence=sequence,
                    case_id=noted.case_id,
                    at=at,
                    link=link,
                    **told,
                )
    raise RuntimeError("the chain of readings moves too fast")


def entry_of(
    previous: bytes, commune: str, sequence: int, at: datetime, told: dict[str, Any]
) -> bytes:
    """Return the bytes that a reading's link is the leaf hash of."""
    return canonical(
        {
            "entry": ENTRY,
            "previous": base64.b64encode(previous).decode(),
            "commune": commune,
            "sequence": sequence,
            "at": microseconds(at),
            **told,
        }
    )


def first_bad_link(commune: Unit) -> int | None:
    """Compute a commune's chain again; return the number of the first reading that does not fit."""
    with row_security.machine("record"):
        chain = ReadingChain.objects.filter(pk=commune.pk).first()
        stands = (chain.length, bytes(chain.head)) if chain else (0, bytes(32))
        previous, expected = bytes(32), 0
        for row in Reading.objects.filter(commune=commune).order_by("sequence").iterator():
            expected += 1
            told = {name: getattr(row, name) for name in TOLD}
            link = leaf_hash(entry_of(previous, commune.code, expected, row.at, told))
            if row.sequence != expected or bytes(row.link) != link:
                return expected
            previous = link
    return None if stands == (expected, previous) else expected + 1


def of_case(case: Case) -> QuerySet[Reading]:
    """Return who opened a household's file, the latest first."""
    return Reading.objects.filter(case=case).order_by("-sequence")
