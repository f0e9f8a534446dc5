"""
Proofs that fit in a file of their own: of one household's last step, of one act, of growth.

Each leads to a head: a commune, a number of acts and the root over them, as papers and anchors show
it. Whoever checks one needs nothing of this program (docs/ledger.md, verifier/rasoat_verify.py).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.ledger.entries import ACT, NOTHING_BEFORE, event_commitment
from cases.ledger.merkle import consistency_path, inclusion_path
from cases.models import Act, Anchor, Case, Event, Unit
from workflow.machine.record import microseconds

HOUSEHOLD = "rasoat-household/1"
OF_ACT = "rasoat-act-proof/1"
AT_MOST = 2048  # bytes of a household's proof
KEPT = "#"  # an erased snapshot leaves this and its commitment in hexadecimal
# What an act's entry mostly says, and a proof leaves out where it does.
USUAL: Mapping[str, Any] = {"entry": ACT, "device_at": None, "on_behalf_of": "", "village": ""}


class NoProof(Exception):
    """There is nothing to prove, or what the proof needs was erased; `code` says which."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Head:
    """What a proof leads to; `anchored`: when it was given out, None if it never was."""

    sequence: int
    tree: bytes
    anchored: int | None

    def as_data(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "tree": packed(self.tree),
            "anchored": self.anchored,
        }


def household_proof(case: Case, at: int | None = None) -> dict[str, Any]:
    """
    Return the proof of the case's last event, to the head after the act numbered `at`.

    Without a number: the last head given out at or after the event's act, else the one of now.
    With the snapshot where it is there and there is room, else with the commitment to it.

    :raises NoProof: if the case has no event, the head is before it, or too much was erased
    """
    event = case.events.select_related("act").order_by("-sequence").first()
    if event is None:
        raise NoProof("no_event")
    act = event.act
    head = head_of(act, at)
    rows = Event.objects.filter(act=act).order_by("case").values_list("case", "link")
    keys, links = zip(*rows, strict=True)
    index = keys.index(case.pk)
    proof = {
        "proof": HOUSEHOLD,
        "event": _event_parts(event, case),
        "index": index,
        "act": _act_parts(act, leave_out=("root",)),
        "paths": [
            _joined(inclusion_path([bytes(link) for link in links], index)),
            _joined(_path_to(act, head)),
        ],
        "head": head.as_data(),
    }
    if len(as_text(proof).encode()) > AT_MOST and "snapshot" in _event_parts(event, case):
        proof["event"] = _event_parts(event, case, told=False)
    return proof


def act_proof(act: Act, at: int | None = None) -> dict[str, Any]:
    """
    Return the proof that the commune's record holds this act.

    :raises NoProof: if there is no such head, or it is before the act
    """
    head = head_of(act, at)
    return {
        "proof": OF_ACT,
        "act": _act_parts(act),
        "path": _joined(_path_to(act, head)),
        "head": head.as_data(),
    }


def consistency_proof(commune: Unit, first: int, second: int) -> dict[str, Any]:
    """
    Return the proof that the record of `first` acts grew into the one of `second` (RFC 9162, 2.1.4).

    :raises NoProof: if it never had that many
    """
    links = _links(commune.pk, second)
    if not 0 < first <= second or len(links) != second:
        raise NoProof("no_such_head")
    trees = dict(
        Act.objects.filter(commune=commune, sequence__in=(first, second)).values_list(
            "sequence", "tree"
        )
    )
    return {
        "commune": commune.code,
        "first": first,
        "second": second,
        "first_root": bytes(trees[first]).hex(),
        "second_root": bytes(trees[second]).hex(),
        "path": [each.hex() for each in consistency_path(links, first)],
    }


def head_of(act: Act, at: int | None = None) -> Head:
    """
    Return the head that a proof of this act leads to.

    :raises NoProof: if there is no head of that number, or it is before the act
    """
    anchors = Anchor.objects.filter(commune=act.commune_id, sequence__gte=act.sequence)
    if at is not None:
        anchors = anchors.filter(sequence=at)
    anchor = anchors.order_by("-sequence", "at").first()
    if anchor is not None:
        return Head(anchor.sequence, bytes(anchor.tree), microseconds(anchor.at))
    acts = Act.objects.filter(commune=act.commune_id, sequence__gte=act.sequence)
    if at is not None:
        acts = acts.filter(sequence=at)
    last = acts.order_by("-sequence").only("sequence", "tree").first()
    if last is None:
        raise NoProof("no_such_head")
    return Head(last.sequence, bytes(last.tree), None)


def as_text(proof: Mapping[str, Any]) -> str:
    """Return a proof as it is written to a file or read by a program: no spaces, as it is."""
    return json.dumps(proof, ensure_ascii=False, separators=(",", ":"))


def packed(value: bytes) -> str:
    """Return hashes one after another in base64 without padding."""
    return base64.b64encode(value).decode().rstrip("=")


def commitment_of(event: Event, salt: str) -> bytes:
    """
    Return the commitment in an event's entry.

    :raises NoProof: if it was erased together with what it commits to
    """
    if event.snapshot.startswith(KEPT):
        return bytes.fromhex(event.snapshot[1:])
    if not salt:
        raise NoProof("erased")
    return event_commitment(salt, event.sequence, event.snapshot)


def _event_parts(event: Event, case: Case, *, told: bool = True) -> dict[str, Any]:
    before = Event.objects.filter(case=case, sequence=event.sequence - 1).first()
    previous = bytes(before.link) if before else NOTHING_BEFORE
    commitment = packed(commitment_of(event, case.salt))
    kept = told and not event.snapshot.startswith(KEPT)
    shown = {"salt": case.salt, "snapshot": event.snapshot} if kept else {"commitment": commitment}
    return {
        "case": case.code,
        "sequence": event.sequence,
        "from": event.from_state,
        "to": event.to_state,
        "previous": packed(previous),
        **shown,
    }


def _act_parts(act: Act, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    entry = json.loads(act.entry)
    unusual = {n: v for n, v in entry.items() if n not in USUAL or USUAL[n] != v}
    return {name: value for name, value in unusual.items() if name not in leave_out}


def _path_to(act: Act, head: Head) -> list[bytes]:
    return inclusion_path(_links(act.commune_id, head.sequence), act.sequence - 1)


def _links(commune_id: int, until: int) -> list[bytes]:
    acts = Act.objects.filter(commune=commune_id, sequence__lte=until).order_by("sequence")
    return [bytes(link) for link in acts.values_list("link", flat=True)]


def _joined(path: list[bytes]) -> str:
    return packed(b"".join(path))
