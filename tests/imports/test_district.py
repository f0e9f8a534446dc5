"""One district's two workbooks, taken whole."""

from collections.abc import Callable

from cases.models import Case, Household, Member, Round, Screening, Standing, Survey, User
from tests.imports.conftest import (
    HOUSEHOLDS,
    SURVEYS,
    planned,
    planned_forms,
    row_counts,
    taken,
    taken_forms,
)


def test_a_district_comes_in_whole_and_only_once(
    officer: User, rounds: list[Round], build_lists: Callable[[], None]
) -> None:
    taken(HOUSEHOLDS, officer)

    assert Household.objects.count() == 614
    assert Household.objects.filter(departure_reported=True).count() == 3
    assert Member.objects.count() == 2727
    assert Standing.objects.filter(year=2023).count() == 570
    assert Case.objects.filter(state="requested", basis="REQUEST").count() == 44
    before = row_counts()
    assert taken(HOUSEHOLDS, officer).before
    assert row_counts() == before

    build_lists()
    assert Case.objects.filter(state="listed").count() == 614
    done = taken_forms(SURVEYS, officer)

    assert done.total.rows == 611
    assert Survey.objects.count() == 607
    assert Screening.objects.filter(passed=True).count() == 40
    assert Screening.objects.filter(passed=False).count() == 4
    before = row_counts()
    assert taken_forms(SURVEYS, officer).before
    assert row_counts() == before


def test_a_trial_says_what_comes_and_leaves_no_trace(
    officer: User, rounds: list[Round], build_lists: Callable[[], None]
) -> None:
    before = row_counts()
    plan = planned(HOUSEHOLDS, officer)

    assert plan.is_whole
    assert plan.total.households == 614
    assert plan.total.members == 2727
    assert plan.total.standings == 570
    assert plan.total.requests == 44
    assert [(tally.code, tally.households, tally.villages) for tally in plan.tallies] == [
        ("24640", 23, 5),
        ("24646", 140, 8),
        ("24652", 246, 8),
        ("24655", 205, 8),
    ]
    assert row_counts() == before

    taken(HOUSEHOLDS, officer)
    build_lists()
    before = row_counts()
    assert planned_forms(SURVEYS, officer).total.surveyed == 607
    assert row_counts() == before
