"""manage.py write_law"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflow.law import page
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On

PAGE = Path(settings.BASE_DIR) / "docs/law.md"


class Command(BaseCommand):
    door = CommandDoor(Runs.DEVELOPER, reads=On.NATION)
    help = "Write docs/law.md anew: each article, what enforces it, which test proves it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if the page is an old one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = page()
        if not options["check"]:
            PAGE.write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/law.md: {len(text.splitlines())} lines")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/law.md is an old one: run manage.py write_law")
