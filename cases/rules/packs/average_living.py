"""
Households with an average living standard in agriculture, forestry, fishery and salt (Article 6).

Income of the last 12 months, posting at the commune office; no meeting and no opinion.
"""

from dataclasses import replace

from cases.duties import Duty
from cases.rules.packs.ad_hoc import OPEN_ROUND as OPEN_REGISTER
from cases.rules.packs.assembly import assemble, under_two_tiers
from cases.rules.packs.catalogue import (
    AVERAGE_LIVING,
    AVERAGE_START,
    CONFIRMING,
    GRIEVING,
    TERMS,
)
from cases.rules.packs.later import AFTER_DECISION, FOR_THE_ROUND, GRIEVANCE
from cases.rules.packs.model import Act, Move, Review, Seat, Span, TermRule
from cases.rules.packs.periodic import ACTS as PERIODIC_ACTS
from cases.rules.packs.periodic import THREE_TIERS as PERIODIC


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


OUT = ("unqualified", "refused", "left", "withdrawn", "confirmed", "reopened", "reexamined")
OPEN = ("requested", "listed", "classified", "posted", "interrupted", "contested", "reverified")
_PERIODIC = {act.code: act for act in PERIODIC_ACTS}
_LATER = {act.code: act for act in AFTER_DECISION}

OPEN_ROUND = replace(OPEN_REGISTER, source=AVERAGE_START)
RECEIVE_REQUEST = Act(
    "receive_request",
    _("Nhận Giấy đề nghị xác định mức sống trung bình (Mẫu số 01)"),
    AVERAGE_LIVING,
    Duty.RECORD_REQUEST,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("new",), "requested", ("basis_known",)),),
    conditions=("intake_open", "form_on_file", "livelihood_named"),
    evidence=(_("Giấy đề nghị Mẫu số 01"),),
    forms=("mau-01",),
)
START = Act(
    "build_list",
    _("Bắt đầu xét các giấy đề nghị của đợt"),
    AVERAGE_START,
    Duty.COMPILE_LIST,
    Seat.COMMUNE,
    Span.ROUND,
    moves=(Move(("requested",), "listed"),),
    passes_over=(*OPEN[1:], "cleared", *OUT),
    conditions=("started",),
    starts_term="whole",
)
DETERMINE_INCOME = Act(
    "determine_income",
    _("Xác định thu nhập 12 tháng"),
    AVERAGE_LIVING,
    Duty.SURVEY,
    Seat.VILLAGE,
    Span.CASE,
    moves=(Move(("listed", "classified"), "classified", ("income_complete",)),),
    conditions=("surveyed_in_round", "interest_noted"),
    evidence=(_("Bảng xác định thu nhập"),),
)
REDETERMINE_INCOME = Act(
    "redetermine_income",
    _("Xác định lại thu nhập"),
    AVERAGE_LIVING,
    Duty.REVERIFY,
    Seat.COMMUNE,
    Span.CASE,
    moves=(
        Move(("contested",), "reverified", ("income_complete",)),
        Move(("reopened",), "reexamined", ("income_complete",)),
    ),
    conditions=(
        "surveyed_in_round",
        "surveyed_anew",
        "reverified_by_another",
        "interest_noted",
    ),
    evidence=(_("Bảng xác định thu nhập"),),
    ends_term="reverification",
)
POST_LIST = Act(
    "post_list",
    _("Niêm yết kết quả tại trụ sở xã"),
    AVERAGE_LIVING,
    Duty.POST,
    Seat.VILLAGE,
    Span.VILLAGE,
    moves=(Move(("classified", "interrupted"), "posted"),),
    passes_over=("posted", "contested", "reverified", "cleared", *OUT),
    leaves_behind=("new", "requested", "listed"),
    conditions=("posted_at_commune_office", "no_other_posting_open"),
    evidence=(_("Ảnh niêm yết"),),
    starts_term="posting",
)
INTERRUPT = replace(
    _PERIODIC["interrupt_posting"],
    source=AVERAGE_LIVING,
    passes_over=("contested", "reverified", "cleared", *OUT),
    leaves_behind=("new", "requested", "listed", "classified"),
    conditions=("interruption_explained",),
)
COMPLAIN = replace(
    _PERIODIC["complain"],
    source=AVERAGE_LIVING,
    moves=(Move(("posted", "contested"), "contested", ("posting_open",)),),
    conditions=("complaint_written_down",),
)
CLOSE_POSTING = replace(
    _PERIODIC["close_posting"],
    source=AVERAGE_LIVING,
    passes_over=("contested", "reverified", "cleared", *OUT),
    leaves_behind=("new", "requested", "listed", "classified", "interrupted"),
    conditions=(),
)
SIGN_DECISION = Act(
    "sign_decision",
    _("Ký quyết định công nhận (Mẫu số 02)"),
    CONFIRMING,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.ROUND,
    moves=(
        Move(("cleared",), "confirmed", ("result_as_posted", "income_qualifies")),
        Move(("cleared",), "unqualified", ("result_as_posted", "income_does_not_qualify")),
        # Article 6 asks for no second posting after the re-verification.
        Move(("reverified",), "confirmed", ("income_qualifies",)),
        Move(("reverified",), "unqualified", ("income_does_not_qualify",)),
    ),
    passes_over=OUT,
    leaves_behind=(
        "new",
        "requested",
        "listed",
        "classified",
        "posted",
        "interrupted",
        "contested",
    ),
    conditions=("decision_numbered", "interest_noted"),
    evidence=(_("Quyết định Mẫu số 02"),),
    forms=("mau-02",),
)
REFUSE = replace(_PERIODIC["refuse"], source=AVERAGE_LIVING)
WITHDRAW = replace(_PERIODIC["withdraw"], conditions=("withdrawal_in_writing",))
DEPART = replace(_PERIODIC["record_departure"], conditions=())


def after_decision(sources: tuple[str, ...]) -> tuple[Act, ...]:
    """Return the roads after a decision that confirms or refuses, without certificates."""
    grievance = replace(_LATER["accept_grievance"], moves=(Move(sources, "reopened"),))
    revoke = replace(_LATER["revoke_decision"], moves=(Move(("confirmed",), "reopened"),))
    amend = replace(
        _LATER["amend_decision"],
        source=GRIEVING,
        moves=(
            Move(("reexamined",), "confirmed", ("income_qualifies",)),
            Move(("reexamined",), "unqualified", ("income_does_not_qualify",)),
        ),
    )
    correct = replace(_LATER["correct_decision"], moves=(Move(("confirmed",), "confirmed"),))
    return grievance, revoke, amend, correct


ACTS = (
    OPEN_ROUND,
    RECEIVE_REQUEST,
    START,
    DETERMINE_INCOME,
    POST_LIST,
    INTERRUPT,
    COMPLAIN,
    REDETERMINE_INCOME,
    CLOSE_POSTING,
    SIGN_DECISION,
    REFUSE,
    DEPART,
    WITHDRAW,
    *after_decision(("confirmed", "refused")),
    *FOR_THE_ROUND,
)

AVERAGE_TERMS = (
    TermRule("whole", _("Xét xong đợt tháng"), 15, "CALENDAR", TERMS["average"]),
    TermRule("posting", _("Niêm yết"), 5, "WORKING", TERMS["average_posting"]),
    TermRule("reverification", _("Phúc tra"), 3, "WORKING", TERMS["average_reverification"]),
    GRIEVANCE,
)

THREE_TIERS = assemble(
    code="qd24-2021-3cap-mstb",
    title=_("Xác định hộ có mức sống trung bình, chính quyền ba cấp (QĐ 24/2021/QĐ-TTg)"),
    review=Review.AVERAGE_LIVING,
    review_source=AVERAGE_LIVING,
    in_force_from=PERIODIC.in_force_from,
    in_force_until=PERIODIC.in_force_until,
    superior_level="DISTRICT",
    superior_source=PERIODIC.superior_source,
    window_source=AVERAGE_START,
    acts=ACTS,
    terms=AVERAGE_TERMS,
    start_day=15,
    months=tuple(range(1, 13)),
)

TWO_TIERS = under_two_tiers(
    THREE_TIERS,
    code="qd24-2021-2cap-mstb",
    title=_("Xác định hộ có mức sống trung bình, chính quyền hai cấp (QĐ 24/2021/QĐ-TTg)"),
)
