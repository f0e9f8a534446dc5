"""Who held what on units, and when: answered from assignments and memberships, for ever."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.models.people import OfficeMember, RoleAssignment


class Holding(NamedTuple):
    """A role that somebody held on a unit from one day to another, and the duties that came with it."""

    role: Role
    since: date
    until: date | None
    duties: frozenset[Duty]

    def on(self, day: date) -> bool:
        """Test if it was held on a day."""
        return self.since <= day and (self.until is None or day < self.until)


class Holder(NamedTuple):
    """A person, the unit, and what was held on it."""

    user_id: int
    unit_id: int
    name: str
    holding: Holding


def holders_of_units(units: Iterable[int]) -> Iterator[Holder]:
    """Yield what anybody ever held on these units, by two queries."""
    units = list(units)
    for row in RoleAssignment.objects.filter(unit__in=units).select_related("user"):
        holding = Holding(Role(row.role), row.valid_from, row.valid_until, row.duties_given())
        yield Holder(row.user_id, row.unit_id, row.user.full_name, holding)
    members = OfficeMember.objects.filter(office__unit__in=units)
    for member in members.select_related("user", "office"):
        role = Role(member.office.role)
        holding = Holding(role, member.valid_from, member.valid_until, ROLE_DUTIES[role])
        yield Holder(member.user_id, member.office.unit_id, member.user.full_name, holding)
