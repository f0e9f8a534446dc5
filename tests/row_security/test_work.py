"""Under the role that is bound: the whole road of a round, what commands tell, what time does."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class

from cases import row_security
from cases.models import Act, Case, Household, Unit, User, VillageReview
from cases.registry_of_households import NumberTaken, next_code, register_household
from notifications.models import Notice
from tests.conftest import Road
from tests.packs.conftest import nothing_remembered, thanh, xuan  # noqa: F401 (fixtures)
from tests.packs.files import CODE, OF, edition_file, with_new_step
from tests.packs.test_editions import AT, load
from tests.row_security.conftest import AsApp
from workflow.acts.posting import close_posting
from workflow.following import charts_disagree
from workflow.machine.refusals import Refused
from workflow.pack_editions import approve

pytestmark = pytest.mark.postgres
# Who does each step of a round.
ROAD = {
    "open": "binh",
    "list": "hoa",
    "survey": "lan",
    "classify": "hoa",
    "meet": "thu",
    "post": "hung",
    "close": "hung",
    "report": "binh",
    "consent": "quyen",
    "decide": "binh",
    "certify": "binh",
}
# Each opens its own, or touches nothing that lies in units.
OPENS_ITSELF = {"tick", "anchor", "daily_root", "accept_ledger", "check_procedure", "erase_person"}
READS_NO_UNIT = {
    "approve_local_standard",
    "approve_pack",
    "demo",
    "draw_charts",
    "export_pack",
    "link_sign_in",
    "load_local_standard",
    "load_pack",
    "load_units",
    "play",  # each of its steps opens its own
    "reset_second_factor",
    "row_security",
    "write_law",
}


def walk(road: Road, until: str = "certify") -> Road:
    """Do the steps of a round, each in the scope of who does it."""
    for step, name in ROAD.items():
        if step == "close":
            road.pass_days(7)
        with row_security.person(road.cast[name]):
            getattr(road, step)()
        if step == until:
            break
    return road


def test_a_round_is_walked_to_its_certificates(road: Road, as_app: AsApp) -> None:
    with as_app():
        walk(road)
        with row_security.person(road.cast["binh"]):
            states = {case.state for case in road.cases()}
        outside = Case.objects.count()

    assert (states, outside) == ({"certified"}, 0)


@pytest.fixture
def two_villages(road: Road, make_households: Callable[..., list[Household]]) -> Road:
    """Both villages' lists hang; ông Hùng heads the first one only."""
    make_households(Unit.objects.get(code="24646.002"), 2)
    road.open().list().survey().classify().meet().post().pass_days(7)
    hung = road.cast["hung"]
    hung.unituserpermission_set.filter(content_object__code="24646.002").delete()
    road.cast["hung"] = User.objects.get(pk=hung.pk)
    return road


def close_the_first(road: Road) -> None:
    with row_security.person(road.cast["hung"]):
        (review,) = VillageReview.objects.all()
        close_posting(village_review=review, **road.who("hung"))


def test_what_follows_from_a_villages_act_sees_the_other_village(
    two_villages: Road, as_app: AsApp
) -> None:
    with as_app():
        close_the_first(two_villages)

    assert charts_disagree([two_villages.round]) == []


def test_an_act_that_saw_its_own_village_only_would_be_noticed(
    two_villages: Road, as_app: AsApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_security, "acting", lambda round: nullcontext())
    with as_app():
        close_the_first(two_villages)

    assert charts_disagree([two_villages.round]) != []


@pytest.mark.parametrize(
    "asked",
    [
        ["report", "2", "--unit", "662", "--round", "2024", "--format", "json"],
        ["check_procedure", "--format", "json"],
        ["check_charts"],
        ["replay_ledger", "--unit", "24646"],
    ],
    ids=lambda asked: asked[0],
)
def test_a_command_tells_the_bound_role_what_it_tells_the_superuser(
    road: Road, as_app: AsApp, asked: list[str]
) -> None:
    with as_app():
        walk(road)

    told = _told(asked)
    with as_app():
        bound = _told(asked)

    assert bound == told
    assert told.strip()


def _told(asked: list[str]) -> str:
    out = StringIO()
    call_command(*asked, stdout=out)
    text = out.getvalue()
    if text.startswith("{"):
        facts = json.loads(text)
        facts.pop("seconds", None)
        return json.dumps(facts)
    return text


def test_clocks_strike_for_the_bound_role(road: Road, as_app: AsApp) -> None:
    with as_app():
        walk(road, until="report")
        late = road.at + timedelta(days=60)
        told = json.loads(_told(["tick", "--at", late.isoformat(), "--format", "json"]))

    assert told["fired"] >= 1 and told["failed"] == []
    assert Notice.objects.filter(kind__startswith="overdue").exists()


def test_a_number_that_is_taken_in_another_commune_is_refused_with_its_reason(
    road: Road, hoa_binh: Unit, as_app: AsApp, make_households: Callable[..., list[Household]]
) -> None:
    village = Unit.objects.get(code="24652.001")
    (household,) = make_households(village, 1)
    household.members.update(personal_number="067090000001")

    with as_app(), row_security.person(road.cast["minh"]), pytest.raises(NumberTaken):
        register_household(
            commune=road.commune,
            village=Unit.objects.get(code="24646.001"),
            head_name="Nguyễn Văn An",
            persons=1,
            personal_number="067090000001",
        )


def test_a_code_is_not_given_twice_when_its_household_has_moved_away(
    road: Road, hoa_binh: Unit, as_app: AsApp
) -> None:
    last = Household.objects.order_by("-code")[0]
    Household.objects.filter(pk=last.pk).update(village=Unit.objects.get(code="24652.001"))

    with as_app(), row_security.person(road.cast["minh"]):
        assert next_code(road.commune) > last.code


def test_an_edition_with_a_new_step_is_approved_by_a_role_that_owns_nothing(
    road: Road,
    as_app: AsApp,
    xuan: User,  # noqa: F811
    thanh: User,  # noqa: F811
) -> None:
    case = road.open().list().cases()[0]

    with as_app(), row_security.person(xuan):
        load(xuan, text=edition_file(acts=with_new_step(OF)))
        approve(code=CODE, by=thanh, at=AT)

    assert Case.objects.filter(pk=case.pk).update(state="requested") == 1


def test_a_refused_act_leaves_its_scope_as_it_was(road: Road, as_app: AsApp) -> None:
    with as_app():
        walk(road, until="open")
        with row_security.person(road.cast["binh"]):
            with pytest.raises(Refused):
                road.report()
            acts = Act.objects.count()

    assert acts == 1


def ours() -> dict[str, Any]:
    names = [name for name, app in get_commands().items() if app == "workflow"]
    return {name: load_command_class("workflow", name) for name in names}


def silent(commands: dict[str, Any]) -> set[str]:
    """Return the commands that do not say what they see."""
    return {
        name
        for name, command in commands.items()
        if not getattr(command.handle, "sees_everything", False)
        and name not in OPENS_ITSELF | READS_NO_UNIT
    }


def test_every_command_says_what_it_sees() -> None:
    assert silent(ours()) == set()


def test_a_command_that_forgot_is_noticed() -> None:
    class Forgot:
        def handle(self) -> None: ...

    assert silent({"forgot": Forgot()}) == {"forgot"}
