"""
What our own design asks of acts besides their pack: separation of duties, two officers for corrections.

A pack holds what the law says and is pinned by its fingerprint; these rules are the product's and
are asked of every round alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from cases.models import Act, CorrectionProposal, Event, IncomeRecord, Screening, Survey, User
from cases.names import fold
from cases.rules.separation import DESIGN, SURVEYS, Within, separations_of
from workflow.machine.bindings import Asking
from workflow.machine.refusals import Refusal
from workflow.machine.scope import Scope

SHOWN = 200


def _(text: str) -> str:
    """Mark a sentence for translation: a refusal is said in the reader's language (Refusal.__str__)."""
    return text


@dataclass(frozen=True)
class Saying:
    """What a refusal of the house says, and what would make the act possible."""

    sentence: str
    remedy: str


HOUSE: dict[str, Saying] = {
    "separate_duties": Saying(
        _("Người đã khảo sát hoặc nhập hồ sơ này thì không quyết định, không cho ý kiến về nó."),
        _("Để người khác có thẩm quyền làm việc này."),
    ),
    "reviewers_name": Saying(
        _("Tên người ký trùng tên rà soát viên của hồ sơ này."),
        _(
            "Nếu là một người: để người khác ký. Nếu là hai người trùng tên: ghi rõ điều đó ở ô lý do."
        ),
    ),
    "proposed_by_another": Saying(
        _("Đính chính cần hai người: một người đề nghị, một người khác ký."),
        _("Để cán bộ khác đề nghị đính chính ở trang của hộ, rồi ký."),
    ),
}


def house_refusal(code: str, *, case_code: str = "", detail: str = "") -> Refusal:
    """Return a refusal that no pack names."""
    saying = HOUSE[code]
    return Refusal(
        code,
        saying.sentence,
        DESIGN.article,
        saying.remedy,
        case_code=case_code,
        detail=detail,
    )


def against(act: str, scope: Scope, asking: Asking) -> list[Refusal]:
    """Return what the house has against an act; a query a row and a kind of form, however many cases."""
    found = _of_separations(act, scope, asking) + _of_names(act, scope, asking)
    if rule := _RULES.get(act):
        found += rule(scope, asking)
    return found[:SHOWN]


def _of_separations(act: str, scope: Scope, asking: Asking) -> list[Refusal]:
    found = []
    for row in separations_of(act, asking.legal_day):
        before = _done_before(asking.by, scope, row.first)
        if row.within == Within.ROUND:
            if before.exists():
                found.append(house_refusal("separate_duties", detail=row.title))
            continue
        events = Event.objects.filter(act__in=before, case__in=scope.cases())
        codes = events.order_by("case__code").values_list("case__code", flat=True).distinct()
        found += [
            house_refusal("separate_duties", case_code=code, detail=row.title)
            for code in codes[:SHOWN]
        ]
    return found


def _of_names(act: str, scope: Scope, asking: Asking) -> list[Refusal]:
    """
    Say where a form that somebody else typed in names as its reviewer whoever signs.

    A name alone proves nothing, so a note answers it; asked where the pack's act takes a note.
    """
    takes_a_note = "interest_noted" in asking.pack.by_code[act].conditions
    rows = [row for row in separations_of(act, asking.legal_day) if row.first & SURVEYS]
    if not (rows and takes_a_note and asking.by) or asking.note:
        return []
    own, found = fold(asking.by.full_name), list[Refusal]()
    for sheets in (Screening.objects, Survey.objects, IncomeRecord.objects):
        of_these = sheets.filter(case__in=scope.cases()).order_by()
        names = of_these.values_list("reviewer_name", flat=True).distinct()
        if same := [name for name in names if fold(name) == own]:
            codes = of_these.filter(reviewer_name__in=same).values_list("case__code", flat=True)
            found += [
                house_refusal("reviewers_name", case_code=code, detail=rows[0].title)
                for code in codes.order_by("case__code").distinct()[:SHOWN]
            ]
    return found


def _done_before(by: User | None, scope: Scope, acts: frozenset[str]) -> QuerySet[Act]:
    return Act.objects.filter(round=scope.round, code__in=acts, actor=by).order_by()


def _correction_proposed(scope: Scope, asking: Asking) -> list[Refusal]:
    proposed = CorrectionProposal.objects.open().exclude(proposed_by=asking.by)
    alone = scope.cases().exclude(pk__in=proposed.values("case"))
    return [
        house_refusal("proposed_by_another", case_code=code)
        for code in alone.order_by("code").values_list("code", flat=True)[:SHOWN]
    ]


_RULES: dict[str, Callable[[Scope, Asking], list[Refusal]]] = {
    "correct_decision": _correction_proposed
}
