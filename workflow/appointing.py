"""
Giving and ending roles: who may give what to whom, for which days, by which paper.

Each deed is planned first (`planned_...` says what would be written, or why not), so that a page can
show it before it is done. A deed writes the assignment, the grants that follow and, where a right
ends now, closes the person's sessions, all in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.duties import (
    NEVER_LENT,
    OVERSIGHT,
    ROLE_DUTIES,
    ROLE_LEVELS,
    SEATS,
    Duty,
    Role,
    appointing_levels,
    role_ends,
)
from cases.grants import lock_people, sync_grants, unit_ends
from cases.models import Leave, Level, OfficeMember, RoleAssignment, Unit, UnitVersion, User
from cases.models.people import Held
from cases.permissions import duty_unit, read_scope
from workflow.machine.apply import legal_day
from workflow.not_given import NotGiven
from workflow.sessions import end_sessions

Kind = RoleAssignment.Kind
DAY = timedelta(days=1)
OVERSEERS = frozenset(role for role, duties in ROLE_DUTIES.items() if duties == OVERSIGHT)


@dataclass(frozen=True)
class Place:
    """A unit and what is above it on a day, as rights are asked of it."""

    units: dict[str, int]

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return dict(self.units)


def place_of(unit: Unit, day: date) -> Place:
    """Return where a unit lies on a day; an ended or coming one, where it last lay or first will."""
    versions = unit.versions
    version = versions.in_force(day).first() or versions.order_by("valid_from").last()
    codes = version.path.strip("/").split("/") if version else [unit.code]
    return Place(dict(Unit.objects.filter(code__in=codes).values_list("level", "pk")))


def may_give(by: User, role: Role, unit: Unit, place: Place) -> bool:
    """Test if a person may give or end the role on the unit; asks no query once rights are read."""
    levels = appointing_levels(role, unit.level)
    return bool(levels) and duty_unit(by, Duty.APPOINT, place, levels) is not None


def may_lend(by: User, assignment: RoleAssignment, place: Place) -> bool:
    """Test if a person may lend an assignment's duties: one's own, or of whom one appoints."""
    if assignment.kind != Kind.APPOINTMENT:
        return False
    if duty_unit(by, Duty.DELEGATE, place) is None:
        return False
    own = assignment.user_id == by.pk and Duty.DELEGATE in ROLE_DUTIES[Role(assignment.role)]
    return own or may_give(by, Role(assignment.role), assignment.unit, place)


def may_end(by: User, assignment: RoleAssignment, place: Place) -> bool:
    """Test if a person may end an assignment: whoever gives its role, or lent it."""
    lender = assignment.on_behalf_of
    lent_by = lender is not None and lender.user_id == by.pk
    return lent_by or may_give(by, Role(assignment.role), assignment.unit, place)


def planned_appointment(
    *,
    user: User,
    role: Role,
    unit: Unit,
    since: date,
    until: date | None,
    paper: str,
    by: User | None,
    at: datetime,
) -> RoleAssignment:
    """
    Return the appointment that would be written; its end is the unit's or the role's where known.

    `by` None: an administrator at the machine.

    :raises NotGiven: with a code of `workflow.not_given.WHY`
    """
    day = legal_day(at)
    ask_paper(paper, unit)
    ask_person(user, by, unit)
    if by is not None:
        read_scope(by, day)
        if not may_give(by, role, unit, place_of(unit, day)):
            raise NotGiven("not_yours_to_give", unit, role)
    until = days_on_unit(role, unit, since, until, day)
    held = RoleAssignment.objects.filter(kind=Kind.APPOINTMENT, role=role, unit=unit)
    if overlapping(held.filter(user=user), since, until).exists():
        raise NotGiven("already_held", unit, role)
    if role in SEATS and overlapping(held, since, until).exists():
        raise NotGiven("seat_taken", unit, role)
    ask_apart(user, role, unit, since, until)
    return RoleAssignment(
        user=user,
        role=role,
        unit=unit,
        valid_from=since,
        valid_until=until,
        paper=paper.strip(),
        given_by=by,
        given_at=at,
    )


@transaction.atomic
def appoint(**facts: Any) -> RoleAssignment:
    """
    Give a role on a unit (phân công).

    :raises NotGiven: and then nothing is written
    """
    _lock_unit(facts["unit"])
    lock_people([facts["user"].pk])
    assignment = planned_appointment(**facts)
    assignment.save()
    sync_grants(legal_day(facts["at"]), [assignment.user])
    return assignment


def planned_end(
    held: Any, *, until: date | None, paper: str, reason: str, by: User | None, at: datetime
) -> Any:
    """
    Return the assignment or membership as it would be ended; until None: at once.

    :raises NotGiven: with a code of `workflow.not_given.WHY`
    """
    day, unit = legal_day(at), unit_of(held)
    ask_paper(paper, unit)
    if held.ended_at_once or (held.valid_until is not None and held.valid_until <= day):
        raise NotGiven("already_over", unit)
    # What began today was held today: a last day before it is no day of it.
    at_once = until is None or until == day == held.valid_from
    first_out = day + DAY if until is None or at_once else until
    if held.valid_from > day:
        # Not begun: withdrawn, whatever day was named before it.
        at_once, first_out = False, max(held.valid_from, until or held.valid_from)
    elif first_out <= held.valid_from:
        raise NotGiven("ends_before_start", unit)
    if held.valid_until is not None and first_out >= held.valid_until and not at_once:
        raise NotGiven("not_earlier", unit)
    held.valid_until = first_out if held.valid_until is None else min(first_out, held.valid_until)
    # An end that was to come and is overtaken keeps its paper beside the new one.
    papers = [each for each in (held.ended_paper, paper.strip()) if each]
    held.ended_paper = "; ".join(papers)[-200:]
    held.ended_at, held.ended_by = at, by
    held.ended_at_once, held.end_reason = at_once, reason
    return held


@transaction.atomic
def end_assignment(
    assignment: RoleAssignment,
    *,
    until: date | None,
    paper: str,
    reason: str,
    by: User | None,
    at: datetime,
) -> RoleAssignment:
    """
    End an assignment and what was lent of it: at once, or from a day on.

    What ends now closes the sessions of who held it.

    :raises NotGiven: and then nothing is written
    """
    day = legal_day(at)
    borrowers = assignment.lent.values_list("user", flat=True)
    lock_people([assignment.user_id, *borrowers])
    assignment = RoleAssignment.objects.select_related("user", "unit", "on_behalf_of").get(
        pk=assignment.pk
    )
    if by is not None:
        read_scope(by, day)
        if not may_end(by, assignment, place_of(assignment.unit, day)):
            raise NotGiven("not_yours_to_give", assignment.unit)
    facts: dict[str, Any] = {"until": until, "paper": paper, "reason": reason, "by": by, "at": at}
    ended = [planned_end(assignment, **facts)]
    for loan in _loans_beyond(assignment, day):
        # A paper that came late: the loan's first day lies behind its lender's last one.
        late = until is not None and loan.valid_from >= until
        ended.append(planned_end(loan, **{**facts, "until": None if late else until}))
    for row in ended:
        row.save()
    close(ended, day)
    return assignment


def close(ended: Iterable[Held], day: date) -> None:
    """Bring grants to what is still held; end the sessions of whose right is over."""
    rows: list[Any] = list(ended)
    sync_grants(day, [row.user for row in rows])
    for row in rows:
        if row.ended_at_once or row.valid_until <= day:
            end_sessions(row.user)


def _loans_beyond(assignment: RoleAssignment, day: date) -> list[RoleAssignment]:
    """Return the loans that would outlast their lender's assignment."""
    running = assignment.lent.filter(valid_until__gt=day, ended_at_once=False)
    if not assignment.ended_at_once:
        running = running.filter(valid_until__gt=assignment.valid_until)
    return list(running.select_related("user", "unit"))


def planned_loan(
    lender: RoleAssignment,
    *,
    to: User,
    since: date,
    until: date | None,
    paper: str,
    paper_until: date | None,
    duties: Iterable[str] = (),
    leave: Leave | None = None,
    by: User | None,
    at: datetime,
) -> RoleAssignment:
    """
    Return the delegation, or with a leave the substitution, that would be written.

    :raises NotGiven: with a code of `workflow.not_given.WHY`
    """
    day, unit = legal_day(at), lender.unit
    ask_paper(paper, unit)
    if lender.kind != Kind.APPOINTMENT:
        raise NotGiven("lent_again", unit)
    ask_person(to, by, unit)
    if to.pk == lender.user_id:
        raise NotGiven("self_appointment", unit)
    if by is not None:
        read_scope(by, day)
        if not may_lend(by, lender, place_of(unit, day)):
            raise NotGiven("not_yours_to_give", unit)
    if until is None:
        raise NotGiven("no_end", unit)
    if until <= since:
        raise NotGiven("ends_before_start", unit)
    if since < day:
        raise NotGiven("in_the_past", unit)
    if paper_until is not None and until > paper_until:
        raise NotGiven("longer_than_paper", unit, f"{until} > {paper_until}")
    _ask_lender(lender, since, until, day)
    chosen = sorted(set(duties))
    if set(chosen) - {duty.value for duty in ROLE_DUTIES[Role(lender.role)] - NEVER_LENT}:
        raise NotGiven("duty_not_lent", unit)
    if overlapping(
        RoleAssignment.objects.filter(user=to, on_behalf_of=lender), since, until
    ).exists():
        raise NotGiven("already_held", unit)
    ask_apart(to, Role(lender.role), unit, since, until)
    return RoleAssignment(
        kind=Kind.SUBSTITUTION if leave else Kind.DELEGATION,
        on_behalf_of=lender,
        leave=leave,
        user=to,
        role=lender.role,
        unit=unit,
        duties=chosen,
        valid_from=since,
        valid_until=until,
        paper=paper.strip(),
        paper_until=paper_until,
        given_by=by,
        given_at=at,
    )


@transaction.atomic
def delegate(lender: RoleAssignment, **facts: Any) -> RoleAssignment:
    """
    Lend duties of an appointment to somebody, by a paper, until a day (ủy quyền).

    :raises NotGiven: and then nothing is written
    """
    _lock_unit(lender.unit)
    lock_people([lender.user_id, facts["to"].pk])
    loan = planned_loan(_fresh(lender), **facts)
    loan.save()
    sync_grants(legal_day(facts["at"]), [loan.user])
    return loan


@transaction.atomic
def substitute(
    lender: RoleAssignment,
    *,
    to: User,
    since: date,
    until: date,
    paper: str,
    by: User | None,
    at: datetime,
) -> RoleAssignment:
    """
    Let somebody stand in while the holder is on leave, for just these days (làm thay khi nghỉ).

    :raises NotGiven: and then nothing is written
    """
    _lock_unit(lender.unit)
    lock_people([lender.user_id, to.pk])
    lender = _fresh(lender)
    facts: dict[str, Any] = {"to": to, "since": since, "until": until, "paper": paper}
    facts |= {"paper_until": until, "by": by, "at": at}
    # Asked before the leave is written: a leave without days is no row.
    planned_loan(lender, **facts)
    leave, _created = Leave.objects.get_or_create(
        user=lender.user,
        valid_from=since,
        valid_until=until,
        paper=paper.strip(),
        defaults={"given_by": by, "given_at": at},
    )
    loan = planned_loan(lender, leave=leave, **facts)
    loan.save()
    sync_grants(legal_day(at), [to])
    return loan


def ask_paper(paper: str, unit: Unit | None) -> None:
    if not paper.strip():
        raise NotGiven("no_paper", unit)


def ask_person(user: User, by: User | None, unit: Unit) -> None:
    if not user.is_active:
        raise NotGiven("inactive_person", unit)
    if by is not None and user.pk == by.pk:
        raise NotGiven("self_appointment", unit)


def ask_apart(user: User, role: Role, unit: Unit, since: date, until: date | None) -> None:
    """Refuse that one person works on a unit and watches over it, or within one commune."""
    place = place_of(unit, since)
    around = {unit.pk}
    if (commune := place.units.get(Level.COMMUNE)) is not None:
        code = f"/{Unit.objects.get(pk=commune).code}/"
        here = Q(unit__assignments__user=user) | Q(unit__offices__members__user=user)
        lay_in = UnitVersion.objects.filter(here).values_list("unit", "path")
        around |= {pk for pk, path in lay_in if code in f"/{path}"}
    held = (
        (RoleAssignment.objects.filter(user=user, unit__in=around), "role"),
        (OfficeMember.objects.filter(user=user, office__unit__in=around), "office__role"),
    )
    for rows, role_of in held:
        for other in overlapping(rows, since, until).values_list(role_of, flat=True):
            if (Role(other) in OVERSEERS) != (role in OVERSEERS):
                raise NotGiven("watches_own_work", unit, other)


def days_on_unit(role: Role, unit: Unit, since: date, until: date | None, day: date) -> date | None:
    """
    Return the first day out of a role on a unit: as asked, or where the unit or the role is known to end.

    :raises NotGiven: if the role is not given on that level, or not in those days
    """
    if unit.level not in ROLE_LEVELS[role]:
        raise NotGiven("role_not_here", unit, f"{role} {unit.level}")
    if until is not None and until <= since:
        raise NotGiven("ends_before_start", unit)
    ends = (
        ("role_over", role_ends(role, unit.level)),
        ("unit_ended", unit_ends([unit.pk]).get(unit.pk)),
    )
    for code, end in ends:
        if end is None:
            continue
        if max(since, day) >= end or (until is not None and until > end):
            raise NotGiven(code, unit, f"{end}")
        until = until or end
    if not UnitVersion.objects.in_force(since).filter(unit=unit).exists():
        raise NotGiven("unit_ended", unit, f"{since}")
    return until


def overlapping(rows: QuerySet[Any], since: date, until: date | None) -> QuerySet[Any]:
    """Return the rows that are held on some of the days; what was ended on a day frees that day."""
    rows = rows.filter(
        Q(valid_until__isnull=True)
        | Q(valid_until__gt=since + DAY)
        | Q(valid_until__gt=since, ended_at_once=False)
    )
    return rows if until is None else rows.filter(valid_from__lt=until)


def unit_of(held: Any) -> Unit:
    unit: Unit = held.unit if isinstance(held, RoleAssignment) else held.office.unit
    return unit


def _ask_lender(lender: RoleAssignment, since: date, until: date, day: date) -> None:
    """Hold a loan within what the lender holds, and within the unit's own days."""
    if not lender.user.is_active:
        raise NotGiven("inactive_person", lender.unit)
    if lender.ended_at_once or since < lender.valid_from:
        raise NotGiven("longer_than_lender", lender.unit)
    if lender.valid_until is not None and until > lender.valid_until:
        raise NotGiven("longer_than_lender", lender.unit, f"{until} > {lender.valid_until}")
    days_on_unit(Role(lender.role), lender.unit, since, until, day)


def _lock_unit(unit: Unit) -> None:
    """Make whoever gives something on the unit wait for each other: two would find one seat free."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _fresh(assignment: RoleAssignment) -> RoleAssignment:
    return RoleAssignment.objects.select_related("user", "unit").get(pk=assignment.pk)
