"""
What the packs are put together from: states, guards, conditions, refusals, forms, duties, each cited.

A pack takes from here what its acts name. Marks are those of the law notes: [S] seen, [K]
remembered, [?] unsure.
"""

from cases.duties import Duty
from cases.rules.packs.model import Form, Holder, Rule, Source, Stage, State


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
OBJECTING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 5 (việc tiếp theo khi chưa thống nhất)", "?")
INTERRUPTING = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4 (đủ ngày niêm yết liên tục)", "?")
WITHDRAWING = Source("Chưa thấy quy định về rút đề nghị; theo văn bản của hộ", "?")
ARRIVING = Source("TT 07/2021/TT-BLĐTBXH, Phụ lục VII (cột tăng khác)", "S")
GRIEVING = Source("Luật Khiếu nại (khiếu nại quyết định hành chính)", "K")
AMENDING = Source("Luật Khiếu nại; quy định chung về sửa đổi, thu hồi quyết định", "?")
CONFIRMING = Source("QĐ 24/2021/QĐ-TTg, Điều 6", "S")
AD_HOC = Source("QĐ 24/2021/QĐ-TTg, Điều 5", "S")
AD_HOC_START = Source("QĐ 24/2021/QĐ-TTg, Điều 3 khoản 1 điểm b", "S")
AD_HOC_INTAKE = Source("QĐ 24/2021/QĐ-TTg, Điều 5 (nhận sau ngày 15: chưa kiểm chứng)", "?")
AD_HOC_MONTHS = Source("QĐ 24/2021/QĐ-TTg, Điều 7 (tháng 9 đến 12: chưa kiểm chứng)", "?")
MONTHLY_REPORT = Source("QĐ 24/2021/QĐ-TTg, Điều 7", "S")
AVERAGE_LIVING = Source("QĐ 24/2021/QĐ-TTg, Điều 6", "S")
AVERAGE_START = Source("QĐ 24/2021/QĐ-TTg, Điều 3 khoản 2", "S")
LOW_INCOME = Source("NĐ 30/2025/NĐ-CP (trình tự: chưa kiểm chứng)", "?")
LOW_INCOME_START = Source("NĐ 30/2025/NĐ-CP (từ ngày 15 hằng tháng)", "S")
SUCCEEDING = Source("Văn bản sắp xếp đơn vị hành chính", "K")
NEW_EDITION = Source("Thiết kế hệ thống (hồ sơ theo quy trình lúc mở đợt)", "K")
PAUSING = Source("Chưa thấy quy định riêng về tạm dừng thời hạn", "?")
INTEREST = Source("Thiết kế hệ thống (INV-30: người có liên quan phải ghi rõ)", "K")
REVERIFIER = Source("QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4 (người khác phúc tra)", "?")
TO_THE_PROVINCE = Source("Điều khoản chuyển cho Chủ tịch UBND cấp tỉnh: chưa kiểm chứng", "?")
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
    State("new", _("Chưa vào danh sách"), "listing", LISTING),
    State("requested", _("Đã nhận giấy đề nghị"), "listing", LISTING),
    State("listed", _("Trong danh sách rà soát"), "survey", LISTING),
    State("screened", _("Đạt Phiếu A"), "survey", SCREENING),
    State("surveyed", _("Đã khảo sát"), "survey", SURVEYING),
    State("classified", _("Đã phân loại"), "meeting", SURVEYING),
    State("disagreed", _("Họp dân chưa đồng ý"), "survey", MEETING),
    State("agreed", _("Họp dân đồng ý"), "posting", MEETING),
    State("interrupted", _("Niêm yết bị gián đoạn"), "posting", INTERRUPTING),
    State("posted", _("Đang niêm yết"), "posting", POSTING),
    State("contested", _("Có khiếu nại"), "complaint", POSTING),
    State("reverified", _("Đã phúc tra"), "complaint", POSTING),
    State("reposted", _("Đang niêm yết lại"), "complaint", POSTING),
    State("cleared", _("Hết niêm yết"), "report", POSTING),
    State("reported", _("Đã báo cáo, chờ ý kiến"), "report", REPORTING),
    State("objected", _("Cấp trên chưa thống nhất"), "survey", OBJECTING),
    State("consented", _("Cấp trên thống nhất"), "decision", REPORTING),
    State("recognised", _("Đã công nhận"), "decision", RECOGNISING),
    State("certified", _("Đã cấp giấy chứng nhận"), "done", RECOGNISING, final=True),
    State(
        "escaped", _("Đã công nhận thoát nghèo, thoát cận nghèo"), "done", RECOGNISING, final=True
    ),
    State("unqualified", _("Không đủ điều kiện, chờ trả lời"), "decision", REFUSING),
    State("refused", _("Đã trả lời không công nhận"), "done", REFUSING, final=True),
    State("left", _("Ra khỏi danh sách"), "done", DEPARTING, final=True),
    State("withdrawn", _("Hộ đã rút đề nghị"), "done", WITHDRAWING, final=True),
    State("confirmed", _("Đã xác nhận"), "done", CONFIRMING, final=True),
    State("reopened", _("Xem xét lại sau quyết định"), "decision", GRIEVING),
    State("reexamined", _("Đã xác minh lại, chờ quyết định"), "decision", GRIEVING),
)

# What a list act leaves alone: those who are out, and those who are already further on.
OUT = ("unqualified", "refused", "left", "withdrawn")
DONE = ("recognised", "certified", "escaped", "confirmed", "reopened", "reexamined")
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
    "interrupted",
    "objected",
)
IN_POSTING = ("posted", "contested", "reverified", "reposted")
BEFORE_DECISION = (
    *(state for state in BEFORE_POSTING if state != "new"),
    *IN_POSTING,
    "cleared",
    "reported",
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
        "asked_by_form",
        _("Hộ không nộp giấy đề nghị nên không có gì để rút."),
        _("Hộ trong danh sách đang quản lý được rà soát không cần giấy đề nghị."),
        WITHDRAWING,
    ),
    Rule(
        "asks_exit",
        _("Hộ không có Giấy đề nghị công nhận thoát nghèo, thoát cận nghèo (Mẫu số 04)."),
        _("Nhận Giấy đề nghị Mẫu số 04 của hộ."),
        AD_HOC,
    ),
    Rule(
        "entry_granted",
        _("Kết quả không đưa hộ vào diện nghèo, cận nghèo hay từ cận nghèo sang nghèo."),
        _("Trả lời hộ bằng văn bản, nêu lý do."),
        AD_HOC,
    ),
    Rule(
        "exit_granted_to_near_poor",
        _("Kết quả không phải từ hộ nghèo sang hộ cận nghèo."),
        _("Xem lại kết quả phân loại và giấy đề nghị của hộ."),
        AD_HOC,
    ),
    Rule(
        "exit_granted",
        _("Hộ chưa thoát nghèo, thoát cận nghèo."),
        _("Trả lời hộ bằng văn bản, nêu lý do."),
        AD_HOC,
    ),
    Rule(
        "request_not_granted",
        _("Đề nghị của hộ được chấp nhận theo kết quả phân loại."),
        _("Công nhận hộ trong quyết định."),
        AD_HOC,
    ),
    Rule(
        "income_complete",
        _("Chưa xác định thu nhập: thiếu thu nhập 12 tháng hoặc số người."),
        _("Nhập thu nhập 12 tháng, khoản trợ cấp không tính và số người."),
        AVERAGE_LIVING,
        entered=True,
    ),
    Rule(
        "income_qualifies",
        _("Thu nhập nằm ngoài mức quy định."),
        _("Trả lời bằng văn bản, nêu lý do."),
        AVERAGE_LIVING,
    ),
    Rule(
        "income_does_not_qualify",
        _("Thu nhập nằm trong mức quy định."),
        _("Công nhận trong quyết định."),
        AVERAGE_LIVING,
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
        "surveyed_by_today",
        _("Ngày khảo sát sau ngày hôm nay."),
        _("Ghi đúng ngày khảo sát trên phiếu."),
        SURVEYING,
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
        "list_complete",
        _("Còn hộ nghèo, hộ cận nghèo năm trước của xã chưa vào danh sách rà soát."),
        _("Lập danh sách rà soát, làm đủ các bước cho những hộ này rồi báo cáo."),
        LISTING,
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
    Rule(
        "register_open",
        _("Sổ nhận giấy của một tháng mở từ ngày 16 tháng trước đến hết tháng đó."),
        _("Mở đợt của tháng đang nhận giấy."),
        AD_HOC_INTAKE,
    ),
    Rule(
        "intake_open",
        _("Ngày này không thuộc kỳ nhận giấy của đợt tháng này."),
        _("Giấy nhận sau ngày 15 được xét ở đợt tháng sau: mở đợt của tháng đó."),
        AD_HOC_INTAKE,
    ),
    Rule(
        "month_reviewed",
        _("Tháng này không có đợt rà soát thường xuyên."),
        _("Từ 01/9 xét trong rà soát định kỳ; mở đợt của một tháng khác."),
        AD_HOC_MONTHS,
    ),
    Rule(
        "started",
        _("Chưa đến ngày 15 của tháng nên đợt chưa bắt đầu."),
        _("Tiếp tục nhận giấy; bắt đầu xét từ ngày 15."),
        AD_HOC_START,
    ),
    Rule(
        "posted_at_commune_office",
        _("Phải niêm yết ở trụ sở UBND cấp xã."),
        _("Niêm yết ở trụ sở xã rồi ghi lại."),
        AVERAGE_LIVING,
    ),
    Rule(
        "livelihood_named",
        _("Hộ không làm nông nghiệp, lâm nghiệp, ngư nghiệp hay diêm nghiệp."),
        _("Ghi nghề của hộ trong giấy đề nghị; hộ làm nghề khác không thuộc diện này."),
        AVERAGE_LIVING,
    ),
    Rule(
        "arrival_papers",
        _("Chưa ghi lý do hoặc giấy tờ của hộ chuyển đến, tách hộ, nhập hộ."),
        _("Ghi lý do và số giấy tờ chứng minh."),
        ARRIVING,
    ),
    Rule(
        "withdrawal_in_writing",
        _("Chưa có văn bản của hộ xin rút đề nghị."),
        _("Ghi số hoặc ngày của văn bản do hộ ký."),
        WITHDRAWING,
    ),
    Rule(
        "interruption_explained",
        _("Chưa ghi lý do niêm yết bị gián đoạn."),
        _("Ghi lý do: bị gỡ, mưa bão, sai danh sách…; niêm yết lại từ đầu."),
        INTERRUPTING,
    ),
    Rule(
        "reverified_by_another",
        _("Người phúc tra là người đã khảo sát hộ, trong khi xã có người khác làm được."),
        _("Cử rà soát viên khác phúc tra hộ này."),
        REVERIFIER,
    ),
    Rule(
        "interest_noted",
        _("Người làm việc này là thành viên hoặc người thân của hộ."),
        _("Để người khác làm, hoặc ghi rõ lý do vẫn làm vào ô xung đột lợi ích."),
        INTEREST,
    ),
    Rule(
        "grievance_in_time",
        _("Đã quá 90 ngày kể từ ngày ký quyết định hoặc văn bản trả lời."),
        _("Hướng dẫn hộ nộp Giấy đề nghị mới trong đợt rà soát tới."),
        Source("Luật Khiếu nại (thời hiệu 90 ngày)", "K"),
    ),
    Rule(
        "each_case_has_a_reason",
        _("Chưa ghi lý do của từng hộ."),
        _("Ghi lý do cho từng hộ được nêu trong quyết định."),
        AMENDING,
    ),
    Rule(
        "edition_approved",
        _("Quy trình mới chưa được người thứ hai duyệt, hoặc không cùng loại rà soát."),
        _("Chọn một quy trình đã duyệt của cùng loại rà soát."),
        NEW_EDITION,
    ),
    Rule(
        "edition_fits",
        _("Có hồ sơ ở bước mà quy trình mới không có đường đi tiếp."),
        _("Làm xong những hồ sơ được nêu theo quy trình cũ rồi chuyển."),
        NEW_EDITION,
    ),
    Rule(
        "dry_run_current",
        _("Chưa chạy thử, hoặc hồ sơ đã đổi từ lần chạy thử."),
        _("Chạy thử lại, đọc kết quả rồi chuyển."),
        NEW_EDITION,
    ),
    Rule(
        "succession_on_file",
        _("Chưa có văn bản cho đơn vị này tiếp nhận xã hoặc thôn của đợt."),
        _("Cập nhật sắp xếp đơn vị hành chính, ghi số văn bản rồi bàn giao."),
        SUCCEEDING,
    ),
    Rule(
        "pause_explained",
        _("Chưa ghi lý do hoặc văn bản tạm dừng, tiếp tục thời hạn."),
        _("Ghi lý do và số văn bản."),
        PAUSING,
    ),
    Rule(
        "term_may_pause",
        _("Thời hạn này không đang chạy, đã tạm dừng, hoặc là thời hạn niêm yết."),
        _("Niêm yết bị gián đoạn thì ghi gián đoạn và niêm yết lại từ đầu."),
        PAUSING,
    ),
    Rule(
        "term_is_paused",
        _("Thời hạn này không đang tạm dừng."),
        _("Không cần làm gì."),
        PAUSING,
    ),
    Rule(
        "month_closed",
        _("Chưa hết đợt: còn hồ sơ chưa quyết định, hoặc đã báo cáo đợt này."),
        _("Quyết định và trả lời hết các hồ sơ của đợt rồi ký báo cáo tháng."),
        MONTHLY_REPORT,
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
    Rule(
        "pack_changed",
        _("Quy trình ghim ở đợt này khác với quy trình đang có trong hệ thống."),
        _("Chuyển đợt sang bản quy trình mới bằng việc có ghi lại, sau khi chạy thử."),
        NEW_EDITION,
    ),
    Rule(
        "not_managed",
        _("Hộ không có trong danh sách hộ nghèo, hộ cận nghèo xã đang quản lý."),
        _("Mẫu số 04 chỉ dùng cho hộ đang trong danh sách."),
        AD_HOC,
    ),
    Rule(
        "asked_already",
        _("Hộ đang có hồ sơ chưa xong ở một đợt khác."),
        _("Xử lý xong hồ sơ đó rồi nhận giấy mới."),
        AD_HOC,
    ),
)

FORMS = (
    Form("mau-01", _("Giấy đề nghị (Mẫu số 01)"), Source("QĐ 24/2021/QĐ-TTg, Mẫu số 01", "S")),
    Form(
        "mau-02", _("Quyết định công nhận (Mẫu số 02)"), Source("QĐ 24/2021/QĐ-TTg, Mẫu số 02", "S")
    ),
    Form("mau-03", _("Giấy chứng nhận (Mẫu số 03)"), Source("QĐ 24/2021/QĐ-TTg, Mẫu số 03", "S")),
    Form(
        "mau-04",
        _("Giấy đề nghị công nhận thoát nghèo, thoát cận nghèo (Mẫu số 04)"),
        Source("QĐ 24/2021/QĐ-TTg, Mẫu số 04", "S"),
    ),
    Form(
        "phu-luc-1",
        _("Danh sách hộ cần rà soát"),
        Source("TT 07/2021/TT-BLĐTBXH, Phụ lục I", "S"),
    ),
    Form("phieu-a", _("Phiếu A"), SCREENING),
    Form("phieu-b", _("Phiếu B"), SCORING),
    Form(
        "phu-luc-5",
        _("Biên bản họp dân"),
        Source("TT 07/2021/TT-BLĐTBXH, Phụ lục V", "S"),
    ),
)

HOLDERS = (
    Holder(Duty.OPEN_ROUND, _("Chủ tịch UBND cấp xã"), Source("QĐ 24/2021/QĐ-TTg, Điều 8", "K")),
    Holder(Duty.RECORD_REQUEST, _("Bộ phận tiếp nhận của xã"), LISTING),
    Holder(Duty.COMPILE_LIST, _("Ban Chỉ đạo rà soát cấp xã"), LISTING),
    Holder(Duty.SURVEY, _("Rà soát viên"), SURVEYING),
    Holder(Duty.CLASSIFY, _("Ban Chỉ đạo rà soát cấp xã"), SURVEYING),
    Holder(Duty.KEEP_MINUTES, _("Trưởng thôn, thư ký cuộc họp"), MEETING),
    Holder(Duty.POST, _("Ban Chỉ đạo cấp xã, trưởng thôn"), POSTING),
    Holder(Duty.RECEIVE_COMPLAINT, _("Ban Chỉ đạo rà soát cấp xã"), POSTING),
    Holder(Duty.REVERIFY, _("Ban Chỉ đạo rà soát cấp xã"), POSTING),
    Holder(Duty.RECORD_DEPARTURE, _("Cán bộ giảm nghèo cấp xã"), DEPARTING),
    Holder(Duty.SIGN_REPORT, _("Chủ tịch UBND cấp xã"), REPORTING),
    Holder(Duty.GIVE_OPINION, _("Chủ tịch UBND cấp trên"), REPORTING),
    Holder(Duty.SIGN_DECISION, _("Chủ tịch UBND cấp xã"), RECOGNISING),
)

TERMS = {
    "reverification": Source(
        "QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4 (3 hay 7 ngày: chưa kiểm chứng)", "?"
    ),
    "ad_hoc": Source("QĐ 24/2021/QĐ-TTg, Điều 5 (15 ngày)", "S"),
    "average": Source("QĐ 24/2021/QĐ-TTg, Điều 6 (15 ngày)", "S"),
    "average_posting": Source("QĐ 24/2021/QĐ-TTg, Điều 6 (05 ngày làm việc)", "S"),
    "average_reverification": Source("QĐ 24/2021/QĐ-TTg, Điều 6 (03 ngày làm việc)", "S"),
    "grievance": Source("Luật Khiếu nại (30 ngày; phức tạp 45 ngày)", "K"),
}
