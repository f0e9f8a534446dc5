"""A list that comes when the round is further on does not bring cases nobody can decide."""

import pytest

from cases.models import Case, Member, Standing
from tests.conftest import YEAR, Road
from tests.sheets.books import household, household_book
from workflow.imports.files import NotWhole
from workflow.imports.households import read_list, take_list


def take(road: Road, row: dict[str, object], name: str = "ds.xlsx") -> None:
    file = read_list(household_book([row]), name=name, by=road.cast["minh"], at=road.at, year=YEAR)
    take_list(file)


def row_of(road: Road, **changed: object) -> dict[str, object]:
    names = {"thon": "Thôn 1", "ten_xa": "Xã Tân Lập", "phan_loai_dau_ky": None}
    return household(77, **{**names, **changed})


@pytest.mark.parametrize("source", ["tang_khac", "de_nghi"])
def test_nobody_comes_onto_the_list_of_a_decided_round(road: Road, source: str) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report().consent()
    road.decide()
    change = "tang_khac" if source == "tang_khac" else None
    with pytest.raises(NotWhole) as refused:
        take(road, row_of(road, nguon=source, bien_dong_khac=change))
    assert any("quyết định" in str(error) for error in refused.value.plan.errors)
    assert Case.objects.count() == 5


def test_a_requester_does_not_become_last_years_household_by_a_second_list(
    road: Road,
) -> None:
    road.open()
    take(road, row_of(road, nguon="de_nghi"))
    with pytest.raises(NotWhole):
        take(road, row_of(road, nguon="dang_quan_ly", phan_loai_dau_ky="N"), "ds2.xlsx")
    assert not Standing.objects.filter(household__code="24646-00077").exists()
    assert Member.objects.filter(household__code="24646-00077").count() == 1


def test_a_request_of_last_years_household_is_told_at_its_row(road: Road) -> None:
    take(road, row_of(road, nguon="dang_quan_ly", phan_loai_dau_ky="N"))
    road.open()
    with pytest.raises(NotWhole) as refused:
        take(road, row_of(road, nguon="de_nghi"), "ds2.xlsx")
    assert any("năm trước" in str(error) for error in refused.value.plan.errors)
