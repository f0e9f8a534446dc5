"""
What row-level security costs: every list act, and the first page of a province's cases, both ways.

usage: python -m bench.second_net [--cases 10000] [--runs 3] [--rows 100000]

"open" signs in as the superuser, whom no policy binds; "bound" as the role of the pages, in the scope
of whoever acts. Acts are measured in processor time, of this process and of the server's: what else
the machine does weighs less. PostgreSQL on this machine; docs/decisions/0013-row-security.md has the figures.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from bench.places import EMPTY, PASS, SERVER, Place, place_of, reachable

if TYPE_CHECKING:
    from bench.ground import Ground

VILLAGES = 25
LAID = "laid"
# A net that costs more than this for a list act is not worth its place (issue on rights).
AT_MOST = 1.10
LISTS = 200  # how often a page is read
PAGE = 50
COMMUNES = 100

Spent = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.second_net")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    server = os.environ.get("RASOAT_TEST_POSTGRES") or SERVER
    if not reachable(server):
        print("No PostgreSQL server; RASOAT_TEST_POSTGRES names one.")
        return 1
    with place_of("postgresql", server) as place:
        from bench.ground import lay

        place.copy(EMPTY, LAID)
        (ground,) = lay(communes=1, villages=VILLAGES, cases=options.cases)
        place.settle()
        turns = [
            {way: _walk(place, ground, way) for way in ("open", "bound")}
            for _turn in range(options.runs)
        ]
        _show(turns, options.cases)
        _lists(options.rows)
    return 0


def _walk(place: Place, ground: "Ground", way: str) -> Spent:
    from bench.ground import STEPS

    place.copy(LAID, PASS)
    spent = {}
    for step in STEPS:
        deeds = list(_deeds(ground, step))
        place.settle()
        with _bound() if way == "bound" else _as_owner():
            started = _processor()
            moved = sum(_done(deed, way) for deed in deeds)
            spent[step] = (_processor() - started) / moved * 1e6
    return spent


def _processor() -> float:
    """Return the seconds of processor time spent so far here and in the server's process for us."""
    from django.db import connection

    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return process_time() + int(server.split()[0]) / 1e9


def _deeds(ground: "Ground", step: str) -> Iterator[Any]:
    from bench.ground import _DEEDS

    return _DEEDS[step](ground)


def _done(deed: Any, way: str) -> int:
    from cases import row_security

    if way == "open":
        return int(deed().moved)
    with row_security.person(deed.keywords["by"]):
        return int(deed().moved)


@contextmanager
def _as_owner() -> Iterator[None]:
    yield


@contextmanager
def _bound() -> Iterator[None]:
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{settings.APP_ROLE}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def _show(turns: list[dict[str, Spent]], cases: int) -> None:
    print(f"\n{cases:,} cases, median of {len(turns)} turns")
    print(f"{'us/case':<24}{'open':>9}{'bound':>9}{'ratio':>8}")
    for step in turns[0]["open"]:
        free, bound = (median(turn[way][step] for turn in turns) for way in ("open", "bound"))
        print(f"{step:<24}{free:>9.1f}{bound:>9.1f}{bound / free:>8.2f}")
    sums = [{way: sum(spent.values()) for way, spent in turn.items()} for turn in turns]
    ratio = median(turn["bound"] / turn["open"] for turn in sums)
    verdict = "reached" if ratio <= AT_MOST else "NOT reached"
    print(f"  the whole road {ratio:.2f}, aim at most {AT_MOST}: {verdict}")


def _lists(rows: int) -> None:
    """Multiply the walked cases over a hundred communes of two provinces, and read lists of one."""
    from django.db import connection

    from cases.duties import Duty, Role
    from cases.models import Case, RoleAssignment, Unit, User
    from cases.permissions import cases_within_duty, sync_grants

    provinces = _spread(rows)
    department = User.objects.create(username="department")
    RoleAssignment.objects.create(
        user=department,
        role=Role.DEPARTMENT,
        unit=Unit.objects.get(pk=provinces[0]),
        valid_from="2021-01-01",
        paper="bench",
    )
    sync_grants(_day(), [department])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) cases_case")
    order = ("province", "commune", "village", "pk")

    def own() -> Any:
        user = User.objects.get(pk=department.pk)
        user.rights_day = _day()
        return cases_within_duty(user, Duty.VIEW).filter(year=2024).order_by(*order)

    reads: dict[str, Callable[[], Any]] = {
        "first page": lambda: own()[:PAGE],
        "in one state": lambda: own().filter(state="certified").order_by(*order)[:PAGE],
        "with its household": lambda: own().select_related("household")[:PAGE],
        "count up to 10,000": lambda: own().values("pk")[:10_000],
    }
    print(f"\n{Case.objects.count():,} cases, a province's half; ms, median of {LISTS}")
    print(f"{'':<24}{'open':>9}{'bound':>9}")
    for name, read in reads.items():
        free, plan = _read(read, department, bound=False)
        bound, bound_plan = _read(read, department, bound=True)
        print(f"{name:<24}{free:>9.2f}{bound:>9.2f}   {plan}   {bound_plan}")


def _day() -> Any:
    from bench.ground import OPENED_AT

    return OPENED_AT.date()


def _spread(rows: int) -> list[int]:
    """Fill the table of cases with copies in other communes; keys without constraints to mind."""
    from django.db import connection

    from cases.models import Case, Level, Unit

    start = Unit.objects.order_by("-pk").values_list("pk", flat=True)[0]
    Unit.objects.bulk_create(Unit(code=f"P{n}", level=Level.PROVINCE) for n in range(2))
    Unit.objects.bulk_create(Unit(code=f"C{n}", level=Level.COMMUNE) for n in range(COMMUNES))
    made = list(Unit.objects.filter(pk__gt=start).order_by("pk").values_list("pk", "level"))
    provinces = [pk for pk, level in made if level == Level.PROVINCE]
    communes = [pk for pk, level in made if level == Level.COMMUNE]
    columns = [str(f.column) for f in Case._meta.local_fields if not f.primary_key]
    changed = {
        "province_id": f"{provinces[0]} + n %% 2",
        "commune_id": f"{communes[0]} + n %% {COMMUNES}",
        "state": "CASE WHEN n %% 7 = 0 THEN 'certified' ELSE 'listed' END",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # neither keys nor triggers
        cursor.execute(
            "ALTER TABLE cases_case DROP CONSTRAINT IF EXISTS one_case_of_a_household_a_round"
        )
        cursor.execute("DROP INDEX IF EXISTS one_case_of_a_household_a_round")
        cursor.execute(
            f"INSERT INTO cases_case ({', '.join(columns)}) SELECT "
            + ", ".join(changed.get(column, column) for column in columns)
            + " FROM cases_case CROSS JOIN generate_series(1, %s) n",
            [max(1, rows // Case.objects.count())],
        )
        cursor.execute("SET session_replication_role = origin")
    return provinces


def _read(read: Callable[[], Any], user: Any, *, bound: bool) -> tuple[float, str]:
    """Return the milliseconds a reading takes in the database, and the kind of scan."""
    from django.db import connection, transaction

    from cases import row_security

    spent = []
    with _bound() if bound else _as_owner(), transaction.atomic(), row_security.person(user):
        rows = read()
        query, parameters = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            for _again in range(LISTS):
                started = perf_counter()
                cursor.execute(query, parameters)
                cursor.fetchall()
                spent.append((perf_counter() - started) * 1e3)
            cursor.execute(f"EXPLAIN (FORMAT TEXT) {query}", parameters)
            plan = [line for (line,) in cursor.fetchall()]
    scans = [
        line.strip(" ->").split("  ")[0] for line in plan if "cases_case" in line and "Scan" in line
    ]
    return median(spent), "; ".join(scans[:1])


if __name__ == "__main__":
    sys.exit(main())
