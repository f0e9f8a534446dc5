"""Report, opinion, decision, certificate, refusal: INV-15 to INV-21 (khoản 5, 6 Điều 4, Điều 5)."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from cases.duties import Duty, Role
from cases.models import Decision
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import (
    AD_HOC,
    GRIEVANCE_DAYS,
    INCOMES_GRANTED,
    LAST_DAY_OF_DISTRICTS,
    PERIODIC,
    POOR_CLASSES,
    day_of,
    outcome_of,
)
from workflow.invariants.outcomes import DECIDING, Outcome, Row, outcome
from workflow.invariants.record import Certificate, Dossier, Record

SIGNED_BY_CHAIR = (
    "sign_decision",
    "issue_certificates",
    "refuse",
    "revoke_decision",
    "amend_decision",
    "correct_decision",
)
SETTLED = frozenset(
    {
        "recognised",
        "certified",
        "escaped",
        "confirmed",
        "unqualified",
        "refused",
        "left",
        "withdrawn",
        "reopened",
        "reexamined",
    }
)
REPORTABLE = SETTLED | {"cleared", "consented"}
# A result may still be found in these; later only by a complaint, the superior, or a new hearing.
BEFORE_POSTING = ("", "listed", "screened", "surveyed", "classified", "disagreed", "objected")
COMPLAINTS = "Luật Khiếu nại (thời hiệu khiếu nại quyết định hành chính)"
# Acts of another round that may cancel a certificate's row: of the year the row is for.
CANCELS_ELSEWHERE = ("sign_decision", "issue_certificates", "amend_decision")


@of_case("INV-15")
def decided_as_posted(dossier: Dossier, record: Record) -> Iterator[Found]:
    shown = {record.postings[s.posting_id].act_id: s.household_class for s in dossier.shown}
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    posted = result = state = ""
    for step in dossier.steps:
        if step.act_id in forms:
            verified = state == "contested" and step.target == "reverified"
            heard_again = state == "reopened" and step.target == "reexamined"
            if not (state in BEFORE_POSTING or verified or heard_again):
                yield Found(
                    _("Kết quả thay đổi sau niêm yết mà không qua phúc tra hay ý kiến cấp trên."),
                    step.number,
                )
            result = forms[step.act_id]
        posted = shown.get(step.act_id, posted)
        if step.code == "sign_decision" and record.figures.posts:
            # What Article 6 re-verified is not posted again.
            reposted = record.figures.reposts or state != "reverified"
            if reposted and posted != result:
                yield Found(
                    _("Kết quả quyết định khác với kết quả đã niêm yết của hộ."), step.number
                )
        state = step.target
    strays = [s for s in dossier.sheets if dossier.step_of(s.act_id) is None]
    for sheet in strays:
        yield Found(_("Có phiếu không do việc nào của hộ ghi."), record.sequence_of(sheet.act_id))


@of_case("INV-15")
def heard_again_in_time_and_by_a_paper(dossier: Dossier, record: Record) -> Iterator[Found]:
    signed = None
    complained = {c.act_id for c in dossier.apart.complaints if c.kind == "GRIEVANCE"}
    revoked = {act for act, kind, _why in dossier.apart.named if kind == "REVOCATION"}
    for step in dossier.steps:
        if step.code in DECIDING or step.code in ("refuse", "revoke_decision", "correct_decision"):
            signed = step.act.day if step.act else signed
        if step.target == "reopened":
            if step.act_id not in complained | revoked:
                yield Found(
                    _("Xem xét lại hộ khi không có đơn khiếu nại hay quyết định thu hồi."),
                    step.number,
                )
        if step.code == "accept_grievance" and step.act:
            last = signed and signed + timedelta(days=GRIEVANCE_DAYS)
            if last is None or step.act.day > last:
                yield Found(
                    _("Thụ lý khiếu nại khi đã quá 90 ngày từ quyết định."),
                    step.number,
                    article=COMPLAINTS,
                    mark="K",
                )


@of_round("INV-16")
def reported_when_every_posting_is_closed(record: Record) -> Iterator[Found]:
    for report in record.acts_of["sign_report"]:
        for posting in record.postings.values():
            hung_up = record.sequence_of(posting.act_id)
            if hung_up is None or hung_up > report.sequence:
                continue
            closed = record.sequence_of(posting.closing_act_id)
            if posting.closed_at is None or closed is None or closed > report.sequence:
                yield Found(
                    _("Báo cáo cấp trên khi một bảng niêm yết chưa kết thúc."),
                    report.sequence,
                    record.codes.get(posting.case_id or 0, ""),
                )


@of_case("INV-16")
def reported_when_nobody_is_behind(dossier: Dossier, record: Record) -> Iterator[Found]:
    for report in record.acts_of["sign_report"]:
        before = dossier.state_before(report.sequence)
        if before and before not in REPORTABLE:
            yield Found(_("Báo cáo cấp trên khi hộ chưa xong niêm yết, phúc tra."), report.sequence)
        elif before == "cleared" and dossier.step_of(report.pk) is None:
            yield Found(_("Hộ đã hết niêm yết nhưng không có trong báo cáo."), report.sequence)


@of_round("INV-17")
def an_opinion_in_writing_before_the_decision(record: Record) -> Iterator[Found]:
    given = {o.act_id: o for o in record.opinions}
    reports = record.acts_of["sign_report"]
    for act in record.acts_of["give_opinion"]:
        opinion = given.get(act.pk)
        if opinion is None or not opinion.number.strip():
            yield Found(_("Ý kiến cấp trên không có văn bản."), act.sequence)
        if not any(report.sequence < act.sequence for report in reports):
            yield Found(_("Cấp trên cho ý kiến khi chưa có báo cáo."), act.sequence)
        if not record.holds(
            act.actor_id, Role.SUPERIOR_CHAIR, act.duty_unit_id, act.day, Duty.GIVE_OPINION
        ):
            yield Found(_("Người cho ý kiến không phải là Chủ tịch UBND cấp trên."), act.sequence)
    for decision in record.acts_of["sign_decision"]:
        if record.figures_of(decision).asks_opinion and not any(
            (sequence := record.sequence_of(act_id)) and sequence < decision.sequence
            for act_id in given
        ):
            yield Found(_("Quyết định khi chưa có ý kiến bằng văn bản."), decision.sequence)


@of_case("INV-17")
def consent_is_given_by_name_of_an_opinion(dossier: Dossier, record: Record) -> Iterator[Found]:
    questioned = {act_id: reason for act_id, _verdict, reason in dossier.apart.verdicts}
    for step in dossier.steps:
        if step.target in ("consented", "objected"):
            if step.code != "give_opinion":
                yield Found(_("Ghi là cấp trên đã cho ý kiến nhưng không có văn bản."), step.number)
            elif (step.act_id in questioned) is not (step.target == "objected"):
                yield Found(
                    _("Kết quả của hộ không theo văn bản của cấp trên nêu hay không nêu hộ."),
                    step.number,
                )
            elif step.target == "objected" and not questioned[step.act_id].strip():
                yield Found(_("Cấp trên chưa thống nhất nhưng không nêu lý do."), step.number)
        elif step.code == "sign_decision" and step.act and step.source != "consented":
            if record.figures_of(step.act).asks_opinion:
                yield Found(_("Quyết định về hộ chưa được cấp trên thống nhất."), step.number)


@of_round("INV-18")
def the_superior_is_of_the_right_level(record: Record) -> Iterator[Found]:
    recipients = []
    for report in record.reports:
        recipients.append(report.recipient_id)
        act = record.acts.get(report.act_id)
        if act is None:
            continue  # found by ENG-07
        district, province = record.above_at(act)
        by_district = day_of(report.signed_at) <= LAST_DAY_OF_DISTRICTS
        if report.recipient_id != (district if by_district else province):
            yield Found(
                _(
                    "Báo cáo gửi không đúng cấp: đến hết 30/6/2025 là cấp huyện, từ 01/7/2025 là cấp tỉnh."
                ),
                act.sequence,
            )
    for opinion in record.opinions:
        act = record.acts.get(opinion.act_id)
        if act and act.duty_unit_id not in recipients:
            yield Found(_("Ý kiến không phải của nơi nhận báo cáo."), act.sequence)


@of_round("INV-19")
def the_commune_chair_signed(record: Record) -> Iterator[Found]:
    for code in SIGNED_BY_CHAIR:
        for act in record.acts_of[code]:
            keeper = record.keeper_at(act.sequence)
            if not record.holds(act.actor_id, Role.COMMUNE_CHAIR, keeper, act.day, Duty(act.duty)):
                yield Found(
                    _("Người ký không phải là Chủ tịch UBND cấp xã vào ngày ký."), act.sequence
                )
    for decision in record.decisions:
        signed = record.acts.get(decision.act_id)
        if signed and (decision.signer_name, decision.signed_at) != (signed.actor_name, signed.at):
            yield Found(
                _("Người ký hoặc giờ ký của quyết định khác với việc đã ghi."), signed.sequence
            )


@of_case("INV-20")
def each_requester_has_one_outcome(dossier: Dossier, record: Record) -> Iterator[Found]:
    letters = {letter.act_id: letter for letter in dossier.apart.letters}
    refused = {step.act_id for step in dossier.steps if step.code == "refuse"}
    for step in dossier.steps:
        if step.code != "refuse":
            continue
        letter = letters.get(step.act_id)
        if letter is None or not letter.reason.strip() or not letter.number.strip():
            yield Found(_("Không công nhận mà không trả lời bằng văn bản có lý do."), step.number)
    for act_id in letters.keys() - refused:
        yield Found(
            _("Có văn bản trả lời không công nhận nhưng hộ không bị từ chối."),
            record.sequence_of(act_id),
        )
    last = next((s for s in reversed(dossier.steps) if s.target in SETTLED), None)
    good = any(not row.cancelled_by for row in dossier.certificates)
    if good and last and last.target in ("refused", "unqualified", "withdrawn"):
        yield Found(_("Hộ vừa được công nhận vừa bị trả lời không công nhận."), last.number)
    if dossier.face.basis not in ("REQUEST", "EXIT"):
        return
    for step in dossier.steps:
        allowed = {"recognised", "unqualified", "confirmed"}
        allowed |= {"escaped"} if dossier.face.basis == "EXIT" else set()
        if step.code in DECIDING and step.target not in allowed:
            yield Found(_("Hộ có Giấy đề nghị không có kết quả nào được phép."), step.number)


@of_case("INV-20")
def who_withdrew_had_asked_and_wrote_so(dossier: Dossier, record: Record) -> Iterator[Found]:
    for step in dossier.steps:
        if step.target != "withdrawn":
            continue
        asked = dossier.face.basis in ("REQUEST", "EXIT")
        if not asked or step.act is None or not step.act.facts.get("paper"):
            yield Found(
                _("Ghi hộ rút đề nghị mà hộ không có Giấy đề nghị hoặc không có văn bản xin rút."),
                step.number,
                mark="?",
            )


@of_case("INV-20")
def nobody_is_left_without_a_decision(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind == PERIODIC:
        for decision in record.acts_of["sign_decision"]:
            before = dossier.state_before(decision.sequence)
            decided = dossier.step_of(decision.pk) is not None
            if before and not decided and before not in SETTLED:
                yield Found(
                    _("Hộ trong danh sách nhưng không có trong quyết định."), decision.sequence
                )
    for report in record.acts_of["sign_monthly_report"]:
        before = dossier.state_before(report.sequence)
        if before and before not in SETTLED - {"recognised", "unqualified"}:
            yield Found(_("Báo cáo tháng khi hộ có Giấy đề nghị chưa xong."), report.sequence)


@of_case("INV-21")
def decided_by_the_class_that_was_found(dossier: Dossier, record: Record) -> Iterator[Found]:
    if record.kind not in INCOMES_GRANTED:
        yield from decided_as_found(dossier, record)


def decided_as_found(dossier: Dossier, record: Record) -> Iterator[Found]:
    """Yield decisions that do not follow from the class that was found by then."""
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    face, found = dossier.face, ""
    for step in dossier.steps:
        found = forms.get(step.act_id, found)
        if step.code in DECIDING and step.target != outcome_of(
            record.kind, face.basis, face.opening_class, found
        ):
            yield Found(_("Quyết định không theo kết quả phân loại của hộ."), step.number)


@of_case("INV-21")
def a_certificate_follows_the_decision(dossier: Dossier, record: Record) -> Iterator[Found]:
    told = outcome(dossier, record)
    rows = {row.act_id: row for row in dossier.certificates}
    for due in told.certificates:
        row = rows.pop(due.act_id, None)
        if row is None:
            yield Found(
                _("Ghi đã cấp giấy nhưng không có dòng giấy chứng nhận."),
                record.sequence_of(due.act_id),
            )
        else:
            yield from _certificate(dossier, record, told, due, row)
    for act_id in rows:
        yield Found(
            _("Có dòng giấy chứng nhận của hộ không được công nhận."), record.sequence_of(act_id)
        )
    for act in record.acts_of["issue_certificates"]:
        waited = dossier.state_before(act.sequence) == "recognised"
        if waited and dossier.step_of(act.pk) is None:
            yield Found(_("Hộ được công nhận nhưng không được cấp giấy."), act.sequence)


def _certificate(
    dossier: Dossier, record: Record, told: Outcome, due: Row, row: Certificate
) -> Iterator[Found]:
    number = record.sequence_of(row.act_id)
    if due.household_class not in POOR_CLASSES:
        yield Found(_("Có dòng giấy chứng nhận của hộ không được công nhận."), number)
    if row.household_class != due.household_class:
        yield Found(_("Phân loại trên giấy chứng nhận khác với quyết định."), number)
    if row.year != record.standing_year + 1:
        yield Found(_("Dòng giấy chứng nhận không phải của năm được hưởng."), number)
    if row.cancelled_by != due.cancelled_by and not _cancelled_elsewhere(record, row):
        yield Found(
            _("Dòng giấy chứng nhận bị hủy, hoặc còn hiệu lực, không theo quyết định nào."),
            record.sequence_of(row.cancelled_by) or number,
        )
    changed = dossier.face.changed_after
    if due.cancelled_by or row.cancelled_by:
        return
    if not changed and dossier.face.standing_after != row.household_class:
        yield Found(_("Phân loại trên giấy chứng nhận khác với danh sách của năm."), number)
    # A second look changes the case before a decision changes the certificate.
    looked_again = dossier.face.state == "reexamined"
    if not row.same_household or not (row.same_flags or looked_again):
        yield Found(_("Dòng giấy chứng nhận khác hồ sơ của hộ."), number)


def _cancelled_elsewhere(record: Record, row: Certificate) -> bool:
    """Test if a decision of another round, in the year that the row is for, ended it."""
    code, kind, year = record.foreign_acts.get(row.cancelled_by, ("", "", 0))
    return code in CANCELS_ELSEWHERE and kind == AD_HOC and year == row.year


@of_round("INV-21")
def each_later_decision_names_its_households(record: Record) -> Iterator[Found]:
    kinds = {
        "sign_decision": Decision.Kind.RECOGNITION,
        "correct_decision": Decision.Kind.CORRECTION,
        "revoke_decision": Decision.Kind.REVOCATION,
        "amend_decision": Decision.Kind.AMENDMENT,
    }
    for decision in record.decisions:
        act = record.acts.get(decision.act_id)
        if act and kinds.get(act.code) != decision.kind:
            yield Found(_("Loại của quyết định khác với việc đã ghi."), act.sequence)
