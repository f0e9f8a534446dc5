"""Terms: INV-25. Each says how it was counted, and is counted again here."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cases.models import RunningTerm
from workflow.invariants.finding import Found, of_round
from workflow.invariants.record import ActRow, Record


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
    figures = record.figures_of(act)
    if figures.term_of_act.get(act.code) != term.code or term.code not in figures.terms:
        return _("Thời hạn không do việc này bắt đầu.")
    if term.calendar_version not in record.editions.calendars:
        return _("Thời hạn không ghi phiên bản lịch đã dùng.")
    start = record.starts_on if term.code == "whole" else act.day
    if (term.days, term.kind, term.starts_on) != (*figures.terms[term.code], start):
        return _("Số ngày, loại ngày hoặc ngày bắt đầu của thời hạn không đúng.")
    if term.ends_on != record.last_day_of(term):
        return _("Ngày cuối của thời hạn không phải là ngày mà lịch cho ra.")
    return ""


@of_round("INV-25")
def each_term_is_there_and_ends_with_its_act(record: Record) -> Iterator[Found]:
    running = {(term.started_by_id, term.code) for term in record.terms}
    started: set[str] = set()
    for act in record.acts.values():
        code = record.figures_of(act).term_of_act.get(act.code)
        # The days of a month run once, however often its list is closed.
        again = code == "whole" and code in started
        if code and not again and (act.pk, code) not in running:
            yield Found(_("Việc bắt đầu một thời hạn nhưng thời hạn không được ghi."), act.sequence)
        started |= {code} if code else set()
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
    papers: list[Any] = [*record.reports, *record.complaints]
    for paper in papers:
        answer = record.term_of_act.get(paper.act_id)
        if answer and answer.ends_on != paper.due_on:
            yield Found(
                _("Hạn trả lời trên văn bản khác với thời hạn."),
                record.sequence_of(paper.act_id),
                record.codes.get(getattr(paper, "case_id", 0), ""),
            )


@of_round("INV-25")
def each_pause_has_its_acts(record: Record) -> Iterator[Found]:
    terms = {term.pk: term for term in record.terms}
    stopped, resumed = set(), set()
    for term_id, pauses in record.pauses.items():
        number = record.sequence_of(terms[term_id].started_by_id)
        code = record.codes.get(terms[term_id].case_id or 0, "")
        if terms[term_id].code in ("posting", "reposting"):
            yield Found(_("Thời hạn niêm yết không được tạm dừng."), number, code)
        for first, until, by, let_go_on in pauses:
            stop, go_on = record.acts.get(by), record.acts.get(let_go_on or 0)
            stopped.add(by)
            resumed.add(let_go_on)
            begun = stop and stop.code == "suspend_term" and stop.day == first
            over = go_on and go_on.code == "resume_term" and go_on.day == until
            if not begun or (until is not None or let_go_on) and not over:
                yield Found(
                    _("Thời hạn tạm dừng không do việc đã ghi."),
                    stop.sequence if stop else number,
                    code,
                )
    for name, found in (("suspend_term", stopped), ("resume_term", resumed)):
        for act in record.acts_of[name]:
            if act.pk not in found or not act.facts.get("paper"):
                yield Found(
                    _("Việc tạm dừng, tiếp tục thời hạn không có thời hạn hoặc văn bản nào."),
                    act.sequence,
                )


@of_round("INV-25")
def no_recount_is_silent(record: Record) -> Iterator[Found]:
    """The recounts of a term lead, one after another, to the end and the calendar that it names."""
    for term in record.terms:
        if not (chain := record.recounts.get(term.pk)):
            continue
        number = record.sequence_of(term.started_by_id)
        code = record.codes.get(term.case_id or 0, "")
        for (_old, end, _was, calendar), (old, _new, was, _next) in zip(
            chain, chain[1:], strict=False
        ):
            if (end, calendar) != (old, was):
                yield Found(_("Các lần tính lại thời hạn không nối tiếp nhau."), number, code)
        if (chain[-1][1], chain[-1][3]) != (term.ends_on, term.calendar_version):
            yield Found(_("Thời hạn khác với lần tính lại cuối cùng."), number, code)
