"""A new edition of the calendar counts open terms anew; it refuses what cannot stand in one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.calendar_editions import EditionOvertaken, EditionRefused, newest_edition
from cases.models import Case, Complaint, Posting, Report, RunningTerm, TermRecount
from cases.models.calendars import CalendarEdition, current_calendar
from cases.rules.calendar_changes import CalendarEntry, Problem
from cases.rules.calendar_seed import OFF, WORKED
from tests.conftest import Road, moment
from tests.machine.records import snapshot
from workflow import following
from workflow.acts import posting, registry
from workflow.announcing import announce
from workflow.machine.refusals import Refused

STORM = CalendarEntry(date(2024, 10, 2), OFF, "Nghỉ bão")
SATURDAY_WORKED = CalendarEntry(date(2024, 10, 5), WORKED, "Làm bù")


def newest() -> CalendarEdition:
    found = newest_edition()
    assert found is not None
    return found


def announced(road: Road, *changes: CalendarEntry, **facts: Any) -> CalendarEdition:
    given: dict[str, Any] = {"note": "", "corrects": [], "source_document": "1234/TB-BNV"}
    return announce(
        facts.pop("base", None) or newest(),
        changes,
        by=road.cast["binh"],
        at=facts.pop("at", road.at),
        **(given | facts),
    )


def posted(road: Road) -> Road:
    """Post on Tuesday 01/10/2024: until the end of Friday 04/10."""
    return road.open().list().survey().classify().meet().post()


def complain(road: Road, number: int) -> None:
    posting.complain(
        case=road.cases()[number], complainant="Ông Ba", content="sai", **road.who("minh")
    )


def ends(code: str) -> list[date]:
    terms = RunningTerm.objects.filter(code=code).order_by("pk")
    return list(terms.values_list("ends_on", flat=True))


def until(day: str) -> datetime:
    return moment(day, hour=0)


# --- Open terms are counted anew ---


def test_a_day_off_announced_late_lengthens_the_posting_and_all_that_hangs_on_it(
    road: Road,
) -> None:
    edition = announced(posted(road), STORM)

    record = TermRecount.objects.get()
    assert ends("posting") == [date(2024, 10, 7)]
    assert Posting.objects.get().until == until("2024-10-08")
    assert set(Case.objects.values_list("posting_until", flat=True)) == {until("2024-10-08")}
    assert (record.old_end, record.new_end) == (date(2024, 10, 4), date(2024, 10, 7))
    assert (record.old_calendar, record.new_calendar) == ("2021-2027.1", edition.version)
    assert (record.edition, record.at) == (edition, road.at)
    assert record.why == f"{edition.version}: 1234/TB-BNV"


def test_complaints_are_taken_until_the_new_end_and_the_list_hangs_as_long(road: Road) -> None:
    announced(posted(road), STORM)
    road.at = moment("2024-10-07", hour=23)

    with pytest.raises(Refused) as caught:
        road.close()
    complain(road, 0)

    assert caught.value.codes == {"posting_over"}
    assert road.cases()[0].state == "contested"


def test_days_by_which_others_must_answer_follow(road: Road) -> None:
    posted(road)
    complain(road, 0)
    announced(road, STORM)

    assert ends("reverification") == [date(2024, 10, 7)]
    assert Complaint.objects.get().due_on == date(2024, 10, 7)


def test_the_answer_to_a_report_follows(road: Road) -> None:
    posted(road).pass_days(7).close().report()
    announced(road, CalendarEntry(date(2024, 10, 10), OFF, "Nghỉ bão"))

    assert ends("opinion") == [date(2024, 10, 16)]
    assert Report.objects.get().due_on == date(2024, 10, 16)


def test_a_closed_term_never_changes(road: Road) -> None:
    posted(road).pass_days(7).close()
    announced(road, STORM)

    assert ends("posting") == [date(2024, 10, 4)]
    assert Posting.objects.get().until == until("2024-10-05")
    assert not TermRecount.objects.exists()


def test_a_term_that_ends_on_the_same_day_keeps_its_edition_and_gets_no_record(road: Road) -> None:
    announced(posted(road), CalendarEntry(date(2024, 10, 10), OFF, "Nghỉ"))

    assert RunningTerm.objects.get().calendar_version == "2021-2027.1"
    assert not TermRecount.objects.exists()


def test_other_terms_are_shortened_and_an_open_posting_is_not(road: Road) -> None:
    announced(road, STORM)
    posted(road)
    complain(road, 0)
    assert ends("posting") == ends("reverification") == [date(2024, 10, 7)]

    announced(road, SATURDAY_WORKED, source_document="1300/TB-BNV")

    kept, moved = TermRecount.objects.order_by("term__pk")
    assert ends("posting") == [date(2024, 10, 7)]
    assert ends("reverification") == [date(2024, 10, 5)]
    assert Posting.objects.get().until == until("2024-10-08")
    assert (kept.old_end, kept.new_end) == (date(2024, 10, 7), date(2024, 10, 7))
    assert kept.old_calendar == kept.new_calendar == kept.term.calendar_version == "2021-2027.2"
    assert kept.why == "2021-2027.3: 1300/TB-BNV"
    assert (moved.new_end, moved.new_calendar) == (date(2024, 10, 5), "2021-2027.3")


def test_a_reposting_follows_with_its_household_alone(road: Road) -> None:
    posted(road)
    complain(road, 0)
    facts = {"surveyed_on": road.at.date(), "income_score": 100, "outcome": "Đã xem lại"}
    sheet = {**facts, "deprived": [True] * 3 + [False] * 9, "reviewer_name": "Đỗ Thị Hoa"}
    registry.do("reverify", road.cases()[0], sheet, **road.who("hoa"))
    places = {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở"}
    registry.do("repost", road.cases()[0], places, **road.pass_days(3).who("hung"))

    announced(road, CalendarEntry(date(2024, 10, 8), OFF, "Nghỉ bão"))

    # Friday 04/10: the village's own list ends today; the re-posting until 09/10, now 10/10.
    assert ends("posting") == [date(2024, 10, 4)]
    assert ends("reposting") == [date(2024, 10, 10)]
    assert [case.posting_until for case in road.cases()] == [
        until("2024-10-11"),
        *[until("2024-10-05")] * 4,
    ]


def test_a_term_that_stands_still_is_counted_over_the_new_calendar_when_it_goes_on(
    road: Road,
) -> None:
    posted(road)
    complain(road, 0)
    facts = {"term": "reverification", "case": road.cases()[0].code}
    paper = {"reason": "Bão", "paper": "15/TB"}
    registry.do("suspend_term", road.round, facts | paper, **road.pass_days(1).who("hoa"))
    announced(road, CalendarEntry(date(2024, 10, 8), OFF, "Nghỉ bão"))
    assert ends("reverification") == [date(2024, 10, 4)]

    registry.do("resume_term", road.round, facts | paper, **road.pass_days(5).who("hoa"))

    # Monday 07, Wednesday 09, Thursday 10.
    assert ends("reverification") == [date(2024, 10, 10)]
    assert RunningTerm.objects.get(code="reverification").calendar_version == "2021-2027.2"


def test_a_term_that_stood_still_is_counted_over_its_pauses_again(road: Road) -> None:
    posted(road)
    complain(road, 0)
    facts = {"term": "reverification", "case": road.cases()[0].code}
    paper = {"reason": "Bão", "paper": "15/TB"}
    registry.do("suspend_term", road.round, facts | paper, **road.pass_days(1).who("hoa"))
    registry.do("resume_term", road.round, facts | paper, **road.pass_days(1).who("hoa"))
    assert ends("reverification") == [date(2024, 10, 7)]

    announced(road, CalendarEntry(date(2024, 10, 4), OFF, "Nghỉ bão"))

    assert ends("reverification") == [date(2024, 10, 8)]


def test_clocks_strike_at_the_new_ends(road: Road) -> None:
    posted(road)
    complain(road, 0)
    announced(road, STORM)

    assert following.clocks_disagree() == []


def test_an_edition_costs_the_same_for_few_and_for_many_terms(road: Road) -> None:
    first = posted(road).reviews[0].terms.get()

    def queries_for(how_many: int, day: date) -> int:
        RunningTerm.objects.exclude(pk=first.pk).delete()
        RunningTerm.objects.bulk_create(
            RunningTerm(
                round=first.round,
                code="opinion",
                starts_on=first.starts_on - timedelta(days=n % 5),
                days=20,
                kind="WORKING",
                calendar_version=first.calendar_version,
                ends_on=date(2024, 12, 31),
                started_by=first.started_by,
            )
            for n in range(how_many)
        )
        with CaptureQueriesContext(connection) as captured:
            announced(road, CalendarEntry(day, OFF, "Nghỉ"))
        recounted = TermRecount.objects.filter(edition=newest(), term__code="opinion").count()
        assert recounted == how_many
        TermRecount.objects.all().delete()
        return len(captured)

    queries_for(5, date(2024, 10, 14))

    assert queries_for(100, date(2024, 10, 15)) == queries_for(5, date(2024, 10, 16))


# --- What an edition cannot say ---


def refused(road: Road, *changes: CalendarEntry, **facts: Any) -> list[tuple[int, Problem]]:
    """Return the rows refused, having seen that no edition was made and nothing was counted."""
    before = (snapshot(), CalendarEdition.objects.count())
    with pytest.raises(EditionRefused) as caught:
        announced(road, *changes, **facts)
    assert (snapshot(), CalendarEdition.objects.count()) == before
    return [(number, problem) for number, _day, problem in caught.value.rows]


def test_a_day_both_off_and_worked_is_refused_with_its_row(road: Road) -> None:
    saturday = CalendarEntry(date(2024, 10, 5), OFF, "Nghỉ")

    assert refused(road, STORM, SATURDAY_WORKED, saturday) == [
        (1, Problem.OFF_AND_WORKED),
        (2, Problem.OFF_AND_WORKED),
    ]
    listed = CalendarEntry(date(2024, 5, 4), OFF, "Nghỉ")
    assert refused(road, STORM, listed) == [(1, Problem.OFF_AND_WORKED)]


def test_the_refusal_names_row_day_and_reason(road: Road) -> None:
    with pytest.raises(EditionRefused, match=r"row 2, 2023-10-02: CLOSED_YEAR"):
        announced(road, STORM, CalendarEntry(date(2023, 10, 2), OFF, "Nghỉ"))


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({}, Problem.CLOSED_YEAR),
        ({"corrects": [2022], "note": "Sai"}, Problem.CLOSED_YEAR),
        ({"corrects": [2023]}, Problem.UNEXPLAINED),
        ({"corrects": [2023], "note": "  "}, Problem.UNEXPLAINED),
    ],
)
def test_a_closed_year_is_not_changed_in_silence(
    road: Road, facts: dict[str, Any], problem: Problem
) -> None:
    late = CalendarEntry(date(2023, 10, 2), OFF, "Nghỉ")

    assert refused(road, late, **facts) == [(0, problem)]


def test_a_correction_of_a_closed_year_is_recorded_as_one(road: Road) -> None:
    late = CalendarEntry(date(2023, 10, 2), OFF, "Nghỉ")
    edition = announced(road, late, STORM, corrects=[2023], note="Thông báo gốc ghi khác.")

    edition.refresh_from_db()
    assert (edition.author, edition.corrects_years) == (road.cast["binh"], [2023])
    assert edition.note == "Thông báo gốc ghi khác."
    assert not current_calendar().is_working(date(2023, 10, 2))


def test_an_edition_that_corrects_nothing_names_no_year(road: Road) -> None:
    assert announced(road, STORM, corrects=[2023]).corrects_years == []


def test_the_year_that_is_closed_is_told_by_the_legal_day(road: Road) -> None:
    # In UTC it is still 2023.
    new_year = moment("2024-01-01", hour=1)

    late = CalendarEntry(date(2023, 12, 27), OFF, "Nghỉ")
    assert refused(road, late, at=new_year) == [(0, Problem.CLOSED_YEAR)]


def test_an_edition_begun_from_an_older_one_is_refused_and_counts_nothing(
    road: Road, calendar: None
) -> None:
    base = newest()
    announced(posted(road), CalendarEntry(date(2024, 11, 20), OFF, "Nghỉ"))

    with pytest.raises(EditionOvertaken):
        announced(road, STORM, base=base)

    assert ends("posting") == [date(2024, 10, 4)]


def test_an_edition_that_fails_half_way_leaves_calendar_and_terms_as_they_were(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted(road)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cases.running_terms._let_papers_follow", fail)
    with pytest.raises(RuntimeError):
        announced(road, STORM)

    assert CalendarEdition.objects.count() == 1
    assert ends("posting") == [date(2024, 10, 4)]
    assert not TermRecount.objects.exists()
