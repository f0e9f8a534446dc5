"""
What each act of the procedure shows that the law demands: the rows of a procedure certificate.

A row is judged by the questions of the audit (`workflow.invariants`), named here as module.function;
what no row names counts against the first row of its act. Nothing is judged a second time here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; it is translated when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Demand:
    """
    One row: what must have been done.

    `checks`: questions that speak of this row and not of the act's first one. `rule`: the guard of the pack
    whose article it is; empty: the act's own. `evidence` names the sentence
    that shows it (certificate_evidence).
    """

    code: str
    title: str
    checks: tuple[str, ...] = ()
    rule: str = ""
    evidence: str = ""


RECORD = Demand(
    "record",
    _("Sổ việc nguyên vẹn: trạng thái, giấy tờ và số đếm đúng như các việc đã ghi"),
    evidence="record",
)
TWO_OFFICERS = Demand(
    "two_officers",
    _("Đính chính do hai người: một người đề nghị, một người ký"),
    evidence="proposer",
)
_LIST = (Demand("listed", _("Vào danh sách rà soát khi có căn cứ"), evidence="basis"),)
_REQUEST = (Demand("request", _("Nhận giấy đề nghị có số"), evidence="request"),)
_INCOME = (
    Demand("income_day", _("Xác định thu nhập trong thời gian của đợt"), evidence="income_day"),
    Demand(
        "income_judged",
        _("Kết quả đúng theo thu nhập 12 tháng"),
        checks=(
            "surveying.each_income_gives_its_class",
            "surveying.each_classification_has_a_form",
        ),
        evidence="income",
    ),
)
_SURVEY = (
    Demand(
        "surveyed",
        _("Khảo sát bằng Phiếu B trong thời gian rà soát"),
        evidence="survey_day",
    ),
    Demand(
        "scored",
        _("Điểm B1, B2 cho ra đúng kết quả phân loại"),
        checks=(
            "surveying.each_form_gives_its_class",
            "surveying.each_classification_has_a_form",
            "surveying.each_form_is_judged_by_the_provinces_standards_too",
        ),
        rule="survey_complete",
        evidence="score",
    ),
)
_CLOSED = (
    Demand(
        "posted_long_enough",
        _("Niêm yết đủ số ngày làm việc rồi mới kết thúc"),
        evidence="posting_days",
    ),
)
_INTERRUPTED = (
    Demand("interrupted", _("Niêm yết bị gián đoạn có nêu lý do"), evidence="interruption"),
)
_POSTED_ALIKE = (
    "posting.posted_as_in_the_minutes",
    "posting.agreed_is_posted",
    "posting.nobody_else_is_posted",
)
_NAMED = {
    "revoke_decision": _("Thu hồi quyết định đối với hộ, có số và lý do"),
    "amend_decision": _("Quyết định lại sau khi xem xét, theo kết quả xác minh"),
}

DEMANDS: Mapping[str, tuple[Demand, ...]] = MappingProxyType(
    {
        "open_round": (
            Demand("opened", _("Mở đợt rà soát có đủ văn bản"), evidence="round_papers"),
            Demand(
                "pack",
                _("Quy trình và chuẩn nghèo có hiệu lực vào ngày mở đợt"),
                checks=("pinned.the_round_keeps_its_pack_and_standard",),
                evidence="pack",
            ),
        ),
        "receive_request": _REQUEST,
        "receive_exit_request": _REQUEST,
        "receive_worker_request": _REQUEST,
        "build_list": _LIST,
        "record_arrival": _LIST,
        "screen": (Demand("screened", _("Xét Phiếu A của hộ có Giấy đề nghị"), evidence="screen"),),
        "survey": _SURVEY,
        "determine_income": _INCOME,
        "classify": (
            Demand("classified", _("Tổng hợp, phân loại trước khi họp"), evidence="result"),
        ),
        "hold_meeting": (
            Demand(
                "meeting",
                _("Họp dân do Trưởng thôn chủ trì, đủ thành phần, mời Mặt trận"),
                evidence="meeting",
            ),
            Demand(
                "vote",
                _("Biểu quyết từng hộ trên tổng số người dự; ít nhất một nửa thì đồng ý"),
                checks=(
                    "meeting.votes_are_counted_of_those_attending",
                    "meeting.agreed_means_at_least_half",
                    "meeting.a_new_vote_needs_a_new_survey",
                    "meeting.the_vote_was_on_the_forms_class",
                ),
                evidence="vote",
            ),
            Demand(
                "minutes",
                _("Biên bản có số, hai bản, đủ chữ ký"),
                checks=("meeting.minutes_are_numbered_and_signed",),
                evidence="minutes",
            ),
        ),
        "post_list": (
            Demand(
                "posted",
                _("Niêm yết công khai đúng nơi quy định"),
                evidence="posting",
            ),
            Demand(
                "posted_as_agreed",
                _("Kết quả niêm yết đúng như kết quả đã họp, đã xét"),
                checks=_POSTED_ALIKE,
                evidence="posted_class",
            ),
        ),
        "interrupt_posting": _INTERRUPTED,
        "interrupt_reposting": _INTERRUPTED,
        "close_posting": _CLOSED,
        "close_reposting": _CLOSED,
        "complain": (
            Demand("complaint", _("Nhận khiếu nại và dừng hộ để phúc tra"), evidence="complaint"),
        ),
        "reverify": (
            Demand("reverified", _("Phúc tra bằng phiếu mới, đúng hạn"), evidence="survey_day"),
            Demand(
                "rescored",
                _("Điểm B1, B2 cho ra đúng kết quả phân loại"),
                checks=("surveying.each_form_gives_its_class",),
                rule="survey_complete",
                evidence="score",
            ),
        ),
        "redetermine_income": _INCOME,
        "repost": (
            Demand(
                "reposted",
                _("Niêm yết lại kết quả phúc tra"),
                evidence="posting",
            ),
        ),
        "sign_report": (
            Demand(
                "reported",
                _("Báo cáo đúng cấp, khi mọi niêm yết đã kết thúc"),
                evidence="report",
            ),
        ),
        "give_opinion": (
            Demand("opinion", _("Cấp trên cho ý kiến bằng văn bản"), evidence="opinion"),
        ),
        "sign_decision": (
            Demand("decided", _("Chủ tịch UBND cấp xã ký quyết định"), evidence="decision"),
            Demand(
                "decided_as_found",
                _("Quyết định theo đúng kết quả đã niêm yết, đã phúc tra"),
                checks=(
                    "deciding.decided_as_posted",
                    "deciding.decided_by_the_class_that_was_found",
                    "monthly.income_decides",
                ),
                evidence="decided_class",
            ),
        ),
        "issue_certificates": (
            Demand(
                "certificate", _("Cấp dòng giấy chứng nhận của năm sau"), evidence="certificate"
            ),
        ),
        "refuse": (
            Demand(
                "refusal", _("Trả lời không công nhận bằng văn bản có lý do"), evidence="refusal"
            ),
        ),
        "record_departure": (
            Demand("departure", _("Ra khỏi danh sách có lý do, giấy tờ"), evidence="departure"),
        ),
        "withdraw": (Demand("withdrawal", _("Hộ rút đề nghị bằng văn bản"), evidence="paper"),),
        "accept_grievance": (
            Demand(
                "grievance", _("Thụ lý khiếu nại quyết định trong thời hiệu"), evidence="complaint"
            ),
        ),
        "reexamine": (
            Demand("reexamined", _("Xác minh lại bằng phiếu mới"), evidence="survey_day"),
            Demand(
                "rescored",
                _("Điểm B1, B2 cho ra đúng kết quả phân loại"),
                checks=("surveying.each_form_gives_its_class",),
                rule="survey_complete",
                evidence="score",
            ),
        ),
        **{
            code: (Demand(code, title, evidence="later_decision"),)
            for code, title in _NAMED.items()
        },
        "correct_decision": (
            Demand(
                "correct_decision",
                _("Đính chính quyết định, có số và lý do, không đổi kết quả"),
                evidence="later_decision",
            ),
            TWO_OFFICERS,
        ),
        "sign_monthly_report": (
            Demand(
                "monthly_report", _("Báo cáo tháng bằng tổng các quyết định"), evidence="number"
            ),
        ),
        "suspend_term": (Demand("suspended", _("Tạm dừng thời hạn có văn bản"), evidence="paper"),),
        "resume_term": (Demand("resumed", _("Tiếp tục thời hạn có văn bản"), evidence="paper"),),
        "carry_over": (
            Demand("carried_over", _("Chuyển đợt sang bản quy trình mới"), evidence="carried"),
        ),
        "hand_over": (
            Demand("handed_over", _("Bàn giao đợt cho đơn vị kế tục"), evidence="handed"),
        ),
        "hand_over_village": (
            Demand(
                "village_handed_over", _("Bàn giao danh sách cho thôn kế tục"), evidence="handed"
            ),
        ),
    }
)

# Acts that do the same of the law's steps: what is missing is missing of the group.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "listing": ("build_list", "record_arrival"),
        "survey": ("survey",),
        "income": ("determine_income",),
        "classify": ("classify",),
        "meeting": ("hold_meeting",),
        "posting": ("post_list",),
        "closing": ("close_posting", "close_reposting"),
        "report": ("sign_report",),
        "opinion": ("give_opinion",),
        "decision": ("sign_decision",),
        "certificate": ("issue_certificates",),
        "refusal": ("refuse",),
    }
)
# Findings that name no act: the act whose row they count against; the others: the record's.
ACT_OF_INVARIANT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "INV-02": (
            "build_list",
            "record_arrival",
            *(f"receive_{n}" for n in ("request", "exit_request", "worker_request")),
        ),
        "INV-03": (
            "receive_request",
            "receive_exit_request",
            "receive_worker_request",
            "build_list",
            "record_arrival",
        ),
        "INV-04": ("build_list", "record_arrival"),
        "INV-05": ("survey", "determine_income"),
    }
)
# Questions that also find what was only done too late; and the acts that are late then.
FIND_LATENESS = frozenset(
    {
        "posting.reverified_in_time",
        "monthly.decided_within_the_month",
        "monthly.average_living_is_posted_verified_and_decided",
        "monthly.the_monthly_report_is_the_sum_of_its_decisions",
    }
)
# A posting must last so long at least: to close it later is no fault.
AT_LEAST = frozenset({"posting", "reposting"})
ENDS_WHOLE = ("sign_decision", "refuse")
