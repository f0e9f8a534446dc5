"""Recording what was refused: one row, written after the refused work was rolled back."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from cases import row_security
from cases.models.people import User
from cases.models.refusals import RecordedRefusal
from cases.models.units import Unit


def record(
    code: str,
    *,
    door: str,
    at: datetime,
    user: User | AnonymousUser | None = None,
    unit: Unit | int | None = None,
    detail: str = "",
    user_name: str = "",
) -> RecordedRefusal:
    """
    Write down that a page or command said no, and why.

    Called outside the transaction of what was refused, or the row is rolled back with it.
    `detail` holds codes, days and paper numbers, never a person's name or number; a command without
    a user of its own gives `user_name` (who runs it on the machine).
    """
    known = user if isinstance(user, User) and user.pk else None
    with row_security.machine("refusal"):
        return RecordedRefusal.objects.create(
            at=at,
            user=known,
            user_name=_cut("user_name", user_name or (known.username if known else "")),
            door=_cut("door", door),
            code=_cut("code", code),
            detail=_cut("detail", detail),
            unit_id=unit.pk if isinstance(unit, Unit) else unit,
        )


def _cut(name: str, text: str) -> str:
    """Fit what strangers typed into its column: a refusal is recorded whatever they sent."""
    field: Any = RecordedRefusal._meta.get_field(name)
    return text.replace("\0", "")[: field.max_length]
