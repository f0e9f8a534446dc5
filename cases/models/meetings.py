"""The village meeting and its tally (họp dân; biên bản theo Phụ lục V TT 07/2021)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.acts import Act
from cases.models.cases import Case
from cases.models.rounds import VillageReview


class Meeting(models.Model):
    """One meeting of one village: who came, who chaired, which minutes."""

    village_review = models.ForeignKey(
        VillageReview, on_delete=models.PROTECT, related_name="meetings"
    )
    number = models.PositiveSmallIntegerField(_("lần họp"))
    held_on = models.DateField(_("ngày họp"))
    place = models.CharField(_("địa điểm"), max_length=200)
    chair_name = models.CharField(_("chủ trì"), max_length=120)
    secretary_name = models.CharField(_("thư ký"), max_length=120)
    # Everybody in the room: what half is counted of.
    attendance = models.PositiveIntegerField(_("số người dự họp"))
    committee_present = models.PositiveSmallIntegerField(_("Ban Chỉ đạo cấp xã"))
    organisations_present = models.PositiveSmallIntegerField(_("Chi bộ, đoàn thể"), default=0)
    reviewers_present = models.PositiveSmallIntegerField(_("rà soát viên"))
    households_present = models.PositiveSmallIntegerField(_("đại diện hộ dân"))
    front_invited = models.BooleanField(_("đã mời Mặt trận Tổ quốc cấp xã"))
    minutes_number = models.CharField(_("số biên bản"), max_length=60)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("cuộc họp dân")
        constraints = [
            models.UniqueConstraint(
                fields=["village_review", "number"], name="meetings_are_numbered_once"
            ),
            models.CheckConstraint(condition=Q(attendance__gte=1), name="somebody_attended"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.held_on:%d/%m/%Y})"


class Tally(models.Model):
    """How those attending a meeting voted on one household."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="tallies")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tallies")
    household_class = models.CharField(_("kết quả đưa ra họp"), max_length=10)
    agree = models.PositiveIntegerField(_("đồng ý"))
    disagree = models.PositiveIntegerField(_("không đồng ý"), default=0)
    no_opinion = models.PositiveIntegerField(_("không ý kiến"), default=0)
    attendance = models.PositiveIntegerField(_("số người dự họp"))

    class Meta:
        verbose_name = _("biểu quyết")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "case"], name="one_tally_of_a_case_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(attendance__gte=F("agree") + F("disagree") + F("no_opinion")),
                name="votes_do_not_exceed_attendance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agree}/{self.attendance}"
