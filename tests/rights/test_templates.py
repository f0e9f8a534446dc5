"""Role templates: on which level and in which days a role is given, and by whom."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cases.duties import (
    DISTRICTS_END,
    DUTY_TITLES,
    NEVER_LENT,
    ROLE_DUTIES,
    ROLE_LEVELS,
    ROLE_TITLES,
    Duty,
    Role,
    appointing_levels,
)
from cases.models import Level, RoleAssignment, Unit, UnitVersion, User
from cases.permissions import read_scope
from tests.conftest import moment
from tests.rights.conftest import TODAY, code_of, held
from workflow.appointing import appoint, delegate
from workflow.offices import join_office, open_office

UNITS = {"VILLAGE": "24646.001", "COMMUNE": "24646", "DISTRICT": "662", "PROVINCE": "67"}
UNITS["NATION"] = "VN"
OVERSEERS = (Role.AUDITOR, Role.FRONT, Role.INSPECTION)


def give(role: Role, level: str, user: User, **facts: Any) -> str:
    unit = Unit.objects.get(code=UNITS[level])
    asked: dict[str, Any] = {"since": TODAY, "until": None, "paper": "1/QĐ", "by": None}
    at = facts.pop("at", moment("2024-10-12"))
    return code_of(lambda: appoint(user=user, role=role, unit=unit, at=at, **{**asked, **facts}))


def leave_seats(*users: User) -> None:
    RoleAssignment.objects.filter(user__in=users).update(valid_until=date(2024, 1, 1))


@pytest.mark.parametrize("level", Level.values)
@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_given_on_its_levels_with_its_duties_and_on_no_other(
    people: dict[str, User], role: Role, level: str
) -> None:
    dung = people["dung"]
    # Two cannot sit on one seat: whoever the cast put there is another test's.
    leave_seats(people["quyen"], people["an"], people["hung"], people["binh"])

    refused = give(role, level, dung)

    scope = read_scope(dung, TODAY)
    if level in ROLE_LEVELS[role]:
        unit = Unit.objects.get(code=UNITS[level])
        assert refused == ""
        assert scope == {duty: {level: {unit.pk}} for duty in ROLE_DUTIES[role]}
    else:
        assert (refused, scope) == ("role_not_here", {})


def test_every_role_and_duty_has_a_title_and_a_level() -> None:
    assert set(ROLE_TITLES) == set(ROLE_DUTIES) == set(ROLE_LEVELS) == set(Role)
    assert set(DUTY_TITLES) == set(Duty)
    assert all(ROLE_LEVELS.values())


@pytest.mark.parametrize("role", OVERSEERS)
def test_who_watches_over_a_unit_changes_nothing_in_it_and_is_not_named_by_it(role: Role) -> None:
    assert ROLE_DUTIES[role] == {Duty.VIEW, Duty.READ_REPORTS, Duty.AUDIT}
    assert "COMMUNE" not in appointing_levels(role, "COMMUNE")


def test_every_role_that_gives_roles_may_have_somebody_stand_in() -> None:
    giving = {role for role, duties in ROLE_DUTIES.items() if Duty.APPOINT in duties}
    assert giving == {role for role, duties in ROLE_DUTIES.items() if Duty.DELEGATE in duties}
    assert {Duty.APPOINT, Duty.DELEGATE} == NEVER_LENT


@pytest.mark.parametrize("role", [r for r, levels in ROLE_LEVELS.items() if "DISTRICT" in levels])
def test_no_role_is_given_on_a_district_beyond_its_last_day(
    people: dict[str, User], role: Role
) -> None:
    dung = people["dung"]
    leave_seats(people["quyen"])
    after = moment("2025-07-01")

    assert give(role, "DISTRICT", dung, until=date(2025, 7, 2)) == "role_over"
    assert give(role, "DISTRICT", dung, since=DISTRICTS_END, at=after) == "role_over"
    assert give(role, "DISTRICT", dung, at=after) == "role_over"
    assert give(role, "DISTRICT", dung) == ""
    assert dung.assignments.get().valid_until == DISTRICTS_END
    assert read_scope(dung, date(2025, 6, 30))
    assert read_scope(dung, DISTRICTS_END) == {}


def test_nothing_is_given_on_a_unit_that_ended_or_is_not_there_yet(people: dict[str, User]) -> None:
    dung = people["dung"]
    villages = UnitVersion.objects.filter(unit__code="24646.001")
    villages.update(valid_until=date(2024, 10, 12))
    assert give(Role.REVIEWER, "VILLAGE", dung) == "unit_ended"
    assert give(Role.REVIEWER, "VILLAGE", dung, since=date(2024, 1, 1)) == "unit_ended"

    villages.update(valid_until=None, valid_from=date(2024, 10, 20))
    assert give(Role.REVIEWER, "VILLAGE", dung) == "unit_ended"
    assert give(Role.REVIEWER, "VILLAGE", dung, since=date(2024, 10, 20)) == ""


def test_what_is_given_on_a_unit_that_will_end_ends_with_it(people: dict[str, User]) -> None:
    UnitVersion.objects.filter(unit__code="24646.001").update(valid_until=date(2024, 11, 1))

    assert give(Role.REVIEWER, "VILLAGE", people["dung"], until=date(2024, 11, 2)) == "unit_ended"
    assert give(Role.REVIEWER, "VILLAGE", people["dung"]) == ""

    assert people["dung"].assignments.get().valid_until == date(2024, 11, 1)


GIVERS: list[tuple[str, Role, str, str]] = [
    ("binh", Role.REVIEWER, "VILLAGE", ""),
    ("binh", Role.COMMUNE_OFFICER, "COMMUNE", ""),
    ("binh", Role.FRONT, "COMMUNE", "not_yours_to_give"),
    ("binh", Role.COMMUNE_CHAIR, "COMMUNE", "not_yours_to_give"),
    ("other_binh", Role.COMMUNE_OFFICER, "COMMUNE", "not_yours_to_give"),
    ("minh", Role.REVIEWER, "VILLAGE", "not_yours_to_give"),
    ("quyen", Role.FRONT, "COMMUNE", ""),
    ("an", Role.INSPECTION, "COMMUNE", ""),
    ("an", Role.AUDITOR, "DISTRICT", ""),
    ("an", Role.COMMUNE_OFFICER, "COMMUNE", "not_yours_to_give"),
    ("an", Role.DEPARTMENT, "PROVINCE", "not_yours_to_give"),
    ("vinh", Role.DEPARTMENT, "PROVINCE", ""),
    ("vinh", Role.FRONT, "PROVINCE", ""),
    ("vinh", Role.FRONT, "COMMUNE", "not_yours_to_give"),
    ("vinh", Role.MINISTRY, "NATION", "not_yours_to_give"),
]


@pytest.mark.parametrize(("by", "role", "level", "answer"), GIVERS)
def test_roles_are_given_by_whom_the_template_names(
    people: dict[str, User], by: str, role: Role, level: str, answer: str
) -> None:
    assert give(role, level, people["dung"], by=people[by]) == answer


def test_nobody_gives_a_role_to_oneself(people: dict[str, User]) -> None:
    binh = people["binh"]
    assert give(Role.COMMUNE_OFFICER, "COMMUNE", binh, by=binh) == "self_appointment"


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"paper": " "}, "no_paper"),
        ({"until": TODAY}, "ends_before_start"),
        ({"since": date(2020, 1, 1)}, "unit_ended"),
    ],
)
def test_what_is_senseless_is_refused(
    people: dict[str, User], facts: dict[str, Any], answer: str
) -> None:
    assert give(Role.COMMUNE_OFFICER, "COMMUNE", people["dung"], **facts) == answer


def test_a_closed_account_gets_nothing(people: dict[str, User]) -> None:
    people["dung"].is_active = False
    assert give(Role.COMMUNE_OFFICER, "COMMUNE", people["dung"]) == "inactive_person"


def test_a_seat_has_one_holder_and_nobody_holds_a_role_twice(
    people: dict[str, User], appoint: Callable[..., User]
) -> None:
    assert give(Role.COMMUNE_CHAIR, "COMMUNE", people["dung"]) == "seat_taken"
    assert give(Role.COMMUNE_OFFICER, "COMMUNE", people["minh"]) == "already_held"
    assert give(Role.COMMUNE_OFFICER, "COMMUNE", people["dung"]) == ""


@pytest.mark.parametrize("overseer", OVERSEERS)
@pytest.mark.parametrize(
    ("who", "unit"), [("binh", "COMMUNE"), ("hung", "COMMUNE"), ("quyen", "DISTRICT")]
)
def test_nobody_watches_over_the_unit_or_commune_they_work_in(
    people: dict[str, User], overseer: Role, who: str, unit: str
) -> None:
    assert give(overseer, unit, people[who]) == "watches_own_work"


def test_who_watches_over_a_commune_gets_no_work_in_it_nor_is_lent_any(
    people: dict[str, User], appoint: Callable[..., User]
) -> None:
    front = appoint("mattran", "Mặt trận xã", Role.FRONT, Unit.objects.get(code="24646"))
    lent: dict[str, Any] = {"since": TODAY, "until": date(2024, 10, 20), "paper": "7/UQ"}
    lent |= {"paper_until": date(2024, 10, 20), "by": None, "at": moment("2024-10-12")}
    chair = held("binh", Role.COMMUNE_CHAIR)

    assert give(Role.COMMUNE_OFFICER, "COMMUNE", front) == "watches_own_work"
    assert give(Role.REVIEWER, "VILLAGE", front) == "watches_own_work"
    assert code_of(lambda: delegate(chair, to=front, **lent)) == "watches_own_work"


def test_who_works_elsewhere_or_did_so_before_may_watch(people: dict[str, User]) -> None:
    assert give(Role.INSPECTION, "COMMUNE", people["other_binh"]) == ""
    assert give(Role.AUDITOR, "PROVINCE", people["binh"]) == ""
    leave_seats(people["hung"])
    assert give(Role.FRONT, "COMMUNE", people["hung"]) == ""


def test_who_watches_over_a_commune_from_an_office_gets_no_work_in_it(
    people: dict[str, User],
) -> None:
    facts: dict[str, Any] = {"since": TODAY, "paper": "1/QĐ", "by": None}
    facts["at"] = moment("2024-10-12")
    unit, dung = Unit.objects.get(code="24646"), people["dung"]
    office = open_office(unit=unit, role=Role.INSPECTION, name="Tổ thanh tra", **facts)
    join_office(office=office, user=dung, until=None, **facts)

    assert give(Role.COMMUNE_OFFICER, "COMMUNE", dung) == "watches_own_work"


def test_who_works_in_a_commune_does_not_join_an_office_that_watches_over_it(
    people: dict[str, User],
) -> None:
    facts: dict[str, Any] = {"since": TODAY, "paper": "1/QĐ", "by": None}
    facts["at"] = moment("2024-10-12")
    unit = Unit.objects.get(code="24646")
    office = open_office(unit=unit, role=Role.INSPECTION, name="Tổ thanh tra", **facts)

    joining = {"office": office, "user": people["minh"], "until": None, **facts}
    assert code_of(lambda: join_office(**joining)) == "watches_own_work"
