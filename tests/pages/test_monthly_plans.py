"""The plan back from the last day of a review that runs by the month."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Unit, User
from cases.rules.packs import Review
from tests.conftest import moment
from tests.months import Month
from workflow import clock


@pytest.fixture
def plan_of(
    client: Client,
    calendar: None,
    cast: dict[str, User],
    tan_lap: Unit,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Return a function that opens a month's review and its plan on a day."""

    def plan(kind: Review, month: int = 5, day: str = "2024-05-15", **asked: str) -> Any:
        walk = Month(cast, tan_lap, kind, month).on(f"{day[:7]}-06").open()
        monkeypatch.setattr(clock, "now", lambda: moment(day))
        client.force_login(cast["binh"])
        page = client.get(reverse("plan", kwargs={"key": walk.round.key}), asked)
        assert page.status_code == 200
        return page

    return plan


def days(page: Any) -> dict[str, date]:
    return {row.step.code: row.step.day for row in page.context["rows"]}


def test_an_ad_hoc_month_is_planned_from_its_fifteen_days_and_the_5th(plan_of: Any) -> None:
    page = plan_of(Review.AD_HOC)

    # 15/05/2024 and fifteen days: Thursday 30/05.
    assert page.context["plan"].last_day == date(2024, 5, 30)
    assert days(page) == {
        "posting_with_complaint": date(2024, 5, 16),
        "complaint": date(2024, 5, 21),
        "reposting": date(2024, 5, 24),
        "posting": date(2024, 5, 24),
        "decision": date(2024, 5, 30),
        "monthly_report": date(2024, 6, 5),
    }
    assert "QĐ 24/2021/QĐ-TTg, Điều 5 (15 ngày)" in page.content.decode()


def test_another_length_of_re_verification_is_tried_out_on_a_month(plan_of: Any) -> None:
    page = plan_of(Review.AD_HOC, days="7")

    assert page.context["asked"] == 7
    assert days(page)["complaint"] == date(2024, 5, 15)


def test_a_step_that_has_no_room_in_the_month_says_so(plan_of: Any) -> None:
    # With seven days the posting that survives a complaint would begin before the 15th.
    page = plan_of(Review.AD_HOC, days="7")
    (row,) = [r for r in page.context["rows"] if r.step.code == "posting_with_complaint"]

    assert row.step.day < date(2024, 5, 15)
    assert (row.status, row.tone) == ("không đủ ngày trong đợt này", "warn")


def test_an_average_living_month_knows_no_second_posting_and_no_report(plan_of: Any) -> None:
    assert set(days(plan_of(Review.AVERAGE_LIVING))) == {
        "posting_with_complaint",
        "complaint",
        "posting",
        "decision",
    }


def test_a_review_without_an_overall_term_has_no_plan_and_says_so(plan_of: Any) -> None:
    page = plan_of(Review.LOW_INCOME, month=3, day="2025-03-15")

    assert "rows" not in page.context
    assert "không có thời hạn chung" in page.content.decode()
