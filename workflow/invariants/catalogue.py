"""
Every invariant of the procedure note, section 10.8, and the promises of the machine (ENG).

`enforced` says what stops the breach from happening; the audit finds it when something went around
that. `not_yet` says which part of the sentence nothing checks yet.
"""

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
    STEPS = "steps"  # the moves a pack declares, held by the database's step trigger
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


@dataclass(frozen=True, slots=True)
class Missing:
    """An invariant about something that this version does not do."""

    code: str
    title: str
    reason: str


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
RESIDENCE = "Luật Cư trú 2020, Điều 37 khoản 2"
DESIGN = _("Thiết kế hệ thống")

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "INV-01",
        _("Không việc nào của rà soát định kỳ ghi ngày trước 01/9 hoặc sau 14/12."),
        WINDOW,
        "S",
        ((By.CONDITION, "within_window"), (By.CONDITION, "surveyed_in_round")),
    ),
    Invariant(
        "INV-02",
        _("Mỗi hộ được công nhận năm trước có trong danh sách năm nay đúng một lần."),
        LISTING,
        "S",
        (
            (By.CONSTRUCTION, "build_list"),
            (By.CONSTRAINT, "one_case_of_a_household_a_round"),
            (By.CONSTRAINT, "one_round_of_a_commune_a_year"),
        ),
    ),
    Invariant(
        "INV-03",
        _("Hộ ngoài danh sách năm trước chỉ vào danh sách khi có Giấy đề nghị (Mẫu số 01)."),
        LISTING,
        "S",
        ((By.GUARD, "basis_known"), (By.CONDITION, "form_on_file")),
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
        ((By.GUARD, "survey_complete"), (By.GUARD, "needs_no_screen"), (By.GUARD, "screen_passed")),
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
        ((By.STEPS, "disagreed > surveyed"),),
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
        ((By.STEPS, "agreed > posted"),),
    ),
    Invariant(
        "INV-11",
        _("Niêm yết ở cả hai nơi và đủ ba ngày làm việc sau ngày niêm yết."),
        POSTING,
        "K",
        ((By.CONDITION, "posted_at_both_places"), (By.GUARD, "posting_over")),
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
        ((By.GUARD, "posting_open"), (By.STEPS, "contested > reverified > reposted")),
    ),
    Invariant(
        "INV-14",
        _("Phúc tra đúng hạn, bằng phiếu mới, và luôn niêm yết lại ba ngày làm việc."),
        POSTING,
        "?",
        (
            (By.STEPS, "reverified > reposted"),
            (By.GUARD, "posting_over"),
            (By.AUDIT, "due_on"),
        ),
    ),
    Invariant(
        "INV-15",
        _("Từ niêm yết đến quyết định, kết quả chỉ đổi qua phúc tra hoặc ý kiến cấp trên."),
        RECOGNISING,
        "K",
        ((By.GUARD, "result_as_posted"), (By.STEPS, "objected > surveyed")),
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
            (By.CONDITION, "opinion_in_writing"),
            (By.CONDITION, "each_question_has_a_reason"),
        ),
    ),
    Invariant(
        "INV-18",
        _("Cấp trên là cấp huyện với báo cáo đến hết 30/6/2025, cấp tỉnh từ 01/7/2025."),
        REPORTING,
        "S",
        ((By.CONSTRUCTION, "open_round"),),
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
            "Mỗi hộ có Giấy đề nghị kết thúc bằng đúng một kết quả: công nhận hoặc trả lời có lý do."
        ),
        REFUSING,
        "S",
        (
            (By.STEPS, "sign_decision"),
            (By.GUARD, "reason_given"),
            (By.CONSTRAINT, "refused_case_says_why"),
        ),
    ),
    Invariant(
        "INV-21",
        _(
            "Có dòng giấy chứng nhận của năm sau khi và chỉ khi hộ nghèo, cận nghèo trong quyết định."
        ),
        RECOGNISING,
        "S",
        (
            (By.CONSTRUCTION, "issue_certificates"),
            (By.CONSTRAINT, "one_certificate_row_of_a_household_a_year"),
        ),
        not_yet=_("Quyết định của rà soát thường xuyên chưa có."),
    ),
    Invariant(
        "INV-25",
        _(
            "Mỗi thời hạn ghi quy định, phiên bản lịch, việc bắt đầu, ngày cuối tính được và lúc xong."
        ),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "start_term"),),
    ),
    Invariant(
        "INV-26",
        _("Hồ sơ giữ gói quy trình và chuẩn nghèo có hiệu lực khi mở đợt."),
        DESIGN,
        "K",
        ((By.CONSTRUCTION, "open_round"),),
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
        ((By.CONSTRUCTION, "workflow.machine.apply"), (By.CONSTRAINT, "rasoat_case_step_declared")),
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
        ((By.CONSTRAINT, "rasoat_case_step_declared"),),
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

NOT_IN_THIS_VERSION: tuple[Missing, ...] = (
    Missing("INV-22", _("Thời hạn của rà soát thường xuyên."), _("Chưa có rà soát thường xuyên.")),
    Missing(
        "INV-23",
        _("Niêm yết, phúc tra và quyết định về hộ có mức sống trung bình."),
        _("Chưa có xác định hộ có mức sống trung bình."),
    ),
    Missing(
        "INV-24",
        _("Báo cáo hằng tháng bằng tổng các quyết định từ lần báo cáo trước."),
        _("Chưa có rà soát thường xuyên và báo cáo hằng tháng."),
    ),
    Missing(
        "INV-30",
        _("Người rà soát, chủ trì, ký không phải là người nhà của hộ khi chưa ghi chú."),
        _("Chưa có sổ ghi xung đột lợi ích."),
    ),
)

BY_CODE: dict[str, Invariant] = {invariant.code: invariant for invariant in INVARIANTS}
