"""What may follow in every review: after the decision, and for the round as a whole."""

from cases.duties import Duty
from cases.rules.packs.catalogue import (
    AMENDING,
    GRIEVING,
    NEW_EDITION,
    PAUSING,
    SUCCEEDING,
    TERMS,
)
from cases.rules.packs.model import Act, Move, Seat, Span, TermRule


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


GRIEVANCE = TermRule(
    "grievance", _("Giải quyết khiếu nại quyết định"), 30, "CALENDAR", TERMS["grievance"]
)

RECEIVE_GRIEVANCE = Act(
    "accept_grievance",
    _("Thụ lý khiếu nại sau quyết định"),
    GRIEVING,
    Duty.RECEIVE_COMPLAINT,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("recognised", "certified", "escaped", "refused"), "reopened"),),
    conditions=("complaint_written_down", "grievance_in_time"),
    evidence=(_("Đơn khiếu nại"),),
    starts_term="grievance",
)
REVOKE = Act(
    "revoke_decision",
    _("Thu hồi quyết định đối với hộ"),
    AMENDING,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("recognised", "certified", "escaped"), "reopened"),),
    conditions=("decision_numbered", "each_case_has_a_reason", "interest_noted"),
    evidence=(_("Quyết định thu hồi"),),
    forms=("mau-02",),
)
REEXAMINE = Act(
    "reexamine",
    _("Xác minh lại hộ sau quyết định"),
    GRIEVING,
    Duty.REVERIFY,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("reopened",), "reexamined", ("survey_complete",)),),
    conditions=(
        "surveyed_by_today",
        "surveyed_anew",
        "reverified_by_another",
        "interest_noted",
    ),
    evidence=(_("Phiếu B xác minh"),),
    forms=("phieu-b",),
)
AMEND = Act(
    "amend_decision",
    _("Ký quyết định sau khi xem xét lại"),
    AMENDING,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.CASE,
    moves=(
        Move(("reexamined",), "recognised", ("class_poor",)),
        Move(("reexamined",), "escaped", ("class_not_poor", "on_opening_list")),
        Move(("reexamined",), "unqualified", ("class_not_poor", "is_requester")),
    ),
    conditions=("decision_numbered", "interest_noted"),
    evidence=(_("Quyết định Mẫu số 02"),),
    forms=("mau-02",),
    ends_term="grievance",
)
CORRECT = Act(
    "correct_decision",
    _("Đính chính quyết định"),
    AMENDING,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.CASE,
    moves=(
        Move(("recognised",), "recognised"),
        Move(("certified",), "certified"),
        Move(("escaped",), "escaped"),
    ),
    conditions=("decision_numbered", "each_case_has_a_reason"),
    evidence=(_("Quyết định đính chính"),),
    forms=("mau-02",),
)
AFTER_DECISION = (RECEIVE_GRIEVANCE, REVOKE, REEXAMINE, AMEND, CORRECT)

FOR_THE_ROUND = (
    Act(
        "suspend_term",
        _("Tạm dừng một thời hạn"),
        PAUSING,
        Duty.COMPILE_LIST,
        Seat.COMMUNE,
        Span.ROUND,
        conditions=("term_may_pause", "pause_explained"),
        evidence=(_("Văn bản tạm dừng"),),
    ),
    Act(
        "resume_term",
        _("Tiếp tục một thời hạn"),
        PAUSING,
        Duty.COMPILE_LIST,
        Seat.COMMUNE,
        Span.ROUND,
        conditions=("term_is_paused", "pause_explained"),
        evidence=(_("Văn bản cho tiếp tục"),),
    ),
    Act(
        "carry_over",
        _("Chuyển đợt sang bản quy trình mới"),
        NEW_EDITION,
        Duty.OPEN_ROUND,
        Seat.COMMUNE,
        Span.ROUND,
        conditions=("edition_approved", "edition_fits", "dry_run_current"),
        evidence=(_("Văn bản áp dụng quy trình mới"),),
    ),
    Act(
        "hand_over",
        _("Tiếp nhận đợt của xã đã sắp xếp"),
        SUCCEEDING,
        Duty.OPEN_ROUND,
        Seat.KEEPER,
        Span.ROUND,
        conditions=("succession_on_file",),
        evidence=(_("Văn bản sắp xếp đơn vị hành chính"),),
    ),
    Act(
        "hand_over_village",
        _("Tiếp nhận danh sách của thôn đã sắp xếp"),
        SUCCEEDING,
        Duty.COMPILE_LIST,
        Seat.COMMUNE,
        Span.VILLAGE,
        conditions=("succession_on_file",),
        evidence=(_("Văn bản sắp xếp thôn"),),
    ),
)
