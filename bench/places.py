"""
Where the measuring happens: databases of its own on one server, or in one folder, each with a name.

Django looks at one of them at a time. Every timed pass works on a fresh copy of a prepared one, so that
all passes start from the same bytes, and nothing has to be undone.
"""

import os
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
EMPTY, PASS = "empty", "pass"


class Place(ABC):
    """The databases of one measuring, by name."""

    @abstractmethod
    def url(self, name: str) -> str:
        """Return what the settings read to open this database."""

    @abstractmethod
    def copy(self, old: str, new: str) -> None:
        """Make `new` a copy of `old`, settled on disk, and point Django at it."""

    @abstractmethod
    def settle(self) -> None:
        """Bring the database Django looks at to rest: what was written is on disk and counted."""


class SqlitePlace(Place):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def url(self, name: str) -> str:
        return f"sqlite://{self.path(name)}"

    def copy(self, old: str, new: str) -> None:
        from django.db import connection

        connection.close()
        for path in self.folder.glob(f"{new}.sqlite3*"):
            path.unlink()
        connection.settings_dict["NAME"] = self.path(old)
        self.settle()
        connection.close()
        shutil.copyfile(self.path(old), self.path(new))
        connection.settings_dict["NAME"] = self.path(new)
        _warm()

    def settle(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresPlace(Place):
    def __init__(self, server: str) -> None:
        self.server, self.names = server, {EMPTY}
        self.run(f"CREATE DATABASE {self.database(EMPTY)}")

    def database(self, name: str) -> str:
        return f"rasoat_bench_{os.getpid()}_{name}"

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.database(name)}"))

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.server, dbname="postgres", autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement.encode())

    def copy(self, old: str, new: str) -> None:
        from django.db import connection

        if connection.settings_dict["NAME"] == self.database(old):
            self.settle()
        connection.close()
        self.names.add(new)
        self.run(
            f"DROP DATABASE IF EXISTS {self.database(new)}",
            f"CREATE DATABASE {self.database(new)} TEMPLATE {self.database(old)}",
            "CHECKPOINT",
        )
        connection.settings_dict["NAME"] = self.database(new)
        _warm()

    def settle(self) -> None:
        from django.db import connection

        # The catalogues take longer than all else and are not what acts write.
        names = connection.introspection.table_names()
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(names)}")
            cursor.execute("CHECKPOINT")

    def remove(self) -> None:
        self.run(*(f"DROP DATABASE IF EXISTS {self.database(name)}" for name in self.names))


def _warm() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(state) FROM cases_case")


def reachable(server: str) -> bool:
    try:
        psycopg.connect(server, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def place_of(database: str, server: str) -> Iterator[Place]:
    """Make room on the database, with Django set up on an empty one of ours; remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="rasoat-bench-") as folder:
        if database == "sqlite":
            place = SqlitePlace(Path(folder))
            _set_up(place, folder)
            yield place
            return
        server_place = PostgresPlace(server)
        try:
            _set_up(server_place, folder)
            yield server_place
        finally:
            from django.db import connection

            connection.close()
            server_place.remove()


def _set_up(place: Place, folder: str) -> None:
    os.environ["RASOAT_VAR"] = folder
    os.environ["RASOAT_DATABASE"] = place.url(EMPTY)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["RASOAT_DEBUG"] = "false"  # DEBUG keeps every query in memory
    os.environ["RASOAT_SECRET_KEY"] = secrets.token_hex(32)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
