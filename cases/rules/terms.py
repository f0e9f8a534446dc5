"""Counting days: when a time limit ends, and how it was counted (thời hạn)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


class TermKind(StrEnum):
    WORKING = "WORKING"
    CALENDAR = "CALENDAR"


class DayReason(StrEnum):
    """Why a day was counted, or was not."""

    FIRST_DAY = "FIRST_DAY"
    WORKING_DAY = "WORKING_DAY"
    WORKED_WEEKEND = "WORKED_WEEKEND"
    CALENDAR_DAY = "CALENDAR_DAY"
    WEEKEND = "WEEKEND"
    DAY_OFF = "DAY_OFF"
    MOVED_END = "MOVED_END"
    PAUSED = "PAUSED"


# Plain sentences, so that this module needs no framework; whoever shows them translates them.
DAY_REASONS_VI: Mapping[DayReason, str] = MappingProxyType(
    {
        DayReason.FIRST_DAY: _("ngày bắt đầu, không tính (Điều 147 Bộ luật Dân sự 2015)"),
        DayReason.WORKING_DAY: _("ngày làm việc, tính"),
        DayReason.WORKED_WEEKEND: _("ngày nghỉ cuối tuần đi làm bù, tính"),
        DayReason.CALENDAR_DAY: _("tính theo ngày lịch"),
        DayReason.WEEKEND: _("nghỉ cuối tuần, không tính"),
        DayReason.DAY_OFF: _("nghỉ lễ, nghỉ bù hoặc hoán đổi, không tính"),
        DayReason.MOVED_END: _(
            "ngày làm việc tiếp theo: thời hạn kết thúc vào cuối ngày này "
            "(khoản 5 Điều 148 Bộ luật Dân sự 2015)"
        ),
        DayReason.PAUSED: _("thời hạn tạm dừng, không tính"),
    }
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    Which days are worked: Monday to Friday, but for what is announced year by year.

    A year with no day off is one the calendar knows nothing of: no year of ours is without
    holidays. Counting goes on there by weekends alone, and the term says that it is provisional.
    """

    version: str
    days_off: frozenset[date]
    worked_weekend: frozenset[date]
    provisional_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if both := self.days_off & self.worked_weekend:
            raise ValueError(f"both off and worked: {min(both)}")
        if weekdays := [day for day in self.worked_weekend if day.weekday() < _SATURDAY]:
            raise ValueError(f"not a weekend: {min(weekdays)}")

    def is_working(self, day: date) -> bool:
        """Test if the day is a working day (ngày làm việc)."""
        if day in self.days_off:
            return False
        return day.weekday() < _SATURDAY or day in self.worked_weekend

    def is_announced(self, year: int) -> bool:
        """Test if the days off of the year are known, and not only worked out by rule."""
        return year not in self.provisional_years and any(off.year == year for off in self.days_off)

    def reason(self, day: date) -> DayReason:
        """Return why the day is, or is not, a working day."""
        if day in self.days_off:
            return DayReason.DAY_OFF
        if day in self.worked_weekend:
            return DayReason.WORKED_WEEKEND
        return DayReason.WORKING_DAY if day.weekday() < _SATURDAY else DayReason.WEEKEND


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day between the start of a term and its end."""

    day: date
    counted: bool
    why_code: DayReason


@dataclass(frozen=True, slots=True)
class Term:
    """
    A time limit with the way it was counted.

    It ends at the end of `ends_on`. Provisional: a year it runs through is not announced yet.
    """

    start: date
    count: int
    kind: TermKind
    calendar_version: str
    ends_on: date
    days: tuple[CountedDay, ...]
    provisional: bool = False


# From the first day of a pause until the day on which the clock goes on, which counts again;
# None: it still stands still.
Pause = tuple[date, date | None]


class PausesOverlap(ValueError):
    """Two pauses share a day, or one ends before it begins: no count can follow them."""


class StillPaused(Exception):
    """
    A term stands still in a pause without an end, so that it has no last day yet.

    `since` is the first day that is not counted; `left` days are still to be counted (0: only the
    move to a working day is left); `days` are those before.
    """

    def __init__(self, since: date, left: int, days: Sequence[CountedDay]) -> None:
        self.since, self.left, self.days = since, left, tuple(days)
        super().__init__(f"paused since {since}, {left} days left")


def counted_term(
    kind: str, start: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Term:
    """
    Return the term of n days of a kind after the start.

    :raises PausesOverlap: if two pauses share a day
    :raises StillPaused: if a pause without an end begins before the term is over
    """
    count = working_days_after if kind == TermKind.WORKING else calendar_days_after
    return count(start, n, calendar, pauses)


def working_days_after(
    start: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Term:
    """
    Return the term of n working days after the start, which is not counted itself.

    Bộ luật Dân sự 2015, Điều 147: the day of the event is excluded. Such a term cannot end on a
    day off, so Article 148(5) has nothing to move. Raises as `counted_term` does.
    """
    _require_a_day(n)
    days, left = [CountedDay(start, False, DayReason.FIRST_DAY)], n
    for day in _days_running(start, pauses, days):
        worked = calendar.is_working(day)
        days.append(CountedDay(day, worked, calendar.reason(day)))
        left -= worked
        if not left:
            return _term(start, n, TermKind.WORKING, calendar, days)
    raise _still_paused(days, left)


def calendar_days_after(
    start: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Term:
    """
    Return the term of n calendar days after the start, moved on to a working day if need be.

    Bộ luật Dân sự 2015, Điều 147 (first day excluded) and Điều 148(5) (last day moved). The day it
    is moved to must be one on which the clock runs. Raises as `counted_term` does.
    """
    _require_a_day(n)
    days, left = [CountedDay(start, False, DayReason.FIRST_DAY)], n
    for day in _days_running(start, pauses, days):
        worked = calendar.is_working(day)
        if left:
            days.append(CountedDay(day, True, DayReason.CALENDAR_DAY))
            left -= 1
        else:
            why = DayReason.MOVED_END if worked else calendar.reason(day)
            days.append(CountedDay(day, False, why))
        if worked and not left:
            return _term(start, n, TermKind.CALENDAR, calendar, days)
    raise _still_paused(days, left)


def last_start_for(end: date, n: int, calendar: Calendar) -> date:
    """
    Return the last working day from which n working days are over by the end (back-planning).

    A weekend after it would give the same end; nobody posts or sends a report on it.
    """
    _require_a_day(n)
    left = n + 1  # the n days themselves, then the working day before them
    day = end + _ONE_DAY
    while left:
        day -= _ONE_DAY
        left -= calendar.is_working(day)
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day after the day: the earliest on which the next step may start."""
    return next(later for later in _days_after(day) if calendar.is_working(later))


def ends_at(term: Term) -> datetime:
    """Return the instant the term is over: the end of its last day."""
    return end_of(term.ends_on)


def end_of(day: date) -> datetime:
    """Return the end of a legal day: its 24:00, as 00:00 of the next (exclusive)."""
    return datetime.combine(day + _ONE_DAY, time.min, tzinfo=LEGAL_ZONE)


def _term(start: date, n: int, kind: TermKind, calendar: Calendar, days: list[CountedDay]) -> Term:
    provisional = not all(calendar.is_announced(year) for year in {d.day.year for d in days[1:]})
    return Term(start, n, kind, calendar.version, days[-1].day, tuple(days), provisional)


def _days_running(start: date, pauses: Sequence[Pause], days: list[CountedDay]) -> Iterator[date]:
    """
    Yield the days after the start on which the clock runs; days of a pause go to `days` at once.

    Stops, with the day as its last, where a pause without an end begins.
    """
    standing = _in_order(pauses)
    day, number = start + _ONE_DAY, 0
    while True:
        while number < len(standing) and _is_over(standing[number], day):
            number += 1
        if number == len(standing) or day < standing[number][0]:
            yield day
        else:
            days.append(CountedDay(day, False, DayReason.PAUSED))
            if standing[number][1] is None:
                return
        day += _ONE_DAY


def _in_order(pauses: Sequence[Pause]) -> list[Pause]:
    """
    Return the pauses by their first day; one that goes on where another begins is no overlap.

    :raises PausesOverlap: if two share a day, or one ends before it begins
    """
    ordered = sorted(pauses, key=lambda pause: (pause[0], pause[1] or date.max))
    for first, until in ordered:
        if until is not None and until < first:
            raise PausesOverlap(f"a pause ends on {until}, before it begins on {first}")
    for (first, until), (later, _until) in pairwise(ordered):
        if until is None or later < until:
            raise PausesOverlap(f"a pause from {later} overlaps the one from {first}")
    return ordered


def _is_over(pause: Pause, day: date) -> bool:
    return pause[1] is not None and pause[1] <= day


def _still_paused(days: list[CountedDay], left: int) -> StillPaused:
    return StillPaused(days[-1].day, left, days[:-1])


def _days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += _ONE_DAY
        yield day


def _require_a_day(n: int) -> None:
    if n < 1:
        raise ValueError(f"a term counts at least one day, not {n}")
