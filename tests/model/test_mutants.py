"""Whatever is changed in the pack for the worse is noticed."""

from dataclasses import replace

import pytest

from cases.rules.packs import PACKS, SHIPPED, Act, Pack, Review
from tests.model.communes import ALONE, TWO_TIERS
from tests.model.machine import UnknownCode
from tests.model.mutants import MUTANTS, Mutant, NotAMutant, catch, unasked
from tests.model.search import Search


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_wrong_pack_is_caught(mutant: Mutant) -> None:
    assert catch(mutant) is not None


def test_there_are_at_least_thirty_mutants_and_no_two_alike() -> None:
    assert len({mutant.pack().fingerprint for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("review", Review)
def test_every_review_has_mutants_and_each_differs_from_its_pack(review: Review) -> None:
    of_review = [mutant for mutant in MUTANTS if PACKS[mutant.of].review == review]
    assert of_review
    assert all(one.pack().fingerprint != PACKS[one.of].fingerprint for one in of_review)


def test_every_act_of_every_review_has_a_mutant() -> None:
    acts = {act.code for pack in SHIPPED for act in pack.acts}
    changed = {act.code for mutant in MUTANTS for act in _changed(mutant)}
    assert not acts - changed


def _changed(mutant: Mutant) -> list[Act]:
    sound = PACKS[mutant.of].by_code
    return [act for act in mutant.pack().acts if act != sound[act.code]]


def test_the_sound_packs_are_not_caught() -> None:
    def sound(pack: Pack) -> Pack:
        return replace(pack, title=pack.title + " ")

    assert catch(Mutant("only another title", sound)) is None


def test_a_change_that_changes_nothing_is_not_a_mutant() -> None:
    with pytest.raises(NotAMutant):
        Mutant("nothing", lambda pack: replace(pack)).pack()
    with pytest.raises(NotAMutant):
        Mutant("a condition it never had", unasked("classify", "front_invited")).pack()


def test_a_code_without_an_evaluator_stops_the_model() -> None:
    sound = PACKS[TWO_TIERS]
    rules = tuple(
        replace(rule, code="unheard_of") if rule.code == "front_invited" else rule
        for rule in sound.conditions
    )
    acts = tuple(
        replace(
            act,
            conditions=tuple(
                "unheard_of" if code == "front_invited" else code for code in act.conditions
            ),
        )
        for act in sound.acts
    )
    with pytest.raises(UnknownCode, match="unheard_of"):
        Search(replace(sound, conditions=rules, acts=acts), ALONE)
