"""
Which table is kept how: the policy of each, told from its foreign keys, and the exceptions.

Each condition holds at once for what is read and what is written, unless said otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from cases.models import (
    Case,
    Household,
    HouseholdSuccession,
    Round,
    Unit,
    UnitVersion,
    VillageReview,
)

POLICY = "rasoat_scope"
INSERT_POLICY = "rasoat_scope_of_new"
Key = ForeignKey[Any, Any]
# Few rows hang on these in one question, and a policy within a policy is planned again for each:
# a function's plan is kept. What hangs on cases is read by the thousand, and joined by the planner.
ASKED_BY_FUNCTION: dict[type[Model], str] = {
    Round: "rasoat_sees_round",
    VillageReview: "rasoat_sees_village_review",
}
WRITTEN_FROM_CASES = ("case", "household")
ROOMS = ("cases", "workflow", "notifications")

# Tables with a unit in them that every transaction may read, by their label, and why.
_RIGHTS = "who may see what is told from it, before anything may be seen"
EXEMPT: dict[str, str] = {
    "cases.UnitVersion": "the tree of units is public, and every scope is told from it",
    "cases.UnitSuccession": "which unit became which is public",
    "cases.RoleAssignment": _RIGHTS,
    "cases.Office": _RIGHTS,
    "cases.OfficeMember": _RIGHTS,
    "cases.UnitUserPermission": _RIGHTS,
    "cases.UnitGroupPermission": _RIGHTS,
    "cases.LocalStandard": "a province's standard is a public text",
}

# Sub-selects without a column of the table: each is worked out once a statement, not once a row,
# and an index on the column beside it can be used.
_ALL = "(SELECT current_setting('rasoat.scope', true) = '*')"
# An act writes thousands of these from its cases, which are bound: asking of each row again whether
# its case may be seen cost a fifth of the act.
_ACTING = "(SELECT current_setting('rasoat.acting', true) = 'on')"


def _list(name: str, kind: str = "bigint") -> str:
    return f"((SELECT NULLIF(current_setting('rasoat.{name}', true), '')::{kind}[])::{kind}[])"


_UNITS, _AROUND, _CODES = _list("units"), _list("around"), _list("codes", "text")


@dataclass(frozen=True)
class Policy:
    """What a table's rows must meet to be read (`using`), to be written (`check`), to be new."""

    using: str
    check: str
    new: str = ""
    told_by: str = ""

    def statements(self, table: str) -> list[str]:
        found = [
            f"CREATE POLICY {POLICY} ON {table} USING ({self.using}) WITH CHECK ({self.check})"
        ]
        if self.new:
            found.append(
                f"CREATE POLICY {INSERT_POLICY} ON {table} AS RESTRICTIVE FOR INSERT "
                f"WITH CHECK ({self.new})"
            )
        return found

    @property
    def names(self) -> tuple[str, ...]:
        return (POLICY, INSERT_POLICY) if self.new else (POLICY,)


def policies() -> dict[type[Model], Policy]:
    """Return the policy of every table that lies in units, by its model."""
    return {model: policy for model in _models() if (policy := _policy(model)) is not None}


def undecided() -> list[type[Model]]:
    """Return the tables that lie in units without a policy and without a reason for none."""
    kept = policies().keys()
    return [
        model
        for model in _models()
        if model not in kept
        and model._meta.label not in EXEMPT
        and any(key.related_model is Unit or key.related_model in kept for key in _keys(model))
    ]


def _policy(model: type[Model]) -> Policy | None:
    if model._meta.label in EXEMPT:
        return None
    if model in _WRITTEN_OUT:
        return _WRITTEN_OUT[model]
    keys = {key.name: key for key in _keys(model)}
    certain = {name: key for name, key in keys.items() if not key.null}
    # The nearest that is always there; a case is the narrowest.
    for name in ("case", "village_review", "household", "term", "finding"):
        if name in certain:
            parent = _parent(model, certain[name])
            return _both(f"{_ACTING} OR {parent}" if name in WRITTEN_FROM_CASES else parent, name)
    if "round" in certain:
        return _of_round(model, certain["round"], keys.get("village_review"))
    if "act" in certain:
        return _both(_parent(model, certain["act"]), "act")
    for name in ("commune", "village", "unit"):
        if name in keys and keys[name].related_model is Unit:
            return _of_unit(model, keys[name])
    return None


def _models() -> Iterator[type[Model]]:
    for room in ROOMS:
        yield from (m for m in apps.get_app_config(room).get_models() if m._meta.managed)


def _keys(model: type[Model]) -> "list[Key]":
    return [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]


def _both(condition: str, told_by: str, check: str = "", new: str = "") -> Policy:
    return Policy(f"{_ALL} OR {condition}", f"{_ALL} OR {check or condition}", new, told_by)


def _exists(model: type[Model], where: str) -> str:
    return f"EXISTS (SELECT 1 FROM {model._meta.db_table} p WHERE {where})"  # noqa: S608


def _parent(model: type[Model], key: "Key") -> str:
    """Return the condition that the row it hangs on may be seen: that table's own policy answers."""
    related = key.related_model
    if related in ASKED_BY_FUNCTION:
        return f"{ASKED_BY_FUNCTION[related]}({_column(model, key)})"
    return _exists(related, f"p.{related._meta.pk.column} = {_column(model, key)}")


def functions() -> list[str]:
    """Return what writes the functions that policies ask."""
    return [
        f"CREATE OR REPLACE FUNCTION {name}(asked bigint) RETURNS boolean "
        "LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$ BEGIN "
        f"RETURN EXISTS (SELECT FROM {model._meta.db_table} WHERE id = asked); END $$"
        for model, name in ASKED_BY_FUNCTION.items()
    ]


def _column(model: type[Model], key: "Key") -> str:
    return f"{model._meta.db_table}.{key.column}"


def _below(column: str) -> str:
    """Return the condition that a unit lies, or lay, below (or is) one of the scope's units."""
    return _exists(
        UnitVersion, f"p.unit_id = {column} AND string_to_array(p.path, '/') && {_CODES}"
    )


def _of_round(model: type[Model], key: "Key", review: "Key | None") -> Policy:
    condition = _parent(model, key)
    if review is not None:
        # Of one's own village; of the round as a whole when it names no village.
        village = _parent(model, review)
        condition = (
            f"CASE WHEN {_column(model, review)} IS NULL THEN {condition} ELSE {village} END"
        )
    return _both(condition, "round")


def _of_unit(model: type[Model], key: "Key") -> Policy:
    column = _column(model, key)
    kept = _exists(Round, f"p.commune_id = {column} OR p.keeper_id = {column}")
    return _both(f"{column} = ANY {_UNITS} OR {_below(column)} OR {kept}", key.name)


def _any(*columns: str, table: str) -> str:
    return " OR ".join(f"{table}.{column} = ANY {_UNITS}" for column in columns)


_ROUND = _any("province_id", "district_id", "keeper_id", table="cases_round")
_ROUND_ABOVE = _any("province_id", "district_id", "keeper_id", table="p")
_CASE = _any("province_id", "district_id", "commune_id", "village_id", table="cases_case")
_HOUSEHOLD = f"cases_household.village_id = ANY {_UNITS} OR {_below('cases_household.village_id')}"

_WRITTEN_OUT: dict[type[Model], Policy] = {
    Round: _both(
        f"{_ROUND} OR cases_round.keeper_id = ANY {_AROUND} OR cases_round.commune_id = ANY {_AROUND}",
        "province, district, keeper",
        check=_ROUND,
    ),
    VillageReview: _both(
        f"cases_villagereview.keeper_id = ANY {_UNITS} OR "
        + _exists(Round, f"p.id = cases_villagereview.round_id AND ({_ROUND_ABOVE})"),
        "keeper; round",
    ),
    Case: _both(
        _CASE,
        "province, district, commune, village",
        # One's own village beside somebody else's commune would be read there.
        new=_exists(
            Round,
            "p.id = cases_case.round_id AND p.keeper_id = cases_case.commune_id "
            "AND p.province_id = cases_case.province_id",
        ),
    ),
    Household: _both(
        f"{_HOUSEHOLD} OR " + _exists(Case, "p.household_id = cases_household.id"),
        "village; case",
        check=f"{_HOUSEHOLD} OR "
        + _exists(
            Case,
            "p.household_id = cases_household.id AND p.village_id = cases_household.village_id",
        ),
    ),
    HouseholdSuccession: _both(
        _exists(
            Household,
            "p.id = cases_householdsuccession.old_id OR p.id = cases_householdsuccession.new_id",
        ),
        "old, new",
    ),
}
