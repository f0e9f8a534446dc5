"""Link a person of the office's identity provider to an account, or undo it."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from cases.models import User
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On
from workflow.sessions import end_sessions
from workflow.sign_in.office import PROVIDER


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.NOTHING, writes=On.NOTHING)
    help = (
        "Let a person sign in through the office's identity provider (RASOAT_OIDC_URL), on an\n"
        "account that exists. SUBJECT is the provider's name for the person (the claim `sub`); the\n"
        "page that says no shows it to them. Undoing the link ends the person's sessions.\n\n"
        "  manage.py link_sign_in binh 5f3c0c1e-77aa-4d0e-9a51-0b1f6c1d2e3f\n"
        "  manage.py link_sign_in binh 5f3c0c1e-77aa-4d0e-9a51-0b1f6c1d2e3f --remove"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("subject")
        parser.add_argument("--remove", action="store_true", help="undo the link")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"there is no user {options['username']}")
        named = {"provider": PROVIDER, "uid": options["subject"]}
        if options["remove"]:
            if not SocialAccount.objects.filter(user=user, **named).delete()[0]:
                raise CommandError(f"{user.username} is not linked to this subject")
            end_sessions(user)
            self.stdout.write(f"{user.username}: no longer linked")
            return
        try:
            with transaction.atomic():
                SocialAccount.objects.create(user=user, **named)
        except IntegrityError as error:
            raise CommandError("this subject is linked already") from error
        self.stdout.write(f"{user.username}: linked")
