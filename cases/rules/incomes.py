"""
Income of twelve months against a band of money (Article 6; Decree 30/2025/NĐ-CP), as dated rows.

State social transfers are not income here (QĐ 24/2021/QĐ-TTg, Điều 2). That this holds for workers
with a low income as well was not seen [?].
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from cases.rules.packs.model import Review
from cases.rules.standards import STANDARD_2022_2026, Cited, Mark, MeasureError, UnknownArea

MONTHS = 12


class IncomeResult(StrEnum):
    """What an income is found to be; cases store the same codes."""

    AVERAGE = "AVERAGE"
    LOW_INCOME = "LOW_INCOME"
    NOT_MET = "NOT_MET"


class NoIncomeBand(MeasureError):
    """No band that we hold was in force for this review on the day."""


class BadIncome(MeasureError):
    """Sums that no household can have."""


@dataclass(frozen=True, slots=True)
class IncomeBand:
    """
    Dong a person and month, in force from one day until another (until = first day out).

    An income must be above `above` (None: no lower line) and at most `up_to`.
    """

    review: Review
    area: str
    grants: IncomeResult
    above: Cited | None
    up_to: Cited
    in_force_from: date
    in_force_until: date
    validity: str
    validity_mark: Mark

    def holds_on(self, day: date) -> bool:
        return self.in_force_from <= day < self.in_force_until


@dataclass(frozen=True, slots=True)
class IncomeVerdict:
    """What an income is, and by which band."""

    result: IncomeResult
    per_person_month: Fraction
    band: IncomeBand

    @property
    def whole_dong(self) -> int:
        """Return the monthly income of one person for display, rounded down; nothing is decided by it."""
        return int(self.per_person_month)


_DECREE_2021 = "Nghị định 07/2021/NĐ-CP, Điều 3 (mức sống trung bình)"
_DECREE_2021_SOURCE = "https://vnexpress.net/chinh-phu-ban-hanh-chuan-ngheo-moi-4228672.html"
_DECREE_2025 = "Nghị định 30/2025/NĐ-CP (sửa đổi Nghị định 07/2021/NĐ-CP, Điều 3)"
_RURAL_WORKER_SOURCE = (
    "https://vanban123.vn/Nghi-dinh/Decree-No-30-2025-ND-CP-dated-February-24-2025-on-amendments-"
    "to-Decree-No-07-2021-ND-CP-on-multidimensional-poverty-criteria-in-the-period-of-2021-2025-679855"
)
# A headline only: it says three million, not that this is the urban figure.
_URBAN_WORKER_SOURCE = "https://baothanhhoa.vn/print/818b95dbb92f2f7774e6b12abdad0/240772.htm"
_END = date(2027, 1, 1)


def _average(area: str, up_to: int) -> IncomeBand:
    return IncomeBand(
        review=Review.AVERAGE_LIVING,
        area=area,
        grants=IncomeResult.AVERAGE,
        above=STANDARD_2022_2026.monthly_income_vnd[area],
        up_to=Cited(up_to, _DECREE_2021, _DECREE_2021_SOURCE, Mark.SEEN),
        in_force_from=STANDARD_2022_2026.in_force_from,
        in_force_until=_END,
        validity="Nghị định 07/2021/NĐ-CP, Điều 3; kéo dài đến hết 31/12/2026 bởi Nghị định 351/2025/NĐ-CP",
        validity_mark=Mark.SEEN,
    )


def _low_income(area: str, up_to: Cited) -> IncomeBand:
    return IncomeBand(
        review=Review.LOW_INCOME,
        area=area,
        grants=IncomeResult.LOW_INCOME,
        above=None,
        up_to=up_to,
        in_force_from=date(2025, 2, 24),
        in_force_until=_END,
        # Neither the first day in force nor that this line, too, was prolonged to 2026 was seen.
        validity="Nghị định 30/2025/NĐ-CP; kéo dài theo Nghị định 351/2025/NĐ-CP: chưa kiểm chứng",
        validity_mark=Mark.UNSURE,
    )


INCOME_BANDS: tuple[IncomeBand, ...] = (
    _average("RURAL", 2_250_000),
    _average("URBAN", 3_000_000),
    _low_income("RURAL", Cited(2_250_000, _DECREE_2025, _RURAL_WORKER_SOURCE, Mark.SEEN)),
    _low_income("URBAN", Cited(3_000_000, _DECREE_2025, _URBAN_WORKER_SOURCE, Mark.KNOWN)),
)


def band_in_force(review: Review, area: str, day: date) -> IncomeBand:
    """
    Return the band that a review judges incomes by on the day.

    :raises NoIncomeBand: if none is in force for the review on the day; there is no fallback
    :raises UnknownArea: if one is, but for other areas only
    """
    held = [band for band in INCOME_BANDS if band.review == review and band.holds_on(day)]
    if not held:
        raise NoIncomeBand(f"{review} on {day.isoformat()}")
    for band in held:
        if band.area == area:
            return band
    raise UnknownArea(area)


def judge_income(
    review: Review, area: str, *, persons: int, year_income: int, state_transfers: int, day: date
) -> IncomeVerdict:
    """
    Judge what a household of so many persons earned in twelve months, in whole dong.

    The comparison is exact: the year's income against the line times the months and persons.

    :raises NoIncomeBand: if no band is in force for the review on the day
    :raises UnknownArea: if the band has no line for the area
    :raises BadIncome: if there is nobody, a sum is negative, or transfers exceed the income
    """
    band = band_in_force(review, area, day)
    if persons < 1:
        raise BadIncome(f"{persons} persons")
    if not 0 <= state_transfers <= year_income:
        raise BadIncome(f"transfers {state_transfers} of an income of {year_income}")
    counted, shares = year_income - state_transfers, MONTHS * persons
    above = band.above is None or counted > band.above.value * shares
    within = above and counted <= band.up_to.value * shares
    result = band.grants if within else IncomeResult.NOT_MET
    return IncomeVerdict(result, Fraction(counted, shares), band)
