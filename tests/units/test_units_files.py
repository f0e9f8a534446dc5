"""What the files of units say; no database."""

import hashlib
import re
from collections import Counter
from datetime import date

import pytest

from cases.models import Level
from cases.units_fixture import DEFAULT_DIRECTORY, UnitsFixture, VersionLine, read_fixture
from deploy.units.build import REPORT

AUTUMN_2024 = date(2024, 10, 1)
JUNE_2025 = date(2025, 6, 1)
JULY_2025 = date(2025, 7, 1)
OCTOBER_2026 = date(2026, 10, 1)


@pytest.fixture(scope="module")
def files() -> UnitsFixture:
    return read_fixture(DEFAULT_DIRECTORY)


def on(files: UnitsFixture, day: date, level: Level | None = None) -> list[VersionLine]:
    return [
        line
        for line in files.versions
        if line.valid_from <= day
        and (line.valid_until is None or day < line.valid_until)
        and level in (None, line.level)
    ]


@pytest.mark.parametrize(
    ("day", "provinces", "districts", "communes"),
    [
        (AUTUMN_2024, 63, 696, 10_051),
        (JUNE_2025, 63, 696, 10_035),
        (JULY_2025, 34, 0, 3_321),
        (OCTOBER_2026, 34, 0, 3_321),
    ],
)
def test_the_tree_of_each_time_has_as_many_units_as_were_published(
    files: UnitsFixture, day: date, provinces: int, districts: int, communes: int
) -> None:
    levels = Counter(line.level for line in on(files, day))

    assert levels[Level.NATION] == 1
    assert levels[Level.PROVINCE] == provinces
    assert levels[Level.DISTRICT] == districts
    assert levels[Level.COMMUNE] == communes


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (AUTUMN_2024, {"xã": 7717, "phường": 1716, "thị trấn": 618}),
        (JULY_2025, {"xã": 2621, "phường": 687, "đặc khu": 13}),
        (OCTOBER_2026, {"xã": 2599, "phường": 709, "đặc khu": 13}),
    ],
)
def test_communes_have_the_kinds_of_their_time(
    files: UnitsFixture, day: date, kinds: dict[str, int]
) -> None:
    assert Counter(line.kind for line in on(files, day, Level.COMMUNE)) == kinds


def test_nine_provinces_are_cities_in_october_2026_and_six_were_before(files: UnitsFixture) -> None:
    for day, cities in ((JULY_2025, 6), (OCTOBER_2026, 9)):
        kinds = Counter(line.kind for line in on(files, day, Level.PROVINCE))
        assert kinds["thành phố"] == cities


def test_every_unit_stands_under_a_unit_of_the_same_time(files: UnitsFixture) -> None:
    starts = {line.valid_from for line in files.versions}

    for day in starts:
        there = on(files, day)
        paths = {line.path for line in there}
        above = {line.path.removesuffix(f"{line.code}/") for line in there} - {""}
        assert above <= paths, f"no unit at {sorted(above - paths)[:5]} on {day}"


def test_no_unit_has_two_versions_on_one_day(files: UnitsFixture) -> None:
    for day in {line.valid_from for line in files.versions}:
        codes = Counter(line.code for line in on(files, day))
        assert max(codes.values()) == 1


def test_codes_keep_their_zeros_and_say_the_level(files: UnitsFixture) -> None:
    digits = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}

    for line in files.versions:
        if line.level != Level.NATION:
            assert re.fullmatch(rf"\d{{{digits[line.level]}}}", line.code)


def test_a_name_begins_with_its_kind(files: UnitsFixture) -> None:
    odd = [
        line.name
        for line in files.versions
        if line.level != Level.NATION and not line.name.lower().startswith(f"{line.kind} ")
    ]

    assert odd == []


def test_area_follows_the_kind_and_is_blank_where_no_source_says(files: UnitsFixture) -> None:
    areas = {(line.kind, line.area) for line in files.versions if line.level == Level.COMMUNE}

    assert areas == {
        ("xã", "RURAL"),
        ("phường", "URBAN"),
        ("thị trấn", "URBAN"),
        ("đặc khu", ""),
    }


def test_the_conversion_is_whole_with_its_gaps_kept(files: UnitsFixture) -> None:
    communes = [line for line in files.successions if len(line.predecessor) == 5]
    successors = Counter(line.predecessor for line in communes)
    before = {line.code for line in on(files, AUTUMN_2024, Level.COMMUNE)}
    after = {line.code for line in on(files, JULY_2025, Level.COMMUNE)}

    assert len(communes) == 10_565
    assert len(successors) == 10_033
    assert sum(count > 1 for count in successors.values()) == 441
    assert len(before - successors.keys()) == 28
    assert after - {line.successor for line in communes} == {
        "11948",  # Bạch Long Vĩ
        "19742",  # Cồn Cỏ
        "20333",  # Hoàng Sa
        "21548",  # Lý Sơn
        "26732",  # Côn Đảo
    }


def test_each_old_province_has_one_successor(files: UnitsFixture) -> None:
    provinces = [line for line in files.successions if len(line.predecessor) == 2]

    assert len(provinces) == 63
    assert len({line.predecessor for line in provinces}) == 63
    assert {line.successor for line in provinces} == {
        line.code for line in on(files, JULY_2025, Level.PROVINCE)
    }


def test_the_report_names_the_files_that_are_here() -> None:
    report = REPORT.read_text(encoding="utf-8")

    for path in DEFAULT_DIRECTORY.iterdir():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"| `{path.name}` | {path.stat().st_size} | {digest} |" in report
