"""What cannot be read is refused in one sentence, with exit code 2 and without a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.verifier.running import run, sealed

NAMES = ("acts.jsonl", "events.jsonl", "cases.jsonl", "anchors.jsonl")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def other_encoding(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"24646", b"\xff\xfe646", 1))


def nested(file: Path) -> None:
    file.write_bytes(b"[" * 200_000 + b"\n" + file.read_bytes())


def twice(file: Path) -> None:
    file.write_bytes(b'{"entry": "{}", "entry": "{}", "commune": "1", "sequence": 1}\n')


def no_json(file: Path) -> None:
    file.write_bytes(b"xin chao\n" + file.read_bytes())


def another_shape(file: Path) -> None:
    file.write_bytes(b'{"a": 1}\n' + file.read_bytes())


def a_number(file: Path) -> None:
    file.write_bytes(b"7\n" + file.read_bytes())


def huge_number(file: Path) -> None:
    file.write_bytes(b"9" * 10_000 + b"\n" + file.read_bytes())


DAMAGES = (cut, other_encoding, nested, twice, no_json, another_shape, a_number, huge_number)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_refused(
    name: str, damage: Callable[[Path], None], record: Path, tmp_path: Path
) -> None:
    damage(record / name)

    answer = run(tmp_path, "check", str(sealed(record)))

    assert answer.code == 2
    assert answer.errors == ""
    (problem,) = answer.data["problems"]
    assert problem["code"] == "damaged"
    assert name in problem["where"]


@pytest.mark.parametrize("name", [*NAMES, "manifest.json"])
def test_a_missing_file_is_refused(name: str, record: Path, tmp_path: Path) -> None:
    (record / name).unlink()

    answer = run(tmp_path, "check", str(record), as_json=False)

    assert (answer.code, answer.errors) == (2, "")
    assert name in answer.text


def test_a_line_without_end_is_refused_before_it_is_read_whole(
    record: Path, tmp_path: Path
) -> None:
    with (record / "events.jsonl").open("wb") as stream:
        stream.truncate(1 << 30)  # a gigabyte that takes no room

    answer = run(tmp_path, "check", str(record))

    assert answer.code == 2
    assert "too long" in answer.data["problems"][0]["found"]


@pytest.mark.parametrize("given", ["", "{", "[1, 2]", "null", '{"path": []}', '{"path": ["zz"]}'])
@pytest.mark.parametrize("what", ["verify", "prove", "certificate"])
def test_junk_is_no_proof(what: str, given: str, tmp_path: Path) -> None:
    file = tmp_path / "given.json"
    file.write_text(given)

    answer = run(tmp_path, what, str(file))

    assert (answer.code, answer.errors) == (2, "")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, "check", str(tmp_path / "none")).code == 2


def test_no_folder_at_all_is_refused(tmp_path: Path) -> None:
    answer = run(tmp_path, "check")

    assert (answer.code, answer.errors) == (2, "")


def test_a_manifest_may_not_lead_out_of_the_folder(record: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("x")
    manifest = json.loads((record / "manifest.json").read_text())
    manifest["files"]["../outside"] = {"sha256": "00", "rows": 1}
    (record / "manifest.json").write_text(json.dumps(manifest))

    assert run(tmp_path, "check", str(record)).code != 0
