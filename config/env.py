"""Typed readers of the environment: a value that makes no sense stops the start-up."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class SettingError(Exception):
    """An environment variable holds a value that cannot be read."""


def _read(name: str, default: T, parse: Callable[[str], T]) -> T:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        raise SettingError(f"{name}={text!r}: {error}") from error


def text(name: str, default: str = "") -> str:
    return _read(name, default, str)


def flag(name: str, default: bool = False) -> bool:
    def parse(value: str) -> bool:
        if value.lower() in TRUE:
            return True
        if value.lower() in FALSE:
            return False
        raise ValueError("expected true or false")

    return _read(name, default, parse)


def number(name: str, default: int, *, least: int = 0) -> int:
    def parse(value: str) -> int:
        result = int(value)
        if result < least:
            raise ValueError(f"expected at least {least}")
        return result

    return _read(name, default, parse)


def words(name: str, default: list[str]) -> list[str]:
    """Read a comma-separated list."""
    return _read(name, default, lambda value: [w.strip() for w in value.split(",") if w.strip()])


def file(name: str) -> Path | None:
    """Read the path of a file that must be there."""

    def parse(value: str) -> Path | None:
        if not Path(value).is_file():
            raise ValueError("there is no such file")
        return Path(value)

    return _read(name, None, parse)


def database(name: str, default_file: Path) -> dict[str, Any]:
    """Read `sqlite:///path` or `postgresql://user:password@host:port/name` as Django's settings."""

    def parse(value: str) -> dict[str, Any]:
        parts = urlsplit(value)
        if parts.scheme == "sqlite":
            return sqlite(Path(unquote(parts.path)))
        if parts.scheme not in ("postgresql", "postgres"):
            raise ValueError("expected sqlite:///file or postgresql://user@host/name")
        if not parts.path.strip("/"):
            raise ValueError("the database has no name")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {"options": "-c synchronous_commit=on -c lock_timeout=15s -c jit=off"},
        }

    return _read(name, sqlite(default_file), parse)


def sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            # IMMEDIATE: two writers queue up; DEFERRED answers "database is locked" instead.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON;"
            ),
        },
    }
