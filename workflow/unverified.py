"""Everything that rules today and that nobody has seen at its source: marks [?], counted with [K]."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from cases.local_standards import lines_of
from cases.models import LocalStandard, Round, RunningTerm
from cases.models.calendars import CalendarDay, CalendarEdition
from cases.rules.packs import PACKS, Pack, Review, editions_in_force
from cases.rules.packs.citations import citations
from cases.rules.standards import STANDARDS, Standard


@dataclass(frozen=True)
class MarkCount:
    """How many things of one text carry each mark."""

    name: str
    seen: int
    known: int
    unsure: int


@dataclass(frozen=True)
class UnsureDay:
    """A day of the calendar that no paper has announced, and how many open terms count over it."""

    day: date
    name: str
    source: str
    open_terms: int


@dataclass(frozen=True)
class UnsureLine:
    """A number or a name of a poverty standard, and how many rounds classify by the standard."""

    standard: str
    line: str
    citation: str
    rounds: int


def packs_in_force(day: date) -> list[Pack]:
    editions = PACKS.editions()
    return [pack for review in Review for pack in editions_in_force(day, review, editions)]


def marks_of(pack: Pack) -> MarkCount:
    return _counted(pack.code, (cited.source.mark for cited in citations(pack)))


def calendar_marks() -> MarkCount | None:
    """Return how sure the newest edition of the calendar is of its days; None: none is loaded."""
    edition = _newest()
    if edition is None:
        return None
    marks = CalendarDay.objects.filter(edition=edition).values_list("mark", flat=True)
    return _counted(edition.version, marks)


def unsure_days() -> list[UnsureDay]:
    """Return the unsure days of the newest edition; three queries, however many terms run."""
    days = list(
        CalendarDay.objects.filter(edition=_newest(), mark=CalendarDay.Mark.UNSURE).order_by("day")
    )
    if not days:
        return []
    running = RunningTerm.objects.filter(ended_at__isnull=True).aggregate(
        **{
            f"day_{n}": Count("pk", filter=Q(starts_on__lte=each.day, ends_on__gte=each.day))
            for n, each in enumerate(days)
        }
    )
    return [
        UnsureDay(each.day, each.name, each.source, running[f"day_{n}"])
        for n, each in enumerate(days)
    ]


def standard_marks() -> list[MarkCount]:
    return [
        _counted(standard.code, (mark for _line, _citation, mark in _lines(standard)))
        for standard in _standards()
    ]


def unsure_lines() -> list[UnsureLine]:
    """Return what is unsure in the standards, the nation's and the approved ones of provinces."""
    rounds = Counter(
        dict(Round.objects.order_by("standard").values_list("standard").annotate(n=Count("pk")))
    )
    return [
        UnsureLine(standard.code, line, citation, rounds[standard.code])
        for standard in _standards()
        for line, citation, mark in _lines(standard)
        if mark == CalendarDay.Mark.UNSURE
    ]


def _standards() -> list[Standard]:
    approved = LocalStandard.objects.filter(approved_by__isnull=False).order_by("code")
    return [*STANDARDS, *(lines_of(row).standard for row in approved)]


def _lines(standard: Standard) -> Iterator[tuple[str, str, str]]:
    """Yield what a standard says: which line, where it is written, how sure we are."""
    yield standard.code, standard.citation, standard.mark
    for area, cited in standard.monthly_income_vnd.items():
        yield f"income.{area}.vnd", cited.citation, cited.mark
    if standard.score_table is not None:
        table = standard.score_table
        for area, cited in table.income_lines.items():
            yield f"income.{area}.points", cited.citation, cited.mark
        yield "deprivation_floor", table.deprivation_floor.citation, table.deprivation_floor.mark
        points = table.points_per_indicator
        yield "points_per_indicator", points.citation, points.mark
    for indicator in standard.indicators:
        yield f"indicators.{indicator.code}.name", indicator.citation, indicator.name_mark
        yield f"indicators.{indicator.code}", indicator.citation, indicator.mark


def _newest() -> CalendarEdition | None:
    return CalendarEdition.objects.order_by("-pk").first()


def _counted(name: str, marks: Iterable[str]) -> MarkCount:
    found = Counter(str(mark) for mark in marks)
    return MarkCount(name, found["S"], found["K"], found["?"])
