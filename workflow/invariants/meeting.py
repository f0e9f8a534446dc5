"""The village meeting: INV-06 to INV-09 (QĐ 24/2021/QĐ-TTg, khoản 3 Điều 4)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.duties import Duty, Role
from cases.models import Meeting
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.record import ActRow, Dossier, Record

AFTER_DISAGREEMENT = ("surveyed", "left", "withdrawn")


@of_round("INV-06")
def the_right_people_met(record: Record) -> Iterator[Found]:
    for meeting, act in _meetings(record):
        if missing := list(_absent(record, meeting, act)):
            yield Found(" ".join(missing), act.sequence)


def _absent(record: Record, meeting: Meeting, act: ActRow) -> Iterator[str]:
    chair = act.facts.get("chair")
    village = record.village_keeper_at(meeting.village_review_id, act.sequence)
    if not isinstance(chair, int) or not record.holds(
        chair, Role.VILLAGE_HEAD, village, act.day, Duty.CHAIR_MEETING
    ):
        yield _("Người chủ trì không phải là Trưởng thôn của thôn.")
    if not meeting.committee_present:
        yield _("Không có Ban Chỉ đạo cấp xã dự họp.")
    if not meeting.reviewers_present:
        yield _("Không có rà soát viên dự họp.")
    if not meeting.households_present:
        yield _("Không có đại diện hộ dân dự họp.")
    if not meeting.front_invited:
        yield _("Chưa mời Mặt trận Tổ quốc cấp xã.")


@of_round("INV-07")
def votes_are_counted_of_those_attending(record: Record) -> Iterator[Found]:
    for meeting, act in _meetings(record):
        if meeting.attendance != act.facts.get("attendance"):
            yield Found(_("Số người dự họp khác với số đã ghi cùng biên bản."), act.sequence)
    for case_id, meeting_id, _cls, agree, disagree, no_opinion, attendance in record.vote_rows:
        meeting = record.meetings[meeting_id]
        if attendance != meeting.attendance:
            sentence = _("Kết quả biểu quyết tính trên số người khác với số người dự họp.")
        elif agree + disagree + no_opinion > attendance:
            sentence = _("Số phiếu nhiều hơn số người dự họp.")
        else:
            continue
        yield Found(sentence, record.sequence_of(meeting.act_id), record.codes[case_id])


@of_case("INV-07")
def agreed_means_at_least_half(dossier: Dossier, record: Record) -> Iterator[Found]:
    enough = {record.meetings[v.meeting_id].act_id: v.enough for v in dossier.votes}
    for step in dossier.steps:
        if step.target in ("agreed", "disagreed"):
            if step.act_id not in enough:
                yield Found(_("Không có kết quả biểu quyết của cuộc họp cho hộ này."), step.number)
            elif enough[step.act_id] is not (step.target == "agreed"):
                yield Found(
                    _("Kết quả họp không theo số người đồng ý: mốc là một nửa số người dự họp."),
                    step.number,
                )


@of_case("INV-08")
def a_new_vote_needs_a_new_survey(dossier: Dossier, record: Record) -> Iterator[Found]:
    surveyed = {sheet.act_id for sheet in dossier.sheets}
    new_form = True
    for step in dossier.steps:
        if step.code == "survey" and step.act_id in surveyed:
            new_form = True
        elif step.code == "hold_meeting":
            if not new_form:
                yield Found(_("Biểu quyết lần nữa trên cùng một phiếu khảo sát."), step.number)
            new_form = False
        elif step.source == "disagreed" and step.target not in AFTER_DISAGREEMENT:
            yield Found(_("Họp chưa đồng ý mà không khảo sát lại."), step.number)


@of_case("INV-08")
def the_vote_was_on_the_forms_class(dossier: Dossier, record: Record) -> Iterator[Found]:
    voted = {record.meetings[v.meeting_id].act_id: v.household_class for v in dossier.votes}
    shown = ""
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    for step in dossier.steps:
        shown = forms.get(step.act_id, shown)
        if step.act_id in voted and voted[step.act_id] != shown:
            yield Found(_("Kết quả đưa ra họp khác với kết quả của Phiếu B."), step.number)


@of_round("INV-09")
def minutes_are_numbered_and_signed(record: Record) -> Iterator[Found]:
    for meeting, act in _meetings(record):
        if not (meeting.minutes_number and act.facts.get("minutes_signed") is True):
            yield Found(
                _("Biên bản không có số hoặc chưa đủ chữ ký chủ trì, thư ký, đại diện hộ dân."),
                act.sequence,
            )
        elif not (meeting.chair_name and meeting.secretary_name):
            yield Found(_("Biên bản không ghi tên chủ trì hoặc thư ký."), act.sequence)


def _meetings(record: Record) -> Iterator[tuple[Meeting, ActRow]]:
    for meeting in record.meetings.values():
        # A meeting without its act is found by ENG-07.
        if act := record.acts.get(meeting.act_id):
            yield meeting, act
