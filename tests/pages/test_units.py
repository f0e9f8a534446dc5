"""Villages of a commune: found by name, numbered, added by a page; nobody else's are seen."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.models import Unit, UnitVersion
from cases.villages import VillageExists, add_village, add_villages, village_named, villages_of

DAY = date(2024, 10, 1)


def test_a_village_is_found_whatever_its_tones_and_capitals(tan_lap: Unit) -> None:
    assert villages_of(tan_lap, DAY).keys() == {"thon 1", "thon 2"}
    found = village_named(tan_lap, "THÔN  1", DAY)
    assert found is not None and found.code == "24646.001"
    assert village_named(tan_lap, "Thôn 9", DAY) is None


def test_a_new_village_takes_the_next_number_and_its_place_in_the_tree(tan_lap: Unit) -> None:
    village = add_village(tan_lap, "3", "thôn", DAY, "45/NQ-HĐND")

    version = village.version_on(DAY)
    assert village.code == "24646.003"
    assert (version.name, version.kind, version.area) == ("Thôn 3", "thôn", "RURAL")
    assert version.path == f"{tan_lap.version_on(DAY).path}24646.003/"
    assert village_named(tan_lap, "thôn 3", date(2024, 9, 30)) is None


def test_a_name_is_used_once_in_a_commune_and_freely_in_another(
    tan_lap: Unit, hoa_binh: Unit
) -> None:
    add_village(tan_lap, "Buôn Nui", "buôn", DAY, "45/NQ-HĐND")

    with pytest.raises(VillageExists):
        add_village(tan_lap, "buon  nui", "buôn", DAY, "46/NQ-HĐND")
    with pytest.raises(VillageExists):  # a later village of the name would have a twin
        add_village(tan_lap, "Buôn Nui", "buôn", date(2024, 1, 1), "46/NQ-HĐND")
    assert add_village(hoa_binh, "Buôn Nui", "buôn", DAY, "1").code == "24652.002"


def test_many_villages_cost_the_same_as_one(
    tan_lap: Unit, hoa_binh: Unit, django_assert_num_queries: Callable[..., Any]
) -> None:
    queries = 8  # present; savepoint, commune, twins, numbers, units, versions, release
    with django_assert_num_queries(queries):
        add_villages(tan_lap, ["Thôn 1", "Thôn 3"], DAY, "danh sách")
    with django_assert_num_queries(queries):
        many = [f"Bon {number}" for number in range(60)]
        added = add_villages(hoa_binh, ["Thôn 1", *many], DAY, "danh sách")

    assert len(added) == 61
    assert added["bon 59"].code == "24652.061"
    assert UnitVersion.objects.filter(parent=hoa_binh, kind="bon").count() == 60


def test_names_already_there_are_left_alone(tan_lap: Unit) -> None:
    before = Unit.objects.count()
    assert add_villages(tan_lap, ["THÔN 1"], DAY, "danh sách")["thon 1"].code == "24646.001"
    assert Unit.objects.count() == before
