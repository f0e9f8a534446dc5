"""A commune's review of a year, and the review of each of its villages (đợt rà soát)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.units import Area, Level, Unit, UnitVersion


class Round(models.Model):
    """The periodic review of one commune in one year; pins its pack, standard and unit versions."""

    year = models.PositiveSmallIntegerField(_("năm"))
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rounds")
    commune_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, related_name="+")
    commune_name = models.CharField(max_length=120)
    area = models.CharField(_("khu vực"), max_length=5, choices=Area.choices)
    # Where the commune belonged when the round opened; district is empty from 01/07/2025.
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    district = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(_("gói quy trình"), max_length=40)
    pack_hash = models.BinaryField(max_length=32)
    standard = models.CharField(_("chuẩn nghèo"), max_length=40)
    opened_at = models.DateTimeField(_("mở lúc"))
    plan_paper = models.CharField(_("kế hoạch rà soát"), max_length=200)
    committee_paper = models.CharField(_("quyết định lập Ban Chỉ đạo"), max_length=200)

    class Meta:
        verbose_name = _("đợt rà soát")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "commune"], name="one_round_of_a_commune_a_year"
            )
        ]
        indexes = [models.Index(fields=["year", "province", "commune"], name="round_of_province")]

    def __str__(self) -> str:
        return f"{self.commune_name} {self.year}"

    @property
    def key(self) -> str:
        """Return the round's public key, as commands and scenarios name it ("2024-24646")."""
        return f"{self.year}-{self.commune.code}"

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        """Return the unit of each level this round belongs to; duties are read against it."""
        return {
            Level.PROVINCE: self.province_id,
            Level.DISTRICT: self.district_id,
            Level.COMMUNE: self.commune_id,
        }


class VillageReview(models.Model):
    """The review of one village in a round: what lists, meetings and postings hang on."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="village_reviews")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reviews")
    village_name = models.CharField(_("thôn"), max_length=120)

    class Meta:
        verbose_name = _("rà soát của thôn")
        ordering = ["village__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "village"], name="one_review_of_a_village_a_round"
            )
        ]

    def __str__(self) -> str:
        return self.village_name

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return {**self.round.scope_unit_ids, Level.VILLAGE: self.village_id}


class StateCount(models.Model):
    """How many cases of a village are in a state and class; rewritten in the transaction of each act."""

    village_review = models.ForeignKey(
        VillageReview, on_delete=models.CASCADE, related_name="state_counts"
    )
    state = models.CharField(max_length=20)
    household_class = models.CharField(max_length=10, blank=True)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village_review", "state", "household_class"],
                name="a_state_of_a_village_is_counted_once",
            ),
            models.CheckConstraint(condition=Q(n__gte=1), name="a_count_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.n}"
