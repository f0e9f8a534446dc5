"""
The stage of a scenario: people, units and households that are there before anybody acts.

None of this is an act of the procedure, so it is done only where demonstrations run; and what is
there already is left as it is.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from cases.duties import Role
from cases.grants import cut_at_unit_ends
from cases.models import (
    Area,
    Household,
    HouseholdClass,
    Level,
    Member,
    RoleAssignment,
    Standing,
    Unit,
    UnitSuccession,
    UnitVersion,
    User,
)
from cases.names import fold, normalise
from cases.permissions import sync_grants
from cases.rules.packs import pack_in_force
from workflow.scenarios.reading import Scenario, ScenarioError, Step
from workflow.scenarios.targets import communes_of

SINCE = date(2021, 1, 1)
Choice = TypeVar("Choice", bound=Enum)


def stage(scenario: Scenario, step: Step) -> tuple[str, int]:
    """
    Do a step that sets the stage; return what it was on and how many rows it made.

    :raises ScenarioError: naming the step and the key, and where no demonstration runs
    """
    if not settings.DEBUG:
        raise ScenarioError(
            f"step {step.number}: {step.do}: accounts, units and households are made up in "
            "demonstrations only"
        )
    with transaction.atomic():
        return _STAGING[step.do](scenario, step)


def _appoint(scenario: Scenario, step: Step) -> tuple[str, int]:
    """Make accounts with a role on units: the communes named, their villages, or the superior."""
    facts = step.facts
    role = _chosen(step, "facts.role", facts.get("role"), Role)
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
            valid_from=facts.get("from", SINCE),
            defaults={"paper": facts.get("paper", "Phân công trong bản trình diễn")},
        )
        people.append(user)
    if not people:
        raise step.error("on", f"no unit to appoint a {role} on")
    sync_grants(step.at.date(), people)
    names = ", ".join(user.username for user in people[:2]) + ("…" if len(people) > 2 else "")
    return f"{role}: {names}", len(people)


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


def _change_units(scenario: Scenario, step: Step) -> tuple[str, int]:
    """Make units, give them a version from a day on, say who followed whom, move households."""
    day, paper = step.facts.get("from", SINCE), step.facts.get("paper", "")
    if not isinstance(day, date):
        raise step.error("facts.from", f"expected a date, got {day!r}")
    rows = _rows(step, "units", ("path", "level", "name", "kind"), ("area", "from", "until"))
    made = sum(_store_version(step, row, row.get("from", day), paper) for row in rows)
    for row in _rows(step, "ends", ("unit", "until"), ()):
        made += _end_version(step, row)
    for row in _rows(step, "successions", ("from", "to"), ("partial",)):
        _succession, created = UnitSuccession.objects.get_or_create(
            predecessor=_unit(step, row["from"]),
            successor=_unit(step, row["to"]),
            on_date=day,
            defaults={"partial": row.get("partial", False), "source_document": paper},
        )
        made += created
    if made:  # played before: households may have moved on since
        for row in _rows(step, "moves", ("to", "households"), ()):
            moved = Household.objects.filter(code__in=row["households"])
            made += moved.update(village=_unit(step, row["to"]))
    return paper or f"{day:%d/%m/%Y}", made


def _store_version(step: Step, row: Mapping[str, Any], day: date, paper: str) -> int:
    codes = str(row["path"]).strip("/").split("/")
    level = _chosen(step, "facts.units.level", row["level"], Level)
    area = _chosen(step, "facts.units.area", row["area"], Area) if "area" in row else ""
    unit, _created = Unit.objects.get_or_create(code=codes[-1], defaults={"level": level})
    wanted = {
        "name": normalise(row["name"]),
        "kind": row["kind"],
        "area": area,
        "path": "/".join(codes) + "/",
    }
    present = unit.versions.filter(valid_from=day).first()
    if present is not None:
        different = [name for name, value in wanted.items() if getattr(present, name) != value]
        if different:
            raise step.error(
                f"facts.units.{unit.code}",
                f"another {', '.join(different)} is stored from {day:%d/%m/%Y} on",
            )
        return 0
    unit.versions.filter(valid_from__lt=day, valid_until=None).update(valid_until=day)
    parent = _unit(step, codes[-2]) if len(codes) > 1 else None
    UnitVersion.objects.create(
        unit=unit,
        name_key=fold(wanted["name"]),
        parent=parent,
        valid_from=day,
        valid_until=row.get("until"),
        source_document=paper or "Bản trình diễn",
        **wanted,
    )
    return 1


def _end_version(step: Step, row: Mapping[str, Any]) -> int:
    unit = _unit(step, row["unit"])
    ended = unit.versions.filter(valid_until=None).update(valid_until=row["until"])
    cut_at_unit_ends([unit.pk])
    return ended


def _enter_households(scenario: Scenario, step: Step) -> tuple[str, int]:
    """Enter households with their people, and what last year's decision said of them."""
    year = step.facts.get("year", scenario.year - 1)
    source = step.facts.get("source", f"Quyết định của năm {year}")
    made = 0
    rows = _rows(step, "households", ("code", "village", "head", "persons"), ("class", "members"))
    for row in rows:
        household = Household(
            code=row["code"], village=_unit(step, row["village"]), persons=row["persons"]
        )
        household.name_head(row["head"])
        if not Household.objects.filter(code=household.code).exists():
            household.save()
            made += 1
            Member.objects.bulk_create(
                Member(
                    household=household,
                    position=position,
                    full_name=normalise(name),
                    relation="Thành viên" if position > 1 else "Chủ hộ",
                )
                for position, name in enumerate([row["head"], *row.get("members", [])], start=1)
            )
        if "class" in row:
            held = _chosen(step, "facts.households.class", row["class"], HouseholdClass)
            Standing.objects.get_or_create(
                household=Household.objects.get(code=household.code),
                year=year,
                defaults={"household_class": held, "source": source},
            )
    return f"{len(rows)} households", made


def _rows(
    step: Step, name: str, needed: tuple[str, ...], also: tuple[str, ...]
) -> list[Mapping[str, Any]]:
    """
    Return the rows of a fact that is a list of tables.

    :raises ScenarioError: naming the row and the key that is missing or unknown
    """
    rows = step.facts.get(name, [])
    if not isinstance(rows, list):
        raise step.error(f"facts.{name}", "expected a list of tables")
    for number, row in enumerate(rows, start=1):
        where = f"facts.{name}, row {number}"
        if not isinstance(row, Mapping):
            raise step.error(where, f"expected a table, got {row!r}")
        if missing := [key for key in needed if key not in row]:
            raise step.error(where, f"the key {missing[0]} is missing")
        if unknown := sorted(set(row) - {*needed, *also}):
            raise step.error(where, f"unknown key {unknown[0]}")
    return rows


def _unit(step: Step, code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise step.error("facts", f"there is no unit {code!r}")
    return unit


def _chosen(step: Step, key: str, value: Any, choices: type[Choice]) -> Choice:
    try:
        return choices(value)
    except ValueError:
        raise step.error(
            key, f"expected one of {', '.join(each.value for each in choices)}, got {value!r}"
        ) from None


_STAGING: dict[str, Callable[[Scenario, Step], tuple[str, int]]] = {
    "appoint": _appoint,
    "change_units": _change_units,
    "enter_households": _enter_households,
}


@lru_cache(maxsize=1)
def _demo_password() -> str:
    # One hash for all demo accounts: hashing is slow on purpose.
    return make_password(settings.DEMO_PASSWORD)
