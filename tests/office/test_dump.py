"""What a copy of an office on PostgreSQL is worth: it is loaded into a database of its own, and looked over there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.office.conftest import House
from workflow_core.errors import Damaged
from workflow_core.office.backup import backup, checked, copy_of
from workflow_core.store import backup as rows
from workflow_core.store.database import Database

OURS = "0badf00d"
LEFT = "careflow_check_20200101000000_0badcafe"


@pytest.fixture
def postgresql_house(house_at: Callable[..., House], care_cluster: Any) -> Iterator[House]:
    """An office on PostgreSQL, in a database of its own."""
    name = care_cluster.make("template0")
    house = house_at(care_cluster.address(name))
    house.open()
    yield house
    house.office.close()
    care_cluster.drop(name)


def databases(care_cluster: Any) -> list[str]:
    db = Database(care_cluster.address("postgres"))
    with db.read() as tx:
        found = tx.connection.exec_driver_sql("SELECT datname FROM pg_database WHERE datname LIKE 'careflow_check%%'").scalars().all()
    db.dispose()
    return list(found)


def refused(house: House, folder: Path) -> str:
    with pytest.raises(Damaged) as told:
        backup(house.office, house.actor, folder / "copies")
    return told.value.code


_run = rows._run


def _cut(name: str, words: tuple[str, ...]) -> None:
    """PostgreSQL's own program, to which the dump's tables have no definition."""
    _run(name, *words, *(["--section=data"] if name == "pg_restore" else []))


def test_a_dump_is_loaded_to_see_what_it_is_worth(postgresql_house: House, care_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be loaded is no copy, and what holds damage is kept apart; the database for it is gone afterwards, and what a dead process left too."""
    house = postgresql_house
    monkeypatch.setattr("secrets.token_hex", lambda _: OURS)  # other tests make copies on this server at the same time
    care_cluster.command(f"CREATE DATABASE {LEFT}")
    assert backup(house.office, house.actor, tmp_path / "copies").loaded
    assert LEFT not in databases(care_cluster)
    house.sql("DELETE FROM event_payload")
    assert refused(house, tmp_path) == "copy_not_whole"
    assert len(list((tmp_path / "copies").glob("*damaged*"))) == 1
    monkeypatch.setattr(rows, "_run", lambda name, *words: _cut(name, words))
    assert refused(house, tmp_path) == "pg_dump_failed"
    assert [name for name in databases(care_cluster) if name.endswith(OURS)] == []


def test_a_role_that_may_make_no_database_is_told_that_the_dump_was_only_read(postgresql_house: House, care_cluster: Any, tmp_path: Path) -> None:
    """It is a copy all the same: all of it was read, and its rows were counted."""
    house = postgresql_house
    clerk = f"clerk_{os.getpid()}"
    care_cluster.command(f"CREATE ROLE {clerk} LOGIN BYPASSRLS IN ROLE pg_read_all_data")  # on a server office only the owner passes its policies
    care_cluster.command(f"GRANT CONNECT ON DATABASE {house.db.engine.url.database} TO {clerk}")
    settings = replace(house.office.settings, database=make_url(house.db.address).set(username=clerk).render_as_string(hide_password=False))
    copy = copy_of(house.office.folder, settings, tmp_path / "copies")
    care_cluster.command(f"REVOKE CONNECT ON DATABASE {house.db.engine.url.database} FROM {clerk}")
    care_cluster.command(f"DROP ROLE {clerk}")
    assert not copy.loaded
    assert not checked(copy.path, tmp_path / "look").findings
