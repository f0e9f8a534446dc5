"""Words about standards of provinces that pages and commands share."""

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases.local_standards import DENIALS, Denied
from cases.rules.local_standards import LARGEST_FILE, BadLocalStandard, Problem
from workflow.told import Said


def said(refused: BadLocalStandard) -> list[Said]:
    return [
        Said(each.file, each.key, _(each.reason) % dict(each.facts)) for each in refused.problems
    ]


def denial(denied: Denied) -> str:
    return _(DENIALS[denied.code])


def text_of(content: bytes, file: str) -> str:
    """
    Return the text of a file.

    :raises BadLocalStandard: if it is too large or not UTF-8
    """
    if len(content) > LARGEST_FILE:
        reason = gettext_noop("tệp quá lớn")
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            reason = gettext_noop("tệp không phải UTF-8")
    raise BadLocalStandard([Problem(file, "-", reason, {})])


def read_file(path: Path) -> str:
    """
    Return the text of a file on this computer.

    :raises OSError: if it cannot be read
    :raises BadLocalStandard: if it is too large or not UTF-8
    """
    with path.open("rb") as file:
        return text_of(file.read(LARGEST_FILE + 1), path.name)
