"""Editions of the procedure: loaded by one officer, approved by another, then never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from cases import pack_editions
from cases.duties import Role
from cases.models import Case, PackEdition, Unit, User
from cases.models.approvals import Settled
from cases.pack_editions import Denial, Denied, load_edition, reject
from cases.rules.packs import PACKS, Pack, Review, pack_in_force
from cases.rules.packs.files import PackFileError
from cases.rules.packs.reasons import Reason
from cases.rules.packs.writing import write_pack
from tests.conftest import Road, moment
from tests.packs.files import CODE, OF, edition_file, next_edition, with_new_step
from workflow.machine import triggers
from workflow.pack_editions import approve

AT = moment("2026-11-02")
DAY = date(2026, 11, 2)


def load(by: User, at: datetime = AT, text: str = "", paper: str = "1/QĐ-TTg") -> PackEdition:
    return load_edition(text=text or edition_file(), name="moi.toml", by=by, at=at, paper=paper)


def approved(xuan: User, thanh: User, text: str = "") -> PackEdition:
    return approve(code=load(xuan, text=text).code, by=thanh, at=AT)


def denied(why: Denial, deed: Callable[..., Any], **facts: Any) -> None:
    with pytest.raises(Denied) as caught:
        deed(**facts)
    assert caught.value.code == why


def refused(deed: Callable[..., Any], *args: Any, **facts: Any) -> set[tuple[str, Reason]]:
    with pytest.raises(PackFileError) as caught:
        deed(*args, **facts)
    return {(problem.key, problem.reason) for problem in caught.value.problems}


def test_a_loaded_edition_is_followed_by_nobody(xuan: User) -> None:
    load(xuan)

    assert pack_in_force(DAY) == OF
    assert CODE not in [pack.code for pack in PACKS.editions()]
    with pytest.raises(KeyError):
        PACKS[CODE]


def test_an_approved_edition_is_in_force_from_its_day(xuan: User, thanh: User) -> None:
    approved(xuan, thanh)

    assert pack_in_force(DAY) == PACKS[CODE] == next_edition()
    assert pack_in_force(OF.in_force_from) == PACKS[CODE], "it covers the same days"
    assert pack_in_force(DAY, Review.AD_HOC).code == "qd24-2021-2cap-tx"


def test_the_loader_does_not_approve(xuan: User) -> None:
    load(xuan)

    denied(Denial.SAME_OFFICER, approve, code=CODE, by=xuan, at=AT)

    assert PACKS.editions()[-1].code != CODE


def test_the_database_holds_the_second_officer_too(xuan: User) -> None:
    row = load(xuan)

    with pytest.raises(IntegrityError), transaction.atomic():
        PackEdition.objects.filter(pk=row.pk).update(approved_by=xuan, approved_at=AT)


def test_only_the_nations_officers_load_approve_or_reject(
    xuan: User, appoint: Callable[..., User], district: Unit
) -> None:
    lien = appoint("lien", "Vũ Thị Liên", Role.DEPARTMENT, Unit.objects.get(code="67"))
    denied(Denial.NO_DUTY, load, by=lien)
    load(xuan)
    denied(Denial.NO_DUTY, approve, code=CODE, by=lien, at=AT)
    denied(Denial.NO_DUTY, reject, code=CODE, by=lien, at=AT, reason="nhầm")


def test_an_edition_needs_its_paper(xuan: User) -> None:
    denied(Denial.NO_PAPER, load, by=xuan, paper="  ")


def test_a_rejected_edition_is_kept_with_its_reason_and_is_never_approved(
    xuan: User, thanh: User
) -> None:
    load(xuan)
    reject(code=CODE, by=thanh, at=AT, reason="Sai ngày hiệu lực")

    denied(Denial.SETTLED, approve, code=CODE, by=thanh, at=AT)
    assert PackEdition.objects.get(code=CODE).rejection == "Sai ngày hiệu lực"
    with pytest.raises(KeyError):
        PACKS[CODE]


def test_a_rejection_says_why(xuan: User, thanh: User) -> None:
    load(xuan)

    denied(Denial.NO_REASON, reject, code=CODE, by=thanh, at=AT, reason=" ")


def test_an_edition_is_approved_once(xuan: User, thanh: User) -> None:
    approved(xuan, thanh)

    denied(Denial.SETTLED, approve, code=CODE, by=thanh, at=AT)
    denied(Denial.SETTLED, reject, code=CODE, by=thanh, at=AT, reason="muộn")


def test_approving_what_is_not_there_says_so(thanh: User) -> None:
    with pytest.raises(PackEdition.DoesNotExist):
        approve(code="khong-co", by=thanh, at=AT)


@pytest.mark.parametrize("pack", [OF, next_edition()], ids=lambda pack: pack.code)
def test_a_code_is_loaded_once(xuan: User, pack: Pack) -> None:
    load(xuan)

    assert refused(load, xuan, text=write_pack(pack)) == {("code", Reason.LOADED_TWICE)}
    assert PackEdition.objects.count() == 1


def test_an_edition_that_overlaps_an_approved_one_is_not_loaded(xuan: User, thanh: User) -> None:
    approved(xuan, thanh)

    assert refused(load, xuan, text=edition_file(code="e3")) == {("in_force_from", Reason.OVERLAP)}


def test_of_two_drafts_that_overlap_only_one_is_approved(xuan: User, thanh: User) -> None:
    load(xuan)
    load(xuan, text=edition_file(code="e3"))
    approve(code=CODE, by=thanh, at=AT)

    assert refused(approve, code="e3", by=thanh, at=AT) == {("in_force_from", Reason.OVERLAP)}
    assert PackEdition.objects.get(code="e3").approved_by is None


def test_an_edition_may_follow_a_loaded_one(xuan: User, thanh: User) -> None:
    approved(xuan, thanh)
    third = replace(next_edition(PACKS[CODE], "e3"), in_force_from=date(2026, 12, 1))
    approved(xuan, thanh, write_pack(third))

    assert pack_in_force(date(2026, 11, 30)).code == CODE
    assert pack_in_force(date(2026, 12, 1)).code == "e3"


@pytest.mark.parametrize("settle", ["approve", "reject"])
def test_a_settled_edition_cannot_be_changed(xuan: User, thanh: User, settle: str) -> None:
    row = load(xuan)
    if settle == "approve":
        approve(code=CODE, by=thanh, at=AT)
    else:
        reject(code=CODE, by=thanh, at=AT, reason="nhầm")
    row.content = edition_file(title="Khác")

    with pytest.raises(Settled):
        row.save()
    with pytest.raises(Settled):
        row.save(update_fields=["approved_at"])
    with pytest.raises(Settled):
        row.delete()
    assert PackEdition.objects.get(code=CODE).content == edition_file()


def test_a_drafts_content_cannot_be_changed_either(xuan: User) -> None:
    row = load(xuan)
    row.content = edition_file(title="Khác")

    with pytest.raises(Settled):
        row.save()
    with pytest.raises(Settled):
        row.save(update_fields=["content"])


def test_content_changed_behind_the_model_is_not_followed(xuan: User, thanh: User) -> None:
    with transaction.atomic():
        approved(xuan, thanh)
    text = edition_file(title="Khác")
    PackEdition.objects.filter(code=CODE).update(content=text)

    with pytest.raises(Denied) as caught:
        PACKS[CODE]
    assert caught.value.code == Denial.SPOILED


def test_an_approval_that_is_rolled_back_is_not_remembered(xuan: User, thanh: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        approved(xuan, thanh)
        assert PACKS[CODE] == next_edition()
        1 / 0  # noqa: B018

    with pytest.raises(KeyError):
        PACKS[CODE]


@pytest.mark.django_db(transaction=True)
def test_a_committed_edition_is_asked_for_once(xuan: User, thanh: User) -> None:
    approved(xuan, thanh)
    PACKS[CODE]

    with CaptureQueriesContext(connection) as asked:
        assert PACKS[CODE] == next_edition()
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_an_approval_of_another_process_is_seen_at_once(xuan: User, thanh: User) -> None:
    load(xuan)
    with pytest.raises(KeyError):
        PACKS[CODE]

    # What another process writes: this one has heard nothing of it.
    PackEdition.objects.filter(code=CODE).update(approved_by=thanh, approved_at=AT)

    assert PACKS[CODE] == next_edition() == pack_in_force(DAY)


def test_emptied_tables_are_forgotten(xuan: User) -> None:
    pack_editions._followed[CODE] = next_edition()

    pack_editions.forget()

    with pytest.raises(KeyError):
        PACKS[CODE]


def test_a_new_step_is_refused_until_its_edition_is_approved(
    xuan: User, thanh: User, road: Road
) -> None:
    case = road.open().list().cases()[0]
    load(xuan, text=edition_file(acts=with_new_step(OF)))
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="requested")

    approve(code=CODE, by=thanh, at=AT)

    assert Case.objects.filter(pk=case.pk).update(state="requested") == 1


def test_an_edition_without_new_steps_leaves_the_triggers_alone(
    xuan: User, thanh: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(triggers, "declare", installed.append)

    approved(xuan, thanh)

    assert installed == []


def test_reading_the_shelf_at_start_up_asks_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        pack_editions.wire()
        assert len(list(PACKS.values())) >= 8
    assert len(asked) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_overlapping_drafts_approved_at_one_moment_one_is_followed(
    xuan: User, thanh: User
) -> None:
    def approve_one(code: str) -> bool:
        together.wait(timeout=10)
        try:
            approve(code=code, by=thanh, at=AT)
        except PackFileError:
            return False
        finally:
            connections.close_all()
        return True

    of = OF
    for number in range(3):
        codes = [f"ban-{number}-{each}" for each in "ab"]
        for code in codes:
            load(xuan, text=edition_file(of, code))
        together = Barrier(2)
        with ThreadPoolExecutor(2) as officers:
            answers = list(officers.map(approve_one, codes))

        assert sorted(answers) == [False, True]
        of = pack_in_force(DAY)
        assert of.code in codes
