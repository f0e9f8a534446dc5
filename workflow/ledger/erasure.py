"""
Removing what was said of a household, in every round, so that every chain stays valid.

The record holds commitments; what they commit to lives beside it and is emptied here with the salts.
In its place stays the hash of each leaf, so that roots and links can be computed again. What goes and
what stays, table by table: docs/anchors.md.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import row_security
from cases.ledger import entries
from cases.ledger.entries import ERASED, event_commitment
from cases.models import (
    Act,
    Case,
    Complaint,
    ConflictNote,
    CorrectionProposal,
    DecisionItem,
    Erasure,
    Event,
    Finding,
    FindingEntry,
    Household,
    Member,
    OpinionItem,
    Posting,
    RefusalLetter,
    Round,
    TermPause,
)
from cases.rules.packs import PACKS
from workflow.ledger import watch
from workflow.ledger.proofs import KEPT

GONE = "(đã xóa)"  # where a constraint or a rule asks for a text
# Said of each household by its code, and no measure that a result rests on.
TOLD_BY_CODE = ("facts/forms", "private/questions", "private/reasons")
# Of an act on this household alone: free texts.
TOLD_ALONE = ("facts/paper", "facts/livelihood", "facts/form_number")
# Officers answer for what they did: their names stay.
OF_OFFICERS = ("private/reviewers",)


class StillOpen(Exception):
    """A case of the household is not at its end: its next act needs what would be removed."""


class Altered(Exception):
    """What an act was told does not lead to its own record: nothing is erased over that."""


def erase(
    household: Household, *, paper: str, by_name: str, at: datetime, dry_run: bool = False
) -> dict[str, int]:
    """
    Empty what names, describes or quotes the household's people; return how many rows, by table.

    `dry_run`: only count.

    :raises Refused: while nothing may be written about a commune that has a case of the household
    :raises StillOpen: while a case of the household is under way
    :raises Altered: if the record was tampered with
    """
    if not dry_run:
        for commune in communes_of(household):
            watch.hold("erase_person", commune)
    with row_security.machine("command"), transaction.atomic():
        cases = list(Case.objects.filter(household=household).select_related("round"))
        for case in cases:
            if case.state not in PACKS[case.round.pack].final_states:
                raise StillOpen(f"{case.round.key}/{case.code}: {case.state}")
        counts = {
            "acts": sum(_erase_told(act, cases) for act in _acts_on(cases)),
            "events": _erase_snapshots(cases),
            **{_name(rows): change(rows) for rows, change in _rows(household, cases)},
        }
        if dry_run:
            transaction.set_rollback(True)
            return counts
        commune = cases[0].round.commune_id if cases else _commune_of(household)
        Erasure.objects.create(
            commune_id=commune,
            household_code=household.code,
            paper=paper,
            by_name=by_name,
            at=at,
            counts=counts,
        )
    return counts


def communes_of(household: Household) -> list[int]:
    """Return the communes whose record speaks of the household."""
    with row_security.machine("command"):
        rounds = Round.objects.filter(cases__household=household)
        communes = list(rounds.order_by().values_list("commune", flat=True).distinct())
        return communes or [_commune_of(household)]


def _commune_of(household: Household) -> int:
    version = household.village.versions.order_by("-valid_from").first()
    return version.parent_id if version and version.parent_id else household.village_id


def _name(rows: QuerySet[Any]) -> str:
    return rows.model._meta.model_name or ""


Change = Callable[[QuerySet[Any]], int]


def _rows(household: Household, cases: list[Case]) -> Iterator[tuple[QuerySet[Any], Change]]:
    """Yield the rows that speak of the household, and what becomes of them."""
    yield (
        Household.objects.filter(pk=household.pk),
        _set(head_name=GONE, head_name_key=GONE, given_name_key=GONE, ethnicity=""),
    )
    yield (
        Member.objects.filter(household=household),
        _set(
            full_name=GONE, relation="", sex="", birth_date=None, ethnicity="", personal_number=""
        ),
    )
    of_cases = Q(case__in=[case.pk for case in cases])
    yield Complaint.objects.filter(of_cases), _empty_complaints
    for model in (OpinionItem, DecisionItem, RefusalLetter, CorrectionProposal):
        yield model._default_manager.filter(of_cases).exclude(reason=""), _set(reason=GONE)
    postings = Posting.objects.filter(of_cases).exclude(interruption="")
    yield postings, _set(interruption=GONE)
    yield TermPause.objects.filter(term__case__in=cases), _set(reason=GONE)
    yield Finding.objects.filter(of_cases), _set(text=GONE)
    yield FindingEntry.objects.filter(finding__case__in=cases), _set(text=GONE)
    alone = [act.pk for act in _acts_on(cases) if _is_alone(act)]
    yield ConflictNote.objects.filter(act__in=alone), _set(text=GONE)
    yield Case.objects.filter(pk__in=[case.pk for case in cases]), _empty_cases


def _set(**values: Any) -> Change:
    return lambda rows: int(rows.update(**values))


def _empty_complaints(complaints: QuerySet[Complaint]) -> int:
    complaints.exclude(outcome="").update(outcome=GONE)
    return complaints.update(complainant=GONE, content=GONE)


def _empty_cases(cases: QuerySet[Case]) -> int:
    cases.exclude(basis_paper="").update(basis_paper=GONE)
    cases.exclude(refusal_reason="").update(refusal_reason=GONE)
    return cases.update(salt="")


def _erase_snapshots(cases: list[Case]) -> int:
    """Leave the commitment in the place of each snapshot: the salt goes."""
    salts = {case.pk: case.salt for case in cases}
    events = Event.objects.filter(case__in=salts).exclude(snapshot__startswith=KEPT)
    rows = list(events.only("case_id", "sequence", "snapshot"))
    for event in rows:
        kept = event_commitment(salts[event.case_id], event.sequence, event.snapshot)
        Event.objects.filter(pk=event.pk).update(snapshot=f"{KEPT}{kept.hex()}")
    return len(rows)


def _acts_on(cases: list[Case]) -> list[Act]:
    """Return the acts that moved or named the cases."""
    ids = [case.pk for case in cases]
    named = Q(facts__case__in=[case.code for case in cases])
    rounds = {case.round_id for case in cases}
    found = Act.objects.filter(Q(events__case__in=ids) | named, round__in=rounds)
    return list(found.distinct().order_by("pk"))


def _is_alone(act: Act) -> bool:
    """Test if an act is on one household: it moved one, or none and names it."""
    return act.count == 1 or (act.count == 0 and "case" in act.facts)


def _erase_told(act: Act, cases: list[Case]) -> int:
    """Put the hash of its leaf in the place of each value that goes; 1 if there was one."""
    codes = {case.code for case in cases}
    salt, before = bytes(act.salt), act.salts
    root = entries.told_root(salt, act.facts, act.private, before)
    if not _is_told_of(act, root):
        raise Altered(f"{act.commune_id}/{act.sequence}")
    told: dict[str, Any] = {"facts": act.facts, "private": act.private}
    stays: dict[str, str] = {}
    gone = 0
    for path, value in list(entries.told_values(act.facts, act.private)):
        if isinstance(value, Mapping) and set(value) == {ERASED}:
            continue
        own = bytes.fromhex(before[path]) if before is not None else entries.value_salt(salt, path)
        if _goes(path, codes, _is_alone(act)):
            _put(told, path, {ERASED: entries.told_leaf(own, path, value).hex()})
            gone += 1
        else:
            stays[path] = own.hex()
    if not gone:
        return 0
    if entries.told_root(b"", act.facts, act.private, stays) != root:
        raise Altered(f"{act.commune_id}/{act.sequence}")
    Act.objects.filter(pk=act.pk).update(
        facts=act.facts, private=act.private, salt=b"", salts=stays
    )
    return 1


def _is_told_of(act: Act, root: bytes) -> bool:
    return json.loads(act.entry).get("told") == base64.b64encode(root).decode()


def _goes(path: str, codes: set[str], alone: bool) -> bool:
    part, _slash, rest = path.partition("/")
    name, _slash, code = rest.partition("/")
    place = f"{part}/{name}"
    if place in OF_OFFICERS:
        return False
    if code:
        return code in codes and place in TOLD_BY_CODE
    return alone and (part == "private" or place in TOLD_ALONE)


def _put(told: dict[str, Any], path: str, value: Any) -> None:
    part, _slash, rest = path.partition("/")
    name, _slash, code = rest.partition("/")
    if code:
        told[part][name][code] = value
    else:
        told[part][name] = value
