"""
Every invariant of the procedure note, section 10.8, and the promises of the machine (ENG).

`enforced` says what stops the breach from happening; the audit finds it when something went around
that (`finding.checks_of` names the questions). `not_yet` says which part of the sentence nothing
checks yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; it is translated when it is shown."""
    return text


class By(StrEnum):
    """How an invariant is enforced."""

    CONDITION = "condition"
    GUARD = "guard"
    CONSTRAINT = "constraint"
    STEPS = "steps"  # the moves a pack declares
    TRIGGER = "trigger"  # of the database
    CONSTRUCTION = "construction"
    AUDIT = "audit"  # nothing stops it; only found here


@dataclass(frozen=True, slots=True)
class Invariant:
    code: str
    title: str
    article: str
    mark: str
    enforced: tuple[tuple[By, str], ...]
    not_yet: str = ""

    @property
    def enforced_by(self) -> Mapping[By, tuple[str, ...]]:
        """Return what holds it, by kind: guards, conditions, constraints, triggers, ..."""
        kinds = dict.fromkeys(by for by, _what in self.enforced)
        return {kind: tuple(what for by, what in self.enforced if by == kind) for kind in kinds}


LISTING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 1"
SURVEYING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 2"
MEETING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 3"
POSTING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4"
REPORTING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 5"
RECOGNISING = "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 6"
WINDOW = "QĐ 24/2021/QĐ-TTg, Điều 3 khoản 1 điểm a"
REFUSING = "QĐ 24/2021/QĐ-TTg, Điều 5 (áp dụng cho hộ có Mẫu số 01)"
ACTORS = "QĐ 24/2021/QĐ-TTg, Điều 4 (người thực hiện từng khoản)"
FORMS = "TT 07/2021/TT-BLĐTBXH, biểu 2 và biểu 3"
AD_HOC = "QĐ 24/2021/QĐ-TTg, Điều 5"
AVERAGE_LIVING = "QĐ 24/2021/QĐ-TTg, Điều 6"
REPORTING_MONTHLY = "QĐ 24/2021/QĐ-TTg, Điều 7"
RESIDENCE = "Luật Cư trú 2020, Điều 37 khoản 2"
DESIGN = _("Thiết kế hệ thống")

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "INV-01",
        _(
            "Không việc nào ghi ngày trước 01/9 hoặc sau 14/12; đợt tháng không bắt đầu trước ngày 15."
        ),
        WINDOW,
        "S",
        (
            (By.CONDITION, "within_window"),
            (By.CONDITION, "surveyed_in_round"),
            (By.CONDITION, "met_in_round"),
            (By.CONDITION, "started"),
        ),
    ),
    Invariant(
        "INV-02",
        _("Mỗi hộ được công nhận năm trước có trong danh sách năm nay đúng một lần."),
        LISTING,
        "S",
        (
            (By.CONSTRUCTION, "build_list"),
            (By.CONSTRAINT, "one_case_of_a_household_a_round"),
            (By.CONSTRAINT, "one_case_of_a_person_a_round"),
            (By.CONSTRAINT, "one_round_of_a_commune_a_period"),
        ),
    ),
    Invariant(
        "INV-03",
        _("Hộ ngoài danh sách năm trước chỉ vào danh sách khi có Giấy đề nghị (Mẫu số 01)."),
        LISTING,
        "S",
        (
            (By.GUARD, "basis_known"),
            (By.CONDITION, "form_on_file"),
            (By.CONDITION, "arrival_papers"),
        ),
    ),
    Invariant(
        "INV-04",
        _("Một người chỉ là nhân khẩu của một hộ được rà soát."),
        RESIDENCE,
        "S",
        ((By.CONSTRAINT, "a_person_belongs_to_one_household"),),
        not_yet=_("Người không có số định danh thì không so được."),
    ),
    Invariant(
        "INV-05",
        _("Không phân loại khi chưa có phiếu khảo sát đủ và đã ký trong cùng đợt."),
        SURVEYING,
        "S",
        (
            (By.GUARD, "survey_complete"),
            (By.GUARD, "needs_no_screen"),
            (By.GUARD, "screen_passed"),
            (By.GUARD, "income_complete"),
            (By.CONDITION, "surveyed_anew"),
            (By.CONSTRAINT, "attempts_are_numbered_once"),
            (By.CONSTRAINT, "a_survey_is_assessed_once_a_standard"),
        ),
        not_yet=_("Chữ ký trên phiếu giấy chưa có trong hệ thống."),
    ),
    Invariant(
        "INV-06",
        _("Họp dân do Trưởng thôn chủ trì, có Ban Chỉ đạo xã, rà soát viên, hộ dân; mời Mặt trận."),
        MEETING,
        "S",
        (
            (By.CONDITION, "chaired_by_village_head"),
            (By.CONDITION, "required_people_present"),
            (By.CONDITION, "front_invited"),
        ),
    ),
    Invariant(
        "INV-07",
        _("Hộ được đồng ý khi có ít nhất một nửa tổng số người dự họp đồng ý."),
        MEETING,
        "S",
        (
            (By.GUARD, "enough_agree"),
            (By.GUARD, "too_few_agree"),
            (By.CONDITION, "tally_fits_attendance"),
            (By.CONSTRAINT, "votes_do_not_exceed_attendance"),
        ),
        not_yet=_("Danh sách ký tên người dự họp chưa có; số người dự lấy từ biên bản."),
    ),
    Invariant(
        "INV-08",
        _("Dưới một nửa thì phải khảo sát lại rồi mới họp lần mới."),
        MEETING,
        "S",
        (
            (By.STEPS, "disagreed > surveyed"),
            (By.TRIGGER, "rasoat_case_step_declared"),
            (By.CONDITION, "surveyed_anew"),
        ),
    ),
    Invariant(
        "INV-09",
        _("Biên bản có số, lập hai bản, đủ ba loại chữ ký."),
        MEETING,
        "S",
        ((By.CONDITION, "minutes_signed"),),
        not_yet=_("Mã băm của hai bản và giấy giao nhận của Ban Chỉ đạo chưa có."),
    ),
    Invariant(
        "INV-10",
        _("Chỉ niêm yết sau khi có biên bản họp được đồng ý."),
        POSTING,
        "S",
        ((By.STEPS, "agreed > posted"), (By.TRIGGER, "rasoat_case_step_declared")),
    ),
    Invariant(
        "INV-11",
        _(
            "Niêm yết ở cả hai nơi và đủ ba ngày làm việc sau ngày niêm yết; bị gián đoạn thì tính lại từ đầu."
        ),
        POSTING,
        "K",
        (
            (By.CONDITION, "posted_at_both_places"),
            (By.CONDITION, "no_other_posting_open"),
            (By.CONDITION, "interruption_explained"),
            (By.GUARD, "posting_over"),
            (By.CONSTRAINT, "one_open_posting_of_a_village"),
            (By.CONSTRAINT, "one_open_reposting_of_a_case"),
        ),
    ),
    Invariant(
        "INV-12",
        _("Danh sách niêm yết bằng danh sách trong biên bản, từng hộ một."),
        POSTING,
        "K",
        ((By.CONSTRUCTION, "post_list"), (By.CONSTRAINT, "a_case_is_posted_once_a_list")),
    ),
    Invariant(
        "INV-13",
        _("Khiếu nại trong thời gian niêm yết chỉ dừng hộ đó, đến khi phúc tra và niêm yết lại."),
        POSTING,
        "K",
        (
            (By.GUARD, "posting_open"),
            (By.STEPS, "contested > reverified > reposted"),
            (By.TRIGGER, "rasoat_case_step_declared"),
        ),
    ),
    Invariant(
        "INV-14",
        _(
            "Phúc tra đúng hạn, bằng phiếu mới, do người khác nếu có, và luôn niêm yết lại ba ngày làm việc."
        ),
        POSTING,
        "?",
        (
            (By.STEPS, "reverified > reposted"),
            (By.TRIGGER, "rasoat_case_step_declared"),
            (By.GUARD, "posting_over"),
            (By.CONDITION, "surveyed_anew"),
            (By.CONDITION, "reverified_by_another"),
            (By.AUDIT, "due_on"),
        ),
    ),
    Invariant(
        "INV-15",
        _(
            "Sau niêm yết, kết quả chỉ đổi qua phúc tra, ý kiến cấp trên, hoặc xác minh khi hộ được xem xét lại."
        ),
        RECOGNISING,
        "K",
        (
            (By.GUARD, "result_as_posted"),
            (By.STEPS, "objected > surveyed"),
            (By.STEPS, "reopened > reexamined"),
            (By.TRIGGER, "rasoat_case_step_declared"),
            (By.CONDITION, "grievance_in_time"),
            (By.CONDITION, "each_case_has_a_reason"),
        ),
    ),
    Invariant(
        "INV-16",
        _("Chỉ báo cáo cấp trên khi mọi niêm yết, niêm yết lại trong xã đã kết thúc."),
        REPORTING,
        "K",
        ((By.STEPS, "sign_report.passes_over"),),
    ),
    Invariant(
        "INV-17",
        _("Không quyết định khi chưa có ý kiến bằng văn bản; im lặng không phải là đồng ý."),
        REPORTING,
        "?",
        (
            (By.STEPS, "reported > consented"),
            (By.TRIGGER, "rasoat_case_step_declared"),
            (By.GUARD, "not_questioned"),
            (By.CONDITION, "opinion_in_writing"),
            (By.CONDITION, "each_question_has_a_reason"),
        ),
    ),
    Invariant(
        "INV-18",
        _("Cấp trên là cấp huyện với báo cáo đến hết 30/6/2025, cấp tỉnh từ 01/7/2025."),
        REPORTING,
        "S",
        ((By.CONSTRUCTION, "open_round"), (By.CONSTRUCTION, "hand_over")),
    ),
    Invariant(
        "INV-19",
        _("Chỉ Chủ tịch UBND cấp xã ký quyết định, giấy chứng nhận, văn bản trả lời."),
        RECOGNISING,
        "S",
        ((By.CONSTRUCTION, "duty sign_decision"),),
        not_yet=_("Cấp phó được ủy quyền chưa có vai trò riêng."),
    ),
    Invariant(
        "INV-20",
        _(
            "Mỗi hộ có Giấy đề nghị kết thúc bằng đúng một kết quả: công nhận, trả lời có lý do, hoặc hộ tự rút."
        ),
        REFUSING,
        "S",
        (
            (By.STEPS, "sign_decision"),
            (By.GUARD, "reason_given"),
            (By.GUARD, "asked_by_form"),
            (By.CONDITION, "withdrawal_in_writing"),
            (By.CONDITION, "month_closed"),
            (By.CONSTRAINT, "refused_case_says_why"),
            (By.CONSTRAINT, "decided_case_has_a_class"),
        ),
    ),
    Invariant(
        "INV-21",
        _(
            "Có dòng giấy chứng nhận còn hiệu lực khi và chỉ khi hộ nghèo, cận nghèo trong quyết định."
        ),
        RECOGNISING,
        "S",
        (
            (By.GUARD, "class_poor"),
            (By.GUARD, "entry_granted"),
            (By.GUARD, "exit_granted_to_near_poor"),
            (By.CONSTRUCTION, "issue_certificates"),
            (By.CONSTRAINT, "one_certificate_row_of_a_household_a_year"),
        ),
    ),
    Invariant(
        "INV-22",
        _(
            "Rà soát thường xuyên: quyết định trong 15 ngày kể từ ngày 15; vào bằng Mẫu số 01, ra bằng Mẫu số 04."
        ),
        AD_HOC,
        "S",
        (
            (By.GUARD, "asks_exit"),
            (By.CONDITION, "form_on_file"),
            (By.CONDITION, "intake_open"),
            (By.CONDITION, "month_reviewed"),
            (By.CONDITION, "started"),
            (By.AUDIT, "whole"),
        ),
        not_yet=_("Đợt chưa quyết định mà đã quá hạn thì hiện ở bảng thời hạn, không ở đây."),
    ),
    Invariant(
        "INV-23",
        _(
            "Mức sống trung bình: niêm yết 5 ngày làm việc, phúc tra 3, quyết định trong 15 ngày; hộ không nghèo."
        ),
        AVERAGE_LIVING,
        "S",
        (
            (By.GUARD, "posting_over"),
            (By.GUARD, "income_qualifies"),
            (By.GUARD, "income_does_not_qualify"),
            (By.CONDITION, "posted_at_commune_office"),
            (By.CONSTRUCTION, "receive_request"),
            (By.CONSTRAINT, "transfers_are_part_of_income"),
            (By.AUDIT, "whole"),
        ),
    ),
    Invariant(
        "INV-24",
        _(
            "Báo cáo ngày 05 hằng tháng, từ tháng 2 đến tháng 9, bằng tổng các quyết định của đợt tháng."
        ),
        REPORTING_MONTHLY,
        "S",
        (
            (By.CONDITION, "month_closed"),
            (By.CONDITION, "month_reviewed"),
            (By.CONSTRUCTION, "sign_monthly_report"),
            (By.AUDIT, "due_on"),
        ),
        not_yet=_("Báo cáo tháng còn thiếu thì hiện ở hộp việc, không ở đây."),
    ),
    Invariant(
        "INV-25",
        _(
            "Mỗi thời hạn ghi quy định, phiên bản lịch, việc bắt đầu, ngày cuối tính được và lúc xong."
        ),
        DESIGN,
        "K",
        (
            (By.CONSTRUCTION, "start_term"),
            (By.CONDITION, "term_may_pause"),
            (By.CONDITION, "term_is_paused"),
            (By.CONSTRAINT, "a_term_is_paused_once_at_a_time"),
        ),
    ),
    Invariant(
        "INV-26",
        _(
            "Đợt giữ gói quy trình và chuẩn nghèo lúc mở đợt; chỉ một việc được ghi chuyển đợt sang gói khác."
        ),
        DESIGN,
        "K",
        (
            (By.CONSTRUCTION, "open_round"),
            (By.CONSTRUCTION, "pack_changed"),
            (By.CONDITION, "edition_approved"),
            (By.CONDITION, "edition_fits"),
            (By.CONDITION, "dry_run_current"),
        ),
    ),
    Invariant(
        "INV-30",
        _("Người rà soát, chủ trì, ký không phải là người nhà của hộ khi chưa ghi chú."),
        DESIGN,
        "K",
        ((By.CONDITION, "interest_noted"), (By.CONSTRAINT, "an_interest_is_declared_once")),
        not_yet=_("Chỉ so được người đã khai có liên quan."),
    ),
    Invariant(
        "INV-40",
        _("Đầu kỳ cộng tăng trừ giảm bằng cuối kỳ; quyết định, giấy chứng nhận, báo cáo cùng số."),
        FORMS,
        "S",
        ((By.CONSTRUCTION, "cases.reports"),),
        not_yet=_("Số nhân khẩu và tổng của tỉnh chưa được đối chiếu ở đây."),
    ),
    Invariant(
        "INV-41",
        _("Chỉ tiêu không bao giờ là đầu vào của phân loại: không bảng nào có chỗ ghi chỉ tiêu."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "cases.models"),),
    ),
    Invariant(
        "ENG-01",
        _("Các sự kiện nối tiếp nhau từ đầu và dẫn đến đúng trạng thái của hồ sơ."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "workflow.machine.apply"), (By.TRIGGER, "rasoat_case_step_declared")),
    ),
    Invariant(
        "ENG-02",
        _("Phiên bản của hồ sơ không có lỗ hổng."),
        DESIGN,
        "K",
        ((By.CONSTRAINT, "events_of_a_case_have_no_twin"),),
    ),
    Invariant(
        "ENG-03",
        _("Số thứ tự các việc của một xã không có lỗ hổng."),
        DESIGN,
        "K",
        ((By.CONSTRAINT, "acts_of_a_commune_have_no_twin"),),
    ),
    Invariant(
        "ENG-04",
        _("Số đếm theo trạng thái bằng số hồ sơ đếm lại."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "workflow.machine.apply.recount"),),
    ),
    Invariant(
        "ENG-05",
        _("Sơ đồ chờ đúng bước của hồ sơ."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "workflow.following"),),
    ),
    Invariant(
        "ENG-06",
        _("Mỗi bước do một việc mà gói quy trình cho phép, và mỗi việc có đủ sự kiện."),
        DESIGN,
        "K",
        ((By.TRIGGER, "rasoat_case_step_declared"),),
    ),
    Invariant(
        "ENG-07",
        _("Mỗi việc có giấy tờ mà nó nhập, và mỗi giấy tờ có việc đã nhập nó."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "workflow.acts"),),
    ),
    Invariant(
        "ENG-08",
        _("Hồ sơ, giấy tờ và nội dung đã ghi của các việc nói cùng một điều."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "workflow.acts"),),
    ),
    Invariant(
        "ENG-09",
        _("Ai làm việc gì đều được phân công thẩm quyền ấy vào ngày đó, đúng căn cứ."),
        ACTORS,
        "S",
        ((By.CONSTRUCTION, "workflow.machine.apply"),),
    ),
)

BY_CODE: dict[str, Invariant] = {invariant.code: invariant for invariant in INVARIANTS}
