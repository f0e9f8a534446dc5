"""A commune's review of a year or a month, and of each of its villages (đợt rà soát)."""

import re

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.units import Area, Level, Unit, UnitVersion
from cases.rules.packs.model import Review

# How a round's key names its review: "2024-24646", "2026tx05-24646".
KEY_WORDS = {
    Review.PERIODIC: "",
    Review.AD_HOC: "tx",
    Review.AVERAGE_LIVING: "mstb",
    Review.LOW_INCOME: "ltnt",
}
_KEY = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<word>tx|mstb|ltnt)(?P<month>[0-9]{2}))?-(?P<commune>.+)"
)


class ReviewKind(models.TextChoices):
    """The four reviews; the packs' `Review` uses the same codes."""

    PERIODIC = Review.PERIODIC.value, _("Rà soát định kỳ")
    AD_HOC = Review.AD_HOC.value, _("Rà soát thường xuyên")
    AVERAGE_LIVING = Review.AVERAGE_LIVING.value, _("Mức sống trung bình")
    LOW_INCOME = Review.LOW_INCOME.value, _("Lao động có thu nhập thấp")


class Round(models.Model):
    """
    A review of one commune: of a year, or (month set) of a month. It pins pack, standard, units.

    `keeper` is the unit answerable now: the commune itself, or the one that took the round over
    when the commune ended.
    """

    kind = models.CharField(
        _("loại rà soát"),
        max_length=10,
        choices=ReviewKind.choices,
        default=ReviewKind.PERIODIC,
    )
    year = models.PositiveSmallIntegerField(_("năm"))
    month = models.PositiveSmallIntegerField(_("tháng"), default=0)
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rounds")
    keeper = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="kept_rounds")
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
    # Codes of local standards in force at the opening: further results on the same cases.
    local_standards = models.JSONField(_("chuẩn của địa phương"), default=list)

    class Meta:
        verbose_name = _("đợt rà soát")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "month", "kind", "commune"], name="one_round_of_a_commune_a_period"
            ),
            models.CheckConstraint(
                condition=Q(kind="PERIODIC", month=0)
                | (~Q(kind="PERIODIC") & Q(month__gte=1, month__lte=12)),
                name="only_the_periodic_review_has_no_month",
            ),
        ]
        indexes = [models.Index(fields=["year", "province", "commune"], name="round_of_province")]

    def __str__(self) -> str:
        if self.month:
            return f"{self.commune_name} {self.month:02d}/{self.year} ({self.get_kind_display()})"
        return f"{self.commune_name} {self.year}"

    @property
    def key(self) -> str:
        """Return the round's public key, as addresses, commands and scenarios name it."""
        word = KEY_WORDS[Review(self.kind)]
        month = f"{self.month:02d}" if self.month else ""
        return f"{self.year}{word}{month}-{self.commune.code}"

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        """Return the unit of each level this round belongs to; duties are read against it."""
        return {
            Level.PROVINCE: self.province_id,
            Level.DISTRICT: self.district_id,
            Level.COMMUNE: self.keeper_id,
        }


def key_parts(key: str) -> dict[str, object] | None:
    """Return the columns by which a round with this key is found; None: not a key."""
    read = _KEY.fullmatch(key)
    if read is None or not key.isascii():
        return None
    kind = next(kind for kind, word in KEY_WORDS.items() if word == (read["word"] or ""))
    return {
        "year": int(read["year"]),
        "kind": kind.value,
        "month": int(read["month"] or 0),
        "commune__code": read["commune"],
    }


class VillageReview(models.Model):
    """The review of one village in a round: what lists, meetings and postings hang on."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="village_reviews")
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reviews")
    keeper = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
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
        return {**self.round.scope_unit_ids, Level.VILLAGE: self.keeper_id}


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
