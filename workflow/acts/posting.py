"""Posting, complaint and re-posting (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 4)."""

from datetime import datetime

from django.db.models import F, Value

from cases.models import Case, Complaint, PostedEntry, Posting, User, VillageReview
from cases.sets import insert_select
from workflow.acts.deed import end_term, perform, start_term, term_end
from workflow.machine.apply import Deed, Done
from workflow.machine.scope import Scope, of_case


def post_list(
    *,
    village_review: VillageReview,
    village_place: str,
    commune_place: str,
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """Post the agreed results of a village at both places and start the three working days."""
    scope = Scope(village_review.round, village_review)

    def write(deed: Deed) -> None:
        _hang_up(deed, village_review, None, village_place, commune_place)

    return perform(
        "post_list",
        scope,
        by=by,
        at=at,
        key=key,
        facts={"village_place": village_place, "commune_place": commune_place},
        write=write,
    )


def repost_case(
    *,
    case: Case,
    village_place: str,
    commune_place: str,
    by: User,
    at: datetime,
    key: str,
) -> Done:
    """Post the re-verified result of one household again, also when nothing changed."""

    def write(deed: Deed) -> None:
        _hang_up(deed, case.village_review, case, village_place, commune_place)

    return perform(
        "repost",
        of_case(case),
        by=by,
        at=at,
        key=key,
        facts={"village_place": village_place, "commune_place": commune_place},
        write=write,
    )


def close_posting(*, village_review: VillageReview, by: User, at: datetime, key: str) -> Done:
    """End a village's posting after its last day; households under complaint stay behind."""

    def write(deed: Deed) -> None:
        village_review.postings.filter(case__isnull=True, closed_at__isnull=True).update(
            closed_at=at, closing_act=deed.act
        )
        end_term(deed, village_review=village_review)

    scope = Scope(village_review.round, village_review)
    return perform("close_posting", scope, by=by, at=at, key=key, write=write)


def close_reposting(*, case: Case, by: User, at: datetime, key: str) -> Done:
    """End the re-posting of one household after its last day."""

    def write(deed: Deed) -> None:
        case.repostings.filter(closed_at__isnull=True).update(closed_at=at, closing_act=deed.act)
        end_term(deed, village_review=case.village_review, case=case)

    return perform("close_reposting", of_case(case), by=by, at=at, key=key, write=write)


def interrupt_posting(
    *, village_review: VillageReview, reason: str, by: User, at: datetime, key: str
) -> Done:
    """
    Record that a village's list came down before its time: its days start anew with a new posting.

    Households under complaint stay where they are.
    """

    def write(deed: Deed) -> None:
        village_review.postings.filter(case__isnull=True, closed_at__isnull=True).update(
            closed_at=at, closing_act=deed.act, interruption=reason
        )
        end_term(deed, village_review=village_review)

    scope = Scope(village_review.round, village_review)
    return perform(
        "interrupt_posting", scope, by=by, at=at, key=key, private={"reason": reason}, write=write
    )


def interrupt_reposting(*, case: Case, reason: str, by: User, at: datetime, key: str) -> Done:
    """Record that the re-posting of one household came down before its time."""

    def write(deed: Deed) -> None:
        case.repostings.filter(closed_at__isnull=True).update(
            closed_at=at, closing_act=deed.act, interruption=reason
        )
        end_term(deed, village_review=case.village_review, case=case)

    return perform(
        "interrupt_reposting",
        of_case(case),
        by=by,
        at=at,
        key=key,
        private={"reason": reason},
        write=write,
    )


def complain(
    *, case: Case, complainant: str, content: str, by: User, at: datetime, key: str
) -> Done:
    """
    Receive a complaint about one household while its result is posted; only that household stops.

    :raises Refused: once the posting is over
    """

    def write(deed: Deed) -> None:
        counted = start_term(deed, village_review=case.village_review, case=case)
        Complaint.objects.create(
            case=case,
            received_at=at,
            complainant=complainant,
            content=content,
            due_on=counted.ends_on,
            act=deed.act,
        )
        take_down(deed, case)

    return perform(
        "complain",
        of_case(case),
        by=by,
        at=at,
        key=key,
        private={"complainant": complainant, "content": content},
        write=write,
    )


def take_down(deed: Deed, case: Case) -> None:
    """Close what was posted of a household that leaves the posting, and the list it was last on."""
    closing = {"closed_at": deed.at, "closing_act": deed.act}
    ending = {"ended_at": deed.at, "ended_by": deed.act}
    case.repostings.filter(closed_at__isnull=True).update(**closing)
    case.terms.filter(code="reposting", ended_at__isnull=True).update(**ending)
    review = case.village_review
    if not review.cases.filter(state="posted").exclude(pk=case.pk).exists():
        # Nobody is left for whom the village's list could be closed by its own act.
        review.postings.filter(case__isnull=True, closed_at__isnull=True).update(**closing)
        review.terms.filter(code="posting", ended_at__isnull=True).update(**ending)


def _hang_up(
    deed: Deed,
    review: VillageReview,
    case: Case | None,
    village_place: str,
    commune_place: str,
) -> None:
    counted = start_term(deed, village_review=review, case=case)
    until = term_end(counted)
    posting = Posting.objects.create(
        village_review=review,
        case=case,
        posted_at=deed.at,
        village_place=village_place,
        commune_place=commune_place,
        until=until,
        act=deed.act,
    )
    insert_select(
        PostedEntry,
        {"posting": Value(posting.pk), "case": "pk", "household_class": "result_class"},
        deed.cases(),
    )
    deed.sets.update(posting_until=until, posted_class=F("result_class"))
