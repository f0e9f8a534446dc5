"""manage.py load_units"""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.units_fixture import (
    DEFAULT_DIRECTORY,
    LoadReport,
    UnitsConflict,
    UnitsFileError,
    load_units,
)
from workflow.management.doors import CommandDoor, Runs
from workflow.pages.doors import On

SHOWN_CONFLICTS = 20


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.NOTHING, writes=On.NATION)
    help = gettext_lazy(  # type: ignore[assignment]
        "Nạp danh mục đơn vị hành chính: cây 3 cấp đầu năm 2025, cây 2 cấp từ 01/07/2025 với các loại "
        "đổi năm 2026, và bảng chuyển đổi cũ - mới.\n\n"
        "Chạy lại bao nhiêu lần cũng được: chỉ những gì chưa có mới được thêm, phiên bản đang mở được "
        "kết thúc khi tệp ghi ngày kết thúc; thôn, tổ dân phố không bị đụng tới. Nếu tệp trái với dữ "
        "liệu đang lưu thì không ghi gì và nêu từng chỗ trái.\n\n"
        "  manage.py load_units                    nạp danh mục đi kèm\n"
        "  manage.py load_units --format json      kết quả cho máy đọc\n"
        "  manage.py load_units --directory DIR    nạp versions.csv, successions.csv, sources.csv trong DIR\n\n"
        "Mã thoát 0 khi thành công, 1 khi không."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help=_("cách in kết quả (mặc định: text)"),
        )
        parser.add_argument(
            "--directory",
            type=Path,
            default=DEFAULT_DIRECTORY,
            help=_("thư mục chứa ba tệp csv (mặc định: danh mục đi kèm)"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        try:
            report = load_units(options["directory"])
        except UnitsFileError as reason:
            self._refuse([str(reason)], as_json)
        except UnitsConflict as reason:
            self._refuse(reason.conflicts, as_json)
        else:
            self.stdout.write(_as_json(report) if as_json else _as_text(report))

    def _refuse(self, reasons: list[str], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"loaded": False, "errors": reasons}, ensure_ascii=False))
        shown = reasons[:SHOWN_CONFLICTS]
        if len(reasons) > len(shown):
            shown.append(_("… và %(count)d chỗ nữa.") % {"count": len(reasons) - len(shown)})
        raise CommandError("\n".join([_("Không nạp gì:"), *shown]))


def _as_json(report: LoadReport) -> str:
    return json.dumps({"loaded": True, "changed": report.changed, **asdict(report)})


def _as_text(report: LoadReport) -> str:
    if not report.changed:
        return _("Không có gì thay đổi: %(present)d dòng đã có sẵn.") % asdict(report)
    return _(
        "Đã thêm %(units)d đơn vị, %(versions)d phiên bản, %(successions)d kế thừa; "
        "kết thúc %(versions_closed)d phiên bản; %(present)d dòng đã có sẵn."
    ) % asdict(report)
