"""manage.py accept_ledger"""

import getpass
import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.ledger.entries import short_digest
from cases.models import Unit
from workflow import clock
from workflow.ledger import watch
from workflow.ledger.accepting import NothingToAccept, accept
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT, writes=On.UNIT)
    help = gettext_lazy(  # type: ignore[assignment]
        "Cho ghi lại sổ của một xã khi sổ không khớp với mốc đã đưa ra ngoài (khôi phục từ bản sao lưu "
        "cũ, tệp mốc bị hỏng hay bị mất). Trước hết hãy tìm bản sao lưu mới hơn: việc đã mất không tự trở lại, và "
        "giấy biên nhận của người dân vẫn ghi mốc cũ.\n\n"
        "  manage.py accept_ledger\n"
        "      những xã không khớp\n"
        "  manage.py accept_ledger --commune 24646 --paper '12/BB-UBND ngày 25/10/2024'\n\n"
        "Việc chấp nhận được ghi vào sổ và vào tệp mốc; mốc cũ vẫn còn trong tệp. Mã thoát 0 khi sau đó "
        "không còn xã nào được nêu mà chưa khớp."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", metavar="CODE", help=_("mã xã"))
        parser.add_argument("--paper", default="", help=_("văn bản cho phép"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["commune"]:
            self._list(options["format"])
            return
        commune = Unit.objects.filter(code=options["commune"]).first()
        if commune is None:
            raise CommandError(
                _("Không có đơn vị nào mang mã %(code)s.") % {"code": options["commune"]}
            )
        if not options["paper"].strip():
            raise CommandError(_("Phải nêu văn bản cho phép: --paper."))
        try:
            accepted = accept(
                commune,
                paper=options["paper"].strip()[:200],
                by_name=getpass.getuser(),
                at=clock.now(),
            )
        except NothingToAccept as error:
            raise CommandError(
                _("Sổ của xã này khớp với mốc: không có gì để chấp nhận.")
            ) from error
        told = {
            "commune": commune.code,
            "expected": accepted.expected_sequence,
            "sequence": accepted.sequence,
            "digest": short_digest(bytes(accepted.tree)),
        }
        if options["format"] == "json":
            self.stdout.write(json.dumps(told))
            return
        words = _("Đã chấp nhận sổ của xã %(commune)s ở việc số %(sequence)d (%(digest)s).")
        self.stdout.write(words % told)

    def _list(self, form: str) -> None:
        behind = watch.look().behind.values()
        if form == "json":
            self.stdout.write(json.dumps([vars(each) for each in behind], ensure_ascii=False))
        for each in behind:
            if form == "text":
                self.stdout.write(str(each))
        if behind:
            raise SystemExit(1)
        if form == "text":
            self.stdout.write(_("Sổ của mọi xã khớp với mốc đã đưa ra ngoài."))
