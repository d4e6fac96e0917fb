"""A PostgreSQL server for tests: made when the first test needs it, shared by the workers of one run, and gone afterwards.

Its programs are looked for in the folder that ``CARE_POSTGRES_BIN`` names, on PATH, and where Debian keeps them.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TEMPLATE = "care_template"
_numbers = itertools.count(1)


class Cluster:
    """A PostgreSQL server of our own, reached by a Unix socket in its folder; careless with the disk, since nobody needs it tomorrow."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs = programs
        self.home = home
        # As root the server refuses to run; somebody without rights of its own does it then.
        self.user = "nobody" if os.geteuid() == 0 else None

    def address(self, name: str) -> str:
        """The address of one of its databases."""
        user = self.user or os.environ.get("USER", "postgres")
        return f"postgresql://{user}@/{name}?host={self.home}"

    def start(self) -> None:
        """Makes the server and starts it, with a template that has careflow's tables."""
        from workflow_core.store.database import Database
        from workflow_core.store.migrate import create

        if self.user:
            shutil.chown(self.home, self.user)
            self.home.chmod(0o755)
        owner = self.user or os.environ.get("USER", "postgres")
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", f"--username={owner}", f"--pgdata={self.home}/data")
        wanted = [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=200",
            "listen_addresses=''",
            f"unix_socket_directories='{self.home}'",
        ]
        settings = " ".join(f"-c {setting}" for setting in wanted)
        self._run("pg_ctl", "--wait", f"--pgdata={self.home}/data", f"--log={self.home}/log", f"--options={settings}", "start")
        self.command(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self.address(TEMPLATE))
        create(template)
        template.dispose()

    def stop(self) -> None:
        """Stops the server and takes its files away."""
        self._run("pg_ctl", "--wait", "--mode=immediate", f"--pgdata={self.home}/data", "stop")
        shutil.rmtree(self.home)

    def command(self, statement: str) -> None:
        """Sends a statement to the server itself."""
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())  # names made here, nothing from outside

    def make(self, template: str) -> str:
        """Makes a database from a template; its name."""
        name = f"care_{os.getpid()}_{next(_numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Takes a database away, whoever is still connected to it."""
        self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> None:
        options: dict[str, Any] = {"user": self.user, "group": None, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [self.programs / program, *arguments], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, **options
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")


def programs() -> Path | None:
    """Where initdb and pg_ctl are; None also when the driver is missing."""
    if find_spec("psycopg") is None:
        return None
    told = os.environ.get("CARE_POSTGRES_BIN")
    if told:
        return Path(told) if (Path(told) / "pg_ctl").exists() else None
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
    return kept[-1].parent if kept else None


def required() -> bool:
    """Whether a run without PostgreSQL is red: ``CARE_REQUIRE_POSTGRES=1``, or in CI."""
    return os.environ.get("CARE_REQUIRE_POSTGRES") == "1" or os.environ.get("CI") == "true"


@contextmanager
def running(found: Path) -> Iterator[Cluster]:
    """The run's server: started by the first worker that asks, stopped by the last that leaves.

    :param found: where its programs are.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:12] or str(os.getpid())
    with _shared(run) as (folder, users):
        server = Cluster(found, folder)
        if users(+1) == 1:
            folder.mkdir()
            server.start()
    try:
        yield server
    finally:
        with _shared(run) as (folder, users):
            if users(-1) == 0:
                server.stop()
                Path(f"{folder}.lock").unlink()


@contextmanager
def emptied(server: Cluster) -> Iterator[Callable[[], str]]:
    """A database of one worker, and a function that empties it and gives its address: making one anew takes ten times as long."""
    import psycopg

    from workflow_core.store.tables import METADATA

    name = server.make(TEMPLATE)
    everything = ";".join(f'DELETE FROM "{table.name}"' for table in reversed(METADATA.sorted_tables))
    others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    with closing(psycopg.connect(server.address(name), autocommit=True)) as connection:

        def empty() -> str:
            connection.execute(f"{others}; SET session_replication_role = replica; {everything}".encode())  # replica: foreign keys are not asked
            return server.address(name)

        yield empty
    server.drop(name)


@contextmanager
def _shared(run: str) -> Iterator[tuple[Path, Callable[[int], int]]]:
    """The folder that the workers of one run share, locked; and the number of those who use the server, to be moved by one."""
    folder = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"care-pg-{run}"  # a socket's path must be short
    with Path(f"{folder}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def users(change: int) -> int:
            lock.seek(0)
            count = int(lock.read() or 0) + change
            lock.truncate(0)
            lock.write(str(count))
            lock.flush()
            return count

        yield folder, users
