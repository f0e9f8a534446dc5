"""What binds the record to the world outside: heads that were given out, and who read what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.units import Unit


class Anchor(models.Model):
    """The head of a commune's record was written where this database's administrator cannot reach."""

    class Why(models.TextChoices):
        MEETING = "MEETING", _("Họp dân xong")
        POSTED = "POSTED", _("Niêm yết")
        CLOSED = "CLOSED", _("Kết thúc niêm yết")
        COMPLAINT = "COMPLAINT", _("Nhận khiếu nại")
        REQUEST = "REQUEST", _("Nhận giấy đề nghị")
        REPORT = "REPORT", _("Báo cáo cấp trên")
        OPINION = "OPINION", _("Ý kiến cấp trên")
        DECISION = "DECISION", _("Quyết định")
        QUARTER = "QUARTER", _("Mười lăm phút một lần")

    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField(_("số việc"))
    tree = models.BinaryField(max_length=32)  # the root over the commune's acts 1..sequence
    why = models.CharField(_("nhân việc"), max_length=9, choices=Why.choices)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("mốc neo")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "sequence", "why"], name="a_head_is_anchored_once_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id}/{self.sequence}"


class DailyRoot(models.Model):
    """The root over the heads of all communes at the end of a day, as its file gives it out."""

    day = models.DateField(_("ngày"), unique=True)
    root = models.BinaryField(max_length=32)
    communes = models.PositiveIntegerField(_("số xã"))
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("gốc trong ngày")

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"


class TimeStamp(models.Model):
    """A time-stamp authority's token for a day's root (RFC 3161)."""

    daily_root = models.ForeignKey(DailyRoot, on_delete=models.PROTECT, related_name="tokens")
    authority = models.CharField(_("nơi cấp"), max_length=200)
    stamped_at = models.DateTimeField(_("dấu thời gian"))
    token = models.BinaryField()

    class Meta:
        verbose_name = _("dấu thời gian")

    def __str__(self) -> str:
        return f"{self.authority} {self.stamped_at:%d/%m/%Y %H:%M}"


class ReadingChain(models.Model):
    """How many readings of households' files a commune has recorded, and the last one's link."""

    commune = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT)
    length = models.PositiveBigIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes(32))

    def __str__(self) -> str:
        return f"{self.commune_id}: {self.length}"


class Reading(models.Model):
    """Somebody opened or took away a household's file, or a list of them: who, when, what for."""

    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField()
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=120)
    page = models.CharField(_("trang"), max_length=60)
    purpose = models.CharField(_("mục đích"), max_length=200, blank=True)
    # Empty: a list; what was opened says of which village or round, the count of how many households.
    case = models.ForeignKey(
        "cases.Case",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="readings",
    )
    # The household's code, the village's, or the round's key.
    opened = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(_("lúc"))
    link = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("lượt đọc")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "sequence"], name="readings_of_a_commune_have_no_twin"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id}/{self.sequence}"


class Acceptance(models.Model):
    """An operator let writing go on though the database is not what was given out, and on which paper."""

    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    # What was given out last, and what the database held when it was accepted.
    expected_sequence = models.PositiveBigIntegerField(_("số việc đã đưa ra ngoài"))
    expected_tree = models.BinaryField(max_length=32)
    sequence = models.PositiveBigIntegerField(_("số việc trong máy"))
    tree = models.BinaryField(max_length=32)
    paper = models.CharField(_("văn bản"), max_length=200)
    by_name = models.CharField(_("người thực hiện"), max_length=120)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("chấp nhận sổ")

    def __str__(self) -> str:
        return f"{self.commune_id}/{self.sequence}"


class Erasure(models.Model):
    """What was said of a household was removed everywhere, on which paper; its code stays."""

    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    household_code = models.CharField(_("mã hộ"), max_length=30)
    paper = models.CharField(_("văn bản"), max_length=200)
    by_name = models.CharField(_("người thực hiện"), max_length=120)
    at = models.DateTimeField(_("lúc"))
    counts = models.JSONField(_("đã xóa"), default=dict)  # table -> rows emptied

    class Meta:
        verbose_name = _("xóa dữ liệu cá nhân")

    def __str__(self) -> str:
        return f"{self.household_code} {self.at:%d/%m/%Y}"


ANCHORED_ACTS: dict[str, Anchor.Why] = {
    "hold_meeting": Anchor.Why.MEETING,
    "post_list": Anchor.Why.POSTED,
    "repost": Anchor.Why.POSTED,
    "close_posting": Anchor.Why.CLOSED,
    "close_reposting": Anchor.Why.CLOSED,
    "complain": Anchor.Why.COMPLAINT,
    "accept_grievance": Anchor.Why.COMPLAINT,
    "receive_request": Anchor.Why.REQUEST,
    "receive_exit_request": Anchor.Why.REQUEST,
    "receive_worker_request": Anchor.Why.REQUEST,
    "sign_report": Anchor.Why.REPORT,
    "sign_monthly_report": Anchor.Why.REPORT,
    "give_opinion": Anchor.Why.OPINION,
    "sign_decision": Anchor.Why.DECISION,
    "revoke_decision": Anchor.Why.DECISION,
    "amend_decision": Anchor.Why.DECISION,
    "correct_decision": Anchor.Why.DECISION,
    "refuse": Anchor.Why.DECISION,
}


def anchors_at(act: Act) -> Anchor.Why | None:
    """Return why the head after this act is to be anchored at once; None: with the next quarter."""
    return ANCHORED_ACTS.get(act.code)
