"""
The only writer of a case's state.

One transaction: same key, same answer; lock round, chain and village reviews in this order; rights;
conditions; what the act enters; ONE update that stamps every case that may move; ONE insert of
their events, each linked to its case's last; the act's row with its place in the commune's record;
the counts of the villages touched. All or nothing.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case as Choice
from django.db.models import F, Q, QuerySet, When
from django.utils import timezone

from cases.duties import Duty
from cases.ledger.entries import SALT_SIZE, canonical
from cases.models import (
    Act,
    Case,
    Level,
    Round,
    StateCount,
    Unit,
    User,
    VillageReview,
)
from cases.permissions import duty_unit, on_behalf_of, read_scope, successors_of
from cases.rules.packs import Act as Declared
from cases.rules.packs import Move, Pack, Seat, Span
from workflow.ledger import watch
from workflow.machine import house, record
from workflow.machine.bindings import CONDITIONS, GUARDS, Asking
from workflow.machine.refusals import Refusal, Refused, refusal
from workflow.machine.scope import Scope

REFUSALS_SHOWN = 200


@dataclass
class Deed:
    """An act under way: what its `write` may look at. `sets` are columns stamped with the move."""

    declared: Declared
    scope: Scope
    act: Act
    asking: Asking
    sets: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> User:
        return self.act.actor

    @property
    def at(self) -> datetime:
        return self.act.at

    @property
    def pack(self) -> Pack:
        return self.asking.pack

    def cases(self) -> QuerySet[Case]:
        """Return the cases that the act is about to move."""
        return self.scope.cases().filter(state__in=self.declared.sources)


@dataclass(frozen=True)
class Done:
    """The receipt of an act; `replayed`: it had been done before under the same key."""

    act: Act
    moved: int
    replayed: bool = False


def apply(
    code: str,
    scope: Scope,
    *,
    by: User,
    at: datetime,
    key: str,
    facts: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    device_at: datetime | None = None,
    write: Callable[[Deed], None] | None = None,
) -> Done:
    """
    Do one act on a case, a village's list or a commune's lists.

    `facts` is plain JSON and becomes part of the record; `private` is asked about and kept out of
    it (names, what people said: these live in rows that can be erased). `write` enters what the act brings
    (a survey, a tally) and may set columns on the cases before they are asked their guards.

    :raises Refused: and then nothing is written
    """
    facts = dict(facts or {})
    declared = scope.pack.by_code[code]
    asking = _asking(scope, by, at, {**facts, **(private or {})})
    request = [code, *_aim(scope), by.pk, asking.facts or {}]
    watch.hold(code, scope.round.commune_id)  # read-only while the record is not what was given out
    with transaction.atomic():
        # Another transaction with the same key waits here, on the round, until the first is done.
        lock_round(scope.round)
        if earlier := Act.objects.filter(idempotency_key=key).first():
            return _same_answer(earlier, request, scope.pack, code)
        reviews = list(
            scope.village_reviews().select_related("round").select_for_update(of=["self"])
        )
        # Rights are read at the act, on its day, not when the page was opened.
        read_scope(by, asking.legal_day)
        unit_id = _unit_of_duty(declared, scope, by, reviews, facts.get("keeper", ""))
        _ask_pin(declared, scope)
        _ask_conditions(declared, asking)
        total = _count(declared, scope, asking)
        if against := house.against(code, scope, asking):
            raise Refused(code, against)
        # The chain's row is taken after the round and before the cases, everywhere.
        chain = record.locked_chain(scope.round.commune_id)
        act = _begun(declared, scope, by, at, key, request, facts, private, unit_id, device_at)
        act.sequence = chain.length + 1
        deed = Deed(declared, scope, act, asking)
        if write is not None:
            write(deed)
        if declared.moves:
            _move(deed, total)
            recount([review.pk for review in reviews])
        record.seal(act, chain, scope)
    return Done(act, act.count)


def ask(code: str, scope: Scope, *, by: User, at: datetime) -> list[Refusal]:
    """
    Return what stands against an act now, before anything is entered; empty: it is possible.

    A few queries, whatever the number of cases.
    """
    declared = scope.pack.by_code[code]
    asking = _asking(scope, by, at, {})
    read_scope(by, asking.legal_day)
    try:
        _unit_of_duty(declared, scope, by, None)
        _ask_pin(declared, scope)
    except Refused as refused:
        return refused.refusals
    if not declared.moves:
        return house.against(code, scope, asking)
    considered = scope.cases().exclude(state__in=declared.untouched)
    against = _reasons(declared, considered, asking, entered=False)
    if against:
        return against
    if not considered.exists():
        return [refusal(scope.pack, "nothing_to_do")]
    return house.against(code, scope, asking)


def lock_round(round: Round) -> None:
    """Take the round's row first of all locks; to be called inside a transaction."""
    Round.objects.select_for_update().get(pk=round.pk)


def answered(key: str) -> bool:
    """Test if an act was done under this key."""
    return Act.objects.filter(idempotency_key=key).exists()


def request_digest(salt: bytes, request: list[Any]) -> bytes:
    """
    Return what a key stands for: the same key with another request is refused.

    Salted, for it covers names and reasons as well; erased with the salt.
    """
    return hmac.digest(salt, canonical(request), "sha256")


def _aim(scope: Scope) -> tuple[int, int | None, list[int] | None]:
    review = scope.village_review.pk if scope.village_review else None
    cases = sorted(scope.case_ids) if scope.case_ids is not None else None
    return scope.round.pk, review, cases


def movable(declared: Declared, asking: Asking) -> Q:
    """Return which cases the act may move."""
    return _any_of([(move.sources, move.guards) for move in declared.moves], asking)


def recount(village_review_ids: list[int]) -> None:
    """Rewrite the summary counts of the villages from their cases, in the act's transaction."""
    counts = (
        Case.objects.filter(village_review__in=village_review_ids)
        .order_by()
        .values_list("village_review_id", "state", "result_class")
        .annotate(n=models.Count("pk"))
    )
    rows = [
        StateCount(village_review_id=review, state=state, household_class=cls, n=n)
        for review, state, cls, n in counts
    ]
    StateCount.objects.filter(village_review__in=village_review_ids).delete()
    StateCount.objects.bulk_create(rows, batch_size=5000)


def legal_day(at: datetime) -> date:
    """Return the legal day of a moment: the date in Vietnam, not in UTC."""
    return timezone.localdate(at)


def _asking(scope: Scope, by: User, at: datetime, facts: Mapping[str, Any]) -> Asking:
    return Asking(
        pack=scope.pack,
        round=scope.round,
        at=at,
        legal_day=legal_day(at),
        by=by,
        village_review=scope.village_review,
        facts=facts,
        case_ids=scope.case_ids,
    )


def _ask_pin(declared: Declared, scope: Scope) -> None:
    """
    Hold the round to the edition it was opened under; only an act of its own leads to another.

    :raises Refused: if the edition's content is no longer what the round pinned
    """
    if declared.code != "carry_over" and bytes(scope.round.pack_hash) != scope.pack.fingerprint:
        raise Refused(declared.code, [refusal(scope.pack, "pack_changed")])


def _same_answer(earlier: Act, request: list[Any], pack: Pack, code: str) -> Done:
    if bytes(earlier.request_digest) != request_digest(bytes(earlier.salt), request):
        raise Refused(code, [refusal(pack, "key_reused")])
    return Done(earlier, earlier.count, replayed=True)


def _unit_of_duty(
    declared: Declared,
    scope: Scope,
    by: User,
    reviews: list[VillageReview] | None,
    keeper: str = "",
) -> int:
    """
    Return the unit through which the actor may do the act; `keeper` is who takes a round over.

    :raises Refused: if the actor holds the duty on none, or not on every village of the scope
    """
    if declared.seat == Seat.KEEPER:
        return _unit_of_successor(declared, scope, by, keeper)
    levels = {
        Seat.VILLAGE: ("VILLAGE", "COMMUNE"),
        Seat.COMMUNE: ("COMMUNE",),
        Seat.SUPERIOR: (scope.pack.superior_level,),
    }[declared.seat]
    objects: list[Any] = [scope.village_review or scope.round]
    if scope.village_review is None and declared.span == Span.CASE:
        objects = reviews if reviews is not None else list(scope.village_reviews())
    units = [duty_unit(by, Duty(declared.duty), obj, levels) for obj in objects]
    held = [unit for unit in units if unit is not None]
    if not held or len(held) < len(units):
        raise Refused(declared.code, [refusal(scope.pack, "no_duty", detail=str(by))])
    return held[0]


def _unit_of_successor(declared: Declared, scope: Scope, by: User, keeper: str) -> int:
    """
    Return the unit that followed the round's own and on which the actor holds the duty.

    Nobody takes a round over for another unit: where two followed, each speaks for itself.

    :raises Refused: if there is none
    """
    kept = scope.village_review or scope.round
    after = Unit.objects.filter(pk__in=successors_of(kept.keeper_id)).order_by("pk")
    if keeper:
        after = after.filter(code=keeper)
    for successor in after.values_list("pk", flat=True):
        if duty_unit(by, Duty(declared.duty), SuccessorUnit(successor)) is not None:
            return successor
    raise Refused(declared.code, [refusal(scope.pack, "no_duty", detail=str(by))])


@dataclass(frozen=True)
class SuccessorUnit:
    """A commune that takes a round over, as rights are asked of it."""

    unit_id: int

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return {Level.COMMUNE: self.unit_id}


def _ask_conditions(declared: Declared, asking: Asking) -> None:
    against: list[Refusal] = []
    for code in declared.conditions:
        codes = CONDITIONS[code](asking)
        if codes is not None:
            against += [refusal(asking.pack, code, case_code=case) for case in codes or ("",)]
    if against:
        raise Refused(declared.code, against[:REFUSALS_SHOWN], len(against))


def _count(declared: Declared, scope: Scope, asking: Asking) -> int:
    """
    Return how many cases must move.

    :raises Refused: if a key names a case outside the scope, a case is in a state the act neither
        moves nor passes over, or there is nothing to move
    """
    if not declared.moves:
        return 0
    passed_over = () if scope.case_ids is not None else declared.untouched
    counts = scope.cases().aggregate(
        total=models.Count("pk", filter=~Q(state__in=passed_over)),
        ready=models.Count("pk", filter=Q(state__in=declared.sources)),
    )
    total: int = counts["total"]
    if scope.case_ids is not None and total != len(set(scope.case_ids)):
        raise Refused(declared.code, [refusal(scope.pack, "unknown_case")])
    if not total:
        raise Refused(declared.code, [refusal(scope.pack, "nothing_to_do")])
    if counts["ready"] != total:
        # Before anything is entered, so that a second press meets a refusal, not a constraint.
        considered = scope.cases().exclude(state__in=passed_over)
        against = _reasons(declared, considered, asking, entered=False)
        raise Refused(declared.code, against, total - counts["ready"])
    return total


def _begun(
    declared: Declared,
    scope: Scope,
    by: User,
    at: datetime,
    key: str,
    request: list[Any],
    facts: dict[str, Any],
    private: Mapping[str, Any] | None,
    unit_id: int,
    device_at: datetime | None,
) -> Act:
    """Return the act with its number, to be stamped on cases; its row is written when all is known."""
    salt = secrets.token_bytes(SALT_SIZE)
    return Act(
        pk=record.next_key(),
        commune_id=scope.round.commune_id,
        code=declared.code,
        round=scope.round,
        village_review=scope.village_review,
        actor=by,
        actor_name=by.get_full_name(),
        duty=declared.duty,
        duty_unit_id=unit_id,
        on_behalf_of=_lender(declared, by, unit_id, at),
        article=declared.source.article,
        pack=scope.pack.code,
        at=at,
        legal_day=legal_day(at),
        device_at=device_at,
        idempotency_key=key,
        request_digest=request_digest(salt, request),
        facts=facts,
        private=dict(private or {}),
        salt=salt,
    )


def _lender(declared: Declared, by: User, unit_id: int, at: datetime) -> str:
    """Return the name of whose duty it is, when it was lent to the actor; empty: the actor's own."""
    loan = on_behalf_of(by, Duty(declared.duty), unit_id, legal_day(at))
    lender = loan.on_behalf_of if loan is not None else None
    return lender.user.get_full_name() if lender is not None else ""


def _move(deed: Deed, total: int) -> None:
    declared, asking, cases = deed.declared, deed.asking, deed.scope.cases()
    moved = cases.filter(movable(declared, asking)).update(
        prev_state=F("state"),
        state=_target(declared, asking),
        version=F("version") + 1,
        last_act=deed.act.pk,
        **deed.sets,
    )
    if moved != total:
        # Written as "not stamped or never stamped": last_act is empty before the first act.
        considered = cases.exclude(state__in=declared.untouched).filter(
            ~Q(last_act=deed.act.pk) | Q(last_act__isnull=True)
        )
        against = _reasons(declared, considered, asking, entered=True)
        raise Refused(declared.code, against, total - moved)
    record.write_events(deed.act, deed.scope, moved)
    deed.act.count = moved


def _any_of(moves: list[tuple[tuple[str, ...], tuple[str, ...]]], asking: Asking) -> Q:
    reach = Q(pk__in=[])
    for sources, guards in moves:
        reach |= _meets(sources, guards, asking)
    return reach


def _asked(move: Move, entered_codes: set[str], entered: bool) -> tuple[str, ...]:
    return tuple(code for code in move.guards if entered or code not in entered_codes)


def _meets(sources: tuple[str, ...], guards: tuple[str, ...], asking: Asking) -> Q:
    q = Q(state__in=sources)
    for code in guards:
        q &= GUARDS[code](asking)
    return q


def _target(declared: Declared, asking: Asking) -> Any:
    if len({move.target for move in declared.moves}) == 1:
        return models.Value(declared.moves[0].target)
    return Choice(
        *(
            When(_meets(move.sources, move.guards, asking), then=models.Value(move.target))
            for move in declared.moves
        ),
        output_field=models.CharField(),
    )


def _reasons(
    declared: Declared, cases: QuerySet[Case], asking: Asking, *, entered: bool
) -> list[Refusal]:
    """Return, by one query, the cases that stand against the act and the first reason of each."""
    entered_codes = {rule.code for rule in asking.pack.guards if rule.entered}
    reasons = [
        When(
            _any_of(
                [(m.sources, _asked(m, entered_codes, entered)) for m in declared.moves], asking
            ),
            then=models.Value(""),
        )
    ]
    for move in declared.moves:
        guards = _asked(move, entered_codes, entered)
        # Longest prefix first: all guards before this one are known to hold, so this one does not.
        # Only positive questions: NOT (unknown) would be unknown again.
        for length in reversed(range(len(guards))):
            met = _meets(move.sources, guards[:length], asking)
            reasons.append(When(met, then=models.Value(guards[length])))
    rows = (
        cases.annotate(
            reason=Choice(
                *reasons, default=models.Value("wrong_state"), output_field=models.CharField()
            )
        )
        .exclude(reason="")
        .order_by("pk")
        .values_list("code", "state", "reason")
    )[:REFUSALS_SHOWN]
    return [refusal(asking.pack, code, case_code=case, detail=state) for case, state, code in rows]
