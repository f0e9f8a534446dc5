"""An act costs the same number of queries whether it moves five cases or five hundred."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Departure, Household, User, VillageReview
from tests.conftest import NEAR_POOR, POOR, Road
from workflow.acts import deciding, departing, listing, meeting, posting, registry, surveying

FEW, MANY = 5, 500
# All above the line: requesters who passed Phiếu A and do not qualify.
NOT_POOR = (False,) * 12

Deed = Callable[[], Any]


class _TakeBack(Exception):
    pass


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
        try:
            with transaction.atomic():
                make_households(village, cases)
                asking = make_households(village, cases, standing="")
                for code, deed in walk(Road(cast, tan_lap), asking):
                    with CaptureQueriesContext(connection) as captured:
                        deed()
                    counted[code] = len(captured)
                raise _TakeBack
        except _TakeBack:
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


def walk(road: Road, asking: list[Household]) -> Iterator[tuple[str, Deed]]:
    """Yield every act of the procedure when its turn has come, to be done by the taker."""
    yield "open_round", road.open
    forms = {household.code: "15/GĐN" for household in asking}
    who = road.who("minh")
    yield (
        "receive_request",
        lambda: listing.receive_requests(round=road.round, forms=forms, **who),
    )
    yield "build_list", road.list
    yield from _survey(road)
    review = _review(road)
    who = road.who("hoa")
    yield "classify", lambda: surveying.classify_village(village_review=review, **who)
    yield from _meet_and_post(road, review)
    yield from _contest_one(road, review)
    yield from _decide(road)


def _survey(road: Road) -> Iterator[tuple[str, Deed]]:
    review, day, who = _review(road), road.at.date(), road.who("lan")
    requesters = road.cases(basis="REQUEST")
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
    head = road.who("hung")
    yield (
        "post_list",
        lambda: posting.post_list(
            village_review=review, village_place="Thôn", commune_place="Xã", **head
        ),
    )


def _contest_one(road: Road, review: VillageReview) -> Iterator[tuple[str, Deed]]:
    case, leaver = road.cases(state="posted")[:2]
    by = {name: road.who(name) for name in ("minh", "hoa", "hung")}
    yield (
        "complain",
        lambda: posting.complain(case=case, complainant="A", content="B", **by["minh"]),
    )
    sheet = surveying.SurveySheet(case, road.at.date(), "Lan", 100, NEAR_POOR)
    yield "reverify", lambda: surveying.reverify_case(sheet=sheet, outcome="", **by["hoa"])
    yield (
        "repost",
        lambda: posting.repost_case(
            case=case, village_place="Thôn", commune_place="Xã", **by["hung"]
        ),
    )
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


def _review(road: Road) -> VillageReview:
    (review,) = road.reviews
    return review
