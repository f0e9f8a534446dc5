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
    before: date  # a day before the review began
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
        return next(
            number
            for number, when in enumerate(self.moments)
            if (when.month, when.day, when.time()) == (int(month), int(day), minute)
        )

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
    days = tuple(day for day in _from_to(first, date(2026, 12, 15)) if day.day not in skipped)
    return Days(name, 2026, days, _SWAPPED, _WORKED_IN_DECEMBER, date(2026, 8, 15))


def _from_to(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(n) for n in range((last - first).days + 1))


def _days_of(year: int, month: int, *numbers: int) -> frozenset[date]:
    return frozenset(date(year, month, number) for number in numbers)


_SWAPPED = Calendar("mô hình tháng 12", _days_of(2026, 12, 8), _days_of(2026, 12, 12))
_WORKED_IN_DECEMBER = _days_of(2026, 12, 2, 3, 4, 7, 9, 10, 11, 12, 14, 15)


def _september() -> Days:
    """Saturday 31 August to Tuesday 10 September 2024: the start of the window, two days off."""
    days = _from_to(date(2024, 8, 31), date(2024, 9, 10))
    calendar = Calendar("mô hình tháng 9", _days_of(2024, 9, 2, 3), frozenset())
    worked = _days_of(2024, 9, 4, 5, 6, 9, 10)
    name = "31 August - 10 September 2024"
    return Days(name, 2024, days, calendar, worked, date(2024, 8, 15))


def _ninety_days_later() -> Days:
    """A decision of Friday 11 December 2026, and the ninetieth day after it: Thursday 11 March."""
    days = (
        *sorted(_days_of(2026, 12, 4, 11)),
        *sorted(_days_of(2027, 3, 11, 12)),
    )
    name = "4 and 11 December 2026, 11-12 March 2027"
    return Days(name, 2026, days, _SWAPPED, _WORKED_IN_DECEMBER, date(2026, 8, 15))


def _may(name: str, kept: frozenset[int] = frozenset()) -> Days:
    """
    The monthly review of May 2026, which starts on Friday the 15th; fifteen days later it is
    Saturday the 30th, so that the time ends on Monday 1 June.
    """
    days = _from_to(date(2026, 5, 14), date(2026, 6, 2))
    if kept:
        days = tuple(day for day in days if day.month == 6 or day.day in kept)
    worked = _days_of(2026, 5, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27, 28, 29) | _days_of(
        2026, 6, 1, 2
    )
    calendar = Calendar("mô hình tháng 5", frozenset(), frozenset())
    return Days(name, 2026, days, calendar, worked, date(2026, 5, 10))


def _may_of_three_tiers() -> Days:
    """The monthly review of May 2025, which starts on Thursday the 15th; no day off but weekends."""
    days = tuple(date(2025, 5, number) for number in (14, 15, 20, 21, 23, 26))
    worked = _days_of(2025, 5, 14, 15, 16, 19, 20, 21, 22, 23, 26)
    calendar = Calendar("mô hình tháng 5/2025", frozenset(), frozenset())
    return Days("14-26 May 2025", 2025, days, calendar, worked, date(2025, 5, 10))


def _august() -> Days:
    """
    The monthly review of August 2026: Saturday the 22nd is worked for Monday the 31st, and
    1 and 2 September are holidays.
    """
    days = _from_to(date(2026, 8, 13), date(2026, 9, 4))
    off = _days_of(2026, 8, 31) | _days_of(2026, 9, 1, 2)
    worked = _days_of(2026, 8, 13, 14, 17, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28) | _days_of(
        2026, 9, 3, 4
    )
    calendar = Calendar("mô hình tháng 8", off, _days_of(2026, 8, 22))
    name = "13 August - 4 September 2026"
    return Days(name, 2026, days, calendar, worked, date(2026, 8, 10))


DECEMBER = _december("4-15 December 2026", date(2026, 12, 4))
# Nobody does anything from the 5th to the 8th: fewer moments, the same edges.
FEW_OF_DECEMBER = _december("4 and 9-15 December 2026", date(2026, 12, 4), (5, 6, 7, 8))
# Time for two postings one after the other.
LONG_DECEMBER = _december("2-15 December 2026", date(2026, 12, 2))
FEW_FOR_TWO = _december("2, 7, 8 and 11-15 December 2026", date(2026, 12, 2), (3, 4, 5, 6, 9, 10))
SEPTEMBER = _september()
NINETY_DAYS = _ninety_days_later()
MAY = _may("14 May - 2 June 2026")
# A posting of three working days from the 15th, one after it; one of five from the 15th, one after.
FEW_OF_MAY = _may("few of May 2026", frozenset({14, 15, 20, 21, 23, 26, 27}))
MAY_OF_THREE_TIERS = _may_of_three_tiers()
AUGUST = _august()


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
