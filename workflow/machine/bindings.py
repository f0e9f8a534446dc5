"""
The two places where a pack's codes meet this program.

A guard code is bound to a `Q` over the case; a condition code to a question about the act's facts.
A code that nothing binds, and a binding that no pack uses, stop the start-up (see checks).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Case, Round, User, VillageReview
from cases.rules.packs import Pack


@dataclass(frozen=True)
class Asking:
    """What guards and conditions may look at beside the case: the act's moment, actor and facts."""

    pack: Pack
    round: Round
    at: datetime
    legal_day: date
    by: User | None = None
    village_review: VillageReview | None = None
    facts: Mapping[str, Any] | None = None
    case_ids: Sequence[int] | None = None

    @property
    def note(self) -> str:
        """Why somebody with an interest in a household does the act all the same."""
        return str((self.facts or {}).get("conflict_note") or "").strip()

    def cases(self) -> QuerySet[Case]:
        """Return the cases the act is on, whether or not it may move them."""
        rows = Case.objects.filter(round=self.round)
        if self.village_review is not None:
            rows = rows.filter(village_review=self.village_review)
        return rows if self.case_ids is None else rows.filter(pk__in=self.case_ids)


Guard = Callable[[Asking], Q]
# None: fulfilled. A tuple: not, because of these case codes (empty: as a whole).
Condition = Callable[[Asking], "tuple[str, ...] | None"]

GUARDS: dict[str, Guard] = {}
CONDITIONS: dict[str, Condition] = {}


def guard(function: Guard) -> Guard:
    """Bind the guard code that the function is named after."""
    GUARDS[function.__name__] = function
    return function


def condition(function: Condition) -> Condition:
    """Bind the condition code that the function is named after."""
    CONDITIONS[function.__name__] = function
    return function
