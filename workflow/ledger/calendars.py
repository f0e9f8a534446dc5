"""The bytes of a calendar edition that an act's record names by their hash."""

import hashlib
from functools import lru_cache

from cases.ledger.entries import canonical
from cases.rules.terms import Calendar

CALENDAR = "rasoat-calendar/1"


def calendar_text(calendar: Calendar) -> bytes:
    """Return what an edition says: which days are off, which weekends are worked, what is unsure."""
    return canonical(
        {
            "entry": CALENDAR,
            "version": calendar.version,
            "off": [day.isoformat() for day in sorted(calendar.days_off)],
            "worked": [day.isoformat() for day in sorted(calendar.worked_weekend)],
            "provisional": sorted(calendar.provisional_years),
        }
    )


@lru_cache(maxsize=8)
def calendar_hash(calendar: Calendar) -> str:
    """Return the SHA-256 of the edition's bytes in hexadecimal."""
    return hashlib.sha256(calendar_text(calendar)).hexdigest()
