"""Opening a round, taking requests and building its list (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 1, Điều 5)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from cases.ledger.entries import SALT_SIZE
from cases.local_standards import local_standards_in_force
from cases.models import (
    ActChain,
    Basis,
    Case,
    Departure,
    Household,
    HouseholdClass,
    HouseholdSuccession,
    Level,
    Member,
    Round,
    Standing,
    Unit,
    UnitSuccession,
    UnitVersion,
    User,
    VillageReview,
)
from cases.rules.packs import Pack, Review, pack_in_force
from cases.rules.standards import standard_in_force
from cases.sets import insert_rows
from workflow.acts.deed import perform, start_term
from workflow.machine.apply import Deed, Done, answered, legal_day, lock_round
from workflow.machine.refusals import Refused, refusal
from workflow.machine.scope import Scope

CASE_COLUMNS = (
    "round",
    "village_review",
    "household",
    "member",
    "code",
    "review",
    "year",
    "province",
    "district",
    "commune",
    "village",
    "basis",
    "basis_paper",
    "opening_class",
    "relapse",
    "persons",
    # Columns below have no default in the database.
    "state",
    "prev_state",
    "version",
    "attempt",
    "deprivations",
    "result_class",
    "agreed_class",
    "posted_class",
    "opinion",
    "decided_class",
    "refusal_reason",
    "departure",
    "salt",
)
UNTOUCHED = ("new", "new", 0, 0, "", "", "", "", "", "", "", "")


@transaction.atomic
def open_round(
    *,
    commune: Unit,
    year: int,
    by: User,
    at: datetime,
    key: str,
    plan_paper: str = "",
    committee_paper: str = "",
    kind: Review = Review.PERIODIC,
    month: int = 0,
) -> Round:
    """
    Open a review of a commune: pin pack, standards and unit versions, chart its villages.

    `month` is 0 for the periodic review, 1 to 12 for the others.

    :raises Refused: also when the commune has its round of the year or month already
    """
    day = legal_day(at)
    pack = pack_in_force(day, kind)
    version = commune.versions.in_force(day).first()
    if version is None or commune.level != Level.COMMUNE:
        raise Refused("open_round", [refusal(pack, "unit_not_in_force", detail=commune.code)])
    if not version.area:
        raise Refused("open_round", [refusal(pack, "area_unknown", detail=version.name)])
    above = units_above(version)
    facts = {"plan_paper": plan_paper, "committee_paper": committee_paper, "year": year}
    if month:
        facts |= {"kind": kind.value, "month": month}
    period = {"commune": commune, "year": year, "month": month, "kind": kind.value}
    if earlier := Round.objects.filter(**period).first():
        return _opened_before(earlier, by, at, key, facts)
    review = Round(
        **period,
        keeper=commune,
        commune_version=version,
        commune_name=version.name,
        area=version.area,
        province=above[Level.PROVINCE],
        district=above.get(Level.DISTRICT),
        superior=above[Level(pack.superior_level)],
        pack=pack.code,
        pack_hash=pack.fingerprint,
        standard=standard_in_force(day).code,
        local_standards=_local_standards(pack, above[Level.PROVINCE], day),
        opened_at=at,
        plan_paper=plan_paper,
        committee_paper=committee_paper,
    )
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:  # another request at the same moment; its round is there now
        earlier = Round.objects.get(**period)
        return _opened_before(earlier, by, at, key, facts)
    ActChain.objects.get_or_create(commune=commune)
    add_village_reviews(review, at)
    perform("open_round", Scope(review), by=by, at=at, key=key, facts=facts)
    return review


def _local_standards(pack: Pack, province: Unit, day: date) -> list[str]:
    """Return what the round pins besides the national standard: nothing where no score is taken."""
    return local_standards_in_force(province, day) if "survey" in pack.by_code else []


def _opened_before(
    earlier: Round, by: User, at: datetime, key: str, facts: Mapping[str, object]
) -> Round:
    """
    Return the round to whoever opened it under this key.

    :raises Refused: to everybody else
    """
    if not answered(key):
        raise Refused("open_round", [refusal(_pack(earlier), "round_exists")])
    perform("open_round", Scope(earlier), by=by, at=at, key=key, facts=facts)
    return earlier


def add_village_reviews(review: Round, at: datetime) -> None:
    """
    Give the round a list for each village the commune has today and did not have before.

    A village that came to the commune meanwhile stays with the round that reviews it already.
    """
    present = review.village_reviews.values("village")
    elsewhere = VillageReview.objects.filter(
        round__year=review.year, round__month=review.month, round__kind=review.kind
    ).exclude(round=review)
    followed = UnitSuccession.objects.filter(predecessor__in=elsewhere.values("village"))
    villages = (
        UnitVersion.objects.in_force(legal_day(at))
        .filter(parent=review.keeper, unit__level=Level.VILLAGE)
        .exclude(unit__in=present)
        .exclude(Exists(elsewhere.filter(village=OuterRef("unit"))))
        .exclude(Exists(followed.filter(successor=OuterRef("unit"))))
        .order_by("unit__code")
    )
    insert_rows(
        VillageReview,
        ("round", "village", "keeper", "village_name"),
        [(review.pk, version.unit_id, version.unit_id, version.name) for version in villages],
    )


@transaction.atomic
def receive_requests(
    *,
    round: Round,
    forms: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
    livelihood: str = "",
) -> Done:
    """
    Receive Form 01 of households: `forms` maps household codes to the numbers of their forms.

    `livelihood`: what the household lives on, asked for by Article 6.

    :raises Refused: if a household has its case already
    """
    facts = {"livelihood": livelihood} if livelihood else {}
    return _receive("receive_request", Basis.REQUEST, round, forms, by, at, key, facts)


def receive_exit_requests(
    *, round: Round, forms: Mapping[str, str], by: User, at: datetime, key: str
) -> Done:
    """
    Receive Form 04 of households on the managed list that ask to be recognised as escaped.

    :raises Refused: if a household is on no list it could leave
    """
    return _receive("receive_exit_request", Basis.EXIT, round, forms, by, at, key, {})


@transaction.atomic
def receive_worker_request(
    *, round: Round, member: Member, form_number: str, by: User, at: datetime, key: str
) -> Done:
    """
    Receive the request of one worker with a low income (NĐ 30/2025/NĐ-CP): a case of a person.

    :raises Refused: if the person has a case in the round already
    """
    lock_round(round)
    known = Case.objects.filter(round=round, member=member)
    if known and not answered(key):
        raise Refused(
            "receive_worker_request",
            [refusal(_pack(round), "already_on_list", case_code=case.code) for case in known],
        )
    if not known:
        _refuse_open_elsewhere("receive_worker_request", round, Case.objects.filter(member=member))
        row = NewCase(member.household, Basis.REQUEST, form_number, member=member)
        add_cases(round, [row])
    ids = list(known.order_by("pk").values_list("pk", flat=True))
    return perform(
        "receive_worker_request",
        Scope(round, case_ids=ids),
        by=by,
        at=at,
        key=key,
        facts={"form_number": form_number, "forms": {row_code(member): form_number}},
    )


def _receive(
    act: str,
    basis: Basis,
    round: Round,
    forms: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
    facts: Mapping[str, object],
) -> Done:
    with transaction.atomic():
        lock_round(round)
        households = list(Household.objects.filter(code__in=forms).order_by("pk"))
        _refuse_strangers(act, round, forms, households)
        known = Case.objects.filter(round=round, household__in=households, member=None)
        if known and not answered(key):
            raise Refused(
                act, [refusal(_pack(round), "already_on_list", case_code=c.code) for c in known]
            )
        if not known:
            managed = _managed(round, households)
            _refuse_by_list(act, round, basis, households, managed)
            _refuse_open_elsewhere(act, round, _cases_of(households))
            earlier = set(
                Standing.objects.filter(household__in=households).values_list(
                    "household", flat=True
                )
            )
            rows = [
                NewCase(
                    h,
                    basis,
                    forms[h.code],
                    managed.get(h.pk, ""),
                    h.pk in earlier and h.pk not in managed,
                )
                for h in households
            ]
            add_cases(round, rows)
        ids = list(known.order_by("pk").values_list("pk", flat=True))
        told = {"form_number": all(forms.values()), "forms": dict(forms), **facts}
        return perform(act, Scope(round, case_ids=ids), by=by, at=at, key=key, facts=told)


def receive_request(
    *, round: Round, household: Household, form_number: str, by: User, at: datetime, key: str
) -> Done:
    """Receive one Form 01: a set of one."""
    return receive_requests(round=round, forms={household.code: form_number}, by=by, at=at, key=key)


@transaction.atomic
def record_arrival(
    *,
    round: Round,
    household: Household,
    reason: Departure,
    paper: str,
    predecessors: Sequence[Household] = (),
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Put a household on the list that moved in, or that a split or a merge made (tăng khác).

    `predecessors`: the households it was split from or merged of; the link is kept both ways.

    :raises Refused: if it has its case already, or no paper says why it is here
    """
    lock_round(round)
    known = Case.objects.filter(round=round, household=household, member=None)
    if known and not answered(key):
        raise Refused(
            "record_arrival", [refusal(_pack(round), "already_on_list", case_code=household.code)]
        )
    if not known:
        _refuse_open_elsewhere("record_arrival", round, _cases_of([household]))
        # Who moves in brings its own class; only a split or a merge hands one on.
        before = [household, *(() if reason == Departure.MOVED else predecessors)]
        opening = _managed(round, before)
        inherited = next((opening[h.pk] for h in before if h.pk in opening), "")
        add_cases(round, [NewCase(household, Basis.ARRIVAL, paper, inherited)])
    ids = list(known.order_by("pk").values_list("pk", flat=True))

    def write(deed: Deed) -> None:
        # It is on the list for the class it, or the household it comes from, was managed with. An
        # imported list says who arrived; here somebody only says so.
        if deed.cases().filter(opening_class="").exists():
            strange = refusal(deed.pack, "basis_known", case_code=household.code)
            raise Refused("record_arrival", [strange])
        kinds = {Departure.SPLIT.value: "SPLIT", Departure.MERGED.value: "MERGED"}
        if reason.value in kinds:
            HouseholdSuccession.objects.bulk_create(
                [
                    HouseholdSuccession(
                        old=old,
                        new=household,
                        kind=kinds[reason.value],
                        since=deed.act.legal_day,
                        paper=paper,
                    )
                    for old in predecessors
                ],
                ignore_conflicts=True,
            )

    return perform(
        "record_arrival",
        Scope(round, case_ids=ids),
        by=by,
        at=at,
        key=key,
        facts={
            "reason": reason.value,
            "paper": paper,
            "from": sorted(h.code for h in predecessors),
        },
        write=write,
    )


@transaction.atomic
def build_list(*, round: Round, by: User, at: datetime, key: str) -> Done:
    """
    Put on the list last year's poor and near-poor and those who asked by Form 01; nobody else.

    :raises Refused: if nobody is left to list
    """
    lock_round(round)
    if not answered(key):
        add_village_reviews(round, at)
        if round.kind == Review.PERIODIC:
            _add_last_year(round)

    def write(deed: Deed) -> None:
        if deed.declared.starts_term:
            # The fifteen days run from the 15th, whenever the list was closed.
            start, _last = deed.pack.days_of(round.year, round.month)
            running = round.terms.filter(code=deed.declared.starts_term, ended_at__isnull=True)
            if not running.exists():
                start_term(deed, start=start)

    return perform("build_list", Scope(round), by=by, at=at, key=key, write=write)


@dataclass(frozen=True)
class NewCase:
    """A case that is about to be made, in the state "new"."""

    household: Household
    basis: Basis
    paper: str
    opening_class: str = ""
    relapse: bool = False
    member: Member | None = None


def row_code(member: Member) -> str:
    """Return the code of a person's case: the household's, and the person's place in it."""
    return f"{member.household.code}.{member.position:02d}"


def add_cases(round: Round, rows: Sequence[NewCase]) -> None:
    """
    Prepare cases in the state "new".

    :raises Refused: if a household lies in a village that the round does not review
    """
    kept = {review.keeper_id: review for review in round.village_reviews.all()}
    reviews = kept | {review.village_id: review for review in round.village_reviews.all()}
    strangers = [r.household.code for r in rows if r.household.village_id not in reviews]
    if strangers:
        pack = _pack(round)
        raise Refused(
            "build_list", [refusal(pack, "unknown_case", case_code=code) for code in strangers]
        )
    insert_rows(
        Case,
        CASE_COLUMNS,
        [
            (
                round.pk,
                reviews[row.household.village_id].pk,
                row.household.pk,
                row.member.pk if row.member else None,
                row_code(row.member) if row.member else row.household.code,
                round.kind,
                round.year,
                round.province_id,
                round.district_id,
                round.keeper_id,
                reviews[row.household.village_id].keeper_id,
                row.basis.value,
                row.paper,
                row.opening_class,
                row.relapse,
                1 if row.member else row.household.persons,
                *UNTOUCHED,
                secrets.token_hex(SALT_SIZE),
            )
            for row in rows
        ],
    )


def _add_last_year(round: Round) -> None:
    """Add a case for every household recognised last year that has none yet (INV-02)."""
    standings = (
        households_left_out(round)
        .select_related("household")
        .order_by("household__village__code", "household__code")
    )
    add_cases(
        round,
        [NewCase(s.household, Basis.LAST_YEAR, s.source, s.household_class) for s in standings],
    )


def _managed(round: Round, households: Sequence[Household]) -> dict[int, str]:
    """Return the class of those households that are on the managed list, by key."""
    managed = households_of_last_year(round).filter(household__in=list(households))
    return dict(managed.values_list("household", "household_class"))


def _refuse_by_list(
    act: str, round: Round, basis: Basis, households: list[Household], managed: dict[int, str]
) -> None:
    """
    Send home who needs no request, or has no list to leave (INV-03; Điều 5, Điều 6).

    :raises Refused: for a managed household in the periodic review; for a poor one that asks to
        enter; for one on no list that asks to leave
    """
    poor = HouseholdClass.POOR.value
    if basis == Basis.EXIT:
        code, against = "not_managed", [h for h in households if h.pk not in managed]
    elif round.kind == Review.AD_HOC:
        code, against = "managed_already", [h for h in households if managed.get(h.pk) == poor]
    else:
        code, against = "managed_already", [h for h in households if h.pk in managed]
    if against:
        raise Refused(act, [refusal(_pack(round), code, case_code=h.code) for h in against])


def _cases_of(households: Sequence[Household]) -> QuerySet[Case]:
    return Case.objects.filter(household__in=households, member=None)


def _refuse_open_elsewhere(act: str, round: Round, cases: QuerySet[Case]) -> None:
    """
    Keep a household, or a worker, from being under the same kind of review twice at once.

    :raises Refused: if it has an unfinished case in another round of this kind
    """
    ended = {*_pack(round).final_states, "reopened", "reexamined", "recognised"}
    others = cases.filter(review=round.kind).exclude(round=round).exclude(state__in=ended)
    if round.kind == Review.PERIODIC:
        # What an earlier autumn left open stands in nobody's way.
        others = others.filter(year=round.year)
    codes = others.values_list("code", flat=True)
    if against := sorted(set(codes)):
        raise Refused(act, [refusal(_pack(round), "asked_already", case_code=c) for c in against])


def households_of_last_year(round: Round) -> QuerySet[Standing]:
    return Standing.objects.filter(
        year=round.year - 1,
        household_class__in=[HouseholdClass.POOR, HouseholdClass.NEAR_POOR],
    )


def households_left_out(round: Round) -> QuerySet[Standing]:
    """
    Return those of last year's households in the round's villages that are not on its list.

    One that moved here stays on the list of the commune it came from until it left that one.
    """
    elsewhere = Case.objects.filter(
        household=OuterRef("household"), review=round.kind, year=round.year
    )
    return (
        households_of_last_year(round)
        .filter(household__village__in=round.village_reviews.values("village"))
        .exclude(household__in=round.cases.values("household"))
        .exclude(Exists(elsewhere.exclude(round=round).exclude(state__in=("left", "withdrawn"))))
    )


def units_above(version: UnitVersion) -> dict[Level, Unit]:
    """Return the units that a version lies in, itself included, by level."""
    codes = version.path.strip("/").split("/")
    return {Level(unit.level): unit for unit in Unit.objects.filter(code__in=codes)}


def _pack(round: Round) -> Pack:
    return Scope(round).pack


def _refuse_strangers(
    act: str, round: Round, codes: Mapping[str, str], households: list[Household]
) -> None:
    found = {household.code for household in households}
    missing = [code for code in codes if code not in found]
    if missing:
        raise Refused(
            act, [refusal(_pack(round), "unknown_case", case_code=code) for code in missing]
        )
