"""
What a pack's file may say: the keys of each table, how each value is read, which may be left out.

Nothing is guessed: a key that is not here is refused, and so is a value of another kind.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.duties import Duty
from cases.rules.packs.model import (
    Act,
    Form,
    Holder,
    Move,
    Review,
    Rule,
    Seat,
    Source,
    Span,
    Stage,
    State,
    TermRule,
)
from cases.rules.packs.problems import KINDS, MARKS
from cases.rules.packs.reasons import Problem, Reason

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class _Bad(Exception):
    """A value that is not what its key wants."""

    def __init__(self, reason: Reason, **values: object) -> None:
        self.reason, self.values = reason, values


Read = Callable[[Any], Any]


@dataclass(frozen=True)
class _Key:
    """One key of a table: how its value is read; `default` stands for it where it may be left out."""

    read: Read
    needed: bool = True
    default: Any = None


def fields_of(content: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the fields of Pack; what cannot be read is added to the problems."""
    top = _table(content, _PACK, "", problems)
    review = _table(top.pop("review"), _REVIEW, "review.", problems)
    superior = _table(top.pop("superior"), _SUPERIOR, "superior.", problems)
    period = _table(top.pop("period"), _PERIOD, "period.", problems)
    consent = top.pop("consent")
    consent = _table(consent, _CONSENT, "consent.", problems) if consent is not None else {}
    rows = {kind: _rows(top.pop(kind), kind, problems) for kind in _ROWS}
    if problems:
        return {}
    first, last = period["first"], period["last"]
    if (first is None) != (last is None):
        missing = "first" if first is None else "last"
        problems.append(Problem(f"period.{missing}", Reason.MISSING_KEY))
    return {
        **top,
        **rows,
        "review": review["kind"],
        "review_source": review["source"],
        "superior_level": superior["level"],
        "superior_source": superior["source"],
        "window": (first, last) if first else None,
        "window_source": period["source"],
        "start_day": period["start_day"],
        "months": period["months"],
        "consent": consent.get("share"),
        "consent_source": consent.get("source"),
    }


def _table(
    value: Any, keys: Mapping[str, _Key], place: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return a table's values by key, article and mark as one source."""
    if not isinstance(value, dict):
        if value is not None:
            wanted = {"wanted": f"[{place.rstrip('.')}]"}
            problems.append(Problem(place.rstrip("."), Reason.WRONG_TYPE, wanted))
        return dict.fromkeys(keys)
    for key in value:
        if key not in keys:
            known = {"known": ", ".join(keys)}
            problems.append(Problem(f"{place}{key}", Reason.UNKNOWN_KEY, known))
    read: dict[str, Any] = {}
    for name, key in keys.items():
        read[name] = key.default
        if name not in value:
            if key.needed:
                problems.append(Problem(f"{place}{name}", _MISSING.get(name, Reason.MISSING_KEY)))
            continue
        try:
            read[name] = key.read(value[name])
        except _Bad as bad:
            reason = Reason.NO_MARK if name == "mark" else bad.reason
            problems.append(Problem(f"{place}{name}", reason, bad.values))
    if "article" in keys:
        read["source"] = Source(read.pop("article"), read.pop("mark"))
    return read


def _rows(value: Any, kind: str, problems: list[Problem]) -> tuple[Any, ...]:
    """Return the rows of one list; a row is named by its code where it has one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        problems.append(Problem(kind, Reason.WRONG_TYPE, {"wanted": f"[[{kind}]]"}))
        return ()
    make, keys = _ROWS[kind]
    named = "duty" if kind == "holders" else "code"
    rows = []
    for number, row in enumerate(value, 1):
        code = row.get(named) if isinstance(row, dict) else None
        place = f"{kind}.{code}." if isinstance(code, str) else f"{kind}[{number}]."
        fields = _table(row, keys, place, problems)
        if kind == "acts":
            fields["moves"] = _moves(fields["moves"], place, problems)
        if not problems:
            rows.append(make(**fields))
    return tuple(rows)


def _moves(value: Any, place: str, problems: list[Problem]) -> tuple[Move, ...]:
    if value is not None and not isinstance(value, list):
        problems.append(Problem(f"{place}moves", Reason.WRONG_TYPE, {"wanted": "[[acts.moves]]"}))
        return ()
    moves = [
        _table(move, _MOVE, f"{place}moves[{number}].", problems)
        for number, move in enumerate(value or (), 1)
    ]
    return () if problems else tuple(Move(**move) for move in moves)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise _Bad(Reason.WRONG_TYPE, wanted='"…"')
    return value


def _article(value: Any) -> str:
    if isinstance(value, str) and not value.strip():
        raise _Bad(Reason.NO_ARTICLE)
    return _text(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Bad(Reason.WRONG_TYPE, wanted='["…", "…"]')
    return tuple(_text(each) for each in value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Bad(Reason.WRONG_TYPE, wanted="true, false")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Bad(Reason.WRONG_TYPE, wanted="1, 2, 3…")
    return value


def _numbers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise _Bad(Reason.WRONG_TYPE, wanted="[1, 2, 3]")
    return tuple(_number(each) for each in value)


def _share(value: Any) -> tuple[int, int]:
    whole = isinstance(value, list) and len(value) == 2 and all(type(n) is int for n in value)
    if not whole:
        raise _Bad(Reason.NOT_A_SHARE, value=value)
    return value[0], value[1]


def _code(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 40 or not _CODE.fullmatch(value):
        raise _Bad(Reason.NOT_A_CODE, value=value)
    return value


def _date(value: Any) -> date:
    try:
        day, month, year = (int(part) for part in _parts(value, 3))
        return date(year, month, day)
    except ValueError:
        raise _Bad(Reason.NOT_A_DATE, value=value, example="01/09/2021") from None


def _day_of_year(value: Any) -> tuple[int, int]:
    try:
        day, month = (int(part) for part in _parts(value, 2))
        date(2023, month, day)
    except ValueError:
        raise _Bad(Reason.NOT_A_DATE, value=value, example="14/12") from None
    return month, day


def _parts(value: Any, count: int) -> list[str]:
    if not isinstance(value, str) or not re.fullmatch(r"\d\d/\d\d(/\d{4})?", value, re.ASCII):
        raise ValueError(value)
    parts = value.split("/")
    if len(parts) != count:
        raise ValueError(value)
    return parts


def _one_of(choices: Iterable[str], make: Callable[[str], Any] = str) -> Read:
    known = list(choices)

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise _Bad(Reason.NOT_A_CHOICE, value=value, choices=", ".join(known))
        return make(value)

    return read


def _as_it_is(value: Any) -> Any:
    """Read later, by the tables inside it."""
    return value


_MISSING = {"article": Reason.NO_ARTICLE, "mark": Reason.NO_MARK}
_SOURCE = {"article": _Key(_article), "mark": _Key(_one_of(MARKS))}
_DUTY = _Key(_one_of(Duty, Duty))
_NONE = _Key(_texts, needed=False, default=())
_NO_TERM = _Key(_text, needed=False, default="")
_REVIEW = {"kind": _Key(_one_of(Review, Review)), **_SOURCE}
_SUPERIOR = {"level": _Key(_one_of(("DISTRICT", "PROVINCE"))), **_SOURCE}
_PERIOD = {
    "first": _Key(_day_of_year, needed=False),
    "last": _Key(_day_of_year, needed=False),
    "start_day": _Key(_number, needed=False, default=0),
    "months": _Key(_numbers, needed=False, default=()),
    **_SOURCE,
}
_CONSENT = {"share": _Key(_share), **_SOURCE}
_MOVE = {"sources": _Key(_texts), "target": _Key(_text), "guards": _NONE}
_TITLED = {"code": _Key(_text), "title": _Key(_text)}
_RULE = {
    "code": _Key(_text),
    "sentence": _Key(_text),
    "remedy": _Key(_text),
    "entered": _Key(_flag, needed=False, default=False),
    **_SOURCE,
}
_ROWS: dict[str, tuple[Callable[..., Any], dict[str, _Key]]] = {
    "stages": (Stage, _TITLED),
    "states": (
        State,
        {
            **_TITLED,
            "stage": _Key(_text),
            "final": _Key(_flag, needed=False, default=False),
            **_SOURCE,
        },
    ),
    "acts": (
        Act,
        {
            **_TITLED,
            **_SOURCE,
            "duty": _DUTY,
            "seat": _Key(_one_of(Seat, Seat)),
            "span": _Key(_one_of(Span, Span)),
            "conditions": _NONE,
            "passes_over": _NONE,
            "leaves_behind": _NONE,
            "evidence": _NONE,
            "forms": _NONE,
            "starts_term": _NO_TERM,
            "ends_term": _NO_TERM,
            "moves": _Key(_as_it_is, needed=False),
        },
    ),
    "guards": (Rule, _RULE),
    "conditions": (Rule, _RULE),
    "refusals": (Rule, _RULE),
    "terms": (
        TermRule,
        {**_TITLED, "days": _Key(_number), "kind": _Key(_one_of(KINDS)), **_SOURCE},
    ),
    "forms": (Form, {**_TITLED, **_SOURCE}),
    "holders": (Holder, {"duty": _DUTY, "title": _Key(_text), **_SOURCE}),
}
_PACK = {
    "code": _Key(_code),
    "title": _Key(_text),
    "edition": _Key(_number, needed=False, default=1),
    "replaces": _Key(_code, needed=False, default=""),
    "in_force_from": _Key(_date),
    "in_force_until": _Key(_date, needed=False),
    "review": _Key(_as_it_is),
    "superior": _Key(_as_it_is),
    "period": _Key(_as_it_is),
    "consent": _Key(_as_it_is, needed=False),
    **{kind: _Key(_as_it_is, needed=False) for kind in _ROWS},
}
