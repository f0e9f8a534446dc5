"""What a reviewer found at a household: Phiếu A and Phiếu B (phiếu rà soát)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case
from cases.models.households import HouseholdClass
from cases.models.units import Area


class Screening(models.Model):
    """Phiếu A of a household that asked by Form 01 (TT 07/2021, Phụ lục II)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="screenings")
    screened_on = models.DateField(_("ngày"))
    reviewer_name = models.CharField(_("rà soát viên"), max_length=120)
    passed = models.BooleanField(_("đạt"))
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Phiếu A")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.passed}"


class Survey(models.Model):
    """
    Phiếu B of a household: the paper total of B1, the twelve flags of B2, and their class.

    The B1 answers are not in the system until the ministry's score table is loaded: the score is
    entered from the signed paper, never computed here (measurement note, section 9.1).
    """

    class Kind(models.TextChoices):
        SURVEY = "SURVEY", _("Khảo sát")
        REVERIFICATION = "REVERIFICATION", _("Phúc tra")
        REEXAMINATION = "REEXAMINATION", _("Xác minh sau quyết định")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="surveys")
    kind = models.CharField(_("loại"), max_length=14, choices=Kind.choices, default=Kind.SURVEY)
    attempt = models.PositiveSmallIntegerField(_("lần"))
    surveyed_on = models.DateField(_("ngày khảo sát"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewer_name = models.CharField(_("rà soát viên"), max_length=120)
    area = models.CharField(_("khu vực"), max_length=5, choices=Area.choices)
    standard = models.CharField(_("chuẩn nghèo"), max_length=40)
    income_score = models.PositiveSmallIntegerField(_("điểm B1"))
    deprivation_score = models.PositiveSmallIntegerField(_("điểm B2"))
    deprivations = models.CharField(_("thiếu hụt"), max_length=12)  # "010000100000"
    proposed_class = models.CharField(_("phân loại"), max_length=10, choices=HouseholdClass.choices)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Phiếu B")
        ordering = ["case", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["case", "attempt"], name="attempts_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(deprivations__regex=r"^[01]{12}$"), name="deprivations_are_twelve_flags"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.attempt}"
