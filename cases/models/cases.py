"""The case: one household in one round (hồ sơ rà soát)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from cases.models.acts import Act
from cases.models.households import Household, HouseholdClass, Member
from cases.models.rounds import ReviewKind, Round, VillageReview
from cases.models.units import Level, Unit
from cases.rules.packs import PACKS

STATES = sorted({state.code for pack in PACKS.values() for state in pack.states})


class Basis(models.TextChoices):
    """Why a household is on the list (QĐ 24/2021/QĐ-TTg, Điều 4 khoản 1)."""

    LAST_YEAR = "LAST_YEAR", _("Có trong danh sách đang quản lý")
    REQUEST = "REQUEST", _("Có Giấy đề nghị (Mẫu số 01)")
    EXIT = "EXIT", _("Có Giấy đề nghị thoát nghèo, thoát cận nghèo (Mẫu số 04)")
    ARRIVAL = "ARRIVAL", _("Hộ nghèo, cận nghèo chuyển đến, tách hoặc nhập hộ")


class Departure(models.TextChoices):
    """Why a household left the list (report forms 2 and 3, column 4)."""

    DIED = "DIED", _("Hộ đơn thân chết")
    MOVED = "MOVED", _("Chuyển đi")
    SPLIT = "SPLIT", _("Tách hộ")
    MERGED = "MERGED", _("Nhập hộ")
    CHANGED = "CHANGED", _("Thay đổi nhân khẩu")


class Verdict(models.TextChoices):
    """What the superior's written opinion says of a household."""

    CONSENT = "CONSENT", _("Thống nhất")
    QUESTIONED = "QUESTIONED", _("Chưa thống nhất")


class IncomeClass(models.TextChoices):
    """What an income of twelve months is found to be (Điều 6; Decree 30/2025/NĐ-CP)."""

    AVERAGE = "AVERAGE", _("Có mức sống trung bình")
    LOW_INCOME = "LOW_INCOME", _("Có thu nhập thấp")
    NOT_MET = "NOT_MET", _("Không đủ điều kiện")


RESULT_CLASSES = [*HouseholdClass.choices, *IncomeClass.choices]


class Case(models.Model):
    """
    One household (or, `member` set, one person of it) in one round. `state` is written by workflow.machine.apply and nobody else.

    The columns below `state` hold what guards ask about, so that a guard is one WHERE clause.
    `protected=True` is not used: refresh_from_db would lift it for the whole class.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cases")
    # No index of their own: an index and a constraint below begin with them.
    village_review = models.ForeignKey(
        VillageReview, on_delete=models.PROTECT, db_index=False, related_name="cases"
    )
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cases")
    member = models.ForeignKey(
        Member, null=True, on_delete=models.PROTECT, db_index=False, related_name="cases"
    )
    code = models.CharField(_("mã hộ"), max_length=30, db_index=True)
    # Scope: where the case is, so that no list needs a join to know who may read it.
    review = models.CharField(
        _("loại rà soát"),
        max_length=10,
        choices=ReviewKind.choices,
        default=ReviewKind.PERIODIC,
    )
    year = models.PositiveSmallIntegerField(_("năm"))
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    commune = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)

    state = FSMField(_("trạng thái"), max_length=20, default="new")
    prev_state = models.CharField(max_length=20, default="new")
    version = models.PositiveIntegerField(default=0)
    # Of the commitments in its events; erased with what they commit to.
    salt = models.CharField(max_length=32, default="", editable=False)
    last_act = models.ForeignKey(
        Act,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    basis = models.CharField(_("căn cứ vào danh sách"), max_length=10, choices=Basis.choices)
    basis_paper = models.CharField(_("giấy tờ"), max_length=120, blank=True)
    opening_class = models.CharField(
        _("phân loại đầu kỳ"), max_length=10, choices=HouseholdClass.choices, blank=True
    )
    relapse = models.BooleanField(_("đã từng trong danh sách"), default=False)
    persons = models.PositiveSmallIntegerField(_("số nhân khẩu"))

    screen_passed = models.BooleanField(_("đạt Phiếu A"), null=True)
    attempt = models.PositiveSmallIntegerField(_("lần khảo sát"), default=0)
    income_score = models.PositiveSmallIntegerField(_("điểm B1"), null=True)
    deprivation_score = models.PositiveSmallIntegerField(_("điểm B2"), null=True)
    deprivations = models.CharField(_("thiếu hụt"), max_length=12, blank=True)
    result_class = models.CharField(
        _("kết quả phân loại"), max_length=10, choices=RESULT_CLASSES, blank=True
    )
    meeting_attendance = models.PositiveIntegerField(null=True)
    meeting_agree = models.PositiveIntegerField(null=True)
    agreed_class = models.CharField(max_length=10, choices=RESULT_CLASSES, blank=True)
    posted_class = models.CharField(max_length=10, choices=RESULT_CLASSES, blank=True)
    # First moment after the last day of posting: complaints until then, next step from then.
    posting_until = models.DateTimeField(_("niêm yết đến"), null=True)
    opinion = models.CharField(_("ý kiến cấp trên"), max_length=10, blank=True)
    decided_class = models.CharField(
        _("phân loại đã quyết định"), max_length=10, choices=RESULT_CLASSES, blank=True
    )
    refusal_reason = models.CharField(_("lý do không công nhận"), max_length=500, blank=True)
    departure = models.CharField(
        _("lý do ra khỏi danh sách"), max_length=10, choices=Departure.choices, blank=True
    )

    class Meta:
        verbose_name = _("hồ sơ rà soát")
        constraints = [
            models.UniqueConstraint(
                # Not of every case, so nothing finds a round's cases by it.
                fields=["round", "household"],
                condition=Q(member__isnull=True),
                name="one_case_of_a_household_a_round",
            ),
            models.UniqueConstraint(
                fields=["member", "round"],
                condition=Q(member__isnull=False),
                name="one_case_of_a_person_a_round",
            ),
            models.CheckConstraint(
                condition=Q(state__in=STATES), name="state_is_declared_by_a_pack"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["recognised", "certified", "escaped", "confirmed"])
                | ~Q(decided_class=""),
                name="decided_case_has_a_class",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | ~Q(departure=""), name="departed_case_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_reason=""),
                name="refused_case_says_why",
            ),
        ]
        indexes = [
            # The natural order of the paper: province, commune, village, household.
            models.Index(
                fields=["year", "province", "commune", "village", "id"], name="case_in_paper_order"
            ),
            models.Index(
                fields=["year", "province", "state", "commune", "village", "id"],
                name="case_by_state",
            ),
            models.Index(fields=["village_review", "state"], name="case_of_village_by_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def scope_unit_ids(self) -> dict[str, int | None]:
        return {
            Level.PROVINCE: self.province_id,
            Level.DISTRICT: self.district_id,
            Level.COMMUNE: self.commune_id,
            Level.VILLAGE: self.village_id,
        }
