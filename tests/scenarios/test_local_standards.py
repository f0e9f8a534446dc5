"""A province's standard beside a round, played from the loading of its file to the answers."""

from django.core.management import call_command

from cases.local_standards import lines_of
from cases.models import Assessment, Case, LocalStandard
from tests.scenarios.played import SCENARIOS, played
from tests.scenarios.played import local_standard as local_standard
from workflow.scenarios import Played


def test_the_provinces_results_stand_beside_a_decision_by_the_nations_standard(
    local_standard: list[Played],
) -> None:
    refused = [row.refusals[0].split()[0] for row in local_standard if row.result == "refused"]
    assert refused == [
        "income.URBAN.points.value",
        "no_duty",
        "same_officer",
        "valid_from",
    ]
    between = ["24640-00148", "24640-00162", "24640-00163"]
    locally_more = Assessment.objects.exclude(result="NOT_POOR").filter(
        survey__proposed_class="NOT_POOR"
    )
    assert sorted(set(locally_more.values_list("case__code", flat=True))) == between
    decided = Case.objects.filter(code__in=between).values_list("decided_class", "state")
    assert set(decided) == {("NOT_POOR", "escaped"), ("NOT_POOR", "refused")}


def test_playing_it_twice_does_nothing_twice(local_standard: list[Played]) -> None:
    before = (LocalStandard.objects.count(), Assessment.objects.count())

    played("chuan-dia-phuong.toml")

    assert (LocalStandard.objects.count(), Assessment.objects.count()) == before


def test_the_audit_finds_nothing_in_it(local_standard: list[Played]) -> None:
    call_command("check_procedure")


def test_no_standard_that_is_shipped_claims_to_be_a_provinces() -> None:
    files = list((SCENARIOS / "chuan-dia-phuong").glob("*.toml"))

    assert files
    for file in files:
        row = LocalStandard(code=file.stem, content=file.read_text(encoding="utf-8"))
        assert lines_of(row).demo, file
        assert "DỮ LIỆU MINH HỌA" in row.content, file
