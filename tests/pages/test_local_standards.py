"""Pages of provinces' standards, and the further results on the case page and in the village list."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.local_standards import approve_local_standard, load_local_standard
from cases.models import Level, LocalStandard, Unit, User
from tests.acts.local_files import BETWEEN, demo_file
from tests.conftest import POOR, Road, make_unit
from workflow import clock

LIST = reverse("local-standards")
LOAD = reverse("local-standard-load")
CODE = "minh-hoa-67"
STANDARD = reverse("local-standard", kwargs={"code": CODE})


@pytest.fixture(autouse=True)
def clock_of_the_road(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the road's clock."""
    monkeypatch.setattr(clock, "now", lambda: road.at)


@pytest.fixture
def lien(road: Road, appoint: Callable[..., User]) -> User:
    """Loads the province's standards."""
    return appoint("lien", "Vũ Thị Liên", Role.DEPARTMENT, Unit.objects.get(code="67"))


@pytest.fixture
def dung(road: Road, appoint: Callable[..., User]) -> User:
    """Approves them."""
    return appoint("dung", "Cao Văn Dũng", Role.DEPARTMENT, Unit.objects.get(code="67"))


@pytest.fixture
def stranger(road: Road, nation: Unit, appoint: Callable[..., User]) -> User:
    """Manages the standards of another province."""
    other = make_unit("68", Level.PROVINCE, "Tỉnh Lâm Đồng", "tỉnh", nation)
    return appoint("la", "Người Lạ", Role.DEPARTMENT, other)


def upload(text: str, paper: str = "1/NQ-HĐND") -> dict[str, Any]:
    file = SimpleUploadedFile("chuan.toml", text.encode())
    return {"file": file, "paper": paper}


def load(by: User, road: Road) -> LocalStandard:
    return load_local_standard(
        text=demo_file(), file="chuan.toml", paper="1/NQ-HĐND", by=by, at=road.at
    )


def test_a_file_is_loaded_and_approved_by_two_officers(
    client: Client, lien: User, dung: User
) -> None:
    client.force_login(lien)
    loaded = client.post(LOAD, upload(demo_file()))
    client.force_login(dung)
    approved = client.post(STANDARD, {"approve": "1"})

    assert [loaded.status_code, approved.status_code] == [302, 302]
    row = LocalStandard.objects.get()
    assert (row.loaded_by, row.approved_by) == (lien, dung)


def test_what_is_wrong_with_a_file_is_named_key_by_key(client: Client, lien: User) -> None:
    client.force_login(lien)

    answer = client.post(LOAD, upload(demo_file(rural_points=139)))

    assert answer.status_code == 422
    assert [each.key for each in answer.context["problems"]] == ["income.RURAL.points.value"]
    assert not LocalStandard.objects.exists()


@pytest.mark.parametrize("data", [{}, {"paper": "1/NQ"}])
def test_a_form_without_a_file_is_not_taken(
    client: Client, lien: User, data: dict[str, str]
) -> None:
    client.force_login(lien)

    answer = client.post(LOAD, data)

    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


def test_a_file_without_its_paper_or_of_another_province_is_denied(
    client: Client, lien: User, stranger: User
) -> None:
    for user, paper in ((lien, ""), (stranger, "1/NQ")):
        client.force_login(user)
        answer = client.post(LOAD, upload(demo_file(), paper))
        assert answer.status_code == 422
        assert answer.context["form"].non_field_errors()
    assert not LocalStandard.objects.exists()


def test_the_difference_to_the_nation_is_shown_before_the_approval(
    client: Client, road: Road, lien: User, dung: User
) -> None:
    load(lien, road)
    client.force_login(dung)

    page = client.get(STANDARD).context

    shown = {(row.line.area, row.line.unit): row.higher for row in page["compared"]}
    assert shown["RURAL", "points"] == 15
    assert shown["URBAN", "vnd"] == 250_000
    assert page["draft"] and not page["own"]


def test_demo_figures_say_that_they_are(client: Client, road: Road, lien: User) -> None:
    load(lien, road)
    client.force_login(lien)

    assert "Dữ liệu minh họa" in client.get(STANDARD).content.decode()


def test_who_loaded_it_sees_no_button_and_is_denied(client: Client, road: Road, lien: User) -> None:
    load(lien, road)
    client.force_login(lien)

    page, answer = client.get(STANDARD), client.post(STANDARD, {"approve": "1"})

    assert 'name="approve"' not in page.content.decode()
    assert answer.status_code == 422
    assert LocalStandard.objects.get().approved_by is None


def test_a_draft_is_put_aside_with_a_reason(
    client: Client, road: Road, lien: User, dung: User
) -> None:
    load(lien, road)
    client.force_login(dung)

    without = client.post(STANDARD, {"reject": "1", "reason": ""})
    rejected = client.post(STANDARD, {"reject": "1", "reason": "Sai mức"})

    assert [without.status_code, rejected.status_code] == [422, 302]
    assert LocalStandard.objects.get().rejection == "Sai mức"


def test_a_draft_overtaken_by_an_approval_is_not_approved(
    client: Client, road: Road, lien: User, dung: User
) -> None:
    load(lien, road)
    text = demo_file(code="minh-hoa-67-2")
    load_local_standard(text=text, file="chuan.toml", paper="1/NQ", by=lien, at=road.at)
    approve_local_standard(code="minh-hoa-67-2", by=dung, at=road.at)
    client.force_login(dung)

    answer = client.post(STANDARD, {"approve": "1"})

    assert answer.status_code == 422
    assert [each.key for each in answer.context["problems"]] == ["valid_from"]


def test_another_provinces_standard_is_not_found(
    client: Client, road: Road, lien: User, stranger: User
) -> None:
    load(lien, road)
    client.force_login(stranger)

    assert client.get(STANDARD).status_code == 404
    assert client.post(STANDARD, {"approve": "1"}).status_code == 404
    assert CODE not in client.get(LIST).content.decode()


def test_communes_do_not_find_the_pages(client: Client, road: Road) -> None:
    for name in ("binh", "hoa", "minh", "quyen", "son"):
        client.force_login(road.cast[name])
        assert {client.get(url).status_code for url in (LIST, LOAD, STANDARD)} == {404}, name


def test_a_department_does_not_change_the_nations_calendar(client: Client, lien: User) -> None:
    client.force_login(lien)

    assert client.get(reverse("calendar-edit")).status_code == 404
    assert not client.get(reverse("calendar")).context["may_edit"]


def test_the_list_asks_no_more_for_many(client: Client, road: Road, lien: User, dung: User) -> None:
    client.force_login(lien)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    load(lien, road)
    few = queries()
    for number in range(2, 20):
        text = demo_file(code=f"minh-hoa-67-{number}")
        load_local_standard(text=text, file="x.toml", paper="1/NQ", by=lien, at=road.at)

    assert queries() == few


@pytest.fixture
def surveyed(road: Road, lien: User, dung: User) -> Road:
    """A round whose households are between the nation's line and the province's."""
    load(lien, road)
    approve_local_standard(code=CODE, by=dung, at=road.at)
    return road.open().list().survey(POOR, BETWEEN)


def test_the_case_page_tells_the_provinces_result_beside_the_nations(
    client: Client, surveyed: Road
) -> None:
    client.force_login(surveyed.cast["hoa"])
    url = reverse("case", kwargs={"key": "2024-24646", "code": surveyed.cases()[0].code})

    page = client.get(url)

    (result,) = page.context["local_results"]
    assert page.context["score"].household_class == "NOT_POOR"
    assert (result.household_class, result.demo) == ("POOR", True)
    assert "155" in result.explained.income
    assert "Dữ liệu minh họa" in page.content.decode()


def test_the_village_list_has_a_column_for_the_provinces_standard(
    client: Client, surveyed: Road
) -> None:
    client.force_login(surveyed.cast["hoa"])
    url = reverse("village", kwargs={"key": "2024-24646", "village": "24646.001"})

    page = client.get(url).context

    assert page["local_standards"] == ["Chuẩn minh họa (dữ liệu minh họa)"]
    assert [case.local_classes for case in page["cases"]] == [["POOR"]] * 5


def test_a_round_without_local_standards_shows_none(client: Client, road: Road) -> None:
    road.open().list().survey()
    client.force_login(road.cast["hoa"])
    case = reverse("case", kwargs={"key": "2024-24646", "code": road.cases()[0].code})
    village = reverse("village", kwargs={"key": "2024-24646", "village": "24646.001"})

    assert client.get(case).context["local_results"] == []
    assert client.get(village).context["local_standards"] == []
