"""What the database and the law say against a household list, and what good rows bring."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.duties import Role
from cases.models import Case, Household, Member, Round, Standing, Unit, User, VillageReview
from tests.imports.conftest import AT, OPENED, planned, row_counts, taken
from tests.sheets.books import (
    HOUSEHOLD_TITLES,
    MEMBER_TITLES,
    book,
    household,
    household_book,
    member,
    table,
)
from workflow.acts.listing import build_list
from workflow.imports.files import NotWhole
from workflow.imports.households import HouseholdPlan


def codes(plan: HouseholdPlan) -> list[str]:
    return [error.code for error in plan.errors]


def request(number: int, **changed: object) -> dict[str, object]:
    return household(number, nguon="de_nghi", phan_loai_dau_ky="", **changed)


def test_an_officer_of_another_commune_takes_nothing(
    communes: list[Unit], appoint: Callable[..., User]
) -> None:
    other = appoint("other", "Bùi Văn Minh", Role.COMMUNE_OFFICER, communes[0])
    before = row_counts()
    plan = planned(household_book([household(1), household(2)]), other)

    assert codes(plan) == ["FOREIGN_COMMUNE"]
    assert "và 1 dòng khác" in plan.errors[0].message
    with pytest.raises(NotWhole):
        taken(household_book([household(1)]), other)
    done = taken(household_book([household(1)]), other, good_rows_only=True)
    assert (done.total.households, done.rows_left_out) == (0, 1)
    assert row_counts() == before


def test_a_commune_unknown_on_the_day_is_named_with_row_and_column(officer: User) -> None:
    plan = planned(household_book([household(1, ma_xa="99999")]), officer)

    (error,) = plan.errors
    assert (error.sheet, error.row, error.column, error.value, error.code) == (
        "Ho",
        2,
        "ma_xa (A)",
        "99999",
        "UNKNOWN_COMMUNE",
    )
    assert "05/09/2024" in error.message


def test_the_area_must_be_the_communes_own(officer: User) -> None:
    plan = planned(household_book([household(1, khu_vuc="thành thị")]), officer)

    assert codes(plan) == ["AREA_DIFFERS"]


def test_a_name_of_another_commune_is_a_warning(officer: User) -> None:
    plan = planned(household_book([household(1, ten_xa="Tâm Thắng")]), officer)

    assert plan.is_whole
    assert [warning.code for warning in plan.warnings] == ["COMMUNE_NAME_DIFFERS"]


def test_one_bad_row_and_nothing_is_taken(officer: User) -> None:
    content = household_book([household(1), household(2, ma_xa="99999"), household(3)])
    before = row_counts()
    with pytest.raises(NotWhole):
        taken(content, officer)
    assert row_counts() == before

    done = taken(content, officer, good_rows_only=True)
    assert (done.total.households, done.rows_left_out) == (2, 1)
    assert list(Household.objects.order_by("code").values_list("code", flat=True)) == [
        "24646-00001",
        "24646-00003",
    ]


def test_last_years_households_need_no_round_and_requests_do(officer: User) -> None:
    assert planned(household_book([household(1)]), officer).is_whole
    plan = planned(household_book([household(1), request(2), request(3)]), officer)

    assert codes(plan) == ["NO_ROUND"]
    assert plan.errors[0].row == 3
    assert "mở đợt rà soát" in plan.errors[0].remedy
    assert plan.good_count == 1


def test_a_request_is_received_with_its_row_as_paper(officer: User, rounds: list[Round]) -> None:
    taken(household_book([household(1), request(2, tai_ngheo="x")]), officer)

    case = Case.objects.get()
    assert (case.state, case.basis_paper, case.relapse) == ("requested", "ho.xlsx, dòng 3", True)
    assert Standing.objects.get(year__isnull=True).household.code == "24646-00002"


def test_an_arrival_is_prepared_for_the_list(
    officer: User, rounds: list[Round], build_lists: Callable[[], None]
) -> None:
    row = household(
        1, nguon="tang_khac", phan_loai_dau_ky="", bien_dong_khac="tang_khac", tai_ngheo="x"
    )
    taken(household_book([row]), officer)

    case = Case.objects.get()
    assert (case.state, case.basis, case.basis_paper) == ("new", "ARRIVAL", "ho.xlsx, dòng 2")
    assert (case.opening_class, case.relapse) == ("", True)
    assert taken(household_book([row]), officer).before
    build_lists()
    case.refresh_from_db()
    assert case.state == "listed"


def test_requests_after_the_window_are_told_by_the_law(
    officer: User, rounds: list[Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.imports.conftest.AT", AT.replace(month=12, day=20))
    plan = planned(household_book([request(1), household(2)]), officer)

    assert codes(plan) == ["within_window"]
    assert "Điều 3" in plan.errors[0].message
    assert plan.good_count == 1
    assert plan.total.households == 1


def test_villages_are_made_once_and_reviewed(officer: User, rounds: list[Round]) -> None:
    rows = [household(1, thon="Thôn 1"), household(2, thon="THÔN 1"), household(3, thon="Bon U")]
    done = taken(household_book(rows), officer)

    assert done.total.villages == 2
    assert VillageReview.objects.filter(round__commune__code="24646").count() == 2
    again = taken(household_book([*rows, household(4, thon="thôn 1")]), officer)
    assert (again.total.villages, again.total.households) == (0, 1)


def test_the_same_household_changed_is_an_update(officer: User) -> None:
    taken(household_book([household(1)]), officer)
    content = household_book(
        [household(1, thon="Thôn 4", so_nhan_khau=2, bien_dong_khac="giam_khac")],
        [member(1), member(1, stt=2, ho_ten="Lê Thị Tư", quan_he="Vợ", so_dinh_danh="")],
    )
    plan = planned(content, officer)

    assert [warning.code for warning in plan.warnings] == ["VILLAGE_CHANGED"]
    assert (plan.total.households, plan.total.changed, plan.total.members) == (0, 1, 1)
    taken(content, officer)
    changed = Household.objects.get()
    assert (changed.persons, changed.departure_reported) == (2, True)
    assert changed.village.versions.get().name == "Thôn 4"
    assert Standing.objects.count() == 1


def test_a_new_head_out_of_the_same_people_is_an_update(officer: User) -> None:
    taken(household_book([household(1)]), officer)
    rows = [household(1, chu_ho="Lê Thị Tư", so_dinh_danh="")]
    people = [
        member(1, ho_ten="Lê Thị Tư", so_dinh_danh=""),
        member(1, stt=2, quan_he="Chồng"),
    ]
    plan = planned(household_book(rows, people), officer)

    assert plan.is_whole
    assert "HEAD_CHANGED" in [warning.code for warning in plan.warnings]
    taken(household_book(rows, people), officer)
    assert Household.objects.get().head_name_key == "le thi tu"
    assert Member.objects.filter(valid_until__isnull=True).count() == 2
    assert Member.objects.filter(valid_until=AT.date()).count() == 1


def test_another_household_under_the_same_code_is_refused(officer: User) -> None:
    taken(household_book([household(1)]), officer)
    other = household(1, chu_ho="Y Hải", so_dinh_danh="042070999999")

    assert codes(planned(household_book([other]), officer)) == ["HOUSEHOLD_IS_ANOTHER"]


def test_a_household_of_another_commune_is_refused_without_telling_whose(officer: User) -> None:
    taken(household_book([household(1)]), officer)
    plan = planned(household_book([household(1, ma_xa="24655", ten_xa="")]), officer)

    assert codes(plan) == ["HOUSEHOLD_ELSEWHERE"]
    assert "Loan" not in str(plan.errors[0])


def test_a_household_with_a_case_stays_in_its_village(officer: User, rounds: list[Round]) -> None:
    taken(household_book([request(1)]), officer)
    plan = planned(household_book([request(1, thon="Thôn 4")]), officer)

    assert codes(plan) == ["VILLAGE_OF_CASE"]


def test_a_household_on_the_list_is_not_received_again_on_another_ground(
    officer: User, rounds: list[Round]
) -> None:
    taken(household_book([request(1)]), officer)
    row = household(1, nguon="tang_khac", phan_loai_dau_ky="")

    assert codes(planned(household_book([row]), officer)) == ["already_on_list"]


def test_a_person_of_another_household_is_refused(officer: User) -> None:
    taken(household_book([household(1)]), officer)
    newcomer = household(2, chu_ho="Y Hải", so_dinh_danh="042070000001")
    plan = planned(household_book([newcomer]), officer)

    (error,) = plan.errors
    assert (error.code, error.sheet, error.row) == ("PERSON_OF_ANOTHER", "NhanKhau", 2)
    assert "24646-00001" in error.message


def test_a_household_of_an_unknown_place_is_not_named(
    communes: list[Unit], officer: User, appoint: Callable[..., User]
) -> None:
    taken(household_book([household(1)]), officer)
    other = appoint("other", "Bùi Văn Minh", Role.COMMUNE_OFFICER, communes[3])
    row = household(2, ma_xa="24655", ten_xa="", ma_ho="24655-00002", so_dinh_danh="042070000001")
    plan = planned(household_book([row]), other)

    assert codes(plan) == ["PERSON_OF_ANOTHER"]
    assert "24646" not in str(plan.errors[0])


def test_a_list_that_shows_both_households_moves_a_person(officer: User) -> None:
    first = [household(1, so_nhan_khau=2), household(2)]
    son = member(1, stt=2, ho_ten="Y Con", quan_he="Con", so_dinh_danh="042070000009")
    taken(household_book(first, [member(1), son, member(2)]), officer)
    second = [household(1), household(2, so_nhan_khau=2)]
    moved = {**son, "ma_ho": "24646-00002"}
    done = taken(household_book(second, [member(1), member(2), moved]), officer)

    assert (done.total.changed, done.total.members) == (2, 1)
    present = Member.objects.get(personal_number="042070000009", valid_until__isnull=True)
    assert present.household.code == "24646-00002"
    # With the giving row bad, the taking row is bad too.
    bad = [household(1, so_nhan_khau=2), household(2, khu_vuc="thành thị")]
    plan = planned(household_book(bad, [member(1), son, member(2)]), officer)
    assert codes(plan) == ["AREA_DIFFERS", "PERSON_OF_ANOTHER"]


def test_a_class_of_an_earlier_list_may_be_corrected_until_a_case_stands_on_it(
    officer: User, rounds: list[Round], appoint: Callable[..., User]
) -> None:
    taken(household_book([household(1)]), officer)
    corrected = household_book([household(1, phan_loai_dau_ky="CN")])
    plan = planned(corrected, officer)
    assert [warning.code for warning in plan.warnings] == ["CLASS_CHANGED"]
    taken(corrected, officer)
    assert Standing.objects.get().household_class == "NEAR_POOR"

    round = Round.objects.get(commune__code="24646")
    hoa = appoint("hoa", "Đỗ Thị Hoa", Role.COMMUNE_COMMITTEE, round.commune)
    build_list(round=round, by=hoa, at=OPENED, key="list")
    assert codes(planned(household_book([household(1)]), officer)) == ["CLASS_DIFFERS"]


def _many_bad_dates() -> bytes:
    rows = [household(number) for number in range(1, 300)]
    return household_book([*rows, household(300, ngay_sinh="05/12/2026")])


@pytest.mark.parametrize(
    "content",
    [
        household_book([household(1), household(2, thon="", so_dinh_danh="0420700000022")]),
        household_book([household(1), household(1)]),
        household_book([household(1, ma_xa="99999")]),
        household_book([household(1, ma_xa="24640", khu_vuc="nông thôn")]),
        household_book([household(1, nguon="tang_khac", phan_loai_dau_ky="")]),
        household_book([household(1, bien_dong_khac="có")]),
        _many_bad_dates(),
    ],
    ids=["13-digits", "duplicate", "commune", "area", "no-round", "word", "date-as-text"],
)
def test_bad_input_leaves_every_table_as_it_was(officer: User, content: bytes) -> None:
    before = row_counts()
    plan = planned(content, officer)
    with pytest.raises(NotWhole) as refused:
        taken(content, officer)

    assert plan.error_count == refused.value.plan.error_count >= 1
    assert all(error.row and error.column and error.remedy for error in plan.errors)
    assert row_counts() == before


def test_the_number_of_queries_does_not_grow_with_the_rows(
    officer: User, rounds: list[Round]
) -> None:
    """Lists of keys go in batches of 10,000: up to there the number is the same."""

    def queries(first: int, how_many: int) -> int:
        content = household_book(
            [
                make(number)
                for number in range(first, first + how_many)
                for make in [request if number % 2 else household]
            ]
        )
        with CaptureQueriesContext(connection) as captured:
            taken(content, officer)
        return len(captured)

    queries(1, 2)  # the village is made, content types are remembered
    assert queries(10, 4) == queries(1000, 400)


def test_a_sheet_without_rows_brings_nothing(officer: User) -> None:
    content = book(Ho=table(HOUSEHOLD_TITLES, []), NhanKhau=table(MEMBER_TITLES, []))
    plan = planned(content, officer)

    assert (plan.row_count, plan.good_count, plan.taken_before) == (0, 0, False)
