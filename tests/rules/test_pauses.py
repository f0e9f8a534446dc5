"""Terms that stood still: a clock that is suspended, goes on, or has not gone on yet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from cases.rules.calendar_seed import CALENDAR_SEED, OFF, seed_calendar
from cases.rules.terms import (
    DayReason,
    Pause,
    PausesOverlap,
    StillPaused,
    Term,
    TermKind,
    calendar_days_after,
    counted_term,
    ends_at,
    working_days_after,
)

CALENDAR = seed_calendar()
NEXT = timedelta(days=1)


def d(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def pause(first: str, until: str | None) -> Pause:
    return d(first), None if until is None else d(until)


def reasons(term: Term) -> list[tuple[int, bool, DayReason]]:
    return [(each.day.day, each.counted, each.why_code) for each in term.days]


# --- A clock that was suspended and goes on again ---


def test_days_of_a_pause_are_skipped_and_the_clock_goes_on_where_it_stood() -> None:
    # Tuesday 1 October 2024; stood still on Wednesday and Thursday.
    term = working_days_after(d("01/10/2024"), 3, CALENDAR, [pause("02/10/2024", "04/10/2024")])

    assert reasons(term) == [
        (1, False, DayReason.FIRST_DAY),
        (2, False, DayReason.PAUSED),
        (3, False, DayReason.PAUSED),
        (4, True, DayReason.WORKING_DAY),
        (5, False, DayReason.WEEKEND),
        (6, False, DayReason.WEEKEND),
        (7, True, DayReason.WORKING_DAY),
        (8, True, DayReason.WORKING_DAY),
    ]
    assert term.ends_on == d("08/10/2024")
    assert ends_at(term).isoformat() == "2024-10-09T00:00:00+07:00"


@pytest.mark.parametrize("first", ["20/09/2024", "01/10/2024", "02/10/2024"])
def test_a_pause_from_before_or_on_the_start_costs_only_the_days_after_it(first: str) -> None:
    term = working_days_after(d("01/10/2024"), 2, CALENDAR, [pause(first, "03/10/2024")])

    assert term.days[0].why_code == DayReason.FIRST_DAY
    assert term.ends_on == d("04/10/2024")


@pytest.mark.parametrize("until", ["20/09/2024", "01/10/2024", "02/10/2024"])
def test_a_pause_that_is_over_by_the_first_day_changes_nothing(until: str) -> None:
    start, before = d("01/10/2024"), pause("10/09/2024", until)

    assert working_days_after(start, 3, CALENDAR, [before]) == working_days_after(
        start, 3, CALENDAR
    )


@pytest.mark.parametrize("until", ["09/10/2024", None])
@pytest.mark.parametrize("count", [working_days_after, calendar_days_after])
def test_a_pause_that_begins_after_the_end_changes_nothing(
    count: Callable[..., Term], until: str | None
) -> None:
    start = d("01/10/2024")

    assert count(start, 3, CALENDAR, [pause("05/10/2024", until)]) == count(start, 3, CALENDAR)


def test_a_pause_that_begins_on_the_last_day_takes_that_day_away() -> None:
    term = working_days_after(d("01/10/2024"), 3, CALENDAR, [pause("04/10/2024", "05/10/2024")])

    assert term.ends_on == d("07/10/2024")


def test_a_pause_of_no_day_changes_nothing() -> None:
    # Suspended in the morning, resumed in the afternoon.
    start, day = d("01/10/2024"), pause("02/10/2024", "02/10/2024")

    assert working_days_after(start, 3, CALENDAR, [day]) == working_days_after(start, 3, CALENDAR)


def test_calendar_day_whose_last_day_falls_into_a_pause_is_counted_after_it() -> None:
    # 15/05/2026 + 15: the last day would be Saturday 30/05, moved to Monday 01/06.
    pauses = [pause("30/05/2026", "02/06/2026")]
    term = calendar_days_after(d("15/05/2026"), 15, CALENDAR, pauses)

    assert [(each.day.day, each.why_code) for each in term.days[-4:]] == [
        (30, DayReason.PAUSED),
        (31, DayReason.PAUSED),
        (1, DayReason.PAUSED),
        (2, DayReason.CALENDAR_DAY),
    ]
    assert term.ends_on == d("02/06/2026")


def test_calendar_days_that_end_on_a_day_off_after_a_pause_are_moved() -> None:
    # The fifteenth day is Sunday 31/05 instead of Saturday 30/05.
    term = calendar_days_after(d("15/05/2026"), 15, CALENDAR, [pause("18/05/2026", "19/05/2026")])

    assert [(each.day.day, each.why_code) for each in term.days[-2:]] == [
        (31, DayReason.CALENDAR_DAY),
        (1, DayReason.MOVED_END),
    ]


@pytest.mark.parametrize("first", ["31/05/2026", "01/06/2026"])
def test_an_end_that_would_be_moved_into_a_pause_is_moved_beyond_it(first: str) -> None:
    term = calendar_days_after(d("15/05/2026"), 15, CALENDAR, [pause(first, "03/06/2026")])

    assert (term.ends_on, term.days[-1].why_code) == (d("03/06/2026"), DayReason.MOVED_END)
    assert sum(each.counted for each in term.days) == 15


def test_an_end_moved_beyond_a_pause_skips_the_weekend_after_it() -> None:
    term = calendar_days_after(d("15/05/2026"), 15, CALENDAR, [pause("01/06/2026", "06/06/2026")])

    assert term.ends_on == d("08/06/2026")
    assert [each.why_code for each in term.days[-3:-1]] == [DayReason.WEEKEND] * 2


def test_pauses_follow_one_another_in_whatever_order_they_are_given() -> None:
    pauses = [
        pause("04/10/2024", "07/10/2024"),
        pause("02/10/2024", "03/10/2024"),
        pause("03/10/2024", "04/10/2024"),
    ]

    assert working_days_after(d("01/10/2024"), 1, CALENDAR, pauses).ends_on == d("07/10/2024")


# --- A pause that is still open, and pauses that cannot be ---


def test_a_term_that_stands_still_has_no_end_and_says_what_is_left_of_it() -> None:
    with pytest.raises(StillPaused) as caught:
        working_days_after(d("01/10/2024"), 3, CALENDAR, [pause("03/10/2024", None)])

    assert (caught.value.since, caught.value.left) == (d("03/10/2024"), 2)
    assert [each.day.day for each in caught.value.days] == [1, 2]


def test_calendar_days_that_stand_still_before_their_moved_end_have_none_left_to_count() -> None:
    with pytest.raises(StillPaused) as caught:
        calendar_days_after(d("15/05/2026"), 15, CALENDAR, [pause("31/05/2026", None)])

    assert (caught.value.since, caught.value.left) == (d("31/05/2026"), 0)


def test_a_pause_open_since_before_the_start_leaves_every_day() -> None:
    with pytest.raises(StillPaused) as caught:
        counted_term("WORKING", d("01/10/2024"), 3, CALENDAR, [pause("20/09/2024", None)])

    assert (caught.value.since, caught.value.left) == (d("02/10/2024"), 3)


@pytest.mark.parametrize(
    "pauses",
    [
        [pause("02/10/2024", "05/10/2024"), pause("04/10/2024", "07/10/2024")],
        [pause("04/10/2024", "07/10/2024"), pause("02/10/2024", "05/10/2024")],
        [pause("02/10/2024", None), pause("04/10/2024", "07/10/2024")],
        [pause("02/10/2024", None), pause("02/10/2024", None)],
        [pause("02/10/2024", "09/10/2024"), pause("04/10/2024", None)],
    ],
)
@pytest.mark.parametrize("kind", list(TermKind))
def test_pauses_that_share_a_day_are_refused_by_their_days(kind: str, pauses: list[Pause]) -> None:
    with pytest.raises(PausesOverlap, match=r"from 2024-10-0\d overlaps the one from 2024-10-02"):
        counted_term(kind, d("01/10/2024"), 3, CALENDAR, pauses)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PausesOverlap, match="ends on 2024-10-02, before it begins on 2024-10-04"):
        working_days_after(d("01/10/2024"), 3, CALENDAR, [pause("04/10/2024", "02/10/2024")])


# --- A second opinion, written without the first: from the seed's rows, day numbers and lists ---

FIRST, LAST = date(2021, 1, 1), date(2027, 12, 31)
SPAN = 120
NUMBERS = range(FIRST.toordinal(), LAST.toordinal() + SPAN + 1)
HOLIDAYS = {row.day.toordinal() for row in CALENDAR_SEED if row.kind == OFF}
MADE_UP = {row.day.toordinal() for row in CALENDAR_SEED if row.kind != OFF}
# Ordinal 1 was a Monday: Saturday and Sunday leave 6 and 0.
WORKED = {n for n in NUMBERS if (n % 7 not in (6, 0) or n in MADE_UP) and n not in HOLIDAYS}
# From and until, in days after the start.
PAUSES: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((-5, 3),),
    ((0, 1),),
    ((0, 4),),
    ((1, 2),),
    ((2, 9),),
    ((5, 6), (6, 13)),
    ((1, 3), (8, 10), (15, 22)),
    ((14, 17),),
    ((15, 45),),
)


def naive_end(kind: str, start: int, n: int, stood: set[int]) -> int:
    running = [day for day in range(start + 1, start + SPAN) if day - start not in stood]
    if kind == "WORKING":
        return [day for day in running if day in WORKED][n - 1]
    return next(day for day in running[n - 1 :] if day in WORKED)


def test_every_start_of_seven_years_agrees_with_the_second_count() -> None:
    shapes = [
        (pauses, {day for first, until in pauses for day in range(first, until)})
        for pauses in PAUSES
    ]
    disagreeing = []
    for start in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(start)
        for n in range(1, 16):
            # Each start meets every shape; which length meets which turns from day to day.
            shape, stood = shapes[(start + n) % len(shapes)]
            pauses = [(day + NEXT * first, day + NEXT * until) for first, until in shape]
            for kind in ("WORKING", "CALENDAR"):
                end = counted_term(kind, day, n, CALENDAR, pauses).ends_on
                if end.toordinal() != naive_end(kind, start, n, stood):
                    disagreeing.append((kind, day, n, shape, end))

    assert disagreeing == []


def test_every_day_of_a_count_is_told_once_and_the_paused_ones_are_the_pauses() -> None:
    day = FIRST
    while day <= LAST:
        shape = PAUSES[day.toordinal() % len(PAUSES)]
        pauses = [(day + NEXT * first, day + NEXT * until) for first, until in shape]
        for kind in ("WORKING", "CALENDAR"):
            term = counted_term(kind, day, 10, CALENDAR, pauses)
            told = [each.day for each in term.days]
            assert told == [day + NEXT * n for n in range(len(told))]
            stood = {each.day for each in term.days if each.why_code == DayReason.PAUSED}
            inside = {x for x in told[1:] if any(a <= x < b for a, b in pauses)}
            assert stood == inside
            assert sum(each.counted for each in term.days) == 10
        day += NEXT
