"""Asking every check of every round."""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from cases.models import Round, StateCount

# Importing the checks registers them.
from workflow.invariants import deciding, engine, listing, meeting, pinned, posting, sums, surveying
from workflow.invariants.catalogue import BY_CODE
from workflow.invariants.dossiers import alone
from workflow.invariants.finding import CASE_CHECKS, ROUND_CHECKS, Breach, Found
from workflow.invariants.law import FIGURES
from workflow.invariants.reading import calendars, read
from workflow.invariants.record import Dossier, Record

MODULES = (deciding, engine, listing, meeting, pinned, posting, sums, surveying)
ROUNDS_AT_ONCE = 50
CASES_AT_ONCE = 20_000


def audit(rounds: QuerySet[Round]) -> Iterator[Breach]:
    """Yield every breach in these rounds, told from what was recorded and not from states."""
    for place in pinned.places_for_targets():
        yield _breach("INV-41", "", Found(_("Có chỗ ghi chỉ tiêu: %(place)s.") % {"place": place}))
    editions = calendars()
    for some in _some_at_once(rounds):
        known = [round_ for round_ in some if round_.pack in FIGURES]
        for round_ in some:
            if round_.pack not in FIGURES:
                sentence = _("Đợt theo gói quy trình %(pack)s mà hệ thống không biết.")
                yield _breach("INV-26", round_.key, Found(sentence % {"pack": round_.pack}))
        for record in read(known, editions) if known else ():
            # Breaches are few; in this order two runs, and two databases, print the same.
            yield from sorted(
                check(record), key=lambda b: (b.invariant, b.case_code, b.sequence or 0)
            )


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


def _some_at_once(rounds: QuerySet[Round]) -> Iterator[list[Round]]:
    """Bring small rounds together, so that queries are not paid for each; a large one is alone."""
    sizes = dict(
        StateCount.objects.order_by()
        .values("village_review__round")
        .annotate(total=Sum("n"))
        .values_list("village_review__round", "total")
    )
    some: list[Round] = []
    cases = 0
    for round_ in rounds.select_related("commune").order_by("pk").iterator(chunk_size=500):
        size = sizes.get(round_.pk, 0)
        if some and (len(some) >= ROUNDS_AT_ONCE or cases + size > CASES_AT_ONCE):
            yield some
            some, cases = [], 0
        some.append(round_)
        cases += size
    if some:
        yield some
