"""Asking a page and looking at every byte of its answer: head, body, unpacked workbooks, redirects."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from django.test import Client

from cases.models import User
from tests.taken_back import taken_back

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Different at each asking, and of no meaning.
FLEETING = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1"),
    (re.compile(r'(name="key" value=")[0-9a-f]{32}'), r"\1"),
    (re.compile(r"""(nonce=["']|'nonce-)[^"']*"""), r"\1"),
    (re.compile(r"(hx-headers=.*?)[A-Za-z0-9]{64}"), r"\1"),
)
HEADS_LEFT_OUT = {
    "Set-Cookie",
    "Date",
    "Expires",
    "Content-Length",
    "ETag",
    "Content-Security-Policy",
}


@dataclass(frozen=True)
class Answer:
    """A page's answer: its code, and all its text."""

    status: int
    text: str

    def shows(self, signs: Mapping[str, set[str]]) -> list[str]:
        """Return the places of which the answer shows a sign."""
        folded = self.text.casefold()
        return [place for place, some in signs.items() if any(sign in folded for sign in some)]

    def without(self, typed: str) -> "Answer":
        """Return the answer without what was typed, which a form repeats."""
        return Answer(self.status, self.text.replace(typed, "«typed»"))

    def without_typed(self, code: str) -> "Answer":
        """Return the answer without a code that a form keeps as it was typed."""
        return self.without(f'value="{code}"') if code else self


class Visitor:
    """Somebody who asks for pages; `user` None: a stranger."""

    def __init__(self, user: User | None) -> None:
        self.user, self.client = user, Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user, backend=BACKEND)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def get(self, url: str, **heads: Any) -> Answer:
        """Ask for a page; what the asking writes (notices that were read) is taken back."""
        return self._asked("get", url, {}, heads)

    def post(self, url: str, given: dict[str, Any] | None = None, **heads: Any) -> Answer:
        """Send a form, and take back what it did."""
        return self._asked("post", url, given or {}, heads)

    def _asked(self, way: str, url: str, given: dict[str, Any], heads: dict[str, Any]) -> Answer:
        with taken_back():
            answer = getattr(self.client, way)(url, given, **heads) if given else getattr(
                self.client, way)(url, **heads)  # fmt: skip
            read = Answer(answer.status_code, _text_of(answer, url))
        # What a deed that is taken back would tell next, and a signing out that was.
        self.client.cookies = SimpleCookie(self.cookies)
        return read


def _text_of(answer: Any, url: str) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    heads = "\n".join(
        f"{name}: {value}" for name, value in answer.items() if name not in HEADS_LEFT_OUT
    )
    text = f"{heads}\n{unescape(_unpacked(body))}"
    for fleeting, kept in FLEETING:
        text = fleeting.sub(kept, text)
    # The address itself, which a page's language form and links to sign in repeat.
    if len(url) > 1:
        for each in (url, unquote(url), quote(url), quote(url, safe="")):
            text = text.replace(each, "«address»")
    return text


def _unpacked(body: bytes) -> str:
    """Return a body as text; of a workbook, all its parts."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = sorted(name for name in book.namelist() if "docProps" not in name)
        return "\n".join(book.read(part).decode(errors="replace") for part in parts)
