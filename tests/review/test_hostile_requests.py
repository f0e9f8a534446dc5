"""Addresses, questions and forms sent by a program, not by a page."""

import itertools
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from cases.duties import Role
from cases.models import Act, Household, Unit
from tests.conftest import Road
from tests.pages.addresses import ACTS, OF_TAN_LAP, POST_ONLY, routes, urls_of
from workflow import clock

STRANGE = ("\x00", "²", "a\x00b", "9" * 30, "x" * 2000, "../../etc", "<script>", "٣", "-1", "%")


@pytest.fixture
def listed(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road.open().list()


def sign_in(road: Road, who: str) -> Client:
    client = Client()
    client.force_login(road.cast[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def strange_keys() -> list[str]:
    years = ["²", "٢٠٢٤", "9" * 30, "0" * 5000, "2024 ", "", "-1", "2024\x00"]
    return [f"{year}-24646" for year in years] + [f"2024-{word}" for word in STRANGE]


def test_strange_words_in_an_address_are_not_found(listed: Road) -> None:
    client = sign_in(listed, "minh")
    for key in strange_keys():
        for rest in ("", "thon/24646.001/", "ho/24646-00001/", "viec/build_list/"):
            url = f"/dot/{quote(key, safe='')}/{rest}"
            assert client.get(url).status_code == 404, url
    for word in STRANGE:
        for shape in ("thon/%s/", "thon/%s/viec/classify/", "ho/%s/", "ho/%s/viec/survey/"):
            url = f"/dot/2024-24646/{shape % quote(word, safe='')}"
            assert client.get(url).status_code == 404, url


def test_strange_questions_behind_the_question_mark_are_answered(listed: Road) -> None:
    names = ("after", "year", "state", "household_class", "name", "xa", "unit", "figures", "next")
    turn = itertools.cycle(STRANGE)
    for who in ("minh", "hung", "binh"):
        client = sign_in(listed, who)
        for route in routes():
            if route.name in POST_ONLY:
                continue
            for url in urls_of(route, OF_TAN_LAP):
                if "/viec/" in url:
                    continue
                # All words from one person; the others ask by turns.
                for word in STRANGE if who == "minh" else [next(turn)]:
                    query = dict.fromkeys(names, word)
                    if "/bao-cao/" in url:
                        query["year"] = "2024"
                    status = client.get(url, query).status_code
                    assert status < 500, (who, url, word)


@pytest.mark.parametrize("word", ["\x00", "x" * 10_000, "<script>", "-1", "9" * 40, "²"])
def test_strange_answers_in_any_form_are_answered(listed: Road, word: str) -> None:
    listed.survey().classify().meet().post()
    before = Act.objects.count()
    fields = (
        "key form_number household head_name village persons sex birth_date personal_number which"
        " screened_on passed reviewer_name surveyed_on income_score deprived held_on place chair"
        " attendance committee_present households_present agree_all number reason_all reason"
        " paper complainant content outcome village_place commune_place year plan_paper commune"
        " agree-24646-00001 reason-24646-00001 question-24646-00001 step name kind valid_from"
        " source_document to day next language"
    ).split()
    for who in ("minh", "thu", "quyen", "binh", "hoa", "lan", "hung"):
        client = sign_in(listed, who)
        for route in routes():
            for url in urls_of(route, OF_TAN_LAP):
                answer = client.post(url, dict.fromkeys(fields, word))
                assert answer.status_code < 500, (who, url)
                assert not answer.headers.get("Location", "").startswith("//"), url
                assert "<script>" not in answer.content.decode().split("</head>")[-1], url
    assert Act.objects.count() == before


def test_a_reviewer_of_one_village_learns_nothing_of_the_next_from_a_form_of_the_round(
    listed: Road, make_households: Any, appoint: Any
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 1)
    listed.list().survey().classify().meet().post().pass_days(7).close().report()
    hidden = Household.objects.get(village__code="24646.002")
    listed.cast["nga"] = appoint(
        "nga", "Phan Thị Nga", Role.REVIEWER, Unit.objects.get(code="24646.001")
    )
    client = sign_in(listed, "nga")
    answers = {
        "number": "1/UB",
        "form_number": "7",
        "which": "known",
        "household": hidden.code,
        "reason_all": "x",
    }
    for act in ACTS:
        url = f"/dot/2024-24646/viec/{act}/"
        for step in ("edit", "", "do"):
            answer = client.post(url, {"key": f"k-{act}-{step}", "step": step, **answers})
            assert answer.status_code in (403, 404), (act, step)
            assert hidden.head_name not in answer.content.decode(), (act, step)


def test_every_page_with_people_on_it_is_not_stored(listed: Road) -> None:
    client = sign_in(listed, "minh")
    for route in routes():
        if route.name in POST_ONLY:
            continue
        for url in urls_of(route, OF_TAN_LAP):
            answer = client.get(url, {"unit": "24646", "year": "2024"})
            assert "no-store" in answer.headers["Cache-Control"], url


def test_no_form_is_taken_without_its_token(listed: Road) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(listed.cast["hoa"], backend="django.contrib.auth.backends.ModelBackend")
    before = Act.objects.count()
    for route in routes():
        for url in urls_of(route, OF_TAN_LAP):
            assert client.post(url, {"key": "x", "step": "do"}).status_code in (403, 405), url
    assert Act.objects.count() == before


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "\\\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(listed: Road, to: str, settings: Any) -> None:
    settings.DEMO = True
    client = sign_in(listed, "minh")
    for name in ("demo-clock", "set_language"):
        answer = client.post(reverse(name), {"next": to, "language": "en", "to": "x"})
        assert "evil" not in answer.headers.get("Location", ""), name
        assert "javascript" not in answer.headers.get("Location", ""), name
    stranger = Client()
    password = "mat-khau-cho-bai-kiem-tra"  # noqa: S105
    answer = stranger.post(
        f"{reverse('sign-in')}?next={quote(to)}",
        {"username": "minh", "password": password, "next": to},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("inbox")
