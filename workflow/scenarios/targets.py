"""What a step is on and who does it: communes, lists, cases; a user or whoever holds a role."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from cases.models import Act, Case, RoleAssignment, Round, Unit, User, VillageReview
from cases.permissions import ask_on
from cases.rules.packs import PACKS, SHIPPED, Span
from cases.rules.packs import Act as Declared
from cases.sheets.households import read_households
from cases.sheets.workbook import open_workbook
from workflow.scenarios.reading import Period, Scenario, Step, commune_of_round, period_of

SPANS = {act.code: act.span for pack in SHIPPED for act in pack.acts}
# These bring their own cases, so a commune without any yet may still owe them.
BRING_CASES = {
    "receive_request",
    "receive_exit_request",
    "receive_worker_request",
    "record_arrival",
    "build_list",
}
# In law these are about one household; the form is filled for the commune.
ON_ROUND = {*BRING_CASES, "refuse"}
FILTERS = {
    "state": "state",
    "basis": "basis",
    "opening_class": "opening_class",
    "result_class": "result_class",
    "departure_reported": "household__departure_reported",
    "village": "village_review__village_name",
}


def targets_of(scenario: Scenario, step: Step) -> Iterator[Any]:
    communes, period = communes_of(scenario, step), period_of(scenario, step)
    if step.do == "open_round":
        yield from Unit.objects.filter(code__in=communes).order_by("code")
        return
    declared = _declared(step, period)
    rounds = Round.objects.filter(**asdict(period)).select_related("commune", "keeper", "superior")
    if within := communes or scenario.communes:
        rounds = rounds.filter(commune__code__in=within)
    span = Span.ROUND if step.do in ON_ROUND else SPANS[step.do]
    if step.do == "refuse":
        waiting = Q(pk__in=Case.objects.filter(state="unqualified").values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    if span == Span.ROUND:
        yield from _owing(scenario, rounds, step, declared, named=bool(communes))
    elif span == Span.VILLAGE:
        yield from _villages(scenario, rounds, step, declared)
    else:
        yield from _cases(scenario, rounds, step)


def communes_of(scenario: Scenario, step: Step) -> list[str]:
    """Return the communes a step is on: named, of a round, or those of a household workbook."""
    if "round" in step.on:
        return [commune_of_round(step)]
    if name := step.on.get("file"):
        return _communes_of(scenario.files[name])
    return list(step.on.get("units", []))


@lru_cache(maxsize=8)
def _communes_of(file: Path) -> list[str]:
    return sorted(read_households(open_workbook(file, name=file.name)).communes())


def _declared(step: Step, period: Period) -> list[Declared]:
    """
    Return the act as the packs of this review declare it.

    :raises ScenarioError: if this review has no such act
    """
    found = [
        pack.by_code[step.do]
        for pack in PACKS.values()
        if pack.review == period.kind and step.do in pack.by_code
    ]
    if not found:
        raise step.error("do", f"the review {period.kind} has no act {step.do}")
    return found


def _owing(
    scenario: Scenario, rounds: Any, step: Step, declared: list[Declared], *, named: bool
) -> list[Round]:
    """
    Return the rounds a step is on; of communes that it does not name, those that owe the act.

    A commune where all left or escaped owes no report or certificate. One that is only behind is
    kept: that it is refused is the surprise.
    """
    moves_cases = any(act.moves for act in declared)
    wanted = named or step.do in BRING_CASES or step.expect != "done"
    if moves_cases and not wanted:
        passed_over = {state for act in declared for state in act.passes_over}
        waiting = Q(pk__in=Case.objects.exclude(state__in=passed_over).values("round"))
        rounds = rounds.filter(waiting | Q(pk__in=_played_before(scenario, step, rounds)))
    return list(rounds.order_by("commune__code"))


def _villages(
    scenario: Scenario, rounds: Any, step: Step, declared: list[Declared]
) -> Iterator[VillageReview]:
    reviews = VillageReview.objects.filter(round__in=rounds).select_related(
        "round__commune", "keeper"
    )
    if names := step.on.get("villages"):
        reviews = reviews.filter(village_name__in=names)
    else:
        # Only villages that have a case the act could move: the others owe nothing.
        sources = {source for act in declared for source in act.sources}
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
        raise step.error("on", f"needs cases or a filter of {', '.join(sorted(FILTERS))}")
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
            raise step.error("by", f"there is no user {by!r}")
        ask_on(user, step.at.date())
        return user
    holders = RoleAssignment.objects.in_force(step.at.date()).filter(role=by["role"])
    if "unit" in by:
        holders = holders.filter(unit__code=by["unit"])
    else:
        holders = holders.filter(unit__in=_units(target))
    holder = holders.select_related("user").order_by("pk").first()
    if holder is None:
        raise step.error("by", f"nobody is {dict(by)} for {name_of(target)}")
    ask_on(holder.user, step.at.date())
    return holder.user


def _units(target: Any) -> list[int]:
    if isinstance(target, Unit):
        return [target.pk]
    return [pk for pk in target.scope_unit_ids.values() if pk is not None]
