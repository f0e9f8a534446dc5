"""Take the second factors of a person away who has lost them."""

import logging
from argparse import RawDescriptionHelpFormatter
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cases.models import User
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On
from workflow.sessions import end_sessions

log = logging.getLogger("workflow.sign_in")


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.NOTHING, writes=On.NOTHING)
    help = (
        "Remove the codes, passkeys and recovery codes of a person who has lost them, and end their\n"
        "sessions. Make sure first who is asking. A person who must have a second factor is led to\n"
        "setting up a new one at the next sign-in. Leaves a line in the log.\n\n"
        "  manage.py reset_second_factor binh --paper '15/GĐN'"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--paper", required=True, help="number and date of the request")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"there is no user {options['username']}")
        with transaction.atomic():
            gone, _by_table = Authenticator.objects.filter(user=user).delete()
            if not gone:
                raise CommandError(f"{user.username} has no second factor")
            end_sessions(user)
        log.warning("second factor of %s removed, by %s", user.username, options["paper"])
        self.stdout.write(f"{user.username}: no second factor any more")
