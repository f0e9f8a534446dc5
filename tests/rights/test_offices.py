"""Offices: their members are interchangeable, each in the days of belonging to it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.models import Office, Unit, UnitGroupPermission, User
from cases.permissions import holders_of, on_behalf_of, read_scope, sync_grants
from tests.conftest import moment
from tests.rights.conftest import TODAY, Hands, code_of, recorded
from workflow.offices import join_office, leave_office, open_office

AT = moment("2024-10-12")
UNTIL = date(2024, 10, 20)
DUTIES = {duty.value for duty in ROLE_DUTIES[Role.COMMUNE_OFFICER]}


@pytest.fixture
def office(people: dict[str, User]) -> Office:
    """The commune's office that enters papers, opened by ông Bình."""
    return open_office(
        unit=Unit.objects.get(code="24646"),
        role=Role.COMMUNE_OFFICER,
        name="Tổ nhập liệu",
        since=TODAY,
        paper="5/QĐ",
        by=people["binh"],
        at=AT,
    )


def join(people: dict[str, User], office: Office, **facts: Any) -> str:
    asked: dict[str, Any] = {"user": people["dung"], "since": TODAY, "until": UNTIL}
    asked |= {"paper": "6/QĐ", "by": people["binh"], "at": AT}
    return code_of(lambda: join_office(office=office, **{**asked, **facts}))


def test_a_member_holds_the_offices_duties_on_its_unit_in_the_days_of_belonging(
    people: dict[str, User], office: Office
) -> None:
    assert join(people, office) == ""

    dung = people["dung"]
    assert set(read_scope(dung, TODAY)) == DUTIES
    assert read_scope(dung, TODAY)[Duty.VIEW] == {"COMMUNE": {office.unit_id}}
    assert set(read_scope(dung, date(2024, 10, 19))) == DUTIES
    assert read_scope(dung, UNTIL) == {}
    assert on_behalf_of(dung, Duty.VIEW, office.unit_id, TODAY) is None


def test_nothing_is_granted_site_wide(people: dict[str, User], office: Office) -> None:
    join(people, office)

    assert not Group.objects.filter(permissions__isnull=False).exists()
    assert not User.objects.filter(user_permissions__isnull=False).exists()
    assert set(UnitGroupPermission.objects.values_list("content_object", flat=True)) == {
        office.unit_id
    }


def test_the_django_group_mirrors_todays_members(people: dict[str, User], office: Office) -> None:
    join(people, office)
    assert list(office.group.user_set.all()) == [people["dung"]]

    sync_grants(UNTIL)

    assert list(office.group.user_set.all()) == []


def test_a_member_put_into_the_group_past_the_program_holds_nothing(
    people: dict[str, User], office: Office
) -> None:
    office.group.user_set.add(people["dung"])

    assert read_scope(people["dung"], TODAY) == {}
    assert people["dung"] not in holders_of([Duty.VIEW], office.unit_id, TODAY)


def test_a_member_of_an_office_is_told_what_the_office_is_told(
    people: dict[str, User], office: Office
) -> None:
    join(people, office)

    assert people["dung"] in holders_of([Duty.RECORD_REQUEST], office.unit_id, TODAY)
    assert people["dung"] not in holders_of([Duty.RECORD_REQUEST], office.unit_id, UNTIL)


def test_who_leaves_at_once_is_signed_out_and_holds_nothing(
    people: dict[str, User], office: Office, browser: Callable[[str], Client]
) -> None:
    join(people, office)
    client = browser("dung")
    before = client.get(reverse("rounds")).status_code

    leave_office(
        office.members.get(), until=None, paper="7/QĐ", reason="TRANSFER", by=people["binh"], at=AT
    )

    assert (before, client.get(reverse("rounds")).status_code) == (200, 302)
    assert read_scope(people["dung"], TODAY) == {}


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"by": "minh"}, "not_yours_to_give"),
        ({"user": "binh"}, "self_appointment"),
        ({"since": date(2024, 10, 11)}, "office_over"),
        ({"paper": ""}, "no_paper"),
    ],
)
def test_who_joins_does_so_by_the_chairs_paper_in_the_offices_days(
    people: dict[str, User], office: Office, facts: dict[str, Any], answer: str
) -> None:
    named: dict[str, Any] = {key: people[facts[key]] for key in ("by", "user") if key in facts}
    assert join(people, office, **{**facts, **named}) == answer


def test_a_seat_is_no_office_and_a_name_is_given_once(
    people: dict[str, User], office: Office
) -> None:
    facts: dict[str, Any] = {"unit": office.unit, "since": TODAY, "paper": "1", "at": AT}
    facts |= {"name": "Tổ nhập liệu", "by": None}

    seat = code_of(lambda: open_office(role=Role.COMMUNE_CHAIR, **facts))
    twice = code_of(lambda: open_office(role=Role.COMMUNE_OFFICER, **facts))

    assert (seat, twice) == ("seat_is_no_office", "name_taken")


def test_the_pages_open_an_office_and_change_who_belongs_to_it(
    people: dict[str, User], browser: Callable[[str], Client], hands: Hands
) -> None:
    client = browser("binh")
    answers = {"name": "Tổ A", "role": "REVIEWER", "since": "12/10/2024", "paper": "5/QĐ"}
    opened = client.post(reverse("office-new", args=["24646"]), {**answers, "step": "save"})
    page = reverse("office", args=[Office.objects.get().pk])
    joining = {"user": "dung", "since": "12/10/2024", "paper": "6/QĐ", "step": "save"}
    joined = client.post(f"{page}them/", joining)
    again = client.post(f"{page}them/", joining)
    member = Office.objects.get().members.get()
    leaving = {"when": "now", "reason": "OTHER", "paper": "7/QĐ"}
    look = client.post(reverse("office-member-end", args=[member.pk]), leaving)
    left = client.post(reverse("office-member-end", args=[member.pk]), {**leaving, "step": "save"})

    answered = [each.status_code for each in (opened, joined, again, look, left)]
    assert answered == [302, 302, 422, 200, 302]
    assert recorded() == [("office-member-new", "already_held")]
    assert [client.get(url).status_code for url in (reverse("offices"), page)] == [200, 200]
    assert len(client.get(page).context["members"]) == 1


@pytest.mark.parametrize("who", ["minh", "other_binh", "lan"])
def test_who_gives_no_roles_changes_no_office(
    office: Office, browser: Callable[[str], Client], who: str
) -> None:
    client = browser(who)
    urls = [reverse("office-new", args=["24646"]), reverse("office-member-new", args=[office.pk])]
    assert [client.get(url).status_code for url in urls] == [404, 404]
