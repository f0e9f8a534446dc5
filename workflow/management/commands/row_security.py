"""The second net: write row-level security into the database, or find where it is missing."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import row_security
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On
from workflow.row_security_tables import EXEMPT, policies


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.NOTHING)
    help = gettext_lazy(  # type: ignore[assignment]
        "Lưới thứ hai: chính PostgreSQL chỉ cho mỗi giao dịch thấy các đơn vị của người đang làm.\n\n"
        "  manage.py row_security --check\n"
        "      vai trò đang đăng nhập có bị ràng buộc không, bảng nào thiếu luật\n"
        "  manage.py row_security --install\n"
        "      ghi vai trò, quyền và luật còn thiếu (sau mỗi lần migrate đã tự ghi)\n"
        "  manage.py row_security --tables\n"
        "      bảng nào được giữ theo đâu, bảng nào để ngỏ và vì sao\n\n"
        "--install đăng nhập bằng RASOAT_OWNER_DATABASE nếu có, --check bằng RASOAT_DATABASE như các trang.\n"
        "Mã thoát 0 khi không thiếu gì, 1 khi có. Với SQLite không có gì để làm."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--check", action="store_true", help=_("chỉ xem, không ghi gì"))
        what.add_argument("--install", action="store_true", help=_("ghi những gì còn thiếu"))
        what.add_argument("--tables", action="store_true", help=_("kể từng bảng"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        if options["tables"]:
            self._tell_tables(as_json)
            return
        written = row_security.install(DEFAULT_DB_ALIAS) if options["install"] else []
        found = row_security.faults(DEFAULT_DB_ALIAS)
        if options["check"]:
            found = [*row_security.role_faults(DEFAULT_DB_ALIAS), *found]
        if as_json:
            told = {
                "database": connection.vendor,
                "role": row_security.app_role(),
                "written": written,
                "faults": [vars(fault) for fault in found],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            self._tell(written, found)
        if found:
            raise SystemExit(1)

    def _tell(self, written: list[str], found: list[row_security.Fault]) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write(_("SQLite không có vai trò: chỉ có lưới thứ nhất."))
            return
        for statement in written:
            self.stdout.write(f"{statement};")
        for fault in found:
            self.stderr.write(f"{fault.code}  {fault}")
        if any(fault.code == "no_role" for fault in found):
            role = row_security.app_role()
            self.stderr.write(
                _("Người quản trị máy chủ chạy: %(statement)s; rồi chạy lại --install.")
                % {"statement": f"CREATE ROLE {role} NOLOGIN"}
            )
        if not found:
            self.stdout.write(_("Không thiếu gì."))

    def _tell_tables(self, as_json: bool) -> None:
        kept = {model._meta.db_table: policy.told_by for model, policy in policies().items()}
        if as_json:
            told = {"kept": kept, "open": EXEMPT}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for table, by in kept.items():
            self.stdout.write(f"{table:32} {by}")
        for label, why in EXEMPT.items():
            self.stdout.write(f"{label:32} - {why}")
