"""Taking a workbook of survey forms: a trial first, then the same acts for good."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction

from cases.duties import Duty
from cases.models import Case, ReviewKind, Survey, User, VillageReview
from cases.permissions import cases_within_duty, read_scope
from cases.rules.standards import (
    MeasureError,
    classify,
    deprivations_to_text,
    standard_of_code,
)
from cases.sheets.surveys import SurveyRow, SurveySheet, read_surveys
from cases.sheets.workbook import Cell
from workflow.acts.surveying import ScreeningSheet, screen_cases, survey_cases
from workflow.acts.surveying import SurveySheet as SurveyForm
from workflow.imports.faults import Faults
from workflow.imports.files import (
    Errand,
    NotWhole,
    ReadFile,
    Source,
    batches,
    derived_key,
    one_piece,
    open_errand,
)
from workflow.imports.plans import Plan, TakenFile
from workflow.machine.apply import lock_round
from workflow.machine.refusals import Refusal, Refused

# Where in the sheet a refusal of the law is to be looked for; elsewhere at the household's code.
_COLUMNS = {
    "surveyed_in_round": "ngay_ra_soat",
    "surveyed_anew": "ngay_ra_soat",
    "is_requester": "phieu_a",
    "needs_no_screen": "phieu_a",
}


@dataclass
class VillageTally:
    """What the forms bring to one village."""

    commune: str
    village: str
    rows: int = 0
    passed: int = 0
    failed: int = 0
    surveyed: int = 0

    @property
    def brings_nothing(self) -> bool:
        return not (self.passed or self.failed or self.surveyed)


class SurveyPlan(Plan[VillageTally, SurveySheet]):
    """What a workbook of forms would bring, village by village, and what may not be taken."""

    @property
    def total(self) -> VillageTally:
        return total_of(self.tallies)


class SurveysTaken(TakenFile[SurveyPlan]):
    """What was taken of the forms."""


def plan_surveys(source: Source, *, name: str, by: User, at: datetime, year: int) -> SurveyPlan:
    """
    Return what taking the forms would bring; the acts are tried and rolled back.

    :raises UnreadableWorkbook: when the workbook cannot be read at all
    :raises Overtaken: when somebody wrote the same forms meanwhile
    """
    return plan_forms(read_forms(source, name=name, by=by, at=at, year=year))


def take_surveys(
    plan: SurveyPlan, *, by: User, at: datetime, key: str, good_rows_only: bool = False
) -> SurveysTaken:
    """
    Take the forms, all or nothing; what was planned is asked again.

    :raises NotWhole: when there are errors and the good rows were not asked for on purpose
    :raises Overtaken: when somebody wrote the same forms meanwhile
    """
    errand = replace(plan.file.errand, by=by, at=at, key=key)
    return take_forms(ReadFile(errand, plan.file.sheet), good_rows_only=good_rows_only)


def read_forms(
    source: Source, *, name: str, by: User, at: datetime, year: int
) -> ReadFile[SurveySheet]:
    """
    Read the rows of the workbook, to plan or to take them.

    :raises UnreadableWorkbook: when the workbook cannot be read at all
    """
    errand, workbook = open_errand(source, name=name, by=by, at=at, year=year)
    return ReadFile(errand, read_surveys(workbook))


def plan_forms(file: ReadFile[SurveySheet]) -> SurveyPlan:
    """
    Return what taking the forms would bring; the acts are tried and rolled back.

    :raises Overtaken: when somebody wrote the same forms meanwhile
    """
    with one_piece(trial=True):
        return _enter(file, good_rows_only=True)


def take_forms(file: ReadFile[SurveySheet], *, good_rows_only: bool = False) -> SurveysTaken:
    """
    Take the forms as they are read, all or nothing.

    :raises NotWhole: when there are errors and the good rows were not asked for on purpose
    :raises Overtaken: when somebody wrote the same forms meanwhile
    """
    with one_piece():
        done = _enter(file, good_rows_only=good_rows_only)
        if not done.is_whole and not good_rows_only:
            raise NotWhole(done)
    return SurveysTaken(done)


def total_of(tallies: Sequence[VillageTally]) -> VillageTally:
    counts = [asdict(tally) for tally in tallies]
    names = ("rows", "passed", "failed", "surveyed")
    return VillageTally("", "", **{name: sum(each[name] for each in counts) for name in names})


def _enter(file: ReadFile[SurveySheet], *, good_rows_only: bool) -> SurveyPlan:
    """Do the acts of all villages, in the transaction of the caller."""
    errand, sheet = file.errand, file.sheet
    read_scope(errand.by, errand.day)
    faults = Faults(sheet)
    forms = _Forms(sheet, faults, errand)
    forms.look_up()
    forms.check()
    # Cells that cannot be read are mended first; the law is asked about a sheet that is readable.
    acts = good_rows_only or not faults.error_count
    tallies = [forms.enter(review) for review in forms.reviews()] if acts else []
    return SurveyPlan(
        name=errand.name,
        year=errand.year,
        key=errand.key,
        errors=faults.errors,
        warnings=faults.warnings,
        error_count=faults.error_count,
        warning_count=faults.warning_count,
        ignored_columns=sheet.ignored_columns,
        row_count=len({row.row for row in sheet.rows} | sheet.bad_rows),
        good_count=len(forms.good_rows()),
        tallies=tallies,
        file=file,
    )


class _Forms:
    """The forms of a workbook beside the cases they are about."""

    def __init__(self, sheet: SurveySheet, faults: Faults, errand: Errand) -> None:
        self.sheet, self.faults, self.errand = sheet, faults, errand
        self.cases: dict[str, Case] = {}
        self.forms_here: dict[int, list[list[object]]] = defaultdict(list)
        self.by_review: dict[int, list[SurveyRow]] = defaultdict(list)

    def good_rows(self) -> list[SurveyRow]:
        return [row for row in self.sheet.rows if row.row not in self.faults.bad_rows]

    def look_up(self) -> None:
        """Read cases and their forms, one query for each batch of codes."""
        within = cases_within_duty(self.errand.by, Duty.IMPORT).filter(
            year=self.errand.year, review=ReviewKind.PERIODIC
        )
        for codes in batches(sorted({row.household_code for row in self.sheet.rows})):
            for case in within.filter(code__in=codes).select_related("village_review__round"):
                self.cases[case.code] = case
        columns = ("surveyed_on", "reviewer_name", "income_score", "deprivations")
        for some in batches(sorted(case.pk for case in self.cases.values())):
            # Of every attempt: a form that was followed by a re-verification is still here.
            for pk, *told in Survey.objects.filter(case__in=some).values_list("case", *columns):
                self.forms_here[pk].append(told)

    def check(self) -> None:
        for row in self.good_rows():
            case = self.cases.get(row.household_code)
            if case is None:
                self._error(row, "ma_ho", row.household_code, "NO_CASE", year=self.errand.year)
            elif not _is_measurable(row, case):
                self._error(row, "diem_b1", row.income_score or 0, "NOT_MEASURED")
        for row in self.good_rows():
            self.by_review[self.cases[row.household_code].village_review_id].append(row)

    def reviews(self) -> list[VillageReview]:
        """Return the villages in the order in which they are locked, their rounds locked first."""
        reviews = {case.village_review_id: case.village_review for case in self.cases.values()}
        for round in sorted({r.round for r in reviews.values()}, key=lambda round: round.pk):
            lock_round(round)
        return [reviews[pk] for pk in sorted(self.by_review)]

    def enter(self, review: VillageReview) -> VillageTally:
        """Do the village's acts; when the law refuses some rows, do them again without those."""
        while True:
            rows = [r for r in self.by_review[review.pk] if r.row not in self.faults.bad_rows]
            bad_before = len(self.faults.bad_rows)
            with transaction.atomic():
                tally = self._do(review, rows)
                if len(self.faults.bad_rows) == bad_before:
                    return tally
                transaction.set_rollback(True)

    def _do(self, review: VillageReview, rows: Sequence[SurveyRow]) -> VillageTally:
        waiting = [row for row in rows if not self._is_here(row)]
        screened = [row for row in waiting if row.screen and not self._is_screened(row)]
        surveyed = [row for row in waiting if row.screen != "FAIL"]
        sheets = [self._screening(row) for row in screened]
        if screened and not self._try(review, screened, screen_cases, sheets):
            return VillageTally("", "")
        forms = [self._form(row) for row in surveyed]
        if surveyed and not self._try(review, surveyed, survey_cases, forms):
            return VillageTally("", "")
        return VillageTally(
            commune=review.round.commune_name,
            village=review.village_name,
            rows=len(rows),
            passed=sum(row.screen == "PASS" for row in screened),
            failed=sum(row.screen == "FAIL" for row in screened),
            surveyed=len(surveyed),
        )

    def _try(
        self,
        review: VillageReview,
        rows: Sequence[SurveyRow],
        act: Callable[..., object],
        sheets: Sequence[ScreeningSheet] | Sequence[SurveyForm],
    ) -> bool:
        """Do one act of the village; what is refused is told of its rows."""
        codes = sorted(row.household_code for row in rows)
        try:
            act(
                round=review.round,
                village_review=review,
                sheets=sheets,
                by=self.errand.by,
                at=self.errand.at,
                key=derived_key(self.errand.key, act.__name__, str(review.pk), *codes),
            )
        except Refused as refused:
            by_code = {row.household_code: row for row in rows}
            for against in refused.refusals:
                row = by_code.get(against.case_code)
                self._tell([row] if row else rows, against)
            return False
        return True

    def _tell(self, rows: Sequence[SurveyRow], against: Refusal) -> None:
        key = _COLUMNS.get(against.code, "ma_ho")
        first = min(rows, key=lambda row: row.row)
        values: dict[str, Cell] = {
            "ma_ho": first.household_code,
            "ngay_ra_soat": first.surveyed_on,
            "phieu_a": {"PASS": "đạt", "FAIL": "không đạt"}.get(first.screen, ""),
        }
        numbers = [row.row for row in rows]
        self.faults.refused(self.sheet.place, numbers, key, values[key], against)

    def _is_here(self, row: SurveyRow) -> bool:
        """Test if this very form was entered before: the same file twice changes nothing."""
        case = self.cases[row.household_code]
        if row.screen == "FAIL":
            return case.screen_passed is False
        form = [row.surveyed_on, row.reviewer_name, row.income_score]
        return [*form, deprivations_to_text(row.deprived)] in self.forms_here[case.pk]

    def _is_screened(self, row: SurveyRow) -> bool:
        return self.cases[row.household_code].screen_passed is (row.screen == "PASS")

    def _screening(self, row: SurveyRow) -> ScreeningSheet:
        case = self.cases[row.household_code]
        return ScreeningSheet(case, row.surveyed_on, row.reviewer_name, row.screen == "PASS")

    def _form(self, row: SurveyRow) -> SurveyForm:
        return SurveyForm(
            case=self.cases[row.household_code],
            surveyed_on=row.surveyed_on,
            reviewer_name=row.reviewer_name,
            income_score=row.income_score or 0,
            deprived=row.deprived,
        )

    def _error(
        self, row: SurveyRow, key: str, value: str | int, code: str, **facts: object
    ) -> None:
        self.faults.bad_rows.add(row.row)
        self.faults.error(self.sheet.place, row.row, key, value, code, **facts)


def _is_measurable(row: SurveyRow, case: Case) -> bool:
    """Test if the standard of the case's round can classify the form."""
    if row.income_score is None:
        return True
    round = case.village_review.round
    try:
        classify(standard_of_code(round.standard), round.area, row.income_score, row.deprived)
    except MeasureError:
        return False
    return True
