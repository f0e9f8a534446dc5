"""
Further results of a survey, by the standards of the province that the round pinned.

They stand beside the case: no guard, list or decision of the review reads them.
"""

from cases.local_standards import pinned_standards
from cases.models import Assessment, Survey
from cases.rules.standards import classify, deprivations_from_text
from cases.sets import insert_rows
from workflow.machine.apply import Deed


def assess(deed: Deed) -> None:
    """Classify what the act surveyed by each pinned standard, in three statements or none."""
    standards = [lines.standard for lines in pinned_standards(deed.scope.round.local_standards)]
    if not standards:
        return
    surveys = Survey.objects.filter(act=deed.act).values_list(
        "pk", "case", "area", "income_score", "deprivations"
    )
    insert_rows(
        Assessment,
        ("survey", "case", "standard", "result"),
        [
            (
                survey,
                case,
                standard.code,
                classify(standard, area, income, deprivations_from_text(flags)).cls.value,
            )
            for survey, case, area, income, flags in surveys
            for standard in standards
        ],
    )
