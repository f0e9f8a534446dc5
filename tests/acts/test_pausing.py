"""A time limit stands still and goes on, each time by an act; a posting never does."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.models import (
    Act,
    Complaint,
    Report,
    RunningTerm,
    TermPause,
    TermRecount,
    Unit,
    User,
)
from tests.conftest import Road, moment
from tests.months import Month
from workflow.acts import posting, registry
from workflow.machine.apply import Done
from workflow.machine.refusals import Refused

PAPER = {"reason": "Bão số 4, xã bị chia cắt", "paper": "15/TB-UBND"}


def posted(road: Road) -> Road:
    """Post on Tuesday 01/10/2024."""
    return road.open().list().survey().classify().meet().post()


def contested(road: Road) -> RunningTerm:
    """Post, and complain about the first household: its re-verification is due on 04/10."""
    posted(road)
    posting.complain(
        case=road.cases()[0], complainant="Ông Ba", content="Nhà có xe", **road.who("minh")
    )
    return RunningTerm.objects.get(code="reverification")


def reported(road: Road) -> RunningTerm:
    """Report on Tuesday 08/10/2024: the superior answers until 15/10."""
    posted(road).pass_days(7).close().report()
    return RunningTerm.objects.get(code="opinion")


def do(code: str, road: Road, by: str = "hoa", **facts: Any) -> Done:
    done = registry.do(code, road.round, {**PAPER, **facts}, **road.who(by))
    assert isinstance(done, Done)
    return done


def suspend(road: Road, **facts: Any) -> Done:
    return do("suspend_term", road, **facts)


def resume(road: Road, **facts: Any) -> Done:
    return do("resume_term", road, **facts)


def of_first_case(road: Road) -> dict[str, str]:
    return {"term": "reverification", "case": road.cases()[0].code}


# --- The two acts ---


def test_a_suspended_term_keeps_its_pause_with_its_reason(road: Road) -> None:
    term = contested(road)

    done = suspend(road.pass_days(1), **of_first_case(road))

    pause = TermPause.objects.get()
    assert (pause.term, pause.from_day, pause.until_day) == (term, date(2024, 10, 2), None)
    assert (pause.reason, pause.paused_by) == (PAPER["reason"], done.act)
    assert done.act.facts == {
        "term": "reverification",
        "village": "",
        "case": road.cases()[0].code,
        "paper": "15/TB-UBND",
    }


def test_a_resumed_term_is_counted_anew_from_the_day_it_goes_on(road: Road) -> None:
    term = contested(road)
    suspend(road.pass_days(1), **of_first_case(road))
    done = resume(road.pass_days(5), **of_first_case(road), reason="Đường đã thông")

    # Stood still from Wednesday 02 until Monday 07, which counts: 07, 08, 09.
    term.refresh_from_db()
    pause, record = TermPause.objects.get(), TermRecount.objects.get()
    assert term.ends_on == date(2024, 10, 9)
    assert (pause.until_day, pause.resumed_by) == (date(2024, 10, 7), done.act)
    assert (record.old_end, record.new_end) == (date(2024, 10, 4), date(2024, 10, 9))
    assert (record.why, record.edition) == ("Đường đã thông (15/TB-UBND)", None)
    assert Complaint.objects.get().due_on == date(2024, 10, 9)


def test_the_answer_of_the_superior_is_due_later_by_what_the_clock_stood(road: Road) -> None:
    term = reported(road)
    suspend(road.pass_days(3), term="opinion")
    resume(road.pass_days(4), term="opinion")

    # 09 and 10 were counted; Friday 11 to Monday 14 stood; 15, 16 and 17 are left.
    term.refresh_from_db()
    assert term.ends_on == date(2024, 10, 17)
    assert Report.objects.get().due_on == date(2024, 10, 17)


def test_a_term_can_stand_still_twice(road: Road) -> None:
    term = contested(road)
    for _time in range(2):
        suspend(road.pass_days(1), **of_first_case(road))
        resume(road.pass_days(1), **of_first_case(road))

    # Wednesday 02 and Friday 04 stood; Thursday 03, Monday 07 and Tuesday 08 count.
    term.refresh_from_db()
    assert term.ends_on == date(2024, 10, 8)
    assert [(p.from_day.day, p.until_day and p.until_day.day) for p in term.pauses.all()] == [
        (2, 3),
        (4, 5),
    ]


def test_a_clock_that_goes_on_the_same_day_moves_nothing_and_keeps_its_reason(road: Road) -> None:
    term = contested(road)
    suspend(road.pass_days(1), **of_first_case(road))
    resume(road, **of_first_case(road), reason="Ghi nhầm")

    term.refresh_from_db()
    record = TermRecount.objects.get()
    assert term.ends_on == record.old_end == record.new_end == date(2024, 10, 4)
    assert record.why.startswith("Ghi nhầm")


def test_the_last_day_itself_can_still_be_suspended(road: Road) -> None:
    term = contested(road)
    suspend(road.pass_days(3), **of_first_case(road))
    resume(road.pass_days(3), **of_first_case(road))

    term.refresh_from_db()
    assert term.ends_on == date(2024, 10, 7)


def test_the_same_key_stops_the_clock_once(road: Road) -> None:
    contested(road)
    facts, who = {**PAPER, **of_first_case(road)}, road.who("hoa")

    first = registry.do("suspend_term", road.round, facts, **who)
    again = registry.do("suspend_term", road.round, facts, **who)

    assert isinstance(first, Done) and isinstance(again, Done)
    assert (again.replayed, again.act) == (True, first.act)
    assert TermPause.objects.count() == 1


def test_what_was_done_while_the_clock_stood_ends_the_term_as_ever(road: Road) -> None:
    term = contested(road)
    suspend(road.pass_days(1), **of_first_case(road))
    facts = {"surveyed_on": road.at.date(), "income_score": 100, "outcome": "Đã xem lại"}
    registry.do(
        "reverify",
        road.cases()[0],
        {**facts, "deprived": [True] * 3 + [False] * 9},
        **road.who("hoa"),
    )

    term.refresh_from_db()
    assert term.ended_at == road.at
    with pytest.raises(Refused) as caught:
        resume(road, **of_first_case(road))
    assert caught.value.codes == {"term_is_paused"}


def test_two_complaints_about_one_household_stand_still_together(road: Road) -> None:
    contested(road)
    posting.complain(
        case=road.cases()[0],
        complainant="Bà Tư",
        content="Nhà mới",
        **road.pass_days(1).who("minh"),
    )
    suspend(road.pass_days(1), **of_first_case(road))
    resume(road.pass_days(1), **of_first_case(road))

    # Thursday 03 stood; the first began on Tuesday, the second on Wednesday.
    ends = RunningTerm.objects.filter(code="reverification").order_by("pk")
    assert list(ends.values_list("ends_on", flat=True)) == [date(2024, 10, 7), date(2024, 10, 8)]


def test_the_fifteen_days_of_a_month_stand_still_and_still_end_on_a_working_day(
    calendar: None, cast: dict[str, User], tan_lap: Unit, make_households: Callable[..., Any]
) -> None:
    month = Month(cast, tan_lap).open()
    village = Unit.objects.get(code="24646.001")
    month.ask(make_households(village, 1, standing="")[0])
    month.on("2024-05-15").start()
    term = RunningTerm.objects.get(code="whole")
    assert term.ends_on == date(2024, 5, 30)

    month.on("2024-05-20").do("hoa", "suspend_term", month.round, term="whole", **PAPER)
    month.on("2024-05-22").do("hoa", "resume_term", month.round, term="whole", **PAPER)

    # Two days later is Saturday 01/06: moved to Monday.
    term.refresh_from_db()
    assert term.ends_on == date(2024, 6, 3)


# --- Every refusal ---


@pytest.mark.parametrize("missing", ["reason", "paper"])
@pytest.mark.parametrize("code", ["suspend_term", "resume_term"])
def test_nothing_stops_or_goes_on_without_a_reason_and_a_paper(
    road: Road, code: str, missing: str
) -> None:
    contested(road)
    if code == "resume_term":
        suspend(road.pass_days(1), **of_first_case(road))
    before = Act.objects.count()

    with pytest.raises(Refused) as caught:
        do(code, road, **of_first_case(road), **{missing: " "})

    assert caught.value.codes == {"pause_explained"}
    assert Act.objects.count() == before


def test_a_posting_never_stands_still(road: Road) -> None:
    posted(road)

    with pytest.raises(Refused) as caught:
        suspend(road, term="posting", village="24646.001")

    assert caught.value.codes == {"term_may_pause"}


@pytest.mark.parametrize(
    "facts",
    [
        {"term": "opinion"},
        {"term": "reverification"},
        {"term": "reverification", "case": "24646-99999"},
        {"term": "không có"},
        {},
    ],
)
def test_a_term_that_does_not_run_is_not_stopped(road: Road, facts: dict[str, str]) -> None:
    contested(road)

    with pytest.raises(Refused) as caught:
        suspend(road, **facts)

    assert caught.value.codes == {"term_may_pause"}


def test_a_term_that_stands_still_is_not_stopped_again(road: Road) -> None:
    contested(road)
    suspend(road, **of_first_case(road))

    with pytest.raises(Refused) as caught:
        suspend(road, **of_first_case(road))

    assert caught.value.codes == {"term_may_pause"}


def test_a_term_that_is_over_is_not_stopped_to_hide_that_it_is_late(road: Road) -> None:
    contested(road)

    with pytest.raises(Refused) as caught:
        suspend(road.pass_days(4), **of_first_case(road))

    assert caught.value.codes == {"term_may_pause"}


def test_a_term_that_runs_does_not_go_on(road: Road) -> None:
    contested(road)

    with pytest.raises(Refused) as caught:
        resume(road, **of_first_case(road))

    assert caught.value.codes == {"term_is_paused"}


@pytest.mark.parametrize("name", ["lan", "hung", "quyen", "other_hoa"])
def test_only_who_keeps_the_list_of_the_commune_stops_a_clock(road: Road, name: str) -> None:
    contested(road)

    with pytest.raises(Refused) as caught:
        do("suspend_term", road, by=name, **of_first_case(road))

    assert caught.value.codes == {"no_duty"}


# --- A restarted clock: an interrupted posting ends its term, a new posting starts a new one ---


def test_an_interrupted_posting_starts_its_three_days_anew(road: Road) -> None:
    posted(road)
    (review,) = road.reviews
    registry.do(
        "interrupt_posting",
        review,
        {"reason": "Gió giật mất bảng"},
        **road.pass_days(2).who("hung"),
    )
    interrupted = RunningTerm.objects.get(code="posting")
    assert interrupted.ended_at == road.at
    road.pass_days(1).post()

    # Friday 04/10: Monday, Tuesday and Wednesday count; nothing of the first posting does.
    anew = RunningTerm.objects.get(code="posting", ended_at=None)
    assert (anew.starts_on, anew.ends_on) == (date(2024, 10, 4), date(2024, 10, 9))
    assert interrupted.ends_on == date(2024, 10, 4)
    assert {case.posting_until for case in road.cases()} == {moment("2024-10-10", hour=0)}


def test_an_interrupted_reposting_starts_its_three_days_anew(road: Road) -> None:
    contested(road)
    case, places = road.cases()[0], {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở"}
    sheet = {
        "surveyed_on": road.at.date(),
        "income_score": 100,
        "deprived": [True] * 3 + [False] * 9,
        "outcome": "Đã xem lại",
    }
    registry.do("reverify", case, sheet, **road.who("hoa"))
    registry.do("repost", case, places, **road.who("hung"))
    registry.do(
        "interrupt_reposting", case, {"reason": "Mưa ướt bảng"}, **road.pass_days(2).who("hung")
    )
    registry.do("repost", case, places, **road.pass_days(1).who("hung"))

    first, second = RunningTerm.objects.filter(code="reposting").order_by("pk")
    assert first.ended_at == moment("2024-10-03")
    assert (second.starts_on, second.ends_on) == (date(2024, 10, 4), date(2024, 10, 9))
