"""
What a pack allows in a commune, worked out household by household and village by village.

A village's part of an act depends on nothing but the village, the moment and whether the round is
decided; it is worked out once and kept. A commune is then a handful of numbers.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cases.duties import ROLE_DUTIES
from cases.rules.packs import Act, Pack, Seat, Span
from tests.model.commune import PEOPLE, Case, Commune, Person, Village
from tests.model.deeds import (
    CIRCUMSTANCES,
    Facts,
    age,
    enter,
    every_entry,
    prepare,
    stamp,
    take_down,
)
from tests.model.evaluators import (
    CONDITIONS,
    GUARDS,
    OF_HOUSEHOLDS,
    Asked,
    Whole,
    left_out,
)
from tests.model.past import remember
from tests.model.safety import (
    OF_FACTS,
    OF_HOUSEHOLD,
    OF_PERSONS,
    OF_ROUND,
    OF_VILLAGE,
    Deed,
    Doer,
    RoundDeed,
    Said,
    VillageDeed,
    breaches,
)

# The facts that change what an act writes; others only decide whether it is taken.
WRITTEN = ("form_number", "day", "held_on", "attendance")


# Moments that lie behind the last one.
END = 1 << 10
# A round's opening is its beginning; a month's report looks at all villages.
MODELLED_APART = ("open_round", "sign_monthly_report")


class UnknownCode(Exception):
    """A pack names an act, guard or condition that the model has no evaluator for."""


class Step(NamedTuple):
    """A deed that the pack allows in a village, and what it leaves."""

    code: str
    on: tuple[int, ...]  # the households it was done on
    facts: Facts
    entries: tuple[Any, ...]
    after: Village
    breaks: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        for place, entry in zip(self.on, self.entries, strict=True):
            said += f" {place}:{entry}" if entry is not None else f" {place}"
        return f"{self.code} {said}"


class Refused(Exception):
    """The pack does not allow it; the message is the refusal's code."""


class Machine:
    """A pack at work in a commune."""

    def __init__(self, pack: Pack, commune: Commune) -> None:
        self.pack, self.commune, self.days = pack, commune, commune.days
        self.review = pack.review
        _refuse_unknown_codes(pack)
        self._taken: dict[tuple[str, date, bool], list[tuple[Facts, tuple[str, ...]]]] = {}
        self._doers = {act.code: tuple(_doers(act, pack)) for act in pack.acts}
        self._by_whom = {
            code: tuple(b for p in people for b in breaches(OF_PERSONS, Doer(code, p, self.days)))
            for code, people in self._doers.items()
        }
        self._heard_until = [
            next((n for n, then in enumerate(self.days.moments) if _too_late(now, then)), END)
            for now in self.days.moments
        ]
        self._ends: dict[tuple[str, int], int] = {}
        self._steps: dict[tuple[Village, int, bool], tuple[Step, ...]] = {}
        moving = [act for act in pack.acts if act.moves]
        self._on_households = [act for act in moving if act.span is Span.CASE]
        self._on_lists = [act for act in moving if act.span is Span.VILLAGE]
        # "" is a household without a case, for which some acts make one.
        self._sources = {act.code: frozenset(act.sources) for act in moving}
        self._moves = {act.code: frozenset(("", *act.sources)) for act in moving}
        states = {"", *(state.code for state in pack.states)}
        # Which acts may begin on a household in a state; saves asking the rest.
        self._from = {
            state: [act for act in self._on_households if state in self._moves[act.code]]
            for state in states
        }
        self._of_all = {act.code for act in moving if "list_complete" in act.conditions}
        self._left_alone = {act.code: frozenset(("", *act.untouched)) for act in moving}
        self._lets = {code: states | self._moves[code] for code, states in self._left_alone.items()}
        self.fired: dict[tuple[str, str, str], int] = defaultdict(int)

    def doers(self, code: str) -> tuple[Person, ...]:
        return self._doers[code]

    def taken(self, code: str, now: int, decided: bool) -> list[tuple[Facts, tuple[str, ...]]]:
        """
        Return the facts that the act's own conditions let pass, with what each breaks.

        Facts that differ in nothing the act writes stand together, the lawful ones first.
        """
        # What is dated is dated by days: both moments of a day are alike.
        key = (code, self.days.moments[now].date(), decided)
        if key not in self._taken:
            self._taken[key] = list(self._let_pass(code, now, decided))
        return self._taken[key]

    def _let_pass(
        self, code: str, now: int, decided: bool
    ) -> Iterator[tuple[Facts, tuple[str, ...]]]:
        groups: dict[tuple[Any, ...], tuple[Facts, list[str]]] = {}
        asked = [c for c in self.pack.by_code[code].conditions if c not in OF_HOUSEHOLDS]
        for facts in CIRCUMSTANCES[code]:
            whole = self.whole(now, facts, decided)
            if not all(CONDITIONS[condition](whole) for condition in asked):
                continue
            written = tuple(facts.get(name) for name in WRITTEN)
            _facts, bad = groups.setdefault(written, (facts, []))
            said = Said(self.review, code, self.days, self.commune.month, now, facts, decided)
            bad += breaches(OF_FACTS, said)
        for facts, bad in groups.values():
            yield facts, tuple(dict.fromkeys(bad))

    def whole(self, now: int, facts: Facts, decided: bool, **further: Any) -> Whole:
        """Return what a condition may look at."""
        month = self.commune.month
        return Whole(self.pack, self.days, month, now, facts, decided, **further)

    def without_moves(self, now: int, decided: bool) -> tuple[str, ...]:
        """Return what is broken by the acts that move nobody, with the facts the pack takes."""
        broken: list[str] = []
        for act in self.pack.acts:
            if not act.moves and act.code not in MODELLED_APART:
                for _facts, bad in self.taken(act.code, now, decided):
                    broken += (*bad, *self._by_whom[act.code])
        return tuple(dict.fromkeys(broken))

    def month_reported(
        self, villages: tuple[Village, ...], now: int, decided: bool, reported: bool
    ) -> tuple[str, ...] | None:
        """Return what the report of the month breaks now; None: the pack does not let it be signed."""
        code = "sign_monthly_report"
        if code not in self.pack.by_code:
            return None
        taken = self.taken(code, now, decided)
        conditions = [c for c in self.pack.by_code[code].conditions if c in OF_HOUSEHOLDS]
        whole = self.whole(now, {}, decided, villages=villages, reported=reported)
        if not taken or not all(CONDITIONS[condition](whole) for condition in conditions):
            return None
        deed = RoundDeed(self.review, code, villages, reported, self.days, self.commune.month, now)
        bad = tuple(b for _facts, breaks in taken for b in breaks)
        return (*bad, *self._by_whom[code], *breaches(OF_ROUND, deed))

    def in_village(self, village: Village, now: int, decided: bool) -> Iterator[Step]:
        """Return every deed on one household or on the list of a village."""
        for place, case in enumerate(village.cases):
            for step in self._on_one(Village((case,), village.list_is_up), now, decided):
                cases = list(village.cases)
                cases[place] = step.after.cases[0]
                after = take_down(step.code, village._replace(cases=tuple(cases)))
                yield step._replace(on=(place,), after=after)
        for act in self._on_lists:
            if self.lets(act.code, village) and self.moves_some(act.code, village):
                yield from self._with_facts(act, village, now, decided, None)

    def _on_one(self, alone: Village, now: int, decided: bool) -> tuple[Step, ...]:
        """Return every deed on a household, which asks nothing of its neighbours; worked out once."""
        key = (alone, now, decided)
        if key not in self._steps:
            self._steps[key] = tuple(
                step
                for act in self._from[alone.cases[0].state]
                for step in self._with_facts(act, alone, now, decided, (0,))
            )
        return self._steps[key]

    def moves_some(self, code: str, village: Village) -> bool:
        """Test if a household stands where the act begins, or may be given a case by it."""
        moves = self._moves[code]
        return any(case.state in moves for case in village.cases)

    def lets(self, code: str, village: Village) -> bool:
        """Test if no household of the village stands against the act, by its state or its absence."""
        if code in self._of_all and left_out(village):
            return False
        lets = self._lets[code]
        return all(case.state in lets for case in village.cases)

    def _with_facts(
        self, act: Act, village: Village, now: int, decided: bool, scope: tuple[int, ...] | None
    ) -> Iterator[Step]:
        for facts, bad in self.taken(act.code, now, decided):
            for step in self.options(act, village, facts, now, decided, scope):
                if step.on:
                    yield step._replace(breaks=(*step.breaks, *bad, *self._by_whom[act.code]))

    def options(
        self,
        act: Act,
        village: Village,
        facts: Facts,
        now: int,
        decided: bool,
        scope: tuple[int, ...] | None,
    ) -> Iterator[Step]:
        """
        Return every way the act can be done in a village with these facts.

        `scope` names households, as an act on one does; None is the whole list, and a step that
        moves nobody says that the village does not stand against an act on the commune.
        """
        try:
            prepared, on = self.considered(act, village, facts, scope)
        except Refused:
            return
        # Alike households: the same entries in another order give the same villages.
        for entries in every_entry(act.code, prepared, on, facts):
            try:
                yield self.do(act, village, prepared, on, facts, entries, now, decided)
            except Refused:
                continue

    def considered(
        self, act: Act, village: Village, facts: Facts, scope: tuple[int, ...] | None
    ) -> tuple[Village, tuple[int, ...]]:
        """
        Return the village with the cases the act makes, and the households it must move.

        :raises Refused: if one of them is in a state the act neither moves nor leaves alone
        """
        wanted = range(len(village.cases)) if scope is None else scope
        cases = list(village.cases)
        for place in wanted:
            cases[place] = prepare(act.code, self.review, cases[place], facts)
        left_alone = self._left_alone[act.code] if scope is None else ()
        on = tuple(place for place in wanted if cases[place].state not in left_alone)
        if any(cases[place].state not in self._sources[act.code] for place in on):
            raise Refused("wrong_state")
        return village._replace(cases=tuple(cases)), on

    def do(
        self,
        act: Act,
        village: Village,
        prepared: Village,
        on: tuple[int, ...],
        facts: Facts,
        entries: tuple[Any, ...],
        now: int,
        decided: bool,
    ) -> Step:
        """
        Do the act on these households with these entries.

        :raises Refused: naming the condition or the guard that is not met
        """
        self._ask_of_households(act, prepared, on, facts, entries, now, decided)
        cases = list(prepared.cases)
        broken: list[str] = []
        for place, entry in zip(on, entries, strict=True):
            before = village.cases[place]
            after = self._move(act, cases[place], facts, entry, now)
            past = remember(self.review, act.code, before, after, facts, entry, now, self.days)
            after = after._replace(past=past)
            deed = Deed(self.review, act.code, self.days, now, before, after, facts, entry)
            broken += breaches(OF_HOUSEHOLD, deed)
            cases[place] = after
        after_all = take_down(act.code, village._replace(cases=tuple(cases)))
        broken += breaches(
            OF_VILLAGE, VillageDeed(self.review, act.code, village, after_all, on, self.days, now)
        )
        return Step(act.code, on, facts, entries, after_all, tuple(broken))

    def _ask_of_households(
        self,
        act: Act,
        village: Village,
        on: tuple[int, ...],
        facts: Facts,
        entries: tuple[Any, ...],
        now: int,
        decided: bool,
    ) -> None:
        cases = tuple(village.cases[place] for place in on)
        whole = self.whole(now, facts, decided, village=village, cases=cases, entries=entries)
        for code in act.conditions:
            if code in OF_HOUSEHOLDS and not CONDITIONS[code](whole):
                raise Refused(code)

    def _move(self, act: Act, case: Case, facts: Facts, entry: Any, now: int) -> Case:
        entered = enter(act.code, case, facts, entry)
        missing = "wrong_state"
        for move in act.moves:
            if case.state not in move.sources:
                continue
            asked = Asked(self.pack, now, act.code, entered, entry)
            missing = next((g for g in move.guards if not GUARDS[g](asked)), "")
            if not missing:
                self.fired[act.code, case.state, move.target] += 1
                moved = entered._replace(state=move.target)
                return stamp(act.code, moved, facts, self._until(act, now), self._heard_until[now])
        raise Refused(missing)

    def _until(self, act: Act, now: int) -> int:
        if not act.starts_term:
            return -1
        key = (act.starts_term, now)
        if key not in self._ends:
            term = self.pack.term(act.starts_term)
            self._ends[key] = self.days.end_of(now, term.days, term.kind)
        return self._ends[key]

    def breaks_by_idling(self, act: Act, village: Village) -> tuple[str, ...]:
        """Return what an act breaks by passing over all of a village."""
        deed = VillageDeed(self.review, act.code, village, village, (), self.days, 0)
        return breaches(OF_VILLAGE, deed)

    def breaks_by_whom(self, code: str) -> tuple[str, ...]:
        return self._by_whom[code]

    def next_day(self, now: int) -> bool:
        """Test if another day begins after the moment."""
        return self.days.moments[now].date() != self.days.moments[now + 1].date()

    def older(self, village: Village, now: int) -> Village:
        return age(village) if self.next_day(now) else village


def _too_late(signed: datetime, then: datetime) -> bool:
    """Test if a grievance comes too late at a moment: the product's ninety days."""
    return then.date() - timedelta(days=90) > signed.date()


def _doers(act: Act, pack: Pack) -> Iterator[Person]:
    """Return who may do the act: by duty, and by the unit on which it is held."""
    superior = {"DISTRICT": "this district", "PROVINCE": "this province"}[pack.superior_level]
    places = {
        # A village's own people act on its list and its households, not on the whole commune.
        Seat.VILLAGE: ("this commune",)
        if act.span is Span.ROUND
        else ("this village", "this commune"),
        Seat.COMMUNE: ("this commune",),
        Seat.SUPERIOR: (superior,),
        Seat.KEEPER: ("successor commune",),
    }[act.seat]
    for person in PEOPLE:
        duties = ROLE_DUTIES[person.role] if person.role else frozenset()
        if person.place in places and act.duty in duties:
            yield person


def _refuse_unknown_codes(pack: Pack) -> None:
    acts = {act.code for act in pack.acts} - set(CIRCUMSTANCES)
    guards = {g for act in pack.acts for move in act.moves for g in move.guards} - set(GUARDS)
    conditions = {c for act in pack.acts for c in act.conditions} - set(CONDITIONS)
    for code in sorted(acts | guards | conditions):
        raise UnknownCode(f"{pack.code}: {code}")
