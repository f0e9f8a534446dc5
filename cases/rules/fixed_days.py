"""
Days that the law names itself: nothing is counted, and a day off does not move them.

QĐ 24/2021/QĐ-TTg, Điều 7: the result of an ad hoc review is reported on the 5th of the month
after it, from February to September. That a day off does not move a named day is our reading,
marked [?]: the law says neither.
"""

from dataclasses import dataclass
from datetime import date

from cases.rules.packs.catalogue import MONTHLY_REPORT
from cases.rules.packs.model import Pack, Review, Source

REPORT_DAY = 5
_DECEMBER = 12


class NoSuchDay(ValueError):
    """The law names no such day for this review or month."""


@dataclass(frozen=True, slots=True)
class NamedDay:
    """
    A day that the law names, with its source.

    `receiver`: the source of who it is owed to, where that is another one.
    """

    day: date
    source: Source
    receiver: Source | None = None


def monthly_report_due(pack: Pack, year: int, month: int) -> NamedDay:
    """
    Return by when the result of a month's ad hoc review is reported to the superior.

    :raises NoSuchDay: if the pack reviews no such month, or its results are not reported by month
    """
    if pack.review != Review.AD_HOC:
        raise NoSuchDay(f"{pack.code}: no monthly report")
    if month not in pack.months:
        raise NoSuchDay(f"{pack.code}: no review in month {month}")
    following = date(year + month // _DECEMBER, month % _DECEMBER + 1, REPORT_DAY)
    return NamedDay(following, MONTHLY_REPORT, pack.superior_source)
