"""Finding a household: by its code, or by the name of its head among those an act may be about."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Household, HouseholdClass, Round, Standing
from cases.names import fold

NAMED = 10
SUGGESTED = 200


def households_of(round: Round) -> QuerySet[Household]:
    """Return the households of the villages that a round reviews."""
    return Household.objects.filter(village__in=round.village_reviews.values("village"))


def managed_households(round: Round) -> QuerySet[Household]:
    """Return those on the list of poor and near-poor that the commune manages in the round's year."""
    listed = Standing.objects.filter(
        year=round.year - 1, household_class__in=[HouseholdClass.POOR, HouseholdClass.NEAR_POOR]
    )
    return households_of(round).filter(pk__in=listed.values("household"))


def find_household(typed: str, among: QuerySet[Household]) -> Household:
    """
    Return the household with this code, or the only one whose head bears this name.

    :raises ValidationError: if there is none, or (they are then named) there are several
    """
    if (exact := among.filter(code=typed).first()) is not None:
        return exact
    name = fold(typed)
    found = list(among.filter(head_name_key__contains=name).order_by("code")[: NAMED + 1])
    if not name or not found:
        raise ValidationError(_("Không có hộ nào mang mã hoặc tên này ở đây."))
    if len(found) > 1:
        raise ValidationError(_several(found))
    return found[0]


def _several(found: list[Household]) -> str:
    named = "; ".join(f"{each.code} {each.head_name}" for each in found[:NAMED])
    if len(found) > NAMED:
        return _("Nhiều hộ mang tên này, hãy ghi mã hộ: %(named)s…") % {"named": named}
    return ngettext(
        "Có %(n)d hộ mang tên này, hãy ghi mã hộ: %(named)s.",
        "Có %(n)d hộ mang tên này, hãy ghi mã hộ: %(named)s.",
        len(found),
    ) % {"n": len(found), "named": named}


def suggested(among: QuerySet[Household]) -> Any:
    """Return the first households of a list, offered while a code is typed."""
    return among.order_by("code").values("code", "head_name")[:SUGGESTED]
