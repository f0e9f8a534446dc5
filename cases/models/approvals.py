"""What one officer loads and another approves (packs, local standards)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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
