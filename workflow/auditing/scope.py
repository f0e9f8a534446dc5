"""What an auditor may look at: rounds, cases and acts of the units on which AUDIT was granted."""

from typing import Any

from django.db.models import Q, QuerySet

from cases.duties import Duty
from cases.models import Act, Case, Level, Round, Unit, UnitVersion, User
from cases.names import fold
from cases.permissions import cases_within_duty, duty_unit, rounds_within_duty, scope_of

SHOWN = 20  # units offered for a name that many bear
_COLUMN = {Level.PROVINCE: "province", Level.DISTRICT: "district", Level.COMMUNE: "keeper"}


class NoSuchUnit(Exception):
    """No unit with rounds within the duty has this code or name; or several have the name."""

    def __init__(self, asked: str, several: list[str] | None = None) -> None:
        super().__init__(asked)
        self.several = several or []


def audited_cases(user: User) -> QuerySet[Case]:
    return cases_within_duty(user, Duty.AUDIT)


def audited_rounds(user: User) -> QuerySet[Round]:
    return rounds_within_duty(user, Duty.AUDIT)


def audited_acts(user: User) -> QuerySet[Act]:
    """Return the acts of the rounds that the user audits, by the rounds' own columns."""
    granted = scope_of(user).get(Duty.AUDIT, {})
    if granted.get(Level.NATION):
        return Act.objects.all()
    reach = Q(pk__in=[])
    for level, column in _COLUMN.items():
        if units := granted.get(level):
            reach |= Q(**{f"round__{column}__in": units})
    return Act.objects.filter(reach)


def rounds_of(rounds: QuerySet[Round], unit: Unit) -> QuerySet[Round]:
    """Return which of the rounds lie in the unit."""
    if unit.level == Level.NATION:
        return rounds
    return rounds.filter(**{_COLUMN[Level(unit.level)]: unit})


def cases_of(cases: QuerySet[Case], unit: Unit) -> QuerySet[Case]:
    """Return which of the cases lie in the unit."""
    if unit.level == Level.NATION:
        return cases
    return cases.filter(**{str(unit.level).lower(): unit})


def covers(user: User, duty: Duty, unit: Unit) -> bool:
    """Test if the user holds the duty on the unit or above it, on whatever day it was there."""
    granted = scope_of(user).get(duty, {})
    held = {pk for units in granted.values() for pk in units}
    if granted.get(Level.NATION) or unit.pk in held:
        return True
    codes = set(Unit.objects.filter(pk__in=held).values_list("code", flat=True))
    paths = UnitVersion.objects.filter(unit=unit).values_list("path", flat=True)
    return any(codes & set(path.strip("/").split("/")) for path in paths)


def audited_unit(user: User, asked: str) -> Unit:
    """
    Return the unit within the duty that somebody names by code or by name.

    :raises NoSuchUnit: also for a unit outside the duty: a refusal tells nothing about it
    """
    asked = " ".join(asked.split())
    units = Unit.objects.exclude(level=Level.VILLAGE)
    by_code = units.filter(code=asked).first()
    if by_code is not None:
        if covers(user, Duty.AUDIT, by_code):
            return by_code
        raise NoSuchUnit(asked)
    named = UnitVersion.objects.filter(name_key=fold(asked)).exclude(unit__level=Level.VILLAGE)
    found = {v.unit_id: v.unit for v in named.select_related("unit")[: 5 * SHOWN]}
    mine = [unit for unit in found.values() if covers(user, Duty.AUDIT, unit)]
    if len(mine) != 1:
        raise NoSuchUnit(asked, sorted(unit.code for unit in mine)[:SHOWN])
    return mine[0]


def audit_level(user: User, round: Round) -> int | None:
    """Return the widest unit through which the user audits the round; None: through none."""
    for level in (Level.NATION, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        if (unit := duty_unit(user, Duty.AUDIT, round, [level])) is not None:
            return unit
    return None


def units_below(units: set[int]) -> QuerySet[UnitVersion, Any]:
    """Return the units that lie, or lay, below (or are) one of these, as a query of keys."""
    paths = UnitVersion.objects.filter(unit__in=units).values_list("path", flat=True).distinct()
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(path__startswith=path)
    return UnitVersion.objects.filter(below).order_by().values("unit")
