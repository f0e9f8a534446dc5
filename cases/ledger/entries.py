"""
The bytes that are hashed: of an event, of an act, of what an act was told.

Built from parameters, integers and NFC text, never from what a database formats. A link is the
leaf hash of an entry that begins with the link before it: chain and tree share their hashes.
"""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from cases.ledger.merkle import leaf_hash, root_of

ACT = "rasoat-act/1"
EVENT = "rasoat-event/1"
NOTHING_BEFORE = bytes(32)
SALT_SIZE = 16
ERASED = "erased"  # {"erased": hex}: what is kept of a value that the law made us forget

# What an event says of its case after the act, in this order, joined by "|".
SNAPSHOT = (
    "basis",
    "opening_class",
    "relapse",
    "persons",
    "screen_passed",
    "attempt",
    "income_score",
    "deprivation_score",
    "deprivations",
    "result_class",
    "meeting_agree",
    "meeting_attendance",
    "agreed_class",
    "posted_class",
    "opinion",
    "decided_class",
    "departure",
)


def canonical(value: Any) -> bytes:
    """Return the one way to write a value down: sorted keys, no spaces, NFC, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return unicodedata.normalize("NFC", text).encode()


def event_commitment(salt: str, sequence: int, snapshot: str) -> bytes:
    """Return what an event's entry says instead of its snapshot; the salt is the case's."""
    return hashlib.sha256(f"{salt}\n{sequence}\n{snapshot}".encode()).digest()


def event_entry(
    previous: bytes,
    commune: str,
    act: int,
    sequence: int,
    from_state: str,
    to_state: str,
    commitment: bytes,
    case: str,
) -> bytes:
    """Return an event's entry; the case's code comes last, so that no code can pass for a field."""
    fields = (
        EVENT,
        previous.hex(),
        f"{commune}/{act}",
        str(sequence),
        from_state,
        to_state,
        commitment.hex(),
        case,
    )
    return "\n".join(fields).encode()


def act_entry(fields: Mapping[str, Any]) -> bytes:
    """Return an act's entry: canonical JSON; hashes in it are base64, moments epoch microseconds."""
    told = {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for name, value in fields.items()
    }
    return canonical({"entry": ACT, **told})


def told_root(
    salt: bytes,
    facts: Mapping[str, Any],
    private: Mapping[str, Any],
    salts: Mapping[str, str] | None = None,
) -> bytes:
    """
    Return the root over what an act was told, a salted leaf for each value in order of its path.

    `salts` replaces the salt after an erasure: that of each value which is still there.
    """
    leaves = []
    for path, value in told_values(facts, private):
        if isinstance(value, Mapping) and set(value) == {ERASED}:
            leaves.append(bytes.fromhex(value[ERASED]))
            continue
        own = bytes.fromhex(salts[path]) if salts is not None else value_salt(salt, path)
        leaves.append(told_leaf(own, path, value))
    return root_of(leaves)


def told_values(facts: Mapping[str, Any], private: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every value under its path; what is said of each household is a value of its own."""
    found: dict[str, Any] = {}
    for part, values in (("facts", facts), ("private", private)):
        for name, value in values.items():
            if isinstance(value, Mapping) and set(value) != {ERASED}:
                found |= {f"{part}/{name}/{code}": each for code, each in value.items()}
            else:
                found[f"{part}/{name}"] = value
    yield from sorted(found.items())


def value_salt(salt: bytes, path: str) -> bytes:
    return hmac.digest(salt, path.encode(), "sha256")[:SALT_SIZE]


def told_leaf(salt: bytes, path: str, value: Any) -> bytes:
    """Return the leaf of one value; its path ends at the first line break, as paths have none."""
    name = unicodedata.normalize("NFC", path).replace("\n", " ").encode()
    return leaf_hash(salt + name + b"\n" + canonical(value))


def short_digest(head: bytes) -> str:
    """Return what papers show of a head: its first 80 bits in base32, by fours."""
    text = base64.b32encode(head[:10]).decode()
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))
