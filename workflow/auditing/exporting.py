"""Which events leave, in which format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.db.models import QuerySet

from cases.models import Case, Round, Unit, User
from workflow.auditing.ocel import ocel
from workflow.auditing.pseudonyms import Pseudonyms
from workflow.auditing.scope import audited_cases, audited_rounds, cases_of, rounds_of
from workflow.auditing.xes import xes


@dataclass(frozen=True)
class Format:
    """How a file is written and named."""

    write: Callable[[QuerySet[Case], QuerySet[Round], Pseudonyms], Iterator[bytes]]
    extension: str
    content_type: str


FORMATS = {
    "xes": Format(lambda cases, _rounds, names: xes(cases, names), "xes", "application/xml"),
    "ocel": Format(ocel, "json", "application/json"),
}


def cases_to_export(user: User | None, unit: Unit, year: int | None) -> QuerySet[Case]:
    """Return the unit's cases of a year, or of all years; `user` None: whoever keeps the machine."""
    cases = audited_cases(user) if user is not None else Case.objects.all()
    rows = cases_of(cases, unit)
    return rows.filter(year=year) if year else rows


def rounds_to_export(user: User | None, unit: Unit, year: int | None) -> QuerySet[Round]:
    """Return the rounds of those cases, and the ones that had none."""
    rounds = audited_rounds(user) if user is not None else Round.objects.all()
    rows = rounds_of(rounds, unit)
    return rows.filter(year=year) if year else rows


def write(
    file: IO[bytes], cases: QuerySet[Case], rounds: QuerySet[Round], format: str, *, plain: bool
) -> int:
    """Write what was done to the cases, or in the rounds, piece by piece; return how many bytes."""
    pieces = FORMATS[format].write(cases, rounds, Pseudonyms(plain=plain))
    return sum(file.write(piece) for piece in pieces)
