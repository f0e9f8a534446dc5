"""Loading units into the database."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from cases.models import Level, Unit, UnitSuccession, UnitVersion
from cases.names import fold
from cases.units_fixture import UnitsConflict, UnitsFileError, load_units

VERSIONS = "path,level,name,kind,area,valid_from,valid_until,source"
SUCCESSIONS = "predecessor,successor,on_date,partial,source"
# A country of its own, so that these tests also hold beside the real units.
NATION = "XX/,NATION,Nước Mẫu,quốc gia,,2021-01-01,,S"
PROVINCE = "XX/00/,PROVINCE,Tỉnh Đắk Nông,tỉnh,,2021-01-01,,S"
COMMUNE = "XX/00/99901/,COMMUNE,Xã Ea Pô,xã,RURAL,2021-01-01,,S"


def write(directory: Path, *versions: str, successions: tuple[str, ...] = ()) -> Path:
    (directory / "sources.csv").write_text("source,title\nS,Nghị quyết mẫu\n", encoding="utf-8")
    for name, lines in (
        ("versions.csv", (VERSIONS, *versions)),
        ("successions.csv", (SUCCESSIONS, *successions)),
    ):
        (directory / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


def load_by_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_units", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def whole_country(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The units that come with the product, loaded once for the tests that only look at them."""
    with django_db_blocker.unblock():
        report = load_units()
        yield
        if report.changed:
            for model in (UnitSuccession, UnitVersion, Unit):
                model.objects.all()._raw_delete("default")


@pytest.mark.django_db
@pytest.mark.usefixtures("whole_country")
class TestWholeCountry:
    def test_the_four_communes_of_cu_jut_are_as_they_were_in_the_autumn_of_2024(self) -> None:
        codes = ["24640", "24646", "24652", "24655"]

        communes = UnitVersion.objects.in_force(date(2024, 10, 1)).filter(
            path__startswith="VN/67/662/", unit__code__in=codes
        )

        found = communes.values_list("unit__code", "name", "kind", "area", "parent__code")
        assert list(found.order_by("unit__code")) == [
            ("24640", "Thị trấn Ea T'Ling", "thị trấn", "URBAN", "662"),
            ("24646", "Xã Ea Pô", "xã", "RURAL", "662"),
            ("24652", "Xã Đắk DRông", "xã", "RURAL", "662"),
            ("24655", "Xã Tâm Thắng", "xã", "RURAL", "662"),
        ]

    def test_a_unit_says_what_it_was_on_a_day(self) -> None:
        unit = Unit.objects.get(code="26368")

        names = [
            unit.version_on(day).name
            for day in (date(2024, 10, 1), date(2025, 8, 1), date(2026, 5, 1))
        ]

        assert names == ["Thị trấn Long Thành", "Xã Long Thành", "Phường Long Thành"]
        assert unit.level == Level.COMMUNE

    def test_a_district_ends_with_its_tier(self) -> None:
        district = Unit.objects.get(code="662")

        assert district.version_on(date(2025, 6, 30)).name == "Huyện Cư Jút"
        with pytest.raises(UnitVersion.DoesNotExist):
            district.version_on(date(2025, 7, 1))

    def test_a_commune_may_have_several_successors_each_in_part(self) -> None:
        successions = UnitSuccession.objects.filter(predecessor__code="00019")

        assert {row.successor.code for row in successions} == {"00004", "00070", "00190", "00226"}
        assert all(row.partial for row in successions)

    def test_every_search_key_is_the_folded_name(self) -> None:
        pairs = UnitVersion.objects.values_list("name", "name_key")

        assert [name for name, key in pairs if key != fold(name)] == []

    def test_the_parent_is_the_unit_above_in_the_path(self) -> None:
        rows = UnitVersion.objects.exclude(unit__code="VN").values_list("path", "parent__code")

        assert [path for path, parent in rows if path.split("/")[-3] != parent] == []

    def test_loading_again_changes_nothing_and_says_so(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            report = load_units()

        assert not report.changed
        assert report.present == 14_216 + 10_628
        assert not any(query["sql"].startswith(("INSERT", "UPDATE")) for query in queries)
        assert len(queries) <= 8  # the reads, and the transaction's own


@pytest.mark.django_db
def test_an_empty_database_takes_the_units_of_the_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        NATION,
        PROVINCE,
        COMMUNE,
        successions=("99901,99901,2025-07-01,0,S",),
    )

    report = load_units(tmp_path)

    assert (report.units, report.versions, report.successions) == (3, 3, 1)
    version = Unit.objects.get(code="99901").version_on(date(2024, 10, 1))
    assert (version.name_key, version.source_document) == ("xa ea po", "Nghị quyết mẫu")


@pytest.mark.django_db
def test_statements_are_counted_in_batches_not_in_units(tmp_path: Path) -> None:
    def statements(count: int) -> int:
        directory = tmp_path / str(count)
        directory.mkdir()
        first = 90_000 + 1_000 * len(str(count))
        lines = [COMMUNE.replace("99901", str(first + number)) for number in range(count)]
        write(directory, NATION, PROVINCE, *lines)
        with CaptureQueriesContext(connection) as queries:
            load_units(directory)
        return len(queries)

    load_units(write(tmp_path, NATION, PROVINCE))

    assert statements(9) == statements(80)


@pytest.mark.django_db
def test_a_newer_list_closes_the_version_it_replaces(tmp_path: Path) -> None:
    load_units(write(tmp_path, NATION, PROVINCE, COMMUNE))
    closed = COMMUNE.replace("2021-01-01,,", "2021-01-01,2027-01-01,")
    ward = "XX/00/99901/,COMMUNE,Phường Ea Pô,phường,URBAN,2027-01-01,,S"

    report = load_units(write(tmp_path, NATION, PROVINCE, closed, ward))

    assert (report.versions, report.versions_closed) == (1, 1)
    unit = Unit.objects.get(code="99901")
    assert unit.version_on(date(2026, 12, 31)).kind == "xã"
    assert unit.version_on(date(2027, 1, 1)).kind == "phường"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        COMMUNE.replace("Xã Ea Pô", "Xã Khác"),
        COMMUNE.replace("RURAL", "URBAN"),
        COMMUNE.replace("XX/00/99901/,COMMUNE", "XX/00/99901/,DISTRICT"),
        COMMUNE.replace("XX/00/", "XX/"),
        COMMUNE.replace("2021-01-01", "2022-01-01"),  # would overlap the stored version
    ],
)
def test_a_line_that_contradicts_what_is_stored_stops_the_load(
    tmp_path: Path, changed: str
) -> None:
    load_units(write(tmp_path, NATION, PROVINCE, COMMUNE))
    newcomer = COMMUNE.replace("99901", "99902")

    with pytest.raises(UnitsConflict) as refusal:
        load_units(write(tmp_path, NATION, PROVINCE, changed, newcomer))

    assert all("99901" in conflict for conflict in refusal.value.conflicts)
    assert not Unit.objects.filter(code="99902").exists()


@pytest.mark.django_db
def test_a_succession_of_an_unknown_unit_stops_the_load(tmp_path: Path) -> None:
    write(tmp_path, NATION, PROVINCE, successions=("00,77,2025-07-01,0,S",))

    with pytest.raises(UnitsConflict):
        load_units(tmp_path)

    assert not Unit.objects.filter(code="00").exists()


@pytest.mark.django_db
def test_villages_are_left_alone(tmp_path: Path) -> None:
    load_units(write(tmp_path, NATION, PROVINCE, COMMUNE))
    village = Unit.objects.create(code="99901-01", level=Level.VILLAGE)

    report = load_units(write(tmp_path, NATION, PROVINCE, COMMUNE))

    assert not report.changed
    assert Unit.objects.filter(pk=village.pk).exists()


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (COMMUNE.replace("2021-01-01", "01/01/2021"), "4"),
        (COMMUNE.replace("COMMUNE", "XÃ"), "4"),
        (COMMUNE.replace(",S", ",T"), "4"),
        ("XX/00/99901,COMMUNE,Xã Ea Pô,xã,RURAL,2021-01-01,,S", "4"),
        ("XX/00/99901/", "4"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, place: str) -> None:
    write(tmp_path, NATION, PROVINCE, line)

    with pytest.raises(UnitsFileError, match=rf"versions\.csv.*{place}"):
        load_units(tmp_path)


def test_a_missing_or_strange_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnitsFileError, match=r"sources\.csv"):
        load_units(tmp_path)

    write(tmp_path)
    (tmp_path / "versions.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(UnitsFileError, match=r"versions\.csv"):
        load_units(tmp_path)


@pytest.mark.django_db
def test_the_command_answers_in_json(tmp_path: Path) -> None:
    write(tmp_path, NATION, PROVINCE, COMMUNE)

    first = json.loads(load_by_command("--directory", str(tmp_path), "--format", "json"))
    again = json.loads(load_by_command("--directory", str(tmp_path), "--format", "json"))

    assert first["loaded"] and first["changed"] and first["versions"] == 3
    assert again["loaded"] and not again["changed"] and again["present"] == 3


@pytest.mark.django_db
def test_the_command_fails_when_nothing_was_loaded(tmp_path: Path) -> None:
    load_by_command("--directory", str(write(tmp_path, NATION, PROVINCE, COMMUNE)))
    write(tmp_path, NATION, PROVINCE, COMMUNE.replace("Ea Pô", "Khác"))

    with pytest.raises(CommandError, match="99901") as refusal:
        load_by_command("--directory", str(tmp_path))

    assert refusal.value.returncode == 1
