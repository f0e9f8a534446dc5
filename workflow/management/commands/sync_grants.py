"""Bring everybody's rights to what their assignments say today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.models import User
from cases.permissions import sync_grants
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.management.doors import CommandDoor, Runs
from workflow.management.refused import refuse
from workflow.management.scope import sees_everything
from workflow.not_given import NotGiven
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = (
        "Write and remove grants so that they equal what assignments and offices give from today\n"
        "on. Safe to run twice. Rights begin and end by date without it; it heals what was changed\n"
        "past the program, and fills the grants after a migration that emptied them.\n\n"
        "  manage.py sync_grants\n"
        "  manage.py sync_grants --user binh"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", help="one person's rights only (user name)")

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        users = None
        if options["user"]:
            users = list(User.objects.filter(username=options["user"]))
            if not users:
                refuse("sync_grants", NotGiven("no_user"), at=at)
        changed = sync_grants(legal_day(at), users)
        self.stdout.write(f"{changed} grants written or removed")
