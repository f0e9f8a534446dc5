"""manage.py report"""

import io
import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Round, User
from cases.permissions import ask_on
from cases.reports.counts import Figures, Grouping
from cases.reports.exports import as_data, csv_file, terminal_table, workbook
from cases.reports.forms import FORMS
from cases.reports.places import NoSuchPlace, Place, find_place
from cases.reports.report import Report, report
from workflow import clock
from workflow.machine.apply import legal_day
from workflow.management.doors import CommandDoor, Runs, note_leaving, person_named, refuse, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On

BYTE_MARK = b"\xef\xbb\xbf"
BY = {
    "village": Grouping.VILLAGE,
    "commune": Grouping.COMMUNE,
    "province": Grouping.PROVINCE,
}


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, leaves=True, option="--as")
    help = gettext_lazy(  # type: ignore[assignment]
        "In biểu 2 (diễn biến hộ nghèo), biểu 3 (diễn biến hộ cận nghèo) hoặc biểu 4 (chỉ số thiếu hụt "
        "của hộ nghèo) của một đơn vị. Mọi con số được đếm từ hồ sơ đã có quyết định.\n\n"
        "  manage.py report 2 --unit 662 --round 2024 --format csv\n"
        "      các xã của huyện 662, năm 2024, mỗi xã một dòng\n"
        "  manage.py report 3 --unit 24646 --round 2024-24646\n"
        "      xã 24646: mỗi thôn một dòng và dòng tổng\n"
        "  manage.py report 4 --unit VN --round 2024 --format xlsx --output bieu-4.xlsx\n"
        "      cả nước: mỗi tỉnh một dòng\n\n"
        "--round là năm (mọi đợt của các xã thuộc đơn vị) hoặc NĂM-MÃ XÃ (một đợt).\n"
        "csv không có dòng tổng và luôn mỗi xã một dòng, trừ khi có --by; các cách in khác có dòng tổng.\n"
        "Xã chưa quyết định: ô để trống (csv), null (json) hoặc ghi “chưa quyết định”, không bao giờ là 0; "
        "--preliminary thay bằng kết quả đề xuất và ghi rõ là sơ bộ.\n\n"
        "Mã thoát 0 khi thành công, 1 khi không."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = told(self.door)
        parser.add_argument("number", type=int, choices=list(FORMS), help=_("số biểu"))
        parser.add_argument(
            "--unit", required=True, help=_("mã xã, huyện, tỉnh, hoặc VN cho cả nước")
        )
        parser.add_argument(
            "--round", required=True, metavar="KEY", help=_("năm (2024) hoặc một đợt (2024-24646)")
        )
        parser.add_argument(
            "--format",
            choices=["json", "csv", "xlsx", "table"],
            default="table",
            help=_("cách in (mặc định: table)"),
        )
        parser.add_argument("--by", choices=list(BY), help=_("mỗi dòng là một thôn, xã hay tỉnh"))
        parser.add_argument(
            "--as", dest="user", metavar="USERNAME", help=_("như người này đọc trên trang báo cáo")
        )
        parser.add_argument(
            "--preliminary",
            action="store_true",
            help=_("dùng kết quả đề xuất ở nơi chưa quyết định"),
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help=_("ghi vào tệp thay vì in ra")
        )

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        kind, output = options["format"], options["output"]
        if kind == "xlsx" and output is None and self.stdout.isatty():
            raise CommandError(_("Tệp xlsx không in ra màn hình được: hãy thêm --output TỆP."))
        year, commune = _read_key(options["round"])
        place = _place(options["unit"], year)
        user = person_named(options["user"], "--as") if options["user"] else None
        if user is not None:
            self._ask(user, place)
        rounds = _rounds(place, commune)
        by = BY.get(options["by"]) or (Grouping.COMMUNE if kind == "csv" else None)
        figures = Figures.PROPOSED if options["preliminary"] else Figures.DECIDED
        content = _rendered(report(options["number"], place, rounds, figures=figures, by=by), kind)
        note_leaving(
            "report",
            f"form {options['number']} {place.code} {options['round']} {kind}",
            at=clock.now(),
            by=user,
        )
        self._put(content, output, is_text=kind != "xlsx")

    def _ask(self, user: User, place: Place) -> None:
        """
        Ask whether somebody reads the reports of the whole place.

        :raises CommandError: if not; that is written down
        """
        at = clock.now()
        ask_on(user, legal_day(at))
        if not place.is_readable_by(user):
            words = _("%(name)s không đọc báo cáo của đơn vị %(code)s.")
            sentence = words % {"name": user.username, "code": place.code}
            refuse("report", "no_duty", sentence, by=user, at=at, unit=place.unit_id)

    def _put(self, content: bytes, output: Path | None, *, is_text: bool) -> None:
        if output is not None:
            try:
                output.write_bytes(content)
            except OSError as error:
                reason = error.strerror or str(error)
                raise CommandError(
                    _("Không ghi được tệp %(file)s: %(reason)s.")
                    % {"file": output, "reason": reason}
                ) from error
        elif is_text:
            self.stdout.write(content.decode(), ending="")
        else:
            sys.stdout.buffer.write(content)


def _read_key(key: str) -> tuple[int, str]:
    year, _dash, commune = key.partition("-")
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise CommandError(
            _("Không hiểu --round %(key)s: hãy ghi năm (2024) hoặc năm và mã xã (2024-24646).")
            % {"key": key}
        )
    return int(year), commune


def _place(code: str, year: int) -> Place:
    try:
        return find_place(code, year)
    except NoSuchPlace as error:
        raise CommandError(
            _("Năm %(year)d không có xã, huyện hay tỉnh nào mang mã %(code)s.")
            % {"year": year, "code": code}
        ) from error


def _rounds(place: Place, commune: str) -> QuerySet[Round]:
    rounds = place.rounds()
    if commune:
        rounds = rounds.filter(commune__code=commune)
    if not rounds.exists():
        named = {"year": place.year, "commune": commune, "unit": place.name}
        if commune:
            raise CommandError(
                _("Không có đợt rà soát %(year)d-%(commune)s trong %(unit)s.") % named
            )
        raise CommandError(_("Không có đợt rà soát nào của năm %(year)d trong %(unit)s.") % named)
    return rounds


def _rendered(made: Report, kind: str) -> bytes:
    if kind == "csv":
        # The mark by which Excel knows UTF-8 would stick to the first column's name elsewhere.
        return csv_file(made).removeprefix(BYTE_MARK)
    if kind == "json":
        return (json.dumps(as_data(made), ensure_ascii=False, indent=2) + "\n").encode()
    if kind == "xlsx":
        stream = io.BytesIO()
        workbook(made, stream)
        return stream.getvalue()
    return (terminal_table(made) + "\n").encode()
