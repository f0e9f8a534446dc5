"""
Drawing cases to look at, so that whoever knows the seed draws the same ones by hand.

A case is named "ROUND/HOUSEHOLD" (2024-24646/24646-00001). Its rank is SHA-256 of "SEED|NAME" in
UTF-8; the sample is the first so many in order of rank, as text of hexadecimal digits. The digest of
the population is SHA-256 over the names in byte order, each followed by a line break. docs/auditing.md.
"""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Case, Event, Sample, SampleItem, Unit, User
from workflow.auditing.keys import ROUND_KEY, round_key
from workflow.auditing.risks import questions_about
from workflow.auditing.scope import cases_of

LARGEST = 1_000


@dataclass(frozen=True)
class Drawn:
    """One drawn case."""

    code: str
    rank: str
    case_id: int
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """What was drawn from what."""

    seed: str
    population: int
    digest: bytes
    drawn: tuple[Drawn, ...] = field(default=())


def rank_of(seed: str, code: str) -> str:
    """Return by what a case is ordered in a drawing."""
    return hashlib.sha256(f"{seed}|{code}".encode()).hexdigest()


def digest_of(codes: Collection[str]) -> bytes:
    """Return by what two people see that they draw from the same cases."""
    lines = "".join(f"{code}\n" for code in sorted(codes))
    return hashlib.sha256(lines.encode()).digest()


def first_by_rank(seed: str, codes: Iterable[str], size: int) -> list[str]:
    """Return the drawn codes in their order."""
    return sorted(codes, key=lambda code: (rank_of(seed, code), code))[:size]


def tidy_seed(text: str) -> str:
    """Return a seed as it is hashed: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def draw(
    cases: QuerySet[Case],
    unit: Unit,
    year: int,
    *,
    review: str = "",
    seed: str,
    size: int,
    kind: str,
    until: datetime,
) -> Drawing:
    """
    Draw from the unit's cases of a year that had an event by a moment.

    A risk sample is drawn in the same way, from those cases that raise a question.
    """
    population = _population(cases, unit, year, review, until)
    asked: dict[int, list[str]] = {}
    if kind == Sample.Kind.RISK:
        asked = questions_about(_of(cases, unit, year, review), until)
        population = {code: pk for code, pk in population.items() if pk in asked}
    drawn = tuple(
        Drawn(code, rank_of(seed, code), population[code], tuple(asked.get(population[code], ())))
        for code in first_by_rank(seed, population, size)
    )
    return Drawing(seed, len(population), digest_of(population), drawn)


def draw_again(sample: Sample, cases: QuerySet[Case]) -> Drawing:
    """Draw a stored sample again, from what whoever asks may see of its unit."""
    return draw(
        cases,
        sample.unit,
        sample.year,
        review=sample.review,
        seed=sample.seed,
        size=sample.size,
        kind=sample.kind,
        until=sample.at,
    )


def same(sample: Sample, items: Sequence[SampleItem], again: Drawing) -> bool:
    """Test if drawing again gave the stored sample, from the same population."""
    return (
        bytes(sample.population_digest) == again.digest
        and sample.population == again.population
        and [(item.code, item.questions) for item in items]
        == [(drawn.code, list(drawn.questions)) for drawn in again.drawn]
    )


@transaction.atomic
def keep(
    drawing: Drawing,
    unit: Unit,
    year: int,
    *,
    review: str,
    kind: str,
    size: int,
    by: User,
    at: datetime,
) -> Sample:
    """Write a drawing down; nobody changes it afterwards."""
    sample = Sample.objects.create(
        unit=unit,
        year=year,
        review=review,
        kind=kind,
        seed=drawing.seed,
        size=size,
        population=drawing.population,
        population_digest=drawing.digest,
        drawn_by=by,
        drawn_by_name=by.get_full_name(),
        at=at,
    )
    SampleItem.objects.bulk_create(
        SampleItem(
            sample=sample,
            position=position,
            code=drawn.code,
            case_id=drawn.case_id,
            questions=list(drawn.questions),
        )
        for position, drawn in enumerate(drawing.drawn, 1)
    )
    return sample


def _of(cases: QuerySet[Case], unit: Unit, year: int, review: str) -> QuerySet[Case]:
    rows = cases_of(cases, unit).filter(year=year)
    return rows.filter(review=review) if review else rows


def _population(
    cases: QuerySet[Case], unit: Unit, year: int, review: str, until: datetime
) -> dict[str, int]:
    """Return the cases that may be drawn, by name: those that had an event by the moment."""
    began = Event.objects.filter(case=OuterRef("pk"), sequence=1, act__at__lte=until)
    rows = _of(cases, unit, year, review).filter(Exists(began)).order_by()
    return {
        f"{round_key(*key)}/{code}": pk
        for pk, code, *key in rows.values_list(
            "pk", "code", *(f"round__{name}" for name in ROUND_KEY)
        ).iterator(chunk_size=5000)
    }
