"""A line that loses what it carries, and a visitor who sends a form until an answer comes back."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.client import HTTPConnection, HTTPException
from socket import SHUT_WR, create_connection, create_server, socket
from threading import Lock, Thread
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

WAIT = 60  # seconds; longer is a failure, not slowness
ENDED = b"\r\n\r\n"


class Fate(Enum):
    """What happens to one request on the line."""

    ARRIVES = "request and reply arrive"
    LOST_BEFORE = "nothing of the request arrives"
    CUT_IN_BODY = "half of the form arrives"
    REPLY_LOST = "the request arrives, its reply does not"


class Answer(NamedTuple):
    """What somebody is told of a form: where it leads, and the numbers on the page there."""

    status: int
    location: str
    act: str
    receipt: str


class Line:
    """Passes connections on to a server, each to the fate that `draw` names."""

    def __init__(self, host: str, port: int, draw: Callable[[], Fate]) -> None:
        self.server, self.draw = (host, port), draw
        self.met: dict[Fate, int] = dict.fromkeys(Fate, 0)
        self.one_at_a_time = Lock()
        self.door = create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.door.getsockname()

    def serve(self) -> None:
        while True:
            try:
                near, _from = self.door.accept()
            except OSError:  # closed: the end
                return
            Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near: socket) -> None:
        with near:
            near.settimeout(WAIT)
            head, body = _request(near)
            with self.one_at_a_time:
                fate = self.draw()
                self.met[fate] += 1
            if fate is Fate.LOST_BEFORE:
                return
            sent = body[: len(body) // 2] if fate is Fate.CUT_IN_BODY else body
            with create_connection(self.server, timeout=WAIT) as far:
                far.sendall(head + sent)
                if fate is Fate.CUT_IN_BODY:
                    far.shutdown(SHUT_WR)
                reply = _all(far)  # the server is done with it before anything is sent again
            if fate is Fate.ARRIVES:
                near.sendall(reply)


def _request(near: socket) -> tuple[bytes, bytes]:
    """Read one whole request."""
    read = b""
    while ENDED not in read:
        read += _some(near)
    head, _end, body = read.partition(ENDED)
    told = re.search(rb"(?im)^content-length: *([0-9]+)", head)
    length = int(told[1]) if told else 0
    while len(body) < length:
        body += _some(near)
    return head + ENDED, body


def _some(near: socket) -> bytes:
    data = near.recv(65536)
    if not data:
        raise ConnectionError("the visitor left")
    return data


def _all(far: socket) -> bytes:
    parts = []
    try:
        while data := far.recv(65536):
            parts.append(data)
    except ConnectionResetError:
        pass  # the server threw half a form away unread
    return b"".join(parts)


@contextmanager
def line_to(url: str, draw: Callable[[], Fate]) -> Iterator[Line]:
    """Lay a line to a server; taken up at the end."""
    parts = urlsplit(url)
    line = Line(parts.hostname or "", parts.port or 80, draw)
    thread = Thread(target=line.serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.door.shutdown(2)  # wakes who waits in accept
        line.door.close()
        thread.join(WAIT)


class Visitor:
    """A browser of plain HTTP, signed in by its cookies."""

    def __init__(self, address: tuple[str, int], cookies: dict[str, str]) -> None:
        self.address, self.cookies = address, cookies

    def open(self, url: str) -> str:
        """Return a page, whatever gets lost on the way."""
        _status, _location, _set, text = self._until_answered("GET", url, {})
        return text

    def fill_in(self, url: str, answers: dict[str, str]) -> dict[str, str]:
        """Open a form; return it filled in, with all that is hidden in it."""
        hidden = re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', self.open(url))
        return {**dict(hidden), **answers}

    def send(self, url: str, form: dict[str, str]) -> Answer:
        """Send a form until there is an answer; return what is read in it and behind it."""
        status, location, own, text = self._until_answered("POST", url, form)
        if location:
            # What is said of the deed travels in a cookie of this reply alone.
            _status, _further, _set, text = self._until_answered("GET", location, {}, own)
        act = re.search(r"Việc số ([0-9.]+)\.", text)
        receipt = re.search(r'href="([^"]+/bien-nhan/[0-9]+/)">Giấy biên nhận', text)
        return Answer(status, location, act[1] if act else "", receipt[1] if receipt else "")

    def _until_answered(
        self, method: str, url: str, form: dict[str, str], own: dict[str, str] | None = None
    ) -> tuple[int, str, dict[str, str], str]:
        while True:
            try:
                return self._once(method, url, form, own or {})
            except (HTTPException, ConnectionError):
                continue

    def _once(
        self, method: str, url: str, form: dict[str, str], own: dict[str, str]
    ) -> tuple[int, str, dict[str, str], str]:
        cookies = "; ".join(f"{name}={value}" for name, value in {**self.cookies, **own}.items())
        headers = {"Cookie": cookies, "Connection": "close", "Accept-Language": "vi"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection(*self.address, timeout=WAIT)
        try:
            connection.request(method, url, urlencode(form) if form else None, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            set_now = dict(
                each.split(";")[0].split("=", 1)
                for each in reply.headers.get_all("Set-Cookie") or []
            )
        finally:
            connection.close()
        if "csrftoken" in set_now:
            self.cookies["csrftoken"] = set_now["csrftoken"]
        return reply.status, reply.headers["Location"] or "", set_now, text
