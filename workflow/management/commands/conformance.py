"""Replay the rounds of a unit against their packs."""

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Round
from workflow import clock
from workflow.auditing.conformance import KIND_TITLES, Kind, Replayed, of_invariants, replay
from workflow.auditing.scope import audited_rounds, rounds_of
from workflow.management.auditing import auditor_named, unit_named
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On

ROUNDS_AT_ONCE = 25


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, leaves=True, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Đi lại từng sự kiện của các đợt theo gói quy trình: bước bị bỏ, bị lặp, làm sớm, theo xã.\n\n"
        "  manage.py conformance --unit 662 --year 2024\n"
        "      mỗi xã một dòng\n"
        "  manage.py conformance --unit 24640 --year 2024 --recount --format json\n"
        "      cả những điều các bất biến đếm lại (ngày niêm yết, thời gian rà soát), từng chỗ lệch\n\n"
        "Mã thoát 0 khi không lệch chỗ nào, 1 khi có."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help=_("mã xã, huyện, tỉnh, hoặc VN"))
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument(
            "--recount", action="store_true", help=_("hỏi cả các bất biến (lâu hơn)")
        )
        parser.add_argument("--by", help=_("người kiểm tra: chỉ trong phạm vi của người ấy"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        unit = unit_named(options["unit"])
        by = auditor_named("conformance", options, unit)
        rounds = rounds_of(audited_rounds(by) if by else Round.objects.all(), unit)
        rows = list(rounds.filter(year=options["year"]).select_related("commune").order_by("pk"))
        if not rows:
            raise CommandError(_("Đơn vị này không có đợt rà soát nào trong năm ấy."))
        found: list[Replayed] = []
        for some in (rows[n : n + ROUNDS_AT_ONCE] for n in range(0, len(rows), ROUNDS_AT_ONCE)):
            found += replay(some)
        if options["recount"]:
            found = [with_recounted(each) for each in found]
        note_leaving("conformance", f"{unit.code} {options['year']}", at=clock.now(), by=by)
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_data(found), ensure_ascii=False, indent=1))
        else:
            self._tell(found)
        if any(each.deviations for each in found):
            raise SystemExit(1)

    def _tell(self, found: list[Replayed]) -> None:
        for each in found:
            counts = ", ".join(f"{KIND_TITLES[kind]}: {each.count(kind)}" for kind in Kind)
            line = _("%(round)s: %(cases)d hồ sơ, %(events)d sự kiện; %(counts)s") % {
                "round": each.round.key,
                "cases": each.cases,
                "events": each.events,
                "counts": counts,
            }
            self.stdout.write(self.style.ERROR(line) if each.deviations else line)
            for one in each.deviations:
                self.stdout.write(f"    {one.code} {one.case_code} {one.sentence}")


def with_recounted(replayed: Replayed) -> Replayed:
    """Return what the replay found together with what the invariants say of the same."""
    recounted = of_invariants(replayed.round)
    return Replayed(
        replayed.round,
        replayed.cases,
        replayed.events,
        (*replayed.deviations, *recounted),
    )


def _as_data(found: list[Replayed]) -> list[dict[str, Any]]:
    return [
        {
            "round": each.round.key,
            "commune": each.round.commune.code,
            "cases": each.cases,
            "events": each.events,
            **{kind.value: each.count(kind) for kind in Kind},
            "deviations": [{**asdict(one), "kind": one.kind.value} for one in each.deviations],
        }
        for each in found
    ]
