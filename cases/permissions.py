"""
Who may do what where: one query of grants, asked three ways (which units, which cases, this one).

A duty is granted on a unit and reaches everything below it. Grants are read once a request and
kept on the user object; a grant without a unit does not exist here, so nothing is site-wide.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.models.cases import Case
from cases.models.people import (
    RoleAssignment,
    UnitGroupPermission,
    UnitUserPermission,
    User,
)
from cases.models.rounds import Round, VillageReview
from cases.models.units import Level, Unit, UnitSuccession, UnitVersion

# duty -> level -> ids of the units it was granted on
Scope = dict[str, dict[str, set[int]]]

_COLUMN: dict[Level, str] = {
    Level.PROVINCE: "province",
    Level.DISTRICT: "district",
    Level.COMMUNE: "commune",
    Level.VILLAGE: "village",
}
# A round is answered for by its keeper: the commune itself, or the one that took it over.
_ROUND_COLUMN: dict[Level, str] = {
    Level.PROVINCE: "province",
    Level.DISTRICT: "district",
    Level.COMMUNE: "keeper",
}


class Scoped(Protocol):
    """Anything that lies in units: a round, a village review, a case."""

    @property
    def scope_unit_ids(self) -> dict[str, int | None]: ...


def scope_of(user: User | AnonymousUser) -> Scope:
    """Return the user's duties by level and unit, in one query kept for the request."""
    if not user.is_active or not user.is_authenticated:
        return {}
    cached: Scope | None = getattr(user, "_duty_scope", None)
    if cached is not None:
        return cached
    columns = ("permission__codename", "content_object__level", "content_object_id")
    own = UnitUserPermission.objects.filter(user=user).values_list(*columns)
    office = UnitGroupPermission.objects.filter(group__user=user).values_list(*columns)
    scope: Scope = {}
    for duty, level, unit_id in own.union(office):
        scope.setdefault(duty, {}).setdefault(level, set()).add(unit_id)
    user.__dict__["_duty_scope"] = scope
    return scope


def holds_duty(
    user: User | AnonymousUser, duty: Duty, obj: Scoped, levels: Iterable[str] | None = None
) -> bool:
    """
    Test if the user may exercise the duty on the object.

    `levels` narrows where the duty must have been granted (a signature is the commune's own).
    """
    return duty_unit(user, duty, obj, levels) is not None


def duty_unit(
    user: User | AnonymousUser, duty: Duty, obj: Scoped, levels: Iterable[str] | None = None
) -> int | None:
    """Return the id of the unit through which the user holds the duty on the object, the nearest."""
    granted = scope_of(user).get(duty, {})
    units = obj.scope_unit_ids
    wanted = set(levels) if levels is not None else None
    for level in (Level.VILLAGE, Level.COMMUNE, Level.DISTRICT, Level.PROVINCE):
        if wanted is not None and level not in wanted:
            continue
        unit_id = units.get(level)
        if unit_id is not None and unit_id in granted.get(level, ()):
            return unit_id
    if wanted is None and granted.get(Level.NATION):
        return min(granted[Level.NATION])
    return None


def cases_within_duty(user: User | AnonymousUser, duty: Duty) -> models.QuerySet[Case]:
    """Return the cases on which the user may exercise the duty."""
    return _within(Case.objects.all(), user, duty, _COLUMN)


def village_reviews_within_duty(
    user: User | AnonymousUser, duty: Duty
) -> models.QuerySet[VillageReview]:
    """Return the village reviews on which the user may exercise the duty."""
    columns: dict[Level, str] = {k: f"round__{name}" for k, name in _ROUND_COLUMN.items()}
    columns[Level.VILLAGE] = "keeper"
    return _within(VillageReview.objects.all(), user, duty, columns)


def rounds_within_duty(user: User | AnonymousUser, duty: Duty) -> models.QuerySet[Round]:
    """Return the rounds in which the user may exercise the duty, somewhere or everywhere."""
    granted = scope_of(user).get(duty, {})
    rounds = _within(Round.objects.all(), user, duty, _ROUND_COLUMN)
    if villages := granted.get(Level.VILLAGE):
        reviewed = VillageReview.objects.filter(keeper__in=villages).values("round")
        rounds = rounds | Round.objects.filter(pk__in=reviewed)
    return rounds


def rounds_to_take_over(user: User | AnonymousUser, day: date) -> models.QuerySet[Round]:
    """Return the rounds whose commune was followed by one on which the user may open rounds."""
    granted = scope_of(user).get(Duty.OPEN_ROUND, {}).get(Level.COMMUNE, set())
    return Round.objects.filter(keeper__in=_along(granted, "successor", "predecessor", day))


def successors_of(unit_id: int, day: date | None = None) -> set[int]:
    """Return the units that followed a unit until a day, also those that followed its successors."""
    return _along({unit_id}, "predecessor", "successor", day)


def _along(units: set[int], near: str, far: str, day: date | None) -> set[int]:
    """Return what successions lead to from these units, step by step; one query a generation."""
    rows = (
        UnitSuccession.objects.all()
        if day is None
        else UnitSuccession.objects.filter(on_date__lte=day)
    )
    found: set[int] = set()
    while units:
        units = set(rows.filter(**{f"{near}__in": units}).values_list(far, flat=True)) - found
        found |= units
    return found


def communes_within_duty(
    user: User | AnonymousUser, duty: Duty, day: date
) -> models.QuerySet[Unit]:
    """Return the communes of a day on which the user holds the duty, through any level above."""
    versions = UnitVersion.objects.in_force(day).filter(unit__level=Level.COMMUNE)
    granted = scope_of(user).get(duty, {})
    if not granted.get(Level.NATION):
        above = [i for level in granted for i in granted[level] if level != Level.VILLAGE]
        paths = (
            UnitVersion.objects.in_force(day).filter(unit__in=above).values_list("path", flat=True)
        )
        below = Q(pk__in=[])
        for path in paths:
            below |= Q(path__startswith=path)
        versions = versions.filter(below)
    return Unit.objects.filter(pk__in=versions.values("unit"))


def _within(
    rows: models.QuerySet[Any],
    user: User | AnonymousUser,
    duty: Duty,
    columns: dict[Level, str],
) -> Any:
    granted = scope_of(user).get(duty, {})
    if granted.get(Level.NATION):
        return rows
    reach = Q(pk__in=[])
    for level, column in columns.items():
        if units := granted.get(level):
            reach |= Q(**{f"{column}__in": units})
    return rows.filter(reach)


class UnitScopeBackend:
    """Answers `user.has_perm(duty, obj)` from the units the duty was granted on."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def get_user(self, user_id: int) -> None:
        return None

    def has_perm(self, user: User | AnonymousUser, perm: str, obj: Any = None) -> bool:
        # Without an object there is no answer: duties are never site-wide.
        code = perm.split(".")[-1]
        if code not in set(Duty) or not hasattr(obj, "scope_unit_ids"):
            return False
        return duty_unit(user, Duty(code), obj) is not None


@transaction.atomic
def sync_grants(day: date, users: Iterable[User] | None = None) -> int:
    """
    Write and remove guardian's rows so that they equal the assignments in force on a day.

    Returns the number of rows written and removed. Safe to run twice.
    """
    assignments = RoleAssignment.objects.in_force(day)
    rows = UnitUserPermission.objects.all()
    if users is not None:
        assignments = assignments.filter(user__in=users)
        rows = rows.filter(user__in=users)
    permissions = {
        p.codename: p.pk
        for p in Permission.objects.filter(content_type=ContentType.objects.get_for_model(Unit))
    }
    wanted = {
        (user_id, permissions[duty], unit_id)
        for user_id, role, unit_id in assignments.values_list("user_id", "role", "unit_id")
        for duty in ROLE_DUTIES[Role(role)]
    }
    present = {
        (user_id, permission_id, unit_id): pk
        for pk, user_id, permission_id, unit_id in rows.values_list(
            "pk", "user_id", "permission_id", "content_object_id"
        )
    }
    gone = [pk for key, pk in present.items() if key not in wanted]
    UnitUserPermission.objects.filter(pk__in=gone).delete()
    new = wanted - present.keys()
    UnitUserPermission.objects.bulk_create(
        [
            UnitUserPermission(user_id=user, permission_id=permission, content_object_id=unit)
            for user, permission, unit in sorted(new)
        ],
        batch_size=1000,
    )
    return len(gone) + len(new)


def forget_scope(user: User | AnonymousUser) -> None:
    """Make the next question about the user read the grants again."""
    user.__dict__.pop("_duty_scope", None)
