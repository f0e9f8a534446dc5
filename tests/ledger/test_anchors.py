"""Heads are given out after their acts, once, to files that only grow."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.ledger.entries import short_digest
from cases.models import Act, Anchor
from tests.conftest import Road
from tests.taken_back import taken_back
from workflow import clock
from workflow.acts import listing
from workflow.ledger import anchors, lines
from workflow.ledger.lines import ForeignLine

Committing = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Committing:
    """Do what waits for a commit, at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def posted(road: Road, committing: Committing) -> Road:
    """Return a round with a posted list; each act committed as it would be."""
    with committing():
        road.open().list().survey().classify().meet().post()
    return road


def given_out(commune: str = "24646") -> list[dict[str, Any]]:
    return list(anchors.book_of(commune).lines())


def files(commune: str = "24646") -> list[Path]:
    return anchors.book_of(commune).files()


def test_milestones_are_given_out_once_committed(posted: Road) -> None:
    milestones = Act.objects.filter(code__in=["hold_meeting", "post_list"]).order_by("sequence")

    assert [(line["sequence"], line["why"]) for line in given_out()] == [
        (act.sequence, {"hold_meeting": "MEETING", "post_list": "POSTED"}[act.code])
        for act in milestones
    ]
    for act, line in zip(milestones, given_out(), strict=True):
        assert base64.b64decode(line["tree"]) == bytes(act.tree)
        assert line["digest"] == short_digest(bytes(act.tree))


def test_an_anchor_in_the_table_says_what_the_file_says(posted: Road) -> None:
    rows = Anchor.objects.order_by("sequence").values_list("sequence", "tree", "why")

    assert [(s, base64.b64encode(bytes(t)).decode(), w) for s, t, w in rows] == [
        (line["sequence"], line["tree"], line["why"]) for line in given_out()
    ]


def test_an_act_taken_back_is_not_given_out(road: Road, committing: Committing) -> None:
    road.open().list().survey().classify()

    with committing(), taken_back():
        road.meet()

    assert given_out() == []


def test_a_full_disk_loses_no_act_and_the_sweep_comes_back_for_it(
    road: Road, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.open().list().survey().classify()
    with monkeypatch.context() as patch, committing():
        patch.setattr(lines.os, "fsync", no_room)
        road.meet()
    assert Act.objects.filter(code="hold_meeting").exists()
    assert not Anchor.objects.exists()

    swept = anchors.sweep(road.at)

    assert not swept.failed
    assert "MEETING" in {line["why"] for line in given_out()}
    assert Anchor.objects.filter(why="MEETING").count() == 1


def test_a_process_killed_between_file_and_table_writes_no_line_twice(
    road: Road, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.open().list().survey().classify()
    with monkeypatch.context() as patch, committing():
        patch.setattr(Anchor.objects, "bulk_create", killed)
        road.meet()
    assert len(given_out()) == 1

    anchors.sweep(road.at)

    assert len(given_out()) == 1
    assert Anchor.objects.get().sequence == given_out()[0]["sequence"]


def test_other_acts_wait_for_a_quarter_of_an_hour(road: Road) -> None:
    road.open().list()

    assert anchors.sweep(road.at).lines == 0
    assert anchors.sweep(road.at + anchors.QUARTER).lines == 1
    assert anchors.sweep(road.at + 2 * anchors.QUARTER).lines == 0
    assert [(line["why"], line["sequence"]) for line in given_out()] == [("QUARTER", 2)]


def test_a_line_cut_off_by_a_crash_is_closed_and_passed_over(posted: Road) -> None:
    whole = given_out()
    with files()[-1].open("a") as stream:
        stream.write('{"format":"rasoat-anch')

    posted.pass_days(7).close()
    anchors.sweep(posted.at)

    assert given_out()[: len(whole)] == whole
    assert given_out()[-1]["why"] == "CLOSED"


def test_a_clock_set_back_keeps_the_newest_line_last(posted: Road) -> None:
    posted.pass_days(40)
    listing_again(posted)
    anchors.sweep(posted.at, all_heads=True)
    posted.pass_days(-39)
    listing_again(posted)
    anchors.sweep(posted.at, all_heads=True)

    last = anchors.book_of("24646").last()

    assert last is not None
    assert last["sequence"] == Act.objects.latest("sequence").sequence


def test_nothing_is_given_out_over_another_history(posted: Road) -> None:
    book = anchors.book_of("24646")
    with book.locked():
        book.append(
            [anchors.line_of(given_out()[-1]["sequence"], bytes(32), posted.at, "X")], posted.at
        )
    posted.pass_days(7).close()

    swept = anchors.sweep(posted.at)

    assert list(swept.failed) == ["24646"]
    assert given_out()[-1]["why"] == "X"


@pytest.mark.parametrize(
    "line",
    [
        {"format": "rasoat-anchor/1", "commune": "24652", "sequence": 1},
        {"format": "rasoat-anchor/9", "commune": "24646", "sequence": 1},
        {"format": "rasoat-anchor/1", "commune": "24646"},
    ],
)
def test_a_line_of_another_unit_or_format_is_refused(posted: Road, line: dict[str, Any]) -> None:
    with files()[-1].open("a") as stream:
        stream.write(json.dumps(line) + "\n")

    with pytest.raises(ForeignLine):
        anchors.book_of("24646").last()


def test_the_command_gives_out_every_head_and_again_changes_nothing(road: Road) -> None:
    road.open()
    said = [told("anchor", "--format", "json") for _time in range(2)]

    assert [each["lines"] for each in said] == [1, 0]


def test_an_act_done_on_a_page_is_given_out(
    posted: Road, client: Client, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: posted.at)
    client.force_login(posted.cast["minh"])
    case = posted.cases()[0]
    url = reverse(
        "case-act", kwargs={"key": posted.round.key, "code": case.code, "act": "complain"}
    )
    form = client.get(url).context["form"]
    answers = {"key": form["key"].value(), "complainant": "Nguyễn A", "content": "Sai điểm"}

    with committing():
        client.post(url, {**answers, "step": "do"})

    assert given_out()[-1]["why"] == "COMPLAINT"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_leave_lines_in_order(road: Road) -> None:
    road.open().list().survey().classify()
    failed: list[BaseException] = []
    threads = [threading.Thread(target=sweep_alone, args=(road, failed)) for _thread in range(4)]
    for thread in threads:
        thread.start()
    road.meet()
    for thread in threads:
        thread.join()
    anchors.sweep(road.at)

    assert failed == []
    sequences = [line["sequence"] for line in given_out()]
    assert sequences == sorted(set(sequences))


def test_a_new_demonstration_puts_the_old_ones_heads_aside(posted: Road) -> None:
    before = files()[0].read_bytes()

    anchors.put_aside()
    anchors.put_aside()

    assert given_out() == []
    aside = Path(f"{settings.ANCHORS_DIR}.1") / "anchors" / "24646" / "2024-10.jsonl"
    assert aside.read_bytes() == before


def sweep_alone(road: Road, failed: list[BaseException]) -> None:
    try:
        for _time in range(5):
            anchors.sweep(road.at, all_heads=True)
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()


def listing_again(road: Road) -> None:
    listing.receive_request(
        round=road.round,
        household=next(iter(new_households(road))),
        form_number="1",
        **road.who("minh"),
    )


def new_households(road: Road) -> Iterator[Any]:
    from cases.models import Household, Unit

    village = Unit.objects.get(code="24646.001")
    number = Household.objects.count() + 1
    household = Household(code=f"24646-{number:05d}", village=village, persons=2)
    household.name_head(f"Nguyễn Văn Số {number}")
    household.save()
    yield household


def no_room(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def killed(*arguments: object, **words: object) -> None:
    raise OSError("killed")


def told(*command: str) -> Any:
    out = StringIO()
    call_command(*command, stdout=out)
    return json.loads(out.getvalue())
