"""Files of editions for the tests: the two-tier periodic procedure with one thing changed."""

from dataclasses import replace
from datetime import date
from typing import Any

from cases.rules.packs import PACKS, Act, Move, Pack
from cases.rules.packs.writing import write_pack

OF = PACKS["qd24-2021-2cap"]
CODE = "qd24-2021-2cap-e2"


def next_edition(of: Pack = OF, code: str = CODE, **changes: Any) -> Pack:
    """Return an edition that follows another one; by itself it changes the re-verification's days."""
    terms = tuple(
        replace(term, days=7) if term.code == "reverification" else term for term in of.terms
    )
    first = max(date(2024, 1, 1), of.in_force_from)
    fields = {"in_force_from": first, "edition": of.edition + 1, "terms": terms, **changes}
    return replace(of, code=code, replaces=of.code, **fields)


def edition_file(of: Pack = OF, code: str = CODE, **changes: Any) -> str:
    return write_pack(next_edition(of, code, **changes))


def with_new_step(pack: Pack) -> tuple[Act, ...]:
    """Return the pack's acts with a step that no shipped pack has: listed, then requested again."""
    return tuple(
        replace(act, moves=(*act.moves, Move(("listed",), "requested", ("basis_known",))))
        if act.code == "receive_request"
        else act
        for act in pack.acts
    )
