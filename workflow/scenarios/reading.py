"""Reading a scenario: a review written as TOML (docs/scenarios/README.md)."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cases.models.rounds import key_parts
from cases.rules.packs import SHIPPED, Review

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ACTS = {act.code for pack in SHIPPED for act in pack.acts}
# What a step may do besides an act: take a workbook.
IMPORTS = ("import_households", "import_surveys")
# Set the stage of a demonstration: people, units, households.
STAGING = ("appoint", "change_units", "enter_households")
# Work of the offices that moves no case.
OFFICE = (
    "declare_interest",
    "propose_correction",
    "calendar",
    "load_pack",
    "approve_pack",
    "load_local_standard",
    "approve_local_standard",
    "tick",
)
NEEDS_NOBODY = (*STAGING, "tick")
KEYS = {"at", "by", "do", "on", "facts", "expect", "note"}
ON_KEYS = {
    "round",
    "year",
    "kind",
    "month",
    "units",
    "file",
    "villages",
    "except_villages",
    "cases",
    "filter",
    "if_any",
    "each",
}
NO_MONTH, LAST_MONTH = 0, 12


class ScenarioError(Exception):
    """The file cannot be played: the message names the step, the key and the reason."""


@dataclass(frozen=True)
class Period:
    """Which review of a commune is meant: the periodic one of a year, or one of a month."""

    year: int
    kind: str = Review.PERIODIC.value
    month: int = NO_MONTH


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
    note: str = ""

    def error(self, key: str, reason: str) -> ScenarioError:
        return ScenarioError(f"step {self.number}: {key}: {reason}")


@dataclass(frozen=True)
class Scenario:
    title: str
    period: Period
    communes: tuple[str, ...]  # those of the scenario; empty: every commune with a round
    files: Mapping[str, Path]
    steps: tuple[Step, ...]
    digest: str
    folder: Path

    @property
    def year(self) -> int:
        return self.period.year

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
    return Scenario(
        title=table["title"],
        period=_period(path.name, table, Period(0)),
        communes=tuple(table.get("communes", ())),
        files=named,
        steps=tuple(_read_step(number, row) for number, row in enumerate(table["step"], start=1)),
        digest=digest.hexdigest()[:24],
        folder=path.parent,
    )


def period_of(scenario: Scenario, step: Step) -> Period:
    """
    Return the review a step is on: the scenario's, or what the step says of year, kind and month.

    :raises ScenarioError: naming the step and the key that cannot be read
    """
    if "round" in step.on:
        parts = _round_parts(step)
        return Period(parts["year"], parts["kind"], parts["month"])
    return _period(f"step {step.number}: on", step.on, scenario.period)


def commune_of_round(step: Step) -> str:
    """Return the commune that `on.round` names."""
    return str(_round_parts(step)["commune__code"])


def _round_parts(step: Step) -> dict[str, Any]:
    key = step.on["round"]
    parts = key_parts(key) if isinstance(key, str) else None
    if parts is None:
        raise step.error("on.round", f"expected a key like 2026tx05-24646, got {key!r}")
    return parts


def _period(where: str, table: Mapping[str, Any], otherwise: Period) -> Period:
    year, kind = table.get("year", otherwise.year), table.get("kind", otherwise.kind)
    # A step that names another kind names its month, too.
    month = table.get("month", otherwise.month if kind == otherwise.kind else NO_MONTH)
    if not isinstance(year, int):
        raise ScenarioError(f"{where}: year: expected a year, got {year!r}")
    if kind not in set(Review):
        raise ScenarioError(f"{where}: kind: expected one of {', '.join(Review)}, got {kind!r}")
    if not isinstance(month, int) or not NO_MONTH <= month <= LAST_MONTH:
        raise ScenarioError(f"{where}: month: expected 1 to {LAST_MONTH}, got {month!r}")
    if (kind == Review.PERIODIC) != (month == NO_MONTH):
        raise ScenarioError(f"{where}: month: the periodic review has none, the others have one")
    return Period(year, kind, month)


def _read_step(number: int, row: Mapping[str, Any]) -> Step:
    unknown = set(row) - KEYS
    if unknown:
        raise ScenarioError(f"step {number}: unknown key {', '.join(sorted(unknown))}")
    for key in ("at", "do"):
        if key not in row:
            raise ScenarioError(f"step {number}: the key {key} is missing")
    if row["do"] not in {*ACTS, *IMPORTS, *STAGING, *OFFICE}:
        raise ScenarioError(f"step {number}: there is no act {row['do']!r}")
    if row["do"] not in NEEDS_NOBODY and "by" not in row:
        raise ScenarioError(f"step {number}: the key by is missing")
    for key in ("on", "facts"):
        if not isinstance(row.get(key, {}), Mapping):
            raise ScenarioError(f"step {number}: {key} is not a table: {row[key]!r}")
    if unknown := set(row.get("on", {})) - ON_KEYS:
        raise ScenarioError(f"step {number}: on: unknown key {', '.join(sorted(unknown))}")
    expect = row.get("expect", "done")
    if expect != "done" and not str(expect).startswith("refused:"):
        raise ScenarioError(f"step {number}: expect: expected refused:CODE, got {expect!r}")
    return Step(
        number=number,
        at=_moment(number, row["at"]),
        by=row.get("by", ""),
        do=row["do"],
        on=row.get("on", {}),
        facts=row.get("facts", {}),
        expect=expect,
        note=row.get("note", ""),
    )


def _moment(number: int, value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=VIETNAM)
    if isinstance(value, date):
        return datetime.combine(value, time(8), VIETNAM)
    raise ScenarioError(f"step {number}: at is not a date-time: {value!r}")
