"""A round's key from its columns, where rows are read without their round."""

from cases.models.rounds import KEY_WORDS
from cases.rules.packs.model import Review

# What `round_key` takes, in its order, as columns of a round.
ROUND_KEY = ("kind", "year", "month", "commune__code")


def round_key(kind: str, year: int, month: int, commune: str) -> str:
    """Return the key as Round.key says it."""
    word = KEY_WORDS[Review(kind)]
    return f"{year}{word}{month:02d}-{commune}" if month else f"{year}{word}-{commune}"
