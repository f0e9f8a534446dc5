"""The communes that are searched: in every run, on demand, and for each mutant."""

from tests.model.commune import (
    LAST_YEAR,
    NEAR_POOR,
    NOT_POOR,
    POOR,
    REQUEST,
    STRANGER,
    Commune,
    Kind,
)
from tests.model.days import FEW_OF_DECEMBER, LONG_DECEMBER, SEPTEMBER

THREE_TIERS, TWO_TIERS = "qd24-2021-3cap", "qd24-2021-2cap"
STAYS_POOR = Kind(LAST_YEAR, (POOR,))
MAY_ESCAPE = Kind(LAST_YEAR)
ASKED = Kind(REQUEST)
ASKED_IN_VAIN = Kind(REQUEST, (NOT_POOR,))
NEITHER = Kind(STRANGER)

ALONE = Commune("one of last year's list", ((Kind(LAST_YEAR, (POOR, NEAR_POOR, NOT_POOR)),),), 2)
ALONE_ASKED = Commune("one requester", ((ASKED,),), 2)
NEIGHBOURS = Commune("two in one village, one a requester", ((STAYS_POOR, ASKED_IN_VAIN),), 1)
TWO_VILLAGES = Commune("two villages of one", ((STAYS_POOR,), (ASKED_IN_VAIN,)), 1)
STRAIGHT = Commune("two villages of two, straight road", ((STAYS_POOR, ASKED_IN_VAIN),) * 2, 0)
LATE = Commune(
    "two in one village, one asks late", ((STAYS_POOR, ASKED_IN_VAIN),), 0, LONG_DECEMBER, True
)
LATE_VILLAGE = Commune(
    "two villages, one asks late", ((STAYS_POOR,), (ASKED_IN_VAIN,)), 0, LONG_DECEMBER, True
)
OUTSIDER = Commune("one of last year's list, one of no list", ((STAYS_POOR, NEITHER),), 0)
EARLY = Commune("September, one of last year's list", ((MAY_ESCAPE,),), 2, SEPTEMBER)

# With every run: all states of each.
ALWAYS: tuple[tuple[str, Commune], ...] = (
    (TWO_TIERS, ALONE),
    (TWO_TIERS, ALONE_ASKED),
    (TWO_TIERS, NEIGHBOURS),
    (TWO_TIERS, TWO_VILLAGES),
    (TWO_TIERS, LATE),
    (TWO_TIERS, LATE_VILLAGE),
    (TWO_TIERS, OUTSIDER),
    (TWO_TIERS, STRAIGHT),
    (THREE_TIERS, EARLY),
)

# On demand: the same with more households off the road at once, and the largest as far as told.
BOTH_WAYS = Commune("two in one village, any result", ((MAY_ESCAPE, ASKED),), 1)
TWO_OFF = Commune("two villages of one, off the road twice", ((STAYS_POOR,), (ASKED_IN_VAIN,)), 2)
FOUR = Commune("two villages of two, one off the road", ((STAYS_POOR, ASKED_IN_VAIN),) * 2, 1)
ON_DEMAND: tuple[tuple[str, Commune], ...] = (
    *ALWAYS,
    (TWO_TIERS, BOTH_WAYS),
    (TWO_TIERS, TWO_OFF),
    (TWO_TIERS, FOUR),
)

# For mutants: the smallest first.
SMALLEST = (
    Commune("one of last year's list", ((MAY_ESCAPE,),), 1, FEW_OF_DECEMBER),
    Commune("one requester", ((ASKED,),), 1, FEW_OF_DECEMBER),
)
ASKS_LATE = Commune("one asks late", ((STAYS_POOR, ASKED_IN_VAIN),), 0, FEW_OF_DECEMBER, True)
IN_SEPTEMBER = Commune("one in September", ((MAY_ESCAPE,),), 1, SEPTEMBER)
SMALL = (
    Commune("two in one village", ((STAYS_POOR, ASKED_IN_VAIN),), 1, FEW_OF_DECEMBER),
    Commune("two villages of one", ((STAYS_POOR,), (STAYS_POOR,)), 1, FEW_OF_DECEMBER),
    OUTSIDER,
)
