"""Phiếu A, Phiếu B and the village's classification (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery

from cases.models import Case, Round, Screening, Survey, User, VillageReview
from cases.rules.standards import Classification, classify, deprivations_to_text, standard_of_code
from cases.sets import insert_rows
from workflow.acts.assessing import assess
from workflow.acts.deed import end_term, perform
from workflow.machine.apply import Deed, Done
from workflow.machine.scope import Scope, of_case


@dataclass(frozen=True)
class ScreeningSheet:
    """Phiếu A of one case."""

    case: Case
    screened_on: date
    reviewer_name: str
    passed: bool


@dataclass(frozen=True)
class SurveySheet:
    """Phiếu B of one case: the paper total of B1 and twelve flags."""

    case: Case
    surveyed_on: date
    reviewer_name: str
    income_score: int
    deprived: Sequence[bool]


def screen_cases(
    *,
    round: Round,
    village_review: VillageReview | None,
    sheets: Sequence[ScreeningSheet],
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """
    Record Phiếu A of requesters: who passes is surveyed, who does not is answered in writing.

    :raises Refused: if one of them did not ask by Form 01, or is not on the list
    """

    def write(deed: Deed) -> None:
        insert_rows(
            Screening,
            ("case", "screened_on", "reviewer_name", "passed", "act"),
            [(s.case.pk, s.screened_on, s.reviewer_name, s.passed, deed.act.pk) for s in sheets],
        )
        sheet = Screening.objects.filter(act=deed.act, case=OuterRef("pk"))
        deed.scope.cases().update(screen_passed=Subquery(sheet.values("passed")))

    return perform(
        "screen",
        Scope(round, village_review, [s.case.pk for s in sheets]),
        by=by,
        at=at,
        key=key,
        facts={
            "days": {s.case.code: s.screened_on.isoformat() for s in sheets},
            "passed": {s.case.code: s.passed for s in sheets},
        },
        private={"reviewers": {s.case.code: s.reviewer_name for s in sheets}},
        write=write,
        conflict_note=conflict_note,
    )


def survey_cases(
    *,
    round: Round,
    village_review: VillageReview | None,
    sheets: Sequence[SurveySheet],
    by: User,
    at: datetime,
    key: str,
    device_at: datetime | None = None,
    conflict_note: str = "",
) -> Done:
    """
    Record Phiếu B of several households: scores are totalled and classified under the standard.

    :raises Refused: if a household is not to be surveyed now
    :raises MeasureError: if a score is impossible or the standard has no score table
    """
    return _record(
        "survey",
        Survey.Kind.SURVEY,
        Scope(round, village_review, [s.case.pk for s in sheets]),
        sheets,
        {"by": by, "at": at, "key": key, "device_at": device_at, "conflict_note": conflict_note},
    )


def survey_case(
    *, sheet: SurveySheet, by: User, at: datetime, key: str, conflict_note: str = ""
) -> Done:
    """Record Phiếu B of one household: a set of one."""
    case = sheet.case
    return survey_cases(
        round=case.round,
        village_review=case.village_review,
        sheets=[sheet],
        by=by,
        at=at,
        key=key,
        conflict_note=conflict_note,
    )


def screen_case(
    *, sheet: ScreeningSheet, by: User, at: datetime, key: str, conflict_note: str = ""
) -> Done:
    """Record Phiếu A of one household: a set of one."""
    case = sheet.case
    return screen_cases(
        round=case.round,
        village_review=case.village_review,
        sheets=[sheet],
        by=by,
        at=at,
        key=key,
        conflict_note=conflict_note,
    )


def reverify_case(
    *,
    sheet: SurveySheet,
    outcome: str,
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """
    Record the re-verification of a contested household on a new Phiếu B (phúc tra).

    A late re-verification is done and shown as late: the limit flags, it does not block.

    :raises Refused: also if the reviewer surveyed the household before and somebody else could
    """
    return _verify(
        "reverify", Survey.Kind.REVERIFICATION, sheet, outcome, by, at, key, conflict_note
    )


def reexamine_case(
    *,
    sheet: SurveySheet,
    outcome: str,
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """Record what was found of a household that is heard again after the decision."""
    return _verify(
        "reexamine", Survey.Kind.REEXAMINATION, sheet, outcome, by, at, key, conflict_note
    )


def classify_village(*, village_review: VillageReview, by: User, at: datetime, key: str) -> Done:
    """Total the village's surveys for the meeting; every household on the list must be surveyed."""
    return perform("classify", Scope(village_review.round, village_review), by=by, at=at, key=key)


def _verify(
    code: str,
    kind: Survey.Kind,
    sheet: SurveySheet,
    outcome: str,
    by: User,
    at: datetime,
    key: str,
    conflict_note: str,
) -> Done:
    case = sheet.case

    def answer(deed: Deed) -> None:
        case.complaints.filter(answered_at__isnull=True).update(answered_at=at, outcome=outcome)
        if deed.declared.ends_term:
            end_term(deed, case=case, village_review=case.village_review)

    who = {"by": by, "at": at, "key": key, "conflict_note": conflict_note}
    return _record(code, kind, of_case(case), [sheet], who, answer, {"outcome": outcome})


def _record(
    code: str,
    kind: Survey.Kind,
    scope: Scope,
    sheets: Sequence[SurveySheet],
    who: Mapping[str, Any],
    also: Callable[[Deed], None] | None = None,
    answered: Mapping[str, str] | None = None,
) -> Done:
    standard = standard_of_code(scope.round.standard)
    results = {
        s.case.pk: classify(standard, scope.round.area, s.income_score, s.deprived) for s in sheets
    }

    def write(deed: Deed) -> None:
        _write_surveys(deed, kind, sheets, results)
        assess(deed)
        if also is not None:
            also(deed)

    return perform(
        code,
        scope,
        **who,
        facts={
            "days": {s.case.code: s.surveyed_on.isoformat() for s in sheets},
            "results": {
                s.case.code: [s.income_score, deprivations_to_text(s.deprived)] for s in sheets
            },
        },
        private={"reviewers": {s.case.code: s.reviewer_name for s in sheets}, **(answered or {})},
        write=write,
    )


def _write_surveys(
    deed: Deed,
    kind: Survey.Kind,
    sheets: Sequence[SurveySheet],
    results: dict[int, Classification],
) -> None:
    round = deed.scope.round
    attempts = dict(deed.scope.cases().values_list("pk", "attempt"))
    insert_rows(
        Survey,
        (
            "case",
            "kind",
            "attempt",
            "surveyed_on",
            "reviewer",
            "reviewer_name",
            "area",
            "standard",
            "income_score",
            "deprivation_score",
            "deprivations",
            "proposed_class",
            "act",
        ),
        [
            (
                s.case.pk,
                kind.value,
                attempts.get(s.case.pk, 0) + 1,
                s.surveyed_on,
                deed.by.pk,
                s.reviewer_name,
                round.area,
                round.standard,
                s.income_score,
                results[s.case.pk].deprivation_score,
                deprivations_to_text(s.deprived),
                results[s.case.pk].cls.value,
                deed.act.pk,
            )
            for s in sheets
        ],
    )
    # By its number, not by the act: PostgreSQL would go through all of the act's sheets for each case.
    sheet = Survey.objects.filter(case=OuterRef("pk"), attempt=OuterRef("attempt") + 1)
    deed.scope.cases().update(
        attempt=F("attempt") + 1,
        income_score=Subquery(sheet.values("income_score")),
        deprivation_score=Subquery(sheet.values("deprivation_score")),
        deprivations=Subquery(sheet.values("deprivations")),
        result_class=Subquery(sheet.values("proposed_class")),
    )
