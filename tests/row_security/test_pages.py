"""Under the role that is bound, pages show what they show to the superuser: nothing is hidden, nothing more."""

import re
from difflib import unified_diff
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from cases import row_security
from cases.models import Case, RecordedRefusal, Round, Unit, User
from tests.conftest import Road
from tests.pages.addresses import OF_TAN_LAP, open_routes, scoped_routes, urls_of
from tests.pages.test_act_pages import PLACES, Desk
from tests.pages.test_later_roads import (
    merged,  # noqa: F401 (a fixture)
)
from tests.pages.test_later_roads import (
    test_the_new_communes_chair_finds_the_round_and_takes_it_over as take_over,
)
from workflow import clock
from workflow.pages.scope import ScopeMiddleware, StreamedAnswer

pytestmark = pytest.mark.postgres
# What differs from one asking to the next: keys of forms, tokens, nonces, how long it took.
PASSING = re.compile(
    r'(value|nonce|content|csrftoken)(=|": )"[\w+/=-]{16,}"|\b\d+([.,]\d+)? (ms|giây)\b'
)
EVERY = 12  # of the many addresses of acts
PEOPLE = ("hung", "minh", "quyen", "other_binh")
GROWS = "/ai-da-xem/"  # who read a household's file: by then the test itself, once more


@pytest.fixture
def posted(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    road.open().list().survey().classify().meet().post()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


def addresses() -> list[str]:
    found: list[str] = []
    for route in (*open_routes(), *scoped_routes()):
        urls = urls_of(route, OF_TAN_LAP)
        found += urls if len(urls) == 1 else urls[::EVERY]
    return found


def shown(client: Client, url: str) -> tuple[int, str]:
    answer = client.get(url)
    body = b"".join(answer) if answer.streaming else answer.content
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return answer.status_code, ""  # a file: its date of writing is in it
    return answer.status_code, PASSING.sub("", body.decode())


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_is_the_same_for_the_bound_role(
    posted: Road, name: str, request: pytest.FixtureRequest
) -> None:
    client = Client()
    client.force_login(posted.cast[name])
    urls = addresses()

    free = {url: shown(client, url) for url in urls}
    request.getfixturevalue("pages_as_app")
    bound = {url: shown(client, url) for url in urls}

    assert {url: code for url, (code, _body) in bound.items()} == {
        url: code for url, (code, _body) in free.items()
    }
    same = (url for url in urls if not url.endswith(GROWS))
    differ = {url: _differs(free[url][1], bound[url][1]) for url in same if bound[url] != free[url]}
    assert differ == {}
    assert {200, 404} <= {code for code, _body in bound.values()}


@pytest.mark.usefixtures("pages_as_app")
def test_the_walk_would_notice_a_scope_that_hides_too_much(
    posted: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(posted.cast["minh"])
    url = reverse("round", kwargs={"key": posted.round.key})
    assert client.get(url).status_code == 200

    monkeypatch.setattr(row_security, "reach_of", lambda user: row_security.NOTHING)

    assert client.get(url).status_code == 404


@pytest.mark.usefixtures("pages_as_app")
def test_a_refused_act_leaves_the_page_fit_for_the_next(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_desk = Desk(road, monkeypatch)
    road.open().list().survey().classify().meet()

    early = at_desk.send("hung", at_desk.village_url("post_list"), {"village_place": "Thôn"})
    done = at_desk.send("hung", at_desk.village_url("post_list"), PLACES)

    assert (early.status_code, done.status_code) == (409, 302)
    assert set(road.round.cases.values_list("state", flat=True)) == {"posted"}


@pytest.mark.usefixtures("pages_as_app")
def test_the_chair_of_a_successor_takes_a_round_over(
    road: Road,
    merged: Unit,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_over(Desk(road, monkeypatch), road, merged)


@pytest.mark.usefixtures("pages_as_app")
def test_somebody_signs_in(road: Road, client: Client) -> None:
    client.force_login(road.cast["minh"])

    assert client.get(reverse("inbox")).status_code == 200


def _differs(one: str, other: str) -> list[str]:
    return list(unified_diff(one.split("\n"), other.split("\n"), n=0, lineterm=""))


def asked_by(user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


def note() -> None:
    RecordedRefusal.objects.create(at=clock.now(), door="x", code="x")


def test_a_page_that_fails_leaves_nothing_behind(road: Road) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        note()
        return HttpResponse(status=500)

    answer = ScopeMiddleware(page)(asked_by(road.cast["minh"]))

    assert answer.status_code == 500
    assert not RecordedRefusal.objects.exists()


@pytest.mark.parametrize("said", [Http404(), PermissionDenied()], ids=["404", "403"])
def test_what_a_page_wrote_down_before_it_said_no_stays(road: Road, said: Exception) -> None:
    request = asked_by(road.cast["minh"])

    def page(request: HttpRequest) -> HttpResponse:
        note()
        middleware.process_exception(request, said)
        return HttpResponse(status=404)

    middleware = ScopeMiddleware(page)
    middleware(request)

    assert RecordedRefusal.objects.exists()


def test_a_page_whose_exception_was_answered_otherwise_is_taken_back(road: Road) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        note()
        middleware.process_exception(request, ValueError())
        return HttpResponse()

    middleware = ScopeMiddleware(page)
    middleware(asked_by(road.cast["minh"]))

    assert not RecordedRefusal.objects.exists()


def test_an_answer_that_reads_after_its_transaction_is_refused(road: Road) -> None:
    def page(request: HttpRequest) -> Any:
        return StreamingHttpResponse(str(case) for case in Case.objects.all())

    with pytest.raises(StreamedAnswer):
        ScopeMiddleware(page)(asked_by(road.cast["minh"]))


@pytest.mark.django_db(transaction=True)
def test_the_next_user_of_a_connection_finds_no_scope(road: Road, client: Client) -> None:
    road.open()
    client.force_login(road.cast["minh"])
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE rasoat_app")
    try:
        page = client.get(reverse("round", kwargs={"key": road.round.key}))
        left = _left_open()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

    assert (page.status_code, left) == (200, 0)


@pytest.mark.django_db(transaction=True)
def test_a_scope_set_for_the_session_is_noticed(road: Road) -> None:
    road.open()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE rasoat_app")
        cursor.execute("SELECT set_config('rasoat.scope', '*', false)")  # the planted fault
    try:
        left = _left_open()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("RESET rasoat.scope")

    assert left == 1


def _left_open() -> int:
    return Round.objects.count()


def test_with_the_second_net_off_the_pages_still_keep_to_their_commune(
    posted: Road, client: Client, hoa_binh: Unit
) -> None:
    client.force_login(posted.cast["other_binh"])  # the superuser's connection: no policy binds it

    with row_security.person(posted.cast["other_binh"]):
        assert Case.objects.exists(), "the second net is on"
    for url in (reverse("round", kwargs={"key": posted.round.key}), _case_url(posted)):
        assert client.get(url).status_code == 404


def _case_url(road: Road) -> str:
    return reverse("case", kwargs={"key": road.round.key, "code": road.cases()[0].code})
