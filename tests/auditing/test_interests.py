"""Declared interests at the bench: who declared what in one's scope, and nobody else's."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import DeclaredInterest, Household, Unit, User
from tests.conftest import Road
from workflow.pages import auditing_interests as bench

Desk = Callable[[Road, str], Client]
FIRST, SECOND = "24646-00001", "24646-00002"


def declare(user: User, code: str, day: date = date(2024, 9, 20)) -> DeclaredInterest:
    return DeclaredInterest.objects.create(
        user=user,
        household=Household.objects.get(code=code),
        relation="RELATIVE",
        declared_on=day,
        declared_by=user,
    )


def listed(client: Client) -> list[DeclaredInterest]:
    answer = client.get(reverse("audit-interests"))
    assert answer.status_code == 200
    return list(answer.context["declared"])


def test_the_auditor_reads_who_declared_what_also_what_has_ended(road: Road, desk: Desk) -> None:
    lan, binh = declare(road.cast["lan"], FIRST), declare(road.cast["binh"], SECOND)
    lan.ended_on, lan.ended_paper = date(2024, 10, 1), "1/GXN"
    lan.save()
    client = desk(road, "son")

    page = client.get(reverse("audit-interests")).content.decode()

    assert listed(client) == [binh, lan]
    for word in (FIRST, SECOND, road.cast["lan"].full_name, "Người thân của hộ", "1/GXN"):
        assert word in page


def test_the_page_is_read_only(road: Road, desk: Desk) -> None:
    assert desk(road, "son").post(reverse("audit-interests")).status_code == 405


def test_an_auditor_of_another_commune_or_province_reads_none(
    road: Road, quang: User, hoa_binh: Unit, appoint: Callable[..., User], desk: Desk
) -> None:
    declare(road.cast["lan"], FIRST)
    road.cast["quang"] = quang
    road.cast["front"] = appoint("mattran", "Mặt trận Hòa Bình", Role.FRONT, hoa_binh)

    for name in ("quang", "front"):
        assert listed(desk(road, name)) == []


def test_a_long_register_goes_on_where_it_stopped_and_shows_everything_once(
    road: Road, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "INTERESTS_A_PAGE", 2)
    names = ("lan", "binh", "minh", "hoa", "thu")
    declared = [declare(road.cast[name], FIRST) for name in names]
    client, seen, after = desk(road, "son"), [], ""

    for _page in range(3):
        context = client.get(reverse("audit-interests"), {"after": after}).context
        seen += context["declared"]
        after = context["after"]

    assert (seen, after) == (declared[::-1], "")


def test_one_declaration_and_ten_cost_the_same_questions(road: Road, desk: Desk) -> None:
    client = desk(road, "son")
    declare(road.cast["lan"], FIRST)
    listed(client)
    asked = []
    for names in ((), ("binh", "minh", "hoa", "thu", "hung")):
        for name in names:
            declare(road.cast[name], FIRST)
            declare(road.cast[name], SECOND)
        with CaptureQueriesContext(connection) as counted:
            listed(client)
        asked.append(len(counted))

    assert asked[0] == asked[1]
