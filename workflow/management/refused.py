"""How a command that an operator runs ends with a "no": written down first, then said."""

import getpass
from datetime import datetime
from typing import NoReturn

from django.core.management.base import CommandError

from cases import refusals
from workflow.not_given import NotGiven


def refuse(command: str, not_given: NotGiven, *, at: datetime) -> NoReturn:
    """
    Write down what was not given, then end the command with it.

    :raises CommandError: always
    """
    code, detail = not_given.code, not_given.detail
    refusals.record(
        code, door=command, at=at, unit=not_given.unit, detail=detail, user_name=_operator()
    )
    raise CommandError(f"{code}: {not_given} {detail}".rstrip()) from not_given


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as containers have
        return ""
