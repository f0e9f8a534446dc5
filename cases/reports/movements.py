"""
The arithmetic of forms 2 and 3: from the ways households went to the columns of the forms.

Pure functions. A way (flow) is where households came from, where they ended, and how many went so.
`end` is counted, not computed: the forms' formula is then a check and not a tautology.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Origin(StrEnum):
    """Where a household stood when the round opened."""

    POOR = "POOR"
    NEAR_POOR = "NEAR_POOR"
    NONE = "NONE"  # on no list: asked by Form 01
    ARRIVAL = "ARRIVAL"  # came by move, split or merge: never in the start of this commune


class Outcome(StrEnum):
    """Where a household stood in the end."""

    POOR = "POOR"
    NEAR_POOR = "NEAR_POOR"
    NOT_POOR = "NOT_POOR"
    LEFT = "LEFT"  # by death, move, split or merge
    PENDING = "PENDING"  # no result yet


@dataclass(frozen=True, slots=True)
class Flow:
    """Households that went the same way in a review, and the persons in them."""

    origin: str
    outcome: str
    relapse: bool
    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of form 2 or 3; "other" is the other class: near-poor for the poor, and back."""

    start: int = 0
    to_other: int = 0
    out: int = 0
    other_dec: int = 0
    from_other: int = 0
    relapse: int = 0
    new: int = 0
    other_inc: int = 0
    end: int = 0
    # No column of the form: those of the start who have no result yet, for whom no row can close.
    pending: int = 0

    @property
    def formula(self) -> int:
        """Return column 9 as the form prescribes it: 1-2-3-4+5+6+7+8."""
        decrease = self.to_other + self.out + self.other_dec
        increase = self.from_other + self.relapse + self.new + self.other_inc
        return self.start - decrease + increase

    def __add__(self, other: Self) -> "Movement":
        return Movement(
            *(getattr(self, name) + getattr(other, name) for name in Movement.__slots__)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """The two lines that a unit has in form 2 or 3."""

    households: Movement = Movement()
    persons: Movement = Movement()

    def __add__(self, other: Self) -> "Line":
        return Line(self.households + other.households, self.persons + other.persons)


_STAYS_OR_GOES = {
    Outcome.NOT_POOR: "out",
    Outcome.LEFT: "other_dec",
    Outcome.PENDING: "pending",
}
_OTHER = {Outcome.POOR: Outcome.NEAR_POOR, Outcome.NEAR_POOR: Outcome.POOR}


def columns(own: Outcome, origin: str, outcome: str, relapse: bool) -> tuple[str, ...]:
    """Return the columns in which the form of one class counts a household that went this way."""
    other = _OTHER[own]
    if origin == own:
        if outcome == own:
            return ("start", "end")
        return ("start", "to_other" if outcome == other else _STAYS_OR_GOES[Outcome(outcome)])
    if outcome != own:
        return ()
    if origin == other:
        return ("from_other", "end")
    if origin == Origin.ARRIVAL:
        return ("other_inc", "end")
    return ("relapse" if relapse else "new", "end")


def tally(flows: Iterable[Flow], own: Outcome) -> Line:
    """Return the lines of one class: form 2 for the poor, form 3 for the near-poor."""
    households: Counter[str] = Counter()
    persons: Counter[str] = Counter()
    for flow in flows:
        for column in columns(own, flow.origin, flow.outcome, flow.relapse):
            households[column] += flow.households
            persons[column] += flow.persons
    return Line(Movement(**households), Movement(**persons))


def pending(flows: Iterable[Flow]) -> int:
    """Return how many households have no result yet."""
    return sum(flow.households for flow in flows if flow.outcome == Outcome.PENDING)
