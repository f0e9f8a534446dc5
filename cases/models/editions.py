"""Editions of procedure packs that officers loaded (phiên bản quy trình)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.approvals import TwoOfficers


class SettledEdition(Exception):
    """An edition that was approved or rejected is not changed and not deleted any more."""


class PackEdition(TwoOfficers):
    """A pack loaded from a file: one officer loads it, another approves it, nobody edits it."""

    code = models.CharField(_("mã"), max_length=40, unique=True)
    fingerprint = models.BinaryField(_("mã băm nội dung"), max_length=32)

    class Meta(TwoOfficers.Meta):
        verbose_name = _("phiên bản quy trình")

    def __str__(self) -> str:
        return self.code

    @property
    def is_settled(self) -> bool:
        return self.approved_by_id is not None or self.rejected_by_id is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Write the draft, or its approval; what was loaded is never written again.

        :raises SettledEdition: if the row is settled, or anything but its settling would change
        """
        if self.pk is not None:
            self._refuse_if_settled()
            changing = set(kwargs.get("update_fields") or ["content"])
            if not changing <= _SETTLING:
                raise SettledEdition(self.code)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """
        Delete a draft.

        :raises SettledEdition: if it was approved or rejected
        """
        self._refuse_if_settled()
        return super().delete(*args, **kwargs)

    def _refuse_if_settled(self) -> None:
        if PackEdition.objects.get(pk=self.pk).is_settled:
            raise SettledEdition(self.code)


_SETTLING = {"approved_by", "approved_at", "rejected_by", "rejected_at", "rejection"}
