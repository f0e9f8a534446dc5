"""The demonstration's clock can be put to no day on which pages break."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import Road
from tests.pages.addresses import OF_TAN_LAP, POST_ONLY, routes, urls_of


@pytest.mark.parametrize(
    ("day", "people"),
    [
        ("01/01/0001", ("minh", "binh", "hung", "quyen")),
        ("31/12/9999", ("minh", "binh", "hung", "quyen")),
        ("01/01/2020", ("binh", "hung")),
        ("30/12/2050", ("minh", "quyen")),
    ],
)
def test_pages_open_whatever_day_the_demonstration_is_at(
    road: Road, settings: Any, day: str, people: tuple[str, ...]
) -> None:
    road.open().list()
    settings.DEMO = True
    client = Client()
    client.force_login(road.cast["minh"], backend="django.contrib.auth.backends.ModelBackend")
    d, m, y = day.split("/")
    for form in (day, f"{y}-{m}-{d}"):
        client.post(reverse("demo-clock"), {"to": "day", "day": form})
    for who in people:
        client.force_login(road.cast[who], backend="django.contrib.auth.backends.ModelBackend")
        for route in routes():
            if route.name in POST_ONLY:
                continue
            for url in urls_of(route, OF_TAN_LAP):
                assert client.get(url).status_code < 500, url
    for to in ("next-day", "next-working-day"):
        assert client.post(reverse("demo-clock"), {"to": to}).status_code < 500
