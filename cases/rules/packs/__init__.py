"""Procedure packs in force and the way to find one."""

from datetime import date

from cases.rules.packs.model import Act, Move, Pack, Rule, Seat, Span, TermRule
from cases.rules.packs.periodic import THREE_TIERS, TWO_TIERS

__all__ = ["PACKS", "Act", "Move", "NoPackInForce", "Pack", "Rule", "Seat", "Span", "TermRule"]

# Oldest first. A new decree adds a pack and closes the one before it.
PACKS: dict[str, Pack] = {pack.code: pack for pack in (THREE_TIERS, TWO_TIERS)}


class NoPackInForce(Exception):
    """No procedure pack covers the day."""


def pack_in_force(day: date) -> Pack:
    """
    Return the pack that a round opened on this day follows.

    :raises NoPackInForce: if none covers the day; there is no fallback
    """
    for pack in PACKS.values():
        if pack.covers(day):
            return pack
    raise NoPackInForce(f"no procedure pack is in force on {day:%d/%m/%Y}")
