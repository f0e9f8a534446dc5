"""Building the fixture from lists, here small ones: the packages are not installed with the product."""

from dataclasses import replace
from datetime import date

import pytest

from deploy.units.assemble import assemble
from deploy.units.build import fixture_files
from deploy.units.report import write_report
from deploy.units.sources import Place, Sources, SourcesChanged, Tree

OLD_PROVINCE = Place("01", "Tỉnh Cũ", "tỉnh")
OLD_DISTRICT = Place("001", "Huyện Núi", "huyện", "01")
ISLAND_DISTRICT = Place("002", "Huyện Đảo", "huyện", "01")
STAYS = Place("00001", "Xã Ở Lại", "xã", "001")
ENDS = Place("00002", "Thị trấn Nhập", "thị trấn", "001")
STARTS = Place("00003", "Phường Mới", "phường", "001")
NEW_PROVINCE = Place("01", "Tỉnh Cũ", "tỉnh", resolution="202/2025/QH15 ngày 12/06/2025")
NEW_COMMUNE = Place("00001", "Xã Ở Lại", "xã", "01")
NEW_WARD = replace(
    NEW_COMMUNE,
    name="Phường Ở Lại",
    kind="phường",
    resolution="237/NQ-UBTVQH16 ngày 14/04/2026",
)
NEW_ISLAND = Place("00009", "Đặc khu Đảo", "đặc khu", "01", "1654/NQ-UBTVQH15 ngày 16/06/2025")


def by_code(*places: Place) -> dict[str, Place]:
    return {place.code: place for place in places}


@pytest.fixture
def sources() -> Sources:
    districts = by_code(OLD_DISTRICT, ISLAND_DISTRICT)
    return Sources(
        january=Tree(by_code(OLD_PROVINCE), districts, by_code(STAYS, ENDS)),
        march=Tree({}, districts, by_code(STAYS, STARTS)),
        july=Tree(by_code(NEW_PROVINCE), {}, by_code(NEW_COMMUNE, NEW_ISLAND)),
        today=Tree(by_code(NEW_PROVINCE), {}, by_code(NEW_WARD, NEW_ISLAND)),
        commune_successors=(("00001", "00001", False), ("00003", "00001", True)),
        province_successors=(("01", "01"), ("01", "99")),
    )


def in_another_order(sources: Sources) -> Sources:
    def turned(tree: Tree) -> Tree:
        return Tree(
            *(
                dict(reversed(places.items()))
                for places in (tree.provinces, tree.districts, tree.communes)
            )
        )

    return Sources(
        january=turned(sources.january),
        march=turned(sources.march),
        july=turned(sources.july),
        today=turned(sources.today),
        commune_successors=sources.commune_successors[::-1],
        province_successors=sources.province_successors[::-1],
    )


def test_the_same_lists_give_the_same_bytes_in_any_order(sources: Sources) -> None:
    first = fixture_files(assemble(sources))
    again = fixture_files(assemble(in_another_order(sources)))

    assert first == again


def test_a_unit_has_one_version_for_each_thing_it_was(sources: Sources) -> None:
    versions = assemble(sources).versions

    spans = [
        (row.path, row.kind, row.area, row.valid_from, row.valid_until)
        for row in versions
        if row.code == "00001"
    ]
    assert spans == [
        ("VN/01/00001/", "xã", "RURAL", date(2025, 7, 1), date(2026, 4, 30)),
        ("VN/01/00001/", "phường", "URBAN", date(2026, 4, 30), None),
        ("VN/01/001/00001/", "xã", "RURAL", date(2021, 1, 1), date(2025, 7, 1)),
    ]


def test_codes_of_one_old_list_only_meet_on_one_day(sources: Sources) -> None:
    spans = {row.code: (row.valid_from, row.valid_until) for row in assemble(sources).versions}

    assert spans["00002"] == (date(2021, 1, 1), date(2025, 3, 1))
    assert spans["00003"] == (date(2025, 3, 1), date(2025, 7, 1))


def test_a_succession_of_provinces_that_no_commune_followed_is_left_out(sources: Sources) -> None:
    successions = assemble(sources).successions

    provinces = [(row.predecessor, row.successor) for row in successions if len(row.successor) == 2]
    assert provinces == [("01", "01")]


def test_dates_that_nobody_verified_are_marked(sources: Sources) -> None:
    titles = assemble(sources).sources

    assert "[?]" in titles["237/NQ-UBTVQH16"]
    assert "[?]" not in titles["1654/NQ-UBTVQH15"]


def test_the_report_tells_what_is_not_known(sources: Sources) -> None:
    fixture = assemble(sources)

    report = write_report(sources, fixture, fixture_files(fixture))

    assert "| 00002 | Thị trấn Nhập | Huyện Núi (001) | 28/02/2025 |" in report
    assert "Đặc khu Đảo (00009)" in report
    assert "01 to 99" in report


def test_a_resolution_without_a_known_day_stops_the_build(sources: Sources) -> None:
    unknown = replace(NEW_WARD, resolution="999/NQ-UBTVQH16 ngày 01/10/2026")
    today = Tree(by_code(NEW_PROVINCE), {}, by_code(unknown, NEW_ISLAND))

    with pytest.raises(SourcesChanged, match="999/NQ-UBTVQH16"):
        assemble(replace(sources, today=today))


def test_lists_that_name_a_unit_differently_stop_the_build(sources: Sources) -> None:
    renamed = replace(NEW_ISLAND, name="Đặc khu Khác")
    today = Tree(by_code(NEW_PROVINCE), {}, by_code(NEW_WARD, renamed))

    with pytest.raises(SourcesChanged, match="00009"):
        assemble(replace(sources, today=today))
