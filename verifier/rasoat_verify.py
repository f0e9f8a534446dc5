#!/usr/bin/env python3
"""check DIR | case DIR ROUND CASE | certificate FILE | prove [FILE] | verify [FILE]

Checks an exported record of Ra-soat (sổ việc) without the application: this file and Python 3.11.
Exit code 0: all holds; 1: something does not, and it is named; 2: what was given cannot be read.
Every format is described in docs/ledger.md.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import Any

LONGEST, SHOWN, HOUR = 1 << 26, 20, 3_600_000_000  # bytes of a line; problems of one kind that are told one by one
USUAL = {"entry": "rasoat-act/1", "device_at": None, "on_behalf_of": "", "village": ""}
SNAPSHOT = "basis opening_class relapse persons screen_passed attempt income_score deprivation_score deprivations result_class meeting_agree meeting_attendance agreed_class posted_class opinion decided_class departure".split()
# Code, Vietnamese, English: of problems, of questions, and of what answers name.
TEXTS = """
damaged|không đọc được|cannot be read / file|tệp không như bản kê|the file is not that of the manifest / act_missing|thiếu việc|acts are missing / act_repeated|số việc lặp hoặc sai thứ tự|act repeated or out of order / act_chain|không nối với việc trước|not linked to the act before / act_link|mã băm của việc sai|wrong link of the act / act_row|bảng ghi khác việc đã băm|the table says something else than was hashed / told|nội dung việc không khớp mã băm|told values do not match their hash / tree|gốc cây sai từ việc này|wrong tree from this act on / event_link|mã băm của sự kiện sai|wrong link of the event / event_step|bước đi thiếu, lặp, hoặc quy trình không có|step missing, repeated or undeclared / event_place|sự kiện sai chỗ, của việc hay hồ sơ không có|event out of place, or of no act or case / event_erased|đã xóa cả cam kết, không kiểm được|erased with its commitment: cannot be checked / case|hồ sơ khác sự kiện cuối|the case is not what its last event says / head|đầu sổ sai|wrong head of the record / head_differs|sổ không như mốc đã đưa ra|not the head that was given out / head_missing|không thấy mốc trong sổ|head not found in the record / head_unit|mốc của đơn vị khác|head of another unit / day|gốc trong ngày không khớp|the day's root does not match / pack|thiếu gói quy trình, hoặc gói đã bị sửa|pack missing or changed / act_undeclared|quy trình không có việc này với thẩm quyền, căn cứ này|the pack has no such act with this duty and article / calendar|thiếu lịch làm việc, hoặc lịch đã bị sửa|calendar missing or changed / term|thời hạn đếm sai|term counted wrong / token_other|dấu thời gian của tệp khác|time-stamp of another file / token_unknown|dấu thời gian của nơi cấp không rõ|time-stamp of an unknown authority / proof|bằng chứng không dẫn tới mốc|the proof does not lead to its head / certificate|chứng nhận không như sổ|the certificate is not what the record says / holds|ĐẠT: mọi điều kiểm được đều đúng|HOLDS: all that can be checked is right / fails|KHÔNG ĐẠT|DOES NOT HOLD / covered|CÓ MỐC|COVERED / uncovered|CHƯA CÓ MỐC NÀO|NOT COVERED BY ANY HEAD / problems|SAI|WRONG / where|ở|where / commune|xã|commune / sequence|đến việc|up to act / events|sự kiện|events / first|từ việc|from act / last|đến việc|to act / q1|1. Ai đưa vào danh sách, vì sao|1. Listed by whom and why / q2|2. Khảo sát khi nào|2. Surveyed when / q3|3. Điểm từ câu trả lời nào|3. Score from which answers / q4|4. Họp dân, người dự, phiếu, ít nhất một nửa|4. Meeting, attendance, votes, at least half / q5|5. Biên bản có chữ ký|5. Minutes signed / q6|6. Niêm yết ở đâu, từ ngày, đến ngày|6. Posted where, from, to / q7|7. Khiếu nại, kết quả|7. Complaints and outcome / q8|8. Phúc tra trong hạn|8. Re-verified within the limit / q9|9. Ý kiến cấp trên: hỏi, cho, quá hạn|9. Opinion asked, given or overdue / q10|10. Ai quyết định|10. Decided by whom / q11|11. Việc nào đổi kết quả sau niêm yết|11. Changed after posting by which act / q12|12. Theo gói quy trình nào|12. Under which pack / True|đạt|met / False|KHÔNG đạt|NOT met / None|không có hoặc chưa tới|none, or not yet / expected|cần|expected / found|thấy|found / source|nguồn|source / act|việc|act / day|ngày|day / duty|thẩm quyền|duty / basis|căn cứ|basis / paper|giấy tờ|paper / attendance|người dự|attendance / number|số|number / until|đến hết ngày|until / pack|gói|pack / POOR|hộ nghèo|poor / NEAR_POOR|hộ cận nghèo|near-poor / NOT_POOR|không nghèo|not poor / LAST_YEAR|danh sách đang quản lý|managed list / REQUEST|giấy đề nghị|request / EXIT|đề nghị thoát nghèo|request to leave / ARRIVAL|hộ đến|arrival / CONSENT|thống nhất|consent / QUESTIONED|chưa thống nhất|questioned / days|ngày ghi phiếu|day of the form / reviewers|rà soát viên|reviewer / content|nội dung|content / outcome|trả lời|answer / results|trả lời: B1, cờ B2|answers: B1, B2 flags / incomes|nhân khẩu, thu nhập năm, trợ cấp|persons, year's income, transfers / income_score|điểm B1|B1 score / deprivations|thiếu hụt|deprivations / result_class|kết quả|result / held_on|họp ngày|held on / tallies|phiếu thuận, chống, không ý kiến|votes for, against, none / agreed_class|thống nhất|agreed / minutes_signed|đã ký|signed / minutes_number|biên bản số|minutes / village_place|tại thôn|in the village / commune_place|tại xã|at the commune / posted_class|niêm yết|posted / opinion|ý kiến|opinion / decided_class|quyết định|decided / pack_hash|mã gói|pack's hash / to|chuyển sang|to / forms|đơn số|form / by|người làm|by / erased|đã xóa theo|erased by / AVERAGE|có mức sống trung bình|average living standard / LOW_INCOME|thu nhập thấp|low income / NOT_MET|không đủ điều kiện|not met / unchecked|CHƯA KIỂM (dòng bị cắt; chữ ký cần --tokens-ca và openssl)|NOT CHECKED (a line cut off; a signature needs --tokens-ca, openssl) / token|dấu thời gian|time-stamp / at|lúc|at / code|mục|what / event_root|số hoặc gốc sự kiện của việc sai|wrong number or root of the act's events
"""
WORDS = {code: each for code, *each in (t.split("|") for t in TEXTS.strip().split(" / "))}
PLACE = [""]  # the file and line being read: what a damaged one is named by
SEAL = re.compile(r"((RASOAT1:)?(?P<commune>[0-9A-Z.]+)/(?P<sequence>[1-9]\d*):)?(?P<digest>[A-Z2-7]{16})")
MAY_BE_ERASED = re.compile(r"private/|facts/(forms/|(paper|livelihood|form_number)$)")
Row = dict[str, Any]


def hashed(left: bytes, right: bytes | None = None) -> bytes:
    return hashlib.sha256(b"\0" + left if right is None else b"\1" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)  # an odd last one rises as it is
        hashes = [hashed(*pair) for pair in pairs] + hashes[len(hashes) & ~1 :]
    return hashes[0] if hashes else hashlib.sha256(b"").digest()


def path_in(hashes: list[bytes], upto: int, whole: bool | None = None) -> list[bytes]:
    """Return PATH(upto - 1) of RFC 9162, 2.1.3.1, or with `whole` SUBPROOF(upto, whole) of 2.1.4.1."""
    if len(hashes) == (1 if whole is None else upto):
        return [root_of(hashes)] if whole is False else []
    k = 1 << (len(hashes) - 1).bit_length() - 1
    if upto <= k:
        return [*path_in(hashes[:k], upto, whole), root_of(hashes[k:])]
    return [*path_in(hashes[k:], upto - k, whole and False), root_of(hashes[:k])]


def climb(old: bytes, new: bytes, index: int, last: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """Lead two nodes up a path (2.1.3.2; 2.1.4.2: the old tree lacks what stands right); of wrong length: nowhere."""
    for beside in path:
        if not 0 <= index <= last or not last:
            return b"", b""
        if index & 1 or index == last:
            old, new = hashed(beside, old), hashed(beside, new)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            new = hashed(new, beside)
        index, last = index >> 1, last >> 1
    return (old, new) if index == last == 0 else (b"", b"")


def grew(first: int, second: int, old: bytes, new: bytes, path: list[bytes]) -> bool:
    """Test if a path shows that the tree of the first size became the second."""
    if not 0 < first < second or not path:
        return first == second > 0 and not path and old == new
    path, up = path if first & (first - 1) else [old, *path], (first & -first).bit_length() - 1
    return climb(path[0], path[0], (first - 1) >> up, (second - 1) >> up, path[1:]) == (old, new)


def no_twins(pairs: list[tuple[str, Any]]) -> Row:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return found


read = json.JSONDecoder(object_pairs_hook=no_twins).decode
write = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def content(file: Path) -> bytes:
    PLACE[0] = str(file)
    if not file.is_file() or file.stat().st_size > 8 * LONGEST:
        raise ValueError("too large" if file.is_file() else "no such file")
    return file.read_bytes()


def canonical(value: Any) -> bytes:
    return unicodedata.normalize("NFC", write(value)).encode()


def raw(text: str) -> bytes:
    """Return what is written in hexadecimal (one hash) or in base64, padded or not."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return bytes.fromhex(text) if len(text) == 64 else base64.b64decode(padded, validate=True)


def event_link(previous: str, act: str, step: Any, salt: str, says: str, case: str) -> str:
    """Return an event's link; an erased snapshot is "#" and the commitment to it."""
    committed = says[1:] if says[:1] == "#" else hashlib.sha256(f"{salt}\n{step[0]}\n{says}".encode()).hexdigest()
    entry = f"\0rasoat-event/1\n{previous}\n{act}\n{step[0]}\n{step[1]}\n{step[2]}\n{committed}\n{case}"
    return hashlib.sha256(entry.encode()).hexdigest()


def last_day(term: Row, calendar: Row) -> str:
    day, left = date.fromisoformat(term["from"]), term["days"]
    while True:
        text = (day := day + timedelta(1)).isoformat()
        works = text in calendar["worked"] or (day.weekday() < 5 and text not in calendar["off"])
        left -= bool(left) and (works if term["kind"] == "WORKING" else 1)
        if works and not left:
            return text


class Check:
    """What is wrong with what was read; `story`, `links`: what the acts of the wanted case and round recorded."""

    def __init__(self, round: str = "", case: str = "") -> None:
        self.wanted, self.story, self.links = (round, case), list[Row](), dict[str, str]()
        self.problems, self.counts, self.unchecked = list[Row](), dict[str, int](), list[Row]()
        self.heads, self.records = dict[Any, Any](), dict[str, Any]()

    def same(self, code: str, where: str, expected: Any, found: Any) -> bool:
        if expected != found:
            self.counts[code] = self.counts.get(code, 0) + 1
            if self.counts[code] <= SHOWN:
                self.problems.append({"code": code, "where": where, "expected": expected, "found": found})
        return bool(expected == found)

    def run(self, folder: Path, heads: Any = (), ca: str = "") -> Row:
        self.folder, self.manifest = folder, read(content(folder / "manifest.json").decode())
        here = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        self.same("file", "manifest.json", [], sorted(here - set(self.manifest["files"]) - {"manifest.json"}))
        for name, told in self.manifest["files"].items():
            PLACE[0] = name
            with {each: folder / each for each in here}[name].open("rb") as stream:
                self.same("file", name, told["sha256"], hashlib.file_digest(stream, "sha256").hexdigest())
        bodies = [content(file) for kind in ("packs", "calendars") for file in folder.glob(f"{kind}/*.json")]
        self.pinned = {hashlib.sha256(body).hexdigest(): read(body.decode()) for body in bodies}
        self.hold(folder / "anchors.jsonl", "anchor")
        days = [(file, self.stamped(file, ca)) for file in sorted(folder.glob("days/*.json"))]
        for file, by in [*days, *((Path(file), "held") for file in heads)]:
            self.hold(file, by)
        # A case's row, then its last link, number, state and snapshot as events are read.
        self.cases = no_twins([(case[0], [*case, "0" * 64, 0, "new", ""]) for case in self.rows("cases.jsonl")])
        self.acts()
        for source, tree in ((source, tree) for given in self.heads.values() for _by, source, tree in given):
            self.same("head_missing", source, tree, None)
        erased = {(round_, name): paper for round_, name, paper in self.manifest["erased"]}
        for _, round_, name, _, _, state, version, says, _, last, reached, said in self.cases.values():
            gone = erased.get((round_, name), "") if said[:1] == "#" and not says else ""
            self.unchecked += [{"source": f"{round_} {name}", "erased": gone}] if gone else []
            says = said if gone or not said else says  # it was erased, or nothing was said
            self.same("case", f"{round_} {name}", [reached, last or 1, said], [state, version, says])
        covered, uncovered = list[Row](), list[Row]()
        for commune in sorted({*self.manifest["heads"], *self.records} or {self.manifest["unit"]["code"]}):
            record = self.records.get(commune, {"last": 0, "link": "", "tree": "", "events": 0, "cover": {}})
            found = [record["last"], record["link"], record["tree"]]
            self.same("head", commune, self.manifest["heads"].get(commune), found)
            covered += [{"commune": commune, "by": by, **told} for by, told in record["cover"].items()]
            last, events = max(((t["sequence"], t["events"]) for t in record["cover"].values()), default=(0, 0))
            tail = {"first": last + 1, "last": record["last"], "events": record["events"] - events}
            uncovered += [{"commune": commune, **tail}] if last < record["last"] else []
        told = {"ok": not self.problems, "problems": self.problems, "counts": self.counts, "unchecked": self.unchecked}
        events = sum(record["events"] for record in self.records.values())
        return {**told, "covered": covered, "uncovered": uncovered, "cases": len(self.cases), "events": events}

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the values of a file's lines; one that is cut, too long or no UTF-8 is damage."""
        with (self.folder / name).open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(LONGEST + 1), b""), 1):
                PLACE[0] = f"{name}:{number}"
                if line[-1:] != b"\n":
                    raise ValueError("line too long" if len(line) > LONGEST else "line cut off")
                yield (dict if name == "acts.jsonl" else list).copy(read(line.decode()))

    def hold(self, file: Path, by: str) -> None:
        """Remember the heads of a file: lines of anchors and receipts, a day, seals as typed from paper."""
        for number, line in enumerate(content(file).decode("utf-8-sig").splitlines(), 1):
            PLACE[0], source, leaves = f"{file}:{number}", f"{file.name}:{number}", list[bytes]()
            seal = SEAL.fullmatch(re.sub(r"[\s-]", "", line).upper())
            # A crash may cut a line off in a file of anchors; it is passed over, and told.
            cut = by == "held" and line[:1] == "{" and line.rstrip()[-1:] != "}"
            self.unchecked += [{"source": source}] if cut else []
            given = seal.groupdict() if seal else read('{"heads": []}' if cut or not line.strip() else line)
            for head in given.get("heads", [given]):
                tree = raw(head["tree"]).hex() if "tree" in head else head["digest"].replace("-", "")
                leaves.append(hashed(f"{head['commune']}\n{head['sequence']}\n{tree}".encode()))
                key = (head["commune"], int(head["sequence"])) if head["commune"] else tree
                if head["commune"] in (None, *self.manifest["heads"]):
                    self.heads.setdefault(key, []).append((by, source, tree))
                elif "heads" not in given or head["commune"] == self.manifest["unit"]["code"]:
                    self.same("head_unit", source, sorted(self.manifest["heads"]), head["commune"])
            if "root" in given:
                self.same("day", source, root_of(leaves).hex(), raw(given["root"]).hex())

    def stamped(self, file: Path, ca: str) -> str:
        """Return "stamped" if an authority that the given certificates lead to stamped the day's file (RFC 3161)."""

        def der(data: bytes) -> Iterator[bytes]:
            """Yield the contents of the values that stand one after another in DER."""
            while data:
                size, at = data[1], 2
                if size & 128:
                    size, at = int.from_bytes(data[2 : 2 + (size & 127)], "big"), 2 + (size & 127)
                yield data[at : at + size]
                data = data[at + size :]

        good = False
        for token in sorted(self.folder.glob(f"tokens/{file.stem}.*.tst")):
            told = content(token).partition(bytes.fromhex("060b2a864886f70d0109100104"))[2]
            # TSTInfo stands in [0], in an OCTET STRING, in a SEQUENCE.
            _version, _policy, imprint, _number, at, *_more = der(next(der(next(der(next(der(told)))))))
            digest = list(der(imprint))[1]
            command = ["openssl", "ts", "-verify", "-data", str(file), "-CAfile", ca, "-in", str(token)]
            method = {48: "sha384", 64: "sha512"}.get(len(digest), "sha256")
            self.same("token_other", token.name, hashlib.new(method, content(file)).hexdigest(), digest.hex())
            if ca and shutil.which("openssl"):
                tried = [subprocess.run([*command, *more], capture_output=True) for more in ([], ["-token_in"])]  # noqa: S603
                good |= self.same("token_unknown", token.name, 0, min(done.returncode for done in tried))
            else:
                self.unchecked.append({"token": token.name, "at": at.decode()})
        return "stamped" if good else "day"

    def acts(self) -> None:
        """Go through acts and events side by side: both stand by commune and number."""
        events = self.rows("events.jsonl")
        line = next(events, None)
        for row in self.rows("acts.jsonl"):
            act = self.act(row, read(row["entry"]))
            while line is not None and line[:2] <= act["place"]:
                self.events(line, act)
                line = next(events, None)
            record, where, links = self.records[act["commune"]], act["where"], act["links"]
            record["events"] += len(links)
            self.same("event_root", where, [act["count"], raw(act["root"]).hex()], [len(links), root_of(links).hex()])
            digest = base64.b32encode(bytes.fromhex(record["tree"])[:10]).decode()
            for by, source, tree in [*self.heads.pop(tuple(act["place"]), ()), *self.heads.pop(digest, ())]:
                if self.same("head_differs", f"{where} ({source})", tree, record["tree"] if len(tree) > 16 else digest):
                    record["cover"][by] = {"sequence": act["sequence"], "events": record["events"], "source": source}
        self.same("event_place", "events.jsonl", None, line and line[:2])

    def act(self, row: Row, entry: Row) -> Row:
        """Check an act by itself, against the one before it, its pack and calendar; return what is known of it."""
        place, where = [entry["commune"], entry["sequence"]], f"{entry['commune']}/{entry['sequence']}"
        new = {"last": 0, "link": "0" * 64, "peaks": [], "tree": "", "events": 0, "cover": {}, "at": 0}
        record = self.records.setdefault(place[0], new)
        if place[1] == record["last"] + 1:
            back = entry["at"] + HOUR < record["at"]  # clocks of servers differ by less
            self.same("act_chain", where, [record["link"], False], [raw(entry["previous"]).hex(), back])
        else:
            code = "act_missing" if place[1] > record["last"] else "act_repeated"
            record["peaks"] = self.same(code, where, record["last"] + 1, place[1]) or None  # no tree any more
        self.same("act_link", where, hashed(row["entry"].encode()).hex(), row["link"])
        self.same("act_row", where, None, row.get("row"))
        record |= {"link": row["link"], "last": place[1], "tree": row["tree"], "at": entry["at"]}
        if record["peaks"] is not None:
            # Of the tree only its peaks are kept: the roots of the whole trees in it, largest first.
            peaks, size, new_peak = record["peaks"], place[1] - 1, bytes.fromhex(row["link"])
            while size & 1:
                new_peak, size = hashed(peaks.pop(), new_peak), size >> 1
            peaks.append(new_peak)
            record["tree"] = reduce(lambda right, left: hashed(left, right), reversed(peaks)).hex()
            self.same("tree", where, record["tree"], row["tree"])
        told, leaves = Row(), list[bytes]()
        for path, secret, *value in row["told"]:
            told |= {path: value[0]} if value else {}
            self.same("told", f"{where} {path}", True, bool(value) or MAY_BE_ERASED.match(path) is not None)
            salted = bytes.fromhex(secret)[:16] + unicodedata.normalize("NFC", path).replace("\n", " ").encode() + b"\n"
            leaves.append(hashed(salted + canonical(value[0])) if value else bytes.fromhex(secret))
        self.same("told", where, raw(entry["told"]).hex(), root_of(leaves).hex())
        pinned, nothing = raw(entry["pack_hash"]).hex(), dict[str, Any](code=None, version=None, acts=[])
        pack = self.pinned.get(pinned, nothing)
        # An act that carries a round over, or was linked later, names the hash of the round's next edition.
        free = entry["code"] == "carry_over" or "linked_later" in entry
        named = entry["pack"] if free and pack["code"] else pack["code"]
        self.same("pack", where, f"{entry['pack']} {pinned}", f"{named} {pinned}")
        missing = dict[str, Any](duty=None, source={"article": None}, moves=[])
        declared = next((each for each in pack["acts"] if each["code"] == entry["code"]), missing)
        steps = {(source, move["target"]) for move in declared["moves"] for source in move["sources"]}
        lawful, found = [declared["duty"], declared["source"]["article"]], [entry["duty"], entry["article"]]
        self.same("act_undeclared", where, lawful, lawful if free or not named else found)
        term = {path[14:]: value for path, value in told.items() if path.startswith("facts/counted/")}
        calendar = self.pinned.get(term.get("calendar_hash", ""), nothing)
        if term and self.same("calendar", where, term["calendar"], calendar["version"]):
            self.same("term", where, last_day(term, calendar), term["until"])
        act = {**entry, "place": place, "where": where, "told": told, "known": pack, "term": term, "links": [], "case": 0}
        act["steps"] = steps if named and not free else None
        if self.wanted[0] == entry["round"]:
            self.links[where] = row["link"]
            self.story += [] if entry["count"] else [act]
        return act

    def events(self, line: Any, act: Row) -> None:
        """Compute the link of each event from the one before it of the same case."""
        where, steps, at = act["where"], act["steps"], 0
        if not self.same("event_place", where, act["place"], line[:2]):
            return
        for number, sequence, source, target, says in line[3]:
            case = self.cases.get(number) or [number, None, "?", "", "", "", 0, "", "0" * 64, 0, "new", ""]
            if case[1] != act["round"] or number <= act["case"] or act["village"] not in ("", case[3]):
                self.same("event_place", where, act["round"], [number, case[1]])
            act["case"], name, salt, given = number, case[2], case[4], line[2][at : at + 64]
            link = event_link(case[8], where, (sequence, source, target), salt, says, name)
            if link != given:
                self.same("event_link" if salt or says else "event_erased", f"{where} {name}", link, given)
            if sequence != case[9] + 1 or source != case[10] or (steps is not None and (source, target) not in steps):
                self.same("event_step", f"{where} {name}", [case[9] + 1, case[10]], [sequence, source, target])
            case[8:], at = (given, sequence, target, says), at + 64
            act["links"].append(bytes.fromhex(given))
            if self.wanted == (case[1], name):
                told = dict(zip(SNAPSHOT, says.split("|"), strict=False)) if says[:1] != "#" else Row()
                self.story.append({**act, "to": target, "says": told, "link": given})


QUESTIONS = """build_list; receive_request receive_exit_request receive_worker_request record_arrival; duty says/basis facts/forms facts/paper / survey determine_income; screen reverify redetermine_income reexamine; facts/days private/reviewers / survey determine_income; reverify redetermine_income reexamine; facts/results facts/incomes says/income_score says/deprivations says/result_class / hold_meeting; -; facts/held_on facts/attendance facts/tallies says/agreed_class / hold_meeting; -; facts/minutes_signed facts/minutes_number / post_list; repost interrupt_posting interrupt_reposting close_posting close_reposting; facts/village_place facts/commune_place facts/counted/until says/posted_class / -; complain accept_grievance reverify redetermine_income reexamine; facts/counted/until private/content private/outcome says/result_class / -; complain accept_grievance reverify redetermine_income reexamine suspend_term resume_term; facts/counted/until / sign_report give_opinion; suspend_term resume_term; facts/number facts/counted/until says/opinion / sign_decision; refuse amend_decision revoke_decision correct_decision issue_certificates; duty facts/number says/decided_class / -; survey reverify redetermine_income reexamine amend_decision revoke_decision; says/income_score says/deprivations says/result_class / open_round build_list; carry_over; pack pack_hash facts/to"""


def answers(check: Check) -> list[Row]:
    """Answer the twelve questions of a case; `met`: done as the law asks, as far as this can be seen."""
    story, code, given = check.story, check.wanted[1], list[Row]()
    if not any("says" in act for act in story):
        raise ValueError("no such case")
    declared = {each["code"] for each in story[-1]["known"]["acts"]}

    def tell(act: Row, name: str) -> Any:
        found = act["told"].get(f"{name}/{code}", act["told"].get(name, act.get(name, "")))
        return act.get("says", {}).get(name[5:], "") if name.startswith("says/") else found

    def met(number: int, acts: list[Row]) -> bool | None:
        if number == 4:
            share, whole = acts[-1]["known"]["consent"]
            half = [tell(act, "facts/tallies")[0] * whole >= tell(act, "facts/attendance") * share for act in acts]
            return half[-1] and half == [act["to"] == "agreed" for act in acts]
        after = {n: next((act for act in acts[n:] if not act["term"]), None) for n in range(len(acts))}
        pairs = [(act["term"]["until"], after[n]) for n, act in enumerate(acts) if act["term"]]
        if number == 6:
            return all(last < b["legal_day"] for last, b in pairs if b and b["code"].startswith("close"))
        if number in (8, 9) and not any(act["code"] == "suspend_term" for act in acts):
            late = any((b["legal_day"] if b else check.manifest["made_at"][:10]) > last for last, b in pairs)
            return False if late else None if None in (b for _, b in pairs) else True
        return number != 5 or all(tell(act, "facts/minutes_signed") for act in acts)

    posted = next((n for n, act in enumerate(story, 1) if act["code"] == "post_list"), len(story))
    for number, question in enumerate(QUESTIONS.split(" / "), 1):
        demanded, others, names = (part.split() for part in question.split("; "))
        acts = [act for act in story[posted if number == 11 else 0 :] if act["code"] in (*demanded, *others)]
        owed = any(act["code"] == "sign_decision" for act in story) and bool({*demanded} & declared)
        told = [{"act": act["where"], "code": act["code"], "day": act["legal_day"], "by": act["actor_name"]} for act in acts]
        for act, line in zip(acts, told, strict=True):
            line |= {name.split("/")[-1]: tell(act, name) for name in names if tell(act, name) != ""}
        given.append({"question": number, "met": met(number, acts) if acts else False if owed else None, "answer": told})
    return given


def prove(asked: Row) -> Row:
    """Answer {"leaves" or "entries": [hex], "index" or "first" and "second"}; without these: the root."""
    given = [bytes.fromhex(text) for text in asked["leaves" if "leaves" in asked else "entries"]]
    leaves = given if "leaves" in asked else [hashed(entry) for entry in given]
    told: Row = {"tree_size": len(leaves), "root": root_of(leaves)}
    first, second = asked.get("first", asked.get("index", 0) + 1), asked.get("second", len(leaves))
    if asked.keys() & {"first", "index"} and not 0 < first <= second <= len(leaves):
        raise ValueError("no such leaf or size")
    if "first" in asked:
        told = {"first": first, "second": second, "path": path_in(leaves[:second], first, True)}
        told |= {"first_root": root_of(leaves[:first]), "second_root": root_of(leaves[:second])}
    elif "index" in asked:
        told |= {"index": first - 1, "leaf_hash": leaves[first - 1], "path": path_in(leaves, first)}
    return dict(read(json.dumps(told, default=bytes.hex)))


def verify(proof: Row) -> Row:
    """Check an inclusion or consistency proof, or (it has a head) the proof of a household or of an act."""
    if "head" not in proof:
        ends = ("first_root", "second_root") if "first" in proof else ("leaf_hash", "root")
        hashes, path = [raw(proof[name]) for name in ends], [raw(each) for each in proof["path"] or ()]
        if "first" in proof:
            ok = grew(proof["first"], proof["second"], hashes[0], hashes[1], path)
        else:
            ok = climb(hashes[0], hashes[0], proof["index"], proof["tree_size"] - 1, path)[1] == hashes[1]
        return {"ok": ok and {len(each) for each in hashes + path} == {32}}
    act, head, event, told = proof["act"], proof["head"], proof.get("event"), Row()
    joined = [raw(text) for text in proof.get("paths", [proof.get("path", "")])]
    paths = [[path[at : at + 32] for at in range(0, len(path), 32)] for path in joined]
    if event:
        says = event["snapshot"] if "snapshot" in event else "#" + raw(event["commitment"]).hex()
        step, place = (event["sequence"], event["from"], event["to"]), f"{act['commune']}/{act['sequence']}"
        told["link"] = event_link(raw(event["previous"]).hex(), place, step, event.get("salt", ""), says, event["case"])
        start = bytes.fromhex(told["link"])
        root = climb(start, start, proof["index"], act["count"] - 1, paths[0])[1]
        act = {**act, "root": base64.b64encode(root).decode()}
        told |= {"case": event["case"], "from": event["from"], "to": event["to"], "says": says}
    start = hashed(canonical(act := {**USUAL, **act}))
    tree = climb(start, start, act["sequence"] - 1, head["sequence"] - 1, paths[-1])[1]
    head = {"commune": act["commune"], **head, "digest": base64.b32encode(tree[:10]).decode()}
    return {"ok": tree == raw(head["tree"]), **told, "act": act, "act_link": start.hex(), "head": head}


def certificate(made: Row, export: str) -> Row:
    """Check a procedure certificate: acts, chain and proof lead to its head; with an export: it says the same."""
    subject, head, links = made["subject"], made["binding"]["head"], ["0" * 64]
    check, acts = Check(subject["round"], subject.get("case", "")), Row()
    for each in made["binding"]["acts"]:
        done = verify({**each, "head": head})
        acts[place := f"{done['act']['commune']}/{done['act']['sequence']}"] = {**done["act"], "link": done["act_link"]}
        check.same("proof", place, [True, head["commune"]], [done["ok"], done["act"]["commune"]])
    for number, event in enumerate(made["binding"].get("events", ()), 1):
        says, step = "#" + raw(event["commitment"]).hex(), (number, event["from"], event["to"])
        links.append(event_link(links[-1], f"{head['commune']}/{event['act']}", step, "", says, subject["case"]))
    names = {"act_code": "code", "day": "legal_day", "actor": "actor_name", "unit": "duty_unit", "duty": "duty"}
    names |= {"on_behalf_of": "on_behalf_of", "link": "link", "round": "round"}
    for step in [*made["steps"], *(gap for line in made.get("households", ()) for gap in line["gaps"])]:
        # Only the record as such stands on no single act.
        if step["act"] or (step["result"] in ("met", "late") and step["code"] != "record"):
            told = {**step, "link": raw(step["link"]).hex(), "round": subject["round"]}
            expected = [acts.get(step["act"], {}).get(name) for name in names.values()]
            check.same("certificate", step["act"], expected, [told[name] for name in names])
        if len(links) > 1 and "event" in step:
            check.same("certificate", step["act"], links[step["event"]["sequence"]], raw(step["event"]["link"]).hex())
    results = [step["result"] for step in made["steps"]]
    found = [results.count("met"), len(results) - results.count("not_yet")]
    check.same("certificate", "met, of", found, [made["met"], made["of"]])
    if "proof" in made:
        done = verify(made["proof"])
        links = links if links[1:] else [done["link"]]  # the chain may be erased
        found = [done["ok"], done["case"], done["head"]["tree"], done["link"]]
        check.same("proof", subject["case"], [True, subject["case"], head["tree"], links[-1]], found)
    if export:
        check.heads[head["commune"], head["sequence"]] = [("held", "certificate", raw(head["tree"]).hex())]
        check.run(Path(export))
        for where in {*acts, *(act["where"] for act in check.story if "says" in act)}:
            check.same("certificate", where, check.links.get(where), acts.get(where, {}).get("link"))
        gaps = {step["act_code"] for step in made["steps"] if step["result"] in ("gap", "late")}
        for answer, asked in zip(answers(check) if "case" in subject else (), QUESTIONS.split(" / "), strict=False):
            agrees = answer["met"] is not False or gaps & {*asked.rpartition("; ")[0].replace(";", "").split()}
            check.same("certificate", f"q{answer['question']}", "met", "met" if agrees else "not met")
    return {"ok": not check.problems, "problems": check.problems, "counts": check.counts}


def shown(told: Row, language: int) -> Iterator[str]:
    def words(*pairs: Any) -> str:
        return "; ".join(": ".join(WORDS.get(str(each), [str(each)] * 2)[language] for each in pair) for pair in pairs)

    for answer in told.get("answers", ()):
        yield words((f"q{answer['question']}", answer["met"]))
        yield from ("   " + words(*line.items()) for line in answer["answer"])
    for part in ("problems", "covered", "uncovered", "unchecked"):
        yield from (words((part,), *row.items()) for row in told.get(part, ()))
    yield words(("holds" if told["ok"] else "fails",))


def answer_to(asked: argparse.Namespace) -> Row:
    if asked.what in ("check", "case"):
        check = Check(*asked.given[1:3])
        told = check.run(Path(asked.given[0]), asked.heads, asked.tokens_ca)
        return {**told, "answers": answers(check)} if asked.what == "case" else told
    data = read((content(Path(asked.given[0])) if asked.given else sys.stdin.buffer.read()).decode())
    if asked.what == "certificate":
        return certificate(data, asked.export)
    done = [{"prove": prove, "verify": verify}[asked.what](each) for each in (data if isinstance(data, list) else [data])]
    ok = bool(done) and all(each.get("ok", True) for each in done)
    return {"ok": ok, "results": done} if isinstance(data, list) else done[0]


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("what", choices=["check", "case", "certificate", "prove", "verify"])
    parser.add_argument("given", nargs="*", help="DIR; DIR ROUND CASE; FILE, or JSON from standard input")
    parser.add_argument("--heads", nargs="+", default=[], metavar="FILE", help="heads that somebody else holds")
    parser.add_argument("--tokens-ca", default="", metavar="PEM", help="certificates of the time-stamp authority")
    parser.add_argument("--export", default="", metavar="DIR", help="record that a certificate is compared with")
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    asked = parser.parse_intermixed_args()
    if len(asked.given) > {"case": 3}.get(asked.what, 1):
        parser.error(f"one at a time: {asked.given}")
    try:
        told, code = answer_to(asked), 0
    except Exception as error:  # whatever was given: one sentence, no traceback
        found = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"[:200]
        told, code = {"ok": False, "problems": [{"code": "damaged", "where": PLACE[0], "found": found}]}, 2
    as_json = asked.format == "json" or (asked.what in ("prove", "verify") and not code)
    lines = [json.dumps(told, ensure_ascii=False)] if as_json else shown(told, asked.english)
    sys.stdout.buffer.writelines(f"{line}\n".encode(errors="backslashreplace") for line in lines)
    return code or int(not told.get("ok", True))


if __name__ == "__main__":
    sys.exit(main())
