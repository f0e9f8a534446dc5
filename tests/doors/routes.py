"""Every address of the site, on whatever objects a walk asks for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, reverse

from cases.models import Case, Round, VillageReview
from tests.pages.addresses import ACTS, routes
from workflow.pages.doors import AUDIENCES, On
from workflow.pages.forms import ACTS_ON

PAGES = Path(__file__).resolve().parent.parent.parent / "workflow"
ACT_ROUTES = {"round-act": Round, "village-act": VillageReview, "case-act": Case}
# Not there until somebody says which unit and year.
NEED_A_QUESTION = {"report", "report-file"}
# What an address names: the scope object that its door must declare.
NAMED_BY = (
    (On.CASE, {"key", "code"}),
    (On.VILLAGE_REVIEW, {"key", "village"}),
    (On.ROUND, {"key"}),
)


@dataclass(frozen=True)
class Things:
    """What addresses name: by word, by word of one route, and behind the question mark of a route."""

    words: dict[str, Any]
    of_route: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def route(name: str) -> URLPattern:
    (found,) = [each for each in routes() if each.name == name]
    return found


def words(route: URLPattern) -> set[str]:
    """Return what an address names."""
    return set(route.pattern.converters)


def undeclared(patterns: list[Any] | None = None) -> list[str]:
    """Return what is missing at each address: a name, a door, whom it is for, what it is read against."""
    return [f"{each.pattern}: {fault}" for each in routes(patterns) for fault in _faults_of(each)]


def shadowed() -> list[str]:
    """Return the addresses at which another view answers first: their door is never asked."""
    first: dict[str, URLPattern] = {}
    return [
        str(each.name)
        for each in routes()
        if first.setdefault(str(each.pattern), each).callback is not each.callback
    ]


def _faults_of(route: URLPattern) -> Iterator[str]:
    if not route.name:
        yield "no name"
    door = getattr(route.callback, "door", None)
    if door is None:
        yield "no door"
        return
    if door.audience not in AUDIENCES:
        yield f"an unknown audience, {door.audience}"
    if door.on is None:
        yield "no scope object"
    named = next((on for on, needed in NAMED_BY if needed <= words(route)), None)
    if named is not None and door.on != named:
        yield f"its address names a {named}, its door says {door.on}"
    if named is not None and door.duty is None:
        yield f"no duty, although its address names a {named}"
    if door.on == On.NATION and door.duty is not None and door.level is None:
        yield "a duty on no level, although it is the nation's"
    if door.public and (door.on != On.NOTHING or door.duty is not None):
        yield "public, and yet something of a unit"


def urls_of(route: URLPattern, things: Things) -> list[str]:
    """Return the addresses of a route on the things; one for each act that its target knows."""
    name = str(route.name)
    known = {**things.words, **things.of_route.get(name, {})}
    missing = words(route) - known.keys() - {"act"}
    assert not missing, f"{name}: tests/doors/things.py must say what {missing} names"
    named = {word: known[word] for word in words(route) & known.keys()}
    if "act" in words(route):
        acts = [act for act in ACTS if act in dict[Any, Any](ACTS_ON)[ACT_ROUTES[name]]]
        return [reverse(name, kwargs={**named, "act": act}) for act in acts]
    url = reverse(name, kwargs=named)
    asked = [f"{url}?{urlencode(query)}" for query in things.asked.get(name, [])]
    return asked if name in NEED_A_QUESTION else [url, *asked]


def questions() -> set[tuple[str, str]]:
    """Return what pages read from behind the question mark, as (module, word), found in their source."""
    found = set()
    for path in sorted((PAGES / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (word := _asked(node)) is not None:
                found.add((path.stem, word))
    return found


def _asked(node: ast.AST) -> str | None:
    """Return the word of `request.GET.get("word")` or `request.GET["word"]`; "*" where all is read."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if _is_query(node.func.value):
            return _constant(node.args[0]) if node.args else "*"
    if isinstance(node, ast.Subscript) and _is_query(node.value):
        return _constant(node.slice)
    if isinstance(node, ast.Call) and any(map(_is_query, _inside(node.args))):
        return "*"
    return None


def _inside(arguments: list[ast.expr]) -> Iterator[ast.AST]:
    """Yield what a call is given, also by `a or b` and `a if b else c`."""
    for each in arguments:
        yield each
        yield from each.values if isinstance(each, ast.BoolOp) else ()
        yield from (each.body, each.orelse) if isinstance(each, ast.IfExp) else ()


def _is_query(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "GET"


def _constant(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "*"
