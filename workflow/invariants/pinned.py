"""Terms and packs: INV-25, INV-26; no target anywhere: INV-41."""

import re
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from cases.models import RunningTerm
from cases.names import fold
from cases.rules.standards import STANDARDS
from workflow.invariants.finding import Found, of_round
from workflow.invariants.law import day_of
from workflow.invariants.record import ActRow, Record

OUR_APPS = ("cases", "workflow", "notifications")
TARGET = re.compile(r"\b(targets?|quotas?|goals?|chi tieu|muc tieu|dinh muc|giao giam)\b")


@of_round("INV-25")
def each_term_says_how_it_was_counted(record: Record) -> Iterator[Found]:
    for term in record.terms:
        act = record.acts.get(term.started_by_id)
        case_code = record.codes.get(term.case_id or 0, "")
        if act and (sentence := _miscounted(record, term, act)):
            yield Found(sentence, act.sequence, case_code)
        ended = record.acts.get(term.ended_by_id or 0)
        if (term.ended_at is None) is not (term.ended_by_id is None):
            yield Found(
                _("Thời hạn ghi xong mà thiếu giờ hoặc việc."),
                act.sequence if act else None,
                case_code,
            )
        elif ended and ended.at != term.ended_at:
            yield Found(_("Giờ xong thời hạn khác giờ của việc đã ghi."), ended.sequence, case_code)


def _miscounted(record: Record, term: RunningTerm, act: ActRow) -> str:
    days = record.figures.term_days.get(term.code)
    days_off = record.calendars.get(term.calendar_version)
    declared = record.pack.by_code.get(act.code) if record.pack else None
    if declared is None or declared.starts_term != term.code or days is None:
        return _("Thời hạn không do việc này bắt đầu.")
    if days_off is None:
        return _("Thời hạn không ghi phiên bản lịch đã dùng.")
    if (term.days, term.kind, term.starts_on) != (days, "WORKING", act.day):
        return _("Số ngày, loại ngày hoặc ngày bắt đầu của thời hạn không đúng.")
    if term.ends_on != days_off.last_day(term.starts_on, days):
        return _("Ngày cuối của thời hạn không phải là ngày mà lịch cho ra.")
    return ""


@of_round("INV-25")
def each_term_is_there_and_ends_with_its_act(record: Record) -> Iterator[Found]:
    if record.pack is None:
        return
    running = {(term.started_by_id, term.code) for term in record.terms}
    for code, declared in record.pack.by_code.items():
        for act in record.acts_of[code] if declared.starts_term else ():
            if (act.pk, declared.starts_term) not in running:
                yield Found(
                    _("Việc bắt đầu một thời hạn nhưng thời hạn không được ghi."), act.sequence
                )
    for term in record.terms:
        posting = record.posting_of_act.get(term.started_by_id)
        if posting and (posting.closed_at, posting.closing_act_id) != (
            term.ended_at,
            term.ended_by_id,
        ):
            yield Found(
                _("Thời hạn niêm yết không kết thúc cùng bảng niêm yết."),
                record.sequence_of(term.started_by_id),
                record.codes.get(term.case_id or 0, ""),
            )
    for report in record.reports:
        answer = record.term_of_act.get(report.act_id)
        if answer and answer.ends_on != report.due_on:
            yield Found(
                _("Hạn trả lời trên báo cáo khác với thời hạn."), record.sequence_of(report.act_id)
            )


@of_round("INV-26")
def the_round_keeps_its_pack_and_standard(record: Record) -> Iterator[Found]:
    round_, pack = record.round, record.pack
    opened = day_of(round_.opened_at)
    first = record.acts_of["open_round"][0].sequence if record.acts_of["open_round"] else None
    if pack is None or not pack.covers(opened):
        yield Found(_("Gói quy trình của đợt không có hiệu lực vào ngày mở đợt."), first)
    elif bytes(round_.pack_hash) != pack.digest():
        yield Found(_("Nội dung gói quy trình khác với nội dung khi mở đợt."), first)
    if not any(s.code == round_.standard and s.holds_on(opened) for s in STANDARDS):
        yield Found(_("Chuẩn nghèo của đợt không có hiệu lực vào ngày mở đợt."), first)
    for act in record.acts.values():
        if act.pack != round_.pack:
            yield Found(_("Việc ghi theo gói quy trình khác với gói của đợt."), act.sequence)


def places_for_targets(tables: Iterable[type[Model]] | None = None) -> list[str]:
    """Return the columns whose name or title speaks of a target."""
    if tables is None:
        tables = [t for label in OUR_APPS for t in apps.get_app_config(label).get_models()]
    return [
        f"{table._meta.label}.{field.name}"
        for table in tables
        for field in table._meta.get_fields()
        for text in (field.name, str(getattr(field, "verbose_name", "")))
        if TARGET.search(re.sub(r"[\W_]+", " ", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))))
    ]
