"""Compare open charts with the states of their cases, clocks with their terms; mend on request."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflow import clock
from workflow.following import charts_disagree, clocks_disagree, collect_rounds
from workflow.management.doors import CommandDoor, Runs
from workflow.management.scope import sees_everything
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = (
        "Find charts that do not wait where their cases are, and clocks that do not run to the end\n"
        "of their term; --mend moves them there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="bring charts to their cases")

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        if options["mend"]:
            self.stdout.write(f"{collect_rounds(clock.now())} charts moved")
        wrong = [*map(str, charts_disagree()), *map(str, clocks_disagree())]
        wrong += [f"failed: {task}" for task in Task.objects.filter(status=STATUS.ERROR)]
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise SystemExit(1)
        self.stdout.write("charts agree with their cases")
