"""What binds a certificate to the record: acts as they were hashed, with their way to one head."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from cases.ledger.merkle import node_hash
from cases.models import Act, Case, Event
from workflow.ledger.proofs import Head, NoProof, commitment_of, head_of, packed


@dataclass(frozen=True)
class Link:
    """What a row's act and event are known by."""

    act: bytes
    on_behalf_of: str
    event: int | None = None
    event_link: bytes = b""


@dataclass
class Links:
    """The links of some acts, by their keys, and of one case's events."""

    of_act: dict[int, Link] = field(default_factory=dict)

    @classmethod
    def read(cls, acts: Collection[int], case: int | None = None) -> "Links":
        events: dict[int, tuple[int, bytes]] = {}
        if case is not None:
            rows = Event.objects.filter(case=case).values_list("act_id", "sequence", "link")
            events = {act: (sequence, bytes(link)) for act, sequence, link in rows}
        read = Act.objects.filter(pk__in=acts).values_list("pk", "link", "on_behalf_of")
        return cls(
            {
                pk: Link(bytes(link), behalf, *events.get(pk, (None, b"")))
                for pk, link, behalf in read
            }
        )


def head_over(commune_id: int, last: int) -> tuple[Act, Head] | None:
    """
    Return a head that covers the acts up to this number, and the act that it is the head after.

    The last one given out, or else the one of now.
    """
    act = Act.objects.filter(commune=commune_id, sequence=last).select_related("commune").first()
    if act is None:
        return None
    head = head_of(act)
    if head.sequence != act.sequence:
        acts = Act.objects.filter(commune=commune_id).select_related("commune")
        act = acts.get(sequence=head.sequence)
    return act, head


def binding(act: Act, head: Head, sequences: Collection[int]) -> dict[str, Any]:
    """
    Return the acts of these numbers as they were hashed, each with its way to the head after `act`.

    Each is an act proof (workflow.ledger.proofs) without its head, which is said once.
    """
    acts = Act.objects.filter(commune=act.commune_id, sequence__lte=head.sequence)
    links = [bytes(x) for x in acts.order_by("sequence").values_list("link", flat=True)]
    wanted = sorted({n for n in sequences if 0 < n <= len(links)})
    paths = _paths(links, [n - 1 for n in wanted])
    entries = dict(acts.filter(sequence__in=wanted).values_list("sequence", "entry"))
    return {
        "head": {"commune": act.commune.code, **head.as_data()},
        "acts": [
            {"act": json.loads(entries[n]), "path": packed(b"".join(path))}
            for n, path in zip(wanted, paths, strict=True)
            if n in entries
        ],
    }


def events_of(case: Case) -> list[dict[str, Any]]:
    """Return a case's chain, from which every link of it can be computed; empty: too much was erased."""
    events = case.events.order_by("sequence").select_related("act")
    try:
        return [
            {
                "sequence": event.sequence,
                "act": event.act.sequence,
                "from": event.from_state,
                "to": event.to_state,
                "commitment": packed(commitment_of(event, case.salt)),
            }
            for event in events
        ]
    except (NoProof, Act.DoesNotExist):
        return []


def _paths(leaves: list[bytes], indexes: list[int]) -> list[list[bytes]]:
    """Return the inclusion path of each leaf, from one building of the tree."""
    paths: list[list[bytes]] = [[] for _ in indexes]
    level, places = leaves, list(indexes)
    while len(level) > 1:
        for path, place in zip(paths, places, strict=True):
            if (beside := place ^ 1) < len(level):
                path.append(level[beside])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        places = [place // 2 for place in places]
    return paths
