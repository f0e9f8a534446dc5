"""Loading and approving editions of the procedure, with what pages and commands share to say."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import router, transaction
from django.utils.translation import gettext as _

from cases import pack_editions
from cases.models import Case, PackEdition, User
from cases.pack_editions import DENIALS, LARGEST_FILE, Denied, pack_of
from cases.rules.packs.files import PackFileError
from cases.rules.packs.reasons import Problem, Reason
from workflow.machine import triggers
from workflow.told import Said


def said(refused: PackFileError) -> list[Said]:
    return [Said(refused.file, each.key, sentence(each)) for each in refused.problems]


def sentence(problem: Problem) -> str:
    return _(problem.sentence) % dict(problem.values)


def denial(denied: Denied) -> str:
    return _(DENIALS[denied.code])


@transaction.atomic
def approve(*, code: str, by: User, at: datetime) -> PackEdition:
    """
    Approve a draft, and let the database know the steps that only it declares.

    :raises PackEdition.DoesNotExist, Denied, PackFileError: as `cases.pack_editions.approve`
    """
    known = triggers.declared_steps()
    row = pack_editions.approve(code=code, by=by, at=at)
    pack = pack_of(row)
    new = {f"{source}>{target}" for source, target in pack.steps()}
    if not new <= set(known.get(pack.review.value, ())):
        triggers.declare(router.db_for_write(Case))
    return row


def text_of(content: bytes, file: str) -> str:
    """
    Return the text of a file.

    :raises PackFileError: if it is too large or not UTF-8
    """
    if len(content) > 4 * LARGEST_FILE:
        raise _unread(file, "> 4 MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unread(file, "UTF-8") from error


def read_file(path: Path) -> str:
    """
    Return the text of a file on this computer.

    :raises OSError: if it cannot be read
    :raises PackFileError: if it is too large or not UTF-8
    """
    with path.open("rb") as file:
        return text_of(file.read(4 * LARGEST_FILE + 1), path.name)


def _unread(file: str, detail: str) -> PackFileError:
    return PackFileError(file, [Problem(file, Reason.NOT_A_FILE, {"detail": detail})])


def as_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)
