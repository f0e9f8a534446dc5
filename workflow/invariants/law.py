"""
What the text of the Decision says, written a second time and apart from the packs.

A slip in a pack, in a guard or in the counting of days then meets somebody who does not repeat it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from cases.rules.terms import LEGAL_ZONE

POOR_CLASSES = frozenset({"POOR", "NEAR_POOR"})
# Papers that follow the decision; it is the decision itself that must fall inside the window.
AFTER_THE_WINDOW = frozenset({"issue_certificates", "refuse"})
LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
LONGEST_HOLIDAY = 60  # days to look ahead: no series of days off comes near it


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one edition of the procedure."""

    first_day: tuple[int, int]
    last_day: tuple[int, int]
    agreeing_of_attending: tuple[int, int]
    term_days: Mapping[str, int]
    unsure_terms: frozenset[str]


_PERIODIC = Figures(
    first_day=(9, 1),
    last_day=(12, 14),
    agreeing_of_attending=(1, 2),
    term_days=MappingProxyType({"posting": 3, "reposting": 3, "reverification": 3, "opinion": 5}),
    unsure_terms=frozenset({"reverification"}),
)
FIGURES: Mapping[str, Figures] = MappingProxyType(
    {"qd24-2021-3cap": _PERIODIC, "qd24-2021-2cap": _PERIODIC}
)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """One edition of the calendar, as its rows say it."""

    off: frozenset[date]
    worked: frozenset[date]

    def last_day(self, start: date, count: int) -> date:
        """Return the day on which so many working days after the start are over."""
        ahead = [start + timedelta(days=n) for n in range(1, LONGEST_HOLIDAY)]
        working = [
            d for d in ahead if d in self.worked or (d.isoweekday() < 6 and d not in self.off)
        ]
        return working[count - 1]


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time.min, LEGAL_ZONE)


def day_of(moment: datetime) -> date:
    """Return the date of a moment in Vietnam."""
    return moment.astimezone(LEGAL_ZONE).date()
