"""Which villages a round lists when its commune became part of another one."""

from datetime import date
from typing import Any

import pytest

from cases.models import Level, Unit, UnitSuccession, UnitVersion, VillageReview
from tests.conftest import Road
from workflow.acts import registry
from workflow.acts.listing import add_village_reviews

DAY = date(2024, 10, 3)


def version(code: str, name: str, parent: Unit) -> Unit:
    unit, _created = Unit.objects.get_or_create(code=code, defaults={"level": Level.VILLAGE})
    unit.versions.filter(valid_until=None).update(valid_until=DAY)
    UnitVersion.objects.create(
        unit=unit,
        name=name,
        name_key=name.lower(),
        kind="thôn",
        area="RURAL",
        parent=parent,
        path=f"{parent.versions.get().path}{code}/",
        valid_from=DAY,
        source_document="bài kiểm tra",
    )
    return unit


def followed(old: Unit, new: Unit) -> None:
    UnitSuccession.objects.create(
        predecessor=old, successor=new, on_date=DAY, source_document="bài kiểm tra"
    )


@pytest.fixture
def handed_over(road: Road, hoa_binh: Unit, appoint: Any) -> Road:
    """Return Tân Lập's round in the hands of Hòa Bình, which has a round of its own."""
    road.open()
    papers = {"year": 2024, "plan_paper": "12/KH-UBND", "committee_paper": "34/QĐ-UBND"}
    who: dict[str, Any] = {"by": road.cast["other_binh"], "at": road.at}
    registry.do("open_round", hoa_binh, papers, **who, key="opened")
    road.pass_days(2)
    followed(road.commune, hoa_binh)
    for code, name in (("24646.001", "Thôn 1"), ("24646.002", "Thôn 2")):
        version(code, f"{name} Tân Lập", hoa_binh)
    registry.do(
        "hand_over",
        road.round,
        {"keeper": hoa_binh.code, "paper": "NQ 01"},
        by=road.cast["other_binh"],
        at=road.at,
        key="handed",
    )
    road.round.refresh_from_db()
    return road


def listed(road: Road) -> list[str]:
    add_village_reviews(road.round, road.at)
    reviews = VillageReview.objects.filter(round=road.round)
    return list(reviews.order_by("village__code").values_list("village__code", flat=True))


def test_a_round_that_was_taken_over_does_not_list_the_other_communes_villages(
    handed_over: Road,
) -> None:
    assert listed(handed_over) == ["24646.001", "24646.002"]


def test_a_village_made_of_the_other_communes_is_the_other_rounds(
    handed_over: Road, hoa_binh: Unit
) -> None:
    followed(Unit.objects.get(code="24652.001"), version("24652.009", "Thôn Mới", hoa_binh))

    assert listed(handed_over) == ["24646.001", "24646.002"]


def test_a_village_made_of_the_rounds_own_is_listed(handed_over: Road, hoa_binh: Unit) -> None:
    followed(Unit.objects.get(code="24646.001"), version("24652.009", "Thôn Mới", hoa_binh))

    assert listed(handed_over) == ["24646.001", "24646.002", "24652.009"]


def test_a_village_that_no_other_round_reviews_is_listed(handed_over: Road, hoa_binh: Unit) -> None:
    version("24652.008", "Thôn Xa", hoa_binh)

    assert listed(handed_over) == ["24646.001", "24646.002", "24652.008"]
