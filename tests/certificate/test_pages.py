"""The certificate's pages, files and command: who may have them, what they show, when they say no."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cases.models import Case
from tests.certificate.test_paper import forget_pango
from tests.conftest import Road
from tests.lent import lent
from workflow import clock

KEY, CODE, VILLAGE = "2024-24646", "24646-00001", "24646.001"
PAGES = {
    name: reverse(name, kwargs={"key": KEY, **named})
    for kind, named in (("case", {"code": CODE}), ("village", {"village": VILLAGE}))
    for name in (f"{kind}-certificate", f"{kind}-certificate-pdf", f"{kind}-certificate-json")
}


@pytest.fixture(autouse=True)
def at_its_end(walked: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: walked.at)


@lent
def walked(road: Road) -> Road:
    road.open().list().survey().classify().meet().post().pass_days(7)
    return road.close().report().consent().decide().certify()


def visitor(road: Road, name: str) -> Client:
    client = Client()
    client.force_login(road.cast[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", ["lan", "hung", "minh", "binh", "quyen", "son"])
def test_whoever_reads_the_unit_reads_its_certificates(walked: Road, name: str) -> None:
    client = visitor(walked, name)

    for page in ("case-certificate", "village-certificate", "case-certificate-json"):
        assert client.get(PAGES[page]).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_to_another_commune_there_is_no_such_page(walked: Road, page: str) -> None:
    assert visitor(walked, "other_binh").get(PAGES[page]).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(walked: Road, page: str) -> None:
    assert Client().get(PAGES[page]).status_code == 302


def test_a_households_page_shows_its_steps_and_leads_to_its_files(walked: Road) -> None:
    page = visitor(walked, "son").get(PAGES["case-certificate"]).content.decode()

    assert "18/18 bước đạt" in page
    assert page.count("timeline-title") == 18
    assert PAGES["case-certificate-pdf"] in page and PAGES["case-certificate-json"] in page


def test_a_villages_page_names_households_by_code_and_leads_to_each(walked: Road) -> None:
    page = visitor(walked, "son").get(PAGES["village-certificate"]).content.decode()

    assert PAGES["case-certificate"] in page and "5/5 hộ" in page
    assert "Nguyễn Văn Số" not in page


def test_the_pages_of_a_case_and_of_a_village_lead_there(walked: Road) -> None:
    client = visitor(walked, "minh")
    case = client.get(reverse("case", kwargs={"key": KEY, "code": CODE})).content.decode()
    village = client.get(reverse("village", kwargs={"key": KEY, "village": VILLAGE}))

    assert PAGES["case-certificate"] in case
    assert PAGES["village-certificate"] in village.content.decode()


def test_files_are_named_by_codes_and_not_kept_by_the_browser(walked: Road) -> None:
    client = visitor(walked, "binh")

    pdf, told = (
        client.get(PAGES["case-certificate-pdf"]),
        client.get(PAGES["case-certificate-json"]),
    )

    assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"].endswith(f'"chung-nhan-{KEY}-{CODE}.pdf"')
    assert pdf["Cache-Control"] == "no-store"
    assert told.json()["format"] == "rasoat-certificate/1" and told.json()["met"] == 18


def test_a_page_that_nothing_was_done_on_is_no_error(walked: Road) -> None:
    empty = reverse("village-certificate", kwargs={"key": KEY, "village": "24646.002"})

    assert visitor(walked, "binh").get(empty).status_code == 200


def test_without_pango_the_page_says_so_and_json_still_comes(
    walked: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_pango(monkeypatch)
    client = visitor(walked, "binh")

    refused = client.get(PAGES["case-certificate-pdf"])

    assert refused.status_code == 503 and "libpango" in refused.content.decode()
    assert client.get(PAGES["case-certificate-json"]).status_code == 200


def test_an_edition_that_is_not_known_gives_no_certificate(walked: Road) -> None:
    walked.round.pack = "khong-co"
    walked.round.save(update_fields=["pack"])

    with pytest.raises(CommandError):
        call_command("certificate", KEY, CODE)


def told(*asked: str, **options: Any) -> str:
    out = StringIO()
    call_command("certificate", *asked, stdout=out, **options)
    return out.getvalue()


def test_the_command_writes_both_files_and_tells_the_steps(tmp_path: Path) -> None:
    pdf, file = tmp_path / "ho.pdf", tmp_path / "ho.json"

    said = told(KEY, CODE, pdf=pdf, json=file)

    assert "18/18" in said and said.count("Đạt") == 18
    assert pdf.read_bytes().startswith(b"%PDF")
    assert json.loads(file.read_text("utf-8"))["subject"]["case"] == CODE


def test_the_command_certifies_a_village(tmp_path: Path) -> None:
    said = told(KEY, village=VILLAGE, json=tmp_path / "thon.json")

    data = json.loads((tmp_path / "thon.json").read_text("utf-8"))
    assert "5/5" in said
    assert (data["households_met"], data["households_of"]) == (5, 5)
    assert [line["case"] for line in data["households"]] == sorted(
        Case.objects.values_list("code", flat=True)
    )


@pytest.mark.parametrize(
    "asked",
    [("2024-99999", CODE), (KEY, "24646-99999"), (KEY,), ("khong-phai-dot", CODE)],
)
def test_the_command_says_what_it_cannot_find(asked: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        told(*asked)
