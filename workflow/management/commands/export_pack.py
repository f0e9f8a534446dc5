"""manage.py export_pack"""

from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import PackEdition
from cases.pack_editions import Denied, pack_of
from cases.rules.packs import PACKS, Pack
from cases.rules.packs.writing import write_pack
from workflow.management.doors import CommandDoor, Runs
from workflow.pack_editions import as_json, denial
from workflow.pages.doors import On


class Command(BaseCommand):
    door = CommandDoor(Runs.OPERATOR, reads=On.NATION)
    help = gettext_lazy(  # type: ignore[assignment]
        "In một phiên bản quy trình ra tệp TOML mà load_pack đọc được.\n\n"
        "  manage.py export_pack qd24-2021-2cap > moi.toml\n"
        "  manage.py export_pack qd24-2021-2cap --format json"
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", help=_("mã của phiên bản"))
        parser.add_argument("--format", choices=("toml", "json"), default="toml")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pack = _pack(options["code"])
        except Denied as denied:
            raise CommandError(denial(denied)) from denied
        if options["format"] == "json":
            content = {name: value for name, value in asdict(pack).items() if name != "by_code"}
            self.stdout.write(as_json({**content, "fingerprint": pack.fingerprint.hex()}))
        else:
            self.stdout.write(write_pack(pack), ending="")


def _pack(code: str) -> Pack:
    """Return a shipped edition or a loaded one, also while it waits for approval."""
    if code in PACKS:
        return PACKS[code]
    row = PackEdition.objects.filter(code=code).first()
    if row is None:
        words = _("Không có phiên bản quy trình nào mang mã %(code)s. Đang có: %(known)s.")
        raise CommandError(words % {"code": code, "known": ", ".join(PACKS)})
    return pack_of(row)
