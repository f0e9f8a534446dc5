"""Facts of what was done: one Act for each deed, one Event for each case it moved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.rounds import Round, VillageReview
from cases.models.units import Unit


class ActChain(models.Model):
    """
    Where a commune's record stands; its row is locked while an act is written.

    `head` is the last act's link; `peaks` is what the tree over all links needs to grow.
    """

    commune = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT)
    length = models.PositiveBigIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes(32))
    peaks = models.BinaryField(default=b"")

    def __str__(self) -> str:
        return f"{self.commune_id}: {self.length}"


class Act(models.Model):
    """
    One deed: who, holding which duty on which unit, did what, when, under which article.

    Written by workflow.machine.apply only, once, never changed. Names are kept as text: they
    outlive accounts. What it was told (`facts`, `private`) may be erased, with its salt; the record
    holds only a commitment to it, so that it stays valid.
    """

    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField(_("số thứ tự"))
    code = models.CharField(_("việc"), max_length=40)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="acts")
    village_review = models.ForeignKey(
        VillageReview, null=True, on_delete=models.PROTECT, related_name="acts"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    actor_name = models.CharField(_("người làm"), max_length=120)
    duty = models.CharField(_("thẩm quyền"), max_length=40)
    duty_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    # Whose duty it was, when it was lent: a delegation, or a substitute during leave.
    on_behalf_of = models.CharField(_("làm thay"), max_length=120, blank=True, default="")
    article = models.CharField(_("căn cứ"), max_length=200)
    pack = models.CharField(max_length=40)
    at = models.DateTimeField(_("lúc"))
    legal_day = models.DateField(_("ngày"))
    device_at = models.DateTimeField(_("giờ thiết bị"), null=True)
    idempotency_key = models.CharField(max_length=64, unique=True)
    request_digest = models.BinaryField(max_length=32)
    facts = models.JSONField(_("nội dung"), default=dict)
    private = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16, default=b"")
    # After an erasure: the salts of the values that are still there.
    salts = models.JSONField(null=True)
    count = models.PositiveIntegerField(_("số hồ sơ"), default=0)
    # The ledger: root over its events, the bytes hashed, its link, root over the commune's links.
    root = models.BinaryField(max_length=32, default=b"")
    entry = models.TextField(default="")
    link = models.BinaryField(max_length=32, default=b"")
    tree = models.BinaryField(max_length=32, default=b"")

    class Meta:
        verbose_name = _("việc đã làm")
        ordering = ["commune", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "sequence"], name="acts_of_a_commune_have_no_twin"
            )
        ]
        indexes = [models.Index(fields=["round", "sequence"], name="acts_of_round")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.code}"


class Event(models.Model):
    """
    One case moved (or was spoken of) by one act. Written by INSERT ... SELECT, never changed.

    `snapshot` says what the case said after the act (cases.ledger.entries.SNAPSHOT); it may be
    erased with the case's salt, the link holds a commitment to it.
    """

    # The unique constraint below already leads with the case.
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, db_index=False, related_name="events"
    )
    sequence = models.PositiveIntegerField()  # the case's version after the act
    # No constraints: both rows are written by the same statement's transaction (engine note, B4).
    act = models.ForeignKey(
        Act, on_delete=models.DO_NOTHING, db_constraint=False, db_index=True, related_name="events"
    )
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    snapshot = models.CharField(max_length=200, default="")
    link = models.BinaryField(max_length=32, default=b"")

    class Meta:
        verbose_name = _("sự kiện")
        ordering = ["case", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "sequence"], name="events_of_a_case_have_no_twin"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.from_state} > {self.to_state}"


class ConflictNote(models.Model):
    """Why somebody with an interest in a household did the act all the same (INV-30)."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="conflict_note")
    text = models.CharField(_("lý do"), max_length=500)

    class Meta:
        verbose_name = _("ghi chú xung đột lợi ích")

    def __str__(self) -> str:
        return f"{self.act_id}"
