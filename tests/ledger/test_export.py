"""The record of a unit leaves as a folder: whole or not at all, with what its reader may have."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Act, Anchor, CalendarDay, Case, Event, Household, RecordedRefusal, Unit
from tests.conftest import YEAR, Road
from tests.lent import lent
from tests.verifier.running import run
from workflow.acts.listing import open_round
from workflow.acts.posting import complain
from workflow.ledger import daily_root
from workflow.ledger import export as exporting
from workflow.ledger.erasure import erase
from workflow.ledger.export import NotExported, export, one_view
from workflow.machine import insert_only


@lent
def walked(road: Road) -> Road:
    road.open().list().survey().classify().meet().post().pass_days(1)
    words: dict[str, Any] = {"complainant": "Lê Văn Tám", "content": "Nhà ông ấy có hai xe máy"}
    complain(case=road.cases()[0], **words, **road.who("minh"))
    return road


def command(folder: Path, **options: Any) -> str:
    out = StringIO()
    call_command("export_ledger", str(folder), **({"unit": "24646"} | options), stdout=out)
    return out.getvalue()


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text())


def all_text(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*.json*"))


def test_the_folder_holds_what_the_record_holds(walked: Road, tmp_path: Path) -> None:
    told = json.loads(command(tmp_path / "so", format="json"))

    assert told["communes"] == ["24646"]
    assert told["rows"]["acts.jsonl"] == Act.objects.count()
    assert told["rows"]["cases.jsonl"] == Case.objects.count()
    lines = (tmp_path / "so" / "events.jsonl").read_text().splitlines()
    assert sum(len(json.loads(line)[3]) for line in lines) == Event.objects.count()
    assert run(tmp_path, "check", str(tmp_path / "so")).code == 0


def test_names_and_words_leave_only_when_asked_for(walked: Road, tmp_path: Path) -> None:
    command(tmp_path / "so")
    command(tmp_path / "kin", private=True)

    for word in ("Lê Văn Tám", "hai xe máy"):
        assert word not in all_text(tmp_path / "so")
        assert word in all_text(tmp_path / "kin")
    assert (manifest(tmp_path / "so")["private"], manifest(tmp_path / "kin")["private"]) == (
        False,
        True,
    )


def test_no_salt_leaves_that_would_let_withheld_words_be_guessed(
    walked: Road, tmp_path: Path
) -> None:
    command(tmp_path / "so")

    text = all_text(tmp_path / "so")
    for act in Act.objects.exclude(private={}):
        assert bytes(act.salt).hex() not in text


@pytest.mark.parametrize("unit", ["24646", "662", "67", "VN"])
def test_a_unit_is_all_communes_below_it(unit: str, walked: Road, tmp_path: Path) -> None:
    command(tmp_path / "so", unit=unit)

    assert list(manifest(tmp_path / "so")["heads"]) == ["24646"]


def test_a_province_is_exported_with_each_communes_chain(
    walked: Road, hoa_binh: Unit, tmp_path: Path
) -> None:
    papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    open_round(commune=hoa_binh, **papers, **walked.who("other_binh"))

    command(tmp_path / "so", unit="67")

    assert list(manifest(tmp_path / "so")["heads"]) == ["24646", "24652"]
    assert run(tmp_path, "check", str(tmp_path / "so")).code == 0


def test_whoever_keeps_a_round_has_its_record(walked: Road, hoa_binh: Unit, tmp_path: Path) -> None:
    walked.round.keeper = hoa_binh
    walked.round.save()

    command(tmp_path / "so", unit="24652")

    assert list(manifest(tmp_path / "so")["heads"]) == ["24646"]


def test_anchors_roots_of_days_packs_and_calendars_go_along(walked: Road, tmp_path: Path) -> None:
    act = Act.objects.get(code="post_list")
    Anchor.objects.create(
        commune=act.commune, sequence=act.sequence, tree=act.tree, why="POSTED", at=walked.at
    )
    daily_root.give_out(act.legal_day, walked.at)

    command(tmp_path / "so")

    names = set(manifest(tmp_path / "so")["files"])
    assert {"days/2024-10-01.json", "packs/qd24-2021-3cap.json"} < names
    assert any(name.startswith("calendars/") for name in names)
    assert len((tmp_path / "so" / "anchors.jsonl").read_text().splitlines()) == 1


def test_an_auditor_exports_what_they_audit(walked: Road, tmp_path: Path) -> None:
    command(tmp_path / "so", by="son")

    assert manifest(tmp_path / "so")["made_by"] == "son"


@pytest.mark.parametrize(("by", "unit"), [("minh", "24646"), ("son", "67"), ("other_hoa", "24646")])
def test_a_unit_outside_ones_duty_is_refused_and_recorded(
    by: str, unit: str, walked: Road, tmp_path: Path
) -> None:
    if by == "son":
        # An auditor of the district, and a commune of another one in the same province.
        other = Unit.objects.get(code="24652")
        papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
        second = open_round(commune=other, **papers, **walked.who("other_binh"))
        second.district = None
        second.save()
    username = walked.cast[by].username

    with pytest.raises(CommandError):
        command(tmp_path / "so", by=username, unit=unit)

    refused = RecordedRefusal.objects.get(door="export_ledger")
    assert (refused.code, refused.user_name) == ("outside_duty", username)
    assert not (tmp_path / "so").exists()


@pytest.mark.parametrize("unit", ["24646.001", "24652", "99999"])
def test_a_village_or_a_unit_without_a_record_is_refused(
    unit: str, walked: Road, tmp_path: Path
) -> None:
    with pytest.raises(CommandError):
        command(tmp_path / "so", unit=unit)

    assert not (tmp_path / "so").exists()


def test_nothing_is_written_over(walked: Road, tmp_path: Path) -> None:
    folder = tmp_path / "so"
    folder.mkdir()
    (folder / "letter.txt").write_text("Thư")

    with pytest.raises(NotExported) as caught:
        export(walked.commune, folder, at=walked.at)

    assert caught.value.code == "folder_not_empty"
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_folder_is_never_half_written(
    walked: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> Any:
        raise OSError("disk")

    monkeypatch.setattr(exporting, "_cases", broken)
    with pytest.raises(OSError, match="disk"):
        export(walked.commune, tmp_path / "so", at=walked.at)

    assert list(tmp_path.iterdir()) == []


def test_the_number_of_queries_does_not_grow_with_acts_and_cases(
    road: Road, make_households: Callable[..., list[Household]], tmp_path: Path
) -> None:
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            export(road.commune, tmp_path / name, at=road.at)
        return len(captured)

    road.open().list()
    few = queries("few")
    make_households(Unit.objects.get(code="24646.002"), 40)
    road.list().survey().classify().meet()

    assert queries("many") == few


def test_an_erased_household_leaves_a_record_that_holds(
    walked: Road, make_households: Callable[..., list[Household]], tmp_path: Path
) -> None:
    from cases.models import Departure
    from workflow.acts.departing import record_departure

    case = walked.cases()[1]
    who = {**walked.who("minh"), "paper": "Giấy báo tử của bà Hai"}
    record_departure(case=case, reason=Departure.DIED, **who)
    erase(case.household, paper="1/QĐ", by_name="Bình", at=walked.at)

    command(tmp_path / "so", private=True)
    answer = run(tmp_path, "check", str(tmp_path / "so"))

    assert answer.code == 0, answer.text
    assert "bà Hai" not in all_text(tmp_path / "so")
    assert run(tmp_path, "case", str(tmp_path / "so"), "2024-24646", case.code).code == 0


TAMPERED = {
    "act_row": lambda: Act.objects.filter(code="classify").update(actor_name="Ai đó"),
    "case": lambda: Case.objects.filter(pk=Case.objects.first().pk).update(result_class="NOT_POOR"),  # type: ignore[union-attr]
    "event_link": lambda: Event.objects.filter(sequence=2).update(snapshot="||"),
    "calendar": lambda: CalendarDay.objects.filter(day__year=2025)[:1].get().delete(),
    "act_missing": lambda: Act.objects.filter(code="classify").delete(),
}


@pytest.mark.parametrize("code", TAMPERED)
def test_what_was_changed_in_the_database_is_seen_in_the_export(
    code: str, walked: Road, tmp_path: Path
) -> None:
    insert_only.remove("default")
    TAMPERED[code]()

    command(tmp_path / "so")
    answer = run(tmp_path, "check", str(tmp_path / "so"))

    assert answer.code == 1
    assert code in answer.codes


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_all_files_tell_of_one_moment() -> None:
    def isolation() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            return str(cursor.fetchone()[0])

    with one_view():
        assert isolation() == "repeatable read"
    assert isolation() == "read committed"
