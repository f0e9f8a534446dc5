"""
What our own design asks of acts besides their pack: separation of duties, two officers for corrections.

A pack holds what the law says and is pinned by its fingerprint; these rules are the product's and
are asked of every round alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from cases.models import Act, CorrectionProposal, Event, User
from cases.rules.separation import DESIGN, Within, separations_of
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
    """Return what the house has against an act; one query a row, whatever the number of cases."""
    found = _of_separations(act, scope, asking)
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
