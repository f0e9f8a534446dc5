"""A database that is not what was given out is read-only, and says so until somebody answers for it."""

import base64
import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import (
    Acceptance,
    Act,
    ActChain,
    Anchor,
    CorrectionProposal,
    RecordedRefusal,
    Unit,
)
from tests.conftest import Road
from tests.pages.test_act_pages import Desk, codes
from workflow import clock
from workflow.acts.listing import receive_request
from workflow.acts.reconsidering import propose_correction, withdraw_proposal
from workflow.ledger import anchors, receipts, watch
from workflow.ledger.accepting import NothingToAccept, accept
from workflow.ledger.minute import give_out
from workflow.machine import insert_only
from workflow.machine.refusals import Refused


@pytest.fixture
def anchored(road: Road) -> Road:
    """Return a round whose list is built and given out; the process has just looked."""
    road.open().list()
    anchors.sweep(road.at, all_heads=True)
    watch.look()
    return road


def cut_tail(road: Road) -> None:
    """Set the database back by one act, as a restored backup would."""
    insert_only.remove("default")
    last = Act.objects.latest("sequence")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_event SET act_id = %s WHERE act_id = %s", [last.pk - 1, last.pk]
        )
        cursor.execute("DELETE FROM cases_anchor WHERE sequence = %s", [last.sequence])
        cursor.execute("DELETE FROM cases_act WHERE id = %s", [last.pk])
    before = Act.objects.latest("sequence")
    ActChain.objects.update(length=before.sequence, head=before.link)
    insert_only.install("default")


def rewrite(road: Road) -> None:
    """Give the last act another tree, as somebody who computed the chain again would."""
    insert_only.remove("default")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_act SET tree = %s WHERE sequence = 2", [bytes(32)])
    insert_only.install("default")


def refused(road: Road) -> set[str]:
    """Return the codes with which an act is refused now; empty: it is done."""
    try:
        road.survey()
    except Refused as error:
        return error.codes
    return set()


def test_what_was_given_out_and_is_there_may_be_written_on(anchored: Road) -> None:
    assert watch.look().behind == {}
    assert refused(anchored) == set()


@pytest.mark.parametrize(("harm", "code"), [(cut_tail, "missing"), (rewrite, "differs")])
def test_a_database_that_was_set_back_or_rewritten_is_read_only(
    anchored: Road, harm: Callable[[Road], None], code: str
) -> None:
    harm(anchored)

    seen = watch.look().behind["24646"]

    assert (seen.code, seen.expected) == (code, 2)
    assert refused(anchored) == {"ledger_behind"}
    assert (watch.behind(anchored.round.commune_id) or "").startswith("ledger_behind")


def test_without_a_look_the_harm_would_go_unseen(anchored: Road) -> None:
    rewrite(anchored)

    assert refused(anchored) == set()


def test_a_process_looks_before_its_first_act(anchored: Road) -> None:
    rewrite(anchored)
    watch.forget()

    assert refused(anchored) == {"ledger_behind"}


def test_a_receipt_alone_shows_that_the_database_was_set_back(road: Road) -> None:
    road.open().list()
    book = receipts.book_of("24646")
    with book.locked():
        book.append([{"number": 1, "sequence": 9, "digest": "AAAA-BBBB-CCCC-DDDD"}], road.at)

    assert watch.look().behind["24646"].expected == 9


def test_an_emptied_database_is_behind_too(anchored: Road, tan_lap: Unit) -> None:
    insert_only.remove("default")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_actchain SET length = 0")
    Act.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    insert_only.install("default")

    seen = watch.look()

    assert (seen.behind["24646"].found, seen.ids) == (0, {tan_lap.pk: "24646"})


def test_another_commune_goes_on(anchored: Road, hoa_binh: Unit) -> None:
    rewrite(anchored)
    watch.look()

    assert watch.behind(hoa_binh.pk) is None


def test_an_anchor_file_of_another_unit_stops_the_writing(anchored: Road) -> None:
    foreign_line(anchored)

    assert watch.look().behind["24646"].code == "unreadable"
    assert refused(anchored) == {"ledger_behind"}


def lose_folder(road: Road) -> None:
    """Take what was given out away, as a share that is not mounted any more."""
    Path(settings.ANCHORS_DIR).rename(f"{settings.ANCHORS_DIR}.away")


def lose_last_line(road: Road) -> None:
    """Put an older copy in the place of the commune's file."""
    file = anchors.book_of("24646").files()[-1]
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))


def lose_receipts(road: Road) -> None:
    shutil.rmtree(receipts.book_of("24646").folder)


@pytest.fixture
def received(anchored: Road, make_households: Any) -> Road:
    """Return the round after somebody filed a request and took the receipt along; given out."""
    (late,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    receive_request(round=anchored.round, household=late, form_number="17", **anchored.who("minh"))
    anchors.sweep(anchored.at)
    assert watch.look().behind == {}
    return anchored


@pytest.mark.parametrize("harm", [lose_folder, lose_last_line, lose_receipts])
def test_a_commune_whose_given_out_heads_are_lost_is_read_only(
    received: Road, harm: Callable[[Road], None]
) -> None:
    rewrite(received)
    harm(received)
    watch.forget()

    assert refused(received) == {"anchors_lost"}
    assert watch.look().behind["24646"].code == "lost"


@pytest.mark.parametrize("harm", [lose_folder, lose_last_line, lose_receipts])
def test_what_was_lost_is_not_written_anew_out_of_the_database(
    received: Road, harm: Callable[[Road], None]
) -> None:
    harm(received)
    before = sorted(Path(settings.ANCHORS_DIR).rglob("*"))

    swept = anchors.sweep(received.at, all_heads=True)
    received.at += anchors.QUARTER
    listed = give_out(received.at).failed

    assert sorted(Path(settings.ANCHORS_DIR).rglob("*")) == before
    assert (swept.lines, watch.look().behind["24646"].code) == (0, "lost")
    assert listed == {}


def test_an_act_that_came_before_the_loss_was_seen_is_not_given_out_over_it(
    received: Road,
) -> None:
    received.survey()
    lose_folder(received)

    swept = anchors.sweep(received.at, all_heads=True)

    assert list(swept.failed) == ["24646"]
    assert not Path(settings.ANCHORS_DIR).exists()


def test_writing_goes_on_when_the_folder_is_brought_back(received: Road) -> None:
    lose_folder(received)
    watch.look()
    assert refused(received) == {"anchors_lost"}

    Path(f"{settings.ANCHORS_DIR}.away").rename(settings.ANCHORS_DIR)

    assert refused(received) == set()


@pytest.mark.parametrize("harm", [lose_folder, lose_last_line, lose_receipts])
def test_writing_goes_on_after_an_operator_answered_for_the_loss(
    received: Road, tan_lap: Unit, harm: Callable[[Road], None]
) -> None:
    harm(received)

    accepted = accept(tan_lap, paper="12/BB", by_name="van.hanh", at=received.at)
    assert refused(received) == set()
    assert anchors.sweep(received.at, all_heads=True).failed == {}

    last = receipts.book_of("24646").last()
    assert (accepted.expected_sequence, bytes(accepted.expected_tree)) == (3, tree_at(3))
    assert (watch.look().behind, last and last["number"]) == ({}, 1)
    assert [line["sequence"] for line in anchors.book_of("24646").lines()][-2:] == [3, 4]


def test_heads_left_behind_by_an_acceptance_are_not_looked_for(
    anchored: Road, tan_lap: Unit
) -> None:
    insert_only.remove("default")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_actchain SET length = 0")
    Act.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    insert_only.install("default")

    accept(tan_lap, paper="12/BB", by_name="van.hanh", at=anchored.at)

    assert watch.look().behind == {}


def test_a_new_installation_has_lost_nothing(road: Road) -> None:
    road.open().list()

    assert watch.look().behind == {}
    assert refused(road) == set()


def test_the_loss_is_explained_with_what_to_do(
    received: Road, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: received.at)
    lose_folder(received)
    watch.look()
    client.force_login(received.cast["minh"])

    page = client.get(reverse("rounds")).content.decode()

    assert 'data-code="anchors_lost"' in page
    assert 'id="anchors_lost"' in client.get(reverse("refusals")).content.decode()


def foreign_line(road: Road) -> None:
    line = {"format": anchors.FORMAT, "commune": "24652", "sequence": 1}
    with anchors.book_of("24646").files()[-1].open("a") as stream:
        stream.write(json.dumps(line) + "\n")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (cut_tail, "ledger_behind"),
        (rewrite, "ledger_behind"),
        (foreign_line, "ledger_behind"),
        (lose_folder, "anchors_lost"),
    ],
)
def test_that_a_commune_fell_behind_is_recorded_once_by_all_processes(
    anchored: Road, tan_lap: Unit, harm: Callable[[Road], None], code: str
) -> None:
    harm(anchored)

    watch.look()
    watch.look()
    watch.forget()
    watch.look()

    recorded = RecordedRefusal.objects.get()
    assert (recorded.code, recorded.door, recorded.unit) == (code, "ledger-watch", tan_lap)


def test_it_is_recorded_again_when_it_comes_again(anchored: Road) -> None:
    for _time in range(2):
        lose_folder(anchored)
        watch.look()
        Path(f"{settings.ANCHORS_DIR}.away").rename(settings.ANCHORS_DIR)
        watch.look()

    assert RecordedRefusal.objects.filter(code="anchors_lost").count() == 2


@pytest.fixture
def certified(anchored: Road) -> Road:
    """Return the round with its decision, given out and lost since; the process has seen it."""
    anchored.survey().classify().meet().post().pass_days(7).close()
    anchored.report().consent().decide().certify()
    lose_folder(anchored)
    watch.look()
    return anchored


def test_no_correction_is_proposed_or_withdrawn_while_nothing_may_be_written(
    certified: Road,
) -> None:
    case, by = certified.cases()[0], certified.cast["minh"]
    watch.forget(watch.Seen(looked=float("inf")))
    proposal = propose_correction(case=case, reason="Sai tên", by=by, at=certified.at)
    watch.look()

    with pytest.raises(Refused, match="anchors_lost"):
        propose_correction(case=certified.cases()[1], reason="Sai", by=by, at=certified.at)
    with pytest.raises(Refused, match="anchors_lost"):
        withdraw_proposal(proposal=proposal, at=certified.at)

    assert list(CorrectionProposal.objects.open()) == [proposal]


def test_a_page_says_and_records_that_no_correction_is_proposed(
    certified: Road, tan_lap: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(certified, monkeypatch)
    case = certified.cases()[0]
    url = reverse("propose-correction", kwargs={"key": case.round.key, "code": case.code})

    page = desk.client("minh").post(url, {"reason": "Sai tên đệm"})

    assert (page.status_code, codes(page)) == (409, {"anchors_lost"})
    assert "Sai tên đệm" in page.content.decode()
    recorded = RecordedRefusal.objects.get(door="propose-correction")
    assert (recorded.code, recorded.unit) == ("anchors_lost", tan_lap)
    assert not CorrectionProposal.objects.exists()


def tree_at(sequence: int) -> bytes:
    return bytes(Act.objects.get(sequence=sequence).tree)


def test_a_look_costs_the_act_no_query(anchored: Road, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert watch.behind(anchored.round.commune_id) is None


def test_the_door_looks_again_after_a_minute_and_not_before(
    anchored: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(anchored)
    assert watch.look_if_due().behind == {}

    monkeypatch.setattr(watch, "EVERY", -1.0)

    assert list(watch.look_if_due().behind) == ["24646"]


def test_every_page_says_what_is_expected_and_what_is_there(
    anchored: Road, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: anchored.at)
    cut_tail(anchored)
    expected = watch.look().behind["24646"]
    client.force_login(anchored.cast["minh"])

    page = client.get(reverse("rounds")).content.decode()

    assert 'data-code="ledger_behind"' in page
    for words in ("24646", expected.expected_digest, expected.found_digest):
        assert words in page


def test_people_of_another_commune_are_told_nothing(anchored: Road, client: Client) -> None:
    cut_tail(anchored)
    watch.look()
    client.force_login(anchored.cast["other_minh"])

    assert "ledger_behind" not in client.get(reverse("rounds")).content.decode()


def test_an_act_on_a_page_is_refused_and_the_refusal_is_explained(
    anchored: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(anchored.survey(), monkeypatch)
    rewrite(anchored)
    watch.look()

    page = desk.send("hoa", desk.village_url("classify"), {})

    assert (page.status_code, "ledger_behind" in codes(page)) == (409, True)
    explained = desk.open("hoa", reverse("refusals")).content.decode()
    assert 'id="ledger_behind"' in explained


@pytest.mark.parametrize("harm", [cut_tail, rewrite])
def test_writing_goes_on_after_an_operator_answered_for_it(
    anchored: Road, tan_lap: Unit, harm: Callable[[Road], None]
) -> None:
    harm(anchored)
    watch.look()

    accepted = accept(tan_lap, paper="12/BB", by_name="van.hanh", at=anchored.at)

    assert (accepted.expected_sequence, accepted.paper) == (2, "12/BB")
    assert watch.behind(tan_lap.pk) is None
    last = anchors.book_of("24646").last()
    assert last is not None
    assert (last["why"], last["paper"], last["instead_of"]) == ("ACCEPTED", "12/BB", 2)
    assert base64.b64decode(last["tree"]) == bytes(accepted.tree)


def test_another_process_writes_again_as_soon_as_it_was_accepted(
    anchored: Road, tan_lap: Unit
) -> None:
    rewrite(anchored)
    watch.look()
    mine = watch.seen_last()
    marks = dict(watch._marks)
    accept(tan_lap, paper="12/BB", by_name="van.hanh", at=anchored.at)
    # What another process still remembers from before.
    watch.forget(mine)
    watch._marks.update(marks)

    assert refused(anchored) == set()


def test_the_next_head_follows_the_accepted_one(anchored: Road, tan_lap: Unit) -> None:
    cut_tail(anchored)
    accept(tan_lap, paper="12/BB", by_name="van.hanh", at=anchored.at)
    anchored.survey()

    assert anchors.sweep(anchored.at, all_heads=True).failed == {}
    assert [line["sequence"] for line in anchors.book_of("24646").lines()] == [2, 1, 2]
    assert Anchor.objects.latest("pk").sequence == 2


def test_nothing_is_accepted_where_nothing_is_wrong(anchored: Road, tan_lap: Unit) -> None:
    with pytest.raises(NothingToAccept):
        accept(tan_lap, paper="12/BB", by_name="van.hanh", at=anchored.at)

    assert not Acceptance.objects.exists()


def test_the_command_wants_a_paper_and_lists_what_is_behind(anchored: Road) -> None:
    call_command("accept_ledger", stdout=StringIO())
    rewrite(anchored)
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("accept_ledger", "--format", "json", stdout=out)
    with pytest.raises(CommandError):
        call_command("accept_ledger", "--commune", "24646")
    with pytest.raises(CommandError):
        call_command("accept_ledger", "--commune", "99999", "--paper", "12/BB")
    call_command("accept_ledger", "--commune", "24646", "--paper", "12/BB", stdout=StringIO())

    assert (ended.value.code, json.loads(out.getvalue())[0]["commune"]) == (1, "24646")
    assert Acceptance.objects.get().paper == "12/BB"


def test_a_disk_that_is_nearly_full_is_left_alone(
    anchored: Road, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "free_share", lambda folder: 9.0)
    watch.look()
    client.force_login(anchored.cast["minh"])

    assert refused(anchored) == {"disk_nearly_full"}
    assert 'data-code="disk_nearly_full"' in client.get(reverse("rounds")).content.decode()

    monkeypatch.setattr(watch, "free_share", lambda folder: 11.0)
    watch.look()
    assert refused(anchored) == set()


def test_auditors_are_told_when_heads_wait(road: Road, client: Client) -> None:
    road.open().list().survey().classify().meet()
    assert watch.look().waiting == 1
    client.force_login(road.cast["son"])
    waiting = client.get(reverse("rounds")).context["ledger_silent"]
    anchors.sweep(road.at)

    assert waiting == {"folder": "", "waiting": 1}
    assert watch.look().waiting == 0
