"""One small round that goes down every road the law has, for breaches to be planted in."""

from collections.abc import Callable
from typing import Any

from cases.models import Case, Departure, Household, Unit, VillageReview
from tests.conftest import POOR, Road, register_households
from tests.lent import lent
from workflow.acts import listing
from workflow.acts.departing import record_departure
from workflow.acts.meeting import Votes, hold_meeting
from workflow.acts.posting import (
    close_posting,
    close_reposting,
    complain,
    post_list,
    repost_case,
)
from workflow.acts.surveying import (
    ScreeningSheet,
    SurveySheet,
    classify_village,
    reverify_case,
    screen_cases,
    survey_cases,
)

NOT_POOR = (False,) * 12
# Households by their part in the walk.
PLAIN, CONTESTED, QUESTIONED, DISAGREED, DEPARTED = (f"24646-0000{n}" for n in range(1, 6))
WELCOME, UNQUALIFIED, SCREENED_OUT = "24646-00006", "24646-00007", "24646-00008"
ESCAPED = "24646-00009"
PLACES: dict[str, Any] = {"village_place": "Nhà văn hóa thôn", "commune_place": "Trụ sở UBND xã"}


def walk_every_road(road: Road, make_households: Callable[..., list[Household]]) -> None:
    """Walk nine households of two villages to their certificates, letters and departures."""
    first, second = Unit.objects.filter(code__startswith="24646.").order_by("code")
    make_households(first, 3, standing="")
    make_households(second, 1)
    road.open()
    listing.receive_requests(
        round=road.round,
        forms={WELCOME: "15/GĐN", UNQUALIFIED: "16/GĐN", SCREENED_OUT: "17/GĐN"},
        **road.who("minh"),
    )
    road.list()
    screen_out(road, SCREENED_OUT)
    survey_two_villages(road)
    road.classify()
    meet_but(road, DISAGREED)
    survey_and_meet_again(road)
    road.post().pass_days(1)
    complain(case=case(road, CONTESTED), complainant="Hai", content="Sai", **road.who("minh"))
    depart(road, DEPARTED)
    road.pass_days(1)
    reverify(road, CONTESTED)
    hang_up_again(road, CONTESTED)
    road.pass_days(7).close()
    close_reposting(case=case(road, CONTESTED), **road.who("hung"))
    road.report().pass_days(1).consent({QUESTIONED: "Cần xem lại"})
    walk_again(road)
    road.report().consent().decide().certify().refuse()


def walk_again(road: Road) -> None:
    """Survey, vote on and post the households that the superior sent back."""
    review = survey_and_meet_again(road)
    post_list(village_review=review, **PLACES, **road.who("hung"))
    road.pass_days(7)
    close_posting(village_review=review, **road.who("hung"))


def survey_and_meet_again(road: Road) -> VillageReview:
    """Survey the households that were sent back and hold a new meeting on them."""
    road.pass_days(1)
    back = road.cases(state__in=["disagreed", "objected"])
    review = survey_village(road, back)
    classify_village(village_review=review, **road.who("hoa"))
    hold_meeting(
        village_review=review,
        minutes=road.minutes(),
        tallies={c.code: Votes(40) for c in back},
        **road.who("thu"),
    )
    return review


def survey_listed(road: Road) -> None:
    """Survey the households of the one village that nobody was at yet."""
    survey_village(road, road.cases(state="listed"))


def survey_village(road: Road, cases: list[Case]) -> VillageReview:
    review = VillageReview.objects.select_related("round").get(pk=cases[0].village_review_id)
    sheets = [SurveySheet(c, road.at.date(), "Nguyễn Thị Lan", 100, POOR) for c in cases]
    survey_cases(round=road.round, village_review=review, sheets=sheets, **road.who("lan"))
    return review


def case(road: Road, code: str) -> Case:
    return road.round.cases.select_related("village_review__round", "round").get(code=code)


def screen_out(road: Road, code: str) -> None:
    screened = case(road, code)
    sheet = ScreeningSheet(screened, road.at.date(), "Nguyễn Thị Lan", False)
    screen_cases(
        round=road.round, village_review=screened.village_review, sheets=[sheet], **road.who("lan")
    )


def survey_two_villages(road: Road) -> None:
    road.survey()
    for code in (UNQUALIFIED, ESCAPED):
        again = case(road, code)
        survey_cases(
            round=road.round,
            village_review=again.village_review,
            sheets=[SurveySheet(again, road.at.date(), "Nguyễn Thị Lan", 300, NOT_POOR)],
            **road.who("lan"),
        )


def meet_but(road: Road, disagreed: str) -> None:
    for review in road.reviews:
        cases = road.cases(village_review=review, state="classified")
        hold_meeting(
            village_review=review,
            minutes=road.minutes(),
            tallies={c.code: Votes(19 if c.code == disagreed else 20) for c in cases},
            **road.who("thu"),
        )


def depart(road: Road, code: str) -> None:
    record_departure(
        case=case(road, code), reason=Departure.MOVED, paper="1/GT", **road.who("minh")
    )


def reverify(road: Road, code: str) -> None:
    sheet = SurveySheet(case(road, code), road.at.date(), "Đỗ Thị Hoa", 100, POOR)
    reverify_case(sheet=sheet, outcome="Giữ nguyên", **road.who("hoa"))


def hang_up_again(road: Road, code: str) -> None:
    repost_case(case=case(road, code), **PLACES, **road.who("hung"))


@lent
def every_road(road: Road) -> Road:
    """Return Tân Lập's round after every road of the law."""
    walk_every_road(road, register_households)
    return road
