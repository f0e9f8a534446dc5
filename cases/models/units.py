"""Administrative units: stable codes, dated versions, successions (đơn vị hành chính)."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.duties import Duty


class Level(models.TextChoices):
    NATION = "NATION", _("Trung ương")
    PROVINCE = "PROVINCE", _("Cấp tỉnh")
    DISTRICT = "DISTRICT", _("Cấp huyện")
    COMMUNE = "COMMUNE", _("Cấp xã")
    VILLAGE = "VILLAGE", _("Thôn, tổ dân phố")


class Area(models.TextChoices):
    """What the income line of a household depends on; follows the kind of its commune."""

    RURAL = "RURAL", _("Nông thôn")
    URBAN = "URBAN", _("Thành thị")


class Unit(models.Model):
    """A place that duties are granted on; its name, kind and parent are dated (UnitVersion)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    level = models.CharField(_("cấp"), max_length=10, choices=Level.choices)

    class Meta:
        verbose_name = _("đơn vị")
        default_permissions = ()
        permissions = [(duty.value, duty.name.replace("_", " ").lower()) for duty in Duty]

    def __str__(self) -> str:
        return self.code

    def version_on(self, day: date) -> "UnitVersion":
        """
        Return what the unit was on a day.

        :raises UnitVersion.DoesNotExist: if the unit did not exist on that day
        """
        return self.versions.in_force(day).get()


class UnitVersionQuerySet(models.QuerySet["UnitVersion"]):
    def in_force(self, day: date) -> "UnitVersionQuerySet":
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day
        )


class UnitVersion(models.Model):
    """What a unit was called, what it was and where it belonged, from one day to another."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(_("tên"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    kind = models.CharField(_("loại"), max_length=20)  # xã, phường, thị trấn, đặc khu, thôn, ...
    area = models.CharField(_("khu vực"), max_length=5, choices=Area.choices, blank=True)
    parent = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="child_versions"
    )
    # Codes from the nation down to this unit, "VN/67/662/24646/": a prefix is "below".
    path = models.CharField(max_length=80)
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến trước ngày"), null=True)  # first day out
    source_document = models.CharField(_("văn bản"), max_length=200)

    objects = UnitVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("phiên bản đơn vị")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "valid_from"], name="one_version_of_a_unit_starts_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="version_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="unitversion_path"),
            models.Index(fields=["parent", "valid_from"], name="unitversion_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitSuccession(models.Model):
    """One old unit became (part of) one new unit; many to many."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="precedents")
    on_date = models.DateField(_("từ ngày"))
    partial = models.BooleanField(_("một phần"), default=False)
    source_document = models.CharField(_("văn bản"), max_length=200)

    class Meta:
        verbose_name = _("kế thừa đơn vị")
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on_date"],
                name="a_succession_is_recorded_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} > {self.successor_id}"
