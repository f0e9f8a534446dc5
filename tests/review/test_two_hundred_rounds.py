"""A district chair with 200 rounds waits for the desk no longer than with two."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.duties import Role
from cases.models import Area, Household, Level, Unit, User
from tests.conftest import YEAR, Road, make_unit
from workflow import clock
from workflow.acts.listing import build_list, open_round


def rounds_of(
    road: Road, people: User, numbers: range, make_households: Callable[..., list[Household]]
) -> None:
    district = Unit.objects.get(code="662")
    for number in numbers:
        commune = make_unit(
            f"3{number:04}", Level.COMMUNE, f"Xã {number}", "xã", district, Area.RURAL
        )
        village = make_unit(f"3{number:04}.001", Level.VILLAGE, "Thôn 1", "thôn", commune)
        make_households(village, 1)
        who: dict[str, Any] = {"by": people, "at": road.at}
        papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1", "committee_paper": "2"}
        round = open_round(commune=commune, **papers, **who, key=f"open-{number}")
        build_list(round=round, **who, key=f"list-{number}")


def test_every_page_of_the_district_chair_asks_as_much_of_200_rounds_as_of_two(
    road: Road,
    make_households: Callable[..., list[Household]],
    appoint: Callable[..., User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    monkeypatch.setattr(
        "workflow.acts.deed.following.follow", lambda act, by: None
    )  # 200 rounds quickly; the desk reads cases and terms
    for role in (Role.COMMUNE_CHAIR, Role.COMMUNE_COMMITTEE):
        appoint("moi", "Hoàng Văn Mọi", role, Unit.objects.get(code="24646"))
    everybody = User.objects.get(username="moi")
    monkeypatch.setattr("workflow.machine.apply._unit_of_duty", lambda *_args: road.commune.pk)
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    rounds_of(road, everybody, range(1, 3), make_households)
    client = Client()
    client.force_login(road.cast["quyen"], backend="django.contrib.auth.backends.ModelBackend")
    urls = [reverse("inbox"), reverse("rounds"), reverse("reports")]
    urls.append(reverse("report", args=[2]) + f"?unit=662&year={YEAR}&figures=proposed")
    client.get(reverse("inbox"))  # the first look marks what was told as read
    few = [count(client, url) for url in urls]
    rounds_of(road, everybody, range(3, 201), make_households)
    assert [count(client, url) for url in urls] == few


def count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
