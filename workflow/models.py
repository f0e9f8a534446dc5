"""Tables of what people do that are not facts of a review."""

from django.db import models
from django.db.models import Q
from viewflow.workflow.models import Process

from cases.models import Round, VillageReview


class DemoClock(models.Model):
    """How far the demonstration's clock runs ahead of (or behind) the real one; a single row."""

    offset = models.DurationField()

    def __str__(self) -> str:
        return str(self.offset)


class VillageReviewProcess(Process):
    """
    One run of a village's review, from survey to the end of its posting.

    Households that the superior returns, or that come late, start another run.
    """

    village_review = models.ForeignKey(VillageReview, on_delete=models.PROTECT, related_name="+")
    # By the acts' clock; viewflow's own dates are the server's, and in another table.
    closed_at = models.DateTimeField(null=True)

    # Where the chart is being moved to, while it is moved; the gateways read it.
    heading = ""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village_review"],
                condition=Q(closed_at__isnull=True),
                name="one_open_chart_of_a_village",
            )
        ]

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return self.village_review.scope_unit_ids


class RoundProcess(Process):
    """One run of a commune's round, from its list to the last certificate and refusal."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    heading = ""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(closed_at__isnull=True),
                name="one_open_chart_of_a_round",
            )
        ]

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return self.round.scope_unit_ids
