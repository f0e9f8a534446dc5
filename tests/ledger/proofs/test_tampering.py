"""Whatever is falsified behind a head that somebody else holds is seen; what no head covers is told."""

import copy
import os
import random
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

from cases.models import Act, Anchor, Case, DailyRoot, Event
from tests.conftest import Road
from tests.ledger.proofs import superuser, tampering
from tests.ledger.proofs.tampering import KINDS, NEAT, Record
from tests.machine.rows import drop_step_triggers
from tests.taken_back import taken_back
from workflow.acts.posting import complain
from workflow.ledger.export import export
from workflow.machine import insert_only

ROOT = Path(__file__).resolve().parents[3]
# 1,000 in all; more on demand (docs/proof.md).
TAMPERS = int(os.environ.get("RASOAT_TAMPERS", "1000")) // len(KINDS)


def load_verifier() -> ModuleType:
    """Load the one file as a program of its own: it is no part of the application."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("apart", ROOT / "verifier" / "rasoat_verify.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = load_verifier()


@pytest.fixture
def exported(road: Road, tmp_path: Path) -> Path:
    """Return the export of a round with a complaint, walked to its posting's end."""
    road.open().list().survey().classify().meet().post().pass_days(1)
    complain(case=road.cases()[0], complainant="Ông Kêu", content="Sai", **road.who("minh"))
    road.pass_days(7).close()
    folder = tmp_path / "record"
    export(road.commune, folder, at=road.at)
    return folder


def check(folder: Path, heads: bytes | None, tmp_path: Path) -> dict[str, Any]:
    """Return what the verifier says; a folder it cannot read is seen as well."""
    held = tmp_path / "heads.jsonl"
    if heads is not None:
        held.write_bytes(heads)
    try:
        told: dict[str, Any] = VERIFIER.Check().run(folder, [held] if heads is not None else [])
    except (ValueError, KeyError, OSError) as error:
        return {"ok": False, "problems": [{"code": "damaged", "where": str(error)}]}
    return told


def falsified(record: Record, kind: str, upto: int, seed: int, folder: Path) -> Record:
    """Write a falsified export; one that changed nothing would prove nothing."""
    forged = copy.deepcopy(record)
    KINDS[kind](forged, upto, random.Random(seed))
    assert forged != record, f"{kind} {seed} changed nothing"
    tampering.write(forged, folder)
    return forged


def test_the_untouched_record_holds(exported: Path, tmp_path: Path) -> None:
    record = tampering.read(exported)
    heads = tampering.held_heads(record, len(record.acts))

    assert check(exported, heads, tmp_path)["ok"], check(exported, heads, tmp_path)["problems"]


def test_the_forgers_own_tools_write_a_record_that_holds(exported: Path, tmp_path: Path) -> None:
    record = tampering.read(exported)
    tampering.rechain(record)
    tampering.write(record, tmp_path / "again")

    assert check(tmp_path / "again", None, tmp_path)["ok"]
    assert record == tampering.read(exported)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_falsified_behind_a_held_head_is_seen(
    kind: str, exported: Path, tmp_path: Path
) -> None:
    record = tampering.read(exported)
    upto = len(record.acts) - 2
    heads = tampering.held_heads(record, upto)
    unseen = []
    for seed in range(TAMPERS):
        folder = tmp_path / f"{kind}-{seed}"
        falsified(record, kind, upto, seed, folder)
        if check(folder, heads, tmp_path)["ok"]:
            unseen.append(seed)

    assert unseen == []


@pytest.mark.parametrize("kind", NEAT)
def test_without_held_heads_a_neat_forgery_is_not_seen(
    kind: str, exported: Path, tmp_path: Path
) -> None:
    record = tampering.read(exported)
    record.anchors.clear()
    for name in [name for name in record.other if name.startswith(("days/", "tokens/"))]:
        del record.other[name]
    falsified(record, kind, len(record.acts), 7, tmp_path / kind)

    assert check(tmp_path / kind, None, tmp_path)["ok"]


def test_the_tail_that_no_head_covers_is_told(exported: Path, tmp_path: Path) -> None:
    record = tampering.read(exported)
    last = len(record.acts)

    told = check(exported, tampering.held_heads(record, last - 2), tmp_path)

    assert told["ok"]
    assert [(each["first"], each["last"]) for each in told["uncovered"]] == [(last - 1, last)]


@pytest.mark.parametrize("kind", superuser.KINDS)
def test_what_a_superuser_falsifies_behind_a_held_head_is_seen(
    kind: str, exported: Path, road: Road, tmp_path: Path
) -> None:
    record = tampering.read(exported)
    upto = len(record.acts) - 2
    heads = tampering.held_heads(record, upto)
    insert_only.remove("default")
    drop_step_triggers()
    unseen = []
    for seed in range(TAMPERS // 5):
        folder = tmp_path / f"{kind}-{seed}"
        with taken_back():
            forging = superuser.KINDS[kind](copy.deepcopy(record), upto, random.Random(seed))
            with forging or nullcontext():
                export(road.commune, folder, at=road.at)
        assert without_moment(tampering.read(folder)) != without_moment(record), f"{seed}: no-op"
        if check(folder, heads, tmp_path)["ok"]:
            unseen.append(seed)

    assert unseen == []


def without_moment(record: Record) -> Record:
    """Leave out what two exports of one state may differ in: the manifest with its hashes."""
    return replace(record, manifest={})


@pytest.mark.parametrize("kind", NEAT)
def test_without_held_heads_a_superusers_neat_forgery_is_not_seen(
    kind: str, exported: Path, road: Road, tmp_path: Path
) -> None:
    record = tampering.read(exported)
    insert_only.remove("default")
    drop_step_triggers()
    with taken_back():
        superuser.KINDS[kind](record, len(record.acts), random.Random(7))
        Anchor.objects.all()._raw_delete("default")
        DailyRoot.objects.all()._raw_delete("default")
        export(road.commune, tmp_path / kind, at=road.at)

    told = check(tmp_path / kind, None, tmp_path)
    assert told["ok"], told["problems"]


BY_THE_ADMINISTRATOR = {
    "value": lambda: Event.objects.filter(sequence=2).update(snapshot="||"),
    "state": lambda: Case.objects.all().update(version=40),
    "deleted events": lambda: Event.objects.filter(sequence=3).delete(),
    "deleted act": lambda: Act.objects.filter(code="classify").delete(),
    "moved act": lambda: Act.objects.filter(code="classify").update(sequence=900),
    "another actor": lambda: Act.objects.filter(code="hold_meeting").update(actor_name="Ai đó"),
    "back-dated": lambda: Act.objects.filter(code="post_list").update(legal_day="2024-09-30"),
    "told something else": lambda: Act.objects.filter(code="post_list").update(facts={}),
    "another entry": lambda: Act.objects.filter(code="classify").update(entry="{}"),
    "another link": lambda: Act.objects.filter(code="classify").update(link=bytes(32)),
}


@pytest.mark.parametrize("what", BY_THE_ADMINISTRATOR)
def test_what_the_administrator_changes_in_the_database_is_seen(
    what: str, road: Road, tmp_path: Path
) -> None:
    road.open().list().survey().classify().meet().post()
    insert_only.remove("default")
    with transaction.atomic():
        assert BY_THE_ADMINISTRATOR[what](), what

    export(road.commune, tmp_path / "record", at=road.at)

    assert not check(tmp_path / "record", None, tmp_path)["ok"]
