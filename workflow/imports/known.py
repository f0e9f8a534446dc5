"""What the database knows of the places, households and persons that a household list names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cases import row_security
from cases.duties import Duty
from cases.models import (
    Case,
    Decision,
    Household,
    Level,
    Member,
    ReviewKind,
    Round,
    Standing,
    UnitVersion,
)
from cases.names import fold
from cases.permissions import communes_within_duty
from cases.sheets.households import HouseholdRow
from workflow.imports.files import Errand, batches
from workflow.machine.apply import lock_round


# Plain values: model objects of all persons of a large list would be most of the time and memory.
class KnownMember(NamedTuple):
    """A present member: key and what a list tells of a person."""

    pk: int
    told: tuple[object, ...]
    full_name: str
    personal_number: str


class Holder(NamedTuple):
    """The household to which a personal number belongs."""

    code: str
    village_id: int


MEMBER_COLUMNS = (
    "position",
    "full_name",
    "relation",
    "sex",
    "birth_date",
    "ethnicity",
    "personal_number",
)


@dataclass
class Known:
    """Everything the checks ask about, read once: the number of queries is that of the batches."""

    communes: dict[str, UnitVersion] = field(default_factory=dict)  # by code, on the legal day
    within_duty: set[str] = field(default_factory=set)  # codes of communes
    rounds: dict[str, Round] = field(default_factory=dict)  # by code of commune
    decided: set[str] = field(default_factory=set)  # codes of communes
    villages: dict[int, UnitVersion] = field(default_factory=dict)  # of these communes
    households: dict[str, Household] = field(default_factory=dict)  # by code
    members: dict[int, list[KnownMember]] = field(default_factory=dict)  # by household
    holders: dict[str, Holder] = field(default_factory=dict)  # by personal number
    standings: dict[tuple[int, int | None], Standing] = field(default_factory=dict)
    bases: dict[int, str] = field(default_factory=dict)  # household: why it is in the round

    def commune_of(self, household: Household) -> int | None:
        """Return the commune where the household is, if it is one of the file's communes."""
        village = self.villages.get(household.village_id)
        return village.parent_id if village else None

    def has_village(self, household: Household, name: str) -> bool:
        return fold(self.villages[household.village_id].name) == fold(name)


def look_up(rows: Sequence[HouseholdRow], errand: Errand) -> Known:
    """Lock the rounds and read the rest behind the locks, so that it stays true while written."""
    known = Known()
    _look_up_places(known, sorted({row.commune_code for row in rows}), errand)
    for round in known.rounds.values():  # in the order of their keys, as every act does
        lock_round(round)
    # A code or number may be taken anywhere; what of it is told is checked against the duty.
    with row_security.machine("identity"):
        for codes in batches(sorted({row.household_code for row in rows})):
            found = Household.objects.filter(code__in=codes)
            known.households |= {household.code: household for household in found}
        _look_up_people(known, rows)
    _look_up_history(known, errand.year)
    return known


def _look_up_places(known: Known, codes: Sequence[str], errand: Errand) -> None:
    versions = UnitVersion.objects.in_force(errand.day).select_related("unit")
    communes = versions.filter(unit__code__in=codes, unit__level=Level.COMMUNE)
    known.communes = {version.unit.code: version for version in communes}
    within = communes_within_duty(errand.by, Duty.IMPORT, errand.day)
    known.within_duty = set(within.filter(code__in=codes).values_list("code", flat=True))
    rounds = Round.objects.filter(
        year=errand.year, kind=ReviewKind.PERIODIC, commune__code__in=codes
    )
    known.rounds = {r.commune.code: r for r in rounds.select_related("commune").order_by("pk")}
    decisions = Decision.objects.filter(round__in=known.rounds.values())
    known.decided = set(decisions.values_list("round__commune__code", flat=True))
    parents = [version.unit_id for version in known.communes.values()]
    villages = versions.filter(parent__in=parents, unit__level=Level.VILLAGE)
    known.villages = {version.unit_id: version for version in villages}


def _look_up_people(known: Known, rows: Sequence[HouseholdRow]) -> None:
    present = Member.objects.filter(valid_until__isnull=True)
    for some in batches(sorted(household.pk for household in known.households.values())):
        members = present.filter(household__in=some).order_by("household", "position")
        for pk, household, *told in members.values_list("pk", "household", *MEMBER_COLUMNS):
            member = KnownMember(pk, tuple(told), full_name=told[1], personal_number=told[-1])
            known.members.setdefault(household, []).append(member)
    told = sorted({m.personal_number for row in rows for m in row.members} - {""})
    for numbers in batches(told):
        held = present.filter(personal_number__in=numbers)
        columns = ("personal_number", "household__code", "household__village")
        known.holders |= {number: Holder(*where) for number, *where in held.values_list(*columns)}


def _look_up_history(known: Known, year: int) -> None:
    for some in batches(sorted(household.pk for household in known.households.values())):
        standings = Standing.objects.filter(household__in=some)
        for standing in standings.filter(year=year - 1) | standings.filter(year__isnull=True):
            known.standings[standing.household_id, standing.year] = standing
        cases = Case.objects.filter(household__in=some, round__in=known.rounds.values())
        known.bases |= dict(cases.values_list("household_id", "basis"))
