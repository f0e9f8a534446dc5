"""Reading a scenario: a review written as TOML (docs/scenarios/README.md)."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.rules.packs import PACKS

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ACTS = {act.code for pack in PACKS.values() for act in pack.acts}
# What a step may do besides an act: take a workbook, make accounts for a demonstration.
IMPORTS = ("import_households", "import_surveys")
APPOINT = "appoint"
KEYS = {"at", "by", "do", "on", "facts", "expect", "note"}


class ScenarioError(Exception):
    """The file cannot be played: the message names the step, the key and the reason."""


@dataclass(frozen=True)
class Step:
    """One entry of the file: who does what on which targets, when, and what is expected."""

    number: int
    at: datetime
    by: str | Mapping[str, str]
    do: str
    on: Mapping[str, Any]
    facts: Mapping[str, Any]
    expect: str


@dataclass(frozen=True)
class Scenario:
    title: str
    year: int
    files: Mapping[str, Path]
    steps: tuple[Step, ...]
    digest: str

    def last_moment(self) -> datetime:
        return max(step.at for step in self.steps)


def read_scenario(path: Path, files: Mapping[str, Path] | None = None) -> Scenario:
    """
    Read a scenario; `files` replaces the workbooks it names.

    :raises ScenarioError: naming the step and the key that cannot be read
    """
    try:
        content = path.read_bytes()
        table = tomllib.loads(content.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    for key in ("title", "year", "step"):
        if key not in table:
            raise ScenarioError(f"{path.name}: the key {key} is missing")
    named = {name: path.parent / file for name, file in table.get("files", {}).items()}
    named |= files or {}
    for name, file in named.items():
        if not file.is_file():
            raise ScenarioError(f"{path.name}: files.{name}: there is no file {file}")
    digest = hashlib.sha256(content)
    for name in sorted(named):
        digest.update(named[name].read_bytes())
    steps = tuple(_read_step(number, row) for number, row in enumerate(table["step"], start=1))
    return Scenario(table["title"], table["year"], named, steps, digest.hexdigest()[:24])


def _read_step(number: int, row: Mapping[str, Any]) -> Step:
    unknown = set(row) - KEYS
    if unknown:
        raise ScenarioError(f"step {number}: unknown key {', '.join(sorted(unknown))}")
    for key in ("at", "do"):
        if key not in row:
            raise ScenarioError(f"step {number}: the key {key} is missing")
    if row["do"] not in {*ACTS, *IMPORTS, APPOINT}:
        raise ScenarioError(f"step {number}: there is no act {row['do']!r}")
    if row["do"] != APPOINT and "by" not in row:
        raise ScenarioError(f"step {number}: the key by is missing")
    for key in ("on", "facts"):
        if not isinstance(row.get(key, {}), Mapping):
            raise ScenarioError(f"step {number}: {key} is not a table: {row[key]!r}")
    return Step(
        number=number,
        at=_moment(number, row["at"]),
        by=row.get("by", ""),
        do=row["do"],
        on=row.get("on", {}),
        facts=row.get("facts", {}),
        expect=row.get("expect", "done"),
    )


def _moment(number: int, value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=VIETNAM)
    if isinstance(value, date):
        return datetime.combine(value, time(8), VIETNAM)
    raise ScenarioError(f"step {number}: at is not a date-time: {value!r}")
