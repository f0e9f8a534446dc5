"""The communes that are searched: in every run, on demand, and for each mutant."""

from cases.rules.packs import PACKS, Review
from tests.model.commune import (
    ARRIVAL,
    AVERAGE,
    LAST_YEAR,
    LOW_INCOME,
    NEAR_POOR,
    NOT_MET,
    NOT_POOR,
    POOR,
    REQUEST,
    STRANGER,
    Commune,
    Kind,
)
from tests.model.days import (
    FEW_FOR_TWO,
    FEW_OF_DECEMBER,
    FEW_OF_MAY,
    LONG_DECEMBER,
    MAY_OF_THREE_TIERS,
    NINETY_DAYS,
    SEPTEMBER,
)

THREE_TIERS, TWO_TIERS = "qd24-2021-3cap", "qd24-2021-2cap"
AD_HOC_THREE_TIERS, AD_HOC = "qd24-2021-3cap-tx", "qd24-2021-2cap-tx"
AVERAGE_THREE_TIERS, AVERAGE_LIVING = "qd24-2021-3cap-mstb", "qd24-2021-2cap-mstb"
WORKERS_THREE_TIERS, WORKERS = "nd30-2025-3cap", "nd30-2025-2cap"

ANY = (POOR, NEAR_POOR, NOT_POOR)
STAYS_POOR = Kind(LAST_YEAR, (POOR,), POOR)
MAY_ESCAPE = Kind(LAST_YEAR, opening=POOR)
ASKED = Kind(REQUEST)
ASKED_IN_VAIN = Kind(REQUEST, (NOT_POOR,))
SPLIT_OFF = Kind(ARRIVAL, opening=POOR)
NEWCOMER = Kind(ARRIVAL)
NEITHER = Kind(STRANGER)
# Of the monthly reviews: on no list, near-poor, poor; what an income may mean.
UNLISTED = Kind(REQUEST, ANY)
IS_NEAR_POOR = Kind(LAST_YEAR, ANY, NEAR_POOR)
IS_POOR = Kind(LAST_YEAR, ANY, POOR)
FARMS = Kind(REQUEST, (AVERAGE, NOT_MET))
WORKS = Kind(REQUEST, (LOW_INCOME, NOT_MET))


def in_may(name: str, deviations: int, *villages: tuple[Kind, ...], late: bool = False) -> Commune:
    lists = max(len(village) for village in villages)
    return Commune(name, villages, deviations, FEW_OF_MAY, late, lists, 5)


def in_may_of_three_tiers(name: str, deviations: int, *villages: tuple[Kind, ...]) -> Commune:
    return Commune(name, villages, deviations, MAY_OF_THREE_TIERS, month=5)


_PAIR = ((STAYS_POOR, ASKED_IN_VAIN),)
_APART = ((STAYS_POOR,), (ASKED_IN_VAIN,))
_SPLIT = ((STAYS_POOR, SPLIT_OFF),)
_IN_AND_OUT = (Kind(REQUEST, (POOR,)), Kind(LAST_YEAR, (NOT_POOR,), POOR))

# The periodic review.
ALONE = Commune("one of last year's list", ((MAY_ESCAPE,),), 2)
ALONE_ASKED = Commune("one requester", ((ASKED,),), 2)
NEIGHBOURS = Commune("two in one village", _PAIR, 1, FEW_FOR_TWO, lists=2)
TWO_VILLAGES = Commune("two villages of one", _APART, 1, FEW_OF_DECEMBER)
STRAIGHT = Commune("two villages of two, straight road", _PAIR * 2, 0)
LATE = Commune("two in one village, one asks late", _PAIR, 0, FEW_FOR_TWO, True, 2)
LATE_VILLAGE = Commune("two villages, one asks late", _APART, 0, FEW_FOR_TWO, True, 2)
ARRIVES = Commune("one splits off half-way", _SPLIT, 0, FEW_FOR_TWO, True, 2)
OUTSIDER = Commune("one of last year's list, one of no list", ((STAYS_POOR, NEITHER),), 0)
MOVED_IN = Commune("one moved in, of no list", ((NEWCOMER,),), 0, FEW_OF_DECEMBER)
EARLY = Commune("September, one of last year's list", ((MAY_ESCAPE,),), 1, SEPTEMBER)
HEARD = Commune("ninety days, one of last year's list", ((MAY_ESCAPE,),), 2, NINETY_DAYS)
HEARD_ASKED = Commune("ninety days, one requester", ((ASKED,),), 2, NINETY_DAYS)
# The monthly ones.
ENTERS = in_may("ad hoc, one enters", 2, (ASKED,))
LEAVES = in_may("ad hoc, one poor", 1, (IS_POOR,))
EITHER_WAY = in_may("ad hoc, one near-poor", 0, (IS_NEAR_POOR,))
BOTH = in_may("ad hoc, one enters and one leaves", 0, _IN_AND_OUT)
BEFORE_2025_07 = in_may_of_three_tiers("ad hoc in May 2025", 1, (IS_POOR,))
FARMER = in_may("average living, one", 2, (FARMS,))
FARMERS = in_may("average living, two in one village", 0, (FARMS, FARMS))
FARMER_OF_2025 = in_may_of_three_tiers("average living in May 2025", 1, (FARMS,))
WORKER = in_may("low income, one", 2, (WORKS,))
WORKERS_APART = in_may("low income, two villages", 1, (WORKS,), (WORKS,))
WORKER_OF_2025 = in_may_of_three_tiers("low income in May 2025", 1, (WORKS,))

# With every run: all states of each.
ALWAYS: tuple[tuple[str, Commune], ...] = (
    (TWO_TIERS, ALONE),
    (TWO_TIERS, ALONE_ASKED),
    (TWO_TIERS, NEIGHBOURS),
    (TWO_TIERS, TWO_VILLAGES),
    (TWO_TIERS, LATE),
    (TWO_TIERS, LATE_VILLAGE),
    (TWO_TIERS, ARRIVES),
    (TWO_TIERS, OUTSIDER),
    (TWO_TIERS, MOVED_IN),
    (TWO_TIERS, STRAIGHT),
    (TWO_TIERS, HEARD),
    (TWO_TIERS, HEARD_ASKED),
    (THREE_TIERS, EARLY),
    (AD_HOC, ENTERS),
    (AD_HOC, LEAVES),
    (AD_HOC, EITHER_WAY),
    (AD_HOC, BOTH),
    (AD_HOC_THREE_TIERS, BEFORE_2025_07),
    (AVERAGE_LIVING, FARMER),
    (AVERAGE_LIVING, FARMERS),
    (AVERAGE_THREE_TIERS, FARMER_OF_2025),
    (WORKERS, WORKER),
    (WORKERS, WORKERS_APART),
    (WORKERS_THREE_TIERS, WORKER_OF_2025),
)

# On demand: the same with more days, more results and more households off the road at once, and the
# two largest as far as told.
ON_DEMAND: tuple[tuple[str, Commune], ...] = (
    *ALWAYS,
    (
        TWO_TIERS,
        Commune("one of last year's list, any result", ((Kind(LAST_YEAR, ANY, POOR),),), 2),
    ),
    (TWO_TIERS, Commune("two in one village, all days", _PAIR, 1, LONG_DECEMBER, lists=2)),
    (TWO_TIERS, Commune("two villages of one, all days", _APART, 1)),
    (TWO_TIERS, Commune("one splits off half-way, all days", _SPLIT, 0, LONG_DECEMBER, True, 2)),
    (THREE_TIERS, Commune("September, off the road twice", ((MAY_ESCAPE,),), 2, SEPTEMBER)),
    (AD_HOC, in_may("ad hoc, one on no list, any result", 2, (UNLISTED,))),
    (AD_HOC, in_may("ad hoc, one poor, off the road twice", 2, (IS_POOR,))),
    (AD_HOC, in_may("ad hoc, one near-poor, off the road once", 1, (IS_NEAR_POOR,))),
    (AD_HOC, in_may("ad hoc, enters or leaves, one off the road", 1, _IN_AND_OUT)),
    (AD_HOC_THREE_TIERS, in_may_of_three_tiers("ad hoc, two villages", 1, (IS_POOR,), (UNLISTED,))),
    (AVERAGE_LIVING, in_may("average living, one of two off the road", 1, (FARMS, FARMS))),
    (TWO_TIERS, Commune("two villages of one, off the road twice", _APART, 2)),
    (TWO_TIERS, Commune("two villages of two, one off the road", _PAIR * 2, 1)),
)

# For mutants: the smallest first.
SMALLEST = (
    Commune("one of last year's list", ((MAY_ESCAPE,),), 1, FEW_OF_DECEMBER),
    Commune("one requester", ((ASKED,),), 1, FEW_OF_DECEMBER),
)
ASKS_LATE = Commune("one asks late", ((STAYS_POOR, ASKED_IN_VAIN),), 0, FEW_OF_DECEMBER, True)
IN_SEPTEMBER = Commune("one in September", ((MAY_ESCAPE,),), 1, SEPTEMBER)
IN_TIME = (
    Commune("ninety days, one of last year's list", ((STAYS_POOR,),), 1, NINETY_DAYS),
    Commune("ninety days, one requester", ((ASKED_IN_VAIN,),), 1, NINETY_DAYS),
)
OFF_TWICE = (Commune("one off the road twice", ((STAYS_POOR,),), 2, FEW_OF_DECEMBER),)
SPLITS = (Commune("one splits off", _SPLIT, 0, FEW_OF_DECEMBER, True, 2),)
ASKS_LATE_IN_MAY = (in_may("ad hoc, one asks late", 0, (ASKED,), late=True),)
AUTUMN = (Commune("ad hoc in September", ((UNLISTED,),), 0, SEPTEMBER, month=9),)
SMALL = (
    Commune("two in one village", ((STAYS_POOR, ASKED_IN_VAIN),), 1, FEW_OF_DECEMBER),
    Commune("two villages of one", ((STAYS_POOR,), (STAYS_POOR,)), 1, FEW_OF_DECEMBER),
    OUTSIDER,
)
_SMALLEST_OF_MAY = {
    Review.AD_HOC: (
        in_may("one on no list", 1, (ASKED,)),
        in_may("one poor", 1, (IS_POOR,)),
        in_may("one near-poor", 0, (IS_NEAR_POOR,)),
    ),
    Review.AVERAGE_LIVING: (in_may("one farms", 1, (FARMS,)),),
    Review.LOW_INCOME: (in_may("one works", 1, (WORKS,)),),
}
_SMALL_OF_MAY = {
    Review.AD_HOC: (in_may("two in one village", 1, _IN_AND_OUT), *ASKS_LATE_IN_MAY),
    Review.AVERAGE_LIVING: (in_may("two farm", 1, (FARMS, FARMS)),),
    Review.LOW_INCOME: (in_may("two work", 1, (WORKS,), (WORKS,)),),
}


def smallest(code: str) -> tuple[Commune, ...]:
    """Return where a mutant of a pack is looked for before anything else."""
    return _SMALLEST_OF_MAY.get(PACKS[code].review, SMALLEST)


def small(code: str) -> tuple[Commune, ...]:
    return _SMALL_OF_MAY.get(PACKS[code].review, SMALL)
