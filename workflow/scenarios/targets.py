"""What a step is on and who does it: communes, lists, cases; a user or whoever holds a role."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from cases.models import Act, Case, RoleAssignment, Round, Unit, User, VillageReview
from cases.rules.packs import PACKS, Span
from cases.sheets.households import read_households
from cases.sheets.workbook import open_workbook
from workflow.scenarios.reading import Scenario, ScenarioError, Step

SPANS = {act.code: act.span for pack in PACKS.values() for act in pack.acts}
# In law these are about one household; the form is filled for the commune.
ON_ROUND = {"receive_request", "refuse"}
# These bring their own cases, so a commune without any yet may still owe them.
BRING_CASES = {"receive_request", "build_list"}
FILTERS = {
    "state": "state",
    "basis": "basis",
    "opening_class": "opening_class",
    "result_class": "result_class",
    "departure_reported": "household__departure_reported",
    "village": "village_review__village_name",
}


def targets_of(scenario: Scenario, step: Step) -> Iterator[Any]:
    if step.do == "open_round":
        yield from Unit.objects.filter(code__in=communes_of(scenario, step)).order_by("code")
        return
    rounds = Round.objects.filter(year=scenario.year).select_related("commune", "superior")
    if communes := communes_of(scenario, step):
        rounds = rounds.filter(commune__code__in=communes)
    span = Span.ROUND if step.do in ON_ROUND else SPANS[step.do]
    if step.do == "refuse":
        waiting = Q(pk__in=Case.objects.filter(state="unqualified").values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    if span == Span.ROUND:
        yield from _owing(scenario, rounds, step)
    elif span == Span.VILLAGE:
        yield from _villages(scenario, rounds, step)
    else:
        yield from _cases(scenario, rounds, step)


def communes_of(scenario: Scenario, step: Step) -> list[str]:
    """Return the communes a step is on: named, or those of a household workbook."""
    if name := step.on.get("file"):
        return _communes_of(scenario.files[name])
    return list(step.on.get("units", []))


@lru_cache(maxsize=8)
def _communes_of(file: Path) -> list[str]:
    return sorted(read_households(open_workbook(file, name=file.name)).communes())


def _owing(scenario: Scenario, rounds: Any, step: Step) -> list[Round]:
    """
    Return the rounds a step is on; of communes that it does not name, those that owe the act.

    A commune where all left or escaped owes no report or certificate. One that is only behind is
    kept: that it is refused is the surprise.
    """
    if step.do not in BRING_CASES and not step.on.get("units"):
        passed_over = {s for p in PACKS.values() for s in p.by_code[step.do].passes_over}
        waiting = Q(pk__in=Case.objects.exclude(state__in=passed_over).values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    return list(rounds.order_by("commune__code"))


def _villages(scenario: Scenario, rounds: Any, step: Step) -> Iterator[VillageReview]:
    reviews = VillageReview.objects.filter(round__in=rounds).select_related("round__commune")
    if names := step.on.get("villages"):
        reviews = reviews.filter(village_name__in=names)
    else:
        # Only villages that have a case the act could move: the others owe nothing.
        sources = next(p.by_code[step.do].sources for p in PACKS.values())
        before = _played_before(scenario, step, reviews)
        reviews = reviews.filter(Q(cases__state__in=sources) | Q(pk__in=before))
        if without := step.on.get("except_villages"):
            reviews = reviews.exclude(village_name__in=without)
    yield from reviews.distinct().order_by("village__code")


def _cases(scenario: Scenario, rounds: Any, step: Step) -> Iterator[Case]:
    cases = Case.objects.filter(round__in=rounds).select_related(
        "round__commune", "village_review__round", "household"
    )
    wanted = dict(step.on.get("filter", {}))
    codes = step.on.get("cases")
    unknown = set(wanted) - set(FILTERS)
    if unknown or not (codes or wanted):
        raise ScenarioError(
            f"step {step.number}: on needs cases or a filter of {', '.join(sorted(FILTERS))}"
        )
    match = Q(**{FILTERS[name]: value for name, value in wanted.items()})
    if codes:
        match &= Q(code__in=codes)
    before = _played_before(scenario, step, cases)
    yield from cases.filter(match | Q(pk__in=before)).order_by("pk")


def name_of(target: Any) -> str:
    if isinstance(target, Unit):
        return target.code
    if isinstance(target, Round):
        return target.key
    if isinstance(target, VillageReview):
        return f"{target.round.key}/{target.village_name}"
    return str(target.code)


def key_of(scenario: Scenario, step: Step, target: Any) -> str:
    """Return the same key for the same step of the same file on the same target."""
    name = hashlib.sha256(name_of(target).encode()).hexdigest()[:16]
    return f"{scenario.digest}:{step.number:04d}:{name}"


def _played_before(scenario: Scenario, step: Step, candidates: Iterable[Any]) -> set[int]:
    """Return the keys of the targets on which this very step was done in an earlier run."""
    keys = {key_of(scenario, step, target): target.pk for target in candidates}
    done = Act.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True)
    return {keys[key] for key in done}


def actor_of(step: Step, by: str | Mapping[str, str], target: Any) -> User:
    """Return the user named, or the one who holds the role on the target's unit on that day."""
    if isinstance(by, str):
        user = User.objects.filter(username=by).first()
        if user is None:
            raise ScenarioError(f"step {step.number}: there is no user {by!r}")
        return user
    holders = RoleAssignment.objects.in_force(step.at.date()).filter(role=by["role"])
    if "unit" in by:
        holders = holders.filter(unit__code=by["unit"])
    else:
        holders = holders.filter(unit__in=_units(target))
    holder = holders.select_related("user").order_by("pk").first()
    if holder is None:
        raise ScenarioError(f"step {step.number}: nobody is {dict(by)} for {name_of(target)}")
    return holder.user


def _units(target: Any) -> list[int]:
    if isinstance(target, Unit):
        return [target.pk]
    return [pk for pk in target.scope_unit_ids.values() if pk is not None]
