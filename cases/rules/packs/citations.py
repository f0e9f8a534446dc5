"""What in a pack rests on which article, and which acts of the pack use it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cases.rules.packs.model import Act, Pack, Source
from cases.rules.packs.problems import code_of, tables

UNSURE = "?"


@dataclass(frozen=True, slots=True)
class Citation:
    """
    One thing of a pack and its article.

    `kind` is the pack's list ("acts", "terms") or a key of its frame ("consent"), which has no code.
    """

    kind: str
    code: str
    title: str  # the row's own words; empty for the frame
    source: Source
    used_by: tuple[str, ...] = ()  # codes of acts


def citations(pack: Pack) -> Iterator[Citation]:
    """Yield everything of a pack that rests on an article, in the order of its file."""
    yield Citation("review", "", "", pack.review_source)
    yield Citation("superior", "", "", pack.superior_source)
    yield Citation("period", "", "", pack.window_source)
    if pack.consent_source is not None:
        used_by = _acts_with(pack, "guards", "enough_agree")
        yield Citation("consent", "", "", pack.consent_source, used_by)
    for kind, rows in tables(pack).items():
        if kind == "stages":
            continue
        for row in rows:
            code = code_of(row)
            title = row.sentence if kind in ("guards", "conditions", "refusals") else row.title
            yield Citation(kind, code, title, row.source, _acts_with(pack, kind, code))


def unsure(packs: Iterable[Pack]) -> list[tuple[Citation, tuple[str, ...]]]:
    """Return what is marked [?], each once, with the codes of the packs it stands in."""
    found: dict[Citation, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for pack in packs:
        for cited in citations(pack):
            if cited.source.mark == UNSURE:
                once = replace(cited, used_by=())
                used_by, codes = found.get(once, ((), ()))
                found[once] = (*used_by, *cited.used_by), (*codes, pack.code)
    return [
        (replace(once, used_by=tuple(dict.fromkeys(used_by))), codes)
        for once, (used_by, codes) in found.items()
    ]


def _acts_with(pack: Pack, kind: str, code: str) -> tuple[str, ...]:
    """Return the acts that use a row: ask it, lead to it, start or end it, or are done by it."""
    using = _USING.get(kind)
    return tuple(act.code for act in pack.acts if using(act, code)) if using else ()


_USING: dict[str, Callable[[Act, str], bool]] = {
    "guards": lambda act, code: any(code in move.guards for move in act.moves),
    "conditions": lambda act, code: code in act.conditions,
    "terms": lambda act, code: code in (act.starts_term, act.ends_term),
    "forms": lambda act, code: code in act.forms,
    "holders": lambda act, code: code == act.duty,
    "states": lambda act, code: (
        code in act.sources or any(move.target == code for move in act.moves)
    ),
}
