"""Who owns a server office, and whose logins there are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from tests.server.conftest import ServerOffice
from workflow_core.access.accounts import account_add, account_close, password_set
from workflow_core.errors import Conflict, NotPermitted, Refused
from workflow_core.store import journal_reading, server
from workflow_core.store.database import Database
from workflow_core.store.migrate import create
from workflow_core.testing.databases import ADMINISTRATOR, furnish
from workflow_core.testing.postgres import Cluster

NOW = datetime(2026, 10, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def owned(care_cluster: Cluster) -> Iterator[tuple[Cluster, str, str]]:
    """A database that belongs to an ordinary role: cluster, role, address."""
    owner, name = f"owner{os.getpid()}", f"owned_{os.getpid()}"
    care_cluster.command(f"CREATE ROLE {owner} LOGIN")
    care_cluster.command(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0")
    plain = care_cluster.address(name)
    yield care_cluster, owner, f"postgresql://{owner}{plain[plain.index('@') :]}"
    care_cluster.drop(name)
    with closing(psycopg.connect(care_cluster.address("postgres"), autocommit=True)) as connection:
        connection.execute(f"DROP OWNED BY {owner}".encode())
        connection.execute(f"DROP ROLE {owner}".encode())


def test_an_owner_without_the_right_is_told_what_is_missing(owned: tuple[Cluster, str, str]) -> None:
    """The office works as one trusted desk, and what a database administrator must run is said; then it is guarded."""
    cluster, owner, address = owned
    db = Database(address)
    try:
        create(db)
        furnish(db)
        told = server.install(db)
        assert (told.made, told.wanted) == (False, (f'ALTER ROLE "{owner}" CREATEROLE',))
        with db.write() as tx:
            account_add(tx, f"early{os.getpid()}", actor=ADMINISTRATOR, now=NOW)
        cluster.command(told.wanted[0])
        told = server.install(db)
        assert told.made
        assert f"early{os.getpid()}" in told.logins
        with db.write() as tx:
            account_add(tx, f"late{os.getpid()}", actor=ADMINISTRATOR, now=NOW)
        for login in ("early", "late"):
            with closing(psycopg.connect(address.replace(owner, f"{login}{os.getpid()}", 1))) as desk:
                assert desk.execute("SELECT count(*) FROM person").fetchone() == (0,)
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    desk.execute("SELECT * FROM public.person")
        with db.write() as tx:
            account_close(tx, f"late{os.getpid()}", actor=ADMINISTRATOR, now=NOW)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address.replace(owner, f"late{os.getpid()}", 1))
    finally:
        db.dispose()


def test_nobody_elses_role_is_taken_over(server_office: ServerOffice, care_cluster: Cluster) -> None:
    """A login that is somebody else's role on the server is refused, and nothing of the account is written."""
    taken = f"stranger{os.getpid()}"
    care_cluster.command(f"CREATE ROLE {taken} LOGIN")
    db = Database(server_office.owner)
    try:
        for login in (taken, "careflow_desk", "pg_monitor", "名" * 30):
            with pytest.raises(Conflict) as caught, db.write() as tx:
                account_add(tx, login, actor=ADMINISTRATOR, now=NOW)
            assert caught.value.code == "role_taken"
        assert server_office.rows("SELECT count(*) FROM account WHERE login = %s", taken) == [(0,)]
    finally:
        db.dispose()
        care_cluster.command(f"DROP ROLE {taken}")


def test_a_login_of_odd_letters_is_quoted(server_office: ServerOffice) -> None:
    """Whatever letters a login has, it is that role and no other statement."""
    login = f"Zhang.San-{os.getpid()}@县"
    db = Database(server_office.owner)
    try:
        with db.write() as tx:
            account_add(tx, login, actor=ADMINISTRATOR, now=NOW)
        assert server_office.rows("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", login) == [(True,)]
    finally:
        db.dispose()


def test_a_password_is_never_sent_as_such(server_office: ServerOffice) -> None:
    """The server is given a SCRAM verifier; an account's role gets one, another role does not; the journal says who set it."""
    db = Database(server_office.owner)
    try:
        with db.write() as tx:
            password_set(tx, server_office.login("director"), "a long sentence, easily kept", actor=ADMINISTRATOR, now=NOW)
            assert [one["says"] for one in journal_reading.latest(tx, kind="password_set")] == [{"login": server_office.login("director")}]
        ((stored,),) = server_office.rows("SELECT rolpassword FROM pg_authid WHERE rolname = %s", server_office.login("director"))
        assert stored.startswith("SCRAM-SHA-256$")
        with pytest.raises(Conflict), db.write() as tx:
            server.password(tx, "pg_monitor", "a long sentence, easily kept")
    finally:
        db.dispose()


def test_a_desk_sets_no_password(server_office: ServerOffice) -> None:
    """Not even its own: that is the owner's to do."""
    db = Database(server_office.address("director"))
    try:
        with pytest.raises((NotPermitted, Refused, Conflict)), db.write() as tx:
            server.password(tx, server_office.login("director"), "a long sentence, easily kept")
    finally:
        db.dispose()
