"""Households and persons, stable over the years; membership and standing are dated."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.units import Unit
from cases.names import fold, given_name_key, normalise


class Sex(models.TextChoices):
    MALE = "MALE", _("Nam")
    FEMALE = "FEMALE", _("Nữ")


class HouseholdClass(models.TextChoices):
    """What a household is classified as (cases.rules.standards uses the same codes)."""

    POOR = "POOR", _("Hộ nghèo")
    NEAR_POOR = "NEAR_POOR", _("Hộ cận nghèo")
    NOT_POOR = "NOT_POOR", _("Không nghèo, không cận nghèo")


class Household(models.Model):
    """People registered together at one lawful dwelling (Luật Cư trú; procedure note, section 1)."""

    code = models.CharField(_("mã hộ"), max_length=30, unique=True)
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="households")
    head_name = models.CharField(_("chủ hộ"), max_length=120)
    head_name_key = models.CharField(max_length=120, editable=False, db_index=True)
    given_name_key = models.CharField(max_length=160, editable=False)
    persons = models.PositiveSmallIntegerField(_("số nhân khẩu"))
    ethnicity = models.CharField(_("dân tộc"), max_length=40, blank=True)
    # Said on the imported list ("giam_khac"); the departure itself is an act with its reason.
    departure_reported = models.BooleanField(_("danh sách ghi giảm khác"), default=False)

    class Meta:
        verbose_name = _("hộ gia đình")
        constraints = [
            models.CheckConstraint(condition=Q(persons__gte=1), name="household_has_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.head_name}"

    def name_head(self, head_name: str) -> None:
        """Set the head's name together with its search and sort keys (bulk_create skips save)."""
        self.head_name = normalise(head_name)
        self.head_name_key = fold(head_name)
        self.given_name_key = given_name_key(head_name)


class Member(models.Model):
    """A person of a household, from one day to another."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField(_("số thứ tự"))
    full_name = models.CharField(_("họ và tên"), max_length=120)
    relation = models.CharField(_("quan hệ với chủ hộ"), max_length=40)
    sex = models.CharField(_("giới tính"), max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("ngày sinh"), null=True)
    ethnicity = models.CharField(_("dân tộc"), max_length=40, blank=True)
    personal_number = models.CharField(_("số định danh"), max_length=12, blank=True)
    valid_until = models.DateField(_("đến trước ngày"), null=True)

    class Meta:
        verbose_name = _("nhân khẩu")
        ordering = ["household", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["personal_number"],
                condition=~Q(personal_number="") & Q(valid_until__isnull=True),
                name="a_person_belongs_to_one_household",
            ),
            models.UniqueConstraint(
                fields=["household", "position"],
                condition=Q(valid_until__isnull=True),
                name="members_are_numbered_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class Standing(models.Model):
    """A household was recognised as poor or near-poor for the result of a year (lịch sử phân loại)."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="standings")
    # Year of the review that decided it; empty: on a list in an earlier year that no paper names.
    year = models.PositiveSmallIntegerField(_("năm rà soát"), null=True)
    household_class = models.CharField(
        _("phân loại"), max_length=10, choices=HouseholdClass.choices, blank=True
    )
    source = models.CharField(_("căn cứ"), max_length=200)

    class Meta:
        verbose_name = _("phân loại đã công nhận")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year"], name="one_standing_of_a_household_a_year"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(year__isnull=True),
                name="one_undated_standing_of_a_household",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year or '…'} {self.household_class}"


class HouseholdSuccession(models.Model):
    """Which household became which, by a split or a merge (tách hộ, nhập hộ); many to many."""

    class Kind(models.TextChoices):
        SPLIT = "SPLIT", _("Tách hộ")
        MERGED = "MERGED", _("Nhập hộ")

    old = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="predecessors")
    kind = models.CharField(_("loại"), max_length=6, choices=Kind.choices)
    since = models.DateField(_("từ ngày"))
    paper = models.CharField(_("giấy tờ"), max_length=200)

    class Meta:
        verbose_name = _("tách, nhập hộ")
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="a_household_becomes_another_once"),
            models.CheckConstraint(
                condition=~Q(old=models.F("new")), name="no_household_follows_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} > {self.new_id}"
