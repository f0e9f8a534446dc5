"""Other districts, drawn at random, through the same commands as the acceptance district."""

import csv
import io
import itertools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.models import Case, CertificateRow, RefusalLetter, VillageReview
from cases.units_fixture import load_units
from tests.imports.conftest import row_counts
from tests.scenarios.districts import (
    HOUSEHOLD_FLAWS,
    MOST_HOUSEHOLDS,
    SHAPES,
    SURVEY_FLAWS,
    District,
    Flaw,
    Written,
    expected,
    household_workbook,
    random_district,
    spoil,
    survey_workbook,
    twice,
    write_units,
)
from tests.taken_back import taken_back
from workflow.scenarios import Scenario, play, read_scenario

STRAIGHT = Path("docs/scenarios/mot-dot-thang.toml")
# More and larger ones on demand: DISTRICTS=100 DISTRICT_FIRST=1000 pytest tests/scenarios/...
FIRST, HOW_MANY = int(os.environ.get("DISTRICT_FIRST", "0")), int(os.environ.get("DISTRICTS", "6"))
MOST = MOST_HOUSEHOLDS if "DISTRICTS" in os.environ else 16
AT = {"import_households": "2024-09-09T09:00", "import_surveys": "2024-10-01T14:00"}


def roomy_district() -> District:
    """Return a commune with households enough that nearly every flaw finds one to bear it."""
    drawn = (random_district(seed, "mixed", most=16) for seed in itertools.count(FIRST))
    return next(district for district in drawn if len(district.households) >= 12)


@pytest.fixture
def settle(db: None, demonstration: None, tmp_path: Path) -> Callable[[District], Scenario]:
    """Return a function that loads a district's units and writes its two workbooks to disk."""

    def settle(district: District) -> Scenario:
        load_units(write_units(district.communes, tmp_path / "units"))
        files = {"households": tmp_path / "ho.xlsx", "surveys": tmp_path / "phieu.xlsx"}
        files["households"].write_bytes(household_workbook(district).content)
        files["surveys"].write_bytes(survey_workbook(district).content)
        return read_scenario(STRAIGHT, files)

    return settle


def played(scenario: Scenario, after: str = "", before: str = "") -> None:
    """Play the steps between two of them, both left out."""
    names = [step.do for step in scenario.steps]
    first = names.index(after) + 1 if after else 0
    last = names.index(before) if before else None
    list(play(replace(scenario, steps=scenario.steps[first:last])))


def imported(command: str, content: bytes, folder: Path, *options: str) -> dict[str, Any]:
    """Run an import command on a file and return what it printed as JSON."""
    told, refused = attempted(command, content, folder, *options)
    assert not refused, refused
    return told


def attempted(
    command: str, content: bytes, folder: Path, *options: str
) -> tuple[dict[str, Any], str]:
    """Return what the command printed as JSON, and the sentence with which it failed, if it did."""
    file, out = folder / "nop.xlsx", io.StringIO()
    file.write_bytes(content)
    told = ("--by", "nhaplieu", "--at", AT[command], "--format", "json", *options)
    try:
        call_command(command, str(file), *told, stdout=out)
    except CommandError as error:
        return json.loads(out.getvalue()), str(error)
    return json.loads(out.getvalue()), ""


def shown(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)


def assert_told(told: dict[str, Any], written: Written, places: Sequence[tuple[Flaw, int]]) -> None:
    """Test that each flaw is named by sheet, row, column and value, with a reason and a remedy."""
    errors = {(e["sheet"], e["row"], e["column"].split()[-1]): e for e in told["errors"]}
    for flaw, index in places:
        cell = written.cell(flaw.sheet, index, flaw.key)
        place = (flaw.sheet, cell.row, f"({cell.column})")
        assert place in errors, f"{flaw} at {place} is not among {told['errors'][:3]}"
        assert errors[place]["value"] == shown(flaw.value), flaw
        assert errors[place]["message"] and errors[place]["remedy"], flaw


def reported(form: int, unit: str) -> dict[str, dict[str, str]]:
    out = io.StringIO()
    call_command("report", str(form), unit=unit, round="2024", format="csv", stdout=out)
    return {row["code"]: row for row in csv.DictReader(io.StringIO(out.getvalue()))}


def assert_figures(district: District) -> None:
    wanted = expected(district)
    for form in (2, 3, 4):
        assert reported(form, district.unit) == wanted.forms[form], f"form {form}"
    assert CertificateRow.objects.filter(year=2025).count() == wanted.certificates
    assert RefusalLetter.objects.count() == wanted.refusals
    assert Case.objects.filter(state="left").count() == wanted.left
    assert Case.objects.filter(state="escaped").count() == wanted.escaped
    assert Case.objects.count() == len(district.households)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + HOW_MANY))
def test_a_random_district_prints_the_figures_counted_from_its_rows(
    settle: Callable[[District], Scenario], seed: int
) -> None:
    district = random_district(seed, most=MOST)

    list(play(settle(district)))

    assert_figures(district)
    assert VillageReview.objects.count() == district.villages


@pytest.mark.parametrize("shape", SHAPES)
def test_a_district_of_one_commune_of_one_kind_prints_its_figures(
    settle: Callable[[District], Scenario], shape: str
) -> None:
    district = random_district(FIRST, shape, most=5)

    list(play(settle(district)))

    assert_figures(district)


def test_the_bare_commands_take_a_district_and_know_it_the_second_time(
    settle: Callable[[District], Scenario], tmp_path: Path
) -> None:
    district = roomy_district()
    scenario = settle(district)
    lists, forms = (file.read_bytes() for file in scenario.files.values())

    played(scenario, before="import_households")
    told = imported("import_households", lists, tmp_path)
    assert (told["taken"], told["before"], told["good_rows"]) == (
        *(True, False),
        len(district.households),
    )
    counts = row_counts()
    assert imported("import_households", lists, tmp_path)["before"]
    assert row_counts() == counts
    played(scenario, after="import_households", before="import_surveys")
    told = imported("import_surveys", forms, tmp_path)
    assert (told["taken"], told["good_rows"]) == (True, len(district.surveys))
    assert imported("import_surveys", forms, tmp_path)["before"]
    played(scenario, after="import_surveys")

    assert_figures(district)


def assert_each_flaw_is_told(
    command: str,
    district: District,
    flaws: Sequence[Flaw],
    written: Callable[[District], Written],
    folder: Path,
) -> None:
    """Test each flaw by itself: refused by its place, nothing written, the other rows to be had."""
    counts, met = row_counts(), 0
    for flaw in flaws:
        spoiled = spoil(district, [flaw])
        book = written(spoiled.district)
        if not spoiled.places:
            continue  # no row of this district can bear it
        met += 1
        told, refused = attempted(command, book.content, folder)
        assert refused and not told["taken"], flaw
        assert_told(told, book, spoiled.places)
        assert row_counts() == counts, flaw
        with taken_back():
            told = imported(command, book.content, folder, "--good-rows")
            assert told["good_rows"] == told["rows"] - 1, flaw
    assert met >= len(flaws) - 3


def test_each_flaw_of_a_list_is_told_by_its_place_and_costs_only_its_household(
    settle: Callable[[District], Scenario], tmp_path: Path
) -> None:
    district = roomy_district()
    played(settle(district), before="import_households")

    assert_each_flaw_is_told(
        "import_households", district, HOUSEHOLD_FLAWS, household_workbook, tmp_path
    )


def test_each_flaw_of_a_form_is_told_by_its_place_and_costs_only_its_household(
    settle: Callable[[District], Scenario], tmp_path: Path
) -> None:
    district = roomy_district()
    played(settle(district), before="import_surveys")

    assert_each_flaw_is_told("import_surveys", district, SURVEY_FLAWS, survey_workbook, tmp_path)


def test_a_household_told_twice_is_refused_and_neither_row_is_a_good_one(
    settle: Callable[[District], Scenario], tmp_path: Path
) -> None:
    district = roomy_district()
    played(settle(district), before="import_households")
    rows, index = twice(district.households, district.hand)
    written = household_workbook(replace(district, households=rows))
    counts = row_counts()

    told, refused = attempted("import_households", written.content, tmp_path)

    assert refused
    assert_told(told, written, [(Flaw("Ho", "ma_ho", rows[index]["ma_ho"]), index)])
    assert told["good_rows"] == len(district.households) - 1
    assert row_counts() == counts


@pytest.mark.parametrize("seed", range(FIRST, FIRST + max(2, HOW_MANY // 4)))
def test_the_good_rows_of_a_spoiled_district_give_the_figures_of_the_other_households(
    settle: Callable[[District], Scenario], tmp_path: Path, seed: int
) -> None:
    district = random_district(seed, most=MOST)
    scenario = settle(district)
    flaws = district.hand.sample(HOUSEHOLD_FLAWS, 5)
    spoiled = spoil(district, flaws)
    rest = district.without(spoiled.bad)

    played(scenario, before="import_households")
    written = household_workbook(spoiled.district)
    told = imported("import_households", written.content, tmp_path, "--good-rows")
    assert_told(told, written, spoiled.places)
    assert told["good_rows"] == len(rest.households)
    played(scenario, after="import_households", before="import_surveys")
    # The forms of households that were left out have no case: they are told, and left out as well.
    told = imported("import_surveys", survey_workbook(district).content, tmp_path, "--good-rows")
    assert told["error_count"] == len(district.surveys) - len(rest.surveys)
    played(scenario, after="import_surveys")

    assert_figures(rest)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + max(2, HOW_MANY // 4)))
def test_forms_that_were_left_out_come_later_with_the_mended_workbook(
    settle: Callable[[District], Scenario], tmp_path: Path, seed: int
) -> None:
    district = random_district(seed, most=MOST)
    scenario = settle(district)
    spoiled = spoil(district, district.hand.sample(SURVEY_FLAWS, 5))

    played(scenario, before="import_surveys")
    written = survey_workbook(spoiled.district)
    told = imported("import_surveys", written.content, tmp_path, "--good-rows")
    assert_told(told, written, spoiled.places)
    assert told["good_rows"] == len(district.surveys) - len(spoiled.bad)
    told = imported("import_surveys", survey_workbook(district).content, tmp_path)
    assert sum(tally["surveyed"] + tally["failed"] for tally in told["tallies"]) == len(spoiled.bad)
    played(scenario, after="import_surveys")

    assert_figures(district)
