"""An administrator's right is taken from another by two: nobody makes himself the only one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflow_core.access import Actor, accounts
from workflow_core.errors import CareError, NotPermitted, Refused
from workflow_core.records import divisions
from workflow_core.store.database import Database, Tx

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
LATE = NOW + timedelta(days=14)
COUNTY, TOWN = "990101", "990101100"


@pytest.fixture
def office(database: Database) -> Database:
    """ruth and ann are administrators of the office, tom of a township; cid and dan have accounts."""
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇"})
        ruth = accounts.first_account(tx, "ruth", now=NOW)
        for login in ("ann", "cid", "dan", "tom"):
            accounts.account_add(tx, login, actor=ruth, now=NOW)
        made(tx, "ann", "ruth")
        made(tx, "tom", "ruth", TOWN, by="ann")
    return database


def acting(tx: Tx, login: str, now: datetime = NOW) -> Actor:
    return accounts.load_actor(tx, login, now, training=False)


def made(tx: Tx, login: str, asker: str, scope: str = "", *, by: str = "") -> None:
    """Makes somebody administrator, by two where two are needed."""
    given = accounts.grant(tx, login, "admin", scope=scope, actor=acting(tx, asker), now=NOW)
    if given.waits:
        accounts.approve(tx, given.waits, actor=acting(tx, by), now=NOW)


def take(tx: Tx, login: str, by: str, now: datetime = NOW) -> str:
    return accounts.revoke(tx, login, "admin", actor=acting(tx, by, now), now=now).waits


def agree(tx: Tx, ref: str, by: str, now: datetime = NOW) -> accounts.Given:
    return accounts.approve(tx, ref, actor=acting(tx, by, now), now=now)


def roles(tx: Tx, login: str, now: datetime = NOW) -> list[str]:
    return [one.grant.role for one in accounts.show(tx, login, actor=acting(tx, "ruth", now), now=now).grants]


def refused(kind: type[CareError], tell: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(kind) as told:
        tell(*args, **options)
    assert told.value.advice()
    return told.value.code


def test_of_two_neither_takes_the_others_right_alone(office: Database) -> None:
    """It waits; his account is not closed either; who shall lose it says yes, or no."""
    with office.write() as tx:
        ref = take(tx, "ann", "ruth")
        assert (bool(ref), roles(tx, "ann"), take(tx, "ann", "ruth")) == (True, ["admin"], ref)
        assert refused(NotPermitted, agree, tx, ref, "ruth") == "four_eyes"
        assert refused(Refused, accounts.account_close, tx, "ann", actor=acting(tx, "ruth"), now=NOW) == "admin_by_two"
        assert [one.take for one in accounts.waiting(tx, actor=acting(tx, "ann"), now=NOW)] == [True]
        assert accounts.refuse(tx, ref, actor=acting(tx, "ann"), now=NOW, reason="I stay").state == "refused"
        assert (refused(Refused, agree, tx, ref, "ruth", LATE), roles(tx, "ann")) == ("request_answered", ["admin"])
        assert agree(tx, take(tx, "ann", "ruth"), "ann").changed
        assert accounts.account_close(tx, "ann", actor=acting(tx, "ruth"), now=NOW).closed_at == NOW


def test_a_third_decides_whatever_the_one_says(office: Database) -> None:
    """Whoever shall lose the right can agree, and not refuse; a deputy of whoever asked does not count as another."""
    with office.write() as tx:
        made(tx, "cid", "ruth", by="ann")
        accounts.grant(tx, "ruth", "school", scope=TOWN, actor=acting(tx, "ann"), now=NOW)
        accounts.deputy(tx, "ruth", "cid", actor=acting(tx, "ruth"), now=NOW, until=LATE)
        ref = take(tx, "ann", "ruth")
        assert refused(NotPermitted, accounts.refuse, tx, ref, actor=acting(tx, "ann"), now=NOW, reason="I stay") == "not_permitted"
        assert refused(NotPermitted, agree, tx, ref, "cid") == "four_eyes"
        assert (agree(tx, ref, "cid", LATE).changed, roles(tx, "ann", LATE)) == (True, [])


def test_where_nobody_answers_for_two_weeks_one_is_enough(office: Database) -> None:
    """The other administrator is gone: the office goes on, and it is marked."""
    with office.write() as tx:
        ref = take(tx, "ann", "ruth")
        assert refused(NotPermitted, agree, tx, ref, "ruth", LATE - timedelta(seconds=1)) == "four_eyes"
        assert (agree(tx, ref, "ruth", LATE).eyes, roles(tx, "ann", LATE)) == ("silence", [])


def test_who_is_above_takes_a_townships_alone(office: Database) -> None:
    """And everybody his own; of two of one township neither the other's, and nobody the last one's."""
    with office.write() as tx:
        made(tx, "cid", "ruth", TOWN, by="ann")
        assert take(tx, "cid", "tom")
        assert (take(tx, "cid", "ruth"), take(tx, "tom", "tom"), roles(tx, "cid"), roles(tx, "tom")) == ("", "", [], [])
        assert take(tx, "ann", "ann") == ""
        assert refused(Refused, take, tx, "ruth", "ruth") == "last_admin"


def test_what_nobody_could_take_any_more_is_not_taken(office: Database) -> None:
    """Whoever asked lost his own right, or the right is gone; with an account that is closed it lapses."""
    with office.write() as tx:
        made(tx, "cid", "ruth", by="ann")
        mine, gone = take(tx, "cid", "ann"), take(tx, "ann", "cid")
        take(tx, "ann", "ann")
        assert [refused(Refused, agree, tx, ref, "ruth") for ref in (mine, gone)] == ["request_lapsed", "request_lapsed"]
        accounts.account_close(tx, "ann", actor=acting(tx, "ruth"), now=NOW)
        assert accounts.waiting(tx, actor=acting(tx, "ruth"), now=NOW) == []
