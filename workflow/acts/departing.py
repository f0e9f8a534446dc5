"""A household leaves the list: by death, move, split or merge, or because it takes its request back."""

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
        _end_everything(deed, case)

    return perform(
        "record_departure",
        of_case(case),
        by=by,
        at=at,
        key=key,
        facts={"departure": reason.value, "paper": paper},
        write=write,
    )


def withdraw(*, case: Case, paper: str, by: User, at: datetime, key: str) -> Done:
    """
    Take a household's request back at its own written wish, at any step before the decision.

    :raises Refused: if it is on the list without having asked
    """

    def write(deed: Deed) -> None:
        _end_everything(deed, case)

    return perform(
        "withdraw", of_case(case), by=by, at=at, key=key, facts={"paper": paper}, write=write
    )


def _end_everything(deed: Deed, case: Case) -> None:
    take_down(deed, case)
    ending = {"ended_at": deed.at, "ended_by": deed.act}
    case.terms.filter(ended_at__isnull=True).update(**ending)
    if not case.round.cases.filter(state="reported").exclude(pk=case.pk).exists():
        # Nobody is left for whom the superior could answer.
        case.round.terms.filter(code="opinion", ended_at__isnull=True).update(**ending)
