"""What time does: clocks of time limits strike; once a day rights and charts are looked over."""

import json
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import clock
from workflow.daily import do_daily_work
from workflow.ledger.minute import give_out
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On
from workflow.timers import fire_due


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = gettext_lazy(  # type: ignore[assignment]
        "Việc theo giờ: thời hạn đã hết thì báo người phải làm và cấp trên; mỗi ngày một lần cập nhật "
        "quyền theo phân công và rà lại sơ đồ; đưa mốc của sổ ra ngoài và đối chiếu. Chạy mỗi phút; chạy hai lần cùng lúc cũng an toàn. "
        "Mã thoát 0 khi xong, 1 khi có thời hạn không báo được, mốc không đưa ra được hoặc sổ không khớp."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=_moment, help=_("thời điểm, mặc định là bây giờ"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"] or clock.now()
        struck = fire_due(at)
        daily = do_daily_work(at)
        given_out = give_out(at)
        told = {
            "at": at.isoformat(),
            "fired": struck.fired,
            "failed": struck.failed,
            "daily": daily is not None,
            "charts_moved": daily.charts_moved if daily else 0,
            "grants_changed": daily.grants_changed if daily else 0,
            "ledger": given_out.told(),
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(told)
        if struck.failed or given_out.failed or given_out.behind:
            raise SystemExit(1)

    def _tell(self, told: dict[str, Any]) -> None:
        self.stdout.write(_("%(fired)d thời hạn đã hết và được báo.") % told)
        if told["daily"]:
            self.stdout.write(
                _("Việc hằng ngày: %(grants_changed)d quyền, %(charts_moved)d sơ đồ.") % told
            )
        for failed in told["failed"]:
            self.stderr.write(_("Chưa báo được: %(clock)s") % {"clock": failed})
        self._tell_ledger(told["ledger"])

    def _tell_ledger(self, told: dict[str, Any]) -> None:
        self.stdout.write(_("Sổ: %(count)d mốc đã đưa ra ngoài.") % {"count": told["lines"]})
        for what, why in {**told["failed"], **told["no_token"]}.items():
            words = _("Sổ: chưa đưa ra được %(what)s (%(why)s).")
            self.stderr.write(words % {"what": what, "why": why})
        for line in told["behind"]:
            self.stderr.write(_("Sổ: không khớp với mốc: %(line)s") % {"line": line})


def _moment(text: str) -> datetime:
    """
    Read a moment; without a zone it is Vietnam's.

    :raises ArgumentTypeError: if it cannot be read
    """
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(
            _("không hiểu thời điểm %(text)s; hãy ghi như 2026-05-06T00:01") % {"text": text}
        )
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
