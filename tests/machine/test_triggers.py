"""The database itself refuses a step that no pack declares."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from cases.models import Case, Household
from cases.rules.packs import SHIPPED, Review
from tests.conftest import Road
from tests.machine.rows import drop_step_triggers
from tests.taken_back import taken_back
from workflow.machine import triggers


@pytest.fixture
def case(road: Road) -> Case:
    return road.open().list().cases()[0]


def test_the_triggers_are_there_after_migrate(db: None) -> None:
    assert triggers.missing("default") == []


def test_an_undeclared_step_is_refused_to_an_update_of_a_set(case: Case) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="certified", decided_class="POOR")


def test_an_undeclared_step_is_refused_to_raw_sql(case: Case) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET state = 'agreed' WHERE id = %s", [case.pk])


def test_an_undeclared_step_is_refused_to_bulk_update(case: Case) -> None:
    case.state = "posted"

    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.bulk_update([case], ["state"])


def test_an_undeclared_step_is_refused_to_save(case: Case) -> None:
    case.state = "cleared"

    with pytest.raises(DatabaseError), transaction.atomic():
        case.save()


def test_a_case_that_does_not_start_as_new_is_refused(
    case: Case, make_households: Callable[..., list[Household]]
) -> None:
    case.household = make_households(case.village, 1)[0]
    case.pk = None

    with pytest.raises(DatabaseError), transaction.atomic():
        case.state = "consented"
        Case.objects.bulk_create([case])
    case.state = "new"
    Case.objects.bulk_create([case])


def test_a_state_that_no_pack_knows_is_refused(case: Case) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="target_met")


@pytest.mark.parametrize("review", Review)
def test_exactly_the_declared_steps_of_a_review_pass(case: Case, review: Review) -> None:
    states = sorted({state.code for pack in SHIPPED for state in pack.states})
    declared = set(triggers.declared_steps()[review.value])
    # What other columns must hold in some states is not asked here.
    Case.objects.filter(pk=case.pk).update(
        review=review.value, decided_class="POOR", departure="DIED", refusal_reason="Vượt chuẩn"
    )

    passed = set()
    for source in states:
        with transaction.atomic():
            drop_step_triggers()
            Case.objects.filter(pk=case.pk).update(state=source)
            triggers.install("default")
        for target in states:
            if target != source and _steps(case, target):
                passed.add(f"{source}>{target}")

    assert passed == {step for step in declared if len(set(step.split(">"))) == 2}


def test_a_trigger_that_is_gone_is_found_and_migrate_brings_it_again(db: None) -> None:
    assert triggers.check_triggers(databases=["default"]) == []
    drop_step_triggers()

    problems = triggers.check_triggers(databases=["default"])
    call_command("migrate", verbosity=0)

    assert [problem.id for problem in problems] == ["workflow.E001"] * 2
    assert triggers.check_triggers(databases=["default"]) == []


def _steps(case: Case, target: str) -> bool:
    """Test if the database lets the case take the step; it is taken back."""
    try:
        with taken_back():
            Case.objects.filter(pk=case.pk).update(state=target)
    except DatabaseError:
        return False
    return True
