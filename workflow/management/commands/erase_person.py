"""manage.py erase_person"""

import getpass
import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import refusals, row_security
from cases.models import Household
from workflow import clock
from workflow.ledger import watch
from workflow.ledger.erasure import Altered, StillOpen, communes_of, erase
from workflow.machine.refusals import Refused
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.CASE, writes=On.CASE)
    help = gettext_lazy(  # type: ignore[assignment]
        "Xóa dữ liệu cá nhân của một hộ trong mọi đợt, theo một văn bản: tên, ngày sinh, số định danh, "
        "nội dung khiếu nại, lý do. Mã hộ, kết quả và những việc đã làm vẫn còn; mọi chuỗi của sổ vẫn "
        "đúng. Không khôi phục được, trừ từ bản sao lưu (cũng phải xóa ở đó: docs/anchors.md).\n\n"
        "  manage.py erase_person --household 24646-00017 --paper '12/QĐ-UBND' --dry-run\n"
        "  manage.py erase_person --household 24646-00017 --paper '12/QĐ-UBND'\n\n"
        "Từ chối khi hồ sơ của hộ chưa xong. Trên PostgreSQL lệnh này đăng nhập bằng "
        "RASOAT_OWNER_DATABASE. Mã thoát 0 khi đã xóa (hoặc đã đếm)."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--household", required=True, metavar="CODE", help=_("mã hộ"))
        parser.add_argument("--paper", required=True, help=_("văn bản quyết định việc xóa"))
        parser.add_argument("--dry-run", action="store_true", help=_("chỉ đếm, không xóa"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        at, paper = clock.now(), options["paper"].strip()[:200]
        if not paper:
            raise CommandError(_("Phải nêu văn bản quyết định việc xóa: --paper."))
        with row_security.machine("command"):
            household = Household.objects.filter(code=options["household"]).first()
        if household is None:
            words = _("Không có hộ nào mang mã %(code)s.")
            raise CommandError(words % {"code": options["household"]})
        try:
            counts = erase(
                household,
                paper=paper,
                by_name=getpass.getuser(),
                at=at,
                dry_run=options["dry_run"],
            )
        except Refused as error:
            (why,) = error.refusals
            refusals.record(
                why.code,
                door="erase_person",
                at=at,
                unit=next(filter(watch.behind, communes_of(household)), None),
                detail=household.code,
            )
            raise CommandError(f"{why} {_(why.remedy)}") from error
        except StillOpen as error:
            refusals.record("case_still_open", door="erase_person", at=at, detail=str(error))
            words = _("Hồ sơ của hộ chưa xong (%(case)s): chưa xóa được.")
            raise CommandError(words % {"case": error}) from error
        except Altered as error:
            refusals.record("record_altered", door="erase_person", at=at, detail=str(error))
            words = _("Việc %(act)s không khớp với sổ: có người đã sửa dữ liệu. Không xóa gì.")
            raise CommandError(words % {"act": error}) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(counts))
            return
        words = _("Sẽ xóa:") if options["dry_run"] else _("Đã xóa:")
        self.stdout.write(f"{words} {', '.join(f'{k} {v}' for k, v in counts.items() if v)}")
