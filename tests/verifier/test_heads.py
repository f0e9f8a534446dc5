"""Heads that somebody else holds are found in the record, or it is said which are not."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from cases.ledger.entries import short_digest
from tests.ledger.authority import Authority
from tests.verifier.running import rows, run, sealed


def tree(record: Path, number: int) -> bytes:
    return bytes.fromhex(rows(record, "acts.jsonl")[number - 1]["tree"])


def held(folder: Path, *lines: Any) -> str:
    file = folder / "held.txt"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return str(file)


def anchor(record: Path, number: int, **changes: Any) -> dict[str, Any]:
    text = base64.b64encode(tree(record, number)).decode()
    line = {"format": "rasoat-anchor/1", "commune": "24646", "sequence": number, "tree": text}
    return {
        **line,
        "at": 1,
        "why": "POSTED",
        "digest": short_digest(tree(record, number)),
        **changes,
    }


def seal(record: Path, number: int) -> str:
    return f"RASOAT1:24646/{number}:{short_digest(tree(record, number))}"


def covered(answer: Any) -> dict[str, int]:
    return {each["by"]: each["sequence"] for each in answer.data["covered"]}


def test_lines_of_anchors_are_found(record: Path, tmp_path: Path) -> None:
    file = held(tmp_path, anchor(record, 3), anchor(record, 20))

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert answer.code == 0
    assert covered(answer)["held"] == 20
    assert answer.data["uncovered"] == []


def test_receipts_and_seals_as_typed_are_found(record: Path, tmp_path: Path) -> None:
    digest = short_digest(tree(record, 12))
    receipt = {"format": "rasoat-receipt/1", "commune": "24646", "sequence": 11, "number": 1}
    receipt["digest"] = short_digest(tree(record, 11))
    typed = f" {digest.lower().replace('-', ' ')} "
    file = held(tmp_path, receipt, seal(record, 9), seal(record, 10)[8:], typed, "")

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert answer.code == 0
    assert covered(answer)["held"] == 12


def test_a_days_file_is_found_and_other_communes_in_it_are_passed_over(
    record: Path, tmp_path: Path
) -> None:
    (file,) = record.glob("days/*.json")
    answer = run(tmp_path, "check", str(record), "--heads", str(file))

    assert answer.code == 0
    assert covered(answer)["held"] == 10


def test_several_files_of_heads_are_read(record: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.txt"
    first.write_text(json.dumps(anchor(record, 2)))
    second.write_text("\ufeff" + seal(record, 4) + "\r\n", encoding="utf-8")

    answer = run(tmp_path, "check", str(record), "--heads", str(first), str(second))

    assert (answer.code, covered(answer)["held"]) == (0, 4)


def test_a_line_that_a_crash_cut_off_is_passed_over_and_told(record: Path, tmp_path: Path) -> None:
    file = held(tmp_path, json.dumps(anchor(record, 3))[:-30], anchor(record, 4))

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert (answer.code, covered(answer)["held"]) == (0, 4)
    assert answer.data["unchecked"] == [{"source": "held.txt:1"}]


def other(text: str) -> str:
    """Return a seal with one letter of its digest changed."""
    return text[:-1] + ("A" if text[-1] != "A" else "B")


@pytest.mark.parametrize("number", [3, 20])
def test_a_forged_seal_is_not_that_of_the_record(number: int, record: Path, tmp_path: Path) -> None:
    answer = run(
        tmp_path, "check", str(record), "--heads", held(tmp_path, other(seal(record, number)))
    )

    assert (answer.code, answer.codes) == (1, {"head_differs"})


def test_a_forged_digest_without_a_number_is_nowhere(record: Path, tmp_path: Path) -> None:
    file = held(tmp_path, other(short_digest(tree(record, 3))))

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert (answer.code, answer.codes) == (1, {"head_missing"})


def test_a_head_of_another_unit_is_refused(record: Path, tmp_path: Path) -> None:
    file = held(tmp_path, anchor(record, 3, commune="24652"))

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert (answer.code, answer.codes) == (1, {"head_unit"})
    assert answer.data["problems"][0]["found"] == "24652"


def test_a_head_beyond_the_last_act_is_missing(record: Path, tmp_path: Path) -> None:
    file = held(tmp_path, anchor(record, 20, sequence=21))

    answer = run(tmp_path, "check", str(record), "--heads", file)

    assert (answer.code, answer.codes) == (1, {"head_missing"})


@pytest.mark.parametrize(
    "line",
    ["xin chao", "RASOAT1:24646/3:ABC", "RASOAT1:24646/0:AAAA-AAAA-AAAA-AAAA", "{}", "[]", "7"],
)
def test_what_is_no_head_is_refused(line: str, record: Path, tmp_path: Path) -> None:
    answer = run(tmp_path, "check", str(record), "--heads", held(tmp_path, line))

    assert (answer.code, answer.errors) == (2, "")
    assert "held.txt:1" in answer.data["problems"][0]["where"]


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("authorities")
    both = {name: Authority(folder / name, name) for name in ("known", "strange")}
    yield both
    for each in both.values():
        each.close()


@pytest.fixture
def stamped(record: Path, authorities: dict[str, Authority], tmp_path: Path) -> Path:
    """Return the record with its day stamped by the known authority."""
    (day,) = record.glob("days/*.json")
    (record / "tokens").mkdir()
    (record / "tokens" / f"{day.stem}.1.tst").write_bytes(answer_of(authorities["known"], day))
    return sealed(record)


def answer_of(authority: Authority, file: Path) -> bytes:
    query = ("ts", "-query", "-data", str(file), "-sha256", "-cert", "-out", "asked.tsq")
    authority._openssl(*query)
    return authority.reply((authority.folder / "asked.tsq").read_bytes())


def test_a_days_time_stamp_is_checked_against_its_authority(
    stamped: Path, authorities: dict[str, Authority], tmp_path: Path
) -> None:
    ca = str(authorities["known"].ca)

    answer = run(tmp_path, "check", str(stamped), "--tokens-ca", ca)

    assert (answer.code, answer.data["unchecked"]) == (0, [])
    assert covered(answer)["stamped"] == 10


def test_without_certificates_it_says_that_the_signature_was_not_checked(
    stamped: Path, tmp_path: Path
) -> None:
    answer = run(tmp_path, "check", str(stamped))

    assert answer.code == 0
    (token,) = answer.data["unchecked"]
    assert token["token"].endswith(".1.tst")
    assert token["at"].endswith("Z")
    assert "stamped" not in covered(answer)


def test_a_token_of_an_unknown_authority_is_refused(
    stamped: Path, authorities: dict[str, Authority], tmp_path: Path
) -> None:
    ca = str(authorities["strange"].ca)

    answer = run(tmp_path, "check", str(stamped), "--tokens-ca", ca)

    assert (answer.code, answer.codes) == (1, {"token_unknown"})


def test_a_token_of_another_file_is_refused(
    record: Path, authorities: dict[str, Authority], tmp_path: Path
) -> None:
    (day,) = record.glob("days/*.json")
    (record / "tokens").mkdir()
    token = answer_of(authorities["known"], record / "cases.jsonl")
    (record / "tokens" / f"{day.stem}.1.tst").write_bytes(token)

    assert run(tmp_path, "check", str(sealed(record))).codes == {"token_other"}


@pytest.mark.parametrize(
    "token",
    [b"", b"xin chao", b"\x30\x82", bytes.fromhex("060b2a864886f70d0109100104") + b"\xa0\x84"],
)
def test_a_damaged_token_is_refused(token: bytes, record: Path, tmp_path: Path) -> None:
    (day,) = record.glob("days/*.json")
    (record / "tokens").mkdir()
    (record / "tokens" / f"{day.stem}.1.tst").write_bytes(token)

    answer = run(tmp_path, "check", str(sealed(record)))

    assert (answer.code, answer.errors) == (2, "")
    assert ".1.tst" in answer.data["problems"][0]["where"]
