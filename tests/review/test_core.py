"""What a hostile reader of the core tried: two rounds that meet in one household, and units that ended."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from cases.duties import Role
from cases.models import (
    Act,
    Area,
    Case,
    CertificateRow,
    Household,
    Level,
    Round,
    Standing,
    Unit,
    UnitSuccession,
    User,
)
from cases.rules.packs import PACKS, Review
from tests.conftest import NEAR_POOR, POOR, Road, make_unit, moment
from tests.months import NOT_POOR, Month, fresh
from workflow.acts import registry
from workflow.acts.reconsidering import propose_correction
from workflow.editions import dry_run
from workflow.invariants import audit
from workflow.machine.refusals import Refused

Make = Callable[..., list[Household]]
Appoint = Callable[..., User]
Do = Callable[..., Any]
PAPERS = {"plan_paper": "12/KH-UBND", "committee_paper": "34/QĐ-UBND"}


@pytest.fixture
def village(tan_lap: Unit) -> Unit:
    return Unit.objects.get(code="24646.001")


@pytest.fixture
def month(calendar: None, cast: dict[str, User], tan_lap: Unit) -> Month:
    return Month(cast, tan_lap)


@pytest.fixture
def do(road: Road) -> Do:
    def do(who: str, code: str, target: Any, **facts: Any) -> Any:
        return registry.do(code, target, facts, by=road.cast[who], at=road.at, key=next(road.keys))

    return do


@pytest.fixture(autouse=True)
def audited(calendar: None) -> Iterator[None]:
    """Whatever was done here, the audit finds nothing in it."""
    yield
    assert list(audit(Round.objects.all())) == []


def against(deed: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        deed()
    return caught.value.codes


def walked(month: Month, case: Case, deprived: tuple[bool, ...], score: int) -> None:
    month.on("2024-05-15").start().survey(case, score, deprived)
    month.on("2024-05-16").meet().post().on("2024-05-22").close().decide().answer()


# Certificates and standings of two reviews. -------------------------------------------------------


@pytest.fixture
def certified(month: Month, village: Unit, make_households: Make) -> Household:
    """Return a poor household with a certificate for 2024, since April."""
    (household,) = make_households(village, 1, standing="")
    earlier = Month(month.cast, month.commune, month=4)
    earlier.keys = iter(f"before-{n}" for n in range(1000))
    case = earlier.on("2024-04-03").open().ask(household)
    earlier.on("2024-04-15").start().survey(case)
    earlier.on("2024-04-16").meet().post().on("2024-04-23").close().decide().answer()
    return household


def good_rows(household: Household) -> list[tuple[int, str]]:
    rows = CertificateRow.objects.filter(household=household, cancelled_by=None)
    return list(rows.order_by("pk").values_list("year", "household_class"))


def test_who_becomes_less_poor_in_a_month_has_one_good_certificate(
    month: Month, certified: Household
) -> None:
    assert good_rows(certified) == [(2024, "POOR")]
    case = month.open().ask_to_leave(certified)

    walked(month, case, NEAR_POOR, 100)

    assert good_rows(certified) == [(2024, "NEAR_POOR")]


def test_who_leaves_in_a_month_has_no_good_certificate_left(
    month: Month, certified: Household
) -> None:
    case = month.open().ask_to_leave(certified)

    walked(month, case, NOT_POOR, 300)

    assert (fresh(case).state, good_rows(certified)) == ("escaped", [])


def test_who_asked_to_leave_in_vain_keeps_certificate_and_standing(
    month: Month, certified: Household
) -> None:
    before = Standing.objects.get(household=certified).source
    case = month.open().ask_to_leave(certified)

    walked(month, case, POOR, 100)

    assert (fresh(case).state, good_rows(certified)) == ("refused", [(2024, "POOR")])
    assert Standing.objects.get(household=certified).source == before


def test_a_complaint_in_vain_leaves_the_list_as_it_was(month: Month, certified: Household) -> None:
    before = Standing.objects.get(household=certified).source
    case = month.open().ask_to_leave(certified)
    walked(month, case, POOR, 100)
    month.do("minh", "accept_grievance", fresh(case), complainant="Bà Tư", content="Sai")
    sheet = {"surveyed_on": month.at.date(), "income_score": 100, "deprived": list(POOR)}
    month.do("hoa", "reexamine", fresh(case), **sheet, reviewer_name="Đỗ Thị Hoa")

    month.do("binh", "amend_decision", fresh(case), number="96/QĐ", reason="Giữ nguyên")

    assert good_rows(certified) == [(2024, "POOR")]
    assert Standing.objects.get(household=certified).source == before


def test_a_revoked_exit_gives_back_the_certificate_that_it_ended(
    month: Month, certified: Household
) -> None:
    case = month.open().ask_to_leave(certified)
    walked(month, case, NOT_POOR, 300)

    month.do("binh", "revoke_decision", fresh(case), number="95/QĐ", reason="Khai sai")

    assert good_rows(certified) == [(2024, "POOR")]
    assert Standing.objects.get(household=certified).household_class == "POOR"


def test_revoking_a_workers_paper_takes_nothing_from_the_household(
    calendar: None, cast: dict[str, User], tan_lap: Unit, village: Unit, make_households: Make
) -> None:
    (household,) = make_households(village, 1, year=2024)
    month = Month(cast, tan_lap, Review.LOW_INCOME).on("2025-05-06").open()
    case = month.ask_as_worker(household)
    month.on("2025-05-15").start().earn(case, 2_000_000 * 12, persons=1)
    month.decide()

    month.do("binh", "revoke_decision", fresh(case), number="95/QĐ", reason="Khai sai")

    assert Standing.objects.get(household=household, year=2024).household_class == "POOR"


@pytest.mark.parametrize(
    ("deprived", "score", "state"),
    [(NOT_POOR, 300, "unqualified"), (NEAR_POOR, 100, "certified")],
    ids=["refused again", "near-poor after all"],
)
def test_a_late_answer_about_autumn_does_not_undo_the_month_that_followed(
    road: Road,
    do: Do,
    make_households: Make,
    deprived: tuple[bool, ...],
    score: int,
    state: str,
) -> None:
    (asking,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    road.open()
    do("minh", "receive_request", road.round, household=asking.code, form_number="15/GĐN")
    road.list().survey(deprived=NOT_POOR, income_score=300).classify().meet().post()
    road.pass_days(7).close().report().consent().decide().refuse()
    autumn = road.round.cases.get(household=asking)
    month = Month(road.cast, road.commune, month=1).on("2024-12-17")
    month.keys = iter(f"january-{n}" for n in range(1000))
    case = month.open(year=2025).ask(asking)
    month.on("2025-01-15").start().survey(case)
    month.on("2025-01-16").meet().post().on("2025-01-22").close().decide()
    road.pass_days(60)
    do("minh", "accept_grievance", autumn, complainant="Bà Tư", content="Chấm sai")
    month.on("2025-01-23").answer()
    road.at = month.at
    sheet = {"surveyed_on": road.at.date(), "income_score": score, "deprived": list(deprived)}
    do("hoa", "reexamine", fresh(autumn), **sheet, reviewer_name="Đỗ Thị Hoa")

    do("binh", "amend_decision", fresh(autumn), number="120/QĐ", reason="Xem lại")
    if state == "certified":
        do("binh", "issue_certificates", road.round)

    assert fresh(autumn).state == state
    assert Standing.objects.get(household=asking, year=2024).household_class == "POOR"
    assert good_rows(asking) == [(2025, "POOR")]


# One household, one review at a time. -------------------------------------------------------------


@pytest.fixture
def neighbour(road: Road, hoa_binh: Unit, do: Do) -> Round:
    """Return Hòa Bình's round of the same autumn."""
    opened: Round = do("other_binh", "open_round", hoa_binh, year=2024, **PAPERS)
    return opened


def moved(household: Household) -> Household:
    household.village = Unit.objects.get(code="24652.001")
    household.save()
    return household


def test_who_moved_is_listed_by_the_second_commune_only_after_leaving_the_first(
    road: Road, do: Do, neighbour: Round
) -> None:
    road.open().list()
    case = road.cases()[0]
    home = moved(case.household)
    facts = {"household": home.code, "reason": "MOVED", "paper": "12/TH"}

    assert against(lambda: do("other_minh", "record_arrival", neighbour, **facts)) == {
        "asked_already"
    }
    assert against(lambda: do("other_hoa", "build_list", neighbour)) == {"nothing_to_do"}

    do("minh", "record_departure", case, reason="MOVED", paper="12/TH")
    do("other_minh", "record_arrival", neighbour, **facts)
    assert neighbour.cases.get().state == "listed"


def test_who_moved_asks_by_form_01_in_one_autumn_once(
    road: Road, do: Do, neighbour: Round, make_households: Make
) -> None:
    (asking,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    road.open()
    do("minh", "receive_request", road.round, household=asking.code, form_number="15/GĐN")
    facts = {"household": moved(asking).code, "form_number": "16/GĐN"}

    assert against(lambda: do("other_minh", "receive_request", neighbour, **facts)) == {
        "asked_already"
    }


def test_a_worker_does_not_ask_in_two_months_at_once(
    calendar: None, cast: dict[str, User], tan_lap: Unit, village: Unit, make_households: Make
) -> None:
    (household,) = make_households(village, 1, standing="")
    month = Month(cast, tan_lap, Review.LOW_INCOME).on("2025-05-06").open()
    month.ask_as_worker(household)
    month.month = 6
    month.on("2025-05-20").open()

    assert against(lambda: month.ask_as_worker(household)) == {"asked_already"}
    assert Case.objects.filter(household=household).count() == 1


def test_nobody_moves_in_as_poor_because_a_neighbour_is(
    road: Road, do: Do, make_households: Make
) -> None:
    (stranger,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    road.open().list()
    facts = {"household": stranger.code, "reason": "MOVED", "paper": "12/TH"}

    assert against(
        lambda: do(
            "minh", "record_arrival", road.round, **facts, **{"from": [road.cases()[0].code]}
        )
    ) == {"basis_known"}


def test_no_household_is_split_from_itself(road: Road, do: Do) -> None:
    home = Household.objects.order_by("pk")[0]
    road.open()

    with pytest.raises(registry.BadFact):
        facts = {"household": home.code, "reason": "SPLIT", "paper": "12/TH", "from": [home.code]}
        do("minh", "record_arrival", road.round, **facts)


def test_a_paper_that_names_a_stranger_is_not_recorded(road: Road, do: Do) -> None:
    road.open().list().survey().classify().meet().post()
    road.pass_days(7).close().report().consent().decide().certify()
    case = road.cases()[0]
    count = Act.objects.count()

    named: dict[str, Any] = {"number": "1/QĐ", "reason": "Sai", "cases": ["99999-00001"]}
    assert against(lambda: do("binh", "revoke_decision", case, **named)) == {"unknown_case"}
    propose_correction(case=case, reason="Sai", by=road.cast["minh"], at=road.at)
    assert against(lambda: do("binh", "correct_decision", case, **named)) == {"unknown_case"}
    told: dict[str, Any] = {"number": "1", "reasons": {"99999-00001": "Sai"}}
    assert against(lambda: do("binh", "refuse", road.round, **told)) == {"unknown_case"}
    assert Act.objects.count() == count


# Units that ended. --------------------------------------------------------------------------------


def commune(code: str, name: str) -> Unit:
    return make_unit(code, Level.COMMUNE, name, "xã", Unit.objects.get(code="662"), Area.RURAL)


def follow(old: Unit, new: Unit, day: date = date(2024, 9, 20)) -> None:
    UnitSuccession.objects.create(
        predecessor=old, successor=new, on_date=day, source_document="1/NQ"
    )


def test_who_follows_for_one_half_does_not_hand_the_round_to_the_other_half(
    road: Road, do: Do, appoint: Appoint
) -> None:
    east, west = commune("24998", "Xã Đông"), commune("24999", "Xã Tây")
    follow(road.commune, east)
    follow(road.commune, west)
    road.cast["east"] = appoint("dong", "Chủ tịch Đông", Role.COMMUNE_CHAIR, east)
    road.open().list()

    facts = {"keeper": "24999", "paper": "1/NQ"}
    assert against(lambda: do("east", "hand_over", road.round, **facts)) == {"no_duty"}

    do("east", "hand_over", road.round, keeper="24998", paper="1/NQ")
    assert Round.objects.get(pk=road.round.pk).keeper == east


def test_a_unit_that_ended_before_it_took_over_is_refused_and_its_own_successor_takes_over(
    road: Road, do: Do, appoint: Appoint
) -> None:
    first, second = commune("24998", "Xã Giữa"), commune("24999", "Xã Cuối")
    follow(road.commune, first)
    follow(first, second, date(2024, 9, 25))
    first.versions.update(valid_until=date(2024, 9, 25))
    road.cast["first"] = appoint("giua", "Chủ tịch Giữa", Role.COMMUNE_CHAIR, first)
    road.cast["second"] = appoint("cuoi", "Chủ tịch Cuối", Role.COMMUNE_CHAIR, second)
    road.open().list()

    facts = {"keeper": "24998", "paper": "1/NQ"}
    # Whatever was granted on it ended with it.
    assert against(lambda: do("first", "hand_over", road.round, **facts)) == {"no_duty"}

    do("second", "hand_over", road.round, keeper="24999", paper="2/NQ")
    assert set(road.round.cases.values_list("commune__code", flat=True)) == {"24999"}


def test_a_household_of_a_new_village_asks_in_the_list_that_the_village_took_over(
    road: Road, do: Do, make_households: Make
) -> None:
    road.open().list()
    review = road.reviews[0]
    hamlet = make_unit("24646.009", Level.VILLAGE, "Thôn Mới", "thôn", road.commune)
    follow(review.village, hamlet)
    do("hoa", "hand_over_village", review, keeper="24646.009", paper="2/NQ-HĐND")
    (old,) = make_households(review.village, 1, standing="")
    (new,) = make_households(hamlet, 1, standing="")

    for home in (old, new):
        do("minh", "receive_request", road.round, household=home.code, form_number="15/GĐN")

    asked = road.round.cases.filter(basis="REQUEST")
    assert set(asked.values_list("village_review", "village__code")) == {(review.pk, "24646.009")}


# Months. ------------------------------------------------------------------------------------------


def test_an_income_of_last_year_is_judged_again_by_the_line_of_its_own_month(
    calendar: None, cast: dict[str, User], tan_lap: Unit, village: Unit, make_households: Make
) -> None:
    (household,) = make_households(village, 1, standing="")
    month = Month(cast, tan_lap, Review.AVERAGE_LIVING, month=12)
    month.on("2026-12-01").open()
    case = month.ask(household)
    month.on("2026-12-15").start().earn(case, 5_000_000 * 48)
    month.on("2026-12-16").post().on("2026-12-24").close().decide().answer()
    month.on("2027-01-04")
    month.do("minh", "accept_grievance", fresh(case), complainant="Bà Tư", content="Sai")

    month.on("2027-01-05").earn(case, 2_000_000 * 48, "redetermine_income", reviewer_name="Hoa")

    assert fresh(case).result_class == "AVERAGE"


def test_no_month_is_reported_while_its_register_is_open(
    month: Month, village: Unit, make_households: Make
) -> None:
    month.open().on("2024-05-15", 9)

    assert against(lambda: month.do("binh", "sign_monthly_report", month.round, number="1")) == {
        "month_closed"
    }


def test_who_asks_after_another_withdrew_on_the_same_day_has_a_clock_too(
    month: Month, village: Unit, make_households: Make
) -> None:
    first, second = make_households(village, 2, standing="")
    case = month.open().ask(first)
    month.on("2024-05-15", 8).start()
    month.do("minh", "withdraw", fresh(case), paper="Đơn")

    month.on("2024-05-15", 15).ask(second)
    month.start()

    assert month.round.terms.filter(code="whole", ended_at=None).count() == 1


def test_the_superior_owes_no_opinion_when_the_last_reported_household_left(
    road: Road, do: Do
) -> None:
    road.open().list().survey().classify().meet().post()
    road.pass_days(7).close().report()

    for case in road.cases():
        do("minh", "record_departure", fresh(case), reason="MOVED", paper="12/TH")

    assert not road.round.terms.filter(ended_at=None).exists()


# The same key twice. ------------------------------------------------------------------------------


def twice(road: Road, who: str, code: str, target: Any, **facts: Any) -> None:
    """Do an act and send it again, as a page does whose answer got lost."""
    told: Any = {"by": road.cast[who], "at": road.at, "key": f"twice-{code}"}
    first = registry.do(code, target, facts, **told)
    count = Act.objects.count()

    again = registry.do(code, type(target).objects.get(pk=target.pk), facts, **told)

    assert getattr(again, "act", again) == getattr(first, "act", first)
    assert Act.objects.count() == count


def test_acts_of_the_round_sent_twice_are_done_once(
    road: Road, do: Do, make_households: Make, appoint: Appoint
) -> None:
    village = Unit.objects.get(code="24646.001")
    (newborn,) = make_households(village, 1, standing="")
    road.open().list()
    case = road.cases()[0]
    twice(
        road,
        "minh",
        "record_arrival",
        road.round,
        household=newborn.code,
        reason="SPLIT",
        paper="12/TH",
        **{"from": [case.code]},
    )
    seen = dry_run(road.round, PACKS["qd24-2021-3cap"]).token
    facts = {"to": "qd24-2021-3cap", "dry_run": seen, "paper": "13/TT"}
    twice(road, "binh", "carry_over", road.round, **facts)
    hamlet = make_unit("24646.009", Level.VILLAGE, "Thôn Mới", "thôn", road.commune)
    follow(village, hamlet)
    review = road.reviews[0]
    twice(road, "hoa", "hand_over_village", review, keeper="24646.009", paper="2/NQ")
    follow(road.commune, commune("24999", "Xã Mới"))
    new = Unit.objects.get(code="24999")
    road.cast["new"] = appoint("moi", "Chủ tịch xã mới", Role.COMMUNE_CHAIR, new)
    road.round.refresh_from_db()
    twice(road, "new", "hand_over", road.round, keeper="24999", paper="1/NQ")

    told = {act.code: act.facts["from"] for act in Act.objects.filter(facts__has_key="keeper")}
    assert told == {"hand_over": "24646", "hand_over_village": "24646.001"}
    assert Act.objects.get(code="carry_over").facts["from"] == "qd24-2021-3cap"


def test_acts_of_a_month_sent_twice_are_done_once(road: Road, month: Month) -> None:
    home = Household.objects.order_by("pk")[0]
    road.at = moment("2025-05-06")
    facts = {"year": 2025, "month": 5, "kind": "LOW_INCOME"}
    twice(road, "binh", "open_round", road.commune, **facts)
    asked = {"household": home.code, "position": 1, "form_number": "17/GĐN"}
    twice(road, "minh", "receive_worker_request", Round.objects.get(), **asked)

    assert Case.objects.count() == 1


def test_no_round_goes_back_to_an_edition_that_is_over(road: Road, do: Do) -> None:
    road.at = moment("2025-10-01")
    Unit.objects.get(code="24646").versions.update(path="VN/67/24646/")
    road.round = do("binh", "open_round", road.commune, year=2025, **PAPERS)
    seen = dry_run(road.round, PACKS["qd24-2021-3cap"]).token

    facts = {"to": "qd24-2021-3cap", "dry_run": seen, "paper": "13/TT"}
    assert against(lambda: do("binh", "carry_over", road.round, **facts)) == {"edition_approved"}
