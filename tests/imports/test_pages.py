"""Uploading a workbook, seeing what it would bring, taking it."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import Household, Round, Survey, Unit, User
from cases.sheets.households import read_households
from cases.sheets.surveys import read_surveys
from cases.sheets.workbook import open_workbook
from tests.imports.conftest import AT, LISTED, SURVEYED, row_counts
from tests.sheets.books import household, household_book, survey, survey_book
from workflow import clock
from workflow.imports import uploads

LIST, FORMS = "danh-sach-ho", "phieu-ra-soat"


@pytest.fixture(autouse=True)
def place_and_time(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def minh(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def send(client: Client, content: bytes, kind: str = LIST, name: str = "ho.xlsx") -> Any:
    upload = SimpleUploadedFile(name, content)
    return client.post(reverse("import-upload", args=[kind]), {f"{kind}-file": upload})


def waiting() -> list[Path]:
    return list(uploads._root().iterdir())


def test_a_list_is_seen_first_and_then_taken(minh: Client) -> None:
    before = row_counts()
    sent = send(minh, household_book([household(1), household(2)]))
    page = minh.get(sent.url)

    assert "Nhận cả tệp" in page.text
    assert "Chỉ nhận các dòng đúng" not in page.text
    assert row_counts() == before

    done = minh.post(sent.url, {"take": "whole"}, follow=True)
    assert "Đã nhận tệp “ho.xlsx”: 2 hộ mới" in done.text
    assert Household.objects.count() == 2
    assert waiting() == []
    assert "đã được nhận" in minh.get(sent.url, follow=True).text


def test_the_same_file_again_is_known(minh: Client) -> None:
    content = household_book([household(1)])
    minh.post(send(minh, content).url, {"take": "whole"})
    page = minh.get(send(minh, content).url)

    assert "Tệp này đã nhận trước đó" in page.text
    assert "Nhận cả tệp" not in page.text


def test_good_rows_are_taken_on_purpose_only(minh: Client) -> None:
    rows = [household(1), household(2, ma_xa="99999")]
    sent = send(minh, household_book(rows))
    page = minh.get(sent.url)
    assert "ma_xa (A)" in page.text
    assert "hãy sửa mã xã theo danh mục đơn vị hành chính" in page.text
    assert "Nhận cả tệp" not in page.text

    whole = minh.post(sent.url, {"take": "whole"})
    assert whole["Location"] == sent["Location"]
    unconfirmed = minh.post(sent.url, {"take": "good"})
    assert "Hãy xác nhận chỉ nhận các dòng đúng." in unconfirmed.text
    assert not Household.objects.exists()

    done = minh.post(sent.url, {"take": "good", "confirmed": "on"}, follow=True)
    assert "Bỏ lại 1 dòng có lỗi." in done.text
    assert Household.objects.count() == 1


def test_forms_come_in_by_page_too(
    minh: Client,
    rounds: list[Round],
    build_lists: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minh.post(send(minh, household_book([household(1)])).url, {"take": "whole"})
    monkeypatch.setattr(clock, "now", lambda: LISTED)
    build_lists()
    monkeypatch.setattr(clock, "now", lambda: SURVEYED)
    sent = send(minh, survey_book([survey(1)]), FORMS)
    assert "Thôn 3" in minh.get(sent.url).text
    minh.post(sent.url, {"take": "whole"})

    assert Survey.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * (5 * 1024 * 1024 + 1), "Tệp lớn hơn 5 MB"),
        (b"", "Tệp rỗng"),
    ],
    ids=["large", "empty"],
)
def test_a_file_that_cannot_be_kept_is_refused_at_once(
    minh: Client, content: bytes, sentence: str
) -> None:
    page = send(minh, content)

    assert page.status_code == 422
    assert sentence in page.text
    assert waiting() == []


def test_what_is_no_workbook_is_told_beside_the_field_and_not_kept(minh: Client) -> None:
    page = minh.get(send(minh, b"ma_ho,chu_ho\n").url)

    assert page.status_code == 422
    assert "không phải là bảng tính" in page.text
    assert waiting() == []


def test_htmx_gets_its_errors_with_status_200(minh: Client) -> None:
    page = minh.post(reverse("import-upload", args=[LIST]), {}, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert "Hãy chọn một tệp." in page.text


def test_an_upload_is_its_owners_alone(
    minh: Client, communes: list[Unit], appoint: Callable[..., User]
) -> None:
    sent = send(minh, household_book([household(1)]))
    other = Client()
    other.force_login(appoint("other", "Bùi Văn Minh", Role.COMMUNE_OFFICER, communes[0]))

    assert other.get(sent.url)["Location"] == reverse("imports")
    assert other.post(sent.url, {"take": "whole"})["Location"] == reverse("imports")
    assert minh.get(sent.url.replace(LIST, FORMS))["Location"] == reverse("imports")
    assert minh.get(reverse("import-file", args=[LIST, ".."]))["Location"] == reverse("imports")
    assert len(waiting()) == 1
    assert not Household.objects.exists()


def test_another_communes_officer_takes_none_of_these_rows(
    communes: list[Unit], appoint: Callable[..., User]
) -> None:
    other = Client()
    other.force_login(appoint("other", "Bùi Văn Minh", Role.COMMUNE_OFFICER, communes[0]))
    sent = send(other, household_book([household(1)]))
    page = other.get(sent.url)

    assert "không có thẩm quyền nhập tệp cho xã này" in page.text
    other.post(sent.url, {"take": "good", "confirmed": "on"})
    assert not Household.objects.exists()


def test_who_may_not_import_finds_nothing(
    client: Client, communes: list[Unit], appoint: Callable[..., User]
) -> None:
    client.force_login(appoint("hoa", "Đỗ Thị Hoa", Role.COMMUNE_COMMITTEE, communes[0]))

    assert client.get(reverse("imports")).status_code == 404
    assert client.get(reverse("import-blank", args=[LIST])).status_code == 404
    assert send(client, household_book([household(1)])).status_code == 404
    assert client.get(reverse("import-file", args=[LIST, "x"])).status_code == 404


def test_the_uploads_page_names_the_year(minh: Client) -> None:
    assert "Đợt rà soát năm 2024" in minh.get(reverse("imports")).text


def test_an_unknown_kind_is_not_found(minh: Client) -> None:
    assert minh.get(reverse("import-blank", args=["khac"])).status_code == 404


def test_uploads_that_nobody_took_go_after_a_day(minh: Client) -> None:
    send(minh, household_book([household(1)]))
    (old,) = waiting()
    long_ago = time.time() - uploads.LONGEST - 60
    os.utime(old, (long_ago, long_ago))
    send(minh, household_book([household(2)]))

    assert len(waiting()) == 1
    assert old not in waiting()


def test_the_empty_workbooks_are_read_without_a_fault(minh: Client) -> None:
    for kind, read in ((LIST, read_households), (FORMS, read_surveys)):
        content = minh.get(reverse("import-blank", args=[kind])).content
        sheet: Any = read(open_workbook(content, name="mau.xlsx"))
        assert (sheet.error_count, list(sheet.rows), list(sheet.ignored_columns)) == (0, [], [])


def test_the_page_asks_as_often_for_many_rows_as_for_few(minh: Client) -> None:
    def queries(last: int) -> int:
        sent = send(minh, household_book([household(number) for number in range(1, last)]))
        with CaptureQueriesContext(connection) as captured:
            minh.get(sent.url)
        return len(captured)

    queries(2)
    assert queries(5) == queries(500)
