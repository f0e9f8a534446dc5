"""One road through a small commune, played act by act on a pack."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from cases.rules.packs import Pack, Review, Span
from tests.model.commune import (
    ARRIVAL,
    AVERAGE,
    LAST_YEAR,
    LOW_INCOME,
    POOR,
    REQUEST,
    Case,
    Commune,
    Kind,
    Person,
    Village,
)
from tests.model.days import FIRST_MINUTE, Days
from tests.model.deeds import CIRCUMSTANCES, Question, Votes
from tests.model.evaluators import CONDITIONS, OF_HOUSEHOLDS
from tests.model.machine import Machine, Refused
from tests.model.safety import RIGHTFUL, place_of_superior, places_of

MANAGED, ASKS, SPLITS_OFF = (
    Kind(LAST_YEAR, opening=POOR),
    Kind(REQUEST),
    Kind(ARRIVAL, opening=POOR),
)
USUAL = {Review.AVERAGE_LIVING: AVERAGE, Review.LOW_INCOME: LOW_INCOME}
MAY_BE_SURVEYED = ("listed", "screened", "disagreed", "objected")
HALF = Votes(50, 100)
FEWER = Votes(49, 100)


class NotPossible(Exception):
    """The pack refuses what the law allows; the message names act, households and reason."""


class Play:
    """One road through a small commune, act by act, each done by the person the law names."""

    def __init__(
        self, pack: Pack, villages: tuple[tuple[Kind, ...], ...], days: Days, month: int = 0
    ) -> None:
        self.pack, self.days = pack, days
        self.machine = Machine(pack, Commune("table", villages, 99, days, month=month))
        self.villages = [Village(tuple(Case(kind) for kind in kinds)) for kinds in villages]
        self.now, self.decided, self.reported = 0, False, False

    def copy(self) -> "Play":
        other = object.__new__(Play)
        other.__dict__ = {**self.__dict__, "villages": list(self.villages)}
        return other

    def at(self, day: str, minute: time = FIRST_MINUTE) -> "Play":
        """Go to a moment, by way of all the days before it."""
        then = self.days.at(day, minute)
        while self.now < then:
            self.villages = [self.machine.older(village, self.now) for village in self.villages]
            self.now += 1
        return self

    def state(self, village: int = 0, household: int = 0) -> str:
        return self.villages[village].cases[household].state

    def do(
        self,
        code: str,
        village: int | None = 0,
        household: int | None = None,
        entry: Any = None,
        entries: Mapping[tuple[int, int], Any] | None = None,
        **facts: Any,
    ) -> "Play":
        """
        Do an act; `entry` is entered for every household but those that `entries` names.

        :raises NotPossible: if the pack refuses it
        """
        act = self.pack.by_code[code]
        said = {**CIRCUMSTANCES[code][0], **facts}
        try:
            self._ask(code, said)
            which = range(len(self.villages)) if village is None else (village,)
            scope = None if household is None else (household,)
            moved = 0
            for number in which:
                moved += self._in(act, number, scope, said, entry, entries or {})
            if act.moves and not moved:
                raise Refused("nothing_to_do")
        except Refused as refused:
            when = f"{self.days.moments[self.now]:%d/%m %H:%M}"
            raise NotPossible(f"{code} at {when}: {refused}") from refused
        self.decided = self.decided or code == "sign_decision"
        self.reported = self.reported or code == "sign_monthly_report"
        return self

    def _ask(self, code: str, said: Mapping[str, Any]) -> None:
        if not any(self._is_rightful(code, person) for person in self.machine.doers(code)):
            raise Refused("no_duty")
        villages = tuple(self.villages)
        whole = self.machine.whole(
            self.now, said, self.decided, villages=villages, reported=self.reported
        )
        for condition in self.pack.by_code[code].conditions:
            of_the_whole = condition not in OF_HOUSEHOLDS or condition == "month_closed"
            if of_the_whole and not CONDITIONS[condition](whole):
                raise Refused(condition)

    def _is_rightful(self, code: str, person: Person) -> bool:
        where = places_of(code)
        if code == "give_opinion":
            where = (place_of_superior(self.days),)
        return person.role in RIGHTFUL[code] and person.place in where

    def _in(
        self,
        act: Any,
        number: int,
        scope: tuple[int, ...] | None,
        said: Mapping[str, Any],
        entry: Any,
        entries: Mapping[tuple[int, int], Any],
    ) -> int:
        if not act.moves:
            return 0
        village = self.villages[number]
        if act.span is not Span.CASE:
            scope = None
        prepared, on = self.machine.considered(act, village, said, scope)
        entered = tuple(entries.get((number, place), entry) for place in on)
        step = self.machine.do(act, village, prepared, on, said, entered, self.now, self.decided)
        self.villages[number] = step.after
        return len(on)

    # --- the straight road, in one breath each ---

    def listed(self) -> "Play":
        """Open the round, take the requests and build the list; of a month on its 15th."""
        self.do("open_round")
        for number, household in self._each():
            kind = self.villages[number].cases[household].kind
            if kind.basis == REQUEST:
                self.do(self._request(), number, household)
            elif kind.basis == LAST_YEAR and self.pack.review == Review.AD_HOC:
                self.do("receive_exit_request", number, household)
        if month := self.machine.commune.month:
            self.at(f"{month}-15")
        return self.do("build_list", None)

    def _request(self) -> str:
        of_worker = "receive_worker_request"
        return of_worker if of_worker in self.pack.by_code else "receive_request"

    def surveyed(self, results: Mapping[tuple[int, int], str] | None = None) -> "Play":
        for number, household in self._each():
            usual = USUAL.get(self.pack.review, POOR)
            result = (results or {}).get((number, household), usual)
            if self.state(number, household) == "listed" and self._asked(number, household):
                self.do("screen", number, household, True)
            if self.state(number, household) in MAY_BE_SURVEYED:
                measure = "survey" if "survey" in self.pack.by_code else "determine_income"
                self.do(measure, number, household, result)
        return self

    def met(self, votes: Votes = HALF, village: int = 0) -> "Play":
        if "hold_meeting" not in self.pack.by_code:
            return self
        return self.do("classify", village).do(
            "hold_meeting", village, None, votes, attendance=votes.attendance
        )

    def posted(self) -> "Play":
        """Go the straight road to the posting of every village, on the day that it is."""
        self.listed().surveyed()
        for number in range(len(self.villages)):
            self.met(village=number).do("post_list", number)
        return self

    def ended(self) -> "Play":
        for number in range(len(self.villages)):
            self.do("close_posting", number)
        return self

    def answered(self, questions: Mapping[tuple[int, int], Any] | None = None) -> "Play":
        self.do("sign_report", None)
        return self.do("give_opinion", None, None, Question(False), questions)

    def _each(self) -> list[tuple[int, int]]:
        return [
            (number, household)
            for number, village in enumerate(self.villages)
            for household in range(len(village.cases))
        ]

    def _asked(self, number: int, household: int) -> bool:
        asked = self.villages[number].cases[household].kind.basis == REQUEST
        return asked and "screen" in self.pack.by_code
