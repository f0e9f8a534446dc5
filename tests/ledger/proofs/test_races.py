"""Any two acts on one case at one moment end as if one had come after the other."""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from itertools import combinations_with_replacement
from math import ceil
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connections
from django.db.models import QuerySet

from cases.models import Case, Household, Unit
from cases.rules.packs import PACKS, Span
from tests.conftest import Road
from tests.ledger.proofs.state import torn
from tests.machine.test_random_walks import (
    Stumbler,
    assert_events_tell_the_cases,
    counted,
    grouped,
)
from workflow.acts import registry
from workflow.machine import apply as machine
from workflow.machine.refusals import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PACK = PACKS["qd24-2021-3cap"]
MOVING = [act.code for act in PACK.acts if act.moves]
PAIRS = list(combinations_with_replacement(MOVING, 2))
# As many as one round has time for; the next campaign takes the next of the shares, in a round of its own.
SHARES = 3
# Every pair once; more on demand (docs/proof.md).
RACES = int(os.environ.get("RASOAT_RACES", len(PAIRS)))
SEEDS = range(ceil(RACES * SHARES / len(PAIRS)))
LOOK_EVERY = 25
HOURS = [timedelta(hours=hours) for hours in (0, 1, 6)]


def share(seed: int) -> list[tuple[str, str]]:
    """Return the pairs that one of the campaigns runs through."""
    pairs = PAIRS[seed % SHARES :: SHARES]
    random.Random(seed).shuffle(pairs)  # noqa: S311 (a test, not a secret)
    return pairs


class Racers(Stumbler):
    """Lets two to eight officers do two acts on one case at one moment."""

    def __init__(self, road: Road, seed: int) -> None:
        super().__init__(road, seed)
        self.pairs = share(seed)
        self.turns = iter(self.pairs)
        self.met: set[tuple[str, str]] = set()

    def race(self) -> list[Any]:
        """Run one race; return what each officer was answered."""
        if self.chance.random() < 0.5:
            self.step()  # alone, so that the round goes on and later acts find their cases
        pair = next(self.turns)
        self.met.add(pair)
        # An act that some case waits for comes first: the race is about that case.
        first, second = sorted(pair, key=set(self._promising()).__contains__, reverse=True)
        case = self._case(first)
        officers = self.chance.randint(2, 8)
        codes = [first, second, *self.chance.choices([first, second], k=officers - 2)]
        deeds = [self._deed(code, case) for code in codes]
        together = Barrier(officers)

        def act(deed: Callable[[], Any]) -> Any:
            together.wait(timeout=20)
            try:
                return deed()
            except (Refused, registry.BadFact) as answer:
                return answer
            except DatabaseError as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(officers) as pool:
            return list(pool.map(act, deeds))

    def _case(self, code: str) -> Case:
        cases = self.road.round.cases.order_by("pk")
        waiting = cases.filter(state__in=self.pack.by_code[code].sources)
        found: Case = self.chance.choice(list(waiting) or list(cases))
        return found

    def _deed(self, code: str, case: Case) -> Callable[[], Any]:
        span = self.pack.by_code[code].span
        target: Any = {Span.CASE: case, Span.VILLAGE: case.village_review}.get(span, case.round)
        if code in ("receive_request", "refuse", "record_arrival"):
            target = case.round
        by, key, at = self.road.cast[self._who(code)], next(self.road.keys), self.road.at
        facts = self._facts(code)
        return lambda: registry.do(code, target, facts, by=by, at=at, key=key)


@pytest.fixture(params=SEEDS)
def racers(
    request: pytest.FixtureRequest, road: Road, make_households: Callable[..., list[Household]]
) -> Racers:
    first, second = Unit.objects.filter(code__startswith="24646.").order_by("code")
    make_households(first, 20)
    make_households(second, 15)
    make_households(first, 10, standing="")
    road.open().list()
    return Racers(road, request.param)


def test_two_acts_at_one_moment_end_in_one_lawful_order(racers: Racers) -> None:
    answers: list[Any] = []
    for number in range(len(racers.pairs)):
        racers.road.at += racers.chance.choice(HOURS)
        answers += racers.race()
        assert_events_tell_the_cases(racers.road.round)
        if number % LOOK_EVERY == 0:
            assert torn() == []

    assert torn() == []
    assert counted(racers.road.round) == grouped(racers.road.round)
    assert [each for each in answers if isinstance(each, DatabaseError)] == []
    done = [each for each in answers if not isinstance(each, Exception)]
    # Races in which nobody got anywhere would prove nothing.
    assert len(done) >= len(racers.pairs) // 10
    assert racers.met == {*racers.pairs}


@pytest.mark.parametrize("racers", range(SHARES), indirect=True)
def test_without_the_locks_a_race_shows(racers: Racers) -> None:
    def unlocked(rows: QuerySet[Any], *args: Any, **kwargs: Any) -> QuerySet[Any]:
        return rows.all()

    shown: list[object] = []
    with ExitStack() as planted:
        planted.enter_context(patch.object(machine, "lock_round", lambda round: None))
        planted.enter_context(patch.object(QuerySet, "select_for_update", unlocked))
        for _race in racers.pairs:
            racers.road.at += racers.chance.choice(HOURS)
            answers = racers.race()
            shown += [each for each in answers if isinstance(each, DatabaseError)]
            shown += torn()
            if shown:
                break

    assert shown


def test_the_campaigns_share_all_pairs_of_acts_among_them() -> None:
    shared = [pair for seed in range(SHARES) for pair in share(seed)]

    assert sorted(shared) == sorted(PAIRS)
    assert {act for pair in shared for act in pair} == set(MOVING)
