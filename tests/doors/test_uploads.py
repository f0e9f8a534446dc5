"""A file brought in, or a name sought, tells nothing of another commune; numbers are told to one person."""

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from cases.duties import Role
from cases.models import Case, Household, Member, RecordedRefusal
from tests.doors.asking import BACKEND
from tests.doors.places import FAR, NEIGHBOUR, OWN, VILLAGE, WORDS, user_of, username
from tests.doors.things import things_of
from tests.sheets.books import household, household_book, survey, survey_book

pytestmark = pytest.mark.usefixtures("visited")

LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])")
TOO_SHORT = "04207000777"


@pytest.fixture(autouse=True)
def uploads_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def client_of(role: Role, place: str) -> Client:
    client = Client()
    client.force_login(user_of(role, place), backend=BACKEND)
    return client


def sent(client: Client, kind: str, content: bytes) -> str:
    """Return the page that tells what a file would bring."""
    upload = SimpleUploadedFile("tep.xlsx", content)
    answer = client.post(reverse("import-upload", args=[kind]), {f"{kind}-file": upload})
    return client.get(answer["Location"]).text


def own_row(**changed: object) -> dict[str, object]:
    return household(900, ten_xa="", thon="Thôn mới", **changed)


@pytest.mark.parametrize("other", [NEIGHBOUR, FAR])
@pytest.mark.parametrize("how", ["their commune", "their household", "their person"])
def test_a_list_tells_nothing_of_whom_it_names_elsewhere(other: str, how: str) -> None:
    theirs = Household.objects.filter(village__code=f"{other}.001").earliest("code")
    row = {
        "their commune": own_row(ma_xa=other, ma_ho=theirs.code),
        "their household": own_row(ma_ho=theirs.code),
        "their person": own_row(so_dinh_danh=theirs.members.earliest("pk").personal_number),
    }[how]

    page = sent(client_of(Role.COMMUNE_OFFICER, OWN), "danh-sach-ho", household_book([row]))

    assert "tep.xlsx" in page
    assert not [word for place, word in WORDS.items() if place.startswith(other) and word in page]
    assert how != "their person" or theirs.code not in page


def test_forms_of_another_commune_are_forms_of_nobody() -> None:
    client = client_of(Role.COMMUNE_OFFICER, OWN)
    theirs = Case.objects.filter(commune__code=NEIGHBOUR, review="PERIODIC").earliest("pk")

    errors = []
    for code in (theirs.code, "99999-00001"):
        upload = SimpleUploadedFile("tep.xlsx", survey_book([survey(1, ma_ho=code)]))
        kept = client.post(
            reverse("import-upload", args=["phieu-ra-soat"]), {"phieu-ra-soat-file": upload}
        )
        (error,) = client.get(kept["Location"]).context["errors"]
        assert error.value == code
        errors.append(replace(error, value=""))
    assert errors[0] == errors[1]


def test_a_name_sought_in_a_village_finds_nobody_elsewhere() -> None:
    client = client_of(Role.COMMUNE_OFFICER, OWN)
    things = things_of(VILLAGE).words
    page = reverse("village", kwargs={"key": things["key"], "village": VILLAGE})

    client.post(page, {"name": WORDS[f"{NEIGHBOUR}.001"]})
    assert list(client.get(page).context["cases"]) == []


def test_a_name_sought_at_the_bench_finds_nobody_elsewhere() -> None:
    client = client_of(Role.AUDITOR, OWN)
    for name in ("name", "actor"):
        for what in ("cases", "acts"):
            found = client.post(reverse("auditing"), {"what": what, name: WORDS[NEIGHBOUR]})
            assert client.get(found["Location"]).context["page"].total == 0, (name, what)


@pytest.mark.parametrize(
    ("role", "place", "reads"),
    [
        (Role.COMMUNE_OFFICER, OWN, True),
        (Role.COMMUNE_COMMITTEE, OWN, False),
        (Role.COMMUNE_CHAIR, OWN, False),
        (Role.REVIEWER, VILLAGE, False),
        (Role.AUDITOR, OWN, False),
        (Role.MINISTRY, "VN", False),
    ],
)
def test_a_personal_number_is_read_by_whoever_enters_it_only(
    role: Role, place: str, reads: bool
) -> None:
    words = things_of(VILLAGE).words
    page = client_of(role, place).get(
        reverse("case", kwargs={"key": words["key"], "code": words["code"]})
    )
    numbers = Member.objects.filter(household__code=words["code"]).values_list("personal_number")

    assert [number in page.text for (number,) in numbers] == [reads, reads]
    assert all(number[-3:] in page.text for (number,) in numbers)


def test_a_faulty_number_is_told_to_the_uploader_and_to_no_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = household_book([own_row(so_dinh_danh=TOO_SHORT)])
    file = tmp_path / "tep.xlsx"
    file.write_bytes(book)
    caplog.set_level(logging.DEBUG)

    page = sent(client_of(Role.COMMUNE_OFFICER, OWN), "danh-sach-ho", book)
    by = username(Role.COMMUNE_OFFICER, OWN)
    with pytest.raises(CommandError) as ended:
        call_command("import_households", str(file), by=by, dry_run=True)

    assert TOO_SHORT in page
    assert TOO_SHORT in capsys.readouterr().out
    logged = [record for record in caplog.records if record.name != "django.db.backends"]
    said = " ".join(record.getMessage() for record in logged)
    kept = " ".join(RecordedRefusal.objects.values_list("detail", flat=True))
    assert not [text for text in (said, kept, str(ended.value)) if TOO_SHORT in text]


def test_another_officer_does_not_read_the_upload() -> None:
    client = client_of(Role.COMMUNE_OFFICER, OWN)
    upload = SimpleUploadedFile("tep.xlsx", household_book([own_row(so_dinh_danh=TOO_SHORT)]))
    kind = "danh-sach-ho"
    kept = client.post(reverse("import-upload", args=[kind]), {f"{kind}-file": upload})["Location"]

    answer = client_of(Role.COMMUNE_OFFICER, NEIGHBOUR).get(kept, follow=True)
    assert TOO_SHORT not in answer.text


def test_no_address_carries_a_personal_number() -> None:
    client = client_of(Role.COMMUNE_OFFICER, OWN)
    words = things_of(VILLAGE).words
    page = client.get(reverse("case", kwargs={"key": words["key"], "code": words["code"]})).text

    links = re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', page)
    assert links
    assert [link for link in links if LONG_NUMBER.search(link)] == []
