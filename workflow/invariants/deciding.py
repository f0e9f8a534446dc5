"""Report, opinion, decision, certificate, refusal: INV-15 to INV-21 (khoản 5, 6 Điều 4)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.duties import Role
from workflow.invariants.finding import Found, of_case, of_round
from workflow.invariants.law import LAST_DAY_OF_DISTRICTS, POOR_CLASSES, day_of
from workflow.invariants.record import Dossier, Record

SIGNED_BY_CHAIR = ("sign_decision", "issue_certificates", "refuse")
REPORTABLE = frozenset(
    {"cleared", "consented", "recognised", "certified", "escaped", "unqualified", "refused", "left"}
)


@of_case("INV-15")
def decided_as_posted(dossier: Dossier, record: Record) -> Iterator[Found]:
    shown = {record.postings[s.posting_id].act_id: s.household_class for s in dossier.shown}
    forms = {sheet.act_id: sheet.household_class for sheet in dossier.sheets}
    posted = result = state = ""
    for step in dossier.steps:
        if step.act_id in forms:
            opened_again = state in ("", "listed", "screened", "surveyed", "disagreed", "objected")
            if not opened_again and step.code != "reverify":
                yield Found(
                    _("Kết quả thay đổi sau niêm yết mà không qua phúc tra hay ý kiến cấp trên."),
                    step.number,
                )
            result = forms[step.act_id]
        posted = shown.get(step.act_id, posted)
        if step.code == "sign_decision" and not posted == result == dossier.face.decided_class:
            yield Found(_("Kết quả quyết định khác với kết quả đã niêm yết của hộ."), step.number)
        state = step.target
    strays = [s for s in dossier.sheets if dossier.step_of(s.act_id) is None]
    for sheet in strays:
        yield Found(_("Có Phiếu B không do việc nào của hộ ghi."), record.sequence_of(sheet.act_id))


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
        if not record.holds(act.actor_id, Role.SUPERIOR_CHAIR, act.duty_unit_id, act.day):
            yield Found(_("Người cho ý kiến không phải là Chủ tịch UBND cấp trên."), act.sequence)
    for decision in record.acts_of["sign_decision"]:
        if not any(
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
        elif step.code == "sign_decision" and step.source != "consented":
            yield Found(_("Quyết định về hộ chưa được cấp trên thống nhất."), step.number)


@of_round("INV-18")
def the_superior_is_of_the_right_level(record: Record) -> Iterator[Found]:
    recipients = []
    for report in record.reports:
        by_district = day_of(report.signed_at) <= LAST_DAY_OF_DISTRICTS
        wanted = record.round.district_id if by_district else record.round.province_id
        recipients.append(report.recipient_id)
        if report.recipient_id != wanted:
            yield Found(
                _(
                    "Báo cáo gửi không đúng cấp: đến hết 30/6/2025 là cấp huyện, từ 01/7/2025 là cấp tỉnh."
                ),
                record.sequence_of(report.act_id),
            )
    for opinion in record.opinions:
        act = record.acts.get(opinion.act_id)
        if act and act.duty_unit_id not in recipients:
            yield Found(_("Ý kiến không phải của nơi nhận báo cáo."), act.sequence)


@of_round("INV-19")
def the_commune_chair_signed(record: Record) -> Iterator[Found]:
    for code in SIGNED_BY_CHAIR:
        for act in record.acts_of[code]:
            if not record.holds(act.actor_id, Role.COMMUNE_CHAIR, record.round.commune_id, act.day):
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
    letter = dossier.apart.letter
    refused = dossier.last_step("refuse")
    if refused and (letter is None or not letter.reason.strip() or not letter.number.strip()):
        yield Found(_("Không công nhận mà không trả lời bằng văn bản có lý do."), refused.number)
    if letter and refused is None:
        yield Found(
            _("Có văn bản trả lời không công nhận nhưng hộ không bị từ chối."),
            record.sequence_of(letter.act_id),
        )
    if letter and dossier.face.certificate:
        yield Found(
            _("Hộ vừa được công nhận vừa bị trả lời không công nhận."),
            record.sequence_of(letter.act_id),
        )
    if dossier.face.basis != "REQUEST":
        return
    decided = dossier.last_step("sign_decision")
    if decided and decided.target not in ("recognised", "unqualified"):
        yield Found(_("Hộ có Giấy đề nghị không có kết quả nào được phép."), decided.number)


@of_case("INV-20")
def nobody_is_left_without_a_decision(dossier: Dossier, record: Record) -> Iterator[Found]:
    for decision in record.acts_of["sign_decision"]:
        before = dossier.state_before(decision.sequence)
        decided = dossier.step_of(decision.pk) is not None
        if before and not decided and before not in ("unqualified", "refused", "left"):
            yield Found(_("Hộ trong danh sách nhưng không có trong quyết định."), decision.sequence)


@of_case("INV-21")
def a_certificate_follows_the_decision(dossier: Dossier, record: Record) -> Iterator[Found]:
    row, face = dossier.face.certificate, dossier.face
    certified = dossier.last_step("issue_certificates")
    decided = dossier.last_step("sign_decision")
    if decided and (decided.target == "recognised") is not (dossier.last_class in POOR_CLASSES):
        yield Found(_("Quyết định không theo kết quả phân loại của hộ."), decided.number)
    if decided and decided.target == "recognised" and certified is None:
        for act in record.acts_of["issue_certificates"]:
            if (decided.number or 0) < act.sequence:
                yield Found(_("Hộ được công nhận nhưng không được cấp giấy."), act.sequence)
    if row is None:
        if certified:
            yield Found(_("Ghi đã cấp giấy nhưng không có dòng giấy chứng nhận."), certified.number)
        return
    number = record.sequence_of(row.act_id)
    signed = certified is not None and certified.act_id == row.act_id
    if decided is None or decided.target != "recognised" or not signed:
        yield Found(_("Có dòng giấy chứng nhận của hộ không được công nhận."), number)
    elif row.household_class != dossier.last_class or face.standing_after != row.household_class:
        yield Found(_("Phân loại trên giấy chứng nhận khác với quyết định."), number)
    if row.year != record.round.year + 1:
        yield Found(_("Dòng giấy chứng nhận không phải của năm sau năm rà soát."), number)
    if not row.same_household or not row.same_flags:
        yield Found(_("Dòng giấy chứng nhận khác hồ sơ của hộ."), number)
