"""Running time limits and how each was counted (thời hạn)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.calendars import CalendarEdition
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


class TermPause(models.Model):
    """A running term stood still from one day to another; the days between are not counted."""

    term = models.ForeignKey(RunningTerm, on_delete=models.PROTECT, related_name="pauses")
    from_day = models.DateField(_("tạm dừng từ ngày"))
    until_day = models.DateField(_("tiếp tục từ ngày"), null=True)
    reason = models.CharField(_("lý do"), max_length=500)
    paused_by = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    resumed_by = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("tạm dừng thời hạn")
        constraints = [
            models.UniqueConstraint(
                fields=["term"],
                condition=models.Q(until_day__isnull=True),
                name="a_term_is_paused_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.from_day:%d/%m/%Y}"


class TermRecount(models.Model):
    """An open term was counted anew: after a pause, or over a corrected calendar. Never silent."""

    term = models.ForeignKey(RunningTerm, on_delete=models.PROTECT, related_name="recounts")
    # The edition that made it necessary; none: a pause that is over.
    edition = models.ForeignKey(
        CalendarEdition, null=True, on_delete=models.PROTECT, related_name="recounts"
    )
    at = models.DateTimeField(_("lúc"))
    why = models.CharField(_("vì sao"), max_length=1000)
    old_end = models.DateField(_("ngày cuối cũ"))
    new_end = models.DateField(_("ngày cuối mới"))
    old_calendar = models.CharField(_("phiên bản lịch cũ"), max_length=40)
    new_calendar = models.CharField(_("phiên bản lịch mới"), max_length=40)

    class Meta:
        verbose_name = _("tính lại thời hạn")
        ordering = ["term", "pk"]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.old_end:%d/%m/%Y} > {self.new_end:%d/%m/%Y}"
