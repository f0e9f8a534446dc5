"""
How an act enters the record: its number, its events, its place in the commune's chain and tree.

Called by apply alone, inside its transaction. The act's row is written last, once and whole, so that
no row of the record is ever changed; the rows it entered name it by the number taken first.
"""

from datetime import UTC, datetime

from django.db import connection

from cases.ledger.entries import act_entry, told_root
from cases.ledger.merkle import appended, leaf_hash, root_of, root_of_peaks
from cases.ledger.sql import link, snapshot
from cases.models import Act, ActChain, Event
from cases.sets import insert_select
from workflow.machine.scope import Scope

TABLE = Act._meta.db_table
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def locked_chain(commune_id: int) -> ActChain:
    """Take the row that says where the commune's record stands."""
    return ActChain.objects.select_for_update().get(pk=commune_id)


def next_key() -> int:
    """Take the next primary key of an act."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [TABLE])
        else:
            # One writer at a time: nobody takes the same number.
            cursor.execute(
                "SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = %s", [TABLE]
            )
        return int(cursor.fetchone()[0])


def write_events(act: Act, scope: Scope, moved: int) -> None:
    """Write one event for each case stamped by the act, linked to the one before it."""
    stamped = scope.cases().filter(last_act=act.pk).order_by("pk")
    written = insert_select(
        Event,
        {
            "case": "pk",
            "sequence": "version",
            "act": "last_act",
            "from_state": "prev_state",
            "to_state": "state",
            "snapshot": snapshot(),
            "link": link(scope.round.commune.code, act.sequence),
        },
        stamped,
    )
    if written != moved:
        raise AssertionError(f"{act.code}: {moved} cases moved, {written} events written")


def seal(act: Act, chain: ActChain, scope: Scope) -> None:
    """Bind the act to its events, to what it was told and to all acts before it, and write it."""
    links = Event.objects.filter(act=act.pk).order_by("case").values_list("link", flat=True)
    act.root = root_of([bytes(each) for each in links] if act.count else [])
    entry = act_entry(
        {
            "previous": bytes(chain.head),
            "commune": scope.round.commune.code,
            "sequence": act.sequence,
            "code": act.code,
            "round": scope.round.key,
            "village": scope.village_review.village.code if scope.village_review else "",
            "actor": act.actor_id,
            "actor_name": act.actor_name,
            "on_behalf_of": act.on_behalf_of,
            "duty": act.duty,
            "duty_unit": act.duty_unit.code,
            "article": act.article,
            "pack": act.pack,
            "pack_hash": bytes(scope.round.pack_hash),
            "at": microseconds(act.at),
            "legal_day": act.legal_day.isoformat(),
            "device_at": microseconds(act.device_at) if act.device_at else None,
            "told": told_root(bytes(act.salt), act.facts, act.private),
            "root": act.root,
            "count": act.count,
        }
    )
    act.entry = entry.decode()
    act.link = leaf_hash(entry)
    chain.peaks = appended(bytes(chain.peaks), chain.length, act.link)
    chain.length, chain.head = act.sequence, act.link
    act.tree = root_of_peaks(chain.peaks)
    act.save(force_insert=True)
    chain.save(update_fields=["length", "head", "peaks"])


def microseconds(at: datetime) -> int:
    """Return a moment as whole microseconds since 1970: the same on every database."""
    return (at - EPOCH) // EPOCH.resolution
