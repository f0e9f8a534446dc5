"""
Acts as OCEL 2.0 JSON: one event an act of a round, related to every object it was about, streamed.

Objects are rounds, villages' lists, cases with their states over time, households and officers. All
attributes are texts. The four members are written one after another, each object once.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from cases.models import Act, Case, Event, Round, VillageReview
from workflow.auditing.keys import ROUND_KEY, round_key
from workflow.auditing.pseudonyms import Pseudonyms
from workflow.auditing.xes import stamp

Rows = Iterator[tuple[Any, ...]]
OBJECT_TYPES: dict[str, tuple[str, ...]] = {
    "round": ("kind", "pack"),
    "village_review": ("village",),
    "case": ("state",),
    "household": (),
    "officer": (),
}
ACT_ATTRIBUTES = ("duty", "unit", "article", "pack", "legal_day")
# What an attribute without a moment of its own has had all along.
ALWAYS = "1970-01-01T00:00:00.000+00:00"


def ocel(cases: QuerySet[Case], rounds: QuerySet[Round], names: Pseudonyms) -> Iterator[bytes]:
    """
    Yield the file piece by piece; a constant number of queries, whatever the number of cases.

    `rounds` are those of the cases, and rounds that have none: an act need not be on a case.
    """
    wanted, held = cases.order_by(), rounds.order_by()
    acts = Act.objects.filter(round__in=held.values("pk")).order_by("commune", "sequence")
    people = names.people(acts)
    codes = acts.order_by().values_list("code", flat=True).distinct()
    yield b'{"objectTypes":'
    yield _json([_type(name, attributes) for name, attributes in OBJECT_TYPES.items()])
    yield b',"eventTypes":'
    yield _json([_type(code, ACT_ATTRIBUTES) for code in sorted(codes)])
    yield b',"objects":['
    yield from _separated(_objects(wanted, held, people, names))
    yield b'],"events":['
    yield from _separated(_events(wanted, acts, people, names))
    yield b"]}\n"


def _objects(
    cases: QuerySet[Case], rounds: QuerySet[Round], people: dict[int, str], names: Pseudonyms
) -> Iterator[dict[str, Any]]:
    for *key, pack in rounds.values_list(*ROUND_KEY, "pack"):
        yield _object(round_key(*key), "round", [("kind", key[0]), ("pack", pack)])
    reviews = VillageReview.objects.filter(round__in=rounds.values("pk"))
    for code, *key in reviews.order_by("pk").values_list(
        "village__code", *(f"round__{name}" for name in ROUND_KEY)
    ):
        of = round_key(*key)
        yield _object(
            f"{of}/{code}", "village_review", [("village", code)], [(of, "list of the round")]
        )
    households = cases.order_by("household__code").values_list("household__code", flat=True)
    for code in households.distinct().iterator(chunk_size=5000):
        yield _object(_household(names, code), "household")
    for called in people.values():
        yield _object(_officer(called), "officer")
    yield from _case_objects(cases, names)


def _case_objects(cases: QuerySet[Case], names: Pseudonyms) -> Iterator[dict[str, Any]]:
    rows: Rows = (
        cases.order_by("pk")
        .values_list(
            "pk",
            "code",
            "household__code",
            "village_review__village__code",
            *(f"round__{name}" for name in ROUND_KEY),
        )
        .iterator(chunk_size=5000)
    )
    events: Rows = (
        Event.objects.filter(case__in=cases.values("pk"))
        .order_by("case", "sequence")
        .values_list("case_id", "act__at", "to_state")
        .iterator(chunk_size=5000)
    )
    moved = groupby(events, key=lambda row: row[0])
    at: tuple[Any, Any] | None = next(moved, None)
    for pk, code, household, village, *key in rows:
        states = []
        if at is not None and at[0] == pk:
            states = [("state", state, stamp(moment)) for _pk, moment, state in at[1]]
            at = next(moved, None)
        of = round_key(*key)
        yield _object(
            names.case(of, code),
            "case",
            states,
            [
                (of, "of the round"),
                (f"{of}/{village}", "on the list"),
                (_household(names, household), "of the household"),
            ],
        )


def _events(
    cases: QuerySet[Case], acts: QuerySet[Act], people: dict[int, str], names: Pseudonyms
) -> Iterator[dict[str, Any]]:
    rows: Rows = acts.values_list(
        "pk",
        "commune__code",
        "sequence",
        "code",
        "at",
        "duty",
        "duty_unit__code",
        "article",
        "pack",
        "legal_day",
        "actor_id",
        "village_review__village__code",
        *(f"round__{name}" for name in ROUND_KEY),
    ).iterator(chunk_size=500)
    about: Rows = (
        Event.objects.filter(case__in=cases.values("pk"))
        .order_by("act__commune", "act__sequence", "case")
        .values_list("act_id", "case__code")
        .iterator(chunk_size=5000)
    )
    cases_of = groupby(about, key=lambda row: row[0])
    coming: tuple[Any, Any] | None = next(cases_of, None)
    for row in rows:
        pk, commune, sequence, code, at, *said = row[:10]
        actor, village, key = row[10], row[11], round_key(*row[12:])
        related = [(key, "in the round")]
        if coming is not None and coming[0] == pk:  # both are in the order of communes and numbers
            related += [(names.case(key, each), "about") for _id, each in coming[1]]
            coming = next(cases_of, None)
        if village:
            related.append((f"{key}/{village}", "on the list"))
        related.append((_officer(people[actor]), "done by"))
        yield {
            "id": f"{commune}/{sequence}",
            "type": code,
            "time": stamp(at),
            "attributes": [
                {"name": name, "value": str(value)}
                for name, value in zip(ACT_ATTRIBUTES, said, strict=True)
            ],
            "relationships": _related(related),
        }


def _household(names: Pseudonyms, code: str) -> str:
    return f"household:{names.household(code)}"


def _officer(called: str) -> str:
    return f"officer:{called}"


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": each, "type": "string"} for each in attributes]}


def _object(
    identifier: str,
    kind: str,
    attributes: Iterable[tuple[str, ...]] = (),
    related: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    return {
        "id": identifier,
        "type": kind,
        "attributes": [
            {"name": name, "value": value, "time": moment[0] if moment else ALWAYS}
            for name, value, *moment in attributes
        ],
        "relationships": _related(related),
    }


def _related(related: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": each, "qualifier": qualifier} for each, qualifier in related]


def _separated(items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for number, item in enumerate(items):
        yield b",\n" + _json(item) if number else _json(item)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
