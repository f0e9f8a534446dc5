"""
Build the fixture of administrative units and the report about it.

    python -m deploy.units.build          write cases/fixtures/units/ and deploy/units/report.md
    python -m deploy.units.build --check  compare with what is committed, write nothing

The same packages give the same bytes. README.md in this folder says how to install them.
"""

import argparse
import csv
import io
import sys
from pathlib import Path

from deploy.units.assemble import Fixture, assemble
from deploy.units.report import write_report
from deploy.units.sources import SourcesChanged, read_sources

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "cases" / "fixtures" / "units"
REPORT = ROOT / "deploy" / "units" / "report.md"


def fixture_files(fixture: Fixture) -> dict[str, bytes]:
    """Return the files of the fixture by name."""
    return {
        "sources.csv": _csv(["source", "title"], fixture.sources.items()),
        "successions.csv": _csv(
            ["predecessor", "successor", "on_date", "partial", "source"],
            (
                (row.predecessor, row.successor, row.on_date, int(row.partial), row.source)
                for row in fixture.successions
            ),
        ),
        "versions.csv": _csv(
            ["path", "level", "name", "kind", "area", "valid_from", "valid_until", "source"],
            (
                (
                    row.path,
                    row.level,
                    row.name,
                    row.kind,
                    row.area,
                    row.valid_from,
                    row.valid_until or "",
                    row.source,
                )
                for row in fixture.versions
            ),
        ),
    }


def _csv(header: list[str], rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a file differs")
    options = parser.parse_args(arguments)
    try:
        sources = read_sources()
        fixture = assemble(sources)
    except SourcesChanged as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    files = fixture_files(fixture)
    outputs = {FIXTURE / name: content for name, content in files.items()}
    outputs[REPORT] = write_report(sources, fixture, files).encode()
    changed = [
        path for path, new in outputs.items() if not path.exists() or path.read_bytes() != new
    ]
    for path in changed:
        sys.stdout.write(f"{'differs' if options.check else 'written'}: {path.relative_to(ROOT)}\n")
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(outputs[path])
    if not changed:
        sys.stdout.write("nothing differs\n")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
