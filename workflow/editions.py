"""
Editions of the procedure that a round may be carried to, and what would change for it.

A dry run reads; only the act carries. Its token names what was read, so that the act can tell
whether somebody looked at the same thing.
"""

import hashlib
from dataclasses import dataclass

from django.db.models import Count

from cases.models import Round
from cases.rules.packs import PACKS, Pack

MISFITS_SHOWN = 200


@dataclass(frozen=True)
class DryRun:
    """What carrying a round to an edition would mean now."""

    source: Pack
    target: Pack
    states: dict[str, int]  # cases by state
    misfits: tuple[str, ...]  # codes of cases that would have no road
    token: str


def edition(code: str) -> Pack | None:
    """Return the edition with this code if it may be followed: shipped, or loaded and approved."""
    try:
        return PACKS[code]
    except KeyError:
        return None


def dry_run(round: Round, target: Pack) -> DryRun:
    """Return what would change; nothing is written."""
    states = dict(round.cases.order_by("state").values_list("state").annotate(n=Count("pk")))
    seen = [round.key, round.pack, target.code, target.fingerprint.hex(), sorted(states.items())]
    token = hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
    return DryRun(PACKS[round.pack], target, states, misfits(round, target), token)


def misfits(round: Round, target: Pack) -> tuple[str, ...]:
    """Return the codes of cases for which the edition knows no way on."""
    stuck = round.cases.exclude(state__in=passable(target)).order_by("code")
    return tuple(stuck.values_list("code", flat=True)[:MISFITS_SHOWN])


def passable(target: Pack) -> set[str]:
    """Return the states of an edition that are an end, or from which one of its acts leads on."""
    known = {state.code for state in target.states}
    on = {source for act in target.acts for source in act.sources} | set(target.final_states)
    return known & on
