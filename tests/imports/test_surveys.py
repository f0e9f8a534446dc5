"""What the law says against survey forms, told by row and column; what good rows bring."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.duties import Role
from cases.models import Act, Case, Round, Survey, Unit, User
from tests.imports.conftest import planned_forms, row_counts, taken, taken_forms
from tests.sheets.books import household, household_book, survey, survey_book
from workflow.imports.files import NotWhole
from workflow.imports.surveys import SurveyPlan


@pytest.fixture
def listed(officer: User, rounds: list[Round], build_lists: Callable[[], None]) -> None:
    """Households 1 to 3 of last year, 4 and 5 by request, in two villages, on the list."""
    rows = [
        household(1),
        household(2),
        household(3, thon="Thôn 4"),
        household(4, nguon="de_nghi", phan_loai_dau_ky=""),
        household(5, nguon="de_nghi", phan_loai_dau_ky="", thon="Thôn 4"),
    ]
    taken(household_book(rows), officer)
    build_lists()


def told(plan: SurveyPlan) -> list[tuple[str, int, str]]:
    return [(error.code, error.row, error.column) for error in plan.errors]


def passed(number: int, **changed: object) -> dict[str, object]:
    return survey(number, phieu_a="đạt", **changed)


def test_a_village_is_screened_by_one_act_and_surveyed_by_one(officer: User, listed: None) -> None:
    rows = [survey(1), survey(2), survey(3), passed(4), survey(5, phieu_a="không đạt", diem_b1="")]
    done = taken_forms(survey_book(rows), officer)

    assert (done.total.surveyed, done.total.passed, done.total.failed) == (4, 1, 1)
    acts = Act.objects.filter(code__in=["screen", "survey"]).values_list("code", "count")
    assert sorted(acts) == [("screen", 1), ("screen", 1), ("survey", 1), ("survey", 3)]
    states = dict(Case.objects.values_list("code", "state"))
    assert states["24646-00005"] == "unqualified"
    assert {states[f"24646-0000{number}"] for number in (1, 2, 3, 4)} == {"surveyed"}
    form = Survey.objects.get(case__code="24646-00001")
    assert (form.reviewer_name, form.reviewer, form.income_score) == ("Y Hải", officer, 110)


def test_the_same_forms_twice_change_nothing_and_a_corrected_one_is_a_new_survey(
    officer: User, listed: None
) -> None:
    rows = [survey(1), survey(2), passed(4), survey(5, phieu_a="không đạt", diem_b1="")]
    taken_forms(survey_book(rows), officer)
    before = row_counts()
    assert taken_forms(survey_book(rows), officer).before
    assert row_counts() == before

    rows[0] = survey(1, diem_b1=130)
    done = taken_forms(survey_book(rows), officer)
    assert (done.before, done.total.surveyed) == (False, 1)
    assert Case.objects.get(code="24646-00001").income_score == 130


def test_a_household_that_is_not_known_here_is_told(officer: User, listed: None) -> None:
    plan = planned_forms(survey_book([survey(1), survey(99)]), officer)

    assert told(plan) == [("NO_CASE", 3, "ma_ho (A)")]
    assert plan.good_count == 1


def test_each_refusal_of_the_law_is_told_at_its_cell(officer: User, listed: None) -> None:
    rows = [
        passed(1),
        survey(2, ngay_ra_soat=date(2024, 8, 30)),
        survey(3),
        survey(4),
    ]
    plan = planned_forms(survey_book(rows), officer)

    assert sorted(told(plan)) == [
        ("is_requester", 2, "phieu_a (D)"),
        ("needs_no_screen", 5, "phieu_a (D)"),
        ("surveyed_in_round", 3, "ngay_ra_soat (B)"),
    ]
    assert all("Điều" in error.message or "Phụ lục" in error.message for error in plan.errors)
    assert all(error.remedy for error in plan.errors)
    assert (plan.good_count, plan.total.surveyed) == (1, 1)


def test_one_refused_row_and_nothing_is_taken_unless_asked(officer: User, listed: None) -> None:
    content = survey_book([survey(1), survey(2, ngay_ra_soat=date(2024, 8, 30)), passed(4)])
    before = row_counts()
    with pytest.raises(NotWhole):
        taken_forms(content, officer)
    assert row_counts() == before

    done = taken_forms(content, officer, good_rows_only=True)
    assert (done.total.surveyed, done.total.passed, done.rows_left_out) == (2, 1, 1)
    assert Survey.objects.count() == 2


def test_forms_before_the_list_is_built_are_refused_with_the_state(
    officer: User, rounds: list[Round]
) -> None:
    taken(household_book([household(1, nguon="de_nghi", phan_loai_dau_ky="")]), officer)
    plan = planned_forms(survey_book([passed(1)]), officer)

    assert told(plan) == [("wrong_state", 2, "ma_ho (A)")]
    assert "Đã nhận giấy đề nghị" in plan.errors[0].message


def test_an_officer_of_another_commune_sees_no_case_here(
    officer: User, listed: None, communes: list[Unit], appoint: Callable[..., User]
) -> None:
    other = appoint("other", "Bùi Văn Minh", Role.COMMUNE_OFFICER, communes[3])
    before = row_counts()
    plan = planned_forms(survey_book([survey(1), survey(2)]), other)

    assert [code for code, _row, _column in told(plan)] == ["NO_CASE", "NO_CASE"]
    assert plan.tallies == []
    taken_forms(survey_book([survey(1)]), other, good_rows_only=True)
    assert row_counts() == before


@pytest.mark.parametrize(
    "rows",
    [
        [survey(1), survey(2, thieu_hut_4="có")],
        [survey(1), survey(1)],
        [survey(1), survey(2, ngay_ra_soat="05/12/2026")],
        [survey(1), survey(99)],
        [survey(1), survey(4)],
    ],
    ids=["mark", "duplicate", "date-as-text", "unknown", "refused"],
)
def test_bad_forms_leave_every_table_as_it_was(
    officer: User, listed: None, rows: list[dict[str, object]]
) -> None:
    before = row_counts()
    with pytest.raises(NotWhole):
        taken_forms(survey_book(rows), officer)

    assert row_counts() == before


def test_the_number_of_queries_does_not_grow_with_the_forms(
    officer: User, rounds: list[Round], build_lists: Callable[[], None]
) -> None:
    """
    One screening and one survey act a village; keys go in batches of 10,000.

    Some households stay without a form: a village that is done moves its chart as well.
    """

    def make(number: int) -> dict[str, object]:
        return household(
            number, **({"nguon": "de_nghi", "phan_loai_dau_ky": ""} if number % 2 else {})
        )

    taken(household_book([make(number) for number in range(1, 321)]), officer)
    build_lists()

    def queries(first: int, last: int) -> int:
        rows = [passed(n) if n % 2 else survey(n) for n in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            taken_forms(survey_book(rows), officer)
        return len(captured)

    queries(1, 5)
    assert queries(5, 10) == queries(10, 311)
