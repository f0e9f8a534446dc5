"""
Communes to measure on, and the acts that walk them from the list to the certificates.

Everything is done by the product's own acts, so that every table and index is as full as in life.
Scores and votes are drawn from a fixed seed: hardly two households are alike.
"""

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from cases.duties import Role
from cases.models import (
    Area,
    Household,
    HouseholdClass,
    Level,
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
from workflow.acts import deciding, listing
from workflow.acts.meeting import Minutes, Votes, hold_meeting
from workflow.acts.posting import close_posting, post_list
from workflow.acts.surveying import SurveySheet, classify_village, survey_cases
from workflow.machine.apply import Done

YEAR = 2024
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OPENED_AT = datetime(2024, 10, 1, 9, tzinfo=VIETNAM)
ATTENDANCE = 40
# A survey names its households one by one; SQLite counts the names.
SHEETS_AT_ONCE = 5000
STEPS = (
    "build_list",
    "survey",
    "classify",
    "hold_meeting",
    "post_list",
    "close_posting",
    "sign_report",
    "give_opinion",
    "sign_decision",
    "issue_certificates",
)

Deeds = Iterator[Callable[[], Done]]


@dataclass(frozen=True)
class Ground:
    """One commune's open round, and the people who act on it."""

    round_id: int
    people: dict[Role, int]

    @property
    def round(self) -> Round:
        return Round.objects.get(pk=self.round_id)

    @property
    def chair_id(self) -> int:
        return self.people[Role.COMMUNE_CHAIR]

    @property
    def chair(self) -> User:
        return User.objects.get(pk=self.chair_id)

    def person(self, role: Role) -> User:
        return User.objects.get(pk=self.people[role])

    def moment(self, step: str) -> datetime:
        """Return when a step is done: a minute after the one before, and after the days of posting."""
        number = STEPS.index(step)
        days = 7 if number >= STEPS.index("close_posting") else 0
        return OPENED_AT + timedelta(days=days, minutes=number + 1)

    def walk(self, *, until: str) -> None:
        """Do all steps up to this one."""
        for step in STEPS[: STEPS.index(until) + 1]:
            self.ready(step)()

    def ready(self, step: str) -> Callable[[], int]:
        """Collect what the acts of a step are told; return what does them and counts the cases moved."""
        deeds = list(_DEEDS[step](self))
        return lambda: sum(deed().moved for deed in deeds)

    def signs(self, step: str, role: Role) -> dict[str, Any]:
        return {
            "by": self.person(role),
            "at": self.moment(step),
            "key": secrets.token_hex(16),
        }

    def villages(self) -> list[VillageReview]:
        return list(self.round.village_reviews.select_related("round"))


def _build_list(ground: Ground) -> Deeds:
    who = ground.signs("build_list", Role.COMMUNE_COMMITTEE)
    yield partial(listing.build_list, round=ground.round, **who)


def _survey(ground: Ground) -> Deeds:
    chance, day = random.Random(ground.round_id), ground.moment("survey").date()
    for review in ground.villages():
        cases = list(review.cases.order_by("pk"))
        for first in range(0, len(cases), SHEETS_AT_ONCE):
            sheets = [
                SurveySheet(
                    case,
                    day,
                    "Lan",
                    chance.randrange(60, 200, 5),
                    tuple(chance.random() < 0.3 for _flag in range(12)),
                )
                for case in cases[first : first + SHEETS_AT_ONCE]
            ]
            who = ground.signs("survey", Role.REVIEWER)
            yield partial(
                survey_cases, round=review.round, village_review=review, sheets=sheets, **who
            )


def _classify(ground: Ground) -> Deeds:
    for review in ground.villages():
        who = ground.signs("classify", Role.COMMUNE_COMMITTEE)
        yield partial(classify_village, village_review=review, **who)


def _hold_meeting(ground: Ground) -> Deeds:
    chance, head = random.Random(ground.round_id), ground.person(Role.VILLAGE_HEAD)
    day = ground.moment("hold_meeting").date()
    minutes = Minutes(day, "Nhà văn hóa", head, "Thu", ATTENDANCE, 1, 1, 1, 1, True, "01/BB", True)
    for review in ground.villages():
        # Everybody is agreed to: a list that waits for a second meeting cannot be reported.
        tallies = {
            code: Votes(chance.randint(ATTENDANCE // 2, ATTENDANCE))
            for code in review.cases.order_by("pk").values_list("code", flat=True)
        }
        who = ground.signs("hold_meeting", Role.VILLAGE_HEAD)
        yield partial(hold_meeting, village_review=review, minutes=minutes, tallies=tallies, **who)


def _post_list(ground: Ground) -> Deeds:
    for review in ground.villages():
        who = ground.signs("post_list", Role.VILLAGE_HEAD)
        yield partial(
            post_list, village_review=review, village_place="Thôn", commune_place="Xã", **who
        )


def _close_posting(ground: Ground) -> Deeds:
    for review in ground.villages():
        who = ground.signs("close_posting", Role.VILLAGE_HEAD)
        yield partial(close_posting, village_review=review, **who)


def _sign_report(ground: Ground) -> Deeds:
    who = ground.signs("sign_report", Role.COMMUNE_CHAIR)
    yield partial(deciding.sign_report, round=ground.round, number="05/BC-UBND", **who)


def _give_opinion(ground: Ground) -> Deeds:
    who = ground.signs("give_opinion", Role.SUPERIOR_CHAIR)
    yield partial(
        deciding.give_opinion, round=ground.round, number="77/UBND-VX", questions={}, **who
    )


def _sign_decision(ground: Ground) -> Deeds:
    who = ground.signs("sign_decision", Role.COMMUNE_CHAIR)
    yield partial(deciding.sign_decision, round=ground.round, number="90/QĐ-UBND", **who)


def _issue_certificates(ground: Ground) -> Deeds:
    who = ground.signs("issue_certificates", Role.COMMUNE_CHAIR)
    yield partial(deciding.issue_certificates, round=ground.round, **who)


_DEEDS: dict[str, Callable[[Ground], Deeds]] = {
    "build_list": _build_list,
    "survey": _survey,
    "classify": _classify,
    "hold_meeting": _hold_meeting,
    "post_list": _post_list,
    "close_posting": _close_posting,
    "sign_report": _sign_report,
    "give_opinion": _give_opinion,
    "sign_decision": _sign_decision,
    "issue_certificates": _issue_certificates,
}


def lay(*, communes: int, villages: int, cases: int) -> list[Ground]:
    """
    Lay out communes of so many villages, with so many households of last year's list in each commune.

    Their rounds are open; their lists are not built yet.
    """
    load_seed()
    district, places = _units(communes, villages)
    in_villages = [village for _commune, own in places for village in own]
    people = {
        role: _appoint(role, units)
        for role, units in (
            (Role.COMMUNE_CHAIR, [commune for commune, _own in places]),
            (Role.COMMUNE_COMMITTEE, [commune for commune, _own in places]),
            (Role.SUPERIOR_CHAIR, [district]),
            (Role.REVIEWER, in_villages),
            (Role.VILLAGE_HEAD, in_villages),
        )
    }
    grounds = []
    for commune, own in places:
        _households(commune, own, cases)
        opened = listing.open_round(
            commune=commune,
            year=YEAR,
            plan_paper="1",
            committee_paper="2",
            by=people[Role.COMMUNE_CHAIR],
            at=OPENED_AT,
            key=secrets.token_hex(16),
        )
        grounds.append(Ground(opened.pk, {role: user.pk for role, user in people.items()}))
    return grounds


def _units(communes: int, villages: int) -> tuple[Unit, list[tuple[Unit, list[Unit]]]]:
    nation = _unit("VN", Level.NATION, None, "VN/")
    province = _unit("67", Level.PROVINCE, nation, "VN/67/")
    district = _unit("662", Level.DISTRICT, province, "VN/67/662/")
    places = []
    for number in range(communes):
        code = str(24646 + number)
        path = f"VN/67/662/{code}/"
        commune = _unit(code, Level.COMMUNE, district, path, Area.RURAL)
        own = [f"{code}.{village:03d}" for village in range(1, villages + 1)]
        places.append(
            (commune, [_unit(name, Level.VILLAGE, commune, f"{path}{name}/") for name in own])
        )
    return district, places


def _unit(code: str, level: Level, parent: Unit | None, path: str, area: str = "") -> Unit:
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


def _appoint(role: Role, units: list[Unit]) -> User:
    user = User.objects.create(username=role.lower(), full_name=role.title())
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=role, unit=unit, valid_from=date(2021, 1, 1), paper="bench")
        for unit in units
    )
    sync_grants(OPENED_AT.date(), [user])
    return user


def _households(commune: Unit, villages: list[Unit], cases: int) -> None:
    households = []
    for number in range(cases):
        village = villages[number % len(villages)]
        household = Household(code=f"{commune.code}-{number:06d}", village=village, persons=4)
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
