"""Forms 2, 3 and 4 made of the record alone, cell by cell beside those made of the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cases.models import Level, Round, Unit
from cases.reports.counts import Figures, Grouping
from cases.reports.forms import FORMS, Tally, lines_of
from cases.reports.movements import Outcome, pending, tally
from cases.reports.places import NoSuchPlace, Place, find_place
from cases.reports.report import Report, RowState, grouping_of, report
from workflow.ledger.replay import Difference, RetoldRound, Ways, is_periodic, ways_of


@dataclass
class Counted:
    """What the forms need of one periodic round; kept when its cases are let go."""

    keeper: str
    settled: bool
    erased: int
    of: dict[Figures, dict[str, Ways]] = field(default_factory=dict)


def counted(rounds: Mapping[str, RetoldRound]) -> dict[str, Counted]:
    """Return what the forms need of the periodic rounds of a commune, by key."""
    return {
        key: Counted(
            round_.keeper,
            round_.settled,
            round_.erased,
            {figures: ways_of(round_, figures) for figures in Figures},
        )
        for key, round_ in rounds.items()
        if is_periodic(key)
    }


@dataclass
class Compared:
    """How many forms were made anew, how many could not be, and the cells that differ."""

    forms: int = 0
    not_told: list[str] = field(default_factory=list)  # a unit and year with an erased household
    found: list[Difference] = field(default_factory=list)


def compare_forms(unit: Unit, told: Mapping[str, Counted]) -> Compared:
    """Make every form of the unit and of each commune in it anew, for every year that it has."""
    compared = Compared()
    for place, rounds in _places(unit, told):
        keys = {round_.pk: round_.key for round_ in rounds}
        if any(told[key].erased for key in keys.values() if key in told):
            compared.not_told.append(f"{place.code} {place.year}")
            continue
        for figures in Figures:
            for number in FORMS:
                compared.forms += 1
                made = report(number, place, place.rounds(), figures=figures)
                compared.found += _compare(made, rounds, told)
    return compared


def _places(unit: Unit, told: Mapping[str, Counted]) -> Iterator[tuple[Place, list[Round]]]:
    rounds = [
        round_
        for round_ in Round.objects.select_related("commune", "keeper", "province")
        if round_.key in told
    ]
    for year in sorted({round_.year for round_ in rounds}):
        codes = [unit.code, *sorted({r.commune.code for r in rounds if r.year == year})]
        for code in dict.fromkeys(codes):
            try:
                place = find_place(code, year)
            except NoSuchPlace:
                continue
            own = list(place.rounds().select_related("commune", "keeper", "province"))
            if own:
                yield place, own


def _compare(
    made: Report, rounds: list[Round], told: Mapping[str, Counted]
) -> Iterator[Difference]:
    grouping = grouping_of(Level(made.place.level))
    by_unit: dict[str, Ways] = {}
    whole = Ways()
    for round_ in rounds:
        mine = told.get(round_.key)
        if mine is None or (made.figures is Figures.DECIDED and not mine.settled):
            continue
        for village, ways in mine.of[made.figures].items():
            unit = _unit_of(round_, mine, village, grouping)
            by_unit[unit] = by_unit.get(unit, Ways()) + ways
            whole += ways
    settled = sum(1 for round_ in rounds if round_.key in told and told[round_.key].settled)
    name = f"form {made.form.number} {made.place.code} {made.place.year} {made.figures.value}"
    if settled != made.total.decided:
        yield Difference("report_settled", name, str(settled), str(made.total.decided))
    for row, ways in (
        *((row, by_unit.get(row.code, Ways())) for row in made.rows),
        (made.total, whole),
    ):
        # A row without figures says "not decided yet".
        record = () if row.state is RowState.UNDECIDED else lines_of(made.form, _tally(ways))
        if record != row.lines:
            yield Difference("report", f"{name} {row.code}", str(record), str(row.lines))


def _unit_of(round_: Round, mine: Counted, village: str, grouping: Grouping) -> str:
    if grouping is Grouping.VILLAGE:
        return village
    # In which province a commune lies is told by the units, not by the record.
    return mine.keeper if grouping is Grouping.COMMUNE else round_.province.code


def _tally(ways: Ways) -> Tally:
    flows = ways.as_flows()
    return Tally(
        poor=tally(flows, Outcome.POOR),
        near_poor=tally(flows, Outcome.NEAR_POOR),
        deprivations=ways.lack,
        pending=pending(flows),
    )
