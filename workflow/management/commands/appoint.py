"""Give, lend and end roles from the command line, and tell who held what on a day."""

import json
import secrets
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cases.duties import Duty, Role
from cases.models import RoleAssignment, Unit, User
from cases.models.people import Held
from workflow import clock
from workflow.appointing import Kind, appoint, delegate, end_assignment, substitute
from workflow.machine.apply import legal_day
from workflow.management.doors import CommandDoor, Runs
from workflow.management.refused import refuse
from workflow.management.scope import sees_everything
from workflow.not_given import NotGiven
from workflow.pages.doors import On
from workflow.pages.forms.base import YEARS


def day_meant(text: str) -> date:
    """Return a day like 2026-10-12, of years in which it can be meant."""
    day = date.fromisoformat(text)
    first, last = YEARS
    if not first <= day.year <= last:
        raise ArgumentTypeError(f"{text} is not a day of the years {first} to {last}")
    return day


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = (
        "Appoint a person to a role on a unit, by its paper; an account is made when there is none\n"
        "and its first password is printed once. Roles: " + ", ".join(Role) + ".\n\n"
        "  manage.py appoint binh COMMUNE_CHAIR 24646 --name 'Võ Văn Bình' --paper '12/QĐ-UBND'\n"
        "      from today on; --from and --until (first day out) say other days\n"
        "  manage.py appoint binh COMMUNE_CHAIR 24646 --end --reason TRANSFER --paper '40/QĐ-UBND'\n"
        "      at once, sessions closed; with --until from that day on\n"
        "  manage.py appoint dung COMMUNE_CHAIR 24646 --kind DELEGATION --for binh\n"
        "      --duties sign_report --until 2026-12-01 --paper-until 2026-12-31 --paper '41/UQ'\n"
        "  manage.py appoint dung COMMUNE_CHAIR 24646 --kind SUBSTITUTION --for binh\n"
        "      --from 2026-12-01 --until 2026-12-08 --paper '42/GNP'\n"
        "      while binh is on leave, for just these days\n"
        "  manage.py appoint --list --unit 24646 --on 2026-10-12 --format json\n"
        "      who held what on a day; without --unit everywhere\n\n"
        "What is refused is written down (code, unit, who runs the command); exit code 1."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?")
        parser.add_argument("role", nargs="?", choices=list(Role))
        parser.add_argument("unit", nargs="?", help="code of the unit")
        parser.add_argument("--paper", default="", help="number and date of the decision")
        parser.add_argument("--name", default="", help="full name, for a new account")
        parser.add_argument("--position", default="", help="title, for a new account")
        parser.add_argument("--from", dest="since", type=day_meant, help="first day")
        parser.add_argument("--until", type=day_meant, help="first day out")
        parser.add_argument("--end", action="store_true", help="end what the person holds")
        parser.add_argument(
            "--reason", choices=Held.Reason.values, default="OTHER", help="why it ends"
        )
        parser.add_argument("--kind", choices=Kind.values, default="APPOINTMENT")
        parser.add_argument("--for", dest="lender", help="in whose place (user name)")
        parser.add_argument("--duties", default="", help="a part of the duties: " + ", ".join(Duty))
        parser.add_argument(
            "--paper-until", type=day_meant, help="first day the paper holds no more"
        )
        parser.add_argument("--list", action="store_true", help="tell who holds what")
        parser.add_argument("--unit", dest="of_unit", help="with --list: code of the unit")
        parser.add_argument("--on", type=day_meant, help="with --list: the day")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        self.at: datetime = clock.now()
        self.day = legal_day(self.at)
        if options["list"]:
            self._list(options)
            return
        if not (options["username"] and options["role"] and options["unit"]):
            raise CommandError("say who, which role and on which unit; or --list")
        try:
            with transaction.atomic():
                assignment, password = self._do(options)
        except NotGiven as not_given:
            refuse("appoint", not_given, at=self.at)
        self._tell([assignment], options)
        if password:
            self.stdout.write(f"password: {password}")

    def _do(self, options: dict[str, Any]) -> tuple[RoleAssignment, str]:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            why = f"there is no unit {options['unit']}; run load_units first"
            raise NotGiven("no_unit", None, why)
        user, password = self._account(options)
        held = self._held(user, options["role"], unit)
        if options["end"] or (options["until"] and held.filter(valid_until=None).exists()):
            return self._end(held.first(), unit, options), ""
        since = options["since"] or self.day
        facts = {"paper": options["paper"], "by": None, "at": self.at}
        if options["kind"] == Kind.APPOINTMENT:
            until = options["until"] or options["paper_until"]
            if options["paper_until"] and until > options["paper_until"]:
                raise NotGiven("longer_than_paper", unit, f"{until} > {options['paper_until']}")
            days = {"since": since, "until": until}
            return appoint(
                user=user, role=Role(options["role"]), unit=unit, **days, **facts
            ), password
        lender = self._lender(options, unit)
        days = {"to": user, "since": since, "until": options["until"]}
        if options["kind"] == Kind.SUBSTITUTION:
            return substitute(lender, **days, **facts), password
        duties = [each for each in options["duties"].replace(" ", "").split(",") if each]
        until = options["paper_until"]
        return delegate(lender, **days, paper_until=until, duties=duties, **facts), password

    def _account(self, options: dict[str, Any]) -> tuple[User, str]:
        user = User.objects.filter(username=options["username"]).first()
        if user:
            return user, ""
        if not options["name"]:
            why = f"there is no user {options['username']}; give --name to make one"
            raise NotGiven("no_user", None, why)
        password = secrets.token_urlsafe(12)
        user = User(
            username=options["username"], full_name=options["name"], position=options["position"]
        )
        user.set_password(password)
        user.save()
        return user, password

    def _held(self, user: User, role: str, unit: Unit) -> Any:
        """Return what the person holds of the role on the unit, now or to come, the first first."""
        rows = RoleAssignment.objects.exclude(valid_until__lte=self.day).filter(
            user=user, role=role, unit=unit, ended_at_once=False
        )
        return rows.order_by("valid_from")

    def _lender(self, options: dict[str, Any], unit: Unit) -> RoleAssignment:
        lender = User.objects.filter(username=options["lender"] or "").first()
        if lender is None:
            raise NotGiven("no_user", unit, "say in whose place: --for USER")
        held = self._held(lender, options["role"], unit).first()
        if held is None:
            raise NotGiven("not_held", unit, options["role"])
        return held  # type: ignore[no-any-return]

    def _end(
        self, held: RoleAssignment | None, unit: Unit, options: dict[str, Any]
    ) -> RoleAssignment:
        if held is None:
            raise NotGiven("not_held", unit, options["role"])
        facts = {"paper": options["paper"], "reason": options["reason"], "by": None, "at": self.at}
        return end_assignment(held, until=options["until"], **facts)

    def _list(self, options: dict[str, Any]) -> None:
        rows = RoleAssignment.objects.in_force(options["on"] or self.day)
        if options["of_unit"]:
            rows = rows.filter(unit__code=options["of_unit"])
        if options["username"]:
            rows = rows.filter(user__username=options["username"])
        rows = rows.select_related("user", "unit", "on_behalf_of__user")
        self._tell(rows.order_by("unit__code", "role", "user__username"), options)

    def _tell(self, rows: Any, options: dict[str, Any]) -> None:
        told = [_told(row) for row in rows]
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for row in told:
            days = f"{row['from']} – {row['until'] or ''}"
            in_place = f" · {row['kind']} < {row['on_behalf_of']}" if row["on_behalf_of"] else ""
            self.stdout.write(f"{row['user']}: {row['role']} · {row['unit']} · {days}{in_place}")


def _told(row: RoleAssignment) -> dict[str, Any]:
    lender = row.on_behalf_of
    return {
        "user": row.user.username,
        "name": row.user.full_name,
        "role": row.role,
        "unit": row.unit.code,
        "kind": row.kind,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat() if row.valid_until else None,
        "paper": row.paper,
        "on_behalf_of": lender.user.username if lender else None,
        "duties": sorted(row.duties_given()),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "ended_at_once": row.ended_at_once,
        "end_reason": row.end_reason,
        "ended_paper": row.ended_paper,
    }
