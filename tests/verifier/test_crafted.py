"""Folders and files made by somebody who has read the verifier: none of them holds."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases.ledger.entries import canonical, event_commitment, told_leaf, told_root
from cases.ledger.merkle import leaf_hash, root_of
from tests.verifier.running import FILE, rows, run, sealed, write_rows

CASE = "24646-00001"
TABLES = ("acts.jsonl", "events.jsonl", "cases.jsonl", "anchors.jsonl")


@pytest.fixture
def held(record: Path) -> Path:
    """Return all heads of the true record, as somebody outside holds them."""
    heads = record.parent / "held.jsonl"
    heads.write_text(
        "".join(
            json.dumps({"commune": "24646", "sequence": number, "tree": act["tree"]}) + "\n"
            for number, act in enumerate(rows(record, "acts.jsonl"), 1)
        )
    )
    return heads


def codes(folder: Path, held: Path) -> set[str]:
    """Return what the verifier says of the folder, its manifest written anew."""
    answer = run(folder.parent, "check", str(sealed(folder)), "--heads", str(held))
    assert answer.code == 1, answer.text
    return answer.codes


def change_manifest(folder: Path, **changes: Any) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def case_row(cases: list[Any]) -> Any:
    return next(row for row in cases if row[2] == CASE)


def erase_in(record: Path, said: str) -> None:
    """Put a commitment in the place of the last thing said of the household, and something else in its row."""
    events, cases = rows(record, "events.jsonl"), rows(record, "cases.jsonl")
    row = case_row(cases)
    last = [step for line in events for step in line[3] if step[0] == row[0]][-1]
    last[4] = "#" + event_commitment(row[4], last[1], last[4]).hex()
    row[7] = said
    write_rows(record, "events.jsonl", events)
    write_rows(record, "cases.jsonl", cases)


def test_a_record_that_nobody_touched_holds(record: Path, held: Path) -> None:
    assert run(record.parent, "check", str(record), "--heads", str(held)).code == 0


@pytest.mark.parametrize("said", ["", "LAST_YEAR|POOR|False|4"])
def test_what_was_said_is_not_erased_without_a_paper(record: Path, held: Path, said: str) -> None:
    erase_in(record, said)

    assert codes(record, held) == {"case"}


def test_beside_an_erasure_nothing_else_is_said(record: Path, held: Path) -> None:
    erase_in(record, "LAST_YEAR|POOR|False|4")
    change_manifest(record, erased=[["2024-24646", CASE, "12/QĐ-UBND"]])

    assert codes(record, held) == {"case"}


def test_an_erasure_is_told_with_its_paper(record: Path, held: Path) -> None:
    erase_in(record, "")
    change_manifest(record, erased=[["2024-24646", CASE, "12/QĐ-UBND"]])

    answer = run(record.parent, "check", str(sealed(record)), "--heads", str(held))

    assert answer.code == 0
    assert answer.data["unchecked"] == [{"source": f"2024-24646 {CASE}", "erased": "12/QĐ-UBND"}]


def test_only_what_people_said_may_be_erased_of_an_act(record: Path, held: Path) -> None:
    acts = rows(record, "acts.jsonl")
    hidden = [t for act in acts for t in act["told"] if t[0].startswith("facts/counted/")]
    for told in hidden:
        told[1:] = [told_leaf(bytes.fromhex(told[1]), told[0], told[2]).hex()]
    write_rows(record, "acts.jsonl", acts)

    assert hidden
    assert codes(record, held) == {"told"}


def test_a_fact_keeps_its_name(record: Path, held: Path) -> None:
    acts = rows(record, "acts.jsonl")
    for told in (t for act in acts for t in act["told"]):
        if told[0].startswith("facts/") and len(told) == 3:
            told[0], told[1] = told[0][6:], told[1] + b"facts/".hex()
    write_rows(record, "acts.jsonl", acts)

    assert "told" in codes(record, held)


@pytest.mark.parametrize("by", ["heads", "day", "nothing"])
def test_an_empty_folder_is_no_record(record: Path, held: Path, by: str) -> None:
    day = shutil.copy(next((record / "days").glob("*.json")), record.parent / "day.json")
    for name in TABLES:
        (record / name).write_text("")
    change_manifest(record, heads={})
    given = {"heads": ["--heads", str(held)], "day": ["--heads", str(day)], "nothing": []}[by]

    assert run(record.parent, "check", str(sealed(record)), *given).code == 1


def test_an_act_appended_with_an_earlier_moment_is_seen(record: Path) -> None:
    acts, manifest = rows(record, "acts.jsonl"), json.loads((record / "manifest.json").read_text())
    last = json.loads(acts[-1]["entry"])
    salt = bytes(16)
    entry = {
        **{key: last[key] for key in last},
        "sequence": last["sequence"] + 1,
        "previous": base64_of(bytes.fromhex(acts[-1]["link"])),
        "at": last["at"] - 60 * 24 * 3_600_000_000,
        "count": 0,
        "root": base64_of(root_of([])),
        "told": base64_of(told_root(salt, {}, {})),
    }
    link = leaf_hash(canonical(entry))
    links = [bytes.fromhex(act["link"]) for act in acts] + [link]
    tree = root_of(links).hex()
    row = {"entry": canonical(entry).decode(), "link": link.hex(), "tree": tree, "told": []}
    write_rows(record, "acts.jsonl", [*acts, row])
    change_manifest(record, heads={**manifest["heads"], "24646": [len(links), link.hex(), tree]})
    held = record.parent / "held.jsonl"
    held.write_text(json.dumps({"commune": "24646", "sequence": len(links), "tree": tree}) + "\n")

    assert "act_chain" in codes(record, held)


def base64_of(value: bytes) -> str:
    return base64.b64encode(value).decode()


def test_a_case_stays_in_its_village(record: Path, held: Path) -> None:
    cases = rows(record, "cases.jsonl")
    row = case_row(cases)
    row[3] = {"24646.001": "24646.002"}.get(row[3], "24646.001")
    write_rows(record, "cases.jsonl", cases)

    assert codes(record, held) == {"event_place"}


def test_a_case_that_nothing_happened_to_is_none(record: Path, held: Path) -> None:
    cases = rows(record, "cases.jsonl")
    ghost = [10**9, *case_row(cases)[1:]]
    ghost[2], ghost[5], ghost[6] = "24646-99999", "new", 0
    write_rows(record, "cases.jsonl", [*cases, ghost])

    assert codes(record, held) == {"case"}


def test_a_case_stands_once(record: Path, held: Path) -> None:
    cases = rows(record, "cases.jsonl")
    write_rows(
        record, "cases.jsonl", [[*case_row(cases)[:3], "99999.001", *case_row(cases)[4:]], *cases]
    )

    answer = run(record.parent, "check", str(sealed(record)), "--heads", str(held))

    assert (answer.code, answer.codes) == (2, {"damaged"})


@pytest.mark.parametrize("what", ["check", "verify", "certificate"])
def test_what_is_given_beside_the_first_is_not_passed_over(record: Path, what: str) -> None:
    answer = run(record.parent, what, str(record), str(record))

    assert answer.code == 2
    assert "one at a time" in answer.errors


def test_no_proof_proves_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "verify", given=[]).code == 1


@pytest.mark.parametrize("with_export", [False, True])
def test_a_certificate_from_nothing_does_not_hold(
    record: Path, tmp_path: Path, with_export: bool
) -> None:
    acts = rows(record, "acts.jsonl")
    head = {"commune": "24646", "sequence": len(acts), "tree": acts[-1]["tree"]}
    step = dict.fromkeys(("link", "act_code", "day", "actor", "unit", "duty", "on_behalf_of"), "")
    made = {
        "subject": {"kind": "household", "round": "2024-24646", "case": CASE},
        "binding": {"head": head, "acts": [], "events": []},
        "steps": [{**step, "code": "listed", "act": "", "result": "met"}] * 18,
        "met": 18,
        "of": 18,
    }
    file = tmp_path / "nothing.json"
    file.write_text(json.dumps(made))

    given = ["--export", str(record)] if with_export else []
    assert run(tmp_path, "certificate", str(file), *given).code == 1


def test_on_a_console_without_vietnamese_the_answer_is_the_same(record: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "cp1252"}
    told = subprocess.run(
        [sys.executable, "-I", str(FILE), "check", str(record)],
        capture_output=True,
        check=False,
        env=environment,
    )

    assert told.returncode == 0
    assert "ĐẠT" in told.stdout.decode()


def test_a_name_that_leads_out_of_the_folder_is_not_opened(record: Path) -> None:
    manifest = json.loads((record / "manifest.json").read_text())
    for name in ("../alone/verify.py", "/dev/zero", "x\ud800"):
        change_manifest(record, files={**manifest["files"], name: {"sha256": "00"}})

        answer = run(record.parent, "check", str(record))
        assert (answer.code, answer.codes) == (2, {"damaged"}), name


def test_a_link_to_an_endless_file_is_not_followed(record: Path) -> None:
    (record / "acts.jsonl").unlink()
    (record / "acts.jsonl").symlink_to("/dev/zero")

    assert run(record.parent, "check", str(record)).code == 2
