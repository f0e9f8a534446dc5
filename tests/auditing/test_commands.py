"""The bench from the command line: what programs read, and how it ends."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import Event, Reading, RecordedRefusal, Sample, User
from tests.conftest import Road
from workflow import clock

SEED = "Xổ số 12/10/2024: 482915"


@pytest.fixture(autouse=True)
def there(
    walked: Road, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: walked.at)
    settings.VAR_DIR = tmp_path
    yield


def told(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def drawn(**options: Any) -> dict[str, Any]:
    asked = {"unit": "24646", "year": 2024, "seed": SEED, "size": 3, "format": "json", **options}
    read: dict[str, Any] = json.loads(told("draw_sample", **asked))
    return read


def test_a_sample_is_drawn_for_a_program_and_not_kept() -> None:
    first, second = drawn(), drawn(seed=f"  {SEED} ")

    assert first == second
    assert first["population"] == 8 and len(first["drawn"]) == 3
    assert first["drawn"] == sorted(first["drawn"], key=lambda each: each["rank"])
    assert not Sample.objects.exists()


def test_a_sample_drawn_in_somebodys_name_is_kept() -> None:
    assert drawn(by="son")["sample"] == Sample.objects.get().pk


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "99999"},
        {"unit": "24646.001"},
        {"year": 2020},
        {"seed": " "},
        {"size": 0},
        {"risk": True},
        {"by": "khong-ai"},
        {"by": "minh"},
        {"by": "son", "unit": "67"},
    ],
)
def test_a_drawing_that_cannot_be_ends_with_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        drawn(**options)
    assert not Sample.objects.exists()


def test_who_does_not_audit_the_unit_is_refused_and_that_is_written_down(quang: User) -> None:
    for words, more in (
        (["draw_sample"], {"year": 2024, "seed": SEED, "size": 3}),
        (["conformance"], {"year": 2024}),
        (["export_events", "x.xes"], {"format": "xes"}),
    ):
        with pytest.raises(CommandError):
            told(*words, unit="24646", by="quang", **more)
        assert RecordedRefusal.objects.filter(door=words[0], code="no_duty").exists()


def test_events_are_written_in_both_formats_and_their_leaving_is_noted(tmp_path: Path) -> None:
    told("export_events", str(tmp_path / "a.xes"), unit="24646", format="xes", by="son")
    told("export_events", str(tmp_path / "a.json"), unit="662", format="ocel", plain=True)

    assert len(ET.parse(tmp_path / "a.xes").getroot()) > 8  # noqa: S314 (our own text)
    assert len(json.loads((tmp_path / "a.json").read_text())["events"]) > 8
    assert Reading.objects.filter(page="export_events", user_name="Hồ Văn Sơn").count() == 1
    assert len((tmp_path / "leaving.jsonl").read_text().splitlines()) == 2


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        told("export_events", str(tmp_path / "no" / "a.xes"), unit="24646", format="xes")
    assert list(tmp_path.rglob("*.part")) == []


def test_a_round_that_follows_its_pack_ends_with_nought() -> None:
    (commune,) = json.loads(told("conformance", unit="662", year=2024, recount=True, format="json"))

    assert (commune["commune"], commune["cases"]) == ("24646", 8)
    assert (commune["skipped"], commune["repeated"], commune["early"]) == (0, 0, 0)


def test_a_round_that_does_not_ends_with_one(tampering: None) -> None:
    Event.objects.filter(case__code="24646-00001", act__code="classify").delete()
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("conformance", unit="24646", year=2024, format="json", stdout=out)

    assert ended.value.code == 1
    (commune,) = json.loads(out.getvalue())
    assert commune["skipped"] == 1
    assert commune["deviations"][0]["case_code"] == "24646-00001"
