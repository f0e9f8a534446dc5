"""
Acts on lists of growing length: what a case costs in a list of 100 and in one of 100,000.

Each size is one village of a commune of its own, in a database of its own, walked by whole acts as pages
call them. Before each act the database is brought to rest.
"""

from collections.abc import Sequence
from statistics import median
from time import perf_counter

from bench.ground import STEPS, Ground, lay
from bench.places import EMPTY, PASS, Place

SIZES = (100, 1_000, 10_000, 100_000)
SMOKE_SIZES = (100, 1_000)
# The longest list may cost at most so many times what a list of this size costs for each case.
BASE, AT_MOST = 1_000, 1.3
# Short lists are walked more often: a hiccup of the machine is large beside them.
WALKS_OF_SHORT_LISTS = 3
# Surveys come one household or one file at a time; only whole lists are measured.
LIST_ACTS = tuple(step for step in STEPS if step != "survey")

Spent = dict[str, float]  # by act: microseconds a case


def measure_scale(place: Place, runs: int, *, smoke: bool) -> None:
    """Measure every list act at every size, in turns, and print what a case costs."""
    sizes = SMOKE_SIZES if smoke else SIZES
    grounds = {size: _prepare(place, size) for size in sizes}
    if not smoke:
        _walk(place, sizes[0], grounds[sizes[0]])  # warms up; thrown away
    turns = [
        {size: _middle(place, size, ground, smoke) for size, ground in grounds.items()}
        for _turn in range(runs)
    ]
    _show(turns, sizes)


def _prepare(place: Place, size: int) -> Ground:
    started = perf_counter()
    place.copy(EMPTY, _name(size))
    (ground,) = lay(communes=1, villages=1, cases=size)
    place.settle()
    print(f"  {size:,} households prepared in {perf_counter() - started:.1f} s", flush=True)
    return ground


def _name(size: int) -> str:
    return f"list_{size}"


def _middle(place: Place, size: int, ground: Ground, smoke: bool) -> Spent:
    """Return the medians of as many walks as a list of this size is worth."""
    walks = WALKS_OF_SHORT_LISTS if size <= BASE and not smoke else 1
    all_spent = [_walk(place, size, ground) for _walk_again in range(walks)]
    return {act: median(spent[act] for spent in all_spent) for act in LIST_ACTS}


def _walk(place: Place, size: int, ground: Ground) -> Spent:
    place.copy(_name(size), PASS)
    spent = {}
    for step in STEPS:
        do = ground.ready(step)
        place.settle()
        started = perf_counter()
        moved = do()
        spent[step] = (perf_counter() - started) / moved * 1e6
    return spent


def _show(turns: list[dict[int, Spent]], sizes: Sequence[int]) -> None:
    longest = sizes[-1]
    titles = "".join(f"{f'{size:,} cases':>18}" for size in sizes)
    print(f"{f'us/case (to {BASE:,}), {len(turns)} turns':<30}{titles}")
    verdicts = []
    for act in LIST_ACTS:
        line = f"{act:<30}"
        for size in sizes:
            each = median(turn[size][act] for turn in turns)
            line += f"{each:>10.1f} {f'({_ratio(turns, act, size):.2f})':>7}"
        print(line)
        ratio = _ratio(turns, act, longest)
        verdicts.append((act, ratio, ratio <= AT_MOST))
    if longest < SIZES[-1]:
        print(f"  up to {longest:,} cases: no aims")
        return
    missed = [f"{act} ({ratio:.2f})" for act, ratio, reached in verdicts if not reached]
    aim = f"a case of {longest:,} costs at most {AT_MOST} times one of {BASE:,}"
    print(f"  {aim}: {'NOT reached by ' + ', '.join(missed) if missed else 'reached by all acts'}")


def _ratio(turns: list[dict[int, Spent]], act: str, size: int) -> float:
    # Within one turn: what else the machine does then slows both.
    return median(turn[size][act] / turn[BASE][act] for turn in turns)
