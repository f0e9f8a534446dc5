"""What was said of a household can be removed on a paper, and every chain can still be computed."""

import base64
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases.ledger import entries
from cases.ledger.merkle import leaf_hash, root_of
from cases.models import (
    Act,
    Case,
    Complaint,
    Erasure,
    Event,
    Household,
    RecordedRefusal,
    Unit,
)
from tests.conftest import Road
from tests.flows.test_charts import repost, reverify
from workflow.acts.departing import withdraw
from workflow.acts.listing import receive_request
from workflow.acts.posting import close_reposting, complain
from workflow.invariants import audit
from workflow.ledger import anchors, watch
from workflow.ledger.erasure import GONE, Altered, StillOpen, erase
from workflow.ledger.proofs import commitment_of

PAPER = "12/QĐ-UBND ngày 02/01/2025"


@pytest.fixture
def ended(road: Road, make_households: Callable[..., list[Household]]) -> Road:
    """Return a finished round; somebody complained of the first household, a sixth one withdrew."""
    road.open().list()
    (late,) = make_households(Unit.objects.get(code="24646.001"), 1, standing="")
    receive_request(
        round=road.round, household=late, form_number="17 của ông Tám", **road.who("minh")
    )
    case = road.round.cases.get(household=late)
    withdraw(case=case, paper="Đơn của ông Tám", **road.who("minh"))
    road.survey().classify().meet().post()
    contested = road.cases()[0]
    complain(
        case=contested,
        complainant="Lê Văn Tám",
        content="Nhà ông ấy có hai xe máy",
        **road.who("minh"),
    )
    return road


@pytest.fixture
def closed(ended: Road) -> Road:
    """Return the round with every case at its end."""
    (contested,) = ended.cases(state="contested")
    reverify(ended, contested)
    repost(ended, contested)
    ended.pass_days(7).close()
    close_reposting(case=contested, **ended.who("hung"))
    return ended.report().consent().decide().certify()


def first(road: Road) -> Household:
    """Return the household that was complained of."""
    return Complaint.objects.get().case.household


def late(road: Road) -> Household:
    """Return the household that asked, and withdrew."""
    return road.cases(state="withdrawn")[0].household


def erase_all(road: Road) -> None:
    for household in Household.objects.all():
        erase(household, paper=PAPER, by_name="lan.vh", at=road.at)


def broken_links() -> list[str]:
    """Compute the whole record again from what is stored; return what does not fit."""
    bad, links, previous = [], [], entries.NOTHING_BEFORE
    for act in Act.objects.order_by("sequence"):
        told = entries.told_root(bytes(act.salt), act.facts, act.private, act.salts)
        entry = json.loads(act.entry)
        events = Event.objects.filter(act=act).order_by("case").select_related("case")
        root = root_of([leaf_hash(entry_of(event, act)) for event in events])
        links.append(leaf_hash(act.entry.encode()))
        fits = (
            entry["told"] == base64.b64encode(told).decode()
            and entry["root"] == base64.b64encode(root).decode()
            and entry["previous"] == base64.b64encode(previous).decode()
            and bytes(act.tree) == root_of(links)
        )
        bad += [] if fits else [f"act {act.sequence}"]
        previous = links[-1]
    return bad


def entry_of(event: Event, act: Act) -> bytes:
    before = Event.objects.filter(case=event.case_id, sequence=event.sequence - 1).first()
    return entries.event_entry(
        bytes(before.link) if before else entries.NOTHING_BEFORE,
        "24646",
        act.sequence,
        event.sequence,
        event.from_state,
        event.to_state,
        commitment_of(event, event.case.salt),
        event.case.code,
    )


def whole_database() -> str:
    """Return every text that the database holds, but for what officers are called."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_nothing_names_the_household_any_more(closed: Road) -> None:
    erase(first(closed), paper=PAPER, by_name="lan.vh", at=closed.at)
    erase(late(closed), paper=PAPER, by_name="lan.vh", at=closed.at)

    left = whole_database()
    for words in ("Nguyễn Văn Số 1'", "Lê Văn Tám", "hai xe máy", "ông Tám", "Giữ nguyên"):
        assert words not in left
    assert "Nguyễn Văn Số 2'" in left


def test_before_an_erasure_the_search_finds_what_is_to_go(closed: Road) -> None:
    left = whole_database()

    for words in ("Nguyễn Văn Số 1'", "Lê Văn Tám", "hai xe máy", "ông Tám", "Giữ nguyên"):
        assert words in left


def test_every_chain_can_still_be_computed(closed: Road) -> None:
    assert broken_links() == []

    erase_all(closed)

    assert broken_links() == []
    assert set(Case.objects.values_list("salt", flat=True)) == {""}
    assert not Event.objects.exclude(snapshot__startswith="#").exists()


def test_a_salt_removed_without_its_leaves_is_seen(closed: Road) -> None:
    act = Act.objects.get(code="complain")

    Act.objects.filter(pk=act.pk).update(private={}, salt=b"")

    assert broken_links() == [f"act {act.sequence}"]


def test_another_households_words_stay_and_stay_provable(closed: Road) -> None:
    erase(first(closed), paper=PAPER, by_name="lan.vh", at=closed.at)

    survey = Act.objects.get(code="survey")
    assert survey.facts["results"][closed.cases()[1].code]
    assert late(closed).head_name != GONE
    assert Act.objects.get(code="withdraw").facts["paper"] == "Đơn của ông Tám"


def test_the_result_and_what_was_done_stay(closed: Road) -> None:
    before = closed.round.cases.values_list("state", "decided_class", "version")
    kept = list(before.order_by("pk"))

    erase_all(closed)

    assert list(before.order_by("pk")) == kept
    assert not list(audit(type(closed.round).objects.all()))


def test_an_erasure_is_recorded_with_its_paper(closed: Road) -> None:
    household = first(closed)

    counts = erase(household, paper=PAPER, by_name="lan.vh", at=closed.at)

    row = Erasure.objects.get()
    assert (row.household_code, row.paper, row.by_name) == (household.code, PAPER, "lan.vh")
    assert row.counts == counts
    assert counts["complaint"] == counts["member"] == 1


def test_erasing_again_finds_nothing_more_in_the_record(closed: Road) -> None:
    household = first(closed)
    erase(household, paper=PAPER, by_name="lan.vh", at=closed.at)

    again = erase(household, paper=PAPER, by_name="lan.vh", at=closed.at)

    assert (again["acts"], again["events"]) == (0, 0)
    assert broken_links() == []


def test_a_dry_run_counts_and_changes_nothing(closed: Road) -> None:
    before = whole_database()

    counts = erase(first(closed), paper=PAPER, by_name="lan.vh", at=closed.at, dry_run=True)

    assert counts["acts"] >= 1
    assert whole_database() == before


def test_a_household_with_a_case_under_way_is_not_erased(ended: Road) -> None:
    with pytest.raises(StillOpen):
        erase(first(ended), paper=PAPER, by_name="lan.vh", at=ended.at)

    assert first(ended).head_name != GONE
    assert erase(late(ended), paper=PAPER, by_name="lan.vh", at=ended.at)["acts"] == 2


def test_over_altered_facts_nothing_is_erased(closed: Road) -> None:
    act = Act.objects.get(code="complain")
    Act.objects.filter(pk=act.pk).update(private={**act.private, "content": "Không có gì"})

    with pytest.raises(Altered):
        erase(first(closed), paper=PAPER, by_name="lan.vh", at=closed.at)

    assert first(closed).head_name != GONE


def test_the_command_refuses_out_loud_and_leaves_a_trace(ended: Road) -> None:
    with pytest.raises(CommandError):
        call_command("erase_person", "--household", first(ended).code, "--paper", PAPER)
    with pytest.raises(CommandError):
        call_command("erase_person", "--household", "24646-99999", "--paper", PAPER)
    with pytest.raises(CommandError):
        call_command("erase_person", "--household", late(ended).code, "--paper", " ")

    assert RecordedRefusal.objects.get().code == "case_still_open"
    assert not Erasure.objects.exists()


def test_nothing_is_erased_while_nothing_may_be_written_of_the_commune(closed: Road) -> None:
    anchors.sweep(closed.at, all_heads=True)
    Path(settings.ANCHORS_DIR).rename(f"{settings.ANCHORS_DIR}.away")
    watch.look()
    asked = ("erase_person", "--household", first(closed).code, "--paper", PAPER)

    with pytest.raises(CommandError):
        call_command(*asked)
    call_command(*asked, "--dry-run", stdout=StringIO())

    assert first(closed).head_name != GONE
    assert not Erasure.objects.exists()
    recorded = RecordedRefusal.objects.get(door="erase_person")
    assert (recorded.code, recorded.unit) == ("anchors_lost", closed.commune)


def test_the_command_erases_and_tells_what(closed: Road) -> None:
    out = StringIO()
    call_command(
        *("erase_person", "--household", first(closed).code, "--paper", PAPER),
        *("--format", "json"),
        stdout=out,
    )

    assert json.loads(out.getvalue())["household"] == 1
    assert first(closed).head_name == GONE


def test_an_erasure_is_not_unsaid(closed: Road) -> None:
    erase(first(closed), paper=PAPER, by_name="lan.vh", at=closed.at)

    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.update(paper="khác")
