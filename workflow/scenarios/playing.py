"""
Playing a scenario through the same acts the pages use.

The player has no power that a page has not: who acts, on what and when comes from the file, and
the engine judges it. The stage (accounts, units, households) is set by steps of its own, and only
where demonstrations run.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

from cases import row_security
from cases.models import Act, User
from cases.models.calendars import NoCalendar
from cases.rules.packs import NoPackInForce
from cases.rules.standards import MeasureError
from cases.sheets.workbook import UnreadableWorkbook
from workflow.acts.registry import BadFact, do
from workflow.editions import dry_run, edition
from workflow.imports.files import NotWhole
from workflow.imports.households import read_list, take_list
from workflow.imports.surveys import read_forms, take_forms
from workflow.machine.refusals import Refused
from workflow.scenarios.office import OfficeRefused, at_the_office
from workflow.scenarios.reading import (
    OFFICE,
    STAGING,
    Scenario,
    ScenarioError,
    Step,
    period_of,
)
from workflow.scenarios.staging import stage
from workflow.scenarios.targets import actor_of, key_of, name_of, targets_of

_IMPORTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "import_households": (read_list, take_list),
    "import_surveys": (read_forms, take_forms),
}

NOW = "now"  # a dry run of carry_over that is made at this very moment


class Surprise(Exception):
    """A step went otherwise than the scenario says."""


@dataclass(frozen=True)
class Played:
    """What happened at one step on one target."""

    step: int
    at: str
    by: str
    do: str
    on: str
    result: str  # "done" or "refused"
    moved: int = 0
    sequence: int | None = None
    refusals: list[str] = field(default_factory=list)
    note: str = ""  # what the file remarks on the step

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def play(scenario: Scenario) -> Iterator[Played]:
    """
    Do every step in its order and yield what happened.

    :raises Surprise: at the first step that goes otherwise than expected; earlier steps stay done
    """
    with _everything():
        last_done = _last_step_done(scenario)
    for step in scenario.steps:
        if step.number < last_done and step.expect != "done":
            continue  # What was refused then may be refused for a later reason now.
        if step.do in STAGING:
            with _everything():
                on, made = stage(scenario, step)
            yield Played(**_told(step, None, on), result="done", moved=made)
        elif step.do in OFFICE:
            with _everything():
                played = _office(scenario, step)
            yield played
        elif step.do in _IMPORTS:
            with _everything():
                played = _import(scenario, step)
            yield played
        else:
            with _everything():
                targets = list(targets_of(scenario, step))
            if not targets and not step.on.get("if_any"):
                raise Surprise(f"step {step.number} ({step.do}): nothing matches {dict(step.on)}")
            for target in targets:
                with _everything():
                    played = _act(scenario, step, target)
                yield played


def _everything() -> AbstractContextManager[None]:
    """Open a step's own transaction; a step that surprises has been done all the same."""
    return row_security.machine("command", keep=(Surprise,))


def _act(scenario: Scenario, step: Step, target: Any) -> Played:
    by = actor_of(step, step.by, target)
    key = key_of(scenario, step, target)
    if Act.objects.filter(idempotency_key=key).exists():
        return _met(step, _done(step, by, target, key))
    facts = {name: _fact(step, value, target) for name, value in step.facts.items()}
    if step.do == "open_round":
        facts = asdict(period_of(scenario, step)) | facts
    name = name_of(target)
    try:
        do(step.do, target, facts, by=by, at=step.at, key=key)
    except Refused as refused:
        lines = [f"{r.code} {r.case_code}".strip() for r in refused.refusals]
        return _met(step, Played(**_told(step, by, name), result="refused", refusals=lines))
    except (BadFact, MeasureError, NoPackInForce, NoCalendar) as error:
        raise Surprise(f"step {step.number} ({step.do} on {name}): {error}") from error
    return _met(step, _done(step, by, target, key))


def _done(step: Step, by: User, target: Any, key: str) -> Played:
    act = Act.objects.get(idempotency_key=key)
    return Played(
        **_told(step, by, name_of(target)), result="done", moved=act.count, sequence=act.sequence
    )


def _last_step_done(scenario: Scenario) -> int:
    """Return the number of the last step that an earlier run of this file did; 0: none."""
    keys = Act.objects.filter(idempotency_key__startswith=f"{scenario.digest}:")
    last = keys.order_by("idempotency_key").values_list("idempotency_key", flat=True).last()
    return int(last.split(":")[1]) if last else 0


def _told(step: Step, by: User | None, name: str) -> dict[str, Any]:
    return {
        "step": step.number,
        "at": step.at.isoformat(),
        "by": by.username if by is not None else "",
        "do": step.do,
        "on": name,
        "note": step.note,
    }


def _met(step: Step, played: Played) -> Played:
    """
    Return what was played if it is what the scenario expects.

    :raises Surprise: otherwise, with what was expected and what came
    """
    codes = {line.split()[0] for line in played.refusals}
    if step.expect == "done":
        fulfilled = played.result == "done"
    else:
        fulfilled = step.expect.removeprefix("refused:") in codes
    if not fulfilled:
        came = played.result
        if played.refusals:
            came += ": " + "; ".join(played.refusals[:10])
        raise Surprise(
            f"step {step.number} ({step.do} on {played.on} by {played.by}): "
            f"expected {step.expect}, came {came}"
        )
    return played


def _fact(step: Step, value: Any, target: Any) -> Any:
    if isinstance(value, Mapping) and set(value) in ({"role"}, {"role", "unit"}):
        return actor_of(step, value, target)
    if step.do == "carry_over" and value == NOW:
        # Somebody runs the edition dry and reads it at this very moment.
        to = edition(str(step.facts.get("to", "")))
        return dry_run(target, to).token if to is not None else ""
    return value


def _office(scenario: Scenario, step: Step) -> Played:
    by = actor_of(step, step.by, None) if step.by else None
    try:
        on, made = at_the_office(scenario, step, by)
    except OfficeRefused as refused:
        told = Played(
            **_told(step, by, refused.on),
            result="refused",
            refusals=[f"{code} {refused}" for code in refused.codes],
        )
    else:
        told = Played(**_told(step, by, on), result="done", moved=made)
    return _met(step, told)


def _import(scenario: Scenario, step: Step) -> Played:
    by = actor_of(step, step.by, None)
    file = scenario.files.get(str(step.facts.get("file", "")))
    if file is None:
        raise ScenarioError(f"step {step.number}: facts.file names none of the scenario's files")
    read, take = _IMPORTS[step.do]
    try:
        rows = read(file, name=file.name, by=by, at=step.at, year=scenario.year)
        taken = take(rows, good_rows_only=bool(step.facts.get("good_rows", False)))
    except UnreadableWorkbook as reason:
        told = Played(
            **_told(step, by, file.name), result="refused", refusals=[f"{reason.code} {reason}"]
        )
    except NotWhole as reason:
        lines = [f"{error.code} {error}" for error in reason.plan.errors]
        told = Played(**_told(step, by, file.name), result="refused", refusals=lines)
    else:
        moved = taken.plan.good_count
        told = Played(**_told(step, by, file.name), result="done", moved=moved)
    return _met(step, told)
