"""What is done once a day: rights follow the assignments, charts are looked over, old sign-ins go."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from cases.permissions import sync_grants
from workflow.following import collect_rounds
from workflow.machine.apply import legal_day
from workflow.models import DailyWork
from workflow.sessions import forget_dead_sessions
from workflow.sign_in.delays import forget_old_tries


@dataclass(frozen=True)
class Daily:
    """What a day's work came to."""

    charts_moved: int
    grants_changed: int


def do_daily_work(at: datetime) -> Daily | None:
    """
    Do the work of the day, if nobody has; None: it is done.

    The day is marked with its last part, so that a killed process leaves it to be done. Two at
    once may both look over the charts, which is safe; the second waits for the mark and goes away.
    """
    day = legal_day(at)
    if DailyWork.objects.filter(day=day).exists():
        return None
    moved = collect_rounds(at)
    forget_old_tries()
    forget_dead_sessions()
    try:
        with transaction.atomic():
            DailyWork.objects.create(day=day, done_at=at)
            changed = sync_grants(day)
    except IntegrityError:
        if DailyWork.objects.filter(day=day).exists():
            return None
        raise
    return Daily(moved, changed)
