"""Things outside one's duty are not found, in the words in which things that are not there are not found."""

import pytest

from cases.models import Act
from tests.doors.access import ACTS, SEATS_TRIED, Seat
from tests.doors.places import OWN
from tests.doors.things import own_things
from tests.doors.walks import found_higher, found_outside, shown_of_others, told_by_forms

# Whose forms name things at all.
DOERS = [seat for seat in SEATS_TRIED if any(seat[0] in roles for roles in ACTS.values())]
pytestmark = pytest.mark.usefixtures("visited")


@pytest.mark.parametrize("seat", [*SEATS_TRIED, ("ONCE", OWN)], ids=str)
def test_nothing_outside_ones_duty_is_found(seat: Seat) -> None:
    before = Act.objects.count()

    assert list(found_outside(seat)) == []
    assert Act.objects.count() == before


@pytest.mark.parametrize("seat", [*SEATS_TRIED, ("ONCE", OWN)], ids=str)
def test_nothing_of_a_higher_unit_is_found(seat: Seat) -> None:
    assert list(found_higher(seat)) == []


@pytest.mark.parametrize("seat", [*SEATS_TRIED, ("ONCE", OWN)], ids=str)
def test_no_page_shows_a_word_of_another_unit(seat: Seat) -> None:
    assert list(shown_of_others(seat, own_things(seat[1]))) == []


@pytest.mark.parametrize("seat", DOERS, ids=str)
def test_a_form_does_not_tell_a_foreign_thing_from_nothing(seat: Seat) -> None:
    before = Act.objects.count()

    assert list(told_by_forms(seat, own_things(seat[1]))) == []
    assert Act.objects.count() == before
