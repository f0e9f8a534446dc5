"""One run of the measuring: all ways on one database, in turns."""

import os
import secrets
from statistics import median
from time import perf_counter

from bench.ground import Ground, Place, place_of, prepare

# What the issue of this measure asks: at most so many times the hand, at least so many times the naive way.
AT_MOST_HAND = 1.3
AT_LEAST_NAIVE = {"postgresql": 13, "sqlite": 45}
# The aims are about the cost of a case, not of the twenty small queries around it.
ENOUGH_CASES = 5000
TITLES = {
    "hand": "written by hand in SQL",
    "set": "set path (workflow.machine.apply)",
    "act": "whole act (sign_report, with charts and notices)",
    "naive": "one object at a time (django-fsm, save, event)",
}


def measure(database: str, server: str, cases: int, runs: int) -> None:
    """Measure all ways on one database, in turns, and print the medians."""
    with place_of(database, server) as place:
        os.environ["RASOAT_DATABASE"] = place.url
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ["RASOAT_DEBUG"] = "false"  # DEBUG keeps every query in memory
        os.environ["RASOAT_SECRET_KEY"] = secrets.token_hex(32)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        started = perf_counter()
        ground = prepare(cases)
        print(f"\n{database}: {cases:,} cases, prepared in {perf_counter() - started:.1f} s")
        _show(_time(place, ground, runs), AT_LEAST_NAIVE[database], judge=cases >= ENOUGH_CASES)


def _time(place: Place, ground: Ground, runs: int) -> list[dict[str, float]]:
    """Return, for each turn, the microseconds each way took for a case."""
    from bench.ways import WAYS

    turns = []
    for _turn in range(runs + 1):
        spent = {}
        for name, way in WAYS.items():
            place.fresh_copy()
            started = perf_counter()
            moved = way(ground)
            spent[name] = (perf_counter() - started) / moved * 1e6
        turns.append(spent)
    return turns[1:]  # the first turn warms up


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
    hand, naive = ratio("set", "hand"), ratio("naive", "set")
    for text, reached in (
        (f"set/hand  {hand:5.2f}, aim at most {AT_MOST_HAND}", hand <= AT_MOST_HAND),
        (
            f"naive/set {naive:5.1f}, aim at least {at_least}",
            naive >= at_least,
        ),
    ):
        print(f"  {text}: {'reached' if reached else 'NOT reached'}")
