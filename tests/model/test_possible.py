"""What the law allows at the edge is allowed."""

import pytest

from cases.rules.packs import PACKS
from tests.model.communes import TWO_TIERS
from tests.model.possible import ROWS, MustBePossible, everybody_the_law_names_may_do_their_act


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_law_allows_it_so_the_pack_does(row: MustBePossible) -> None:
    row.road(PACKS[TWO_TIERS])


@pytest.mark.parametrize("code", sorted(PACKS))
def test_everybody_the_law_names_may_do_their_act_under_both_editions(code: str) -> None:
    everybody_the_law_names_may_do_their_act(PACKS[code])
