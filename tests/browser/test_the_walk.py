"""Tổ dân phố 2 of Ea T'Ling, by hand: each person clicks through what the procedure asks of them."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from cases.models import Act, Case, CertificateRow, Decision, RefusalLetter
from tests.browser.visitor import PHONE, Visitor

EXPECTED = Path("tests/data/cu-jut-2024/expected-form2-poor-households.csv")
COMMUNE, VILLAGE, ROUND = "24640", "24640.002", "2024-24640"
# The published forms of the two households that wait for their survey: B1, and what they lack.
FORMS = {"24640-00148": (135, [1, 9, 10, 12]), "24640-00160": (150, [10])}
CONTESTED = "24640-00148"


class Walk:
    """The people of the village and above, each at a browser of their own."""

    def __init__(self, visit: Callable[..., Visitor]) -> None:
        self.visit = visit
        self.number = 0

    def look(self, person: Visitor, name: str) -> None:
        self.number += 1
        person.look(f"walk-{self.number:02d}-{name}")

    def meet_the_people(self) -> None:
        self.head = self.visit(f"truongthon.{VILLAGE}")
        self.secretary = self.visit(f"thuky.{VILLAGE}")
        self.officer = self.visit(f"canbo.{COMMUNE}")
        self.committee = self.visit(f"bcd.{COMMUNE}")
        self.chair = self.visit(f"chutich.{COMMUNE}")

    def survey_on_a_phone(self) -> None:
        reviewer = self.visit(size=PHONE)
        reviewer.open("/")
        self.look(reviewer, "sign-in")
        reviewer.page.locator(f'[data-username="rsv.{VILLAGE}"]').click()
        reviewer.send()
        self.look(reviewer, "inbox-reviewer")
        for code in FORMS:
            reviewer.open("/")
            reviewer.press(f'main .tasks a[href*="/thon/{VILLAGE}/"]')
            if code == CONTESTED:
                self.look(reviewer, "village-to-survey")
            reviewer.press(f'main a[href$="/ho/{code}/"]')
            if code == CONTESTED:
                self.look(reviewer, "case-listed")
            self._fill_survey(reviewer, code)
        assert states() == {"surveyed"}

    def _fill_survey(self, reviewer: Visitor, code: str) -> None:
        reviewer.go_to("survey")
        if code == CONTESTED:
            self.look(reviewer, "survey-form")
        else:
            reviewer.send()
            assert reviewer.page.locator(".error-summary a").count() == 1
            self.look(reviewer, "survey-form-errors")
        points, lacking = FORMS[code]
        reviewer.fill(income_score=points, deprived=lacking)
        assert reviewer.text("#b2-sum") == str(10 * len(lacking))
        if code == CONTESTED:
            self.look(reviewer, "survey-form-filled")
        reviewer.send()

    def classify(self) -> None:
        self.committee.open("/")
        self.look(self.committee, "inbox-committee")
        self.committee.go_to("classify", VILLAGE)
        self.look(self.committee, "classify")
        self.committee.send()
        self.look(self.committee, "village-classified")
        assert states() == {"classified"}

    def record_the_meeting(self) -> None:
        secretary = self.secretary
        secretary.open("/")
        self.look(secretary, "inbox-secretary")
        secretary.go_to("hold_meeting")
        self.look(secretary, "meeting-form")
        secretary.fill(
            place="Nhà văn hóa Tổ dân phố 2",
            chair="Trưởng thôn Tổ dân phố 2",
            secretary_name="Thư ký Tổ dân phố 2",
            attendance=42,
            committee_present=2,
            reviewers_present=1,
            households_present=30,
            organisations_present=4,
            front_invited=True,
            minutes_number="03/BB",
            minutes_signed=True,
            agree_all=38,
        )
        secretary.send()
        self.look(secretary, "meeting-check-answers")
        assert states() == {"classified"}, "the second look must not record anything"
        secretary.press("button[name=step][value=edit]")
        self.look(secretary, "meeting-form-changed")
        secretary.fill(**{f"agree-{CONTESTED}": 40})
        secretary.send()
        secretary.agree()
        self.look(secretary, "village-agreed")
        assert states() == {"agreed"}
        assert case(CONTESTED).meeting_agree == 40

    def post(self) -> None:
        head = self.head
        head.open("/")
        self.look(head, "inbox-head")
        head.go_to("post_list")
        self.look(head, "posting-form")
        head.fill(village_place="Nhà văn hóa Tổ dân phố 2", commune_place="Trụ sở UBND thị trấn")
        head.send()
        self.look(head, "posting-check-answers")
        head.agree()
        self.look(head, "village-posted")
        assert states() == {"posted"}
        head.press('main a[href$="/niem-yet/"]')
        for code in FORMS:
            assert code in head.text()
        self.look(head, "posting-sheet")

    def complain(self) -> None:
        officer = self.officer
        officer.open("/")
        self.look(officer, "inbox-officer")
        officer.press('header a[href="/dot/"]')
        self.look(officer, "rounds")
        officer.press(f'main a[href="/dot/{ROUND}/"]')
        self.look(officer, "board")
        officer.press(f'main a[href$="/thon/{VILLAGE}/"]')
        officer.press(f'main a[href$="/ho/{CONTESTED}/"]')
        officer.go_to("complain")
        self.look(officer, "complaint-form")
        officer.fill(complainant="Ông Trần Văn Bảy", content="Hộ có người đi làm xa gửi tiền về.")
        officer.send()
        self.look(officer, "case-contested")
        assert case(CONTESTED).state == "contested"

    def sign_too_early(self) -> None:
        for act in ("sign_report", "sign_decision"):
            self.chair.open(f"/dot/{ROUND}/viec/{act}/")
            assert self.chair.codes()
            self.look(self.chair, f"{act}-not-yet")

    def look_at_it_again(self) -> None:
        self.committee.open("/")
        self.committee.go_to("reverify", CONTESTED)
        self.look(self.committee, "reverify-form")
        points, lacking = FORMS[CONTESTED]
        self.committee.fill(
            income_score=points, deprived=lacking, outcome="Giữ nguyên: tiền gửi không thường xuyên"
        )
        self.committee.send()
        self.head.open("/")
        self.head.go_to("repost", CONTESTED)
        self.look(self.head, "repost-form")
        self.head.fill(
            village_place="Nhà văn hóa Tổ dân phố 2", commune_place="Trụ sở UBND thị trấn"
        )
        self.head.send()
        assert case(CONTESTED).state == "reposted"

    def wait_and_close(self) -> None:
        head = self.head
        head.open(f"/dot/{ROUND}/thon/{VILLAGE}/viec/close_posting/")
        assert "posting_over" in " ".join(head.codes()) or head.codes()
        self.look(head, "close-posting-too-early")
        head.open("/")
        self.look(head, "inbox-head-waiting")
        for _working_day in range(4):
            head.press(".demo-banner button[value=next-working-day]")
        self.look(head, "inbox-head-after-four-days")
        head.go_to("close_posting", VILLAGE)
        self.look(head, "close-posting")
        head.send()
        head.open("/")
        head.go_to("close_reposting", CONTESTED)
        self.look(head, "close-reposting")
        head.send()
        head.open("/")
        self.look(head, "inbox-empty")
        assert states() == {"cleared"}

    def report(self) -> None:
        self.chair.open("/")
        self.look(self.chair, "inbox-chair")
        self.chair.go_to("sign_report")
        self.look(self.chair, "report-form")
        self.chair.fill(number="46/BC-UBND")
        self.chair.send()
        self.look(self.chair, "report-check-answers")
        self.chair.agree()
        assert states() == {"reported"}

    def give_the_opinion(self) -> None:
        superior = self.visit("chutich.huyen")
        self.look(superior, "inbox-superior")
        superior.go_to("give_opinion", ROUND)
        self.look(superior, "opinion-form")
        superior.fill(number="211/UBND-LĐTBXH")
        superior.send()
        self.look(superior, "opinion-check-answers")
        superior.agree()
        assert states() == {"consented"}

    def decide(self) -> None:
        chair = self.chair
        chair.open("/")
        chair.go_to("sign_decision")
        self.look(chair, "decision-form")
        chair.fill(number="91/QĐ-UBND")
        chair.send()
        self.look(chair, "decision-check-answers")
        chair.agree()
        self.look(chair, "board-decided")
        assert Decision.objects.filter(round__commune__code=COMMUNE).count() == 1

    def answer_everyone(self) -> None:
        chair = self.chair
        chair.open("/")
        chair.go_to("issue_certificates", ROUND)
        self.look(chair, "certificates")
        chair.send()
        chair.open("/")
        chair.go_to("refuse", ROUND)
        self.look(chair, "refusal-form")
        chair.fill(number="92/UBND", reason_all="Hộ không thuộc diện hộ nghèo, hộ cận nghèo.")
        chair.send()
        self.look(chair, "refusal-check-answers")
        chair.agree()
        self.look(chair, "board-finished")

    def read_it_all(self) -> None:
        auditor, ministry = self.visit("giamsat"), self.visit("bo")
        for reader, name in ((auditor, "auditor"), (ministry, "ministry")):
            reader.press('header a[href="/bao-cao/"]')
            self.look(reader, f"reports-{name}")
            reader.press('main a[href*="/bao-cao/2/"]')
            self.look(reader, f"report-2-{name}")
        auditor.press('header a[href="/dot/"]')
        auditor.press(f'main a[href="/dot/{ROUND}/"]')
        auditor.press(f'main a[href$="/thon/{VILLAGE}/"]')
        self.look(auditor, "village-finished")
        auditor.press(f'main a[href$="/ho/{CONTESTED}/"]')
        self.look(auditor, "case-finished")
        assert auditor.page.locator("main .state-certified").count()
        assert auditor.page.locator("main .timeline > li").count() == len(acts_on(CONTESTED))


def case(code: str) -> Case:
    return Case.objects.get(code=code)


def states() -> set[str]:
    return set(Case.objects.filter(code__in=FORMS).values_list("state", flat=True))


def acts_on(code: str) -> list[str]:
    return list(
        Act.objects.filter(events__case__code=code).order_by("pk").values_list("code", flat=True)
    )


def printed_row(form: int) -> dict[str, str]:
    out = StringIO()
    call_command("report", str(form), unit=COMMUNE, round=ROUND, format="csv", stdout=out)
    (row,) = csv.DictReader(StringIO(out.getvalue().lstrip("\ufeff")))
    return row


@pytest.mark.slow
def test_a_village_walks_from_the_list_to_the_certificate(visit: Callable[..., Visitor]) -> None:
    walk = Walk(visit)
    walk.survey_on_a_phone()
    walk.meet_the_people()
    walk.classify()
    walk.record_the_meeting()
    walk.post()
    walk.complain()
    walk.sign_too_early()
    walk.look_at_it_again()
    walk.wait_and_close()
    walk.report()
    walk.give_the_opinion()
    walk.decide()
    walk.answer_everyone()
    walk.read_it_all()

    assert acts_on(CONTESTED) == [
        "build_list",
        "survey",
        "classify",
        "hold_meeting",
        "post_list",
        "complain",
        "reverify",
        "repost",
        "close_reposting",
        "sign_report",
        "give_opinion",
        "sign_decision",
        "issue_certificates",
    ]
    assert states() == {"certified"}
    assert CertificateRow.objects.filter(case__code__in=FORMS, year=2025).count() == 2
    refused = Case.objects.filter(round__commune__code=COMMUNE, state="refused")
    assert RefusalLetter.objects.filter(case__in=refused).count() == refused.count() == 3
    published = csv.DictReader(StringIO(EXPECTED.read_text(encoding="utf-8-sig")))
    assert printed_row(2) == next(row for row in published if row["code"] == COMMUNE)
