"""A PostgreSQL server of our own, which may be killed; knows nothing of the application."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Cluster:
    """A PostgreSQL server of our own, which we may kill."""

    url: str
    home: Path
    tools: ModuleType
    binaries: Path
    options: str

    def run(self, program: str, *arguments: str) -> None:
        account: Any = self.tools.unprivileged_account()
        subprocess.run(
            [str(self.binaries / program), "--pgdata", str(self.home / "data"), *arguments],
            check=True,
            cwd=self.home,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        log = str(self.home / "log")
        try:
            self.run("pg_ctl", "--wait", "--log", log, "--options", self.options, "start")
        except subprocess.CalledProcessError as error:
            said = Path(log).read_text()[-2000:] if Path(log).exists() else ""
            raise RuntimeError(f"the server does not start:\n{said}") from error

    def kill(self) -> None:
        """Kill the postmaster and every process it started, at once."""
        postmaster = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # or it would start new ones meanwhile
        killed = [pid for pid in _processes() if _parent(pid) == postmaster] + [postmaster]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        # Until all are gone their shared memory is in use, and no new server starts.
        while not all(map(_is_over, killed)):
            time.sleep(0.01)
        # Where nobody buries the dead their number is still taken, and these files would be believed.
        for left in (self.home / "data" / "postmaster.pid", *self.home.glob(".s.PGSQL.*")):
            left.unlink()


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["X", "0"]


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _is_over(pid: int) -> bool:
    return _stat(pid)[0] in "ZX"


@contextmanager
def cluster(*, careless: bool = False) -> Iterator[Cluster]:
    """Start a server; `careless`: the planted fault, it answers before the disk has what it says."""
    spec = spec_from_file_location("tools", ROOT / "deploy" / "setup" / "postgres.py")
    assert spec is not None and spec.loader is not None
    tools = module_from_spec(spec)
    spec.loader.exec_module(tools)
    binaries = tools.find_binaries()
    assert binaries is not None, "no PostgreSQL binaries to start a server with"
    home, port = Path(tempfile.mkdtemp(prefix="rasoat-crash-")), tools.free_port()
    account = tools.unprivileged_account()
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    if careless:
        options += " -c wal_writer_delay=10s -c wal_writer_flush_after=1GB"
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    own = Cluster(url, home, tools, binaries, options)
    try:
        own.run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8")
        own.start()
        yield own
    finally:
        subprocess.run(
            [str(binaries / "pg_ctl"), "-D", str(home / "data"), "-m", "immediate", "stop"],
            user=account.pw_uid if account else None,
            check=False,
            capture_output=True,
        )
        shutil.rmtree(home, ignore_errors=True)
