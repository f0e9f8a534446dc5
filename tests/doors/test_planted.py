"""Faults that somebody might write, each seen by the walk that must see it."""

import pytest
from django.http import Http404, HttpRequest
from django.urls import URLPattern

from cases.duties import ROLE_DUTIES, Duty, Role
from cases.permissions import cases_within_duty, sync_grants
from tests.doors.places import OWN
from tests.doors.planted import FOUND, SHOWN
from tests.doors.rounds import VISITED
from tests.doors.test_access import wrong, wrong_acts
from tests.doors.things import YEAR, own_things
from tests.doors.walks import (
    found_outside,
    shown_of_others,
    told_by_forms,
    user_at,
)
from workflow.pages.forms import choosing, requests

OFFICER = (Role.COMMUNE_OFFICER, OWN)


@pytest.mark.usefixtures("visited", "planted")
@pytest.mark.parametrize("route", FOUND, ids=lambda route: route.name)
def test_a_thing_that_is_found_outside_the_duty_is_seen(route: URLPattern) -> None:
    told = list(found_outside(OFFICER, [route]))

    assert told
    assert all(str(route.pattern).split("<")[0] in each for each in told)


@pytest.mark.usefixtures("visited", "planted")
@pytest.mark.parametrize("route", SHOWN, ids=lambda route: route.name)
def test_a_list_a_file_or_a_redirect_that_shows_others_is_seen(route: URLPattern) -> None:
    assert list(shown_of_others(OFFICER, own_things(OWN)[:1], [route]))


@pytest.mark.usefixtures("visited")
def test_a_grant_too_many_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = (Role.REVIEWER, "24646.001")
    too_many = ROLE_DUTIES[Role.REVIEWER] | {Duty.IMPORT, Duty.POST}
    monkeypatch.setitem(ROLE_DUTIES, Role.REVIEWER, too_many)
    sync_grants(VISITED.date())

    pages = list(wrong(reviewer, user_at(reviewer)))
    acts = list(wrong_acts(reviewer, user_at(reviewer), YEAR))
    assert any("nhap-lieu" in each for each in pages)
    assert any("post_list" in each for each in acts)


@pytest.mark.usefixtures("visited")
def test_a_grant_too_few_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    chair = (Role.COMMUNE_CHAIR, OWN)
    monkeypatch.setitem(
        ROLE_DUTIES, Role.COMMUNE_CHAIR, ROLE_DUTIES[Role.COMMUNE_CHAIR] - {Duty.SIGN_DECISION}
    )
    sync_grants(VISITED.date())

    assert any("sign_decision" in each for each in wrong_acts(chair, user_at(chair), YEAR))


@pytest.mark.usefixtures("visited")
def test_a_form_that_knows_every_household_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "households_of", lambda round: choosing.Household.objects.all())

    assert any("24652.001" in each for each in told_by_forms(OFFICER, own_things(OWN)[:1]))


@pytest.mark.usefixtures("visited", "planted")
def test_a_page_that_looks_at_the_duty_is_not_mistaken() -> None:
    def in_order(request: HttpRequest, key: str, code: str) -> None:
        if not cases_within_duty(request.user, Duty.VIEW).filter(code=code).exists():
            raise Http404

    (route,) = [each for each in FOUND if each.name == "looks_up_any"]
    kept, route.callback = route.callback, in_order  # type: ignore[assignment]
    try:
        assert list(found_outside(OFFICER, [route])) == []
    finally:
        route.callback = kept
