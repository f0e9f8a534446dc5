"""
The doors of the commands: who runs one, in whose name it acts, what it reads and writes.

A command is a door as a page is (docs/doors.md): a test walks the commands and fails on one that
declares nothing. Whoever runs commands holds the machine, so a person's rights bind a command only
where it acts or reads in that person's name (`--by`, `--as`); what leaves otherwise leaves in the
operator's name, and leaves a line behind.
"""

import getpass
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cases import refusals
from cases.models import Unit, User
from workflow.pages.doors import On

LINES = "leaving.jsonl"


class Runs(StrEnum):
    """In whose name a command runs."""

    DEVELOPER = "developer"  # writes files of the product; touches no unit's data
    OPERATOR = "operator"  # whoever keeps the machine
    PERSON = "person"  # always in the name of the user given, with that user's rights
    EITHER = "either"  # in the name of a user when one is given, of the operator otherwise


@dataclass(frozen=True)
class CommandDoor:
    """
    What a command declares as `door`.

    `option` names the user in whose name it runs; `leaves`: data of units go to a file or screen,
    and `note_leaving` writes it down.
    """

    audience: Runs
    reads: On
    writes: On = On.NOTHING
    leaves: bool = False
    option: str = ""


def told(door: CommandDoor) -> str:
    """Return what the help says of who runs a command and what is written down of it."""
    said = {
        Runs.DEVELOPER: "",
        Runs.OPERATOR: _("Chạy với danh nghĩa người vận hành máy."),
        Runs.PERSON: _("Chạy với quyền của người nêu ở %(option)s."),
        Runs.EITHER: _(
            "Có %(option)s: chỉ trong phạm vi của người ấy, ngoài phạm vi thì bị từ chối và ghi lại. "
            "Không có: chạy với danh nghĩa người vận hành máy."
        ),
    }[door.audience]
    words = str(said) % {"option": door.option}
    if door.leaves:
        words += " " + _("Mỗi lần dữ liệu ra ngoài được ghi một dòng vào %(file)s.") % {
            "file": LINES
        }
    return words


def person_named(username: str, option: str = "--by") -> User:
    """
    Return who acts.

    :raises CommandError: if nobody with an open account has this name
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(
            _("Không có người dùng “%(name)s”: hãy kiểm tra %(option)s.")
            % {"name": username, "option": option}
        )
    return user


def refuse(
    command: str, code: str, sentence: str, *, by: User, at: datetime, unit: Unit | int | None
) -> NoReturn:
    """
    Write a refusal down, then end the command with it.

    :raises CommandError: always
    """
    refusals.record(code, door=command, at=at, user=by, unit=unit)
    raise CommandError(sentence)


def note_leaving(command: str, what: str, *, at: datetime, by: User | None) -> None:
    """
    Add a line: which command gave out the data of which unit, when, in whose name.

    `what` holds codes of units and rounds and the kind of file, no person's data.
    """
    line: dict[str, Any] = {
        "at": at.isoformat(),
        "command": command,
        "what": what,
        "by": by.username if by else "",
        "operator": getpass.getuser(),
    }
    with (Path(settings.VAR_DIR) / LINES).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
