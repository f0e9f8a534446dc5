"""What people are told: one row for each person and deed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """
    Somebody is told that something was done and what it means for them.

    Never a household's name or number: a notice says where, and links to a page with its own door.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(_("loại"), max_length=40)
    title = models.CharField(_("tiêu đề"), max_length=200)  # a Vietnamese msgid
    subject = models.CharField(_("nơi"), max_length=200)
    url = models.CharField(_("đường dẫn"), max_length=300)
    # A number, not a key: this room does not know the room where acts are kept.
    act_id = models.BigIntegerField()
    created_at = models.DateTimeField(_("lúc"))
    read_at = models.DateTimeField(_("đọc lúc"), null=True)

    class Meta:
        verbose_name = _("thông báo")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "act_id", "kind"], name="a_person_is_told_of_an_act_once"
            )
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="notices_of_user")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
