"""Whatever field of an export is changed is seen and named, also when the manifest is written anew."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.running import FILE, rows, run, sealed, write_rows

Change = Callable[[list[Any]], None]
MEETING = 6  # line of acts.jsonl: the first village's meeting, seventh act
POSTING = 8


def entry(act: dict[str, Any], **changes: Any) -> None:
    act["entry"] = json.dumps({**json.loads(act["entry"]), **changes}, ensure_ascii=False)


def set_to(value: Any, *path: Any) -> Change:
    def change(lines: list[Any]) -> None:
        place: Any = lines
        for key in path[:-1]:
            place = place[key]
        assert place[path[-1]] != value
        place[path[-1]] = value

    return change


def told(lines: list[Any], name: str) -> list[Any]:
    return next(item for line in lines for item in line["told"] if item[0] == name)


# file -> what is changed -> how, and the code by which it is named
CHANGES: dict[str, dict[str, tuple[Change, str]]] = {
    "acts.jsonl": {
        "what was hashed": (lambda acts: entry(acts[MEETING], actor_name="Ai đó"), "act_link"),
        "the day": (lambda acts: entry(acts[POSTING], legal_day="2024-09-30"), "act_link"),
        "the link": (set_to("00" * 32, MEETING, "link"), "act_link"),
        "the tree": (set_to("00" * 32, MEETING, "tree"), "tree"),
        "a told value": (lambda acts: told(acts, "facts/place").__setitem__(2, "Chợ"), "told"),
        "a told salt": (lambda acts: told(acts, "facts/place").__setitem__(1, "00" * 16), "told"),
        "a withheld leaf": (
            lambda acts: told(acts, "private/content").__setitem__(1, "00" * 32),
            "told",
        ),
        "a told value less": (lambda acts: acts[MEETING]["told"].pop(), "told"),
        "the table beside it": (
            lambda acts: acts[3].update(row={"actor_name": "Ai đó"}),
            "act_row",
        ),
        "one act less": (lambda acts: acts.pop(MEETING), "act_missing"),
        "one act twice": (lambda acts: acts.insert(MEETING, acts[MEETING]), "act_repeated"),
        "two acts swapped": (
            lambda acts: acts.insert(MEETING, acts.pop(MEETING + 1)),
            "act_missing",
        ),
        "the tail": (lambda acts: acts.pop(), "head"),
    },
    "events.jsonl": {
        "a snapshot": (
            lambda lines: lines[5][3][0].__setitem__(4, "LAST_YEAR|NOT_POOR"),
            "event_link",
        ),
        "a target": (lambda lines: lines[5][3][0].__setitem__(3, "reported"), "event_step"),
        "a source": (lambda lines: lines[5][3][0].__setitem__(2, "listed"), "event_step"),
        "a number": (lambda lines: lines[5][3][0].__setitem__(1, 9), "event_step"),
        "the case": (lambda lines: lines[5][3][0].__setitem__(0, 999_999), "event_place"),
        "a link": (
            lambda lines: lines[5].__setitem__(2, "00" * 32 + lines[5][2][64:]),
            "event_link",
        ),
        "one event less": (lambda lines: lines[5][3].pop(), "event_root"),
        "one event twice": (lambda lines: lines[5][3].append(lines[5][3][0]), "event_place"),
        "two events swapped": (lambda lines: lines[5][3].reverse(), "event_place"),
        "an act's events": (lambda lines: lines.pop(5), "event_root"),
        "the act they are of": (lambda lines: lines[5].__setitem__(1, 900), "event_place"),
    },
    "cases.jsonl": {
        "the code": (lambda cases: cases[0].__setitem__(2, "24646-99999"), "event_link"),
        "the salt": (lambda cases: cases[0].__setitem__(4, "00" * 16), "event_link"),
        "the round": (lambda cases: cases[0].__setitem__(1, "2023-24646"), "event_place"),
        "the state": (lambda cases: cases[0].__setitem__(5, "refused"), "case"),
        "the version": (lambda cases: cases[0].__setitem__(6, 99), "case"),
        "what it says now": (lambda cases: cases[0].__setitem__(7, "NOT_POOR"), "case"),
        "one case less": (lambda cases: cases.pop(0), "event_place"),
    },
    "anchors.jsonl": {
        "the tree": (set_to(base64.b64encode(bytes(32)).decode(), 0, "tree"), "head_differs"),
        "the number": (set_to(8, 0, "sequence"), "head_differs"),
        "a number that never was": (set_to(900, 0, "sequence"), "head_missing"),
        "the unit": (set_to("24652", 0, "commune"), "head_unit"),
    },
}


@pytest.mark.parametrize(
    ("file", "what"), [(file, what) for file, changes in CHANGES.items() for what in changes]
)
def test_a_changed_field_is_named(file: str, what: str, record: Path, tmp_path: Path) -> None:
    change, code = CHANGES[file][what]
    lines = rows(record, file)
    change(lines)
    write_rows(record, file, lines)

    unsealed = run(tmp_path, "check", str(record))
    answer = run(tmp_path, "check", str(sealed(record)))

    assert (unsealed.code, answer.code) == (1, 1)
    assert "file" in unsealed.codes
    assert code in answer.codes


@pytest.mark.parametrize("kind", ["packs", "calendars"])
def test_a_changed_pack_or_calendar_is_not_the_one_that_was_pinned(
    kind: str, record: Path, tmp_path: Path
) -> None:
    (file,) = record.glob(f"{kind}/*.json")
    file.write_bytes(
        file.read_bytes().replace(b"2024", b"2023", 1).replace(b'"days": 3', b'"days": 1', 1)
    )

    answer = run(tmp_path, "check", str(sealed(record)))

    assert answer.code == 1
    assert {"packs": "pack", "calendars": "calendar"}[kind] in answer.codes


@pytest.mark.parametrize("kind", ["packs", "calendars"])
def test_a_missing_pack_or_calendar_is_missed(kind: str, record: Path, tmp_path: Path) -> None:
    (file,) = record.glob(f"{kind}/*.json")
    file.unlink()

    assert run(tmp_path, "check", str(sealed(record))).code == 1


def test_a_changed_day_does_not_give_its_root(record: Path, tmp_path: Path) -> None:
    (file,) = record.glob("days/*.json")
    given = json.loads(file.read_text())
    given["heads"][0]["sequence"] = 9
    file.write_text(json.dumps(given))

    assert "day" in run(tmp_path, "check", str(sealed(record))).codes


def test_a_head_that_the_manifest_hides_is_seen(record: Path, tmp_path: Path) -> None:
    manifest = json.loads((record / "manifest.json").read_text())
    manifest["heads"] = {}
    (record / "manifest.json").write_text(json.dumps(manifest))

    assert {"head", "head_unit"} <= run(tmp_path, "check", str(record)).codes


def test_a_file_that_nobody_wrote_is_told(record: Path, tmp_path: Path) -> None:
    (record / "extra.txt").write_text("?")

    assert run(tmp_path, "check", str(record)).codes == {"file"}


def test_the_first_bad_link_is_told_first_with_what_was_expected(
    record: Path, tmp_path: Path
) -> None:
    lines = rows(record, "events.jsonl")
    for line in lines[5:]:
        line[3][0][4] = "POOR"
    write_rows(record, "events.jsonl", lines)

    first = run(tmp_path, "check", str(sealed(record))).data["problems"][0]

    assert first["code"] == "event_link"
    assert first["where"].startswith(f"24646/{lines[5][1]} ")
    assert first["found"] == lines[5][2][:64] != first["expected"]


def test_erased_without_a_commitment_the_step_cannot_be_checked(
    record: Path, tmp_path: Path
) -> None:
    cases, lines = rows(record, "cases.jsonl"), rows(record, "events.jsonl")
    cases[0][4] = ""
    lines[0][3][0][4] = ""
    write_rows(record, "cases.jsonl", cases)
    write_rows(record, "events.jsonl", lines)

    assert "event_erased" in run(tmp_path, "check", str(sealed(record))).codes


def test_a_verifier_that_computes_no_links_would_pass_a_forgery(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = rows(record, "events.jsonl")
    # Neat but for the link itself: what nobody said, in an erased-looking commitment.
    lines[0][3][0][4] = "#" + "00" * 32
    write_rows(record, "events.jsonl", lines)
    blind = FILE.read_text().replace("if link != given:", "if False:")
    planted = tmp_path / "blind.py"
    planted.write_text(blind)

    assert run(tmp_path, "check", str(sealed(record))).code == 1
    monkeypatch.setattr("tests.verifier.running.FILE", planted)
    assert run(tmp_path, "check", str(sealed(record))).code == 0
