"""
What the texts say, written a second time and apart from the packs.

A slip in a pack, in a guard or in the counting of days then meets somebody who does not repeat it.
An edition that officers loaded has no second writing: its figures are read from itself, and whoever
asks is told so (`Figures.loaded`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from cases.rules.packs import Pack
from cases.rules.terms import LEGAL_ZONE

PERIODIC, AD_HOC, AVERAGE, LOW_INCOME = "PERIODIC", "AD_HOC", "AVERAGE", "LOW_INCOME"
POOR_CLASSES = frozenset({"POOR", "NEAR_POOR"})
INCOMES_GRANTED = {AVERAGE: "AVERAGE", LOW_INCOME: "LOW_INCOME"}
# What follows the decision, or is done to the round: it is the rest that must fall in the window.
AFTER_THE_WINDOW = frozenset(
    {
        "issue_certificates",
        "refuse",
        "accept_grievance",
        "revoke_decision",
        "reexamine",
        "amend_decision",
        "correct_decision",
        "suspend_term",
        "resume_term",
        "carry_over",
        "hand_over",
        "hand_over_village",
    }
)
# Requests come before the 15th on which a monthly review starts.
BEFORE_THE_START = frozenset(
    {
        "open_round",
        "receive_request",
        "receive_exit_request",
        "receive_worker_request",
        "withdraw",
        "record_departure",
        "carry_over",
        "hand_over",
        "hand_over_village",
    }
)
REQUESTS = {"receive_request": "REQUEST", "receive_worker_request": "REQUEST"}
EXIT_REQUEST = "receive_exit_request"
# Who looks at a household, chairs its meeting or signs on it must not be close to it (INV-30).
BY_THE_UNCONCERNED = frozenset(
    {
        "screen",
        "survey",
        "reverify",
        "reexamine",
        "determine_income",
        "redetermine_income",
        "hold_meeting",
        "sign_decision",
        "revoke_decision",
        "amend_decision",
    }
)
# Done in the village, by its own people or the commune's; everything else is the commune's.
IN_THE_VILLAGE = frozenset(
    {
        "screen",
        "survey",
        "determine_income",
        "classify",
        "hold_meeting",
        "post_list",
        "interrupt_posting",
        "interrupt_reposting",
        "repost",
        "close_posting",
        "close_reposting",
    }
)
LAST_DAY_OF_DISTRICTS = date(2025, 6, 30)
REPORT_DAY = 5  # of the month after an ad hoc one
REPORTED_MONTHS = range(1, 9)  # reports run from February to September
GRIEVANCE_DAYS = 90  # to file, under the law on complaints
LONGEST_HOLIDAY = 60  # days to look ahead: no series of days off comes near it


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one edition of one review's procedure."""

    review: str
    window: tuple[tuple[int, int], tuple[int, int]] | None
    start_day: int
    agreeing_of_attending: tuple[int, int] | None  # None: no village meeting
    terms: Mapping[str, tuple[int, str]]  # code: days, kind of days
    term_of_act: Mapping[str, str]
    posts: bool
    both_places: bool
    reposts: bool
    asks_opinion: bool
    loaded: bool = False

    def days_of(self, year: int, month: int) -> tuple[date, date | None]:
        """Return the first and the last day of a review; None: no last day is fixed."""
        if self.window is None:
            return date(year, month, self.start_day), None
        first, last = self.window
        return date(year, *first), date(year, *last)


_STARTED = {"accept_grievance": "grievance"}
_PERIODIC = Figures(
    review=PERIODIC,
    window=((9, 1), (12, 14)),
    start_day=0,
    agreeing_of_attending=(1, 2),
    terms=MappingProxyType(
        {
            "posting": (3, "WORKING"),
            "reposting": (3, "WORKING"),
            "reverification": (3, "WORKING"),
            "opinion": (5, "WORKING"),
            "grievance": (30, "CALENDAR"),
        }
    ),
    term_of_act=MappingProxyType(
        {
            **_STARTED,
            "post_list": "posting",
            "repost": "reposting",
            "complain": "reverification",
            "sign_report": "opinion",
        }
    ),
    posts=True,
    both_places=True,
    reposts=True,
    asks_opinion=True,
)
_AD_HOC = replace(
    _PERIODIC,
    review=AD_HOC,
    window=None,
    start_day=15,
    terms=MappingProxyType(
        {
            "whole": (15, "CALENDAR"),
            "posting": (3, "WORKING"),
            "reposting": (3, "WORKING"),
            "reverification": (3, "WORKING"),
            "grievance": (30, "CALENDAR"),
        }
    ),
    term_of_act=MappingProxyType(
        {
            **_STARTED,
            "build_list": "whole",
            "post_list": "posting",
            "repost": "reposting",
            "complain": "reverification",
        }
    ),
    asks_opinion=False,
)
_AVERAGE = replace(
    _AD_HOC,
    review=AVERAGE,
    agreeing_of_attending=None,
    terms=MappingProxyType(
        {
            "whole": (15, "CALENDAR"),
            "posting": (5, "WORKING"),
            "reverification": (3, "WORKING"),
            "grievance": (30, "CALENDAR"),
        }
    ),
    term_of_act=MappingProxyType(
        {
            **_STARTED,
            "build_list": "whole",
            "post_list": "posting",
            "complain": "reverification",
        }
    ),
    both_places=False,
    reposts=False,
)
_LOW_INCOME = replace(
    _AVERAGE,
    review=LOW_INCOME,
    terms=MappingProxyType({"grievance": (30, "CALENDAR")}),
    term_of_act=MappingProxyType(_STARTED),
    posts=False,
)
FIGURES: Mapping[str, Figures] = MappingProxyType(
    {
        "qd24-2021-3cap": _PERIODIC,
        "qd24-2021-2cap": _PERIODIC,
        "qd24-2021-3cap-tx": _AD_HOC,
        "qd24-2021-2cap-tx": _AD_HOC,
        "qd24-2021-3cap-mstb": _AVERAGE,
        "qd24-2021-2cap-mstb": _AVERAGE,
        "nd30-2025-3cap": _LOW_INCOME,
        "nd30-2025-2cap": _LOW_INCOME,
    }
)
# Dong a person and month: above the first (none: no lower line), up to and with the second.
INCOME_BANDS: Mapping[tuple[str, str], tuple[int | None, int]] = MappingProxyType(
    {
        (AVERAGE, "RURAL"): (1_500_000, 2_250_000),
        (AVERAGE, "URBAN"): (2_000_000, 3_000_000),
        (LOW_INCOME, "RURAL"): (None, 2_250_000),
        (LOW_INCOME, "URBAN"): (None, 3_000_000),
    }
)


def figures_of_edition(pack: Pack) -> Figures:
    """Return the figures that a loaded edition gives of itself."""
    posting = pack.by_code.get("post_list")
    return Figures(
        review=pack.review.value,
        window=pack.window,
        start_day=pack.start_day,
        agreeing_of_attending=pack.consent,
        terms={term.code: (term.days, term.kind) for term in pack.terms},
        term_of_act={act.code: act.starts_term for act in pack.acts if act.starts_term},
        posts=posting is not None,
        both_places=posting is not None and "posted_at_both_places" in posting.conditions,
        reposts="repost" in pack.by_code,
        asks_opinion="give_opinion" in pack.by_code,
        loaded=True,
    )


def outcome_of(review: str, basis: str, opening: str, cls: str) -> str:
    """Return the state to which a decision must lead a household of this class."""
    if granted := INCOMES_GRANTED.get(review):
        return "confirmed" if cls == granted else "unqualified"
    poor = cls in POOR_CLASSES
    if review == PERIODIC:
        if poor:
            return "recognised"
        return "unqualified" if basis == "REQUEST" else "escaped"
    if basis == "EXIT":
        if not poor:
            return "escaped"
        return "recognised" if (opening, cls) == ("POOR", "NEAR_POOR") else "unqualified"
    worse = not opening or (opening, cls) == ("NEAR_POOR", "POOR")
    return "recognised" if poor and worse else "unqualified"


def judged_income(review: str, area: str, persons: int, income: int, transfers: int) -> str:
    """Return what twelve months' income is; empty: no line for it, or impossible sums."""
    band = INCOME_BANDS.get((review, area))
    if band is None or persons < 1 or transfers > income:
        return ""
    above, up_to = band
    counted, shares = income - transfers, 12 * persons
    granted = counted <= up_to * shares and (above is None or counted > above * shares)
    return INCOMES_GRANTED[review] if granted else "NOT_MET"


@dataclass(frozen=True, slots=True)
class DaysOff:
    """One edition of the calendar, as its rows say it."""

    off: frozenset[date]
    worked: frozenset[date]

    def last_day(
        self,
        start: date,
        count: int,
        kind: str = "WORKING",
        pauses: Collection[tuple[date, date]] = (),
    ) -> date:
        """
        Return the day on which so many days after the start are over.

        Calendar days that end on a day off end on the next working day. A pause (first day, day
        on which the clock goes on) is not there at all.
        """
        paused = sum((until - first).days for first, until in pauses)
        ahead = [
            day
            for day in (
                start + timedelta(days=n) for n in range(1, LONGEST_HOLIDAY + 2 * count + paused)
            )
            if not any(first <= day < until for first, until in pauses)
        ]
        working = [d for d in ahead if self.is_worked(d)]
        if kind == "WORKING":
            return working[count - 1]
        return next(day for day in working if day >= ahead[count - 1])

    def is_worked(self, day: date) -> bool:
        return day in self.worked or (day.isoweekday() < 6 and day not in self.off)


def end_of(day: date) -> datetime:
    """Return the first moment after a day in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time.min, LEGAL_ZONE)


def day_of(moment: datetime) -> date:
    """Return the date of a moment in Vietnam."""
    return moment.astimezone(LEGAL_ZONE).date()
