"""What one officer loads and another approves (packs, local standards)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from cases.models.people import User

_APPROVAL = ("approved_by", "approved_at")
_REJECTION = ("rejected_by", "rejected_at", "rejection")


class Settled(Exception):
    """What was approved or rejected is not changed and not deleted any more."""


class TwoOfficers(models.Model):
    """
    A text that rules nothing until a second officer has approved it.

    `content` is the file as it was loaded; it is never edited: a change is another row.
    """

    content = models.TextField(_("nội dung"))
    paper = models.CharField(_("văn bản"), max_length=300)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    loaded_at = models.DateTimeField(_("nạp lúc"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("duyệt lúc"), null=True)
    # A draft that nobody approved may be put aside; it stays readable.
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    rejected_at = models.DateTimeField(_("từ chối lúc"), null=True)
    rejection = models.CharField(_("lý do từ chối"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("loaded_by")),
                name="%(class)s_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(rejected_by__isnull=True),
                name="%(class)s_is_approved_or_rejected",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Write the draft, or its settling; what was loaded is never written again.

        :raises Settled: if the row is settled, or anything but its settling would change
        """
        if self.pk is not None:
            self._refuse_if_settled()
            changing = set(kwargs.get("update_fields") or ["content"])
            if not changing <= {*_APPROVAL, *_REJECTION}:
                raise Settled(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """
        Delete a draft.

        :raises Settled: if it was approved or rejected
        """
        self._refuse_if_settled()
        return super().delete(*args, **kwargs)

    @property
    def is_settled(self) -> bool:
        return self.approved_by_id is not None or self.rejected_by_id is not None

    def approve(self, by: "User", at: datetime) -> None:
        """
        Write down who approved the text.

        :raises Settled: if it was approved or rejected meanwhile
        """
        self.approved_by, self.approved_at = by, at
        self.save(update_fields=_APPROVAL)

    def reject(self, by: "User", at: datetime, reason: str) -> None:
        """
        Write down who put the text aside, and why.

        :raises Settled: if it was approved or rejected meanwhile
        """
        self.rejected_by, self.rejected_at, self.rejection = by, at, reason
        self.save(update_fields=_REJECTION)

    def _refuse_if_settled(self) -> None:
        if type(self)._default_manager.get(pk=self.pk).is_settled:
            raise Settled(str(self))
