"""
The search itself: every state of a small commune that the pack's acts and the clock lead to.

A state is one number: moment, phase of the round, and a number for each village. Villages alike, and
households alike within a village, are told apart by nothing but their order, so they are put in
order: one state stands for all that differ by such an exchange (symmetry reduction).
"""

import gc
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from time import perf_counter
from typing import NamedTuple

from cases.rules.packs import Pack, Span
from tests.model.commune import Case, Commune, Village
from tests.model.days import in_september_to_december
from tests.model.machine import Machine, Step
from tests.model.past import is_concerned

UNOPENED, OPENED, LISTED, DECIDED, REPORTED = range(5)
PHASE_AFTER = {"open_round": OPENED, "build_list": LISTED, "sign_decision": DECIDED}
ENTERING = ("receive_request", "receive_exit_request", "receive_worker_request", "record_arrival")
LEAVING = ("record_departure", "withdraw")
VILLAGE_BITS = 20
PHASE_BITS = 3
MOMENT_BITS = 6
NO_PARENT = 0xFFFFFFFF
MOVED = "moved"


class Way(NamedTuple):
    """A way on within a village: the number of the village after, and what it breaks."""

    after: int
    breaks: tuple[str, ...]
    departs: bool
    moves_somebody: bool


@dataclass
class Found:
    """What a search found."""

    commune: Commune
    pack: Pack
    states: int = 0
    transitions: int = 0
    depth: int = 0
    seconds: float = 0.0
    closed: bool = False  # every state within the commune's bounds was seen
    breaks: tuple[str, ...] = ()
    trace: list[str] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    judged: int = 0  # of how many states it was asked whether they are stuck

    def __str__(self) -> str:
        reach = "all" if self.closed else "bounded"
        return (
            f"{self.commune.name:34} {self.pack.code:15} {self.states:>9,} states ({reach})"
            f" {self.transitions:>11,} transitions  depth {self.depth:>3}  {self.seconds:6.1f} s"
        )


class Search:
    """Breadth first, in an order that depends on the pack and the commune alone."""

    def __init__(self, pack: Pack, commune: Commune) -> None:
        self.machine = Machine(pack, commune)
        self.pack, self.commune, self.days = pack, commune, commune.days
        self.alike = len(set(commune.villages)) == 1
        self.villages: list[Village] = []
        self._number: dict[Village, int] = {}
        self._deviations: list[int] = []
        self.ended: list[bool] = []
        self._ways: dict[tuple[int, int, int], tuple[Way, ...]] = {}
        self._parts: dict[tuple[str, int, int, int, int], tuple[Way, ...]] = {}
        self._standings: dict[tuple[str, int], tuple[Way, ...] | str] = {}
        self._older: dict[int, int] = {}
        self._idle: dict[tuple[int, int], tuple[str, ...]] = {}
        self._reports = "sign_monthly_report" in pack.by_code
        self._on_all = [act for act in pack.acts if act.moves and act.span is Span.ROUND]
        self.keys: list[int] = []
        self._parents = array("I")
        self._edges_from, self._edges_to = array("I"), array("I")

    # --- numbers for villages and states ---

    def number(self, village: Village) -> int:
        """Return the number of a village, the same for one whose like households are exchanged."""
        village = village._replace(cases=tuple(sorted(village.cases)))
        known = self._number.get(village)
        if known is None:
            known = self._number[village] = len(self.villages)
            self.villages.append(village)
            of_cases = sum(case.past.deviations for case in village.cases)
            self._deviations.append(of_cases + village.interruptions)
            self.ended.append(all(self._has_ended(case) for case in village.cases))
        return known

    def key(self, now: int, phase: int, numbers: tuple[int, ...]) -> int:
        if self.alike:
            numbers = tuple(sorted(numbers))
        key = 0
        for number in numbers:
            key = key << VILLAGE_BITS | number
        return (key << PHASE_BITS | phase) << MOMENT_BITS | now

    def read(self, key: int) -> tuple[int, int, tuple[int, ...]]:
        """Return the moment, the phase and the villages' numbers of a state."""
        now = key & (1 << MOMENT_BITS) - 1
        phase = key >> MOMENT_BITS & (1 << PHASE_BITS) - 1
        key >>= MOMENT_BITS + PHASE_BITS
        numbers = []
        for _village in self.commune.villages:
            numbers.append(key & (1 << VILLAGE_BITS) - 1)
            key >>= VILLAGE_BITS
        return now, phase, tuple(reversed(numbers))

    # --- what can happen ---

    def ways(self, number: int, now: int, phase: int) -> tuple[Way, ...]:
        """Return what can be done in one village, each outcome once."""
        known = self._ways.get((number, now, phase))
        if known is None:
            found: dict[int, Way] = {}
            for step in self.machine.in_village(self.villages[number], now, phase >= DECIDED):
                if step.code in ENTERING and self._is_late(phase):
                    continue
                self._keep(found, step)
            known = self._ways[number, now, phase] = tuple(found.values())
        return known

    def _is_late(self, phase: int) -> bool:
        return phase >= LISTED and not self.commune.late_requests

    def _keep(self, found: dict[int, Way], step: Step) -> None:
        after = self.number(step.after)
        way = Way(after, step.breaks, step.code in LEAVING, bool(step.on))
        if after not in found or (step.breaks and not found[after].breaks):
            found[after] = way

    def parts(self, code: str, facts: int, number: int, now: int, phase: int) -> tuple[Way, ...]:
        """Return a village's part in an act on the whole commune; none: it stands against it."""
        standing = self._standings.get((code, number))
        if standing is None:
            standing = self._standings[code, number] = self._standing(code, number)
        if not isinstance(standing, str):
            return standing
        key = (code, facts, number, now, phase)
        known = self._parts.get(key)
        if known is None:
            said, _bad = self.machine.taken(code, now, phase >= DECIDED)[facts]
            found: dict[int, Way] = {}
            act, village = self.pack.by_code[code], self.villages[number]
            for step in self.machine.options(act, village, said, now, phase >= DECIDED, None):
                self._keep(found, step)
            known = self._parts[key] = tuple(found.values())
        return known

    def _standing(self, code: str, number: int) -> tuple[Way, ...] | str:
        """
        Return what an act on the commune means to a village that it does not move.

        Nothing at all if the village stands against it; MOVED if it moves some of its households.
        """
        act, village = self.pack.by_code[code], self.villages[number]
        if not self.machine.lets(code, village):
            return ()
        if self.machine.moves_some(code, village):
            return MOVED
        return (Way(number, self.machine.breaks_by_idling(act, village), False, False),)

    def onward(self, key: int) -> Iterator[tuple[int, tuple[str, ...], bool, str]]:
        """Return every next state: its key, what the way breaks, if a household leaves by it."""
        now, phase, numbers = self.read(key)
        if now + 1 < len(self.days.moments):
            older = numbers
            if self.machine.next_day(now):
                older = tuple(self.older(number, now) for number in numbers)
            yield self.key(now + 1, phase, older), (), False, "clock"
        if phase == UNOPENED:
            yield from self._openings(now, numbers)
            return
        for place, number in enumerate(numbers):
            others = sum(self._deviations[n] for n in numbers) - self._deviations[number]
            for way in self.ways(number, now, phase):
                if others + self._deviations[way.after] <= self.commune.deviations:
                    after = (*numbers[:place], way.after, *numbers[place + 1 :])
                    yield self.key(now, phase, after), way.breaks, way.departs, "village"
        for act in self._on_all:
            yield from self._on_commune(act.code, now, phase, numbers)
        if breaks := self._without_moves(now, phase):
            yield key, breaks, False, "an act that moves nobody"
        if self._reports:
            yield from self._month_reported(now, phase, numbers)

    def _without_moves(self, now: int, phase: int) -> tuple[str, ...]:
        known = self._idle.get((now, phase))
        if known is None:
            known = self._idle[now, phase] = self.machine.without_moves(now, phase >= DECIDED)
        return known

    def _month_reported(
        self, now: int, phase: int, numbers: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], bool, str]]:
        villages = tuple(self.villages[number] for number in numbers)
        breaks = self.machine.month_reported(villages, now, phase >= DECIDED, phase == REPORTED)
        if breaks is not None:
            yield self.key(now, REPORTED, numbers), breaks, False, "sign_monthly_report"

    def older(self, number: int, now: int) -> int:
        if number not in self._older:
            self._older[number] = self.number(self.machine.older(self.villages[number], now))
        return self._older[number]

    def _openings(
        self, now: int, numbers: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], bool, str]]:
        for _facts, bad in self.machine.taken("open_round", now, False):
            bad += self.machine.breaks_by_whom("open_round")
            yield self.key(now, OPENED, numbers), bad, False, "open_round"

    def _on_commune(
        self, code: str, now: int, phase: int, numbers: tuple[int, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], bool, str]]:
        for which, (_facts, bad) in enumerate(self.machine.taken(code, now, phase >= DECIDED)):
            parts = [self.parts(code, which, number, now, phase) for number in numbers]
            for ways in product(*parts):
                if not any(way.moves_somebody for way in ways):
                    continue
                after = tuple(way.after for way in ways)
                if sum(self._deviations[n] for n in after) > self.commune.deviations:
                    continue
                breaks = (*bad, *self.machine.breaks_by_whom(code))
                for way in ways:
                    breaks += way.breaks
                reached = max(phase, PHASE_AFTER.get(code, phase))
                departs = any(way.departs for way in ways)
                yield self.key(now, reached, after), breaks, departs, code

    # --- the search ---

    def run(self, limit: int, *, alive: bool = False) -> Found:
        """
        Look at states until all are seen, or as many as the limit, or the law is broken.

        `alive`: keep the ways between states as well, and say afterwards which states are stuck.
        """
        # Millions of tuples and no cycle among them: looking for cycles would take a third of the time.
        gc.disable()
        try:
            return self._run(limit, alive)
        finally:
            gc.enable()

    def _run(self, limit: int, alive: bool) -> Found:
        began = perf_counter()
        found = Found(self.commune, self.pack)
        start = self.key(0, UNOPENED, tuple(self.number(v) for v in self.commune.start))
        index = {start: 0}
        self.keys = [start]
        self._parents.append(NO_PARENT)
        done, depth_ends = 0, 1
        while done < len(self.keys) and not found.breaks:
            if done == depth_ends:
                found.depth, depth_ends = found.depth + 1, len(self.keys)
            for key, breaks, departs, _what in self.onward(self.keys[done]):
                found.transitions += 1
                at = index.get(key)
                if at is None and len(self.keys) < limit:
                    at = index[key] = len(self.keys)
                    self.keys.append(key)
                    self._parents.append(done)
                if breaks:
                    found.breaks = breaks
                    found.trace = [*self.trace(done), *self.last_step(self.keys[done], key)]
                    break
                if alive and at is not None and not departs:
                    self._edges_from.append(done)
                    self._edges_to.append(at)
            done += 1
        found.states = len(self.keys)
        found.closed = done == len(self.keys) < limit
        if alive and found.closed:
            self._look_for_stuck(found)
        found.seconds = perf_counter() - began
        return found

    def _look_for_stuck(self, found: Found) -> None:
        """
        Find the states with time left from which no road ends with an outcome for everybody.

        A household that dies or moves away is no way out: those steps do not count.
        """
        alive = self._that_reach_an_end()
        last = self.last_safe_moment()
        for index, key in enumerate(self.keys):
            if self.read(key)[0] <= last:
                found.judged += 1
                if not alive[index]:
                    found.stuck.append(index)

    def _that_reach_an_end(self) -> bytearray:
        count = len(self.keys)
        into = array("I", bytes(4 * (count + 1)))
        for to in self._edges_to:
            into[to + 1] += 1
        for index in range(count):
            into[index + 1] += into[index]
        filled = array("I", into)
        sources = array("I", bytes(4 * len(self._edges_to)))
        for source, to in zip(self._edges_from, self._edges_to, strict=True):
            sources[filled[to]] = source
            filled[to] += 1
        reached = bytearray(count)
        todo = [i for i, key in enumerate(self.keys) if self._is_end(key)]
        for index in todo:
            reached[index] = 1
        while todo:
            index = todo.pop()
            for edge in range(into[index], into[index + 1]):
                source = sources[edge]
                if not reached[source]:
                    reached[source] = 1
                    todo.append(source)
        return reached

    def _is_end(self, key: int) -> bool:
        return all(self.ended[number] for number in self.read(key)[2])

    def last_safe_moment(self) -> int:
        """
        Return the last moment from which there is time for what may still have to be posted.

        A list posted at that moment, and where households of a village may come to be posted apart
        another after it, end in the window; a monthly review has none, so it is asked about what is over before the model's last day.
        """
        in_time = [
            now
            for now, moment in enumerate(self.days.moments)
            if self.commune.month or in_september_to_december(moment.date())
        ]
        return max(now for now in in_time if self._after_postings(now) <= in_time[-1])

    def _after_postings(self, now: int) -> int:
        lasts = [term.days for term in self.pack.terms if term.code == "posting"]
        days = lasts[0] if lasts else 0
        for _posting in range(self.commune.lists):
            if days and now < len(self.days.moments):
                now = self.days.end_of(now, days, "WORKING")
        return now

    # --- telling what happened ---

    def trace(self, index: int) -> list[str]:
        """Return the shortest way to a state, in words."""
        line = [index]
        while self._parents[line[-1]] != NO_PARENT:
            line.append(self._parents[line[-1]])
        line.reverse()
        said: list[str] = []
        for before, after in zip(line, line[1:], strict=False):
            said += self.last_step(self.keys[before], self.keys[after])
        return said

    def last_step(self, before: int, after: int) -> list[str]:
        now, phase, numbers = self.read(before)
        then, _phase, reached = self.read(after)
        if then != now:
            return [f"{self.days.moments[then]:%a %d/%m %H:%M}"]
        return [f"  {self._deed_between(before, after)} -> {self.picture(reached)}"]

    def _deed_between(self, before: int, after: int) -> str:
        now, phase, numbers = self.read(before)
        for place, number in enumerate(numbers):
            for step in self.machine.in_village(self.villages[number], now, phase >= DECIDED):
                reached = (*numbers[:place], self.number(step.after), *numbers[place + 1 :])
                if self.key(now, phase, reached) == after:
                    return str(step)
        for key, _breaks, _departs, what in self.onward(before):
            if key == after:
                return what
        return "?"

    def _has_ended(self, case: Case) -> bool:
        return not is_concerned(self.pack.review, case) or case.past.outcomes > 0

    def picture(self, numbers: tuple[int, ...]) -> str:
        return " | ".join(
            ", ".join(_short(case) for case in self.villages[number].cases) for number in numbers
        )


def _short(case: Case) -> str:
    return (
        f"{case.kind.basis.lower()}:{case.state or '-'}{'/' + case.result if case.result else ''}"
    )
