"""A month's review of Tân Lập, walked step by step through the registry of acts."""

from datetime import timedelta
from typing import Any

from cases.models import Case, Household, Round, Unit, User, VillageReview
from cases.rules.packs import Review
from tests.conftest import POOR, moment
from workflow.acts import registry
from workflow.machine.apply import Done

NOT_POOR = (False,) * 12


class Month:
    """The round of May 2024; `at` is the moment of the next act."""

    def __init__(
        self, cast: dict[str, User], commune: Unit, kind: Review = Review.AD_HOC, month: int = 5
    ) -> None:
        self.cast, self.commune, self.kind, self.month = cast, commune, kind, month
        self.at = moment(f"2024-{month:02d}-06")
        self.keys = iter(f"{kind}-{month}-{n}" for n in range(1_000_000))
        self.round: Round

    def on(self, day: str, hour: int = 9) -> "Month":
        self.at = moment(day, hour)
        return self

    def pass_days(self, days: int) -> "Month":
        self.at += timedelta(days=days)
        return self

    def do(self, who: str, code: str, target: Any, **facts: Any) -> Any:
        return registry.do(code, target, facts, by=self.cast[who], at=self.at, key=next(self.keys))

    def open(self, **facts: Any) -> "Month":
        told = {"year": self.at.year, "kind": self.kind.value, "month": self.month} | facts
        self.round = self.do("binh", "open_round", self.commune, **told)
        return self

    def ask(self, household: Household, form: str = "15/GĐN", **facts: Any) -> Case:
        self.do(
            "minh",
            "receive_request",
            self.round,
            household=household.code,
            form_number=form,
            **({"livelihood": "FISHERY"} if self.kind == Review.AVERAGE_LIVING else {}),
            **facts,
        )
        return self.round.cases.get(household=household)

    def ask_to_leave(self, household: Household, form: str = "16/GĐN") -> Case:
        self.do(
            "minh",
            "receive_exit_request",
            self.round,
            household=household.code,
            form_number=form,
        )
        return self.round.cases.get(household=household)

    def ask_as_worker(self, household: Household, position: int = 1) -> Case:
        self.do(
            "minh",
            "receive_worker_request",
            self.round,
            household=household.code,
            position=position,
            form_number="17/GĐN",
        )
        return self.round.cases.get(household=household, member__position=position)

    def start(self) -> "Month":
        self.do("hoa", "build_list", self.round)
        return self

    def survey(self, case: Case, score: int = 100, deprived: tuple[bool, ...] = POOR) -> Done:
        done: Done = self.do(
            "lan",
            "survey",
            fresh(case),
            surveyed_on=self.at.date(),
            income_score=score,
            deprived=list(deprived),
        )
        return done

    def earn(self, case: Case, income: int, code: str = "determine_income", **facts: Any) -> None:
        self.do(
            "lan" if code == "determine_income" else "hoa",
            code,
            fresh(case),
            **{"determined_on": self.at.date(), "persons": 4, "year_income": income} | facts,
        )

    @property
    def review(self) -> VillageReview:
        return self.round.village_reviews.get(village__code="24646.001")

    def meet(self, agree: int = 40, **tallies: Any) -> "Month":
        self.do("hoa", "classify", self.review)
        self.do(
            "thu",
            "hold_meeting",
            self.review,
            held_on=self.at.date(),
            chair=self.cast["hung"],
            attendance=40,
            committee_present=1,
            reviewers_present=1,
            households_present=30,
            front_invited=True,
            minutes_number="01/BB",
            minutes_signed=True,
            agree=agree,
            tallies=tallies,
        )
        return self

    def post(self) -> "Month":
        places = {"village_place": "Nhà văn hóa", "commune_place": "Trụ sở UBND xã"}
        self.do("hung", "post_list", self.review, **places)
        return self

    def close(self) -> "Month":
        self.do("hung", "close_posting", self.review)
        return self

    def decide(self, **facts: Any) -> "Month":
        self.do("binh", "sign_decision", self.round, number="90/QĐ-UBND", **facts)
        return self

    def answer(self) -> "Month":
        """Sign what is left: certificates of the recognised, letters to the others."""
        if self.round.cases.filter(state="recognised").exists():
            self.do("binh", "issue_certificates", self.round)
        if self.round.cases.filter(state="unqualified").exists():
            self.do("binh", "refuse", self.round, number="91/UBND", reason="Không đủ điều kiện")
        return self

    def states(self) -> dict[str, str]:
        return dict(self.round.cases.order_by("code").values_list("code", "state"))


def fresh(case: Case) -> Case:
    return Case.objects.select_related("round", "village_review").get(pk=case.pk)
