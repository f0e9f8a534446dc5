"""Reading what was recorded: a constant number of queries for some rounds at once."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet

from cases.models import (
    Act,
    ActChain,
    CalendarDay,
    CalendarEdition,
    Case,
    Complaint,
    Decision,
    Event,
    Meeting,
    Member,
    Opinion,
    Posting,
    RefusalLetter,
    Report,
    RoleAssignment,
    Round,
    RunningTerm,
    Screening,
    Standing,
    StateCount,
    Unit,
    VillageReview,
)
from cases.reports.counts import Figures, Grouping, movements
from workflow.following import charts_disagree
from workflow.invariants.dossiers import read_dossiers
from workflow.invariants.law import POOR_CLASSES, DaysOff
from workflow.invariants.record import ActRow, Record

ACT_COLUMNS = (
    "round_id",
    "pk",
    "sequence",
    "code",
    "village_review_id",
    "actor_id",
    "actor_name",
    "duty",
    "duty_unit_id",
    "article",
    "pack",
    "at",
    "legal_day",
    "facts",
    "count",
)


def calendars() -> dict[str, DaysOff]:
    """Return every edition of the calendar by its version."""
    days: dict[str, dict[str, set[Any]]] = {
        version: {"OFF": set(), "WORKED": set()}
        for version in CalendarEdition.objects.values_list("version", flat=True)
    }
    for version, day, kind in CalendarDay.objects.order_by().values_list(
        "edition__version", "day", "kind"
    ):
        days[version][kind].add(day)
    return {v: DaysOff(frozenset(k["OFF"]), frozenset(k["WORKED"])) for v, k in days.items()}


def read(rounds: list[Round], editions: dict[str, DaysOff]) -> list[Record]:
    """Return the records of these rounds; some thirty queries, whatever their number and size."""
    records = {round_.pk: Record(round_, {}, editions) for round_ in rounds}
    ids = list(records)
    _read_acts(records, ids)
    _read_villages(records, ids)
    _read_papers(records, ids)
    read_dossiers(records)
    for year, of_year in _by_year(records).items():
        _read_lists(year, of_year)
        _read_sums(of_year)
    return list(records.values())


def _read_acts(records: dict[int, Record], ids: list[int]) -> None:
    rows = Act.objects.filter(round__in=ids).order_by("round", "sequence")
    for round_id, *row in rows.values_list(*ACT_COLUMNS).iterator(chunk_size=5000):
        act = ActRow(*row)
        records[round_id].acts[act.pk] = act
    events = Event.objects.filter(act__round__in=ids).order_by().values("act__round", "act")
    for row in events.annotate(n=Count("pk")):
        records[row["act__round"]].moved[row["act"]] = row["n"]
    communes = {record.round.commune_id: record for record in records.values()}
    lengths = dict(ActChain.objects.filter(pk__in=communes).values_list("pk", "length"))
    numbered = Act.objects.filter(commune__in=communes).order_by().values("commune")
    for row in numbered.annotate(n=Count("pk"), top=Max("sequence")):
        commune = row["commune"]
        for record in records.values():
            if record.round.commune_id == commune:
                record.chain = (row["n"], row["top"], lengths.get(commune, 0))


def _read_villages(records: dict[int, Record], ids: list[int]) -> None:
    reviews = VillageReview.objects.filter(round__in=ids).order_by()
    for round_id, pk, village_id, code in reviews.values_list(
        "round_id", "pk", "village_id", "village__code"
    ):
        records[round_id].villages[pk] = village_id
        records[round_id].village_codes[village_id] = code
    for round_id, review_id, state, cls, n in StateCount.objects.filter(
        village_review__round__in=ids
    ).values_list("village_review__round_id", "village_review_id", "state", "household_class", "n"):
        records[round_id].counts[review_id, state, cls] = n
    _read_roles(records, reviews)
    for chart in charts_disagree([record.round for record in records.values()]):
        records[chart.round_id].charts.append(str(chart))


def _read_roles(records: dict[int, Record], reviews: QuerySet[VillageReview]) -> None:
    above = {
        unit
        for record in records.values()
        for unit in (record.round.commune_id, record.round.district_id, record.round.province_id)
        if unit
    }
    units = [*above, *(village for r in records.values() for village in r.villages.values())]
    roles: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for user, unit, *held in RoleAssignment.objects.filter(unit__in=units).values_list(
        "user_id", "unit_id", "role", "valid_from", "valid_until"
    ):
        roles[user, unit].append(tuple(held))
    levels = dict(Unit.objects.filter(pk__in=above).values_list("pk", "level"))
    for record in records.values():
        record.roles, record.unit_levels = roles, levels


def _read_papers(records: dict[int, Record], ids: list[int]) -> None:
    for meeting in _with_round(Meeting.objects.all(), "village_review__round_id", ids):
        records[meeting.in_round].meetings[meeting.pk] = meeting
    for posting in _with_round(Posting.objects.all(), "village_review__round_id", ids):
        records[posting.in_round].postings[posting.pk] = posting
    for rows, name, path in (
        (Screening.objects.all(), "screenings", "case__round_id"),
        (Complaint.objects.order_by("pk"), "complaints", "case__round_id"),
        (RefusalLetter.objects.all(), "letters", "case__round_id"),
        (Report.objects.order_by("pk"), "reports", "round_id"),
        (Opinion.objects.order_by("pk"), "opinions", "round_id"),
        (Decision.objects.all(), "decisions", "round_id"),
        (RunningTerm.objects.order_by("pk"), "terms", "round_id"),
    ):
        for row in _with_round(rows, path, ids):
            getattr(records[row.in_round], name).append(row)


def _with_round(rows: QuerySet[Any], path: str, ids: list[int]) -> QuerySet[Any]:
    return rows.filter(**{f"{path.removesuffix('_id')}__in": ids}).annotate(in_round=F(path))


def _by_year(records: dict[int, Record]) -> dict[int, dict[int, Record]]:
    years: dict[int, dict[int, Record]] = defaultdict(dict)
    for pk, record in records.items():
        years[record.round.year][pk] = record
    return years


def _read_lists(year: int, records: dict[int, Record]) -> None:
    """Read what the lists of a year must hold and what they may not hold (INV-02, INV-04)."""
    # In one year a village is reviewed in one round.
    of_village = {v: record for record in records.values() for v in record.villages.values()}
    standings = Standing.objects.filter(
        year=year - 1, household_class__in=POOR_CLASSES, household__village__in=of_village
    ).order_by()
    for village, cls, n in (
        standings.values("household__village", "household_class")
        .annotate(n=Count("pk"))
        .values_list("household__village", "household_class", "n")
    ):
        of_village[village].opening[village, cls] = n
    its_case = Case.objects.filter(household=OuterRef("household"), round__in=records)
    for village, code in standings.filter(~Exists(its_case)).values_list(
        "household__village", "household__code"
    ):
        of_village[village].unlisted.append(code)
    cases = Case.objects.filter(round__in=records).order_by("pk")
    again = Case.objects.filter(household=OuterRef("household"), year=year).exclude(
        round=OuterRef("round")
    )
    for round_id, code in cases.filter(Exists(again)).values_list("round_id", "code"):
        records[round_id].elsewhere.append(code)
    present = Member.objects.filter(valid_until__isnull=True).exclude(personal_number="")
    twin = present.filter(
        personal_number=OuterRef("personal_number"), household__cases__year=year
    ).exclude(household=OuterRef("household"))
    shared = present.filter(Exists(twin), household=OuterRef("household"))
    for round_id, code in cases.filter(Exists(shared)).values_list("round_id", "code"):
        records[round_id].shared_persons.append(code)


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
