"""Two communes of one district, each with a row in every table that lies in units."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import ForeignKey, Model
from model_bakery import baker

from cases.models import Case, HouseholdSuccession
from tests.conftest import Road
from workflow.row_security_tables import policies

# What constraints ask of a made-up row beyond its keys.
FITTING: dict[str, dict[str, Any]] = {
    "IncomeRecord": {"persons": 4, "year_income": 12, "state_transfers": 0},
}
Rows = dict[type[Model], set[Any]]


@dataclass
class Communes:
    """Who works where, and whose rows are whose: told from when they were written."""

    tan_lap: Road
    hoa_binh: Road
    of_tan_lap: Rows
    of_hoa_binh: Rows


def walk_both(road: Road, other: Road, settle_other: Callable[[], object]) -> Communes:
    """Begin the one commune's round before there is anything of the other, then the other's."""
    first = _walk(road, {})
    settle_other()
    second = _walk(other, first)
    return Communes(road, other, first, second)


def _walk(road: Road, before: Rows) -> Rows:
    road.open().list().survey().classify().meet().post()
    # No triggers and no keys: what is made up need not be lawful, only be somebody's.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in policies():
            if not _new(model, before):
                fitting = FITTING.get(model.__name__, {})
                baker.make(model, **_keys(model, road, before), **fitting)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return {model: _new(model, before) for model in policies()}


def _new(model: type[Model], before: Rows) -> set[Any]:
    now = set(model._default_manager.values_list("pk", flat=True))
    return now - before.get(model, set())


def _keys(model: type[Model], road: Road, before: Rows) -> dict[str, Any]:
    """Return a row of this commune for each key of the table."""
    case, another = Case.objects.filter(round=road.round).order_by("pk")[:2]
    near: dict[str, Any] = {
        "Case": case,
        "Round": road.round,
        "VillageReview": case.village_review,
        "Household": case.household,
        "Unit": road.commune,
        "User": road.cast["binh"],
    }
    if model is HouseholdSuccession:
        return {"old": case.household, "new": another.household}
    keys = [f for f in model._meta.local_fields if isinstance(f, ForeignKey)]
    found = {}
    for key in keys:
        related: Any = key.related_model
        if related.__name__ in near:
            found[key.name] = near[related.__name__]
        elif related in policies() and not key.null:
            found[key.name] = related.objects.get(pk=max(_new(related, before)))
    return found
