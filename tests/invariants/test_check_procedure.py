"""What the command says, to whom, and how much it asks the database."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Household, Round, Unit
from tests.conftest import Road
from tests.invariants.roads import survey_listed
from workflow.invariants import INVARIANTS, audit, checks_of
from workflow.invariants.catalogue import By
from workflow.machine.bindings import CONDITIONS, GUARDS

# Section 10.8 of the procedure note.
OF_THE_NOTE = [f"INV-{n:02d}" for n in (*range(1, 27), 30, 40, 41)]


def check(**options: Any) -> tuple[int, str]:
    """Return the command's exit code and what it printed."""
    out = StringIO()
    try:
        call_command("check_procedure", stdout=out, **options)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def broken(road: Road) -> Road:
    road.open().list().survey()
    Case.objects.filter(code="24646-00001").update(version=7)
    return road


def test_every_invariant_of_the_note_is_checked() -> None:
    assert [i.code for i in INVARIANTS if i.code.startswith("INV")] == OF_THE_NOTE
    # INV-41 is about tables, once for all rounds.
    assert [i.code for i in INVARIANTS if not checks_of(i.code)] == ["INV-41"]


def test_the_page_of_invariants_names_each_with_its_sentence() -> None:
    page = Path("docs/invariants.md").read_text(encoding="utf-8")

    for invariant in INVARIANTS:
        assert f"| {invariant.code} | {invariant.title} |" in page
        assert invariant.not_yet in page and f"{invariant.article} [{invariant.mark}]" in page
        assert all(f"{by} `{what}`" in page for by, what in invariant.enforced), invariant.code


def test_whatever_is_said_to_enforce_an_invariant_exists() -> None:
    for invariant in INVARIANTS:
        for by, name in invariant.enforced:
            assert by != By.GUARD or name in GUARDS, invariant.code
            assert by != By.CONDITION or name in CONDITIONS, invariant.code


def test_a_clean_round_ends_well(road: Road) -> None:
    road.open().list().survey()

    exit_code, told = check()

    assert exit_code == 0
    assert all(invariant.code in told for invariant in INVARIANTS)


def test_a_breach_is_told_with_case_act_and_article(broken: Road) -> None:
    code, told = check(format="json")

    answer = json.loads(told)
    assert code == 1 and (answer["rounds"], answer["cases"]) == (1, 5)
    (breach,) = answer["breaches"]
    assert (breach["invariant"], breach["round"], breach["case_code"], breach["sequence"]) == (
        "ENG-02",
        "2024-24646",
        "24646-00001",
        3,
    )
    assert breach["article"] and breach["sentence"]
    assert all(row["checks"] or row["code"] == "INV-41" for row in answer["invariants"])


def test_the_text_names_the_breach_too(broken: Road) -> None:
    code, told = check()

    assert code == 1 and "ENG-02 · 2024-24646" in told and "24646-00001" in told


@pytest.mark.parametrize(
    ("unit", "expected"), [("24646", 1), ("24652", 0), ("662", 1), ("67", 1), ("VN", 1)]
)
def test_only_the_units_rounds_are_looked_at(broken: Road, unit: str, expected: int) -> None:
    code, told = check(unit=unit)

    assert code == expected and ("24646-00001" in told) is bool(expected)


@pytest.mark.parametrize(("key", "expected"), [("2024", 1), ("2024-24646", 1)])
def test_a_round_is_named_by_its_year_or_its_key(broken: Road, key: str, expected: int) -> None:
    assert check(round=key)[0] == expected


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "99999"},
        {"unit": "24646.001"},
        {"round": "x"},
        {"round": "2031"},
        {"round": "2024tx05-24646"},
        {"jobs": 0},
    ],
)
def test_what_does_not_exist_is_an_error_and_not_a_clean_bill(
    broken: Road, options: dict[str, str]
) -> None:
    with pytest.raises(CommandError):
        check(**options)


def test_a_unit_without_rounds_has_nothing_to_break(road: Road) -> None:
    assert check(unit="24652")[0] == 0


def test_many_cases_cost_no_more_queries_than_few(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list(audit(Round.objects.all())) == []
        return len(captured)

    road.open().list().survey()
    few = queries()
    make_households(Unit.objects.get(code="24646.002"), 60)
    road.list()
    survey_listed(road)

    assert queries() == few


def test_a_round_of_a_pack_that_nobody_knows_is_a_breach(broken: Road) -> None:
    Round.objects.update(pack="qd99-2031")

    assert {breach.invariant for breach in audit(Round.objects.all())} == {"INV-26"}
