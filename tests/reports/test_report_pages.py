"""Pages and downloads of reports: who may open which, and what they show."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.duties import Role
from cases.models import Household, Unit, User
from tests.conftest import Road

TAN_LAP = "unit=24646&year=2024"
PATHS = (
    "/bao-cao/2/?{}",
    "/bao-cao/3/?{}",
    "/bao-cao/4/?{}",
    "/bao-cao/2/tai-ve/csv/?{}",
    "/bao-cao/4/tai-ve/xlsx/?{}",
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_officer_reads_the_forms_of_the_commune(decided: Road) -> None:
    client = signed_in(decided.cast["minh"])

    for address in PATHS:
        assert client.get(address.format(TAN_LAP)).status_code == 200, address
    page = client.get("/bao-cao/2/?" + TAN_LAP)
    assert page.context["total"]["lines"][0]["cells"] == (5, 1, 1, 1, 1, 1, 1, 1, 6)


def test_other_communes_officer_finds_nothing(decided: Road) -> None:
    client = signed_in(decided.cast["other_minh"])

    for address in PATHS:
        assert client.get(address.format(TAN_LAP)).status_code == 404, address
        assert client.get(address.format("unit=662&year=2024")).status_code == 404
    assert client.get("/bao-cao/").context["shelves"] == []


def test_communes_officer_cannot_open_the_district(decided: Road) -> None:
    client = signed_in(decided.cast["minh"])

    assert client.get("/bao-cao/2/?unit=662&year=2024").status_code == 404
    assert client.get("/bao-cao/2/?unit=VN&year=2024").status_code == 404


def test_district_reads_itself_and_its_communes_but_not_the_province(decided: Road) -> None:
    client = signed_in(decided.cast["quyen"])

    page = client.get("/bao-cao/2/?unit=662&year=2024")
    assert [shown["name"] for shown in page.context["rows"]] == ["Xã Tân Lập"]
    assert client.get(page.context["rows"][0]["url"]).status_code == 200
    assert client.get("/bao-cao/2/?unit=67&year=2024").status_code == 404


def test_person_without_the_duty_finds_no_reports(decided: Road) -> None:
    client = signed_in(decided.cast["lan"])

    assert client.get("/bao-cao/").status_code == 404
    assert client.get("/bao-cao/2/?" + TAN_LAP).status_code == 404


def test_auditor_of_one_village_does_not_read_the_commune(
    decided: Road, appoint: Callable[..., User]
) -> None:
    village = Unit.objects.get(code="24646.001")
    client = signed_in(appoint("tu", "Trần Thị Tú", Role.AUDITOR, village))

    assert client.get("/bao-cao/2/?" + TAN_LAP).status_code == 404
    assert client.get("/bao-cao/").context["shelves"] == []


def test_visitor_is_sent_to_sign_in(decided: Road) -> None:
    answer = Client().get("/bao-cao/2/?" + TAN_LAP)

    assert answer.status_code == 302


def test_ministry_sees_provinces_and_finds_the_way_down(
    decided: Road, nation: Unit, appoint: Callable[..., User]
) -> None:
    client = signed_in(appoint("nga", "Lê Thị Nga", Role.MINISTRY, nation))

    shelves = client.get("/bao-cao/").context["shelves"]
    assert [(s.unit_code, s.year, s.rounds, s.decided) for s in shelves] == [("VN", 2024, 1, 1)]
    page = client.get(shelves[0].links[0]["url"])
    assert client.get(page.context["rows"][0]["url"]).status_code == 200


def test_undecided_commune_is_shown_as_undecided(varied: Road) -> None:
    client = signed_in(varied.cast["minh"])

    page = client.get("/bao-cao/2/?" + TAN_LAP)
    assert all(not shown["lines"] and shown["words"] for shown in page.context["rows"])
    proposed = client.get("/bao-cao/2/?figures=PROPOSED&" + TAN_LAP)
    assert proposed.context["total"]["lines"][0]["cells"][-1] == 6
    assert proposed.context["notes"]


def test_unit_without_a_round_has_an_empty_page(road: Road) -> None:
    client = signed_in(road.cast["minh"])

    page = client.get("/bao-cao/2/?" + TAN_LAP)
    assert page.status_code == 200
    assert page.context["rows"] == []
    assert "table-scroll" not in page.content.decode()
    assert client.get("/bao-cao/").context["shelves"] == []


@pytest.mark.parametrize(
    "address",
    [
        "/bao-cao/1/?unit=24646&year=2024",
        "/bao-cao/2/",
        "/bao-cao/2/?unit=24646&year=abc",
        "/bao-cao/2/?unit=24646&year=0000",
        "/bao-cao/2/?unit=24646.001&year=2024",
        "/bao-cao/2/tai-ve/pdf/?unit=24646&year=2024",
    ],
)
def test_address_that_names_no_report_is_not_found(decided: Road, address: str) -> None:
    assert signed_in(decided.cast["minh"]).get(address).status_code == 404


def test_pages_cost_the_same_queries_for_5_and_500_cases(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    road.open().list()
    client = signed_in(road.cast["minh"])
    addresses = ["/bao-cao/", *(p.format(TAN_LAP + "&figures=PROPOSED") for p in PATHS)]

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = [queries(address) for address in addresses]
    make_households(Unit.objects.get(code="24646.001"), 495)
    road.list()

    assert [queries(address) for address in addresses] == before
