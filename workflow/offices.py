"""Offices of a unit: opening one, who joins, who leaves; their duties are the office's role's."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction

from cases.duties import SEATS, Role
from cases.grants import lock_people, sync_grants, sync_offices
from cases.models import Office, OfficeMember, Unit, User
from cases.permissions import read_scope
from workflow.appointing import (
    ask_apart,
    ask_paper,
    ask_person,
    close,
    days_on_unit,
    may_give,
    overlapping,
    place_of,
    planned_end,
)
from workflow.machine.apply import legal_day
from workflow.not_given import NotGiven


def planned_office(
    *, unit: Unit, role: Role, name: str, since: date, paper: str, by: User | None, at: datetime
) -> Office:
    """
    Return the office that would be opened.

    :raises NotGiven: with a code of `workflow.not_given.WHY`
    """
    ask_paper(paper, unit)
    if role in SEATS:
        raise NotGiven("seat_is_no_office", unit, role)
    _ask_right(by, role, unit, legal_day(at))
    until = days_on_unit(role, unit, since, None, legal_day(at))
    if Office.objects.filter(unit=unit, name=name.strip()).exists():
        raise NotGiven("name_taken", unit)
    return Office(
        unit=unit,
        role=role,
        name=name.strip(),
        valid_from=since,
        valid_until=until,
        paper=paper.strip(),
        given_by=by,
        given_at=at,
    )


@transaction.atomic
def open_office(**facts: Any) -> Office:
    """
    Open an office on a unit (lập bộ phận).

    :raises NotGiven: and then nothing is written
    """
    office = planned_office(**facts)
    # A group's name is one for the whole site; people read the office's.
    office.group = Group.objects.create(name=f"{office.unit.code}:{uuid4().hex}")
    office.save()
    sync_offices(legal_day(facts["at"]), Office.objects.filter(pk=office.pk))
    return office


def planned_member(
    *,
    office: Office,
    user: User,
    since: date,
    until: date | None,
    paper: str,
    by: User | None,
    at: datetime,
) -> OfficeMember:
    """
    Return the membership that would be written.

    :raises NotGiven: with a code of `workflow.not_given.WHY`
    """
    day, unit, role = legal_day(at), office.unit, Role(office.role)
    ask_paper(paper, unit)
    ask_person(user, by, unit)
    _ask_right(by, role, unit, day)
    until = days_on_unit(role, unit, since, until, day)
    over = office.valid_until
    until = until or over
    if since < office.valid_from or (over is not None and until is not None and until > over):
        raise NotGiven("office_over", unit)
    if overlapping(office.members.filter(user=user), since, until).exists():
        raise NotGiven("already_held", unit)
    ask_apart(user, role, unit, since, until)
    return OfficeMember(
        office=office,
        user=user,
        valid_from=since,
        valid_until=until,
        paper=paper.strip(),
        given_by=by,
        given_at=at,
    )


@transaction.atomic
def join_office(**facts: Any) -> OfficeMember:
    """
    Let somebody belong to an office.

    :raises NotGiven: and then nothing is written
    """
    lock_people([facts["user"].pk])
    member = planned_member(**facts)
    member.save()
    sync_grants(legal_day(facts["at"]), [member.user])
    return member


@transaction.atomic
def leave_office(
    member: OfficeMember,
    *,
    until: date | None,
    paper: str,
    reason: str,
    by: User | None,
    at: datetime,
) -> OfficeMember:
    """
    End a membership, at once or from a day on; what ends now closes the person's sessions.

    :raises NotGiven: and then nothing is written
    """
    day = legal_day(at)
    lock_people([member.user_id])
    member = OfficeMember.objects.select_related("user", "office__unit").get(pk=member.pk)
    _ask_right(by, Role(member.office.role), member.office.unit, day)
    planned_end(member, until=until, paper=paper, reason=reason, by=by, at=at).save()
    close([member], day)
    return member


def _ask_right(by: User | None, role: Role, unit: Unit, day: date) -> None:
    if by is None:
        return
    read_scope(by, day)
    if not may_give(by, role, unit, place_of(unit, day)):
        raise NotGiven("not_yours_to_give", unit, role)
