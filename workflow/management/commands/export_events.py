"""Write the acts of a unit as XES or OCEL 2.0."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Round
from workflow import clock
from workflow.auditing.exporting import FORMATS, cases_to_export, rounds_to_export, write
from workflow.ledger import readings
from workflow.management.auditing import auditor_named, unit_named
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, leaves=True, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Ghi các việc của một đơn vị ra tệp cho công cụ khai phá quy trình. Mã hộ, tên người được "
        "thay bằng mã tạm của riêng tệp ấy, trừ khi có --plain.\n\n"
        "  manage.py export_events --unit 662 --year 2024 --format xes viec.xes\n"
        "      XES (IEEE 1849): mỗi hồ sơ một vết\n"
        "  manage.py export_events --unit 24640 --format ocel viec.json --by giamsat\n"
        "      OCEL 2.0 JSON: mỗi việc với mọi thứ nó nói đến, trong phạm vi của giamsat\n\n"
        "Mã thoát 0 khi tệp đã ghi xong, 1 khi không; tệp ghi dở bị xóa."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit", required=True, help=_("mã xã, huyện, tỉnh, hoặc VN"))
        parser.add_argument("--year", type=int)
        parser.add_argument("--format", choices=list(FORMATS), required=True)
        parser.add_argument(
            "--plain", action="store_true", help=_("giữ nguyên mã hộ và tên người làm")
        )
        parser.add_argument("--by", help=_("người kiểm tra: chỉ trong phạm vi của người ấy"))

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        unit, at = unit_named(options["unit"]), clock.now()
        by = auditor_named("export_events", options, unit)
        cases = cases_to_export(by, unit, options["year"])
        rounds = rounds_to_export(by, unit, options["year"])
        if not cases.exists():
            raise CommandError(_("Đơn vị này chưa có hồ sơ nào."))
        path: Path = options["file"]
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                size = write(file, cases, rounds, options["format"], plain=options["plain"])
            part.replace(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                _("Không ghi được tệp %(file)s: %(reason)s.") % {"file": path, "reason": reason}
            ) from error
        finally:
            part.unlink(missing_ok=True)
        if by is not None:
            for round in Round.objects.filter(pk__in=cases.order_by().values("round")):
                noted = readings.Noted(round.commune_id, round.key, round_id=round.pk)
                readings.record(noted, user=by, page="export_events", at=at)
        note_leaving("export_events", f"{unit.code} {options['format']}", at=at, by=by)
        self.stdout.write(_("Đã ghi %(n)d byte.") % {"n": size})
