"""
One form of one unit: rows, total and what the cross-checks found.

"Not decided yet" is a state of a row and never a zero: such a row has no lines.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import Level, Round, UnitVersion, VillageReview
from cases.reports.checks import Finding, check_sum, check_unit
from cases.reports.counts import Deprivations, Figures, Grouping, deprivations, movements, settled
from cases.reports.forms import FORMS, Form, Tally, lines_of
from cases.reports.movements import Flow, Outcome, pending, tally
from cases.reports.places import Place, review_day, unopened_communes

NAMED_UNOPENED = 10


class RowState(StrEnum):
    """How far the figures of a row can be trusted."""

    DECIDED = "DECIDED"
    PARTLY = "PARTLY"  # some communes of the row have no decision; their figures are missing
    PRELIMINARY = "PRELIMINARY"  # proposed results stand in where there is no decision
    UNDECIDED = "UNDECIDED"  # no figures


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in a form; without figures while it is undecided."""

    code: str
    name: str
    rounds: int
    decided: int
    state: RowState
    lines: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A form of one unit and year."""

    form: Form
    place: Place
    figures: Figures
    by: Grouping
    rows: tuple[Row, ...]
    total: Row
    findings: tuple[Finding, ...]
    unopened: int
    unopened_names: tuple[str, ...]

    @property
    def is_final(self) -> bool:
        return self.total.state is RowState.DECIDED


@dataclass(slots=True)
class _Heading:
    """A row before it is counted."""

    name: str
    rounds: int = 0
    decided: int = 0


def grouping_of(level: Level) -> Grouping:
    """Return what the rows of a unit's report stand for: one step below it, districts apart."""
    if level == Level.COMMUNE:
        return Grouping.VILLAGE
    return Grouping.PROVINCE if level == Level.NATION else Grouping.COMMUNE


def report(
    number: int,
    place: Place,
    rounds: QuerySet[Round],
    *,
    figures: Figures = Figures.DECIDED,
    by: Grouping | None = None,
) -> Report:
    """
    Return form 2, 3 or 4 of a unit from these rounds of it.

    :raises KeyError: if there is no such form
    """
    form = FORMS[number]
    by = by or grouping_of(place.level)
    counted = rounds if figures is Figures.PROPOSED else settled(rounds)
    final = set(settled(rounds).order_by().values_list("pk", flat=True))
    headings = _headings(rounds, place, by, final)
    tallies = _tallies(counted, by, figures)
    whole = _tallies(counted, None, figures).get("", Tally())
    rows = tuple(
        _row(form, code, heading, tallies.get(code, Tally()), figures)
        for code, heading in sorted(headings.items())
    )
    overall = _overall(rounds, place, by, headings, final)
    unopened = [] if place.level == Level.COMMUNE else unopened_communes(place)
    names = [version.name for version in unopened]
    return Report(
        form=form,
        place=place,
        figures=figures,
        by=by,
        rows=rows,
        total=_row(form, place.code, overall, whole, figures),
        findings=tuple(_findings(number, place, rows, tallies, whole)),
        unopened=len(names),
        unopened_names=tuple(names[:NAMED_UNOPENED]),
    )


def _tallies(rounds: QuerySet[Round], by: Grouping | None, figures: Figures) -> dict[str, Tally]:
    flows = movements(rounds, by, figures)
    lack = deprivations(rounds, by, figures)
    return {code: _tally(ways, lack.get(code, Deprivations())) for code, ways in flows.items()}


def _tally(flows: list[Flow], lack: Deprivations) -> Tally:
    return Tally(
        poor=tally(flows, Outcome.POOR),
        near_poor=tally(flows, Outcome.NEAR_POOR),
        deprivations=lack,
        pending=pending(flows),
    )


def _headings(
    rounds: QuerySet[Round], place: Place, by: Grouping, final: Collection[int]
) -> dict[str, _Heading]:
    headings: dict[str, _Heading] = {}
    for code, name, round_id in _named(rounds, place, by):
        heading = headings.setdefault(code, _Heading(name))
        heading.rounds += 1
        heading.decided += round_id in final
    return headings


def _named(rounds: QuerySet[Round], place: Place, by: Grouping) -> list[tuple[str, str, int]]:
    """Return (unit code, unit name, round) for each round, or each village of each round."""
    if by is Grouping.VILLAGE:
        reviews = VillageReview.objects.filter(round__in=rounds).order_by("village__code")
        fields = ("village__code", "village_name", "round__commune_name", "round")
        alone = place.level == Level.COMMUNE
        return [
            (code, village if alone else f"{village}, {commune}", round_id)
            for code, village, commune, round_id in reviews.values_list(*fields)
        ]
    if by is Grouping.COMMUNE:
        return list(rounds.values_list("commune__code", "commune_name", "pk"))
    names = dict(
        UnitVersion.objects.in_force(review_day(place.year))
        .filter(unit__level=Level.PROVINCE)
        .values_list("unit__code", "name")
    )
    pairs = rounds.values_list("province__code", "pk")
    return [(code, names.get(code, code), round_id) for code, round_id in pairs]


def _overall(
    rounds: QuerySet[Round],
    place: Place,
    by: Grouping,
    headings: Mapping[str, _Heading],
    final: Collection[int],
) -> _Heading:
    if by is Grouping.VILLAGE:  # headings count a round once for each of its villages
        return _Heading(place.name, rounds.count(), len(final))
    return _Heading(
        place.name,
        sum(heading.rounds for heading in headings.values()),
        sum(heading.decided for heading in headings.values()),
    )


def _row(form: Form, code: str, heading: _Heading, counted: Tally, figures: Figures) -> Row:
    state = _state(heading, figures)
    lines = () if state is RowState.UNDECIDED else lines_of(form, counted)
    return Row(code, heading.name, heading.rounds, heading.decided, state, lines)


def _state(heading: _Heading, figures: Figures) -> RowState:
    if heading.rounds and heading.decided == heading.rounds:
        return RowState.DECIDED
    if figures is Figures.PROPOSED and heading.rounds:
        return RowState.PRELIMINARY
    return RowState.PARTLY if heading.decided else RowState.UNDECIDED


def _findings(
    number: int,
    place: Place,
    rows: tuple[Row, ...],
    tallies: Mapping[str, Tally],
    whole: Tally,
) -> list[Finding]:
    found = list(check_sum(place.code, tallies, whole))
    for row in rows:
        if row.state is not RowState.UNDECIDED:
            found += check_unit(row.code, row.name, tallies.get(row.code, Tally()))
    strangers = tallies.keys() - {row.code for row in rows}
    found += [
        Finding("ROW_WITHOUT_UNIT", (2, 3, 4), code, _("Có hồ sơ ở đơn vị không thuộc báo cáo."))
        for code in sorted(strangers)
    ]
    return [finding for finding in found if number in finding.forms]
