"""Posting, complaint, re-verification: INV-10 to INV-14 (QĐ 24/2021/QĐ-TTg, khoản 4 Điều 4)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from cases.models import Posting
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import day_of, end_of
from workflow.invariants.record import Dossier, Record, Step

# What may take a posted list down before its last day, and then clears nobody.
TAKES_DOWN = frozenset({"complain", "record_departure"})
AFTER_COMPLAINT = {
    "contested": {"contested", "reverified", "left"},
    "reverified": {"reposted", "left"},
    "reposted": {"cleared", "contested", "left"},
}


@of_case("INV-10")
def posted_after_accepted_minutes(dossier: Dossier, record: Record) -> Iterator[Found]:
    meetings = {record.meetings[v.meeting_id].act_id: v.meeting_id for v in dossier.votes}
    last: Step | None = None
    for step in dossier.steps:
        if step.code == "post_list":
            meeting = record.meetings.get(meetings.get(last.act_id, 0)) if last else None
            if meeting is None or last is None or last.target != "agreed":
                yield Found(_("Niêm yết khi chưa có cuộc họp đồng ý."), step.number)
            elif step.act and meeting.held_on > step.act.day:
                yield Found(_("Niêm yết trước ngày họp."), step.number)
        last = step


@of_round("INV-11")
def posted_at_both_places_three_full_days(record: Record) -> Iterator[Found]:
    for posting in record.postings.values():
        act = record.acts.get(posting.act_id)
        number = act.sequence if act else None
        case_code = record.codes.get(posting.case_id or 0, "")
        places = {posting.village_place.strip(), posting.commune_place.strip()}
        if "" in places:
            yield Found(
                _("Không niêm yết ở cả hai nơi: nhà văn hóa thôn và trụ sở UBND cấp xã."),
                number,
                case_code,
            )
        if act and (posting.posted_at != act.at):
            yield Found(_("Giờ niêm yết khác giờ của việc đã ghi."), number, case_code)
        over = last_day_of(record, posting)
        if over and posting.until != end_of(over):
            yield Found(
                _("Hạn niêm yết đã tính sai: ba ngày làm việc sau ngày niêm yết hết vào %(day)s.")
                % {"day": f"{over:%d/%m/%Y}"},
                number,
                case_code,
            )
        closing = record.acts.get(posting.closing_act_id or 0)
        if posting.closed_at and (closing is None or posting.closed_at != closing.at):
            yield Found(_("Giờ kết thúc niêm yết khác giờ của việc đã ghi."), number, case_code)
        early = over and posting.closed_at and posting.closed_at < end_of(over)
        if early and (closing is None or closing.code not in TAKES_DOWN):
            yield Found(
                _("Kết thúc niêm yết trước khi hết ba ngày làm việc."),
                closing.sequence if closing else None,
                case_code,
            )


@of_case("INV-11")
def cleared_after_the_last_day(dossier: Dossier, record: Record) -> Iterator[Found]:
    hung_up: Posting | None = None
    for step in dossier.steps:
        hung_up = record.posting_of_act.get(step.act_id, hung_up)
        if step.target == "cleared" and step.act and hung_up:
            over = last_day_of(record, hung_up)
            if over and step.act.at < end_of(over):
                yield Found(_("Hộ hết niêm yết trước khi đủ ba ngày làm việc."), step.number)


@of_case("INV-12")
def posted_as_in_the_minutes(dossier: Dossier, record: Record) -> Iterator[Found]:
    agreed = {record.meetings[v.meeting_id].act_id: v.household_class for v in dossier.votes}
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    shown = {record.postings[s.posting_id].act_id: s.household_class for s in dossier.shown}
    result = ""
    for step in dossier.steps:
        if step.target == "agreed":
            result = agreed.get(step.act_id, "")
        elif step.target == "reverified":
            result = forms.get(step.act_id, "")
        elif step.act_id in shown and shown[step.act_id] != result:
            yield Found(
                _("Kết quả niêm yết khác với kết quả trong biên bản họp hoặc phiếu phúc tra."),
                step.number,
            )


@of_case("INV-12")
def agreed_is_posted(dossier: Dossier, record: Record) -> Iterator[Found]:
    """A list posted while a household of the village was agreed must hold it."""
    review = dossier.face.village_review_id
    lists = [a for a in record.acts_of["post_list"] if a.village_review_id == review]
    since: int | None = None
    for step in (*dossier.steps, None):
        until = step.number if step else None
        if since is not None:
            for act in lists:
                if act.sequence > since and (step is None or (until or 0) > act.sequence):
                    yield Found(
                        _("Hộ có trong biên bản họp nhưng không được niêm yết."), act.sequence
                    )
        since = step.number if step and step.target == "agreed" else None


@of_round("INV-12")
def nobody_else_is_posted(record: Record) -> Iterator[Found]:
    lines = Counter(posting_id for _case, posting_id, _cls in record.shown_rows)
    for posting in record.postings.values():
        act = record.acts.get(posting.act_id)
        if act and lines[posting.pk] != act.count:
            yield Found(_("Số dòng của bảng niêm yết khác số hộ đã niêm yết."), act.sequence)


@of_case("INV-13")
def a_complaint_stops_its_household(dossier: Dossier, record: Record) -> Iterator[Found]:
    hung_up: Posting | None = None
    state = ""
    for step in dossier.steps:
        if step.code == "complain" and step.act:
            if hung_up is None or step.act.at >= hung_up.until:
                yield Found(_("Nhận khiếu nại khi không còn niêm yết."), step.number)
        if state in AFTER_COMPLAINT and step.target not in AFTER_COMPLAINT[state]:
            yield Found(
                _("Hộ có khiếu nại đi tiếp khi chưa phúc tra và niêm yết lại."), step.number
            )
        hung_up = record.posting_of_act.get(step.act_id, hung_up)
        state = step.target
    stopped = {step.act_id for step in dossier.steps if step.target == "contested"}
    for complaint in dossier.apart.complaints:
        if complaint.act_id not in stopped:
            yield Found(
                _("Có khiếu nại nhưng hộ không dừng lại để phúc tra."),
                record.sequence_of(complaint.act_id),
            )


@of_round("INV-13")
def a_complaint_stops_one_household(record: Record) -> Iterator[Found]:
    for act in record.acts_of["complain"]:
        if act.count != 1:
            yield Found(_("Một khiếu nại làm dừng nhiều hơn một hộ."), act.sequence)


@of_case("INV-14")
def reverified_on_a_new_form_and_posted_again(dossier: Dossier, record: Record) -> Iterator[Found]:
    forms = {sheet.act_id for sheet in dossier.sheets if sheet.kind == "REVERIFICATION"}
    shown = {record.postings[s.posting_id].act_id for s in dossier.shown}
    state = ""
    for step in dossier.steps:
        if step.target == "reverified" and step.act_id not in forms:
            yield Found(_("Phúc tra không có phiếu mới."), step.number)
        if step.target == "reposted" and step.act_id not in shown:
            yield Found(_("Niêm yết lại không có bảng niêm yết."), step.number)
        if step.target == "cleared" and state not in ("posted", "reposted"):
            yield Found(_("Kết quả phúc tra không được niêm yết lại."), step.number)
        state = step.target


@of_case("INV-14")
def reverified_in_time(dossier: Dossier, record: Record) -> Iterator[Found]:
    for complaint in dossier.apart.complaints:
        act = record.acts.get(complaint.act_id)
        term = record.term_of_act.get(complaint.act_id)
        if not act or not term or term.calendar_version not in record.calendars:
            continue  # found by ENG-07 and INV-25
        days = record.figures.term_days["reverification"]
        due = record.calendars[term.calendar_version].last_day(act.day, days)
        if complaint.due_on != due:
            yield Found(_("Hạn phúc tra đã tính sai."), act.sequence, "", "", "?")
        answers = (
            s for s in dossier.steps if s.code == "reverify" and s.act and s.act.at >= act.at
        )
        answer = next(answers, None)
        done = complaint.answered_at or (answer and answer.act and answer.act.at)
        if done and day_of(done) > due:
            yield Found(
                _("Phúc tra muộn: hạn là ngày %(due)s.") % {"due": f"{due:%d/%m/%Y}"},
                answer and answer.number,
                "",
                "",
                "?",
            )


def last_day_of(record: Record, posting: Posting) -> date | None:
    """Return the last day of a posting, counted anew; None when no calendar is named."""
    term = record.term_of_act.get(posting.act_id)
    days_off = record.calendars.get(term.calendar_version) if term else None
    count = record.figures.term_days["reposting" if posting.case_id else "posting"]
    return days_off.last_day(day_of(posting.posted_at), count) if days_off else None
