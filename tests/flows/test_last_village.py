"""Two villages hand over at the same moment: the round goes on exactly once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from cases.models import Case, Household, Unit
from tests.conftest import Road
from tests.flows.test_charts import waits
from workflow.acts.posting import close_posting
from workflow.flows import RoundFlow
from workflow.following import charts_disagree

TIMES = 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_round_goes_on_once_when_its_last_two_villages_end_together(
    road: Road, make_households: Callable[..., list[Household]]
) -> None:
    make_households(Unit.objects.get(code="24646.002"), 5)
    road.open().list()
    for time in range(1, TIMES + 1):
        road.survey().classify().meet().post()
        # As if the three days were over; a year has not enough days for all the times.
        Case.objects.update(posting_until=road.at)

        assert _together(road) == []
        assert waits(road.round) == ["sign_report"]
        collected = Task.objects.filter(flow_task=RoundFlow.await_villages, status=STATUS.DONE)
        assert collected.count() == time
        road.report().consent({case.code: "Rà soát lại" for case in road.cases()})
    assert charts_disagree() == []


def _together(road: Road) -> list[Exception]:
    """Close both postings from two threads at once; return what went wrong."""
    failures: list[Exception] = []
    both = threading.Barrier(2)
    orders = [(review, road.who("hung")) for review in road.reviews]

    def close(order: int) -> None:
        review, who = orders[order]
        try:
            both.wait(timeout=10)
            close_posting(village_review=review, **who)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=(order,)) for order in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return failures
