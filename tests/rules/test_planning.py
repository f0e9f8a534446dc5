"""Back-planning: the dates of the procedure note, and the same dates counted forwards again."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.calendar_seed import seed_calendar
from cases.rules.packs import PACKS, Pack
from cases.rules.packs.model import Review, TermRule
from cases.rules.planning import NoLastDay, back_plan
from cases.rules.terms import calendar_days_after, working_days_after

CALENDAR = seed_calendar()
PACK = PACKS["qd24-2021-2cap"]
AD_HOC = PACKS["qd24-2021-2cap-tx"]
AVERAGE = PACKS["qd24-2021-2cap-mstb"]
PLANNED = [pack for pack in PACKS.values() if pack.review != Review.LOW_INCOME]
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


@pytest.mark.parametrize("pack", PLANNED, ids=lambda pack: pack.code)
def test_steps_name_acts_and_terms_of_the_pack_in_the_order_of_their_days(pack: Pack) -> None:
    codes = {term.code for term in pack.terms}
    for year in range(2021, 2028):
        for month in pack.months or (0,):
            plan = back_plan(pack, year, CALENDAR, month)
            days = {step.code: step.day for step in plan.steps}
            assert days["posting_with_complaint"] < days["complaint"] < days["decision"]
            assert days["posting"] < days["decision"] == plan.last_day
            assert {step.act for step in plan.steps} <= set(pack.by_code)
            assert {code for step in plan.steps for code in step.terms} <= codes


# --- Monthly reviews: from the 15th, with the pack's own terms ---


@pytest.mark.parametrize(
    ("month", "last_day"),
    [(5, "01/06/2026"), (8, "03/09/2026"), (1, "30/01/2026"), (2, "02/03/2026")],
)
def test_a_monthly_review_ends_with_fifteen_days_from_the_15th_moved_to_a_working_day(
    month: int, last_day: str
) -> None:
    plan = back_plan(AD_HOC, 2026, CALENDAR, month)

    assert (plan.first_day, plan.last_day) == (date(2026, month, 15), d(last_day))


def test_the_last_safe_days_of_may_2026() -> None:
    # The decision on Monday 01/06; a list that hangs Tuesday to Thursday or Wednesday to Friday.
    plan = back_plan(AD_HOC, 2026, CALENDAR, 5)

    assert [(step.code, step.day.isoformat()) for step in plan.steps] == [
        ("posting_with_complaint", "2026-05-18"),
        ("complaint", "2026-05-21"),
        ("reposting", "2026-05-26"),
        ("posting", "2026-05-26"),
        ("decision", "2026-06-01"),
        ("monthly_report", "2026-06-05"),
    ]


def test_an_average_living_review_posts_five_days_and_never_again() -> None:
    plan = back_plan(AVERAGE, 2026, CALENDAR, 5)

    assert [(step.code, step.day.isoformat()) for step in plan.steps] == [
        ("posting_with_complaint", "2026-05-20"),
        ("complaint", "2026-05-27"),
        ("posting", "2026-05-22"),
        ("decision", "2026-06-01"),
    ]


def test_after_tet_there_is_no_room_for_a_complaint_in_the_fifteen_days() -> None:
    # 16 to 20 February 2026 are off: nine working days do not fit between the 15th and 2 March.
    plan = back_plan(AD_HOC, 2026, CALENDAR, 2)

    assert plan.step("posting_with_complaint").day < plan.first_day < plan.step("posting").day


def test_the_monthly_report_stands_in_the_plan_on_its_named_day() -> None:
    assert back_plan(AD_HOC, 2026, CALENDAR, 3).step("monthly_report").day == d("05/04/2026")


def test_a_review_without_a_term_for_the_whole_has_no_plan() -> None:
    with pytest.raises(NoLastDay, match="nd30-2025-2cap"):
        back_plan(PACKS["nd30-2025-2cap"], 2026, CALENDAR, 5)


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


@given(year=st.integers(2021, 2027), month=st.integers(1, 8))
def test_counted_forwards_a_monthly_round_is_decided_in_time_and_a_day_later_is_not(
    year: int, month: int
) -> None:
    plan = back_plan(AD_HOC, year, CALENDAR, month)

    def decided(start: date) -> date:
        over = working_days_after(start, 3, CALENDAR).ends_on
        return next(
            day for n in range(1, 15) if CALENDAR.is_working(day := over + timedelta(days=n))
        )

    start = plan.step("posting").day
    later = next(day for n in range(1, 15) if CALENDAR.is_working(day := start + timedelta(days=n)))
    assert decided(start) <= plan.last_day < decided(later)
