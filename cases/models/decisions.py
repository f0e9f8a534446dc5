"""Report, opinion, decision, certificate and refusal of a round."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case, Verdict
from cases.models.households import Household, HouseholdClass
from cases.models.rounds import Round
from cases.models.units import Unit


class Report(models.Model):
    """The commune chair's written report to the superior; its figures are derived, never typed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="reports")
    number = models.CharField(_("số báo cáo"), max_length=60)
    signed_at = models.DateTimeField(_("ký lúc"))
    recipient = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("hạn trả lời"))
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("báo cáo")

    def __str__(self) -> str:
        return self.number


class Opinion(models.Model):
    """The superior's written answer to a report."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="opinions")
    number = models.CharField(_("số văn bản"), max_length=60)
    given_at = models.DateTimeField(_("ký lúc"))
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("ý kiến cấp trên")

    def __str__(self) -> str:
        return self.number


class OpinionItem(models.Model):
    """A household the superior questions, and why; the superior cannot edit its result."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinion_items")
    verdict = models.CharField(_("ý kiến"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("lý do"), max_length=500)

    class Meta:
        verbose_name = _("ý kiến về một hộ")
        constraints = [
            models.UniqueConstraint(fields=["opinion", "case"], name="an_opinion_names_a_case_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.verdict}"


class Decision(models.Model):
    """
    A signed decision of the commune chair (Mẫu số 02): on the list, or on households named later.

    None is ever undone; a later one says what it changes.
    """

    class Kind(models.TextChoices):
        RECOGNITION = "RECOGNITION", _("Công nhận")
        CORRECTION = "CORRECTION", _("Đính chính")
        REVOCATION = "REVOCATION", _("Thu hồi")
        AMENDMENT = "AMENDMENT", _("Quyết định sau khi xem xét lại")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(
        _("loại"), max_length=11, choices=Kind.choices, default=Kind.RECOGNITION
    )
    number = models.CharField(_("số quyết định"), max_length=60)
    signed_at = models.DateTimeField(_("ký lúc"))
    signer_name = models.CharField(_("người ký"), max_length=120)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("quyết định công nhận")

    def __str__(self) -> str:
        return self.number


class DecisionItem(models.Model):
    """A household that a later decision names, and why."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decision_items")
    reason = models.CharField(_("lý do"), max_length=500)

    class Meta:
        verbose_name = _("hộ trong quyết định")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "case"], name="a_decision_names_a_case_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.case_id}"


class CorrectionProposalQuerySet(models.QuerySet["CorrectionProposal"]):
    def open(self) -> Self:
        return self.filter(used_by__isnull=True, withdrawn_at__isnull=True)


class CorrectionProposal(models.Model):
    """
    Somebody asks the chair to correct what a decision says of a household: the first of two officers.

    A correction is signed by another than who proposed it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="correction_proposals")
    reason = models.CharField(_("nội dung đề nghị"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("đề nghị lúc"))
    withdrawn_at = models.DateTimeField(_("rút lúc"), null=True)
    used_by = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("đề nghị đính chính")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(used_by__isnull=True, withdrawn_at__isnull=True),
                name="one_open_correction_proposal_of_a_case",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="a_correction_proposal_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class MonthlyReport(models.Model):
    """What a commune reports of an ad hoc round on the 5th; derived from its decisions (Điều 7)."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="monthly_report")
    number = models.CharField(_("số báo cáo"), max_length=60)
    signed_at = models.DateTimeField(_("ký lúc"))
    due_on = models.DateField(_("hạn báo cáo"))
    entered_poor = models.PositiveIntegerField(_("hộ nghèo mới"))
    entered_near_poor = models.PositiveIntegerField(_("hộ cận nghèo mới"))
    left_poor = models.PositiveIntegerField(_("ra khỏi hộ nghèo"))
    left_near_poor = models.PositiveIntegerField(_("ra khỏi hộ cận nghèo"))
    refused = models.PositiveIntegerField(_("không công nhận"))
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("báo cáo tháng")

    def __str__(self) -> str:
        return self.number


class CertificateRow(models.Model):
    """The row of a household's certificate (Mẫu số 03) for a year; a cancelled one stays readable."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="certificates")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="certificate_rows")
    year = models.PositiveSmallIntegerField(_("năm hưởng"))
    household_class = models.CharField(
        _("phân loại"), max_length=10, choices=HouseholdClass.choices
    )
    deprivations = models.CharField(_("thiếu hụt"), max_length=12)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    cancelled_by = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("dòng giấy chứng nhận")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year"],
                condition=models.Q(cancelled_by__isnull=True),
                name="one_certificate_row_of_a_household_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.household_class}"


class RefusalLetter(models.Model):
    """The written answer to a requester who does not qualify, with its reason."""

    # A household may be refused anew after its grievance was heard.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="refusal_letters")
    number = models.CharField(_("số văn bản"), max_length=60)
    signed_at = models.DateTimeField(_("ký lúc"))
    reason = models.CharField(_("lý do"), max_length=500)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("văn bản trả lời")

    def __str__(self) -> str:
        return self.number
