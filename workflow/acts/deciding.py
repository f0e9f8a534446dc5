"""Report, opinion, decision, certificate, refusal (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 5 và 6)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case as Choice
from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from cases.models import (
    CertificateRow,
    Decision,
    Event,
    HouseholdClass,
    MonthlyReport,
    Opinion,
    OpinionItem,
    RefusalLetter,
    Report,
    ReviewKind,
    Round,
    Standing,
    User,
    Verdict,
)
from cases.rules.fixed_days import monthly_report_due
from cases.sets import insert_rows, insert_select
from workflow.acts.deed import end_term, perform, start_term
from workflow.acts.guards import (
    RECOGNISED_CLASSES,
    asks_exit,
    entry_granted,
    exit_granted,
    exit_granted_to_near_poor,
)
from workflow.machine.apply import Deed, Done
from workflow.machine.refusals import Refused, refusal
from workflow.machine.scope import Scope


def sign_report(*, round: Round, number: str, by: User, at: datetime, key: str) -> Done:
    """
    Report the whole commune to the superior, who has five working days to answer.

    :raises Refused: while a household of the commune is before the end of its posting
    """

    def write(deed: Deed) -> None:
        counted = start_term(deed)
        Report.objects.create(
            round=round,
            number=number,
            signed_at=at,
            recipient=round.superior,
            due_on=counted.ends_on,
            act=deed.act,
        )

    return perform(
        "sign_report", Scope(round), by=by, at=at, key=key, facts={"number": number}, write=write
    )


def give_opinion(
    *,
    round: Round,
    number: str,
    questions: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """
    Answer the report: consent, except to the named households, each with its reason.

    The superior cannot change a result; a questioned household goes back to survey.
    """

    def write(deed: Deed) -> None:
        opinion = Opinion.objects.create(round=round, number=number, given_at=at, act=deed.act)
        keys = dict(deed.cases().filter(code__in=questions).values_list("code", "pk"))
        insert_rows(
            OpinionItem,
            ("opinion", "case", "verdict", "reason"),
            [
                (opinion.pk, keys[code], Verdict.QUESTIONED.value, reason)
                for code, reason in questions.items()
            ],
        )
        deed.cases().update(
            opinion=Choice(
                When(code__in=list(questions), then=Value(Verdict.QUESTIONED.value)),
                default=Value(Verdict.CONSENT.value),
                output_field=CharField(),
            )
        )
        end_term(deed)

    return perform(
        "give_opinion",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={"number": number, "questioned": sorted(questions)},
        private={"questions": dict(questions)},
        write=write,
    )


def sign_decision(
    *, round: Round, number: str, by: User, at: datetime, key: str, conflict_note: str = ""
) -> Done:
    """
    Decide on every household the superior consented to (Mẫu số 02).

    Poor and near-poor are recognised; those of last year's list who are neither have left
    poverty; requesters who are neither await their written answer. In an ad hoc month, those who
    asked by Form 04 leave or stay. An income that qualifies is confirmed.
    """

    def write(deed: Deed) -> None:
        Decision.objects.create(
            round=round, number=number, signed_at=at, signer_name=by.get_full_name(), act=deed.act
        )
        deed.sets["decided_class"] = F("result_class")
        enter_standings(deed, round, number)

    return perform(
        "sign_decision",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={"number": number},
        write=write,
        conflict_note=conflict_note,
    )


def issue_certificates(*, round: Round, by: User, at: datetime, key: str) -> Done:
    """
    Sign the certificate row of the year after the review for every recognised household.

    A household that an ad hoc month puts in another class has a row for the year already: the new
    one takes its place, the old one stays readable. What a later month decided holds on: the row
    of an earlier review, amended after it, comes too late.
    """
    year = standing_year(round) + 1

    def write(deed: Deed) -> None:
        columns: dict[str, Any] = {
            "household": "household_id",
            "case": "pk",
            "year": Value(year),
            "household_class": "decided_class",
            "deprivations": "deprivations",
            "act": Value(deed.act.pk),
        }
        households = deed.cases().values("household")
        later = decided_later(round)
        if later.filter(case__household__in=households).exists():
            of_household = later.filter(case__household=OuterRef("household")).order_by("-pk")
            columns["cancelled_by"] = Subquery(of_household.values("act")[:1])
        CertificateRow.objects.filter(
            household__in=households, year=year, cancelled_by__isnull=True
        ).exclude(household__in=later.values("case__household")).update(cancelled_by=deed.act)
        insert_select(CertificateRow, columns, deed.cases())

    return perform("issue_certificates", Scope(round), by=by, at=at, key=key, write=write)


def standing_year(round: Round) -> int:
    """
    Return the review year whose list a decision of this round changes.

    The periodic review makes the list of its own year; an ad hoc one changes the list that is
    managed now, which is the one of the year before.
    """
    return round.year if round.kind == ReviewKind.PERIODIC else round.year - 1


def decided_later(round: Round) -> QuerySet[Event]:
    """Return by what events ad hoc months after this review changed the list that it decides on."""
    return Event.objects.filter(
        case__review=ReviewKind.AD_HOC,
        case__year=standing_year(round) + 1,
        case__round__month__gt=round.month,
        case__state__in=("recognised", "certified", "escaped"),
        act__code__in=("sign_decision", "amend_decision"),
        to_state__in=("recognised", "escaped"),
    )


def enter_standings(deed: Deed, round: Round, number: str) -> None:
    """
    Keep who is recognised, for the next list; the decision makes it so, not the certificate.

    What a list imported meanwhile said of the year gives way to the decision. A household that
    leaves by an ad hoc decision is off the list from then on; the periodic review makes a new one.
    What an ad hoc decision changes ends the certificate that the household had for the year.
    """
    decided = deed.cases().filter(result_class__in=RECOGNISED_CLASSES)
    year = standing_year(round)
    if round.kind == ReviewKind.AD_HOC:
        asking = deed.asking
        left = asks_exit(asking) & (exit_granted(asking) | exit_granted_to_near_poor(asking))
        decided = deed.cases().filter(entry_granted(asking) | left)
    if deed.declared.code == "amend_decision":
        decided = decided.exclude(household__in=decided_later(round).values("case__household"))
    if round.kind == ReviewKind.AD_HOC:
        CertificateRow.objects.filter(
            household__in=decided.values("household"), year=year + 1, cancelled_by__isnull=True
        ).update(cancelled_by=deed.act)
    Standing.objects.filter(year=year, household__in=decided.values("household")).delete()
    insert_select(
        Standing,
        {
            "household": "household_id",
            "year": Value(year),
            "household_class": "result_class",
            "source": Value(f"{number} ({round.commune_name})", output_field=CharField()),
        },
        decided,
    )


def sign_monthly_report(*, round: Round, number: str, by: User, at: datetime, key: str) -> Done:
    """
    Report the results of an ad hoc month, also when there are none; the figures are derived.

    :raises Refused: while a request of the month has no answer
    """

    def write(deed: Deed) -> None:
        cases = round.cases.filter(
            decided_class__gt="", state__in=("recognised", "certified", "escaped")
        )
        poor, near = HouseholdClass.POOR.value, HouseholdClass.NEAR_POOR.value
        counts = cases.aggregate(
            entered_poor=Count("pk", filter=Q(decided_class=poor)),
            entered_near_poor=Count("pk", filter=Q(decided_class=near)),
            left_poor=Count("pk", filter=Q(opening_class=poor)),
            left_near_poor=Count("pk", filter=Q(opening_class=near)),
        )
        MonthlyReport.objects.create(
            round=round,
            number=number,
            signed_at=at,
            due_on=monthly_report_due(deed.pack, round.year, round.month).day,
            refused=round.cases.filter(state="refused").count(),
            act=deed.act,
            **counts,
        )

    return perform(
        "sign_monthly_report",
        Scope(round),
        by=by,
        at=at,
        key=key,
        facts={"number": number},
        write=write,
    )


def refuse_requesters(
    *,
    round: Round,
    number: str,
    reasons: Mapping[str, str],
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """Answer requesters who do not qualify in writing; `reasons` maps household codes to reasons."""

    def write(deed: Deed) -> None:
        insert_rows(
            RefusalLetter,
            ("case", "number", "signed_at", "reason", "act"),
            [
                (case.pk, number, at, reasons[case.code].strip(), deed.act.pk)
                for case in deed.cases().only("pk", "code", "state")
            ],
        )
        letter = RefusalLetter.objects.filter(act=deed.act, case=OuterRef("pk"))
        deed.cases().update(refusal_reason=Subquery(letter.values("reason")))

    return perform(
        "refuse",
        named_in(round, "refuse", reasons),
        by=by,
        at=at,
        key=key,
        facts={"number": number, "cases": sorted(reasons)},
        private={"reasons": dict(reasons)},
        write=write,
    )


def named_in(round: Round, act: str, codes: Collection[str]) -> Scope:
    """
    Return the scope of the cases that a paper names.

    :raises Refused: if it names a household that the round does not have
    """
    found = dict(round.cases.filter(code__in=codes).order_by("pk").values_list("pk", "code"))
    scope = Scope(round, case_ids=list(found))
    if strangers := sorted(set(codes) - set(found.values())):
        raise Refused(act, [refusal(scope.pack, "unknown_case", case_code=c) for c in strangers])
    return scope
