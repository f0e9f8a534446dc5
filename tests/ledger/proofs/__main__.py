"""
Try to break the record for as long as asked, and tell what was found.

usage: python -m tests.ledger.proofs each-statement|any-moment|server-crash [--kills N] [--seed N] [--plant]
                                     [--database sqlite|postgresql] [--server URL]

Works on databases of its own, which it removes. Exit code 0 only when nothing was half done or lost.
"""

import argparse
import json
import secrets
import sys
from dataclasses import asdict
from time import perf_counter
from typing import Any

from bench.places import SERVER, place_of
from tests.ledger.proofs.server import cluster


def main() -> int:
    arguments = _arguments()
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(2**32)
    started = perf_counter()
    if arguments.what == "server-crash":
        told = _crash(arguments.kills, seed, arguments.plant)
    else:
        told = _kill(arguments, seed)
    seconds = round(perf_counter() - started, 1)
    sys.stdout.write(json.dumps({**asdict(told), "seed": seed, "seconds": seconds}) + "\n")
    return 0 if told.sound else 1


def _crash(crashes: int, seed: int, plant: bool) -> Any:
    with cluster(careless=plant) as own, place_of("postgresql", own.url):
        from bench.ground import lay
        from tests.ledger.proofs.crashing import WRITERS, crash

        grounds = lay(communes=WRITERS, villages=1, cases=200 * crashes)
        for ground in grounds:
            ground.walk(until="build_list")
        return crash(own, grounds, crashes, seed, careless=plant)


def _kill(arguments: argparse.Namespace, seed: int) -> Any:
    with place_of(arguments.database, arguments.server):
        from bench.ground import lay
        from tests.ledger.proofs.killing import kill_at_any_moment, kill_at_each_statement

        if arguments.what == "each-statement":
            (ground,) = lay(communes=1, villages=2, cases=6)
            return kill_at_each_statement(ground, without_transaction=arguments.plant)
        (ground,) = lay(communes=1, villages=2, cases=20 * arguments.kills)
        ground.walk(until="build_list")
        return kill_at_any_moment(ground, arguments.kills, seed, acknowledge_first=arguments.plant)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.ledger.proofs", description=(__doc__ or "").split("\n")[1]
    )
    parser.add_argument("what", choices=["each-statement", "any-moment", "server-crash"])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plant", action="store_true", help="with the fault that must show")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--server", default=SERVER)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
