"""Back-planning: the dates of the procedure note, and the same dates counted forwards again."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.calendar_seed import seed_calendar
from cases.rules.packs import PACKS, Pack
from cases.rules.packs.model import TermRule
from cases.rules.planning import back_plan
from cases.rules.terms import calendar_days_after, working_days_after

CALENDAR = seed_calendar()
PACK = PACKS["qd24-2021-2cap"]
NEXT = timedelta(days=1)


def d(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def with_term(pack: Pack, code: str, days: int, kind: str = "WORKING") -> Pack:
    """Return the pack with one term of another length."""

    def changed(term: TermRule) -> TermRule:
        return replace(term, days=days, kind=kind) if term.code == code else term  # type: ignore[arg-type]

    return replace(pack, terms=tuple(changed(term) for term in pack.terms))


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("decision", "14/12/2026"),
        ("report", "07/12/2026"),
        ("posting", "01/12/2026"),
        ("posting_with_complaint", "20/11/2026"),
        ("reposting", "01/12/2026"),
        ("complaint", "26/11/2026"),
    ],
)
def test_the_last_safe_days_before_14_december_2026(code: str, day: str) -> None:
    assert back_plan(PACK, 2026, CALENDAR).step(code).day == d(day)


def test_a_re_verification_of_seven_days_asks_for_an_earlier_posting() -> None:
    plan = back_plan(with_term(PACK, "reverification", 7), 2026, CALENDAR)
    assert plan.step("posting_with_complaint").day == d("16/11/2026")
    assert plan.step("posting").day == d("01/12/2026")


def test_a_sunday_at_the_end_is_not_moved_and_the_days_before_it_are_counted() -> None:
    plan = back_plan(PACK, 2025, CALENDAR)
    assert plan.last_day == d("14/12/2025")
    assert plan.step("report").day == d("05/12/2025")


def test_a_calendar_day_term_is_over_by_the_end_even_where_its_own_end_moves() -> None:
    plan = back_plan(with_term(PACK, "opinion", 15, "CALENDAR"), 2026, CALENDAR)
    report = plan.step("report").day
    assert calendar_days_after(report, 15, CALENDAR).ends_on <= plan.last_day
    assert calendar_days_after(report + NEXT, 15, CALENDAR).ends_on > plan.last_day


def test_a_year_that_is_not_announced_makes_the_plan_provisional() -> None:
    assert not back_plan(PACK, 2026, CALENDAR).provisional
    assert back_plan(PACK, 2027, CALENDAR).provisional


def test_steps_name_acts_and_terms_of_the_pack_in_the_order_of_their_days() -> None:
    for pack in PACKS.values():
        for year in range(2021, 2028):
            plan = back_plan(pack, year, CALENDAR)
            days = [plan.step(code).day for code in ("complaint", "reposting", "report")]
            assert days == sorted(days)
            assert {step.act for step in plan.steps} <= set(pack.by_code)
            codes = {term.code for term in pack.terms}
            assert {code for step in plan.steps for code in step.terms} <= codes


@given(year=st.integers(2021, 2027), days=st.integers(1, 15))
def test_counted_forwards_the_worst_road_ends_in_time_and_a_day_later_does_not(
    year: int, days: int
) -> None:
    pack = with_term(PACK, "reverification", days)
    plan = back_plan(pack, year, CALENDAR)

    def arrives(start: date) -> date:
        """Walk posting, re-verification, re-posting and opinion, each begun as early as it may."""
        complained = working_days_after(start, 3, CALENDAR).ends_on
        reposted = working_days_after(complained, days, CALENDAR).ends_on
        over = working_days_after(reposted, 3, CALENDAR).ends_on
        received = next(
            day for n in range(1, 15) if CALENDAR.is_working(day := over + timedelta(days=n))
        )
        return working_days_after(received, 5, CALENDAR).ends_on

    start = plan.step("posting_with_complaint").day
    later = next(day for n in range(1, 15) if CALENDAR.is_working(day := start + timedelta(days=n)))
    assert arrives(start) <= plan.last_day < arrives(later)
