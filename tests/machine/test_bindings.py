"""Codes of the packs, the program's bindings and the acts of the registry name the same things."""

from dataclasses import replace

import pytest

from cases.rules.packs import PACKS, SHIPPED, Pack
from workflow.acts import registry
from workflow.machine import checks
from workflow.machine.bindings import CONDITIONS, GUARDS
from workflow.machine.refusals import refusal


def test_every_act_of_the_packs_can_be_done_and_nothing_else_can() -> None:
    assert {code for pack in SHIPPED for code in pack.by_code} == registry.codes()


def test_every_guard_and_condition_is_bound_and_every_binding_is_used() -> None:
    assert checks.check_bindings() == []


def test_a_code_that_nothing_binds_stops_the_start_up(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = PACKS["qd24-2021-2cap"]
    rule = replace(pack.guards[0], code="planted_guard")
    departure = pack.by_code["record_departure"]
    act = replace(departure, moves=(replace(departure.moves[0], guards=("planted_guard",)),))
    kept = tuple(g for g in pack.guards if g.code != "departure_known")
    others = tuple(a for a in pack.acts if a != departure)
    planted = replace(pack, guards=(*kept, rule), acts=(*others, act))
    monkeypatch.setitem(PACKS, pack.code, planted)

    problems = checks.check_bindings()

    assert [problem.id for problem in problems] == ["workflow.E002"]
    assert "planted_guard" in problems[0].msg


@pytest.mark.parametrize("bindings", [GUARDS, CONDITIONS], ids=["guard", "condition"])
def test_a_binding_that_no_pack_uses_stops_the_start_up(
    monkeypatch: pytest.MonkeyPatch, bindings: dict[str, object]
) -> None:
    monkeypatch.setitem(bindings, "planted", lambda asking: None)

    assert [problem.id for problem in checks.check_bindings()] == ["workflow.E003"]


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.code)
def test_every_refusal_has_a_sentence_an_article_and_a_remedy(pack: Pack) -> None:
    rules = (*pack.guards, *pack.conditions, *pack.refusals)

    assert len({rule.code for rule in rules}) == len(rules)
    for rule in rules:
        answer = refusal(pack, rule.code)
        assert answer.sentence and answer.article and answer.remedy, rule.code
