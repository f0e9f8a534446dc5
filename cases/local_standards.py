"""
Standards of provinces: one officer loads a file, another approves it (chuẩn của địa phương).

A round pins those in force in its province at its opening; an approval later changes no open round.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cases.duties import Duty
from cases.models import Level, LocalStandard, Unit, User
from cases.permissions import holds_duty, scope_of
from cases.rules.local_standards import (
    BadLocalStandard,
    LocalLines,
    Problem,
    parse_local_standard,
    problems_of,
)
from cases.rules.standards import UnknownStandard


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; whoever shows it translates it."""
    return text


class Denial(StrEnum):
    """Why an officer may not do this to a standard."""

    NO_DUTY = "no_duty"
    SAME_OFFICER = "same_officer"
    SETTLED = "settled"
    NO_PAPER = "no_paper"
    NO_REASON = "no_reason"


DENIALS: dict[Denial, str] = {
    Denial.NO_DUTY: _("Người này không được phân công quản lý chuẩn của tỉnh, thành phố ấy."),
    Denial.SAME_OFFICER: _("Người nạp không tự duyệt: việc duyệt là của người thứ hai."),
    Denial.SETTLED: _("Chuẩn này đã được duyệt hoặc đã bị từ chối."),
    Denial.NO_PAPER: _("Chưa ghi văn bản làm căn cứ nạp."),
    Denial.NO_REASON: _("Chưa ghi lý do từ chối."),
}


class Denied(Exception):
    """The deed was not done; `code` says why."""

    def __init__(self, code: Denial) -> None:
        self.code = code
        super().__init__(code.value)


def lines_of(row: LocalStandard) -> LocalLines:
    """Return what the file of a loaded standard says."""
    return parse_local_standard(row.content, file=row.code)


def local_standards_within_duty(user: User) -> QuerySet[LocalStandard]:
    """Return the standards of the provinces that the user manages standards of."""
    granted = scope_of(user).get(Duty.MANAGE_STANDARDS, {})
    rows = LocalStandard.objects.select_related("province", "loaded_by", "approved_by")
    if granted.get(Level.NATION):
        return rows
    return rows.filter(province__in=granted.get(Level.PROVINCE, ()))


def local_standards_in_force(province: Unit, day: date) -> list[str]:
    """Return the codes of the province's approved standards in force on a day; a round pins them."""
    rows = _approved(province).filter(valid_from__lte=day, valid_until__gt=day)
    return list(rows.order_by("code").values_list("code", flat=True))


def pinned_standards(codes: Iterable[str]) -> list[LocalLines]:
    """
    Return the standards that a round pinned, in its order, by one query; by none if it pinned none.

    :raises UnknownStandard: if one is not there or was never approved
    """
    wanted = list(codes)
    if not wanted:
        return []
    rows = LocalStandard.objects.filter(code__in=wanted, approved_by__isnull=False)
    found = {row.code: row for row in rows}
    if missing := [code for code in wanted if code not in found]:
        raise UnknownStandard(", ".join(missing))
    return [lines_of(found[code]) for code in wanted]


@transaction.atomic
def load_local_standard(
    *, text: str, file: str, paper: str, by: User, at: datetime
) -> LocalStandard:
    """
    Keep a file as a draft; it rules nothing until somebody else approves it.

    :raises BadLocalStandard: with every problem of the file
    :raises Denied: without the duty on the province, or without a paper
    """
    lines = parse_local_standard(text, file=file)
    province = _province(lines, file)
    row = LocalStandard(
        code=lines.code,
        province=province,
        valid_from=lines.standard.in_force_from,
        valid_until=lines.standard.in_force_until,
        content=text,
        paper=paper.strip(),
        loaded_by=by,
        loaded_at=at,
    )
    _require_duty(by, row)
    if not row.paper:
        raise Denied(Denial.NO_PAPER)
    _require_sound(lines, province, file)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        reason = _("đã có chuẩn mang mã này; mỗi lần nạp là một mã mới")
        raise BadLocalStandard([Problem(file, "code", reason, {})]) from error
    return row


@transaction.atomic
def approve_local_standard(*, code: str, by: User, at: datetime) -> LocalStandard:
    """
    Approve a draft: rounds opened from now on within its dates pin it.

    :raises LocalStandard.DoesNotExist: if there is none with this code
    :raises Denied: for its loader, for whoever has no duty there, or when it is settled
    :raises BadLocalStandard: if it may not rule any more beside what was approved since
    """
    row = _locked_draft(code, by)
    if row.loaded_by_id == by.pk:
        raise Denied(Denial.SAME_OFFICER)
    _require_sound(lines_of(row), row.province, row.code)
    row.approve(by, at)
    return row


@transaction.atomic
def reject_local_standard(*, code: str, reason: str, by: User, at: datetime) -> LocalStandard:
    """
    Put a draft aside with a reason; it stays readable. Its loader may do this as well.

    :raises LocalStandard.DoesNotExist: if there is none with this code
    :raises Denied: without the duty, without a reason, or when it is settled
    """
    row = _locked_draft(code, by)
    if not reason.strip():
        raise Denied(Denial.NO_REASON)
    row.reject(by, at, reason.strip())
    return row


def _locked_draft(code: str, by: User) -> LocalStandard:
    province = LocalStandard.objects.get(code=code).province_id
    # All rows of the province, always in this order: two drafts that overlap cannot both be approved.
    rows = LocalStandard.objects.select_for_update().filter(province=province).order_by("pk")
    row = next(each for each in rows if each.code == code)
    _require_duty(by, row)
    if row.is_settled:
        raise Denied(Denial.SETTLED)
    return row


def _require_duty(by: User, row: LocalStandard) -> None:
    if not holds_duty(by, Duty.MANAGE_STANDARDS, row):
        raise Denied(Denial.NO_DUTY)


def _require_sound(lines: LocalLines, province: Unit, file: str) -> None:
    approved = [lines_of(row) for row in _approved(province)]
    if problems := problems_of(lines, approved, file=file):
        raise BadLocalStandard(problems)


def _approved(province: Unit) -> QuerySet[LocalStandard]:
    return LocalStandard.objects.filter(province=province, approved_by__isnull=False)


def _province(lines: LocalLines, file: str) -> Unit:
    day = lines.standard.in_force_from
    found = Unit.objects.filter(code=lines.province, level=Level.PROVINCE).first()
    if found is None or not found.versions.in_force(day).exists():
        reason = _("không có tỉnh, thành phố này vào ngày %(day)s")
        raise BadLocalStandard([Problem(file, "province", reason, {"day": f"{day:%d/%m/%Y}"})])
    return found
