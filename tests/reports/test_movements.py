"""The arithmetic of forms 2 and 3 over any population, and what the checks say of broken figures."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cases.reports.checks import check_sum, check_unit
from cases.reports.counts import Deprivations
from cases.reports.forms import Tally
from cases.reports.movements import Flow, Line, Movement, Origin, Outcome, tally

households = st.builds(
    Flow,
    origin=st.sampled_from(list(Origin)),
    outcome=st.sampled_from([o for o in Outcome if o is not Outcome.PENDING]),
    relapse=st.booleans(),
    households=st.just(1),
    persons=st.integers(min_value=1, max_value=15),
)
populations = st.lists(households, max_size=60)


def of(flows: list[Flow]) -> Tally:
    """Return the tally of a population in which every poor household lacks three services."""
    poor = tally(flows, Outcome.POOR)
    count = poor.households.end
    lack = Deprivations(count, (count,) * 3 + (0,) * 9)
    return Tally(poor, tally(flows, Outcome.NEAR_POOR), lack)


def codes(tally: Tally) -> set[str]:
    return {finding.code for finding in check_unit("24646", "Xã Tân Lập", tally)}


@given(populations)
def test_any_decided_population_passes_every_check(flows: list[Flow]) -> None:
    assert codes(of(flows)) == set()


@given(populations)
def test_end_counts_exactly_those_who_are_in_the_class_in_the_end(flows: list[Flow]) -> None:
    poor = tally(flows, Outcome.POOR)

    assert poor.households.end == sum(f.outcome == Outcome.POOR for f in flows)
    assert poor.persons.end == sum(f.persons for f in flows if f.outcome == Outcome.POOR)


@given(populations)
def test_start_counts_last_years_list_and_no_arrival(flows: list[Flow]) -> None:
    near_poor = tally(flows, Outcome.NEAR_POOR).households

    assert near_poor.start == sum(f.origin == Origin.NEAR_POOR for f in flows)
    arrived = [f for f in flows if f.origin == Origin.ARRIVAL and f.outcome == Outcome.NEAR_POOR]
    assert near_poor.other_inc == len(arrived)


@given(populations)
def test_equal_households_counted_together_give_the_same_lines(flows: list[Flow]) -> None:
    persons: Counter[tuple[str, str, bool]] = Counter()
    for flow in flows:
        persons[flow.origin, flow.outcome, flow.relapse] += flow.persons
    counts = Counter((f.origin, f.outcome, f.relapse) for f in flows)
    merged = [Flow(*way, counts[way], heads) for way, heads in persons.items()]

    assert tally(merged, Outcome.POOR) == tally(flows, Outcome.POOR)


@given(populations, populations)
def test_lines_of_two_villages_add_up_to_the_commune(one: list[Flow], two: list[Flow]) -> None:
    parts = {"1": of(one), "2": of(two)}

    assert list(check_sum("24646", parts, of(one + two))) == []


@given(populations)
def test_relapse_is_told_of_requesters_only(flows: list[Flow]) -> None:
    poor = tally(flows, Outcome.POOR).households

    asked = [f for f in flows if f.origin == Origin.NONE and f.outcome == Outcome.POOR]
    assert poor.relapse == sum(f.relapse for f in asked)
    assert poor.new == len(asked) - poor.relapse


def test_household_without_result_leaves_its_row_open_and_is_named() -> None:
    waiting = Flow(Origin.POOR, Outcome.PENDING, False, 2, 9)
    poor = tally([waiting], Outcome.POOR)

    assert (poor.households.start, poor.households.end, poor.households.pending) == (2, 0, 2)
    assert codes(Tally(poor=poor, pending=2)) == {"PENDING"}


def test_each_broken_figure_has_its_own_finding() -> None:
    good = of([Flow(Origin.POOR, Outcome.NEAR_POOR, False, 4, 9)] * 2)
    good = replace(good, poor=good.poor + Line(Movement(1, end=1), Movement(3, end=3)))
    good = replace(good, deprivations=Deprivations(1, (1,) * 3 + (0,) * 9))
    assert codes(good) == set()
    near = good.near_poor

    def with_poor(**changes: int) -> Tally:
        line = Line(replace(good.poor.households, **changes), good.poor.persons)
        return replace(good, poor=line)

    assert codes(with_poor(start=10)) == {"ROW_IDENTITY"}
    assert "POOR_TO_NEAR_POOR" in codes(with_poor(to_other=7))
    assert "NEAR_POOR_TO_POOR" in codes(with_poor(from_other=1))
    assert "POOR_IN_FORM_4" in codes(with_poor(end=2))
    assert "PERSONS_FEWER_THAN_HOUSEHOLDS" in codes(
        replace(good, near_poor=Line(near.households, Movement()))
    )
    few = Deprivations(1, (1, 1) + (0,) * 10)
    assert codes(replace(good, deprivations=few)) == {"TOO_FEW_DEPRIVATIONS"}
    many = Deprivations(1, (2, 1) + (0,) * 10)
    assert codes(replace(good, deprivations=many)) == {"INDICATOR_OVER_HOUSEHOLDS"}


def test_rows_that_do_not_add_up_are_named_by_form() -> None:
    part = of([Flow(Origin.NONE, Outcome.NEAR_POOR, False, 1, 4)])

    found = list(check_sum("24646", {"1": part}, Tally()))

    assert [(f.code, f.forms) for f in found] == [("SUM_OF_ROWS", (3,))]
