"""The file that is taken: who brings it, when, for which year, and what makes it the same file."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.models import User
from cases.names import normalise
from cases.sheets.workbook import Workbook, open_workbook, read_upload
from workflow.machine.apply import legal_day

Source = Path | BinaryIO | bytes
Value = TypeVar("Value")
Sheet = TypeVar("Sheet")

# A list of values in one query: below what SQLite takes as parameters (32,766).
BATCH = 10_000


@dataclass(frozen=True)
class Errand:
    """Somebody takes a file for a year at a moment."""

    name: str
    key: str  # the same when the same file is taken for the same year again
    year: int
    by: User
    at: datetime

    @property
    def day(self) -> date:
        return legal_day(self.at)


@dataclass(frozen=True)
class ReadFile(Generic[Sheet]):
    """A file whose rows are read and not yet held against the database."""

    errand: Errand
    sheet: Sheet


class NotWhole(Exception):
    """The file has errors, and nobody asked for its good rows only; nothing was written."""

    def __init__(self, plan: Any) -> None:
        self.plan = plan
        super().__init__(
            _("Tệp “%(name)s” có %(count)d lỗi nên không nhận dòng nào.")
            % {"name": plan.name, "count": plan.error_count}
        )


class Overtaken(Exception):
    """Somebody else wrote the same households at the same moment; nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("Có người vừa ghi các hộ này cùng lúc: hãy đọc lại tệp rồi nhận."))


def open_errand(
    source: Source, *, name: str, by: User, at: datetime, year: int
) -> tuple[Errand, Workbook]:
    """
    Open the file and say what is to be done with it.

    :raises UnreadableWorkbook: when it is no workbook, or larger than the limits
    """
    name = normalise(Path(name).name)[:80]
    content = read_upload(source, name=name)
    key = derived_key(hashlib.sha256(content).hexdigest(), str(year))
    return Errand(name, key, year, by, at), open_workbook(content, name=name)


def derived_key(*parts: str) -> str:
    """Return an idempotency key of its own for each part of a larger deed."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def one_piece(*, trial: bool = False) -> Iterator[None]:
    """
    Write all or nothing; as a trial, do everything and then nothing of it has been.

    :raises Overtaken: when somebody else entered the same thing meanwhile
    """
    try:
        with transaction.atomic():
            yield
            if trial:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise Overtaken from error


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Yield the values in slices that one query takes on both databases."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
