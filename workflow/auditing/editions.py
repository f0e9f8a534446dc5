"""Editions and titles that recorded rows name, also those that nobody keeps any more."""

from collections.abc import Iterable

from cases.pack_editions import Denied
from cases.rules.packs import PACKS, Pack
from workflow.titles import state_title


def packs_of(codes: Iterable[str]) -> dict[str, Pack | None]:
    """Return the editions by code; None: there is none, or it is not what was approved."""
    return {code: _pack(code) for code in set(codes)}


def _pack(code: str) -> Pack | None:
    try:
        return PACKS[code]
    except (KeyError, Denied):
        return None


def state_words(code: str) -> str:
    """Return a state's title; the code itself where no edition has such a state."""
    try:
        return str(state_title(code))
    except KeyError:
        return code
