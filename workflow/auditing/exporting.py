"""Which events leave, in which format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.db.models import QuerySet

from cases.models import Case, Unit, User
from workflow.auditing.ocel import ocel
from workflow.auditing.pseudonyms import Pseudonyms
from workflow.auditing.scope import audited_cases, cases_of
from workflow.auditing.xes import xes


@dataclass(frozen=True)
class Format:
    """How a file is written and named."""

    write: Callable[[QuerySet[Case], Pseudonyms], Iterator[bytes]]
    extension: str
    content_type: str


FORMATS = {
    "xes": Format(xes, "xes", "application/xml"),
    "ocel": Format(ocel, "json", "application/json"),
}


def cases_to_export(user: User | None, unit: Unit, year: int | None) -> QuerySet[Case]:
    """Return the unit's cases of a year, or of all years; `user` None: whoever keeps the machine."""
    cases = audited_cases(user) if user is not None else Case.objects.all()
    rows = cases_of(cases, unit)
    return rows.filter(year=year) if year else rows


def write(file: IO[bytes], cases: QuerySet[Case], format: str, *, plain: bool) -> int:
    """Write the events of the cases piece by piece; return how many bytes."""
    return sum(file.write(piece) for piece in FORMATS[format].write(cases, Pseudonyms(plain=plain)))
