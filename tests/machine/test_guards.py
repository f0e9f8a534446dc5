"""A guard has one meaning, whoever asks: the database, Python or django-fsm."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db.models import Q
from django_fsm import can_proceed

from cases.models import Case, Household, Unit
from cases.rules.packs import PACKS, Pack
from tests.conftest import Road
from tests.machine.rows import draw_cases
from workflow.machine.apply import movable
from workflow.machine.bindings import GUARDS, Asking
from workflow.machine.evaluate import holds
from workflow.machine.fsm import method_name

ROWS = 400


@pytest.fixture
def drawn(road: Road, make_households: Callable[..., list[Household]]) -> list[Case]:
    make_households(Unit.objects.get(code="24646.002"), ROWS - 5)
    road.open().list()
    return draw_cases(road.round, road.at, seed=20241001)


def asking(road: Road, pack: Pack) -> Asking:
    return Asking(pack=pack, round=road.round, at=road.at, legal_day=road.at.date())


def keys(cases: Iterable[Case]) -> set[int]:
    return {case.pk for case in cases}


@pytest.mark.parametrize("code", sorted(PACKS))
def test_every_guard_answers_the_same_in_sql_and_in_python(
    road: Road, drawn: list[Case], code: str
) -> None:
    question = asking(road, PACKS[code])

    differing = {}
    for name in (rule.code for rule in PACKS[code].guards):
        q = GUARDS[name](question)
        in_sql = set(Case.objects.filter(q).values_list("pk", flat=True))
        in_python = keys(case for case in drawn if holds(q, case))
        if in_sql != in_python or not 0 < len(in_sql) < ROWS:
            differing[name] = (len(in_sql), len(in_python))

    assert differing == {}


def test_every_move_is_open_to_the_same_cases_in_sql_python_and_django_fsm(
    road: Road, drawn: list[Case]
) -> None:
    pack = PACKS[road.round.pack]
    question = asking(road, pack)
    loaded = list(road.round.cases.select_related("round").order_by("pk"))
    for case in loaded:
        case.asked_at = road.at  # type: ignore[attr-defined]

    differing, asked = {}, 0
    for act in pack.acts:
        for move in act.moves:
            q = Q(state__in=move.sources)
            for name in move.guards:
                q &= GUARDS[name](question)
            in_sql = set(Case.objects.filter(q).values_list("pk", flat=True))
            in_python = keys(case for case in loaded if holds(q, case))
            method = method_name(act, move)
            in_fsm = keys(case for case in loaded if can_proceed(getattr(case, method)))
            asked += 1
            if not in_sql == in_python == in_fsm:
                differing[method] = (in_sql ^ in_python, in_sql ^ in_fsm)

    assert differing == {}
    assert asked == sum(len(act.moves) for act in pack.acts) > 20


def test_every_act_moves_what_one_of_its_moves_is_open_to(road: Road, drawn: list[Case]) -> None:
    pack = PACKS[road.round.pack]
    question = asking(road, pack)

    for act in pack.acts:
        in_sql = set(Case.objects.filter(movable(act, question)).values_list("pk", flat=True))
        in_python = keys(case for case in drawn if holds(movable(act, question), case))
        assert in_sql == in_python, act.code


def test_unknown_refuses_whichever_way_the_guard_is_asked(road: Road) -> None:
    road.open().list()
    case = road.cases()[0]
    question = asking(road, PACKS[road.round.pack])

    for name in ("enough_agree", "too_few_agree", "posting_open", "posting_over", "screen_failed"):
        q = GUARDS[name](question)
        assert not holds(q, case)
        assert not Case.objects.filter(q, pk=case.pk).exists()


def test_a_lookup_the_evaluator_does_not_know_is_an_error_and_not_an_answer(road: Road) -> None:
    case = Case(code="24646-00001")

    with pytest.raises(ValueError, match="contains"):
        holds(Q(code__contains="1"), case)


@pytest.mark.parametrize(
    ("q", "answer"),
    [
        (Q(income_score=None), False),
        (~Q(income_score=1), False),
        (Q(income_score__isnull=True), True),
        (Q(income_score__gte=1) | Q(attempt=0), True),
        (~(Q(income_score__gte=1) & Q(attempt=1)), True),
        (~(Q(income_score__gte=1) | Q(attempt=1)), False),
    ],
)
def test_the_evaluator_reckons_with_unknown_as_a_where_clause_does(q: Q, answer: Any) -> None:
    assert holds(q, Case(income_score=None, attempt=0)) is answer
