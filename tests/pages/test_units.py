"""Villages of a commune: found by name, numbered, added by a page; nobody else's are seen."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse_lazy

from cases.duties import Role
from cases.models import Level, Unit, UnitVersion, User
from cases.villages import VillageExists, add_village, add_villages, village_named, villages_of
from tests.conftest import make_unit, moment
from workflow import clock

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


# --- The page ---


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the first of October 2024."""
    monkeypatch.setattr(clock, "now", lambda: moment("2024-10-01"))


PAGE = reverse_lazy("units")
NEW = {
    "kind": "thôn",
    "name": "Thôn 3",
    "valid_from": "2024-10-01",
    "source_document": "45/NQ-HĐND",
}


@pytest.mark.usefixtures("today")
def test_an_officer_adds_a_village_of_the_commune(client: Client, cast: dict[str, User]) -> None:
    client.force_login(cast["minh"])

    answer = client.post(PAGE, NEW)
    page = client.get(answer.headers["Location"])

    assert [v.unit.code for v in page.context["villages"]] == [
        "24646.001",
        "24646.002",
        "24646.003",
    ]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "thon 1"}, "name"),
        ({"name": "1"}, "name"),
        ({"name": "..."}, "name"),
        ({"name": ""}, "name"),
        ({"kind": "xã"}, "kind"),
        ({"valid_from": "2024-02-31"}, "valid_from"),
        ({"valid_from": "2019-01-01"}, "valid_from"),
        ({"source_document": ""}, "source_document"),
    ],
)
def test_a_village_that_cannot_be_added_is_told_beside_its_field(
    client: Client, cast: dict[str, User], wrong: dict[str, str], field: str
) -> None:
    client.force_login(cast["minh"])
    before = Unit.objects.count()

    answer = client.post(PAGE, NEW | wrong)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Unit.objects.count() == before


@pytest.mark.usefixtures("today")
def test_another_communes_villages_are_neither_seen_nor_added_to(
    client: Client, cast: dict[str, User]
) -> None:
    client.force_login(cast["other_minh"])
    own = client.get(PAGE)
    foreign = client.post(f"{PAGE}?xa=24646", NEW)
    assert [v.unit.code for v in own.context["villages"]] == ["24652.001"]
    assert foreign.status_code == 404
    assert not Unit.objects.filter(code="24646.003").exists()


@pytest.mark.usefixtures("today")
def test_only_who_keeps_the_units_finds_the_page(client: Client, cast: dict[str, User]) -> None:
    for name in ("lan", "hung", "binh", "quyen", "son"):
        client.force_login(cast[name])
        assert client.get(PAGE).status_code == 404, name
        assert client.post(PAGE, NEW).status_code == 404, name


@pytest.mark.usefixtures("today")
def test_an_officer_of_two_communes_chooses_between_them(
    client: Client, cast: dict[str, User], appoint: Callable[..., User], hoa_binh: Unit
) -> None:
    appoint("minh", "", Role.COMMUNE_OFFICER, hoa_binh)
    client.force_login(cast["minh"])
    page = client.get(PAGE, {"xa": "24652"}).context
    assert page["commune"].unit.code == "24652"
    assert [commune.unit.code for commune in page["communes"]] == ["24646", "24652"]


@pytest.mark.usefixtures("today")
def test_a_commune_without_villages_says_what_to_do(
    client: Client, cast: dict[str, User], district: Unit, appoint: Callable[..., User]
) -> None:
    bare = make_unit("24655", Level.COMMUNE, "Xã Nam Dong", "xã", district, "RURAL")
    client.force_login(appoint("ngoc", "Hà Thị Ngọc", Role.COMMUNE_OFFICER, bare))
    assert 'class="empty"' in client.get(PAGE).content.decode()


@pytest.mark.usefixtures("today")
def test_the_page_costs_the_same_for_few_and_many_villages(
    client: Client, cast: dict[str, User], tan_lap: Unit
) -> None:
    client.force_login(cast["minh"])
    costs = []
    for _each in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        costs.append(len(captured))
        add_villages(tan_lap, [f"Bon {n}" for n in range(40)], DAY, "danh sách")
    assert costs[0] == costs[1]
