"""Entering a household that has no code yet (đăng ký hộ mới vào sổ)."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from cases import row_security
from cases.models import Household, Member, Unit
from cases.names import normalise

TRIES = 5


class NumberTaken(Exception):
    """The personal number is written down for a person of another household."""


def register_household(
    *,
    commune: Unit,
    village: Unit,
    head_name: str,
    persons: int,
    sex: str = "",
    birth_date: date | None = None,
    personal_number: str = "",
) -> Household:
    """
    Enter a household under the next free code of its commune, with its head as the first member.

    :raises NumberTaken: if the head's personal number belongs to somebody else
    """
    if personal_number and _is_taken(personal_number):
        raise NumberTaken
    for attempt in range(1, TRIES + 1):
        household = Household(code=next_code(commune), village=village, persons=persons)
        household.name_head(head_name)
        try:
            with transaction.atomic():
                household.save()
            break
        except IntegrityError:  # somebody took the code at the same moment
            if attempt == TRIES:
                raise
    Member.objects.create(
        household=household,
        position=1,
        full_name=normalise(head_name),
        relation="Chủ hộ",
        sex=sex,
        birth_date=birth_date,
        personal_number=personal_number,
    )
    return household


def next_code(commune: Unit) -> str:
    """Return the code after the highest that was given out in the commune ("24646-00042")."""
    given = Household.objects.filter(code__regex=rf"^{commune.code}-[0-9]{{5}}$")
    with row_security.machine("identity"):  # also those that have moved to another commune
        last = given.aggregate(last=Max("code"))["last"]
    number = int(last.rpartition("-")[2]) + 1 if last else 1
    return f"{commune.code}-{number:05d}"


def _is_taken(personal_number: str) -> bool:
    held = Member.objects.filter(personal_number=personal_number, valid_until__isnull=True)
    with row_security.machine("identity"):
        return held.exists()
