"""Days that the law names itself."""

from datetime import date

import pytest

from cases.rules.fixed_days import NoSuchDay, monthly_report_due
from cases.rules.packs import PACKS

THREE_TIERS, TWO_TIERS = PACKS["qd24-2021-3cap-tx"], PACKS["qd24-2021-2cap-tx"]


def test_the_months_reviewed_are_reported_on_the_5th_from_february_to_september() -> None:
    days = [monthly_report_due(TWO_TIERS, 2026, month).day for month in TWO_TIERS.months]

    assert days == [date(2026, month, 5) for month in range(2, 10)]


def test_a_fifth_on_a_day_off_stays_where_it_is() -> None:
    # 05/04/2026 is a Sunday.
    assert monthly_report_due(TWO_TIERS, 2026, 3).day == date(2026, 4, 5)


def test_the_day_is_seen_in_the_law_and_its_receiver_is_unsure_since_two_tiers() -> None:
    before, since = (monthly_report_due(pack, 2025, 5) for pack in (THREE_TIERS, TWO_TIERS))

    assert (before.source.mark, since.source.mark) == ("S", "S")
    assert (before.receiver and before.receiver.mark, since.receiver and since.receiver.mark) == (
        "S",
        "?",
    )


@pytest.mark.parametrize("month", [0, 9, 12, 13])
def test_a_month_without_a_review_has_no_report(month: int) -> None:
    with pytest.raises(NoSuchDay, match=f"no review in month {month}"):
        monthly_report_due(TWO_TIERS, 2026, month)


@pytest.mark.parametrize("code", ["qd24-2021-2cap", "qd24-2021-2cap-mstb", "nd30-2025-2cap"])
def test_no_other_review_is_reported_by_month(code: str) -> None:
    with pytest.raises(NoSuchDay, match="no monthly report"):
        monthly_report_due(PACKS[code], 2026, 3)


@pytest.mark.parametrize("year", range(2021, 2028))
def test_the_periodic_review_ends_on_14_december_whatever_day_that_is(year: int) -> None:
    for pack in PACKS.values():
        if pack.window is not None:
            assert pack.days_of(year) == (date(year, 9, 1), date(year, 12, 14))
