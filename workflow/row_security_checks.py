"""
Start-up checks of the database: in operation nobody reads or writes without the second net.

In development, and as the owner who is about to mend what is missing, they say nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, run_checks
from django.db import connections

from cases.models import Case
from workflow import row_security

# What a lost second of electricity must not take away (design, section 11).
POSTGRESQL = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
SQLITE = {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1, "foreign_keys": 1}


class Unsafe(Exception):
    """The database is not fit to keep what is done: the process does not start."""


def refuse_unsafe_start() -> None:
    """
    Ask every check of the database, then let the connection go: workers open their own.

    :raises Unsafe: with what is wrong, while DEBUG is off
    """
    if settings.DEBUG:
        return
    try:
        found = run_checks(tags=[Tags.database], databases=list(connections))
    finally:
        connections.close_all()
    if serious := [message for message in found if message.is_serious()]:
        raise Unsafe("\n".join(str(message) for message in serious))


def check_row_security(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Find a role that the policies do not bind, and a table without its policy."""
    if settings.DEBUG or settings.AS_OWNER:
        return []
    found: list[CheckMessage] = []
    for using in databases or []:
        found += [
            Error(
                f"{fault} ({fault.code}, database {using})",
                hint="sign in as a member of RASOAT_APP_ROLE that owns no table: docs/row-security.md",
                id="workflow.E005",
            )
            for fault in row_security.role_faults(using)
        ]
        found += [
            Error(
                f"{fault} ({fault.code}, database {using})",
                hint="run: python manage.py row_security --install",
                id="workflow.E006",
            )
            for fault in row_security.faults(using)
        ]
    return found


def check_durability(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Find a database that answers "done" before what was done is on the disk."""
    found: list[CheckMessage] = []
    for using in databases or []:
        is_server = connections[using].vendor == "postgresql"
        if _is_empty(using) or (is_server and settings.DEBUG):
            continue  # nothing was done yet, or on a server that somebody tries things on
        wanted = POSTGRESQL if is_server else SQLITE
        found += [
            Error(
                f"{name} is {now!r} on database {using}, not {wanted[name]!r}",
                hint="an act that was answered must survive a loss of power",
                id="workflow.E007",
            )
            for name, now in _now(using, list(wanted)).items()
            if now != wanted[name]
        ]
    return found


def _is_empty(using: str) -> bool:
    return Case._meta.db_table not in connections[using].introspection.table_names()


def _now(using: str, names: list[str]) -> dict[str, Any]:
    ask = "SHOW" if connections[using].vendor == "postgresql" else "PRAGMA"
    found = {}
    with connections[using].cursor() as cursor:
        for name in names:
            cursor.execute(f"{ask} {name}")
            found[name] = cursor.fetchone()[0]
    return found
