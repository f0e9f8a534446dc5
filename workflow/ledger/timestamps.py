"""
Time-stamps of days' roots by an authority that is not ours (RFC 3161).

Nothing waits for it: a day without its token is asked for again with the next run. A token that does
not verify is not kept, and that it came is recorded.
"""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from cases import refusals, row_security
from cases.models import DailyRoot, TimeStamp
from workflow.ledger.daily_root import file_of
from workflow.ledger.lines import write_whole

TIME_LIMIT = 10  # seconds
LARGEST = 64 * 1024
WAIT = timedelta(minutes=15)  # between two tries of a run that comes every minute
DAYS_BACK = timedelta(days=31)
# Why there is no token, as it is recorded and shown.
UNREACHABLE, DAMAGED, NOT_GRANTED = "tsa_unreachable", "token_damaged", "token_not_granted"
UNKNOWN, OTHER = "token_of_unknown_authority", "token_of_another_imprint"


class NoToken(Exception):
    """The authority gave no token that holds; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}")


@dataclass(frozen=True)
class Token:
    """A token that holds: the authority's whole answer, and the moment it states."""

    answer: bytes
    stamped_at: datetime


class TimeStampAuthority(Protocol):
    """Who says that some bytes were there at a moment."""

    @property
    def name(self) -> str:
        """Where it is asked."""

    def stamp(self, content: bytes) -> Token:
        """
        Return a token over the content.

        :raises NoToken: if there is none, or it does not hold
        """


@dataclass(frozen=True)
class HttpAuthority:
    """An authority that is asked over HTTP; its certificates must lead to one of `roots`."""

    name: str
    roots: Sequence[x509.Certificate]
    time_limit: float = TIME_LIMIT

    def stamp(self, content: bytes) -> Token:
        asked = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = self._post(asked.as_bytes())
        return check(answer, content, self.roots, nonce=asked.nonce)

    def _post(self, body: bytes) -> bytes:
        if not self.name.startswith(("https://", "http://")):
            raise NoToken(UNREACHABLE, self.name)
        headers = {"Content-Type": "application/timestamp-query"}
        request = urllib.request.Request(self.name, body, headers)  # noqa: S310 (looked at above)
        try:
            with urllib.request.urlopen(request, timeout=self.time_limit) as reply:  # noqa: S310
                return bytes(reply.read(LARGEST))
        except (OSError, urllib.error.URLError) as error:
            raise NoToken(UNREACHABLE, type(error).__name__) from error


def check(
    answer: bytes, content: bytes, roots: Sequence[x509.Certificate], nonce: int | None = None
) -> Token:
    """
    Return the token in an answer.

    :raises NoToken: if it is damaged, not granted, over other content or of an unknown authority
    """
    try:
        response: TimeStampResponse = decode_timestamp_response(answer)
        if response.status != 0:
            raise NoToken(NOT_GRANTED, str(response.status))
        imprint = response.tst_info.message_imprint.message
        stamped_at = response.tst_info.gen_time
    except ValueError as error:
        raise NoToken(DAMAGED, str(error)[:100]) from error
    # Asked first: the library has one name for every fault it finds.
    if imprint != hashlib.sha256(content).digest():
        raise NoToken(OTHER, imprint.hex()[:16])
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        builder.build().verify_message(response, content)
    except (VerificationError, ValueError) as error:
        raise NoToken(UNKNOWN, str(error)[:100]) from error
    return Token(answer, stamped_at)


def authority_in_settings() -> TimeStampAuthority | None:
    """
    Return the authority that the settings name; None: time-stamps are off.

    :raises NoToken: if there is no certificate to check it by
    """
    if not settings.TSA_URL:
        return None
    try:
        roots = x509.load_pem_x509_certificates(Path(settings.TSA_CA).read_bytes())
    except (OSError, ValueError) as error:
        raise NoToken(UNKNOWN, f"RASOAT_TSA_CA: {type(error).__name__}") from error
    return HttpAuthority(settings.TSA_URL, roots)


def stamp_due(at: datetime, authority: TimeStampAuthority | None = None) -> dict[str, str]:
    """
    Ask for the tokens that days' roots lack; return why not, by day.

    A day that failed a moment ago is left alone, so that a run every minute asks four times an hour.
    """
    with row_security.machine("record"):
        waiting = DailyRoot.objects.filter(tokens=None, at__gt=at - DAYS_BACK)
        due = [row for row in waiting.order_by("day") if not tried(row.day, at)]
    failed: dict[str, str] = {}
    for row in due:
        try:
            asked = authority or authority_in_settings()
            if asked is None:
                return {}
            stamp(row, asked)
        except NoToken as no:
            failed[row.day.isoformat()] = no.code
            _keep_failure(row.day, no, at)
    return failed


def stamp(row: DailyRoot, authority: TimeStampAuthority) -> TimeStamp:
    """
    Get a token over a day's file and keep it, beside the file as well.

    :raises NoToken: if there is none that holds
    """
    try:
        content = file_of(row.day).read_bytes()
    except OSError as error:
        raise NoToken(DAMAGED, f"{file_of(row.day).name}: {type(error).__name__}") from error
    token = authority.stamp(content)
    write_whole(file_of(row.day, "tsr"), token.answer)
    with row_security.machine("record"):
        kept = TimeStamp.objects.create(
            daily_root=row,
            authority=authority.name[:200],
            stamped_at=token.stamped_at,
            token=token.answer,
        )
    _failure_of(row.day).unlink(missing_ok=True)
    return kept


def tried(day: date, at: datetime) -> bool:
    """Test if a day's token was asked for in vain a moment ago."""
    failure = failure_of(day)
    return failure is not None and at - WAIT < datetime.fromisoformat(failure["at"]) <= at


def failure_of(day: date) -> dict[str, str] | None:
    """Return what came of the last try for a day's token; None: it has one, or was not asked for."""
    try:
        return dict(json.loads(_failure_of(day).read_text()))
    except (OSError, ValueError):
        return None


def _failure_of(day: date) -> Path:
    return file_of(day, "no-token.json")


def _keep_failure(day: date, no: NoToken, at: datetime) -> None:
    before = failure_of(day)
    write_whole(_failure_of(day), json.dumps({"at": at.isoformat(), "code": no.code}).encode())
    # Once for each reason, not for each try.
    if before is None or before.get("code") != no.code:
        detail = f"{day.isoformat()} {no.detail}"
        refusals.record(no.code, door="daily_root", at=at, detail=detail)
