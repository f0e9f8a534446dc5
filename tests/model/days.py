"""
The few days a model lives through, and which of them are worked.

Each list of days is given twice: as the calendar the terms are counted over, and as days worked
written out by hand, which is all that the safety rules look at.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cases.rules.terms import (
    LEGAL_ZONE,
    Calendar,
    TermKind,
    calendar_days_after,
    ends_at,
    working_days_after,
)

FIRST_MINUTE = time(0, 0)
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True)
class Days:
    """
    A short calendar. Each day has two moments, its first minute and its last: whether something is
    over can only change between two of these.
    """

    name: str
    year: int
    days: tuple[date, ...]
    calendar: Calendar
    worked_by_hand: frozenset[date]
    moments: tuple[datetime, ...] = field(init=False)

    def __post_init__(self) -> None:
        moments = [
            datetime.combine(day, minute, LEGAL_ZONE)
            for day in self.days
            for minute in (FIRST_MINUTE, LAST_MINUTE)
        ]
        object.__setattr__(self, "moments", tuple(moments))

    def at(self, text: str, minute: time = FIRST_MINUTE) -> int:
        """Return the number of a moment: "12-14" is the first minute of 14 December."""
        month, day = text.split("-")
        when = datetime.combine(date(self.year, int(month), int(day)), minute, LEGAL_ZONE)
        return self.moments.index(when)

    def end_of(self, start: int, days: int, kind: str) -> int:
        """Return the first moment at which the term begun at a moment is over; the product counts."""
        count = working_days_after if kind == TermKind.WORKING else calendar_days_after
        end = ends_at(count(self.moments[start].date(), days, self.calendar))
        return sum(moment < end for moment in self.moments)


def _december(name: str, first: date, skipped: tuple[int, ...] = ()) -> Days:
    """
    December of a year like 2026 in which Tuesday the 8th were swapped for Saturday the 12th: a
    weekend, a day off, a worked Saturday, and the end of the window on Monday the 14th.
    """
    all_days = [first + timedelta(n) for n in range((date(2026, 12, 15) - first).days + 1)]
    days = tuple(day for day in all_days if day.day not in skipped)
    calendar = Calendar(
        "mô hình tháng 12", frozenset({date(2026, 12, 8)}), frozenset({date(2026, 12, 12)})
    )
    worked = [date(2026, 12, n) for n in (2, 3, 4, 7, 9, 10, 11, 12, 14, 15)]
    return Days(name, 2026, days, calendar, frozenset(worked))


def _september() -> Days:
    """Saturday 31 August to Tuesday 10 September 2024: the start of the window, two days off."""
    first = date(2024, 8, 31)
    days = tuple(first + timedelta(n) for n in range(11))
    calendar = Calendar(
        "mô hình tháng 9", frozenset({date(2024, 9, 2), date(2024, 9, 3)}), frozenset()
    )
    worked = [date(2024, 9, n) for n in (4, 5, 6, 9, 10)]
    return Days("31 August - 10 September 2024", 2024, days, calendar, frozenset(worked))


DECEMBER = _december("4-15 December 2026", date(2026, 12, 4))
# Nobody does anything from the 5th to the 8th: fewer moments, the same edges.
FEW_OF_DECEMBER = _december("4 and 9-15 December 2026", date(2026, 12, 4), (5, 6, 7, 8))
# Time for two postings one after the other.
LONG_DECEMBER = _december("2-15 December 2026", date(2026, 12, 2))
SEPTEMBER = _september()


def full_days_worked_between(days: Days, posted: int, now: int) -> int:
    """
    Return how many working days have gone by whole since the day of a moment, that day not counted.

    The second reading: no term is asked, only the days written out by hand.
    """
    posted_on, today = days.moments[posted].date(), days.moments[now].date()
    return len([day for day in days.worked_by_hand if posted_on < day < today])


def in_september_to_december(day: date) -> bool:
    """Test if a day lies from 1 September to 14 December; the second reading of the window."""
    return (9, 1) <= (day.month, day.day) <= (12, 14)
