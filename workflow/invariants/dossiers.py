"""
Reading the cases: households that went the same way share one dossier.

The events of a case come as one text made by the database, so that most cases cost a comparison of
texts; what tells households of a village apart (scores, votes) is judged row by row.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    CharField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Cast, Coalesce

from cases.models import (
    Act,
    Assessment,
    Case,
    CertificateRow,
    DecisionItem,
    DeclaredInterest,
    Event,
    IncomeRecord,
    OpinionItem,
    PostedEntry,
    ReviewKind,
    Screening,
    Standing,
    Survey,
    Tally,
)
from workflow.invariants.record import (
    ActRow,
    Apart,
    Certificate,
    Dossier,
    Face,
    Interest,
    Record,
    SecondLook,
    Sheet,
    Shown,
    Step,
    Vote,
)

# After these, columns as in Face, and the flags that Face ends with.
CASE_COLUMNS = (
    "pk",
    "code",
    "round_id",
    "household_id",
    "basis_paper",
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
    "commune_id",
    "village_id",
    "standing_before",
    "standing_after",
)
FACE = CASE_COLUMNS.index("village_review_id")
LAST_ACT = CASE_COLUMNS.index("last_act_id") - FACE
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
INCOME_COLUMNS = (
    "case_id",
    "attempt",
    "kind",
    "act_id",
    "result",
    "day",
    "area",
    "persons",
    "year_income",
    "state_transfers",
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
NOBODY_CHANGED: frozenset[int] = frozenset()
# One household after the other is looked at: each act is of one of them.
ONE_BY_ONE = ("survey", "determine_income")


class Lines(Aggregate):
    """One text of a group's rows, by their first column: columns joined by ":", rows by ";"."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ';' ORDER BY %(first)s)"
    arg_joiner = " || ':' || "
    output_field = CharField()

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **context: Any
    ) -> Any:
        first, _params = compiler.compile(self.get_source_expressions()[0])
        return super().as_sql(compiler, connection, first=first, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # It knows no order within a group; it reads them by the index that has the order.
        template = "GROUP_CONCAT(%(expressions)s, ';')"
        return self.as_sql(compiler, connection, template=template, **context)


Rows = list[tuple[Any, ...]]
Grouped = dict[int, tuple[Any, ...]]


def read_dossiers(records: dict[int, Record], rows: Rows) -> None:
    """Read what belongs to the cases in these rows, and bring those with equal records together."""
    ids = list(records)
    home = {row[0]: records[row[2]] for row in rows}
    sheets = _sheets(home, ids)
    _incomes(home, ids, records, sheets)
    votes = _votes(home, ids)
    shown = _shown(home, ids)
    certificates = _certificates(ids, records)
    apart = _apart(home, ids, records)
    events = _events(ids)
    epochs = {pk: _epochs(record) for pk, record in records.items()}
    alike: dict[Any, Dossier] = {}
    for row in rows:
        pk, code, round_id, household = row[:4]
        record = home[pk]
        record.codes[pk] = code
        changed = record.changed
        flags = (
            row[4] != "",
            bool(changed) and household in changed.get("before", NOBODY_CHANGED),
            bool(changed) and household in changed.get("after", NOBODY_CHANGED),
        )
        lines, aside = events.get(pk, ""), apart.get(pk)
        mine = (
            sheets.get(pk, ()),
            votes.get(pk, ()),
            shown.get(pk, ()),
            certificates.get(pk, ()),
        )
        # Who has rows apart is alone.
        key = (row[FACE:], flags, lines, mine, aside and pk)
        way = _way(key, epochs[round_id])
        dossier = alike.get(way)
        if dossier is None:
            dossier = alike[way] = build(key, record.acts, aside or NOTHING_APART)
            record.dossiers.append(dossier)
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
        if act.code in ONE_BY_ONE:
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
    face, flags, lines, (sheets, *others), aside = key
    if len(sheets) != 1 or (epoch := epochs.get(sheets[0][2])) is None:
        return key
    (attempt, kind, act_id, cls) = sheets[0]
    if face[LAST_ACT] == act_id:
        face = (*face[:LAST_ACT], epoch, *face[LAST_ACT + 1 :])
    lines = lines.replace(f":{act_id}:", f":{epoch}:", 1)
    return face, flags, lines, (attempt, kind, epoch, cls), *others, aside


def build(key: Any, acts: dict[int, ActRow], apart: Apart) -> Dossier:
    """Return the dossier that these rows make."""
    face, flags, lines, (sheets, votes, shown, certificates), _pk = key
    return Dossier(
        Face._make((*face, *flags)),
        _steps(lines, acts),
        tuple(sorted(Sheet(*s) for s in sheets)),
        tuple(sorted(Vote(*v) for v in votes)),
        tuple(sorted(Shown(*s) for s in shown)),
        tuple(sorted(Certificate(*c) for c in certificates)),
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


def case_rows(ids: list[int]) -> QuerySet[Case, Any]:
    """Return the cases of these rounds as CASE_COLUMNS."""

    def standing(year: Any) -> Subquery:
        of_year = Standing.objects.filter(household=OuterRef("household"), year=year)
        return Subquery(of_year.values("household_class")[:1])

    last_year = F("year") - 1
    changed = Choice(When(review=ReviewKind.PERIODIC, then=F("year")), default=last_year)
    return (
        Case.objects.filter(round__in=ids)
        .order_by()
        .annotate(changed_year=changed)
        .annotate(
            standing_before=standing(OuterRef("year") - 1),
            standing_after=standing(OuterRef("changed_year")),
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


def _incomes(
    home: dict[int, Record], ids: list[int], records: dict[int, Record], grouped: Grouped
) -> None:
    monthly = [pk for pk in ids if records[pk].figures.agreeing_of_attending is None]
    rows = (
        IncomeRecord.objects.filter(case__round__in=monthly)
        .order_by()
        .annotate(
            day=Cast("determined_on", CharField()),
            kind=Value("INCOME", output_field=CharField()),
        )
        .values_list(*INCOME_COLUMNS)
    )
    for row in rows.iterator(chunk_size=10_000):
        case = row[0]
        home[case].income_rows.append(row)
        grouped[case] = (*grouped.get(case, ()), row[1:5])


def _votes(home: dict[int, Record], ids: list[int]) -> Grouped:
    rows = Tally.objects.filter(case__round__in=ids).order_by().values_list(*VOTE_COLUMNS)
    grouped: Grouped = {}
    shares: dict[int, tuple[int, int]] = {}
    for row in rows.iterator(chunk_size=10_000):
        case, meeting, cls, agree = row[:4]
        home[case].vote_rows.append(row)
        if meeting not in shares:
            shares[meeting] = _share(home[case], meeting)
        part, whole = shares[meeting]
        vote = (meeting, cls, agree * whole >= row[6] * part)
        grouped[case] = (*grouped.get(case, ()), vote)
    return grouped


def _share(record: Record, meeting_id: int) -> tuple[int, int]:
    """Return how many of how many must agree, by the edition under which the meeting was held."""
    meeting = record.meetings.get(meeting_id)
    act = record.acts.get(meeting.act_id) if meeting else None
    figures = record.figures_of(act) if act else record.figures
    return figures.agreeing_of_attending or (1, 1)


def _shown(home: dict[int, Record], ids: list[int]) -> Grouped:
    rows = PostedEntry.objects.filter(case__round__in=ids).order_by().values_list(*SHOWN_COLUMNS)
    grouped: Grouped = {}
    for row in rows.iterator(chunk_size=10_000):
        case = row[0]
        home[case].shown_rows.append(row)
        grouped[case] = (*grouped.get(case, ()), row[1:])
    return grouped


def _certificates(ids: list[int], records: dict[int, Record]) -> Grouped:
    def same(name: str) -> ExpressionWrapper:
        return ExpressionWrapper(Q(**{name: F(f"case__{name}")}), output_field=BooleanField())

    rows = (
        CertificateRow.objects.filter(case__round__in=ids)
        .order_by()
        .annotate(cancelling=Coalesce("cancelled_by_id", 0))
        .annotate(same_flags=same("deprivations"), same_household=same("household"))
        .values_list(
            "case_id",
            "act_id",
            "year",
            "household_class",
            "cancelling",
            "same_flags",
            "same_household",
        )
    )
    grouped: Grouped = {}
    cancelling = set()
    for case, *row in rows.iterator(chunk_size=10_000):
        grouped[case] = (*grouped.get(case, ()), tuple(row))
        if row[3]:
            cancelling.add(row[3])
    foreign = Act.objects.filter(pk__in=cancelling).exclude(round__in=ids)
    found = {
        pk: (code, kind, year)
        for pk, code, kind, year in foreign.values_list("pk", "code", "round__kind", "round__year")
    }
    for record in records.values():
        record.foreign_acts = found | {
            act.pk: (act.code, other.kind, other.round.year)
            for other in records.values()
            if other is not record
            for act in other.acts.values()
            if act.pk in cancelling
        }
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
            of(letter.case_id).letters.append(letter)
    items = OpinionItem.objects.filter(case__round__in=ids).order_by("pk")
    for case_id, act_id, verdict, reason in items.values_list(
        "case_id", "opinion__act_id", "verdict", "reason"
    ):
        of(case_id).verdicts.append((act_id, verdict, reason))
        home[case_id].verdicts.append((act_id, case_id))
    named = DecisionItem.objects.filter(case__round__in=ids).order_by("pk")
    for case_id, act_id, kind, reason in named.values_list(
        "case_id", "decision__act_id", "decision__kind", "reason"
    ):
        of(case_id).named.append((act_id, kind, reason))
    for case_id, act_id, reviewer, before in _second_looks(ids):
        of(case_id).looks.append(SecondLook(act_id, reviewer, before or ""))
    interests = DeclaredInterest.objects.filter(household__cases__round__in=ids)
    for case_id, user, name, since, until in interests.values_list(
        "household__cases__pk", "user_id", "user__full_name", "declared_on", "ended_on"
    ):
        of(case_id).interests.append(Interest(user, name, since, until))
    for case_id, act_id, reviewer in _reviewers(ids, interests.values("household")):
        of(case_id).reviewers[act_id] = reviewer
    _read_assessments(home, ids)
    return apart


def _reviewers(ids: list[int], households: QuerySet[Any]) -> Iterator[tuple[int, int, str]]:
    """Yield whom the forms on some households name."""
    for sheets in (Screening.objects, Survey.objects, IncomeRecord.objects):
        rows = sheets.filter(case__round__in=ids, case__household__in=households)
        yield from rows.values_list("case_id", "act_id", "reviewer_name")


def _second_looks(ids: list[int]) -> Iterator[tuple[int, int, str, str]]:
    """Yield who surveyed or counted again, and who had done so just before."""
    for sheets, again in (
        (Survey.objects, Q(kind__in=[Survey.Kind.REVERIFICATION, Survey.Kind.REEXAMINATION])),
        (IncomeRecord.objects, Q(act__code="redetermine_income")),
    ):
        before = sheets.filter(case=OuterRef("case"), attempt__lt=OuterRef("attempt"))
        last = before.order_by("-attempt").values("reviewer_name")[:1]
        rows = sheets.filter(again, case__round__in=ids).annotate(before=Subquery(last))
        yield from rows.order_by("pk").values_list("case_id", "act_id", "reviewer_name", "before")


def _read_assessments(home: dict[int, Record], ids: list[int]) -> None:
    """Read further results under local standards."""
    rows = Assessment.objects.filter(survey__case__round__in=ids).order_by("pk")
    for row in rows.values_list(
        "survey__act_id",
        "survey__case_id",
        "standard",
        "result",
        "survey__area",
        "survey__income_score",
        "survey__deprivations",
    ).iterator(chunk_size=10_000):
        home[row[1]].assessments.append(row)
