"""Reading what was recorded: a constant number of queries for some rounds at once."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, QuerySet

from cases.holdings import Holding, holders_of_units
from cases.models import (
    Act,
    ActChain,
    Complaint,
    ConflictNote,
    Decision,
    Event,
    Meeting,
    MonthlyReport,
    Opinion,
    Posting,
    RefusalLetter,
    Report,
    Round,
    RunningTerm,
    Screening,
    StateCount,
    TermPause,
    TermRecount,
    Unit,
    UnitSuccession,
    UnitVersion,
    VillageReview,
)
from workflow.following import charts_disagree
from workflow.invariants.dossiers import case_rows, read_dossiers
from workflow.invariants.editions import Editions
from workflow.invariants.lists import read_changes, read_lists
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
HAND_OVERS = ("hand_over", "hand_over_village")


def read(rounds: list[Round], editions: Editions) -> list[Record]:
    """Return the records of these rounds; some forty queries, whatever their number and size."""
    records = {round_.pk: Record(round_, {}, editions) for round_ in rounds}
    ids = list(records)
    _read_acts(records, ids)
    _read_villages(records, ids)
    _read_units(records)
    _read_roles(records)
    _read_papers(records, ids)
    rows = list(case_rows(ids))
    read_changes(records, rows)
    read_dossiers(records, rows)
    read_lists(records)
    return list(records.values())


def _read_acts(records: dict[int, Record], ids: list[int]) -> None:
    rows = Act.objects.filter(round__in=ids).order_by("round", "sequence")
    for round_id, *row in rows.values_list(*ACT_COLUMNS).iterator(chunk_size=5000):
        act = ActRow(*row)
        records[round_id].acts[act.pk] = act
    events = Event.objects.filter(act__round__in=ids).order_by().values("act__round", "act")
    for row in events.annotate(n=Count("pk")):
        records[row["act__round"]].moved[row["act"]] = row["n"]
    communes = {record.round.commune_id for record in records.values()}
    lengths = dict(ActChain.objects.filter(pk__in=communes).values_list("pk", "length"))
    numbered = Act.objects.filter(commune__in=communes).order_by().values("commune")
    chains = {
        row["commune"]: (row["n"], row["top"], lengths.get(row["commune"], 0))
        for row in numbered.annotate(n=Count("pk"), top=Max("sequence"))
    }
    for record in records.values():
        record.chain = chains.get(record.round.commune_id, (0, 0, 0))


def _read_villages(records: dict[int, Record], ids: list[int]) -> None:
    reviews = VillageReview.objects.filter(round__in=ids).order_by()
    for round_id, pk, village_id, keeper_id, code in reviews.values_list(
        "round_id", "pk", "village_id", "keeper_id", "keeper__code"
    ):
        record = records[round_id]
        record.villages[pk] = village_id
        record.village_keepers[pk] = keeper_id
        record.village_codes[keeper_id] = code
    for round_id, review_id, state, cls, n in StateCount.objects.filter(
        village_review__round__in=ids
    ).values_list("village_review__round_id", "village_review_id", "state", "household_class", "n"):
        records[round_id].counts[review_id, state, cls] = n
    for chart in charts_disagree([record.round for record in records.values()]):
        records[chart.round_id].charts.append(str(chart))


def _read_units(records: dict[int, Record]) -> None:
    """Read who had a round or a list, where those units lay, and who followed them."""
    named = {
        str(act.facts.get("keeper", ""))
        for record in records.values()
        for code in HAND_OVERS
        for act in record.acts_of[code]
    }
    units = dict(Unit.objects.filter(code__in=named).values_list("code", "pk"))
    for record in records.values():
        record.units = units
    handed = [r for r in records.values() if any(r.acts_of[code] for code in HAND_OVERS)]
    former = {unit for r in handed for unit in _keepers(r)}
    paths: dict[int, list[Any]] = defaultdict(list)
    for unit, *version in UnitVersion.objects.filter(unit__in=former).values_list(
        "unit_id", "path", "valid_from", "valid_until"
    ):
        paths[unit].append(tuple(version))
    above = {code for rows in paths.values() for path, *_ in rows for code in path.split("/")}
    units |= dict(Unit.objects.filter(code__in=above - named).values_list("code", "pk"))
    successors = _successors(former)
    for record in handed:
        record.successors = successors
        record.paths = {u: rows for u, rows in paths.items() if u != record.round.keeper_id}


def _successors(units: set[int]) -> dict[int, list[tuple[int, date]]]:
    """Return what followed each unit and since when, also what followed its successors."""
    found: dict[int, list[tuple[int, date]]] = defaultdict(list)
    near = {(unit, unit, date.min) for unit in units}
    while near:
        after: dict[int, list[tuple[int, date]]] = defaultdict(list)
        for old, new, day in UnitSuccession.objects.filter(
            predecessor__in={unit for _first, unit, _day in near}
        ).values_list("predecessor_id", "successor_id", "on_date"):
            after[old].append((new, day))
        steps = {
            (first, new, max(since, day)) for first, unit, since in near for new, day in after[unit]
        }
        near = {step for step in steps if step[1:] not in found[step[0]]}
        for first, new, day in near:
            found[first].append((new, day))
    return found


def _keepers(record: Record) -> set[int]:
    """Return every unit that had the round or one of its lists at some time."""
    to = {
        record.units.get(str(act.facts.get("keeper", "")))
        for code in HAND_OVERS
        for act in record.acts_of[code]
    }
    now = {record.round.commune_id, record.round.keeper_id}
    villages = {*record.villages.values(), *record.village_keepers.values()}
    return {unit for unit in (*to, *now, *villages) if unit}


def _read_roles(records: dict[int, Record]) -> None:
    units = {
        unit
        for record in records.values()
        for unit in (
            *_keepers(record),
            record.round.district_id,
            record.round.province_id,
            *record.units.values(),
        )
        if unit
    }
    roles: dict[tuple[int, int], list[Holding]] = defaultdict(list)
    names: dict[int, str] = {}
    for user, unit, name, holding in holders_of_units(units):
        roles[user, unit].append(holding)
        names[user] = name
    for record in records.values():
        record.roles, record.names = roles, names


def _read_papers(records: dict[int, Record], ids: list[int]) -> None:
    for meeting in _with_round(Meeting.objects.all(), "village_review__round_id", ids):
        records[meeting.in_round].meetings[meeting.pk] = meeting
    for posting in _with_round(Posting.objects.all(), "village_review__round_id", ids):
        records[posting.in_round].postings[posting.pk] = posting
    for rows, name, path in (
        (Screening.objects.all(), "screenings", "case__round_id"),
        (Complaint.objects.order_by("pk"), "complaints", "case__round_id"),
        (RefusalLetter.objects.order_by("pk"), "letters", "case__round_id"),
        (Report.objects.order_by("pk"), "reports", "round_id"),
        (Opinion.objects.order_by("pk"), "opinions", "round_id"),
        (Decision.objects.order_by("pk"), "decisions", "round_id"),
        (MonthlyReport.objects.order_by("pk"), "monthly_reports", "round_id"),
        (RunningTerm.objects.order_by("pk"), "terms", "round_id"),
    ):
        for row in _with_round(rows, path, ids):
            getattr(records[row.in_round], name).append(row)
    pauses = TermPause.objects.filter(term__round__in=ids).order_by("from_day", "pk")
    for round_id, term, first, until, *by in pauses.values_list(
        "term__round_id", "term_id", "from_day", "until_day", "paused_by_id", "resumed_by_id"
    ):
        records[round_id].pauses.setdefault(term, []).append((first, until, by[0], by[1]))
    recounts = TermRecount.objects.filter(term__round__in=ids).order_by("pk")
    for round_id, term, old, new, was, now in recounts.values_list(
        "term__round_id", "term_id", "old_end", "new_end", "old_calendar", "new_calendar"
    ):
        records[round_id].recounts.setdefault(term, []).append((old, new, was, now))
    notes = ConflictNote.objects.filter(act__round__in=ids)
    for round_id, act in notes.values_list("act__round_id", "act_id"):
        records[round_id].conflict_notes.add(act)


def _with_round(rows: QuerySet[Any], path: str, ids: list[int]) -> QuerySet[Any]:
    return rows.filter(**{f"{path.removesuffix('_id')}__in": ids}).annotate(in_round=F(path))
