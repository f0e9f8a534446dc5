"""Editions of procedure packs that officers loaded (phiên bản quy trình)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.approvals import TwoOfficers


class PackEdition(TwoOfficers):
    """A pack loaded from a file: one officer loads it, another approves it, nobody edits it."""

    code = models.CharField(_("mã"), max_length=40, unique=True)
    fingerprint = models.BinaryField(_("mã băm nội dung"), max_length=32)

    class Meta(TwoOfficers.Meta):
        verbose_name = _("phiên bản quy trình")

    def __str__(self) -> str:
        return self.code
