"""Who is told of what, once, without a household's name."""

import pytest

from notifications.models import Notice
from notifications.notices import mark_read
from tests.conftest import Road
from tests.flows.test_charts import contest
from workflow.inbox import notices
from workflow.machine.refusals import Refused


def told(road: Road, name: str) -> list[str]:
    kinds = Notice.objects.filter(user=road.cast[name]).order_by("pk")
    return list(kinds.values_list("kind", flat=True))


def test_the_next_in_line_are_told(road: Road) -> None:
    road.open().list().survey().classify().meet(agree=19)
    assert told(road, "lan") == ["hold_meeting"]
    road.survey().classify().meet().post()
    contest(road, road.cases()[0])
    assert told(road, "lan") == ["hold_meeting"]
    assert told(road, "hoa") == ["complain"]


def test_report_opinion_and_decision_are_told_up_and_down(road: Road) -> None:
    road.open().list().survey().classify().meet().post().pass_days(7).close().report()
    assert told(road, "quyen") == ["sign_report"]
    road.consent().decide()

    assert told(road, "binh") == ["give_opinion"]  # of the decision he knows himself
    assert told(road, "minh") == ["sign_decision"]
    assert told(road, "hoa") == ["give_opinion", "sign_decision"]
    assert not Notice.objects.filter(user__in=[road.cast["other_hoa"], road.cast["son"]]).exists()


def test_a_notice_says_where_and_names_no_household(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    case = road.cases()[0]
    contest(road, case)

    (notice,) = notices(road.cast["hoa"])
    assert "Thôn 1, Xã Tân Lập 2024" in notice.title
    assert notice.url == "/dot/2024-24646/thon/24646.001/"
    assert not notice.read
    for secret in (case.code, "Y Bih", "xe tải", case.household.head_name):
        assert secret not in notice.title


def test_a_notice_is_read_once_and_by_its_owner_only(road: Road) -> None:
    road.open().list().survey().classify().meet().post()
    contest(road, road.cases()[0])
    (notice,) = notices(road.cast["hoa"])

    assert mark_read(road.cast["minh"].pk, [notice.pk], road.at) == 0
    assert mark_read(road.cast["hoa"].pk, [notice.pk], road.at) == 1
    assert mark_read(road.cast["hoa"].pk, [notice.pk], road.at) == 0
    assert notices(road.cast["hoa"])[0].read


def test_a_refused_act_tells_nobody(road: Road) -> None:
    road.open().list()
    with pytest.raises(Refused):
        road.report()

    assert not Notice.objects.exists()
