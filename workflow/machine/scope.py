"""What an act is on. Never a queryset filtered on state: it would not match after the UPDATE."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from cases.models import Case, Round, VillageReview
from cases.rules.packs import PACKS, Pack


@dataclass(frozen=True)
class Scope:
    """A whole round, the list of one village, or some cases of a round by key."""

    round: Round
    village_review: VillageReview | None = None
    case_ids: Sequence[int] | None = field(default=None)

    @property
    def pack(self) -> Pack:
        return PACKS[self.round.pack]

    def cases(self) -> QuerySet[Case]:
        rows = Case.objects.filter(round=self.round)
        if self.village_review is not None:
            rows = Case.objects.filter(village_review=self.village_review)
        if self.case_ids is not None:
            rows = rows.filter(pk__in=self.case_ids)
        return rows

    def village_reviews(self) -> QuerySet[VillageReview]:
        """Return the village reviews the scope reaches, in the order in which they are locked."""
        reviews = self.round.village_reviews.order_by("pk")
        if self.village_review is not None:
            return reviews.filter(pk=self.village_review.pk)
        if self.case_ids is not None:
            return reviews.filter(pk__in=self.cases().order_by().values("village_review"))
        return reviews


def of_case(case: Case) -> Scope:
    """Return the scope of one case: a set of one."""
    return Scope(case.round, case.village_review, [case.pk])
