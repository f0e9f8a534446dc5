"""
After every scenario: certificates have no gap but what the road is about, the record alone tells
the same states, counts and reports as the tables, and the verifier finds nothing in its export.
"""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cases.models import Act, Case, VillageReview
from tests.verifier.running import run
from workflow.ledger.certificate import Certificate, household_certificate, village_certificate
from workflow.scenarios import play, read_scenario

SCENARIOS = Path("docs/scenarios")
LARGE = {"cu-jut-2024", "chuan-dia-phuong"}
ROADS = sorted(file.stem for file in SCENARIOS.glob("*.toml"))
# What a scenario is late with by its own will; nothing is ever missing.
LATE = {
    "khieu-nai": {("reverified", "late")},
    "sap-xep-xa": {("decided", "late")},
    "tu-choi": {("opinion", "late")},
    "y-kien": {("opinion", "late")},
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if n in LARGE | {"demo"} else []) for n in ROADS],
)
def test_a_road_is_certified_and_told_again(
    units: None, name: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    list(play(read_scenario(SCENARIOS / f"{name}.toml")))

    with subtests.test("certificates"):
        assert wanting_of_all() == LATE.get(name, set())
    with subtests.test("replay"):
        assert told_again()["differences"] == []
    with subtests.test("verifier"):
        call_command("export_ledger", str(tmp_path / "so"), unit="VN", stdout=StringIO())
        answer = run(tmp_path, "check", str(tmp_path / "so"))
        assert answer.code == 0, answer.text


def wanting_of_all() -> set[tuple[str, str]]:
    """Return what any certificate wants, as the days of the last acts were."""
    at = Act.objects.order_by("-at").values_list("at", flat=True)[0]
    found: set[tuple[str, str]] = set()
    for review in VillageReview.objects.select_related("round__commune", "village"):
        made = village_certificate(review, at=at)
        gaps = [gap for line in made.households for gap in line.gaps]
        found |= {(step.code, step.result.value) for step in [*made.wanting, *gaps]}
        if made.households:
            assert_alike(made)
    return found


def assert_alike(made: Certificate) -> None:
    """Test that a household's own certificate says what the village's says of it."""
    wanting = made.households_wanting or made.households
    for line in {wanting[0], made.households[-1]}:
        case = Case.objects.select_related("round__commune").get(round=made.round, code=line.code)
        own = household_certificate(case, at=made.made_at)
        assert (own.met, own.of) == (line.met, line.of)
        assert [step.code for step in own.wanting] == [gap.code for gap in line.gaps]
        assert own.of == len({*own.steps}) - sum(s.result == "not_yet" for s in own.steps)


def told_again() -> dict[str, Any]:
    out = StringIO()
    call_command("replay_ledger", unit="VN", format="json", stdout=out)
    data: dict[str, Any] = json.loads(out.getvalue())
    assert data["cases"] == Case.objects.exclude(version=0).count() and data["forms"] >= 0
    return data
