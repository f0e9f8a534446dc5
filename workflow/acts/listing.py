"""Opening a round and building its list (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 1)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cases.models import (
    ActChain,
    Basis,
    Case,
    Household,
    HouseholdClass,
    Level,
    Round,
    Standing,
    Unit,
    UnitVersion,
    User,
    VillageReview,
)
from cases.rules.packs import Pack, pack_in_force
from cases.rules.standards import standard_in_force
from cases.sets import insert_rows
from workflow.acts.deed import perform
from workflow.machine.apply import Done, answered, legal_day, lock_round
from workflow.machine.refusals import Refused, refusal
from workflow.machine.scope import Scope

CASE_COLUMNS = (
    "round",
    "village_review",
    "household",
    "code",
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
)
UNTOUCHED = ("new", "new", 0, 0, "", "", "", "", "", "", "", "")


@transaction.atomic
def open_round(
    *,
    commune: Unit,
    year: int,
    plan_paper: str,
    committee_paper: str,
    by: User,
    at: datetime,
    key: str,
) -> Round:
    """
    Open the periodic review of a commune: pin pack, standard and unit versions, chart its villages.

    :raises Refused: also when the commune has its round of the year already
    """
    day = legal_day(at)
    pack = pack_in_force(day)
    version = commune.versions.in_force(day).first()
    if version is None or commune.level != Level.COMMUNE:
        raise Refused("open_round", [refusal(pack, "unit_not_in_force", detail=commune.code)])
    if not version.area:
        raise Refused("open_round", [refusal(pack, "area_unknown", detail=version.name)])
    above = _above(version)
    facts = {"plan_paper": plan_paper, "committee_paper": committee_paper, "year": year}
    if earlier := Round.objects.filter(commune=commune, year=year).first():
        return _opened_before(earlier, by, at, key, facts)
    review = Round(
        year=year,
        commune=commune,
        commune_version=version,
        commune_name=version.name,
        area=version.area,
        province=above[Level.PROVINCE],
        district=above.get(Level.DISTRICT),
        superior=above[Level(pack.superior_level)],
        pack=pack.code,
        pack_hash=pack.digest(),
        standard=standard_in_force(day).code,
        opened_at=at,
        plan_paper=plan_paper,
        committee_paper=committee_paper,
    )
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:  # another request at the same moment; its round is there now
        earlier = Round.objects.get(commune=commune, year=year)
        return _opened_before(earlier, by, at, key, facts)
    ActChain.objects.get_or_create(commune=commune)
    add_village_reviews(review, at)
    perform("open_round", Scope(review), by=by, at=at, key=key, facts=facts)
    return review


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
    """Give the round a list for each village the commune has today and did not have before."""
    present = review.village_reviews.values("village")
    villages = (
        UnitVersion.objects.in_force(legal_day(at))
        .filter(parent=review.commune, unit__level=Level.VILLAGE)
        .exclude(unit__in=present)
        .order_by("unit__code")
    )
    insert_rows(
        VillageReview,
        ("round", "village", "village_name"),
        [(review.pk, version.unit_id, version.name) for version in villages],
    )


@transaction.atomic
def receive_requests(
    *,
    round: Round,
    forms: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Receive Form 01 of households: `forms` maps household codes to the numbers of their forms.

    :raises Refused: if a household has its case already
    """
    lock_round(round)
    households = list(Household.objects.filter(code__in=forms).order_by("pk"))
    _refuse_strangers("receive_request", round, forms, households)
    known = Case.objects.filter(round=round, household__in=households)
    if known and not answered(key):
        raise Refused(
            "receive_request",
            [refusal(_pack(round), "already_on_list", case_code=case.code) for case in known],
        )
    if not known:
        _refuse_managed(round, households)
        earlier = set(
            Standing.objects.filter(household__in=households).values_list("household", flat=True)
        )
        add_cases(
            round,
            [(h, Basis.REQUEST, forms[h.code], "", h.pk in earlier) for h in households],
        )
    ids = list(known.order_by("pk").values_list("pk", flat=True))
    return perform(
        "receive_request",
        Scope(round, case_ids=ids),
        by=by,
        at=at,
        key=key,
        facts={"form_number": all(forms.values()), "forms": dict(forms)},
    )


def receive_request(
    *, round: Round, household: Household, form_number: str, by: User, at: datetime, key: str
) -> Done:
    """Receive one Form 01: a set of one."""
    return receive_requests(round=round, forms={household.code: form_number}, by=by, at=at, key=key)


@transaction.atomic
def build_list(*, round: Round, by: User, at: datetime, key: str) -> Done:
    """
    Put on the list last year's poor and near-poor and those who asked by Form 01; nobody else.

    :raises Refused: if nobody is left to list
    """
    lock_round(round)
    if not answered(key):
        add_village_reviews(round, at)
        _add_last_year(round)
    return perform("build_list", Scope(round), by=by, at=at, key=key)


def add_cases(round: Round, rows: list[tuple[Household, Basis, str, str, bool]]) -> None:
    """
    Prepare cases in the state "new": household, basis, paper, opening class, relapse.

    :raises Refused: if a household lies in a village that the round does not review
    """
    reviews = {review.village_id: review.pk for review in round.village_reviews.all()}
    strangers = [h.code for h, *_ in rows if h.village_id not in reviews]
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
                reviews[household.village_id],
                household.pk,
                household.code,
                round.year,
                round.province_id,
                round.district_id,
                round.commune_id,
                household.village_id,
                basis.value,
                paper,
                opening_class,
                relapse,
                household.persons,
                *UNTOUCHED,
            )
            for household, basis, paper, opening_class, relapse in rows
        ],
    )


def _add_last_year(round: Round) -> None:
    """Add a case for every household recognised last year that has none yet (INV-02)."""
    standings = (
        households_of_last_year(round)
        .filter(household__village__in=round.village_reviews.values("village"))
        .exclude(household__in=round.cases.values("household"))
        .select_related("household")
        .order_by("household__village__code", "household__code")
    )
    add_cases(
        round,
        [(s.household, Basis.LAST_YEAR, s.source, s.household_class, False) for s in standings],
    )


def _refuse_managed(round: Round, households: list[Household]) -> None:
    """
    Send home who stands on last year's list: they are reviewed without a request (INV-03).

    :raises Refused: for households recognised last year
    """
    managed = households_of_last_year(round).filter(household__in=households)
    codes = managed.order_by("household__code").values_list("household__code", flat=True)
    if against := [refusal(_pack(round), "managed_already", case_code=code) for code in codes]:
        raise Refused("receive_request", against)


def households_of_last_year(round: Round) -> QuerySet[Standing]:
    return Standing.objects.filter(
        year=round.year - 1,
        household_class__in=[HouseholdClass.POOR, HouseholdClass.NEAR_POOR],
    )


def _above(version: UnitVersion) -> dict[Level, Unit]:
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
