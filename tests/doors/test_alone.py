"""
What other units do changes nothing of what one is shown: no count, no order, no sentence, no file.

A commune is built alone, and every page of its people is kept; then the others are built, and every
page must be the same to the byte. A count that takes in foreign households names none of them.
"""

import pytest

from cases.duties import Role
from tests.doors.access import SEATS_TRIED, Seat
from tests.doors.conftest import build, build_more
from tests.doors.places import ABOVE, FAR, NATION, NEIGHBOUR, OWN
from tests.doors.planted import COUNTED
from tests.doors.things import own_things
from tests.doors.walks import changed, everything_shown, pages_of

# One of each kind of reader; the others see the same pages, and test_foreign looks at all of them.
WATCHED = {Role.VILLAGE_HEAD, Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.SUPERIOR_CHAIR}
WATCHED |= {Role.DEPARTMENT, Role.AUDITOR}


def unaware_of(commune: str) -> list[Seat]:
    """Return whose business the commune is not."""
    aware = (commune, *ABOVE[commune], NATION)
    return [seat for seat in SEATS_TRIED if seat[1] not in aware and seat[0] in WATCHED]


@pytest.mark.usefixtures("db", "in_may_2025")
def test_what_others_do_changes_nothing_that_one_is_shown() -> None:
    build(OWN)
    kept = {seat: everything_shown(seat) for seat in unaware_of(NEIGHBOUR)}
    build_more(NEIGHBOUR)
    kept |= {seat: everything_shown(seat) for seat in unaware_of(FAR) if seat not in kept}
    build_more(FAR)

    told = [each for seat in kept for each in changed(seat, kept[seat], everything_shown(seat))]
    assert told == []


@pytest.mark.usefixtures("db", "in_may_2025", "planted")
def test_a_figure_that_takes_others_in_is_seen() -> None:
    build(OWN)
    officer, own = (Role.COMMUNE_OFFICER, OWN), own_things(OWN)[:1]
    before = dict(pages_of(officer, own, COUNTED))
    build_more(NEIGHBOUR)
    after = dict(pages_of(officer, own, COUNTED))

    told = " ".join(changed(officer, before, after))
    assert [str(route.name) in told for route in COUNTED] == [True, True]
