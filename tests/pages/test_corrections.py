"""An officer proposes a correction on the household's page; the chair signs it there too."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CorrectionProposal
from tests.conftest import Road


@pytest.fixture
def case(road: Road) -> Case:
    road.open().list().survey().classify().meet().post().pass_days(7).close()
    return road.report().consent().decide().certify().cases()[0]


def address(case: Case) -> str:
    return reverse("propose-correction", args=[case.round.key, case.code])


def send(road: Road, client: Client, who: str, case: Case, **data: Any) -> Any:
    client.force_login(road.cast[who], "django.contrib.auth.backends.ModelBackend")
    return client.post(address(case), data)


def test_an_officer_proposes(road: Road, client: Client, case: Case) -> None:
    done = send(road, client, "minh", case, reason="Sai tên đệm")

    assert done.status_code == 302
    assert CorrectionProposal.objects.open().get().proposed_by == road.cast["minh"]


def test_a_proposal_without_words_is_asked_again(road: Road, client: Client, case: Case) -> None:
    assert send(road, client, "minh", case, reason=" ").status_code == 422
    assert not CorrectionProposal.objects.exists()


def test_who_proposed_takes_it_back(road: Road, client: Client, case: Case) -> None:
    send(road, client, "minh", case, reason="Sai tên đệm")

    send(road, client, "minh", case, withdraw="1")

    assert not CorrectionProposal.objects.open().exists()


@pytest.mark.parametrize("who", ["other_minh", "lan", "binh", "son"])
def test_others_do_not_find_the_page(road: Road, client: Client, case: Case, who: str) -> None:
    assert send(road, client, who, case, reason="Sai").status_code == 404


def test_before_a_decision_there_is_nothing_to_correct(road: Road, client: Client) -> None:
    road.open().list()

    assert send(road, client, "minh", road.cases()[0], reason="Sai").status_code == 404
