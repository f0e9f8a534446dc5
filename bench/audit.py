"""`manage.py check_procedure` as it is called: how many decided cases a second it judges."""

import json
import os
import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import Any

from bench.ground import STEPS, lay
from bench.places import EMPTY, Place

AT_LEAST = 20_000  # cases a second
JOBS = 2
COMMUNES, VILLAGES, CASES = 20, 2, 2_000
SMOKE_COMMUNES, SMOKE_CASES = 2, 50
DECIDED = "decided"


def measure_audit(place: Place, runs: int, *, smoke: bool) -> None:
    """Prepare communes whose reviews are over, and audit them by the command itself."""
    communes, cases = (SMOKE_COMMUNES, SMOKE_CASES) if smoke else (COMMUNES, CASES)
    started = perf_counter()
    place.copy(EMPTY, DECIDED)
    for ground in lay(communes=communes, villages=VILLAGES, cases=cases):
        ground.walk(until=STEPS[-1])
    place.settle()
    print(
        f"check_procedure --jobs {JOBS}: {communes * cases:,} cases of {communes} communes, "
        f"prepared in {perf_counter() - started:.1f} s",
        flush=True,
    )
    told = [_audit(place) for _run in range(runs + (not smoke))][-runs:]  # the first warms up
    rate = median(one["cases"] / one["seconds"] for one in told)
    whole = median(one["cases"] / one["whole"] for one in told)
    print(f"  {rate:,.0f} cases a second; {whole:,.0f} with the start of the program")
    if not smoke:
        verdict = "reached" if rate >= AT_LEAST else "NOT reached"
        print(f"  aim at least {AT_LEAST:,} cases a second: {verdict}")


def _audit(place: Place) -> dict[str, Any]:
    """Run the command once; `seconds` is its own count, `whole` that of the process."""
    command = ["manage.py", "check_procedure", "--jobs", str(JOBS), "--format", "json"]
    started = perf_counter()
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, *command],
        env={**os.environ, "RASOAT_DATABASE": place.url(DECIDED)},
        capture_output=True,
        text=True,
        check=False,
    )
    whole = perf_counter() - started
    if done.returncode:
        # A ground with a breach would measure another road through the program.
        raise RuntimeError((done.stderr or done.stdout)[-2000:])
    return {**json.loads(done.stdout), "whole": whole}
