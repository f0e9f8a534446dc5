"""An auditor asks, the commune answers, an auditor concludes; nothing of it goes away."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from cases.duties import Role
from cases.models import Finding, Unit, User
from tests.conftest import Road
from workflow.auditing import findings
from workflow.auditing.findings import NotYours, findings_within, waiting_for


@pytest.fixture
def finding(walked: Road) -> Finding:
    """Sơn, who audits the district, asks about household 1."""
    found = findings.find(
        round=walked.round,
        case=walked.round.cases.get(code="24646-00001"),
        text="Biên bản thiếu chữ ký\nđại diện hộ dân",
        source=Finding.Source.HAND,
        by=walked.cast["son"],
        at=walked.at,
    )
    return read(found)


def read(finding: Finding) -> Finding:
    return Finding.objects.with_status().select_related("round", "unit").get(pk=finding.pk)


def test_a_finding_goes_from_question_to_answer_to_conclusion(
    walked: Road, finding: Finding
) -> None:
    said = []
    for say, name in (
        (findings.answer, "minh"),
        (findings.ask_on, "son"),
        (findings.answer, "binh"),
        (findings.close, "son"),
    ):
        say(finding, text="Đã xem", by=walked.cast[name], at=walked.at)
        said.append(read(finding).status)

    assert said == ["ANSWERED", "OPEN", "ANSWERED", "CLOSED"]
    assert [entry.author_name for entry in finding.entries.all()][0] == "Phạm Văn Minh"


@pytest.mark.parametrize("name", ["minh", "hoa", "binh"])
def test_officer_committee_and_chair_speak_for_the_commune(
    walked: Road, finding: Finding, name: str
) -> None:
    assert findings.may_answer(walked.cast[name], finding)
    assert not findings.may_close(walked.cast[name], finding)


@pytest.mark.parametrize("name", ["lan", "hung", "quyen", "son", "other_minh", "other_binh"])
def test_nobody_else_answers_for_the_commune(walked: Road, finding: Finding, name: str) -> None:
    with pytest.raises(NotYours):
        findings.answer(finding, text="Đã xem", by=walked.cast[name], at=walked.at)
    assert not finding.entries.exists()


def test_an_auditor_of_the_commune_does_not_close_what_one_of_the_district_found(
    walked: Road, finding: Finding, appoint: Callable[..., User]
) -> None:
    front = appoint("mattran", "Mặt trận xã", Role.FRONT, walked.commune)
    province = appoint("tinh", "Giám sát tỉnh", Role.INSPECTION, Unit.objects.get(code="67"))

    assert not findings.may_close(front, finding)
    assert not findings.may_answer(front, finding)
    assert findings.may_close(province, finding)


@pytest.mark.parametrize(
    ("name", "role"), [("binh", Role.INSPECTION), ("minh", Role.FRONT), ("hung", Role.AUDITOR)]
)
def test_who_works_in_the_commune_concludes_nothing_of_it_whatever_else_they_hold(
    walked: Road, finding: Finding, appoint: Callable[..., User], name: str, role: Role
) -> None:
    inspector = appoint("thanhtra", "Thanh tra xã", Role.INSPECTION, walked.commune)
    both = appoint(walked.cast[name].username, "", role, walked.commune)
    facts = {"round": walked.round, "text": "Ký sai", "source": "HAND", "at": walked.at}
    found = read(findings.find(**facts, by=inspector))  # type: ignore[arg-type]
    own = read(findings.find(**facts, by=both))  # type: ignore[arg-type]

    assert findings.may_close(inspector, found)
    assert not findings.may_close(both, found)
    assert not findings.may_close(both, own)
    with pytest.raises(NotYours):
        findings.close(own, text="Không có gì sai", by=both, at=walked.at)
    findings.answer(own, text="Đã xem", by=walked.cast["hoa"], at=walked.at)
    waits = waiting_for(both)[1]
    assert waits is not None and not waits.exists()


def test_an_officer_finds_nothing_and_an_auditor_of_another_province_neither(
    walked: Road, quang: User
) -> None:
    for somebody in (walked.cast["minh"], walked.cast["binh"], quang):
        with pytest.raises(NotYours):
            findings.find(round=walked.round, text="?", source="HAND", by=somebody, at=walked.at)


def test_findings_are_read_by_their_commune_and_its_auditors(
    walked: Road, finding: Finding, quang: User, appoint: Callable[..., User]
) -> None:
    front = appoint("mattran", "Mặt trận xã", Role.FRONT, walked.commune)
    readers = {**walked.cast, "quang": quang, "front": front}

    assert {name for name, user in readers.items() if findings_within(user).exists()} == {
        "minh", "hoa", "binh", "quyen", "son", "front",
    }  # fmt: skip


def test_the_commune_is_asked_and_then_the_auditor(walked: Road, finding: Finding) -> None:
    def waiting(name: str) -> tuple[int, int]:
        to_answer, to_close = waiting_for(walked.cast[name])
        return tuple(0 if rows is None else rows.count() for rows in (to_answer, to_close))  # type: ignore[return-value]

    assert (waiting("minh"), waiting("son"), waiting("lan")) == ((1, 0), (0, 0), (0, 0))
    findings.answer(finding, text="Đã bổ sung", by=walked.cast["minh"], at=walked.at)
    assert (waiting("minh"), waiting("son"), waiting("other_minh")) == ((0, 0), (0, 1), (0, 0))


def test_what_was_concluded_is_not_answered_any_more_but_may_be_asked_again(
    walked: Road, finding: Finding
) -> None:
    findings.close(finding, text="Đúng", by=walked.cast["son"], at=walked.at)

    with pytest.raises(NotYours) as refused:
        findings.answer(finding, text="Thêm", by=walked.cast["minh"], at=walked.at)
    assert refused.value.code == "concluded"
    findings.ask_on(finding, text="Hỏi lại", by=walked.cast["son"], at=walked.at)
    assert read(finding).status == "OPEN"


def test_findings_and_answers_are_never_deleted_nor_reworded(
    walked: Road, finding: Finding
) -> None:
    entry = findings.answer(finding, text="Đã xem", by=walked.cast["minh"], at=walked.at)
    for row in (entry, finding):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(author_name="Người khác")
