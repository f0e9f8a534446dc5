"""Refusals that must not pass without a trace: who asked for what, at which door, and why not."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.people import User
from cases.models.units import Unit


class RecordedRefusalQuerySet(models.QuerySet["RecordedRefusal"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("a recorded refusal is never changed")

    def delete(self) -> NoReturn:
        raise TypeError("a recorded refusal is never deleted")


class RecordedRefusal(models.Model):
    """Something asked for and refused at a page or command; written by cases.refusals.record only."""

    at = models.DateTimeField(_("lúc"))
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # As text too: it still reads when the account is gone, and names who has no account.
    user_name = models.CharField(_("người thực hiện"), max_length=150, blank=True)
    door = models.CharField(_("nơi từ chối"), max_length=100)  # name of the page or command
    code = models.CharField(_("mã từ chối"), max_length=60)
    detail = models.CharField(_("chi tiết"), max_length=300, blank=True)  # no personal data
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RecordedRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần từ chối")
        indexes = [models.Index(fields=["unit", "at"], name="refusal_of_unit")]

    def __str__(self) -> str:
        return f"{self.door}: {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("a recorded refusal is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a recorded refusal is never deleted")
