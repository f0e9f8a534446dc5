"""manage.py approve_local_standard"""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.local_standards import Denied, approve_local_standard
from cases.models import LocalStandard
from cases.rules.local_standards import BadLocalStandard
from workflow import clock
from workflow.local_standards import denial, said
from workflow.management.doors import CommandDoor, Runs, person_named
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, writes=On.UNIT, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Duyệt chuẩn nghèo riêng của một tỉnh, thành phố đã nạp; người duyệt khác người nạp.\n\n"
        "Các đợt rà soát mở từ lúc này, trong thời gian hiệu lực, có thêm kết quả theo chuẩn ấy.\n"
        "Đợt đã mở không thay đổi.\n\n"
        "  manage.py approve_local_standard chuan-67-2024 --by giamdoc67"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help=_("mã của chuẩn"))
        parser.add_argument("--by", required=True, metavar="USERNAME", help=_("người duyệt"))

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_named(options["by"])
        try:
            row = approve_local_standard(code=options["code"], by=by, at=clock.now())
        except LocalStandard.DoesNotExist as missing:
            raise CommandError(
                _("Không có chuẩn mang mã %(code)s.") % {"code": options["code"]}
            ) from missing
        except BadLocalStandard as refused:
            raise CommandError("\n".join(map(str, said(refused)))) from refused
        except Denied as denied:
            raise CommandError(denial(denied)) from denied
        self.stdout.write(_("Đã duyệt %(code)s.") % {"code": row.code})
