"""The small commune of the model: its households, what is known of each, and who works there."""

from dataclasses import dataclass
from typing import NamedTuple

from cases.duties import Role
from tests.model.days import DECEMBER, Days

POOR, NEAR_POOR, NOT_POOR = "POOR", "NEAR_POOR", "NOT_POOR"
AVERAGE, LOW_INCOME, NOT_MET = "AVERAGE", "LOW_INCOME", "NOT_MET"
LAST_YEAR, REQUEST, EXIT, ARRIVAL, STRANGER = (
    "LAST_YEAR",
    "REQUEST",
    "EXIT",
    "ARRIVAL",
    "STRANGER",
)


class Kind(NamedTuple):
    """
    What a household is before the review begins: why it may be reviewed, and how it may turn out.

    `opening`: its class on the list that is managed; that of a household split off is its old one.
    """

    basis: str
    outcomes: tuple[str, ...] = (POOR, NOT_POOR)
    opening: str = ""


class Past(NamedTuple):
    """
    What has happened to a household, kept from the deeds alone: the safety rules read this and
    never the pack's states.
    """

    form01: bool = False
    form04: bool = False
    arrived: bool = False
    screen: str = ""  # "passed", "failed"
    survey: str = ""  # the latest Phiếu B: "new", "agreed", "disagreed"
    survey_class: str = ""
    surveyed_today: bool = False
    returned_today: bool = False  # by a meeting, a complaint, the superior or after the decision
    minutes_class: str = ""
    posted_at: int = -1  # the moment at which the current result was hung up
    posted_class: str = ""
    complaint: str = ""  # "open", then "reverified" until it is posted again
    closed: bool = False  # its posting has ended
    interrupted: bool = False  # its posting came down early and was not hung up again
    answer: str = ""  # "awaited", "consent", "objection"
    decided: str = ""
    verdict: str = ""  # where the law puts it by the decision
    certificate: bool = False
    refused: bool = False
    reopened: str = ""  # after the decision: "open", then "reexamined" until decided anew
    heard_until: int = -1  # the first moment at which a grievance comes too late
    gone: str = ""  # "left", "withdrawn"
    outcomes: int = 0
    deviations: int = 0  # how often it left the straight road


class Case(NamedTuple):
    """A household under review: the columns that guards and conditions may read, and its past."""

    kind: Kind
    state: str = ""  # empty: it has no case yet
    basis: str = ""
    paper: bool = False
    result: str = ""
    posted: str = ""
    until: int = -1  # the first moment at which its posting is over
    surveyed_today: bool = False
    returned_today: bool = False
    decided: str = ""
    heard_until: int = -1
    past: Past = Past()


class Village(NamedTuple):
    cases: tuple[Case, ...]
    list_is_up: bool = False  # its list is posted and not taken down
    interruptions: int = 0


class Person(NamedTuple):
    """A role held at a place, seen from the village at hand."""

    role: Role | None
    place: str


PLACES = (
    "this village",
    "other village",
    "this commune",
    "other commune",
    "successor commune",
    "this district",
    "other district",
    "this province",
    "other province",
    "nation",
)
NOBODY = Person(None, "this commune")
PEOPLE = (NOBODY, *(Person(role, place) for role in Role for place in PLACES))


@dataclass(frozen=True)
class Commune:
    """
    What one search starts from and how far it goes.

    `deviations` bounds how often households leave the straight road, all together. `late_requests`
    lets Form 01 come in at any time, not only before the list is first built. `lists`: how many lists
    of a village may come to hang one after another. `month` is that of a monthly review; the
    periodic one has none.
    """

    name: str
    villages: tuple[tuple[Kind, ...], ...]
    deviations: int
    days: Days = DECEMBER
    late_requests: bool = False
    lists: int = 1
    month: int = 0

    @property
    def start(self) -> tuple[Village, ...]:
        return tuple(Village(tuple(Case(kind) for kind in kinds)) for kinds in self.villages)
