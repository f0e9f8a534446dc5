"""Every page has a door, and no door opens to another commune's objects."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from cases.models import Act, Unit, User
from cases.rules.packs import PACKS
from tests.conftest import YEAR, Road
from workflow import clock
from workflow.acts.listing import build_list, open_round
from workflow.pages.doors import door

POST_ONLY = {"sign-out", "set_language", "demo-clock", "import-upload"}
# What an address may name: the objects of a round ...
OF_TAN_LAP: dict[str, Any] = {
    "key": "2024-24646",
    "village": "24646.001",
    "code": "24646-00001",
    "number": 1,
}
OF_HOA_BINH: dict[str, Any] = {
    "key": "2024-24652",
    "village": "24652.001",
    "code": "24652-00006",
    "number": 2,
}
# ... or a thing that belongs to no commune. A new word must be added here, so that it is tried.
OTHER_WORDS: dict[str, dict[str, Any]] = {
    "nhap-lieu/<slug:code>/": {"code": "danh-sach-ho"},
    "nhap-lieu/<slug:code>/mau.xlsx": {"code": "danh-sach-ho"},
    "nhap-lieu/<slug:code>/<str:token>/": {"code": "danh-sach-ho", "token": "a" * 32},
    "bao-cao/<int:number>/": {"number": 2},
    "chuan-dia-phuong/ma/<slug:code>/": {"code": "minh-hoa-67"},
    **{
        f"quy-trinh/ma/<slug:code>/{page}": {"code": "qd24-2021-2cap"}
        for page in ("", "tep.toml", "thay-doi/", "duyet/", "tu-choi/")
    },
    "bao-cao/<int:number>/tai-ve/<slug:kind>/": {"number": 2, "kind": "csv"},
}
ACTS = sorted({act.code for pack in PACKS.values() for act in pack.acts})
TAN_LAP_PEOPLE = ("lan", "hung", "thu", "minh", "hoa", "binh")
HOA_BINH_PEOPLE = ("other_minh", "other_hoa", "other_binh", "other_hung")
# Neither commune's codes nor its people may stand on a page of the other.
SIGNS = {"24646": ("24646", "Tân Lập"), "24652": ("24652", "Hòa Bình")}


def routes(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    """Yield every address of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


def without_door(patterns: list[Any] | None = None) -> list[str]:
    return [str(r.pattern) for r in routes(patterns) if not hasattr(r.callback, "door")]


def bare_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def names(route: URLPattern) -> set[str]:
    return set(route.pattern.converters)


def urls_of(route: URLPattern, objects: dict[str, Any]) -> list[str]:
    """Return the addresses of a route on the objects; one for each act if it names an act."""
    known = OTHER_WORDS.get(str(route.pattern), objects)
    unknown = names(route) - known.keys() - {"act"}
    assert not unknown, f"{route.pattern}: say above what {unknown} names"
    kwargs = {name: known[name] for name in names(route) & known.keys()}
    if "act" not in names(route):
        return [reverse(str(route.name), kwargs=kwargs)]
    return [reverse(str(route.name), kwargs={**kwargs, "act": act}) for act in ACTS]


def scoped_routes() -> list[URLPattern]:
    """Return the routes whose address names a round, and perhaps a village or a household of it."""
    return [route for route in routes() if "key" in names(route)]


def open_routes() -> list[URLPattern]:
    """Return the routes that name no object of a commune: lists, forms and the desk."""
    return [r for r in routes() if "key" not in names(r) and r.name not in POST_ONLY]


@pytest.fixture
def two_rounds(
    road: Road, hoa_binh: Unit, make_households: Any, monkeypatch: pytest.MonkeyPatch
) -> Road:
    """A round in each commune, with households on both lists."""
    village = Unit.objects.get(code="24652.001")
    make_households(village, 3)
    road.open().list()
    papers: dict[str, Any] = {"year": YEAR, "plan_paper": "1/KH", "committee_paper": "2/QĐ"}
    other = open_round(commune=hoa_binh, **papers, **road.who("other_binh"))
    build_list(round=other, **road.who("other_hoa"))
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


def test_the_walk_notices_a_view_without_a_door() -> None:
    planted = [
        path("co/", door("everyone", public=True)(bare_view)),
        path("khong/", bare_view),
    ]
    assert without_door(planted) == ["khong/"]


def test_every_view_has_a_door_and_every_address_a_name() -> None:
    assert without_door() == []
    assert [str(route.pattern) for route in routes() if not route.name] == []


def test_only_the_way_in_is_public() -> None:
    public = {route.name for route in routes() if route.callback.door.public}  # type: ignore[attr-defined]
    assert public == {"sign-in", "sign-out", "set_language"}


def test_a_stranger_is_sent_to_the_sign_in_page(client: Client, two_rounds: Road) -> None:
    for route in routes():
        if route.callback.door.public:  # type: ignore[attr-defined]
            continue
        for url in urls_of(route, OF_TAN_LAP):
            answer = client.get(url)
            assert answer.status_code == 302, url
            assert answer.headers["Location"].startswith(reverse("sign-in")), url


@pytest.mark.parametrize(
    ("people", "foreign"), [(HOA_BINH_PEOPLE, OF_TAN_LAP), (TAN_LAP_PEOPLE, OF_HOA_BINH)]
)
def test_another_communes_objects_are_not_found(
    client: Client, two_rounds: Road, people: tuple[str, ...], foreign: dict[str, str]
) -> None:
    signs = SIGNS[foreign["key"].partition("-")[2]]
    for name in people:
        client.force_login(two_rounds.cast[name])
        for route in scoped_routes():
            for url in urls_of(route, foreign):
                got, posted = client.get(url), client.post(url)
                assert got.status_code == 404, (name, url)
                assert posted.status_code in (404, 405), (name, url)
                for answer in (got, posted):
                    # The address itself stands in the language form.
                    body = answer.content.decode().replace(url, "")
                    assert not [sign for sign in signs if sign in body], (name, url)
    assert Act.objects.count() == 4


@pytest.mark.parametrize(
    ("people", "foreign"), [(HOA_BINH_PEOPLE, "24646"), (TAN_LAP_PEOPLE, "24652")]
)
def test_lists_show_nothing_of_another_commune(
    client: Client, two_rounds: Road, people: tuple[str, ...], foreign: str
) -> None:
    for name in people:
        client.force_login(two_rounds.cast[name])
        for route in open_routes():
            for url in urls_of(route, {}):
                answer = client.get(url)
                assert answer.status_code in (200, 302, 404), (name, url)
                body = b"".join(answer) if answer.streaming else answer.content
                found = [sign for sign in SIGNS[foreign] if sign in body.decode(errors="ignore")]
                assert not found, (name, url, found)


def test_what_is_asked_for_behind_the_question_mark_is_guarded_too(
    client: Client, two_rounds: Road
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        (reverse("units"), {"xa": "24646"}),
        (reverse("report", kwargs={"number": 2}), {"unit": "24646", "year": YEAR}),
        (
            reverse("report-file", kwargs={"number": 2, "kind": "csv"}),
            {"unit": "24646", "year": YEAR},
        ),
    ]
    for name in HOA_BINH_PEOPLE:
        client.force_login(two_rounds.cast[name])
        for url, query in asked:
            assert client.get(url, query).status_code == 404, (name, url)
    client.force_login(two_rounds.cast["minh"])
    assert [client.get(url, query).status_code for url, query in asked] == [200, 200, 200]


def test_a_village_head_of_one_village_does_not_open_the_next(
    client: Client, two_rounds: Road, appoint: Any, make_households: Any
) -> None:
    village_2 = Unit.objects.get(code="24646.002")
    nga: User = appoint("nga", "Phan Thị Nga", "VILLAGE_HEAD", village_2)
    client.force_login(nga)
    for route in scoped_routes():
        if names(route) & {"village", "code"}:
            for url in urls_of(route, OF_TAN_LAP):
                assert client.get(url).status_code == 404, url


def test_what_changes_something_refuses_to_be_read(client: Client, two_rounds: Road) -> None:
    client.force_login(two_rounds.cast["minh"])
    for name in POST_ONLY:
        (route,) = [route for route in routes() if route.name == name]
        (url,) = urls_of(route, {})
        assert client.get(url).status_code == 405, name


def test_reading_every_page_does_nothing(client: Client, two_rounds: Road) -> None:
    for name in ("lan", "hung", "thu", "minh", "hoa", "binh", "quyen", "son"):
        client.force_login(two_rounds.cast[name])
        for route in routes():
            if route.name not in POST_ONLY:
                for url in urls_of(route, OF_TAN_LAP):
                    assert client.get(url).status_code < 500, (name, url)
    assert Act.objects.count() == 4
