"""
A province of a million cases on PostgreSQL, and what its lists, counts and searches cost there.

Seeded by statements over whole sets, not by acts: the steps are not what is measured here. What is
read are the very queries of the pages and of the auditor's search, run again with EXPLAIN ANALYZE.
"""

import json
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test.utils import CaptureQueriesContext

from bench.places import EMPTY, Place
from cases.duties import Duty, Role
from cases.models import Area, Case, Level, RoleAssignment, Round, StateCount, Unit, User
from cases.models import VillageReview as Review
from cases.names import fold, given_name_key
from cases.permissions import rounds_within_duty, sync_grants
from cases.rules.packs import PACKS, SHIPPED
from cases.rules.packs.model import Review as Kind
from workflow.auditing.search import Asked, find_acts, find_cases
from workflow.pages import rounds as pages
from workflow.pages.auditing import ROWS_A_PAGE
from workflow.pages.progress import counts_by_village, visible_reviews

AIM = 50  # milliseconds in the database, for a million cases
YEAR = 2024
DAY = date(2024, 10, 1)
COMMUNES, VILLAGES = 100, 10
RUNS = 5
SEEDED = "million"
# Twenty names for each part: 8,000 heads, each name borne by 125 households of a million.
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Y H' Điểu Nông"
MIDDLE = "Văn Thị Hữu Đức Minh Thanh Ngọc Quốc Xuân Kim Đình Bá Công Thế Hồng Mỹ Thu Gia Anh Duy"
GIVEN = "Lan Hùng Thu Minh Hoa Bình Quyên Sơn Quẩy Dũng Hải Nam Tâm Phúc Liên Đông Yến Ánh Ân Ích"
RARE = "Ksơr Ma Phu"
# In what states a year's work stands in the middle of it, in hundredths.
STATES = {"certified": 60, "surveyed": 15, "listed": 10, "posted": 10, "refused": 5}

Reading = Callable[[], Any]


def measure_province(place: Place, cases: int, *, judge: bool) -> None:
    """Seed the province and print the milliseconds of each reading."""
    place.copy(EMPTY, SEEDED)
    started = perf_counter()
    user = _seed(cases)
    connection.ensure_connection()
    place.settle()
    print(
        f"{Case.objects.count():,} cases of {COMMUNES} communes, "
        f"prepared in {perf_counter() - started:.1f} s",
        flush=True,
    )
    print(f"{f'in the database, ms, median of {RUNS}':<44}{'all':>9}{'longest':>9}{'queries':>9}")
    for title, read in _readings(user).items():
        slowest, whole, queries = _spent(read)
        line = f"{title:<44}{whole:>9.2f}{slowest[0]:>9.2f}{queries:>9}"
        if not judge:
            print(line)
            continue
        verdict = "reached" if whole < AIM else "NOT reached"
        print(f"{line}   aim under {AIM} ms: {verdict}", flush=True)
        if whole >= AIM:
            print(f"    {slowest[1]}\n    {slowest[2]}")


def _readings(user: User) -> dict[str, Reading]:
    last = Case.objects.order_by(*("-year", "-province", "-commune", "-village", "-pk"))
    middle = last[Case.objects.count() // 20]
    far = "-".join(
        str(value)
        for value in (YEAR, middle.province_id, middle.commune_id, middle.village_id, middle.pk)
    )
    round = Round.objects.order_by("pk")[COMMUNES // 2]
    commune = round.commune
    review = round.village_reviews.order_by("pk")[0]

    def cases(after: str = "", **asked: Any) -> Reading:
        return lambda: find_cases(user, Asked(**asked), after, ROWS_A_PAGE)

    return {
        "cases, first page": cases(),
        "cases of the year, first page": cases(year=YEAR),
        "cases of the year, a page far on": cases(far, year=YEAR),
        "cases of one commune": cases(year=YEAR, unit=commune),
        "by code, whole": cases(code=middle.code),
        "by code, its beginning": cases(code=middle.code[:-2]),
        "by name, common": cases(name="Nguyễn Văn Hùng"),
        "by name, rare": cases(name=RARE),
        "by name, nobody's": cases(name="Không Có Ai"),
        "by name of the year": cases(name=RARE, year=YEAR),
        "by state": cases(state="posted"),
        "by state of the year": cases(state="posted", year=YEAR),
        "by state of the year, one with nobody": cases(state="contested", year=YEAR),
        "by result of the year": cases(household_class="NEAR_POOR", year=YEAR),
        "acts, first page": lambda: find_acts(user, Asked(), "", ROWS_A_PAGE),
        "rounds with their counts": lambda: _rounds(user),
        "board of a commune": lambda: counts_by_village(visible_reviews(user, round)),
        "list of a village, by name": lambda: _village(review),
    }


def _rounds(user: User) -> Any:
    """Read a page of rounds as `workflow.pages.rounds.rounds` does."""
    reach = rounds_within_duty(user, Duty.VIEW).select_related("commune").order_by("-pk")
    page, _after = pages._page(reach, "pk__lt", HttpRequest(), pages.ROUNDS_A_PAGE)
    return pages._round_rows(page, user)


def _village(review: Review) -> Any:
    form = pages.CaseFilter(review, QueryDict("name=hung"))
    cases, total = pages._filtered(review, form)
    return pages._page(cases, "pk__gt", HttpRequest(), pages.CASES_A_PAGE), total


def _spent(read: Reading) -> tuple[tuple[float, str, str], float, int]:
    """Return the longest query with its scans, the sum of all, and how many there are."""
    with CaptureQueriesContext(connection) as asked:
        read()
    queries = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    told = [(*_explained(query), query[:200]) for query in queries]
    slowest = max(told, default=(0.0, "", ""))
    return slowest, sum(milliseconds for milliseconds, _plan, _query in told), len(queries)


def _explained(query: str) -> tuple[float, str]:
    runs = []
    with connection.cursor() as cursor:
        for _run in range(RUNS):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}")
            found = cursor.fetchone()[0]
            (plan,) = json.loads(found) if isinstance(found, str) else found
            runs.append(plan["Planning Time"] + plan["Execution Time"])
    return median(runs), "; ".join(_scans(plan["Plan"]))


def _scans(node: dict[str, Any]) -> list[str]:
    here = []
    if "Relation Name" in node:
        here = [f"{node['Node Type']} {node['Relation Name']} {node.get('Index Name', '')}".strip()]
    return here + [scan for below in node.get("Plans", []) for scan in _scans(below)]


def _seed(cases: int) -> User:
    """Fill the tables; return somebody who may view and audit the province."""
    province, villages = _units()
    _rounds_of(province)
    with connection.cursor() as cursor:
        # Neither steps nor keys are looked at in this database, which is thrown away.
        cursor.execute("SET session_replication_role = replica")
        for statement, values in (_households(villages, cases), _cases(), _counts()):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")
    user = User.objects.create(username="department", full_name="Sở")
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=role, unit=province, valid_from=date(2021, 1, 1), paper="1")
        for role in (Role.DEPARTMENT, Role.AUDITOR)
    )
    sync_grants(DAY, [user])
    user.rights_day = DAY
    return user


def _units() -> tuple[Unit, list[int]]:
    from bench.ground import _unit

    nation = _unit("VN", Level.NATION, None, "VN/")
    province = _unit("67", Level.PROVINCE, nation, "VN/67/")
    villages = []
    for number in range(COMMUNES):
        code = str(24646 + number)
        commune = _unit(code, Level.COMMUNE, province, f"VN/67/{code}/", Area.RURAL)
        for village in range(1, VILLAGES + 1):
            own = f"{code}.{village:03d}"
            villages.append(_unit(own, Level.VILLAGE, commune, f"VN/67/{code}/{own}/").pk)
    return province, villages


def _rounds_of(province: Unit) -> None:
    pack = next(p for p in SHIPPED if p.review is Kind.PERIODIC and p.code in PACKS)
    communes = Unit.objects.filter(level=Level.COMMUNE).prefetch_related("versions").order_by("pk")
    rounds = Round.objects.bulk_create(
        Round(
            year=YEAR,
            commune=commune,
            keeper=commune,
            commune_version=commune.versions.all()[0],
            commune_name=commune.code,
            area=Area.RURAL,
            province=province,
            superior=province,
            pack=pack.code,
            pack_hash=bytes(32),
            standard="bench",
            opened_at=f"{DAY}T09:00+07:00",
            plan_paper="1",
            committee_paper="2",
        )
        for commune in communes
    )
    of_commune = {round.commune.code: round for round in rounds}
    Review.objects.bulk_create(
        Review(
            round=of_commune[unit.code.split(".")[0]],
            village=unit,
            keeper=unit,
            village_name=unit.code,
        )
        for unit in Unit.objects.filter(level=Level.VILLAGE).order_by("pk")
    )


def _households(villages: list[int], cases: int) -> tuple[str, list[Any]]:
    family, middle, given = FAMILY.split(), MIDDLE.split(), GIVEN.split()
    names = [f"{a} {b} {c}" for a in family for b in middle for c in given]
    return (
        "INSERT INTO cases_household (code, village_id, head_name, head_name_key,"
        " given_name_key, persons, ethnicity, departure_reported) "
        "SELECT split_part(u.code, '.', 1) || '-' || lpad(n::text, 7, '0'), u.id, named.name,"
        " named.key, named.given, 1 + n %% 7, '', false FROM generate_series(0, %s - 1) n"
        " JOIN cases_unit u ON u.id = (%s::bigint[])[1 + n * %s::bigint / %s]"
        " CROSS JOIN LATERAL (SELECT CASE WHEN n %% 250000 = 77 THEN 0"
        "   ELSE 1 + (n::bigint * 7919) %% %s END AS i) chosen"
        " JOIN unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY named(name, key, given, o)"
        " ON named.o = chosen.i + 1 ORDER BY n",
        [
            cases,
            villages,
            len(villages),
            cases,
            len(names),
            [RARE, *names],
            [fold(name) for name in (RARE, *names)],
            [given_name_key(name) for name in (RARE, *names)],
        ],
    )


def _cases() -> tuple[str, list[Any]]:
    """Return what copies households into cases; a column without a value of its own is left empty."""
    states = [state for state, hundredths in STATES.items() for _n in range(hundredths)]
    of_class = "CASE WHEN h.id %% 3 = 0 THEN 'NEAR_POOR' ELSE 'POOR' END"
    chosen = "(%s::text[])[1 + (h.id * 37) %% 100]"
    values = {
        "round_id": "v.round_id",
        "village_review_id": "v.id",
        "household_id": "h.id",
        "code": "h.code",
        "review": "'PERIODIC'",
        "year": str(YEAR),
        "province_id": "r.province_id",
        "commune_id": "r.commune_id",
        "village_id": "h.village_id",
        "state": chosen,
        "prev_state": "'new'",
        "version": "3",
        "basis": "'LAST_YEAR'",
        "persons": "h.persons",
        "relapse": "false",
        "attempt": "1",
        "income_score": "h.id %% 200",
        "result_class": of_class,
        "decided_class": of_class,
        "refusal_reason": "'1'",
    }
    for field in Case._meta.local_fields:
        if not (field.primary_key or field.null or field.column in values):
            values[str(field.column)] = "''"
    return (
        f"INSERT INTO cases_case ({', '.join(values)}) SELECT {', '.join(values.values())}"
        " FROM cases_household h JOIN cases_villagereview v ON v.village_id = h.village_id"
        " JOIN cases_round r ON r.id = v.round_id ORDER BY h.id",
        [states],
    )


def _counts() -> tuple[str, list[Any]]:
    return (
        f"INSERT INTO {StateCount._meta.db_table} (village_review_id, state, household_class, n)"
        " SELECT village_review_id, state, result_class, count(*) FROM cases_case GROUP BY 1, 2, 3",
        [],
    )
