"""A form sent twice, from two tabs, or again because no reply came is one act with one receipt."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from cases.models import Act, Case, Complaint, Household, Unit
from tests.conftest import Road
from tests.ledger.proofs.losing import Answer, Fate, Line, Visitor, line_to
from workflow import clock
from workflow.pages.forms.base import ActForm

pytestmark = pytest.mark.django_db(transaction=True)

# 200 over a bad line, a quarter as many from two tabs; more on demand (docs/proof.md).
SUBMITS = int(os.environ.get("RASOAT_SUBMITS", "200"))
FEW = 8
# Half a form that ends without an error is taken for a whole one: a test of its own says so below.
ODDS = {Fate.ARRIVES: 5, Fate.LOST_BEFORE: 2, Fate.REPLY_LOST: 3, Fate.CUT_IN_BODY: 1}
LOSSES = [
    Fate.LOST_BEFORE,
    Fate.REPLY_LOST,
    Fate.CUT_IN_BODY,
]
TABS = 2
# Long, so that half of the form ends in the middle of it.
CONTENT = "Hộ có hai xe máy và một máy cày. " * 20


class Window:
    """Sits where complaints about posted households are received, at the end of a bad line."""

    def __init__(
        self,
        road: Road,
        url: str,
        make_households: Callable[..., list[Household]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.road, self.url, self.make_households = road, url, make_households
        self.chance = random.Random(4)
        monkeypatch.setattr(clock, "now", lambda: road.at)

    def post(self, households: int) -> list[Case]:
        """Let so many households be posted; return their cases."""
        self.make_households(Unit.objects.get(code="24646.001"), households - 5)
        self.road.open().list().survey().classify().meet().post()
        return self.road.cases()[:households]

    @contextmanager
    def line(self, draw: Callable[[], Fate] | None = None) -> Iterator[tuple[Line, Visitor]]:
        client = Client()
        client.force_login(
            self.road.cast["minh"], backend="django.contrib.auth.backends.ModelBackend"
        )
        cookies = {site.SESSION_COOKIE_NAME: client.cookies[site.SESSION_COOKIE_NAME].value}
        with line_to(self.url, draw or self.fate) as line:
            yield line, Visitor(line.address, cookies)

    def fate(self) -> Fate:
        return self.chance.choices(list(ODDS), weights=list(ODDS.values()))[0]

    def url_of(self, case: Case) -> str:
        kwargs = {"key": self.road.round.key, "code": case.code, "act": "complain"}
        return reverse("case-act", kwargs=kwargs)

    def fill_in(self, visitor: Visitor, case: Case) -> dict[str, str]:
        who = {"complainant": f"Ông Tám, người thứ {case.pk}", "content": CONTENT}
        return visitor.fill_in(self.url_of(case), who)

    def complain(self, visitor: Visitor, case: Case) -> list[Answer]:
        """Send one form until it is answered; go back and send it again."""
        form = self.fill_in(visitor, case)
        return [visitor.send(self.url_of(case), form) for _again in range(2)]

    def complain_from_tabs(self, visitor: Visitor, case: Case) -> list[Answer]:
        """Send one form from all tabs at one moment."""
        form, together = self.fill_in(visitor, case), Barrier(TABS)

        def send(_tab: int) -> Answer:
            together.wait()
            return visitor.send(self.url_of(case), form)

        with ThreadPoolExecutor(TABS) as tabs:
            return list(tabs.map(send, range(TABS)))


@pytest.fixture
def window(
    road: Road,
    live_server: Any,
    make_households: Callable[..., list[Household]],
    monkeypatch: pytest.MonkeyPatch,
) -> Window:
    return Window(road, live_server.url, make_households, monkeypatch)


def broken(answers: dict[Case, list[Answer]]) -> list[str]:
    """Return, of complaints sent once or more, whatever is not one act with one answer."""
    acts = Act.objects.filter(code="complain")
    about = Counter(acts.values_list("events__case__code", flat=True))
    numbers = {code: str(n) for code, n in acts.values_list("events__case__code", "sequence")}
    wrong = [
        f"{case.code}: {about[case.code]} acts, {set(told)}"
        for case, told in answers.items()
        if about[case.code] != 1
        or len(set(told)) != 1
        or told[0].status != 302
        or told[0].act.replace(".", "") != numbers[case.code]
        or not told[0].receipt.endswith(f"/{numbers[case.code]}/")
    ]
    if stray := set(about) - {case.code for case in answers}:
        wrong.append(f"acts of nobody: {stray}")
    cut = Complaint.objects.exclude(content=CONTENT.strip()).count()
    return wrong + ([f"{cut} complaints recorded in part"] if cut else [])


def test_whatever_is_lost_on_the_way_a_form_is_one_act_with_one_receipt(window: Window) -> None:
    cases = window.post(SUBMITS)
    before = Act.objects.count()

    with window.line() as (line, visitor):
        answers = {case: window.complain(visitor, case) for case in cases}

    assert broken(answers) == []
    assert Act.objects.count() == before + len(cases)
    assert all(line.met[fate] for fate in ODDS)


@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_alone_is_survived(window: Window, loss: Fate) -> None:
    (case,) = window.post(FEW)[:1]
    with window.line(lambda: Fate.ARRIVES) as (_line, visitor):
        form = window.fill_in(visitor, case)
        fates = iter([loss] * 3)
        with window.line(lambda: next(fates, Fate.ARRIVES)) as (bad, _other):
            visitor.address = bad.address
            answer = visitor.send(window.url_of(case), form)

    assert broken({case: [answer]}) == []


@pytest.mark.postgres
def test_two_tabs_at_one_moment_are_one_act_with_one_receipt(window: Window) -> None:
    cases = window.post(max(FEW, SUBMITS // 4))

    with window.line(lambda: Fate.ARRIVES) as (_line, visitor):
        answers = {case: window.complain_from_tabs(visitor, case) for case in cases}

    assert broken(answers) == []


# Planted: a key made anew for each post


@pytest.fixture
def keys_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def clean_key(form: ActForm) -> str:
        return uuid4().hex

    monkeypatch.setattr(ActForm, "clean_key", clean_key, raising=False)


@pytest.mark.usefixtures("keys_of_the_server")
def test_a_key_made_for_each_post_is_seen_when_replies_are_lost(window: Window) -> None:
    cases = window.post(FEW)

    with window.line() as (_line, visitor):
        answers = {case: window.complain(visitor, case) for case in cases}

    assert len(broken(answers)) == len(cases)


@pytest.mark.postgres
@pytest.mark.usefixtures("keys_of_the_server")
def test_a_key_made_for_each_post_is_seen_from_two_tabs(window: Window) -> None:
    cases = window.post(FEW)

    with window.line(lambda: Fate.ARRIVES) as (_line, visitor):
        answers = {case: window.complain_from_tabs(visitor, case) for case in cases}

    assert len(broken(answers)) == len(cases)
