"""Standards of provinces: loaded, approved by another, pinned by rounds, and beside the case only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from cases.duties import Role
from cases.local_standards import (
    Denial,
    Denied,
    approve_local_standard,
    load_local_standard,
    local_standards_in_force,
    pinned_standards,
    reject_local_standard,
)
from cases.models import (
    Assessment,
    Case,
    Event,
    HouseholdClass,
    Level,
    LocalStandard,
    StateCount,
    Unit,
    User,
)
from cases.models.approvals import Settled
from cases.rules.local_standards import BadLocalStandard
from cases.rules.standards import UnknownStandard
from tests.acts.local_files import BETWEEN, demo_file
from tests.conftest import POOR, Road, make_unit, moment
from tests.taken_back import taken_back
from workflow.acts.posting import complain
from workflow.acts.surveying import SurveySheet, reverify_case

AT = moment("2024-09-02")


@pytest.fixture
def province(district: Unit) -> Unit:
    return Unit.objects.get(code="67")


@pytest.fixture
def lien(appoint: Callable[..., User], province: Unit) -> User:
    """Loads the province's standards."""
    return appoint("lien", "Vũ Thị Liên", Role.DEPARTMENT, province)


@pytest.fixture
def dung(appoint: Callable[..., User], province: Unit) -> User:
    """Approves them."""
    return appoint("dung", "Cao Văn Dũng", Role.DEPARTMENT, province)


def loaded(by: User, at: datetime = AT, **changes: Any) -> LocalStandard:
    text = demo_file(**changes)
    return load_local_standard(text=text, file="chuan.toml", paper="1/NQ-HĐND", by=by, at=at)


def approved(lien: User, dung: User, **changes: Any) -> LocalStandard:
    return approve_local_standard(code=loaded(lien, **changes).code, by=dung, at=AT)


def denied(why: Denial, deed: Callable[..., Any], **facts: Any) -> None:
    with pytest.raises(Denied) as caught:
        deed(**facts)
    assert caught.value.code == why


def refused_keys(deed: Callable[..., Any], *args: Any, **facts: Any) -> list[str]:
    with pytest.raises(BadLocalStandard) as caught:
        deed(*args, **facts)
    return [problem.key for problem in caught.value.problems]


def in_force(province: Unit, day: str = "2024-10-01") -> list[str]:
    return local_standards_in_force(province, date.fromisoformat(day))


def test_a_loaded_standard_rules_nothing_until_somebody_else_approves_it(
    lien: User, dung: User, province: Unit
) -> None:
    row = loaded(lien)
    assert in_force(province) == []

    approve_local_standard(code=row.code, by=dung, at=AT)

    assert in_force(province) == ["minh-hoa-67"]


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2023-12-31", []),
        ("2024-01-01", ["minh-hoa-67"]),
        ("2025-12-31", ["minh-hoa-67"]),
        ("2026-01-01", []),
    ],
)
def test_an_approved_standard_is_in_force_on_its_days_only(
    lien: User, dung: User, province: Unit, day: str, codes: list[str]
) -> None:
    approved(lien, dung)

    assert in_force(province, day) == codes


def test_the_loader_does_not_approve(lien: User) -> None:
    loaded(lien)

    denied(Denial.SAME_OFFICER, approve_local_standard, code="minh-hoa-67", by=lien, at=AT)


def test_the_database_holds_the_second_officer_too(lien: User) -> None:
    row = loaded(lien)

    with pytest.raises(IntegrityError), transaction.atomic():
        LocalStandard.objects.filter(pk=row.pk).update(approved_by=lien)


def test_an_approved_standard_is_neither_changed_nor_deleted(lien: User, dung: User) -> None:
    row = approved(lien, dung)

    for deed in (row.save, row.delete, lambda: row.reject(dung, AT, "nhầm")):
        with pytest.raises(Settled):
            deed()
    assert LocalStandard.objects.get(pk=row.pk).approved_by == dung


def test_a_department_of_another_province_neither_loads_nor_approves(
    lien: User, nation: Unit, appoint: Callable[..., User]
) -> None:
    other = make_unit("68", Level.PROVINCE, "Tỉnh Lâm Đồng", "tỉnh", nation)
    stranger = appoint("la", "Người Lạ", Role.DEPARTMENT, other)

    denied(Denial.NO_DUTY, loaded, by=stranger)
    loaded(lien)
    denied(Denial.NO_DUTY, approve_local_standard, code="minh-hoa-67", by=stranger, at=AT)


def test_a_department_of_the_ministry_approves_for_any_province(
    lien: User, nation: Unit, appoint: Callable[..., User], province: Unit
) -> None:
    loaded(lien)
    ministry = appoint("bo", "Tạ Thị Bộ", Role.MINISTRY, nation)

    approve_local_standard(code="minh-hoa-67", by=ministry, at=AT)

    assert in_force(province) == ["minh-hoa-67"]


def test_a_standard_without_its_paper_is_not_loaded(lien: User) -> None:
    facts = {"text": demo_file(), "file": "chuan.toml", "paper": " ", "by": lien, "at": AT}

    denied(Denial.NO_PAPER, load_local_standard, **facts)


def test_a_standard_below_the_nations_is_not_loaded(lien: User) -> None:
    assert refused_keys(loaded, lien, rural_points=139) == ["income.RURAL.points.value"]


def test_a_province_that_is_not_there_on_the_day_is_refused(lien: User) -> None:
    assert refused_keys(loaded, lien, province="99") == ["province"]
    assert refused_keys(loaded, lien, province="24646") == ["province"]


def test_a_code_is_used_once(lien: User) -> None:
    loaded(lien)

    assert refused_keys(loaded, lien) == ["code"]


def test_a_standard_that_overlaps_an_approved_one_is_not_loaded(lien: User, dung: User) -> None:
    approved(lien, dung)

    assert refused_keys(loaded, lien, code="minh-hoa-67-2") == ["valid_from"]


def test_of_two_drafts_that_overlap_one_is_approved(lien: User, dung: User, province: Unit) -> None:
    loaded(lien)
    loaded(lien, code="minh-hoa-67-2")
    approve_local_standard(code="minh-hoa-67", by=dung, at=AT)

    keys = refused_keys(approve_local_standard, code="minh-hoa-67-2", by=dung, at=AT)

    assert keys == ["valid_from"]
    assert in_force(province) == ["minh-hoa-67"]


def test_a_rejected_draft_stays_readable_and_is_not_approved(lien: User, dung: User) -> None:
    loaded(lien)

    row = reject_local_standard(code="minh-hoa-67", reason="Sai mức", by=dung, at=AT)

    assert (row.rejection, row.rejected_by) == ("Sai mức", dung)
    denied(Denial.SETTLED, approve_local_standard, code="minh-hoa-67", by=dung, at=AT)


def test_a_rejection_has_a_reason(lien: User, dung: User) -> None:
    loaded(lien)

    denied(Denial.NO_REASON, reject_local_standard, code="minh-hoa-67", reason=" ", by=dung, at=AT)


def test_an_approved_standard_is_not_rejected_any_more(lien: User, dung: User) -> None:
    approved(lien, dung)

    denied(Denial.SETTLED, reject_local_standard, code="minh-hoa-67", reason="Sai", by=lien, at=AT)


def test_a_round_pins_what_is_in_force_at_its_opening(road: Road, lien: User, dung: User) -> None:
    approved(lien, dung)

    road.open()

    road.round.refresh_from_db()
    assert road.round.local_standards == ["minh-hoa-67"]


def test_an_approval_after_the_opening_changes_no_open_round(
    road: Road, lien: User, dung: User
) -> None:
    road.open()
    approved(lien, dung)

    road.list().survey(POOR, BETWEEN)

    assert not Assessment.objects.exists()


def test_a_standard_that_was_never_approved_cannot_be_pinned(lien: User) -> None:
    loaded(lien)

    with pytest.raises(UnknownStandard):
        pinned_standards(["minh-hoa-67"])


def test_a_household_between_the_lines_is_poor_in_the_province_and_not_in_the_nation(
    road: Road, lien: User, dung: User
) -> None:
    approved(lien, dung)

    road.open().list().survey(POOR, BETWEEN)

    results = Assessment.objects.values_list("standard", "result", "survey__proposed_class")
    assert set(results) == {("minh-hoa-67", HouseholdClass.POOR, HouseholdClass.NOT_POOR)}
    assert Assessment.objects.count() == 5


def test_a_re_verification_has_its_own_result(road: Road, lien: User, dung: User) -> None:
    approved(lien, dung)
    road.open().list().survey(POOR, BETWEEN).classify().meet().post()
    case = road.cases()[0]
    complain(case=case, complainant="Một người dân", content="Sai.", **road.who("minh"))
    case.refresh_from_db()

    sheet = SurveySheet(case, road.at.date(), "Đỗ Thị Hoa", BETWEEN + 6, POOR)
    reverify_case(sheet=sheet, outcome="Khảo sát lại.", **road.who("hoa"))

    results = case.assessments.order_by("survey__attempt").values_list("result", flat=True)
    assert list(results) == [HouseholdClass.POOR, HouseholdClass.NOT_POOR]


def walked(road: Road) -> dict[str, list[Any]]:
    """Walk the round to its decision with households between the lines; return all it left."""
    road.open().list().survey(POOR, BETWEEN).classify().meet().post()
    road.pass_days(7).close().report().consent().decide()
    columns = [field.attname for field in Case._meta.fields if field.attname != "id"]
    moved = ("case__code", "from_state", "to_state", "act__code", "act__sequence")
    return {
        "cases": [case.items() for case in road.round.cases.order_by("code").values(*columns)],
        "events": list(Event.objects.order_by("act__sequence", "case__code").values_list(*moved)),
        "counts": list(StateCount.objects.values_list("state", "household_class", "n")),
    }


def test_a_local_standard_changes_nothing_of_the_review(road: Road, lien: User, dung: User) -> None:
    without: dict[str, list[Any]] = {}
    start = road.at
    with taken_back():
        without = without_ids(walked(road))
    approved(lien, dung)
    road.at = start

    with_local = without_ids(walked(road))

    assert Assessment.objects.filter(result=HouseholdClass.POOR).count() == 5
    assert with_local == without


def without_ids(left: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out what numbers rows: a sequence of the database goes on after a rollback."""
    numbers = {"last_act_id", "round_id", "village_review_id", "salt"}
    left["cases"] = [{k: v for k, v in case if k not in numbers} for case in left["cases"]]
    return left


def test_further_results_cost_the_same_for_few_and_for_many(
    calendar: None,
    cast: dict[str, User],
    tan_lap: Unit,
    make_households: Callable[..., Any],
    lien: User,
    dung: User,
) -> None:
    approved(lien, dung)
    village = Unit.objects.get(code="24646.001")
    counted = []
    for cases in (5, 5, 200):  # the first time fills what is kept for the process
        with taken_back():
            make_households(village, cases)
            road = Road(cast, tan_lap).open().list()
            with CaptureQueriesContext(connection) as queries:
                road.survey(POOR, BETWEEN)
            assert Assessment.objects.count() == cases
            counted.append(len(queries))
    assert counted[1] == counted[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "chuan.toml"
    path.write_text(demo_file(), encoding="utf-8")
    return path


def test_commands_load_and_approve(lien: User, dung: User, province: Unit, file: Path) -> None:
    call_command("load_local_standard", str(file), "--by", "lien", "--paper", "1/NQ-HĐND")
    call_command("approve_local_standard", "minh-hoa-67", "--by", "dung")

    row = LocalStandard.objects.get()
    assert (row.loaded_by, row.approved_by) == (lien, dung)
    assert row.content == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a" * 70_000, b"code = 1"])
def test_a_file_that_cannot_be_taken_is_named(lien: User, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hong.toml"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"^hong\.toml: "):
        call_command("load_local_standard", str(path), "--by", "lien", "--paper", "1/NQ")


def test_commands_say_what_is_not_there(lien: User, file: Path) -> None:
    for words in (
        ("load_local_standard", str(file.parent / "khong-co.toml"), "--by", "lien", "--paper", "1"),
        ("load_local_standard", str(file), "--by", "khong-ai", "--paper", "1"),
        ("approve_local_standard", "khong-co", "--by", "lien"),
    ):
        with pytest.raises(CommandError):
            call_command(*words)
    assert not LocalStandard.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_overlapping_drafts_approved_at_one_moment_one_is_in_force(
    lien: User, dung: User, province: Unit
) -> None:
    def approve(code: str) -> bool:
        together.wait(timeout=10)
        try:
            approve_local_standard(code=code, by=dung, at=AT)
        except BadLocalStandard:
            return False
        finally:
            connections.close_all()
        return True

    for number in range(5):
        year = f"{2022 + number}-01-01", f"{2022 + number}-07-01"
        codes = [f"minh-hoa-{number}-{each}" for each in "ab"]
        for code in codes:
            loaded(lien, code=code, since=year[0], until=year[1])
        together = Barrier(2)
        with ThreadPoolExecutor(2) as officers:
            answers = list(officers.map(approve, codes))

        assert sorted(answers) == [False, True]
        assert len(in_force(province, year[0])) == 1
