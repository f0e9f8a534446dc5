"""Proofs are those of RFC 9162: published vectors, every tree of 1 to 129 leaves, and forgeries of all."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cases.ledger.merkle import consistency_path, inclusion_path, leaf_hash, root_of
from tests.verifier.running import load, run

VECTORS = Path(__file__).resolve().parents[1] / "ledger" / "vectors"
LARGEST = 129
LEAVES = [leaf_hash(str(number).encode()) for number in range(LARGEST)]
ROOTS = [root_of(LEAVES[:size]) for size in range(LARGEST + 1)]
VERIFIER = load()

Proof = dict[str, Any]


def vectors(name: str) -> list[Any]:
    return list(json.loads((VECTORS / f"{name}.json").read_text()))


@pytest.mark.parametrize("vector", vectors("prove"), ids=lambda vector: vector["name"])
def test_published_trees_are_proved(vector: Any, tmp_path: Path) -> None:
    answer = run(tmp_path, "prove", given=vector["given"])

    assert answer.code == 0
    assert vector["answer"].items() <= answer.data.items()


def test_published_proofs_are_judged_as_published(tmp_path: Path) -> None:
    given = vectors("verify")

    answer = run(tmp_path, "verify", given=[vector["proof"] for vector in given])

    found = [each["ok"] for each in answer.data["results"]]
    assert found == [vector["ok"] for vector in given]
    assert answer.code == 1  # some of them are forged


def test_the_standards_own_example_is_proved() -> None:
    # RFC 9162, 2.1.5: seven leaves; the names of their nodes are the standard's.
    seven = LEAVES[:7]
    a, b, c, d, _e, f, j = seven
    g, h, i = root_of([a, b]), root_of([c, d]), root_of(seven[4:6])
    k, l = root_of(seven[:4]), root_of(seven[4:])  # noqa: E741

    included = {0: [b, h, l], 3: [c, g, l], 4: [f, j, k], 6: [i, k]}
    grown = {3: [c, d, g, l], 4: [l], 6: [i, j, k]}
    assert {n: VERIFIER.path_in(seven, n + 1) for n in included} == included
    assert {n: VERIFIER.path_in(seven, n, True) for n in grown} == grown


def all_inclusions() -> Iterator[Proof]:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            yield {
                "leaf_hash": LEAVES[index].hex(),
                "index": index,
                "tree_size": size,
                "root": ROOTS[size].hex(),
                "path": [each.hex() for each in inclusion_path(LEAVES[:size], index)],
            }


def all_consistencies() -> Iterator[Proof]:
    for second in range(1, LARGEST + 1):
        for first in range(1, second + 1):
            yield {
                "first": first,
                "second": second,
                "first_root": ROOTS[first].hex(),
                "second_root": ROOTS[second].hex(),
                "path": [each.hex() for each in consistency_path(LEAVES[:second], first)],
            }


@pytest.fixture(scope="module")
def proofs() -> list[Proof]:
    """Return every inclusion and consistency proof of trees up to 129 leaves: 16,770."""
    return [*all_inclusions(), *all_consistencies()]


def test_every_proof_of_every_tree_to_129_leaves_holds(proofs: list[Proof], tmp_path: Path) -> None:
    answer = run(tmp_path, "verify", given=proofs)

    assert len(proofs) == 16_770
    assert answer.code == 0
    assert all(each["ok"] for each in answer.data["results"])


def test_both_implementations_prove_alike(proofs: list[Proof]) -> None:
    for proof in proofs:
        if "first" in proof:
            leaves = LEAVES[: proof["second"]]
            path = VERIFIER.path_in(leaves, proof["first"], True)
        else:
            path = VERIFIER.path_in(LEAVES[: proof["tree_size"]], proof["index"] + 1)
        assert [each.hex() for each in path] == proof["path"]


def forged(proof: Proof, number: int) -> Proof:
    """Return the proof falsified in one of seven ways; the next one where a way does not fit."""
    path = list(proof["path"])
    ends = ("first", "second") if "first" in proof else ("index", "tree_size")
    start, root = ("first_root", "second_root") if "first" in proof else ("leaf_hash", "root")
    strange = leaf_hash(f"forged {number}".encode()).hex()
    size = proof[ends[1]]
    match number % 7:
        case 0 if path:
            path[number % len(path)] = strange
        case 1 if len(path) > 1:
            path[0], path[1] = path[1], path[0]
        case 2:
            return {**proof, ends[1]: 2 * size}
        case 3 if path:
            path.pop(number % len(path))
        case 4 if size > 1:
            return {**proof, root: ROOTS[size - 1].hex()}
        case 5:
            return {**proof, start: strange}
        case _:
            path.append(strange)
    return {**proof, "path": path}


def accepted(verifier: ModuleType, proofs: list[Proof]) -> list[Proof]:
    tried = [forged(proof, number) for number, proof in enumerate(proofs)]
    assert all(one != other for one, other in zip(tried, proofs, strict=True))
    return [forgery for forgery in tried if verifier.verify(forgery)["ok"]]


def test_as_many_forgeries_are_all_refused(proofs: list[Proof]) -> None:
    assert accepted(VERIFIER, proofs) == []


def test_a_verifier_that_only_counts_hashes_accepts_forgeries(
    proofs: list[Proof], monkeypatch: pytest.MonkeyPatch
) -> None:
    gullible = load()
    true_climb = gullible.climb

    def climb(old: bytes, new: bytes, *place: Any) -> Any:
        return (b"", b"") if true_climb(old, new, *place) == (b"", b"") else Anything()

    monkeypatch.setattr(gullible, "climb", climb)

    assert len(accepted(gullible, proofs)) > 1000


class Anything(tuple):  # type: ignore[type-arg]
    """What equals whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    def __getitem__(self, index: Any) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "asked",
    [{"leaves": [], "index": 0}, {"entries": ["00"], "index": 1}, {"entries": ["00"], "first": 2}],
)
def test_what_is_not_in_the_tree_has_no_proof(asked: Any, tmp_path: Path) -> None:
    answer = run(tmp_path, "prove", given=asked)

    assert (answer.code, answer.errors) == (2, "")


def test_hashes_may_be_written_in_base64_or_hexadecimal(tmp_path: Path) -> None:
    proof = vectors("verify")[0]["proof"]

    def as_base64(text: str) -> str:
        return base64.b64encode(bytes.fromhex(text)).decode()

    changed = {
        **proof,
        "root": as_base64(proof["root"]),
        "path": [as_base64(p) for p in proof["path"]],
    }

    assert run(tmp_path, "verify", given=changed).code == 0
