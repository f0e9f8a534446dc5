"""
Playing a review written as TOML through the same acts the pages use (docs/scenarios/README.md).

The player has no power that a page has not: who acts, on what and when comes from the file, and
the engine judges it. Accounts are made by `appoint` steps, and only where demonstrations run.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Q

from cases.duties import Role
from cases.models import (
    Act,
    Case,
    Level,
    RoleAssignment,
    Round,
    Unit,
    UnitVersion,
    User,
    VillageReview,
)
from cases.models.calendars import NoCalendar
from cases.permissions import sync_grants
from cases.rules.packs import PACKS, NoPackInForce, Span, pack_in_force
from cases.rules.standards import MeasureError
from cases.sheets.households import read_households
from cases.sheets.workbook import UnreadableWorkbook, open_workbook
from workflow.acts.registry import BadFact, do
from workflow.imports.files import NotWhole
from workflow.imports.households import read_list, take_list
from workflow.imports.surveys import read_forms, take_forms
from workflow.machine.refusals import Refused

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SPANS = {act.code: act.span for pack in PACKS.values() for act in pack.acts}
# In law these are about one household; the form is filled for the commune.
ON_ROUND = {"receive_request", "refuse"}
# These bring their own cases, so a commune without any yet may still owe them.
BRING_CASES = {"receive_request", "build_list"}
_IMPORTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "import_households": (read_list, take_list),
    "import_surveys": (read_forms, take_forms),
}
FILTERS = {
    "state": "state",
    "basis": "basis",
    "opening_class": "opening_class",
    "result_class": "result_class",
    "departure_reported": "household__departure_reported",
    "village": "village_review__village_name",
}
KEYS = {"at", "by", "do", "on", "facts", "expect", "note"}


class ScenarioError(Exception):
    """The file cannot be played: the message names the step, the key and the reason."""


class Surprise(Exception):
    """A step went otherwise than the scenario says."""


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


def play(scenario: Scenario) -> Iterator[Played]:
    """
    Do every step in its order and yield what happened.

    :raises Surprise: at the first step that goes otherwise than expected; earlier steps stay done
    """
    last_done = _last_step_done(scenario)
    for step in scenario.steps:
        if step.number < last_done and step.expect != "done":
            continue  # What was refused then may be refused for a later reason now.
        if step.do == "appoint":
            yield _appoint(scenario, step)
        elif step.do in _IMPORTS:
            yield _import(scenario, step)
        else:
            targets = list(_targets(scenario, step))
            if not targets and not step.on.get("if_any"):
                raise Surprise(f"step {step.number} ({step.do}): nothing matches {dict(step.on)}")
            for target in targets:
                yield _act(scenario, step, target)


def _read_step(number: int, row: Mapping[str, Any]) -> Step:
    unknown = set(row) - KEYS
    if unknown:
        raise ScenarioError(f"step {number}: unknown key {', '.join(sorted(unknown))}")
    for key in ("at", "do"):
        if key not in row:
            raise ScenarioError(f"step {number}: the key {key} is missing")
    if row["do"] not in {*SPANS, *_IMPORTS, "appoint"}:
        raise ScenarioError(f"step {number}: there is no act {row['do']!r}")
    if row["do"] != "appoint" and "by" not in row:
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


def _act(scenario: Scenario, step: Step, target: Any) -> Played:
    by = _actor(step, step.by, target)
    key = _key(scenario, step, target)
    if Act.objects.filter(idempotency_key=key).exists():
        return _met(step, _done(step, by, target, key))
    facts = {name: _fact(step, value, target) for name, value in step.facts.items()}
    if step.do == "open_round":
        facts.setdefault("year", scenario.year)
    name = _name(target)
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
        **_told(step, by, _name(target)), result="done", moved=act.count, sequence=act.sequence
    )


def _key(scenario: Scenario, step: Step, target: Any) -> str:
    """Return the same key for the same step of the same file on the same target."""
    name = hashlib.sha256(_name(target).encode()).hexdigest()[:16]
    return f"{scenario.digest}:{step.number:04d}:{name}"


def _last_step_done(scenario: Scenario) -> int:
    """Return the number of the last step that an earlier run of this file did; 0: none."""
    keys = Act.objects.filter(idempotency_key__startswith=f"{scenario.digest}:")
    last = keys.order_by("idempotency_key").values_list("idempotency_key", flat=True).last()
    return int(last.split(":")[1]) if last else 0


def _played_before(scenario: Scenario, step: Step, candidates: Iterable[Any]) -> set[int]:
    """Return the keys of the targets on which this very step was done in an earlier run."""
    keys = {_key(scenario, step, target): target.pk for target in candidates}
    done = Act.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True)
    return {keys[key] for key in done}


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


def _targets(scenario: Scenario, step: Step) -> Iterator[Any]:
    if step.do == "open_round":
        yield from Unit.objects.filter(code__in=_communes(scenario, step)).order_by("code")
        return
    rounds = Round.objects.filter(year=scenario.year).select_related("commune", "superior")
    if communes := _communes(scenario, step):
        rounds = rounds.filter(commune__code__in=communes)
    span = Span.ROUND if step.do in ON_ROUND else SPANS[step.do]
    if step.do == "refuse":
        waiting = Q(pk__in=Case.objects.filter(state="unqualified").values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    if span == Span.ROUND:
        yield from _owing(scenario, rounds, step)
    elif span == Span.VILLAGE:
        yield from _villages(scenario, rounds, step)
    else:
        yield from _cases(scenario, rounds, step)


def _communes(scenario: Scenario, step: Step) -> list[str]:
    """Return the communes a step is on: named, or those of a household workbook."""
    if name := step.on.get("file"):
        return _communes_of(scenario.files[name])
    return list(step.on.get("units", []))


@lru_cache(maxsize=8)
def _communes_of(file: Path) -> list[str]:
    return sorted(read_households(open_workbook(file, name=file.name)).communes())


def _owing(scenario: Scenario, rounds: Any, step: Step) -> list[Round]:
    """
    Return the rounds a step is on; of communes that it does not name, those that owe the act.

    A commune where all left or escaped owes no report or certificate. One that is only behind is
    kept: that it is refused is the surprise.
    """
    if step.do not in BRING_CASES and not step.on.get("units"):
        passed_over = {s for p in PACKS.values() for s in p.by_code[step.do].passes_over}
        waiting = Q(pk__in=Case.objects.exclude(state__in=passed_over).values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    return list(rounds.order_by("commune__code"))


def _villages(scenario: Scenario, rounds: Any, step: Step) -> Iterator[VillageReview]:
    reviews = VillageReview.objects.filter(round__in=rounds).select_related("round__commune")
    if names := step.on.get("villages"):
        reviews = reviews.filter(village_name__in=names)
    else:
        # Only villages that have a case the act could move: the others owe nothing.
        sources = next(p.by_code[step.do].sources for p in PACKS.values())
        before = _played_before(scenario, step, reviews)
        reviews = reviews.filter(Q(cases__state__in=sources) | Q(pk__in=before))
        if without := step.on.get("except_villages"):
            reviews = reviews.exclude(village_name__in=without)
    yield from reviews.distinct().order_by("village__code")


def _cases(scenario: Scenario, rounds: Any, step: Step) -> Iterator[Case]:
    cases = Case.objects.filter(round__in=rounds).select_related(
        "round__commune", "village_review__round", "household"
    )
    wanted = dict(step.on.get("filter", {}))
    codes = step.on.get("cases")
    unknown = set(wanted) - set(FILTERS)
    if unknown or not (codes or wanted):
        raise ScenarioError(
            f"step {step.number}: on needs cases or a filter of {', '.join(sorted(FILTERS))}"
        )
    match = Q(**{FILTERS[name]: value for name, value in wanted.items()})
    if codes:
        match &= Q(code__in=codes)
    before = _played_before(scenario, step, cases)
    yield from cases.filter(match | Q(pk__in=before)).order_by("pk")


def _name(target: Any) -> str:
    if isinstance(target, Unit):
        return target.code
    if isinstance(target, Round):
        return target.key
    if isinstance(target, VillageReview):
        return f"{target.round.key}/{target.village_name}"
    return str(target.code)


def _actor(step: Step, by: str | Mapping[str, str], target: Any) -> User:
    """Return the user named, or the one who holds the role on the target's unit on that day."""
    if isinstance(by, str):
        user = User.objects.filter(username=by).first()
        if user is None:
            raise ScenarioError(f"step {step.number}: there is no user {by!r}")
        return user
    holders = RoleAssignment.objects.in_force(step.at.date()).filter(role=by["role"])
    if "unit" in by:
        holders = holders.filter(unit__code=by["unit"])
    else:
        holders = holders.filter(unit__in=_units(target))
    holder = holders.select_related("user").order_by("pk").first()
    if holder is None:
        raise ScenarioError(f"step {step.number}: nobody is {dict(by)} for {_name(target)}")
    return holder.user


def _units(target: Any) -> list[int]:
    if isinstance(target, Unit):
        return [target.pk]
    return [pk for pk in target.scope_unit_ids.values() if pk is not None]


def _fact(step: Step, value: Any, target: Any) -> Any:
    if isinstance(value, Mapping) and set(value) in ({"role"}, {"role", "unit"}):
        return _actor(step, value, target)
    return value


def _import(scenario: Scenario, step: Step) -> Played:
    by = _actor(step, step.by, None)
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
    codes = _communes(scenario, step)
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
