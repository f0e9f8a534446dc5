"""Names and words that are programs or formulas stay names and words, on every page and in files."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Complaint, Household, Member, Unit, UnitVersion
from tests.conftest import Road
from tests.pages.addresses import OF_TAN_LAP, POST_ONLY, routes, urls_of
from workflow import clock
from workflow.acts import registry

EVIL = '<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://evil.example","Nguyễn")'
NUMBER = "067090001234"


@pytest.fixture
def spiked(road: Road, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    """A round under complaint in which every text people can type is a program or a formula."""
    monkeypatch.setattr(clock, "now", lambda: road.at)
    first, second, *_rest = Household.objects.order_by("pk")
    for household, name in ((first, EVIL), (second, FORMULA)):
        household.name_head(name)
        household.save()
        Member.objects.filter(household=household).update(full_name=name)
    Member.objects.filter(household=first).update(personal_number=NUMBER)
    UnitVersion.objects.filter(unit__code="24646.001").update(name=f"Thôn {EVIL}")
    UnitVersion.objects.filter(unit__code="24646").update(name=f"Xã {EVIL}")
    road.open().list().survey().classify().meet(place=EVIL).post()
    case = road.cases()[0]
    facts = {"complainant": EVIL, "content": f"{FORMULA} {EVIL}"}
    registry.do("complain", case, facts, **road.who("minh"))
    yield road


def pages(road: Road, who: str) -> Iterator[tuple[str, Any]]:
    client = Client()
    client.force_login(road.cast[who], backend="django.contrib.auth.backends.ModelBackend")
    for route in routes():
        if route.name in POST_ONLY:
            continue
        for url in urls_of(route, OF_TAN_LAP):
            for language in ("vi", "en"):
                if "tai-ve" in url:
                    continue
                client.cookies["django_language"] = language
                yield url, client.get(url, {"unit": "24646", "year": "2024", "figures": "proposed"})


# Who compares numbers with the card at the desk, on the household's own page.
WHOLE_NUMBER = {("minh", "/dot/2024-24646/ho/24646-00001/")}


def test_what_people_typed_runs_on_no_page_and_whole_numbers_are_for_the_desk(
    spiked: Road,
) -> None:
    seen = 0
    for who in ("minh", "hoa", "hung", "quyen"):
        for url, answer in pages(spiked, who):
            body = answer.content.decode(errors="ignore")
            seen += "&lt;script&gt;alert" in body
            assert "<script>alert" not in body, (who, url)
            assert (NUMBER in body) == ((who, url) in WHOLE_NUMBER), (who, url)
    assert seen > 20


def test_no_file_that_is_handed_out_holds_a_formula(spiked: Road) -> None:
    client = Client()
    client.force_login(spiked.cast["minh"], backend="django.contrib.auth.backends.ModelBackend")
    UnitVersion.objects.filter(unit__code="24646.001").update(name=FORMULA)
    UnitVersion.objects.filter(unit__code="24646").update(name=FORMULA)
    spiked.round.village_reviews.update(village_name=FORMULA)
    for number in (2, 3, 4):
        query = {"unit": "24646", "year": "2024", "figures": "proposed"}
        sheet = client.get(reverse("report-file", args=[number, "xlsx"]), query)
        for row in openpyxl.load_workbook(io.BytesIO(sheet.content)).active:
            assert [cell.value for cell in row if cell.data_type == "f"] == []
        text = client.get(reverse("report-file", args=[number, "csv"]), query).content.decode()
        assert "HYPERLINK" in text
        assert "\n=" not in text
        assert ',"=' not in text
        assert '\n"=' not in text
        assert "no-store" in sheet.headers["Cache-Control"]


def test_a_complaint_is_kept_as_it_was_said(spiked: Road) -> None:
    assert Complaint.objects.get().complainant == EVIL
    assert Unit.objects.filter(code="24646").exists()
