"""The record alone tells what the tables say; where somebody changed a table, it says where."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from cases.models import (
    Act,
    Case,
    CertificateRow,
    Event,
    Household,
    MonthlyReport,
    RecordedRefusal,
    Round,
    StateCount,
    Unit,
    User,
)
from tests.conftest import Road
from tests.invariants.later_roads import walk_later_roads
from tests.invariants.monthly_roads import (
    walk_ad_hoc_month,
    walk_average_month,
    walk_low_income_month,
)
from tests.invariants.roads import PLAIN
from tests.invariants.roads import every_road as every_road
from tests.machine.rows import drop_step_triggers
from tests.taken_back import taken_back
from workflow.ledger.erasure import erase
from workflow.ledger.export import export
from workflow.machine import insert_only

FAULTS: list[tuple[Callable[[], None], str]] = []


def fault(kind: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register what somebody with a database client would do, and what must be named."""

    def register(do: Callable[[], None]) -> Callable[[], None]:
        FAULTS.append((do, kind))
        return do

    return register


@fault("state")
def a_state_without_an_act() -> None:
    Case.objects.filter(code=PLAIN).update(state="recognised")


@fault("state_count")
def a_count_that_was_changed() -> None:
    first = StateCount.objects.order_by("pk")[0]
    StateCount.objects.filter(pk=first.pk).update(n=F("n") + 1)


@fault("decided_class")
def a_decided_class_that_was_changed() -> None:
    Case.objects.filter(code=PLAIN).update(decided_class="NEAR_POOR")


@fault("report")
def a_household_that_counts_as_another_kind_of_new() -> None:
    Case.objects.filter(code="24646-00006").update(relapse=True)


@fault("report")
def persons_that_were_added() -> None:
    Case.objects.filter(code=PLAIN).update(persons=9)


@fault("event_missing")
def an_event_that_was_removed() -> None:
    Event.objects.filter(case__code=PLAIN, act__code="classify").delete()


@fault("version")
def the_last_event_that_was_removed() -> None:
    Event.objects.filter(case__code=PLAIN).order_by("-sequence")[0].delete()


@fault("events_of_act")
def an_event_that_was_removed_from_its_act() -> None:
    Event.objects.filter(case__code=PLAIN, act__code="post_list").delete()


@fault("act_missing")
def an_act_that_was_removed() -> None:
    Act.objects.filter(code="classify")[0].delete()


@fault("case")
def a_case_that_nobody_listed() -> None:
    case = Case.objects.get(code=PLAIN)
    stranger = Household(code="24646-77777", village_id=case.village_id, persons=2)
    stranger.name_head("Nguyễn Văn Lạ")
    stranger.save()
    case.pk, case.household, case.code = None, stranger, stranger.code
    case.save()


@fault("certificate")
def a_certificate_of_another_class() -> None:
    CertificateRow.objects.filter(case__code=PLAIN).update(household_class="NEAR_POOR")


@fault("certificate")
def a_certificate_that_is_gone() -> None:
    CertificateRow.objects.filter(case__code=PLAIN).delete()


@fault("keeper")
def a_round_in_other_hands() -> None:
    Round.objects.update(keeper=Unit.objects.get(code="24652"))


@fault("event_does_not_follow")
def an_event_from_nowhere() -> None:
    Event.objects.filter(case__code=PLAIN, act__code="classify").update(from_state="listed")


def told(unit: str = "24646", **options: Any) -> dict[str, Any]:
    """Return what the command says, and whether it was content."""
    out, content = StringIO(), True
    try:
        call_command("replay_ledger", unit=unit, format="json", stdout=out, **options)
    except CommandError:
        content = False
    data: dict[str, Any] = json.loads(out.getvalue())
    assert content is (data["differences"] == [])
    return data


def test_the_record_tells_states_counts_and_reports_again(every_road: Road) -> None:
    data = told()

    assert data["differences"] == []
    assert (data["cases"], data["erased"], data["forms_not_told"]) == (9, 0, [])
    assert data["events"] == Event.objects.count() and data["acts"] == Act.objects.count()
    assert data["forms"] == 6  # three forms of one commune, decided and proposed


def test_every_road_beside_the_straight_one_is_told_again(
    road: Road, make_households: Callable[..., list[Household]], appoint: Callable[..., User]
) -> None:
    walk_later_roads(road, make_households, appoint)

    assert told()["differences"] == []


@pytest.mark.parametrize(
    "walk", [walk_ad_hoc_month, walk_average_month, walk_low_income_month], ids=lambda w: w.__name__
)
def test_a_month_of_each_review_is_told_again(
    road: Road, walk: Callable[..., Any], make_households: Callable[..., list[Household]]
) -> None:
    walk(road.cast, road.commune, make_households)

    assert told()["differences"] == []


def test_a_changed_figure_of_a_monthly_report_is_named(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    walk_ad_hoc_month(road.cast, road.commune, make_households)
    MonthlyReport.objects.update(entered_poor=F("entered_poor") + 1)

    kinds = {each["kind"] for each in told()["differences"]}

    assert kinds == {"monthly_report"}


def test_a_round_half_way_is_told_again(road: Road) -> None:
    road.open().list().survey().classify().meet()

    assert told()["differences"] == []


def test_an_exported_folder_tells_the_same_without_the_record_s_tables(
    every_road: Road, tmp_path: Path
) -> None:
    folder = tmp_path / "so"
    call_command("export_ledger", str(folder), unit="24646", stdout=StringIO())
    insert_only.remove("default")
    Event.objects.all().delete()

    assert told(export=folder)["differences"] == []
    assert told()["differences"] != []


def test_what_a_folder_does_not_hold_is_a_difference(every_road: Road, tmp_path: Path) -> None:
    folder = tmp_path / "so"
    call_command("export_ledger", str(folder), unit="24646", stdout=StringIO())
    acts = (folder / "acts.jsonl").read_text("utf-8").splitlines(keepends=True)
    (folder / "acts.jsonl").write_text("".join(acts[:-1]), encoding="utf-8")

    assert told(export=folder)["differences"] != []


def test_a_folder_that_cannot_be_read_is_refused(every_road: Road, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cases\.jsonl"):
        call_command("replay_ledger", unit="24646", export=tmp_path, stdout=StringIO())

    recorded = RecordedRefusal.objects.get()
    assert (recorded.door, recorded.code) == ("replay_ledger", "bad_export")
    assert (recorded.unit and recorded.unit.code, recorded.detail) == ("24646", "cases.jsonl")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("cases.jsonl", "[1]"),
        ("events.jsonl", "{}"),
        ("events.jsonl", '["24646", 1, "", [[0]]]'),
        ("acts.jsonl", "[]"),
        ("acts.jsonl", '{"told": []}'),
        ("acts.jsonl", '{"entry": "5", "told": []}'),
    ],
)
def test_a_line_that_is_none_of_the_record_is_named(
    every_road: Road, tmp_path: Path, file: str, line: str
) -> None:
    folder = tmp_path / "record"
    export(every_road.commune, folder, at=every_road.at)
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")

    with pytest.raises(CommandError, match=rf"{file}:\d+"):
        call_command("replay_ledger", unit="24646", export=folder, stdout=StringIO())


def test_each_planted_fault_is_named(every_road: Road, subtests: pytest.Subtests) -> None:
    for plant, kind in FAULTS:
        with subtests.test(plant.__name__):
            found: list[dict[str, str]] = []
            with taken_back():
                insert_only.remove("default")
                drop_step_triggers()
                plant()
                found = told()["differences"]
            assert kind in {each["kind"] for each in found}, found

    assert told()["differences"] == []


def test_a_difference_says_what_the_record_and_what_the_table_says(every_road: Road) -> None:
    drop_step_triggers()
    Case.objects.filter(code=PLAIN).update(state="recognised")

    (state,) = [each for each in told()["differences"] if each["kind"] == "state"]

    assert state == {
        "kind": "state",
        "subject": f"2024-24646/{PLAIN}",
        "record": "certified",
        "table": "recognised",
    }


def test_what_was_erased_is_not_compared_and_is_said(every_road: Road) -> None:
    household = Household.objects.get(code=PLAIN)
    erase(household, paper="12/QĐ-UBND ngày 02/01/2025", by_name="Bình", at=every_road.at)

    data = told()

    assert data["differences"] == [] and data["erased"] == 1
    assert data["forms_not_told"] == ["24646 2024"]


@pytest.mark.parametrize("unit", ["24646.001", "99999", "24652"])
def test_a_unit_without_a_record_is_refused(every_road: Road, unit: str) -> None:
    with pytest.raises(CommandError):
        call_command("replay_ledger", unit=unit, stdout=StringIO())
