"""The seal of an act: what papers show of the record's head, as digits and as a QR code."""

import re
from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe

from cases.ledger.entries import short_digest
from cases.models import Act

MARK = "RASOAT1"
_WRITTEN = re.compile(
    r"(?:RASOAT1:)?(?P<commune>[0-9A-Z.]{2,20})/(?P<sequence>[1-9][0-9]{0,11}):(?P<digest>[A-Z2-7]{16})"
)


class BadSeal(Exception):
    """A text is no seal of a record."""


@dataclass(frozen=True)
class Seal:
    """The head of a commune's record after one act; it names nobody."""

    commune: str
    sequence: int
    digest: str  # in fours, as short_digest gives it

    def __str__(self) -> str:
        return f"{MARK}:{self.commune}/{self.sequence}:{self.digest}"

    @property
    def qr(self) -> SafeString:
        return qr_svg(str(self))


def seal_of(act: Act) -> Seal:
    return Seal(act.commune.code, act.sequence, short_digest(bytes(act.tree)))


def qr_text(act: Act) -> str:
    """Return what the QR code of an act's papers says."""
    return str(seal_of(act))


def qr_svg(text: str) -> SafeString:
    """Return a QR code as SVG to stand in a page: no style and no script in it."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=3, border=2, svgclass="qr", lineclass=None))  # noqa: S308


def read_seal(text: str) -> Seal:
    """
    Read what was scanned or typed; spaces, small letters and missing hyphens are forgiven.

    :raises BadSeal: if it is no seal
    """
    found = _WRITTEN.fullmatch(re.sub(r"[\s-]", "", text).upper())
    if found is None:
        raise BadSeal(text[:60])
    plain = found["digest"]
    digest = "-".join(plain[i : i + 4] for i in range(0, 16, 4))
    return Seal(found["commune"], int(found["sequence"]), digest)
