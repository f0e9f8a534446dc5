"""No road through a small commune breaks the law, and none leaves a household without an answer."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from cases.rules.packs import PACKS, SHIPPED, Act, Review
from tests.model.communes import ALWAYS, AVERAGE_LIVING, FARMER, LATE, SMALLEST, TWO_TIERS
from tests.model.search import Found, Search

ROOT = Path(__file__).resolve().parents[2]
ENOUGH = 1_000_000


class Searched:
    """All communes of every run, searched once for the tests of this module."""

    def __init__(self) -> None:
        began = process_time()
        self.searches = [Search(PACKS[code], commune) for code, commune in ALWAYS]
        self.found: list[Found] = [one.run(ENOUGH, alive=True) for one in self.searches]
        self.seconds = process_time() - began


@pytest.fixture(scope="module")
def searched() -> Searched:
    return Searched()


def test_no_state_of_any_commune_breaks_the_law(searched: Searched) -> None:
    for found in searched.found:
        assert not found.breaks, "\n".join((*found.breaks, *found.trace))
        assert found.closed


def test_two_hundred_thousand_states_are_seen_within_a_minute(searched: Searched) -> None:
    # Of the processor, and told as a rate: there are three times as many states to see by now.
    states = sum(found.states for found in searched.found)
    assert states >= 200_000
    assert states / searched.seconds >= 200_000 / 60


def test_nobody_is_stuck_while_there_is_time(searched: Searched) -> None:
    for search, found in zip(searched.searches, searched.found, strict=True):
        assert found.judged > 0
        assert not found.stuck, "\n".join(search.trace(found.stuck[0]))


@pytest.mark.parametrize("review", Review)
def test_every_step_that_the_packs_declare_is_taken(searched: Searched, review: Review) -> None:
    taken = {
        step
        for search in searched.searches
        if search.pack.review == review
        for step in search.machine.fired
    }
    declared = {
        (act.code, source, move.target)
        for pack in PACKS.values()
        if pack.review == review
        for act in pack.acts
        for move in act.moves
        for source in move.sources
    }
    assert not declared - taken


def test_the_search_goes_the_same_way_twice() -> None:
    first, second = (Search(PACKS[TWO_TIERS], SMALLEST[1]) for _turn in range(2))
    runs = [search.run(ENOUGH) for search in (first, second)]
    assert first.keys == second.keys
    assert runs[0].transitions == runs[1].transitions


def test_a_household_without_a_way_out_is_found_stuck() -> None:
    """A requester received while the village is posted held the closing up, before `leaves_behind`."""
    sound = PACKS[TWO_TIERS]
    acts = tuple(
        replace(act, leaves_behind=()) if act.code == "close_posting" else act for act in sound.acts
    )
    search = Search(replace(sound, acts=acts), LATE)
    found = search.run(ENOUGH, alive=True)
    assert found.closed and found.stuck
    assert any("receive_request" in line for line in search.trace(found.stuck[0]))


def test_an_income_whose_posting_came_down_is_found_stuck_when_it_is_not_hung_again() -> None:
    sound = PACKS[AVERAGE_LIVING]
    acts = tuple(_without_source(act, "interrupted") for act in sound.acts)
    search = Search(replace(sound, acts=acts), FARMER)
    found = search.run(ENOUGH, alive=True)
    assert found.closed and found.stuck
    assert any("interrupt_posting" in line for line in search.trace(found.stuck[0]))


def _without_source(act: Act, state: str) -> Act:
    if act.code != "post_list":
        return act
    moves = (
        replace(move, sources=tuple(s for s in move.sources if s != state)) for move in act.moves
    )
    return replace(act, moves=tuple(moves), leaves_behind=(*act.leaves_behind, state))


def test_every_shipped_edition_is_searched() -> None:
    assert {code for code, _commune in ALWAYS} == {pack.code for pack in SHIPPED}


def test_the_model_imports_no_framework() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, tests.model.__main__; print('django' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "False"
