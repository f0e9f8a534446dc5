"""Officers: accounts, what they are appointed to, and the grants that follow."""

from datetime import date
from typing import Any, Self

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.duties import NEVER_LENT, ROLE_DUTIES, ROLE_TITLES, Duty, Role
from cases.models.units import Unit

ROLE_CHOICES = [(role.value, gettext_lazy(title)) for role, title in ROLE_TITLES.items()]


class User(AbstractUser):
    """A person who signs in."""

    full_name = models.CharField(_("họ và tên"), max_length=120)
    position = models.CharField(_("chức danh"), max_length=120, blank=True)

    # The day that rights are asked on, and what was read of them: cases.permissions only.
    rights_day: date | None = None
    rights_read: Any = None

    class Meta:
        verbose_name = _("người dùng")

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username


class HeldQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> Self:
        """Return what was held on a day, also what was ended in the course of it."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day
        )

    def giving_rights(self, day: date) -> Self:
        """Return what lets its holder act on a day: held, and not ended in the course of it."""
        return self.in_force(day).filter(ended_at_once=False)


class Held(models.Model):
    """Something a person holds from one day to another, by a paper, until another paper ends it."""

    class Reason(models.TextChoices):
        TRANSFER = "TRANSFER", _("Điều động, luân chuyển")
        DISMISSAL = "DISMISSAL", _("Miễn nhiệm, bãi nhiệm, cách chức")
        RETIREMENT = "RETIREMENT", _("Nghỉ hưu, thôi việc")
        RETURN = "RETURN", _("Người giao việc tự làm lại")
        OTHER = "OTHER", _("Lý do khác ghi trong văn bản")

    valid_from = models.DateField(_("từ ngày"))
    # First day out. What was ended at once was held that day, but gives no rights any more.
    valid_until = models.DateField(_("đến trước ngày"), null=True, blank=True)
    paper = models.CharField(_("quyết định phân công"), max_length=200)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # when the end was entered
    ended_at_once = models.BooleanField(default=False)
    end_reason = models.CharField(
        _("lý do thôi giữ"), max_length=10, choices=Reason.choices, blank=True
    )
    ended_paper = models.CharField(_("quyết định thôi giữ"), max_length=200, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


# Ended before it began: withdrawn, never held.
_PERIOD = (
    Q(valid_until__isnull=True)
    | Q(valid_until__gt=models.F("valid_from"))
    | Q(valid_until=models.F("valid_from"), ended_at__isnull=False)
)
_END_HAS_PAPER = Q(ended_at__isnull=True, ended_paper="") | (
    Q(ended_at__isnull=False) & ~Q(ended_paper="")
)


class Leave(models.Model):
    """Somebody is away from one day to another, by a paper; who stands in is an assignment."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaves")
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến trước ngày"))
    paper = models.CharField(_("giấy nghỉ phép"), max_length=200)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("nghỉ phép")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=models.F("valid_from")),
                name="leave_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.valid_from}"


class RoleAssignment(Held):
    """Somebody holds a role on a unit, or some of its duties in another's place; the truth of rights."""

    class Kind(models.TextChoices):
        APPOINTMENT = "APPOINTMENT", _("Phân công")
        DELEGATION = "DELEGATION", _("Ủy quyền")
        SUBSTITUTION = "SUBSTITUTION", _("Làm thay khi nghỉ")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("vai trò"), max_length=20, choices=ROLE_CHOICES)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(
        _("hình thức"), max_length=12, choices=Kind.choices, default=Kind.APPOINTMENT
    )
    # The appointment whose duties are lent; what is lent cannot be lent again.
    on_behalf_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="lent"
    )
    # A delegation may lend a part; empty: all duties of the role that can be lent.
    duties = models.JSONField(default=list)
    leave = models.ForeignKey(Leave, null=True, on_delete=models.PROTECT, related_name="stand_ins")
    paper_until = models.DateField(_("văn bản có hiệu lực đến trước ngày"), null=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit", "valid_from"],
                condition=Q(kind="APPOINTMENT", ended_at__isnull=True),
                name="a_role_on_a_unit_is_given_once_a_day",
            ),
            models.CheckConstraint(condition=_PERIOD, name="assignment_ends_after_it_starts"),
            models.CheckConstraint(condition=_END_HAS_PAPER, name="an_end_rests_on_a_paper"),
            models.CheckConstraint(
                condition=Q(kind="APPOINTMENT", on_behalf_of__isnull=True)
                | (~Q(kind="APPOINTMENT") & Q(on_behalf_of__isnull=False)),
                name="what_is_lent_names_its_lender",
            ),
            models.CheckConstraint(
                condition=Q(kind="APPOINTMENT") | Q(valid_until__isnull=False),
                name="a_loan_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(paper_until__isnull=True) | Q(valid_until__lte=models.F("paper_until")),
                name="an_assignment_does_not_outlast_its_paper",
            ),
            models.CheckConstraint(
                condition=Q(kind="SUBSTITUTION", leave__isnull=False)
                | (~Q(kind="SUBSTITUTION") & Q(leave__isnull=True)),
                name="who_stands_in_does_so_during_a_leave",
            ),
        ]
        indexes = [models.Index(fields=["unit", "valid_from"], name="assignments_of_unit")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"

    def duties_given(self) -> frozenset[Duty]:
        """Return what the assignment lets its holder do on the unit."""
        carried = ROLE_DUTIES[Role(self.role)]
        if self.kind == self.Kind.APPOINTMENT:
            return carried
        # Whoever is lent a duty reads what it is about.
        chosen = frozenset({Duty.VIEW, *map(Duty, self.duties)}) if self.duties else carried
        return (chosen & carried) - NEVER_LENT


class Office(models.Model):
    """An office of a unit whose members are interchangeable; its duties are its Django group's."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="offices")
    role = models.CharField(_("vai trò"), max_length=20, choices=ROLE_CHOICES)
    name = models.CharField(_("tên"), max_length=120)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="office")
    valid_from = models.DateField(_("từ ngày"))
    valid_until = models.DateField(_("đến trước ngày"), null=True)
    paper = models.CharField(_("quyết định thành lập"), max_length=200)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("bộ phận")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], name="an_office_of_a_unit_has_its_own_name"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="office_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeMember(Held):
    """Somebody belongs to an office and holds its duties."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("thành viên bộ phận")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "user", "valid_from"],
                condition=Q(ended_at__isnull=True),
                name="a_person_joins_an_office_once_a_day",
            ),
            models.CheckConstraint(condition=_PERIOD, name="membership_ends_after_it_starts"),
            models.CheckConstraint(
                condition=_END_HAS_PAPER, name="the_end_of_a_membership_rests_on_a_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.office_id}"


class GrantQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> Self:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day
        )


# guardian finds these two by itself for Unit: plain foreign keys, so that indexes work. They carry
# their days: what begins or ends by date does so at that midnight, whether a job runs or not.
class UnitUserPermission(UserObjectPermissionBase):
    """One duty of one person on one unit, by one assignment; written only by sync_grants."""

    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)
    assignment = models.ForeignKey(RoleAssignment, on_delete=models.CASCADE, related_name="grants")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "permission"], name="an_assignment_grants_a_duty_once"
            )
        ]
        indexes = [models.Index(fields=["user", "content_object"], name="unit_duty_of_user")]


class UnitGroupPermission(GroupObjectPermissionBase):
    """One duty of an office whose members are interchangeable; written only by sync_grants."""

    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class InterestQuerySet(models.QuerySet["DeclaredInterest"]):
    def standing(self, day: date) -> Self:
        """Return the interests that stood on a day."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), declared_on__lte=day)


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
    ended_on = models.DateField(_("hết từ ngày"), null=True)  # first day without the interest
    ended_paper = models.CharField(_("văn bản, lý do hết liên quan"), max_length=200, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("khai báo người có liên quan")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "household"],
                condition=Q(ended_on__isnull=True),
                name="an_interest_is_declared_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_paper="")
                | (Q(ended_on__gte=models.F("declared_on")) & ~Q(ended_paper="")),
                name="the_end_of_an_interest_rests_on_a_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.household_id}"
