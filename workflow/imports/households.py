"""Taking a household list (danh sách hộ): a trial first, then the same for good."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from cases.models import User
from cases.permissions import read_scope
from cases.sheets.households import HouseholdSheet, read_households
from workflow.imports.checks import Check
from workflow.imports.entering import Entry, Tally
from workflow.imports.faults import Faults
from workflow.imports.files import NotWhole, ReadFile, Source, one_piece, open_errand
from workflow.imports.known import Known, look_up
from workflow.imports.plans import Plan, TakenFile


class HouseholdPlan(Plan[Tally, HouseholdSheet]):
    """What a household list would bring, commune by commune, and what of it may not be taken."""

    @property
    def total(self) -> Tally:
        return total_of(self.tallies)


class Taken(TakenFile[HouseholdPlan]):
    """What was taken of a household list."""


def plan_households(
    source: Source, *, name: str, by: User, at: datetime, year: int
) -> HouseholdPlan:
    """
    Return what taking the workbook would bring; everything is tried and rolled back.

    :raises UnreadableWorkbook: when it cannot be read at all
    :raises Overtaken: when somebody wrote the same households meanwhile
    """
    return plan_list(read_list(source, name=name, by=by, at=at, year=year))


def take(
    plan: HouseholdPlan, *, by: User, at: datetime, key: str, good_rows_only: bool = False
) -> Taken:
    """
    Take the list, all or nothing; what was planned is asked again, the database may have moved on.

    :raises NotWhole: when it has errors and the good rows were not asked for on purpose
    :raises Overtaken: when somebody wrote the same households meanwhile
    """
    errand = replace(plan.file.errand, by=by, at=at, key=key)
    return take_list(ReadFile(errand, plan.file.sheet), good_rows_only=good_rows_only)


def read_list(
    source: Source, *, name: str, by: User, at: datetime, year: int
) -> ReadFile[HouseholdSheet]:
    """
    Read the rows of the workbook, to plan or to take them.

    :raises UnreadableWorkbook: when it cannot be read at all
    """
    errand, workbook = open_errand(source, name=name, by=by, at=at, year=year)
    return ReadFile(errand, read_households(workbook))


def plan_list(file: ReadFile[HouseholdSheet]) -> HouseholdPlan:
    """
    Return what taking the rows would bring; everything is tried and rolled back.

    :raises Overtaken: when somebody wrote the same households meanwhile
    """
    with one_piece(trial=True):
        return _enter(file, good_rows_only=True)


def take_list(file: ReadFile[HouseholdSheet], *, good_rows_only: bool = False) -> Taken:
    """
    Take the rows as they are read, all or nothing.

    :raises NotWhole: when there are errors and the good rows were not asked for on purpose
    :raises Overtaken: when somebody wrote the same households meanwhile
    """
    with one_piece():
        done = _enter(file, good_rows_only=good_rows_only)
        if not done.is_whole and not good_rows_only:
            raise NotWhole(done)
    return Taken(done)


def total_of(tallies: Sequence[Tally]) -> Tally:
    total = Tally("", "")
    for tally in tallies:
        for name in vars(total).keys() - {"code", "name"}:
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    return total


def _enter(file: ReadFile[HouseholdSheet], *, good_rows_only: bool) -> HouseholdPlan:
    """Check the rows and write the good ones, in the transaction of the caller."""
    errand, sheet = file.errand, file.sheet
    read_scope(errand.by, errand.day)
    faults = Faults(sheet)
    known = look_up(sheet.rows, errand)
    check = Check(sheet, known, faults, errand)
    check.run()
    writes = good_rows_only or not faults.error_count
    tallies = _write(check, known, faults) if writes else []
    return HouseholdPlan(
        name=errand.name,
        year=errand.year,
        key=errand.key,
        errors=faults.errors,
        warnings=faults.warnings,
        error_count=faults.error_count,
        warning_count=faults.warning_count,
        ignored_columns=sheet.ignored_columns,
        row_count=len(sheet.rows),
        good_count=len(check.good_rows()),
        tallies=tallies,
        file=file,
    )


def _write(check: Check, known: Known, faults: Faults) -> list[Tally]:
    """Write the good rows; when the law refuses some of them, write again without those."""
    while True:
        bad_before = len(faults.bad_rows)
        with transaction.atomic():
            entry = Entry(check.good_rows(), check.sheet.place, known, faults, check.errand)
            tallies = entry.write()
            if len(faults.bad_rows) == bad_before:
                return tallies
            transaction.set_rollback(True)
