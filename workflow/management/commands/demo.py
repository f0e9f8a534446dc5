"""Load the demonstration and serve it on this machine."""

from argparse import RawDescriptionHelpFormatter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.models import Act
from cases.units_fixture import load_units
from workflow.auditing.showing import show_the_bench
from workflow.clock import set_demo_clock
from workflow.demo_accounts import demo_accounts
from workflow.ledger import anchors
from workflow.management.doors import CommandDoor, Runs
from workflow.models import DemoClock
from workflow.pages.doors import On
from workflow.scenarios import ScenarioError, Surprise, play, read_scenario

SCENARIO = Path("docs/scenarios/demo.toml")


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = (
        "Load the demonstration: today's units, four communes of Cư Jút at four stages, one account\n"
        "a role. Running it again changes nothing. Needs RASOAT_DEMO=true; refused while\n"
        "RASOAT_DEBUG is off. `make demo` calls it with --serve."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--serve", action="store_true", help="serve the site afterwards")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG and settings.DEMO):
            raise CommandError(
                "the demonstration runs only with RASOAT_DEMO=true and RASOAT_DEBUG=true"
            )
        call_command("migrate", verbosity=0)
        self.stdout.write(_("Đơn vị hành chính…"))
        load_units()
        self._load()
        self._tell(options["port"])
        if options["serve"]:
            call_command("runserver", f"127.0.0.1:{options['port']}", use_reloader=False)

    def _load(self) -> None:
        if DemoClock.objects.exists():
            self.stdout.write(_("Dữ liệu trình diễn đã có."))
            return
        if not Act.objects.exists():
            anchors.put_aside()  # another database's, which this one would seem to lag behind
        self.stdout.write(_("Dữ liệu trình diễn…"))
        try:
            scenario = read_scenario(settings.BASE_DIR / SCENARIO)
            steps = sum(1 for _step in play(scenario))
        except (ScenarioError, Surprise) as error:
            raise CommandError(str(error)) from error
        show_the_bench(scenario.year, scenario.last_moment())
        # The clock is set last: it says that the demonstration is complete.
        set_demo_clock(scenario.last_moment() + timedelta(days=1))
        self.stdout.write(_("%(count)d việc đã ghi.") % {"count": steps})

    def _tell(self, port: int) -> None:
        self.stdout.write("")
        self.stdout.write(self.style.SUCCESS(f"http://127.0.0.1:{port}/"))
        self.stdout.write(
            _("Mật khẩu của mọi tài khoản: %(password)s") % {"password": settings.DEMO_PASSWORD}
        )
        for account in demo_accounts():
            self.stdout.write(
                f"  {account['username']:24s} {account['title']} · {account['place']}"
            )
