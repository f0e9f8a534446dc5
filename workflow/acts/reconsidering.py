"""
After the decision: a grievance, a revocation, a new decision, a correction.

Nothing is undone. The decision stays as it was signed; a later one says what holds instead
(Luật Khiếu nại; general rules on amending and revoking decisions).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value

from cases.models import (
    Case,
    CertificateRow,
    Complaint,
    CorrectionProposal,
    Decision,
    DecisionItem,
    Event,
    ReviewKind,
    Round,
    Standing,
    User,
)
from cases.sets import insert_rows, insert_select
from workflow.acts.deciding import decided_later, enter_standings, named_in, standing_year
from workflow.acts.deed import end_term, perform, start_term
from workflow.ledger import watch
from workflow.machine.apply import Deed, Done, lock_round
from workflow.machine.scope import of_case


def accept_grievance(
    *, case: Case, complainant: str, content: str, by: User, at: datetime, key: str
) -> Done:
    """
    Take a complaint against a signed decision: this household is heard again, its status holds on.

    :raises Refused: more than ninety days after the decision
    """

    def write(deed: Deed) -> None:
        counted = start_term(deed, village_review=case.village_review, case=case)
        Complaint.objects.create(
            case=case,
            kind=Complaint.Kind.GRIEVANCE,
            received_at=at,
            complainant=complainant,
            content=content,
            due_on=counted.ends_on,
            act=deed.act,
        )

    return perform(
        "accept_grievance",
        of_case(case),
        by=by,
        at=at,
        key=key,
        private={"complainant": complainant, "content": content},
        write=write,
    )


def revoke_decision(
    *,
    round: Round,
    number: str,
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """
    Revoke the decision for the named households: their certificates end, and they are heard again.

    `reasons` maps household codes to reasons.
    """

    def write(deed: Deed) -> None:
        _sign(deed, Decision.Kind.REVOCATION, number, reasons)
        _cancel_certificates(deed)
        _withdraw_standings(deed, number)
        # Nothing is decided of them until they are decided anew: no report counts them.
        deed.sets["decided_class"] = Value("")

    return _on_named("revoke_decision", round, number, reasons, by, at, key, write, conflict_note)


def amend_decision(
    *,
    round: Round,
    number: str,
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
    conflict_note: str = "",
) -> Done:
    """Decide anew on households that were heard again; the certificate follows by its own act."""

    def write(deed: Deed) -> None:
        _sign(deed, Decision.Kind.AMENDMENT, number, reasons)
        _cancel_certificates(deed)
        _withdraw_standings(deed, number)
        deed.sets["decided_class"] = F("result_class")
        enter_standings(deed, round, number)
        for case in deed.cases().select_related("village_review"):
            end_term(deed, case=case, village_review=case.village_review)

    return _on_named("amend_decision", round, number, reasons, by, at, key, write, conflict_note)


def correct_decision(
    *,
    round: Round,
    number: str,
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Correct what the decision says of the named households; no result can change by it.

    :raises Refused: also for a household whose correction no other officer proposed
    """

    def write(deed: Deed) -> None:
        _sign(deed, Decision.Kind.CORRECTION, number, reasons)
        proposals = CorrectionProposal.objects.open().filter(case__in=deed.scope.cases())
        proposals.update(used_by=deed.act)

    return _on_named("correct_decision", round, number, reasons, by, at, key, write)


def propose_correction(*, case: Case, reason: str, by: User, at: datetime) -> CorrectionProposal:
    """
    Ask the chair to correct what the decision says of a household; an open proposal is answered again.

    :raises ValueError: without a reason
    :raises Refused: while nothing may be written about the commune
    """
    if not reason.strip():
        raise ValueError("a proposal says why")
    watch.hold("propose_correction", case.round.commune_id)
    with transaction.atomic():
        lock_round(case.round)
        proposal, _created = CorrectionProposal.objects.open().get_or_create(
            case=case, defaults={"reason": reason.strip(), "proposed_by": by, "proposed_at": at}
        )
    return proposal


def withdraw_proposal(*, proposal: CorrectionProposal, at: datetime) -> None:
    """
    Take a proposal back that no correction has used.

    :raises Refused: while nothing may be written about the commune
    """
    watch.hold("withdraw_proposal", proposal.case.round.commune_id)
    CorrectionProposal.objects.open().filter(pk=proposal.pk).update(withdrawn_at=at)


def _on_named(
    code: str,
    round: Round,
    number: str,
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
    write: Callable[[Deed], None],
    conflict_note: str = "",
) -> Done:
    return perform(
        code,
        named_in(round, code, reasons),
        by=by,
        at=at,
        key=key,
        facts={"number": number, "cases": sorted(reasons)},
        private={"reasons": dict(reasons)},
        write=write,
        conflict_note=conflict_note,
    )


def _sign(deed: Deed, kind: Decision.Kind, number: str, reasons: Mapping[str, str]) -> None:
    decision = Decision.objects.create(
        round=deed.scope.round,
        kind=kind,
        number=number,
        signed_at=deed.at,
        signer_name=deed.by.get_full_name(),
        act=deed.act,
    )
    named = deed.scope.cases().only("pk", "code")
    insert_rows(
        DecisionItem,
        ("decision", "case", "reason"),
        [(decision.pk, case.pk, reasons[case.code].strip()) for case in named],
    )


def _withdraw_standings(deed: Deed, number: str) -> None:
    """
    Take back what the decision made of the households; an ad hoc one leaves what was before.

    Who was refused was not put on the list; what a later month decided stays as it is.
    """
    round = deed.scope.round
    if round.kind not in (ReviewKind.PERIODIC, ReviewKind.AD_HOC):
        return  # an income makes no household poor, and takes no household off the list
    year = standing_year(round)
    last = Event.objects.filter(
        case=OuterRef("pk"), act__code__in=("sign_decision", "amend_decision")
    ).order_by("-sequence")
    cases = (
        deed.scope.cases()
        .annotate(led_to=Subquery(last.values("to_state")[:1]))
        .filter(led_to__in=("recognised", "escaped"))
        .exclude(household__in=decided_later(round).values("case__household"))
    )
    Standing.objects.filter(year=year, household__in=cases.values("household")).delete()
    if round.kind == ReviewKind.AD_HOC:
        insert_select(
            Standing,
            {
                "household": "household_id",
                "year": Value(year),
                "household_class": "opening_class",
                "source": Value(f"{number} ({round.commune_name})", output_field=CharField()),
            },
            cases.exclude(opening_class=""),
        )
        # The certificate of before is good again with the class of before.
        CertificateRow.objects.filter(
            household__in=cases.values("household"), year=year + 1, cancelled_by__round=round
        ).exclude(case__round=round).update(cancelled_by=None)


def _cancel_certificates(deed: Deed) -> None:
    CertificateRow.objects.filter(
        case__in=deed.scope.cases().values("pk"), cancelled_by__isnull=True
    ).update(cancelled_by=deed.act)
