"""What a database says as a whole: the same or not, and whole or torn."""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Sum

from cases.ledger.entries import NOTHING_BEFORE, event_commitment, event_entry
from cases.ledger.merkle import leaf_hash, root_of
from cases.models import Act, ActChain, Case, Event, StateCount

# Written after the commit, by what gives heads out; an act is whole without them.
AFTER_THE_COMMIT = {"cases_anchor"}


def digest() -> str:
    """Return a hash over every row of every table of ours."""
    sum_ = hashlib.sha256()
    tables = {model._meta.db_table: model._meta.pk.column for model in apps.get_models()}
    with connection.cursor() as cursor:
        for table, key in sorted(tables.items()):
            if table in AFTER_THE_COMMIT:
                continue
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
            for row in cursor.fetchall():
                sum_.update(repr([_plain(value) for value in row]).encode())
    return sum_.hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def torn() -> list[str]:
    """Return what of the record does not fit together; empty: every act is whole."""
    found = []
    for chain in ActChain.objects.select_related("commune"):
        acts = list(Act.objects.filter(commune=chain.commune).order_by("sequence"))
        if [act.sequence for act in acts] != list(range(1, chain.length + 1)):
            found.append(f"{chain.commune.code}: {len(acts)} acts, the chain says {chain.length}")
        links: list[bytes] = []
        for act in acts:
            links.append(leaf_hash(act.entry.encode()))
            if bytes(act.link) != links[-1] or bytes(act.tree) != root_of(links):
                found.append(f"act {act.sequence} is not linked")
            events = Event.objects.filter(act=act).order_by("case").values_list("link", flat=True)
            if len(events) != act.count or bytes(act.root) != root_of([bytes(e) for e in events]):
                found.append(f"act {act.sequence} has {len(events)} events, says {act.count}")
    found += _cases() + _counts()
    return found


def _cases() -> list[str]:
    found = []
    events: dict[int, list[Event]] = {}
    for event in Event.objects.select_related("act__commune").order_by("case", "sequence"):
        events.setdefault(event.case_id, []).append(event)
    for case in Case.objects.all():
        own, previous = events.pop(case.pk, []), NOTHING_BEFORE
        stands = own[-1].to_state if own else "new"
        if [e.sequence for e in own] != list(range(1, case.version + 1)) or stands != case.state:
            found.append(f"{case.code}: {case.state} version {case.version}, {len(own)} events")
        for event in own:
            commitment = event_commitment(case.salt, event.sequence, event.snapshot)
            place = (event.act.commune.code, event.act.sequence, event.sequence)
            states = (event.from_state, event.to_state)
            entry = event_entry(previous, *place, *states, commitment, case.code)
            if bytes(event.link) != leaf_hash(entry):
                found.append(f"{case.code}: event {event.sequence} is not linked")
            previous = bytes(event.link)
    return found + [f"events of no case: {key}" for key in events]


def _counts() -> list[str]:
    counted = dict(
        StateCount.objects.order_by().values_list("village_review").annotate(total=Sum("n"))
    )
    there = dict(Case.objects.order_by().values_list("village_review").annotate(total=Count("pk")))
    # A village that no act has moved yet is not counted.
    moved = set(Case.objects.filter(version__gt=0).values_list("village_review", flat=True))
    return [
        f"village review {key}: {counted.get(key)} counted, {n} there"
        for key, n in there.items()
        if key in moved and counted.get(key) != n
    ]
