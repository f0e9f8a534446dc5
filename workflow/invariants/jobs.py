"""The same work on several parts at once, each in a process with its own database connection."""

from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_all_start_methods, get_context
from typing import Any, TypeVar

import django
from django.apps import apps
from django.db import connections
from django.utils import translation

Part = TypeVar("Part")
Told = TypeVar("Told")


def in_jobs(work: Callable[[Part], Told], parts: Sequence[Part], jobs: int) -> Iterator[Told]:
    """Yield what the work tells of each part, in the order of the parts."""
    if jobs < 2 or len(parts) < 2:
        yield from map(work, parts)
        return
    method = "fork" if "fork" in get_all_start_methods() else "spawn"
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    # A connection cannot be shared by processes: every one, this one too, opens its own anew.
    connections.close_all()
    start = (names, translation.get_language())
    with get_context(method).Pool(min(jobs, len(parts)), _begin, start) as pool:
        yield from pool.imap(work, parts)
        pool.close()
        pool.join()


def _begin(names: dict[str, Any], language: str | None) -> None:
    """Make a new process ready: the databases of its parent, and its language."""
    if not apps.ready:
        django.setup()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name
    if language:
        translation.activate(language)
