"""Procedure packs in force and the way to find one."""

from collections.abc import Callable
from datetime import date

from cases.rules.packs import ad_hoc, average_living, low_income, periodic
from cases.rules.packs.model import (
    Act,
    Move,
    Pack,
    PackError,
    Review,
    Rule,
    Seat,
    Source,
    Span,
    TermRule,
)

__all__ = [
    "PACKS",
    "SHIPPED",
    "Act",
    "Move",
    "NoPackInForce",
    "Pack",
    "PackError",
    "Review",
    "Rule",
    "Seat",
    "Source",
    "Span",
    "TermRule",
    "editions_in_force",
    "pack_in_force",
]

# The editions the product comes with, oldest first within a review.
SHIPPED: tuple[Pack, ...] = (
    periodic.THREE_TIERS,
    periodic.TWO_TIERS,
    ad_hoc.THREE_TIERS,
    ad_hoc.TWO_TIERS,
    average_living.THREE_TIERS,
    average_living.TWO_TIERS,
    low_income.THREE_TIERS,
    low_income.TWO_TIERS,
)


class NoPackInForce(Exception):
    """No procedure pack covers the day."""


class Shelf(dict[str, Pack]):
    """
    Packs by code: the shipped ones, and by asking for it an edition that an officer loaded.

    `fetch` is given by whoever keeps editions (a database); it raises KeyError for no edition.
    """

    fetch: Callable[[str], Pack] | None = None
    list_loaded: Callable[[], list[Pack]] | None = None

    def __missing__(self, code: str) -> Pack:
        if self.fetch is None:
            raise KeyError(code)
        return self.fetch(code)  # whoever keeps editions knows how long one may be remembered

    def editions(self) -> list[Pack]:
        """Return every edition that may be followed: shipped, and loaded and approved."""
        return [*SHIPPED, *(self.list_loaded() if self.list_loaded is not None else ())]


PACKS = Shelf({pack.code: pack for pack in SHIPPED})


def editions_in_force(day: date, review: Review, editions: list[Pack]) -> list[Pack]:
    """Return the editions that cover the day and that no other of them replaces."""
    covering = [pack for pack in editions if pack.review == review and pack.covers(day)]
    replaced = {pack.replaces for pack in covering}
    return [pack for pack in covering if pack.code not in replaced]


def pack_in_force(day: date, review: Review = Review.PERIODIC) -> Pack:
    """
    Return the pack that a round opened on this day follows.

    :raises NoPackInForce: if none covers the day, or two do; there is no fallback
    """
    found = editions_in_force(day, review, PACKS.editions())
    if len(found) != 1:
        codes = ", ".join(pack.code for pack in found) or "none"
        raise NoPackInForce(f"one {review} procedure pack is wanted on {day:%d/%m/%Y}, not {codes}")
    return found[0]
