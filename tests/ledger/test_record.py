"""Every act enters the record with links that anybody can compute again from what is stored."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cases.ledger import entries
from cases.ledger.merkle import leaf_hash, root_of, root_of_peaks
from cases.models import Act, ActChain, Case, Event, Unit
from tests.conftest import Road, register_households
from tests.lent import lent
from workflow.machine import insert_only


@lent
def walked(road: Road) -> Road:
    """Return a round walked to its certificates, a complaint and two villages on the way."""
    register_households(Unit.objects.get(code="24646.002"), 3)
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    return road.report().consent().decide().certify()


def test_each_act_is_linked_to_the_one_before_it(walked: Road) -> None:
    previous, links = entries.NOTHING_BEFORE, []
    for act in Act.objects.order_by("sequence"):
        told = entries.told_root(bytes(act.salt), act.facts, act.private)
        for value in (previous, told, bytes(act.root)):
            assert entries.canonical(_base64(value)).decode() in act.entry
        assert bytes(act.link) == leaf_hash(act.entry.encode())
        links.append(bytes(act.link))
        assert bytes(act.tree) == root_of(links)
        previous = bytes(act.link)


def test_each_event_is_linked_to_the_cases_one_before(walked: Road) -> None:
    for case in Case.objects.all():
        previous = entries.NOTHING_BEFORE
        for event in case.events.select_related("act__commune").order_by("sequence"):
            commitment = entries.event_commitment(case.salt, event.sequence, event.snapshot)
            place = (event.act.commune.code, event.act.sequence, event.sequence)
            states = (event.from_state, event.to_state)
            entry = entries.event_entry(previous, *place, *states, commitment, case.code)

            assert bytes(event.link) == leaf_hash(entry)
            previous = bytes(event.link)


def test_an_act_holds_the_root_of_its_events(walked: Road) -> None:
    for act in Act.objects.all():
        links = Event.objects.filter(act=act).order_by("case").values_list("link", flat=True)

        assert bytes(act.root) == root_of([bytes(link) for link in links])
        assert len(links) == act.count


def test_the_chain_stands_at_its_last_act(walked: Road) -> None:
    chain, last = ActChain.objects.get(), Act.objects.latest("sequence")

    assert (chain.length, bytes(chain.head)) == (last.sequence, bytes(last.link))
    assert root_of_peaks(bytes(chain.peaks)) == bytes(last.tree)


def test_an_event_says_what_the_case_says_after_the_act(walked: Road) -> None:
    for case in Case.objects.all():
        event = case.events.order_by("-sequence")[0]
        shown = ["" if (v := getattr(case, n)) is None else v for n in entries.SNAPSHOT]

        assert event.snapshot == "|".join(
            str(int(v)) if isinstance(v, bool) else str(v) for v in shown
        )


def test_a_refused_act_leaves_no_number_behind(road: Road) -> None:
    road.open().list()
    before = ActChain.objects.values().get()

    with pytest.raises(Exception, match="classify"):
        road.classify()

    assert ActChain.objects.values().get() == before


@pytest.mark.parametrize("change", ["UPDATE {0} SET {1}", "DELETE FROM {0}"])
@pytest.mark.parametrize("table", ["cases_act count=9", "cases_event to_state='left'"])
def test_the_database_refuses_to_change_the_record(walked: Road, table: str, change: str) -> None:
    name, assignment = table.split()
    with pytest.raises(DatabaseError), transaction.atomic():
        run(change.format(name, assignment))


@pytest.mark.postgres
def test_the_database_refuses_to_empty_the_record(walked: Road) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        run("TRUNCATE cases_event CASCADE")


def test_without_its_triggers_the_database_would_change_the_record(walked: Road) -> None:
    insert_only.remove("default")

    run("UPDATE cases_event SET to_state = 'left'")

    assert not Event.objects.exclude(to_state="left").exists()
    assert insert_only.missing("default") == insert_only_names()


def test_an_event_is_not_replaced_either(walked: Road) -> None:
    event = Event.objects.values().first()
    assert event is not None
    columns = ", ".join(event)
    places = ", ".join(["%s"] * len(event))
    how = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"

    with pytest.raises(DatabaseError), transaction.atomic():
        run(f"{how} INTO cases_event ({columns}) VALUES ({places})", list(event.values()))


def insert_only_names() -> list[str]:
    more = ["emptying"] if connection.vendor == "postgresql" else []
    tables = [model._meta.db_table for model in insert_only.KEPT]
    return insert_only.names() + [f"{t}_{what}_refused" for t in tables for what in more]


def run(sql: str, parameters: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])


def _base64(value: bytes) -> str:
    import base64

    return base64.b64encode(value).decode()
