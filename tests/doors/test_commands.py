"""Commands in somebody's name reach as far as that person: beyond is refused and written down."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cases.duties import Role
from cases.models import RecordedRefusal, Unit
from tests.doors.places import FAR, NATION, NEIGHBOUR, OWN, WORDS, username
from workflow.management.doors import LINES

pytestmark = pytest.mark.usefixtures("visited")

AUDITOR, OFFICER = username(Role.AUDITOR, OWN), username(Role.COMMUNE_OFFICER, OWN)
DEPARTMENT = username(Role.DEPARTMENT, "67")
# What gives data out in somebody's name: how it is called for a unit, and by whom.
GIVES_OUT: dict[str, tuple[str, Any]] = {
    "report": (OFFICER, lambda unit, by: ["2", "--unit", unit, "--round", "2024", "--as", by]),
    "check_procedure": (AUDITOR, lambda unit, by: ["--unit", unit, "--by", by]),
    "conformance": (AUDITOR, lambda unit, by: ["--unit", unit, "--year", "2024", "--by", by]),
    "draw_sample": (
        AUDITOR,
        lambda unit, by: [
            "--unit",
            unit,
            "--year",
            "2024",
            "--seed",
            "7",
            "--size",
            "3",
            "--by",
            by,
        ],
    ),
    "export_events": (
        AUDITOR,
        lambda unit, by: ["viec.xes", "--unit", unit, "--format", "xes", "--plain", "--by", by],
    ),
    "export_ledger": (AUDITOR, lambda unit, by: ["so", "--unit", unit, "--by", by]),
}


@pytest.fixture(autouse=True)
def elsewhere(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let files and lines go to a folder of the test."""
    settings.VAR_DIR = tmp_path
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(name: str, unit: str, by: str) -> str:
    """Return what a command printed; what it found wrong is no refusal."""
    out = StringIO()
    try:
        call_command(name, *GIVES_OUT[name][1](unit, by), stdout=out)
    except SystemExit:
        pass
    return out.getvalue()


def lines(folder: Path) -> list[dict[str, str]]:
    found = folder / LINES
    return [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []


@pytest.mark.parametrize("name", GIVES_OUT)
@pytest.mark.parametrize("unit", [NEIGHBOUR, FAR, "662", NATION])
def test_what_is_outside_the_scope_is_refused_and_written_down(
    name: str, unit: str, elsewhere: Path
) -> None:
    by = GIVES_OUT[name][0]

    with pytest.raises(CommandError) as refused:
        called(name, unit, by)

    assert refused.value.returncode == 1
    assert WORDS[unit] not in str(refused.value)
    (recorded,) = RecordedRefusal.objects.all()
    assert (recorded.door, recorded.user_name, recorded.unit) == (
        name,
        by,
        Unit.objects.get(code=unit),
    )
    assert lines(elsewhere) == []
    assert [each.name for each in elsewhere.iterdir()] == []


@pytest.mark.parametrize("name", GIVES_OUT)
def test_what_is_within_the_scope_is_given_and_leaves_a_line(name: str, elsewhere: Path) -> None:
    by = GIVES_OUT[name][0]

    printed = called(name, OWN, by)

    (line,) = lines(elsewhere)
    assert (line["command"], line["by"]) == (name, by)
    assert OWN in line["what"]
    given = printed + "".join(
        each.read_text(errors="replace")
        for each in elsewhere.rglob("*")
        if each.is_file() and each.name != LINES
    )
    assert given
    assert not [place for place in (NEIGHBOUR, FAR) if WORDS[place] in given]
    assert RecordedRefusal.objects.count() == 0


def test_whose_roles_are_over_gets_no_report() -> None:
    once = username(Role.COMMUNE_OFFICER, OWN) + "-once"

    with pytest.raises(CommandError):
        called("report", OWN, once)
    assert RecordedRefusal.objects.get().user_name == once


def test_the_operator_leaves_a_line_too(elsewhere: Path) -> None:
    call_command("report", "2", unit=NATION, round="2024", format="csv", stdout=StringIO())

    (line,) = lines(elsewhere)
    assert (line["command"], line["by"], bool(line["operator"])) == ("report", "", True)


def test_a_province_checks_its_own_communes_only() -> None:
    auditor = username(Role.AUDITOR, "67")
    out = StringIO()

    call_command("check_procedure", by=auditor, format="json", stdout=out)

    told = json.loads(out.getvalue())
    assert told["rounds"] == 6  # three of each of its communes, of nine


def test_who_audits_nothing_checks_nothing() -> None:
    with pytest.raises(CommandError):
        call_command("check_procedure", by=DEPARTMENT, stdout=StringIO())
    assert RecordedRefusal.objects.get().unit is None
