"""
Who may do what where: one query of grants, asked three ways (which units, which cases, this one).

A duty is granted on a unit and reaches everything below it. Grants are read once a request and
kept on the user object; a grant without a unit does not exist here, so nothing is site-wide.

Grants follow from dated assignments (docs/rights.md) and carry their days, so rights are always
asked on a day: the door's (a middleware says which), the act's legal day, a command's own. Who says
none is answered for the date in Vietnam.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from cases.duties import Duty
from cases.grants import sync_grants
from cases.models.cases import Case
from cases.models.people import (
    OfficeMember,
    RoleAssignment,
    UnitGroupPermission,
    UnitUserPermission,
    User,
)
from cases.models.rounds import Round, VillageReview
from cases.models.units import Level, Unit, UnitSuccession, UnitVersion

__all__ = [
    "Scope",
    "Scoped",
    "UnitScopeBackend",
    "ask_on",
    "cases_within_duty",
    "communes_within_duty",
    "duty_unit",
    "forget_scope",
    "holders_of",
    "holds_duty",
    "on_behalf_of",
    "read_scope",
    "rounds_to_take_over",
    "rounds_within_duty",
    "scope_of",
    "successors_of",
    "sync_grants",
    "village_reviews_within_duty",
]

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


@dataclass(frozen=True)
class Rights:
    """What was read of a person's rights on one day."""

    scope: Scope
    # (duty, unit) held by loans only -> the assignment that lends it
    lent: dict[tuple[str, int], int]


def ask_on(user: User | AnonymousUser, day: date) -> None:
    """Make questions about the user be answered for this day from now on."""
    if isinstance(user, User) and user.rights_day != day:
        user.rights_day = day
        user.rights_read = None


def read_scope(user: User | AnonymousUser, day: date) -> Scope:
    """Return the user's duties on a day, read anew; later questions are of that day too."""
    ask_on(user, day)
    forget_scope(user)
    return scope_of(user)


def scope_of(user: User | AnonymousUser) -> Scope:
    """Return the user's duties by level and unit, in one query kept for the request."""
    return _rights_of(user).scope


def on_behalf_of(
    user: User | AnonymousUser, duty: Duty, unit_id: int, day: date
) -> RoleAssignment | None:
    """
    Return the loan by which the user holds a duty granted on a unit; None: it is the user's own.

    The loan's own `on_behalf_of` is the appointment whose duties are lent. No query for who borrows
    nothing, if rights were just read for that day.
    """
    ask_on(user, day)
    lent = _rights_of(user).lent.get((duty, unit_id))
    if lent is None:
        return None
    return RoleAssignment.objects.select_related("on_behalf_of__user").get(pk=lent)


def _rights_of(user: User | AnonymousUser) -> Rights:
    if not isinstance(user, User) or not user.is_active:
        return Rights({}, {})
    if user.rights_read is None:
        user.rights_read = _read(user, user.rights_day or timezone.localdate())
    return user.rights_read


# Asked at every request and every act: written down, since putting it together costs ten times the asking.
# One condition on the membership: who has left an office holds nothing of it from that day on.
# A closed account lends nothing: nobody acts in the place of who may not act.
_GRANTS = """
    SELECT p.codename, u.level, g.content_object_id, r.on_behalf_of_id, g.assignment_id
      FROM cases_unituserpermission g
      JOIN cases_roleassignment r ON r.id = g.assignment_id
      JOIN auth_permission p ON p.id = g.permission_id
      JOIN cases_unit u ON u.id = g.content_object_id
      LEFT JOIN cases_roleassignment l ON l.id = r.on_behalf_of_id
      LEFT JOIN cases_user lender ON lender.id = l.user_id
     WHERE g.user_id = %(user)s AND (lender.id IS NULL OR lender.is_active)
       AND g.valid_from <= %(day)s AND (g.valid_until IS NULL OR g.valid_until > %(day)s)
    UNION
    SELECT p.codename, u.level, g.content_object_id, NULL, NULL
      FROM cases_officemember m
      JOIN cases_office o ON o.id = m.office_id
      JOIN cases_unitgrouppermission g ON g.group_id = o.group_id
      JOIN auth_permission p ON p.id = g.permission_id
      JOIN cases_unit u ON u.id = g.content_object_id
     WHERE m.user_id = %(user)s AND NOT m.ended_at_once
       AND m.valid_from <= %(day)s AND (m.valid_until IS NULL OR m.valid_until > %(day)s)
       AND g.valid_from <= %(day)s AND (g.valid_until IS NULL OR g.valid_until > %(day)s)
"""


def _read(user: User, day: date) -> Rights:
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, {"user": user.pk, "day": day})
        grants = cursor.fetchall()
    scope: Scope = {}
    lent: dict[tuple[str, int], int] = {}
    held: set[tuple[str, int]] = set()
    for duty, level, unit_id, loan, assignment in grants:
        scope.setdefault(duty, {}).setdefault(level, set()).add(unit_id)
        if loan is None:
            held.add((duty, unit_id))
        else:
            lent[duty, unit_id] = assignment
    return Rights(scope, {key: loan for key, loan in lent.items() if key not in held})


def _in_force(day: date, where: str = "") -> Q:
    """Return what holds on a day, of rows reached by `where`."""
    until = f"{where}valid_until"
    return Q(**{f"{where}valid_from__lte": day}) & (
        Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": day})
    )


def holders_of(duties: Iterable[Duty], unit_id: int, day: date) -> models.QuerySet[User]:
    """Return who holds one of the duties on the unit itself that day, by a grant of one's own or an office's."""
    codes = list(duties)
    lender = "assignment__on_behalf_of"
    own = UnitUserPermission.objects.filter(
        _in_force(day),
        Q(**{f"{lender}__isnull": True}) | Q(**{f"{lender}__user__is_active": True}),
        content_object=unit_id,
        permission__codename__in=codes,
    )
    offices = UnitGroupPermission.objects.filter(
        _in_force(day), content_object=unit_id, permission__codename__in=codes
    )
    members = OfficeMember.objects.giving_rights(day).filter(
        office__group__in=offices.values("group")
    )
    holders = Q(pk__in=own.values("user")) | Q(pk__in=members.values("user"))
    return User.objects.filter(holders, is_active=True).order_by("pk")


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
    if granted.get(Level.NATION) and (wanted is None or Level.NATION in wanted):
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


def forget_scope(user: User | AnonymousUser) -> None:
    """Make the next question about the user read the grants again, for the same day as before."""
    if isinstance(user, User):
        user.rights_read = None
