"""What is done within a block, and taken back at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """Let what is done within be looked at within, and leave no row of it."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may open within
    with atomic:
        try:
            yield
        finally:
            transaction.set_rollback(True)
