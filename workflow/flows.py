"""Charts follow acts (built out below)."""

from cases.models import Act, User


def follow(act: Act, by: User) -> None:
    return None
