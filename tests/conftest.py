"""
The cast. Lan surveys village 1 of Tân Lập, bác Hùng heads it, Thu keeps its minutes; Minh is the
commune's officer, Hoa speaks for its committee, ông Bình is its chair; bà Quyên is the superior
chair (the district's in 2024). Hòa Bình is the other commune, with its own people.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from allauth.usersessions.models import UserSession
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client, override_settings

from cases.duties import Role
from cases.models import (
    Area,
    Case,
    Household,
    HouseholdClass,
    Level,
    Member,
    RoleAssignment,
    Round,
    Standing,
    Unit,
    UnitVersion,
    User,
    VillageReview,
)
from cases.models.calendars import load_seed
from cases.permissions import sync_grants
from cases.units_fixture import load_units
from tests.lent import (  # noqa: F401 (pytest finds hooks and fixtures here)
    beginnings,
    lent,
    pytest_collection_modifyitems,
    pytest_fixture_setup,
    pytest_runtest_setup,
)
from workflow.acts import listing
from workflow.acts.deciding import (
    give_opinion,
    issue_certificates,
    refuse_requesters,
    sign_decision,
    sign_report,
)
from workflow.acts.meeting import Minutes, Votes, hold_meeting
from workflow.acts.posting import close_posting, post_list
from workflow.acts.surveying import (
    ScreeningSheet,
    SurveySheet,
    classify_village,
    screen_cases,
    survey_cases,
)
from workflow.ledger import watch
from workflow.machine import insert_only
from workflow.sessions import LISTED_AS, SEEN_AT, SIGNED_IN_AT, wall_clock

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR = 2024
POOR = (True, True, True) + (False,) * 9
NEAR_POOR = (True, False) + (False,) * 10
PASSWORD = "mat-khau-cho-bai-kiem-tra"  # noqa: S105 (accounts of the tests)


def moment(day: str, hour: int = 9) -> datetime:
    """Return nine o'clock of a day in Vietnam."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), VIETNAM).replace(
        hour=hour
    )


@pytest.fixture(scope="session", autouse=True)
def tables_may_be_emptied() -> Iterator[None]:
    """Let the test runner empty tables between transactional tests: the record refuses it."""
    with pytest.MonkeyPatch.context() as patch:
        empty = BaseDatabaseOperations.execute_sql_flush

        def empty_all(self: BaseDatabaseOperations, statements: Any) -> None:
            alias = self.connection.alias
            insert_only.remove(alias)
            empty(self, statements)
            insert_only.install(alias)

        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", empty_all)
        yield


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what asks no database: once is enough, however many databases there are."""
    asked = {"db", "transactional_db", "django_db_setup", "live_server"}
    if not item.get_closest_marker("django_db") and asked.isdisjoint(
        getattr(item, "fixturenames", ())
    ):
        item.add_marker("databaseless")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing slowly is for real accounts."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def forced_sessions_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is signed in without the form stands as after it: the second step taken, the session listed."""
    force = Client.force_login

    def force_login(browser: Client, user: User, backend: str | None = None) -> None:
        force(browser, user, backend)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session[LISTED_AS] = session.session_key
        session[SIGNED_IN_AT] = session[SEEN_AT] = wall_clock().timestamp()
        session.save()
        UserSession.objects.update_or_create(
            session_key=session.session_key, defaults={"user": user, "ip": "127.0.0.1"}
        )

    monkeypatch.setattr(Client, "force_login", force_login)


@lent
def calendar() -> None:
    load_seed()


@lent
def country() -> None:
    """Load all units of the country."""
    load_units()


@pytest.fixture
def demonstration(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scenarios make people up; without the list of all queries that Django then keeps."""
    settings.DEBUG = True
    counted = property(lambda connection: connection.force_debug_cursor)
    monkeypatch.setattr(BaseDatabaseWrapper, "queries_logged", counted)


@pytest.fixture
def units(country: None, demonstration: None) -> None:
    """Set the stage of a scenario that names real units."""


def make_unit(
    code: str, level: Level, name: str, kind: str, parent: Unit | None, area: str = ""
) -> Unit:
    unit = Unit.objects.create(code=code, level=level)
    above = parent.versions.get().path if parent else ""
    UnitVersion.objects.create(
        unit=unit,
        name=name,
        name_key=name.lower(),
        kind=kind,
        area=area,
        parent=parent,
        path=f"{above}{code}/",
        valid_from=date(2021, 1, 1),
        source_document="bài kiểm tra",
    )
    return unit


@pytest.fixture(autouse=True)
def nothing_given_out(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let each test give heads out to a folder of its own, and start with a database that fits."""
    settings.ANCHORS_DIR = tmp_path_factory.getbasetemp() / "anchors" / uuid4().hex
    watch.forget(watch.Seen(looked=float("inf")))
    yield
    watch.forget()


@lent
def nation() -> Unit:
    return make_unit("VN", Level.NATION, "Việt Nam", "nước", None)


@lent
def district(nation: Unit) -> Unit:
    province = make_unit("67", Level.PROVINCE, "Tỉnh Đắk Nông", "tỉnh", nation)
    return make_unit("662", Level.DISTRICT, "Huyện Cư Jút", "huyện", province)


@lent
def tan_lap(district: Unit) -> Unit:
    commune = make_unit("24646", Level.COMMUNE, "Xã Tân Lập", "xã", district, Area.RURAL)
    for number in (1, 2):
        make_unit(f"24646.00{number}", Level.VILLAGE, f"Thôn {number}", "thôn", commune)
    return commune


@lent
def hoa_binh(district: Unit) -> Unit:
    commune = make_unit("24652", Level.COMMUNE, "Xã Hòa Bình", "xã", district, Area.RURAL)
    make_unit("24652.001", Level.VILLAGE, "Thôn 1", "thôn", commune)
    return commune


def give_role(username: str, full_name: str, role: Role, unit: Unit) -> User:
    """Give a person a role on a unit; the rights that it carries wait for `sync_grants`."""
    user, created = User.objects.get_or_create(username=username, defaults={"full_name": full_name})
    if created:
        user.set_password(PASSWORD)
        user.save()
    RoleAssignment.objects.create(
        user=user, role=role, unit=unit, valid_from=date(2021, 1, 1), paper="bài kiểm tra"
    )
    return user


def appoint_person(username: str, full_name: str, role: Role, unit: Unit) -> User:
    """Give a person a role on a unit, with its rights."""
    user = give_role(username, full_name, role, unit)
    sync_grants(date(2024, 9, 1), [user])
    return user


@pytest.fixture
def appoint(db: None) -> Callable[..., User]:
    """Return a function that gives a person a role on a unit."""
    return appoint_person


@lent
def cast(tan_lap: Unit, hoa_binh: Unit) -> dict[str, User]:
    """Return the people by short name; village roles are on village 1 and 2 of Tân Lập."""
    village_1, village_2 = Unit.objects.filter(code__startswith="24646.").order_by("code")
    district, other = Unit.objects.get(code="662"), Unit.objects.get(code="24652.001")
    people = {
        "lan": give_role("lan", "Nguyễn Thị Lan", Role.REVIEWER, village_1),
        "hung": give_role("hung", "Trần Văn Hùng", Role.VILLAGE_HEAD, village_1),
        "thu": give_role("thu", "Lê Thị Thu", Role.MEETING_SECRETARY, village_1),
        "minh": give_role("minh", "Phạm Văn Minh", Role.COMMUNE_OFFICER, tan_lap),
        "hoa": give_role("hoa", "Đỗ Thị Hoa", Role.COMMUNE_COMMITTEE, tan_lap),
        "binh": give_role("binh", "Võ Văn Bình", Role.COMMUNE_CHAIR, tan_lap),
        "quyen": give_role("quyen", "Đặng Thị Quyên", Role.SUPERIOR_CHAIR, district),
        "son": give_role("son", "Hồ Văn Sơn", Role.AUDITOR, district),
        "other_minh": give_role("minh2", "Bùi Văn Minh", Role.COMMUNE_OFFICER, hoa_binh),
        "other_hoa": give_role("hoa2", "Ngô Thị Hoa", Role.COMMUNE_COMMITTEE, hoa_binh),
        "other_binh": give_role("binh2", "Lý Văn Bình", Role.COMMUNE_CHAIR, hoa_binh),
        "other_hung": give_role("hung2", "Mai Văn Hùng", Role.VILLAGE_HEAD, other),
    }
    for name, role in (
        ("lan", Role.REVIEWER),
        ("hung", Role.VILLAGE_HEAD),
        ("thu", Role.MEETING_SECRETARY),
    ):
        give_role(name, "", role, village_2)
    sync_grants(date(2024, 9, 1), list(people.values()))
    return people


def register_households(
    village: Unit, how_many: int, standing: str = HouseholdClass.POOR, year: int = YEAR - 1
) -> list[Household]:
    """Register households of a village, with last year's class or none."""
    first = Household.objects.count() + 1
    households = []
    for number in range(first, first + how_many):
        household = Household(
            code=f"{village.code.split('.')[0]}-{number:05d}", village=village, persons=4
        )
        household.name_head(f"Nguyễn Văn Số {number}")
        households.append(household)
    Household.objects.bulk_create(households)
    Member.objects.bulk_create(
        Member(household=h, position=1, full_name=h.head_name, relation="Chủ hộ")
        for h in households
    )
    if standing:
        Standing.objects.bulk_create(
            Standing(household=h, year=year, household_class=standing, source="bài kiểm tra")
            for h in households
        )
    return households


@pytest.fixture
def make_households(db: None) -> Callable[..., list[Household]]:
    """Return a function that registers households of a village, with last year's class or none."""
    return register_households


class Keys(Iterator[str]):
    """Keys of acts, each given once; they can be copied with the road that uses them."""

    def __init__(self) -> None:
        self.given = 0

    def __next__(self) -> str:
        self.given += 1
        return f"key-{self.given}"


class Road:
    """Walks a round of Tân Lập step by step, so that a test starts where it wants to."""

    def __init__(self, cast: dict[str, User], commune: Unit) -> None:
        self.cast, self.commune = cast, commune
        self.at = moment("2024-10-01")
        self.keys: Iterator[str] = Keys()
        self.round: Round

    def who(self, name: str) -> dict[str, Any]:
        return {"by": self.cast[name], "at": self.at, "key": next(self.keys)}

    def pass_days(self, days: int) -> "Road":
        self.at += timedelta(days=days)
        return self

    @property
    def reviews(self) -> list[VillageReview]:
        """Return the villages that have a household on the list."""
        return list(
            VillageReview.objects.filter(cases__isnull=False, round=self.round)
            .select_related("round")
            .distinct()
            .order_by("pk")
        )

    def cases(self, **filters: Any) -> list[Case]:
        return list(self.round.cases.filter(**filters).order_by("pk"))

    def open(self) -> "Road":
        self.round = listing.open_round(
            commune=self.commune,
            year=YEAR,
            plan_paper="12/KH-UBND",
            committee_paper="34/QĐ-UBND",
            **self.who("binh"),
        )
        return self

    def list(self) -> "Road":
        listing.build_list(round=self.round, **self.who("hoa"))
        return self

    def survey(self, deprived: tuple[bool, ...] = POOR, income_score: int = 100) -> "Road":
        day = self.at.date()
        for review in self.reviews:
            asked = [c for c in self.cases(village_review=review) if c.basis == "REQUEST"]
            if asked := [c for c in asked if c.state == "listed"]:
                screen_cases(
                    round=self.round,
                    village_review=review,
                    sheets=[ScreeningSheet(c, day, "Nguyễn Thị Lan", True) for c in asked],
                    **self.who("lan"),
                )
            to_survey = self.cases(
                village_review=review, state__in=["listed", "screened", "disagreed", "objected"]
            )
            survey_cases(
                round=self.round,
                village_review=review,
                sheets=[
                    SurveySheet(c, day, "Nguyễn Thị Lan", income_score, deprived) for c in to_survey
                ],
                **self.who("lan"),
            )
        return self

    def classify(self) -> "Road":
        for review in self.reviews:
            classify_village(village_review=review, **self.who("hoa"))
        return self

    def minutes(self, **changes: Any) -> Minutes:
        facts: dict[str, Any] = {
            "held_on": self.at.date(),
            "place": "Nhà văn hóa thôn",
            "chair": self.cast["hung"],
            "secretary_name": "Lê Thị Thu",
            "attendance": 40,
            "committee_present": 2,
            "reviewers_present": 1,
            "households_present": 30,
            "organisations_present": 3,
            "front_invited": True,
            "minutes_number": "01/BB",
            "minutes_signed": True,
        }
        return Minutes(**(facts | changes))

    def meet(self, agree: int = 40, **changes: Any) -> "Road":
        minutes = self.minutes(**changes)
        for review in self.reviews:
            cases = self.cases(village_review=review, state="classified")
            if cases:
                hold_meeting(
                    village_review=review,
                    minutes=minutes,
                    tallies={case.code: Votes(agree) for case in cases},
                    **self.who("thu"),
                )
        return self

    def post(self) -> "Road":
        for review in self.reviews:
            post_list(
                village_review=review,
                village_place="Nhà văn hóa thôn",
                commune_place="Trụ sở UBND xã",
                **self.who("hung"),
            )
        return self

    def close(self) -> "Road":
        for review in self.reviews:
            close_posting(village_review=review, **self.who("hung"))
        return self

    def report(self) -> "Road":
        sign_report(round=self.round, number="05/BC-UBND", **self.who("binh"))
        return self

    def consent(self, questions: dict[str, str] | None = None) -> "Road":
        give_opinion(
            round=self.round,
            number="77/UBND-VX",
            questions=questions or {},
            **self.who("quyen"),
        )
        return self

    def decide(self) -> "Road":
        sign_decision(round=self.round, number="90/QĐ-UBND", **self.who("binh"))
        return self

    def certify(self) -> "Road":
        issue_certificates(round=self.round, **self.who("binh"))
        return self

    def refuse(self) -> "Road":
        refuse_requesters(
            round=self.round,
            number="91/UBND",
            reasons={c.code: "Vượt chuẩn" for c in self.cases(state="unqualified")},
            **self.who("binh"),
        )
        return self


@lent
def road(cast: dict[str, User], tan_lap: Unit, calendar: None) -> Road:
    """Return Tân Lập's round with five poor households in village 1, not opened yet."""
    register_households(Unit.objects.get(code="24646.001"), 5)
    return Road(cast, tan_lap)
