"""
Reading the cases: households that went the same way share one dossier.

The events of a case come as one text made by the database, so that most cases cost a comparison of
texts; what tells households of a village apart (scores, votes) is judged row by row.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import (
    Aggregate,
    CharField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast

from cases.models import Case, Event, OpinionItem, PostedEntry, Standing, Survey, Tally
from workflow.invariants.record import (
    ActRow,
    Apart,
    Certificate,
    Dossier,
    Face,
    Record,
    Sheet,
    Shown,
    Step,
    Vote,
)

CASE_COLUMNS = (
    "pk",
    "code",
    "round_id",
    "household_id",
    "basis_paper",
    "refusal_reason",
    "deprivations",
    "certificate_row__act_id",
    "certificate_row__year",
    "certificate_row__household_class",
    "certificate_row__deprivations",
    "certificate_row__household_id",
    # From here on as in Face, but for what is only asked whether it is there.
    "village_review_id",
    "state",
    "prev_state",
    "version",
    "last_act_id",
    "basis",
    "opening_class",
    "screen_passed",
    "attempt",
    "result_class",
    "agreed_class",
    "posted_class",
    "opinion",
    "decided_class",
    "departure",
    "standing_before",
    "standing_after",
)
SHEET_COLUMNS = (
    "case_id",
    "attempt",
    "kind",
    "act_id",
    "proposed_class",
    "day",  # as text: compared with what the act's facts say, and with the window
    "area",
    "standard",
    "income_score",
    "deprivation_score",
    "deprivations",
)
VOTE_COLUMNS = (
    "case_id",
    "meeting_id",
    "household_class",
    "agree",
    "disagree",
    "no_opinion",
    "attendance",
)
SHOWN_COLUMNS = ("case_id", "posting_id", "household_class")
NOTHING_APART = Apart()
LAST_ACT = 4  # its place among the columns of Face


class Lines(Aggregate):
    """One text of a group's rows: columns joined by ":", rows by ";"."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ';')"
    arg_joiner = " || ':' || "
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


Rows = list[tuple[Any, ...]]
Grouped = dict[int, tuple[Any, ...]]


def read_dossiers(records: dict[int, Record]) -> None:
    """Read every case of the rounds with its rows, and bring those with equal records together."""
    ids = list(records)
    rows = list(_cases(ids))
    home = {row[0]: records[row[2]] for row in rows}
    sheets = _sheets(home, ids)
    votes = _votes(home, ids, records)
    shown = _shown(home, ids)
    apart = _apart(home, ids, records)
    events = _events(ids)
    epochs = {pk: _epochs(record) for pk, record in records.items()}
    alike: dict[Any, Dossier] = {}
    for row in rows:
        pk, code, round_id = row[:3]
        home[pk].codes[pk] = code
        certificate = row[7] and (row[7], row[8], row[9], row[10] == row[6], row[11] == row[3])
        lines, aside = events.get(pk, ""), apart.get(pk)
        mine = (sheets.get(pk, ()), votes.get(pk, ()), shown.get(pk, ()))
        # Who has rows apart is alone.
        key = (row[4] != "", row[5] != "", certificate, row[12:], lines, mine, aside and pk)
        way = _way(key, epochs[round_id])
        dossier = alike.get(way)
        if dossier is None:
            dossier = alike[way] = build(key, home[pk].acts, aside or NOTHING_APART)
            home[pk].dossiers.append(dossier)
        dossier.members.append((code, key))


def alone(dossier: Dossier, record: Record) -> Iterator[Dossier]:
    """Yield the dossier of each household by itself."""
    for code, key in dossier.members:
        own = build(key, record.acts, dossier.apart)
        own.members.append((code, key))
        yield own


def _epochs(record: Record) -> dict[int, str]:
    """Return for each survey how many other acts of the round were done before it, and where."""
    epochs, others = {}, 0
    for act in record.acts.values():
        if act.code == "survey":
            epochs[act.pk] = f"{others}/{act.village_review_id}"
        else:
            others += 1
    return epochs


def _way(key: Any, epochs: dict[int, str]) -> Any:
    """
    Return what is equal for households that went the same way.

    Households are surveyed one by one: of a survey it only matters between which other acts it was.
    Who was surveyed more than once keeps the numbers of its acts.
    """
    has_paper, has_reason, certificate, own, lines, (sheets, votes, shown), aside = key
    if len(sheets) != 1 or (epoch := epochs.get(sheets[0][2])) is None:
        return key
    (attempt, kind, act_id, cls) = sheets[0]
    if own[LAST_ACT] == act_id:
        own = (*own[:LAST_ACT], epoch, *own[LAST_ACT + 1 :])
    lines = lines.replace(f":{act_id}:", f":{epoch}:", 1)
    sheet = (attempt, kind, epoch, cls)
    return has_paper, has_reason, certificate, own, lines, (sheet, votes, shown), aside


def build(key: Any, acts: dict[int, ActRow], apart: Apart) -> Dossier:
    """Return the dossier that these rows make."""
    has_paper, has_reason, certificate, own, lines, (sheets, votes, shown), _pk = key
    row = Certificate(*certificate) if certificate else None
    face = Face._make((*own[:6], has_paper, *own[6:15], has_reason, *own[15:], row))
    return Dossier(
        face,
        _steps(lines, acts),
        tuple(sorted(Sheet(*s) for s in sheets)),
        tuple(sorted(Vote(*v) for v in votes)),
        tuple(sorted(Shown(*s) for s in shown)),
        apart,
        [],
    )


def _steps(lines: str, acts: dict[int, ActRow]) -> list[Step]:
    steps = []
    for line in lines.split(";") if lines else ():
        sequence, act_id, source, target = line.split(":")
        steps.append(Step(int(sequence), int(act_id), source, target, acts.get(int(act_id))))
    steps.sort(key=lambda step: step.sequence)
    return steps


def _cases(ids: list[int]) -> QuerySet[Case, Any]:
    def standing(year: Any) -> Subquery:
        of_year = Standing.objects.filter(household=OuterRef("household"), year=year)
        return Subquery(of_year.values("household_class")[:1])

    return (
        Case.objects.filter(round__in=ids)
        .order_by()
        .annotate(
            standing_before=standing(OuterRef("year") - 1),
            standing_after=standing(OuterRef("year")),
        )
        .values_list(*CASE_COLUMNS)
    )


def _events(ids: list[int]) -> dict[int, str]:
    groups = Event.objects.filter(case__round__in=ids).order_by().values("case_id")
    return dict(
        groups.annotate(lines=Lines("sequence", "act_id", "from_state", "to_state")).values_list(
            "case_id", "lines"
        )
    )


def _sheets(home: dict[int, Record], ids: list[int]) -> Grouped:
    rows = (
        Survey.objects.filter(case__round__in=ids)
        .order_by()
        .annotate(day=Cast("surveyed_on", CharField()))
        .values_list(*SHEET_COLUMNS)
    )
    grouped: Grouped = {}
    for row in rows.iterator(chunk_size=10_000):
        case = row[0]
        home[case].sheet_rows.append(row)
        grouped[case] = (*grouped.get(case, ()), row[1:5])
    return grouped


def _votes(home: dict[int, Record], ids: list[int], records: dict[int, Record]) -> Grouped:
    rows = Tally.objects.filter(case__round__in=ids).order_by().values_list(*VOTE_COLUMNS)
    grouped: Grouped = {}
    for row in rows.iterator(chunk_size=10_000):
        case, meeting, cls, agree = row[:4]
        record = home[case]
        record.vote_rows.append(row)
        part, whole = record.figures.agreeing_of_attending
        vote = (meeting, cls, agree * whole >= row[6] * part)
        grouped[case] = (*grouped.get(case, ()), vote)
    return grouped


def _shown(home: dict[int, Record], ids: list[int]) -> Grouped:
    rows = PostedEntry.objects.filter(case__round__in=ids).order_by().values_list(*SHOWN_COLUMNS)
    grouped: Grouped = {}
    for row in rows.iterator(chunk_size=10_000):
        case = row[0]
        home[case].shown_rows.append(row)
        grouped[case] = (*grouped.get(case, ()), row[1:])
    return grouped


def _apart(home: dict[int, Record], ids: list[int], records: dict[int, Record]) -> dict[int, Apart]:
    apart: dict[int, Apart] = {}

    def of(case_id: int) -> Apart:
        return apart.setdefault(case_id, Apart())

    for record in records.values():
        for screening in record.screenings:
            of(screening.case_id).screenings.append(screening)
        for complaint in record.complaints:
            of(complaint.case_id).complaints.append(complaint)
        for letter in record.letters:
            of(letter.case_id).letter = letter
    items = OpinionItem.objects.filter(case__round__in=ids).order_by("pk")
    for case_id, act_id, verdict, reason in items.values_list(
        "case_id", "opinion__act_id", "verdict", "reason"
    ):
        of(case_id).verdicts.append((act_id, verdict, reason))
        home[case_id].verdicts.append((act_id, case_id))
    return apart
