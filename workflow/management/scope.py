"""What a command may see: everything, and it says so where it begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.management.base import CommandError

from cases import row_security

Handle = Callable[..., Any]


def sees_everything(handle: Handle) -> Handle:
    """
    Let a command work in one transaction in which the database shows everything.

    A command that ends with "no" has rolled back by itself what it undid; what it wrote down of its
    refusal stays. Any other failure takes everything back.
    """

    @wraps(handle)
    def opened(*args: Any, **options: Any) -> Any:
        with row_security.machine("command", keep=(CommandError, SystemExit)):
            return handle(*args, **options)

    opened.sees_everything = True  # type: ignore[attr-defined]
    return opened
