"""manage.py export_ledger"""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import refusals
from cases.models import Unit
from workflow import clock
from workflow.ledger.export import NotExported, Written, export, one_view
from workflow.management.doors import CommandDoor, Runs, note_leaving, person_named, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On

REFUSALS = {
    "folder_not_empty": gettext_lazy("Thư mục %(folder)s đã có và không trống."),
    "not_a_commune_or_above": gettext_lazy("%(unit)s là thôn: hãy xuất sổ của xã."),
    "no_record": gettext_lazy("Đơn vị %(unit)s chưa có việc nào trong sổ."),
    "outside_duty": gettext_lazy("%(by)s không có thẩm quyền kiểm tra đơn vị %(unit)s."),
}


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, writes=On.NOTHING, leaves=True, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Xuất sổ việc của một xã, một huyện, một tỉnh (hoặc VN) ra một thư mục mà ai cũng kiểm được bằng "
        "verifier/rasoat_verify.py, không cần hệ thống này. Khuôn dạng: docs/ledger.md.\n\n"
        "  manage.py export_ledger --unit 24646 so-24646\n"
        "      sổ của xã 24646; tên người, lý do, lời khiếu nại chỉ còn là mã băm\n"
        "  manage.py export_ledger --unit 67 so-67 --by son --private\n"
        "      với quyền kiểm tra của son, kèm tên người và lời khai\n"
        "  python verifier/rasoat_verify.py check so-24646 --heads moc-da-giu.jsonl\n\n"
        "Thư mục chỉ xuất hiện khi đã ghi xong. Mã thoát 0 khi thành công, 1 khi không."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help=_("thư mục sẽ được tạo"))
        parser.add_argument(
            "--unit", required=True, metavar="CODE", help=_("mã xã, huyện, tỉnh, hoặc VN")
        )
        parser.add_argument("--by", metavar="USER", help=_("xuất với quyền của người này"))
        parser.add_argument(
            "--private",
            action="store_true",
            help=_("kèm tên người, lý do và lời khai (mặc định: chỉ mã băm)"),
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before the transaction that `handle` opens: all files tell of one moment.
        with one_view():
            return super().execute(*args, **options)

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        at, folder = clock.now(), options["folder"].absolute()
        by = person_named(options["by"]) if options["by"] else None
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(
                _("Không có xã, huyện hay tỉnh nào mang mã %(code)s.") % {"code": options["unit"]}
            )
        named = {"unit": unit.code, "folder": options["folder"], "by": options["by"] or ""}
        try:
            written = export(unit, folder, at=at, by=by, private=options["private"])
        except NotExported as refused:
            if refused.code == "outside_duty":
                refusals.record(refused.code, door="export_ledger", at=at, user=by, unit=unit)
            raise CommandError(REFUSALS[refused.code] % named) from refused
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                _("Không ghi được tệp %(file)s: %(reason)s.")
                % {"file": options["folder"], "reason": reason}
            ) from error
        kind = "ledger --private" if options["private"] else "ledger"
        note_leaving("export_ledger", f"{kind} {unit.code}", at=at, by=by)
        self._tell(written, options["format"])

    def _tell(self, written: Written, kind: str) -> None:
        rows = written.rows
        if kind == "json":
            told = {"folder": str(written.folder), "communes": written.communes, "rows": rows}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(
            _("Đã xuất sổ của %(communes)d xã vào %(folder)s: %(acts)d việc, %(cases)d hồ sơ.")
            % {
                "communes": len(written.communes),
                "folder": written.folder,
                "acts": rows["acts.jsonl"],
                "cases": rows["cases.jsonl"],
            }
        )
