"""
The reviews of a month: INV-22 (ad hoc, Điều 5), INV-23 (average living, Điều 6), INV-24 (Điều 7).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from workflow.invariants.deciding import decided_as_found
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import (
    AD_HOC,
    AVERAGE,
    INCOMES_GRANTED,
    POOR_CLASSES,
    REPORT_DAY,
    REPORTED_MONTHS,
    day_of,
)
from workflow.invariants.listing import asked_by_its_form
from workflow.invariants.outcomes import outcome
from workflow.invariants.posting import (
    answered_in_time,
    cleared_in_time,
    posted_long_enough,
    reverified_anew,
)
from workflow.invariants.record import Dossier, Record

FIGURES = ("entered_poor", "entered_near_poor", "left_poor", "left_near_poor", "refused")
COUNTED = ("recognised", "certified", "escaped")


@of_round("INV-22")
def no_opinion_is_asked_in_a_month(record: Record) -> Iterator[Found]:
    for code in ("sign_report", "give_opinion") if record.kind == AD_HOC else ():
        for act in record.acts_of[code]:
            yield Found(_("Rà soát thường xuyên không có bước xin ý kiến cấp trên."), act.sequence)


@of_case("INV-22")
def entered_and_left_by_their_forms(dossier: Dossier, record: Record) -> Iterator[Found]:
    face = dossier.face
    if record.kind != AD_HOC or not dossier.steps:
        return
    yield from asked_by_its_form(dossier)
    if face.basis == "EXIT" and face.opening_class not in POOR_CLASSES:
        yield Found(
            _("Hộ đề nghị thoát nghèo, thoát cận nghèo mà không có trong danh sách đang quản lý."),
            dossier.first_number,
        )
    if face.basis == "REQUEST" and face.opening_class == "POOR":
        yield Found(
            _("Hộ nghèo đang được quản lý đề nghị vào danh sách một lần nữa."), dossier.first_number
        )


@of_case("INV-22")
def decided_within_the_month(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind == AD_HOC:
        yield from _answered_by(dossier, record, _due(record))


def _due(record: Record) -> date | None:
    term = next((term for term in record.terms if term.code == "whole"), None)
    if term is None or term.calendar_version not in record.editions.calendars:
        return None  # found by INV-25
    return record.last_day_of(term)


def _answered_by(dossier: Dossier, record: Record, due: date | None) -> Iterator[Found]:
    for step in dossier.steps:
        if step.code in ("sign_decision", "refuse") and step.act and due and step.act.day > due:
            yield Found(
                _("Quyết định, trả lời sau hạn của đợt tháng: hạn là ngày %(due)s.")
                % {"due": f"{due:%d/%m/%Y}"},
                step.number,
            )
        if step.code in ("refuse", "accept_grievance", "revoke_decision"):
            return  # what is heard again has its own time


@of_round("INV-23")
def posted_five_working_days(record: Record) -> Iterator[Found]:
    if record.kind == AVERAGE:
        yield from posted_long_enough(record)


@of_case("INV-23")
def average_living_is_posted_verified_and_decided(
    dossier: Dossier, record: Record
) -> Iterator[Found]:
    if record.kind == AVERAGE:
        yield from cleared_in_time(dossier, record)
        yield from reverified_anew(dossier, record)
        yield from answered_in_time(dossier, record)
        yield from _answered_by(dossier, record, _due(record))


@of_case("INV-23")
def who_applies_is_not_poor(dossier: Dossier, record: Record) -> Iterator[Found]:
    face = dossier.face
    if record.kind == AVERAGE and dossier.steps and (face.opening_class or face.before):
        yield Found(
            _("Hộ nghèo, cận nghèo không thuộc diện xác định mức sống trung bình."),
            dossier.first_number,
        )


@of_case("INV-23")
def income_decides(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind in INCOMES_GRANTED:
        yield from decided_as_found(dossier, record)


@of_round("INV-24")
def the_monthly_report_is_the_sum_of_its_decisions(record: Record) -> Iterator[Found]:
    for report in record.monthly_reports:
        act = record.acts.get(report.act_id)
        if act is None:
            continue  # found by ENG-07
        if record.kind != AD_HOC or record.round.month not in REPORTED_MONTHS:
            yield Found(
                _("Báo cáo tháng chỉ có từ tháng 2 đến tháng 9, về rà soát thường xuyên."),
                act.sequence,
            )
            continue
        due = date(record.round.year, record.round.month + 1, REPORT_DAY)
        if report.due_on != due:
            yield Found(_("Hạn báo cáo tháng không phải là ngày 05 của tháng sau."), act.sequence)
        if day_of(report.signed_at) > due:
            yield Found(
                _("Báo cáo tháng ký sau hạn là ngày %(due)s.") % {"due": f"{due:%d/%m/%Y}"},
                act.sequence,
            )
        sums = _sums(record, act.sequence)
        for name in FIGURES:
            if getattr(report, name) != sums[name]:
                yield Found(
                    _("Báo cáo tháng ghi %(name)s là %(told)d, cộng các quyết định là %(sum)d.")
                    % {"name": name, "told": getattr(report, name), "sum": sums[name]},
                    act.sequence,
                )


def _sums(record: Record, sequence: int) -> Counter[str]:
    """Return what the decisions up to the report amount to."""
    sums: Counter[str] = Counter()
    for dossier in record.dossiers:
        state = dossier.state_before(sequence)
        sums["refused"] += dossier.size if state == "refused" else 0
        if state not in COUNTED:
            continue
        decided = outcome(dossier, record, before=sequence).decided
        for way, cls in (("entered", decided), ("left", dossier.face.opening_class)):
            if cls in POOR_CLASSES:
                sums[f"{way}_{cls.lower()}"] += dossier.size
    return sums
