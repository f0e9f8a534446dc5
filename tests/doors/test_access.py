"""Every role opens of its own units what the table says, and nothing else; strangers nothing at all."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from cases.duties import Role
from cases.models import Act, User
from tests.doors.access import ACTS, PAGES, SEATS, SEATS_TRIED, Seat
from tests.doors.asking import Visitor
from tests.doors.places import OWN, VILLAGE, WORDS
from tests.doors.routes import ACT_ROUTES, urls_of, words
from tests.doors.things import HALF_A_MONTH, MONTH_OF_INCOMES, YEAR, signs_of, things_of
from tests.doors.walks import act_of, user_at
from tests.pages.addresses import POST_ONLY, routes

pytestmark = pytest.mark.usefixtures("visited")
SHOWN = (200, 302, 405, 409, 422)


def wrong(seat: Seat, user: User | None) -> Iterator[str]:
    """Yield each page that somebody may open and may not, or may not and can."""
    visitor = Visitor(user)
    for route in routes():
        name = str(route.name)
        if "act" in words(route) or name not in PAGES:
            continue
        for url in urls_of(route, things_of(VILLAGE)):
            ask = visitor.post if name in POST_ONLY else visitor.get
            status = ask(url).status
            if (status in SHOWN) != (seat[0] in PAGES[name]) or status >= 500:
                yield f"{seat[0]} {name} {url}: {status}"


def wrong_acts(seat: Seat, user: User, which: int) -> Iterator[str]:
    """Yield each act that somebody is let to and may not do, or may and is kept from."""
    visitor = Visitor(user)
    things = things_of(VILLAGE, which)
    for route in routes():
        if str(route.name) not in ACT_ROUTES:
            continue
        for url in urls_of(route, things):
            for ask in (visitor.get, visitor.post):
                status = ask(url).status
                if status == 404:  # an act of another review
                    continue
                if (status in SHOWN) != (seat[0] in ACTS[act_of(url)]) or status >= 500:
                    yield f"{seat[0]} {url}: {status}"


def test_every_role_has_a_seat_and_every_page_a_line() -> None:
    assert {role for role, _place in SEATS} == set(Role)
    named = {str(route.name) for route in routes() if "act" not in words(route)}
    assert named == set(PAGES)


@pytest.mark.parametrize("seat", SEATS_TRIED, ids=str)
def test_a_role_opens_what_the_table_says(seat: Seat) -> None:
    assert list(wrong(seat, user_at(seat))) == []


@pytest.mark.parametrize("which", [MONTH_OF_INCOMES, YEAR, HALF_A_MONTH])
@pytest.mark.parametrize("seat", SEATS_TRIED, ids=str)
def test_a_role_does_what_the_table_says(seat: Seat, which: int) -> None:
    before = Act.objects.count()

    assert list(wrong_acts(seat, user_at(seat), which)) == []
    assert Act.objects.count() == before


def test_a_stranger_is_sent_to_sign_in_and_learns_nothing() -> None:
    stranger, signs = Visitor(None), signs_of(WORDS)
    for route in routes():
        if route.callback.door.public:  # type: ignore[attr-defined]
            continue
        for url in urls_of(route, things_of(VILLAGE)):
            answer = stranger.get(url)
            assert answer.status == 302, url
            assert f"Location: {reverse('sign-in')}" in answer.text, url
            assert answer.shows(signs) == [], url


def test_whose_roles_are_over_reads_nothing_of_the_unit() -> None:
    seat = ("ONCE", OWN)

    assert list(wrong(seat, user_at(seat))) == []
