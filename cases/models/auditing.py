"""What auditors draw and find: samples that anybody can draw again, findings and their answers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case as Choice
from django.db.models import OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from cases.models.rounds import ReviewKind, Round, VillageReview
from cases.models.units import Unit


class Sample(models.Model):
    """
    A drawing of cases to look at: its seed and what it was drawn from. Never changed.

    The population is every case of the unit and year that had an event by `at`; its digest says if
    whoever draws again draws from the same.
    """

    class Kind(models.TextChoices):
        RANDOM = "RANDOM", _("Ngẫu nhiên")
        RISK = "RISK", _("Trong các hồ sơ có câu hỏi")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="samples")
    year = models.PositiveSmallIntegerField(_("năm"))
    review = models.CharField(
        _("loại rà soát"), max_length=10, choices=ReviewKind.choices, blank=True
    )
    kind = models.CharField(_("cách lấy mẫu"), max_length=6, choices=Kind.choices)
    seed = models.CharField(_("hạt giống"), max_length=100)
    size = models.PositiveIntegerField(_("cỡ mẫu"))
    population = models.PositiveIntegerField(_("số hồ sơ được lấy mẫu"))
    population_digest = models.BinaryField(max_length=32)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    drawn_by_name = models.CharField(_("người lấy mẫu"), max_length=120)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("mẫu kiểm tra")
        constraints = [
            models.CheckConstraint(condition=~Q(seed=""), name="a_sample_has_a_seed"),
            models.CheckConstraint(condition=Q(size__gte=1), name="a_sample_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.year}: {self.seed}"


class SampleItem(models.Model):
    """One drawn case: its place in the drawing, and which questions it raises (risk samples)."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(_("thứ tự"))
    # "2024-24646/24646-00001", as the drawing sorted it.
    code = models.CharField(_("mã hồ sơ"), max_length=80)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    questions = models.JSONField(default=list)

    class Meta:
        verbose_name = _("hồ sơ trong mẫu")
        ordering = ["sample", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "position"], name="places_in_a_sample_have_no_twin"
            ),
            models.UniqueConstraint(fields=["sample", "case"], name="a_case_is_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.code}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def with_status(self) -> Self:
        """Annotate each finding with how far it is, as its last entry says."""
        said = FindingEntry.objects.filter(finding=OuterRef("pk")).order_by("-pk").values("kind")
        return self.annotate(last_said=Subquery(said[:1])).annotate(
            status=Choice(
                When(last_said=FindingEntry.Kind.ANSWER, then=Value(Finding.Status.ANSWERED)),
                When(last_said=FindingEntry.Kind.CLOSE, then=Value(Finding.Status.CLOSED)),
                default=Value(Finding.Status.OPEN),
                output_field=models.CharField(),
            )
        )

    def of_status(self, status: str) -> Self:
        """Return the findings that are so far."""
        return self.with_status().filter(Q(status=status))


class Finding(models.Model):
    """
    What an auditor found, of a round, a village's list or a household. Never deleted.

    How far it is, its last entry says. `text` may be erased where it is personal.
    """

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Chờ xã trả lời")
        ANSWERED = "ANSWERED", _("Xã đã trả lời")
        CLOSED = "CLOSED", _("Đã kết luận")

    class Source(models.TextChoices):
        HAND = "HAND", _("Người kiểm tra tự ghi")
        DIFFERENCE = "DIFFERENCE", _("Khác nhau giữa các danh sách")
        CONFORMANCE = "CONFORMANCE", _("Đối chiếu quy trình")
        SAMPLE = "SAMPLE", _("Mẫu kiểm tra")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="findings")
    village_review = models.ForeignKey(
        VillageReview, null=True, on_delete=models.PROTECT, related_name="findings"
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="findings")
    source = models.CharField(_("từ đâu"), max_length=11, choices=Source.choices)
    text = models.TextField(_("nội dung"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(_("người kiểm tra"), max_length=120)
    # Where the author held the duty of auditing: nobody closes it from below.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))
    status: str  # where it was asked for: with_status

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("phát hiện kiểm tra")
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(village_review__isnull=False),
                name="a_finding_of_a_case_names_its_village",
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="a_finding_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_source_display()}"


class FindingEntry(models.Model):
    """What was said to a finding: the commune's answer, the auditor's further question or conclusion."""

    class Kind(models.TextChoices):
        ANSWER = "ANSWER", _("Xã trả lời")
        REOPEN = "REOPEN", _("Hỏi thêm")
        CLOSE = "CLOSE", _("Kết luận")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("loại"), max_length=6, choices=Kind.choices)
    text = models.TextField(_("nội dung"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(_("người ghi"), max_length=120)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("trao đổi về phát hiện")
        ordering = ["finding", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="an_entry_of_a_finding_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.kind}"
