"""Acts recorded before there were links are linked by the migration, and say that it was later."""

import json
from importlib import import_module

from django.apps import apps

from cases.ledger import entries
from cases.ledger.merkle import leaf_hash, root_of
from cases.models import Act, ActChain, Case, Event
from tests.conftest import Road
from workflow.machine import insert_only

ledger = import_module("cases.migrations.0005_ledger")


def unlinked(road: Road) -> None:
    """Walk a round and take away all that the ledger added, as an older database has it."""
    road.open().list().survey().classify().meet()
    insert_only.remove("default")
    Act.objects.update(entry="", link=b"", tree=b"", root=b"", salt=b"", private={})
    Event.objects.update(snapshot="", link=b"")
    Case.objects.update(salt="")
    ActChain.objects.update(head=bytes(32), peaks=b"")


def test_old_acts_are_linked_in_their_order(road: Road) -> None:
    unlinked(road)

    ledger.link_what_is_there(apps, None)

    links = []
    for act in Act.objects.order_by("sequence"):
        events = Event.objects.filter(act=act).order_by("case").values_list("link", flat=True)
        assert bytes(act.root) == root_of([bytes(link) for link in events])
        assert bytes(act.link) == leaf_hash(act.entry.encode())
        assert json.loads(act.entry)["linked_later"] is True
        links.append(bytes(act.link))
        assert bytes(act.tree) == root_of(links)


def test_the_next_act_goes_on_from_the_old_ones(road: Road) -> None:
    unlinked(road)
    ledger.link_what_is_there(apps, None)

    road.post()

    last = Act.objects.latest("sequence")
    links = [
        bytes(link) for link in Act.objects.order_by("sequence").values_list("link", flat=True)
    ]
    assert bytes(last.tree) == root_of(links)
    for case in Case.objects.all():
        before, event = case.events.order_by("-sequence")[:2][::-1]
        commitment = entries.event_commitment(case.salt, event.sequence, event.snapshot)
        place = (road.commune.code, last.sequence, event.sequence)
        states = (event.from_state, event.to_state)
        entry = entries.event_entry(bytes(before.link), *place, *states, commitment, case.code)
        assert bytes(event.link) == leaf_hash(entry)
