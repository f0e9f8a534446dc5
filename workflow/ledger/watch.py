"""
Is the database what was given out? Asked at the start of a process and every minute at the door.

Where it is behind, or says something else, or where the files hold less than was given out, the commune
is read-only until an operator accepts what is there (manage.py accept_ledger); where a disk is nearly
full, everything is. Between two looks the answer is remembered: no act pays for it with a query.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from cases import refusals, row_security
from cases.ledger.entries import short_digest
from cases.models import Act, ActChain, RecordedRefusal, Unit
from workflow import clock
from workflow.ledger import anchors, receipts
from workflow.ledger.lines import Book, ForeignLine
from workflow.machine.refusals import Refusal, Refused

EVERY = 60.0  # seconds
PAIRS = 200  # heads asked for at once
DOOR = "ledger-watch"


def _(text: str) -> str:
    """Mark a Vietnamese text for translation; a refusal is translated where it is shown."""
    return text


BEHIND = Refusal(
    "ledger_behind",
    _("Sổ của xã không khớp với mốc đã đưa ra ngoài nên tạm ngừng ghi; vẫn xem được."),
    "",
    _("Báo người vận hành đối chiếu bản sao lưu với tệp mốc, rồi chấp nhận bằng văn bản."),
)
LOST = Refusal(
    "anchors_lost",
    _("Tệp mốc đã đưa ra ngoài của xã bị mất hoặc thiếu nên tạm ngừng ghi; vẫn xem được."),
    "",
    _(
        "Báo người vận hành đưa lại thư mục mốc (RASOAT_ANCHORS); không còn thì chấp nhận bằng văn bản."
    ),
)
DISK_FULL = Refusal(
    "disk_nearly_full",
    _("Ổ đĩa gần đầy nên tạm ngừng ghi; vẫn xem được."),
    "",
    _("Báo người vận hành dọn hoặc thêm ổ đĩa."),
)


REFUSALS = (BEHIND, LOST, DISK_FULL)


@dataclass(frozen=True)
class Behind:
    """A commune whose database does not hold the head that was given out, or whose files do not."""

    commune: str  # code
    code: str  # missing, differs, unreadable, lost
    expected: int = 0
    expected_digest: str = ""
    found: int = 0
    found_digest: str = ""
    detail: str = ""

    @property
    def refusal(self) -> Refusal:
        return LOST if self.code == "lost" else BEHIND

    def __str__(self) -> str:
        if self.detail:
            return f"{self.commune}: {self.detail}"
        return (
            f"{self.commune}: {self.expected}:{self.expected_digest} ≠ "
            f"{self.found}:{self.found_digest or '–'}"
        )


@dataclass
class Seen:
    """What the last look found."""

    behind: dict[str, Behind] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)  # of the communes that are behind
    full: str = ""  # the folder on a disk that is nearly full
    silent: str = ""  # the folder that heads cannot be written to
    waiting: int = 0  # communes with a milestone that was not given out
    looked: float = 0.0
    at: datetime | None = None


_lock = threading.Lock()
_seen: Seen | None = None
_marks: dict[str, tuple[float, ...]] = {}


def behind(commune_id: int) -> str | None:
    """Return why nothing may be written about a commune now; None: it may."""
    against = _against(commune_id)
    return f"{against.code}: {against.detail}" if against else None


def hold(act: str, commune_id: int) -> None:
    """
    Refuse an act while nothing may be written about its commune.

    :raises Refused: then
    """
    if against := _against(commune_id):
        raise Refused(act, [against])


def _against(commune_id: int) -> Refusal | None:
    seen = _seen or look()
    code = seen.ids.get(commune_id)
    # What is refused is looked at again as soon as somebody gave something out: an acceptance.
    if code is not None and _mark(code) != _marks.get(code):
        seen = look()
        code = seen.ids.get(commune_id)
    if code is not None:
        return _detailed(seen.behind[code].refusal, str(seen.behind[code]))
    return _detailed(DISK_FULL, seen.full) if seen.full else None


def _detailed(refusal: Refusal, detail: str) -> Refusal:
    return Refusal(refusal.code, refusal.sentence, refusal.article, refusal.remedy, detail=detail)


def look_if_due() -> Seen:
    """Look, unless this process has done so within the last minute."""
    seen = _seen
    if seen is not None and time.monotonic() < seen.looked + EVERY:
        return seen
    return look()


def look() -> Seen:
    """Compare every commune's record with the last head given out about it; record what is new."""
    global _seen
    before, seen = _seen, Seen(looked=time.monotonic(), at=clock.now())
    # An act is committed, then its line written, then its row: each is asked for before what precedes it.
    with row_security.machine("record"):
        expected = anchors.expected()
    heads = list(_given_out(seen, expected))
    with row_security.machine("record"):
        _compare(heads, seen)
        codes = Unit.objects.filter(code__in=seen.behind).values_list("pk", "code")
        seen.ids = dict(codes)
        seen.waiting = anchors.late_chains().count()
    seen.full, seen.silent = _nearly_full(), _silence()
    with _lock:
        _seen = seen
    _record(seen, before)
    return seen


def _record(seen: Seen, before: Seen | None) -> None:
    """Write down which communes have become read-only, once for all processes that see it."""
    known = before.behind if before else {}
    new = [behind for code, behind in seen.behind.items() if known.get(code) != behind]
    if not new:
        return
    since = {"at__gt": before.at} if before and before.at else {}
    with row_security.machine("record"):
        rows = RecordedRefusal.objects.filter(door=DOOR, **since)
        told = set(rows.values_list("code", "detail"))
    units = {code: pk for pk, code in seen.ids.items()}
    for behind in new:
        code = behind.refusal.code
        # Numbers only: a line of a foreign file may say anything.
        detail = f"{behind.commune} {behind.code} {behind.expected} {behind.found}"
        if (code, detail) not in told:
            unit = units.get(behind.commune)
            refusals.record(code, door=DOOR, at=seen.at or clock.now(), unit=unit, detail=detail)


def seen_last() -> Seen | None:
    """Return what the last look of this process found."""
    return _seen


def forget(seen: Seen | None = None) -> None:
    """Make the next question look again (or, in tests, be answered by what is given here)."""
    global _seen
    with _lock:
        _seen = seen
        _marks.clear()


def _given_out(seen: Seen, expected: dict[str, dict[str, int]]) -> Iterator[dict[str, Any]]:
    """Yield the last lines of every commune; note the communes whose lines are lost or unreadable."""
    root = Path(settings.ANCHORS_DIR)
    codes = {
        folder.name
        for kind in (anchors.KIND, receipts.KIND)
        for folder in root.glob(f"{kind}/*")
        if folder.is_dir()
    }
    for code in sorted(codes | expected.keys()):
        _marks[code] = _mark(code)
        try:
            for book in _books(code):
                line = book.last()
                reached = expected.get(code, {}).get(book.kind, 0)
                if anchors.number_of(line) < reached:
                    seen.behind.setdefault(code, _lost(book, reached, anchors.number_of(line)))
                if line:
                    yield line
        except (ForeignLine, OSError) as error:
            seen.behind[code] = Behind(code, "unreadable", detail=str(error))


def _lost(book: Book, expected: int, found: int) -> Behind:
    detail = f"{book.kind}: {found} < {expected}"
    return Behind(book.commune, "lost", expected, found=found, detail=detail)


def _books(code: str) -> tuple[Book, Book]:
    return anchors.book_of(code), receipts.book_of(code)


def _mark(code: str) -> tuple[float, ...]:
    files = [file for book in _books(code) for file in book.files()[-1:]]
    return tuple(file.stat().st_mtime_ns for file in files)


def _compare(heads: list[dict[str, Any]], seen: Seen) -> None:
    heads = [head for head in heads if head["sequence"]]
    trees: dict[tuple[str, int], bytes] = {}
    for start in range(0, len(heads), PAIRS):
        asked = Q()
        for head in heads[start : start + PAIRS]:
            asked |= Q(commune__code=head["commune"], sequence=head["sequence"])
        rows = Act.objects.filter(asked).values_list("commune__code", "sequence", "tree")
        trees |= {(code, sequence): bytes(tree) for code, sequence, tree in rows}
    for head in heads:
        code, sequence = head["commune"], head["sequence"]
        tree = trees.get((code, sequence))
        if tree is not None and short_digest(tree) == head.get("digest") and _same(tree, head):
            continue
        seen.behind.setdefault(code, _unlike(code, sequence, str(head.get("digest")), tree))


def _same(tree: bytes, head: dict[str, Any]) -> bool:
    """Test the whole hash where the line has it; a receipt's has the short digest only."""
    return "tree" not in head or anchors.tree_of(head) == tree


def _unlike(code: str, expected: int, digest: str, tree: bytes | None) -> Behind:
    if tree is not None:
        return Behind(code, "differs", expected, digest, expected, short_digest(tree))
    length = ActChain.objects.filter(commune__code=code).values_list("length", flat=True).first()
    head = Act.objects.filter(commune__code=code, sequence=length or 0).first()
    found = short_digest(bytes(head.tree)) if head else ""
    return Behind(code, "missing", expected, digest, length or 0, found)


def free_share(folder: Path) -> float:
    """Return which part of a folder's disk is free, as per cent."""
    usage = shutil.disk_usage(folder)
    return 100 * usage.free / usage.total


def _nearly_full() -> str:
    """Return the folder whose disk is nearly full; empty: there is room."""
    for folder in _folders():
        if free_share(folder) < settings.DISK_FLOOR:
            return str(folder)
    return ""


def _folders() -> Iterator[Path]:
    yield Path(settings.VAR_DIR)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and isinstance(database["NAME"], Path):
        yield database["NAME"].parent
    given_out = Path(settings.ANCHORS_DIR)
    # Not there before the first line: then the disk of what is above it.
    yield next(folder for folder in (given_out, *given_out.parents) if folder.exists())


def _silence() -> str:
    """Return the folder that heads cannot be written to; empty: they can."""
    given_out = Path(settings.ANCHORS_DIR)
    nearest = next(folder for folder in (given_out, *given_out.parents) if folder.exists())
    return "" if os.access(nearest, os.W_OK) else str(given_out)
