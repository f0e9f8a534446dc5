"""Writing a pack as the file that `read_pack` reads: the same rows in the same order."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from cases.rules.packs.model import Act, Pack, Source
from cases.rules.packs.problems import tables

_WIDTH = 100


def write_pack(pack: Pack) -> str:
    """Return the pack as a file; reading it gives the same pack with the same fingerprint."""
    return "\n".join(_lines(pack)) + "\n"


def _lines(pack: Pack) -> Iterator[str]:
    yield _pair("code", pack.code)
    yield _pair("title", pack.title)
    yield _pair("edition", pack.edition)
    if pack.replaces:
        yield _pair("replaces", pack.replaces)
    yield _pair("in_force_from", f"{pack.in_force_from:%d/%m/%Y}")
    if pack.in_force_until is not None:
        yield "# the first day on which it does not rule any more"
        yield _pair("in_force_until", f"{pack.in_force_until:%d/%m/%Y}")
    yield from _table("review", {"kind": pack.review, **_cited(pack.review_source)})
    yield from _table("superior", {"level": pack.superior_level, **_cited(pack.superior_source)})
    yield from _table("period", {**_period(pack), **_cited(pack.window_source)})
    if pack.consent is not None and pack.consent_source is not None:
        share = {"share": pack.consent, **_cited(pack.consent_source)}
        yield from _table("consent", share, "agreeing people of attending people, at least")
    for kind, rows in tables(pack).items():
        for row in rows:
            yield from _row(kind, row)


def _period(pack: Pack) -> dict[str, Any]:
    if pack.window is None:
        return {"start_day": pack.start_day, "months": pack.months}
    (first_month, first_day), (last_month, last_day) = pack.window
    return {
        "first": f"{first_day:02d}/{first_month:02d}",
        "last": f"{last_day:02d}/{last_month:02d}",
    }


def _cited(source: Source) -> dict[str, str]:
    return {"article": source.article, "mark": source.mark}


def _row(kind: str, row: Any) -> Iterator[str]:
    values: dict[str, Any] = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if each.name == "source":
            values |= _cited(value)
        # What may be left out is left out where it says nothing.
        elif each.name != "moves" and value not in ((), "", False):
            values[each.name] = value
    yield from _table(kind, values, many=True)
    if isinstance(row, Act):
        for move in row.moves:
            named = {"sources": move.sources, "target": move.target, "guards": move.guards}
            yield from _table("acts.moves", {k: v for k, v in named.items() if v}, many=True)


def _table(
    name: str, values: dict[str, Any], note: str = "", *, many: bool = False
) -> Iterator[str]:
    yield ""
    yield f"[[{name}]]" if many else f"[{name}]"
    if note:
        yield f"# {note}"
    for key, value in values.items():
        yield _pair(key, value)


def _pair(key: str, value: Any) -> str:
    line = f"{key} = {_value(value)}"
    if isinstance(value, tuple) and len(line) > _WIDTH:
        rows = "".join(f"    {_value(each)},\n" for each in value)
        return f"{key} = [\n{rows}]"
    return line


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    # TOML's basic strings are JSON's, but for one control character that JSON leaves bare.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
