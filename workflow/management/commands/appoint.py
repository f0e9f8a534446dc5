"""Appoint a person to a role on a unit, from one day to another, by a paper."""

import secrets
from argparse import RawDescriptionHelpFormatter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cases.duties import Role
from cases.models import RoleAssignment, Unit, User
from cases.permissions import sync_grants
from workflow import clock
from workflow.machine.apply import legal_day


class Command(BaseCommand):
    help = (
        "Appoint a person to a role on a unit, by its paper; an account is made when there is none\n"
        "and its first password is printed once. Roles: " + ", ".join(Role) + ".\n\n"
        "  manage.py appoint binh COMMUNE_CHAIR 24646 --name 'Võ Văn Bình' --paper '12/QĐ-UBND'\n"
        "  manage.py appoint binh COMMUNE_CHAIR 24646 --until 2026-12-01 --paper '40/QĐ-UBND'"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=list(Role))
        parser.add_argument("unit", help="code of the unit")
        parser.add_argument("--paper", required=True, help="number and date of the decision")
        parser.add_argument("--name", default="", help="full name, for a new account")
        parser.add_argument("--position", default="", help="title, for a new account")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="first day")
        parser.add_argument("--until", type=date.fromisoformat, help="first day out")

    def handle(self, *args: Any, **options: Any) -> None:
        today = legal_day(clock.now())
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"there is no unit {options['unit']}; run load_units first")
        since = options["since"] or today
        with transaction.atomic():
            user, password = self._account(options)
            held = RoleAssignment.objects.filter(
                user=user, role=options["role"], unit=unit, valid_until__isnull=True
            ).first()
            if held and options["until"]:
                self._end(held, options["until"], options["paper"])
            elif held:
                raise CommandError(f"{user} is {options['role']} of {unit} since {held.valid_from}")
            else:
                self._start(user, unit, since, options)
            sync_grants(today, [user])
        self.stdout.write(f"{user.username}: {options['role']} · {unit.code}")
        if password:
            self.stdout.write(f"password: {password}")

    def _account(self, options: dict[str, Any]) -> tuple[User, str]:
        user = User.objects.filter(username=options["username"]).first()
        if user:
            return user, ""
        if not options["name"]:
            raise CommandError(f"there is no user {options['username']}; give --name to make one")
        password = secrets.token_urlsafe(12)
        user = User(
            username=options["username"], full_name=options["name"], position=options["position"]
        )
        user.set_password(password)
        user.save()
        return user, password

    def _start(self, user: User, unit: Unit, since: date, options: dict[str, Any]) -> None:
        if options["until"] and options["until"] <= since:
            raise CommandError(f"--until {options['until']} is not after {since}")
        RoleAssignment.objects.create(
            user=user,
            role=options["role"],
            unit=unit,
            valid_from=since,
            valid_until=options["until"],
            paper=options["paper"],
        )

    def _end(self, held: RoleAssignment, until: date, paper: str) -> None:
        if until <= held.valid_from:
            raise CommandError(f"--until {until} is not after {held.valid_from}")
        held.valid_until = until
        # Both papers stay: the one that appointed and the one that ended it.
        held.paper = f"{held.paper}; {paper}"
        held.save()
