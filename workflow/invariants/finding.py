"""A check is a question to the records; what it finds is a sentence with its act."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workflow.invariants.record import Dossier, Record


class Found(NamedTuple):
    """Something that should not be: what, by which act, for which case (empty: none in particular)."""

    sentence: str
    sequence: int | None = None
    case_code: str = ""
    article: str = ""  # empty: the invariant's own
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach as it is told."""

    invariant: str
    round: str
    case_code: str
    sequence: int | None
    article: str
    mark: str
    sentence: str


RoundCheck = Callable[[Record], Iterator[Found]]
CaseCheck = Callable[[Dossier, Record], Iterator[Found]]

ROUND_CHECKS: list[tuple[str, RoundCheck]] = []
CASE_CHECKS: list[tuple[str, CaseCheck]] = []


def of_round(invariant: str) -> Callable[[RoundCheck], RoundCheck]:
    """Register a check that looks at a round as a whole."""

    def register(check: RoundCheck) -> RoundCheck:
        ROUND_CHECKS.append((invariant, check))
        return check

    return register


def of_case(invariant: str) -> Callable[[CaseCheck], CaseCheck]:
    """Register a check that looks at one dossier; it speaks of no case by name."""

    def register(check: CaseCheck) -> CaseCheck:
        CASE_CHECKS.append((invariant, check))
        return check

    return register


def checks_of(invariant: str) -> tuple[str, ...]:
    """Return the names of the questions that are asked for an invariant, as module.function."""
    asked = [check for code, check in (*ROUND_CHECKS, *CASE_CHECKS) if code == invariant]
    return tuple(f"{check.__module__.rpartition('.')[2]}.{check.__name__}" for check in asked)
