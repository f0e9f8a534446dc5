"""The acceptance round: four communes of Cư Jút, 2024, against the published figures."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.models import Act, Case, CertificateRow, Decision, RefusalLetter
from tests.scenarios.played import SCENARIOS, played
from tests.scenarios.played import cu_jut as cu_jut
from workflow.scenarios import Surprise, play, read_scenario

EXPECTED = Path("tests/data/cu-jut-2024")
FORMS = {
    2: "expected-form2-poor-households.csv",
    3: "expected-form3-near-poor-households.csv",
    4: "expected-form4-poor-deprivations.csv",
}


def by_code(text: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in csv.DictReader(StringIO(text.lstrip("\ufeff")))}


def printed_report(form: int) -> dict[str, dict[str, str]]:
    out = StringIO()
    call_command("report", str(form), unit="662", round="2024", format="csv", stdout=out)
    return by_code(out.getvalue())


@pytest.mark.slow
def test_the_cu_jut_round_prints_the_published_figures_cell_by_cell(cu_jut: None) -> None:
    for form, name in FORMS.items():
        expected = by_code((EXPECTED / name).read_text(encoding="utf-8-sig"))
        assert printed_report(form) == expected, f"form {form}"


@pytest.mark.slow
def test_the_cu_jut_round_leaves_nobody_without_an_outcome(cu_jut: None) -> None:
    states = set(Case.objects.values_list("state", flat=True))
    assert states == {"certified", "escaped", "refused", "left"}
    assert Case.objects.count() == 614
    assert Decision.objects.count() == 4
    assert RefusalLetter.objects.count() == 12
    recognised = Case.objects.filter(decided_class__in=["POOR", "NEAR_POOR"]).count()
    assert CertificateRow.objects.filter(year=2025).count() == recognised


@pytest.mark.slow
def test_the_straight_scenario_takes_the_workbooks_of_any_district(units: None) -> None:
    folder = SCENARIOS / "nho"
    scenario = read_scenario(
        SCENARIOS / "mot-dot-thang.toml",
        {"households": folder / "danh-sach-ho.xlsx", "surveys": folder / "phieu-ra-soat.xlsx"},
    )

    list(play(scenario))

    assert set(Case.objects.values_list("state", flat=True)) <= {"certified", "escaped", "refused"}


def test_every_refusal_of_the_refusals_scenario_comes(units: None) -> None:
    refused = [row for row in played("tu-choi.toml") if row.result == "refused"]

    assert {line.split()[0] for row in refused for line in row.refusals} >= {
        "posting_over",
        "wrong_state",
        "tally_fits_attendance",
        "no_duty",
        "chaired_by_village_head",
    }


def test_playing_twice_gives_the_same_answers_and_does_nothing_twice(units: None) -> None:
    first = [row for row in played("tu-choi.toml") if row.result == "done"]
    acts = Act.objects.count()

    second = [row for row in played("tu-choi.toml") if row.result == "done"]

    assert Act.objects.count() == acts
    assert [(row.on, row.sequence) for row in second] == [(row.on, row.sequence) for row in first]


@pytest.fixture
def wrong_expectation(tmp_path: Path) -> Iterator[Path]:
    text = (SCENARIOS / "tu-choi.toml").read_text(encoding="utf-8")
    file = tmp_path / "sai.toml"
    text = text.replace('"nho/', f'"{(SCENARIOS / "nho").resolve()}/')
    file.write_text(text.replace("refused:within_window", "refused:no_duty", 1), encoding="utf-8")
    yield file


def test_a_surprise_says_what_was_expected_and_what_came(
    units: None, wrong_expectation: Path
) -> None:
    with pytest.raises(Surprise) as surprise:
        list(play(read_scenario(wrong_expectation)))

    assert "expected refused:no_duty" in str(surprise.value)
    assert "within_window" in str(surprise.value)


def test_the_command_prints_what_happened_as_json_and_fails_on_a_surprise(
    units: None, wrong_expectation: Path
) -> None:
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("play", str(wrong_expectation), format="json", stdout=out)

    told = json.loads(out.getvalue())
    assert "expected refused:no_duty" in told["surprise"]
    assert {row["do"] for row in told["played"]} == {"appoint"}
