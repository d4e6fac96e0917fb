"""Databases for the tests: each test that asks for ``database`` runs on SQLite and on PostgreSQL, on empty tables made by the migrations.

``disposable_database`` is for a test that changes the tables themselves, ``empty_database`` has none, ``database_address`` lets other processes in.

PostgreSQL is a private cluster, made when the first test needs it, shared by the workers of one run, and gone afterwards. Where its
programs are missing, that half is skipped and the summary says so in red; with ``CARE_REQUIRE_POSTGRES=1`` or ``CI=true`` it fails.
They are looked for on PATH, where Debian keeps them, or in the folder that ``CARE_POSTGRES_BIN`` names.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from workflow_core.store.database import Database
from workflow_core.store.migrate import create
from workflow_core.store.tables import METADATA

MISSING = "PostgreSQL's programs (initdb, pg_ctl) or its driver (psycopg) were not found"
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
        user = self.user or os.environ.get("USER", "postgres")
        return f"postgresql://{user}@/{name}?host={self.home}"

    def start(self) -> None:
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
        self._run("pg_ctl", "--wait", "--mode=immediate", f"--pgdata={self.home}/data", "stop")
        shutil.rmtree(self.home)

    def command(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())  # names made here, nothing from outside

    def make(self, template: str) -> str:
        name = f"care_{os.getpid()}_{next(_numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self.command(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> None:
        options: dict[str, Any] = {"user": self.user, "group": None, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [self.programs / program, *arguments], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, **options
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")


def _programs() -> Path | None:
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


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL server."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CARE_REQUIRE_POSTGRES") == "1" or os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:12] or str(os.getpid())
    with _shared(run) as (folder, users):
        server = Cluster(programs, folder)
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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file fresh from the migrations, to be copied."""
    path = tmp_path_factory.mktemp("template") / "office.sqlite"
    template = Database(path, create=True)
    create(template)
    template.dispose()
    return path


@pytest.fixture(scope="session")
def emptied(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Empty this worker's PostgreSQL database and give its address: making one anew takes ten times as long."""
    import psycopg

    name = cluster.make(TEMPLATE)
    everything = ";".join(f'DELETE FROM "{table.name}"' for table in reversed(METADATA.sorted_tables))
    others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    with psycopg.connect(cluster.address(name), autocommit=True) as connection:

        def empty() -> str:
            connection.execute(f"{others}; SET session_replication_role = replica; {everything}".encode())  # replica: foreign keys are not asked
            return cluster.address(name)

        yield empty
    cluster.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with empty tables, on each kind of server."""
    if request.param == "sqlite":
        path = tmp_path / "office.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return str(path)
    empty: Callable[[], str] = request.getfixturevalue("emptied")
    return empty()


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """A database with empty tables, on each kind of server."""
    opened = Database(database_address)
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def disposable_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this test alone, whose tables it may change, on each kind of server."""
    if request.param == "sqlite":
        path = tmp_path / "office.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        opened = Database(path)
        yield opened
        opened.dispose()
    else:
        yield from _of_server(request.getfixturevalue("cluster"), TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, on each kind of server."""
    if request.param == "sqlite":
        opened = Database(tmp_path / "empty.sqlite", create=True)
        yield opened
        opened.dispose()
    else:
        yield from _of_server(request.getfixturevalue("cluster"), "template0")


def _of_server(server: Cluster, template: str) -> Iterator[Database]:
    name = server.make(template)
    opened = Database(server.address(name))
    yield opened
    opened.dispose()
    server.drop(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly when one half of the databases was not tested."""
    missed = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if missed:
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missed)} tests were skipped: {MISSING}. CARE_REQUIRE_POSTGRES=1 makes this an error.", red=True)
