"""The reviews of a month by their pages: opened, asked for, judged, decided, reported."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Household, IncomeRecord, MonthlyReport, Round, Unit, User
from cases.rules.packs import Review
from tests.months import NOT_POOR, Month, fresh
from tests.pages.test_act_pages import Desk, codes, key_of
from workflow.acts.listing import receive_requests

PAPERS = {"plan_paper": "", "committee_paper": ""}
INCOME = {
    "determined_on": "15/05/2024",
    "reviewer_name": "Nguyễn Thị Lan",
    "persons": "4",
    "year_income": "96.000.000",
    "state_transfers": "0",
}


@pytest.fixture
def village(tan_lap: Unit) -> Unit:
    return Unit.objects.get(code="24646.001")


@pytest.fixture
def newcomer(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(village, 1, standing="")
    return household


@pytest.fixture
def poor(village: Unit, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(village, 1)
    return household


@pytest.fixture
def month(calendar: None, cast: dict[str, User], tan_lap: Unit) -> Month:
    """May 2024, its register not open yet."""
    return Month(cast, tan_lap)


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Desk]:
    """Return a function that sits down at the desk of a month; the desk's clock is the month's."""
    return lambda month: Desk(month, monkeypatch)


@pytest.fixture
def begin(month: Month, sit: Callable[[Any], Desk]) -> Callable[..., Desk]:
    """Return a function that opens the register of a month and sits down at its desk."""
    return lambda kind=Review.AD_HOC: sit(Month(month.cast, month.commune, kind).open())


def month_of(desk: Desk) -> Month:
    return desk.road  # type: ignore[return-value]


def board(desk: Desk, who: str) -> Any:
    return desk.open(who, reverse("round", kwargs={"key": desk.road.round.key}))


# --- Opening ---


@pytest.mark.parametrize(
    ("kind", "key"), [("AD_HOC", "2024tx05-24646"), ("AVERAGE", "2024mstb05-24646")]
)
def test_the_chair_opens_the_register_of_a_month(
    month: Month, sit: Callable[[Any], Desk], kind: str, key: str
) -> None:
    desk = sit(month)
    answers = {
        "commune": month.commune.pk,
        "kind": kind,
        "year": "2024",
        "month": "2024-05",
        **PAPERS,
    }

    page = desk.send("binh", reverse("open-round"), answers)

    assert page.url == reverse("round", kwargs={"key": key})
    assert Round.objects.get().month == 5


def test_only_months_that_take_requests_are_offered(
    month: Month, sit: Callable[[Any], Desk]
) -> None:
    desk = sit(month)

    def offered() -> list[str]:
        form = desk.open("binh", reverse("open-round")).context["form"]
        return [value for value, _title in form.fields["month"].choices if value]

    assert offered() == ["2024-05"]
    month_of(desk).on("2024-12-16")
    assert offered() == ["2024-12", "2025-01"]


def test_a_kind_that_no_procedure_of_the_day_has_is_not_offered(
    month: Month, sit: Callable[[Any], Desk]
) -> None:
    desk = sit(month)

    form = desk.open("binh", reverse("open-round")).context["form"]

    kinds = [value for value, _title in form.fields["kind"].choices]
    assert kinds == ["PERIODIC", "AD_HOC", "AVERAGE"]  # Decree 30/2025 is not there yet


def test_a_month_that_the_review_does_not_have_is_refused(
    month: Month, sit: Callable[[Any], Desk]
) -> None:
    desk = sit(month.on("2024-10-03"))
    answers = {"commune": month.commune.pk, "kind": "AD_HOC", "year": "2024", "month": "2024-10"}

    page = desk.send("binh", reverse("open-round"), {**answers, **PAPERS})

    assert (page.status_code, codes(page)) == (409, {"month_reviewed"})


@pytest.mark.parametrize(("kind", "period"), [("PERIODIC", "2024-05"), ("AD_HOC", "")])
def test_a_month_goes_with_the_reviews_that_have_one(
    month: Month, sit: Callable[[Any], Desk], kind: str, period: str
) -> None:
    desk = sit(month)
    answers = {"commune": month.commune.pk, "kind": kind, "year": "2024", "month": period, **PAPERS}

    page = desk.send("binh", reverse("open-round"), answers)

    assert "month" in page.context["form"].errors


# --- An ad hoc month ---


def test_entry_and_exit_are_asked_for_by_the_names_of_their_heads(
    begin: Callable[..., Desk], newcomer: Household, poor: Household
) -> None:
    desk = begin()
    entry = {"form_number": "15/GĐN", "which": "known", "household": newcomer.head_name}
    leave = {"form_number": "16/GĐN", "household": poor.head_name}

    assert desk.send("minh", desk.round_url("receive_request"), entry).status_code == 302
    assert desk.send("minh", desk.round_url("receive_exit_request"), leave).status_code == 302

    assert set(Case.objects.values_list("household", "basis")) == {
        (newcomer.pk, "REQUEST"),
        (poor.pk, "EXIT"),
    }


def test_a_name_that_several_bear_names_their_codes(
    begin: Callable[..., Desk], newcomer: Household, poor: Household
) -> None:
    desk = begin()

    page = desk.send(
        "minh",
        desk.round_url("receive_exit_request"),
        {"form_number": "16/GĐN", "household": "Nguyễn"},
    )

    (sentence,) = page.context["form"].errors["household"]
    assert newcomer.code in sentence and poor.code in sentence


def test_a_household_on_no_list_has_none_to_leave(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin()

    page = desk.send(
        "minh",
        desk.round_url("receive_exit_request"),
        {"form_number": "16/GĐN", "household": newcomer.code},
    )

    assert (page.status_code, codes(page)) == (409, {"not_managed"})


def test_nothing_is_judged_before_the_15th(begin: Callable[..., Desk], newcomer: Household) -> None:
    desk = begin()
    month_of(desk).ask(newcomer)

    page = desk.open("hoa", desk.round_url("build_list"))

    assert codes(page) == {"started"}


def test_the_start_shows_the_fifteen_days_and_they_run_from_the_15th(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin()
    month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-16")

    page = desk.open("hoa", desk.round_url("build_list"))

    assert (page.context["term"]["days"], page.context["term"]["ends_on"].day) == (15, 30)
    assert desk.send("hoa", desk.round_url("build_list"), {}).status_code == 302
    assert board(desk, "hoa").context["last_day"].isoformat() == "2024-05-30"


def test_the_board_of_a_month_has_its_own_stages_and_no_opinion(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin()
    month_of(desk).ask(newcomer)

    page = board(desk, "binh").context

    assert "sign_report" not in [card.code for card in page["cards"]]
    assert "sign_monthly_report" in [card.code for card in page["cards"]]
    assert page["blockers"] == []
    assert page["outside_window"]


def test_another_reviews_act_has_no_page_here(begin: Callable[..., Desk]) -> None:
    desk = begin()
    for act in ("sign_report", "give_opinion", "receive_worker_request"):
        assert desk.open("binh", desk.round_url(act)).status_code == 404, act


def decided(desk: Desk, newcomer: Household, poor: Household) -> Month:
    month = month_of(desk)
    entry, leave = month.ask(newcomer), month.ask_to_leave(poor)
    month.on("2024-05-15").start()
    month.survey(entry)
    month.survey(leave, 200, NOT_POOR)
    month.on("2024-05-16").meet().post()
    return month.on("2024-05-22").close()


def test_the_decision_of_a_month_counts_entries_and_exits(
    begin: Callable[..., Desk], newcomer: Household, poor: Household
) -> None:
    desk = begin()
    month = decided(desk, newcomer, poor)

    page = desk.open("binh", desk.round_url("sign_decision"))
    done = desk.send("binh", desk.round_url("sign_decision"), {"number": "90/QĐ-UBND"})

    assert [row["n"] for row in page.context["lists"]] == [1, 0, 1, 0, 0, 0]
    assert done.status_code == 302
    assert sorted(month.states().values()) == ["escaped", "recognised"]


def test_the_monthly_report_is_shown_before_it_is_signed_and_stands_on_the_board(
    begin: Callable[..., Desk], newcomer: Household, poor: Household
) -> None:
    desk = begin()
    decided(desk, newcomer, poor).decide().answer()
    url = desk.round_url("sign_monthly_report")

    looked = desk.send("binh", url, {"number": "12/BC-UBND"}, step="")
    assert not MonthlyReport.objects.exists()
    assert (looked.context["report"].entered_poor, looked.context["report"].left_poor) == (1, 1)
    assert desk.send("binh", url, {"number": "12/BC-UBND"}).status_code == 302

    page = board(desk, "minh").context
    assert (page["report"].number, page["nothing"]) == ("12/BC-UBND", False)


def test_a_month_in_which_nothing_happened_is_reported_as_such(begin: Callable[..., Desk]) -> None:
    desk = begin()
    month_of(desk).on("2024-05-31")

    looked = desk.send("binh", desk.round_url("sign_monthly_report"), {"number": "12/BC"}, step="")

    assert looked.context["nothing"] is True


def test_a_month_with_an_open_case_is_not_reported(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin()
    month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-31")

    page = desk.open("binh", desk.round_url("sign_monthly_report"))
    assert codes(page) == {"month_closed"}
    assert newcomer.code in page.content.decode()
    assert board(desk, "binh").status_code == 200


# --- Average living standard ---


def test_what_the_household_lives_on_is_asked_and_another_trade_is_refused(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin(Review.AVERAGE_LIVING)
    url = desk.round_url("receive_request")
    asked = {"form_number": "15", "which": "known", "household": newcomer.code}

    refused = desk.send("minh", url, {**asked, "livelihood": "OTHER"})
    taken = desk.send("minh", url, {**asked, "livelihood": "SALT"})

    assert codes(refused) == {"livelihood_named"}
    assert taken.status_code == 302


def test_an_income_is_judged_before_it_is_recorded(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin(Review.AVERAGE_LIVING)
    case = month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-15").start()
    url = desk.case_url("determine_income", case)

    looked = desk.send("lan", url, INCOME, step="")

    assert looked.context["verdict"].whole_dong == 2_000_000
    assert looked.context["record"].result == "AVERAGE"
    assert not IncomeRecord.objects.exists()
    assert desk.send("lan", url, INCOME).status_code == 302
    assert fresh(case).result_class == "AVERAGE"


def test_transfers_above_the_income_are_told_and_not_recorded(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin(Review.AVERAGE_LIVING)
    case = month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-15").start()

    page = desk.send(
        "lan", desk.case_url("determine_income", case), {**INCOME, "state_transfers": "97000000"}
    )

    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_an_income_is_posted_at_the_commune_office_alone(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin(Review.AVERAGE_LIVING)
    case = month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-15").start()
    month_of(desk).earn(case, 96_000_000)

    page = desk.send("hung", desk.village_url("post_list"), {"commune_place": "Trụ sở UBND xã"})

    assert page.status_code == 302
    assert fresh(case).state == "posted"
    sheet = desk.open(
        "hung",
        reverse("posting-sheet", kwargs={"key": case.round.key, "village": "24646.001"}),
    )
    assert [len(group["rows"]) for group in sheet.context["groups"]] == [1]


def test_the_case_shows_its_income_and_what_it_lives_on(
    begin: Callable[..., Desk], newcomer: Household
) -> None:
    desk = begin(Review.AVERAGE_LIVING)
    case = month_of(desk).ask(newcomer)
    month_of(desk).on("2024-05-15").start()
    month_of(desk).earn(case, 96_000_000)

    page = desk.open("lan", reverse("case", kwargs={"key": case.round.key, "code": case.code}))

    ((record, verdict),) = page.context["incomes"]
    assert (record.result, verdict.whole_dong) == ("AVERAGE", 2_000_000)
    assert "Ngư nghiệp" in page.content.decode()


# --- Workers ---


def test_a_worker_is_chosen_among_the_people_of_the_household(
    month: Month, sit: Callable[[Any], Desk], newcomer: Household
) -> None:
    workers = Month(month.cast, month.commune, Review.LOW_INCOME)
    desk = sit(workers.on("2025-05-06").open())
    url = desk.round_url("receive_worker_request")
    asked = {"form_number": "17", "household": newcomer.code}

    first = desk.send("minh", url, asked)
    taken = desk.send("minh", url, {**asked, "position": "1"})

    assert first.context["form"].errors.keys() == {"position"}
    assert taken.status_code == 302
    assert Case.objects.get().member.full_name == newcomer.head_name  # type: ignore[union-attr]


# --- Lists ---


def test_rounds_are_listed_by_kind_and_month(begin: Callable[..., Desk]) -> None:
    desk = begin()
    month = month_of(desk)
    Month(month.cast, month.commune, Review.AVERAGE_LIVING).open()

    def listed(query: str) -> list[str]:
        page = desk.open("binh", f"{reverse('rounds')}{query}")
        return [row.round.key for row in page.context["rows"]]

    assert listed("") == ["2024mstb05-24646", "2024tx05-24646"]
    assert listed("?kind=AD_HOC") == ["2024tx05-24646"]
    assert listed("?month=6") == []


def test_the_key_of_the_second_look_is_the_one_of_the_form(
    begin: Callable[..., Desk], poor: Household
) -> None:
    desk = begin()
    url = desk.round_url("receive_exit_request")
    client = desk.client("minh")
    key = key_of(client.get(url))
    answers = {"key": key, "form_number": "16", "household": poor.code}

    looked = client.post(url, answers)

    assert ("household", poor.code) in looked.context["carried"]
    assert not Case.objects.exists()


# --- What they cost ---


@pytest.mark.parametrize("act", ["", "build_list", "sign_decision", "sign_monthly_report"])
def test_a_month_costs_the_same_for_few_and_many_requests(
    begin: Callable[..., Desk],
    village: Unit,
    make_households: Callable[..., list[Household]],
    act: str,
) -> None:
    desk = begin()
    month = month_of(desk)

    def ask(households: list[Household]) -> None:
        forms = {household.code: "15/GĐN" for household in households}
        receive_requests(
            round=month.round,
            forms=forms,
            by=month.cast["minh"],
            at=month.at,
            key=next(month.keys),
        )

    def cost() -> int:
        client = desk.client("hoa" if act == "build_list" else "binh")
        url = desk.round_url(act) if act else reverse("round", kwargs={"key": month.round.key})
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    ask(make_households(village, 2, standing=""))
    few = cost()
    ask(make_households(village, 60, standing=""))

    assert cost() == few
