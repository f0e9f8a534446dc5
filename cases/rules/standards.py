"""The measure: what the poverty standards say, as dated and cited rows, and classification by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Mark(StrEnum):
    """How sure we are of a fact of law."""

    SEEN = "S"  # read in a public source
    KNOWN = "K"  # own knowledge of the text, not opened
    UNSURE = "?"


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; this module knows no Django."""
    return text


class HouseholdClass(StrEnum):
    POOR = "POOR"
    NEAR_POOR = "NEAR_POOR"
    NOT_POOR = "NOT_POOR"


CLASS_NAMES_VI: Mapping[HouseholdClass, str] = MappingProxyType(
    {
        HouseholdClass.POOR: _("Hộ nghèo"),
        HouseholdClass.NEAR_POOR: _("Hộ cận nghèo"),
        HouseholdClass.NOT_POOR: _("Hộ không nghèo"),
    }
)

# The boxes of the survey form, whatever the standard: both known sets of indicators have twelve.
DEPRIVATION_COUNT = 12


class MeasureError(Exception):
    """A question about the measure that cannot be answered."""


class NoStandardInForce(MeasureError):
    """No standard that we hold was in force on the day."""


class UnknownStandard(MeasureError):
    """A standard code that we do not hold."""


class NoScoreTable(MeasureError):
    """The standard names its lines in money; the table that turns a form into points is not known."""


class UnknownArea(MeasureError):
    """An area for which the standard has no line."""


class BadScore(MeasureError):
    """Scores or deprivations that no survey form can hold."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A number of the law, where it is written, where we read it, and how sure we are."""

    value: int
    citation: str
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Indicator:
    """
    One box of the deprivation score.

    Two marks, because the name is printed in the press and the threshold mostly is not: `mark`
    is about when a household counts as deprived, `name_mark` about the name and its place.
    """

    number: int
    code: str
    dimension: str
    name_vi: str
    citation: str
    name_mark: Mark
    mark: Mark


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The part of a standard that decides by points: income line per area, deprivation floor."""

    income_lines: Mapping[str, Cited]
    deprivation_floor: Cited
    points_per_indicator: Cited


@dataclass(frozen=True, slots=True)
class Standard:
    """A poverty standard, in force from one day until another (until = first day out)."""

    code: str
    name_vi: str
    citation: str
    in_force_from: date
    in_force_until: date
    monthly_income_vnd: Mapping[str, Cited]
    score_table: ScoreTable | None
    indicators: tuple[Indicator, ...]
    mark: Mark

    def holds_on(self, day: date) -> bool:
        """Test if the standard is in force on the day."""
        return self.in_force_from <= day < self.in_force_until

    @property
    def scores(self) -> ScoreTable:
        """
        Return the score table.

        :raises NoScoreTable: if the standard is known in money only
        """
        if self.score_table is None:
            raise NoScoreTable(self.code)
        return self.score_table


@dataclass(frozen=True, slots=True)
class Classification:
    """What two scores say a household is."""

    cls: HouseholdClass
    income_score: int
    deprivation_score: int


_SCORE_CITATION = "Thông tư 07/2021/TT-BLĐTBXH, phương pháp rà soát, phân loại"
_SCORE_SOURCE = (
    "https://thukyluat.vn/news/thong-bao-van-ban-moi/"
    "phuong-phap-ra-soat-phan-loai-ho-ngheo-ho-can-ngheo-94531.html"
)
_DECREE_2021 = "Nghị định 07/2021/NĐ-CP, Điều 3"
_DECREE_2021_SOURCE = "https://vnexpress.net/chinh-phu-ban-hanh-chuan-ngheo-moi-4228672.html"
_DECREE_2025 = "Nghị định 351/2025/NĐ-CP"
_DECREE_2025_SOURCE = (
    "https://huengaynay.vn/chinh-tri-xa-hoi/an-sinh-xa-hoi/"
    "chuan-ngheo-da-chieu-quoc-gia-giai-doan-2026-2030-161540.html"
)


def _score(value: int) -> Cited:
    return Cited(value, _SCORE_CITATION, _SCORE_SOURCE, Mark.SEEN)


def _by_area(rural: Cited, urban: Cited) -> Mapping[str, Cited]:
    return MappingProxyType({"RURAL": rural, "URBAN": urban})


def _indicator(number: int, code: str, dimension: str, name_vi: str) -> Indicator:
    citation = "Nghị định 07/2021/NĐ-CP, Điều 3 và Phụ lục"
    return Indicator(number, code, dimension, name_vi, citation, Mark.SEEN, Mark.KNOWN)


STANDARD_2022_2026 = Standard(
    code="2022-2026",
    name_vi=_("Chuẩn nghèo đa chiều 2022-2025, kéo dài đến hết ngày 31/12/2026"),
    citation=f"{_DECREE_2021}; kéo dài bởi {_DECREE_2025}",
    in_force_from=date(2022, 1, 1),
    in_force_until=date(2027, 1, 1),
    monthly_income_vnd=_by_area(
        Cited(1_500_000, _DECREE_2021, _DECREE_2021_SOURCE, Mark.SEEN),
        Cited(2_000_000, _DECREE_2021, _DECREE_2021_SOURCE, Mark.SEEN),
    ),
    score_table=ScoreTable(
        income_lines=_by_area(_score(140), _score(175)),
        deprivation_floor=_score(30),
        points_per_indicator=_score(10),
    ),
    indicators=(
        _indicator(1, "employment", _("Việc làm"), _("Việc làm")),
        _indicator(2, "dependents", _("Việc làm"), _("Người phụ thuộc trong hộ gia đình")),
        _indicator(3, "nutrition", _("Y tế"), _("Dinh dưỡng")),
        _indicator(4, "health_insurance", _("Y tế"), _("Bảo hiểm y tế")),
        _indicator(5, "adult_education", _("Giáo dục"), _("Trình độ giáo dục của người lớn")),
        _indicator(6, "child_school", _("Giáo dục"), _("Tình trạng đi học của trẻ em")),
        _indicator(7, "housing_quality", _("Nhà ở"), _("Chất lượng nhà ở")),
        _indicator(8, "housing_area", _("Nhà ở"), _("Diện tích nhà ở bình quân đầu người")),
        _indicator(9, "water", _("Nước sinh hoạt và vệ sinh"), _("Nguồn nước sinh hoạt")),
        _indicator(10, "latrine", _("Nước sinh hoạt và vệ sinh"), _("Nhà tiêu hợp vệ sinh")),
        _indicator(11, "telecom", _("Thông tin"), _("Sử dụng dịch vụ viễn thông")),
        _indicator(12, "info_devices", _("Thông tin"), _("Phương tiện phục vụ tiếp cận thông tin")),
    ),
    mark=Mark.SEEN,
)

# Money lines only: neither the issued annex of indicators nor a table of points has been seen.
STANDARD_2027_2030 = Standard(
    code="2027-2030",
    name_vi=_("Chuẩn nghèo đa chiều 2027-2030"),
    citation=_DECREE_2025,
    in_force_from=date(2027, 1, 1),
    in_force_until=date(2031, 1, 1),
    monthly_income_vnd=_by_area(
        Cited(2_200_000, _DECREE_2025, _DECREE_2025_SOURCE, Mark.SEEN),
        Cited(2_800_000, _DECREE_2025, _DECREE_2025_SOURCE, Mark.SEEN),
    ),
    score_table=None,
    indicators=(),
    mark=Mark.SEEN,
)

STANDARDS: tuple[Standard, ...] = (STANDARD_2022_2026, STANDARD_2027_2030)


def standard_in_force(day: date) -> Standard:
    """
    Return the standard in force on the day.

    A round pins the code of the standard it classifies by: at a change of standards one survey
    may have to be classified by two of them, so the day alone does not choose.

    :raises NoStandardInForce: before 2022 (Quyết định 59/2015 is not held) and after 2030
    """
    for standard in STANDARDS:
        if standard.holds_on(day):
            return standard
    raise NoStandardInForce(day.isoformat())


def standard_of_code(code: str) -> Standard:
    """
    Return the standard that a round or a case names.

    :raises UnknownStandard: if we do not hold it
    """
    for standard in STANDARDS:
        if standard.code == code:
            return standard
    raise UnknownStandard(code)


def classify(
    standard: Standard, area: str, income_score: int, deprived: Sequence[bool]
) -> Classification:
    """
    Classify a household by its income score (điểm B1) and its deprivations (điểm B2).

    Above the income line a household is never poor, whatever it lacks; at or below the line it
    is near-poor even when it lacks nothing.

    :raises NoScoreTable: if the standard is known in money only
    :raises UnknownArea: if the standard has no line for the area
    :raises BadScore: if the score is negative or the flags are not one for each indicator
    """
    line = _income_line(standard.scores, area)
    if income_score < 0:
        raise BadScore(f"income score {income_score}")
    points = deprivation_score(standard, deprived)
    if income_score > line:
        cls = HouseholdClass.NOT_POOR
    elif points >= standard.scores.deprivation_floor.value:
        cls = HouseholdClass.POOR
    else:
        cls = HouseholdClass.NEAR_POOR
    return Classification(cls, income_score, points)


def deprivation_score(standard: Standard, deprived: Sequence[bool]) -> int:
    """
    Return the deprivation score (điểm B2).

    :raises NoScoreTable: if the standard is known in money only
    :raises BadScore: if the flags are not one for each indicator
    """
    points = standard.scores.points_per_indicator.value
    if len(deprived) != len(standard.indicators):
        raise BadScore(f"{len(deprived)} deprivations for {len(standard.indicators)} indicators")
    return points * sum(map(bool, deprived))


def deprivations_to_text(deprived: Sequence[bool]) -> str:
    """
    Return the flags as stored: twelve characters, "1" where deprived.

    :raises BadScore: if there are not twelve
    """
    if len(deprived) != DEPRIVATION_COUNT:
        raise BadScore(f"{len(deprived)} deprivations")
    return "".join("1" if flag else "0" for flag in deprived)


def deprivations_from_text(text: str) -> tuple[bool, ...]:
    """
    Return the flags of a stored text.

    :raises BadScore: if it is not twelve characters of "0" and "1"
    """
    if len(text) != DEPRIVATION_COUNT or not set(text) <= {"0", "1"}:
        raise BadScore(f"deprivations {text!r}")
    return tuple(char == "1" for char in text)


def _income_line(table: ScoreTable, area: str) -> int:
    line = table.income_lines.get(area)
    if line is None:
        raise UnknownArea(area)
    return line.value
