"""Draw cases to look at with a published seed, and keep the drawing."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, ReviewKind, Sample
from workflow import clock
from workflow.auditing.samples import LARGEST, Drawing, draw, keep, tidy_seed
from workflow.auditing.scope import audited_cases
from workflow.management.auditing import auditor_named, unit_named
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.EITHER, reads=On.UNIT, writes=On.UNIT, leaves=True, option="--by")
    help = gettext_lazy(  # type: ignore[assignment]
        "Lấy mẫu hồ sơ để kiểm tra theo một hạt giống đã công bố. Hạng của mỗi hồ sơ là SHA-256 của "
        "“hạt giống|mã hồ sơ”; mẫu là những hồ sơ có hạng nhỏ nhất, nên ai cũng lấy lại được.\n\n"
        "  manage.py draw_sample --unit 662 --year 2024 --seed 'Xổ số 12/10/2024: 482915' --size 20\n"
        "      in mẫu ra, không lưu\n"
        "  manage.py draw_sample --unit 24640 --year 2024 --seed … --size 10 --risk --by giamsat\n"
        "      chỉ lấy trong các hồ sơ có câu hỏi, trong phạm vi kiểm tra của giamsat, và lưu lại\n"
        "  manage.py draw_sample … --format json\n"
        "      cho chương trình đọc: tập hồ sơ, dấu SHA-256 của nó, từng hồ sơ với hạng và câu hỏi\n\n"
        "Mã thoát 0 khi lấy được mẫu, 1 khi không có hồ sơ nào hoặc bị từ chối."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help=_("mã xã, huyện, tỉnh, hoặc VN"))
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--review", default="", choices=["", *ReviewKind.values])
        parser.add_argument("--seed", required=True, help=_("hạt giống đã công bố"))
        parser.add_argument("--size", required=True, type=int, help=_("số hồ sơ"))
        parser.add_argument(
            "--risk", action="store_true", help=_("chỉ lấy trong các hồ sơ có câu hỏi")
        )
        parser.add_argument("--by", help=_("người kiểm tra; mẫu được lưu lại với tên người ấy"))
        parser.add_argument("--format", choices=["text", "json"], default="text")

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        seed, size = tidy_seed(options["seed"]), options["size"]
        if not seed or not 1 <= size <= LARGEST:
            raise CommandError(
                _("--seed không được trống, --size từ 1 đến %(n)d.") % {"n": LARGEST}
            )
        unit, at = unit_named(options["unit"]), clock.now()
        by = auditor_named("draw_sample", options, unit)
        kind = Sample.Kind.RISK if options["risk"] else Sample.Kind.RANDOM
        asked = {"review": options["review"], "kind": kind.value, "size": size}
        cases = audited_cases(by) if by is not None else Case.objects.all()
        drawing = draw(cases, unit, options["year"], seed=seed, until=at, **asked)
        if not drawing.drawn:
            raise CommandError(_("Không có hồ sơ nào để lấy mẫu."))
        kept = None
        if by is not None:
            kept = keep(drawing, unit, options["year"], by=by, at=at, **asked)
        note_leaving("draw_sample", f"{unit.code} {options['year']}", at=at, by=by)
        self._tell(drawing, kept, options["format"])

    def _tell(self, drawing: Drawing, kept: Sample | None, format: str) -> None:
        if format == "json":
            told = {
                "seed": drawing.seed,
                "population": drawing.population,
                "population_digest": drawing.digest.hex(),
                "sample": kept.pk if kept else None,
                "drawn": [
                    {"code": each.code, "rank": each.rank, "questions": list(each.questions)}
                    for each in drawing.drawn
                ],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        self.stdout.write(
            _("%(n)d hồ sơ, dấu SHA-256 %(digest)s")
            % {"n": drawing.population, "digest": drawing.digest.hex()}
        )
        for each in drawing.drawn:
            self.stdout.write(
                f"{each.rank[:16]}  {each.code}  {', '.join(each.questions)}".rstrip()
            )
        if kept is not None:
            self.stdout.write(self.style.SUCCESS(_("Đã lưu: mẫu %(n)d.") % {"n": kept.pk}))
