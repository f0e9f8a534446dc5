"""
Workers with a low income (Decree 30/2025/NĐ-CP): a request of one person, from the 15th on.

Its steps were not seen. Only what any request needs is here, and all of it is marked [?].
"""

from dataclasses import replace
from datetime import date

from cases.duties import Duty
from cases.rules.packs.assembly import assemble, under_two_tiers
from cases.rules.packs.average_living import (
    DEPART,
    DETERMINE_INCOME,
    OPEN_ROUND,
    OUT,
    REDETERMINE_INCOME,
    REFUSE,
    START,
    WITHDRAW,
    after_decision,
)
from cases.rules.packs.catalogue import LOW_INCOME, LOW_INCOME_START
from cases.rules.packs.later import FOR_THE_ROUND, GRIEVANCE
from cases.rules.packs.model import Act, Move, Review, Seat, Span
from cases.rules.packs.periodic import THREE_TIERS as PERIODIC


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; packs know no Django."""
    return text


RECEIVE_WORKER_REQUEST = Act(
    "receive_worker_request",
    _("Nhận giấy đề nghị của người lao động có thu nhập thấp"),
    LOW_INCOME,
    Duty.RECORD_REQUEST,
    Seat.COMMUNE,
    Span.CASE,
    moves=(Move(("new",), "requested", ("basis_known",)),),
    conditions=("intake_open", "form_on_file"),
    evidence=(_("Giấy đề nghị của người lao động"),),
)
SIGN_DECISION = Act(
    "sign_decision",
    _("Ký văn bản xác nhận"),
    LOW_INCOME,
    Duty.SIGN_DECISION,
    Seat.COMMUNE,
    Span.ROUND,
    moves=(
        Move(("classified",), "confirmed", ("income_qualifies",)),
        Move(("classified",), "unqualified", ("income_does_not_qualify",)),
    ),
    passes_over=OUT,
    leaves_behind=("new", "requested", "listed"),
    conditions=("decision_numbered", "interest_noted"),
    evidence=(_("Văn bản xác nhận"),),
)
ACTS = (
    replace(OPEN_ROUND, source=LOW_INCOME_START),
    RECEIVE_WORKER_REQUEST,
    replace(START, source=LOW_INCOME_START, starts_term=""),
    replace(DETERMINE_INCOME, source=LOW_INCOME),
    SIGN_DECISION,
    replace(REFUSE, source=LOW_INCOME),
    DEPART,
    WITHDRAW,
    # Nothing is posted, so nothing is contested: only what a decision reopened is determined anew.
    replace(
        REDETERMINE_INCOME,
        source=LOW_INCOME,
        moves=(Move(("reopened",), "reexamined", ("income_complete",)),),
        ends_term="",
    ),
    *after_decision(("confirmed", "refused")),
    *FOR_THE_ROUND,
)

THREE_TIERS = assemble(
    code="nd30-2025-3cap",
    title=_("Người lao động có thu nhập thấp, chính quyền ba cấp (NĐ 30/2025/NĐ-CP)"),
    review=Review.LOW_INCOME,
    review_source=LOW_INCOME,
    in_force_from=date(2025, 2, 24),
    in_force_until=PERIODIC.in_force_until,
    superior_level="DISTRICT",
    superior_source=PERIODIC.superior_source,
    window_source=LOW_INCOME_START,
    acts=ACTS,
    terms=(GRIEVANCE,),
    start_day=15,
    months=tuple(range(1, 13)),
)

TWO_TIERS = under_two_tiers(
    THREE_TIERS,
    code="nd30-2025-2cap",
    title=_("Người lao động có thu nhập thấp, chính quyền hai cấp (NĐ 30/2025/NĐ-CP)"),
)
