"""What taking a file would bring and what it brought: the same of households and of forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cases.sheets.cells import CellError
from workflow.imports.files import ReadFile

TallyT = TypeVar("TallyT")
SheetT = TypeVar("SheetT")
PlanT = TypeVar("PlanT", bound="Plan[Any, Any]")


@dataclass(frozen=True)
class Plan(Generic[TallyT, SheetT]):
    """What a file would bring, part by part, and what of it may not be taken."""

    name: str
    year: int
    key: str
    errors: Sequence[CellError]  # the first of them; error_count counts all
    warnings: Sequence[CellError]
    error_count: int
    warning_count: int
    ignored_columns: Sequence[str]
    row_count: int
    good_count: int
    tallies: Sequence[TallyT]
    file: ReadFile[SheetT]

    @property
    def is_whole(self) -> bool:
        return self.error_count == 0

    @property
    def total(self) -> Any:
        """Return the sum of the tallies; how they add up is the list's own."""
        raise NotImplementedError

    @property
    def taken_before(self) -> bool:
        """Test if the good rows bring nothing that is not here already."""
        return bool(self.good_count) and self.total.brings_nothing


@dataclass(frozen=True)
class TakenFile(Generic[PlanT]):
    """What was taken of a file; the faults in `plan` are those of the rows left out."""

    plan: PlanT

    @property
    def total(self) -> Any:
        return self.plan.total

    @property
    def rows_left_out(self) -> int:
        return self.plan.row_count - self.plan.good_count

    @property
    def before(self) -> bool:
        """Test if all of it had been here already."""
        return self.plan.taken_before
