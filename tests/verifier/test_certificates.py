"""A certificate's results are compared with what the record answers to the twelve questions."""

import json
from pathlib import Path
from typing import Any

import pytest

from cases.models import Act, Case
from tests.conftest import Road
from tests.flows.test_charts import reverify
from tests.verifier.running import Answer, run
from workflow.acts.posting import complain
from workflow.ledger.certificate import household_certificate
from workflow.ledger.certificate_json import as_data
from workflow.ledger.export import export

Data = dict[str, Any]


@pytest.fixture
def late(road: Road, tmp_path: Path) -> tuple[Data, Path]:
    """Return the certificate of a household that was re-verified too late, and the record."""
    road.open().list().survey().classify().meet().post().pass_days(1)
    contested = road.cases()[0]
    complain(case=contested, complainant="Ông Tám", content="Sai", **road.who("minh"))
    reverify(road.pass_days(9), contested)
    case = Case.objects.select_related("round__commune", "village_review__village").get(
        pk=contested.pk
    )
    made = as_data(household_certificate(case, at=road.at))
    export(road.commune, tmp_path / "record", at=road.at)
    return json.loads(json.dumps(made)), tmp_path / "record"


def checked(made: Data, record: Path, tmp_path: Path) -> Answer:
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(made))
    return run(tmp_path, "certificate", str(file), "--export", str(record))


def test_a_certificate_that_says_what_was_late_agrees_with_the_record(
    late: tuple[Data, Path], tmp_path: Path
) -> None:
    made, record = late

    assert "late" in {step["result"] for step in made["steps"]}
    assert checked(made, record, tmp_path).code == 0


def test_one_that_calls_it_met_does_not(late: tuple[Data, Path], tmp_path: Path) -> None:
    made, record = late
    for step in made["steps"]:
        if step["result"] in ("late", "gap"):
            step["result"], made["met"] = "met", made["met"] + 1

    answer = checked(made, record, tmp_path)

    assert (answer.code, answer.codes) == (1, {"certificate"})
    assert "q8" in {problem["where"] for problem in answer.data["problems"]}


def test_a_gap_that_is_admitted_elsewhere_excuses_it_not(
    late: tuple[Data, Path], tmp_path: Path
) -> None:
    made, record = late
    (missed,) = (step for step in made["steps"] if step["result"] == "late")
    elsewhere = next(step for step in made["steps"] if step["act_code"] == "hold_meeting")
    missed["result"], elsewhere["result"] = elsewhere["result"], missed["result"]

    answer = checked(made, record, tmp_path)

    assert {problem["where"] for problem in answer.data["problems"]} == {"q8"}


def test_a_head_that_is_not_the_records_is_found(late: tuple[Data, Path], tmp_path: Path) -> None:
    made, record = late
    last = Act.objects.order_by("-sequence")[0]
    made["binding"]["head"]["sequence"] = last.sequence + 1

    assert {"proof", "head_missing"} <= checked(made, record, tmp_path).codes
