"""Income of twelve months, as Article 6 and Decree 30/2025/NĐ-CP ask for (xác định thu nhập)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case, IncomeClass
from cases.models.units import Area


class IncomeRecord(models.Model):
    """
    What a household (or a worker) earned in the twelve months before the review, in dong.

    Social transfers of the state are not income here (QĐ 24/2021/QĐ-TTg, Điều 2).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incomes")
    attempt = models.PositiveSmallIntegerField(_("lần"))
    determined_on = models.DateField(_("ngày xác định"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewer_name = models.CharField(_("người xác định"), max_length=120)
    area = models.CharField(_("khu vực"), max_length=5, choices=Area.choices)
    persons = models.PositiveSmallIntegerField(_("số người"))
    year_income = models.PositiveBigIntegerField(_("thu nhập 12 tháng (đồng)"))
    state_transfers = models.PositiveBigIntegerField(_("trợ cấp của nhà nước, không tính (đồng)"))
    result = models.CharField(_("kết quả"), max_length=10, choices=IncomeClass.choices)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("xác định thu nhập")
        ordering = ["case", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["case", "attempt"], name="incomes_are_numbered_once"),
            models.CheckConstraint(condition=Q(persons__gte=1), name="income_is_of_somebody"),
            models.CheckConstraint(
                condition=Q(year_income__gte=F("state_transfers")),
                name="transfers_are_part_of_income",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.attempt}"
