"""
The record as it is read back: acts and events of one commune, from the tables or from an export.

Nothing else is read of a case but its code and, where no act of a village ever named it, the
village whose list it is on: no event says that (docs/certificate.md).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cases.ledger.entries import ERASED
from cases.models import Act, Event, Round

Line = TypeVar("Line")
KEPT = "#"  # an erased snapshot leaves this and its commitment


class ToldEvent(NamedTuple):
    """One case moved by an act, and what it said then; None: it was erased, or never told."""

    case: str
    village: str  # of the list that the case's row says it is on
    sequence: int
    source: str
    target: str
    snapshot: str | None


@dataclass
class ToldAct:
    """One act of a commune's record with its events."""

    sequence: int
    code: str
    round: str
    village: str
    facts: dict[str, Any]
    count: int
    events: list[ToldEvent] = field(default_factory=list)


class BadExport(Exception):
    """A folder is no export of the record, or not a whole one; the message names file and line."""


def of_tables(commune_id: int) -> Iterator[ToldAct]:
    """Yield a commune's acts from the tables, in their order."""
    keys = _round_keys(commune_id)
    events = (
        Event.objects.filter(act__commune=commune_id)
        .order_by("act__sequence", "case_id")
        .values_list(
            "act_id",
            "case__code",
            "case__village_review__village__code",
            "sequence",
            "from_state",
            "to_state",
            "snapshot",
        )
        .iterator(chunk_size=5000)
    )
    groups = groupby(events, key=lambda row: row[0])
    waiting = next(groups, None)
    acts = Act.objects.filter(commune=commune_id).order_by("sequence")
    for pk, sequence, code, round_id, village, facts, count in acts.values_list(
        "pk", "sequence", "code", "round_id", "village_review__village__code", "facts", "count"
    ).iterator(chunk_size=2000):
        told = ToldAct(sequence, code, keys[round_id], village or "", facts, count)
        if waiting is not None and waiting[0] == pk:
            told.events = [_event(*row[1:]) for row in waiting[1]]
            waiting = next(groups, None)
        yield told


def of_folder(folder: Path) -> Iterator[tuple[str, list[ToldAct]]]:
    """
    Yield the communes of an export, each with its acts.

    :raises BadExport: if a line cannot be read
    """
    cases = dict(_lines(folder / "cases.jsonl", lambda row: (row[0], (row[2], row[3]))))
    events: dict[tuple[str, int], list[ToldEvent]] = {}

    def event_line(row: Any) -> tuple[tuple[str, int], list[ToldEvent]]:
        commune, act, _links, told = row
        return (commune, act), [_event(*cases[each[0]], *each[1:]) for each in told]

    for place, told in _lines(folder / "events.jsonl", event_line):
        events.setdefault(place, []).extend(told)
    acts = _lines(folder / "acts.jsonl", _act)
    for commune, some in groupby(acts, key=lambda each: each[0]):
        whole = list[ToldAct]()
        for _commune, act in some:
            act.events = events.get((commune, act.sequence), [])
            whole.append(act)
        yield commune, whole


def _act(line: Mapping[str, Any]) -> tuple[str, ToldAct]:
    """Return an act of the export, still without its events, and its commune."""
    entry = json.loads(line["entry"])
    facts: dict[str, Any] = {}
    for path, *told in line["told"]:
        part, name, *key = path.split("/", 2)
        if part == "facts":
            value = told[1] if len(told) > 1 else {ERASED: told[0]}
            if key:
                facts.setdefault(name, {})[key[0]] = value
            else:
                facts[name] = value
    sequence, code, round_, village = itemgetter("sequence", "code", "round", "village")(entry)
    return entry["commune"], ToldAct(sequence, code, round_, village, facts, entry["count"])


def _event(
    case: str, village: str, sequence: int, source: str, target: str, snapshot: str
) -> ToldEvent:
    told = None if not snapshot or snapshot.startswith(KEPT) else snapshot
    return ToldEvent(case, village, sequence, source, target, told)


def _lines(path: Path, read: Callable[[Any], Line]) -> Iterator[Line]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield read(json.loads(line))
                except (ValueError, LookupError, TypeError, AttributeError) as error:
                    raise BadExport(f"{path.name}:{number}") from error
    except OSError as error:
        raise BadExport(path.name) from error


def _round_keys(commune_id: int) -> dict[int, str]:
    rounds = Round.objects.filter(commune=commune_id).select_related("commune")
    return {round_.pk: round_.key for round_ in rounds}
