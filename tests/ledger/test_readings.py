"""Who opened a household's file is written down, in a chain that shows what was changed."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Reading, ReadingChain, Unit
from tests.conftest import Road
from workflow import clock
from workflow.ledger import readings
from workflow.ledger.readings import Noted, first_bad_link, record
from workflow.machine import insert_only


@pytest.fixture
def listed(road: Road, monkeypatch: pytest.MonkeyPatch) -> Road:
    road.open().list()
    monkeypatch.setattr(clock, "now", lambda: road.at)
    return road


@pytest.fixture
def minh(listed: Road, client: Client) -> Client:
    client.force_login(listed.cast["minh"])
    return client


def case_url(road: Road, page: str = "case", number: int = 0) -> str:
    kwargs = {"key": road.round.key, "code": road.cases()[number].code}
    return reverse(page, kwargs=kwargs)


def list_url(road: Road, page: str = "village") -> str:
    return reverse(page, kwargs={"key": road.round.key, "village": "24646.001"})


def written() -> list[tuple[str, str, int]]:
    return list(Reading.objects.order_by("sequence").values_list("page", "opened", "count"))


def test_opening_a_file_and_a_list_is_written_down(listed: Road, minh: Client) -> None:
    case = listed.cases()[0]

    minh.get(case_url(listed))
    minh.get(list_url(listed))
    minh.get(list_url(listed, "posting-sheet"))

    assert written() == [
        ("case", case.code, 1),
        ("village", "24646.001", 5),
        ("posting-sheet", "24646.001", 5),
    ]
    row = Reading.objects.earliest("sequence")
    assert (row.user_name, row.at, row.case_id) == ("Phạm Văn Minh", listed.at, case.pk)


def test_a_form_over_a_whole_round_is_written_down(listed: Road, client: Client) -> None:
    client.force_login(listed.cast["binh"])
    kwargs = {"key": listed.round.key, "act": "sign_report"}

    client.get(reverse("round-act", kwargs=kwargs))

    assert written() == [("round-act", "2024-24646", 5)]


@pytest.mark.parametrize("page", ["rounds", "inbox", "calendar"])
def test_pages_without_people_leave_no_reading(minh: Client, page: str) -> None:
    minh.get(reverse(page))

    assert written() == []


def test_what_was_not_shown_was_not_read(listed: Road, client: Client) -> None:
    client.force_login(listed.cast["other_minh"])
    assert client.get(case_url(listed)).status_code == 404
    client.logout()
    assert client.get(case_url(listed)).status_code == 302

    assert written() == []


def test_a_reading_that_cannot_be_written_is_not_allowed(
    listed: Road, minh: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: Any, **words: Any) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr(readings, "record", fails)

    with pytest.raises(DatabaseError):
        minh.get(case_url(listed))


def test_the_file_says_who_opened_it(listed: Road, minh: Client) -> None:
    minh.get(case_url(listed))
    minh.get(case_url(listed, number=1))

    page = minh.get(case_url(listed, "case-readers"))

    assert [(row.page, row.user_name) for row, _title in page.context["rows"]] == [
        ("case", "Phạm Văn Minh")
    ]


def test_a_file_that_nobody_opened_says_so(listed: Road, minh: Client) -> None:
    assert minh.get(case_url(listed, "case-readers")).context["rows"] == []


def test_a_list_of_many_costs_what_a_list_of_one_does(
    listed: Road, minh: Client, make_households: Any
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            minh.get(list_url(listed, "posting-sheet"))
        return len(captured)

    queries()
    few = queries()
    make_households(Unit.objects.get(code="24646.001"), 200)
    listed.list()

    assert queries() == few
    assert written()[-1][2] == 205


# The chain


@pytest.fixture
def chain(listed: Road, minh: Client, tan_lap: Unit) -> Unit:
    for number in range(4):
        minh.get(case_url(listed, number=number))
    return tan_lap


def test_each_reading_is_linked_to_the_one_before_it(chain: Unit) -> None:
    assert ReadingChain.objects.get().length == 4
    assert first_bad_link(chain) is None


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("UPDATE cases_reading SET user_name = 'Ai đó' WHERE sequence = 2", 2),
        ("UPDATE cases_reading SET opened = '24646-00009' WHERE sequence = 3", 3),
        ("DELETE FROM cases_reading WHERE sequence = 2", 2),
        ("DELETE FROM cases_reading WHERE sequence = 4", 4),
    ],
)
def test_a_changed_or_removed_reading_is_seen(chain: Unit, harm: str, found: int) -> None:
    insert_only.remove("default")
    with connection.cursor() as cursor:
        cursor.execute(harm)

    assert first_bad_link(chain) == found


def test_the_database_refuses_to_change_a_reading(chain: Unit) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.update(user_name="Ai đó")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.all().delete()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_readers_at_once_leave_one_chain(road: Road) -> None:
    road.open().list()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            for case in road.cases():
                noted = Noted(road.round.commune_id, case.code, case_id=case.pk)
                record(noted, user=road.cast["minh"], page="case", at=road.at)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Reading.objects.count() == 20
    assert first_bad_link(Unit.objects.get(code="24646")) is None
