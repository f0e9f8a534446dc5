"""Who holds what on a unit, as pages tell it: now, to come, before, or on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.duties import DUTY_TITLES, NEVER_LENT, ROLE_DUTIES, ROLE_LEVELS, ROLE_TITLES, Duty, Role
from cases.models import Level, RoleAssignment, Unit, UnitVersion, User
from cases.permissions import duty_unit, scope_of
from workflow.appointing import Kind, Place, may_end, may_give, may_lend, place_of
from workflow.pages.person import person

SHOWN_BEFORE = 100
# One's own unit is the one where most is held; a commune's page tells its villages too.
NEAREST = (Level.COMMUNE, Level.VILLAGE, Level.DISTRICT, Level.PROVINCE, Level.NATION)
TONES = {Kind.APPOINTMENT: "plain", Kind.DELEGATION: "warn", Kind.SUBSTITUTION: "warn"}


@dataclass(frozen=True)
class Row:
    """One assignment as a page shows it."""

    row: RoleAssignment
    title: str
    unit: str
    kind: str
    tone: str
    last: date | None
    in_place_of: str = ""
    duties: list[str] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)


def own_units(user: User) -> list[int]:
    """Return the units on which a person reads, the most telling first."""
    granted = scope_of(user).get(Duty.VIEW, {})
    return [unit for level in NEAREST for unit in sorted(granted.get(level, ()))]


def unit_or_404(request: HttpRequest, code: str, duty: Duty, day: date) -> tuple[Unit, Place]:
    """Return a unit on which the person holds the duty, or what is above it; also one that ended."""
    unit = Unit.objects.filter(code=code).first()
    if unit is not None:
        place = place_of(unit, day)
        if duty_unit(person(request), duty, place) is not None:
            return unit, place
    raise Http404


def assignments_of(unit: Unit) -> Any:
    """Return what is held on a unit; on a commune, also on its villages of any time."""
    reach = Q(unit=unit)
    if unit.level == Level.COMMUNE:
        villages = UnitVersion.objects.filter(parent=unit, unit__level=Level.VILLAGE)
        reach |= Q(unit__in=villages.values("unit"))
    rows = RoleAssignment.objects.filter(reach)
    return rows.select_related("user", "unit", "on_behalf_of__user")


def rows_of(assignments: Iterable[RoleAssignment], by: User, place: Place, day: date) -> list[Row]:
    """Return the assignments as shown, with what the reader may do to each; one query for names."""
    assignments = list(assignments)
    names = names_of({row.unit_id for row in assignments}, day)
    return [_row(row, names.get(row.unit_id, row.unit.code), by, place, day) for row in assignments]


def names_of(units: set[int], day: date) -> dict[int, str]:
    """Return what units are called on a day, or were called last."""
    versions = UnitVersion.objects.filter(unit__in=units).order_by("valid_from")
    names: dict[int, str] = {}
    for version in versions:
        if version.valid_from <= day or version.unit_id not in names:
            names[version.unit_id] = version.name
    return names


def name_of(unit: Unit, day: date) -> str:
    return names_of({unit.pk}, day).get(unit.pk, unit.code)


def roles_to_give(by: User, unit: Unit, place: Place) -> list[Role]:
    """Return the roles that a person may give on the unit."""
    return [
        role
        for role, levels in ROLE_LEVELS.items()
        if unit.level in levels and may_give(by, role, unit, place)
    ]


def role_title(role: str) -> str:
    return _(ROLE_TITLES[Role(role)])


def duty_titles(duties: Iterable[str]) -> list[str]:
    chosen = set(duties)
    return [_(title) for duty, title in DUTY_TITLES.items() if duty.value in chosen]


def lendable(role: str) -> list[Duty]:
    """Return the duties of a role that can be lent, as they are listed."""
    # To read comes with any of them.
    carried = ROLE_DUTIES[Role(role)] - NEVER_LENT - {Duty.VIEW}
    return [duty for duty in DUTY_TITLES if duty in carried]


def last_day(until: date | None) -> date | None:
    return until - timedelta(days=1) if until else None


def period(since: date, until: date | None) -> str:
    """Return the days of something in words."""
    words = {"first": date_format(since, "SHORT_DATE_FORMAT")}
    if until is None:
        return _("từ ngày %(first)s") % words
    words["last"] = date_format(until - timedelta(days=1), "SHORT_DATE_FORMAT")
    return _("từ ngày %(first)s đến hết ngày %(last)s") % words


def _row(row: RoleAssignment, name: str, by: User, place: Place, day: date) -> Row:
    over = row.ended_at_once or (row.valid_until is not None and row.valid_until <= day)
    lender = row.on_behalf_of
    return Row(
        row=row,
        title=role_title(row.role),
        unit=name,
        kind=str(Kind(row.kind).label),
        tone=TONES[Kind(row.kind)],
        last=last_day(row.valid_until),
        in_place_of=lender.user.get_full_name() if lender else "",
        duties=duty_titles(row.duties),
        actions=[] if over else list(_actions(row, by, place)),
    )


def _actions(row: RoleAssignment, by: User, place: Place) -> Iterable[tuple[str, str]]:
    if may_end(by, row, place):
        yield _("Thôi giữ"), reverse("appointment-end", args=[row.pk])
    if may_lend(by, row, place):
        yield _("Ủy quyền"), reverse("appointment-delegate", args=[row.pk])
        yield _("Nghỉ phép, làm thay"), reverse("appointment-substitute", args=[row.pk])
