"""
Beginnings that many tests share: built once, held in an open transaction, and lent.

`@lent` makes a fixture of a function that builds something in the database. Its arguments are
other lent beginnings. What was built stays while the tests that follow ask for it; each of them
gets a copy of the objects, and what it does to the rows is taken back by its own savepoint. A
test on committed rows (`transaction=True`) is lent nothing: its fixtures build for it alone.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from inspect import Parameter, Signature, signature
from itertools import groupby
from typing import Any

import pytest

from tests.taken_back import taken_back

Build = Callable[..., Any]
# A builder by the name its fixture has, and the parameter it is asked with.
Key = tuple[str, Build, Any]
LENT: dict[Any, Build] = {}  # by the function that pytest calls
PARAMETER = "param"


def lent(build: Build | None = None, *, params: tuple[Any, ...] | None = None) -> Any:
    """Make a lent fixture of a builder; one with `params` takes `param` as its last argument."""
    if build is None:
        return lambda build: lent(build, params=params)
    name = build.__name__

    def lend(request: pytest.FixtureRequest, db: None, **given: Any) -> Any:
        taken = request.node.stash.get(TAKEN, {})
        if name in taken:
            return taken[name]
        return build(**given, param=request.param) if _asks_which(build) else build(**given)

    # What lies below is asked for by name: pytest, and `wanted` after it, must see the whole chain.
    asked = ("request", "db", *_needs(build))
    lend.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(each, Parameter.POSITIONAL_OR_KEYWORD) for each in asked]
    )
    LENT[lend] = build
    return pytest.fixture(name=name, params=params)(lend)


def _needs(build: Build) -> list[str]:
    return [name for name in signature(build).parameters if name != PARAMETER]


def _asks_which(build: Build) -> bool:
    return PARAMETER in signature(build).parameters


@dataclass
class Level:
    """One beginning upon those below it: its open transaction, and the objects of all so far."""

    key: Key
    opened: ExitStack
    values: dict[str, Any]


@dataclass
class Beginnings:
    """What stands now, each upon the one before."""

    levels: list[Level] = field(default_factory=list)

    def keep_only(self, wanted: list[Key]) -> None:
        """Take down whatever is not wanted, and what stands on it."""
        same = 0
        for level, key in zip(self.levels, wanted, strict=False):
            if level.key != key:
                break
            same += 1
        while len(self.levels) > same:
            self.levels.pop().opened.close()

    def raise_up(self, wanted: list[Key]) -> dict[str, Any]:
        """Build what is missing; return a copy of all objects."""
        for key in wanted[len(self.levels) :]:
            name, build, param = key
            values = self.copies()
            given = [values[each] for each in _needs(build)]
            with ExitStack() as opened:
                opened.enter_context(taken_back())
                values[name] = build(*given, param) if _asks_which(build) else build(*given)
                self.levels.append(Level(key, opened.pop_all(), values))
        return self.copies()

    def copies(self) -> dict[str, Any]:
        return copy.deepcopy(self.levels[-1].values) if self.levels else {}


STANDING = Beginnings()
WANTED = pytest.StashKey[list[Key]]()
TAKEN = pytest.StashKey[dict[str, Any]]()


def wanted(item: pytest.Item) -> list[Key]:
    """Return what a test begins with, lowest first; nothing for a test on committed rows."""
    if WANTED not in item.stash:
        item.stash[WANTED] = [] if _commits(item) else _wanted(item)
    return item.stash[WANTED]


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = getattr(item, "fixturenames", ())
    transactional = marker is not None and (marker.kwargs.get("transaction") or bool(marker.args))
    return bool(transactional or {"transactional_db", "live_server"} & set(asked))


def _wanted(item: pytest.Item) -> list[Key]:
    known = getattr(item, "_fixtureinfo", None)
    if known is None:
        return []
    builders = {
        name: LENT[found[-1].func]
        for name, found in known.name2fixturedefs.items()
        if found and found[-1].func in LENT
    }
    params = item.callspec.params if hasattr(item, "callspec") else {}
    chain: list[Key] = []

    def add(name: str) -> None:
        if name not in builders:
            raise pytest.UsageError(f"{item.nodeid} begins with {name!r}, which is not @lent.")
        key = (name, builders[name], params.get(name))
        if key not in chain:
            for each in _needs(builders[name]):
                add(each)
            chain.append(key)

    # The deepest first, so that tests which ask for more share their beginning with the others.
    for name in sorted(builders, key=lambda each: -_depth(each, builders)):
        add(name)
    return chain


def _depth(name: str, builders: dict[str, Build]) -> int:
    below = [_depth(each, builders) for each in _needs(builders[name]) if each in builders]
    return 1 + sum(below)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a module that begin alike next to each other."""
    order: list[pytest.Item] = []
    for _key, some in groupby(items, key=lambda item: (item.path, _commits(item))):
        order += sorted(some, key=_as_text)
    items[:] = order


def _as_text(item: pytest.Item) -> list[tuple[str, str]]:
    return [(name, str(param)) for name, _build, param in wanted(item)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Take down what the test does not begin with, before any fixture of it is made."""
    if STANDING.levels:
        with item.session.stash[UNBLOCK]():
            STANDING.keep_only(wanted(item))


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> None:
    """Build what is missing, just before the test's own savepoint is opened."""
    if fixturedef.argname == "_django_db_helper" and (chain := wanted(request.node)):
        request.getfixturevalue("beginnings")
        with request.session.stash[UNBLOCK]():
            request.node.stash[TAKEN] = STANDING.raise_up(chain)


UNBLOCK = pytest.StashKey[Callable[[], Any]]()


@pytest.fixture(scope="session")
def beginnings(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Hold what stands, and take it down before the database goes."""
    request.session.stash[UNBLOCK] = django_db_blocker.unblock
    yield
    with django_db_blocker.unblock():
        STANDING.keep_only([])
