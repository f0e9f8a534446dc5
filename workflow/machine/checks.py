"""Start-up checks: every code of a pack is bound, and every binding is used."""

from typing import Any

from django.core.checks import CheckMessage, Error

from cases.rules.packs import PACKS
from workflow.machine.bindings import CONDITIONS, GUARDS


def check_bindings(**kwargs: Any) -> list[CheckMessage]:
    """Find guard and condition codes that nothing binds, and bindings that no pack uses."""
    problems: list[CheckMessage] = []
    for kind, bound, named in (
        ("guard", set(GUARDS), {r.code for p in PACKS.values() for r in p.guards}),
        ("condition", set(CONDITIONS), {r.code for p in PACKS.values() for r in p.conditions}),
    ):
        problems += [
            Error(f"{kind} {code} is named by a pack and bound by nothing", id="workflow.E002")
            for code in sorted(named - bound)
        ]
        problems += [
            Error(f"{kind} {code} is bound and used by no pack", id="workflow.E003")
            for code in sorted(bound - named)
        ]
    return problems
