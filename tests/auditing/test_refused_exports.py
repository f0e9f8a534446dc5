"""Who asks for a file of a unit outside one's scope gets none, and that one asked is written down."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import RecordedRefusal, UnitVersion, User
from cases.names import fold
from tests.conftest import Road
from workflow.pages import auditing_exports

Desk = Callable[[Road, str], Client]


@pytest.mark.parametrize(
    ("asked", "unit"),
    [("24646", "24646"), ("xã  tân lập", "24646"), ("67", "67"), ("Lê Thị Mơ", None)],
)
def test_a_file_of_a_unit_outside_ones_scope_is_not_given_and_that_is_recorded(
    walked: Road, quang: User, desk: Desk, asked: str, unit: str | None
) -> None:
    UnitVersion.objects.filter(unit__code="24646").update(name_key=fold("Xã Tân Lập"))
    walked.cast["quang"] = quang
    answers = {"unit": asked, "year": 2024, "format": "xes"}

    answer = desk(walked, "quang").post(reverse("audit-export"), answers)

    recorded = RecordedRefusal.objects.select_related("unit").get()
    assert answer.status_code == 422
    assert (recorded.door, recorded.code) == ("audit-export", "no_unit")
    assert (recorded.user, recorded.unit and recorded.unit.code) == (quang, unit)
    assert recorded.detail == ""


def test_a_year_that_is_none_is_no_refusal_to_record(walked: Road, desk: Desk) -> None:
    wrong = {"unit": "24646", "year": "x", "format": "xes"}

    answer = desk(walked, "son").post(reverse("audit-export"), wrong)

    assert answer.status_code == 422
    assert not RecordedRefusal.objects.exists()


def test_names_are_not_given_to_who_may_not_read_the_files_and_that_is_recorded(
    walked: Road, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing_exports, "covers", lambda *asked: False)
    answers = {"unit": "24646", "format": "xes", "plain": "on"}

    answer = desk(walked, "son").post(reverse("audit-export"), answers)

    recorded = RecordedRefusal.objects.select_related("unit").get()
    assert (answer.status_code, recorded.code) == (422, "no_duty")
    assert recorded.unit and recorded.unit.code == "24646"
