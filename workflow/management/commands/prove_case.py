"""manage.py prove_case"""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Round
from cases.models.rounds import key_parts
from workflow import clock
from workflow.ledger.proofs import NoProof, as_text, household_proof
from workflow.management.doors import CommandDoor, Runs, note_leaving, told
from workflow.management.scope import sees_everything
from workflow.pages.doors import On

REASONS = {
    "no_event": gettext_lazy("Hồ sơ %(case)s chưa có việc nào."),
    "no_such_head": gettext_lazy(
        "Sổ của xã không có mốc số %(at)s sau việc cuối của hồ sơ %(case)s."
    ),
    "erased": gettext_lazy("Dữ liệu cần để chứng minh hồ sơ %(case)s đã được xóa."),
}


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.CASE, leaves=True)
    help = gettext_lazy(  # type: ignore[assignment]
        "Ghi bằng chứng (JSON, nhiều nhất 2 KB) rằng việc cuối cùng của một hộ nằm trong sổ của xã.\n\n"
        "  manage.py prove_case 2024-24646 24646-00001 > ho.json\n"
        "  python verifier/rasoat_verify.py verify ho.json\n"
        "      tới mốc đã neo gần nhất\n"
        "  manage.py prove_case 2024-24646 24646-00001 --at 120 --output ho.json\n"
        "      tới mốc sau việc số 120, như tờ giấy đang giữ\n\n"
        "Mã thoát 0 khi thành công, 1 khi không."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            *args, formatter_class=RawDescriptionHelpFormatter, epilog=told(self.door), **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", metavar="ROUND", help=_("mã đợt: 2024-24646, 2025tx05-24646"))
        parser.add_argument("case", metavar="CASE", help=_("mã hồ sơ"))
        parser.add_argument("--at", type=int, metavar="SEQ", help=_("số việc của mốc"))
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help=_("ghi vào tệp thay vì in ra")
        )

    @sees_everything
    def handle(self, *args: Any, **options: Any) -> None:
        case = _case(options["round"], options["case"])
        try:
            text = as_text(household_proof(case, options["at"]))
        except NoProof as refused:
            named = {"case": case.code, "at": options["at"]}
            raise CommandError(REASONS[refused.code] % named) from refused
        note_leaving("prove_case", f"proof {options['round']}", at=clock.now(), by=None)
        if options["output"] is None:
            self.stdout.write(text)
            return
        try:
            options["output"].write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandError(
                _("Không ghi được tệp %(file)s: %(reason)s.")
                % {"file": options["output"], "reason": reason}
            ) from error


def _case(key: str, code: str) -> Case:
    parts = key_parts(key)
    round = Round.objects.filter(**parts).first() if parts else None
    if round is None:
        raise CommandError(_("Không có đợt rà soát %(key)s.") % {"key": key})
    case = round.cases.filter(code=code).first()
    if case is None:
        raise CommandError(_("Đợt %(key)s không có hồ sơ %(case)s.") % {"key": key, "case": code})
    return case
