"""One record of Tân Lập for all: walked to its certificates, with a complaint, anchors and a day's root."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from cases.models import Act, Anchor, Household, Unit
from tests.conftest import Road
from tests.flows.test_charts import repost, reverify
from workflow.acts.posting import close_reposting, complain
from workflow.ledger import daily_root
from workflow.ledger.export import export

CONTESTED = "24646-00001"
MADE: dict[str, Path] = {}


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return where the exports lie that tests copy."""
    yield tmp_path_factory.mktemp("exports")
    MADE.clear()


@pytest.fixture
def record(db: None, shelf: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return an export that a test may spoil; without what is private."""
    return _copy("plain", shelf, tmp_path, request)


@pytest.fixture
def private_record(db: None, shelf: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the same export with names and words."""
    return _copy("private", shelf, tmp_path, request)


def _copy(name: str, shelf: Path, folder: Path, request: pytest.FixtureRequest) -> Path:
    if not MADE:
        road = request.getfixturevalue("road")
        make_households = request.getfixturevalue("make_households")
        with override_settings(ANCHORS_DIR=shelf / "given out"):
            MADE.update(_make(road, make_households, shelf))
    copy = folder / "record"
    shutil.copytree(MADE[name], copy)
    return copy


def _make(
    road: Road, make_households: Callable[..., list[Household]], shelf: Path
) -> dict[str, Path]:
    walk(road, make_households)
    last = Act.objects.order_by("-sequence")[0]
    # The certificates are the tail that no anchor covers.
    for act in Act.objects.filter(sequence__in=(7, last.sequence - 1)):
        Anchor.objects.create(
            commune=act.commune, sequence=act.sequence, tree=act.tree, why="MEETING", at=road.at
        )
    day = Act.objects.get(sequence=7).legal_day
    daily_root.give_out(day, road.at)
    places = {"plain": shelf / "plain", "private": shelf / "private"}
    for name, folder in places.items():
        export(road.commune, folder, at=road.at, private=name == "private")
    return places


def walk(road: Road, make_households: Callable[..., list[Household]]) -> Any:
    """Walk two villages to their certificates; somebody complains of the first household."""
    make_households(Unit.objects.get(code="24646.002"), 3)
    road.open().list().survey().classify().meet().post().pass_days(1)
    contested = road.round.cases.get(code=CONTESTED)
    words: dict[str, Any] = {"complainant": "Lê Văn Tám", "content": "Nhà ông ấy có hai xe máy"}
    complain(case=contested, **words, **road.who("minh"))
    reverify(road.pass_days(1), contested)
    repost(road, contested)
    road.pass_days(7).close()
    close_reposting(case=contested, **road.who("hung"))
    road.report().consent().decide().certify()
    return contested
