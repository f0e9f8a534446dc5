"""Tables of what people do that are not facts of a review."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from viewflow.workflow.models import Process

from cases.models import Round, RunningTerm, VillageReview
from cases.rules.fixed_days import monthly_report_due
from cases.rules.packs import PACKS
from cases.rules.terms import end_of

MONTHLY_REPORT = "monthly_report"


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


class TermProcess(Process):
    """
    The clock of one running time limit; without a term, that of a month's report.

    The term says of what it is. Nothing of a household is here, and no node could see one.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    term = models.OneToOneField(RunningTerm, null=True, on_delete=models.PROTECT, related_name="+")
    # The moment for which the clock has struck: a term that is counted anew has another one.
    struck_for = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    heading = ""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(term__isnull=True),
                name="one_clock_of_a_months_report",
            )
        ]
        indexes = [
            models.Index(
                fields=["round"], condition=Q(closed_at__isnull=True), name="open_clock_of_round"
            )
        ]

    @property
    def code(self) -> str:
        return self.term.code if self.term else MONTHLY_REPORT

    @property
    def moment(self) -> datetime:
        """Return the first moment after the last day."""
        if self.term:
            return end_of(self.term.ends_on)
        pack = PACKS[self.round.pack]
        return end_of(monthly_report_due(pack, self.round.year, self.round.month).day)

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        of = self.term.village_review if self.term else None
        return (of or self.round).scope_unit_ids


class DailyWork(models.Model):
    """A day whose daily work is done: rights brought up to date, charts looked over."""

    day = models.DateField(primary_key=True)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
