"""The rounds of a commune in the walk of the doors: one decided, one of incomes, one half-way."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from cases.duties import Role
from cases.models import (
    Case,
    DeclaredInterest,
    Household,
    HouseholdClass,
    HouseholdSuccession,
    Member,
    Round,
    Standing,
    Unit,
    VillageReview,
)
from tests.conftest import NEAR_POOR, POOR, moment
from tests.doors.places import OWN, VILLAGES, said, unit, user_of
from workflow.acts import registry
from workflow.acts.reconsidering import propose_correction
from workflow.auditing.findings import find
from workflow.auditing.samples import draw, keep
from workflow.auditing.scope import audited_cases

# How many are poor in each village since last year; and how many ask: no two places alike.
POOR_IN = {"24646.001": 3, "24646.002": 5, "24652.001": 7, "24100.001": 11}
ASK_IN = {"24646.001": 2, "24646.002": 1, "24652.001": 3, "24100.001": 4}
RICH = 200
# When the pages are opened: in May 2025 a month's review is half-way, the year 2024 is decided.
VISITED = moment("2025-05-20")


class Code(str):
    """A fact that is no text of people's own."""


def move_one_from(commune: str) -> None:
    """Let a household of the own commune have come from one of another; the paper is kept by both."""
    HouseholdSuccession.objects.create(
        old=Household.objects.filter(code__startswith=f"{commune}-").latest("code"),
        new=Household.objects.get(code=f"{OWN}-00001"),
        kind=HouseholdSuccession.Kind.SPLIT,
        since=moment("2024-08-01").date(),
        paper=said(OWN, "Giấy chuyển"),
    )


class Walk:
    """Walks rounds of one commune through the acts, every text in the commune's or village's words."""

    def __init__(self, commune: str) -> None:
        self.code, self.at = commune, moment("2024-10-01")
        self.commune: Unit = unit(commune)
        self.keys = (f"{commune}-{n}" for n in range(100_000))
        self.round: Round

    def everything(self) -> None:
        """Enter the households, then walk the year 2024, two months and the half of a third."""
        for village in VILLAGES[self.code]:
            self._households(village, POOR_IN[village], HouseholdClass.POOR)
            self._households(village, ASK_IN[village] + 3)
            self._interest(village)
        self.incomes()
        self.year()
        self.half_a_month()
        self.audited()

    def do(self, role: Role, place: str, act: str, target: Any, /, **facts: Any) -> Any:
        told = {name: self._worded(place, value) for name, value in facts.items()}
        by = user_of(role, place)
        return registry.do(act, target, told, by=by, at=self.at, key=next(self.keys))

    def _worded(self, place: str, value: Any) -> Any:
        """Let each text that people write carry the word of the place; codes stay codes."""
        written = isinstance(value, str) and value and not isinstance(value, Code)
        return said(place, value) if written else value

    def year(self) -> None:
        """Walk the year's review to certificates, refusals, a grievance and a correction."""
        self.at = moment("2024-10-01")
        self.round = self._chair("open_round", self.commune, year=2024, plan_paper="12/KH-UBND",
            committee_paper="34/QĐ-UBND")  # fmt: skip
        for village in VILLAGES[self.code]:
            for asking in self._new(village)[: ASK_IN[village]]:
                self._officer("receive_request", self.round, household=Code(asking.code),
                    form_number="15/GĐN")  # fmt: skip
        self._committee("build_list", self.round)
        for review in self._reviews():
            self._survey(review)
            self._post(review)
        self.at += timedelta(days=1)
        for review in self._reviews():
            self._complaint(review)
        self.at += timedelta(days=10)
        for review in self._reviews():
            self._in(review, Role.VILLAGE_HEAD, "close_posting", review)
            for case in review.cases.filter(state="reposted"):
                self._in(review, Role.VILLAGE_HEAD, "close_reposting", case)
        self._chair("sign_report", self.round, number="05/BC")
        self._superior("give_opinion", self.round, number="77/UBND")
        self._chair("sign_decision", self.round, number="90/QĐ")
        self._chair("issue_certificates", self.round)
        self._chair("refuse", self.round, number="91/UBND", reason="Vượt chuẩn")
        self._after()

    def incomes(self) -> None:
        """Walk the month of May 2024 of the average living standard to its answers."""
        self.at = moment("2024-05-06")
        self.round = self._chair("open_round", self.commune, year=2024, month=5,
            kind=Code("AVERAGE"), plan_paper="", committee_paper="")  # fmt: skip
        for village in VILLAGES[self.code]:
            asking = self._new(village)[-1]
            self._officer("receive_request", self.round, household=Code(asking.code),
                form_number="16/GĐN", livelihood=Code("FISHERY"))  # fmt: skip
        self.at = moment("2024-05-16")
        self._committee("build_list", self.round)
        for case in self._cases():
            self._in(case.village_review, Role.REVIEWER, "determine_income", case,
                determined_on=self.at.date(), reviewer_name="Lan", persons=4,
                year_income=96_000_000)  # fmt: skip
        for review in self._reviews():
            self._in(review, Role.VILLAGE_HEAD, "post_list", review, village_place="Nhà văn hóa",
                commune_place="Trụ sở")  # fmt: skip

    def half_a_month(self) -> None:
        """Walk the month of May 2025 until some are classified and some asked too late."""
        self.at = moment("2025-05-06")
        self.round = self._chair("open_round", self.commune, year=2025, month=5,
            kind=Code("AD_HOC"), plan_paper="", committee_paper="")  # fmt: skip
        for village in VILLAGES[self.code]:
            for asking in self._new(village)[-2:]:
                self._officer("receive_request", self.round, household=Code(asking.code),
                    form_number="17/GĐN")  # fmt: skip
        self.at = moment("2025-05-16")
        self._committee("build_list", self.round)
        for review in self._reviews():
            self._survey(review)

    def audited(self) -> None:
        """Draw a sample of the year, and ask something of each village."""
        auditor, year = user_of(Role.AUDITOR, self.code), 2024
        asked: dict[str, Any] = {"unit": self.commune, "year": year, "review": "", "size": 50}
        drawing = draw(audited_cases(auditor), seed=said(self.code, "xổ số"), kind="RANDOM",
            until=VISITED, **asked)  # fmt: skip
        keep(drawing, kind="RANDOM", by=auditor, at=VISITED, **asked)
        for review in self._reviews():
            find(round=self.round, village_review=review, source="HAND", by=auditor, at=VISITED,
                text=said(review.village.code, "Vì sao?"))  # fmt: skip

    def _households(self, village: str, how_many: int, standing: str = "") -> None:
        first = Household.objects.filter(code__startswith=f"{self.code}-").count() + 1
        for number in range(first, first + how_many):
            code = f"{self.code}-{number:05d}"
            household = Household(code=code, village=unit(village), persons=2,
                ethnicity=said(village, "Kinh"))  # fmt: skip
            household.name_head(said(village, f"Trần Văn Hộ {number}"))
            household.save()
            for position, relation in enumerate(("Chủ hộ", "Con"), start=1):
                Member.objects.create(household=household, position=position,
                    full_name=said(village, relation), relation=said(village, relation),
                    ethnicity=said(village, "Kinh"),
                    personal_number=f"0{code.replace('-', '')}{position}")  # fmt: skip
            if standing:
                Standing.objects.create(household=household, year=2023, household_class=standing,
                    source=said(village, "Quyết định"))  # fmt: skip

    def _interest(self, village: str) -> None:
        """Let the officer be close to the last household that asks for nothing in the end."""
        officer = user_of(Role.COMMUNE_OFFICER, self.code)
        home = Household.objects.filter(village__code=village).latest("code")
        DeclaredInterest.objects.create(user=officer, household=home, relation="RELATIVE",
            declared_on=moment("2024-09-01").date(), declared_by=officer)  # fmt: skip

    def _survey(self, review: VillageReview) -> None:
        """Screen who asked, survey, classify: the first asked and is rich."""
        cases = self._cases(review)
        for number, case in enumerate(cases):
            if case.basis == "REQUEST" and not self.round.month:
                self._in(review, Role.REVIEWER, "screen", case, screened_on=self.at.date(),
                    reviewer_name="Lan", passed=True)  # fmt: skip
                case.refresh_from_db()
            score, lacks = (100 if number else RICH), POOR if number % 2 else NEAR_POOR
            self._in(review, Role.REVIEWER, "survey", case, surveyed_on=self.at.date(),
                reviewer_name="Lan", income_score=score, deprived=list(lacks))  # fmt: skip
        self._committee("classify", review)

    def _post(self, review: VillageReview) -> None:
        place = review.village.code
        self._in(review, Role.MEETING_SECRETARY, "hold_meeting", review,
            held_on=self.at.date(), place="Nhà văn hóa", secretary_name="Thu", attendance=40,
            chair=user_of(Role.VILLAGE_HEAD, place), committee_present=2, reviewers_present=1,
            households_present=30, front_invited=True, minutes_number="01/BB",
            minutes_signed=True, agree=40)  # fmt: skip
        self._in(review, Role.VILLAGE_HEAD, "post_list", review, village_place="Nhà văn hóa",
            commune_place="Trụ sở")  # fmt: skip

    def _complaint(self, review: VillageReview) -> None:
        case = self._cases(review, state="posted")[-1]
        place = review.village.code
        self.do(Role.COMMUNE_OFFICER, self.code, "complain", case,
            complainant=Code(said(place, 'Bà Khiếu')),
            content=Code(said(place, 'Nhà ấy có xe')))  # fmt: skip
        case.refresh_from_db()
        self._committee("reverify", case, surveyed_on=self.at.date(), reviewer_name="Hoa",
            income_score=100, deprived=list(POOR), outcome="Giữ nguyên")  # fmt: skip
        case.refresh_from_db()
        self._in(review, Role.VILLAGE_HEAD, "repost", case, village_place="Nhà văn hóa",
            commune_place="Trụ sở")  # fmt: skip

    def _after(self) -> None:
        """Correct one decision of each village, and take a grievance against another."""
        self.at += timedelta(days=2)
        for review in self._reviews():
            decided = self._cases(review, state="certified")
            propose_correction(
                case=decided[0],
                reason=said(self.code, "Sai tên đệm"),
                by=user_of(Role.COMMUNE_OFFICER, self.code),
                at=self.at,
            )
            self._chair("correct_decision", decided[0], number="92/QĐ", reason="Sai tên đệm")
            self._officer("accept_grievance", decided[1], complainant="Ông Kêu",
                content="Bỏ sót thu nhập")  # fmt: skip

    def _chair(self, act: str, target: Any, /, **facts: Any) -> Any:
        return self.do(Role.COMMUNE_CHAIR, self.code, act, target, **facts)

    def _officer(self, act: str, target: Any, /, **facts: Any) -> Any:
        return self.do(Role.COMMUNE_OFFICER, self.code, act, target, **facts)

    def _committee(self, act: str, target: Any, /, **facts: Any) -> Any:
        return self.do(Role.COMMUNE_COMMITTEE, self.code, act, target, **facts)

    def _superior(self, act: str, target: Any, /, **facts: Any) -> Any:
        district = self.round.superior.code
        return self.do(Role.SUPERIOR_CHAIR, district, act, target, **facts)

    def _in(self, review: VillageReview, role: Role, act: str, target: Any, /, **facts: Any) -> Any:
        return self.do(role, review.village.code, act, target, **facts)

    def _reviews(self) -> Iterable[VillageReview]:
        reviews = self.round.village_reviews.select_related("village", "round")
        return list(reviews.order_by("pk"))

    def _cases(self, review: VillageReview | None = None, **filters: Any) -> list[Case]:
        if review is not None:
            filters["village_review"] = review
        cases = self.round.cases.filter(**filters).select_related("village_review__village")
        return list(cases.order_by("pk"))

    def _new(self, village: str) -> list[Household]:
        """Return the households of a village that were on no list."""
        homes = Household.objects.filter(village__code=village, standings=None)
        return list(homes.order_by("code"))
