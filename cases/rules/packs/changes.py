"""What an edition of the procedure changes in another one: added, removed, changed, before and after."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from cases.rules.packs.model import Move, Pack, Source
from cases.rules.packs.problems import code_of, tables

Words = tuple[str, ...]  # one line each, as the file writes it


class Deed(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing that differs. `kind` is a list of the pack, or "frame" for what stands above them.

    `aspect` is the key that differs; empty for a row that came or went as a whole.
    """

    deed: Deed
    kind: str
    code: str
    title: str
    aspect: str
    before: Words
    after: Words


def changes(old: Pack, new: Pack) -> tuple[Change, ...]:
    """Return what the new pack changes in the old one, in the order of a pack's file."""
    return (*_frame(old, new), *_rows(old, new))


def _frame(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = _frame_words(old), _frame_words(new)
    for aspect, words in before.items():
        if words != after[aspect]:
            yield Change(Deed.CHANGED, "frame", aspect, "", aspect, words, after[aspect])


def _frame_words(pack: Pack) -> dict[str, Words]:
    return {
        "title": (pack.title,),
        "in_force": (_said(pack.in_force_from), _said(pack.in_force_until)),
        "review": (str(pack.review), *_cited(pack.review_source)),
        "superior": (pack.superior_level, *_cited(pack.superior_source)),
        "period": (*_period(pack), *_cited(pack.window_source)),
        "consent": _consent(pack),
    }


def _period(pack: Pack) -> Words:
    if pack.window is None:
        return (str(pack.start_day), ", ".join(str(month) for month in pack.months))
    return tuple(f"{day:02d}/{month:02d}" for month, day in pack.window)


def _consent(pack: Pack) -> Words:
    if pack.consent is None or pack.consent_source is None:
        return ()
    share, whole = pack.consent
    return (f"{share}/{whole}", *_cited(pack.consent_source))


def _rows(old: Pack, new: Pack) -> Iterator[Change]:
    before, after = tables(old), tables(new)
    for kind in before:
        olds = {code_of(row): row for row in before[kind]}
        news = {code_of(row): row for row in after[kind]}
        for code in dict.fromkeys([*olds, *news]):
            yield from _row(kind, code, olds.get(code), news.get(code))


def _row(kind: str, code: str, old: Any, new: Any) -> Iterator[Change]:
    row = new if new is not None else old
    title = getattr(row, "title", "") or getattr(row, "sentence", "")
    if old is None:
        yield Change(Deed.ADDED, kind, code, title, "", (), _whole(new))
    elif new is None:
        yield Change(Deed.REMOVED, kind, code, title, "", _whole(old), ())
    else:
        for each in fields(new):
            before, after = (_words(getattr(one, each.name)) for one in (old, new))
            if before != after:
                yield Change(Deed.CHANGED, kind, code, title, each.name, before, after)


def _whole(row: Any) -> Words:
    """Return a row's own words and its article."""
    said = getattr(row, "title", "") or getattr(row, "sentence", "")
    moves = _words(getattr(row, "moves", ()))
    days = (f"{row.days} {row.kind}",) if hasattr(row, "days") else ()
    source = _cited(row.source) if hasattr(row, "source") else ()
    return (said, *moves, *days, *source)


def _words(value: Any) -> Words:
    if isinstance(value, Source):
        return _cited(value)
    if isinstance(value, tuple):
        return tuple(_move(each) if isinstance(each, Move) else str(each) for each in value)
    return (str(value),) if value not in ("", None) else ()


def _move(move: Move) -> str:
    guards = f" [{', '.join(move.guards)}]" if move.guards else ""
    return f"{', '.join(move.sources)} → {move.target}{guards}"


def _cited(source: Source) -> Words:
    return (f"{source.article} [{source.mark}]",)


def _said(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else "…"
