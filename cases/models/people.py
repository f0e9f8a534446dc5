"""Officers: accounts, what they are appointed to, and the grants that follow."""

from datetime import date
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.duties import ROLE_TITLES
from cases.models.units import Unit

ROLE_CHOICES = [(role.value, gettext_lazy(title)) for role, title in ROLE_TITLES.items()]


class User(AbstractUser):
    """A person who signs in."""

    full_name = models.CharField(_("họ và tên"), max_length=120)
    position = models.CharField(_("chức danh"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("người dùng")

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, day: date) -> Self:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day
        )


class RoleAssignment(models.Model):
    """Somebody holds a role on a unit from one day to another, by a paper; the truth of rights."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("vai trò"), max_length=20, choices=ROLE_CHOICES)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến trước ngày"), null=True, blank=True)
    paper = models.CharField(_("quyết định phân công"), max_length=200)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit", "valid_from"],
                name="a_role_on_a_unit_is_given_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="assignment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"


# guardian finds these two by itself for Unit: plain foreign keys, so that indexes work.
class UnitUserPermission(UserObjectPermissionBase):
    """One duty of one person on one unit; written only by cases.permissions.sync_grants."""

    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["user", "content_object"], name="unit_duty_of_user")]


class UnitGroupPermission(GroupObjectPermissionBase):
    """One duty of an office whose members are interchangeable."""

    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)


class DeclaredInterest(models.Model):
    """Somebody with a role is a member or close relative of a household (khai báo người có liên quan)."""

    class Relation(models.TextChoices):
        MEMBER = "MEMBER", _("Thành viên của hộ")
        RELATIVE = "RELATIVE", _("Người thân của hộ")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="interests")
    household = models.ForeignKey(
        "cases.Household", on_delete=models.PROTECT, related_name="interested"
    )
    relation = models.CharField(_("quan hệ"), max_length=8, choices=Relation.choices)
    declared_on = models.DateField(_("ngày khai"))
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("khai báo người có liên quan")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "household"], name="an_interest_is_declared_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.household_id}"
