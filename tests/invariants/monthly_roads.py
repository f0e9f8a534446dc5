"""A month of each review that has months: who enters, who leaves, who is refused, who is heard again."""

from collections.abc import Callable

from cases.models import Case, Household, Standing, Unit, User
from cases.rules.packs import Review
from tests.conftest import POOR
from tests.months import NOT_POOR, Month

ENTERS, ESCAPES, STAYS, UNQUALIFIED, WORSE, TAKES_BACK = (f"24646-{n:05d}" for n in range(6, 12))
MakeHouseholds = Callable[..., list[Household]]


def walk_ad_hoc_month(cast: dict[str, User], commune: Unit, make: MakeHouseholds) -> Month:
    """Walk May 2024: two enter, two ask to leave, one does not qualify, one takes its request back."""
    village = Unit.objects.get(code="24646.001")
    make(village, 6, standing="")
    Standing.objects.bulk_create(
        Standing(household=Household.objects.get(code=code), year=2023, household_class=cls)
        for code, cls in ((ESCAPES, "POOR"), (STAYS, "NEAR_POOR"), (WORSE, "NEAR_POOR"))
    )
    month = Month(cast, commune).open()
    asking = {
        code: month.ask(_household(code)) for code in (ENTERS, UNQUALIFIED, WORSE, TAKES_BACK)
    }
    asking |= {code: month.ask_to_leave(_household(code)) for code in (ESCAPES, STAYS)}
    month.on("2024-05-15").start()
    month.do("minh", "withdraw", asking.pop(TAKES_BACK), paper="Đơn ngày 15/5/2024")
    near_poor = (True, False) + (False,) * 10
    for code, case in asking.items():
        if code in (ESCAPES, UNQUALIFIED):
            month.survey(case, score=300, deprived=NOT_POOR)
        else:
            month.survey(case, deprived=near_poor if code == STAYS else POOR)
    month.meet().post()
    month.on("2024-05-24").close()
    month.on("2024-05-28").decide().answer()
    month.on("2024-06-04").do("binh", "sign_monthly_report", month.round, number="06/BC-UBND")
    return month


def walk_average_month(cast: dict[str, User], commune: Unit, make: MakeHouseholds) -> Month:
    """Walk May 2024: one is granted, one contested and granted, one earns too much."""
    make(Unit.objects.get(code="24646.001"), 3, standing="")
    month = Month(cast, commune, Review.AVERAGE_LIVING).open()
    granted, contested, rich = (month.ask(_household(code)) for code in (ENTERS, ESCAPES, STAYS))
    month.on("2024-05-15").start()
    month.earn(granted, 4 * 12 * 2_000_000, state_transfers=0)
    month.earn(contested, 4 * 12 * 2_000_000)
    month.earn(rich, 4 * 12 * 3_000_000)
    month.do("hung", "post_list", month.review, commune_place="Trụ sở UBND xã")
    month.on("2024-05-17")
    month.do("minh", "complain", _fresh(month, contested.code), complainant="Hai", content="Có xe")
    month.earn(contested, 4 * 12 * 2_100_000, "redetermine_income", reviewer_name="Đỗ Thị Hoa")
    month.on("2024-05-23").close().decide()
    return month.answer()


def walk_low_income_month(cast: dict[str, User], commune: Unit, make: MakeHouseholds) -> Month:
    """Walk May 2025: one worker is granted, another earns too much and complains in vain."""
    make(Unit.objects.get(code="24646.001"), 2, standing="")
    month = Month(cast, commune, Review.LOW_INCOME)
    month.on("2025-05-06").open()
    granted, rich = (month.ask_as_worker(_household(code)) for code in (ENTERS, ESCAPES))
    month.on("2025-05-15").start()
    month.earn(granted, 12 * 2_250_000, persons=1)
    month.earn(rich, 12 * 2_250_001, persons=1)
    month.on("2025-05-20").decide().answer()
    month.on("2025-06-02")
    words = {"complainant": "Người lao động", "content": "Tính sai"}
    month.do("minh", "accept_grievance", _fresh(month, rich.code), **words)
    month.earn(rich, 12 * 2_250_001, "redetermine_income", persons=1, reviewer_name="Đỗ Thị Hoa")
    month.do("binh", "amend_decision", _fresh(month, rich.code), number="95/QĐ", reason="Đúng")
    return month.answer()


def _household(code: str) -> Household:
    return Household.objects.get(code=code)


def _fresh(month: Month, code: str) -> Case:
    return month.round.cases.select_related("round", "village_review").get(code=code)
