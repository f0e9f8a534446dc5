"""The reviews of a month and the roads after a decision, by hand, in Đắk DRông and Ea Pô."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from cases.models import Case, MonthlyReport, Posting, Round, Standing, Unit
from tests.browser.visitor import Visitor
from workflow import clock

COMMUNE = "24652"
MONTH = f"2025tx01-{COMMUNE}"
POSTED = "2024-24646"

Visit = Callable[..., Visitor]


def on(day: str, hour: int = 8) -> None:
    """Put the demonstration's clock to an hour of a day."""
    morning = datetime.fromisoformat(day).replace(hour=hour)
    clock.set_demo_clock(timezone.make_aware(morning))


def village_with_poor() -> Unit:
    poor = Standing.objects.filter(
        year=2024, household_class="POOR", household__village__code__startswith=f"{COMMUNE}."
    )
    return poor.order_by("household__village__code").first().household.village  # type: ignore[union-attr]


class Month:
    """January 2025 in one village: one household asks to leave, two ask to enter."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.number = visit, 0
        self.village = village_with_poor()
        poor = Standing.objects.filter(
            year=2024, household_class="POOR", household__village=self.village
        )
        self.poor = poor.order_by("household__code").first().household  # type: ignore[union-attr]
        on("2025-01-06")
        self.chair = visit(f"chutich.{COMMUNE}")
        self.officer = visit(f"canbo.{COMMUNE}")
        self.committee = visit(f"bcd.{COMMUNE}")
        self.head = visit(f"truongthon.{self.village.code}")
        self.reviewer = visit(f"rsv.{self.village.code}")

    def look(self, person: Visitor, name: str) -> None:
        self.number += 1
        person.look(f"month-{self.number:02d}-{name}")

    def open(self) -> None:
        chair = self.chair
        chair.press('header a[href="/dot/"]')
        chair.press('a[href="/mo-dot/"]')
        chair.fill(kind=["AD_HOC"], month="01/2025")
        self.look(chair, "open")
        chair.send()
        assert chair.page.url.endswith(f"/dot/{MONTH}/")
        self.look(chair, "board-open")
        chair.press('header a[href="/dot/"]')
        chair.fill(kind="Rà soát thường xuyên")
        chair.press("form.filter button[type=submit]")
        self.look(chair, "rounds-filtered")

    def receive(self) -> None:
        officer = self.officer
        for form, name in ((1, "Lò Thị Mới"), (2, "Triệu Văn Đủ")):
            officer.open(f"/dot/{MONTH}/")
            officer.go_to("receive_request")
            officer.fill(
                form_number=f"0{form} ngày 06/01/2025",
                which=["new"],
                head_name=name,
                village=str(self.village_name()),
                persons=3,
            )
            if form == 1:
                self.look(officer, "form-01")
            officer.send()
        officer.open(f"/dot/{MONTH}/")
        officer.go_to("receive_exit_request")
        officer.fill(form_number="03 ngày 07/01/2025", household=self.poor.head_name)
        self.look(officer, "form-04")
        officer.fill(household=self.poor.code)
        officer.send()
        self.look(officer, "form-04-check-answers")
        officer.agree()
        assert self.states() == ["requested"] * 3

    def village_name(self) -> str:
        return Round.objects.get(year=2025).village_reviews.get(village=self.village).village_name

    def start(self) -> None:
        committee = self.committee
        committee.open(f"/dot/{MONTH}/viec/build_list/")
        self.look(committee, "not-before-the-15th")
        assert committee.codes() == ["started"]
        on("2025-01-15")
        committee.open(f"/dot/{MONTH}/viec/build_list/")
        self.look(committee, "start")
        committee.send()
        self.look(committee, "board-started")

    def survey(self) -> None:
        found = {"Lò Thị Mới": (120, [1, 2, 3, 4]), "Triệu Văn Đủ": (190, [1])}
        for case in self.cases():
            points, lacking = found.get(case.household.head_name, (200, []))
            self.reviewer.open(f"/dot/{MONTH}/ho/{case.code}/viec/survey/")
            self.reviewer.fill(income_score=points, deprived=lacking)
            self.reviewer.send()
        assert self.states() == ["surveyed"] * 3
        self.committee.open(f"/dot/{MONTH}/thon/{self.village.code}/viec/classify/")
        self.committee.send()

    def meet_and_post(self) -> None:
        on("2025-01-16")
        head = self.head
        head.open(f"/dot/{MONTH}/thon/{self.village.code}/viec/hold_meeting/")
        head.fill(
            attendance=40,
            committee_present=1,
            reviewers_present=1,
            households_present=30,
            front_invited=True,
            minutes_number="01/BB",
            minutes_signed=True,
            agree_all=38,
        )
        head.send()
        self.look(head, "meeting-check-answers")
        head.agree()
        head.open(f"/dot/{MONTH}/thon/{self.village.code}/viec/post_list/")
        head.send()
        head.agree()
        self.look(head, "village-posted")
        on("2025-01-22")
        head.open(f"/dot/{MONTH}/thon/{self.village.code}/viec/close_posting/")
        head.send()
        assert self.states() == ["cleared"] * 3

    def decide(self) -> None:
        chair = self.chair
        chair.open(f"/dot/{MONTH}/viec/sign_decision/")
        self.look(chair, "decision")
        chair.fill(number="03/QĐ-UBND")
        chair.send()
        self.look(chair, "decision-check-answers")
        chair.agree()
        assert self.states() == ["escaped", "recognised", "unqualified"]
        chair.open(f"/dot/{MONTH}/viec/issue_certificates/")
        chair.send()
        chair.open(f"/dot/{MONTH}/viec/refuse/")
        chair.fill(number="04/UBND", reason_all="Hộ không thuộc diện hộ nghèo, hộ cận nghèo.")
        self.look(chair, "refusal")
        chair.send()
        chair.agree()
        assert self.states() == ["certified", "escaped", "refused"]

    def report(self) -> None:
        on("2025-02-04")
        chair = self.chair
        chair.open(f"/dot/{MONTH}/")
        chair.go_to("sign_monthly_report")
        chair.fill(number="12/BC-UBND")
        self.look(chair, "monthly-report")
        chair.send()
        self.look(chair, "monthly-report-check-answers")
        chair.agree()
        self.look(chair, "board-reported")
        report = MonthlyReport.objects.get()
        assert (report.entered_poor, report.left_poor, report.refused) == (1, 1, 1)
        (refused,) = self.cases(state="refused")
        self.officer.open(f"/dot/{MONTH}/ho/{refused.code}/")
        self.look(self.officer, "case-refused")

    def cases(self, **columns: str) -> list[Case]:
        rows = Case.objects.filter(round__year=2025, **columns).select_related("household")
        return list(rows.order_by("code"))

    def states(self) -> list[str]:
        return sorted(case.state for case in self.cases())


@pytest.mark.slow
def test_a_month_walks_from_its_register_to_its_report(visit: Visit) -> None:
    month = Month(visit)
    month.open()
    month.receive()
    month.start()
    month.survey()
    month.meet_and_post()
    month.decide()
    month.report()


def test_an_interrupted_posting_starts_its_days_anew(visit: Visit) -> None:
    posting = Posting.objects.filter(
        village_review__round__commune__code="24646", closed_at=None
    ).first()
    assert posting is not None
    village = posting.village_review.village.code
    head = visit(f"truongthon.{village}")
    head.open(f"/dot/{POSTED}/thon/{village}/")
    head.look("interruption-01-village")
    head.go_to("interrupt_posting")
    head.fill(reason="Mưa bão làm rách bảng niêm yết ở nhà văn hóa")
    head.look("interruption-02-form")
    head.send()
    head.look("interruption-03-check-answers")
    head.agree()
    head.go_to("post_list")
    head.send()
    head.agree()
    head.look("interruption-04-village-posted-anew")
    assert Posting.objects.filter(village_review=posting.village_review).count() == 2


def test_a_grievance_and_a_revocation_after_the_decision(visit: Visit) -> None:
    first, second = Case.objects.filter(state="certified").order_by("code")[:2]
    officer, chair = visit(f"canbo.{COMMUNE}"), visit(f"chutich.{COMMUNE}")
    officer.open(f"/dot/{first.round.key}/ho/{first.code}/")
    officer.look("grievance-01-case-certified")
    officer.go_to("accept_grievance")
    officer.fill(complainant="Ông Nguyễn Văn Tám, thôn 3", content="Hộ có hai xe máy, nhà mới xây.")
    officer.look("grievance-02-form")
    officer.send()
    officer.look("grievance-03-check-answers")
    officer.agree()
    officer.look("grievance-04-case-reopened")

    chair.open(f"/dot/{second.round.key}/ho/{second.code}/")
    chair.go_to("revoke_decision")
    chair.fill(number="95/QĐ-UBND", reason="Hộ khai không đúng nơi ở.")
    chair.look("revocation-01-form")
    chair.send()
    chair.look("revocation-02-check-answers")
    chair.agree()
    chair.look("revocation-03-case")
    assert set(
        Case.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)
    ) == {"reopened"}


def test_the_pages_that_are_seldom_needed(visit: Visit) -> None:
    officer, chair = visit(f"canbo.{COMMUNE}"), visit("chutich.24646")
    officer.open("/ly-do-tu-choi/?words=niem+yet")
    officer.look("page-refusals")
    officer.open("/nguoi-lien-quan/")
    officer.fill(household="khong-co")
    officer.send(status=422)
    officer.look("page-interests")
    chair.open(f"/dot/{POSTED}/viec/carry_over/")
    chair.page.locator('input[name="to"]').first.check()
    chair.fill(paper="12/UBND ngày 25/10/2024")
    chair.look("carry-over-01-form")
    chair.send()
    chair.look("carry-over-02-dry-run")
    arrival = f"/dot/{POSTED}/viec/record_arrival/"
    visitor = visit("canbo.24646")
    visitor.open(arrival)
    visitor.look("arrival-form")


def test_an_income_is_judged_in_words_before_it_is_recorded(visit: Visit) -> None:
    on("2025-01-06")
    key = f"2025mstb01-{COMMUNE}"
    chair, officer = visit(f"chutich.{COMMUNE}"), visit(f"canbo.{COMMUNE}")
    chair.open("/mo-dot/")
    chair.fill(kind=["AVERAGE"], month="01/2025")
    chair.send()
    village = Round.objects.get(year=2025).village_reviews.order_by("village__code").first()
    assert village is not None
    officer.open(f"/dot/{key}/viec/receive_request/")
    officer.fill(
        form_number="01 ngày 06/01/2025",
        livelihood="Lâm nghiệp",
        which=["new"],
        head_name="Hà Văn Rừng",
        village=village.village_name,
        persons=4,
    )
    officer.look("income-01-request")
    officer.send()
    on("2025-01-15")
    committee = visit(f"bcd.{COMMUNE}")
    committee.open(f"/dot/{key}/viec/build_list/")
    committee.send()
    (case,) = Case.objects.filter(round__year=2025)
    officer.open(f"/dot/{key}/ho/{case.code}/viec/determine_income/")
    officer.fill(persons=4, year_income="96.000.000", state_transfers="6.000.000")
    officer.look("income-02-form")
    officer.send()
    officer.look("income-03-check-answers")
    officer.agree()
    officer.look("income-04-case")
