"""One database's run: all ways of one act in turns, the audit, or lists of growing length."""

from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from bench.places import EMPTY, PASS, Place, place_of

if TYPE_CHECKING:
    from bench.ground import Ground

VILLAGES = 25
SMOKE_VILLAGES = 5
PREPARED = "before_report"
# What the issue of this measure asks: at most so many times the hand, at least so many times the naive way.
AT_MOST_HAND = 1.3
# The ledger: links, snapshots and trees, beside the same act without them.
AT_MOST_UNLINKED = 1.6
AT_LEAST_NAIVE = {"postgresql": 13, "sqlite": 45}
# The aims are about the cost of a case, not of the twenty small queries around it.
ENOUGH_CASES = 5000
TITLES = {
    "hand": "written by hand in SQL",
    "unlinked": "set path without the ledger",
    "set": "set path (workflow.machine.apply)",
    "act": "whole act (sign_report, with charts and notices)",
    "naive": "one object at a time (django-fsm, save, event)",
}


def measure(database: str, server: str, cases: int, runs: int, *, scale: bool, smoke: bool) -> None:
    """Measure on one database and print the medians."""
    with place_of(database, server) as place:
        # Only now: these know Django's models.
        from bench.audit import measure_audit
        from bench.scale import measure_scale

        print(f"\n{database}", flush=True)
        if not scale:
            _measure_ways(place, cases, runs, AT_LEAST_NAIVE[database], smoke=smoke)
            measure_audit(place, runs, smoke=smoke)
        if scale or smoke:
            measure_scale(place, runs, smoke=smoke)


def _measure_ways(place: Place, cases: int, runs: int, at_least: int, *, smoke: bool) -> None:
    from bench.ground import lay

    started = perf_counter()
    place.copy(EMPTY, PREPARED)
    (ground,) = lay(communes=1, villages=SMOKE_VILLAGES if smoke else VILLAGES, cases=cases)
    ground.walk(until="close_posting")
    place.settle()
    print(f"sign_report: {cases:,} cases, prepared in {perf_counter() - started:.1f} s", flush=True)
    turns = _time(place, ground, runs, warm_up=not smoke)
    _show(turns, at_least, judge=cases >= ENOUGH_CASES)


def _time(place: Place, ground: "Ground", runs: int, *, warm_up: bool) -> list[dict[str, float]]:
    """Return, for each turn, the microseconds each way took for a case."""
    from bench.ways import WAYS

    turns = []
    for _turn in range(runs + warm_up):
        spent = {}
        for name, way in WAYS.items():
            place.copy(PREPARED, PASS)
            started = perf_counter()
            moved = way(ground)
            spent[name] = (perf_counter() - started) / moved * 1e6
        turns.append(spent)
    return turns[-runs:]


def _show(turns: list[dict[str, float]], at_least: int, judge: bool) -> None:
    def ratio(name: str, to: str) -> float:
        # Within one turn: what else the machine does then slows both.
        return median(spent[name] / spent[to] for spent in turns)

    print(f"{f'median of {len(turns)} turns':<52}{'us/case':>9}{'to hand':>9}{'to set':>8}")
    for name in turns[0]:
        each = median(spent[name] for spent in turns)
        print(
            f"{TITLES[name]:<52}{each:>9.1f}{ratio(name, 'hand'):>9.2f}{ratio(name, 'set'):>8.2f}"
        )
    if not judge:
        print(f"  under {ENOUGH_CASES:,} cases the fixed cost of an act hides the rest: no aims")
        return
    hand, naive = ratio("unlinked", "hand"), ratio("naive", "unlinked")
    linked = ratio("set", "unlinked")
    for text, reached in (
        (f"unlinked/hand  {hand:5.2f}, aim at most {AT_MOST_HAND}", hand <= AT_MOST_HAND),
        (f"ledger    {linked:5.2f}, aim at most {AT_MOST_UNLINKED}", linked <= AT_MOST_UNLINKED),
        (
            f"naive/unlinked {naive:5.1f}, aim at least {at_least}",
            naive >= at_least,
        ),
    ):
        print(f"  {text}: {'reached' if reached else 'NOT reached'}")
