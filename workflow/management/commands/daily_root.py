"""manage.py daily_root"""

import json
from argparse import RawDescriptionHelpFormatter
from base64 import b64encode
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import clock
from workflow.ledger import daily_root, timestamps
from workflow.machine.apply import legal_day
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.NATION)
    help = gettext_lazy(  # type: ignore[assignment]
        "Gốc trong ngày: một mã cho sổ của mọi xã lúc hết ngày, ghi ra tệp roots/NGÀY.json để ít nhất "
        "ba nơi giữ bản sao; có RASOAT_TSA_URL thì xin dấu thời gian (RFC 3161) cho tệp đó.\n\n"
        "  manage.py daily_root\n"
        "      những ngày đã qua mà chưa có gốc\n"
        "  manage.py daily_root --day 2024-10-25\n"
        "  manage.py daily_root --day 2024-10-25 --commune 24646\n"
        "      đường từ mốc của xã đến gốc, để tự kiểm tra\n\n"
        "Chạy lại không đổi gì. Mã thoát 0 khi có đủ gốc, 1 khi gốc đã đưa ra khác với sổ. Thiếu dấu "
        "thời gian không phải là lỗi: lần chạy sau xin lại."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help=_("một ngày, như 2024-10-25"))
        parser.add_argument("--commune", metavar="CODE", help=_("xã cần đường đến gốc"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if options["commune"]:
            self._tell_path(options["day"] or legal_day(at) - timedelta(days=1), options["commune"])
            return
        if options["day"] and options["day"] >= legal_day(at):
            raise CommandError(_("Ngày chưa qua thì chưa có gốc."))
        days = [options["day"]] if options["day"] else daily_root.days_due(legal_day(at))
        try:
            rows = [row for day in days if (row := daily_root.give_out(day, at))]
        except daily_root.OtherRoot as error:
            words = _("Gốc đã đưa ra của ngày %(day)s khác với sổ.")
            raise CommandError(words % {"day": error}) from error
        no_token = timestamps.stamp_due(at)
        told = {row.day.isoformat(): bytes(row.root).hex() for row in rows}
        if options["format"] == "json":
            out = {"roots": told, "no_token": no_token}
            self.stdout.write(json.dumps(out, ensure_ascii=False))
            return
        for day, root in told.items():
            self.stdout.write(f"{day} {root} {daily_root.file_of(date.fromisoformat(day))}")
        for day, code in no_token.items():
            words = _("%(day)s: chưa có dấu thời gian (%(code)s).")
            self.stderr.write(words % {"day": day, "code": code})

    def _tell_path(self, day: date, commune: str) -> None:
        try:
            found = daily_root.path_of(day, commune)
        except daily_root.NotInRoot as error:
            words = _("Không có mốc của xã trong gốc: %(what)s.")
            raise CommandError(words % {"what": error}) from error
        told = {
            "day": day.isoformat(),
            "commune": found.head.commune,
            "sequence": found.head.sequence,
            "tree": b64encode(found.head.tree).decode(),
            "leaf": b64encode(found.head.leaf).decode(),
            "index": found.index,
            "size": found.size,
            "path": [b64encode(each).decode() for each in found.path],
        }
        self.stdout.write(json.dumps(told))
