"""An upload is its owner's alone: no token of another person, kind or folder opens it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Household
from tests.conftest import Road
from tests.sheets.books import household, household_book
from workflow import clock


def sign_in(road: Road, who: str) -> Client:
    client = Client()
    client.force_login(road.cast[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def token_url(road: Road, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> str:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    settings.MEDIA_ROOT = tmp_path
    names = {"thon": "Thôn 1", "ten_xa": "Xã Tân Lập", "chu_ho": "Nguyễn <script>"}
    content = household_book([household(77, **names)])
    url = reverse("import-upload", kwargs={"code": "danh-sach-ho"})
    file = SimpleUploadedFile("a\x00<script>../../x.xlsx", content)
    answer = sign_in(road, "minh").post(url, {"danh-sach-ho-file": file})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_nobody_else_sees_or_takes_an_upload(road: Road, token_url: str) -> None:
    for who in ("other_minh", "hoa", "binh"):
        client = sign_in(road, who)
        for answer in (client.get(token_url), client.post(token_url, {"take": "all"})):
            assert answer.status_code in (302, 404)
            assert answer.headers.get("Location", "") in ("", reverse("imports"))
    assert not Household.objects.filter(code="24646-00077").exists()
    assert sign_in(road, "minh").get(token_url).status_code == 200


def test_a_token_opens_one_kind_and_no_other_folder(road: Road, token_url: str) -> None:
    client = sign_in(road, "minh")
    other_kind = token_url.replace("danh-sach-ho", "phieu-ra-soat")
    for url in (other_kind, token_url[:-3] + "x/", reverse("imports") + "danh-sach-ho/..%2F..%2F/"):
        assert client.get(url).status_code in (302, 404)


def test_reading_an_upload_takes_nothing_and_taking_it_twice_takes_it_once(
    road: Road, token_url: str
) -> None:
    client = sign_in(road, "minh")
    page = client.get(token_url).content.decode()
    assert "<script>../" not in page
    assert not Household.objects.filter(code="24646-00077").exists()
    client.post(token_url, {"take": "all"})
    client.post(token_url, {"take": "all"})
    assert Household.objects.filter(code="24646-00077").count() == 1
