"""Which tests speak of a code: read from their sources, so that the answer cannot rot."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

TESTS = "tests"
SHOWN = 3
# Codes are only an example there: these prove how packs are read and shown, not what they say.
NOT_OF_THE_LAW = (
    "tests/packs/",
    "tests/rules/test_pack",
    "tests/rules/test_local_standards",
    "tests/acts/test_local_standards",
    "tests/pages/test_translations",
)
# Tables that tests play: what stands in them is tried, what stands in their helpers is not.
TABLES = ("mutants.py", "plants.py", "possible.py", "safety.py", "scenes.py")
# Where what the law says is tried by itself; elsewhere it is met on the way.
FIRST = ("tests/acts/", "tests/invariants/", "tests/machine/", "tests/model/", "tests/rules/")


@dataclass(frozen=True)
class Proof:
    """A test function, or (no name) a table of a test file, and the words it speaks."""

    file: str
    name: str
    texts: frozenset[str]  # strings
    words: frozenset[str]  # names of functions and attributes

    def __str__(self) -> str:
        return f"{self.file}::{self.name}" if self.name else self.file


def proofs(root: Path | None = None) -> list[Proof]:
    """Return every test function below the tests' folder, and what stands beside them in a file."""
    base = root or Path(settings.BASE_DIR)
    return [
        proof
        for path in sorted((base / TESTS).rglob("*.py"))
        if path.name != "conftest.py"
        and not (file := path.relative_to(base).as_posix()).startswith(NOT_OF_THE_LAW)
        for proof in _of_file(file, ast.parse(path.read_text("utf-8")))
    ]


def proving(codes: Iterable[str], among: Iterable[Proof], *, in_words: bool) -> list[str]:
    """
    Return the tests that name one of the codes, those that speak of least else first.

    `in_words`: a function or attribute of that name counts too (an act is a function); the name of
    a state may be anybody's variable.
    """
    wanted = set(codes)
    found = [
        proof for proof in among if wanted & proof.texts or (in_words and wanted & proof.words)
    ]
    found.sort(key=_worth)
    names = [str(proof) for proof in found[:SHOWN]]
    return [*names, "…"] if len(found) > SHOWN else names


def _worth(proof: Proof) -> tuple[bool, bool, int, str, str]:
    first = proof.file.startswith(FIRST)
    return not first, not proof.name, len(proof.texts), proof.file, proof.name


def _of_file(file: str, tree: ast.Module) -> Iterator[Proof]:
    beside: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield Proof(file, node.name, *_spoken([node]))
        else:
            beside.append(node)
    if file.endswith(TABLES) or "/test_" in file:
        yield Proof(file, "", *_spoken(beside))


def _spoken(nodes: Iterable[ast.AST]) -> tuple[frozenset[str], frozenset[str]]:
    texts, words = set(), set()
    for node in nodes:
        for child in ast.walk(node):
            if isinstance(child, ast.Constant) and isinstance(child.value, str):
                texts.add(child.value)
            elif isinstance(child, ast.Call):
                called = child.func
                words.add(getattr(called, "attr", "") or getattr(called, "id", ""))
    return frozenset(texts), frozenset(words)
