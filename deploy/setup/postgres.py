"""Run a command with a PostgreSQL server at hand, named to it by RASOAT_TEST_POSTGRES.

usage: postgres.py COMMAND [ARGUMENT ...]

The server is the one that RASOAT_TEST_POSTGRES names, else the one that the PG* variables or their
defaults reach, else a throwaway cluster that lives as long as the command. Where there is none the command runs
without the variable, unless RASOAT_REQUIRE_POSTGRES=1.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg

NAME = "RASOAT_TEST_POSTGRES"
DEBIAN = Path(__file__).with_name("debian.sh")


def main() -> int:
    signal.signal(signal.SIGTERM, _leave)
    with server() as url:
        if url is None:
            if os.environ.get("RASOAT_REQUIRE_POSTGRES") == "1":
                print(
                    "PostgreSQL is required here, and there is neither a server nor its binaries."
                )
                return 1
            print("No PostgreSQL server and no binaries to start one: going on without PostgreSQL.")
            environment = dict(os.environ)
        else:
            environment = {**os.environ, NAME: url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


@contextmanager
def server() -> Iterator[str | None]:
    """Yield the address of a server on which we may create databases, or None."""
    named = os.environ.get(NAME)
    if named and not may_create_databases(named):
        raise SystemExit(
            f"{NAME} names a server that cannot be reached or lets us create no database."
        )
    url = named or usual_address()
    if may_create_databases(url):
        yield url
        return
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    with throwaway_cluster(binaries) as url:
        yield url


def usual_address() -> str:
    host = os.environ.get("PGHOST", "")
    if not host or host.startswith("/"):  # settings speak TCP only
        host = "127.0.0.1"
    user, port = os.environ.get("PGUSER", "postgres"), os.environ.get("PGPORT", "5432")
    return f"postgresql://{user}@{host}:{port}/rasoat"


def may_create_databases(url: str) -> bool:
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, dbname="postgres", connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.OperationalError:
        return False
    return bool(row and row[0])


def find_binaries() -> Path | None:
    """Return the folder of the newest initdb, installing Debian's package where we may."""
    subprocess.run(["/bin/sh", str(DEBIAN), "postgres"], check=False)
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


@contextmanager
def throwaway_cluster(binaries: Path) -> Iterator[str]:
    account = unprivileged_account()
    home = Path(tempfile.mkdtemp(prefix="rasoat-postgres-"))
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    data, port = home / "data", free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), "--pgdata", str(data), *arguments],
            check=True,
            cwd=home,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdout=subprocess.DEVNULL,
        )

    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
        run("pg_ctl", "--wait", "--log", str(home / "log"), "--options", options, "start")
        print(f"Started a throwaway PostgreSQL on port {port}.", flush=True)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/rasoat"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def unprivileged_account() -> pwd.struct_passwd | None:
    """Return who shall own the cluster when we are root, whom initdb refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _leave(signum: int, frame: object) -> NoReturn:
    """Turn the signal into an exception, so that the cluster is stopped on the way out."""
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
