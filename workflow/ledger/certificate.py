"""
The procedure certificate of a household or a village (chứng nhận quy trình).

Each step the law demanded, who did it with which competence, when, and what the audit says of it;
bound to the record by the links of its acts. Described in docs/certificate.md.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from cases.duties import ROLE_TITLES, Duty, Role
from cases.models import Act, Case, CorrectionProposal, Household, Round, UnitVersion, VillageReview
from cases.rules.packs import PACKS, Pack, Source
from workflow.invariants.dossiers import alone
from workflow.invariants.editions import Editions
from workflow.invariants.reading import read
from workflow.invariants.record import ActRow, Dossier, Record
from workflow.ledger.certificate_binding import Link, Links, head_over
from workflow.ledger.certificate_evidence import evidence
from workflow.ledger.certificate_road import (
    Proposer,
    Proposers,
    Reason,
    Result,
    Row,
    Walk,
    met_of,
)
from workflow.ledger.certificate_shown import Shown
from workflow.ledger.certificate_ways import Judged, Ways, judge_case, judge_round
from workflow.ledger.proofs import Head
from workflow.machine.apply import legal_day


class NoCertificate(Exception):
    """The round is under an edition of the procedure that the system does not know."""


@dataclass(frozen=True)
class Step:
    """One row as it is shown."""

    code: str
    title: str
    article: str
    mark: str
    result: Result
    reasons: tuple[Reason, ...]
    evidence: str
    act_code: str
    sequence: int | None
    day: date | None
    due: date | None
    actor: str
    on_behalf_of: str
    duty: str
    holder: str  # who holds the duty in the text of the law
    role: str
    unit: str
    unit_name: str
    link: Link | None

    @property
    def is_met(self) -> bool:
        return self.result is Result.MET


@dataclass(frozen=True)
class HouseholdLine:
    """One household in a village's certificate: how many steps are met, and only the gaps."""

    code: str
    state: str
    met: int
    of: int
    gaps: tuple[Step, ...]


@dataclass(frozen=True)
class Certificate:
    """
    Of a household (`case`) or of a village.

    `head` covers all acts that it names; `head_act` is the act that it is the head after.
    """

    round: Round
    review: VillageReview
    case: Case | None
    made_at: datetime
    steps: tuple[Step, ...]
    head_act: Act | None
    head: Head | None
    households: tuple[HouseholdLine, ...] = ()
    strangers: tuple[Reason, ...] = field(default=())  # of households that have no case here

    @property
    def met(self) -> int:
        return sum(step.is_met for step in self.steps)

    @property
    def of(self) -> int:
        return sum(step.result is not Result.NOT_YET for step in self.steps)

    @property
    def wanting(self) -> list[Step]:
        return [step for step in self.steps if step.result in (Result.GAP, Result.LATE)]

    @property
    def households_met(self) -> int:
        return sum(line.met == line.of for line in self.households)

    @property
    def households_wanting(self) -> list[HouseholdLine]:
        return [line for line in self.households if line.met < line.of]

    @property
    def name(self) -> str:
        """Return what its files are called; no person's name is in it."""
        return f"{self.round.key}-{self.case.code if self.case else self.review.village.code}"


def household_certificate(case: Case, *, at: datetime) -> Certificate:
    """
    Return the certificate of one household; some fifty queries, whatever the size of the round.

    :raises NoCertificate: if the round's edition of the procedure is not known
    """
    record = _read(case.round)
    own = next(
        own
        for dossier in record.dossiers
        if any(code == case.code for code, _key in dossier.members)
        for own in alone(dossier, record)
        if own.members[0][0] == case.code
    )
    proposers = _proposers(case.round)
    walk = Walk.of_household(own, record, case.code, _ways(record), legal_day(at), proposers)
    rows = walk.rows([*judge_round(record), *_own(judge_case(own, record), case.code)])
    shown = Shown(record, own, case, proposers)
    links = Links.read([row.act.pk for row in rows if row.act], case.pk)
    steps = _steps(rows, record, links, shown)
    head_act, head = _head(case.round, steps)
    return Certificate(case.round, case.village_review, case, at, tuple(steps), head_act, head)


def village_certificate(review: VillageReview, *, at: datetime) -> Certificate:
    """
    Return the certificate of a village: its lists' steps, and each household's count and gaps.

    :raises NoCertificate: if the round's edition of the procedure is not known
    """
    record = _read(review.round)
    today, found, ways = legal_day(at), judge_round(record), _ways(record)
    proposers = _proposers(review.round)
    lines: list[tuple[str, str, list[Row]]] = []
    for dossier in record.dossiers:
        if dossier.face.village_review_id == review.pk:
            lines += _walks(dossier, record, found, ways, today, proposers)
    rows = Walk.of_village(review.pk, record, ways, today).rows(found)
    shown = Shown(record)
    every = [*rows, *(row for _code, _state, some in lines for row in some if row.reasons)]
    links = Links.read({row.act.pk for row in every if row.act})
    named = _Names(record, every)
    households = [
        HouseholdLine(
            code,
            state,
            *met_of(some),
            tuple(_step(row, record, links, named) for row in some if row.reasons),
        )
        for code, state, some in sorted(lines, key=lambda line: line[0])
    ]
    steps = [_step(row, record, links, named, evidence(shown, row)) for row in rows]
    head_act, head = _head(review.round, [*steps, *(s for h in households for s in h.gaps)])
    return Certificate(
        review.round,
        review,
        None,
        at,
        tuple(steps),
        head_act,
        head,
        tuple(households),
        _strangers(record, review, found),
    )


def _head(round_: Round, steps: Iterable[Step]) -> tuple[Act | None, Head | None]:
    last = max((step.sequence for step in steps if step.sequence), default=0)
    return head_over(round_.commune_id, last) or (None, None)


def _read(round_: Round) -> Record:
    editions = Editions()
    if editions.figures(round_.pack) is None:
        raise NoCertificate(
            _("Đợt theo gói quy trình %(pack)s mà hệ thống không biết.") % {"pack": round_.pack}
        )
    return read([round_], editions)[0]


def _proposers(round_: Round) -> Proposers:
    """Return who proposed the corrections of a round; no event says that."""
    used = CorrectionProposal.objects.filter(case__round=round_, used_by__isnull=False)
    rows = used.values_list("used_by", "case__code", "proposed_by", "proposed_by__full_name")
    return {(act, code): Proposer(user, name) for act, code, user, name in rows}


def _ways(record: Record) -> Ways:
    return Ways(record.editions.pack(record.round.pack) or PACKS[record.round.pack])


def _walks(
    dossier: Dossier,
    record: Record,
    found: Collection[Judged],
    ways: Ways,
    today: date,
    proposers: Proposers,
) -> Iterable[tuple[str, str, list[Row]]]:
    """Yield the rows of each household of a dossier; those that went alike without a flaw share them."""
    state = dossier.face.state
    codes = {code for code, _key in dossier.members}
    flawed = bool(judge_case(dossier, record)) or any(j.found.case_code in codes for j in found)
    if not flawed:
        first = dossier.members[0][0]
        rows = Walk.of_household(dossier, record, first, ways, today, proposers).rows(found)
        yield from ((code, state, rows) for code in codes)
        return
    for own in alone(dossier, record):
        code = own.members[0][0]
        walk = Walk.of_household(own, record, code, ways, today, proposers)
        yield code, state, walk.rows([*found, *_own(judge_case(own, record), code)])


def _strangers(
    record: Record, review: VillageReview, found: Collection[Judged]
) -> tuple[Reason, ...]:
    """Return what was found of households that live in the village and have no case in the round."""
    codes = {each.found.case_code for each in found} - {"", *record.codes.values()}
    here = Household.objects.filter(
        code__in=codes, village__in=(review.village_id, review.keeper_id)
    )
    known = set(here.values_list("code", flat=True))
    return tuple(
        Reason(each.invariant, f"{each.found.case_code}: {each.found.sentence}")
        for each in found
        if each.found.case_code in known
    )


def _own(found: Iterable[Judged], code: str) -> list[Judged]:
    """Return what was found of a household with its code: a question about a case names none."""
    return [each._replace(found=each.found._replace(case_code=code)) for each in found]


class _Names:
    """Names of units on their days, and what somebody was there."""

    def __init__(self, record: Record, rows: Iterable[Row]) -> None:
        self.record = record
        units = {row.act.duty_unit_id for row in rows if row.act}
        self.versions: dict[int, list[UnitVersion]] = {}
        for version in UnitVersion.objects.filter(unit__in=units).select_related("unit"):
            self.versions.setdefault(version.unit_id, []).append(version)

    def unit(self, act: ActRow) -> tuple[str, str]:
        """Return code and name of the unit on which the act's duty was held."""
        versions = self.versions.get(act.duty_unit_id, [])
        for version in versions:
            if version.valid_from <= act.day and (
                version.valid_until is None or act.day < version.valid_until
            ):
                return version.unit.code, version.name
        return (versions[-1].unit.code, versions[-1].name) if versions else ("", "")

    def role(self, act: ActRow) -> str:
        """Return what the actor was on that unit that day, by a paper; empty: nothing that carries it."""
        for held in self.record.roles.get((act.actor_id, act.duty_unit_id), ()):
            if Duty(act.duty) in held.duties and held.on(act.day):
                return _(ROLE_TITLES[Role(held.role)])
        return ""


def _steps(rows: list[Row], record: Record, links: Links, shown: Shown) -> list[Step]:
    named = _Names(record, rows)
    return [_step(row, record, links, named, evidence(shown, row)) for row in rows]


def _step(row: Row, record: Record, links: Links, named: _Names, words: str = "") -> Step:
    act = row.act
    pack = record.pack_of(act) if act else record.editions.pack(record.round.pack)
    source = _source(row, pack)
    unit, unit_name = named.unit(act) if act else ("", "")
    duty = act.duty if act else (pack.by_code[row.code].duty if pack and row.code else "")
    link = links.of_act.get(act.pk) if act else None
    return Step(
        code=row.demand.code,
        title=_(row.demand.title),
        article=_(source.article) if source else "",
        mark=source.mark if source else "",
        result=row.result,
        reasons=tuple(row.reasons),
        evidence=words,
        act_code=row.act_code,
        sequence=act.sequence if act else None,
        day=act.day if act else None,
        due=row.due,
        actor=act.actor_name if act else "",
        on_behalf_of=link.on_behalf_of if link else "",
        duty=duty,
        holder=_holder(pack, duty),
        role=named.role(act) if act else "",
        unit=unit,
        unit_name=unit_name,
        link=link,
    )


def _source(row: Row, pack: Pack | None) -> Source | None:
    """Return the citation of the pack's own row: of a condition or guard, or else of the act."""
    if pack is None or row.act_code not in pack.by_code:
        return Source(row.act.article, "?") if row.act else None
    declared = pack.by_code[row.act_code]
    guards = {guard for move in declared.moves for guard in move.guards}
    if row.demand.rule and row.demand.rule in guards.union(declared.conditions):
        return pack.rule(row.demand.rule).source
    return declared.source


def _holder(pack: Pack | None, duty: str) -> str:
    holders = pack.holders if pack else ()
    return next((_(holder.title) for holder in holders if holder.duty == duty), "")
