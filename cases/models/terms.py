"""Running time limits and how each was counted (thời hạn)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case
from cases.models.rounds import Round, VillageReview


class RunningTerm(models.Model):
    """
    A time limit started by an act: start, count, kind, calendar version and the computed end.

    Lateness is shown, it never blocks; silence is never consent.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="terms")
    village_review = models.ForeignKey(
        VillageReview, null=True, on_delete=models.PROTECT, related_name="terms"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(_("thời hạn"), max_length=30)
    starts_on = models.DateField(_("bắt đầu"))
    days = models.PositiveSmallIntegerField(_("số ngày"))
    kind = models.CharField(_("loại ngày"), max_length=8)  # WORKING, CALENDAR
    calendar_version = models.CharField(_("phiên bản lịch"), max_length=40)
    ends_on = models.DateField(_("ngày cuối"))
    started_by = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("xong lúc"), null=True)
    ended_by = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("thời hạn")
        indexes = [
            models.Index(
                fields=["round", "ends_on"],
                condition=models.Q(ended_at__isnull=True),
                name="open_term_of_round",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.ends_on:%d/%m/%Y}"
