"""
The clock, read at the door: pages and commands ask `now()`, everything below takes `at`.

In the demonstration the clock can be moved, so that a newcomer need not wait three working days.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from workflow.models import DemoClock


def now() -> datetime:
    """Return the present moment; in the demonstration, the moment its clock shows."""
    moment = timezone.now()
    return moment + demo_offset() if settings.DEMO else moment


def demo_offset() -> timedelta:
    clock = DemoClock.objects.first()
    return clock.offset if clock else timedelta(0)


def set_demo_clock(moment: datetime) -> None:
    """
    Make `now()` show this moment from now on.

    :raises RuntimeError: outside the demonstration
    """
    if not settings.DEMO:
        raise RuntimeError("the clock can be moved in the demonstration only")
    offset = moment - timezone.now()
    DemoClock.objects.update_or_create(pk=1, defaults={"offset": offset})
