"""Changes to the working calendar: what a new edition may say, and what it may not."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.rules.calendar_seed import OFF, WORKED
from cases.rules.terms import Calendar

REMOVED = "REMOVED"
SEEN, UNSURE = "S", "?"
_SATURDAY = 5
YEARS_AHEAD = 2  # swaps are announced a year before; further on a day is a slip of the pen


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One day that is not what its weekday says, as an edition lists it."""

    day: date
    kind: str  # OFF, WORKED; in a change also REMOVED
    name: str = ""
    mark: str = SEEN
    source: str = ""


class Problem(StrEnum):
    """Why a change cannot stand in an edition."""

    TWICE = "TWICE"
    OFF_AND_WORKED = "OFF_AND_WORKED"
    WORKED_WEEKDAY = "WORKED_WEEKDAY"
    NOT_LISTED = "NOT_LISTED"
    NO_CHANGE = "NO_CHANGE"
    CLOSED_YEAR = "CLOSED_YEAR"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNEXPLAINED = "UNEXPLAINED"  # a correction without a word on what was wrong


Days = Mapping[date, CalendarEntry]


def problems(
    base: Days,
    changes: Sequence[CalendarEntry],
    this_year: int,
    *,
    corrects: Collection[int] = (),
) -> Iterator[tuple[int, Problem]]:
    """
    Yield what stands against each change of a new edition, with the change's place in the list.

    A year before this one is closed: its terms have been counted. It is changed only where the
    edition says that it corrects this year.
    """
    kinds = Counter(change.day for change in changes)
    for number, change in enumerate(changes):
        present = base.get(change.day)
        if kinds[change.day] > 1:
            named = {each.kind for each in changes if each.day == change.day}
            yield number, Problem.OFF_AND_WORKED if {OFF, WORKED} <= named else Problem.TWICE
        elif change.kind == REMOVED:
            if present is None:
                yield number, Problem.NOT_LISTED
        elif change.kind == WORKED and change.day.weekday() < _SATURDAY:
            yield number, Problem.WORKED_WEEKDAY
        elif present and present.kind != change.kind:
            yield number, Problem.OFF_AND_WORKED
        elif present == change:
            yield number, Problem.NO_CHANGE
        if change.day.year < this_year and change.day.year not in corrects:
            yield number, Problem.CLOSED_YEAR
        if not _first_year(base, this_year) <= change.day.year <= this_year + YEARS_AHEAD:
            yield number, Problem.OUT_OF_RANGE


def closed_years(changes: Iterable[CalendarEntry], this_year: int) -> list[int]:
    """Return the years that are over and that the changes touch."""
    return sorted({change.day.year for change in changes if change.day.year < this_year})


def changed(base: Days, changes: Iterable[CalendarEntry]) -> dict[date, CalendarEntry]:
    """Return the days of the new edition, in their order."""
    days = dict(base)
    for change in changes:
        if change.kind == REMOVED:
            days.pop(change.day, None)
        else:
            days[change.day] = change
    return dict(sorted(days.items()))


def confirmed(base: Days, year: int, source: str) -> list[CalendarEntry]:
    """Return the unsure days of a year as a paper has now announced them."""
    return [
        CalendarEntry(entry.day, entry.kind, entry.name, SEEN, source)
        for entry in base.values()
        if entry.day.year == year and entry.mark == UNSURE
    ]


def as_calendar(version: str, entries: Iterable[CalendarEntry]) -> Calendar:
    """
    Return listed days as the counting wants them.

    :raises ValueError: if a day is both off and worked, or a weekday is called worked
    """
    listed = list(entries)
    return Calendar(
        version=version,
        days_off=frozenset(entry.day for entry in listed if entry.kind == OFF),
        worked_weekend=frozenset(entry.day for entry in listed if entry.kind == WORKED),
        provisional_years=frozenset(entry.day.year for entry in listed if entry.mark == UNSURE),
    )


def _first_year(base: Days, this_year: int) -> int:
    return min((day.year for day in base), default=this_year)
