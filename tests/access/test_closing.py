"""Whose account one closes, and whose volunteer's one makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflow_core.access import Actor, accounts
from workflow_core.errors import Conflict, NotFound, NotPermitted
from workflow_core.records import divisions, volunteers
from workflow_core.store.database import Database, Tx

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
COUNTY, TOWN, OTHER = "990101", "990101100", "990101101"


@pytest.fixture
def office(database: Database) -> Database:
    """ruth and zoe administer the office, tom one township; bea is a school in the other one, dan holds nothing; a volunteer is kept in the other one."""
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇", OTHER: "柳林镇"})
        ruth = accounts.first_account(tx, "ruth", now=NOW)
        for login in ("zoe", "tom", "bea", "dan"):
            accounts.account_add(tx, login, actor=ruth, now=NOW)
        accounts.grant(tx, "zoe", "admin", actor=acting(tx, "ruth"), now=NOW)
        waits = accounts.grant(tx, "tom", "admin", scope=TOWN, actor=acting(tx, "ruth"), now=NOW).waits
        accounts.approve(tx, waits, actor=acting(tx, "zoe"), now=NOW)
        accounts.grant(tx, "bea", "school", scope=OTHER, actor=acting(tx, "ruth"), now=NOW)
        volunteers.add(tx, "ruth", NOW, {"name": "甲一", "national_id": "432801199203042087"}, division=OTHER)
    return database


def acting(tx: Tx, login: str) -> Actor:
    return accounts.load_actor(tx, login, NOW, training=False)


def volunteer(tx: Tx) -> str:
    return str(volunteers.listed(tx, acting(tx, "ruth"))[0]["ref"])


def test_another_townships_volunteer_is_not_closed(office: Database) -> None:
    """Though a volunteer's account holds no grant."""
    with office.write() as tx:
        accounts.account_add(tx, "tian", actor=acting(tx, "ruth"), now=NOW, volunteer=volunteer(tx))
        with pytest.raises(NotPermitted) as told:
            accounts.account_close(tx, "tian", actor=acting(tx, "tom"), now=NOW)
        assert told.value.advice()
        assert accounts.account_close(tx, "tian", actor=acting(tx, "ruth"), now=NOW).closed_at == NOW


def test_who_holds_but_what_a_deputy_is_lent_is_closed_where_that_holds(office: Database) -> None:
    """And not by an administrator of another township."""
    with office.write() as tx:
        accounts.deputy(tx, "bea", "dan", actor=acting(tx, "bea"), now=NOW, until=NOW + timedelta(days=3))
        with pytest.raises(NotPermitted):
            accounts.account_close(tx, "dan", actor=acting(tx, "tom"), now=NOW)
        assert accounts.account_close(tx, "dan", actor=acting(tx, "ruth"), now=NOW).closed_at == NOW


def test_a_volunteer_has_one_account(office: Database) -> None:
    """Whoever made a second one would see the volunteer's cases; when the first is closed there may be another."""
    with office.write() as tx:
        ruth, ref = acting(tx, "ruth"), volunteer(tx)
        accounts.account_add(tx, "tian", actor=ruth, now=NOW, volunteer=ref)
        with pytest.raises(Conflict) as told:
            accounts.account_add(tx, "tian2", actor=ruth, now=NOW, volunteer=ref)
        assert (told.value.code, told.value.context["login"]) == ("account_exists", "tian")
        accounts.account_close(tx, "tian", actor=ruth, now=NOW)
        assert accounts.account_add(tx, "tian2", actor=ruth, now=NOW, volunteer=ref).volunteer == ref


def test_an_account_for_a_volunteer_is_made_where_one_administers(office: Database) -> None:
    """Where one holds another role is not enough."""
    with office.write() as tx:
        accounts.grant(tx, "tom", "school", scope=OTHER, actor=acting(tx, "ruth"), now=NOW)
        with pytest.raises(NotFound):
            accounts.account_add(tx, "tian", actor=acting(tx, "tom"), now=NOW, volunteer=volunteer(tx))
