"""Counting days: when a time limit ends, and how it was counted (thời hạn)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
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


def working_days_after(start: date, n: int, calendar: Calendar) -> Term:
    """
    Return the term of n working days after the start, which is not counted itself.

    Bộ luật Dân sự 2015, Điều 147: the day of the event is excluded. Such a term cannot end on a
    day off, so Article 148(5) has nothing to move.
    """
    _require_a_day(n)
    days = [CountedDay(start, False, DayReason.FIRST_DAY)]
    left = n
    for day in _days_after(start):
        worked = calendar.is_working(day)
        days.append(CountedDay(day, worked, calendar.reason(day)))
        left -= worked
        if not left:
            break
    return _term(start, n, TermKind.WORKING, calendar, days)


def calendar_days_after(start: date, n: int, calendar: Calendar) -> Term:
    """
    Return the term of n calendar days after the start, moved on to a working day if need be.

    Bộ luật Dân sự 2015, Điều 147 (first day excluded) and Điều 148(5) (last day moved).
    """
    _require_a_day(n)
    days = [CountedDay(start, False, DayReason.FIRST_DAY)]
    for day in _days_after(start):
        if len(days) <= n:
            days.append(CountedDay(day, True, DayReason.CALENDAR_DAY))
        elif calendar.is_working(days[-1].day):
            break
        elif calendar.is_working(day):
            days.append(CountedDay(day, False, DayReason.MOVED_END))
        else:
            days.append(CountedDay(day, False, calendar.reason(day)))
    return _term(start, n, TermKind.CALENDAR, calendar, days)


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
    """Return the instant the term is over: 24:00 of its last day, as 00:00 of the next (exclusive)."""
    return datetime.combine(term.ends_on + _ONE_DAY, time.min, tzinfo=LEGAL_ZONE)


def _term(start: date, n: int, kind: TermKind, calendar: Calendar, days: list[CountedDay]) -> Term:
    provisional = not all(calendar.is_announced(year) for year in {d.day.year for d in days[1:]})
    return Term(start, n, kind, calendar.version, days[-1].day, tuple(days), provisional)


def _days_after(start: date) -> Iterator[date]:
    day = start
    while True:
        day += _ONE_DAY
        yield day


def _require_a_day(n: int) -> None:
    if n < 1:
        raise ValueError(f"a term counts at least one day, not {n}")
