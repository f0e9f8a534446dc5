"""What comes rarely, by its page: interruption, interest, grievance, new decisions, new keepers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from cases.models import (
    Case,
    CertificateRow,
    DeclaredInterest,
    Household,
    HouseholdSuccession,
    Level,
    Posting,
    Round,
    Unit,
    UnitSuccession,
    UnitVersion,
    User,
)
from tests.conftest import Road, make_unit
from tests.pages.test_act_pages import PLACES, SURVEY, Desk, codes, minutes, votes
from workflow.acts.reconsidering import propose_correction

WHY = "Bão làm rách bảng niêm yết"
COMPLAINT = {"complainant": "Ông Tám", "content": "Hộ có hai xe máy"}


@pytest.fixture
def desk(road: Road, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(road, monkeypatch)


@pytest.fixture
def certified(road: Road) -> Case:
    """Return the first household of a round whose certificates are signed."""
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    road.report().consent().decide().certify()
    return road.cases()[0]


def case_page(desk: Desk, who: str, case: Case) -> Any:
    return desk.open(who, reverse("case", kwargs={"key": case.round.key, "code": case.code}))


# --- Interruption, withdrawal, arrival ---


def test_an_interrupted_posting_begins_anew(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    url = desk.village_url("interrupt_posting")

    looked = desk.send("hung", url, {"reason": WHY}, step="")
    done = desk.send("hung", url, {"reason": WHY})
    again = desk.send("hung", desk.village_url("post_list"), PLACES)

    assert looked.context["consequences"]
    assert (done.status_code, again.status_code) == (302, 302)
    assert list(Posting.objects.order_by("pk").values_list("interruption", flat=True)) == [WHY, ""]
    village = reverse("village", kwargs={"key": road.round.key, "village": "24646.001"})
    assert WHY in desk.open("hung", village).content.decode()


def test_an_interruption_without_its_reason_is_refused(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify().meet().post()

    page = desk.send("hung", desk.village_url("interrupt_posting"), {"reason": ""})

    assert (page.status_code, codes(page)) == (409, {"interruption_explained"})


def test_a_request_is_taken_back_in_writing(
    desk: Desk, road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open()
    [household] = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    asked = {"form_number": "07", "which": "known", "household": household.code}
    desk.send("minh", desk.round_url("receive_request"), asked)
    (case,) = road.cases()

    without = desk.send("minh", desk.case_url("withdraw", case), {"paper": ""})
    done = desk.send("minh", desk.case_url("withdraw", case), {"paper": "Đơn ngày 01/10"})

    assert codes(without) == {"withdrawal_in_writing"}
    assert done.status_code == 302
    assert Case.objects.get().state == "withdrawn"


def test_a_split_household_arrives_and_both_cases_name_each_other(desk: Desk, road: Road) -> None:
    old = road.open().list().cases()[0]
    facts = {
        "reason": "SPLIT",
        "paper": "Giấy tách hộ số 3",
        "before": old.code,
        "which": "new",
        "head_name": "Nguyễn Thị Mới",
        "village": old.village_review_id,
        "persons": "2",
    }

    done = desk.send("minh", desk.round_url("record_arrival"), facts)

    assert done.status_code == 302
    new = Case.objects.get(basis="ARRIVAL")
    assert HouseholdSuccession.objects.get().new == new.household
    ((after,), (before,)) = (case_page(desk, "minh", each).context["kin"] for each in (old, new))
    assert (after["case"], after["before"]) == (new.code, False)
    assert (before["case"], before["before"]) == (old.code, True)


def test_a_split_names_the_household_it_came_from(desk: Desk, road: Road) -> None:
    road.open().list()
    facts = {"reason": "SPLIT", "paper": "Giấy", "which": "known", "household": "24646-00001"}

    page = desk.send("minh", desk.round_url("record_arrival"), facts)

    assert "before" in page.context["form"].errors


# --- Interest ---


def test_an_interest_is_declared_and_listed(desk: Desk, road: Road) -> None:
    url, answers = reverse("interests"), {"household": "24646-00001", "relation": "RELATIVE"}

    assert desk.client("lan").post(url, answers).status_code == 302

    declared = DeclaredInterest.objects.get()
    assert (declared.user, declared.household.code) == (road.cast["lan"], "24646-00001")
    assert list(desk.open("lan", url).context["declared"]) == [declared]
    assert list(desk.open("hung", url).context["declared"]) == []


@pytest.mark.parametrize("code", ["24652-00001", "99999-00001", "24646-00001"])
def test_only_a_household_of_ones_commune_is_declared_and_only_once(
    desk: Desk, road: Road, hoa_binh: Unit, code: str
) -> None:
    lan = road.cast["lan"]
    for known in ("24646-00001", "24652-00001"):
        household, _new = Household.objects.get_or_create(
            code=known, defaults={"village": Unit.objects.get(code="24652.001"), "persons": 1}
        )
    own = Household.objects.get(code="24646-00001")
    DeclaredInterest.objects.create(
        user=lan, household=own, relation="MEMBER", declared_on=date(2024, 9, 1), declared_by=lan
    )

    answers = {"household": code, "relation": "MEMBER"}
    page = desk.client("lan").post(reverse("interests"), answers)

    assert (page.status_code, DeclaredInterest.objects.count()) == (422, 1)


def test_somebody_close_to_a_household_is_asked_why_and_then_may_go_on(
    desk: Desk, road: Road
) -> None:
    case = road.open().list().cases()[0]
    lan = road.cast["lan"]
    DeclaredInterest.objects.create(
        user=lan,
        household=case.household,
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=lan,
    )
    url = desk.case_url("survey", case)

    silent = desk.send("lan", url, SURVEY)
    told = desk.send("lan", url, {**SURVEY, "conflict_note": "Thôn chỉ có một rà soát viên"})

    assert (silent.status_code, codes(silent)) == (409, {"interest_noted"})
    assert "conflict_note" in silent.context["form"].fields
    assert told.status_code == 302
    assert "đã ghi lý do vẫn làm" in case_page(desk, "lan", case).content.decode()


def test_nobody_else_is_asked_about_interests(desk: Desk, road: Road) -> None:
    case = road.open().list().cases()[0]

    form = desk.open("lan", desk.case_url("survey", case)).context["form"]

    assert "conflict_note" not in form.fields


def test_the_chair_of_a_meeting_is_asked_about_too(desk: Desk, road: Road) -> None:
    road.open().list().survey().classify()
    hung = road.cast["hung"]
    DeclaredInterest.objects.create(
        user=hung,
        household=road.cases()[0].household,
        relation="RELATIVE",
        declared_on=date(2024, 9, 1),
        declared_by=hung,
    )
    answers = {**minutes(road), **votes(road, 40)}

    page = desk.send("thu", desk.village_url("hold_meeting"), answers)

    assert codes(page) == {"interest_noted"}
    assert "conflict_note" in page.context["form"].fields


# --- After the decision ---


def test_a_grievance_reopens_one_household_with_its_thirty_days(
    desk: Desk, road: Road, certified: Case
) -> None:
    url = desk.case_url("accept_grievance", certified)

    looked = desk.send("minh", url, COMPLAINT, step="")
    done = desk.send("minh", url, COMPLAINT)

    assert looked.context["term"]["days"] == 30
    assert done.status_code == 302
    assert sorted(case.state for case in road.cases()) == ["certified"] * 4 + ["reopened"]
    page = case_page(desk, "minh", certified).content.decode()
    assert "Về quyết định đã ký" in page and "Hạn giải quyết" in page


def test_a_revoked_certificate_is_said_to_be_so(desk: Desk, road: Road, certified: Case) -> None:
    url = desk.case_url("revoke_decision", certified)
    facts = {"number": "95/QĐ-UBND", "reason": "Ghi nhầm hộ"}

    looked = desk.send("binh", url, facts, step="")
    done = desk.send("binh", url, facts)

    assert "2025" in " ".join(looked.context["consequences"])
    assert done.status_code == 302
    page = case_page(desk, "binh", certified)
    first, second = page.context["decisions"]
    assert (first.fate != "", second.decision.kind, second.reason) == (
        True,
        "REVOCATION",
        "Ghi nhầm hộ",
    )
    assert "hết giá trị" in page.content.decode()


def test_a_revocation_without_its_reason_is_refused(
    desk: Desk, road: Road, certified: Case
) -> None:
    facts = {"number": "95/QĐ-UBND", "reason": ""}

    page = desk.send("binh", desk.case_url("revoke_decision", certified), facts)

    assert (page.status_code, codes(page)) == (409, {"each_case_has_a_reason"})


def test_a_revoked_household_is_examined_and_decided_anew(
    desk: Desk, road: Road, certified: Case
) -> None:
    facts = {"number": "95/QĐ-UBND", "reason": "Ghi nhầm hộ"}
    desk.send("binh", desk.case_url("revoke_decision", certified), facts)
    day = f"{road.at:%d/%m/%Y}"
    again = {
        **SURVEY,
        "surveyed_on": day,
        "reviewer_name": "Đỗ Thị Hoa",
        "outcome": "Đúng là nghèo",
    }

    found = desk.send("hoa", desk.case_url("reexamine", certified), again)
    signed = desk.send(
        "binh", desk.case_url("amend_decision", certified), {**facts, "number": "96/QĐ-UBND"}
    )

    assert (found.status_code, signed.status_code) == (302, 302)
    certified.refresh_from_db()
    assert certified.state == "recognised"
    assert not CertificateRow.objects.filter(case=certified, cancelled_by=None).exists()


def test_a_correction_changes_no_result(desk: Desk, road: Road, certified: Case) -> None:
    facts = {"number": "97/QĐ-UBND", "reason": "Sai năm sinh chủ hộ"}
    propose_correction(case=certified, reason="Sai", by=road.cast["minh"], at=road.at)

    done = desk.send("binh", desk.case_url("correct_decision", certified), facts)

    assert done.status_code == 302
    certified.refresh_from_db()
    assert certified.state == "certified"
    assert CertificateRow.objects.filter(case=certified, cancelled_by=None).exists()


# --- Another edition ---


def test_a_round_is_carried_over_after_its_dry_run(desk: Desk, road: Road) -> None:
    road.open().list()
    url = desk.round_url("carry_over")
    answers = {"to": "qd24-2021-2cap", "paper": "12/UBND"}
    client = desk.client("binh")

    looked = client.post(url, {"key": "k1", **answers})
    token = dict(looked.context["carried"])["dry_run"]
    done = client.post(url, {"key": "k1", "step": "do", "dry_run": token, **answers})

    assert looked.context["dry"]["states"] == [("listed", 5)]
    assert looked.context["dry"]["misfits"] == ()
    assert done.status_code == 302
    assert Round.objects.get().pack == "qd24-2021-2cap"


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_round_is_not_carried_over_by_a_dry_run_that_nobody_read(
    desk: Desk, road: Road, token: str
) -> None:
    road.open().list()
    answers = {"to": "qd24-2021-2cap", "paper": "12/UBND", "dry_run": token}

    page = desk.send("binh", desk.round_url("carry_over"), answers)

    assert (page.status_code, codes(page)) == (409, {"dry_run_current"})
    assert Round.objects.get().pack == "qd24-2021-3cap"


def test_a_dry_run_is_stale_when_a_household_has_moved(desk: Desk, road: Road) -> None:
    road.open().list()
    url, client = desk.round_url("carry_over"), desk.client("binh")
    answers = {"to": "qd24-2021-2cap", "paper": "12/UBND"}
    looked = client.post(url, {"key": "k1", **answers})
    road.survey()

    late = {"key": "k1", "step": "do", **answers, **dict(looked.context["carried"])}
    page = client.post(url, late)

    assert codes(page) == {"dry_run_current"}


# --- Another keeper ---


@pytest.fixture
def merged(road: Road, hoa_binh: Unit) -> Unit:
    """Let Tân Lập become a part of Hòa Bình while its round is open."""
    road.open().list()
    day = date(2024, 10, 3)
    UnitVersion.objects.filter(unit=road.commune).update(valid_until=day)
    UnitSuccession.objects.create(
        predecessor=road.commune, successor=hoa_binh, on_date=day, source_document="1314/NQ-UBTVQH"
    )
    road.pass_days(3)
    return hoa_binh


def test_the_new_communes_chair_finds_the_round_and_takes_it_over(
    desk: Desk, road: Road, merged: Unit
) -> None:
    key = road.round.key
    url = reverse("take-over", kwargs={"key": key})
    facts = {"keeper": merged.code, "paper": "1314/NQ-UBTVQH"}

    assert url in desk.open("other_binh", reverse("rounds")).content.decode()
    looked = desk.send("other_binh", url, facts, step="")
    assert looked.status_code == 200
    assert Round.objects.get().keeper == road.commune
    done = desk.send("other_binh", url, facts)

    assert done.url == reverse("round", kwargs={"key": key})
    assert desk.open("other_binh", done.url).status_code == 200
    assert desk.open("binh", done.url).status_code == 404
    assert desk.open("other_binh", url).status_code == 404


def test_nobody_but_a_successors_chair_finds_the_way_to_take_over(
    desk: Desk, road: Road, merged: Unit
) -> None:
    url = reverse("take-over", kwargs={"key": road.round.key})
    for name in ("binh", "minh", "other_minh", "other_hoa", "quyen"):
        assert desk.open(name, url).status_code == 404, name


def test_the_board_says_what_became_of_the_commune(desk: Desk, road: Road, merged: Unit) -> None:
    page = desk.open("binh", reverse("round", kwargs={"key": road.round.key})).context

    (sentence,) = page["changes"]
    assert "Xã Hòa Bình" in sentence


def test_the_board_says_that_the_area_is_the_pinned_one(desk: Desk, road: Road) -> None:
    road.open()
    UnitVersion.objects.filter(unit=road.commune).update(area="URBAN")

    page = desk.open("binh", reverse("round", kwargs={"key": road.round.key})).context

    (sentence,) = page["changes"]
    assert "thành thị" in sentence and "nông thôn" in sentence


def test_a_village_that_became_another_is_handed_over(
    desk: Desk, road: Road, cast: dict[str, User], appoint: Callable[..., User]
) -> None:
    road.open().list()
    old = Unit.objects.get(code="24646.001")
    new = make_unit("24646.003", Level.VILLAGE, "Thôn Mới", "thôn", road.commune)
    day = date(2024, 10, 2)
    UnitVersion.objects.filter(unit=old).update(valid_until=day)
    UnitSuccession.objects.create(
        predecessor=old, successor=new, on_date=day, source_document="22/NQ-HĐND"
    )
    nga = appoint("nga", "Phan Thị Nga", "VILLAGE_HEAD", new)
    road.cast["nga"] = nga
    road.pass_days(3)
    village = reverse("village", kwargs={"key": road.round.key, "village": "24646.001"})
    assert desk.open("nga", village).status_code == 404

    facts = {"keeper": "24646.003", "paper": "22/NQ-HĐND"}
    done = desk.send("hoa", desk.village_url("hand_over_village"), facts)

    assert done.status_code == 302
    assert desk.open("nga", village).status_code == 200


# --- The catalogue ---


def test_every_refusal_links_to_its_explanation(desk: Desk, road: Road) -> None:
    road.open().list()
    page = desk.open("hung", desk.village_url("close_posting")).content.decode()
    assert f"{reverse('refusals')}#nothing_to_do" in page

    catalogue = desk.open("hung", reverse("refusals"))
    assert 'id="nothing_to_do"' in catalogue.content.decode()


def test_the_catalogue_is_searched_without_accents(desk: Desk, road: Road) -> None:
    found = desk.open("lan", f"{reverse('refusals')}?words=niem+yet").context["entries"]
    nothing = desk.open("lan", f"{reverse('refusals')}?words=zzz").context["entries"]

    assert "posting_over" in [entry.code for entry in found]
    assert "basis_known" not in [entry.code for entry in found]
    assert nothing == []


def test_the_catalogue_names_each_refusal_with_article_and_remedy(desk: Desk, road: Road) -> None:
    entries = desk.open("lan", reverse("refusals")).context["entries"]

    assert all(entry.sentence and entry.article and entry.remedy for entry in entries)
    assert len({entry.code for entry in entries}) > 60
