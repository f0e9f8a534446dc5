"""One household's proof is small, leads to a head somebody holds, and says what was decided."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.ledger.entries import act_entry
from cases.ledger.merkle import appended, leaf_hash, root_of_peaks
from cases.models import Act, ActChain, Anchor, Case, Event, Household, Unit
from tests.conftest import Road
from tests.verifier.running import run
from workflow.ledger.proofs import (
    AT_MOST,
    NoProof,
    act_proof,
    as_text,
    consistency_proof,
    household_proof,
)
from workflow.machine import insert_only

Proof = dict[str, Any]


@pytest.fixture
def decided(road: Road) -> Road:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    return road.report().consent().decide()


def anchored(sequence: int, at: Any) -> Anchor:
    act = Act.objects.get(sequence=sequence)
    return Anchor.objects.create(
        commune=act.commune, sequence=sequence, tree=act.tree, why="DECISION", at=at
    )


def holds(proof: Proof, tmp_path: Path) -> bool:
    answer = run(tmp_path, "verify", given=proof)
    assert answer.code in (0, 1), answer.text
    return answer.code == 0


def test_a_households_proof_holds_and_says_its_last_step(decided: Road, tmp_path: Path) -> None:
    case = decided.cases()[2]

    answer = run(tmp_path, "verify", given=household_proof(case))

    assert answer.code == 0
    told = answer.data
    assert (told["case"], told["to"]) == (case.code, "recognised")
    assert told["says"].split("|")[-2] == "POOR"
    assert told["act"]["round"] == "2024-24646"


def test_it_leads_to_the_last_head_given_out_since(decided: Road, tmp_path: Path) -> None:
    last = Act.objects.order_by("-sequence")[0].sequence
    assert household_proof(decided.cases()[0])["head"]["anchored"] is None
    anchored(last - 1, decided.at)
    anchor = anchored(last, decided.at)

    proof = household_proof(decided.cases()[0])

    assert proof["head"]["sequence"] == anchor.sequence
    assert proof["head"]["anchored"] is not None
    assert holds(proof, tmp_path)


def test_it_leads_to_the_head_that_a_paper_bears(decided: Road, tmp_path: Path) -> None:
    last = Act.objects.order_by("-sequence")[0].sequence
    decided.certify()

    case = decided.cases()[0]
    assert household_proof(case)["act"]["code"] == "issue_certificates"
    assert household_proof(case, at=last + 1)["head"]["sequence"] == last + 1
    for number in (last, last + 2):
        with pytest.raises(NoProof) as caught:
            household_proof(case, at=number)
        assert caught.value.code == "no_such_head"


FORGERIES: dict[str, Callable[[Proof], Any]] = {
    "state": lambda proof: proof["event"].update(to="refused"),
    "snapshot": lambda proof: proof["event"].update(
        snapshot=proof["event"]["snapshot"].replace("POOR", "NOT_POOR", 1)
    ),
    "case": lambda proof: proof["event"].update(case="24646-99999"),
    "place in the act": lambda proof: proof.update(index=proof["index"] + 1),
    "actor": lambda proof: proof["act"].update(actor_name="Ai đó"),
    "day": lambda proof: proof["act"].update(legal_day="2024-01-01"),
    "number": lambda proof: proof["act"].update(sequence=proof["act"]["sequence"] - 1),
    "head": lambda proof: proof["head"].update(tree="A" * 43),
    "size": lambda proof: proof["head"].update(sequence=proof["head"]["sequence"] * 2),
    "first path": lambda proof: proof.update(paths=["", proof["paths"][1]]),
    "second path": lambda proof: proof.update(paths=[proof["paths"][0], proof["paths"][0]]),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_proof_is_refused(what: str, decided: Road, tmp_path: Path) -> None:
    proof = json.loads(as_text(household_proof(decided.cases()[1])))
    before = as_text(proof)
    FORGERIES[what](proof)

    assert as_text(proof) != before
    assert not holds(proof, tmp_path)


def test_an_act_is_proved_by_itself(decided: Road, tmp_path: Path) -> None:
    for act in Act.objects.all():
        proof = act_proof(act)
        assert holds(proof, tmp_path)
        assert proof["act"]["code"] == act.code


def test_the_record_is_proved_to_have_only_grown(decided: Road, tmp_path: Path) -> None:
    last = Act.objects.count()
    pairs = [(first, second) for second in range(1, last + 1) for first in range(1, second + 1)]

    proofs = [consistency_proof(decided.commune, *pair) for pair in pairs]

    assert holds(proofs, tmp_path)  # type: ignore[arg-type]
    for pair in ((0, 1), (2, 1), (1, last + 1)):
        with pytest.raises(NoProof):
            consistency_proof(decided.commune, *pair)


def test_of_ten_thousand_cases_and_four_thousand_acts_it_takes_two_kilobytes(
    road: Road, make_households: Callable[..., list[Household]], tmp_path: Path
) -> None:
    make_households(Unit.objects.get(code="24646.001"), 9_995)
    road.open().list()
    act = Act.objects.get(code="build_list")
    assert act.count == 10_000
    add_acts(3_998)

    case = Case.objects.get(code="24646-07777")
    proof = household_proof(case)

    assert proof["head"]["sequence"] == 4_000
    assert len(as_text(proof).encode()) <= AT_MOST
    assert holds(proof, tmp_path)


def add_acts(how_many: int) -> None:
    """Lengthen the commune's record by acts that touch no case, neatly linked."""
    last = Act.objects.order_by("-sequence")[0]
    chain = ActChain.objects.get()
    entry, peaks = json.loads(last.entry), bytes(chain.peaks)
    acts, key, link = [], last.pk, bytes(last.link)
    for sequence in range(last.sequence + 1, last.sequence + how_many + 1):
        text = act_entry({**entry, "previous": link, "sequence": sequence, "count": 0})
        link = leaf_hash(text)
        peaks = appended(peaks, sequence - 1, link)
        act = Act(**{field.attname: getattr(last, field.attname) for field in Act._meta.fields})
        act.pk, act.sequence, act.idempotency_key, act.count = (
            key + sequence,
            sequence,
            f"k{sequence}",
            0,
        )
        act.entry, act.link, act.tree = text.decode(), link, root_of_peaks(peaks)
        acts.append(act)
    Act.objects.bulk_create(acts, batch_size=1000)


def test_where_there_is_no_room_the_commitment_stands_for_the_snapshot(
    decided: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.ledger.proofs.AT_MOST", 900)

    proof = household_proof(decided.cases()[0])

    assert "snapshot" not in proof["event"]
    assert holds(proof, tmp_path)


def test_an_erased_snapshot_leaves_its_commitment(decided: Road, tmp_path: Path) -> None:
    case = decided.cases()[0]
    before = household_proof(case)
    event = case.events.order_by("-sequence")[0]
    from cases.ledger.entries import event_commitment

    kept = event_commitment(case.salt, event.sequence, event.snapshot).hex()
    Event.objects.filter(pk=event.pk).update(snapshot=f"#{kept}")
    Case.objects.filter(pk=case.pk).update(salt="")
    case.refresh_from_db()

    proof = household_proof(case)

    assert proof["paths"] == before["paths"]
    assert "snapshot" not in proof["event"]
    assert holds(proof, tmp_path)


def test_nothing_is_proved_of_what_was_erased_without_its_commitment(decided: Road) -> None:
    case = decided.cases()[0]
    insert_only.remove("default")
    case.events.update(snapshot="")
    Case.objects.filter(pk=case.pk).update(salt="")
    case.refresh_from_db()

    with pytest.raises(NoProof) as caught:
        household_proof(case)

    assert caught.value.code == "erased"


def test_a_case_without_an_event_has_no_proof(decided: Road) -> None:
    case = decided.cases()[0]
    insert_only.remove("default")
    case.events.all().delete()

    with pytest.raises(NoProof) as caught:
        household_proof(case)

    assert caught.value.code == "no_event"


def command(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command("prove_case", *arguments, **options, stdout=out)
    return out.getvalue()


def test_the_command_writes_a_proof(decided: Road, tmp_path: Path) -> None:
    code = decided.cases()[0].code

    printed = json.loads(command("2024-24646", code))
    command("2024-24646", code, output=tmp_path / "ho.json")

    assert json.loads((tmp_path / "ho.json").read_text()) == printed
    assert run(tmp_path, "verify", str(tmp_path / "ho.json")).code == 0


@pytest.mark.parametrize(
    ("round", "case", "at"),
    [
        ("2024-24646", "24646-99999", None),
        ("2023-24646", "24646-00001", None),
        ("?", "?", None),
        ("2024-24646", "24646-00001", 1),
    ],
)
def test_the_command_refuses_what_is_not_there(
    round: str, case: str, at: int | None, decided: Road
) -> None:
    with pytest.raises(CommandError):
        command(round, case, at=at)
