"""What a scenario file may say, and what is said of one that cannot be read."""

from pathlib import Path
from typing import Any

import pytest

from cases.models import Household, Unit
from workflow.scenarios import ScenarioError, play, read_scenario

HEAD = 'title = "Thử"\nyear = 2026\n'
STEP = "[[step]]\nat = 2026-05-20\n"
OPEN = STEP + 'by = "chutich.1"\ndo = "open_round"\n'
UNITS = (
    STEP
    + 'do = "change_units"\n[step.facts]\nfrom = 2025-07-01\n'
    + 'units = [\n    { path = "VN/", level = "NATION", name = "Việt Nam", kind = "quốc gia" },\n]\n'
)


@pytest.fixture
def told(tmp_path: Path, calendar: None, demonstration: None) -> Any:
    """Return a function that reads and plays a file of this text and returns what stands against it."""

    def told(text: str) -> str:
        file = tmp_path / "thu.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            list(play(read_scenario(file)))
        return str(caught.value)

    return told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + 'kind = "TX"\n' + OPEN, "thu.toml: kind: expected one of PERIODIC"),
        (HEAD + 'kind = "AD_HOC"\n' + OPEN, "thu.toml: month: the periodic review has none"),
        (HEAD + 'kind = "AD_HOC"\nmonth = 13\n' + OPEN, "thu.toml: month: expected 1 to 12"),
        (HEAD + OPEN + 'on = { round = "2026tx5-1" }', "step 1: on.round: expected a key like"),
        (HEAD + OPEN + "on = { month = 5 }", "step 1: on: month: the periodic review has none"),
        (HEAD + OPEN + "on = { rounds = 5 }", "step 1: on: unknown key rounds"),
        (HEAD + OPEN + 'expect = "no_duty"', "step 1: expect: expected refused:CODE"),
        (HEAD + STEP + 'do = "calendar"', "step 1: the key by is missing"),
        (HEAD + STEP + 'do = "fly"', "step 1: there is no act 'fly'"),
    ],
)
def test_what_cannot_be_read_is_told_by_step_key_and_reason(
    told: Any, text: str, sentence: str
) -> None:
    assert told(text).startswith(sentence)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('units = [{ path = "VN/" }]', "step 1: facts.units, row 1: the key level is missing"),
        (
            'units = [{ path = "VN/", level = "LAND", name = "x", kind = "y" }]',
            "step 1: facts.units.level: expected one of NATION",
        ),
        ('successions = [{ from = "1", to = "2" }]', "step 1: facts: there is no unit '1'"),
        (
            'successions = [{ from = "1", til = "2" }]',
            "step 1: facts.successions, row 1: the key to is missing",
        ),
    ],
)
def test_units_that_cannot_be_made_are_told_by_row_and_key(
    told: Any, line: str, sentence: str
) -> None:
    assert told(HEAD + STEP + f'do = "change_units"\n[step.facts]\n{line}\n').startswith(sentence)


def test_units_that_are_there_otherwise_are_not_overwritten(told: Any) -> None:
    other = UNITS.replace("Việt Nam", "Nước khác")

    assert told(HEAD + UNITS + other).startswith("step 2: facts.units.VN: another name is stored")
    assert Unit.objects.get().versions.get().name == "Việt Nam"


def test_an_act_that_a_review_does_not_have_is_told(told: Any) -> None:
    step = STEP + 'by = "x"\ndo = "give_opinion"\non = { round = "2026tx05-1" }\n'

    assert told(HEAD + step) == "step 1: do: the review AD_HOC has no act give_opinion"


def test_households_are_made_up_in_demonstrations_only(told: Any, settings: Any) -> None:
    settings.DEBUG = False
    step = STEP + 'do = "enter_households"\n[step.facts]\nhouseholds = []\n'

    assert "in demonstrations only" in told(HEAD + step)
    assert not Household.objects.exists()
