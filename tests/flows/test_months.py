"""Charts and inboxes of the monthly reviews: each waits for what its own pack asks for."""

from collections.abc import Callable
from datetime import date

import pytest

from cases.models import Household, Unit, User
from cases.rules.packs import Review
from tests.conftest import moment
from tests.flows.test_charts import waits
from tests.months import NOT_POOR, Month, fresh
from workflow.flows import AdHocRoundFlow, IncomeRoundFlow, IncomeVillageFlow, VillageReviewFlow
from workflow.following import charts_disagree, clocks_disagree
from workflow.inbox import Owed, owed
from workflow.models import RoundProcess, VillageReviewProcess
from workflow.timers import fire_due


@pytest.fixture
def village(tan_lap: Unit) -> Unit:
    return Unit.objects.get(code="24646.001")


@pytest.fixture
def newcomer(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    return make_households(village, 1, standing="")[0]


@pytest.fixture
def month(calendar: None, cast: dict[str, User], tan_lap: Unit) -> Month:
    return Month(cast, tan_lap)


def inbox(month: Month, name: str) -> list[Owed]:
    return owed(User.objects.get(pk=month.cast[name].pk), month.at)


def acts(month: Month, name: str) -> list[str]:
    return [one.act for one in inbox(month, name)]


def settled(month: Month) -> bool:
    return charts_disagree() == [] and clocks_disagree() == []


def surveyed(month: Month, household: Household) -> Month:
    month.open()
    case = month.ask(household)
    month.on("2024-05-15").start().survey(case)
    return month


def test_the_charts_of_an_ad_hoc_month_ask_no_report_to_and_no_opinion_of_the_superior(
    month: Month, newcomer: Household
) -> None:
    month.open()
    assert waits(month.round) == ["sign_monthly_report"]
    case = month.ask(newcomer)
    assert waits(month.round) == ["build_list"]
    month.on("2024-05-15").start()
    assert waits(month.round) == ["survey", "await_villages"]
    month.survey(case)
    assert waits(month.round) == ["classify", "await_villages"]
    month.meet()
    assert waits(month.round) == ["post_list", "await_villages"]
    month.post()
    assert waits(month.round) == ["close_posting", "await_villages"]
    month.pass_days(7).close()
    assert waits(month.round) == ["sign_decision"]
    month.decide()
    assert waits(month.round) == ["issue_certificates"]
    month.answer()
    assert waits(month.round) == ["sign_monthly_report"]
    month.do("binh", "sign_monthly_report", month.round, number="05/BC")

    assert waits(month.round) == []
    assert {process.flow_class for process in RoundProcess.objects.all()} == {AdHocRoundFlow}
    assert {p.flow_class for p in VillageReviewProcess.objects.all()} == {VillageReviewFlow}
    assert settled(month)


def test_a_decision_on_some_leaves_the_others_of_the_month_to_their_steps(
    month: Month, village: Unit, make_households: Callable[..., list[Household]]
) -> None:
    month.open()
    first, second = (month.ask(h, f"{h.pk}/GĐN") for h in make_households(village, 2, standing=""))
    month.on("2024-05-15").start()
    for case in (first, second):
        month.survey(case)
    month.meet().post()
    month.do("minh", "complain", fresh(second), complainant="Y Bih", content="Nhà có xe")
    month.pass_days(7).close()

    # The chart waits for the village; the decision on the others need not.
    assert waits(month.round) == ["reverify", "await_villages"]
    assert acts(month, "binh") == ["sign_decision"]
    month.decide()
    assert acts(month, "binh") == ["issue_certificates"]
    assert acts(month, "hoa") == ["reverify"]
    assert settled(month)


def test_the_register_of_a_month_is_reminded_of_from_the_10th_on(month: Month) -> None:
    assert acts(month.on("2024-05-09"), "binh") == []

    (reminder,) = inbox(month.on("2024-05-10"), "binh")

    assert reminder.act == "open_round"
    assert reminder.place == "Xã Tân Lập 05/2024"
    assert "sổ" in reminder.title
    month.on("2024-05-10").open()
    assert acts(month, "binh") == []


def test_no_register_of_ad_hoc_requests_is_kept_from_september_on(month: Month) -> None:
    (yearly,) = inbox(month.on("2024-09-20"), "binh")

    assert yearly.place == "Xã Tân Lập 2024"


def test_incomes_are_reminded_of_by_nobody(month: Month) -> None:
    month.on("2024-05-12").open()

    assert acts(month, "binh") == []


def test_the_start_is_owed_from_the_15th_and_only_where_somebody_asked(
    month: Month, newcomer: Household
) -> None:
    month.open()
    assert acts(month.on("2024-05-15"), "hoa") == []

    month.on("2024-05-12").ask(newcomer)

    assert acts(month.on("2024-05-14"), "hoa") == []
    assert acts(month.on("2024-05-15"), "hoa") == ["build_list"]


def test_every_step_of_a_month_is_due_by_its_fifteenth_day(
    month: Month, newcomer: Household
) -> None:
    surveyed(month, newcomer)

    (owing,) = inbox(month, "hoa")

    assert (owing.act, owing.due_on, owing.overdue) == ("classify", date(2024, 5, 30), False)
    assert inbox(month.on("2024-05-31"), "hoa")[0].overdue


def test_a_month_that_is_late_is_told_to_the_level_above(month: Month, newcomer: Household) -> None:
    surveyed(month, newcomer)
    fire_due(month.on("2024-05-31").at)

    assert [(one.act, one.place) for one in inbox(month, "quyen")] == [
        ("overdue", "Xã Tân Lập 05/2024 (Rà soát thường xuyên)")
    ]


def test_the_report_of_a_month_without_requests_is_owed_from_the_15th_until_the_5th(
    month: Month,
) -> None:
    month.open()
    assert acts(month.on("2024-05-14"), "binh") == []

    (report,) = inbox(month.on("2024-05-15"), "binh")

    assert (report.act, report.due_on) == ("sign_monthly_report", date(2024, 6, 5))
    assert report.url.endswith("/viec/sign_monthly_report/")


def test_a_report_that_is_late_is_told_to_the_level_above_until_it_is_signed(
    month: Month,
) -> None:
    month.open()
    assert fire_due(moment("2024-06-05", hour=23)).fired == 0
    assert fire_due(moment("2024-06-06", hour=0)).fired == 1
    month.on("2024-06-06")

    assert inbox(month, "binh")[0].overdue
    assert acts(month, "quyen") == ["overdue"]

    month.do("binh", "sign_monthly_report", month.round, number="05/BC")

    assert acts(month, "quyen") == []
    assert waits(month.round) == []
    assert settled(month)


def test_the_report_waits_for_the_last_answer_of_its_month(
    month: Month, newcomer: Household
) -> None:
    surveyed(month, newcomer)

    assert "sign_monthly_report" not in acts(month, "binh")


def test_the_charts_of_incomes_know_no_meeting(
    calendar: None, cast: dict[str, User], tan_lap: Unit, newcomer: Household
) -> None:
    month = Month(cast, tan_lap, Review.AVERAGE_LIVING).open()
    assert waits(month.round) == []
    case = month.ask(newcomer)
    assert waits(month.round) == ["build_list"]
    month.on("2024-05-15").start()
    assert waits(month.round) == ["determine_income", "await_villages"]
    assert acts(month, "lan") == ["determine_income"]
    month.earn(case, 96_000_000)
    assert waits(month.round) == ["post_list", "await_villages"]
    month.post()
    assert waits(month.round) == ["close_posting", "await_villages"]
    month.do("minh", "complain", fresh(case), complainant="Y Bih", content="Nhà có xe")
    assert waits(month.round) == ["redetermine_income", "await_villages"]
    assert acts(month, "hoa") == ["redetermine_income"]
    month.earn(case, 97_000_000, "redetermine_income", reviewer_name="Đỗ Thị Hoa", outcome="Giữ")
    assert waits(month.round) == ["sign_decision"]
    month.decide()

    assert waits(month.round) == []
    assert {process.flow_class for process in RoundProcess.objects.all()} == {IncomeRoundFlow}
    assert {p.flow_class for p in VillageReviewProcess.objects.all()} == {IncomeVillageFlow}
    assert settled(month)


def test_a_workers_request_needs_its_village_for_the_income_only(
    calendar: None, cast: dict[str, User], tan_lap: Unit, newcomer: Household
) -> None:
    month = Month(cast, tan_lap, Review.LOW_INCOME).on("2025-03-06")
    month.month = 3
    month.open()
    case = month.ask_as_worker(newcomer)
    month.on("2025-03-15").start()
    assert waits(month.round) == ["determine_income", "await_villages"]
    assert acts(month, "lan") == ["determine_income"]
    month.earn(case, 60_000_000, persons=1)

    assert waits(month.round) == ["sign_decision"]
    assert "sign_decision" in acts(month, "binh")
    month.decide()
    assert settled(month)


def test_who_is_refused_awaits_an_answer_in_a_month_too(month: Month, newcomer: Household) -> None:
    month.open()
    case = month.ask(newcomer)
    month.on("2024-05-15").start().survey(case, score=300, deprived=NOT_POOR)
    month.meet().post().pass_days(7).close().decide()

    assert waits(month.round) == ["refuse"]
    assert acts(month, "binh") == ["refuse"]
    month.answer()
    assert waits(month.round) == ["sign_monthly_report"]
