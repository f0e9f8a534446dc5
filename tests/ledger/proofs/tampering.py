"""
Ten ways to falsify an exported record, each as its administrator would: the manifest is written anew.

Those who rewrite compute every hash again with the product's own functions, so that the chain is neat.
"""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cases.ledger.entries import NOTHING_BEFORE, canonical, event_commitment, event_entry
from cases.ledger.merkle import leaf_hash, root_of

CLASSES = ("POOR", "NEAR_POOR", "NOT_POOR")
RESULT = 9  # where the result class stands in a snapshot
CASE_LINK = 3


@dataclass
class Record:
    """An export in memory: acts, their events, cases, anchors, and other files as bytes."""

    acts: list[dict[str, Any]]
    events: dict[int, list[Any]]
    cases: dict[int, list[Any]]
    anchors: list[dict[str, Any]]
    manifest: dict[str, Any]
    other: dict[str, bytes] = field(default_factory=dict)

    @property
    def commune(self) -> str:
        return str(next(iter(self.manifest["heads"])))


def read(folder: Path) -> Record:
    """Read an export of one commune whose acts have at most one line of events each."""

    def rows(name: str) -> list[Any]:
        return [json.loads(line) for line in (folder / name).read_text().splitlines()]

    files = [path for path in folder.rglob("*") if path.is_file()]
    named = {path.relative_to(folder).as_posix(): path for path in files}
    known = {"acts.jsonl", "events.jsonl", "cases.jsonl", "anchors.jsonl", "manifest.json"}
    return Record(
        rows("acts.jsonl"),
        {line[1]: line for line in rows("events.jsonl")},
        {row[0]: row for row in rows("cases.jsonl")},
        rows("anchors.jsonl"),
        json.loads((folder / "manifest.json").read_text()),
        {name: path.read_bytes() for name, path in named.items() if name not in known},
    )


def write(record: Record, folder: Path) -> None:
    """Write the export with a manifest that fits it."""
    contents = {
        "acts.jsonl": _lines(record.acts),
        "events.jsonl": _lines([record.events[number] for number in sorted(record.events)]),
        "cases.jsonl": _lines(list(record.cases.values())),
        "anchors.jsonl": _lines(record.anchors),
        **record.other,
    }
    files = {}
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        told = record.manifest["files"].get(name, {})
        files[name] = {**told, "sha256": hashlib.sha256(content).hexdigest()}
        files[name]["rows"], files[name]["bytes"] = content.count(b"\n"), len(content)
    manifest = {**record.manifest, "files": files}
    (folder / "manifest.json").write_bytes(_lines([manifest]))


def _lines(rows: list[Any]) -> bytes:
    texts = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "".join(f"{text}\n" for text in texts).encode()


def rechain(record: Record) -> None:
    """Compute every link, root, entry, tree and head again: the neatest of forgeries."""
    previous, links = NOTHING_BEFORE, list[bytes]()
    last: dict[int, bytes] = {}
    for act in record.acts:
        entry = json.loads(act["entry"])
        number, own = entry["sequence"], list[bytes]()
        line = record.events.get(number)
        for case_id, sequence, source, target, says in line[3] if line else ():
            case = record.cases[case_id]
            commitment = event_commitment(case[4], sequence, says)
            before = last.get(case_id, NOTHING_BEFORE)
            place = (record.commune, number, sequence)
            own.append(leaf_hash(event_entry(before, *place, source, target, commitment, case[2])))
            last[case_id] = own[-1]
            case[5:] = [target, sequence, says]
        if line:
            line[2] = "".join(link.hex() for link in own)
        entry |= {"previous": _base64(previous), "root": _base64(root_of(own))}
        entry["count"] = len(own)
        text = canonical(entry)
        previous = leaf_hash(text)
        links.append(previous)
        act |= {"entry": text.decode(), "link": previous.hex(), "tree": root_of(links).hex()}
    record.manifest["heads"] = {record.commune: [len(links), previous.hex(), root_of(links).hex()]}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def from_base64(text: str) -> bytes:
    return base64.b64decode(text)


def held_heads(record: Record, upto: int) -> bytes:
    """Return the lines that somebody else keeps: the heads after each act up to this one."""
    return _lines(
        [
            {
                "format": "rasoat-head/1",
                "commune": record.commune,
                "sequence": number,
                "tree": _base64(bytes.fromhex(act["tree"])),
            }
            for number, act in enumerate(record.acts[:upto], 1)
        ]
    )


# Each falsifies something at or before the act with this number.
Tamper = Callable[[Record, int, random.Random], None]


def _line_at(record: Record, upto: int, chance: random.Random) -> list[Any]:
    return list(record.events[chance.choice([n for n in record.events if n <= upto])])


def change_a_value(record: Record, upto: int, chance: random.Random) -> None:
    event = chance.choice(_line_at(record, upto, chance)[3])
    parts = event[4].split("|")
    parts[RESULT] = chance.choice([each for each in CLASSES if each != parts[RESULT]])
    event[4] = "|".join(parts)


def delete_an_act(record: Record, upto: int, chance: random.Random) -> None:
    number = chance.randint(1, upto)
    del record.acts[number - 1]
    record.events.pop(number, None)


def insert_an_act(record: Record, upto: int, chance: random.Random) -> None:
    act = dict(record.acts[chance.randint(1, upto) - 1])
    record.acts.insert(chance.randint(1, upto) - 1, act)


def swap_two_acts(record: Record, upto: int, chance: random.Random) -> None:
    first, second = chance.sample(range(upto), 2)
    record.acts[first], record.acts[second] = record.acts[second], record.acts[first]


def rewrite_and_rechain(record: Record, upto: int, chance: random.Random) -> None:
    change_a_value(record, upto, chance)
    rechain(record)


def back_date(record: Record, upto: int, chance: random.Random) -> None:
    act = record.acts[chance.randint(1, upto) - 1]
    entry = json.loads(act["entry"])
    entry["at"] -= chance.randint(1, 30) * 86_400_000_000
    act["entry"] = canonical(entry).decode()
    rechain(record)


def cut_the_tail(record: Record, upto: int, chance: random.Random) -> None:
    keep = chance.randint(1, upto - 1)
    record.acts = record.acts[:keep]
    record.events = {number: line for number, line in record.events.items() if number <= keep}
    named = {event[0] for line in record.events.values() for event in line[3]}
    record.cases = {key: case for key, case in record.cases.items() if key in named}
    record.anchors = [each for each in record.anchors if each["sequence"] <= keep]
    rechain(record)


def forge_the_anchors(record: Record, upto: int, chance: random.Random) -> None:
    rewrite_and_rechain(record, upto, chance)
    for anchor in record.anchors:
        tree = bytes.fromhex(record.acts[anchor["sequence"] - 1]["tree"])
        anchor["tree"] = _base64(tree)
        anchor["digest"] = base64.b32encode(tree[:10]).decode()


def change_a_calendar(record: Record, upto: int, chance: random.Random) -> None:
    name = next(name for name in record.other if name.startswith("calendars/"))
    record.other[name] = _with_another_day(record.other[name], chance)


def _with_another_day(content: bytes, chance: random.Random) -> bytes:
    years = [n for n in range(len(content) - 4) if content[n : n + 4] in (b"2024", b"2025")]
    at = chance.choice(years)
    return content[:at] + b"2019" + content[at + 4 :]


def change_a_pack(record: Record, upto: int, chance: random.Random) -> None:
    name = next(name for name in record.other if name.startswith("packs/"))
    content = record.other[name]
    digits = [n for n, byte in enumerate(content) if chr(byte) in "123456789"]
    at = chance.choice(digits)
    other = chance.choice([each for each in b"123456789" if each != content[at]])
    record.other[name] = content[:at] + bytes([other]) + content[at + 1 :]


KINDS: dict[str, Tamper] = {
    tamper.__name__: tamper
    for tamper in (
        change_a_value,
        delete_an_act,
        insert_an_act,
        swap_two_acts,
        rewrite_and_rechain,
        back_date,
        cut_the_tail,
        forge_the_anchors,
        change_a_calendar,
        change_a_pack,
    )
}
# A chain alone sees nothing of these: only heads held elsewhere do.
NEAT = ("rewrite_and_rechain", "cut_the_tail", "forge_the_anchors")
