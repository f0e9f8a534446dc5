"""A round of Tân Lập with most of what can happen: two villages, requests, a complaint, a question."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from cases.duties import Role
from cases.models import Level, Unit, User
from tests.conftest import NEAR_POOR, Road, make_unit, register_households
from tests.invariants.roads import every_road as every_road
from tests.lent import lent
from workflow import clock
from workflow.acts.posting import close_reposting, complain, repost_case
from workflow.acts.surveying import SurveySheet, reverify_case
from workflow.machine import insert_only

BACKEND = "django.contrib.auth.backends.ModelBackend"


def contest(road: Road, code: str, deprived: tuple[bool, ...] = NEAR_POOR) -> None:
    """Complain about a posted household, look at it again, and post it again."""
    complain(
        case=road.round.cases.get(code=code),
        complainant="Hàng xóm",
        content="Nhà này có ruộng cho thuê",
        **road.who("minh"),
    )
    road.pass_days(1)
    sheet = SurveySheet(
        road.round.cases.get(code=code), road.at.date(), "Đỗ Thị Hoa", 130, deprived
    )
    reverify_case(sheet=sheet, outcome="Thay đổi kết quả", **road.who("hoa"))
    road.pass_days(1)
    repost_case(
        case=road.round.cases.get(code=code),
        village_place="Nhà văn hóa thôn",
        commune_place="Trụ sở UBND xã",
        **road.who("hung"),
    )


@lent
def posted(road: Road) -> Road:
    """Tân Lập with both villages' lists hung up."""
    register_households(Unit.objects.get(code="24646.002"), 3)
    road.open().pass_days(1).list().pass_days(1).survey().pass_days(1).classify()
    return road.pass_days(1).meet().pass_days(1).post()


@lent
def walked(posted: Road) -> Road:
    """Tân Lập's round to its certificates; household 2 was complained about and fell to near-poor."""
    road = posted.pass_days(1)
    contest(road, "24646-00002")
    road.pass_days(7).close()
    close_reposting(case=road.round.cases.get(code="24646-00002"), **road.who("hung"))
    return road.report().pass_days(2).consent().pass_days(1).decide().pass_days(1).certify()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Road, str], Client]:
    """Return a function that signs somebody in, on the day where the road stands."""

    def sit(road: Road, name: str) -> Client:
        monkeypatch.setattr(clock, "now", lambda: road.at)
        client = Client()
        client.force_login(road.cast[name], backend=BACKEND)
        return client

    return sit


@pytest.fixture
def tampering() -> Iterator[None]:
    """Take the triggers away, as somebody with all rights on the database would."""
    insert_only.remove(connection.alias)
    yield
    insert_only.install(connection.alias)


@pytest.fixture
def quang(appoint: Callable[..., User], district: Unit) -> User:
    """Quang audits another province."""
    elsewhere = make_unit("66", Level.PROVINCE, "Tỉnh Đắk Lắk", "tỉnh", Unit.objects.get(code="VN"))
    return appoint("quang", "Y Quang", Role.AUDITOR, elsewhere)
