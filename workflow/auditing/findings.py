"""
Findings: an auditor asks, the commune answers, an auditor concludes. Nothing is deleted.

Who answers holds a duty of the commune's own work there; whoever audits it does not answer for it.
A finding is closed by its author or by somebody who audits at least as widely, and never by somebody
who works in the commune or one of its villages, whatever else they hold.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.duties import OVERSIGHT, Duty
from cases.models import Case, Finding, FindingEntry, Level, Round, User, VillageReview
from cases.models.auditing import FindingQuerySet
from cases.names import normalise
from cases.permissions import holds_duty, rounds_within_duty, scope_of
from workflow.auditing.scope import audit_level

# What an officer, the committee and the chair hold on their commune, and no auditor.
ANSWERING = (Duty.RECORD_REQUEST, Duty.COMPILE_LIST, Duty.SIGN_DECISION)
LONGEST = 4_000
_WIDE = (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE, Level.NATION)
_READ = {Level.PROVINCE: "province", Level.DISTRICT: "district", Level.COMMUNE: "keeper"}


class NotYours(Exception):
    """Whoever asks may not say this to the finding; `code` is for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def findings_within(user: User) -> FindingQuerySet:
    """
    Return the findings that the user may read: of rounds audited, or read at the commune or above.

    A village's own people read no findings: they name other villages.
    """
    granted = scope_of(user)
    held = {
        level: {
            *granted.get(Duty.AUDIT, {}).get(level, ()),
            *granted.get(Duty.VIEW, {}).get(level, ()),
        }
        for level in _WIDE
    }
    rows = Finding.objects.all()
    if held[Level.NATION]:
        return rows
    reach = Q(pk__in=[])
    for level, column in _READ.items():
        if held[level]:
            reach |= Q(**{f"round__{column}__in": held[level]})
    return rows.filter(reach)


def waiting_for(user: User) -> tuple[QuerySet[Finding] | None, QuerySet[Finding] | None]:
    """
    Return the findings that wait for the user's answer, and those answered that wait for a conclusion.

    None: nothing can, of whoever answers for no commune or audits nothing.
    """
    granted = scope_of(user)
    communes = {pk for duty in ANSWERING for pk in granted.get(duty, {}).get(Level.COMMUNE, ())}
    to_answer = Finding.objects.of_status(Finding.Status.OPEN).filter(round__keeper__in=communes)
    to_close = Finding.objects.of_status(Finding.Status.ANSWERED).filter(
        author=user, round__in=rounds_within_duty(user, Duty.AUDIT)
    )
    worked_on = Round.objects.filter(
        Q(keeper__in=_own_units(user, Level.COMMUNE))
        | Q(village_reviews__keeper__in=_own_units(user, Level.VILLAGE))
    )
    to_close = to_close.exclude(round__in=worked_on)
    return to_answer if communes else None, to_close if granted.get(Duty.AUDIT) else None


def may_answer(user: User, finding: Finding) -> bool:
    """Test if the user speaks for the commune that the finding is about."""
    return not holds_duty(user, Duty.AUDIT, finding.round) and any(
        holds_duty(user, duty, finding.round, [Level.COMMUNE]) for duty in ANSWERING
    )


def may_close(user: User, finding: Finding) -> bool:
    """Test if the user may conclude, or ask on: the author, or who audits at least as widely."""
    unit = audit_level(user, finding.round)
    if unit is None or _works_on(user, finding.round):
        return False
    if finding.author_id == user.pk:
        return True
    own = {pk: level for level in _WIDE for pk in scope_of(user)[Duty.AUDIT].get(level, ())}
    return _WIDE.index(Level(own[unit])) >= _WIDE.index(Level(finding.unit.level))


def _own_units(user: User, level: Level) -> set[int]:
    """Return the units of a level in whose own work the user has a part."""
    granted = scope_of(user)
    working = granted.keys() - OVERSIGHT
    return {pk for duty in working for pk in granted[duty].get(level, ())}


def _works_on(user: User, round: Round) -> bool:
    """Test if the user has a part in the round that the commune and its villages carry out."""
    if round.keeper_id in _own_units(user, Level.COMMUNE):
        return True
    villages = _own_units(user, Level.VILLAGE)
    return bool(villages) and round.village_reviews.filter(keeper__in=villages).exists()


@transaction.atomic
def find(
    *,
    round: Round,
    village_review: VillageReview | None = None,
    case: Case | None = None,
    text: str,
    source: str,
    by: User,
    at: datetime,
) -> Finding:
    """
    Enter a finding.

    :raises NotYours: if the user does not audit the round
    """
    unit = audit_level(by, round)
    if unit is None:
        raise NotYours("no_duty")
    return Finding.objects.create(
        round=round,
        village_review=case.village_review if case else village_review,
        case=case,
        source=source,
        text=_told(text),
        author=by,
        author_name=by.get_full_name(),
        unit_id=unit,
        at=at,
    )


def answer(finding: Finding, *, text: str, by: User, at: datetime) -> FindingEntry:
    """
    Enter the commune's answer.

    :raises NotYours: if the user does not speak for the commune, or all was said
    """
    if not may_answer(by, finding):
        raise NotYours("no_duty")
    return _say(finding, FindingEntry.Kind.ANSWER, text, by, at)


def ask_on(finding: Finding, *, text: str, by: User, at: datetime) -> FindingEntry:
    """
    Ask the commune again; a concluded finding is open again.

    :raises NotYours: if the user may not conclude it either
    """
    if not may_close(by, finding):
        raise NotYours("no_duty")
    return _say(finding, FindingEntry.Kind.REOPEN, text, by, at)


def close(finding: Finding, *, text: str, by: User, at: datetime) -> FindingEntry:
    """
    Conclude.

    :raises NotYours: if the user may not, or it was concluded
    """
    if not may_close(by, finding):
        raise NotYours("no_duty")
    return _say(finding, FindingEntry.Kind.CLOSE, text, by, at)


def _say(finding: Finding, kind: str, text: str, by: User, at: datetime) -> FindingEntry:
    last = finding.entries.order_by("-pk").values_list("kind", flat=True).first()
    concluded = last == FindingEntry.Kind.CLOSE
    if concluded and kind != FindingEntry.Kind.REOPEN:
        raise NotYours("concluded")
    return FindingEntry.objects.create(
        finding=finding,
        kind=kind,
        text=_told(text),
        author=by,
        author_name=by.get_full_name(),
        at=at,
    )


def _told(text: str) -> str:
    return "\n".join(normalise(line) for line in text.strip().splitlines())
