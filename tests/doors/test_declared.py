"""Every view and every command says what it is; whoever forgets is told by this test."""

from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cases.duties import Duty
from cases.models import Level
from tests.doors.access import PAGES
from tests.doors.asking import Visitor
from tests.doors.places import VILLAGE
from tests.doors.routes import questions, route, shadowed, undeclared, urls_of
from tests.doors.things import things_of
from tests.pages.addresses import POST_ONLY, routes
from workflow.management.doors import LINES, CommandDoor, Runs
from workflow.pages.doors import AUDIENCES, On, door

OURS = ("cases", "workflow", "notifications")
# Where pages read what is asked behind the question mark; each is asked with foreign things.
ASKED = {
    ("appointments", "don-vi"),
    ("appointments", "ngay"),
    ("auditing", "*"),
    ("auditing", "after"),
    ("auditing_cases", "*"),
    ("auditing_cases", "village"),
    ("auditing_findings", "*"),
    ("auditing_findings", "after"),
    ("auditing_findings", "source"),
    ("auditing_interests", "after"),
    ("auditing_replay", "*"),
    ("auditing_replay", "after"),
    ("auditing_samples", "after"),
    ("calendars", "nam"),
    ("calendars", "phien-ban"),
    ("doors", "*"),  # looks for what no address contains
    ("ledger", "*"),
    ("my_sessions", "next"),
    ("office", "next"),
    ("offices", "don-vi"),
    ("packs", "tinh"),
    ("packs", "trang"),
    ("refusals", "*"),
    ("reports", "figures"),
    ("reports", "unit"),
    ("reports", "year"),
    ("rounds", "*"),
    ("rounds", "after"),
    ("terms", "*"),
    ("terms", "trang"),
    ("units", "xa"),
}


def bare_view(request: HttpRequest, **words: Any) -> HttpResponse:
    return HttpResponse()


def commands() -> Iterator[tuple[str, BaseCommand]]:
    """Yield our commands."""
    for name, app in sorted(get_commands().items()):
        if isinstance(app, str) and app in OURS:
            yield name, load_command_class(app, name)


def faults_of(name: str, command: BaseCommand) -> Iterator[str]:
    """Yield what is missing of a command's declaration, or what its options do not keep of it."""
    declared = getattr(command, "door", None)
    if not isinstance(declared, CommandDoor):
        yield f"{name}: no door"
        return
    parser = command.create_parser("manage.py", name)
    options = {option: action for action in parser._actions for option in action.option_strings}
    if declared.audience in (Runs.PERSON, Runs.EITHER) and declared.option not in options:
        yield f"{name}: runs in the name of nobody who could be given"
    elif declared.audience == Runs.PERSON and not options[declared.option].required:
        yield f"{name}: may be run without saying in whose name"
    if declared.leaves and declared.audience == Runs.DEVELOPER:
        yield f"{name}: data of units leave by a command for developers"
    if declared.leaves and LINES not in parser.format_help():
        yield f"{name}: its help does not say that it leaves a line behind"
    if declared.leaves and "note_leaving(" not in getsource(
        import_module(type(command).__module__)
    ):
        yield f"{name}: leaves no line behind"


@pytest.mark.parametrize(
    ("address", "view", "fault"),
    [
        ("khong/", bare_view, "no door"),
        ("pham-vi/", door("office", Duty.VIEW, on=None)(bare_view), "no scope object"),  # type: ignore[arg-type]
        ("ai/", door("nobody", Duty.VIEW, on=On.ROUND)(bare_view), "an unknown audience"),
        ("<str:key>/", door("office", Duty.VIEW, on=On.UNIT)(bare_view), "names a round"),
        ("<str:key>/<str:code>/", door("office", Duty.VIEW, on=On.ROUND)(bare_view), "a case"),
        ("<str:key>/a/", door("office", on=On.ROUND)(bare_view), "no duty"),
        ("ca-nuoc/", door("ministry", Duty.VIEW, on=On.NATION)(bare_view), "on no level"),
        ("ai-cung/", door("everyone", on=On.ROUND, public=True)(bare_view), "public, and yet"),
    ],
)
def test_the_walk_notices_a_view_that_does_not_say_what_it_is(
    address: str, view: Any, fault: str
) -> None:
    whole = door("ministry", Duty.VIEW, on=On.NATION, level=Level.NATION)(bare_view)
    planted = [path("du/", whole, name="whole"), path(address, view, name="planted")]

    (told,) = undeclared(planted)
    assert told.startswith(address)
    assert fault in told


def test_the_walk_notices_an_address_without_a_name() -> None:
    view = door("office", Duty.VIEW, on=On.UNIT)(bare_view)

    assert undeclared([path("khong-ten/", view)]) == ["khong-ten/: no name"]


def test_every_view_says_whom_it_is_for_and_what_it_is_read_against() -> None:
    assert undeclared() == []


def test_no_view_stands_before_another_at_the_same_address() -> None:
    assert shadowed() == []


def test_every_audience_has_a_page() -> None:
    assert {each.callback.door.audience for each in routes()} == AUDIENCES  # type: ignore[attr-defined]


def test_only_the_way_in_is_public() -> None:
    public = {str(each.name) for each in routes() if each.callback.door.public}  # type: ignore[attr-defined]

    assert public == {name for name, who in PAGES.items() if "" in who} | {
        "office-sign-in",
        "office-callback",
    }


def test_every_question_behind_an_address_is_tried() -> None:
    assert questions() == ASKED


@pytest.mark.usefixtures("visited")
def test_what_changes_something_refuses_to_be_read() -> None:
    stranger = Visitor(None)
    for name in POST_ONLY:
        for url in urls_of(route(name), things_of(VILLAGE)):
            assert stranger.get(url).status in (302, 405), url


class Undeclared(BaseCommand):
    """A command that says nothing of itself."""


class InNobodysName(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, option="--by")


class InAnybodysName(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, option="--by")

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--by")


class GivesOutSilently(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, leaves=True)

    def note_leaving(self) -> None:
        """Only its name is in this module."""


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        (Undeclared, "no door"),
        (InNobodysName, "in the name of nobody"),
        (InAnybodysName, "without saying in whose name"),
        (GivesOutSilently, "does not say that it leaves a line behind"),
    ],
)
def test_the_walk_notices_a_command_that_does_not_say_what_it_is(
    planted: type[BaseCommand], fault: str
) -> None:
    (told,) = faults_of("planted", planted())
    assert fault in told


def test_every_command_says_who_runs_it_and_what_it_reads_and_writes() -> None:
    assert [fault for name, command in commands() for fault in faults_of(name, command)] == []
