"""The accounts of the demonstration that a newcomer needs to walk a household to its certificate."""

from django.conf import settings
from django.utils.translation import gettext as _

from cases.duties import ROLE_TITLES, Role
from cases.models import RoleAssignment, UnitVersion

# Ea T'Ling and its Tổ dân phố 2 (the village left to the newcomer), then the levels above.
COMMUNE = "24640"
VILLAGE_NAME = "Tổ dân phố 2"
# Two of the ministry: an edition of the procedure is loaded by one and approved by the other.
ABOVE = ("chutich.huyen", "so.67", "bo", "bo2", "giamsat", "thanhtra.67")


def demo_accounts() -> list[dict[str, str]]:
    """Return one account a role: username, title, place, password; none outside a demonstration."""
    if not settings.DEMO:
        return []
    village = UnitVersion.objects.filter(parent__code=COMMUNE, name=VILLAGE_NAME).first()
    near = RoleAssignment.objects.filter(unit__code=COMMUNE) | RoleAssignment.objects.filter(
        unit=village.unit_id if village else None
    )
    held = near | RoleAssignment.objects.filter(user__username__in=ABOVE)
    assignments = held.filter(kind=RoleAssignment.Kind.APPOINTMENT)
    places = _places([row.unit_id for row in assignments])
    order = list(ROLE_TITLES)
    rows = sorted(
        assignments.exclude(user__username="nhaplieu").select_related("user"),
        key=lambda a: (order.index(Role(a.role)), a.user.username),
    )
    return [
        {
            "username": row.user.username,
            "title": _(ROLE_TITLES[Role(row.role)]),
            "place": places.get(row.unit_id, ""),
            "password": settings.DEMO_PASSWORD,
        }
        for row in rows
    ]


def _places(units: list[int]) -> dict[int, str]:
    versions = UnitVersion.objects.filter(unit__in=units).order_by("valid_from")
    # The name of the demonstration's year: the first version in the table.
    return {v.unit_id: v.name for v in reversed(versions)}
