"""
Posting, complaint, re-verification: INV-10 to INV-14 (QĐ 24/2021/QĐ-TTg, khoản 4 Điều 4).

What Article 6 says of the same for average living standards is INV-23; the questions are asked here.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from cases.duties import Role
from cases.models import Complaint, Posting
from cases.names import fold
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import AVERAGE, day_of, end_of
from workflow.invariants.record import ActRow, Dossier, Record, SecondLook

# What may take a posted list down before its last day, and then clears nobody.
INTERRUPTS = frozenset({"interrupt_posting", "interrupt_reposting"})
TAKES_DOWN = INTERRUPTS | {"complain", "record_departure", "withdraw"}
GONE = {"left", "withdrawn"}
AFTER_COMPLAINT = {
    "contested": {"contested", "reverified", *GONE},
    "reverified": {"reposted", *GONE},
    "reposted": {"cleared", "contested", "reverified", *GONE},
}
# Article 6 asks for no second posting.
AFTER_COMPLAINT_OF_INCOME = {
    "contested": {"contested", "reverified", *GONE},
    "reverified": {"confirmed", "unqualified", *GONE},
}
LOOKS_AGAIN = (Role.REVIEWER, Role.COMMUNE_COMMITTEE)


@of_case("INV-10")
def posted_after_accepted_minutes(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.figures.agreeing_of_attending is None:
        return
    meetings = {record.meetings[v.meeting_id].act_id: v.meeting_id for v in dossier.votes}
    held: int | None = None  # the meeting that agreed, until something else comes between
    for step in dossier.steps:
        if step.code == "post_list":
            meeting = record.meetings.get(held or 0)
            if meeting is None:
                yield Found(_("Niêm yết khi chưa có cuộc họp đồng ý."), step.number)
            elif step.act and meeting.held_on > step.act.day:
                yield Found(_("Niêm yết trước ngày họp."), step.number)
        elif step.target == "agreed":
            held = meetings.get(step.act_id)
        elif step.code != "interrupt_posting":
            held = None


@of_round("INV-11")
def posted_at_both_places_three_full_days(record: Record) -> Iterator[Found]:
    if record.kind != AVERAGE:
        yield from posted_long_enough(record)


def posted_long_enough(record: Record) -> Iterator[Found]:
    """Yield postings at a wrong place, or taken down before their last day was over."""
    for posting in record.postings.values():
        act = record.acts.get(posting.act_id)
        number = act.sequence if act else None
        case_code = record.codes.get(posting.case_id or 0, "")
        if not _is_public(record, posting, act):
            yield Found(
                _("Không niêm yết ở cả hai nơi: nhà văn hóa thôn và trụ sở UBND cấp xã.")
                if record.kind != AVERAGE
                else _("Không niêm yết tại trụ sở UBND cấp xã."),
                number,
                case_code,
            )
        if act and (posting.posted_at != act.at):
            yield Found(_("Giờ niêm yết khác giờ của việc đã ghi."), number, case_code)
        over = last_day_of(record, posting)
        if over and posting.until != end_of(over):
            yield Found(
                _("Hạn niêm yết đã tính sai: đủ ngày làm việc sau ngày niêm yết là hết %(day)s.")
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
                _("Kết thúc niêm yết trước khi đủ số ngày làm việc."),
                closing.sequence if closing else None,
                case_code,
            )
        interrupted = closing is not None and closing.code in INTERRUPTS
        if interrupted is not bool(posting.interruption.strip()):
            yield Found(
                _("Niêm yết bị gián đoạn không nêu lý do, hoặc nêu lý do mà không bị gián đoạn."),
                closing.sequence if closing else number,
                case_code,
            )


def _is_public(record: Record, posting: Posting, act: ActRow | None) -> bool:
    both = (record.figures_of(act) if act else record.figures).both_places
    return bool(posting.commune_place.strip() and (posting.village_place.strip() or not both))


@of_case("INV-11")
def cleared_after_the_last_day(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind != AVERAGE:
        yield from cleared_in_time(dossier, record)


def cleared_in_time(dossier: Dossier, record: Record) -> Iterator[Found]:
    """Yield a household whose posting was over before its days were; an interrupted one has none."""
    hung_up: Posting | None = None
    for step in dossier.steps:
        hung_up = record.posting_of_act.get(step.act_id, hung_up)
        if step.code in INTERRUPTS:
            hung_up = None
        if step.target == "cleared" and step.act:
            over = last_day_of(record, hung_up) if hung_up else None
            if hung_up is None:
                yield Found(
                    _("Hộ hết niêm yết khi không có bảng niêm yết nào đủ ngày."), step.number
                )
            elif over and step.act.at < end_of(over):
                yield Found(_("Hộ hết niêm yết trước khi đủ số ngày làm việc."), step.number)


@of_case("INV-12")
def posted_as_in_the_minutes(dossier: Dossier, record: Record) -> Iterator[Found]:
    agreed = {record.meetings[v.meeting_id].act_id: v.household_class for v in dossier.votes}
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    shown = {record.postings[s.posting_id].act_id: s.household_class for s in dossier.shown}
    result = ""
    for step in dossier.steps:
        if step.target == "agreed":
            result = agreed.get(step.act_id, "")
        elif step.code in ("reverify", "determine_income", "redetermine_income"):
            result = forms.get(step.act_id, "")
        elif step.act_id in shown and shown[step.act_id] != result:
            yield Found(
                _("Kết quả niêm yết khác với kết quả trong biên bản họp hoặc phiếu phúc tra."),
                step.number,
            )


@of_case("INV-12")
def agreed_is_posted(dossier: Dossier, record: Record) -> Iterator[Found]:
    """A list posted while a household of the village was agreed, or taken down, must hold it."""
    waits = ("agreed" if record.figures.agreeing_of_attending else "classified", "interrupted")
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
        since = step.number if step and step.target in waits else None


@of_round("INV-12")
def nobody_else_is_posted(record: Record) -> Iterator[Found]:
    lines = Counter(posting_id for _case, posting_id, _cls in record.shown_rows)
    for posting in record.postings.values():
        act = record.acts.get(posting.act_id)
        if act and lines[posting.pk] != act.count:
            yield Found(_("Số dòng của bảng niêm yết khác số hộ đã niêm yết."), act.sequence)


@of_case("INV-13")
def a_complaint_stops_its_household(dossier: Dossier, record: Record) -> Iterator[Found]:
    after = AFTER_COMPLAINT if record.figures.reposts else AFTER_COMPLAINT_OF_INCOME
    hung_up: Posting | None = None
    state = ""
    for step in dossier.steps:
        if step.code == "complain" and step.act:
            if hung_up is None or step.act.at >= hung_up.until:
                yield Found(_("Nhận khiếu nại khi không còn niêm yết."), step.number)
        if state in after and step.target not in after[state]:
            yield Found(
                _("Hộ có khiếu nại đi tiếp khi chưa phúc tra và niêm yết lại."), step.number
            )
        hung_up = record.posting_of_act.get(step.act_id, hung_up)
        if step.code in INTERRUPTS:
            hung_up = None
        state = step.target
    stopped = {step.act_id for step in dossier.steps if step.target == "contested"}
    for complaint in _of_postings(dossier):
        if complaint.act_id not in stopped:
            yield Found(
                _("Có khiếu nại nhưng hộ không dừng lại để phúc tra."),
                record.sequence_of(complaint.act_id),
            )


def _of_postings(dossier: Dossier) -> list[Complaint]:
    return [c for c in dossier.apart.complaints if c.kind == Complaint.Kind.POSTING]


@of_round("INV-13")
def a_complaint_stops_one_household(record: Record) -> Iterator[Found]:
    for act in record.acts_of["complain"]:
        if act.count != 1:
            yield Found(_("Một khiếu nại làm dừng nhiều hơn một hộ."), act.sequence)


@of_case("INV-14")
def reverified_on_a_new_form_and_posted_again(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind != AVERAGE:
        yield from reverified_anew(dossier, record)


def reverified_anew(dossier: Dossier, record: Record) -> Iterator[Found]:
    """Yield a re-verification without a form of its own, or one that was not posted again."""
    kinds = ("REVERIFICATION", "INCOME")
    forms = {sheet.act_id for sheet in dossier.sheets if sheet.kind in kinds}
    shown = {record.postings[s.posting_id].act_id for s in dossier.shown}
    state = ""
    for step in dossier.steps:
        taken_down = step.code == "interrupt_reposting"
        if step.target == "reverified" and not taken_down and step.act_id not in forms:
            yield Found(_("Phúc tra không có phiếu mới."), step.number)
        if step.target == "reposted" and step.act_id not in shown:
            yield Found(_("Niêm yết lại không có bảng niêm yết."), step.number)
        if step.target == "cleared" and state not in ("posted", "reposted"):
            yield Found(_("Kết quả phúc tra không được niêm yết lại."), step.number)
        state = step.target


@of_case("INV-14")
def reverified_in_time(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind != AVERAGE:
        yield from answered_in_time(dossier, record)


def answered_in_time(dossier: Dossier, record: Record) -> Iterator[Found]:
    """Yield complaints whose term was counted wrongly, or that were answered after it."""
    for complaint in _of_postings(dossier):
        act = record.acts.get(complaint.act_id)
        term = record.term_of_act.get(complaint.act_id)
        due = record.last_day_of(term) if act and term else None
        if act is None or term is None or due is None:
            continue  # found by ENG-07 and INV-25
        if complaint.due_on != due:
            yield Found(_("Hạn phúc tra đã tính sai."), act.sequence, mark="?")
        answers = (
            s
            for s in dossier.steps
            if s.code in ("reverify", "redetermine_income") and s.act and s.act.at >= act.at
        )
        answer = next(answers, None)
        done = complaint.answered_at or (answer and answer.act and answer.act.at)
        if done and day_of(done) > due and not record.stands_still(term, day_of(done)):
            yield Found(
                _("Phúc tra muộn: hạn là ngày %(due)s.") % {"due": f"{due:%d/%m/%Y}"},
                answer and answer.number,
                mark="?",
            )


@of_case("INV-14")
def looked_at_again_by_somebody_else(dossier: Dossier, record: Record) -> Iterator[Found]:
    for look in dossier.apart.looks:
        act = record.acts.get(look.act_id)
        same = look.before and fold(look.reviewer) == fold(look.before)
        if act and same and _another_could(record, look, act):
            yield Found(
                _("Người phúc tra là người đã khảo sát hộ, dù còn người khác làm được."),
                act.sequence,
                mark="?",
            )


def _another_could(record: Record, look: SecondLook, act: ActRow) -> bool:
    """Test if somebody else held, that day, a role to look at households in the commune."""
    units = {record.keeper_at(act.sequence)}
    units |= {record.village_keeper_at(review, act.sequence) for review in record.villages}
    others = {
        fold(record.names[user])
        for user, unit in record.roles
        if unit in units and any(record.holds(user, role, unit, act.day) for role in LOOKS_AGAIN)
    }
    return bool(others - {fold(look.reviewer)})


def last_day_of(record: Record, posting: Posting) -> date | None:
    """Return the last day of a posting, counted anew; None when no calendar is named."""
    term = record.term_of_act.get(posting.act_id)
    return record.last_day_of(term) if term else None
