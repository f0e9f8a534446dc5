"""
Villages of a commune: found by name on a day, added by a paper.

Administrative lists end at the commune; villages come from a page or with an imported list.
"""

import re
from collections.abc import Collection
from datetime import date

from django.db import transaction

from cases.models import Level, Unit, UnitVersion
from cases.models.units import UnitVersionQuerySet
from cases.names import fold, normalise

# "Thôn" in the law covers all of these (procedure note, section 1; report form 2).
KINDS = ("thôn", "tổ dân phố", "bản", "bon", "buôn", "khóm", "ấp")


class VillageExists(Exception):
    """The commune has a village of this name already, on the day or from a later one."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def villages_of(commune: Unit, day: date) -> dict[str, Unit]:
    """Return the villages of a commune on a day by their folded names ("Thôn 1" -> "thon 1")."""
    versions = _versions(commune).in_force(day).select_related("unit")
    return {fold(version.name): version.unit for version in versions}


def village_named(commune: Unit, name: str, day: date) -> Unit | None:
    """Return the village of this name on a day, whatever its tones and capitals, or nothing."""
    return villages_of(commune, day).get(fold(name))


def add_village(
    commune: Unit, name: str, kind: str, valid_from: date, source_document: str
) -> Unit:
    """
    Add a village; its kind is put before a name that does not begin with it ("3" -> "Thôn 3").

    :raises VillageExists: if the commune has a village of this name on the day or later
    :raises UnitVersion.DoesNotExist: if the commune did not exist on the day
    """
    full_name = titled(name, kind)
    added = _add(commune, {full_name: kind}, valid_from, source_document)
    return added[fold(full_name)]


def add_villages(
    commune: Unit, names: Collection[str], valid_from: date, source_document: str
) -> dict[str, Unit]:
    """
    Add the villages that the commune does not have; the same statements however many names.

    Names stay as they are written; the kind is read off the front of the name. Returns all villages
    named, those that were there included, by their folded names.

    :raises VillageExists: if the commune has a village of one of these names from a later day
    :raises UnitVersion.DoesNotExist: if the commune did not exist on the day
    """
    wanted = {fold(name): normalise(name) for name in names}
    present = {key: unit for key, unit in villages_of(commune, valid_from).items() if key in wanted}
    # Numbered in the order people count them: Thôn 2 before Thôn 10, whatever the file's order.
    names_to_add = sorted((wanted[key] for key in wanted.keys() - present.keys()), key=counting_key)
    new = {name: kind_of(name) for name in names_to_add}
    if not new:
        return present
    return present | _add(commune, new, valid_from, source_document)


def counting_key(name: str) -> list[tuple[int, int, str]]:
    """Return the key that sorts "Thôn 2" before "Thôn 10"."""
    parts = re.split(r"(\d+)", fold(name))
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def titled(name: str, kind: str) -> str:
    """Return the name with its kind in front, as papers write it."""
    name = normalise(name)
    if fold(name).startswith(f"{fold(kind)} "):
        return name
    return f"{kind[0].upper()}{kind[1:]} {name}"


def kind_of(name: str) -> str:
    """Return the kind that a name begins with; without one it is a thôn, the word of the law for all."""
    found = (kind for kind in KINDS if fold(name).startswith(f"{fold(kind)} "))
    return next(found, KINDS[0])


@transaction.atomic
def _add(
    commune: Unit, kinds: dict[str, str], valid_from: date, source_document: str
) -> dict[str, Unit]:
    """Write units and versions; two officers at one moment meet on the unique code."""
    above = commune.version_on(valid_from)
    _refuse_twins(commune, kinds, valid_from)
    first = _last_number(commune) + 1
    codes = {name: f"{commune.code}.{first + n:03d}" for n, name in enumerate(kinds)}
    units = {
        unit.code: unit
        for unit in Unit.objects.bulk_create(
            Unit(code=code, level=Level.VILLAGE) for code in codes.values()
        )
    }
    UnitVersion.objects.bulk_create(
        UnitVersion(
            unit=units[codes[name]],
            name=name,
            name_key=fold(name),
            kind=kind,
            area=above.area,
            parent=commune,
            path=f"{above.path}{codes[name]}/",
            valid_from=valid_from,
            source_document=source_document,
        )
        for name, kind in kinds.items()
    )
    return {fold(name): units[codes[name]] for name in kinds}


def _versions(commune: Unit) -> UnitVersionQuerySet:
    return UnitVersion.objects.filter(parent=commune, unit__level=Level.VILLAGE)


def _refuse_twins(commune: Unit, kinds: dict[str, str], valid_from: date) -> None:
    taken = {
        fold(name)
        for name, until in _versions(commune).values_list("name", "valid_until")
        if until is None or until > valid_from
    }
    for name in kinds:
        if fold(name) in taken:
            raise VillageExists(name)


def _last_number(commune: Unit) -> int:
    """Return the highest number a village of the commune ever had: a code is not given twice."""
    codes = Unit.objects.filter(code__startswith=f"{commune.code}.").values_list("code", flat=True)
    numbers = (code.rpartition(".")[2] for code in codes)
    return max((int(number) for number in numbers if number.isdigit()), default=0)
