"""A household leaves the list by death, move, split or merge."""

from datetime import datetime

from cases.models import Case, Departure, User
from workflow.acts.deed import perform
from workflow.acts.posting import take_down
from workflow.machine.apply import Deed, Done
from workflow.machine.scope import of_case


def record_departure(
    *, case: Case, reason: Departure, paper: str, by: User, at: datetime, key: str
) -> Done:
    """Take a household off the list with its reason; possible at any step before the decision."""

    def write(deed: Deed) -> None:
        deed.cases().update(departure=reason.value)
        take_down(deed, case)
        case.terms.filter(ended_at__isnull=True).update(ended_at=at, ended_by=deed.act)

    return perform(
        "record_departure",
        of_case(case),
        by=by,
        at=at,
        key=key,
        facts={"departure": reason.value, "paper": paper},
        write=write,
    )
