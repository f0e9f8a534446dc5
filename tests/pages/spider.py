"""Goes through the site as a person does, by the links on its pages: one page of each kind."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse


class Tags(HTMLParser):
    """The tags of a page with their attributes, and what is written inside scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def inline(html: str) -> list[str]:
    """Return what a strict policy forbids: scripts, handlers and styles written into the page."""
    faults = []
    for tag, attributes in Tags(html).found:
        if tag == "style" or (tag == "script" and "src" not in attributes):
            faults.append(f"<{tag}>")
        for name, value in attributes.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                faults.append(f"<{tag} {name}>")
            if name in ("href", "src", "action") and value.strip().lower().startswith("javascript"):
                faults.append(f"<{tag} {name}={value}>")
    return faults


def text_of(answer: Any) -> str:
    """Return a page's HTML; nothing of a file."""
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    return str(answer.content.decode())


def pages(browser: Client, start: str = "inbox") -> Iterator[tuple[str, HttpResponse]]:
    """Yield one page of each kind that links lead to, with the name of its address."""
    seen: set[tuple[str, str]] = set()
    ahead = [reverse(start)]
    while ahead:
        url = ahead.pop(0)
        try:
            match = resolve(urlsplit(url).path)
        except Resolver404:
            continue
        # Each act has a form of its own.
        kind = (match.url_name or "", str(match.kwargs.get("act", "")))
        if kind in seen or kind[0] == "sign-out":
            continue
        seen.add(kind)
        answer: Any = browser.get(url)
        yield " ".join(kind).strip(), answer
        if answer.status_code in (301, 302):
            ahead.append(urljoin(url, answer.headers["Location"]))
        for tag, attributes in Tags(text_of(answer)).found:
            if tag == "a" and "href" in attributes:
                ahead.append(urldefrag(urljoin(url, attributes["href"])).url)
