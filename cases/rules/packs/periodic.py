"""
The periodic review of Decision 24/2021/QĐ-TTg, Article 4, in two editions: three tiers of
government until 30/06/2025 and two tiers since. Marks are those of the law notes.
"""

from dataclasses import replace
from datetime import date

from cases.duties import Duty
from cases.rules.packs.model import (
    Act,
    Move,
    Pack,
    Rule,
    Seat,
    Source,
    Span,
    Stage,
    State,
    TermRule,
)


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


LISTING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 1", "S")
SURVEYING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 2", "S")
MEETING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 3", "S")
POSTING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4", "K")
REPORTING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 5", "K")
RECOGNISING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 6", "K")
WINDOW = Source("QĐ 24/2021/QĐ-TTg, Điều 3 khoản 1 điểm a", "S")
SCREENING = Source("TT 07/2021/TT-BLĐTBXH, Phụ lục II (Phiếu A)", "S")
SCORING = Source("TT 07/2021/TT-BLĐTBXH, Phiếu B; VBHN 1315/VBHN-BLĐTBXH", "S")
REFUSING = Source("QĐ 24/2021/QĐ-TTg, Điều 5 (áp dụng cho hộ có Mẫu số 01)", "K")
DEPARTING = Source("TT 07/2021/TT-BLĐTBXH, Phụ lục VII (cột giảm khác)", "S")
DESIGN = Source("Thiết kế hệ thống (một việc chỉ được ghi một lần)", "K")

STAGES = (
    Stage("listing", _("Lập danh sách")),
    Stage("survey", _("Khảo sát, phân loại")),
    Stage("meeting", _("Họp dân")),
    Stage("posting", _("Niêm yết")),
    Stage("complaint", _("Phúc tra")),
    Stage("report", _("Báo cáo, ý kiến")),
    Stage("decision", _("Quyết định")),
    Stage("done", _("Đã xong")),
)

STATES = (
    State("new", _("Chưa vào danh sách"), "listing"),
    State("requested", _("Đã nhận giấy đề nghị"), "listing"),
    State("listed", _("Trong danh sách rà soát"), "survey"),
    State("screened", _("Đạt Phiếu A"), "survey"),
    State("surveyed", _("Đã khảo sát"), "survey"),
    State("classified", _("Đã phân loại"), "meeting"),
    State("disagreed", _("Họp dân chưa đồng ý"), "survey"),
    State("agreed", _("Họp dân đồng ý"), "posting"),
    State("posted", _("Đang niêm yết"), "posting"),
    State("contested", _("Có khiếu nại"), "complaint"),
    State("reverified", _("Đã phúc tra"), "complaint"),
    State("reposted", _("Đang niêm yết lại"), "complaint"),
    State("cleared", _("Hết niêm yết"), "report"),
    State("reported", _("Đã báo cáo, chờ ý kiến"), "report"),
    State("objected", _("Cấp trên chưa thống nhất"), "survey"),
    State("consented", _("Cấp trên thống nhất"), "decision"),
    State("recognised", _("Đã công nhận"), "decision"),
    State("certified", _("Đã cấp giấy chứng nhận"), "done", final=True),
    State("escaped", _("Đã công nhận thoát nghèo, thoát cận nghèo"), "done", final=True),
    State("unqualified", _("Không đủ điều kiện, chờ trả lời"), "decision"),
    State("refused", _("Đã trả lời không công nhận"), "done", final=True),
    State("left", _("Ra khỏi danh sách"), "done", final=True),
)

# What a list act leaves alone: those who are out, and those who are already further on.
OUT = ("unqualified", "refused", "left")
DONE = ("recognised", "certified", "escaped")
AFTER_POSTING = ("cleared", "reported", "consented", *DONE)
# A household that asked late is here while others are already further on.
BEFORE_POSTING = (
    "new",
    "requested",
    "listed",
    "screened",
    "surveyed",
    "classified",
    "disagreed",
    "agreed",
    "objected",
)
IN_POSTING = ("posted", "contested", "reverified", "reposted")
BEFORE_DECISION = (
    "requested",
    "listed",
    "screened",
    "surveyed",
    "classified",
    "disagreed",
    "agreed",
    "posted",
    "contested",
    "reverified",
    "reposted",
    "cleared",
    "reported",
    "objected",
    "consented",
)

GUARDS = (
    Rule(
        "basis_known",
        _("Hộ không có trong danh sách năm trước và không có Giấy đề nghị (Mẫu số 01)."),
        _("Nhận Giấy đề nghị Mẫu số 01 của hộ rồi lập lại danh sách."),
        LISTING,
    ),
    Rule(
        "is_requester",
        _("Phiếu A chỉ dùng cho hộ có Giấy đề nghị; hộ này đang được quản lý."),
        _("Khảo sát hộ bằng Phiếu B."),
        SCREENING,
    ),
    Rule(
        "needs_no_screen",
        _("Hộ có Giấy đề nghị phải qua Phiếu A trước khi khảo sát bằng Phiếu B."),
        _("Ghi kết quả Phiếu A của hộ."),
        SCREENING,
    ),
    Rule(
        "screen_passed", _("Phiếu A chưa đạt."), _("Ghi kết quả Phiếu A."), SCREENING, entered=True
    ),
    Rule("screen_failed", _("Phiếu A đạt."), _("Ghi kết quả Phiếu A."), SCREENING, entered=True),
    Rule(
        "survey_complete",
        _("Phiếu B chưa đủ: thiếu điểm B1, điểm B2 hoặc kết quả phân loại."),
        _("Nhập tổng điểm B1 và mười hai chỉ số thiếu hụt của phiếu có chữ ký."),
        SCORING,
        entered=True,
    ),
    Rule(
        "tally_recorded",
        _("Chưa có kết quả biểu quyết của cuộc họp cho hộ này."),
        _("Ghi số người đồng ý cho từng hộ có trong danh sách họp."),
        MEETING,
        entered=True,
    ),
    Rule(
        "enough_agree",
        _("Chưa đủ ít nhất một nửa số người dự họp đồng ý."),
        _("Rà soát lại hộ rồi họp lần mới."),
        MEETING,
        entered=True,
    ),
    Rule(
        "too_few_agree",
        _("Đã có ít nhất một nửa số người dự họp đồng ý."),
        _("Niêm yết kết quả."),
        MEETING,
        entered=True,
    ),
    Rule(
        "posting_open",
        _("Thời hạn niêm yết đã hết nên không còn nhận khiếu nại về niêm yết."),
        _("Hướng dẫn hộ khiếu nại quyết định theo Luật Khiếu nại."),
        POSTING,
    ),
    Rule(
        "posting_over",
        _("Chưa đủ ba ngày làm việc niêm yết."),
        _("Chờ đến hết ngày niêm yết cuối cùng rồi kết thúc niêm yết."),
        POSTING,
    ),
    Rule(
        "questioned",
        _("Cấp trên không nêu hộ này."),
        _("Không cần làm gì."),
        REPORTING,
        entered=True,
    ),
    Rule(
        "not_questioned",
        _("Cấp trên chưa thống nhất kết quả của hộ này."),
        _("Rà soát lại hộ này."),
        REPORTING,
        entered=True,
    ),
    Rule(
        "result_as_posted",
        _("Kết quả của hộ khác với kết quả đã niêm yết."),
        _("Niêm yết lại kết quả của hộ trước khi quyết định."),
        POSTING,
    ),
    Rule(
        "class_poor",
        _("Hộ không thuộc diện nghèo, cận nghèo."),
        _("Trả lời hộ bằng văn bản, nêu lý do."),
        RECOGNISING,
    ),
    Rule(
        "class_not_poor",
        _("Hộ thuộc diện nghèo, cận nghèo."),
        _("Công nhận hộ trong quyết định."),
        RECOGNISING,
    ),
    Rule(
        "on_opening_list",
        _("Hộ không có trong danh sách năm trước."),
        _("Trả lời hộ bằng văn bản, nêu lý do."),
        RECOGNISING,
    ),
    Rule(
        "reason_given",
        _("Văn bản trả lời chưa nêu lý do không công nhận."),
        _("Ghi lý do không công nhận của từng hộ."),
        REFUSING,
        entered=True,
    ),
    Rule(
        "departure_known",
        _("Chưa ghi lý do ra khỏi danh sách."),
        _("Chọn lý do: hộ đơn thân chết, chuyển đi, tách hộ hoặc nhập hộ."),
        DEPARTING,
        entered=True,
    ),
)

CONDITIONS = (
    Rule(
        "within_window",
        _("Ngày làm việc nằm ngoài thời gian rà soát định kỳ (từ 01/9 đến hết 14/12)."),
        _("Làm việc này trong thời gian rà soát của năm."),
        WINDOW,
    ),
    Rule(
        "papers_on_file",
        _("Chưa có quyết định lập Ban Chỉ đạo hoặc kế hoạch rà soát."),
        _("Ghi số, ngày của cả hai văn bản."),
        LISTING,
    ),
    Rule(
        "form_on_file",
        _("Chưa ghi số hoặc ngày nhận của Giấy đề nghị (Mẫu số 01)."),
        _("Ghi số tiếp nhận và ngày nhận giấy."),
        LISTING,
    ),
    Rule(
        "surveyed_in_round",
        _("Ngày khảo sát nằm ngoài thời gian rà soát hoặc sau ngày hôm nay."),
        _("Ghi đúng ngày khảo sát trên phiếu."),
        WINDOW,
    ),
    Rule(
        "surveyed_anew",
        _("Ngày khảo sát lại sớm hơn cuộc họp, khiếu nại hoặc ý kiến làm cho hộ phải rà soát lại."),
        _("Khảo sát lại hộ và ghi ngày của phiếu mới."),
        SURVEYING,
    ),
    Rule(
        "not_decided_yet",
        _("Xã đã ký quyết định công nhận của năm này nên đợt rà soát định kỳ không nhận thêm hộ."),
        _("Xét Giấy đề nghị của hộ trong đợt rà soát thường xuyên (Điều 5)."),
        RECOGNISING,
    ),
    Rule(
        "met_in_round",
        _("Ngày họp nằm ngoài thời gian rà soát, sau ngày hôm nay, hoặc trước ngày khảo sát hộ."),
        _("Ghi đúng ngày họp trên biên bản; cuộc họp chỉ xét những hộ đã khảo sát."),
        MEETING,
    ),
    Rule(
        "chaired_by_village_head",
        _("Cuộc họp không do Trưởng thôn của thôn này chủ trì."),
        _("Mời Trưởng thôn chủ trì rồi họp lại."),
        MEETING,
    ),
    Rule(
        "required_people_present",
        _("Thiếu thành phần bắt buộc: Ban Chỉ đạo cấp xã, rà soát viên, đại diện hộ dân."),
        _("Họp lại với đủ thành phần."),
        MEETING,
    ),
    Rule(
        "parts_fit_attendance",
        _("Số người của một thành phần nhiều hơn tổng số người dự họp."),
        _("Đối chiếu danh sách dự họp rồi ghi lại số người của từng thành phần."),
        MEETING,
    ),
    Rule(
        "front_invited",
        _("Chưa mời Ủy ban Mặt trận Tổ quốc cấp xã giám sát cuộc họp."),
        _("Mời Mặt trận Tổ quốc cấp xã rồi họp lại."),
        MEETING,
    ),
    Rule(
        "tally_fits_attendance",
        _("Số phiếu của một hộ nhiều hơn số người dự họp."),
        _(
            "Đối chiếu biên bản: đồng ý, không đồng ý và không ý kiến cộng lại không quá số người dự."
        ),
        MEETING,
    ),
    Rule(
        "minutes_signed",
        _("Biên bản chưa lập thành hai bản có chữ ký của chủ trì, thư ký và đại diện hộ dân."),
        _("Lập đủ hai bản, ký đủ rồi ghi số biên bản."),
        MEETING,
    ),
    Rule(
        "posted_at_both_places",
        _("Phải niêm yết ở cả nhà văn hóa (nhà sinh hoạt cộng đồng) thôn và trụ sở UBND cấp xã."),
        _("Niêm yết ở cả hai nơi rồi ghi lại."),
        POSTING,
    ),
    Rule(
        "no_other_posting_open",
        _("Thôn đang có một bảng niêm yết chưa kết thúc."),
        _("Kết thúc niêm yết đang chạy rồi niêm yết tiếp."),
        POSTING,
    ),
    Rule(
        "complaint_written_down",
        _("Chưa ghi người khiếu nại hoặc nội dung khiếu nại."),
        _("Ghi họ tên người khiếu nại và nội dung."),
        POSTING,
    ),
    Rule(
        "report_numbered",
        _("Báo cáo chưa có số văn bản."),
        _("Ghi số văn bản báo cáo."),
        REPORTING,
    ),
    Rule(
        "opinion_in_writing",
        _("Ý kiến của cấp trên phải bằng văn bản có số."),
        _("Ghi số văn bản trả lời."),
        REPORTING,
    ),
    Rule(
        "each_question_has_a_reason",
        _("Hộ chưa được thống nhất phải có lý do, và phải thuộc báo cáo này."),
        _("Ghi lý do cho từng hộ được nêu."),
        REPORTING,
    ),
    Rule(
        "decision_numbered",
        _("Quyết định chưa có số văn bản."),
        _("Ghi số quyết định theo Mẫu số 02."),
        RECOGNISING,
    ),
)

REFUSALS = (
    Rule(
        "wrong_state",
        _("Hồ sơ chưa ở bước cho phép làm việc này."),
        _("Xem bước hiện tại của hồ sơ và làm xong bước trước."),
        Source("QĐ 24/2021/QĐ-TTg, Điều 4 (thứ tự các khoản)", "S"),
    ),
    Rule(
        "no_duty",
        _("Người này không có thẩm quyền làm việc này ở đơn vị này."),
        _("Chuyển việc cho người có thẩm quyền ở đúng đơn vị."),
        Source("QĐ 24/2021/QĐ-TTg, Điều 4 (người thực hiện từng khoản)", "S"),
    ),
    Rule(
        "nothing_to_do",
        _("Không có hồ sơ nào ở bước này."),
        _("Kiểm tra lại danh sách; có thể việc này đã được làm."),
        Source("QĐ 24/2021/QĐ-TTg, Điều 4 (thứ tự các khoản)", "S"),
    ),
    Rule(
        "key_reused",
        _("Yêu cầu này trùng mã với một việc khác đã ghi."),
        _("Tải lại trang rồi làm lại."),
        DESIGN,
    ),
    Rule(
        "round_exists",
        _("Xã này đã mở đợt rà soát của năm này."),
        _("Dùng đợt rà soát đang có."),
        Source("QĐ 24/2021/QĐ-TTg, Điều 3 khoản 1 điểm a (mỗi năm một lần)", "S"),
    ),
    Rule(
        "unit_not_in_force",
        _("Đơn vị này không phải là một xã, phường, thị trấn, đặc khu đang có vào ngày này."),
        _("Chọn đơn vị đang có theo văn bản sắp xếp đơn vị hành chính."),
        DESIGN,
    ),
    Rule(
        "area_unknown",
        _("Chưa xác định đơn vị này là nông thôn hay thành thị nên chưa biết chuẩn thu nhập."),
        _("Cập nhật khu vực của đơn vị theo văn bản của cấp có thẩm quyền rồi mở đợt."),
        Source("NĐ 07/2021/NĐ-CP, Điều 3 (chuẩn theo khu vực)", "S"),
    ),
    Rule(
        "already_on_list",
        _("Hộ này đã có hồ sơ trong đợt rà soát."),
        _("Mở hồ sơ đang có của hộ."),
        LISTING,
    ),
    Rule(
        "managed_already",
        _("Hộ này đang trong danh sách hộ nghèo, hộ cận nghèo năm trước."),
        _("Không cần Giấy đề nghị: hộ vào danh sách rà soát khi lập danh sách."),
        LISTING,
    ),
    Rule(
        "unknown_case",
        _("Không tìm thấy hồ sơ này trong phạm vi của việc."),
        _("Kiểm tra mã hộ, thôn và đợt rà soát."),
        DESIGN,
    ),
)

ACTS = (
    Act(
        "open_round",
        _("Mở đợt rà soát"),
        LISTING,
        Duty.OPEN_ROUND,
        Seat.COMMUNE,
        Span.ROUND,
        conditions=("within_window", "papers_on_file"),
        evidence=(_("Quyết định lập Ban Chỉ đạo"), _("Kế hoạch rà soát")),
    ),
    Act(
        "receive_request",
        _("Nhận Giấy đề nghị (Mẫu số 01)"),
        LISTING,
        Duty.RECORD_REQUEST,
        Seat.COMMUNE,
        Span.CASE,
        moves=(Move(("new",), "requested", ("basis_known",)),),
        conditions=("within_window", "not_decided_yet", "form_on_file"),
        evidence=(_("Giấy đề nghị Mẫu số 01"),),
    ),
    Act(
        "build_list",
        _("Lập danh sách rà soát"),
        LISTING,
        Duty.COMPILE_LIST,
        Seat.COMMUNE,
        Span.ROUND,
        moves=(Move(("new", "requested"), "listed", ("basis_known",)),),
        passes_over=(
            *(s for s in BEFORE_DECISION if s != "requested"),
            *DONE,
            *OUT,
        ),
        conditions=("within_window", "not_decided_yet"),
        evidence=(_("Danh sách hộ cần rà soát (Phụ lục I)"),),
    ),
    Act(
        "screen",
        _("Ghi Phiếu A"),
        SCREENING,
        Duty.SURVEY,
        Seat.VILLAGE,
        Span.CASE,
        moves=(
            Move(("listed",), "screened", ("is_requester", "screen_passed")),
            Move(("listed",), "unqualified", ("is_requester", "screen_failed")),
        ),
        conditions=("within_window", "surveyed_in_round"),
        evidence=(_("Phiếu A"),),
    ),
    Act(
        "survey",
        _("Ghi phiếu khảo sát (Phiếu B)"),
        SURVEYING,
        Duty.SURVEY,
        Seat.VILLAGE,
        Span.CASE,
        moves=(
            Move(("listed",), "surveyed", ("needs_no_screen", "survey_complete")),
            Move(
                ("screened", "surveyed", "disagreed", "objected"), "surveyed", ("survey_complete",)
            ),
        ),
        conditions=("within_window", "surveyed_in_round", "surveyed_anew"),
        evidence=(_("Phiếu B có chữ ký"),),
    ),
    Act(
        "classify",
        _("Tổng hợp, phân loại"),
        SURVEYING,
        Duty.CLASSIFY,
        Seat.VILLAGE,
        Span.VILLAGE,
        moves=(Move(("surveyed",), "classified", ("survey_complete",)),),
        passes_over=("classified", "agreed", *IN_POSTING, *AFTER_POSTING, *OUT),
        conditions=("within_window",),
        evidence=(_("Bảng tổng hợp kết quả phân loại của thôn"),),
    ),
    Act(
        "hold_meeting",
        _("Ghi kết quả họp dân"),
        MEETING,
        Duty.KEEP_MINUTES,
        Seat.VILLAGE,
        Span.VILLAGE,
        moves=(
            Move(("classified",), "agreed", ("tally_recorded", "enough_agree")),
            Move(("classified",), "disagreed", ("tally_recorded", "too_few_agree")),
        ),
        passes_over=("agreed", *IN_POSTING, *AFTER_POSTING, *OUT),
        conditions=(
            "within_window",
            "met_in_round",
            "chaired_by_village_head",
            "required_people_present",
            "parts_fit_attendance",
            "front_invited",
            "tally_fits_attendance",
            "minutes_signed",
        ),
        evidence=(_("Biên bản họp (Phụ lục V), hai bản"),),
    ),
    Act(
        "post_list",
        _("Niêm yết kết quả"),
        POSTING,
        Duty.POST,
        Seat.VILLAGE,
        Span.VILLAGE,
        moves=(Move(("agreed",), "posted"),),
        passes_over=(*IN_POSTING, *AFTER_POSTING, *OUT),
        conditions=("within_window", "posted_at_both_places", "no_other_posting_open"),
        evidence=(_("Ảnh niêm yết ở hai nơi"),),
        starts_term="posting",
    ),
    Act(
        "complain",
        _("Nhận khiếu nại về một hộ"),
        POSTING,
        Duty.RECEIVE_COMPLAINT,
        Seat.COMMUNE,
        Span.CASE,
        moves=(Move(("posted", "reposted", "contested"), "contested", ("posting_open",)),),
        conditions=("within_window", "complaint_written_down"),
        evidence=(_("Đơn hoặc bản ghi khiếu nại"),),
        starts_term="reverification",
    ),
    Act(
        "reverify",
        _("Phúc tra"),
        POSTING,
        Duty.REVERIFY,
        Seat.COMMUNE,
        Span.CASE,
        moves=(Move(("contested",), "reverified", ("survey_complete",)),),
        conditions=("within_window", "surveyed_in_round", "surveyed_anew"),
        evidence=(_("Phiếu B phúc tra"),),
        ends_term="reverification",
    ),
    Act(
        "repost",
        _("Niêm yết lại kết quả phúc tra"),
        POSTING,
        Duty.POST,
        Seat.VILLAGE,
        Span.CASE,
        moves=(Move(("reverified",), "reposted"),),
        conditions=("within_window", "posted_at_both_places"),
        evidence=(_("Ảnh niêm yết ở hai nơi"),),
        starts_term="reposting",
    ),
    Act(
        "close_posting",
        _("Kết thúc niêm yết"),
        POSTING,
        Duty.POST,
        Seat.VILLAGE,
        Span.VILLAGE,
        moves=(Move(("posted",), "cleared", ("posting_over",)),),
        passes_over=("contested", "reverified", "reposted", *AFTER_POSTING, *OUT),
        leaves_behind=BEFORE_POSTING,
        conditions=("within_window",),
        ends_term="posting",
    ),
    Act(
        "close_reposting",
        _("Kết thúc niêm yết lại"),
        POSTING,
        Duty.POST,
        Seat.VILLAGE,
        Span.CASE,
        moves=(Move(("reposted",), "cleared", ("posting_over",)),),
        conditions=("within_window",),
        ends_term="reposting",
    ),
    Act(
        "sign_report",
        _("Ký báo cáo gửi cấp trên"),
        REPORTING,
        Duty.SIGN_REPORT,
        Seat.COMMUNE,
        Span.ROUND,
        moves=(Move(("cleared",), "reported"),),
        passes_over=("consented", *DONE, *OUT),
        conditions=("within_window", "report_numbered"),
        evidence=(_("Báo cáo tổng hợp"),),
        starts_term="opinion",
    ),
    Act(
        "give_opinion",
        _("Cho ý kiến bằng văn bản"),
        REPORTING,
        Duty.GIVE_OPINION,
        Seat.SUPERIOR,
        Span.ROUND,
        moves=(
            Move(("reported",), "consented", ("not_questioned",)),
            Move(("reported",), "objected", ("questioned",)),
        ),
        passes_over=("consented", *DONE, *OUT),
        leaves_behind=(*BEFORE_POSTING, *IN_POSTING, "cleared"),
        conditions=("within_window", "opinion_in_writing", "each_question_has_a_reason"),
        evidence=(_("Văn bản trả lời"),),
        ends_term="opinion",
    ),
    Act(
        "sign_decision",
        _("Ký quyết định công nhận (Mẫu số 02)"),
        RECOGNISING,
        Duty.SIGN_DECISION,
        Seat.COMMUNE,
        Span.ROUND,
        moves=(
            Move(("consented",), "recognised", ("result_as_posted", "class_poor")),
            Move(
                ("consented",), "escaped", ("result_as_posted", "class_not_poor", "on_opening_list")
            ),
            Move(
                ("consented",),
                "unqualified",
                ("result_as_posted", "class_not_poor", "is_requester"),
            ),
        ),
        passes_over=OUT,
        conditions=("within_window", "decision_numbered"),
        evidence=(_("Quyết định Mẫu số 02"),),
    ),
    Act(
        "issue_certificates",
        _("Ký giấy chứng nhận (Mẫu số 03)"),
        RECOGNISING,
        Duty.SIGN_DECISION,
        Seat.COMMUNE,
        Span.ROUND,
        moves=(Move(("recognised",), "certified"),),
        passes_over=("certified", "escaped", *OUT),
        evidence=(_("Giấy chứng nhận Mẫu số 03"),),
    ),
    Act(
        "refuse",
        _("Trả lời không công nhận"),
        REFUSING,
        Duty.SIGN_DECISION,
        Seat.COMMUNE,
        Span.CASE,
        moves=(Move(("unqualified",), "refused", ("reason_given",)),),
        evidence=(_("Văn bản trả lời, nêu lý do"),),
    ),
    Act(
        "record_departure",
        _("Ghi hộ ra khỏi danh sách"),
        DEPARTING,
        Duty.RECORD_DEPARTURE,
        Seat.COMMUNE,
        Span.CASE,
        moves=(Move(BEFORE_DECISION, "left", ("departure_known",)),),
        conditions=("within_window",),
        evidence=(_("Giấy tờ chứng minh"),),
    ),
)

TERMS = (
    TermRule("posting", _("Niêm yết"), 3, "WORKING", POSTING),
    TermRule(
        "reverification",
        _("Phúc tra"),
        3,
        "WORKING",
        Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4 (3 hay 7 ngày: chưa kiểm chứng)", "?"),
    ),
    TermRule("reposting", _("Niêm yết lại"), 3, "WORKING", POSTING),
    TermRule("opinion", _("Cấp trên cho ý kiến"), 5, "WORKING", REPORTING),
)

THREE_TIERS = Pack(
    code="qd24-2021-3cap",
    title=_("Rà soát định kỳ, chính quyền ba cấp (QĐ 24/2021/QĐ-TTg)"),
    in_force_from=date(2021, 9, 1),
    in_force_until=date(2025, 7, 1),
    superior_level="DISTRICT",
    superior_source=Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 5", "S"),
    window=((9, 1), (12, 14)),
    window_source=WINDOW,
    consent=(1, 2),
    consent_source=MEETING,
    stages=STAGES,
    states=STATES,
    acts=ACTS,
    guards=GUARDS,
    conditions=CONDITIONS,
    refusals=REFUSALS,
    terms=TERMS,
)

TWO_TIERS = replace(
    THREE_TIERS,
    code="qd24-2021-2cap",
    title=_("Rà soát định kỳ, chính quyền hai cấp (QĐ 24/2021/QĐ-TTg)"),
    in_force_from=date(2025, 7, 1),
    in_force_until=None,
    superior_level="PROVINCE",
    superior_source=Source("Điều khoản chuyển cho Chủ tịch UBND cấp tỉnh: chưa kiểm chứng", "?"),
)
