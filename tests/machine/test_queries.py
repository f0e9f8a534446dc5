"""An act costs the same number of queries whether it moves five cases or five hundred."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.duties import Role
from cases.models import (
    Departure,
    Household,
    Level,
    RoleAssignment,
    Unit,
    UnitSuccession,
    User,
    VillageReview,
)
from cases.permissions import sync_grants
from cases.rules.packs import PACKS, Review
from tests.conftest import NEAR_POOR, POOR, Road, make_unit, moment
from tests.months import Month, fresh
from tests.taken_back import taken_back
from workflow.acts import (
    deciding,
    departing,
    listing,
    meeting,
    posting,
    reconsidering,
    registry,
    surveying,
)
from workflow.acts.carrying import carry_over, hand_over, hand_over_village
from workflow.editions import dry_run

FEW, MANY = 5, 500
# All above the line: requesters who passed Phiếu A and do not qualify.
NOT_POOR = (False,) * 12

Deed = Callable[[], Any]


@pytest.fixture
def queries(
    calendar: None,
    cast: dict[str, User],
    tan_lap: Any,
    make_households: Callable[..., list[Household]],
) -> Callable[[int], dict[str, int]]:
    """Return a function that walks a round of so many cases and counts each act's queries."""

    def count(cases: int) -> dict[str, int]:
        counted: dict[str, int] = {}
        village = tan_lap.child_versions.order_by("unit__code").first().unit
        with taken_back():
            make_households(village, cases)
            asking = make_households(village, cases, standing="")
            old, new = (*make_households(village, 1), *make_households(village, 1, standing=""))
            leaving = make_households(village, 1, standing="")
            for code, deed in chain(
                walk_months(cast, tan_lap, make_households(village, cases)),
                walk(Road(cast, tan_lap), asking, [old, new, *leaving]),
            ):
                with CaptureQueriesContext(connection) as captured:
                    deed()
                counted[code] = len(captured)
        return counted

    return count


def test_every_act_costs_the_same_for_few_and_for_many_cases(
    queries: Callable[[int], dict[str, int]],
) -> None:
    queries(FEW)  # fills what is kept for the process: content types, the calendar

    few, many = queries(FEW), queries(MANY)

    assert few == many
    assert set(few) == registry.codes()
    assert max(many.values()) < 100, many


def walk_months(
    cast: dict[str, User], commune: Unit, homes: list[Household]
) -> Iterator[tuple[str, Deed]]:
    yield from walk_month(Month(cast, commune), homes)
    for home in homes:
        home.standings.all().delete()
    yield from walk_month(Month(cast, commune, Review.AVERAGE_LIVING), homes)
    yield from walk_month(Month(cast, commune, Review.LOW_INCOME).on("2025-05-06"), homes)


def walk(
    road: Road, asking: list[Household], splitting: list[Household]
) -> Iterator[tuple[str, Deed]]:
    """Yield every act of the procedure when its turn has come, to be done by the taker."""
    yield "open_round", road.open
    forms = {household.code: "15/GĐN" for household in asking}
    who = road.who("minh")
    yield (
        "receive_request",
        lambda: listing.receive_requests(round=road.round, forms=forms, **who),
    )
    yield "build_list", road.list
    old, new, undecided = splitting
    splits: dict[str, Any] = {"reason": Departure.SPLIT, "paper": "1", "predecessors": [old]}
    arriving, asked, leaving = (road.who("minh") for _ in range(3))
    yield (
        "record_arrival",
        lambda: listing.record_arrival(round=road.round, household=new, **splits, **arriving),
    )
    listing.receive_request(round=road.round, household=undecided, form_number="1", **asked)
    case = road.round.cases.get(household=undecided)
    yield "withdraw", lambda: departing.withdraw(case=case, paper="Đơn", **leaving)
    yield from _survey(road)
    review = _review(road)
    who = road.who("hoa")
    yield "classify", lambda: surveying.classify_village(village_review=review, **who)
    yield from _meet_and_post(road, review)
    yield from _contest_one(road, review)
    yield from _decide(road)
    yield from _reconsider(road)
    yield from _pass_on(road)


def _survey(road: Road) -> Iterator[tuple[str, Deed]]:
    review, day, who = _review(road), road.at.date(), road.who("lan")
    requesters = road.cases(basis="REQUEST", state="listed")
    last = requesters[-1]
    screens = [
        surveying.ScreeningSheet(case, day, "Lan", passed=case != last) for case in requesters
    ]
    yield (
        "screen",
        lambda: surveying.screen_cases(
            round=road.round, village_review=review, sheets=screens, **who
        ),
    )
    sheets = [
        surveying.SurveySheet(case, day, "Lan", 100, POOR)
        for case in road.cases(state__in=["listed", "screened"])
    ]
    well_off = surveying.SurveySheet(sheets[-1].case, day, "Lan", 300, NOT_POOR)
    again = road.who("lan")
    yield (
        "survey",
        lambda: surveying.survey_cases(
            round=road.round, village_review=review, sheets=[*sheets[:-1], well_off], **again
        ),
    )


def _meet_and_post(road: Road, review: VillageReview) -> Iterator[tuple[str, Deed]]:
    votes = {case.code: meeting.Votes(40) for case in road.cases(state="classified")}
    minutes, who = road.minutes(), road.who("thu")
    yield (
        "hold_meeting",
        lambda: meeting.hold_meeting(village_review=review, minutes=minutes, tallies=votes, **who),
    )
    places: dict[str, Any] = {"village_place": "Thôn", "commune_place": "Xã"}
    heads = [road.who("hung") for _ in range(3)]
    posting.post_list(village_review=review, **places, **heads[0])
    yield (
        "interrupt_posting",
        lambda: posting.interrupt_posting(village_review=review, reason="Bão", **heads[1]),
    )
    yield "post_list", lambda: posting.post_list(village_review=review, **places, **heads[2])


def _contest_one(road: Road, review: VillageReview) -> Iterator[tuple[str, Deed]]:
    case, leaver = road.cases(state="posted")[:2]
    by = {name: road.who(name) for name in ("minh", "hoa", "hung")}
    yield (
        "complain",
        lambda: posting.complain(case=case, complainant="A", content="B", **by["minh"]),
    )
    sheet = surveying.SurveySheet(case, road.at.date(), "Hoa", 100, NEAR_POOR)
    yield "reverify", lambda: surveying.reverify_case(sheet=sheet, outcome="", **by["hoa"])
    places: dict[str, Any] = {"village_place": "Thôn", "commune_place": "Xã"}
    heads = [road.who("hung") for _ in range(2)]
    posting.repost_case(case=case, **places, **by["hung"])
    yield (
        "interrupt_reposting",
        lambda: posting.interrupt_reposting(case=case, reason="Bão", **heads[0]),
    )
    yield "repost", lambda: posting.repost_case(case=case, **places, **heads[1])
    away = road.who("minh")
    yield (
        "record_departure",
        lambda: departing.record_departure(case=leaver, reason=Departure.MOVED, paper="1", **away),
    )
    road.pass_days(7)
    first, second = road.who("hung"), road.who("hung")
    yield "close_posting", lambda: posting.close_posting(village_review=review, **first)
    yield "close_reposting", lambda: posting.close_reposting(case=case, **second)


def _decide(road: Road) -> Iterator[tuple[str, Deed]]:
    yield "sign_report", road.report
    yield "give_opinion", road.consent
    yield "sign_decision", road.decide
    yield "issue_certificates", road.certify
    reasons = {case.code: "Vượt chuẩn" for case in road.cases(state="unqualified")}
    who = road.who("binh")
    yield (
        "refuse",
        lambda: deciding.refuse_requesters(
            round=road.round, number="91/UBND", reasons=reasons, **who
        ),
    )


def _reconsider(road: Road) -> Iterator[tuple[str, Deed]]:
    """Yield what follows the decision; what names households names all of them."""
    road.pass_days(2)
    certified = road.cases(state="certified")
    first, others = certified[0], certified[1:]
    reasons = {case.code: "Sai tên" for case in certified}
    paper: dict[str, Any] = {"round": road.round, "number": "1/QĐ"}
    whos = [road.who(name) for name in ("binh", "minh", "binh")]
    for case in certified:
        reconsidering.propose_correction(
            case=case, reason="Sai tên", by=road.cast["minh"], at=road.at
        )
    yield (
        "correct_decision",
        lambda: reconsidering.correct_decision(reasons=reasons, **paper, **whos[0]),
    )
    yield (
        "accept_grievance",
        lambda: reconsidering.accept_grievance(case=first, complainant="A", content="B", **whos[1]),
    )
    named = {case.code: "Khai sai" for case in others}
    yield (
        "revoke_decision",
        lambda: reconsidering.revoke_decision(reasons=named, **paper, **whos[2]),
    )
    sheets = [surveying.SurveySheet(c, road.at.date(), "Thanh", 100, POOR) for c in certified]
    whos_again = [road.who("hoa") for _ in certified]
    yield (
        "reexamine",
        lambda: surveying.reexamine_case(sheet=sheets[0], outcome="", **whos_again[0]),
    )
    amending = road.who("binh")
    yield (
        "amend_decision",
        lambda: reconsidering.amend_decision(
            reasons={first.code: "Giữ nguyên"}, **paper, **amending
        ),
    )


def _pass_on(road: Road) -> Iterator[tuple[str, Deed]]:
    """Yield what is done to the round as a whole: carried over, handed over, its clocks stopped."""
    round_ = road.round
    token = dry_run(round_, PACKS["qd24-2021-2cap"]).token
    carrying = road.who("binh")
    yield (
        "carry_over",
        lambda: carry_over(round=round_, to="qd24-2021-2cap", dry_run=token, paper="1", **carrying),
    )
    review = _review(road)
    hamlet = make_unit("24646.009", Level.VILLAGE, "Thôn Mới", "thôn", road.commune)
    commune = make_unit("24999", Level.COMMUNE, "Xã Mới", "xã", Unit.objects.get(code="662"))
    for old, new in ((review.village, hamlet), (road.commune, commune)):
        UnitSuccession.objects.create(
            predecessor=old, successor=new, on_date=date(2024, 9, 2), source_document="1"
        )
    committee = road.who("hoa")
    yield (
        "hand_over_village",
        lambda: hand_over_village(village_review=review, keeper=hamlet, paper="1", **committee),
    )
    RoleAssignment.objects.create(
        user=road.cast["binh"],
        role=Role.COMMUNE_CHAIR,
        unit=commune,
        valid_from=date(2024, 9, 2),
        paper="1",
    )
    sync_grants(date(2024, 10, 30), [road.cast["binh"]])
    chair = road.who("binh")
    yield (
        "hand_over",
        lambda: hand_over(round=round_, keeper=commune, paper="1", **chair),
    )


def walk_month(month: Month, homes: list[Household]) -> Iterator[tuple[str, Deed]]:
    """Yield the acts that only a monthly review has, beside many households that wait."""
    month.open()
    if month.kind == Review.AD_HOC:
        forms = {home.code: "16" for home in homes}
        who: dict[str, Any] = {"by": month.cast["minh"], "at": month.at}
        yield (
            "receive_exit_request",
            lambda: listing.receive_exit_requests(
                round=month.round, forms=forms, key="exits", **who
            ),
        )
        report: dict[str, Any] = {"by": month.cast["binh"], "at": moment("2024-06-20")}
        other = Month(month.cast, month.commune, month=6).on("2024-06-10").open().round
        yield (
            "sign_monthly_report",
            lambda: deciding.sign_monthly_report(round=other, number="1", key="rep", **report),
        )
        return
    if month.kind == Review.AVERAGE_LIVING:
        cases = [month.ask(home) for home in homes[:2]]
        month.on("2024-05-15").start()
        yield "determine_income", lambda: month.earn(cases[0], 96_000_000)
        month.post()
        words = {"complainant": "A", "content": "B"}
        month.do("minh", "complain", fresh(cases[0]), **words)
        yield (
            "suspend_term",
            lambda: month.do(
                "hoa",
                "suspend_term",
                month.round,
                term="whole",
                reason="Bão",
                paper="1",
            ),
        )
        month.pass_days(1)
        yield (
            "resume_term",
            lambda: month.do(
                "hoa",
                "resume_term",
                month.round,
                term="whole",
                reason="Hết bão",
                paper="1",
            ),
        )
        yield (
            "redetermine_income",
            lambda: month.earn(cases[0], 97_000_000, "redetermine_income", reviewer_name="Hoa"),
        )
        return
    yield "receive_worker_request", lambda: month.ask_as_worker(homes[0])


def _review(road: Road) -> VillageReview:
    (review,) = road.reviews
    return review
