"""One account does not do both halves of what two people are there for."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.duties import Role
from cases.models import Act, ConflictNote, CorrectionProposal, User
from cases.rules.packs import PACKS
from cases.rules.separation import SEPARATIONS, separations_of
from tests.conftest import Road, moment
from workflow.acts.deciding import sign_decision
from workflow.acts.reconsidering import correct_decision, propose_correction, withdraw_proposal
from workflow.machine import house
from workflow.machine.apply import ask
from workflow.machine.refusals import Refused
from workflow.machine.scope import Scope

Appoint = Callable[..., User]


def refused(deed: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as caught:
        deed()
    return caught.value.codes


def test_who_surveyed_does_not_sign_the_decision(road: Road, appoint: Appoint) -> None:
    road.cast["lan"] = appoint("binh", "", Role.REVIEWER, road.commune)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()

    assert refused(road.decide) == {"separate_duties"}


def test_who_entered_a_request_does_not_decide_on_it(
    road: Road, appoint: Appoint, make_households: Callable[..., Any]
) -> None:
    from workflow.acts.listing import receive_request

    appoint("binh", "", Role.COMMUNE_OFFICER, road.commune)
    (asking,) = make_households(road.commune.__class__.objects.get(code="24646.001"), 1, "")
    road.open()
    receive_request(round=road.round, household=asking, form_number="1", **road.who("binh"))
    road.list().survey().classify().meet().post().pass_days(7).close().report().consent()

    assert refused(road.decide) == {"separate_duties"}


def test_who_signed_the_report_does_not_answer_it(road: Road, appoint: Appoint) -> None:
    superior = PACKS["qd24-2021-3cap"].superior_level
    above = road.commune.__class__.objects.get(level=superior)
    road.cast["quyen"] = appoint("binh", "", Role.SUPERIOR_CHAIR, above)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()

    assert refused(road.consent) == {"separate_duties"}


def test_whom_a_form_names_does_not_sign_either_whoever_typed_it_in(
    road: Road, appoint: Appoint
) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.cast["binh"] = appoint("chair2", "NGUYỄN Thị  Làn", Role.COMMUNE_CHAIR, road.commune)

    assert refused(road.decide) == {"reviewers_name"}


def test_a_namesake_signs_and_says_so(road: Road, appoint: Appoint) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.cast["binh"] = appoint("chair2", "Nguyễn Thị Lan", Role.COMMUNE_CHAIR, road.commune)
    note = "Trùng tên với rà soát viên thôn 1"

    sign_decision(round=road.round, number="90/QĐ-UBND", conflict_note=note, **road.who("binh"))

    assert ConflictNote.objects.get(act__code="sign_decision").text == note


def test_others_do_what_was_refused_to_one(road: Road, appoint: Appoint) -> None:
    road.cast["lan"] = appoint("binh", "", Role.REVIEWER, road.commune)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.cast["binh"] = appoint("chair2", "Trần Thị Chi", Role.COMMUNE_CHAIR, road.commune)

    road.decide()

    assert Act.objects.filter(code="sign_decision").count() == 1


def test_a_page_that_asks_is_told_the_same(road: Road, appoint: Appoint) -> None:
    road.cast["lan"] = appoint("binh", "", Role.REVIEWER, road.commune)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()

    against = ask("sign_decision", Scope(road.round), by=road.cast["binh"], at=road.at)

    assert {each.code for each in against} == {"separate_duties"}


def test_without_the_rows_nothing_would_stop_one_account(
    road: Road, appoint: Appoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "separations_of", lambda act, day: [])
    road.cast["lan"] = appoint("binh", "", Role.REVIEWER, road.commune)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()

    road.decide()

    assert Act.objects.filter(code="sign_decision", actor=road.cast["binh"]).exists()


def test_a_row_stands_before_an_act_from_its_first_day_to_its_last() -> None:
    assert separations_of("sign_decision", date(2021, 8, 31)) == []
    assert {row.code for row in separations_of("give_opinion", date(2024, 12, 1))} == {
        "surveyor_approves",
        "enterer_decides",
        "reporter_answers_himself",
    }


def test_every_act_that_a_row_names_is_declared_by_a_pack() -> None:
    declared = {act.code for pack in PACKS.values() for act in pack.acts}

    for row in SEPARATIONS:
        assert row.first <= declared, row.code
        assert row.later <= declared, row.code


@pytest.fixture
def certified(road: Road) -> Road:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    return road.report().consent().decide().certify()


def correct(road: Road) -> Any:
    reasons = {road.cases()[0].code: "Sai tên đệm"}
    return correct_decision(round=road.round, number="97/QĐ", reasons=reasons, **road.who("binh"))


def test_a_correction_nobody_proposed_is_refused(certified: Road) -> None:
    assert refused(lambda: correct(certified)) == {"proposed_by_another"}


def test_a_correction_the_signer_proposed_is_refused(certified: Road) -> None:
    case, chair = certified.cases()[0], certified.cast["binh"]
    propose_correction(case=case, reason="Sai", by=chair, at=certified.at)

    assert refused(lambda: correct(certified)) == {"proposed_by_another"}


def test_a_withdrawn_proposal_is_none(certified: Road) -> None:
    case, minh = certified.cases()[0], certified.cast["minh"]
    proposal = propose_correction(case=case, reason="Sai", by=minh, at=certified.at)
    withdraw_proposal(proposal=proposal, at=moment("2024-12-20"))

    assert refused(lambda: correct(certified)) == {"proposed_by_another"}


def test_a_correction_uses_its_proposal_up(certified: Road) -> None:
    case, minh = certified.cases()[0], certified.cast["minh"]
    propose_correction(case=case, reason="Sai", by=minh, at=certified.at)

    done = correct(certified)

    assert CorrectionProposal.objects.get().used_by_id == done.act.pk
    assert refused(lambda: correct(certified)) == {"proposed_by_another"}
