"""The walks: each yields what is wrong, so that a planted fault can be shown to turn it red."""

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Any

from django.urls import URLPattern

from cases.duties import Role
from cases.models import User
from tests.doors import forms
from tests.doors.access import ACTS, Seat
from tests.doors.asking import Answer, Visitor
from tests.doors.places import username
from tests.doors.routes import ACT_ROUTES, Things, urls_of, words
from tests.doors.things import (
    NOWHERE,
    OF_A_UNIT,
    YEAR,
    foreign_to,
    nothing_like,
    outside,
    own_things,
    signs_of,
    things_of,
    urls_of_cases,
    villages_foreign_to,
)
from tests.pages.addresses import POST_ONLY, routes

Shown = dict[str, Answer]
HTMX = {"HTTP_HX_REQUEST": "true"}
# Not there, no way to ask, nothing of the kind within the duty.
NOT_GIVEN = (404, 405, 422)
# Answered only when something is sent, or made anew at each asking (secrets of second factors).
LEFT_OUT = POST_ONLY | {"mfa_activate_totp", "mfa_add_webauthn", "my-sessions"}


def user_at(seat: Seat) -> User:
    """Return who sits there; whoever had a seat once sits nowhere."""
    if seat[0] == "ONCE":
        return User.objects.get(username__endswith="-once")
    return User.objects.get(username=username(Role(seat[0]), seat[1]))


class Outside:
    """Asks for things outside a person's duty: each answer must be that of a thing that is not there."""

    def __init__(self, seat: Seat) -> None:
        self.seat, self.visitor = seat, Visitor(user_at(seat))
        self.foreign = foreign_to(seat[1])
        self.signs = signs_of(self.foreign)
        self.nothing: dict[tuple[str, str], Answer] = {}  # by kind of address and way of asking

    def told_apart(self, kind: str, url: str, nowhere: str, typed: str = "") -> Iterator[str]:
        """Yield what is wrong with a page: asked for, sent to, and asked for as a part of another."""
        ways: list[tuple[str, Any, dict[str, str]]] = [
            ("GET", self.visitor.get, {}),
            ("POST", self.visitor.post, {}),
        ]
        if kind not in ACT_ROUTES:
            ways.append(("part", self.visitor.get, HTMX))
        for way, ask, heads in ways:
            if (kind, way) not in self.nothing:
                self.nothing[kind, way] = ask(nowhere, **heads).without_typed(typed and NOWHERE)
            answer = ask(url, **heads).without_typed(typed)
            said = f"{self.seat[0]} {way} {url}"
            # A search that is sent leads back to itself, whatever is sought.
            if answer.status not in NOT_GIVEN and (way, answer.status) != ("POST", 302):
                yield f"{said}: {answer.status}"
            elif answer != self.nothing[kind, way]:
                yield f"{said}: told apart from nothing"
            elif shown := answer.shows(self.signs):
                yield f"{said}: shows {shown}"


def found_outside(seat: Seat, patterns: Iterable[URLPattern] | None = None) -> Iterator[str]:
    """Yield each thing of a foreign village that a page finds, names, or tells from nothing."""
    asking = Outside(seat)
    for number, village in enumerate(villages_foreign_to(seat[1])):
        things = things_of(village)
        for route in patterns or routes():
            if not _is_of_a_unit(route) or _is_shared(route, village, asking.foreign):
                continue
            pairs = zip(urls_of(route, things), urls_of(route, nothing_like(things)), strict=True)
            # Which act is asked for makes no difference to what it is asked on: all of them once.
            acts_tried = 1 if number and str(route.name) in ACT_ROUTES else None
            for url, nowhere in islice(pairs, acts_tried):
                yield from asking.told_apart(str(route.name), url, nowhere)


def _is_of_a_unit(route: URLPattern) -> bool:
    return "key" in words(route) or route.name in OF_A_UNIT


def _is_shared(route: URLPattern, village: str, foreign: set[str]) -> bool:
    """Test if the route names only the round, and the round is one's own although the village is not."""
    named = words(route) & {"village", "code", "number"}
    return "key" in words(route) and not named and village.partition(".")[0] not in foreign


def found_higher(seat: Seat) -> Iterator[str]:
    """Yield each thing of a higher unit, or of another one of the same level, that is found."""
    asking = Outside(seat)
    for url, nowhere, typed in outside(seat[1]):
        yield from asking.told_apart(nowhere, url, nowhere, typed)


def shown_of_others(
    seat: Seat, own: Iterable[Things], patterns: Iterable[URLPattern] | None = None
) -> Iterator[str]:
    """Yield each page of one's own, or list, that shows a word or a code of a place outside the duty."""
    signs = signs_of(foreign_to(seat[1]))
    for url, answer in pages_of(seat, own, patterns):
        if answer.status >= 500:
            yield f"{seat[0]} {url}: {answer.status}"
        if shown := answer.shows(signs):
            yield f"{seat[0]} {url}: shows {shown}"


def pages_of(
    seat: Seat, own: Iterable[Things], patterns: Iterable[URLPattern] | None = None
) -> Iterator[tuple[str, Answer]]:
    """Yield every page on one's own things, as a page and as a part of one, and what it answers."""
    visitor = Visitor(user_at(seat))
    own = list(own)
    asked: set[str] = set()
    first = own[0] if own else None
    for things in own:
        for route in patterns or routes():
            urls = [] if str(route.name) in LEFT_OUT else urls_of(route, things)
            for url in [
                each for each in urls if each not in asked and _is_done_by(seat, route, each)
            ]:
                asked.add(url)
                yield url, visitor.get(url)
                if "act" not in words(route) and things is first:
                    yield f"{url} (part)", visitor.get(url, **HTMX)
        if patterns is None:
            yield from _every_household(visitor, things, asked)


def everything_shown(seat: Seat) -> Shown:
    """Return what a person is shown of the year of his or her first village, and answered to every form."""
    own = own_things(seat[1], [YEAR])[:1]
    shown = dict(pages_of(seat, own))
    visitor = Visitor(user_at(seat))
    for things in own:
        for url, given in forms.filled_acts(seat, things, user_at(seat)):
            shown[f"{url} (sent)"] = visitor.post(url, given)
    return shown


def changed(seat: Seat, before: Shown, now: Shown) -> Iterator[str]:
    """Yield each page that is not what it was; pages that are new are none."""
    for url, answer in before.items():
        if now[url] != answer:
            yield f"{seat[0]} {seat[1]} {url}: {_first_difference(answer.text, now[url].text)}"


def _first_difference(before: str, now: str) -> str:
    lines = zip_longest(before.split("\n"), now.split("\n"), fillvalue="")
    old, new = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
    return f"{old.strip()[:80]!r} became {new.strip()[:80]!r}"


def told_by_forms(seat: Seat, own: Iterable[Things]) -> Iterator[str]:
    """
    Yield each form that answers otherwise to a foreign thing than to one that is not there.

    A household's code typed, a person or a list chosen by its hidden key, a vote on a code.
    """
    visitor, nothing = Visitor(user_at(seat)), forms.NOTHING
    for things in own:
        empty = dict(_filled(visitor, seat, things, nothing))
        for village in villages_foreign_to(seat[1]):
            signs = signs_of([village])
            about = forms.named_of(village)
            for url, answer in _filled(visitor, seat, things, about):
                if answer.status >= 500 or answer != empty[url]:
                    yield f"{seat[0]} POST {url}: {answer.status}, {village} is told from nothing"
                elif shown := answer.shows(signs):
                    yield f"{seat[0]} POST {url}: shows {shown}"


def _filled(
    visitor: Visitor, seat: Seat, things: Things, about: forms.Named
) -> Iterator[tuple[str, Answer]]:
    for url, given in forms.filled_acts(seat, things, user_at(seat), about):
        yield url, visitor.post(url, given).without(about.household)


def _is_done_by(seat: Seat, route: URLPattern, url: str) -> bool:
    """Test if a page is not the form of an act that the role has no part in: those say 403 and no more."""
    return "act" not in words(route) or seat[0] in ACTS[act_of(url)]


def act_of(url: str) -> str:
    """Return the act whose page an address is."""
    return url.rstrip("/").rpartition("/")[2]


def _every_household(
    visitor: Visitor, things: Things, asked: set[str]
) -> Iterator[tuple[str, Answer]]:
    """Yield the page of each household of the village in the round."""
    for url in urls_of_cases(things):
        if url not in asked:
            asked.add(url)
            yield url, visitor.get(url)
