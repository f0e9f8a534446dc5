"""manage.py anchor"""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import clock
from workflow.ledger import anchors, watch
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = gettext_lazy(  # type: ignore[assignment]
        "Đưa mốc của sổ ra ngoài máy chủ dữ liệu: ghi thêm vào tệp của từng xã trong RASOAT_ANCHORS, "
        "rồi đối chiếu sổ với mốc cuối.\n\n"
        "  manage.py anchor\n"
        "      mọi việc chưa có mốc, không chờ đủ mười lăm phút\n"
        "  manage.py anchor --due\n"
        "      chỉ những mốc đã đến hạn, như lệnh tick làm mỗi phút\n\n"
        "Chạy lại không đổi gì. Mã thoát 0 khi đưa ra được hết và sổ khớp, 1 khi không."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--due", action="store_true", help=_("chỉ những mốc đã đến hạn"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = anchors.sweep(clock.now(), all_heads=not options["due"])
        behind = [str(each) for each in watch.look().behind.values()]
        if options["format"] == "json":
            told = {"lines": swept.lines, "failed": swept.failed, "behind": behind}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(_("%(count)d mốc đã đưa ra ngoài.") % {"count": swept.lines})
            for commune, why in swept.failed.items():
                words = _("Xã %(commune)s: chưa đưa ra được (%(why)s).")
                self.stderr.write(words % {"commune": commune, "why": why})
            for line in behind:
                self.stderr.write(_("Không khớp với mốc: %(line)s") % {"line": line})
        if swept.failed or behind:
            raise SystemExit(1)
