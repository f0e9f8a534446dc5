"""Notices owed by acts (built out below)."""

from cases.models import Act


def owe(act: Act) -> None:
    return None
