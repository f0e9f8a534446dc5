"""Run the suite on SQLite and on PostgreSQL at once, and end on one line that sums up both.

usage: run.py [PYTEST ARGUMENT ...]

RASOAT_TEST_POSTGRES names the PostgreSQL server; deploy/setup/postgres.py finds or starts one and sets it.
Tests marked `browser`, and those that ask no database at all, run once, on SQLite; tests marked `postgres` on
PostgreSQL only. They are deselected elsewhere, so that "skipped" never hides a missing tool.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
ARTEFACTS = ROOT / "artefacts"
NO_TEST_MATCHED = 5
ON_POSTGRESQL = "postgres or not browser and not databaseless"


@dataclass(frozen=True, slots=True)
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main(arguments: list[str]) -> int:
    ARTEFACTS.mkdir(exist_ok=True)
    browser = browser_is_ready()
    if not browser and os.environ.get("RASOAT_REQUIRE_BROWSER") == "1":
        print("Chromium is required here and could not be installed.")
        return 1
    if not browser:
        print("No Chromium: leaving the browser tests out.")
    server = os.environ.get("RASOAT_TEST_POSTGRES")
    with ThreadPoolExecutor() as beside:
        # What it prints is kept back, so that the two do not speak at once.
        other = (
            beside.submit(run, "postgresql", server, ON_POSTGRESQL, arguments) if server else None
        )
        total = run(
            "sqlite", None, "not postgres" if browser else "not postgres and not browser", arguments
        )
        if other is None:
            print("No PostgreSQL: the suite ran on SQLite only.")
        else:
            total += other.result()
            print((ARTEFACTS / "postgresql.log").read_text(), flush=True)
    (ARTEFACTS / "summary.txt").write_text(f"{total}\n")
    print(total)
    return 1 if total.failed or not total.passed else 0


def browser_is_ready() -> bool:
    helper = ROOT / "deploy" / "setup" / "debian.sh"
    return subprocess.run(["/bin/sh", str(helper), "browser"], check=False).returncode == 0


def run(name: str, database: str | None, marks: str, arguments: list[str]) -> Tally:
    """Run the marked tests on one database: SQLite's aloud, the other's into artefacts/NAME.log."""
    report = ARTEFACTS / f"junit-{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *arguments, "-m", marks, f"--junitxml={report}"]
    with ExitStack() as held:
        var = held.enter_context(tempfile.TemporaryDirectory(prefix="rasoat-tests-"))
        log = held.enter_context((ARTEFACTS / f"{name}.log").open("w")) if database else None
        print(f"\n=== {name} ===", file=log, flush=True)
        code = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(database, var),
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
            check=False,
        ).returncode
    tally = read(report)
    if code not in (0, NO_TEST_MATCHED) and not tally.failed:
        tally += Tally(failed=1)  # it stopped before it could write a failing test down
    return tally


def environment(database: str | None, var: str) -> dict[str, str]:
    """Return our environment without the settings of whoever runs us."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RASOAT_")}
    kept["RASOAT_VAR"] = var
    if database:
        kept["RASOAT_DATABASE"] = database
    return kept


def read(report: Path) -> Tally:
    """Count by test: one that fails and then breaks its tear-down has two entries in the report."""
    if not report.exists():
        return Tally()
    verdicts: dict[tuple[str | None, str | None], str] = {}
    # The report was written by pytest a moment ago, by our own command.
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        test = (case.get("classname"), case.get("name"))
        if verdicts.get(test) != "failed":
            verdicts[test] = verdict(case)
    return Tally(**Counter(verdicts.values()))


def verdict(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
