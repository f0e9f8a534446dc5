"""What time does to the record: every minute heads are given out, every day its root; and a look."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflow.ledger import anchors, daily_root, timestamps, watch
from workflow.machine.apply import legal_day

# An act of yesterday evening may still wait for its turn after midnight.
LATE = timedelta(minutes=10)


@dataclass
class Minute:
    """What was given out, and what could not be."""

    lines: int = 0
    roots: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # commune or day -> why
    no_token: dict[str, str] = field(default_factory=dict)  # day -> why; asked for again
    behind: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return vars(self)


def give_out(at: datetime, *, all_heads: bool = False) -> Minute:
    """
    Give out the heads that are due and the roots of the days that are over, and compare.

    Doing it again changes nothing; what fails is told, and tried again the next time.
    """
    swept = anchors.sweep(at, all_heads=all_heads)
    minute = Minute(lines=swept.lines, failed=swept.failed)
    for day in daily_root.days_due(legal_day(at - LATE)):
        try:
            if daily_root.give_out(day, at):
                minute.roots.append(day.isoformat())
        except (OSError, daily_root.OtherRoot) as error:
            minute.failed[day.isoformat()] = f"{type(error).__name__}: {error}"
    try:
        minute.no_token = timestamps.stamp_due(at)
    except OSError as error:
        minute.no_token["-"] = f"{type(error).__name__}: {error}"
    minute.behind = [str(behind) for behind in watch.look().behind.values()]
    return minute
