"""
Search the packs: `python -m tests.model [--states N] [--mutants]`.

Without a word, all communes up to the number of states in all; `--mutants` tells what catches each.
"""

# ruff: noqa: T201 (printing is how it answers)
import argparse
import sys
from time import perf_counter, process_time

from cases.rules.packs import PACKS, SHIPPED
from tests.model.communes import ON_DEMAND
from tests.model.mutants import MUTANTS, catch
from tests.model.possible import refused, rows_of
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
    wrongly = 0
    for pack in SHIPPED:
        # The roads are dated 2026: of two editions of a review they are for the later one.
        if pack.in_force_until is None:
            against, rows = refused(pack), rows_of(pack)
            print(f"must be possible, {pack.code}: {len(rows) - len(against)} of {len(rows)}")
            for name, reason in against.items():
                print(f"    {name}: {reason}")
            wrongly += len(against)
    return min(wrongly, 1)


def tell_mutants() -> int:
    missed = 0
    for mutant in MUTANTS:
        caught = catch(mutant)
        missed += caught is None
        by = f"{caught.by} | {caught.what}" if caught else "NOTHING |"
        print(f"| {mutant.name} | {mutant.of} | {by} |", flush=True)
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} mutants caught")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
