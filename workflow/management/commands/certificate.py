"""manage.py certificate"""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Round
from cases.models.rounds import key_parts
from workflow import clock
from workflow.ledger.certificate import (
    Certificate,
    NoCertificate,
    household_certificate,
    village_certificate,
)
from workflow.ledger.certificate_json import as_data
from workflow.ledger.certificate_paper import NoPrinter, certificate_pdf
from workflow.ledger.certificate_road import RESULT_TITLES, Result
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.CASE, leaves=True)
    help = gettext_lazy(  # type: ignore[assignment]
        "Lập chứng nhận quy trình của một hộ hoặc một thôn: từng bước mà quy trình đòi hỏi, căn cứ, người "
        "làm, thẩm quyền, ngày, bằng chứng và kết quả kiểm tra. Khuôn dạng: docs/certificate.md.\n\n"
        "  manage.py certificate 2024-24646 24646-00001\n"
        "      in ra các bước của một hộ\n"
        "  manage.py certificate 2024-24646 24646-00001 --pdf ho.pdf --json ho.json\n"
        "  python verifier/rasoat_verify.py certificate ho.json\n"
        "      ghi tệp, rồi đối chiếu tệp JSON mà không cần hệ thống này\n"
        "  manage.py certificate 2024-24646 --village 24646.001 --pdf thon.pdf\n"
        "      cả thôn: mỗi hộ đạt bao nhiêu bước, và những chỗ thiếu\n\n"
        "Mã thoát 0 khi lập được (kể cả khi có bước thiếu), 1 khi không."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", metavar="ROUND", help=_("mã đợt: 2024-24646, 2025tx05-24646"))
        parser.add_argument("case", metavar="CASE", nargs="?", help=_("mã hồ sơ"))
        parser.add_argument("--village", metavar="CODE", help=_("mã thôn, thay cho mã hồ sơ"))
        parser.add_argument("--pdf", type=Path, metavar="FILE", help=_("ghi tệp PDF"))
        parser.add_argument("--json", type=Path, metavar="FILE", help=_("ghi tệp JSON"))

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["case"]) is bool(options["village"]):
            raise CommandError(_("Hãy ghi mã hồ sơ hoặc --village MÃ, một trong hai."))
        try:
            made = _made(options["round"], options["case"], options["village"])
            if options["pdf"]:
                _write(options["pdf"], certificate_pdf(made))
        except (NoCertificate, NoPrinter) as none:
            raise CommandError(str(none)) from none
        if options["json"]:
            text = json.dumps(as_data(made), ensure_ascii=False, indent=1)
            _write(options["json"], (text + "\n").encode())
        if options["pdf"] or options["json"]:
            note_leaving("certificate", f"certificate {options['round']}", at=clock.now(), by=None)
        self._tell(made)

    def _tell(self, made: Certificate) -> None:
        for step in made.steps:
            place = f"{made.round.commune.code}/{step.sequence}" if step.sequence else ""
            day = f"{step.day:%d/%m/%Y}" if step.day else ""
            self.stdout.write(f"{RESULT_TITLES[step.result]!s:14} {day:10} {place:12} {step.title}")
            for reason in step.reasons:
                self.stdout.write(f"{'':39} {reason.invariant} {reason.sentence}".rstrip())
        for line in made.households_wanting:
            gaps = "; ".join(step.title for step in line.gaps)
            self.stdout.write(f"{line.code}: {line.met}/{line.of} {gaps}")
        met = _("%(met)d/%(of)d bước đạt") % {"met": made.met, "of": made.of}
        if made.case is None:
            met += "; " + _("%(met)d/%(of)d hộ đạt mọi bước") % {
                "met": made.households_met,
                "of": len(made.households),
            }
        clean = all(step.result is not Result.GAP for step in made.steps)
        self.stdout.write(self.style.SUCCESS(met) if clean else self.style.WARNING(met))


def _made(key: str, code: str | None, village: str | None) -> Certificate:
    parts = key_parts(key)
    round_ = Round.objects.select_related("commune").filter(**parts).first() if parts else None
    if round_ is None:
        raise CommandError(_("Không có đợt rà soát %(key)s.") % {"key": key})
    if code:
        case = round_.cases.select_related("round__commune", "village_review__village", "household")
        found = case.filter(code=code).first()
        if found is None:
            named = {"key": key, "case": code}
            raise CommandError(_("Đợt %(key)s không có hồ sơ %(case)s.") % named)
        return household_certificate(found, at=clock.now())
    reviews = round_.village_reviews.select_related("round__commune", "village")
    review = reviews.filter(village__code=village).first()
    if review is None:
        named = {"key": key, "village": village or ""}
        raise CommandError(_("Đợt %(key)s không có thôn %(village)s.") % named)
    return village_certificate(review, at=clock.now())


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(
            _("Không ghi được tệp %(file)s: %(reason)s.")
            % {"file": path, "reason": error.strerror or str(error)}
        ) from error
