"""Delegation by its paper, substitution during a leave, and in whose place an act was done."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.duties import NEVER_LENT, ROLE_DUTIES, Duty, Role
from cases.models import Act, Leave, RoleAssignment, Unit, User
from cases.permissions import holders_of, on_behalf_of, read_scope
from tests.conftest import Road, moment
from tests.rights.conftest import TODAY, code_of, held
from workflow.appointing import delegate, end_assignment, substitute
from workflow.machine.refusals import Refused

AT = moment("2024-10-12")
FIRST, UNTIL = date(2024, 10, 20), date(2024, 10, 25)
LENT = ROLE_DUTIES[Role.COMMUNE_CHAIR] - NEVER_LENT


def lend(people: dict[str, User], **facts: Any) -> str:
    asked: dict[str, Any] = {
        "to": people["dung"],
        "since": FIRST,
        "until": UNTIL,
        "paper": "7/UQ",
        "paper_until": UNTIL,
        "by": people["binh"],
        "at": AT,
    }
    lender = facts.pop("lender", None) or held("binh", Role.COMMUNE_CHAIR)
    return code_of(lambda: delegate(lender, **{**asked, **facts}))


def duties_on(user: User, day: date) -> set[str]:
    return set(read_scope(user, day))


def test_a_part_of_the_duties_is_lent_for_just_its_days(people: dict[str, User]) -> None:
    assert lend(people, duties=[Duty.SIGN_REPORT]) == ""

    dung = people["dung"]
    days = [FIRST - timedelta(1), FIRST, UNTIL - timedelta(1), UNTIL]
    part = {"sign_report", "view_cases"}  # whoever signs it reads it
    assert [duties_on(dung, day) for day in days] == [set(), part, part, set()]


def test_all_is_lent_but_what_gives_roles_and_lends(people: dict[str, User]) -> None:
    assert lend(people) == ""

    assert duties_on(people["dung"], FIRST) == LENT


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"paper_until": UNTIL - timedelta(1)}, "longer_than_paper"),
        ({"paper": ""}, "no_paper"),
        ({"until": None}, "no_end"),
        ({"until": FIRST}, "ends_before_start"),
        ({"since": TODAY - timedelta(1)}, "in_the_past"),
        ({"duties": [Duty.APPOINT]}, "duty_not_lent"),
        ({"duties": [Duty.CLASSIFY]}, "duty_not_lent"),
        ({"duties": ["no such duty"]}, "duty_not_lent"),
    ],
)
def test_a_delegation_keeps_to_its_paper_and_its_days(
    people: dict[str, User], facts: dict[str, Any], answer: str
) -> None:
    assert lend(people, **facts) == answer
    assert not RoleAssignment.objects.filter(user=people["dung"]).exists()


def test_a_delegation_is_no_longer_than_the_lenders_own_days(people: dict[str, User]) -> None:
    chair = held("binh", Role.COMMUNE_CHAIR)
    chair.valid_until = UNTIL
    chair.save()

    late = UNTIL + timedelta(1)
    assert lend(people, until=late, paper_until=late) == "longer_than_lender"
    assert lend(people) == ""


def test_what_is_lent_is_not_lent_again_by_anybody(people: dict[str, User]) -> None:
    lend(people)
    loan = RoleAssignment.objects.get(user=people["dung"])

    for by in ("dung", "binh", "quyen"):
        assert lend(people, lender=loan, to=people["minh"], by=people[by]) == "lent_again"


def test_nobody_lends_to_oneself_or_takes_a_loan(people: dict[str, User]) -> None:
    assert lend(people, to=people["binh"]) == "self_appointment"
    assert lend(people, by=people["dung"]) == "self_appointment"
    assert lend(people, by=people["minh"]) == "not_yours_to_give"
    assert lend(people, by=people["other_binh"]) == "not_yours_to_give"


def test_the_same_is_lent_once(people: dict[str, User]) -> None:
    assert [lend(people), lend(people)] == ["", "already_held"]


def test_a_reviewer_does_not_lend_but_the_chair_names_who_stands_in(
    people: dict[str, User],
) -> None:
    lan = held("lan", Role.REVIEWER, "24646.001")

    assert lend(people, lender=lan, by=people["lan"]) == "not_yours_to_give"
    assert lend(people, lender=lan) == ""


def stand_in(people: dict[str, User], lender: RoleAssignment, **facts: Any) -> str:
    asked: dict[str, Any] = {
        "to": people["dung"],
        "since": FIRST,
        "until": UNTIL,
        "paper": "8/GNP",
        "by": people["binh"],
        "at": AT,
    }
    return code_of(lambda: substitute(lender, **{**asked, **facts}))


def test_who_stands_in_holds_the_duties_from_the_first_day_of_the_leave_to_the_last(
    people: dict[str, User],
) -> None:
    assert stand_in(people, held("lan", Role.REVIEWER, "24646.001")) == ""

    leave = Leave.objects.get()
    assert (leave.user, leave.valid_from, leave.valid_until) == (people["lan"], FIRST, UNTIL)
    days = [FIRST - timedelta(1), FIRST, UNTIL - timedelta(1), UNTIL]
    held_on = [bool(duties_on(people["dung"], day)) for day in days]
    assert held_on == [False, True, True, False]


def test_a_leave_longer_than_the_lenders_days_is_refused_and_leaves_no_row(
    people: dict[str, User],
) -> None:
    lan = held("lan", Role.REVIEWER, "24646.001")
    lan.valid_until = UNTIL - timedelta(1)
    lan.save()

    assert stand_in(people, lan) == "longer_than_lender"
    assert not Leave.objects.exists()


def test_an_act_done_in_anothers_place_is_told_apart(people: dict[str, User]) -> None:
    commune = Unit.objects.get(code="24646")
    lend(people, duties=[Duty.SIGN_REPORT])
    dung, binh = people["dung"], people["binh"]

    loan = on_behalf_of(dung, Duty.SIGN_REPORT, commune.pk, FIRST)

    assert loan is not None and loan.on_behalf_of is not None
    assert (loan.kind, loan.on_behalf_of.user) == ("DELEGATION", binh)
    assert on_behalf_of(dung, Duty.SIGN_DECISION, commune.pk, FIRST) is None
    assert on_behalf_of(dung, Duty.SIGN_REPORT, commune.pk, UNTIL) is None
    assert on_behalf_of(binh, Duty.SIGN_REPORT, commune.pk, FIRST) is None


def test_who_has_the_duty_by_oneself_acts_for_nobody_else(people: dict[str, User]) -> None:
    village = Unit.objects.get(code="24646.001")
    stand_in(people, held("hung", Role.VILLAGE_HEAD, "24646.001"), to=people["thu"])

    assert on_behalf_of(people["thu"], Duty.KEEP_MINUTES, village.pk, FIRST) is None
    assert on_behalf_of(people["thu"], Duty.POST, village.pk, FIRST) is not None


def test_asking_in_whose_place_costs_no_query_for_who_borrows_nothing(
    people: dict[str, User],
) -> None:
    read_scope(people["binh"], TODAY)
    with CaptureQueriesContext(connection) as captured:
        on_behalf_of(people["binh"], Duty.SIGN_REPORT, Unit.objects.get(code="24646").pk, TODAY)
    assert len(captured) == 1  # the unit


def test_what_was_lent_ends_with_the_lenders_own(people: dict[str, User]) -> None:
    lend(people, since=TODAY)
    chair = held("binh", Role.COMMUNE_CHAIR)
    assert duties_on(people["dung"], TODAY) == LENT

    end_assignment(chair, until=None, paper="9/QĐ", reason="DISMISSAL", by=people["quyen"], at=AT)

    assert duties_on(people["dung"], TODAY) == set()
    loan = RoleAssignment.objects.get(user=people["dung"])
    assert (loan.ended_at_once, loan.ended_paper) == (True, "9/QĐ")


@pytest.mark.parametrize("last_day_out", [date(2024, 9, 21), date(2024, 10, 1), TODAY])
def test_a_paper_that_came_late_ends_the_loans_that_began_after_it_at_once(
    people: dict[str, User], last_day_out: date
) -> None:
    lend(people, since=date(2024, 10, 1), at=moment("2024-10-01"))
    lend(people, to=people["minh"])
    chair = held("binh", Role.COMMUNE_CHAIR)
    facts: dict[str, Any] = {"paper": "9/QĐ", "reason": "DISMISSAL", "by": people["quyen"]}

    end_assignment(chair, until=last_day_out, **facts, at=AT)

    assert held("binh", Role.COMMUNE_CHAIR).valid_until == last_day_out
    begun, coming = RoleAssignment.objects.filter(on_behalf_of=chair).order_by("pk")
    began_within = last_day_out > begun.valid_from
    assert begun.valid_until == (last_day_out if began_within else TODAY + timedelta(1))
    assert begun.ended_at_once is not began_within
    assert (coming.valid_until, coming.ended_paper) == (coming.valid_from, "9/QĐ")
    assert duties_on(people["dung"], TODAY) == set()
    assert "sign_report" not in duties_on(people["minh"], FIRST)


def test_a_closed_account_lends_nothing_and_an_opened_one_again(people: dict[str, User]) -> None:
    lend(people, since=TODAY)
    unit = Unit.objects.get(code="24646").pk

    def held_by_dung() -> tuple[bool, bool]:
        told = holders_of([Duty.SIGN_DECISION], unit, TODAY)
        return bool(duties_on(people["dung"], TODAY)), people["dung"] in told

    before = held_by_dung()
    User.objects.filter(pk=people["binh"].pk).update(is_active=False)
    closed = held_by_dung()
    User.objects.filter(pk=people["binh"].pk).update(is_active=True)

    assert [before, closed, held_by_dung()] == [(True, True), (False, False), (True, True)]


def test_nothing_is_lent_from_a_closed_account(people: dict[str, User]) -> None:
    User.objects.filter(pk=people["binh"].pk).update(is_active=False)

    assert lend(people, by=people["quyen"]) == "inactive_person"
    assert not RoleAssignment.objects.filter(user=people["dung"]).exists()


def test_a_lender_who_ends_past_the_program_takes_the_loan_along_at_the_next_sync(
    people: dict[str, User],
) -> None:
    from cases.permissions import sync_grants

    lend(people)
    RoleAssignment.objects.filter(user=people["binh"]).update(valid_until=FIRST)

    sync_grants(TODAY, [people["binh"]])

    assert duties_on(people["dung"], FIRST) == set()


def test_a_delegate_acts_on_the_days_of_the_loan_only(road: Road, people: dict[str, User]) -> None:
    road.open().list()
    road.at = AT
    lend(people, lender=held("hoa", Role.COMMUNE_COMMITTEE), since=TODAY, until=date(2024, 10, 14))
    road.survey()
    road.cast["hoa"] = people["dung"]

    road.pass_days(2)
    with pytest.raises(Refused) as caught:
        road.classify()
    road.pass_days(-1)
    road.classify()

    assert caught.value.codes == {"no_duty"}
    told = Act.objects.filter(code="classify").values_list("actor", "on_behalf_of").distinct()
    assert [(actor, bool(lender)) for actor, lender in told] == [(people["dung"].pk, True)]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"on_behalf_of": None}, "what_is_lent_names_its_lender"),
        ({"valid_until": None}, "a_loan_has_an_end"),
        ({"paper_until": FIRST}, "an_assignment_does_not_outlast_its_paper"),
        ({"kind": "SUBSTITUTION"}, "who_stands_in_does_so_during_a_leave"),
        ({"ended_at": AT}, "an_end_rests_on_a_paper"),
        ({"valid_until": FIRST}, "assignment_ends_after_it_starts"),
    ],
)
def test_the_database_holds_the_line(
    people: dict[str, User], change: dict[str, Any], constraint: str
) -> None:
    lend(people)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RoleAssignment.objects.filter(user=people["dung"]).update(**change)
