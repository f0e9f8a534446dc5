"""Reading the lists that a round reviews and makes, and what other rounds made of them meanwhile."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.models import Basis, Case, Event, Member, ReviewKind, Round, Standing
from cases.reports.counts import Figures, Grouping, movements
from workflow.invariants.dossiers import CASE_COLUMNS
from workflow.invariants.law import PERIODIC, POOR_CLASSES
from workflow.invariants.record import Record

AT_ONCE = 10_000  # households in one question
CHANGE_A_LIST = ("sign_decision", "amend_decision", "revoke_decision")


def read_changes(records: dict[int, Record], rows: Iterable[tuple[Any, ...]]) -> None:
    """
    Read of which households another round changed a list since this one looked at it.

    The list of a year is made by its periodic review and changed by the ad hoc ones of the next
    year, and by whatever is decided anew afterwards. Only households whose lists do not say what
    the case says are asked about (rows: dossiers.CASE_COLUMNS): one query for all of them.
    """
    asked: dict[int, set[int]] = defaultdict(set)  # household -> rounds
    place = {name: CASE_COLUMNS.index(name) for name in CASE_COLUMNS}
    for row in rows:
        before = row[place["standing_before"]] or ""
        after = row[place["standing_after"]] or ""
        decided = row[place["decided_class"]]
        # Who is no poorer for being on a list or not is in the same place there.
        told = row[place["opening_class"]], decided if decided in POOR_CLASSES else ""
        if (before, after) != told:
            asked[row[place["household_id"]]].add(row[place["round_id"]])
    _ask(records, asked)


def _ask(records: dict[int, Record], asked: dict[int, set[int]]) -> None:
    spans = {pk: _spans(record) for pk, record in records.items()}
    years = {year for of_round in spans.values() for year, _since in of_round.values()}
    households = list(asked)
    made = Q(case__review=ReviewKind.PERIODIC, case__year__in=years)
    changed = Q(case__review=ReviewKind.AD_HOC, case__year__in={year + 1 for year in years})
    for some in (households[n : n + AT_ONCE] for n in range(0, len(households), AT_ONCE)):
        events = Event.objects.filter(
            made | changed, case__household__in=some, act__code__in=CHANGE_A_LIST
        ).order_by()
        for household, own, kind, year, at in events.values_list(
            "case__household_id", "case__round_id", "case__review", "case__year", "act__at"
        ):
            changes = year if kind == PERIODIC else year - 1
            for pk in asked[household] - {own}:
                for name, (list_of, since) in spans[pk].items():
                    if list_of == changes and at >= since:
                        records[pk].changed.setdefault(name, set()).add(household)


def _spans(record: Record) -> dict[str, tuple[int, datetime]]:
    """Return since when which year's list may have been changed by others."""
    spans = {}
    lists, decided = record.acts_of["build_list"], record.acts_of["sign_decision"]
    begun = lists[-1:] or list(record.acts.values())[:1]
    if record.kind == ReviewKind.AD_HOC:
        if record.acts:
            spans["after"] = (record.standing_year, next(iter(record.acts.values())).at)
    elif begun:
        spans["before"] = (record.round.year - 1, begun[0].at)
        if record.kind == PERIODIC:
            spans["after"] = (record.standing_year, (decided or begun)[0].at)
    return spans


def read_lists(records: dict[int, Record]) -> None:
    """Read what lists must hold and may not hold (INV-02, INV-04), and what reports tell (INV-40)."""
    years: dict[int, dict[int, Record]] = defaultdict(dict)
    for pk, record in records.items():
        years[record.round.year][pk] = record
    for year, of_year in years.items():
        _read_persons(year, of_year)
        _read_twins(year, of_year)
        if periodic := {pk: r for pk, r in of_year.items() if r.kind == PERIODIC}:
            _read_opening(year, periodic)
            _read_sums(periodic)


def _read_opening(year: int, records: dict[int, Record]) -> None:
    listed = (
        Case.objects.filter(
            round__in=records,
            household__standings__year=year - 1,
            household__standings__household_class__in=POOR_CLASSES,
        )
        .exclude(basis=Basis.ARRIVAL)
        .exclude(household__in=_changed_before(records))
        .order_by()
    )
    for round_id, review, cls, n in (
        listed.values("round_id", "village_review_id", "household__standings__household_class")
        .annotate(n=Count("pk"))
        .values_list("round_id", "village_review_id", "household__standings__household_class", "n")
    ):
        record = records[round_id]
        key = (record.village_keepers[review], cls)
        record.opening[key] = record.opening.get(key, 0) + n
    of_village = {
        village: record
        for record in records.values()
        for village in (*record.villages.values(), *record.village_keepers.values())
    }
    its_case = Case.objects.filter(
        household=OuterRef("household"), year=year, review=ReviewKind.PERIODIC
    )
    left_out = (
        Standing.objects.filter(
            year=year - 1, household_class__in=POOR_CLASSES, household__village__in=of_village
        )
        .filter(~Exists(its_case))
        .order_by()
    )
    rows = left_out.values_list(
        "household__village_id", "household_id", "household__code", "household_class"
    )
    left: list[tuple[int, int, str, str]] = list(rows)
    _ask(records, {household: {of_village[village].round.pk} for village, household, *_ in left})
    for village, household, code, cls in left:
        record = of_village[village]
        if household in record.changed.get("before", ()):
            continue
        record.unlisted.append(code)
        kept = {v: record.village_keepers[review] for review, v in record.villages.items()}
        key = (kept.get(village, village), cls)
        record.opening[key] = record.opening.get(key, 0) + 1


def _changed_before(records: dict[int, Record]) -> list[int]:
    return [pk for record in records.values() for pk in record.changed.get("before", ())]


def _read_twins(year: int, records: dict[int, Record]) -> None:
    """Read who is under the same review twice: left there before coming here is once."""
    again = Case.objects.filter(
        Q(member=OuterRef("member")) | Q(member__isnull=True),
        household=OuterRef("household"),
        review=OuterRef("review"),
        round__month=OuterRef("round__month"),
        year=year,
    )
    twins = again.exclude(round=OuterRef("round")).exclude(state__in=["left", "withdrawn"])
    cases = _cases(records).exclude(state__in=["left", "withdrawn"])
    for round_id, code in cases.filter(Exists(twins)).values_list("round_id", "code"):
        records[round_id].elsewhere.append(code)


def _read_persons(year: int, records: dict[int, Record]) -> None:
    present = Member.objects.filter(valid_until__isnull=True).exclude(personal_number="")
    twin = present.filter(
        personal_number=OuterRef("personal_number"), household__cases__year=year
    ).exclude(household=OuterRef("household"))
    shared = present.filter(Exists(twin), household=OuterRef("household"))
    for round_id, code in _cases(records).filter(Exists(shared)).values_list("round_id", "code"):
        records[round_id].shared_persons.append(code)


def _cases(records: dict[int, Record]) -> QuerySet[Case]:
    return Case.objects.filter(round__in=records).order_by("pk")


def _read_sums(records: dict[int, Record]) -> None:
    """Read the figures of a year's reports as they are told (INV-40)."""
    told: dict[tuple[str, str], int] = defaultdict(int)
    rounds = Round.objects.filter(pk__in=records)
    for village, flows in movements(rounds, Grouping.VILLAGE, Figures.DECIDED).items():
        for flow in flows:
            told[village, flow.outcome] += flow.households
    for record in records.values():
        codes = set(record.village_codes.values())
        record.reported = {key: n for key, n in told.items() if key[0] in codes}
