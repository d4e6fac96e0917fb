"""Databases for the tests: each test that asks for ``database`` runs on SQLite and on PostgreSQL, on empty tables made by the migrations.

``disposable_database`` is for a test that changes the tables themselves, ``empty_database`` has none, ``database_address`` lets other processes in.

PostgreSQL is the private cluster of the authors' test kit (``workflow_core.testing.postgres``): made when the first test needs it, shared by the workers
of one run, and gone afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests import printed
from workflow_core.store.database import Database
from workflow_core.store.migrate import create
from workflow_core.testing.postgres import TEMPLATE, Cluster


def pytest_configure(config: pytest.Config) -> None:
    """Looks at all that is printed."""
    config.addinivalue_line("markers", "unmasks: what the test prints may hold whole names, numbers and phones")
    printed.install()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that is green is red where personal data was printed in it, or for it."""
    answer = yield
    hits, printed.KEPT[:] = list(printed.KEPT), []
    if hits and item.get_closest_marker("unmasks") is None:
        pytest.fail("personal data was printed:\n" + "\n".join(hits), pytrace=False)
    return answer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file fresh from the migrations, to be copied."""
    path = tmp_path_factory.mktemp("template") / "office.sqlite"
    template = Database(path, create=True)
    create(template)
    template.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with empty tables, on each kind of server."""
    if request.param == "sqlite":
        path = tmp_path / "office.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return str(path)
    empty: Callable[[], str] = request.getfixturevalue("care_emptied")
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
        yield from _of_server(request.getfixturevalue("care_cluster"), TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, on each kind of server."""
    if request.param == "sqlite":
        opened = Database(tmp_path / "empty.sqlite", create=True)
        yield opened
        opened.dispose()
    else:
        yield from _of_server(request.getfixturevalue("care_cluster"), "template0")


def _of_server(server: Cluster, template: str) -> Iterator[Database]:
    name = server.make(template)
    opened = Database(server.address(name))
    yield opened
    opened.dispose()
    server.drop(name)
