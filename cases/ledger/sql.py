"""The hashes of entries, said to both databases, so that a list act hashes where its rows are."""

import hashlib
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import (
    BinaryField,
    BooleanField,
    Case,
    F,
    Func,
    OuterRef,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from cases.ledger.entries import EVENT, NOTHING_BEFORE, SNAPSHOT
from cases.ledger.merkle import leaf_hash
from cases.models.acts import Event
from cases.models.cases import Case as CaseModel


class Joined(Func):
    """Values one after another as a text; NULL is an empty one."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="concat")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        sql = " || ".join(f"COALESCE({text}, '')" for text, _values in parts)
        return f"({sql})", [value for _text, values in parts for value in values]


class Hex(Func):
    """Bytes in small hexadecimal letters."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="encode(%(expressions)s, 'hex')")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="lower(hex(%(expressions)s))")


class Digest(Func):
    """SHA-256 of a text."""

    output_field = BinaryField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "sha256(convert_to(%(expressions)s, 'UTF8'))"
        return self.as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="rasoat_digest(%(expressions)s)")


class LeafHash(Func):
    """The leaf hash of a text (RFC 9162)."""

    output_field = BinaryField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "sha256('\\x00'::bytea || convert_to(%(expressions)s, 'UTF8'))"
        return self.as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="rasoat_leaf(%(expressions)s)")


def snapshot() -> Joined:
    """Return what an event says of its case, as a text of the database."""
    parts: list[Any] = []
    for name in SNAPSHOT:
        parts += [Value("|"), _told(name)] if parts else [_told(name)]
    return Joined(*parts)


def link(commune: str, act: int) -> LeafHash:
    """Return an event's link over its case's row as the act left it."""
    before = Event.objects.filter(case=OuterRef("pk"), sequence=OuterRef("version") - 1)
    # Inside: SQLite's hex() of NULL is an empty text.
    previous = Hex(Coalesce(Subquery(before.values("link")[:1]), Value(NOTHING_BEFORE)))
    salted = Joined(F("salt"), Value("\n"), F("version"), Value("\n"), snapshot())
    return LeafHash(
        Joined(
            Value(f"{EVENT}\n"),
            previous,
            Value(f"\n{commune}/{act}\n"),
            F("version"),
            Value("\n"),
            F("prev_state"),
            Value("\n"),
            F("state"),
            Value("\n"),
            Hex(Digest(salted)),
            Value("\n"),
            F("code"),
        )
    )


def _told(name: str) -> Any:
    if isinstance(CaseModel._meta.get_field(name), BooleanField):
        # The databases write true and false each in its own way.
        return Case(
            When(**{name: True}, then=Value("1")),
            When(**{name: False}, then=Value("0")),
            default=Value(""),
        )
    return F(name)


def wire() -> None:
    """Teach each SQLite connection the two hashes."""
    connection_created.connect(_teach, dispatch_uid="rasoat-hashes")


def _teach(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        for name, function in (("rasoat_digest", _digest), ("rasoat_leaf", _leaf)):
            connection.connection.create_function(name, 1, function, deterministic=True)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _leaf(text: str) -> bytes:
    return leaf_hash(text.encode())
