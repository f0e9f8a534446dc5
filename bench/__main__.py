"""
Measure the set path, lists of growing length, the audit, and a province of a million cases.

usage: python -m bench [--cases 10000] [--runs 5] [--scale | --million] [--smoke] [--database sqlite|postgresql|both]

See docs/bench.md for what the rows mean.
"""

import argparse
import multiprocessing
import os
import sys

from bench.measure import measure
from bench.million import CASES, SMOKE_CASES, measure_million
from bench.places import SERVER, reachable


def main() -> int:
    arguments = _arguments()
    server = os.environ.get("RASOAT_TEST_POSTGRES") or SERVER
    if arguments.million:
        arguments.database = "postgresql"
    databases = [arguments.database]
    if arguments.database == "both":
        databases = ["sqlite", "postgresql"] if reachable(server) else ["sqlite"]
        if len(databases) == 1:
            print("No PostgreSQL server: measuring on SQLite only.")
    elif arguments.database == "postgresql" and not reachable(server):
        print("No PostgreSQL server; RASOAT_TEST_POSTGRES names one.")
        return 1
    # One process each: a process has one set of Django settings.
    context = multiprocessing.get_context("spawn")
    for database in databases:
        processes = [
            context.Process(
                target=measure,
                args=(database, server, arguments.cases, arguments.runs),
                kwargs={"scale": arguments.scale, "smoke": arguments.smoke},
            )
        ]
        if arguments.million:
            processes = [context.Process(target=measure_million, args=(server, arguments.cases))]
        elif arguments.smoke and database == "postgresql":
            processes.append(context.Process(target=measure_million, args=(server, SMOKE_CASES)))
        for process in processes:
            process.start()
            process.join()
            if process.exitcode:
                return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[1])
    parser.add_argument("--cases", type=int, help="10,000; with --million 1,000,000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--scale", action="store_true", help="lists of 100, 1,000, 10,000 and 100,000 cases instead"
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="lists, counts and searches of a province user over a million cases instead (PostgreSQL)",
    )
    parser.add_argument("--smoke", action="store_true", help="small and quick; never fails on time")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    arguments = parser.parse_args()
    if arguments.cases is None:
        arguments.cases = CASES if arguments.million else 10_000
    if arguments.smoke:
        arguments.cases, arguments.runs = SMOKE_CASES if arguments.million else 500, 1
    return arguments


if __name__ == "__main__":
    sys.exit(main())
