"""Putting a pack together: from the catalogue it takes what its acts name, and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from cases.rules.packs.catalogue import (
    CONDITIONS,
    FORMS,
    GUARDS,
    HOLDERS,
    REFUSALS,
    STAGES,
    STATES,
    TO_THE_PROVINCE,
)
from cases.rules.packs.model import Act, Pack, PackError, Review, Source, TermRule
from cases.rules.packs.problems import dead_ends

END_OF_DISTRICTS = date(2025, 7, 1)


def assemble(
    *,
    code: str,
    title: str,
    review: Review,
    review_source: Source,
    in_force_from: date,
    in_force_until: date | None,
    superior_level: Literal["DISTRICT", "PROVINCE"],
    superior_source: Source,
    window_source: Source,
    acts: tuple[Act, ...],
    terms: tuple[TermRule, ...],
    window: tuple[tuple[int, int], tuple[int, int]] | None = None,
    consent: tuple[int, int] | None = None,
    consent_source: Source | None = None,
    start_day: int = 0,
    months: tuple[int, ...] = (),
) -> Pack:
    """
    Return the pack of these acts; states that acts only pass over and never reach are left out.

    :raises PackError: if the pack contradicts itself, or a case could not reach an end
    """
    reached = _reached(acts)
    states = tuple(state for state in STATES if state.code in reached)
    known = {state.code for state in states}
    acts = tuple(_within(act, known) for act in acts)
    stages = {state.stage for state in states}
    pack = Pack(
        code=code,
        title=title,
        review=review,
        review_source=review_source,
        in_force_from=in_force_from,
        in_force_until=in_force_until,
        superior_level=superior_level,
        superior_source=superior_source,
        window=window,
        window_source=window_source,
        consent=consent,
        consent_source=consent_source,
        stages=tuple(stage for stage in STAGES if stage.code in stages),
        states=states,
        acts=acts,
        guards=_named(GUARDS, (g for act in acts for move in act.moves for g in move.guards)),
        conditions=_named(CONDITIONS, (c for act in acts for c in act.conditions)),
        refusals=REFUSALS,
        terms=terms,
        forms=_named(FORMS, (form for act in acts for form in act.forms)),
        holders=tuple(h for h in HOLDERS if h.duty in {act.duty for act in acts}),
        start_day=start_day,
        months=months,
    )
    if problems := tuple(dead_ends(pack)):
        raise PackError(code, problems)
    return pack


def under_two_tiers(pack: Pack, *, code: str, title: str) -> Pack:
    """Return the edition that follows when districts end: the same steps, the province above."""
    return replace(
        pack,
        code=code,
        title=title,
        in_force_from=END_OF_DISTRICTS,
        in_force_until=None,
        superior_level="PROVINCE",
        superior_source=TO_THE_PROVINCE,
    )


def _reached(acts: tuple[Act, ...]) -> set[str]:
    """Return the states to which some road of these acts leads."""
    moves = [move for act in acts for move in act.moves]
    reached = {"new"}
    while True:
        further = {move.target for move in moves if reached & set(move.sources)} - reached
        if not further:
            return reached
        reached |= further


def _within(act: Act, states: set[str]) -> Act:
    """Return the act without the states that this pack does not have."""
    moves = tuple(
        replace(move, sources=tuple(s for s in move.sources if s in states)) for move in act.moves
    )
    return replace(
        act,
        moves=tuple(move for move in moves if move.sources),
        passes_over=tuple(s for s in act.passes_over if s in states),
        leaves_behind=tuple(s for s in act.leaves_behind if s in states),
    )


def _named(rows: Iterable[Any], codes: Iterable[str]) -> tuple[Any, ...]:
    wanted = set(codes)
    return tuple(row for row in rows if row.code in wanted)
