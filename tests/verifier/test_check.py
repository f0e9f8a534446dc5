"""An untouched export holds, for anybody, without the application; what no head covers is told."""

import ast
import json
import sys
from pathlib import Path

from tests.verifier.running import FILE, load, rows, run

VERIFIER = load()


def test_the_verifier_is_one_file_of_at_most_500_lines() -> None:
    assert len(FILE.read_text().splitlines()) <= 500
    assert [path.name for path in FILE.parent.glob("*.py")] in (
        [FILE.name, "__init__.py"],
        ["__init__.py", FILE.name],
    )


def test_it_imports_the_standard_library_alone() -> None:
    names = set()
    for node in ast.walk(ast.parse(FILE.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).split(".")[0])

    assert names <= sys.stdlib_module_names
    assert not names & {"socket", "urllib", "http", "sqlite3", "ssl"}


def test_an_untouched_record_holds(record: Path, tmp_path: Path) -> None:
    answer = run(tmp_path, "check", str(record))

    assert (answer.code, answer.data["problems"]) == (0, [])
    assert (answer.data["cases"], answer.data["events"]) == (8, 83)


def test_what_is_private_is_checked_too_where_it_was_given_out(
    private_record: Path, tmp_path: Path
) -> None:
    assert "hai xe máy" in (private_record / "acts.jsonl").read_text()
    assert run(tmp_path, "check", str(private_record)).code == 0


def test_it_says_what_is_covered_and_what_is_not(record: Path, tmp_path: Path) -> None:
    told = run(tmp_path, "check", str(record)).data

    covered = {each["by"]: each["sequence"] for each in told["covered"]}
    assert covered == {"anchor": 19, "day": 10}
    (tail,) = told["uncovered"]
    assert tail == {"commune": "24646", "first": 20, "last": 20, "events": 8}


def test_its_answer_reads_in_vietnamese_and_in_english(record: Path, tmp_path: Path) -> None:
    vietnamese = run(tmp_path, "check", str(record), as_json=False)
    english = run(tmp_path, "check", str(record), "--english", as_json=False)

    assert (vietnamese.code, english.code) == (0, 0)
    assert "CHƯA CÓ MỐC NÀO" in vietnamese.text
    assert "NOT COVERED" in english.text


def test_every_kind_of_problem_has_its_sentence_in_both_languages() -> None:
    calls = [node for node in ast.walk(ast.parse(FILE.read_text())) if isinstance(node, ast.Call)]
    codes = {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "same"
        and isinstance(node.args[0], ast.Constant)
    }
    codes |= {"act_missing", "act_repeated", "event_link", "event_erased", "damaged"}

    assert len(codes) > 20
    assert all(len(VERIFIER.WORDS[code]) == 2 for code in codes)


def test_help_teaches_what_the_exit_codes_mean(tmp_path: Path) -> None:
    answer = run(tmp_path, "--help", as_json=False)

    assert answer.code == 0
    assert "Exit code 0" in answer.text


def test_the_folder_says_how_a_snapshot_reads(record: Path) -> None:
    from cases.ledger.entries import SNAPSHOT

    assert tuple(VERIFIER.SNAPSHOT) == SNAPSHOT
    first = rows(record, "events.jsonl")[0][3][0]
    assert len(first[4].split("|")) == len(SNAPSHOT)
    assert json.loads((record / "manifest.json").read_text())["format"] == "rasoat-ledger/1"
