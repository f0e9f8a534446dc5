"""Nobody but the second net itself sets its settings, and the machine's scope is opened by a name we know."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.row_security import MACHINE_WORK

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("cases", "workflow", "notifications", "config")
MAY_NAME_SETTINGS = {"cases/row_security.py", "workflow/row_security_tables.py"}
SETTINGS = ("rasoat.scope", "rasoat.units", "rasoat.around", "rasoat.codes", "rasoat.acting")


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def names_a_setting(tree: ast.Module) -> bool:
    """Test if a text of the module names a setting of the policies."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return any(isinstance(t, str) and any(s in t for s in SETTINGS) for t in texts)


def works(tree: ast.Module) -> Iterator[str]:
    """Yield the names under which the module opens the machine's scope; "" for one that is worked out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "machine":
            first = node.args[0] if node.args else None
            yield str(first.value) if isinstance(first, ast.Constant) else ""


def test_only_the_second_net_names_its_settings() -> None:
    assert {path for path, tree in sources() if names_a_setting(tree)} == MAY_NAME_SETTINGS


def test_the_machine_is_opened_by_names_we_know_and_each_is_used() -> None:
    used = {work for _path, tree in sources() for work in works(tree)}

    assert used <= MACHINE_WORK.keys()
    # Nothing migrates rows yet that are kept by a policy.
    assert MACHINE_WORK.keys() - used == {"migration"}


@pytest.mark.parametrize(
    "planted", ["cursor.execute(\"SET rasoat.scope = '*'\")", "f\"SELECT '{x}rasoat.units'\""]
)
def test_a_planted_setting_is_seen(planted: str) -> None:
    assert names_a_setting(ast.parse(planted))


@pytest.mark.parametrize(
    ("planted", "work"),
    [("row_security.machine('everything')", "everything"), ("machine(name)", "")],
)
def test_a_planted_opening_is_seen(planted: str, work: str) -> None:
    assert list(works(ast.parse(planted))) == [work]
    assert work not in MACHINE_WORK
