"""Public posting at two places, and complaints during it (niêm yết, khiếu nại)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case
from cases.models.rounds import VillageReview


class Posting(models.Model):
    """A list hung up at the village house and the commune office; `case` set: one household again."""

    village_review = models.ForeignKey(
        VillageReview, on_delete=models.PROTECT, related_name="postings"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="repostings")
    posted_at = models.DateTimeField(_("niêm yết lúc"))
    village_place = models.CharField(_("nơi niêm yết tại thôn"), max_length=200)
    commune_place = models.CharField(_("nơi niêm yết tại xã"), max_length=200)
    until = models.DateTimeField(_("niêm yết đến"))
    closed_at = models.DateTimeField(_("kết thúc lúc"), null=True)
    # Said when it was taken down or lost before its time: the days start anew.
    interruption = models.CharField(_("lý do gián đoạn"), max_length=500, blank=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    closing_act = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("niêm yết")
        constraints = [
            models.UniqueConstraint(
                fields=["village_review"],
                condition=Q(case__isnull=True, closed_at__isnull=True),
                name="one_open_posting_of_a_village",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(case__isnull=False, closed_at__isnull=True),
                name="one_open_reposting_of_a_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posted_at:%d/%m/%Y}"


class PostedEntry(models.Model):
    """One line of a posted list: the household and the result that was shown."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    household_class = models.CharField(max_length=10)

    class Meta:
        verbose_name = _("dòng niêm yết")
        constraints = [
            models.UniqueConstraint(fields=["posting", "case"], name="a_case_is_posted_once_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.household_class}"


class Complaint(models.Model):
    """Somebody objects to the posted result of one household, or to what was decided of it."""

    class Kind(models.TextChoices):
        POSTING = "POSTING", _("Về kết quả niêm yết")
        GRIEVANCE = "GRIEVANCE", _("Về quyết định đã ký")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="complaints")
    kind = models.CharField(_("loại"), max_length=9, choices=Kind.choices, default=Kind.POSTING)
    received_at = models.DateTimeField(_("nhận lúc"))
    complainant = models.CharField(_("người khiếu nại"), max_length=120)
    content = models.TextField(_("nội dung"))
    due_on = models.DateField(_("hạn phúc tra"))
    outcome = models.CharField(_("kết quả"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("có kết quả lúc"), null=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("khiếu nại")

    def __str__(self) -> str:
        return f"{self.case_id} ({self.received_at:%d/%m/%Y})"
