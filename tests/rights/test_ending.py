"""
Ending access: at once by a transfer on the day, at midnight by date, within sixty seconds either way.

Every look is a click of a session that was open before; no job runs in between.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases import permissions
from cases.duties import Role
from cases.models import RoleAssignment, UnitUserPermission, User
from cases.permissions import holders_of, read_scope, sync_grants
from tests.conftest import Road, moment
from tests.rights.conftest import TODAY, Hands, code_of, held
from workflow.acts.surveying import classify_village
from workflow.appointing import appoint, end_assignment
from workflow.inbox import owed
from workflow.machine.refusals import Refused
from workflow.sessions import SIGNED_IN_AT, Standing

Browser = Callable[[str], Client]
TOMORROW = date(2024, 10, 13)
OPEN, GONE, SIGN_IN = 200, 404, 302


def click(client: Client) -> int:
    """Return what a page for whoever reads cases answers."""
    return client.get(reverse("rounds")).status_code


def end(people: dict[str, User], who: str, role: Role, until: date | None, **facts: Any) -> str:
    at = facts.pop("at", moment("2024-10-12"))
    asked = {"until": until, "paper": "40/QĐ", "reason": "TRANSFER", "by": people["quyen"]}
    return code_of(lambda: end_assignment(held(who, role), **{**asked, **facts}, at=at))


def signed_in(client: Client, day: str) -> None:
    """Let a session be from that day; how old it grew is other tests' matter."""
    session = client.session
    session[SIGNED_IN_AT] = moment(day).timestamp()
    session.save()


@pytest.fixture(autouse=True)
def sessions_do_not_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.sessions.standing", lambda *asked: Standing.OPEN)


@pytest.mark.parametrize("reason", ["TRANSFER", "DISMISSAL", "RETIREMENT"])
def test_ended_at_once_the_next_click_finds_nobody_signed_in(
    browser: Browser, people: dict[str, User], reason: str
) -> None:
    office, telephone = browser("binh"), browser("binh")
    assert [click(office), click(telephone)] == [OPEN, OPEN]

    end(people, "binh", Role.COMMUNE_CHAIR, None, reason=reason)

    assert [click(office), click(telephone)] == [SIGN_IN, SIGN_IN]
    assert click(browser("binh")) == GONE
    assert not UnitUserPermission.objects.filter(user=people["binh"]).exists()


def test_a_transfer_ends_one_right_at_once_and_leaves_the_others(
    browser: Browser, people: dict[str, User]
) -> None:
    appoint(
        user=people["binh"],
        role=Role.COMMUNE_COMMITTEE,
        unit=held("binh", Role.COMMUNE_CHAIR).unit,
        since=TODAY,
        until=None,
        paper="2/QĐ",
        by=None,
        at=moment("2024-10-12"),
    )

    end(people, "binh", Role.COMMUNE_CHAIR, None)

    assert click(browser("binh")) == OPEN
    scope = read_scope(people["binh"], TODAY)
    assert "sign_decision" not in scope and "classify" in scope


def test_ended_by_date_the_first_click_after_midnight_is_refused_without_any_job(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    client = browser("binh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)

    hands.to("2024-10-12", 23, 59, 30)
    before = click(client)
    hands.to("2024-10-13", 0, 0, 20)

    assert (before, click(client)) == (OPEN, GONE)


def test_a_session_from_before_that_midnight_is_closed(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    client = browser("binh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)
    signed_in(client, "2024-10-12")
    assert click(client) == OPEN

    hands.to("2024-10-13", 0, 0, 20)

    assert click(client) == SIGN_IN


def test_that_session_is_closed_also_when_another_device_signed_in_since(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    old = browser("binh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)
    signed_in(old, "2024-10-12")

    hands.to("2024-10-13", 8)
    new = browser("binh")
    User.objects.filter(pk=people["binh"].pk).update(last_login=hands.at)
    signed_in(new, "2024-10-13")

    mine = reverse("my-sessions")
    assert [old.get(mine).status_code, new.get(mine).status_code] == [SIGN_IN, OPEN]


def test_a_session_that_does_not_say_when_it_began_began_at_the_last_sign_in(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    client = browser("binh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)
    User.objects.filter(pk=people["binh"].pk).update(last_login=moment("2024-10-12"))
    session = client.session
    del session[SIGNED_IN_AT]
    session.save()

    hands.to("2024-10-13", 0, 0, 20)

    assert click(client) == SIGN_IN


def test_the_sessions_of_others_stay_open_over_midnight(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    client = browser("minh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)
    signed_in(client, "2024-10-12")

    hands.to("2024-10-13", 0, 0, 20)

    assert click(client) == OPEN


def test_a_right_begins_at_midnight_in_an_open_session_without_any_job(
    browser: Browser, people: dict[str, User], hands: Hands
) -> None:
    client = browser("dung")
    unit = held("binh", Role.COMMUNE_CHAIR).unit
    facts: dict[str, Any] = {"since": TOMORROW, "until": None, "paper": "3/QĐ", "by": None}
    appoint(user=people["dung"], role=Role.COMMUNE_OFFICER, unit=unit, **facts, at=hands.at)

    hands.to("2024-10-12", 23, 59, 30)
    before = click(client)
    hands.to("2024-10-13", 0, 0, 20)

    assert (before, click(client)) == (GONE, OPEN)


def test_the_walk_over_midnight_notices_rights_that_forget_their_last_day(
    browser: Browser, people: dict[str, User], hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("binh")
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)
    endless = permissions._GRANTS.replace("valid_until > %(day)s", "valid_until IS NOT NULL")
    monkeypatch.setattr(permissions, "_GRANTS", endless)

    hands.to("2024-10-13", 0, 0, 20)

    assert click(client) == OPEN


def test_the_walk_notices_sessions_that_stay_and_grants_that_stay(
    browser: Browser, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser("binh")
    monkeypatch.setattr("workflow.appointing.close", lambda ended, day: None)

    end(people, "binh", Role.COMMUNE_CHAIR, None)

    assert click(client) == OPEN


def test_a_page_opened_before_the_end_does_nothing_after_it(
    road: Road, people: dict[str, User]
) -> None:
    road.open().list().survey()
    road.at = moment("2024-10-12", 10)
    hoa = people["hoa"]
    read_scope(hoa, TODAY)  # as the page did, a minute ago
    end(people, "hoa", Role.COMMUNE_COMMITTEE, None, by=people["binh"])

    with pytest.raises(Refused) as caught:
        classify_village(village_review=road.reviews[0], **road.who("hoa"))

    assert caught.value.codes == {"no_duty"}


def test_a_task_assigned_before_the_end_gives_no_right_after_it(
    road: Road, people: dict[str, User], browser: Browser, hands: Hands
) -> None:
    road.open().list().survey()
    road.at = hands.at
    hoa, client = people["hoa"], browser("hoa")
    tasks = Task.objects.filter(status__in=[STATUS.NEW, STATUS.ASSIGNED])
    assert tasks.update(owner=hoa, status=STATUS.ASSIGNED)
    page = reverse("village-act", args=[road.round.key, "24646.001", "classify"])
    before = (client.get(page).status_code, bool(owed(hoa, hands.at)))

    end(people, "hoa", Role.COMMUNE_COMMITTEE, None, by=people["binh"])

    read_scope(hoa, TODAY)
    assert before == (OPEN, True)
    assert owed(hoa, hands.at) == []
    assert browser("hoa").get(page).status_code == GONE
    with pytest.raises(Refused):
        road.classify()


def test_nobody_is_told_of_what_is_not_theirs_any_more(people: dict[str, User]) -> None:
    chair = held("binh", Role.COMMUNE_CHAIR)
    end(people, "binh", Role.COMMUNE_CHAIR, TOMORROW)

    def told(day: date) -> list[User]:
        return list(holders_of(["sign_decision"], chair.unit_id, day))  # type: ignore[list-item]

    assert (told(TODAY), told(TOMORROW)) == ([people["binh"]], [])


def test_the_day_of_the_end_belongs_to_both_and_the_seat_is_free_at_once(
    people: dict[str, User],
) -> None:
    chair = held("binh", Role.COMMUNE_CHAIR)
    end(people, "binh", Role.COMMUNE_CHAIR, None)
    facts: dict[str, Any] = {"since": TODAY, "until": None, "paper": "5/QĐ", "by": people["quyen"]}
    appoint(
        user=people["dung"],
        role=Role.COMMUNE_CHAIR,
        unit=chair.unit,
        **facts,
        at=moment("2024-10-12", 14),
    )

    def chairs(day: date) -> set[str]:
        rows = RoleAssignment.objects.in_force(day).filter(role="COMMUNE_CHAIR", unit=chair.unit)
        return set(rows.values_list("user__username", flat=True))

    assert chairs(date(2024, 10, 11)) == {"binh"}
    assert chairs(TODAY) == {"binh", "dung"}
    assert chairs(TOMORROW) == {"dung"}


def test_a_last_day_that_was_yesterday_is_recorded_so_and_the_right_is_over_now(
    browser: Browser, people: dict[str, User]
) -> None:
    client = browser("binh")

    assert end(people, "binh", Role.COMMUNE_CHAIR, TODAY) == ""

    row = held("binh", Role.COMMUNE_CHAIR)
    assert (row.valid_until, row.ended_at_once) == (TODAY, False)
    assert click(client) == SIGN_IN
    assert read_scope(people["binh"], TODAY) == {}
    assert end(people, "binh", Role.COMMUNE_CHAIR, None) == "already_over"


def test_what_began_today_ends_today_whatever_last_day_is_named(people: dict[str, User]) -> None:
    chair = held("binh", Role.COMMUNE_CHAIR)
    RoleAssignment.objects.filter(pk=chair.pk).update(valid_from=TODAY)

    assert end(people, "binh", Role.COMMUNE_CHAIR, TODAY) == ""

    row = held("binh", Role.COMMUNE_CHAIR)
    assert (row.valid_until, row.ended_at_once) == (TOMORROW, True)
    assert read_scope(people["binh"], TODAY) == {}


def test_what_has_not_begun_is_withdrawn_and_still_read(people: dict[str, User]) -> None:
    unit = held("binh", Role.COMMUNE_CHAIR).unit
    at = moment("2024-10-12")
    facts: dict[str, Any] = {"since": TOMORROW, "until": None, "paper": "3/QĐ", "by": None}
    appoint(user=people["dung"], role=Role.COMMUNE_OFFICER, unit=unit, **facts, at=at)

    end_assignment(
        held("dung", Role.COMMUNE_OFFICER),
        until=None,
        paper="4/QĐ",
        reason="OTHER",
        by=people["binh"],
        at=at,
    )

    row = held("dung", Role.COMMUNE_OFFICER)
    assert (row.valid_until, row.ended_paper) == (row.valid_from, "4/QĐ")
    assert read_scope(people["dung"], TOMORROW) == {}


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"paper": ""}, "no_paper"),
        ({"by": "minh"}, "not_yours_to_give"),
        ({"by": "binh"}, "not_yours_to_give"),
        ({"until": date(2021, 1, 1)}, "ends_before_start"),
    ],
)
def test_an_end_has_a_paper_and_whoever_gives_the_role(
    people: dict[str, User], facts: dict[str, Any], answer: str
) -> None:
    if "by" in facts:
        facts = {"by": people[facts["by"]]}
    until = facts.pop("until", TOMORROW)
    assert end(people, "binh", Role.COMMUNE_CHAIR, until, **facts) == answer
    assert read_scope(people["binh"], TOMORROW)


def test_an_end_to_come_is_brought_forward_never_put_off(people: dict[str, User]) -> None:
    later = date(2024, 12, 1)
    end(people, "binh", Role.COMMUNE_CHAIR, later)

    assert end(people, "binh", Role.COMMUNE_CHAIR, later) == "not_earlier"
    assert end(people, "binh", Role.COMMUNE_CHAIR, None, paper="41/QĐ") == ""
    assert end(people, "binh", Role.COMMUNE_CHAIR, None) == "already_over"
    assert held("binh", Role.COMMUNE_CHAIR).ended_paper == "40/QĐ; 41/QĐ"


def test_a_sync_brings_nothing_back_and_changes_nothing_twice(people: dict[str, User]) -> None:
    end(people, "binh", Role.COMMUNE_CHAIR, None)

    assert sync_grants(TODAY) == 0
    assert read_scope(people["binh"], TODAY) == {}
