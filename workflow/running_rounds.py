"""
The rounds that follow an edition and are not finished: how many where, and which could be carried.

Counted from the villages' counters, so that the answer does not take longer the more households there are.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from cases.models import Round, StateCount, Unit, UnitVersion
from cases.rules.packs import Pack
from workflow.editions import passable


@dataclass(frozen=True)
class ProvinceCount:
    """The running rounds of a province; `held`: those that the other edition has no way for."""

    code: str
    name: str
    rounds: int
    held: int
    households: int  # not at an end yet

    @property
    def ready(self) -> int:
        return self.rounds - self.held


def running_rounds(source: Pack, target: Pack) -> QuerySet[Round]:
    """Return the unfinished rounds of an edition, each with `held`: it could not be carried now."""
    counts = StateCount.objects.filter(village_review__round=OuterRef("pk"))
    return (
        Round.objects.filter(pack=source.code)
        .annotate(
            held=Exists(counts.exclude(state__in=passable(target))),
            under_way=Exists(counts.exclude(state__in=source.final_states)),
            listed=Exists(counts),
        )
        .filter(Q(under_way=True) | Q(listed=False))
    )


def by_province(source: Pack, target: Pack) -> list[ProvinceCount]:
    """Return how many rounds and households an edition would touch, by province; four queries."""
    running = running_rounds(source, target)
    counted = list(
        running.order_by("province")
        .values("province")
        .annotate(n=Count("pk"), n_held=Count("pk", filter=Q(held=True)))
    )
    waiting = dict(
        StateCount.objects.filter(village_review__round__in=running.values("pk"))
        .exclude(state__in=source.final_states)
        .order_by("village_review__round__province")
        .values_list("village_review__round__province")
        .annotate(households=Sum("n"))
    )
    ids = [row["province"] for row in counted]
    codes = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "code"))
    # The newest name of a province is the one people know it by.
    versions = UnitVersion.objects.filter(unit__in=ids).order_by("valid_from")
    names = dict(versions.values_list("unit", "name"))
    rows = [
        ProvinceCount(
            code=codes[row["province"]],
            name=names.get(row["province"], codes[row["province"]]),
            rounds=row["n"],
            held=row["n_held"],
            households=waiting.get(row["province"], 0),
        )
        for row in counted
    ]
    return sorted(rows, key=lambda row: row.code)


def of_province(source: Pack, target: Pack, province: str) -> QuerySet[Round]:
    """Return the running rounds of a province, each with its `households` not at an end yet."""
    waiting = Q(village_reviews__state_counts__isnull=False) & ~Q(
        village_reviews__state_counts__state__in=source.final_states
    )
    return (
        running_rounds(source, target)
        .filter(province__code=province)
        .select_related("commune")
        .annotate(households=Coalesce(Sum("village_reviews__state_counts__n", filter=waiting), 0))
        .order_by("commune__code", "pk")
    )
