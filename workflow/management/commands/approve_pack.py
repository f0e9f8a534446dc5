"""manage.py approve_pack"""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import PackEdition
from cases.pack_editions import Denied
from cases.rules.packs.files import PackFileError
from workflow import clock
from workflow.management.doors import CommandDoor, Runs, person_named
from workflow.pack_editions import approve, as_json, denial, said
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.NATION, writes=On.NATION, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Duyệt một phiên bản quy trình đã nạp; người duyệt khác người nạp.\n\n"
        "Các đợt mở từ lúc này, trong thời gian hiệu lực, theo phiên bản ấy. Đợt đang chạy giữ quy\n"
        "trình lúc mở; muốn chuyển thì làm việc “Chuyển đợt sang bản quy trình mới” ở từng đợt.\n"
        "Đã duyệt thì không sửa được nữa.\n\n"
        "  manage.py approve_pack qd24-2021-2cap-e2 --by bo2"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help=_("mã của phiên bản"))
        parser.add_argument("--by", required=True, metavar="USERNAME", help=_("người duyệt"))
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_named(options["by"])
        code = options["code"]
        try:
            row = approve(code=code, by=by, at=clock.now())
        except PackEdition.DoesNotExist as missing:
            words = _("Không có phiên bản quy trình nào mang mã %(code)s chờ duyệt.")
            raise CommandError(words % {"code": code}) from missing
        except PackFileError as refused:
            raise CommandError("\n".join(map(str, said(refused)))) from refused
        except Denied as denied:
            raise CommandError(denial(denied)) from denied
        if options["format"] == "json":
            approved = {"code": row.code, "fingerprint": bytes(row.fingerprint).hex()}
            self.stdout.write(as_json(approved))
        else:
            self.stdout.write(_("Đã duyệt %(code)s.") % {"code": row.code})
