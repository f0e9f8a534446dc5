"""All or nothing: one case that is not ready stops the list, and says why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases.models import Act, ActChain, Case, Departure, Event, Household, Unit
from tests.conftest import POOR, Road
from tests.machine.records import snapshot
from workflow.acts.deciding import sign_report
from workflow.acts.departing import record_departure
from workflow.acts.posting import close_posting
from workflow.acts.surveying import SurveySheet, classify_village, survey_cases
from workflow.machine.apply import apply, ask
from workflow.machine.refusals import Refused
from workflow.machine.scope import Scope


def refusing(deed: Callable[..., Any], **facts: Any) -> Refused:
    """Return the refusal of the deed, having seen that nothing was written."""
    before = snapshot()
    with pytest.raises(Refused) as caught:
        deed(**facts)
    assert snapshot() == before
    return caught.value


def survey(road: Road, cases: list[Case]) -> None:
    sheets = [SurveySheet(c, road.at.date(), "Lan", 100, POOR) for c in cases]
    review = cases[0].village_review
    survey_cases(round=road.round, village_review=review, sheets=sheets, **road.who("lan"))


def test_one_case_in_an_earlier_state_stops_the_list_and_is_named(road: Road) -> None:
    road.open().list()
    *ready, late = road.cases()
    survey(road, ready)

    refused = refusing(classify_village, village_review=road.reviews[0], **road.who("hoa"))

    (only,) = refused.refusals
    assert (only.code, only.case_code, only.detail) == ("wrong_state", late.code, "listed")
    assert only.article and only.remedy and refused.total == 1


def test_one_case_that_fails_a_guard_stops_the_list_and_is_named(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    late = road.cases()[2]
    road.pass_days(7)
    Case.objects.filter(pk=late.pk).update(posting_until=road.at + timedelta(minutes=1))

    refused = refusing(close_posting, village_review=road.reviews[0], **road.who("hung"))

    assert [(r.code, r.case_code) for r in refused.refusals] == [("posting_over", late.code)]
    assert "khoản 4" in refused.refusals[0].article


def test_the_first_guard_that_fails_is_the_reason_that_is_given(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    road.pass_days(7).close().report().consent()
    odd, unknown = road.cases()[:2]
    Case.objects.filter(pk=odd.pk).update(posted_class="NEAR_POOR")
    Case.objects.filter(pk=unknown.pk).update(result_class="", posted_class="")

    refused = refusing(road.decide)

    reasons = {r.case_code: r.code for r in refused.refusals}
    assert reasons == {odd.code: "result_as_posted", unknown.code: "result_as_posted"}


def test_states_that_a_list_act_passes_over_are_left_as_they_are(road: Road) -> None:
    road.open().list()
    left, *_ = cases = road.cases()
    record_departure(case=left, reason=Departure.MOVED, paper="1", **road.who("minh"))
    survey(road, cases[1:])
    before = Case.objects.filter(pk=left.pk).values().get()

    done = classify_village(village_review=road.reviews[0], **road.who("hoa"))

    assert done.moved == 4
    assert Case.objects.filter(pk=left.pk).values().get() == before


def test_an_act_on_a_list_with_nobody_left_is_refused(road: Road) -> None:
    road.open().list().survey().classify()

    refused = refusing(classify_village, village_review=road.reviews[0], **road.who("hoa"))

    assert refused.codes == {"nothing_to_do"}


def test_a_case_of_another_list_is_no_case_of_this_one(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 1)
    road.open().list()
    stranger = road.cases()[-1]
    first = road.reviews[0]
    assert stranger.village_review_id != first.pk

    refused = refusing(
        apply, code="classify", scope=Scope(road.round, first, [stranger.pk]), **road.who("hoa")
    )

    assert refused.codes == {"unknown_case"}


def test_what_an_act_enters_is_gone_with_the_act_that_was_refused(road: Road) -> None:
    road.open().list().survey().classify().meet()
    sheets = [SurveySheet(c, road.at.date(), "Lan", 100, POOR) for c in road.cases()]

    refused = refusing(
        survey_cases,
        round=road.round,
        village_review=road.reviews[0],
        sheets=sheets,
        **road.who("lan"),
    )

    assert refused.codes == {"wrong_state"} and refused.total == 5


def test_the_same_key_gets_the_same_answer_and_changes_nothing(road: Road) -> None:
    road.open().list().survey()
    review, who = road.reviews[0], road.who("hoa")
    first = classify_village(village_review=review, **who)
    before = snapshot()

    again = classify_village(village_review=review, **who)

    assert (again.act, again.moved, again.replayed) == (first.act, 5, True)
    assert snapshot() == before


def test_a_key_does_not_serve_for_another_request(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    who = road.pass_days(7).who("hung")
    close_posting(village_review=road.reviews[0], **who)

    other_act = refusing(
        sign_report, round=road.round, number="1", **{**road.who("binh"), "key": who["key"]}
    )

    assert other_act.codes == {"key_reused"}


def test_a_key_does_not_serve_for_other_facts_of_the_same_act(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    who = road.who("binh")
    sign_report(round=road.round, number="05/BC-UBND", **who)

    refused = refusing(sign_report, round=road.round, number="06/BC-UBND", **who)

    assert refused.codes == {"key_reused"}


def test_as_many_events_are_written_as_cases_moved(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close()

    for act in Act.objects.all():
        assert Event.objects.filter(act=act).count() == act.count, act.code
    assert {case.version for case in road.cases()} == {6}
    assert Event.objects.filter(case=road.cases()[0]).count() == 6
    assert ActChain.objects.get().length == Act.objects.count()


def test_a_page_that_asks_is_told_what_the_act_would_say(road: Road) -> None:
    road.open().list()
    *ready, late = road.cases()
    survey(road, ready)
    scope = Scope(road.round, road.reviews[0])

    asked = ask("classify", scope, by=road.cast["hoa"], at=road.at)
    assert [(r.code, r.case_code) for r in asked] == [("wrong_state", late.code)]

    survey(road, [late])
    assert ask("classify", scope, by=road.cast["hoa"], at=road.at) == []
    assert [r.code for r in ask("classify", scope, by=road.cast["lan"], at=road.at)] == ["no_duty"]
