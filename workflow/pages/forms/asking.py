"""Asking whether an act is possible now, and the answer in groups a person can read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext

from cases.duties import Duty
from cases.models import Round, RunningTerm, User
from cases.permissions import duty_unit
from cases.rules.packs import Act
from cases.running_terms import may_stand_still, standing_still
from workflow.machine.apply import ask, legal_day
from workflow.machine.bindings import CONDITIONS, Asking
from workflow.machine.refusals import Refusal, refusal
from workflow.machine.scope import Scope
from workflow.pages.forms.base import Target, scope_of_target
from workflow.pages.forms.listing import not_listed_from_last_year
from workflow.titles import state_title


def objections(code: str, target: Target, *, by: User, at: datetime) -> list[Refusal]:
    """
    Return what stands against an act on the target now, before anything is entered.

    Beside the engine's answer: households that only the act itself brings in (a request, last
    year's list), and the time of the year, which no entered fact can change.
    """
    scope = scope_of_target(target)
    declared = scope.pack.by_code[code]
    if isinstance(target, Round) and code in _ROUND_ASKS:
        against = _ROUND_ASKS[code](declared, target, by, at)
    else:
        against = ask(code, scope, by=by, at=at)
    if any(each.code == "no_duty" for each in against):
        return against
    return [*_of_the_day(declared, scope, by, at), *against]


# What no entered fact can change: the time of the year, what was decided already.
_OF_THE_DAY = ("within_window", "started", "intake_open", "not_decided_yet", "month_closed")


def _of_the_day(declared: Act, scope: Scope, by: User, at: datetime) -> list[Refusal]:
    asking = Asking(scope.pack, scope.round, at, legal_day(at), by, scope.village_review, {})
    against = []
    for code in declared.conditions:
        codes = CONDITIONS[code](asking) if code in _OF_THE_DAY else None
        if codes is None:
            continue
        states = dict(scope.cases().filter(code__in=codes).values_list("code", "state"))
        against += [
            refusal(scope.pack, code, case_code=case, detail=states.get(case, ""))
            for case in codes or ("",)
        ]
    return against


def _ask_build_list(declared: Act, round: Round, by: User, at: datetime) -> list[Refusal]:
    against = ask(declared.code, Scope(round), by=by, at=at)
    only_empty = {each.code for each in against} == {"nothing_to_do"}
    return [] if only_empty and not_listed_from_last_year(round).exists() else against


def _ask_new_case(declared: Act, round: Round, by: User, at: datetime) -> list[Refusal]:
    return _without_duty(declared, round, by)


def _ask_refuse(declared: Act, round: Round, by: User, at: datetime) -> list[Refusal]:
    waiting = round.cases.filter(state__in=declared.sources).values_list("pk", flat=True)
    if ids := list(waiting):
        return ask(declared.code, Scope(round, case_ids=ids), by=by, at=at)
    return _without_duty(declared, round, by) or [refusal(Scope(round).pack, "nothing_to_do")]


def _ask_suspend_term(declared: Act, round: Round, by: User, at: datetime) -> list[Refusal]:
    running = may_stand_still(RunningTerm.objects.filter(round=round), legal_day(at))
    against = ask(declared.code, Scope(round), by=by, at=at)
    return against or _unless(running.exists(), round, "term_may_pause")


def _ask_resume_term(declared: Act, round: Round, by: User, at: datetime) -> list[Refusal]:
    paused = standing_still(RunningTerm.objects.filter(round=round, ended_at__isnull=True))
    against = ask(declared.code, Scope(round), by=by, at=at)
    return against or _unless(paused.exists(), round, "term_is_paused")


def _unless(found: bool, round: Round, code: str) -> list[Refusal]:
    return [] if found else [refusal(Scope(round).pack, code)]


def _without_duty(declared: Act, round: Round, by: User) -> list[Refusal]:
    if duty_unit(by, Duty(declared.duty), round, ["COMMUNE"]) is not None:
        pack = Scope(round).pack
        pinned = bytes(round.pack_hash) == pack.fingerprint
        return [] if pinned else [refusal(pack, "pack_changed")]
    return [refusal(Scope(round).pack, "no_duty", detail=str(by))]


_ROUND_ASKS = {
    "build_list": _ask_build_list,
    "receive_request": _ask_new_case,
    "receive_exit_request": _ask_new_case,
    "receive_worker_request": _ask_new_case,
    "record_arrival": _ask_new_case,
    "refuse": _ask_refuse,
    "suspend_term": _ask_suspend_term,
    "resume_term": _ask_resume_term,
}


@dataclass
class Reason:
    """One reason against an act, with the households it is about."""

    code: str
    sentence: str
    article: str
    remedy: str
    cases: list[tuple[str, str | Promise]] = field(default_factory=list)


def reasons(refusals: Iterable[Refusal]) -> list[Reason]:
    """Group refusals by what they say; each names its households and the step they are at."""
    found: dict[str, Reason] = {}
    for each in refusals:
        reason = found.setdefault(
            each.code,
            Reason(each.code, str(each), gettext(each.article), gettext(each.remedy)),
        )
        if each.case_code:
            reason.cases.append((each.case_code, _step(each.detail)))
    return list(found.values())


def _step(state: str) -> str | Promise:
    try:
        return state_title(state)
    except KeyError:
        return ""
