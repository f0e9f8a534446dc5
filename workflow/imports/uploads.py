"""
Uploaded files between "read it" and "take it": on disk for a day, never in the database.

The address of an upload carries a random name signed for one person and one kind of file. Ages are
those of the disk: the demonstration's clock does not move them.
"""

import json
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner

LONGEST = 24 * 3600  # seconds


class UploadGone(Exception):
    """There is no such upload of this person, or no longer."""


@dataclass(frozen=True)
class Upload:
    """A file that waits to be taken."""

    name: str  # as the person called it
    content: Path


def keep(chunks: Iterable[bytes], *, name: str, owner: str, kind: str) -> str:
    """Keep an upload and return its token; uploads that nobody took within a day go."""
    _sweep()
    secret = secrets.token_urlsafe(18)
    folder = _root() / secret
    folder.mkdir(mode=0o700)
    with (folder / "content").open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
    about = json.dumps({"name": Path(name).name[:200]}, ensure_ascii=False)
    (folder / "about.json").write_text(about, encoding="utf-8")
    return _signer(owner, kind).sign(secret)


def kept(token: str, *, owner: str, kind: str) -> Upload:
    """
    Return the upload behind a token.

    :raises UploadGone: when the token is somebody else's, too old, or its file was taken
    """
    folder = _folder(token, owner, kind)
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UploadGone from error
    return Upload(about["name"], folder / "content")


def drop(token: str, *, owner: str, kind: str) -> None:
    shutil.rmtree(_folder(token, owner, kind), ignore_errors=True)


def _folder(token: str, owner: str, kind: str) -> Path:
    try:
        return _root() / _signer(owner, kind).unsign(token, max_age=LONGEST)
    except BadSignature as error:  # SignatureExpired is one
        raise UploadGone from error


def _signer(owner: str, kind: str) -> TimestampSigner:
    return TimestampSigner(salt=f"imports.{owner}.{kind}")


def _root() -> Path:
    root = Path(settings.MEDIA_ROOT) / "uploads"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _sweep() -> None:
    oldest = time.time() - LONGEST
    for folder in _root().iterdir():
        if folder.is_dir() and folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
