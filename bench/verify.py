"""
Measure the verifier: events a second of `check`, and the time of one household's proof.

usage: python -m bench.verify [--events 250000] [--runs 5] [--smoke]

Makes an export of so many events as `manage.py export_ledger` writes them (communes of 2,000 cases,
a case's ten steps through the periodic review, told values and snapshots like those of life), checks
it with the verifier as an auditor starts it, and tells the median.
"""

import argparse
import base64
import hashlib
import json
import resource
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from cases.ledger import entries
from cases.ledger.merkle import appended, inclusion_path, leaf_hash, root_of, root_of_peaks
from cases.rules.packs.model import Pack
from cases.rules.packs.periodic import THREE_TIERS

VERIFIER = Path(__file__).resolve().parent.parent / "verifier" / "rasoat_verify.py"
CASES, EVENTS = 2000, 250_000
AIM, AIM_PROOF = 100_000, 0.050
ROAD = (
    ("build_list", "new", "listed"),
    ("survey", "listed", "surveyed"),
    ("classify", "surveyed", "classified"),
    ("hold_meeting", "classified", "agreed"),
    ("post_list", "agreed", "posted"),
    ("close_posting", "posted", "cleared"),
    ("sign_report", "cleared", "reported"),
    ("give_opinion", "reported", "consented"),
    ("sign_decision", "consented", "recognised"),
    ("issue_certificates", "recognised", "certified"),
)
SAYS = "LAST_YEAR|POOR|0|4||1|100|30|111000000000|POOR|40|38|POOR|POOR|CONSENT|POOR|"


class Commune:
    """One commune's record under way: cases in villages of eighty, the chain and its tree."""

    def __init__(self, number: int) -> None:
        self.code = f"{10000 + number}"
        self.round = f"2024-{self.code}"
        self.peaks, self.length, self.link = b"", 0, entries.NOTHING_BEFORE
        first = number * CASES + 1
        self.cases = [
            [
                n,
                self.round,
                f"{self.code}-{n:06d}",
                f"{self.code}.{n // 80:03d}",
                secrets.token_hex(16),
            ]
            for n in range(first, first + CASES)
        ]
        self.before = dict.fromkeys((case[0] for case in self.cases), entries.NOTHING_BEFORE)

    def acts(self, pack: Pack) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        """Yield each act's line with the lines of its events."""
        for step, (code, source, target) in enumerate(ROAD, 1):
            # Surveys and meetings are of a village, the rest here of the commune.
            size = 80 if code in ("survey", "hold_meeting") else CASES
            for first in range(0, CASES, size):
                part = self.cases[first : first + size]
                yield self._act(pack, code, part, (step, source, target))

    def _act(
        self, pack: Pack, code: str, cases: list[Any], step: tuple[int, str, str]
    ) -> tuple[dict[str, Any], list[Any]]:
        self.length += 1
        number, source, target = step
        events, links = [], []
        for case in cases:
            commitment = entries.event_commitment(case[4], number, SAYS)
            place = (self.code, self.length, number, source, target)
            entry = entries.event_entry(self.before[case[0]], *place, commitment, case[2])
            self.before[case[0]] = leaf_hash(entry)
            links.append(self.before[case[0]])
            events.append([case[0], number, source, target, SAYS])
        told = list(_told(code, cases))
        leaves = [entries.told_leaf(bytes.fromhex(salt), path, value) for path, salt, value in told]
        declared = pack.by_code[code]
        fields: dict[str, Any] = dict.fromkeys(("village", "on_behalf_of"), "")
        fields |= {"previous": self.link, "commune": self.code, "sequence": self.length}
        fields |= {"code": code, "round": self.round, "actor": 7, "actor_name": "Võ Văn Bình"}
        fields |= {"duty": declared.duty.value, "duty_unit": self.code}  # type: ignore[attr-defined]
        fields |= {"article": declared.source.article, "pack": pack.code}
        fields |= {"pack_hash": pack.fingerprint, "at": 1_728_000_000_000_000 + self.length}
        fields |= {"legal_day": "2024-10-01", "device_at": None, "told": root_of(leaves)}
        entry = entries.act_entry({**fields, "root": root_of(links), "count": len(links)})
        self.link = leaf_hash(entry)
        self.peaks = appended(self.peaks, self.length - 1, self.link)
        tree = root_of_peaks(self.peaks).hex()
        line = {"entry": entry.decode(), "link": self.link.hex(), "tree": tree, "told": told}
        lines = [
            [self.code, self.length, b"".join(links[at : at + 500]).hex(), events[at : at + 500]]
            for at in range(0, len(events), 500)
        ]
        return line, lines


def _told(code: str, cases: list[Any]) -> Iterator[list[Any]]:
    told: dict[str, dict[str, Any]] = {
        "survey": {"days": "2024-10-01", "results": [100, "111000000000"]},
        "hold_meeting": {"tallies": [38, 1, 1]},
    }
    for name, value in told.get(code, {"number": ""}).items():
        for case in cases if code in told else cases[:1]:
            path = f"facts/{name}/{case[2]}" if code in told else f"facts/{name}"
            yield [path, secrets.token_hex(16), value]


def write_export(folder: Path, events: int) -> int:
    """Write an export of at least so many events; return how many there are."""
    pack = THREE_TIERS
    communes = [Commune(n) for n in range(-(-events // (CASES * len(ROAD))))]
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with (folder / "acts.jsonl").open("w") as acts, (folder / "events.jsonl").open("w") as rest:
        for commune in communes:
            for line, lines in commune.acts(pack):
                acts.write(_json(line))
                rest.writelines(_json(each) for each in lines)
                written += sum(len(each[3]) for each in lines)
    state = [ROAD[-1][2], len(ROAD), SAYS]
    (folder / "cases.jsonl").write_text(
        "".join(_json([*case, *state]) for commune in communes for case in commune.cases)
    )
    heads = {c.code: [c.length, c.link.hex(), root_of_peaks(c.peaks).hex()] for c in communes}
    anchors = [
        {"commune": code, "sequence": head[0], "tree": head[2]} for code, head in heads.items()
    ]
    (folder / "anchors.jsonl").write_text("".join(map(_json, anchors)))
    (folder / "packs").mkdir()
    (folder / "packs" / f"{pack.code}.json").write_bytes(_pack_text(pack))
    files = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        body = file.read_bytes()
        files[file.relative_to(folder).as_posix()] = {
            "sha256": hashlib.sha256(body).hexdigest(),
            "rows": body.count(b"\n") if file.suffix == ".jsonl" else 1,
            "bytes": len(body),
        }
    manifest = {"format": "rasoat-ledger/1", "unit": {"code": "VN", "level": "NATION"}}
    manifest |= {"heads": heads, "erased": [], "made_at": "2024-11-01T00:00:00+07:00"}
    (folder / "manifest.json").write_text(_json({**manifest, "private": False, "files": files}))
    return written


def _pack_text(pack: Pack) -> bytes:
    content = {name: value for name, value in asdict(pack).items() if name != "by_code"}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()


def _packed(value: bytes) -> str:
    return base64.b64encode(value).decode().rstrip("=")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _spent(*arguments: str) -> float:
    """Return the seconds of processor time that the verifier took: what one core needs."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"the verifier found: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _proof(file: Path) -> None:
    """Write the proof of one household of ten thousand, in a record of four thousand acts."""
    event = {"case": "24646-00001", "sequence": 9, "from": "consented", "to": "recognised"}
    event |= {"previous": _packed(bytes(32)), "salt": "00" * 16, "snapshot": SAYS}
    commitment = entries.event_commitment("00" * 16, 9, SAYS)
    place = ("24646", 4000, 9, "consented", "recognised")
    link = leaf_hash(entries.event_entry(bytes(32), *place, commitment, "24646-00001"))
    links = [*(secrets.token_bytes(32) for _ in range(9_999)), link]
    act = {"commune": "24646", "sequence": 4000, "count": 10_000, "code": "sign_decision"}
    whole = {"device_at": None, "on_behalf_of": "", "village": "", "root": root_of(links)}
    acts = [secrets.token_bytes(32) for _ in range(3_999)]
    acts.append(leaf_hash(entries.act_entry({**act, **whole})))
    paths = [inclusion_path(links, 9_999), inclusion_path(acts, 3_999)]
    proof = {"proof": "rasoat-household/1", "event": event, "index": 9_999, "act": act}
    proof |= {"paths": [_packed(b"".join(path)) for path in paths]}
    file.write_text(_json({**proof, "head": {"sequence": 4000, "tree": _packed(root_of(acts))}}))


def measure_verifier(events: int, runs: int, *, judge: bool = True) -> None:
    """Make an export and a proof, check both, and tell the medians beside the aims."""
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place) / "export", Path(place) / "proof.json"
        written = write_export(folder, events)
        _proof(file)
        whole = median(_spent("check", str(folder)) for _ in range(runs))
        one = median(_spent("verify", str(file)) for _ in range(runs))
        file.write_text(f"[{','.join([file.read_text()] * 501)}]")
        many = median(_spent("verify", str(file)) for _ in range(runs))
    rate = written / whole
    print(f"verifier: {written:,} events in {whole:.2f} s of one core, {rate:,.0f} a second")
    own = (many - one) / 500 * 1000
    print(f"verifier: a household's proof in {one * 1000:.0f} ms, {own:.2f} ms without the start")
    if judge:
        for aim, reached in (
            (f"at least {AIM:,} events a second", rate >= AIM),
            (f"a proof in {AIM_PROOF * 1000:.0f} ms", one <= AIM_PROOF),
        ):
            print(f"  {aim}: {'reached' if reached else 'NOT reached'}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.verify", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="small and quick; judges nothing")
    asked = parser.parse_args()
    small = (20_000, 1) if asked.smoke else (asked.events, asked.runs)
    measure_verifier(*small, judge=not asked.smoke)


if __name__ == "__main__":
    main()
