"""
Playing a scenario through the same acts the pages use.

The player has no power that a page has not: who acts, on what and when comes from the file, and
the engine judges it. Accounts are made by `appoint` steps, and only where demonstrations run.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from cases.duties import Role
from cases.models import Act, Level, RoleAssignment, UnitVersion, User
from cases.models.calendars import NoCalendar
from cases.permissions import sync_grants
from cases.rules.packs import NoPackInForce, pack_in_force
from cases.rules.standards import MeasureError
from cases.sheets.workbook import UnreadableWorkbook
from workflow.acts.registry import BadFact, do
from workflow.imports.files import NotWhole
from workflow.imports.households import read_list, take_list
from workflow.imports.surveys import read_forms, take_forms
from workflow.machine.refusals import Refused
from workflow.scenarios.reading import APPOINT, Scenario, ScenarioError, Step
from workflow.scenarios.targets import actor_of, communes_of, key_of, name_of, targets_of

_IMPORTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "import_households": (read_list, take_list),
    "import_surveys": (read_forms, take_forms),
}


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

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def play(scenario: Scenario) -> Iterator[Played]:
    """
    Do every step in its order and yield what happened.

    :raises Surprise: at the first step that goes otherwise than expected; earlier steps stay done
    """
    last_done = _last_step_done(scenario)
    for step in scenario.steps:
        if step.number < last_done and step.expect != "done":
            continue  # What was refused then may be refused for a later reason now.
        if step.do == APPOINT:
            yield _appoint(scenario, step)
        elif step.do in _IMPORTS:
            yield _import(scenario, step)
        else:
            targets = list(targets_of(scenario, step))
            if not targets and not step.on.get("if_any"):
                raise Surprise(f"step {step.number} ({step.do}): nothing matches {dict(step.on)}")
            for target in targets:
                yield _act(scenario, step, target)


def _act(scenario: Scenario, step: Step, target: Any) -> Played:
    by = actor_of(step, step.by, target)
    key = key_of(scenario, step, target)
    if Act.objects.filter(idempotency_key=key).exists():
        return _met(step, _done(step, by, target, key))
    facts = {name: _fact(step, value, target) for name, value in step.facts.items()}
    if step.do == "open_round":
        facts.setdefault("year", scenario.year)
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


def _told(step: Step, by: User, name: str) -> dict[str, Any]:
    return {
        "step": step.number,
        "at": step.at.isoformat(),
        "by": by.username,
        "do": step.do,
        "on": name,
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
    return value


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


def _appoint(scenario: Scenario, step: Step) -> Played:
    """Make accounts with a role on units: the communes named, their villages, or the superior."""
    if not settings.DEBUG:
        raise ScenarioError("accounts are appointed by scenarios in demonstrations only")
    facts = step.facts
    role = Role(facts["role"])
    people = []
    for version in _units_to_appoint(scenario, step):
        filled = {"unit": version.unit.code, "name": version.name}
        user, _created = User.objects.get_or_create(
            username=facts["username"].format(**filled),
            defaults={
                "full_name": facts["full_name"].format(**filled),
                "position": facts.get("position", "").format(**filled),
                "password": _demo_password(),
            },
        )
        RoleAssignment.objects.get_or_create(
            user=user,
            role=role,
            unit=version.unit,
            valid_from=date(2021, 1, 1),
            defaults={"paper": facts.get("paper", "Phân công trong bản trình diễn")},
        )
        people.append(user)
    sync_grants(step.at.date(), people)
    names = ", ".join(user.username for user in people[:2]) + ("…" if len(people) > 2 else "")
    return Played(
        step.number,
        step.at.isoformat(),
        "",
        "appoint",
        f"{role}: {names}",
        "done",
        moved=len(people),
    )


def _units_to_appoint(scenario: Scenario, step: Step) -> list[UnitVersion]:
    day = step.at.date()
    codes = communes_of(scenario, step)
    versions = UnitVersion.objects.in_force(day).select_related("unit").order_by("unit__code")
    each = step.on.get("each", "unit")
    if each == "village":
        villages = versions.filter(parent__code__in=codes, unit__level=Level.VILLAGE)
        if only := step.on.get("villages"):
            villages = villages.filter(name__in=only)
        return list(villages)
    if each == "superior":
        level = pack_in_force(day).superior_level
        paths = versions.filter(unit__code__in=codes).values_list("path", flat=True)
        above = {code for path in paths for code in path.strip("/").split("/")}
        return list(versions.filter(unit__code__in=above, unit__level=level))
    return list(versions.filter(unit__code__in=codes))


@lru_cache(maxsize=1)
def _demo_password() -> str:
    # One hash for all demo accounts: hashing is slow on purpose.
    return make_password(settings.DEMO_PASSWORD)
