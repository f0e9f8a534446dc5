"""An edition of the calendar and an act at the same moment: no term is counted by the old one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any

import pytest
from django.db import connections, transaction

from cases.models import RunningTerm
from cases.models.calendars import CalendarEdition
from tests.acts.test_recounts import STORM, announced
from tests.conftest import Road

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

A_WHILE = 0.5


def one_after_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Run the first up to its commit, start the second, and only then let the first commit."""
    begun, may_commit = Event(), Event()

    def lead() -> None:
        try:
            with transaction.atomic():
                first()
                begun.set()
                # The second cannot end before this does, unless it does not wait.
                may_commit.wait(A_WHILE)
        finally:
            begun.set()
            connections.close_all()

    def follow() -> None:
        try:
            begun.wait(60)
            second()
            may_commit.set()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(lead), pool.submit(follow)]:
            running.result()


def test_a_term_started_by_an_act_under_way_is_counted_anew(road: Road) -> None:
    road.open().list().survey().classify().meet()

    one_after_the_other(road.post, lambda: announced(road, STORM))

    term = RunningTerm.objects.get()
    assert (term.ends_on, term.recounts.count()) == (date(2024, 10, 7), 1)


def test_an_act_that_comes_while_an_edition_is_made_counts_by_it(road: Road) -> None:
    road.open().list().survey().classify().meet()

    one_after_the_other(lambda: announced(road, STORM), road.post)

    term = RunningTerm.objects.get()
    assert (term.ends_on, term.recounts.count()) == (date(2024, 10, 7), 0)
    assert term.calendar_version == CalendarEdition.objects.latest("pk").version
