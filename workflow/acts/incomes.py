"""Income of twelve months (QĐ 24/2021/QĐ-TTg, Điều 6; NĐ 30/2025/NĐ-CP)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Value

from cases.models import Case, IncomeRecord, Round, User
from cases.rules.incomes import judge_income
from cases.rules.packs import PACKS, Review
from workflow.acts.deed import end_term, perform
from workflow.machine.apply import Deed, Done, legal_day
from workflow.machine.scope import of_case


@dataclass(frozen=True)
class IncomeSheet:
    """What was found of one household, or of one worker; money in dong."""

    case: Case
    determined_on: date
    reviewer_name: str
    persons: int
    year_income: int
    state_transfers: int


def determine_income(
    *, sheet: IncomeSheet, by: User, at: datetime, key: str, conflict_note: str = ""
) -> Done:
    """
    Record the income of the twelve months before, state transfers not counted, and what it means.

    :raises Refused: if the household is not to be judged now
    :raises MeasureError: if no income line is known for the round, or the figures are impossible
    """
    return _record("determine_income", sheet, by, at, key, conflict_note)


def redetermine_income(
    *, sheet: IncomeSheet, outcome: str, by: User, at: datetime, key: str, conflict_note: str = ""
) -> Done:
    """Record the income again: after a complaint, or when the decision is reconsidered."""
    return _record("redetermine_income", sheet, by, at, key, conflict_note, outcome)


def day_of_the_line(round: Round) -> date:
    """Return the day whose income line the round goes by: its first, or that of a later opening."""
    first, _last = PACKS[round.pack].days_of(round.year, round.month)
    return max(first, legal_day(round.opened_at))


def _record(
    code: str,
    sheet: IncomeSheet,
    by: User,
    at: datetime,
    key: str,
    conflict_note: str,
    outcome: str = "",
) -> Done:
    case = sheet.case
    verdict = judge_income(
        Review(case.round.kind),
        case.round.area,
        persons=sheet.persons,
        year_income=sheet.year_income,
        state_transfers=sheet.state_transfers,
        day=day_of_the_line(case.round),
    )

    answered = {"outcome": outcome} if code == "redetermine_income" else {}

    def write(deed: Deed) -> None:
        IncomeRecord.objects.create(
            case=case,
            attempt=case.incomes.count() + 1,
            determined_on=sheet.determined_on,
            reviewer=by,
            reviewer_name=sheet.reviewer_name,
            area=case.round.area,
            persons=sheet.persons,
            year_income=sheet.year_income,
            state_transfers=sheet.state_transfers,
            result=verdict.result,
            act=deed.act,
        )
        deed.cases().update(attempt=F("attempt") + 1, result_class=Value(verdict.result))
        if code == "redetermine_income":
            case.complaints.filter(answered_at__isnull=True).update(answered_at=at, outcome=outcome)
            if deed.declared.ends_term:
                end_term(deed, case=case, village_review=case.village_review)

    return perform(
        code,
        of_case(case),
        by=by,
        at=at,
        key=key,
        facts={
            "days": {case.code: sheet.determined_on.isoformat()},
            "incomes": {case.code: [sheet.persons, sheet.year_income, sheet.state_transfers]},
        },
        private={"reviewers": {case.code: sheet.reviewer_name}, **answered},
        write=write,
        conflict_note=conflict_note,
    )
