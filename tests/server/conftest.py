"""One server office for all tests of it: two townships with children, cases and papers, and logins of every kind; made once for a worker."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from careflow_cli import failure
from careflow_cli.main import run
from tests.cli.conftest import ABSENCES, NUMBERS, ROSTER
from tests.server.filled import fill
from workflow_core.records.values import check_digit
from workflow_core.store.database import Database
from workflow_core.testing.postgres import Cluster

NOW = "2026-10-21T09:00"
HERE, THERE, COUNTY = "990101100", "990101101", "990101"
OTHERS = [first + check_digit(first) for first in ("43280120130409001", "43280120130409002")]
_HEAD = ROSTER.split("\n")[0] + "\n"
ROSTER_THERE = _HEAD + "".join(
    f"{name},,,{number},柳坝村2组,柳林乡中学,七年级,{guardian},爷爷,13300000002\n"
    for name, number, guardian in zip(("周五", "吴六"), OTHERS, ("周大", "吴大"), strict=True)
)
ABSENCES_THERE = ABSENCES.split("\n")[0] + "\n" + f"周五,{OTHERS[0]},柳林乡中学,丁老师,2026-09-16\n"
WHOLE = [
    *NUMBERS,
    *OTHERS,
    "13300000001",
    "13300000002",
    "赵一",
    "钱二",
    "孙三",
    "李四",
    "周五",
    "吴六",
    "赵大",
    "钱大",
    "孙大",
    "李大",
    "周大",
    "吴大",
    "村2组",
]
"""Values of invented people, none of which a desk sees whole."""

_ACCOUNTS: dict[str, tuple[str, ...]] = {
    "director": ("child_director", "--division", HERE),
    "supervisor": ("child_supervisor", "--division", HERE),
    "neighbour": ("child_supervisor", "--division", THERE),
    "school": ("school", "--place", "PL-0001"),
    "county": ("county_office", "--division", COUNTY),
    "clinic": ("clinic", "--place", "PL-0002"),
    "newcomer": (),
}


@dataclass
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass
class ServerOffice:
    """An office on a server, and the folders of its desks.

    :param owner: the address with which its tables are owned. :param suffix: what makes the logins unlike those of another worker's office.
    """

    owner: str
    home: Path
    suffix: str
    desks: dict[str, Path] = field(default_factory=dict)

    def login(self, who: str) -> str:
        """The login of one of the accounts."""
        return f"{who}{self.suffix}"

    def address(self, who: str) -> str:
        """The database's address for one of the accounts."""
        return "postgresql://" + self.login(who) + self.owner[self.owner.index("@") :]

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.owner.split("@/")[1].split("?")[0]

    def raw(self, who: str) -> psycopg.Connection[Any]:
        """A bare connection, as psql has it."""
        return psycopg.connect(self.address(who))

    def as_owner(self) -> psycopg.Connection[Any]:
        """A bare connection of the owner's."""
        return psycopg.connect(self.owner, autocommit=True)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with closing(self.as_owner()) as connection:
            return connection.execute(statement.encode(), list(values) or None).fetchall()

    def care(self, who: str, *words: object, code: int | None = 0, now: str = NOW) -> Ran:
        """Runs a command at somebody's desk; ``owner`` at the owner's."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            answered = run(["--office", str(self.desks[who]), "--now", now, *(str(word) for word in words)])
        assert code is None or answered == code, f"{words}: exit {answered}, not {code}: {err.getvalue()}{out.getvalue()}"
        return Ran(answered, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def pristine(care_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerOffice]:
    """The office, made by the commands that make one. Whoever changes it asks for ``server_office``."""
    home = tmp_path_factory.mktemp("server")
    name = f"server_{os.getpid()}"
    care_cluster.command(f"CREATE DATABASE {name} TEMPLATE template0")
    made = ServerOffice(care_cluster.address(name), home, str(os.getpid()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(failure, "broken", _raise)
        _make(made)
    yield made
    care_cluster.drop(name)


def _make(made: ServerOffice) -> None:
    files = {"d.csv": f"code,name\n99,示范省\n9901,示范市\n{COUNTY},青溪县\n{HERE},高桥镇\n{THERE},柳林乡\n", "r1.csv": ROSTER, "r2.csv": ROSTER_THERE,
             "a1.csv": ABSENCES, "a2.csv": ABSENCES_THERE}  # fmt: skip
    for file, content in files.items():
        (made.home / file).write_text(content, encoding="utf-8")
    made.desks["owner"] = made.home / "owner"
    made.care("owner", "office", "init", "--training", "--divisions", made.home / "d.csv", "--database", made.owner)
    for n, township in enumerate((HERE, THERE), 1):
        made.care("owner", "child", "import", made.home / f"r{n}.csv", "--township", township)
        made.care("owner", "program", "enable", "dropout_return", "--township", township)
        made.care("owner", "dropout-return", "import", made.home / f"a{n}.csv", "--township", township)
    for who, granted in _ACCOUNTS.items():
        made.care("owner", "account", "add", made.login(who))
        if granted:
            made.care("owner", "account", "grant", made.login(who), *granted)
        join(made, who)
    made.care("owner", "account", "add", made.login("ticker"), "--clock")
    join(made, "ticker")


def join(made: ServerOffice, who: str) -> None:
    """A desk's folder."""
    made.desks[who] = made.home / who
    answered = run(["office", "join", str(made.desks[who]), "--database", made.address(who)])
    assert answered == 0


@pytest.fixture
def server_office(pristine: ServerOffice, care_cluster: Cluster, tmp_path: Path) -> Iterator[ServerOffice]:
    """A copy of it that a test may change."""
    made = copied(pristine, care_cluster, tmp_path)
    yield made
    care_cluster.drop(made.database)


@pytest.fixture(scope="session")
def filled(pristine: ServerOffice, care_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerOffice]:
    """A copy in which every program is at work, with a login of every kind. Whoever changes it asks for ``filled_office``."""
    made = copied(pristine, care_cluster, tmp_path_factory.mktemp("filled"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(failure, "broken", _raise)
        fill(made, join)
    yield made
    care_cluster.drop(made.database)


@pytest.fixture
def filled_office(filled: ServerOffice, care_cluster: Cluster, tmp_path: Path) -> Iterator[ServerOffice]:
    """A copy of the filled one that a test may change."""
    made = copied(filled, care_cluster, tmp_path)
    yield made
    care_cluster.drop(made.database)


def copied(office: ServerOffice, cluster: Cluster, home: Path) -> ServerOffice:
    """A copy of an office that nobody is using."""
    name = cluster.make(office.database)
    old, new = f"@/{office.database}?", f"@/{name}?"
    made = ServerOffice(office.owner.replace(old, new), home, office.suffix)
    with closing(made.as_owner()) as connection:  # what is said of a database itself is not copied with it
        logins = [f'"{made.login(who)}"' for who in office.desks if who != "owner"]
        said = [f"REVOKE ALL ON DATABASE {name} FROM PUBLIC", f"GRANT CONNECT ON DATABASE {name} TO {', '.join(logins)}"]
        said += [f"ALTER ROLE {login} IN DATABASE {name} SET search_path = desk" for login in logins]
        connection.execute("; ".join(said).encode())
    for who, folder in office.desks.items():
        made.desks[who] = home / who
        shutil.copytree(folder, made.desks[who])
        config = made.desks[who] / "care.toml"
        config.write_text(config.read_text("utf-8").replace(old, new), encoding="utf-8")
    return made


@pytest.fixture
def owner_db(server_office: ServerOffice) -> Iterator[Database]:
    """The office's database, as its owner has it."""
    db = Database(server_office.owner)
    yield db
    db.dispose()


@pytest.fixture(autouse=True)
def _apologises_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure, "broken", _raise)


def _raise(error: BaseException, *_: object, **__: object) -> int:
    raise error


Call = Callable[..., list[Any]]
