"""
What is wrong with a pack: each problem names the key and the reason.

`problems_of` finds what contradicts itself; no Pack is made with such a thing. `dead_ends` finds
what nobody reaches or leaves: refused in the packs that come with the product and in every file.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from cases.rules.packs.reasons import Problem, Reason

if TYPE_CHECKING:
    from cases.rules.packs.model import Act, Pack, Source

MARKS = ("S", "K", "?")
KINDS = ("WORKING", "CALENDAR")
MOST_DAYS = 366
MOST_PARTS = 1000  # a share is counted on paper: 1/2, 51/100
START = "new"
_SHARE_GUARDS = ("enough_agree", "too_few_agree")


def problems_of(pack: "Pack") -> Iterator[Problem]:
    """Yield what contradicts itself in the pack; nothing: it is sound."""
    yield from _frame(pack)
    for kind, rows in tables(pack).items():
        yield from _twice(kind, [code_of(row) for row in rows])
    yield from _uncited(pack)
    yield from _terms(pack)
    yield from _acts(pack)
    yield from _unused(pack)


def tables(pack: "Pack") -> dict[str, tuple[Any, ...]]:
    """Return the pack's lists by the name they have in a file."""
    return {
        "stages": pack.stages,
        "states": pack.states,
        "acts": pack.acts,
        "guards": pack.guards,
        "conditions": pack.conditions,
        "refusals": pack.refusals,
        "terms": pack.terms,
        "forms": pack.forms,
        "holders": pack.holders,
    }


def code_of(row: Any) -> str:
    """Return what names a row of a pack; who holds a duty is named by the duty."""
    return str(row.duty if hasattr(row, "duty") and not hasattr(row, "code") else row.code)


def sources(pack: "Pack") -> Iterator[tuple[str, "Source | None"]]:
    """Yield everything of the pack that rests on an article, by its key; None: it names none."""
    yield "review", pack.review_source
    yield "superior", pack.superior_source
    yield "period", pack.window_source
    if pack.consent is not None or pack.consent_source is not None:
        yield "consent", pack.consent_source
    for kind, rows in tables(pack).items():
        if kind != "stages":
            yield from ((f"{kind}.{code_of(row)}", row.source) for row in rows)


def dead_ends(pack: "Pack") -> Iterator[Problem]:
    """Yield the states and acts that no case reaches, and the states that none leaves for an end."""
    steps = pack.steps()
    reached = _spread({START}, steps)
    for state in pack.states:
        if state.code not in reached:
            yield Problem(f"states.{state.code}", Reason.UNREACHABLE_STATE, {"code": state.code})
    for act in pack.acts:
        if act.moves and not reached & set(act.sources):
            yield Problem(f"acts.{act.code}", Reason.UNREACHABLE_ACT, {"code": act.code})
    ending = _spread(set(pack.final_states), {(target, source) for source, target in steps})
    for state in pack.states:
        if state.code in reached - ending:
            yield Problem(f"states.{state.code}", Reason.NO_EXIT, {"code": state.code})


def _spread(found: set[str], steps: set[tuple[str, str]]) -> set[str]:
    """Return the states that steps lead to from these."""
    found = set(found)
    while more := {target for source, target in steps if source in found} - found:
        found |= more
    return found


def _frame(pack: "Pack") -> Iterator[Problem]:
    """Yield what is wrong with the dates, the review's time of year and the share."""
    if pack.in_force_until is not None and pack.in_force_until <= pack.in_force_from:
        yield Problem("in_force_until", Reason.UNTIL_BEFORE_FROM)
    if pack.replaces == pack.code:
        yield Problem("replaces", Reason.REPLACES_ITSELF)
    if pack.edition < 1:
        yield Problem("edition", Reason.WRONG_TYPE, {"wanted": "1, 2, 3…"})
    monthly = bool(pack.months or pack.start_day)
    if (pack.window is not None) == monthly or (pack.window is not None) != (
        pack.review == "PERIODIC"
    ):
        yield Problem("period", Reason.PERIOD)
    if pack.window is not None and not _is_window(*pack.window):
        yield Problem("period", Reason.WINDOW)
    if monthly and not 1 <= pack.start_day <= 28:
        yield Problem("period.start_day", Reason.START_DAY)
    if monthly and not (
        pack.months
        and set(pack.months) <= set(range(1, 13))
        and len(set(pack.months)) == len(pack.months)
    ):
        yield Problem("period.months", Reason.MONTHS)
    if pack.consent is not None and not 0 < pack.consent[0] <= pack.consent[1] <= MOST_PARTS:
        value = ", ".join(str(part) for part in pack.consent)
        yield Problem("consent.share", Reason.NOT_A_SHARE, {"value": f"[{value}]"})
    if START not in {state.code for state in pack.states}:
        yield Problem("states", Reason.NO_START)


def _is_window(first: tuple[int, int], last: tuple[int, int]) -> bool:
    try:
        return date(2023, *first) < date(2023, *last)  # a year without 29 February
    except ValueError:
        return False


def _twice(kind: str, codes: list[str]) -> Iterator[Problem]:
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        yield Problem(f"{kind}.{code}", Reason.TWICE, {"code": code})


def _uncited(pack: "Pack") -> Iterator[Problem]:
    for key, source in sources(pack):
        if source is None or not source.article.strip():
            yield Problem(f"{key}.article", Reason.NO_ARTICLE)
        if source is None or source.mark not in MARKS:
            yield Problem(f"{key}.mark", Reason.NO_MARK)


def _terms(pack: "Pack") -> Iterator[Problem]:
    for term in pack.terms:
        if not 1 <= term.days <= MOST_DAYS:
            values = {"most": MOST_DAYS, "value": term.days}
            yield Problem(f"terms.{term.code}.days", Reason.DAYS, values)
        if term.kind not in KINDS:
            yield Problem(f"terms.{term.code}.kind", Reason.KIND, {"value": term.kind})


def _acts(pack: "Pack") -> Iterator[Problem]:
    """Yield what acts name and the pack does not declare, and what they do twice over."""
    declared = {kind: {code_of(row) for row in rows} for kind, rows in tables(pack).items()}
    for state in pack.states:
        if state.stage not in declared["stages"]:
            yield Problem(f"states.{state.code}.stage", Reason.UNDECLARED, {"code": state.stage})
    for act in pack.acts:
        for key, kind, codes in _named(act):
            for code in dict.fromkeys(codes):
                if code not in declared[kind]:
                    yield Problem(f"acts.{act.code}.{key}", Reason.UNDECLARED, {"code": code})
        if act.duty not in declared["holders"]:
            yield Problem(f"acts.{act.code}.duty", Reason.NOBODY, {"code": str(act.duty)})
        both = set(act.sources) & set(act.untouched)
        for code in (state for state in act.sources if state in both):
            yield Problem(f"acts.{act.code}", Reason.MOVES_AND_PASSES, {"code": code})
    if pack.consent is None:
        for code in _SHARE_GUARDS:
            if code in declared["guards"]:
                yield Problem("consent", Reason.NO_CONSENT, {"code": code})


def _named(act: "Act") -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield what an act names: under which of its keys, in which of the pack's lists, the codes."""
    for number, move in enumerate(act.moves, 1):
        yield f"moves[{number}].sources", "states", move.sources
        yield f"moves[{number}].target", "states", (move.target,)
        yield f"moves[{number}].guards", "guards", move.guards
    yield "passes_over", "states", act.passes_over
    yield "leaves_behind", "states", act.leaves_behind
    yield "conditions", "conditions", act.conditions
    yield "forms", "forms", act.forms
    yield "starts_term", "terms", filter(None, (act.starts_term,))
    yield "ends_term", "terms", filter(None, (act.ends_term,))


def _unused(pack: "Pack") -> Iterator[Problem]:
    used: dict[str, set[str]] = {"guards": set(), "conditions": set(), "forms": set()}
    for act in pack.acts:
        for _key, kind, codes in _named(act):
            if kind in used:
                used[kind] |= set(codes)
    for kind, codes in used.items():
        for row in tables(pack)[kind]:
            if row.code not in codes:
                yield Problem(f"{kind}.{row.code}", Reason.UNUSED, {"code": row.code})
