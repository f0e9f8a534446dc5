"""What the law allows at the edge is allowed."""

import pytest

from cases.rules.packs import SHIPPED, Pack
from tests.model.possible import (
    MustBePossible,
    everybody_the_law_names_may_do_their_act,
    rows_of,
)

# Of a review's editions one after another the later one: the roads are dated 2026.
OF_2026 = [pack for pack in SHIPPED if pack.in_force_until is None]


@pytest.mark.parametrize(
    ("pack", "row"),
    [
        pytest.param(pack, row, id=f"{pack.code}: {row.name}")
        for pack in OF_2026
        for row in rows_of(pack)
    ],
)
def test_the_law_allows_it_so_the_pack_does(pack: Pack, row: MustBePossible) -> None:
    row.road(pack)


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.code)
def test_everybody_the_law_names_may_do_their_act_under_every_edition(pack: Pack) -> None:
    everybody_the_law_names_may_do_their_act(pack)
