"""appoint and sync_grants: what an operator gives, lends, ends and asks, and what is written down."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.duties import Role
from cases.models import RecordedRefusal, UnitUserPermission, User
from cases.permissions import read_scope
from tests.rights.conftest import TODAY, held, recorded

pytestmark = pytest.mark.usefixtures("hands")
CHAIR = ("COMMUNE_CHAIR", "24646")


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def listed(**options: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(run("appoint", "--list", "--format", "json", **options))
    return told


def test_a_part_of_the_duties_is_lent_until_a_day(people: dict[str, User]) -> None:
    lending = ("--kind", "DELEGATION", "--for", "binh", "--duties", "sign_report")
    days = ("--until", "2024-11-01", "--paper-until", "2024-12-01", "--paper", "7/UQ")

    run("appoint", "dung", *CHAIR, *lending, *days)

    (row,) = [each for each in listed(of_unit="24646") if each["user"] == "dung"]
    assert (row["kind"], row["on_behalf_of"], row["duties"]) == (
        "DELEGATION",
        "binh",
        ["sign_report", "view_cases"],
    )


def test_somebody_stands_in_and_the_list_answers_by_day(people: dict[str, User]) -> None:
    lending = ("--kind", "SUBSTITUTION", "--for", "binh", "--paper", "8/GNP")
    run("appoint", "dung", *CHAIR, *lending, "--from", "2024-10-20", "--until", "2024-10-22")

    def chairs(day: int) -> set[str]:
        told = listed(of_unit="24646", on=date(2024, 10, day))
        return {each["user"] for each in told if each["role"] == "COMMUNE_CHAIR"}

    assert [chairs(day) for day in (19, 20, 21, 22)] == [
        {"binh"},
        {"binh", "dung"},
        {"binh", "dung"},
        {"binh"},
    ]


def test_an_end_at_once_is_told_with_its_paper(people: dict[str, User]) -> None:
    run("appoint", "binh", *CHAIR, "--end", "--reason", "TRANSFER", "--paper", "40/QĐ")

    (row,) = listed(of_unit="24646", on=TODAY, username="binh")
    assert (row["ended_at_once"], row["end_reason"], row["ended_paper"]) == (
        True,
        "TRANSFER",
        "40/QĐ",
    )
    assert read_scope(people["binh"], TODAY) == {}


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("dung", "COMMUNE_OFFICER", "99999"), "no_unit"),
    (("khong.co", "COMMUNE_OFFICER", "24646"), "no_user"),
    (("dung", "COMMUNE_OFFICER", "662"), "role_not_here"),
    (("dung", "AUDITOR", "662", "--until", "2025-08-01"), "role_over"),
    (("minh", "COMMUNE_OFFICER", "24646"), "already_held"),
    (("dung", *CHAIR), "seat_taken"),
    (("dung", *CHAIR, "--end"), "not_held"),
    (("dung", *CHAIR, "--kind", "DELEGATION", "--for", "minh"), "not_held"),
    (("dung", *CHAIR, "--kind", "DELEGATION"), "no_user"),
    (("dung", *CHAIR, "--kind", "DELEGATION", "--for", "binh"), "no_end"),
    (
        (
            *("dung", *CHAIR, "--kind", "DELEGATION", "--for", "binh"),
            *("--until", "2025-02-01", "--paper-until", "2025-01-01"),
        ),
        "longer_than_paper",
    ),
]


@pytest.mark.parametrize(("words", "code"), REFUSED)
def test_what_is_refused_is_said_and_written_down_and_changes_nothing(
    people: dict[str, User], words: tuple[str, ...], code: str
) -> None:
    before = UnitUserPermission.objects.count()
    with pytest.raises(CommandError, match=code):
        run("appoint", *words, "--paper", "1/QĐ")

    assert recorded() == [("appoint", code)]
    assert UnitUserPermission.objects.count() == before


def test_a_new_account_is_not_left_behind_by_a_refusal(people: dict[str, User]) -> None:
    with pytest.raises(CommandError):
        run("appoint", "moi", *CHAIR, "--name", "Người Mới", "--paper", "1/QĐ")

    assert not User.objects.filter(username="moi").exists()


def test_a_command_without_a_paper_is_refused(people: dict[str, User]) -> None:
    with pytest.raises(CommandError, match="no_paper"):
        run("appoint", "dung", "COMMUNE_OFFICER", "24646")


def test_sync_heals_one_persons_grants(people: dict[str, User]) -> None:
    UnitUserPermission.objects.all().delete()

    run("sync_grants", "--user", "binh")

    assert read_scope(people["binh"], TODAY)
    assert read_scope(people["minh"], TODAY) == {}


def test_sync_of_nobody_is_refused_and_written_down(people: dict[str, User]) -> None:
    with pytest.raises(CommandError, match="no_user"):
        run("sync_grants", "--user", "khong.co")

    refusal = RecordedRefusal.objects.get()
    assert (refusal.door, refusal.code, refusal.user) == ("sync_grants", "no_user", None)


def test_a_recorded_refusal_is_never_changed_or_deleted(people: dict[str, User]) -> None:
    test_sync_of_nobody_is_refused_and_written_down(people)
    refusal = RecordedRefusal.objects.get()

    for deed in (refusal.save, refusal.delete, RecordedRefusal.objects.all().delete):
        with pytest.raises(TypeError):
            deed()
    with pytest.raises(TypeError):
        RecordedRefusal.objects.update(code="other")


def test_the_roles_of_the_cast_are_listed_with_their_units(people: dict[str, User]) -> None:
    told = listed(username="lan")

    assert {each["unit"] for each in told} == {"24646.001", "24646.002"}
    assert held("lan", Role.REVIEWER, "24646.001").user == people["lan"]
