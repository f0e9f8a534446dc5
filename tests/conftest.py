"""
The cast. Lan surveys village 1 of Tân Lập, bác Hùng heads it, Thu keeps its minutes; Minh is the
commune's officer, Hoa speaks for its committee, ông Bình is its chair; bà Quyên is the superior
chair (the district's in 2024). Hòa Bình is the other commune, with its own people.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

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


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing slowly is for real accounts."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def calendar(db: None) -> None:
    load_seed()


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


@pytest.fixture
def nation(db: None) -> Unit:
    return make_unit("VN", Level.NATION, "Việt Nam", "nước", None)


@pytest.fixture
def district(nation: Unit) -> Unit:
    province = make_unit("67", Level.PROVINCE, "Tỉnh Đắk Nông", "tỉnh", nation)
    return make_unit("662", Level.DISTRICT, "Huyện Cư Jút", "huyện", province)


@pytest.fixture
def tan_lap(district: Unit) -> Unit:
    commune = make_unit("24646", Level.COMMUNE, "Xã Tân Lập", "xã", district, Area.RURAL)
    for number in (1, 2):
        make_unit(f"24646.00{number}", Level.VILLAGE, f"Thôn {number}", "thôn", commune)
    return commune


@pytest.fixture
def hoa_binh(district: Unit) -> Unit:
    commune = make_unit("24652", Level.COMMUNE, "Xã Hòa Bình", "xã", district, Area.RURAL)
    make_unit("24652.001", Level.VILLAGE, "Thôn 1", "thôn", commune)
    return commune


@pytest.fixture
def appoint(db: None) -> Callable[..., User]:
    """Return a function that gives a person a role on a unit."""

    def appoint(username: str, full_name: str, role: Role, unit: Unit) -> User:
        user, created = User.objects.get_or_create(
            username=username, defaults={"full_name": full_name}
        )
        if created:
            user.set_password(PASSWORD)
            user.save()
        RoleAssignment.objects.create(
            user=user, role=role, unit=unit, valid_from=date(2021, 1, 1), paper="bài kiểm tra"
        )
        sync_grants(date(2024, 9, 1), [user])
        return user

    return appoint


@pytest.fixture
def cast(appoint: Callable[..., User], tan_lap: Unit, hoa_binh: Unit) -> dict[str, User]:
    """Return the people by short name; village roles are on village 1 and 2 of Tân Lập."""
    village_1, village_2 = Unit.objects.filter(code__startswith="24646.").order_by("code")
    district, other = Unit.objects.get(code="662"), Unit.objects.get(code="24652.001")
    people = {
        "lan": appoint("lan", "Nguyễn Thị Lan", Role.REVIEWER, village_1),
        "hung": appoint("hung", "Trần Văn Hùng", Role.VILLAGE_HEAD, village_1),
        "thu": appoint("thu", "Lê Thị Thu", Role.MEETING_SECRETARY, village_1),
        "minh": appoint("minh", "Phạm Văn Minh", Role.COMMUNE_OFFICER, tan_lap),
        "hoa": appoint("hoa", "Đỗ Thị Hoa", Role.COMMUNE_COMMITTEE, tan_lap),
        "binh": appoint("binh", "Võ Văn Bình", Role.COMMUNE_CHAIR, tan_lap),
        "quyen": appoint("quyen", "Đặng Thị Quyên", Role.SUPERIOR_CHAIR, district),
        "son": appoint("son", "Hồ Văn Sơn", Role.AUDITOR, district),
        "other_minh": appoint("minh2", "Bùi Văn Minh", Role.COMMUNE_OFFICER, hoa_binh),
        "other_hoa": appoint("hoa2", "Ngô Thị Hoa", Role.COMMUNE_COMMITTEE, hoa_binh),
        "other_binh": appoint("binh2", "Lý Văn Bình", Role.COMMUNE_CHAIR, hoa_binh),
        "other_hung": appoint("hung2", "Mai Văn Hùng", Role.VILLAGE_HEAD, other),
    }
    for name, role in (
        ("lan", Role.REVIEWER),
        ("hung", Role.VILLAGE_HEAD),
        ("thu", Role.MEETING_SECRETARY),
    ):
        appoint(name, "", role, village_2)
    return people


@pytest.fixture
def make_households(db: None) -> Callable[..., list[Household]]:
    """Return a function that registers households of a village, with last year's class or none."""

    def make(
        village: Unit, how_many: int, standing: str = HouseholdClass.POOR, year: int = YEAR - 1
    ) -> list[Household]:
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

    return make


class Road:
    """Walks a round of Tân Lập step by step, so that a test starts where it wants to."""

    def __init__(self, cast: dict[str, User], commune: Unit) -> None:
        self.cast, self.commune = cast, commune
        self.at = moment("2024-10-01")
        self.keys = iter(f"key-{n}" for n in range(1_000_000))
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


@pytest.fixture
def road(
    calendar: None,
    cast: dict[str, User],
    tan_lap: Unit,
    make_households: Callable[..., list[Household]],
) -> Iterator[Road]:
    """Return Tân Lập's round with five poor households in village 1, not opened yet."""
    make_households(Unit.objects.get(code="24646.001"), 5)
    yield Road(cast, tan_lap)
