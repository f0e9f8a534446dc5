"""Appointing people from the command line."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.duties import Duty
from cases.models import RoleAssignment, Unit, User
from cases.permissions import forget_scope, scope_of


def appoint(*args: str, **options: object) -> str:
    out = StringIO()
    call_command("appoint", *args, stdout=out, **options)
    return out.getvalue()


def test_a_new_person_gets_an_account_and_the_duties_of_the_role(tan_lap: Unit) -> None:
    told = appoint("binh", "COMMUNE_CHAIR", "24646", paper="12/QĐ-UBND", name="Võ Văn Bình")

    user = User.objects.get(username="binh")
    assert user.check_password(told.split("password: ")[1].strip())
    assert scope_of(user)[Duty.SIGN_DECISION] == {"COMMUNE": {tan_lap.pk}}


def test_an_assignment_that_ended_gives_no_right_after_the_nightly_sync(tan_lap: Unit) -> None:
    appoint("binh", "COMMUNE_CHAIR", "24646", paper="12/QĐ-UBND", name="Võ Văn Bình")
    user = User.objects.get(username="binh")
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.update(valid_from=date(2024, 1, 1), valid_until=yesterday)

    call_command("sync_grants", stdout=StringIO())

    forget_scope(user)
    assert scope_of(user) == {}


def test_ending_an_assignment_keeps_both_papers(tan_lap: Unit) -> None:
    since = date(2024, 1, 1)
    appoint("binh", "COMMUNE_CHAIR", "24646", paper="12/QĐ-UBND", name="Võ Văn Bình", since=since)

    appoint("binh", "COMMUNE_CHAIR", "24646", paper="40/QĐ-UBND", until=date(2024, 12, 1))

    assignment = RoleAssignment.objects.get()
    assert assignment.valid_until == date(2024, 12, 1)
    assert (assignment.paper, assignment.ended_paper) == ("12/QĐ-UBND", "40/QĐ-UBND")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("binh", "COMMUNE_CHAIR", "99999"), "no unit 99999"),
        (("khong.co", "COMMUNE_CHAIR", "24646"), "give --name"),
    ],
)
def test_what_cannot_be_appointed_is_said(
    tan_lap: Unit, arguments: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        appoint(*arguments, paper="12/QĐ-UBND")

    assert not User.objects.exists()


def test_a_day_that_nobody_can_mean_is_refused(tan_lap: Unit) -> None:
    with pytest.raises(CommandError, match="is not a day of the years 1945 to 2100"):
        appoint("binh", "COMMUNE_CHAIR", "24646", "--paper=1/QĐ", "--name=B", "--from=9999-12-31")

    assert not RoleAssignment.objects.exists()
