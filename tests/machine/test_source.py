"""What no type checker sees: who locks, who writes the state, who reads the clock."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("cases", "workflow", "notifications")
ENGINE = "workflow/machine/"
# A person's grants and a unit's posts; two officers at one draft; a calendar that counts terms anew; a clock that strikes.
# No cases there.
MAY_LOCK = {
    "cases/grants.py",
    "cases/local_standards.py",
    "cases/pack_editions.py",
    "cases/running_terms.py",
    "workflow/appointing.py",
    "workflow/timers.py",
}
# The door's clock; the answers of `can_proceed` and of rights to who names no moment; and how old a
# session is, which the demonstration's clock must not change.
MAY_READ_THE_CLOCK = {
    "cases/permissions.py",
    "workflow/clock.py",
    "workflow/machine/fsm.py",
    "workflow/sessions.py",
}
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
}
Found = Iterator[int]


def sources() -> list[tuple[str, ast.Module]]:
    """Return the parsed modules of the rooms, migrations left out."""
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text()))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def locks(tree: ast.Module) -> Found:
    """Find calls of select_for_update."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
            yield node.lineno


def state_writes(tree: ast.Module) -> Found:
    """Find `x.state = ...`, `update(state=...)`, bulk_update of "state" and setattr of "state"."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        yield from (
            target.lineno
            for target in targets
            if isinstance(target, ast.Attribute) and target.attr == "state"
        )
        if isinstance(node, ast.Call) and _writes_state(node):
            yield node.lineno


def clock_readings(tree: ast.Module) -> Found:
    """Find calls that ask what time it is now."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        # localdate(at) converts a moment; localdate() reads the clock.
        converts = node.func.attr in ("localdate", "localtime") and (node.args or node.keywords)
        zoned = node.func.attr == "now" and name in ("timezone", "datetime")
        if ((name, node.func.attr) in CLOCKS and not converts) or zoned:
            yield node.lineno


def _writes_state(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("update", "update_or_create"):
        return any(keyword.arg == "state" for keyword in call.keywords)
    if name in ("bulk_update", "setattr"):
        return "state" in _texts([*call.args, *(k.value for k in call.keywords)])
    return False


def _texts(nodes: Iterable[ast.AST]) -> set[object]:
    inside = (child for node in nodes for child in ast.walk(node))
    return {child.value for child in inside if isinstance(child, ast.Constant)}


def test_only_the_engine_locks_what_acts_are_on() -> None:
    found = {path for path, tree in sources() for _line in locks(tree)}

    assert {path for path in found if not path.startswith(ENGINE)} == MAY_LOCK
    assert found - MAY_LOCK, "the engine itself was not seen"


def test_only_the_engine_writes_the_state() -> None:
    found = [f"{path}:{line}" for path, tree in sources() for line in state_writes(tree)]

    assert [place for place in found if not place.startswith(ENGINE)] == []


def test_nobody_below_the_door_reads_the_clock() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in sources()
        if path not in MAY_READ_THE_CLOCK
        for line in clock_readings(tree)
    ]

    assert found == []


@pytest.mark.parametrize(
    "planted",
    ["Round.objects.select_for_update().get(pk=1)", "lock = rows.select_for_update"],
)
def test_a_planted_lock_is_seen(planted: str) -> None:
    assert list(locks(ast.parse(planted))) == [1]


@pytest.mark.parametrize(
    "planted",
    [
        "case.state = 'agreed'",
        "case.state: str = 'agreed'",
        "case.state += 'd'",
        "Case.objects.filter(pk=1).update(state='agreed')",
        "Case.objects.bulk_update(cases, ['version', 'state'])",
        "Case.objects.bulk_update(cases, fields=['state'])",
        "setattr(case, 'state', 'agreed')",
        "Case.objects.update_or_create(pk=1, state='agreed')",
    ],
)
def test_a_planted_write_of_the_state_is_seen(planted: str) -> None:
    assert list(state_writes(ast.parse(planted))) == [1]


@pytest.mark.parametrize(
    "planted",
    [
        "at = timezone.now()",
        "at = django.utils.timezone.now()",
        "day = timezone.localdate()",
        "day = date.today()",
        "day = datetime.date.today()",
        "at = datetime.now(UTC)",
        "at = datetime.datetime.utcnow()",
    ],
)
def test_a_planted_reading_of_the_clock_is_seen(planted: str) -> None:
    assert list(clock_readings(ast.parse(planted))) == [1]


@pytest.mark.parametrize(
    "innocent", ["timezone.localdate(at)", "state = case.state", "rows.filter(state='agreed')"]
)
def test_what_is_allowed_is_not_mistaken(innocent: str) -> None:
    tree = ast.parse(innocent)

    assert not [*locks(tree), *state_writes(tree), *clock_readings(tree)]
