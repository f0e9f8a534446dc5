"""
Files of JSON lines outside the database: one folder a commune, one file a month, only appended to.

A line is written at once and is on the disk before the call returns. A line that a crash cut off is
closed by the next one and passed over by readers.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

TAIL = 65536


class ForeignLine(Exception):
    """A line stands in the file of a commune that it does not speak of, or is of another format."""


@dataclass(frozen=True)
class Book:
    """What was given out about one commune: anchors, or receipts."""

    kind: str  # name of the folder
    format: str
    commune: str

    @property
    def folder(self) -> Path:
        return Path(settings.ANCHORS_DIR) / self.kind / self.commune

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))

    def lines(self) -> Iterator[dict[str, Any]]:
        """
        Yield every line, oldest first.

        :raises ForeignLine: if one is not this commune's
        """
        for file in self.files():
            for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
                if (line := self._read(text)) is not None:
                    yield line

    def last(self) -> dict[str, Any] | None:
        """
        Return the last line; None: nothing was given out.

        :raises ForeignLine: if it is not this commune's
        """
        for file in reversed(self.files()):
            with file.open("rb") as stream:
                stream.seek(max(0, file.stat().st_size - TAIL))
                texts = stream.read().decode(errors="replace").split("\n")
            for text in reversed(texts):
                if (line := self._read(text)) is not None:
                    return line
        return None

    def _read(self, text: str) -> dict[str, Any] | None:
        try:
            line = json.loads(text)
        except ValueError:
            return None  # nothing, or cut off by a crash
        if not isinstance(line, dict) or not isinstance(line.get("sequence"), int):
            raise ForeignLine(f"{self.kind}/{self.commune}: {text[:80]}")
        if (line.get("format"), line.get("commune")) != (self.format, self.commune):
            raise ForeignLine(f"{self.kind}/{self.commune}: {line.get('commune')}")
        return line

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time append."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def append(self, lines: list[Mapping[str, Any]], at: datetime) -> None:
        """Write lines to the file of a moment's month and wait for the disk; inside `locked`."""
        if not lines:
            return
        month = f"{timezone.localtime(at):%Y-%m}"
        # A clock that was set back must not put the newest line before older ones.
        if files := self.files():
            month = max(month, files[-1].stem)
        file = self.folder / f"{month}.jsonl"
        new = not file.exists()
        text = "".join(
            json.dumps(
                {"format": self.format, "commune": self.commune, **line},
                ensure_ascii=False,
                separators=(",", ":"),
            )
            + "\n"
            for line in lines
        )
        with file.open("ab", buffering=0) as stream:
            if not new and not _ends_whole(file):
                text = "\n" + text
            stream.write(text.encode())
            os.fsync(stream.fileno())
        if new:
            sync_folder(self.folder)


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as stream:
        if not stream.seek(0, os.SEEK_END):
            return True
        stream.seek(-1, os.SEEK_END)
        return stream.read() == b"\n"


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows of a file that is new in the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, and wait for the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with beside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    sync_folder(file.parent)
