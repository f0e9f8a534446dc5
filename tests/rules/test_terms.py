"""Counting days: the vectors of the procedure note, and a second opinion on random calendars."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.calendar_seed import seed_calendar
from cases.rules.terms import (
    DAY_REASONS_VI,
    Calendar,
    DayReason,
    Term,
    TermKind,
    calendar_days_after,
    ends_at,
    last_start_for,
    next_working_day,
    working_days_after,
)

CALENDAR = seed_calendar()
NEXT = timedelta(days=1)


def d(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


@pytest.mark.parametrize(
    ("start", "count", "ends_on"),
    [
        ("24/10/2022", 3, "27/10/2022"),
        ("30/08/2023", 5, "08/09/2023"),
        ("28/08/2025", 3, "04/09/2025"),
        ("19/08/2026", 3, "22/08/2026"),  # a Saturday, swapped on
        ("28/08/2026", 3, "07/09/2026"),
        ("19/11/2026", 3, "25/11/2026"),  # 24/11 is off
        ("20/11/2026", 3, "26/11/2026"),
        ("21/11/2026", 3, "26/11/2026"),
        ("04/12/2026", 5, "11/12/2026"),
        ("07/12/2026", 5, "14/12/2026"),
    ],
)
def test_working_day_term_ends_on_the_day_of_the_vector(
    start: str, count: int, ends_on: str
) -> None:
    assert working_days_after(d(start), count, CALENDAR).ends_on == d(ends_on)


@pytest.mark.parametrize(
    ("start", "count", "ends_on"),
    [
        ("15/05/2026", 15, "01/06/2026"),  # 30/05 is a Saturday
        ("15/08/2026", 15, "03/09/2026"),  # 30/08 is a Sunday, then National Day
        ("15/11/2026", 15, "30/11/2026"),
    ],
)
def test_calendar_day_term_ends_on_the_day_of_the_vector(
    start: str, count: int, ends_on: str
) -> None:
    assert calendar_days_after(d(start), count, CALENDAR).ends_on == d(ends_on)


def test_superior_must_receive_the_report_five_working_days_before_the_fourteenth() -> None:
    assert last_start_for(d("14/12/2026"), 5, CALENDAR) == d("07/12/2026")


def test_last_posting_without_a_complaint_starts_on_the_first_of_december() -> None:
    # It closes on Friday, so that the report is received on Monday 07/12.
    closes = d("04/12/2026")

    assert next_working_day(closes, CALENDAR) == d("07/12/2026")
    assert last_start_for(closes, 3, CALENDAR) == d("01/12/2026")


@pytest.mark.parametrize(("verification", "start"), [(3, "20/11/2026"), (7, "16/11/2026")])
def test_last_posting_that_survives_a_complaint_on_its_last_day(
    verification: int, start: str
) -> None:
    posted_again = last_start_for(d("04/12/2026"), 3, CALENDAR)
    complaint = last_start_for(posted_again, verification, CALENDAR)

    assert last_start_for(complaint, 3, CALENDAR) == d(start)


def test_fourteenth_of_december_2025_is_a_fixed_end_and_a_sunday() -> None:
    end = d("14/12/2025")

    assert end.weekday() == 6
    assert working_days_after(last_start_for(end, 5, CALENDAR), 5, CALENDAR).ends_on <= end


def test_term_is_over_at_midnight_after_its_last_day_in_vietnam() -> None:
    term = working_days_after(d("24/10/2022"), 3, CALENDAR)

    assert ends_at(term) == datetime(2022, 10, 27, 17, tzinfo=UTC)
    assert ends_at(term).isoformat() == "2022-10-28T00:00:00+07:00"


def test_working_day_term_explains_each_of_its_days() -> None:
    term = working_days_after(d("19/08/2026"), 3, CALENDAR)

    assert [(c.day.day, c.counted, c.why_code) for c in term.days] == [
        (19, False, DayReason.FIRST_DAY),
        (20, True, DayReason.WORKING_DAY),
        (21, True, DayReason.WORKING_DAY),
        (22, True, DayReason.WORKED_WEEKEND),
    ]
    assert (term.start, term.count, term.kind) == (d("19/08/2026"), 3, TermKind.WORKING)
    assert term.calendar_version == CALENDAR.version


def test_calendar_day_term_explains_how_its_end_was_moved() -> None:
    term = calendar_days_after(d("15/08/2026"), 15, CALENDAR)

    assert [(c.day, c.counted, c.why_code) for c in term.days[15:]] == [
        (d("30/08/2026"), True, DayReason.CALENDAR_DAY),
        (d("31/08/2026"), False, DayReason.DAY_OFF),
        (d("01/09/2026"), False, DayReason.DAY_OFF),
        (d("02/09/2026"), False, DayReason.DAY_OFF),
        (d("03/09/2026"), False, DayReason.MOVED_END),
    ]


def test_every_reason_has_a_sentence() -> None:
    assert set(DAY_REASONS_VI) == set(DayReason)


@pytest.mark.parametrize(
    ("start", "provisional"),
    [("01/12/2026", False), ("30/12/2026", True), ("01/06/2027", True), ("30/12/2027", True)],
)
def test_term_through_a_year_not_announced_says_so(start: str, provisional: bool) -> None:
    assert working_days_after(d(start), 3, CALENDAR).provisional is provisional


@pytest.mark.parametrize("count", [working_days_after, calendar_days_after])
@pytest.mark.parametrize("n", [0, -1])
def test_term_of_no_day_is_refused(count: Callable[[date, int, Calendar], Term], n: int) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        count(d("01/12/2026"), n, CALENDAR)


def test_back_planning_over_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        last_start_for(d("14/12/2026"), 0, CALENDAR)


def test_day_cannot_be_both_off_and_worked() -> None:
    saturday = d("22/08/2026")

    with pytest.raises(ValueError, match="both off and worked"):
        Calendar("x", frozenset({saturday}), frozenset({saturday}))


def test_weekday_cannot_be_a_worked_weekend() -> None:
    with pytest.raises(ValueError, match="not a weekend"):
        Calendar("x", frozenset(), frozenset({d("21/08/2026")}))


DAYS = st.dates(date(2021, 1, 1), date(2028, 12, 31))
COUNTS = st.integers(1, 40)
CALENDARS = st.builds(
    lambda off, worked: Calendar(
        "drawn", frozenset(off), frozenset(x for x in worked - off if x.weekday() >= 5)
    ),
    st.sets(DAYS, max_size=300),
    st.sets(DAYS, max_size=300),
)


def naive_working(day: date, calendar: Calendar) -> bool:
    name = day.strftime("%w")
    if name in "06":
        return day in calendar.worked_weekend and day not in calendar.days_off
    return day not in calendar.days_off


def naive_working_days_after(start: date, n: int, calendar: Calendar) -> date:
    # Look at a span that is surely long enough, keep what is worked, take the n-th.
    span = [start + timedelta(days=i) for i in range(1, 3 * n + 400)]
    return [day for day in span if naive_working(day, calendar)][n - 1]


def naive_calendar_days_after(start: date, n: int, calendar: Calendar) -> date:
    end = start + timedelta(days=n)
    while not naive_working(end, calendar):
        end += NEXT
    return end


@given(start=DAYS, n=COUNTS, calendar=CALENDARS)
def test_working_days_agree_with_a_second_count(start: date, n: int, calendar: Calendar) -> None:
    term = working_days_after(start, n, calendar)

    assert term.ends_on == naive_working_days_after(start, n, calendar)
    assert sum(c.counted for c in term.days) == n
    assert calendar.is_working(term.ends_on)


@given(start=DAYS, n=COUNTS, calendar=CALENDARS)
def test_calendar_days_agree_with_a_second_count(start: date, n: int, calendar: Calendar) -> None:
    term = calendar_days_after(start, n, calendar)

    assert term.ends_on == naive_calendar_days_after(start, n, calendar)
    assert sum(c.counted for c in term.days) == n
    assert term.days[-1].day == term.ends_on


@given(start=DAYS, n=COUNTS, calendar=CALENDARS)
def test_days_of_a_term_are_told_one_by_one(start: date, n: int, calendar: Calendar) -> None:
    for count in (working_days_after, calendar_days_after):
        days = [c.day for c in count(start, n, calendar).days]
        assert days == [start + timedelta(days=i) for i in range(len(days))]


@given(end=DAYS, n=COUNTS, calendar=CALENDARS)
def test_last_start_is_the_last_working_day_that_still_makes_it(
    end: date, n: int, calendar: Calendar
) -> None:
    start = last_start_for(end, n, calendar)

    assert calendar.is_working(start)
    assert working_days_after(start, n, calendar).ends_on <= end
    later = next_working_day(start, calendar)
    assert working_days_after(later, n, calendar).ends_on > end
