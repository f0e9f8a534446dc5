"""
Search the packs: `python -m tests.model [--states N] [--mutants]`.

Without a word, all communes up to the number of states in all; `--mutants` tells what catches each.
"""

# ruff: noqa: T201 (printing is how it answers)
import argparse
import sys
from time import perf_counter, process_time

from cases.rules.packs import PACKS
from tests.model.communes import ON_DEMAND, THREE_TIERS, TWO_TIERS
from tests.model.mutants import MUTANTS, catch
from tests.model.possible import ROWS, refused
from tests.model.search import Search

ON_DEMAND_STATES = 1_000_000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--states", type=int, default=ON_DEMAND_STATES, help="at least so many")
    parser.add_argument("--mutants", action="store_true", help="tell what catches each mutant")
    options = parser.parse_args(arguments)
    if options.mutants:
        return tell_mutants()
    return tell_possible() + search(options.states)


def search(at_least: int) -> int:
    """Search every commune, none beyond half of the states wanted; the last one makes up the rest."""
    began, states, transitions, problems = perf_counter(), 0, 0, 0
    for number, (code, commune) in enumerate(ON_DEMAND, 1):
        is_last = number == len(ON_DEMAND)
        limit = max(at_least - states, at_least // 4) if is_last else at_least // 2
        looking = Search(PACKS[code], commune)
        found = looking.run(limit, alive=not is_last)
        print(found, flush=True)
        for line in (*found.breaks, *found.trace):
            print("   ", line)
        for index in found.stuck[:1]:
            print(f"    {len(found.stuck)} states are stuck; the first:")
            print("\n".join(f"    {line}" for line in looking.trace(index)))
        problems += bool(found.breaks or found.stuck)
        states, transitions = states + found.states, transitions + found.transitions
    print(
        f"{states:,} states, {transitions:,} transitions, {perf_counter() - began:.1f} s"
        f" ({process_time():.1f} s of the processor)"
    )
    return min(problems, 1)


def tell_possible() -> int:
    against = refused(PACKS[TWO_TIERS])
    print(f"must be possible: {len(ROWS) - len(against)} of {len(ROWS)}")
    for name, reason in against.items():
        print(f"    {name}: {reason}")
    return min(len(against), 1)


def tell_mutants() -> int:
    missed = 0
    for mutant in MUTANTS:
        caught = catch(mutant)
        missed += caught is None
        edition = "3 tiers" if mutant.of == THREE_TIERS else "2 tiers"
        by = f"{caught.by} | {caught.what}" if caught else "NOTHING |"
        print(f"| {mutant.name} | {edition} | {by} |", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} mutants caught")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
