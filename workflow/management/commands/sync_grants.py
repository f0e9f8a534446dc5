"""Bring everybody's rights to what their assignments say today."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.permissions import sync_grants
from workflow import clock
from workflow.machine.apply import legal_day


class Command(BaseCommand):
    help = (
        "Write and remove grants so that they equal the assignments in force today. Safe to run\n"
        "twice; to be run every night, so that an assignment that ended gives no right any more."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = sync_grants(legal_day(clock.now()))
        self.stdout.write(f"{changed} grants written or removed")
