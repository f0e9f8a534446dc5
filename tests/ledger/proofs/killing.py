"""
Kill the process that does an act: at each of its statements, or at any moment.

Works on a database of its own (bench.places), walked by the product's own acts (bench.ground).
"""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from bench.ground import _DEEDS, STEPS, Deeds, Ground
from cases.duties import Role
from cases.models import Act, Case
from tests.ledger.proofs.state import digest, torn
from workflow.acts.posting import interrupt_posting
from workflow.acts.reconsidering import revoke_decision

Deed = Callable[[], Any]


@dataclass
class Told:
    """What a campaign of kills found."""

    kills: int = 0
    acts: int = 0
    steps: list[str] = field(default_factory=list)
    half_done: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.half_done and not self.lost


def _interrupt(ground: Ground) -> Deeds:
    who = ground.signs("post_list", Role.VILLAGE_HEAD)
    yield partial(
        interrupt_posting, village_review=ground.villages()[0], reason="Bão cuốn mất", **who
    )


def _post_again(ground: Ground) -> Deeds:
    yield next(iter(_DEEDS["post_list"](ground)))


def _revoke(ground: Ground) -> Deeds:
    codes = ground.round.cases.filter(state="certified").order_by("code")
    reasons = dict.fromkeys(codes.values_list("code", flat=True), "Nhầm hộ")
    who = ground.signs("issue_certificates", Role.COMMUNE_CHAIR)
    yield partial(revoke_decision, round=ground.round, number="95/QĐ-UBND", reasons=reasons, **who)


# The straight road, and beside it: a list that came down too early and is hung again; decisions revoked.
DEEDS: dict[str, Callable[[Ground], Deeds]] = {
    **{step: _DEEDS[step] for step in STEPS[: STEPS.index("close_posting")]},
    "interrupt_posting": _interrupt,
    "post_again": _post_again,
    **{step: _DEEDS[step] for step in STEPS[STEPS.index("close_posting") :]},
    "revoke_decision": _revoke,
}


def kill_at_each_statement(
    ground: Ground, *, steps: tuple[str, ...] = tuple(DEEDS), without_transaction: bool = False
) -> Told:
    """
    Do every act of the steps, killed at its first statement, then its second ... until it is done.

    `without_transaction`: the planted fault, statements commit one by one.
    """
    told = Told()
    for step in steps:
        told.steps.append(step)
        for number in range(len(list(DEEDS[step](ground)))):
            told.acts += 1
            _until_done(ground, step, number, told, without_transaction)
            if told.half_done:
                return told
    return told


def _until_done(ground: Ground, step: str, number: int, told: Told, bare: bool) -> None:
    before, acts, at = digest(), Act.objects.count(), 0
    while True:
        at += 1
        if not _child(lambda: _die_at(ground, step, number, at, bare)):  # noqa: B023 (called at once)
            return
        told.kills += 1
        if digest() == before:
            continue
        # Killed after the commit, while heads were given out: the act must be there whole.
        if Act.objects.count() == acts + 1 and not torn():
            return
        told.half_done.append(f"{step} {number + 1}, killed at statement {at}")
        return


def _child(deed: Deed) -> bool:
    """Run in a child process with a connection of its own; return if it was killed."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            deed()
        except BaseException:  # no test runner may go on in the child
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise AssertionError("the act failed in the child")
    return False


def _die_at(ground: Ground, step: str, number: int, at: int, bare: bool) -> None:
    deed = list(DEEDS[step](ground))[number]
    left = at

    def count() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def each(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        count()
        return execute(sql, params, many, context)

    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def committing(self: BaseDatabaseWrapper) -> Any:
        count()
        return commit(self)

    with (
        connection.execute_wrapper(each),
        patch.object(BaseDatabaseWrapper, "_commit", committing),
        _each_statement_commits() if bare else nullcontext(),
    ):
        deed()


@contextmanager
def _each_statement_commits() -> Iterator[None]:
    """Make transaction.atomic mean nothing: the fault that the harness has to see."""

    def nothing(self: Any, *args: Any) -> None:
        return None

    with (
        patch.object(transaction.Atomic, "__enter__", nothing),
        patch.object(transaction.Atomic, "__exit__", nothing),
    ):
        connection.features.supports_transactions = False  # or a lock is refused
        yield


def kill_at_any_moment(
    ground: Ground, kills: int, seed: int, *, acknowledge_first: bool = False
) -> Told:
    """
    Let a worker survey household by household and tell each on a pipe after its commit; kill it.

    `acknowledge_first`: the planted fault, it tells before it commits.
    """
    told, chance = Told(), random.Random(seed)
    told_done: set[str] = set()
    while told.kills < kills:
        told_done |= _killed_worker(ground, chance, acknowledge_first)
        told.kills += 1
        surveyed = set(Case.objects.filter(state="surveyed").values_list("code", flat=True))
        told.lost = sorted(told_done - surveyed)
        told.acts = len(surveyed)
        if told.lost or not Case.objects.filter(state="listed").exists():
            break
    told.half_done = torn()
    return told


def _killed_worker(ground: Ground, chance: random.Random, acknowledge_first: bool) -> set[str]:
    connection.close()
    ours, theirs = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(ours)
        try:
            survey_and_tell(ground, theirs, acknowledge_first)
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        pipe.read(2)  # it stands at its first act
        time.sleep(chance.uniform(0, 0.5))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        return {line.decode() for line in pipe.read().split(b"\n")[:-1]}


def survey_and_tell(ground: Ground, pipe: int, acknowledge_first: bool) -> None:
    """Survey the commune's households one after another; write each code on the pipe when it is done."""
    from cases.duties import Role
    from workflow.acts.surveying import SurveySheet, survey_case

    listed = Case.objects.filter(state="listed", round=ground.round_id)
    cases = list(listed.select_related("round", "village_review"))
    day = ground.moment("survey").date()
    os.write(pipe, b".\n")
    for case in cases:
        said = f"{case.code}\n".encode()
        if acknowledge_first:
            os.write(pipe, said)
        sheet = SurveySheet(case, day, "Lan", 100, (True,) * 3 + (False,) * 9)
        survey_case(sheet=sheet, **ground.signs("survey", Role.REVIEWER))
        if not acknowledge_first:
            os.write(pipe, said)
