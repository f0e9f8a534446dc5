"""What became of a round's commune and villages since it was opened, in sentences."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from cases.models import Round, UnitSuccession, UnitVersion, VillageReview


def changes_of_units(round: Round, reviews: Iterable[VillageReview], day: date) -> list[str]:
    """Return what has changed, in three queries: an end, who followed, another area or keeper."""
    reviews = list(reviews)
    units = {round.commune_id, round.keeper_id, *(review.village_id for review in reviews)}
    present = {v.unit_id: v for v in UnitVersion.objects.in_force(day).filter(unit__in=units)}
    followed = _followed(units, day)
    found = []
    if round.commune_id not in present:
        found.append(_ended(round.commune_name, followed.get(round.commune_id, [])))
    if round.keeper_id != round.commune_id and round.keeper_id in present:
        found.append(
            _("%(keeper)s đã tiếp nhận đợt này và làm tiếp các việc còn lại.")
            % {"keeper": present[round.keeper_id].name}
        )
    commune = present.get(round.commune_id)
    if commune is not None and commune.area and commune.area != round.area:
        found.append(
            _(
                "%(commune)s nay là khu vực %(now)s; đợt này vẫn theo khu vực đã ghim lúc mở: %(pinned)s."
            )
            % {
                "commune": commune.name,
                "now": commune.get_area_display().lower(),
                "pinned": round.get_area_display().lower(),
            }
        )
    found += [
        _ended(review.village_name, followed.get(review.village_id, []))
        for review in reviews
        if review.village_id not in present
    ]
    return found


def _followed(units: Iterable[int], day: date) -> dict[int, list[str]]:
    """Return the names of the units that followed each, as they were named on that day."""
    rows = UnitSuccession.objects.filter(predecessor__in=units, on_date__lte=day)
    pairs = list(rows.values_list("predecessor", "successor"))
    names = dict(
        UnitVersion.objects.in_force(day)
        .filter(unit__in={successor for _old, successor in pairs})
        .values_list("unit", "name")
    )
    found: dict[int, list[str]] = {}
    for old, successor in pairs:
        if successor in names and names[successor] not in found.setdefault(old, []):
            found[old].append(names[successor])
    return found


def _ended(name: str, successors: list[str]) -> str:
    if not successors:
        return _("%(name)s không còn là đơn vị riêng từ sau khi mở đợt.") % {"name": name}
    return _("%(name)s đã sắp xếp; đơn vị kế thừa: %(successors)s.") % {
        "name": name,
        "successors": ", ".join(successors),
    }
