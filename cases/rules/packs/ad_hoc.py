"""
The ad hoc review of Decision 24/2021/QĐ-TTg, Article 5: entry by Form 01, exit by Form 04.

It runs clauses 2, 3 and 4 of Article 4 and ends within 15 days of the 15th; no opinion is asked.
"""

from dataclasses import replace

from cases.duties import Duty
from cases.rules.packs.assembly import assemble, under_two_tiers
from cases.rules.packs.catalogue import (
    AD_HOC,
    AD_HOC_MONTHS,
    AD_HOC_START,
    BEFORE_POSTING,
    DONE,
    IN_POSTING,
    MEETING,
    MONTHLY_REPORT,
    OUT,
    POSTING,
    TERMS,
)
from cases.rules.packs.later import AFTER_DECISION, AMEND, FOR_THE_ROUND, GRIEVANCE
from cases.rules.packs.model import Act, Move, Review, Seat, Span, TermRule
from cases.rules.packs.periodic import ACTS as PERIODIC_ACTS
from cases.rules.packs.periodic import THREE_TIERS as PERIODIC


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


OPEN_ROUND = Act(
    "open_round",
    _("Mở sổ nhận giấy đề nghị của đợt tháng"),
    AD_HOC_START,
    Duty.OPEN_ROUND,
    Seat.COMMUNE,
    Span.ROUND,
    conditions=("month_reviewed", "register_open"),
)
RECEIVE_REQUEST = Act(
    "receive_request",
    _("Nhận Giấy đề nghị (Mẫu số 01)"),
    AD_HOC,
    Duty.RECORD_REQUEST,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("new",), "requested", ("basis_known",)),),
    conditions=("intake_open", "form_on_file"),
    evidence=(_("Giấy đề nghị Mẫu số 01"),),
    forms=("mau-01",),
)
RECEIVE_EXIT_REQUEST = Act(
    "receive_exit_request",
    _("Nhận Giấy đề nghị thoát nghèo, thoát cận nghèo (Mẫu số 04)"),
    AD_HOC,
    Duty.RECORD_REQUEST,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("new",), "requested", ("asks_exit",)),),
    conditions=("intake_open", "form_on_file"),
    evidence=(_("Giấy đề nghị Mẫu số 04"),),
    forms=("mau-04",),
)
START = Act(
    "build_list",
    _("Bắt đầu xét các giấy đề nghị của đợt"),
    AD_HOC_START,
    Duty.COMPILE_LIST,
    Seat.COMMUNE,
    Span.ROUND,
    moves=(Move(("requested",), "listed"),),
    passes_over=(
        *(s for s in BEFORE_POSTING if s not in ("new", "requested")),
        *IN_POSTING,
        "cleared",
        *DONE,
        *OUT,
    ),
    conditions=("started",),
    evidence=(_("Danh sách hộ của đợt"),),
    starts_term="whole",
)
SURVEY = Act(
    "survey",
    _("Ghi phiếu khảo sát (Phiếu B)"),
    AD_HOC,
    Duty.SURVEY,
    Seat.VILLAGE,
    Span.CASE,
    moves=(Move(("listed", "surveyed", "disagreed"), "surveyed", ("survey_complete",)),),
    conditions=("surveyed_in_round", "surveyed_anew", "interest_noted"),
    evidence=(_("Phiếu B có chữ ký"),),
    forms=("phieu-b",),
)
SIGN_DECISION = Act(
    "sign_decision",
    _("Ký quyết định công nhận (Mẫu số 02)"),
    AD_HOC,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.ROUND,
    moves=(
        Move(("cleared",), "recognised", ("result_as_posted", "entry_granted")),
        Move(
            ("cleared",),
            "recognised",
            ("result_as_posted", "asks_exit", "exit_granted_to_near_poor"),
        ),
        Move(("cleared",), "escaped", ("result_as_posted", "asks_exit", "exit_granted")),
        Move(("cleared",), "unqualified", ("result_as_posted", "request_not_granted")),
    ),
    passes_over=(*OUT, *DONE),
    # A complaint stops its own household only; the others have fifteen days.
    leaves_behind=(*BEFORE_POSTING, *IN_POSTING),
    conditions=("decision_numbered", "interest_noted"),
    evidence=(_("Quyết định Mẫu số 02"),),
    forms=("mau-02",),
)
AMEND_DECISION = replace(
    AMEND,
    moves=(
        Move(("reexamined",), "recognised", ("entry_granted",)),
        Move(("reexamined",), "recognised", ("asks_exit", "exit_granted_to_near_poor")),
        Move(("reexamined",), "escaped", ("asks_exit", "exit_granted")),
        Move(("reexamined",), "unqualified", ("request_not_granted",)),
    ),
)
SIGN_MONTHLY_REPORT = Act(
    "sign_monthly_report",
    _("Ký báo cáo tháng"),
    MONTHLY_REPORT,
    Duty.SIGN_REPORT,
    Seat.COMMUNE,
    Span.ROUND,
    conditions=("month_closed", "report_numbered"),
    evidence=(_("Báo cáo kết quả rà soát thường xuyên, kể cả khi không phát sinh"),),
)
_PERIODIC = {act.code: act for act in PERIODIC_ACTS}


def _as_in_article_4(*codes: str) -> tuple[Act, ...]:
    """Return steps of Article 4 that Article 5 takes over; its time of the year is not theirs."""
    return tuple(
        replace(act, conditions=tuple(c for c in act.conditions if c != "within_window"))
        for act in map(_PERIODIC.__getitem__, codes)
    )


ACTS = (
    OPEN_ROUND,
    RECEIVE_REQUEST,
    RECEIVE_EXIT_REQUEST,
    START,
    SURVEY,
    *_as_in_article_4(
        "classify",
        "hold_meeting",
        "post_list",
        "interrupt_posting",
        "interrupt_reposting",
        "complain",
        "reverify",
        "repost",
        "close_posting",
        "close_reposting",
    ),
    SIGN_DECISION,
    *_as_in_article_4("issue_certificates", "refuse", "record_departure", "withdraw"),
    SIGN_MONTHLY_REPORT,
    *(AMEND_DECISION if act == AMEND else act for act in AFTER_DECISION),
    *FOR_THE_ROUND,
)

AD_HOC_TERMS = (
    TermRule("whole", _("Xét xong đợt tháng"), 15, "CALENDAR", TERMS["ad_hoc"]),
    TermRule("posting", _("Niêm yết"), 3, "WORKING", POSTING),
    TermRule("reverification", _("Phúc tra"), 3, "WORKING", TERMS["reverification"]),
    TermRule("reposting", _("Niêm yết lại"), 3, "WORKING", POSTING),
    GRIEVANCE,
)

THREE_TIERS = assemble(
    code="qd24-2021-3cap-tx",
    title=_("Rà soát thường xuyên, chính quyền ba cấp (QĐ 24/2021/QĐ-TTg)"),
    review=Review.AD_HOC,
    review_source=AD_HOC,
    in_force_from=PERIODIC.in_force_from,
    in_force_until=PERIODIC.in_force_until,
    superior_level="DISTRICT",
    superior_source=PERIODIC.superior_source,
    window_source=AD_HOC_MONTHS,
    consent=(1, 2),
    consent_source=MEETING,
    acts=ACTS,
    terms=AD_HOC_TERMS,
    start_day=15,
    months=(1, 2, 3, 4, 5, 6, 7, 8),
)

TWO_TIERS = under_two_tiers(
    THREE_TIERS,
    code="qd24-2021-2cap-tx",
    title=_("Rà soát thường xuyên, chính quyền hai cấp (QĐ 24/2021/QĐ-TTg)"),
)
