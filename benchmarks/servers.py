"""A private PostgreSQL server that keeps its promises: fsync is on, commits wait for the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.harness import slow_folder

_SETTINGS = ("max_connections=40", "listen_addresses=''", "fsync=on", "synchronous_commit=on", "shared_buffers=256MB")


class Server:
    """A server of our own, reached by a Unix socket in its folder."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs = programs
        self.home = home
        # As root the server refuses to run; somebody without rights of its own does it then.
        self.user = "nobody" if os.geteuid() == 0 else None
        self.owner = self.user or os.environ.get("USER", "postgres")

    def address(self, name: str) -> str:
        """The address of a database of it."""
        return f"postgresql://{self.owner}@/{name}?host={self.home}"

    def start(self) -> None:
        """Makes the cluster and starts the server."""
        if self.user:
            shutil.chown(self.home, self.user)
        self.home.chmod(0o755)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", f"--username={self.owner}", f"--pgdata={self.home}/data")
        settings = " ".join(f"-c {one}" for one in (*_SETTINGS, f"unix_socket_directories='{self.home}'"))
        self._run("pg_ctl", "--wait", f"--pgdata={self.home}/data", f"--log={self.home}/log", f"--options={settings}", "start")

    def stop(self) -> None:
        """Stops the server and throws it away."""
        self._run("pg_ctl", "--wait", "--mode=immediate", f"--pgdata={self.home}/data", "stop")
        shutil.rmtree(self.home)

    def command(self, statement: str) -> None:
        """Tells the server something."""
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())  # names made here, nothing from outside

    def _run(self, program: str, *arguments: str) -> None:
        options: dict[str, Any] = {"user": self.user, "group": None, "extra_groups": []} if self.user else {}
        subprocess.run([self.programs / program, *arguments], cwd="/", stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True, **options)


@contextmanager
def server() -> Iterator[Server | None]:
    """A server on the machine's disk for as long as the block lasts; None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    made = Server(programs, Path(tempfile.mkdtemp(prefix="care-bench-", dir=slow_folder())))
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _programs() -> Path | None:
    if find_spec("psycopg") is None:
        return None
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
    return kept[-1].parent if kept else None
