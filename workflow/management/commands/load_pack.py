"""manage.py load_pack"""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.pack_editions import Denied, load_edition
from cases.rules.packs.files import PackFileError
from workflow import clock
from workflow.management.doors import CommandDoor, Runs, person_named
from workflow.pack_editions import as_json, denial, read_file, said
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.PERSON, reads=On.NATION, writes=On.NATION, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Nạp một phiên bản quy trình từ tệp TOML, thành bản chờ duyệt.\n\n"
        "Lấy một phiên bản đang có làm mẫu bằng export_pack, sửa mã, ngày hiệu lực và nội dung, ghi\n"
        "phiên bản bị thay vào mục replaces. Tệp có lỗi không được nhận: mỗi lỗi nêu tên tệp, mục và\n"
        "lý do. Người thứ hai duyệt bằng approve_pack; trước khi duyệt, không đợt nào theo bản này.\n\n"
        "  manage.py export_pack qd24-2021-2cap > moi.toml\n"
        "  manage.py load_pack moi.toml --by bo1 --paper 'Quyết định số …/QĐ-TTg'"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help=_("tệp TOML"))
        parser.add_argument("--by", required=True, metavar="USERNAME", help=_("người nạp"))
        parser.add_argument("--paper", required=True, help=_("văn bản làm căn cứ nạp"))
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by = person_named(options["by"])
        try:
            row = load_edition(
                text=read_file(path), name=path.name, by=by, at=clock.now(), paper=options["paper"]
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except PackFileError as refused:
            if options["format"] == "json":
                self.stdout.write(as_json({"problems": [vars(each) for each in said(refused)]}))
            raise CommandError("\n".join(map(str, said(refused)))) from refused
        except Denied as denied:
            raise CommandError(denial(denied)) from denied
        if options["format"] == "json":
            loaded = {"code": row.code, "fingerprint": bytes(row.fingerprint).hex()}
            self.stdout.write(as_json(loaded))
        else:
            self.stdout.write(_("Đã nạp %(code)s, chờ người thứ hai duyệt.") % {"code": row.code})
