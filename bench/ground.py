"""
Where the measuring happens: a database of its own with one commune just before its report.

Every timed pass works on a fresh copy of that database, so that all ways of doing the act start from the
same bytes, and nothing has to be undone.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import psycopg

if TYPE_CHECKING:
    from cases.models import Round, Unit, User, VillageReview

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
VILLAGES = 25
YEAR = 2024
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OPENED_AT = datetime(2024, 10, 1, 9, tzinfo=VIETNAM)


class Place:
    """A database that can be copied; `url` is what the settings read."""

    url: str

    def fresh_copy(self) -> None:
        """Point Django at a new copy of the prepared database, settled on disk."""
        raise NotImplementedError


class SqlitePlace(Place):
    def __init__(self, folder: Path) -> None:
        self.base, self.copy = folder / "base.sqlite3", folder / "pass.sqlite3"
        self.url = f"sqlite://{self.base}"

    def fresh_copy(self) -> None:
        from django.db import connection

        if str(connection.settings_dict["NAME"]) == str(self.base):
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.execute("ANALYZE")
        connection.close()
        for path in self.copy.parent.glob(f"{self.copy.name}*"):
            path.unlink()
        shutil.copyfile(self.base, self.copy)
        connection.settings_dict["NAME"] = self.copy
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("SELECT count(*), max(state) FROM cases_case")


class PostgresPlace(Place):
    def __init__(self, server: str) -> None:
        self.server = server
        self.base, self.copy = (f"rasoat_bench_{os.getpid()}{part}" for part in ("", "_pass"))
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{self.base}"))
        self.run(f"CREATE DATABASE {self.base}")

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement.encode())

    def fresh_copy(self) -> None:
        from django.db import connection

        if connection.settings_dict["NAME"] == self.base:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM (ANALYZE)")
        connection.close()
        self.run(
            f"DROP DATABASE IF EXISTS {self.copy}",
            f"CREATE DATABASE {self.copy} TEMPLATE {self.base}",
            "CHECKPOINT",
        )
        connection.settings_dict["NAME"] = self.copy
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), max(state) FROM cases_case")

    def remove(self) -> None:
        self.run(f"DROP DATABASE IF EXISTS {self.copy}", f"DROP DATABASE IF EXISTS {self.base}")


def reachable(server: str) -> bool:
    try:
        psycopg.connect(server, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def place_of(database: str, server: str) -> Iterator[Place]:
    """Make room on the database and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="rasoat-bench-") as folder:
        os.environ["RASOAT_VAR"] = folder
        if database == "sqlite":
            yield SqlitePlace(Path(folder))
            return
        place = PostgresPlace(server)
        try:
            yield place
        finally:
            from django.db import connection

            connection.close()
            place.remove()


@dataclass
class Ground:
    """The prepared commune: its round with all cases cleared, and the people who act next."""

    round_id: int
    chair_id: int
    at: datetime

    @property
    def round(self) -> "Round":
        from cases.models import Round

        return Round.objects.get(pk=self.round_id)

    @property
    def chair(self) -> "User":
        from cases.models import User

        return User.objects.get(pk=self.chair_id)


def prepare(cases: int) -> Ground:
    """Walk a commune of 25 villages to the day before its report, through the acts themselves."""
    from cases.duties import Role
    from cases.models.calendars import load_seed
    from workflow.acts import listing

    load_seed()
    commune, villages = _units()
    people = {
        role: _appoint(role, units)
        for role, units in (
            (Role.COMMUNE_CHAIR, [commune]),
            (Role.COMMUNE_COMMITTEE, [commune]),
            (Role.REVIEWER, villages),
            (Role.VILLAGE_HEAD, villages),
        )
    }
    _households(villages, cases)
    clerk = _Clerk(OPENED_AT)
    chair, committee = people[Role.COMMUNE_CHAIR], people[Role.COMMUNE_COMMITTEE]
    round_ = listing.open_round(
        commune=commune, year=YEAR, plan_paper="1", committee_paper="2", **clerk.signs(chair)
    )
    listing.build_list(round=round_, **clerk.signs(committee))
    for review in round_.village_reviews.select_related("round"):
        _walk_village(review, clerk, people[Role.REVIEWER], committee, people[Role.VILLAGE_HEAD])
    return Ground(round_.pk, chair.pk, OPENED_AT + timedelta(days=8))


class _Clerk:
    """Hands out moments and keys."""

    def __init__(self, at: datetime) -> None:
        self.at, self.count = at, 0

    def signs(self, by: "User", days: int = 0) -> dict[str, Any]:
        self.count += 1
        return {"by": by, "at": self.at + timedelta(days=days), "key": f"setup-{self.count}"}


def _walk_village(
    review: "VillageReview", clerk: _Clerk, reviewer: "User", committee: "User", head: "User"
) -> None:
    from workflow.acts.meeting import Minutes, Votes, hold_meeting
    from workflow.acts.posting import close_posting, post_list
    from workflow.acts.surveying import SurveySheet, classify_village, survey_cases

    day = clerk.at.date()
    deprived = (True, True, True) + (False,) * 9
    cases = list(review.cases.order_by("pk"))
    survey_cases(
        round=review.round,
        village_review=review,
        sheets=[SurveySheet(case, day, "Lan", 100, deprived) for case in cases],
        **clerk.signs(reviewer),
    )
    classify_village(village_review=review, **clerk.signs(committee))
    hold_meeting(
        village_review=review,
        minutes=Minutes(day, "Nhà văn hóa", head, "Thu", 40, 1, 1, 1, 1, True, "01/BB", True),
        tallies={case.code: Votes(40) for case in cases},
        **clerk.signs(head),
    )
    post_list(village_review=review, village_place="Thôn", commune_place="Xã", **clerk.signs(head))
    close_posting(village_review=review, **clerk.signs(head, days=7))


def _units() -> tuple["Unit", list["Unit"]]:
    from cases.models import Area, Level, Unit, UnitVersion

    def make(code: str, level: str, parent: "Unit | None", path: str, area: str = "") -> "Unit":
        unit = Unit.objects.create(code=code, level=level)
        UnitVersion.objects.create(
            unit=unit,
            name=code,
            name_key=code,
            kind=level,
            area=area,
            parent=parent,
            path=path,
            valid_from=date(2021, 1, 1),
            source_document="bench",
        )
        return unit

    nation = make("VN", Level.NATION, None, "VN/")
    province = make("67", Level.PROVINCE, nation, "VN/67/")
    district = make("662", Level.DISTRICT, province, "VN/67/662/")
    commune = make("24646", Level.COMMUNE, district, "VN/67/662/24646/", Area.RURAL)
    codes = [f"24646.{number:03d}" for number in range(1, VILLAGES + 1)]
    return commune, [
        make(code, Level.VILLAGE, commune, f"VN/67/662/24646/{code}/") for code in codes
    ]


def _appoint(role: str, units: list["Unit"]) -> "User":
    from cases.models import RoleAssignment, User
    from cases.permissions import sync_grants

    user = User.objects.create(username=role.lower(), full_name=role.title())
    for unit in units:
        RoleAssignment.objects.create(
            user=user, role=role, unit=unit, valid_from=date(2021, 1, 1), paper="bench"
        )
    sync_grants(OPENED_AT.date(), [user])
    return user


def _households(villages: list["Unit"], cases: int) -> None:
    from cases.models import Household, HouseholdClass, Standing

    households = []
    for number in range(cases):
        village = villages[number % len(villages)]
        household = Household(code=f"24646-{number:06d}", village=village, persons=4)
        household.name_head(f"Nguyễn Văn Số {number}")
        households.append(household)
    Household.objects.bulk_create(households)
    Standing.objects.bulk_create(
        Standing(
            household=household,
            year=YEAR - 1,
            household_class=HouseholdClass.POOR,
            source="bench",
        )
        for household in households
    )
