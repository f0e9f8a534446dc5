"""Strikes a clock and waits in the middle of it, for somebody to kill this process."""

import os
import sys
import time
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from workflow import timers  # noqa: E402
from workflow.notices import owe_lateness  # noqa: E402


def stop_here(*arguments: object) -> None:
    # The timer is done, the next step waits and people are told; nothing is committed.
    owe_lateness(*arguments)  # type: ignore[arg-type]
    sys.stdout.write("half way\n")
    sys.stdout.flush()
    time.sleep(60)


setattr(timers, "owe_lateness", stop_here)  # noqa: B010
timers.fire_due(datetime.fromisoformat(sys.argv[1]))
