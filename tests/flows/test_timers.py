"""Time limits strike once, are told to who owes them and one level up, and block nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases.duties import Role
from cases.models import Household, RunningTerm, Unit, User
from notifications.models import Notice
from tests.conftest import Road, moment
from tests.flows.test_charts import contest, reverify
from tests.flows.test_inbox import inbox
from workflow import notices as telling
from workflow import timers
from workflow.acts.pausing import resume_term, suspend_term
from workflow.acts.reconsidering import accept_grievance
from workflow.flows import TermFlow
from workflow.following import clocks_disagree, collect_rounds, timers_follow
from workflow.models import TermProcess
from workflow.timers import fire_due


@pytest.fixture
def people(road: Road, appoint: Callable[..., User]) -> Road:
    """Return the road with a department on the province and a ministry above it."""
    road.cast["dung"] = appoint(
        "dung", "Cao Thị Dung", Role.DEPARTMENT, Unit.objects.get(code="67")
    )
    road.cast["tam"] = appoint("tam", "Lý Thị Tâm", Role.MINISTRY, Unit.objects.get(code="VN"))
    return road


def contested(road: Road) -> RunningTerm:
    """Bring one household of Tân Lập under complaint on Tuesday 01/10: until Friday 04/10."""
    road.open().list().survey().classify().meet().post()
    contest(road, road.cases()[0])
    return RunningTerm.objects.get(code="reverification")


def reported(road: Road) -> RunningTerm:
    """Bring Tân Lập's report to the superior on Tuesday 08/10: until Tuesday 15/10."""
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    return RunningTerm.objects.get(code="opinion")


def clock_of(term: RunningTerm) -> Task:
    return Task.objects.filter(process__termprocess__term=term, flow_task=TermFlow.clock).latest(
        "pk"
    )


def waits_at(term: RunningTerm) -> list[str]:
    tasks = Task.objects.filter(process__termprocess__term=term, status__in=timers.OPEN)
    return [task.flow_task.name for task in tasks]


def told(road: Road) -> set[str]:
    """Return who was told that something is overdue, by short name."""
    kinds = Notice.objects.filter(kind__startswith="overdue")
    users = set(kinds.values_list("user", flat=True))
    return {name for name, user in road.cast.items() if user.pk in users}


def overdue(road: Road, name: str) -> list[str]:
    return [one.act for one in inbox(road, name) if one.overdue]


def test_a_term_sets_a_timer_to_the_first_moment_after_its_last_day(road: Road) -> None:
    term = contested(road)

    assert clock_of(term).flow_task_type == "TIMER"
    assert clock_of(term).scheduled == moment("2024-10-05", hour=0)
    assert clocks_disagree() == []


def test_it_strikes_at_that_moment_and_not_one_second_before(road: Road) -> None:
    term = contested(road)
    end = moment("2024-10-05", hour=0)

    assert fire_due(end - timedelta(seconds=1)).fired == 0
    assert waits_at(term) == ["clock"]
    # The posting of the others is over at the same moment.
    assert fire_due(end).fired == 2
    assert waits_at(term) == ["overdue"]
    assert fire_due(end).fired == 0


def test_an_overdue_reverification_is_told_to_the_committee_and_to_the_level_above(
    people: Road,
) -> None:
    contested(people)
    RunningTerm.objects.filter(code="posting").update(ended_at=people.at)

    fire_due(people.pass_days(4).at)

    assert told(people) == {"hoa", "quyen", "son"}
    notice = Notice.objects.get(user=people.cast["quyen"])
    assert notice.url == "/dot/2024-24646/thon/24646.001/"
    assert people.cases()[0].code not in notice.title + notice.subject


def test_what_is_overdue_stands_in_both_inboxes_until_it_is_done(people: Road) -> None:
    contested(people)
    people.pass_days(4)
    assert overdue(people, "quyen") == []
    fire_due(people.at)

    assert overdue(people, "hoa") == ["reverify"]
    (above,) = inbox(people, "quyen")
    assert (above.act, above.due_on, above.count) == ("overdue", date(2024, 10, 4), 1)
    assert overdue(people, "dung") == overdue(people, "tam") == []

    reverify(people, people.cases()[0])

    assert overdue(people, "hoa") == overdue(people, "quyen") == []


def test_of_an_overdue_opinion_the_province_hears(people: Road) -> None:
    term = reported(people)

    fire_due(people.pass_days(8).at)

    assert told(people) == {"quyen", "dung"}
    assert overdue(people, "quyen") == ["give_opinion"]
    assert overdue(people, "dung") == ["overdue"]
    assert overdue(people, "tam") == []
    assert Task.objects.get(
        process__termprocess__term=term, status=STATUS.NEW
    ).owner_permission_obj == (Unit.objects.get(code="67"))


def test_of_the_provinces_own_overdue_opinion_the_ministry_hears(people: Road) -> None:
    reported(people)
    people.round.superior = people.round.province
    people.round.save()

    fire_due(people.pass_days(8).at)

    assert "tam" in told(people)
    assert overdue(people, "tam") == ["overdue"]


def test_silence_decides_nothing_and_late_work_is_done_as_any_other(people: Road) -> None:
    term = reported(people)
    fire_due(people.pass_days(8).at)

    assert {case.state for case in people.cases()} == {"reported"}
    people.consent()

    assert {case.state for case in people.cases()} == {"consented"}
    assert waits_at(term) == []
    assert TermProcess.objects.get(term=term).closed_at == people.at
    assert clocks_disagree() == []


def test_an_act_in_time_stops_the_clock(people: Road) -> None:
    term = reported(people)
    people.consent()

    assert clock_of(term).status == STATUS.CANCELED
    assert fire_due(people.pass_days(30).at).fired == 0
    assert told(people) == set()


def test_the_days_of_a_posting_are_told_to_who_may_end_it_and_to_nobody_above(
    people: Road,
) -> None:
    people.open().list().survey().classify().meet().post()

    fire_due(people.pass_days(4).at)

    assert told(people) == {"hung"}
    assert overdue(people, "hung") == overdue(people, "quyen") == []
    people.close()
    assert waits_at(RunningTerm.objects.get(code="posting")) == []


def test_a_grievance_has_its_clock_after_the_rounds_chart_ended(people: Road) -> None:
    people.open().list().survey().classify().meet().post().pass_days(7).close().report()
    people.consent().decide().certify()
    case = people.cases()[0]
    accept_grievance(case=case, complainant="Y Bih", content="Chưa đúng", **people.who("minh"))

    people.pass_days(40)
    assert fire_due(people.at).fired == 1

    assert overdue(people, "hoa") == ["reexamine"]
    assert overdue(people, "quyen") == ["overdue"]


def test_a_paused_term_does_not_strike_and_goes_on_with_its_new_end(people: Road) -> None:
    term = reported(people)
    about: dict[str, Any] = {"round": people.round, "term": "opinion", "village": "", "case": ""}
    why: dict[str, Any] = {"reason": "Bão số 6", "paper": "12/UBND"}
    suspend_term(**about, **why, **people.pass_days(1).who("hoa"))

    assert clock_of(term).scheduled is None
    assert fire_due(people.pass_days(30).at).fired == 0

    resume_term(**about, **why, **people.who("hoa"))
    term.refresh_from_db()

    assert clock_of(term).scheduled == datetime.combine(
        term.ends_on + timedelta(days=1), datetime.min.time(), people.at.tzinfo
    )
    assert clocks_disagree() == []


def test_a_stale_timer_never_strikes_early(people: Road) -> None:
    term = reported(people)
    # As if nobody had told the clock.
    RunningTerm.objects.filter(pk=term.pk).update(ends_on=date(2024, 10, 17))

    assert fire_due(moment("2024-10-16")).fired == 0
    assert clock_of(term).scheduled == moment("2024-10-18", hour=0)
    assert fire_due(moment("2024-10-18", hour=0)).fired == 1


def test_clocks_follow_terms_counted_anew_in_a_set(
    people: Road,
) -> None:
    term = contested(people)
    RunningTerm.objects.update(ends_on=date(2024, 10, 7))
    with CaptureQueriesContext(connection) as queries:
        moved = timers_follow(RunningTerm.objects.all(), people.at)

    assert moved == 2
    assert len(queries) <= 4
    assert clock_of(term).scheduled == moment("2024-10-08", hour=0)
    assert clocks_disagree() == []


def test_a_term_that_was_told_of_and_gets_a_later_end_is_overdue_no_more(people: Road) -> None:
    term = reported(people)
    fire_due(people.pass_days(8).at)
    RunningTerm.objects.filter(pk=term.pk).update(ends_on=date(2024, 10, 18))

    timers_follow(RunningTerm.objects.filter(pk=term.pk), people.at)

    assert waits_at(term) == ["clock"]
    assert overdue(people, "dung") == []
    fire_due(moment("2024-10-19", hour=0))
    people.at = moment("2024-10-19")
    assert overdue(people, "dung") == ["overdue"]
    assert Notice.objects.filter(user=people.cast["dung"]).count() == 2


def test_a_term_without_a_clock_is_found_and_gets_one(people: Road) -> None:
    term = contested(people)
    TermProcess.objects.all().delete()
    Task.objects.filter(flow_task=TermFlow.clock).delete()

    assert len(clocks_disagree()) == 2
    collect_rounds(people.at)

    assert waits_at(term) == ["clock"]
    assert clocks_disagree() == []


def test_a_failure_leaves_nothing_half_done_and_stops_no_other_clock(
    people: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = contested(people)
    real = telling.owe_lateness

    def break_down(process: TermProcess, at: datetime) -> None:
        real(process, at)
        if process.code == "reverification":
            raise RuntimeError("broken")

    monkeypatch.setattr(timers, "owe_lateness", break_down)
    tried = fire_due(people.pass_days(4).at)

    assert (tried.fired, len(tried.failed)) == (1, 1)
    assert waits_at(term) == ["clock"]
    assert not Task.objects.filter(status=STATUS.ERROR).exists()
    assert told(people) == {"hung"}  # of the posting alone
    monkeypatch.undo()
    assert fire_due(people.at).fired == 1
    assert waits_at(term) == ["overdue"]


def test_a_due_timer_costs_the_same_in_a_small_and_in_a_large_round(
    people: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 200)
    people.open().list().survey().classify().meet().post()
    contest(people, people.cases()[0])
    RunningTerm.objects.filter(code="posting").update(ends_on=date(2024, 10, 31))
    timers_follow(RunningTerm.objects.all(), people.at)
    alone = queries_of(lambda: fire_due(moment("2024-10-05")), fired=1)
    for case in people.cases(state="posted")[-30:]:
        contest(people, case)

    many = queries_of(lambda: fire_due(moment("2024-10-12")), fired=30)

    assert many <= 30 * alone


def test_an_inbox_above_costs_the_same_for_few_and_many_overdue_things(people: Road) -> None:
    people.open().list().survey().classify().meet().post()
    contest(people, people.cases()[0])
    fire_due(people.pass_days(4).at)
    few = queries_of(lambda: inbox(people, "quyen"))
    people.at -= timedelta(days=1)
    for case in people.cases(state="posted"):
        contest(people, case)
    fire_due(people.pass_days(7).at)

    many = queries_of(lambda: inbox(people, "quyen"))

    assert [one.count for one in inbox(people, "quyen")] == [5]
    assert few == many


def queries_of(deed: Callable[[], Any], fired: int | None = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        done = deed()
    assert fired is None or done.fired == fired
    return len(queries)
