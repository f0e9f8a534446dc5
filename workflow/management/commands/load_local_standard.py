"""manage.py load_local_standard"""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.local_standards import Denied, load_local_standard
from cases.rules.local_standards import BadLocalStandard
from workflow import clock
from workflow.local_standards import denial, read_file, said
from workflow.management.doors import CommandDoor, Runs, person_named
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.UNIT, writes=On.UNIT, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Nạp chuẩn nghèo riêng của một tỉnh, thành phố từ tệp TOML, thành bản chờ duyệt.\n\n"
        "Tệp có lỗi không được nhận: mỗi lỗi nêu tên tệp, mục và lý do. Người thứ hai duyệt bằng\n"
        "approve_local_standard; trước khi duyệt, chuẩn chưa có hiệu lực gì.\n\n"
        "  manage.py load_local_standard chuan.toml --by so67 --paper 'Nghị quyết số …/NQ-HĐND'"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help=_("tệp TOML"))
        parser.add_argument("--by", required=True, metavar="USERNAME", help=_("người nạp"))
        parser.add_argument("--paper", required=True, help=_("văn bản làm căn cứ nạp"))

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = person_named(options["by"])
        try:
            row = load_local_standard(
                text=read_file(path),
                file=path.name,
                paper=options["paper"],
                by=by,
                at=clock.now(),
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except BadLocalStandard as refused:
            raise CommandError("\n".join(map(str, said(refused)))) from refused
        except Denied as denied:
            raise CommandError(denial(denied)) from denied
        self.stdout.write(_("Đã nạp %(code)s, chờ người thứ hai duyệt.") % {"code": row.code})
