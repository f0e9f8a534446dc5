"""
Editions of the procedure that officers load: one loads, another approves (phiên bản quy trình).

Only an approved edition is followed. Once settled it is never changed: a change is another edition.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cases.duties import Duty
from cases.models import Level, PackEdition, User
from cases.permissions import scope_of
from cases.rules.packs import PACKS, SHIPPED, Pack
from cases.rules.packs.files import PackFileError, conflicts, read_pack
from cases.rules.packs.reasons import Problem, Reason

LARGEST_FILE = 1_000_000  # characters; the largest shipped pack has some 41,000


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; whoever shows it translates it."""
    return text


class Denial(StrEnum):
    """Why an officer may not do this to an edition."""

    NO_DUTY = "no_duty"
    SAME_OFFICER = "same_officer"
    SETTLED = "settled"
    NO_PAPER = "no_paper"
    NO_REASON = "no_reason"
    SPOILED = "spoiled"


DENIALS: dict[Denial, str] = {
    Denial.NO_DUTY: _("Người này không được phân công quản lý quy trình của cả nước."),
    Denial.SAME_OFFICER: _("Người nạp không tự duyệt: việc duyệt là của người thứ hai."),
    Denial.SETTLED: _("Phiên bản này đã được duyệt hoặc đã bị từ chối."),
    Denial.NO_PAPER: _("Chưa ghi văn bản làm căn cứ nạp."),
    Denial.NO_REASON: _("Chưa ghi lý do từ chối."),
    Denial.SPOILED: _("Nội dung đang lưu không còn khớp mã băm lúc nạp, nên không được áp dụng."),
}


class Denied(Exception):
    """The deed was not done; `code` says why."""

    def __init__(self, code: Denial) -> None:
        self.code = code
        super().__init__(code.value)


_followed: dict[str, Pack] = {}


def wire() -> None:
    """Let the shelf of packs find the editions that officers loaded; asks nothing yet."""
    PACKS.fetch = fetch
    PACKS.list_loaded = approved_packs


def forget(**kwargs: Any) -> None:
    """Forget what was approved: the tables were made anew, or emptied."""
    _followed.clear()


def fetch(code: str) -> Pack:
    """
    Return the approved edition with this code.

    :raises KeyError: if there is none; the next asking looks again
    :raises Denied: if what is stored is not what was approved
    """
    if code in _followed:
        return _followed[code]
    row = PackEdition.objects.filter(code=code, approved_by__isnull=False).first()
    if row is None:
        raise KeyError(code)
    pack = pack_of(row)
    # An approval that is committed stands for good; one that is rolled back was never seen.
    transaction.on_commit(partial(_followed.setdefault, code, pack))
    return pack


def approved_packs() -> list[Pack]:
    """Return every approved edition, oldest first, by one query."""
    rows = PackEdition.objects.filter(approved_by__isnull=False).order_by("pk")
    return [pack_of(row) for row in rows]


def pack_of(row: PackEdition) -> Pack:
    """
    Return the pack that a loaded edition says.

    :raises Denied: if its content is not what its loader gave
    """
    try:
        pack = _read(row.content, row.code)
    except PackFileError as error:
        raise Denied(Denial.SPOILED) from error
    if pack.fingerprint != bytes(row.fingerprint) or pack.code != row.code:
        raise Denied(Denial.SPOILED)
    return pack


# By content, so that nothing is remembered that is not there any more.
@lru_cache(maxsize=64)
def _read(content: str, name: str) -> Pack:
    return read_pack(content, name)


def may_manage(user: User) -> bool:
    """Test if the user manages the procedure of the whole nation."""
    return bool(scope_of(user).get(Duty.MANAGE_STANDARDS, {}).get(Level.NATION))


def load_edition(*, text: str, name: str, by: User, at: datetime, paper: str) -> PackEdition:
    """
    Keep a pack's file as a draft; nobody follows it until somebody else approves it.

    :raises PackFileError: with the problems of the file, also beside other editions
    :raises Denied: without the duty on the nation, or without a paper
    """
    _require(by, paper.strip(), Denial.NO_PAPER)
    if len(text) > LARGEST_FILE:
        problem = Problem(name, Reason.NOT_A_FILE, {"detail": f"> {LARGEST_FILE}"})
        raise PackFileError(name, [problem])
    pack = _read(text, name)
    _require_room(pack, name)
    row = PackEdition(
        code=pack.code,
        fingerprint=pack.fingerprint,
        content=text,
        paper=paper.strip(),
        loaded_by=by,
        loaded_at=at,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # A draft or a rejected one has the code already; each loading is a code of its own.
        problem = Problem("code", Reason.LOADED_TWICE, {"code": pack.code})
        raise PackFileError(name, [problem]) from error
    return row


@transaction.atomic
def approve(*, code: str, by: User, at: datetime) -> PackEdition:
    """
    Approve a draft: rounds opened from now on within its dates follow it.

    `workflow.pack_editions.approve` is what pages and commands call: it also teaches the database
    the steps that are new in it.

    :raises PackEdition.DoesNotExist: if there is none with this code
    :raises Denied: for its loader, without the duty on the nation, or when it is settled
    :raises PackFileError: if it cannot stand beside what was approved since it was loaded
    """
    row = _locked_draft(code, by)
    if row.loaded_by_id == by.pk:
        raise Denied(Denial.SAME_OFFICER)
    _require_room(pack_of(row), row.code)
    row.approve(by, at)
    return row


@transaction.atomic
def reject(*, code: str, by: User, at: datetime, reason: str) -> PackEdition:
    """
    Put a draft aside with a reason; it stays readable. Its loader may do this as well.

    :raises PackEdition.DoesNotExist: if there is none with this code
    :raises Denied: without the duty on the nation, without a reason, or when it is settled
    """
    row = _locked_draft(code, by)
    _require(by, reason.strip(), Denial.NO_REASON)
    row.reject(by, at, reason.strip())
    return row


def _locked_draft(code: str, by: User) -> PackEdition:
    # All of them, in one order: two drafts that overlap cannot both be approved.
    rows: QuerySet[PackEdition] = PackEdition.objects.select_for_update().order_by("pk")
    row = next((each for each in rows if each.code == code), None)
    if row is None:
        raise PackEdition.DoesNotExist(code)
    _require(by)
    if row.is_settled:
        raise Denied(Denial.SETTLED)
    return row


def _require(by: User, words: str = "-", otherwise: Denial = Denial.NO_REASON) -> None:
    if not may_manage(by):
        raise Denied(Denial.NO_DUTY)
    if not words:
        raise Denied(otherwise)


def _require_room(pack: Pack, name: str) -> None:
    others: Iterable[Pack] = (*SHIPPED, *approved_packs())
    if problems := list(conflicts(pack, others)):
        raise PackFileError(name, problems)
