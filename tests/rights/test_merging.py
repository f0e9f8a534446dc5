"""Communes that merge: the people of the old one stop, those of the new one do not simply take its files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.duties import Role
from cases.grants import cut_at_unit_ends
from cases.models import Level, Unit, UnitSuccession, UnitVersion, User
from cases.permissions import read_scope
from tests.conftest import Road, make_unit, moment
from tests.rights.conftest import Hands, code_of, held
from workflow.acts.carrying import hand_over
from workflow.appointing import appoint

MERGED = date(2024, 10, 20)


@pytest.fixture
def merged(road: Road, people: dict[str, User], hands: Hands, appoint: Callable[..., User]) -> Unit:
    """Tân Lập became part of Cư Jút on 20 October; its round is not handed over yet."""
    road.open().list()
    new = make_unit("24999", Level.COMMUNE, "Xã Cư Jút", "xã", Unit.objects.get(code="662"))
    UnitVersion.objects.filter(unit=new).update(valid_from=MERGED)
    UnitVersion.objects.filter(unit=road.commune).update(valid_until=MERGED)
    cut_at_unit_ends([road.commune.pk])
    UnitSuccession.objects.create(
        predecessor=road.commune, successor=new, on_date=MERGED, source_document="1/NQ"
    )
    for who, role in (
        ("khoa", Role.COMMUNE_CHAIR),
        ("ly", Role.COMMUNE_OFFICER),
        ("my", Role.COMMUNE_COMMITTEE),
    ):
        people[who] = appoint(who, who, role, new)
        road.cast[who] = people[who]
    hands.to("2024-10-21")
    road.at = hands.at
    return new


def opens(browser: Callable[[str], Client], road: Road, who: str) -> int:
    return browser(who).get(reverse("round", args=[road.round.key])).status_code


def test_the_people_of_the_old_commune_stop_at_its_last_midnight(
    merged: Unit, road: Road, browser: Callable[[str], Client], hands: Hands
) -> None:
    after = [opens(browser, road, who) for who in ("binh", "minh", "hoa")]
    hands.to("2024-10-19", 23, 59, 30)
    before = [opens(browser, road, who) for who in ("binh", "minh", "hoa")]

    assert (before, after) == ([200] * 3, [404] * 3)


def test_the_successors_people_open_no_old_file_before_it_is_handed_over(
    merged: Unit, road: Road, browser: Callable[[str], Client]
) -> None:
    before = {who: opens(browser, road, who) for who in ("khoa", "ly", "my")}
    hand_over(round=road.round, keeper=merged, paper="1/NQ", **road.who("khoa"))
    after = {who: opens(browser, road, who) for who in ("khoa", "ly", "my", "other_binh", "binh")}

    assert before == {"khoa": 404, "ly": 404, "my": 404}
    assert after == {"khoa": 200, "ly": 200, "my": 200, "other_binh": 404, "binh": 404}


def test_an_old_household_is_the_successors_only_by_the_round_it_took_over(
    merged: Unit, road: Road, browser: Callable[[str], Client]
) -> None:
    case = reverse("case", args=[road.round.key, road.cases()[0].code])

    assert [browser(who).get(case).status_code for who in ("khoa", "ly", "other_minh")] == [404] * 3


def test_nothing_is_given_on_the_old_commune_any_more(
    merged: Unit, road: Road, people: dict[str, User], hands: Hands
) -> None:
    facts: dict[str, Any] = {"since": MERGED, "until": None, "paper": "1/QĐ", "by": None}
    deed = {"user": people["dung"], "role": Role.COMMUNE_OFFICER, "unit": road.commune}

    assert code_of(lambda: appoint(**deed, **facts, at=hands.at)) == "unit_ended"


def test_an_assignment_of_before_is_read_for_ever(merged: Unit, road: Road) -> None:
    chair = held("binh", Role.COMMUNE_CHAIR)

    assert (chair.valid_until, chair.unit) == (None, road.commune)
    assert read_scope(chair.user, date(2024, 10, 19)) != {}
    assert read_scope(chair.user, MERGED) == {}
    assert moment("2024-10-20").date() == MERGED
