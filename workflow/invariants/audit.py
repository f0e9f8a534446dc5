"""Asking every check of every round, in one process or in several."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from cases import row_security
from cases.models import Round, StateCount

# Importing the checks registers them.
from workflow.invariants import (
    counted,
    deciding,
    engine,
    interests,
    listing,
    meeting,
    monthly,
    pinned,
    posting,
    sums,
    surveying,
)
from workflow.invariants.catalogue import BY_CODE
from workflow.invariants.dossiers import alone
from workflow.invariants.editions import Editions
from workflow.invariants.finding import CASE_CHECKS, ROUND_CHECKS, Breach, Found
from workflow.invariants.jobs import in_jobs
from workflow.invariants.reading import read
from workflow.invariants.record import Dossier, Record

MODULES = (
    counted,
    deciding,
    engine,
    interests,
    listing,
    meeting,
    monthly,
    pinned,
    posting,
    sums,
    surveying,
)
ROUNDS_AT_ONCE = 50
CASES_AT_ONCE = 20_000
FEWEST_CASES = 2_000  # what makes a turn of a process worth its queries


def audit(rounds: QuerySet[Round], jobs: int = 1) -> Iterator[Breach]:
    """
    Yield every breach in these rounds, told from what was recorded and not from states.

    With more than one job, rounds are shared out to processes; breaches come in the same order.
    Then the caller is in no transaction: what it has not committed, the others do not see.
    """
    for place in pinned.places_for_targets():
        yield _breach("INV-41", "", Found(_("Có chỗ ghi chỉ tiêu: %(place)s.") % {"place": place}))
    at_once = CASES_AT_ONCE
    with row_security.machine("audit"):
        sizes = _sizes()
        if jobs > 1:
            at_once = max(FEWEST_CASES, min(at_once, sum(sizes.values()) // (2 * jobs)))
        turns = list(_some_at_once(rounds, sizes, at_once))
    for breaches in in_jobs(audit_rounds, turns, jobs):
        yield from breaches


def audit_rounds(ids: Sequence[int]) -> list[Breach]:
    """Return the breaches of some rounds, read together."""
    with _no_rubbish_looked_for(), row_security.machine("audit"):
        return _audit_rounds(ids)


def _audit_rounds(ids: Sequence[int]) -> list[Breach]:
    editions = Editions()
    rounds = list(Round.objects.filter(pk__in=ids).select_related("commune").order_by("pk"))
    known = [round_ for round_ in rounds if editions.figures(round_.pack) is not None]
    breaches = [
        _breach(
            "INV-26",
            round_.key,
            Found(
                _("Đợt theo gói quy trình %(pack)s mà hệ thống không biết.") % {"pack": round_.pack}
            ),
        )
        for round_ in rounds
        if round_ not in known
    ]
    for record in read(known, editions) if known else ():
        # Breaches are few; in this order two runs, and two databases, print the same.
        breaches += sorted(check(record), key=lambda b: (b.invariant, b.case_code, b.sequence or 0))
    return breaches


@contextmanager
def _no_rubbish_looked_for() -> Iterator[None]:
    """Hold the search for cyclic rubbish: rows make none, and it would look through all of them."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def check(record: Record) -> Iterator[Breach]:
    """Yield every breach of one round, in the order of the catalogue's checks."""
    key = record.round.key
    for code, round_check in ROUND_CHECKS:
        for found in round_check(record):
            yield _breach(code, key, found)
    for dossier in record.dossiers:
        if any(True for _found in _judge(dossier, record)):
            for own in alone(dossier, record):
                for code, found in _judge(own, record):
                    yield _breach(code, key, found._replace(case_code=own.members[0][0]))


def _judge(dossier: Dossier, record: Record) -> Iterator[tuple[str, Found]]:
    for code, case_check in CASE_CHECKS:
        for found in case_check(dossier, record):
            yield code, found


def _breach(code: str, round_key: str, found: Found) -> Breach:
    invariant = BY_CODE[code]
    return Breach(
        invariant=code,
        round=round_key,
        case_code=found.case_code,
        sequence=found.sequence,
        article=_(found.article or invariant.article),
        mark=found.mark or invariant.mark,
        sentence=found.sentence,
    )


def _sizes() -> dict[int, int]:
    """Return how many cases each round has."""
    return dict(
        StateCount.objects.order_by()
        .values("village_review__round")
        .annotate(total=Sum("n"))
        .values_list("village_review__round", "total")
    )


def _some_at_once(
    rounds: QuerySet[Round], sizes: dict[int, int], at_once: int
) -> Iterator[list[int]]:
    """Bring small rounds together, so that queries are not paid for each; a large one is alone."""
    some: list[int] = []
    cases = 0
    for pk in rounds.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        size = sizes.get(pk, 0)
        if some and (len(some) >= ROUNDS_AT_ONCE or cases + size > at_once):
            yield some
            some, cases = [], 0
        some.append(pk)
        cases += size
    if some:
        yield some
