"""Forms of a small commune computed by hand, and the command that prints them."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Household, Unit
from cases.reports.counts import Figures, Grouping
from cases.reports.places import NoSuchPlace, find_place, unopened_communes
from cases.reports.report import Report, RowState, report
from tests.conftest import Road


def made(number: int, code: str = "24646", year: int = 2024, **options: Any) -> Report:
    place = find_place(code, year)
    return report(number, place, place.rounds(), **options)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


# start, to near-poor, out, other decrease, from near-poor, relapse, new, other increase, end
POOR_HOUSEHOLDS = (5, 1, 1, 1, 1, 1, 1, 1, 6)
POOR_PERSONS = (15, 3, 4, 5, 7, 11, 10, 16, 47)
# start, out, to poor, other decrease, from poor, relapse, new, other increase, end
NEAR_HOUSEHOLDS = (4, 1, 1, 1, 1, 1, 1, 1, 5)
NEAR_PERSONS = (30, 8, 7, 9, 3, 13, 12, 17, 51)
# households, all, then 1 to 12: four lack 1-3, two lack 1, 3, 4, 6
POOR_LACK = (6, 20, 6, 4, 6, 2, 0, 2, 0, 0, 0, 0, 0, 0)


def test_every_kind_of_movement_is_counted_in_its_column(decided: Road) -> None:
    assert made(2).total.lines == (POOR_HOUSEHOLDS, POOR_PERSONS)
    assert made(3).total.lines == (NEAR_HOUSEHOLDS, NEAR_PERSONS)
    assert made(4).total.lines == (POOR_LACK,)
    assert [made(number).findings for number in (2, 3, 4)] == [(), (), ()]


def test_villages_are_rows_that_add_up_to_the_commune(decided: Road) -> None:
    form = made(2)

    assert [row.code for row in form.rows] == ["24646.001", "24646.002"]
    added = tuple(map(sum, zip(*(row.lines[0] for row in form.rows), strict=True)))
    assert added == POOR_HOUSEHOLDS
    assert form.rows[1].lines[0] == (2, 0, 1, 0, 0, 0, 0, 0, 1)


def test_certificates_change_no_figure(decided: Road) -> None:
    decided.certify()

    assert made(2).total.lines == (POOR_HOUSEHOLDS, POOR_PERSONS)


def test_undecided_commune_shows_no_figure_rather_than_zeros(varied: Road) -> None:
    form = made(2)

    assert form.total.state is RowState.UNDECIDED
    assert [row.lines for row in form.rows] == [(), ()]
    assert form.findings == ()


def test_proposed_figures_equal_the_later_decision_and_are_marked(varied: Road) -> None:
    form = made(2, figures=Figures.PROPOSED)

    assert form.total.lines == (POOR_HOUSEHOLDS, POOR_PERSONS)
    assert form.total.state is RowState.PRELIMINARY
    assert not form.is_final


def test_proposed_figures_before_the_survey_name_those_without_result(road: Road) -> None:
    road.open().list()

    form = made(2, figures=Figures.PROPOSED)

    assert {finding.code for finding in form.findings} == {"PENDING"}


def test_district_counts_decided_communes_and_says_which_are_missing(
    decided: Road, hoa_binh_round: Road
) -> None:
    hoa_binh_round.open().list()

    form = made(2, "662")

    assert [(r.code, r.state) for r in form.rows] == [
        ("24646", RowState.DECIDED),
        ("24652", RowState.UNDECIDED),
    ]
    assert form.total.lines[0] == POOR_HOUSEHOLDS
    assert form.total.state is RowState.PARTLY


def test_nation_has_a_row_for_each_province(decided: Road) -> None:
    form = made(4, "VN")

    assert [(row.code, row.name, row.lines) for row in form.rows] == [
        ("67", "Tỉnh Đắk Nông", (POOR_LACK,))
    ]


def test_communes_without_a_round_are_named_and_not_counted(decided: Road) -> None:
    form = made(2, "67")

    assert form.unopened_names == ("Xã Hòa Bình",)
    assert [row.code for row in form.rows] == ["24646"]
    assert unopened_communes(find_place("662", 2024)).count() == 1


def test_village_or_unknown_code_has_no_report(road: Road) -> None:
    for code in ("24646.001", "99999", ""):
        with pytest.raises(NoSuchPlace):
            find_place(code, 2024)


def test_broken_case_is_found_by_the_checks(decided: Road) -> None:
    decided.round.cases.filter(code="P-stays").update(deprivations="0" * 12)

    codes = {finding.code for finding in made(4).findings}

    assert codes == {"TOO_FEW_DEPRIVATIONS"}


def test_report_costs_the_same_queries_for_5_and_500_cases(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open().list()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            made(2, figures=Figures.PROPOSED)
        return len(captured)

    before = queries()
    make_households(Unit.objects.get(code="24646.001"), 495)
    road.list()

    assert road.round.cases.count() == 500
    assert queries() == before


def test_csv_of_a_district_has_one_line_a_commune_and_no_total(decided: Road) -> None:
    rows = list(
        csv.reader(run("2", "--unit", "662", "--round", "2024", "--format", "csv").splitlines())
    )

    assert rows[0] == (
        "code,commune,start,to_near,out,other_dec,from_near,relapse,new,other_inc,end,persons_end"
    ).split(",")
    assert rows[1:] == [["24646", "Xã Tân Lập", *map(str, POOR_HOUSEHOLDS), "47"]]


@pytest.mark.parametrize(
    ("number", "header"),
    [
        (
            "3",
            "code,commune,start,out,to_poor,other_dec,from_poor,relapse,new,other_inc,end,persons_end",
        ),
        ("4", "code,commune,poor_households,total,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11,i12"),
    ],
)
def test_csv_names_the_columns_of_each_form(decided: Road, number: str, header: str) -> None:
    text = run(number, "--unit", "24646", "--round", "2024-24646", "--format", "csv")

    lines = text.splitlines()
    assert lines[0] == header
    assert len(lines) == 2  # one line for the commune, also when it is asked alone


def test_csv_leaves_the_cells_of_an_undecided_commune_empty(varied: Road) -> None:
    text = run("2", "--unit", "24646", "--round", "2024", "--format", "csv")

    assert text.splitlines()[1] == "24646,Xã Tân Lập" + "," * 10


def test_json_tells_state_rows_total_and_findings(decided: Road) -> None:
    told = json.loads(run("3", "--unit", "24646", "--round", "2024", "--format", "json"))

    assert told["final"] is True
    assert told["total"]["households"]["end"] == 5
    assert told["total"]["persons"]["end"] == 51
    assert [row["code"] for row in told["rows"]] == ["24646.001", "24646.002"]


def test_json_of_an_undecided_commune_has_null_for_figures(varied: Road) -> None:
    told = json.loads(run("2", "--unit", "24646", "--round", "2024", "--format", "json"))

    assert (told["total"]["state"], told["total"]["households"]) == ("UNDECIDED", None)


def test_workbook_has_official_titles_a_total_and_prints_on_a4(
    decided: Road, tmp_path: Path
) -> None:
    target = tmp_path / "bieu.xlsx"
    run("2", "--unit", "662", "--round", "2024", "--format", "xlsx", "--output", str(target))

    sheet = openpyxl.load_workbook(target).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2][3:5] == ("1 Tổng số hộ nghèo đầu kỳ", "2 Thoát nghèo: trở thành hộ cận nghèo")
    assert rows[3][3:12] == POOR_HOUSEHOLDS
    assert rows[6][3:12] == POOR_PERSONS  # the total's second line
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)


def test_table_of_a_terminal_has_every_village_and_the_total(decided: Road) -> None:
    lines = run("4", "--unit", "24646", "--round", "2024").splitlines()

    assert sum("24646" in line for line in lines) == 3


def test_villages_of_a_district_can_be_rows(decided: Road) -> None:
    text = run("2", "--unit", "662", "--round", "2024", "--format", "csv", "--by", "village")

    assert [line.split(",")[0] for line in text.splitlines()] == ["code", "24646.001", "24646.002"]
    assert made(2, "662", by=Grouping.VILLAGE).total.lines[0] == POOR_HOUSEHOLDS


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        ("99999", "2024"),
        ("24646", "2023"),
        ("24652", "2024-24646"),
        ("662", "2024-99999"),
        ("662", "hai nghìn"),
        ("662", "0000"),
    ],
)
def test_unknown_unit_or_round_is_refused(decided: Road, unit: str, key: str) -> None:
    with pytest.raises(CommandError):
        run("2", "--unit", unit, "--round", key)
