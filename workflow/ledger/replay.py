"""
Telling the tables again from the record alone: states, counts and the statutory reports.

What the record leads to is built from acts and events only, and held against what the tables say;
every difference is named. Equal means: whoever has the record needs no table to know the result.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cases.ledger.entries import SNAPSHOT
from cases.ledger.sql import snapshot
from cases.models import (
    Basis,
    Case,
    CertificateRow,
    MonthlyReport,
    Round,
    StateCount,
    VillageReview,
)
from cases.models.rounds import key_parts
from cases.reports.counts import Deprivations, Figures
from cases.reports.movements import Flow, Origin, Outcome
from cases.rules.packs import PACKS
from cases.rules.standards import DEPRIVATION_COUNT
from workflow.ledger.replay_reading import ToldAct, ToldEvent

DECIDED_BY = frozenset({"sign_decision", "revoke_decision", "amend_decision", "correct_decision"})
COUNTED_IN_A_MONTH = ("recognised", "certified", "escaped")
NOT_QUALIFIED = ("unqualified", "refused", "withdrawn")
ON_A_LIST = ("POOR", "NEAR_POOR")


class Difference(NamedTuple):
    """Something the tables say otherwise than the record: what, of which, the record, the tables."""

    kind: str
    subject: str
    record: str
    table: str


@dataclass
class Retold:
    """A case as its events lead to it; `said` None: what it said was erased."""

    village: str
    state: str = "new"
    source: str = "new"
    version: int = 0
    act: int = 0
    said: dict[str, str] | None = None

    @property
    def household_class(self) -> str:
        return (self.said or {}).get("result_class", "")


@dataclass
class RetoldRound:
    """A round as its acts lead to it."""

    keeper: str
    cases: dict[str, Retold] = field(default_factory=dict)
    keepers: dict[str, str] = field(default_factory=dict)  # village of a list -> who keeps it
    decided: bool = False
    # Act -> year's figures; act and case -> class and deprivations.
    monthly: dict[int, dict[str, int]] = field(default_factory=dict)
    certificates: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)

    @property
    def erased(self) -> int:
        return sum(case.said is None for case in self.cases.values())

    def keeper_of(self, village: str) -> str:
        return self.keepers.get(village, village)

    @property
    def settled(self) -> bool:
        """Test if its figures are final: decided, or with nobody left to decide on."""
        final = {state for pack in PACKS.values() for state in pack.final_states}
        waits = any(case.state not in final for case in self.cases.values())
        return self.decided or (bool(self.cases) and not waits)


@dataclass
class Retelling:
    """A commune's rounds as its record leads to them, and where the record contradicts itself."""

    commune: str
    rounds: dict[str, RetoldRound] = field(default_factory=dict)
    acts: int = 0
    events: int = 0
    broken: list[Difference] = field(default_factory=list)


def retell(commune: str, acts: Iterable[ToldAct]) -> Retelling:
    """Return what the acts of a commune lead to."""
    told = Retelling(commune)
    for act in acts:
        told.acts += 1
        told.events += len(act.events)
        round_ = told.rounds.setdefault(act.round, RetoldRound(commune))
        where = f"{commune}/{act.sequence}"
        if act.sequence != told.acts and not told.broken:
            told.broken.append(Difference("act_missing", where, str(told.acts), str(act.sequence)))
        if act.count != len(act.events):
            told.broken.append(
                Difference("events_of_act", where, str(act.count), str(len(act.events)))
            )
        for event in act.events:
            told.broken += _step(round_, act, event, where)
        _after(round_, act)
    return told


def _step(round_: RetoldRound, act: ToldAct, event: ToldEvent, where: str) -> Iterator[Difference]:
    case = round_.cases.setdefault(event.case, Retold(event.village))
    subject = f"{act.round}/{event.case} ({where})"
    if event.source != case.state:
        yield Difference("event_does_not_follow", subject, case.state, event.source)
    if event.sequence != case.version + 1:
        yield Difference("event_missing", subject, str(case.version + 1), str(event.sequence))
    if act.village and act.village != case.village:
        yield Difference("village_of_case", subject, act.village, case.village)
    case.state, case.source = event.target, event.source
    case.version, case.act = event.sequence, act.sequence
    case.said = None
    if event.snapshot is not None:
        case.said = dict(zip(SNAPSHOT, event.snapshot.split("|"), strict=True))
    if act.code == "issue_certificates":
        said = case.said or {}
        row = said.get("decided_class", ""), said.get("deprivations", "")
        round_.certificates[act.sequence, event.case] = row


def _after(round_: RetoldRound, act: ToldAct) -> None:
    round_.decided |= act.code in DECIDED_BY
    if act.code == "hand_over":
        round_.keeper = str(act.facts.get("keeper", ""))
    elif act.code == "hand_over_village":
        round_.keepers[act.village] = str(act.facts.get("keeper", ""))
    elif act.code == "sign_monthly_report":
        round_.monthly[act.sequence] = _month(round_.cases.values())


def _month(cases: Iterable[Retold]) -> dict[str, int]:
    figures = Counter[str]()
    for case in cases:
        said = case.said or {}
        figures["refused"] += case.state == "refused"
        if case.state in COUNTED_IN_A_MONTH and said.get("decided_class"):
            figures[f"entered_{said['decided_class'].lower()}"] += 1
            figures[f"left_{said['opening_class'].lower()}"] += 1
    names = ("entered_poor", "entered_near_poor", "left_poor", "left_near_poor", "refused")
    return {name: figures[name] for name in names}


# --- Against the tables -------------------------------------------------------------------------


def differences(told: Retelling, commune_id: int) -> Iterator[Difference]:
    """Yield what the tables of a commune's rounds say otherwise than its record."""
    yield from told.broken
    rounds = Round.objects.filter(commune=commune_id).select_related("commune", "keeper")
    known = {round_.key: round_ for round_ in rounds.order_by("pk")}
    for key in told.rounds.keys() - known.keys():
        yield Difference("round", key, "+", "")
    for key, round_ in known.items():
        retold = told.rounds.get(key)
        if retold is None:
            yield Difference("round", key, "", "+")
            continue
        if retold.keeper != round_.keeper.code:
            yield Difference("keeper", key, retold.keeper, round_.keeper.code)
        yield from _villages(retold, round_)
        yield from _cases(retold, round_)
        yield from _counts(retold, round_)
        yield from _certificates(retold, round_)
        yield from _monthly(retold, round_)


def _villages(retold: RetoldRound, round_: Round) -> Iterator[Difference]:
    rows = VillageReview.objects.filter(round=round_).order_by("pk")
    for village, keeper in rows.values_list("village__code", "keeper__code"):
        if (kept := retold.keeper_of(village)) != keeper:
            yield Difference("keeper", f"{round_.key}/{village}", kept, keeper)


def _cases(retold: RetoldRound, round_: Round) -> Iterator[Difference]:
    rows = (
        Case.objects.filter(round=round_)
        .annotate(says=snapshot())
        .order_by("pk")
        .values_list("code", "state", "prev_state", "version", "last_act__sequence", "says")
    )
    seen = set()
    for code, *said, says in rows.iterator(chunk_size=5000):
        seen.add(code)
        subject = f"{round_.key}/{code}"
        case = retold.cases.get(code)
        if case is None:
            if said[0] != "new":
                yield Difference("case", subject, "", str(said[0]))
            continue
        led_to = (case.state, case.source, case.version, case.act)
        for name, record, table in zip(
            ("state", "prev_state", "version", "last_act"), led_to, said, strict=True
        ):
            if record != table:
                yield Difference(name, subject, str(record), str(table))
        if case.said is not None:
            for name, table in zip(SNAPSHOT, says.split("|"), strict=True):
                if case.said[name] != table:
                    yield Difference(name, subject, case.said[name], table)
    for code in sorted(retold.cases.keys() - seen):
        yield Difference("case", f"{round_.key}/{code}", retold.cases[code].state, "")


def _counts(retold: RetoldRound, round_: Round) -> Iterator[Difference]:
    if retold.erased:
        return
    counted = Counter(
        (case.village, case.state, case.household_class) for case in retold.cases.values()
    )
    rows = StateCount.objects.filter(village_review__round=round_)
    told = {
        (village, state, cls): n
        for village, state, cls, n in rows.values_list(
            "village_review__village__code", "state", "household_class", "n"
        )
        if state != "new"  # a case that no act touched yet is not in the record
    }
    for key in sorted(counted.keys() | told.keys()):
        if counted[key] != told.get(key, 0):
            subject = f"{round_.key}/{'/'.join(key)}"
            yield Difference("state_count", subject, str(counted[key]), str(told.get(key, 0)))


def _certificates(retold: RetoldRound, round_: Round) -> Iterator[Difference]:
    if retold.erased:
        return
    rows = CertificateRow.objects.filter(act__round=round_).order_by("pk")
    told = {
        (act, code): (cls, flags)
        for act, code, cls, flags in rows.values_list(
            "act__sequence", "case__code", "household_class", "deprivations"
        )
    }
    for key in sorted(told.keys() | retold.certificates.keys()):
        record, table = retold.certificates.get(key), told.get(key)
        if record != table:
            subject = f"{round_.key}/{key[1]} ({key[0]})"
            yield Difference("certificate", subject, _row(record), _row(table))


def _row(row: tuple[str, str] | None) -> str:
    return " ".join(row) if row else ""


def _monthly(retold: RetoldRound, round_: Round) -> Iterator[Difference]:
    reports = {
        report.act.sequence: report
        for report in MonthlyReport.objects.filter(round=round_).select_related("act")
    }
    for number in sorted(reports.keys() | retold.monthly.keys()):
        report, figures = reports.get(number), retold.monthly.get(number)
        if report is None or figures is None:
            subject = f"{round_.key} ({number})"
            yield Difference("monthly_report", subject, str(figures or ""), str(report or ""))
            continue
        for name, record in figures.items():
            if record != (table := getattr(report, name)) and not retold.erased:
                yield Difference("monthly_report", f"{round_.key}/{name}", str(record), str(table))


# --- What the reports count ---------------------------------------------------------------------


@dataclass
class Ways:
    """How the households of one unit of a round went, and what the poor of them lack."""

    flows: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    persons: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    lack: Deprivations = Deprivations()

    def add(self, case: Retold, figures: Figures) -> None:
        said = case.said or {}
        way = _origin(said), _outcome(case, said, figures), said.get("relapse") == "1"
        self.flows[way] += 1
        self.persons[way] += int(said.get("persons") or 0)
        if way[1] == Outcome.POOR:
            flags = said.get("deprivations", "").ljust(DEPRIVATION_COUNT, "0")
            self.lack += Deprivations(1, tuple(int(flag == "1") for flag in flags))

    def __add__(self, other: "Ways") -> "Ways":
        return Ways(self.flows + other.flows, self.persons + other.persons, self.lack + other.lack)

    def as_flows(self) -> list[Flow]:
        return [Flow(*way, n, self.persons[way]) for way, n in self.flows.items()]


def ways_of(round_: RetoldRound, figures: Figures) -> dict[str, Ways]:
    """Return how the households of each village (its keeper now) of a round went."""
    ways: dict[str, Ways] = {}
    for case in round_.cases.values():
        ways.setdefault(round_.keeper_of(case.village), Ways()).add(case, figures)
    return ways


def is_periodic(key: str) -> bool:
    return "month" in (parts := key_parts(key) or {}) and not parts["month"]


def _origin(said: Mapping[str, str]) -> str:
    if said.get("basis") == Basis.ARRIVAL:
        return Origin.ARRIVAL
    if said.get("basis") == Basis.LAST_YEAR and said.get("opening_class") in ON_A_LIST:
        return said["opening_class"]
    return Origin.NONE


def _outcome(case: Retold, said: Mapping[str, str], figures: Figures) -> str:
    if case.state == "left":
        return Outcome.LEFT
    if case.state in NOT_QUALIFIED:
        return Outcome.NOT_POOR
    proposed = said.get("result_class", "") if figures is Figures.PROPOSED else ""
    return said.get("decided_class") or proposed or Outcome.PENDING
