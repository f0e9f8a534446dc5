"""
What Article 4 lets happen to a handful of households, kept apart from the packs and the engine.

The oracle knows the households' pasts and answers one question: may this be done now, and what is
then true of whom? It reads no pack, no guard and no table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_DAY, LAST_DAY = date(2024, 9, 1), date(2024, 12, 14)
HALF = 2
GRIEVANCE_DAYS = 90

ON_THE_WAY = {
    "requested",
    "listed",
    "screened",
    "surveyed",
    "classified",
    "disagreed",
    "agreed",
    "interrupted",
    "objected",
}
HANGING = {"posted", "contested", "reverified", "reposted"}
UP = {"cleared", "reported", "consented"}
OUT = {"unqualified", "refused", "left", "withdrawn"}
DECIDED = {"recognised", "certified", "escaped", "reopened", "reexamined"}
POOR = {"POOR", "NEAR_POOR"}

After = dict[str, str]  # household -> where it is then
NO: After | None = None


@dataclass
class Home:
    """One household and its past."""

    code: str
    village: int
    managed: bool
    state: str = ""  # empty: nobody has heard of it in this round
    result: str = ""
    posted_as: str = ""
    until: datetime | None = None  # from then on its posting is over
    surveyed_on: date | None = None
    reviewer: str = ""
    again_since: date | None = None  # what sent it back to survey, and when
    due: date | None = None  # last day of its re-verification
    decided_on: date | None = None


@dataclass
class Commune:
    """Two villages with their households, the clock, and what is signed."""

    homes: dict[str, Home]
    now: datetime
    decided: bool = False
    late: bool = False  # a re-verification was done after its days: lawful, and to be told
    past: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def in_time(self) -> bool:
        return FIRST_DAY <= self.today <= LAST_DAY

    def of(self, village: int) -> list[Home]:
        return [h for h in self.homes.values() if h.village == village and h.state]

    def known(self) -> list[Home]:
        return [h for h in self.homes.values() if h.state]


def weekdays_after(day: date, count: int) -> date:
    """Return the day that ends so many working days; autumn 2024 has no holiday after 3 September."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def over_from(day: date, count: int) -> datetime:
    """Return the first moment after the last day of a posting."""
    return datetime.combine(weekdays_after(day, count) + timedelta(days=1), time.min, VIETNAM)


# --- what may be done -------------------------------------------------------------------------
# Each answers None (refused) or where the households are afterwards.


def request(c: Commune, home: Home, form: bool) -> After | None:
    if not (c.in_time and form and not c.decided) or home.state or home.managed:
        return NO
    return {home.code: "requested"}


def build_list(c: Commune) -> After | None:
    arriving = [h for h in c.homes.values() if h.managed and not h.state]
    asking = [h for h in c.known() if h.state == "requested"]
    if not c.in_time or c.decided or not arriving + asking:
        return NO
    return dict.fromkeys([h.code for h in arriving + asking], "listed")


def screen(c: Commune, home: Home, on: date, passed: bool) -> After | None:
    if not c.in_time or not (FIRST_DAY <= on <= c.today) or home.managed:
        return NO
    if home.state != "listed":
        return NO
    return {home.code: "screened" if passed else "unqualified"}


def survey(c: Commune, home: Home, on: date) -> After | None:
    ready = {"screened", "surveyed", "disagreed", "objected"} | ({"listed"} & {_listed(home)})
    if not c.in_time or home.state not in ready or not (FIRST_DAY <= on <= c.today):
        return NO
    if home.state in {"disagreed", "objected"} and home.again_since and on < home.again_since:
        return NO
    return {home.code: "surveyed"}


def _listed(home: Home) -> str:
    return "listed" if home.managed and home.state == "listed" else ""


def classify(c: Commune, village: int) -> After | None:
    before = {"requested", "listed", "screened", "disagreed", "objected"}
    return _all(c, c.of(village), {"surveyed"}, before, "classified")


def meet(
    c: Commune, village: int, on: date, attending: int, agree: dict[str, int], whole: bool
) -> After | None:
    before = {"requested", "listed", "screened", "surveyed", "disagreed", "objected"}
    homes = c.of(village)
    if not whole or _all(c, homes, {"classified"}, before, "agreed") is None:
        return NO
    judged = [h for h in homes if h.state == "classified"]
    if not (FIRST_DAY <= on <= c.today) or any(
        h.surveyed_on and h.surveyed_on > on for h in judged
    ):
        return NO
    if any(agree[h.code] > attending for h in judged):
        return NO
    return {h.code: "agreed" if agree[h.code] * HALF >= attending else "disagreed" for h in judged}


def post(c: Commune, village: int, both_places: bool) -> After | None:
    homes = c.of(village)
    agreed = [h for h in homes if h.state in {"agreed", "interrupted"}]
    hanging = any(h.state == "posted" for h in homes)
    if not c.in_time or not both_places or hanging or not agreed:
        return NO
    return {h.code: "posted" for h in agreed}


def interrupt(c: Commune, village: int, reason: bool) -> After | None:
    posted = [h for h in c.of(village) if h.state == "posted"]
    if not c.in_time or not reason or not posted:
        return NO
    return {h.code: "interrupted" for h in posted}


def complain(c: Commune, home: Home, words: bool) -> After | None:
    if not c.in_time or not words or home.state not in {"posted", "reposted", "contested"}:
        return NO
    if home.until is None or c.now >= home.until:
        return NO
    return {home.code: "contested"}


def reverify(c: Commune, home: Home, on: date, reviewer: str) -> After | None:
    if not c.in_time or home.state != "contested" or not (FIRST_DAY <= on <= c.today):
        return NO
    if (home.again_since and on < home.again_since) or reviewer == home.reviewer:
        return NO
    return {home.code: "reverified"}


def repost(c: Commune, home: Home, both_places: bool) -> After | None:
    if not c.in_time or not both_places or home.state != "reverified":
        return NO
    return {home.code: "reposted"}


def interrupt_again(c: Commune, home: Home, reason: bool) -> After | None:
    if not c.in_time or not reason or home.state != "reposted":
        return NO
    return {home.code: "reverified"}


def close(c: Commune, village: int) -> After | None:
    posted = [h for h in c.of(village) if h.state == "posted"]
    if not c.in_time or not posted or any(h.until and c.now < h.until for h in posted):
        return NO
    return {h.code: "cleared" for h in posted}


def close_again(c: Commune, home: Home) -> After | None:
    if not c.in_time or home.state != "reposted" or (home.until and c.now < home.until):
        return NO
    return {home.code: "cleared"}


def report(c: Commune, number: bool) -> After | None:
    if not number:
        return NO
    return _all(c, c.known(), {"cleared"}, ON_THE_WAY | HANGING | {"reported"}, "reported")


def opine(c: Commune, number: bool, questions: dict[str, str]) -> After | None:
    reported = {h.code for h in c.known() if h.state == "reported"}
    if not c.in_time or not number or not reported:
        return NO
    if any(code not in reported or not why.strip() for code, why in questions.items()):
        return NO
    return {code: "objected" if code in questions else "consented" for code in reported}


def decide(c: Commune, number: bool) -> After | None:
    behind = ON_THE_WAY | HANGING | {"cleared", "reported"}
    if not number or _all(c, c.known(), {"consented"}, behind, "x") is None:
        return NO
    consented = [h for h in c.known() if h.state == "consented"]
    if any(h.posted_as != h.result for h in consented):
        return NO
    return {h.code: _outcome(h) for h in consented}


def _outcome(home: Home) -> str:
    if home.result in POOR:
        return "recognised"
    return "escaped" if home.managed else "unqualified"


def certify(c: Commune) -> After | None:
    recognised = [h for h in c.known() if h.state == "recognised"]
    return dict.fromkeys([h.code for h in recognised], "certified") or NO


def answer(c: Commune, homes: Iterable[Home], reason: bool) -> After | None:
    named = list(homes)
    if not named or not reason or any(h.state != "unqualified" for h in named):
        return NO
    return {h.code: "refused" for h in named}


def leave(c: Commune, home: Home) -> After | None:
    if not c.in_time or home.state not in ON_THE_WAY | HANGING | UP:
        return NO
    return {home.code: "left"}


def withdraw(c: Commune, home: Home, paper: bool) -> After | None:
    if not c.in_time or not paper or home.managed:
        return NO
    # Who does not qualify is owed a written answer and cannot be talked out of it.
    if home.state not in ON_THE_WAY | HANGING | UP:
        return NO
    return {home.code: "withdrawn"}


def grieve(c: Commune, home: Home, words: bool) -> After | None:
    if not words or home.state not in {"recognised", "certified", "escaped", "refused"}:
        return NO
    if home.decided_on is None or c.today > home.decided_on + timedelta(days=GRIEVANCE_DAYS):
        return NO
    return {home.code: "reopened"}


def revoke(c: Commune, home: Home, number: bool, reason: bool) -> After | None:
    if not (number and reason) or home.state not in {"recognised", "certified", "escaped"}:
        return NO
    return {home.code: "reopened"}


def reexamine(c: Commune, home: Home, on: date, reviewer: str) -> After | None:
    if home.state != "reopened" or on > c.today or reviewer == home.reviewer:
        return NO
    if home.again_since and on < home.again_since:
        return NO
    return {home.code: "reexamined"}


def amend(c: Commune, home: Home, number: bool) -> After | None:
    if not number or home.state != "reexamined":
        return NO
    return {home.code: _outcome(home)}


def correct(c: Commune, home: Home, number: bool, reason: bool) -> After | None:
    if not (number and reason) or home.state not in {"recognised", "certified", "escaped"}:
        return NO
    return {home.code: home.state}


def _all(
    c: Commune, homes: list[Home], ready: set[str], behind: set[str], then: str
) -> After | None:
    """Move those who are ready, if somebody is and nobody of the list is behind."""
    moving = [h for h in homes if h.state in ready]
    if not c.in_time or not moving or any(h.state in behind for h in homes):
        return NO
    return {h.code: then for h in moving}
