"""
Grants: what dated assignments and offices come to, as guardian's rows; written here only.

A row repeats the days of what it follows from, cut where its unit ends and, of a loan, where the
lender's own assignment ends. So nothing must run for a right to begin or to end by date.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import BooleanField, ExpressionWrapper, Max, Q

from cases.duties import ROLE_DUTIES, Role
from cases.models.people import (
    Office,
    OfficeMember,
    RoleAssignment,
    UnitGroupPermission,
    UnitUserPermission,
    User,
)
from cases.models.units import Unit, UnitVersion

BATCH = 1000
OF_A_PERSON = (
    "user_id",
    "permission_id",
    "content_object_id",
    "assignment_id",
    "valid_from",
    "valid_until",
)
OF_AN_OFFICE = ("group_id", "permission_id", "content_object_id", "valid_from", "valid_until")
OF_A_MEMBER = ("user_id", "group_id")


@transaction.atomic
def sync_grants(day: date, users: Iterable[User] | None = None) -> int:
    """
    Write and remove guardian's rows so that they equal what is held on a day and later.

    With `users`: theirs and their borrowers'; without: everybody's, and all offices'. Returns the
    number of rows written and removed. Safe to run twice.
    """
    people = None if users is None else _with_borrowers(users)
    # Who ends and who gives at once wait for each other here; the second sees what the first did.
    lock_people(people)
    changed = _sync_people(day, people) + _sync_members(day, people)
    return changed if people is not None else changed + sync_offices(day, Office.objects.all())


def sync_offices(day: date, offices: models.QuerySet[Office]) -> int:
    """Write and remove the grants of offices so that they equal their role's duties."""
    rows = list(offices)
    ends = unit_ends({row.unit_id for row in rows})
    permissions = _permissions()
    wanted: set[tuple[Any, ...]] = set()
    for row in rows:
        until = _earliest(row.valid_until, ends.get(row.unit_id))
        if until is None or until > max(day, row.valid_from):
            wanted |= {
                (row.group_id, permissions[duty], row.unit_id, row.valid_from, until)
                for duty in ROLE_DUTIES[Role(row.role)]
            }
    present = UnitGroupPermission.objects.filter(group__in=[row.group_id for row in rows])
    return _make_equal(present, OF_AN_OFFICE, wanted)


def unit_ends(units: Collection[int]) -> dict[int, date]:
    """Return the first day out of each of the units whose end is known."""
    still = ExpressionWrapper(Q(valid_until__isnull=True), output_field=BooleanField())
    rows = (
        UnitVersion.objects.filter(unit__in=units)
        .order_by()
        .values_list("unit", still)
        .annotate(last=Max("valid_until"))
    )
    found = list(rows)
    there = {unit for unit, is_open, _last in found if is_open}
    return {unit: last for unit, _open, last in found if unit not in there and last is not None}


def cut_at_unit_ends(units: Collection[int]) -> None:
    """End the grants on units that are now known to end; to be called by whoever ends a unit."""
    for unit, end in unit_ends(units).items():
        for model in (UnitUserPermission, UnitGroupPermission):
            beyond = Q(valid_until__isnull=True) | Q(valid_until__gt=end)
            model.objects.filter(beyond, content_object=unit).update(valid_until=end)


def lock_people(people: Iterable[int] | None) -> None:
    """Make whoever changes what these people hold wait for each other; None: everybody."""
    users = User.objects.order_by("pk")
    if people is not None:
        users = users.filter(pk__in=set(people))
    list(users.select_for_update(no_key=True).values_list("pk"))


def _with_borrowers(users: Iterable[User]) -> set[int]:
    people = {user.pk for user in users}
    loans = RoleAssignment.objects.filter(on_behalf_of__user__in=people)
    return people | set(loans.values_list("user", flat=True))


def _permissions() -> dict[str, int]:
    of_units = Permission.objects.filter(content_type=ContentType.objects.get_for_model(Unit))
    return dict(of_units.values_list("codename", "pk"))


def _sync_people(day: date, people: set[int] | None) -> int:
    held = RoleAssignment.objects.filter(_not_over(day), ended_at_once=False)
    present = UnitUserPermission.objects.all()
    if people is not None:
        held, present = held.filter(user__in=people), present.filter(user__in=people)
    rows = list(held.select_related("on_behalf_of"))
    ends = unit_ends({row.unit_id for row in rows})
    permissions = _permissions()
    wanted: set[tuple[Any, ...]] = set()
    for row in rows:
        until = _earliest(row.valid_until, ends.get(row.unit_id))
        if (lender := row.on_behalf_of) is not None:
            if lender.ended_at_once:
                continue
            until = _earliest(until, lender.valid_until)
        if until is None or until > max(day, row.valid_from):
            wanted |= {
                (row.user_id, permissions[duty], row.unit_id, row.pk, row.valid_from, until)
                for duty in row.duties_given()
            }
    return _make_equal(present, OF_A_PERSON, wanted)


def _sync_members(day: date, people: set[int] | None) -> int:
    """Mirror who belongs to an office today in its Django group; rights ask the dated rows."""
    members = OfficeMember.objects.giving_rights(day)
    present: Any = User.groups.through.objects.filter(group__office__isnull=False)
    if people is not None:
        members, present = members.filter(user__in=people), present.filter(user__in=people)
    return _make_equal(present, OF_A_MEMBER, set(members.values_list("user", "office__group")))


def _not_over(day: date) -> Q:
    return Q(valid_until__isnull=True) | Q(valid_until__gt=day)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _make_equal(present: Any, columns: tuple[str, ...], wanted: set[tuple[Any, ...]]) -> int:
    """Delete the rows that are not wanted and write those that are missing."""
    there = {tuple(row): pk for pk, *row in present.values_list("pk", *columns)}
    gone = [pk for row, pk in there.items() if row not in wanted]
    new = wanted - there.keys()
    model = present.model
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(
        [model(**dict(zip(columns, row, strict=True))) for row in new], batch_size=BATCH
    )
    return len(gone) + len(new)
