"""Standards of provinces above the national one, and results under them (chuẩn của địa phương)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.approvals import TwoOfficers
from cases.models.cases import Case
from cases.models.households import HouseholdClass
from cases.models.surveys import Survey
from cases.models.units import Level, Unit


class LocalStandard(TwoOfficers):
    """A province's own lines, never below the national ones; a further result on the same case."""

    code = models.CharField(_("mã"), max_length=40, unique=True)
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến trước ngày"))

    class Meta(TwoOfficers.Meta):
        verbose_name = _("chuẩn của địa phương")

    def __str__(self) -> str:
        return self.code

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return {Level.PROVINCE: self.province_id}


class Assessment(models.Model):
    """The result of one survey under one further standard."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="assessments")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    standard = models.CharField(_("chuẩn"), max_length=40)
    result = models.CharField(_("kết quả"), max_length=10, choices=HouseholdClass.choices)

    class Meta:
        verbose_name = _("kết quả theo chuẩn khác")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "standard"], name="a_survey_is_assessed_once_a_standard"
            )
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.result}"
