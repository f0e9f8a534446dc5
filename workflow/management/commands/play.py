"""Play a review written as TOML through the same acts the pages use."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On
from workflow.scenarios import Played, ScenarioError, Surprise, play, read_scenario


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = (
        "Play a scenario: a review written as TOML, done through the same acts as the pages.\n\n"
        "Stops at the first surprise and says what was expected and what came; the steps before\n"
        "it stay done, and playing the file again goes on where it stopped.\n"
        "The format is described in docs/scenarios/README.md. Examples:\n\n"
        "  manage.py play docs/scenarios/cu-jut-2024.toml\n"
        "  manage.py play docs/scenarios/cu-jut-2024.toml --set households=other-district.xlsx\n"
        "  manage.py play docs/scenarios/khieu-nai.toml --notes\n"
        "  manage.py play docs/scenarios/tu-choi.toml --format json"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the scenario (TOML)")
        parser.add_argument(
            "--set",
            dest="files",
            action="append",
            default=[],
            metavar="NAME=FILE",
            help="use another workbook for a name in the scenario's [files]; may be repeated",
        )
        parser.add_argument(
            "--notes", action="store_true", help="print what the file remarks on its steps"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        played: list[Played] = []
        as_json = options["format"] == "json"
        noted = 0
        try:
            scenario = read_scenario(options["file"], _named_files(options["files"]))
            for row in play(scenario):
                played.append(row)
                if not as_json:
                    if options["notes"] and row.note and row.step != noted:
                        self.stdout.write(f"\n     {row.note}")
                    noted = row.step
                    self._tell(row)
        except (ScenarioError, Surprise) as error:
            if as_json:
                self._dump(played, str(error))
            raise CommandError(str(error)) from error
        if as_json:
            self._dump(played, None)
        else:
            self.stdout.write(
                self.style.SUCCESS(
                    _("%(title)s: %(count)d việc") % {"title": scenario.title, "count": len(played)}
                )
            )

    def _tell(self, row: Played) -> None:
        outcome = (
            _("%(count)d hồ sơ") % {"count": row.moved}
            if row.result == "done"
            else "; ".join(row.refusals[:3])
        )
        self.stdout.write(
            f"{row.step:3d}  {row.at[:16]}  {row.do:18s} {row.on:36s} {row.result:8s} {outcome}"
        )

    def _dump(self, played: list[Played], surprise: str | None) -> None:
        told = {"played": [row.as_json() for row in played], "surprise": surprise}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))


def _named_files(pairs: list[str]) -> dict[str, Path]:
    files = {}
    for pair in pairs:
        name, separator, file = pair.partition("=")
        if not separator:
            raise ScenarioError(f"--set {pair}: expected NAME=FILE")
        files[name] = Path(file)
    return files
