"""Roads beside the straight one: interruption, withdrawal, arrival, grievance, revocation, new keepers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.duties import Role
from cases.models import (
    Area,
    Case,
    CertificateRow,
    Complaint,
    ConflictNote,
    Decision,
    DeclaredInterest,
    Departure,
    Household,
    Level,
    Round,
    RunningTerm,
    Standing,
    Unit,
    UnitSuccession,
    User,
)
from cases.rules.packs import PACKS
from tests.conftest import NEAR_POOR, POOR, Road, make_unit
from tests.months import NOT_POOR, fresh
from workflow.acts import registry
from workflow.acts.reconsidering import propose_correction
from workflow.editions import dry_run
from workflow.machine.refusals import Refused

Do = Callable[..., Any]


@pytest.fixture
def do(road: Road) -> Do:
    """Return a function that does an act by its code as one of the cast."""

    def do(who: str, code: str, target: Any, **facts: Any) -> Any:
        return registry.do(code, target, facts, by=road.cast[who], at=road.at, key=next(road.keys))

    return do


def against(deed: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        deed()
    return caught.value.codes


def posted(road: Road) -> Case:
    road.open().list().survey().classify().meet().post()
    return road.cases()[0]


def certified(road: Road) -> Case:
    posted(road)
    road.pass_days(7).close().report().consent().decide().certify()
    return road.cases()[0]


def found(case: Case, day: date, **facts: Any) -> dict[str, Any]:
    sheet = {"surveyed_on": day, "income_score": 100, "deprived": list(POOR)}
    return sheet | {"reviewer_name": "Đỗ Thị Hoa"} | facts


# Posting that came down. --------------------------------------------------------------------------


def test_an_interrupted_posting_starts_its_days_anew(road: Road, do: Do) -> None:
    posted(road)
    road.pass_days(1)
    do("hung", "interrupt_posting", road.reviews[0], reason="Bão làm rơi bảng niêm yết")
    road.post()

    first, second = RunningTerm.objects.filter(code="posting").order_by("pk")
    assert first.ended_at is not None
    assert (second.starts_on, second.ends_on) == (date(2024, 10, 2), date(2024, 10, 7))
    road.pass_days(4)  # the first posting would be over by now
    assert against(road.close) == {"posting_over"}
    road.pass_days(2)
    assert road.close().cases(state="cleared")


def test_the_list_cannot_be_closed_while_it_is_down(road: Road, do: Do) -> None:
    posted(road)
    do("hung", "interrupt_posting", road.reviews[0], reason="Bị gỡ")
    road.pass_days(7)

    assert against(road.close) == {"nothing_to_do"}


def test_an_interruption_without_a_reason_is_none(road: Road, do: Do) -> None:
    posted(road)

    assert against(lambda: do("hung", "interrupt_posting", road.reviews[0], reason=" ")) == {
        "interruption_explained"
    }


def test_a_reposting_that_came_down_is_hung_again(road: Road, do: Do) -> None:
    case = posted(road)
    do("minh", "complain", case, complainant="Ông Ba", content="Nhà có xe")
    do("hoa", "reverify", fresh(case), **found(case, road.at.date()))
    places = {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở"}
    do("hung", "repost", fresh(case), **places)

    do("hung", "interrupt_reposting", fresh(case), reason="Mưa")

    assert fresh(case).state == "reverified"
    do("hung", "repost", fresh(case), **places)
    assert fresh(case).state == "reposted"


def test_one_household_sent_back_by_the_meeting_does_not_stop_the_others(
    road: Road, do: Do
) -> None:
    road.open().list().survey().classify()
    first, *others = road.cases()
    facts = {
        "held_on": road.at.date(),
        "chair": road.cast["hung"],
        "attendance": 40,
        "committee_present": 1,
        "reviewers_present": 1,
        "households_present": 30,
        "front_invited": True,
        "minutes_number": "01/BB",
        "minutes_signed": True,
        "agree": 40,
    }
    do("thu", "hold_meeting", road.reviews[0], **facts, tallies={first.code: [19]})

    road.post()

    assert fresh(first).state == "disagreed"
    assert {fresh(case).state for case in others} == {"posted"}


# Coming and going. --------------------------------------------------------------------------------


def test_a_household_that_split_is_followed_by_the_new_one(
    road: Road, do: Do, make_households: Callable[..., list[Household]]
) -> None:
    road.open().list()
    old = road.cases()[0]
    (new,) = make_households(old.village, 1, standing="")
    do("minh", "record_departure", old, reason="SPLIT", paper="12/TH")

    do(
        "minh",
        "record_arrival",
        road.round,
        household=new.code,
        reason="SPLIT",
        paper="12/TH",
        **{"from": [old.code]},
    )

    case = road.round.cases.get(household=new)
    assert (case.state, case.basis, case.opening_class) == ("listed", "ARRIVAL", "POOR")
    assert new.predecessors.get().old == old.household


def test_a_household_takes_its_request_back(road: Road, do: Do, asking: Household) -> None:
    road.open()
    do("minh", "receive_request", road.round, household=asking.code, form_number="15/GĐN")
    case = road.round.cases.get(household=asking)

    do("minh", "withdraw", case, paper="Đơn ngày 02/10/2024")

    assert fresh(case).state == "withdrawn"


@pytest.fixture
def asking(road: Road, make_households: Callable[..., list[Household]]) -> Household:
    (household,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    return household


def test_who_never_asked_has_nothing_to_take_back(road: Road, do: Do) -> None:
    road.open().list()

    assert against(lambda: do("minh", "withdraw", road.cases()[0], paper="Đơn")) == {
        "asked_by_form"
    }


# After the decision. ------------------------------------------------------------------------------


def test_a_grievance_is_heard_while_the_decision_holds_on(road: Road, do: Do) -> None:
    case = certified(road)

    do("minh", "accept_grievance", case, complainant="Bà Tư", content="Chấm điểm sai")

    assert fresh(case).state == "reopened"
    assert CertificateRow.objects.filter(case=case, cancelled_by=None).count() == 1
    assert Complaint.objects.get(case=case).kind == "GRIEVANCE"
    term = RunningTerm.objects.get(case=case, code="grievance")
    assert (term.days, term.kind) == (30, "CALENDAR")


def test_a_new_decision_replaces_the_certificate_and_the_standing(road: Road, do: Do) -> None:
    case = certified(road)
    do("minh", "accept_grievance", case, complainant="Bà Tư", content="Chấm điểm sai")
    road.pass_days(5)
    day = road.at.date()
    do("hoa", "reexamine", fresh(case), **found(case, day, deprived=list(NEAR_POOR)))

    do("binh", "amend_decision", fresh(case), number="120/QĐ-UBND", reason="Đúng một phần")
    road.certify()

    rows = CertificateRow.objects.filter(case=case).order_by("pk")
    assert [(row.household_class, row.cancelled_by is None) for row in rows] == [
        ("POOR", False),
        ("NEAR_POOR", True),
    ]
    assert Standing.objects.get(household=case.household, year=2024).household_class == "NEAR_POOR"
    assert RunningTerm.objects.get(case=case, code="grievance").ended_at == road.at


def test_a_revoked_household_has_no_certificate_until_it_is_decided_anew(
    road: Road, do: Do
) -> None:
    case = certified(road)
    road.pass_days(5)

    do("binh", "revoke_decision", case, number="130/QĐ-UBND", reason="Khai sai nhân khẩu")

    assert not CertificateRow.objects.filter(case=case, cancelled_by=None).exists()
    assert not Standing.objects.filter(household=case.household, year=2024).exists()
    assert fresh(case).decided_class == ""
    do(
        "hoa",
        "reexamine",
        fresh(case),
        **found(case, road.at.date(), deprived=list(NOT_POOR), income_score=300),
    )
    do("binh", "amend_decision", fresh(case), number="131/QĐ-UBND", reason="Vượt chuẩn")
    assert fresh(case).state == "escaped"


def test_a_correction_changes_no_result(road: Road, do: Do) -> None:
    case = certified(road)
    propose_correction(case=case, reason="Sai tên đệm", by=road.cast["minh"], at=road.at)

    do("binh", "correct_decision", case, number="121/QĐ-UBND", reason="Sai tên đệm")

    assert fresh(case).state == "certified"
    assert Decision.objects.get(kind="CORRECTION").items.get().reason == "Sai tên đệm"
    assert case.events.latest("sequence").act.code == "correct_decision"


def test_after_ninety_days_a_grievance_is_too_late(road: Road, do: Do) -> None:
    case = certified(road)
    words = {"complainant": "Bà Tư", "content": "Chấm điểm sai"}
    road.pass_days(91)

    assert against(lambda: do("minh", "accept_grievance", case, **words)) == {"grievance_in_time"}

    road.pass_days(-1)
    assert do("minh", "accept_grievance", case, **words).moved == 1


def test_nothing_is_decided_anew_without_a_new_look(road: Road, do: Do) -> None:
    case = certified(road)
    do("minh", "accept_grievance", case, complainant="Bà Tư", content="Chấm điểm sai")

    assert against(
        lambda: do("binh", "amend_decision", fresh(case), number="1", reason="Giữ nguyên")
    ) == {"wrong_state"}


# Who looks, and who is too close. -----------------------------------------------------------------


def test_the_reviewer_of_the_first_time_does_not_look_again_where_another_could(
    road: Road, do: Do
) -> None:
    case = posted(road)
    do("minh", "complain", case, complainant="Ông Ba", content="Nhà có xe")

    sheet = found(case, road.at.date(), reviewer_name="nguyễn thị lan")

    assert against(lambda: do("hoa", "reverify", fresh(case), **sheet)) == {"reverified_by_another"}


def test_where_nobody_else_could_the_same_reviewer_looks_again(
    road: Road, do: Do, cast: dict[str, User]
) -> None:
    case = posted(road)
    do("minh", "complain", case, complainant="Ông Ba", content="Nhà có xe")
    cast["hoa"].full_name = "Nguyễn Thị Lan"
    cast["hoa"].save()

    sheet = found(case, road.at.date(), reviewer_name="Nguyễn Thị Lan")

    assert do("hoa", "reverify", fresh(case), **sheet).moved == 1


def test_whoever_is_close_to_a_household_says_why_they_act_all_the_same(road: Road, do: Do) -> None:
    road.open().list()
    case = road.cases()[0]
    lan = road.cast["lan"]
    DeclaredInterest.objects.create(
        user=lan,
        household=case.household,
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=lan,
    )
    sheet = found(case, road.at.date())

    assert against(lambda: do("lan", "survey", case, **sheet)) == {"interest_noted"}

    done = do("lan", "survey", case, **sheet, conflict_note="Thôn chỉ có một rà soát viên")
    assert ConflictNote.objects.get(act=done.act).text == "Thôn chỉ có một rà soát viên"
    assert done.act.facts["conflict_noted"] is True


# Another edition, other hands. --------------------------------------------------------------------


def test_a_round_goes_on_under_another_edition_after_a_dry_run(road: Road, do: Do) -> None:
    road.open().list()
    seen = dry_run(road.round, PACKS["qd24-2021-2cap"]).token

    do("binh", "carry_over", road.round, to="qd24-2021-2cap", dry_run=seen, paper="13/TT")

    road.round.refresh_from_db()
    assert road.round.pack == "qd24-2021-2cap"
    assert bytes(road.round.pack_hash) == PACKS["qd24-2021-2cap"].fingerprint
    assert road.round.superior.code == "67"
    road.survey().classify()


def test_nobody_carries_a_round_without_having_looked(road: Road, do: Do) -> None:
    road.open()
    seen = dry_run(road.round, PACKS["qd24-2021-2cap"]).token
    road.list()

    def carry(token: str) -> Callable[[], Any]:
        facts = {"to": "qd24-2021-2cap", "dry_run": token, "paper": "1"}
        return lambda: do("binh", "carry_over", road.round, **facts)

    assert [against(carry(token)) for token in ("", seen)] == [{"dry_run_current"}] * 2


@pytest.mark.parametrize("code", ["qd24-2021-2cap-tx", "khong-co"])
def test_a_round_is_carried_to_no_other_kind_of_review(road: Road, do: Do, code: str) -> None:
    road.open()

    answer = against(lambda: do("binh", "carry_over", road.round, to=code, dry_run="", paper="1"))

    assert "edition_approved" in answer


def test_a_pack_that_changed_under_a_round_stops_its_acts(road: Road) -> None:
    road.open()
    Round.objects.update(pack_hash=b"\0" * 32)
    road.round.refresh_from_db()

    assert against(road.list) == {"pack_changed"}


@pytest.fixture
def merged(road: Road, appoint: Callable[..., User]) -> Unit:
    """Tân Lập became part of a new commune on 10 October, with a chair and a committee of its own."""
    commune = make_unit(
        "24999", Level.COMMUNE, "Xã Mới", "xã", Unit.objects.get(code="662"), Area.RURAL
    )
    UnitSuccession.objects.create(
        predecessor=road.commune,
        successor=commune,
        on_date=date(2024, 10, 10),
        source_document="1/NQ",
    )
    road.cast["new_binh"] = appoint("binh3", "Chủ tịch xã mới", Role.COMMUNE_CHAIR, commune)
    road.cast["new_hoa"] = appoint("hoa3", "Ban Chỉ đạo xã mới", Role.COMMUNE_COMMITTEE, commune)
    return commune


def test_the_commune_that_followed_finishes_the_round(road: Road, do: Do, merged: Unit) -> None:
    road.open().list().survey()
    road.pass_days(10)

    do("new_binh", "hand_over", road.round, keeper="24999", paper="1/NQ-UBTVQH")

    road.round.refresh_from_db()
    assert do("new_hoa", "classify", road.reviews[0]).moved == 5
    assert against(lambda: do("binh", "sign_report", road.round, number="1")) == {"no_duty"}
    assert set(road.round.cases.values_list("commune__code", flat=True)) == {"24999"}


def test_a_round_is_handed_over_neither_early_nor_to_strangers(
    road: Road, do: Do, merged: Unit
) -> None:
    road.open().list()
    facts = {"keeper": "24999", "paper": "1/NQ"}

    assert against(lambda: do("new_binh", "hand_over", road.round, **facts)) == {
        "succession_on_file"
    }
    road.pass_days(10)
    assert against(lambda: do("other_binh", "hand_over", road.round, **facts)) == {"no_duty"}
    assert against(lambda: do("binh", "hand_over", road.round, **facts)) == {"no_duty"}


def test_the_village_that_followed_finishes_the_list(
    road: Road, do: Do, appoint: Callable[..., User]
) -> None:
    road.open().list().survey().classify().meet()
    review = road.reviews[0]
    hamlet = make_unit("24646.009", Level.VILLAGE, "Thôn Mới", "thôn", road.commune)
    UnitSuccession.objects.create(
        predecessor=review.village,
        successor=hamlet,
        on_date=date(2024, 9, 20),
        source_document="2/NQ",
    )
    road.cast["new_head"] = appoint("hung9", "Trưởng thôn mới", Role.VILLAGE_HEAD, hamlet)

    do("hoa", "hand_over_village", review, keeper="24646.009", paper="2/NQ-HĐND")

    places = {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở"}
    review.refresh_from_db()
    assert against(lambda: do("hung", "post_list", review, **places)) == {"no_duty"}
    assert do("new_head", "post_list", review, **places).moved == 5


def test_leaving_by_death_is_open_until_the_decision(road: Road, do: Do) -> None:
    case = posted(road)

    do("minh", "record_departure", case, reason=Departure.DIED.value, paper="Giấy chứng tử")

    assert fresh(case).state == "left"
