"""The reviews of a month: ad hoc (Điều 5), average living standard (Điều 6), low-income worker."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.models import CertificateRow, Household, Standing, Unit, User
from cases.rules.packs import Review
from tests.conftest import NEAR_POOR, POOR, Road
from tests.months import NOT_POOR, Month, fresh
from workflow.machine.refusals import Refused


@pytest.fixture
def village(tan_lap: Unit) -> Unit:
    return Unit.objects.get(code="24646.001")


@pytest.fixture
def month(calendar: None, cast: dict[str, User], tan_lap: Unit) -> Month:
    return Month(cast, tan_lap)


@pytest.fixture
def newcomer(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(village, 1, standing="")
    return household


@pytest.fixture
def poor(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(village, 1)
    return household


@pytest.fixture
def near_poor(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(village, 1, standing="NEAR_POOR")
    return household


def ways_of(deed: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        deed()
    return caught.value.codes


def walked(month: Month, *cases: tuple[Any, tuple[bool, ...], int]) -> Month:
    """Survey each case with its flags and score, then meet, post, close and decide."""
    month.on("2024-05-15").start()
    for case, deprived, score in cases:
        month.survey(case, score, deprived)
    month.on("2024-05-16").meet().post()
    return month.on("2024-05-22").close().decide().answer()


# Ad hoc. ------------------------------------------------------------------------------------------


def test_a_household_in_need_enters_within_the_month_and_has_its_certificate_this_year(
    month: Month, newcomer: Household
) -> None:
    case = month.open().ask(newcomer)

    walked(month, (case, POOR, 100))

    assert fresh(case).state == "certified"
    assert CertificateRow.objects.get().year == 2024
    assert Standing.objects.get(household=newcomer).household_class == "POOR"
    assert Standing.objects.get(household=newcomer).year == 2023


def test_a_household_leaves_by_form_04_and_is_off_the_list_from_then_on(
    month: Month, poor: Household, road: Road
) -> None:
    case = month.open().ask_to_leave(poor)

    walked(month, (case, NOT_POOR, 300))
    road.open().list()

    assert fresh(case).state == "escaped"
    assert poor.code not in {case.code for case in road.cases()}


def test_from_poor_to_near_poor_is_granted_and_certified(month: Month, poor: Household) -> None:
    case = month.open().ask_to_leave(poor)

    walked(month, (case, NEAR_POOR, 100))

    assert fresh(case).state == "certified"
    assert Standing.objects.get(household=poor).household_class == "NEAR_POOR"


def test_from_near_poor_to_poor_is_granted_on_form_01(month: Month, near_poor: Household) -> None:
    case = month.open().ask(near_poor)

    walked(month, (case, POOR, 100))

    assert fresh(case).state == "certified"
    assert Standing.objects.get(household=near_poor).household_class == "POOR"


@pytest.mark.parametrize(
    ("deprived", "score"), [(POOR, 100), (NEAR_POOR, 100)], ids=["poor", "as before"]
)
def test_who_asks_to_leave_and_is_no_better_off_is_answered_in_writing_and_stays(
    month: Month, near_poor: Household, deprived: tuple[bool, ...], score: int
) -> None:
    case = month.open().ask_to_leave(near_poor)

    walked(month, (case, deprived, score))

    assert fresh(case).state == "refused"
    assert case.refusal_letters.get().reason
    assert Standing.objects.get(household=near_poor).household_class == "NEAR_POOR"


def test_who_asks_to_enter_above_the_line_is_answered_in_writing(
    month: Month, newcomer: Household
) -> None:
    case = month.open().ask(newcomer)

    walked(month, (case, NOT_POOR, 300))

    assert fresh(case).state == "refused"
    assert not Standing.objects.filter(household=newcomer).exists()


def test_a_complaint_stops_its_household_while_the_others_are_decided(
    month: Month, newcomer: Household, poor: Household
) -> None:
    first, second = month.open().ask(newcomer), month.ask_to_leave(poor)
    month.on("2024-05-15").start()
    month.survey(first)
    month.survey(second, 300, NOT_POOR)
    month.on("2024-05-16").meet().post()
    month.on("2024-05-17").do(
        "minh", "complain", fresh(second), complainant="Ông Ba", content="Nhà còn khó khăn"
    )

    month.on("2024-05-22").close().decide()

    assert {fresh(first).state, fresh(second).state} == {"recognised", "contested"}


def test_the_fifteen_days_run_from_the_15th_and_move_to_a_working_day(
    month: Month, newcomer: Household
) -> None:
    month.month = 6  # 15/06/2024 + 15 days is Sunday 30/06
    month.on("2024-06-03").open().ask(newcomer)

    month.on("2024-06-18").start()

    term = month.round.terms.get(code="whole")
    assert (term.starts_on, term.ends_on) == (date(2024, 6, 15), date(2024, 7, 1))


def test_the_months_time_limit_ends_with_its_last_answer(month: Month, newcomer: Household) -> None:
    case = month.open().ask(newcomer)
    month.on("2024-05-15").start()
    assert month.round.terms.get(code="whole").ended_at is None

    month.survey(case)
    month.on("2024-05-16").meet().post().on("2024-05-22").close().decide().answer()

    assert month.round.terms.get(code="whole").ended_at == month.at


def test_the_monthly_report_counts_what_was_decided(
    month: Month, newcomer: Household, poor: Household, near_poor: Household
) -> None:
    entering, leaving, staying = (
        month.open().ask(newcomer),
        month.ask_to_leave(poor),
        month.ask_to_leave(near_poor),
    )
    walked(month, (entering, POOR, 100), (leaving, NOT_POOR, 300), (staying, NEAR_POOR, 100))

    month.on("2024-06-04").do("binh", "sign_monthly_report", month.round, number="12/BC")

    report = month.round.monthly_report
    assert (report.entered_poor, report.left_poor, report.left_near_poor) == (1, 1, 0)
    assert (report.refused, report.due_on) == (1, date(2024, 6, 5))


def test_a_month_without_requests_is_reported_with_zeros(month: Month) -> None:
    month.open().on("2024-06-03")

    month.do("binh", "sign_monthly_report", month.round, number="12/BC")

    report = month.round.monthly_report
    assert (report.entered_poor, report.entered_near_poor, report.refused) == (0, 0, 0)


def test_a_request_after_the_15th_waits_for_the_next_month(
    month: Month, newcomer: Household
) -> None:
    month.open().on("2024-05-16")

    assert ways_of(lambda: month.ask(newcomer)) == {"intake_open"}

    month.month = 6
    assert month.open().ask(newcomer).state == "requested"


def test_nothing_starts_before_the_15th(month: Month, newcomer: Household) -> None:
    month.open().ask(newcomer)

    assert ways_of(lambda: month.on("2024-05-14", 23).start()) == {"started"}
    assert month.on("2024-05-15", 0).start()


@pytest.mark.parametrize("number", [9, 10, 11, 12])
def test_from_september_on_requests_belong_to_the_periodic_review(
    month: Month, number: int
) -> None:
    month.month = number

    assert ways_of(lambda: month.on(f"2024-{number:02d}-05").open()) == {"month_reviewed"}


def test_a_commune_has_one_round_of_a_kind_a_month(month: Month) -> None:
    month.open()

    assert ways_of(month.open) == {"round_exists"}


def test_who_is_on_no_list_cannot_leave_it(month: Month, newcomer: Household) -> None:
    month.open()

    assert ways_of(lambda: month.ask_to_leave(newcomer)) == {"not_managed"}


def test_a_poor_household_does_not_ask_to_enter(month: Month, poor: Household) -> None:
    month.open()

    assert ways_of(lambda: month.ask(poor)) == {"managed_already"}


def test_a_household_is_not_reviewed_in_two_months_at_once(
    month: Month, newcomer: Household
) -> None:
    month.open().ask(newcomer)
    month.month = 6
    month.on("2024-05-20").open()

    assert ways_of(lambda: month.ask(newcomer)) == {"asked_already"}


def test_no_opinion_of_the_superior_is_asked_for(month: Month) -> None:
    month.open()

    with pytest.raises(KeyError):
        month.do("binh", "sign_report", month.round, number="1")


# Average living standard. -------------------------------------------------------------------------


@pytest.fixture
def incomes(calendar: None, cast: dict[str, User], tan_lap: Unit) -> Month:
    return Month(cast, tan_lap, Review.AVERAGE_LIVING)


@pytest.mark.parametrize(
    ("per_month", "state"),
    [
        (1_500_000, "refused"),  # at the poverty line, not above it
        (1_500_001, "confirmed"),
        (2_250_000, "confirmed"),
        (2_250_001, "refused"),
    ],
)
def test_an_income_between_the_lines_is_an_average_living_standard(
    incomes: Month, newcomer: Household, per_month: int, state: str
) -> None:
    case = incomes.open().ask(newcomer)
    incomes.on("2024-05-15").start().earn(case, per_month * 48)
    incomes.on("2024-05-16").post()

    incomes.on("2024-05-24").close().decide().answer()

    assert fresh(case).state == state


def test_it_is_posted_five_working_days_at_the_commune_office(
    incomes: Month, newcomer: Household
) -> None:
    case = incomes.open().ask(newcomer)
    incomes.on("2024-05-15").start().earn(case, 2_000_000 * 48)
    assert ways_of(
        lambda: incomes.do("hung", "post_list", incomes.review, village_place="Nhà văn hóa")
    ) == {"posted_at_commune_office"}

    incomes.on("2024-05-16").post()

    assert ways_of(lambda: incomes.on("2024-05-23", 23).close()) == {"posting_over"}
    assert incomes.on("2024-05-24", 0).close()


def test_after_the_complaint_it_is_decided_without_a_second_posting(
    incomes: Month, newcomer: Household
) -> None:
    case = incomes.open().ask(newcomer)
    incomes.on("2024-05-15").start().earn(case, 2_000_000 * 48)
    incomes.on("2024-05-16").post()
    incomes.do("minh", "complain", fresh(case), complainant="Ông Ba", content="Thu nhập cao hơn")

    incomes.on("2024-05-17").earn(case, 3_000_000 * 48, "redetermine_income")
    incomes.decide().answer()

    assert fresh(case).state == "refused"


def test_transfers_of_the_state_are_no_income(incomes: Month, newcomer: Household) -> None:
    case = incomes.open().ask(newcomer)
    incomes.on("2024-05-15").start()

    incomes.earn(case, 2_300_000 * 48, state_transfers=100_000 * 48)

    assert fresh(case).result_class == "AVERAGE"


def test_a_managed_household_is_none_of_them(incomes: Month, near_poor: Household) -> None:
    incomes.open()

    assert ways_of(lambda: incomes.ask(near_poor)) == {"managed_already"}


def test_other_livelihoods_are_none_of_them(incomes: Month, newcomer: Household) -> None:
    incomes.open()

    answer = ways_of(
        lambda: incomes.do(
            "minh",
            "receive_request",
            incomes.round,
            household=newcomer.code,
            form_number="15",
            livelihood="TRADE",
        )
    )

    assert answer == {"livelihood_named"}


# Low-income worker. -------------------------------------------------------------------------------


def test_two_workers_of_one_household_are_two_requests(
    calendar: None, cast: dict[str, User], tan_lap: Unit, newcomer: Household
) -> None:
    newcomer.members.create(position=2, full_name="Nguyễn Thị Hai", relation="Vợ")
    month = Month(cast, tan_lap, Review.LOW_INCOME).on("2025-05-06").open()
    first, second = month.ask_as_worker(newcomer), month.ask_as_worker(newcomer, 2)
    month.on("2025-05-15").start()

    month.earn(first, 2_000_000 * 12, persons=1)
    month.earn(second, 4_000_000 * 12, persons=1)
    month.decide().answer()

    assert (fresh(first).state, fresh(second).state) == ("confirmed", "refused")
    assert first.code != second.code


def test_revoking_what_a_worker_was_found_to_be_leaves_the_household_on_the_poor_list(
    calendar: None, cast: dict[str, User], tan_lap: Unit, poor: Household
) -> None:
    Standing.objects.filter(household=poor).update(year=2024)
    month = Month(cast, tan_lap, Review.LOW_INCOME).on("2025-05-06").open()
    worker = month.ask_as_worker(poor)
    month.on("2025-05-15").start().earn(worker, 2_000_000 * 12, persons=1)
    month.decide()

    month.do("binh", "revoke_decision", fresh(worker), number="95/QĐ-UBND", reason="Khai sai")

    assert poor.standings.get(year=2024).household_class == "POOR"
