"""What both import commands do: read, try, take, and say what was taken or what is wrong."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.sheets.cells import CellError
from cases.sheets.workbook import UnreadableWorkbook
from workflow import clock
from workflow.imports.files import NotWhole, Overtaken
from workflow.imports.kinds import Kind
from workflow.machine.apply import legal_day
from workflow.management.doors import CommandDoor, person_named, told
from workflow.management.scope import sees_everything

SHOWN = 50


class ImportCommand(BaseCommand):
    """A command that takes one kind of workbook; the kinds differ in how they plan and take."""

    kind: ClassVar[Kind]
    door: ClassVar[CommandDoor]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = told(self.door)
        parser.add_argument("file", metavar="FILE", type=Path, help=_("tệp .xlsx, .xls hoặc .ods"))
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help=_("tên đăng nhập của người nhập")
        )
        parser.add_argument(
            "--year", type=int, help=_("năm của đợt rà soát (mặc định: năm của --at)")
        )
        parser.add_argument(
            "--at", metavar="ISO", help=_("lúc nhập, ví dụ 2024-09-05T09:00 (mặc định: bây giờ)")
        )
        parser.add_argument(
            "--good-rows", action="store_true", help=_("tệp có lỗi thì chỉ nhận các dòng đúng")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("chỉ đọc thử, không ghi gì"))
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help=_("cách in kết quả (mặc định: text)"),
        )

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        by, at = person_named(options["by"]), _moment(options["at"])
        year = options["year"] or legal_day(at).year
        path: Path = options["file"]
        try:
            file = self.kind.read(path, name=path.name, by=by, at=at, year=year)
            if options["dry_run"]:
                self._show_plan(self.kind.plan(file), as_json)
                return
            taken = self.kind.take(file, good_rows_only=options["good_rows"])
        except (UnreadableWorkbook, Overtaken) as reason:
            self._print_json(as_json, {"taken": False, "sentence": str(reason)})
            raise CommandError(str(reason)) from reason
        except NotWhole as reason:
            self._show_faults(reason.plan, as_json)
            raise CommandError(str(reason)) from reason
        self._show_taken(taken, as_json)

    def _show_plan(self, plan: Any, as_json: bool) -> None:
        if not plan.is_whole:
            self._show_faults(plan, as_json)
            raise CommandError(
                _("Đọc thử: tệp có %(errors)d lỗi; %(good)d trên %(rows)d dòng đúng.")
                % {"errors": plan.error_count, "good": plan.good_count, "rows": plan.row_count}
            )
        if as_json:
            self._print_json(as_json, _as_json(plan, taken=False))
            return
        self._show_lines(_notes(plan))
        self.stdout.write(
            _("Đọc thử, chưa ghi gì: %(what)s") % {"what": self.kind.sentence(plan.total)}
        )

    def _show_taken(self, taken: Any, as_json: bool) -> None:
        plan = taken.plan
        if as_json:
            facts = _as_json(plan, taken=True)
            self._print_json(as_json, {**facts, "before": taken.before})
            return
        self._show_lines([*_shown(plan.errors, plan.error_count), *_notes(plan)])
        if taken.rows_left_out:
            self.stdout.write(_("Bỏ lại %(count)d dòng có lỗi.") % {"count": taken.rows_left_out})
        if taken.before:
            self.stdout.write(_("Tệp này đã nhận trước đó: không có gì thay đổi."))
        else:
            self.stdout.write(_("Đã nhận: %(what)s") % {"what": self.kind.sentence(taken.total)})

    def _show_faults(self, plan: Any, as_json: bool) -> None:
        if as_json:
            self._print_json(as_json, _as_json(plan, taken=False))
            return
        self._show_lines(_shown(plan.errors, plan.error_count))

    def _show_lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _print_json(self, as_json: bool, facts: dict[str, Any]) -> None:
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, default=str))


def _moment(text: str | None) -> datetime:
    """Return the moment; without an offset it is Vietnam's time."""
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("--at “%(text)s” không phải ngày giờ: hãy ghi như 2024-09-05T09:00.") % {"text": text}
        ) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _notes(plan: Any) -> list[str]:
    """Return what the officer should look at again, although it is no error."""
    lines = _shown(plan.warnings, plan.warning_count)
    notes = [_("Cần xem lại: %(what)s") % {"what": line} for line in lines]
    if plan.ignored_columns:
        columns = ", ".join(plan.ignored_columns)
        notes.append(_("Cột không dùng: %(columns)s.") % {"columns": columns})
    return notes


def _shown(cells: Sequence[CellError], count: int) -> list[str]:
    lines = [str(cell) for cell in cells[:SHOWN]]
    if count > len(lines):
        lines.append(_("… và %(count)d chỗ nữa.") % {"count": count - len(lines)})
    return lines


def _as_json(plan: Any, *, taken: bool) -> dict[str, Any]:
    return {
        "taken": taken,
        "file": plan.name,
        "year": plan.year,
        "rows": plan.row_count,
        "good_rows": plan.good_count,
        "error_count": plan.error_count,
        "errors": [asdict(error) for error in plan.errors],
        "warning_count": plan.warning_count,
        "warnings": [asdict(warning) for warning in plan.warnings],
        "ignored_columns": list(plan.ignored_columns),
        "tallies": [asdict(tally) for tally in plan.tallies],
    }
