"""The unit a report is about, as it was in the year, and the rounds that lie in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from cases.duties import Duty
from cases.models import Level, ReviewKind, Round, Unit, UnitVersion, User
from cases.permissions import holds_duty, rounds_within_duty
from cases.rules.packs import SHIPPED, Review


class NoSuchPlace(LookupError):
    """There is no province, district or commune with this code in this year."""


@dataclass(frozen=True)
class Place:
    """A unit with the name and the units above it that it had in a year."""

    code: str
    name: str
    level: Level
    unit_id: int
    year: int
    scope_unit_ids: dict[str, int | None]

    def is_readable_by(self, user: User | AnonymousUser) -> bool:
        """Test if the user may read the reports of the whole unit, not of a part of it."""
        return holds_duty(user, Duty.READ_REPORTS, self)

    def rounds(self, user: User | AnonymousUser | None = None) -> QuerySet[Round]:
        """Return the year's periodic rounds in the unit; with a user, those whose reports he or she reads."""
        rounds = Round.objects.all()
        if user is not None:
            rounds = rounds_within_duty(user, Duty.READ_REPORTS)
        rounds = rounds.filter(year=self.year, kind=ReviewKind.PERIODIC)
        if self.level == Level.NATION:
            return rounds
        return rounds.filter(**{self.level.lower(): self.unit_id})


def review_day(year: int) -> date:
    """Return the day on which a year's periodic reviews begin: units are named as on this day."""
    return next(
        pack.days_of(year)[0] for pack in reversed(SHIPPED) if pack.review == Review.PERIODIC
    )


def find_place(code: str, year: int) -> Place:
    """
    Return the unit with this code as the year's round pinned it, or as it was when reviews began.

    :raises NoSuchPlace: if no province, district or commune had this code in the year
    """
    unit = Unit.objects.filter(code=code).exclude(level=Level.VILLAGE).first()
    if unit is None or not date.min.year < year < date.max.year:
        raise NoSuchPlace(code)
    if unit.level == Level.COMMUNE:
        review = _periodic(year).filter(commune=unit).first()
        if review is not None:
            return _place(unit, review.commune_name, year, review.scope_unit_ids)
    version = unit.versions.in_force(review_day(year)).first()
    if version is None:
        raise NoSuchPlace(code)
    above = Unit.objects.filter(code__in=version.path.strip("/").split("/"))
    ids = {u.level: u.pk for u in above if u.level != Level.NATION}
    return _place(unit, version.name, year, ids)


def unopened_communes(place: Place) -> QuerySet[UnitVersion]:
    """Return the communes that lay in the unit when reviews began and have no round of the year."""
    day = review_day(place.year)
    communes = UnitVersion.objects.in_force(day).filter(unit__level=Level.COMMUNE)
    own = UnitVersion.objects.in_force(day).filter(unit=place.unit_id).first()
    if own is None:
        return communes.none()
    reviewed = _periodic(place.year).values("commune")
    return communes.filter(path__startswith=own.path).exclude(unit__in=reviewed)


def _periodic(year: int) -> QuerySet[Round]:
    """Return the rounds of which the statutory forms tell; other reviews have reports of their own."""
    return Round.objects.filter(year=year, kind=ReviewKind.PERIODIC)


def _place(unit: Unit, name: str, year: int, scope: Mapping[str, int | None]) -> Place:
    return Place(unit.code, name, Level(unit.level), unit.pk, year, dict(scope))
