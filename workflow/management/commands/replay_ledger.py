"""manage.py replay_ledger"""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import refusals
from cases.models import Unit
from workflow import clock
from workflow.ledger.export import NotExported, communes_of, one_view
from workflow.ledger.replay import Difference, Retelling, differences, retell
from workflow.ledger.replay_reading import BadExport, of_folder, of_tables
from workflow.ledger.replay_reports import Compared, Counted, compare_forms, counted
from workflow.management.doors import CommandDoor, Runs
from workflow.management.scope import sees_everything
from workflow.pages.doors import On

SHOWN = 50


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.UNIT)
    help = gettext_lazy(  # type: ignore[assignment]
        "Dựng lại từ sổ việc (chỉ từ các việc và sự kiện) trạng thái của từng hồ sơ, số đếm, giấy chứng "
        "nhận, báo cáo tháng và các biểu 2, 3, 4 của một đơn vị, rồi so với các bảng. Mỗi chỗ khác nhau "
        "được nêu tên.\n\n"
        "  manage.py replay_ledger --unit 24646\n"
        "      một xã\n"
        "  manage.py replay_ledger --unit 67 --format json\n"
        "      mọi xã của tỉnh 67, in JSON cho máy đọc\n"
        "  manage.py replay_ledger --unit 24646 --export so-24646\n"
        "      dựng lại từ thư mục đã xuất (export_ledger), so với các bảng ở đây\n\n"
        "Hộ đã xóa dữ liệu theo quy định thì chỉ so trạng thái; đơn vị có hộ như vậy không so được biểu, "
        "và lệnh nói rõ. Mã thoát 0 khi không có chỗ nào khác, 1 khi có."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--unit", required=True, metavar="CODE", help=_("mã xã, huyện, tỉnh, hoặc VN")
        )
        parser.add_argument(
            "--export", type=Path, metavar="DIR", help=_("dựng lại từ thư mục đã xuất này")
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before the transaction that `handle` opens: record and tables are of one moment.
        with one_view():
            return super().execute(*args, **options)

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(
                _("Không có xã, huyện hay tỉnh nào mang mã %(code)s.") % {"code": options["unit"]}
            )
        try:
            communes = communes_of(unit, None)
        except NotExported as none:
            raise CommandError(
                _("Đơn vị %(unit)s chưa có việc nào trong sổ, hoặc là thôn.") % {"unit": unit.code}
            ) from none
        found: list[Difference] = []
        told: dict[str, Counted] = {}
        sums = {"communes": 0, "acts": 0, "events": 0, "cases": 0, "erased": 0}
        try:
            for retelling, commune_id in _retellings(communes, options["export"]):
                found += differences(retelling, commune_id)
                told |= counted(retelling.rounds)
                sums["communes"] += 1
                sums["acts"] += retelling.acts
                sums["events"] += retelling.events
                sums["cases"] += sum(len(r.cases) for r in retelling.rounds.values())
                sums["erased"] += sum(r.erased for r in retelling.rounds.values())
        except BadExport as error:
            refusals.record(
                "bad_export", door="replay_ledger", at=clock.now(), unit=unit, detail=str(error)
            )
            raise CommandError(
                _("Thư mục đã xuất không đọc được: %(place)s.") % {"place": error}
            ) from error
        forms = compare_forms(unit, told)
        found += forms.found
        if options["format"] == "json":
            self._dump(unit.code, sums, forms, found)
        else:
            self._tell(sums, forms, found)
        if found:
            raise CommandError(
                _("Có %(count)d chỗ các bảng khác với sổ việc.") % {"count": len(found)}
            )

    def _dump(
        self, unit: str, sums: dict[str, int], forms: Compared, found: list[Difference]
    ) -> None:
        data = {
            "unit": unit,
            **sums,
            "forms": forms.forms,
            "forms_not_told": forms.not_told,
            "differences": [each._asdict() for each in found],
        }
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=1))

    def _tell(self, sums: dict[str, int], forms: Compared, found: list[Difference]) -> None:
        self.stdout.write(
            _(
                "Dựng lại %(cases)d hồ sơ của %(communes)d xã từ %(acts)d việc, %(events)d sự kiện; "
                "so %(forms)d biểu."
            )
            % {**sums, "forms": forms.forms}
        )
        for place in forms.not_told:
            self.stdout.write(
                _("Không so được biểu của %(place)s: có hộ đã xóa dữ liệu.") % {"place": place}
            )
        for each in found[:SHOWN]:
            self.stdout.write(
                _("%(kind)s %(subject)s: theo sổ là “%(record)s”, trong bảng là “%(table)s”")
                % each._asdict()
            )
        if not found:
            self.stdout.write(self.style.SUCCESS(_("Không có chỗ nào khác.")))


def _retellings(communes: dict[int, str], folder: Path | None) -> Iterator[tuple[Retelling, int]]:
    if folder is None:
        for pk, code in communes.items():
            yield retell(code, of_tables(pk)), pk
        return
    left = {code: pk for pk, code in communes.items()}
    for code, acts in of_folder(folder):
        if code in left:
            yield retell(code, acts), left.pop(code)
    for code, pk in left.items():
        yield retell(code, ()), pk
