"""
The same ten ways to falsify, in the tables: as whoever holds every right on the database would.

What is to be neat is forged in memory, with every hash computed again, and written back.
"""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db.models import F, QuerySet

from cases.ledger.entries import SNAPSHOT
from cases.ledger.merkle import appended
from cases.models import Act, ActChain, Anchor, CalendarDay, Case, Event
from cases.rules.packs import PACKS
from tests.ledger.proofs import tampering
from tests.ledger.proofs.tampering import CLASSES, RESULT, Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AWAY = 1_000_000
# What is falsified where: the record as it was exported, the last act behind a head, the dice.
Tamper = Callable[[Record, int, random.Random], Any]


def change_a_value(_record: Record, upto: int, chance: random.Random) -> None:
    event = chance.choice(list(Event.objects.filter(act__sequence__lte=upto).order_by("pk")))
    parts = event.snapshot.split("|")
    parts[RESULT] = chance.choice([each for each in CLASSES if each != parts[RESULT]])
    Event.objects.filter(pk=event.pk).update(snapshot="|".join(parts))


def delete_an_act(_record: Record, upto: int, chance: random.Random) -> None:
    act = Act.objects.get(sequence=chance.randint(1, upto))
    _remove(Act.objects.filter(pk=act.pk))


def insert_an_act(_record: Record, upto: int, chance: random.Random) -> None:
    place = chance.randint(1, upto)
    act = Act.objects.get(sequence=chance.randint(1, upto))
    _move(Act.objects.filter(sequence__gte=place), 1)
    act.pk, act.sequence, act.idempotency_key = None, place, f"slipped in at {place}"
    act.save(force_insert=True)


def swap_two_acts(_record: Record, upto: int, chance: random.Random) -> None:
    first, second = sorted(chance.sample(range(1, upto + 1), 2))
    pair = Act.objects.filter(sequence=first), Act.objects.filter(sequence=second)
    keys = [rows.get().pk for rows in pair]
    Act.objects.filter(pk=keys[0]).update(sequence=FAR_AWAY)
    Act.objects.filter(pk=keys[1]).update(sequence=first)
    Act.objects.filter(pk=keys[0]).update(sequence=second)


def change_a_calendar(_record: Record, _upto: int, chance: random.Random) -> None:
    days = CalendarDay.objects.order_by("pk")
    CalendarDay.objects.filter(pk=chance.choice(list(days)).pk).delete()


def in_memory(kind: str) -> Tamper:
    """Return what forges the record as it was exported, and writes it back."""

    def tamper(record: Record, upto: int, chance: random.Random) -> None:
        tampering.KINDS[kind](record, upto, chance)
        _write_back(record)

    return tamper


def change_a_pack(_record: Record, _upto: int, chance: random.Random) -> Any:
    """Change an edition on the server for as long as what is returned is entered."""
    code = Act.objects.values_list("pack", flat=True)[0]
    other = replace(PACKS[code], title=f"{PACKS[code].title} {chance.random()}")
    return patch("workflow.ledger.export.PACKS", {code: other})


KINDS: dict[str, Tamper] = {
    "change_a_value": change_a_value,
    "delete_an_act": delete_an_act,
    "insert_an_act": insert_an_act,
    "swap_two_acts": swap_two_acts,
    "rewrite_and_rechain": in_memory("rewrite_and_rechain"),
    "back_date": in_memory("back_date"),
    "cut_the_tail": in_memory("cut_the_tail"),
    "forge_the_anchors": in_memory("forge_the_anchors"),
    "change_a_calendar": change_a_calendar,
    "change_a_pack": change_a_pack,
}


def _move(acts: QuerySet[Act], by: int) -> None:
    """Number acts anew; far away first, where no two meet on the way."""
    acts.update(sequence=F("sequence") + FAR_AWAY)
    Act.objects.filter(sequence__gte=FAR_AWAY).update(sequence=F("sequence") - FAR_AWAY + by)


def _remove(acts: QuerySet[Act]) -> None:
    # Rows that hang on them stay: nobody asks them before the commit, which never comes.
    Event.objects.filter(act__in=acts)._raw_delete("default")
    acts._raw_delete("default")


def _column(name: str, text: str) -> Any:
    """Return what a case's column says, of what its snapshot says."""
    column: Any = Case._meta.get_field(name)
    return None if text == "" and column.null else column.to_python(text)


def _write_back(record: Record) -> None:
    """Let the tables say what the forged record says."""
    _remove(Act.objects.filter(sequence__gt=len(record.acts)))
    peaks = b""
    for number, act in enumerate(record.acts, 1):
        entry, link = json.loads(act["entry"]), bytes.fromhex(act["link"])
        peaks = appended(peaks, number - 1, link)
        Act.objects.filter(sequence=number).update(
            entry=act["entry"],
            link=link,
            tree=bytes.fromhex(act["tree"]),
            root=tampering.from_base64(entry["root"]),
            at=EPOCH + timedelta(microseconds=entry["at"]),
        )
    ActChain.objects.filter(length__gt=0).update(length=len(record.acts), head=link, peaks=peaks)
    for _commune, _act, links, events in record.events.values():
        for place, (case, sequence, _source, _target, says) in enumerate(events):
            own = bytes.fromhex(links[64 * place : 64 * place + 64])
            Event.objects.filter(case=case, sequence=sequence).update(snapshot=says, link=own)
    for case, _round, _code, _village, _salt, state, version, says in record.cases.values():
        told = dict(zip(SNAPSHOT, says.split("|"), strict=True))
        columns = {name: _column(name, text) for name, text in told.items()}
        Case.objects.filter(pk=case).update(state=state, version=version, **columns)
    Case.objects.exclude(pk__in=record.cases)._raw_delete("default")
    for anchor in record.anchors:
        tree = tampering.from_base64(anchor["tree"])
        Anchor.objects.filter(sequence=anchor["sequence"]).update(tree=tree)
    Anchor.objects.filter(sequence__gt=len(record.acts))._raw_delete("default")
