"""The generated django-fsm machine shows readers what the packs declare."""

from cases.models import Case
from cases.rules.packs import PACKS
from tests.conftest import Road
from workflow.machine.triggers import declared_steps


def test_the_machine_has_the_steps_of_the_packs_and_no_others(db: None) -> None:
    field = Case._meta.get_field("state")

    shown = {f"{t.source}>{t.target}" for t in field.get_all_transitions(Case)}

    assert shown == {step for steps in declared_steps().values() for step in steps}


def test_every_transition_names_its_act_and_its_duty() -> None:
    field = Case._meta.get_field("state")
    acts = {act.code: act for pack in PACKS.values() for act in pack.acts}

    for transition in field.get_all_transitions(Case):
        assert acts[transition.custom["act"]].duty == transition.custom["duty"]


def test_a_case_offers_the_transitions_that_are_open_to_it(road: Road) -> None:
    road.open().list()
    assert offered(road.cases()[0], road) == set()

    road.survey()
    assert offered(road.cases()[0], road) == {"survey", "classify"}


def offered(case: Case, road: Road) -> set[str]:
    case.asked_at = road.at  # type: ignore[attr-defined]
    return {t.custom["act"] for t in case.get_available_state_transitions()}  # type: ignore[attr-defined]


def test_a_transition_changes_the_object_and_never_the_row(road: Road) -> None:
    case = road.open().list().survey().cases()[0]

    case.classify()  # type: ignore[attr-defined]

    assert case.state == "classified"
    assert Case.objects.get(pk=case.pk).state == "surveyed"
