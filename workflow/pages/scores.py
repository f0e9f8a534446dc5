"""The score of a household in plain words: B1 against its line, the twelve indicators, B2, the class."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.local_standards import pinned_standards
from cases.models import Area, Assessment, Case, Round, Survey
from cases.rules.local_standards import LocalLines
from cases.rules.standards import (
    CLASS_NAMES_VI,
    HouseholdClass,
    Indicator,
    MeasureError,
    Standard,
    classify,
    deprivations_from_text,
    standard_of_code,
)

AREAS = {Area.RURAL: gettext_lazy("nông thôn"), Area.URBAN: gettext_lazy("thành thị")}


@dataclass(frozen=True)
class Box:
    """One indicator of the form and whether the household lacks it."""

    indicator: Indicator
    name: str
    dimension: str
    deprived: bool


@dataclass(frozen=True)
class Explanation:
    """Why two scores lead to a class, sentence by sentence."""

    household_class: str
    income: str
    income_article: str
    deprivation: str
    deprivation_article: str
    conclusion: str
    standard: str
    document: str
    boxes: list[Box]


@dataclass(frozen=True)
class LocalResult:
    """What a standard of the province says of the same survey; recorded at the survey."""

    household_class: str
    demo: bool
    explained: Explanation


def explain(survey: Survey) -> Explanation | None:
    """Return how the standard of the survey classifies it; nothing when it knows no points."""
    try:
        return _explained(survey, standard_of_code(survey.standard))
    except MeasureError:
        return None


def local_results(survey: Survey, round: Round) -> list[LocalResult]:
    """Return what the province's pinned standards say of the same survey, by two queries or none."""
    pinned = pinned_standards(round.local_standards)
    recorded = dict(survey.assessments.values_list("standard", "result")) if pinned else {}
    return [
        LocalResult(recorded[lines.code], lines.demo, _explained(survey, lines.standard))
        for lines in pinned
        if lines.code in recorded
    ]


def add_local_results(cases: Sequence[Case], round: Round) -> list[str]:
    """Give each case `local_classes`, one a pinned standard; return the standards' names."""
    pinned = pinned_standards(round.local_standards)
    if not pinned:
        return []
    latest = Assessment.objects.filter(case__in=cases, survey__attempt=F("case__attempt"))
    found = {(a.case_id, a.standard): a.result for a in latest}
    for case in cases:
        case.local_classes = [found.get((case.pk, lines.code), "") for lines in pinned]  # type: ignore[attr-defined]
    return [_heading(lines) for lines in pinned]


def _heading(lines: LocalLines) -> str:
    name = lines.standard.name_vi
    return _("%(name)s (dữ liệu minh họa)") % {"name": name} if lines.demo else name


def _explained(survey: Survey, standard: Standard) -> Explanation:
    flags = deprivations_from_text(survey.deprivations)
    result = classify(standard, survey.area, survey.income_score, flags)
    line = standard.scores.income_lines[survey.area]
    floor = standard.scores.deprivation_floor
    boxes = [
        Box(indicator, _(indicator.name_vi), _(indicator.dimension), flag)
        for indicator, flag in zip(standard.indicators, flags, strict=True)
    ]
    below = survey.income_score <= line.value
    enough = result.deprivation_score >= floor.value
    return Explanation(
        household_class=result.cls,
        income=_income(survey, line.value, below),
        income_article=line.citation,
        deprivation=_deprivation(standard, sum(flags), result.deprivation_score, enough),
        deprivation_article=floor.citation,
        conclusion=_conclusion(result.cls),
        standard=_(standard.name_vi),
        document=standard.citation,
        boxes=boxes,
    )


def _income(survey: Survey, line: int, below: bool) -> str:
    sentence = (
        _("Điểm B1 là %(score)d, không vượt mức %(line)d điểm của khu vực %(area)s.")
        if below
        else _("Điểm B1 là %(score)d, vượt mức %(line)d điểm của khu vực %(area)s.")
    )
    return sentence % {
        "score": survey.income_score,
        "line": line,
        "area": AREAS[Area(survey.area)],
    }


def _deprivation(standard: Standard, count: int, score: int, enough: bool) -> str:
    sentence = (
        _(
            "Thiếu hụt %(count)d chỉ số: điểm B2 = %(points)d × %(count)d = %(score)d, đạt mức %(floor)d."
        )
        if enough
        else _(
            "Thiếu hụt %(count)d chỉ số: điểm B2 = %(points)d × %(count)d = %(score)d, dưới mức %(floor)d."
        )
    )
    return sentence % {
        "count": count,
        "points": standard.scores.points_per_indicator.value,
        "score": score,
        "floor": standard.scores.deprivation_floor.value,
    }


def _conclusion(cls: HouseholdClass) -> str:
    reasons = {
        HouseholdClass.POOR: _("B1 không vượt mức và B2 đạt mức thiếu hụt"),
        HouseholdClass.NEAR_POOR: _("B1 không vượt mức và B2 dưới mức thiếu hụt"),
        HouseholdClass.NOT_POOR: _("B1 vượt mức, nên B2 không xét đến"),
    }
    return _("Kết quả: %(class)s, vì %(reason)s.") % {
        "class": _(CLASS_NAMES_VI[cls]),
        "reason": reasons[cls],
    }
