"""Who stands in for whom: what is lent, when it ends, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workflow_core.access import Actor, accounts
from workflow_core.errors import CareError, Conflict, Misused, NotPermitted, Refused
from workflow_core.records import divisions
from workflow_core.store import journal
from workflow_core.store.database import Database, Tx

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
DAY = timedelta(days=1)
COUNTY, TOWN, OTHER = "990101", "990101100", "990101101"


@pytest.fixture
def office(database: Database) -> Database:
    """ruth and zoe are its administrators; ann is supervisor and school in a township, bea, cid and dan hold nothing."""
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇", OTHER: "柳林镇"})
        ruth = accounts.first_account(tx, "ruth", now=NOW)
        for login in ("zoe", "ann", "bea", "cid", "dan"):
            accounts.account_add(tx, login, actor=ruth, now=NOW)
        grant(tx, "zoe", "admin", "")
        grant(tx, "ann", "child_supervisor")
        grant(tx, "ann", "school", until=NOW + 5 * DAY)
    return database


def acting(tx: Tx, login: str, now: datetime = NOW) -> Actor:
    return accounts.load_actor(tx, login, now, training=False)


def grant(tx: Tx, login: str, role: str, scope: str = TOWN, *, by: str = "ruth", now: datetime = NOW, **how: Any) -> accounts.Given:
    return accounts.grant(tx, login, role, scope=scope, actor=acting(tx, by, now), now=now, **how)


def stand_in(tx: Tx, login: str, to: str, *, by: str = "ruth", now: datetime = NOW, days: int = 10, **how: Any) -> accounts.Deputyship:
    return accounts.deputy(tx, login, to, actor=acting(tx, by, now), now=now, **{"until": now + days * DAY, **how})


def roles(tx: Tx, login: str, now: datetime = NOW) -> list[tuple[str, str | None]]:
    return sorted((one.role, one.stands_for) for one in acting(tx, login, now).grants)


def test_a_deputy_holds_what_the_absent_one_holds_as_long(office: Database) -> None:
    """Not before, not after, and nothing for longer than the absent one; it ends by itself."""
    with office.write() as tx:
        stand_in(tx, "ann", "bea", by="ann", since=NOW + DAY)
        held = [roles(tx, "bea", NOW + days * DAY) for days in (0, 1, 6, 10)]
        assert held == [[], [("child_supervisor", "ann"), ("school", "ann")], [("child_supervisor", "ann")], []]
        assert acting(tx, "bea", NOW + DAY).stands_for == ("ann",)


def test_what_the_absent_one_is_given_or_loses_meanwhile_the_deputy_does_too(office: Database) -> None:
    """At once."""
    with office.write() as tx:
        stand_in(tx, "ann", "bea")
        grant(tx, "ann", "clinic", now=NOW + DAY)
        assert ("clinic", "ann") in roles(tx, "bea", NOW + DAY)
        accounts.revoke(tx, "ann", "child_supervisor", actor=acting(tx, "ruth", NOW + DAY), now=NOW + DAY)
        assert roles(tx, "bea", NOW + DAY) == [("clinic", "ann"), ("school", "ann")]


def test_an_administrators_right_is_nobodys_to_lend(office: Database) -> None:
    """And a deputy passes on nothing of what he was lent."""
    with office.write() as tx:
        assert grant(tx, "ann", "admin").waits
        accounts.approve(tx, "G-000001", actor=acting(tx, "zoe"), now=NOW)
        stand_in(tx, "ann", "bea")
        assert "admin" not in dict(roles(tx, "bea"))
        with pytest.raises(NotPermitted):
            grant(tx, "cid", "school", by="bea", until=NOW + DAY)
        with pytest.raises(NotPermitted):
            stand_in(tx, "ann", "cid", by="bea", since=NOW + 20 * DAY, until=NOW + 21 * DAY)


def test_a_right_in_a_county_is_lent_by_two(office: Database) -> None:
    """The absent one asks, an administrator grants; nothing of it waits when the leave is over."""
    with office.write() as tx:
        accounts.approve(tx, grant(tx, "cid", "police", COUNTY).waits, actor=acting(tx, "zoe"), now=NOW)
        made = stand_in(tx, "cid", "bea", by="cid")
        assert (len(made.waits), roles(tx, "bea")) == (1, [])
        accounts.approve(tx, made.waits[0], actor=acting(tx, "zoe", NOW + DAY), now=NOW + DAY)
        assert roles(tx, "bea", NOW + DAY) == [("police", "cid")]
        accounts.deputy_end(tx, "cid", actor=acting(tx, "bea", NOW + DAY), now=NOW + DAY)
        assert roles(tx, "bea", NOW + DAY) == []
        again = stand_in(tx, "cid", "dan", by="cid", now=NOW + DAY)
        accounts.deputy_end(tx, "cid", actor=acting(tx, "cid", NOW + DAY), now=NOW + DAY)
        with pytest.raises(Refused) as told:
            accounts.approve(tx, again.waits[0], actor=acting(tx, "zoe", NOW + DAY), now=NOW + DAY)
        assert told.value.code == "request_answered"


def test_all_that_is_wrong_with_a_deputyship_is_told(office: Database) -> None:
    """One without an end, too long, backwards, for the past, by oneself."""
    with office.write() as tx:
        for how, codes in (
            ({"until": None, "to": "ann", "since": NOW - DAY}, ["deputy_himself", "begins_in_the_past", "deputy_without_end"]),
            ({"days": 185}, ["deputy_too_long"]),
            ({"days": 0}, ["ends_before_it_begins"]),
        ):
            words: dict[str, Any] = {"to": "bea", **how}
            with pytest.raises(Misused) as told:
                stand_in(tx, "ann", **words)
            assert [one.code for one in told.value.problems] == codes
            assert all(one.advice() for one in told.value.problems[:-1])


@pytest.mark.parametrize(
    ("before", "login", "to", "kind", "code"),
    [
        ([("ann", "bea")], "ann", "cid", Conflict, "deputy_overlaps"),
        ([("ann", "dan")], "dan", "ann", Refused, "deputy_circular"),
        ([("ann", "dan")], "dan", "bea", Refused, "deputy_stands_in"),
        ([("dan", "bea")], "ann", "dan", Refused, "deputy_away"),
        ([], "cid", "bea", Refused, "deputy_of_nothing"),
    ],
)
def test_two_deputies_circles_and_chains_are_refused(
    office: Database, before: list[tuple[str, str]], login: str, to: str, kind: type[CareError], code: str
) -> None:
    """While they would meet; afterwards they may follow each other."""
    with office.write() as tx:
        grant(tx, "dan", "clinic")
        for one, other in before:
            stand_in(tx, one, other, days=3)
        with pytest.raises(kind) as told:
            stand_in(tx, login, to, days=2)
        assert told.value.code == code
        assert told.value.advice()
        if before:
            stand_in(tx, login, to, since=NOW + 3 * DAY)


def test_who_may_say_who_stands_in(office: Database) -> None:
    """Whoever goes away, an administrator of all that he holds; a colleague does not, nor an administrator elsewhere."""
    with office.write() as tx:
        accounts.approve(tx, grant(tx, "cid", "admin", OTHER).waits, actor=acting(tx, "zoe"), now=NOW)
        grant(tx, "dan", "school")
        for by in ("cid", "dan"):
            with pytest.raises(NotPermitted) as told:
                stand_in(tx, "ann", "bea", by=by)
            assert told.value.code == "not_permitted"
        stand_in(tx, "ann", "bea")
        with pytest.raises(NotPermitted):
            accounts.deputy_end(tx, "ann", actor=acting(tx, "dan"), now=NOW)


def test_a_closed_account_neither_lends_nor_stands_in(office: Database) -> None:
    """What it lent or was lent ends with it; nobody names it any more."""
    with office.write() as tx:
        stand_in(tx, "ann", "bea")
        grant(tx, "cid", "clinic")
        stand_in(tx, "cid", "dan")
        accounts.account_close(tx, "ann", actor=acting(tx, "ruth"), now=NOW + DAY)
        accounts.account_close(tx, "dan", actor=acting(tx, "ruth"), now=NOW + DAY)
        assert roles(tx, "bea", NOW + DAY) == []
        assert accounts.show(tx, "cid", actor=acting(tx, "ruth"), now=NOW + DAY).deputies == ()
        with pytest.raises(Refused) as told:
            stand_in(tx, "cid", "dan", now=NOW + DAY)
        assert told.value.code == "account_closed"


def test_it_is_listed_and_in_the_journal(office: Database) -> None:
    """On both accounts; the chain holds."""
    with office.write() as tx:
        before = journal.verify_all(tx).entries
        stand_in(tx, "ann", "bea")
        for login in ("ann", "bea"):
            shown = accounts.show(tx, login, actor=acting(tx, "ruth"), now=NOW).deputies
            assert [(one.login, one.deputy, one.by) for one in shown] == [("ann", "bea", "ruth")]
        after = journal.verify_all(tx)
        assert (after.entries - before, after.findings) == (3, [])


@pytest.mark.parametrize("login", ["zoe", "ann", "nobody"])
def test_who_may_not_is_not_told_who_there_is_and_what_they_hold(office: Database, login: str) -> None:
    """A clerk is answered the same of an administrator, of who has two roles and a deputy, and of nobody."""
    with office.write() as tx:
        grant(tx, "ann", "school", OTHER)
        grant(tx, "dan", "clinic", OTHER)
        stand_in(tx, "ann", "bea")
        clerk, told = acting(tx, "dan"), set()
        for ask in (
            lambda: accounts.revoke(tx, login, "school", actor=clerk, now=NOW),
            lambda: accounts.deputy_end(tx, login, actor=clerk, now=NOW),
            lambda: accounts.deputy(tx, login, "cid", actor=clerk, now=NOW, until=NOW + DAY),
        ):
            with pytest.raises(CareError) as refused:
                ask()
            told.add(refused.value.code)
        assert told == {"not_permitted"}


def test_closing_takes_what_one_stands_in_for_from_whom_one_does_not_administer(office: Database) -> None:
    """A deputy's own account is closed by who administers what he holds himself."""
    with office.write() as tx:
        accounts.approve(tx, grant(tx, "cid", "admin", OTHER).waits, actor=acting(tx, "zoe"), now=NOW)
        grant(tx, "bea", "school", OTHER)
        stand_in(tx, "ann", "bea")
        accounts.account_close(tx, "bea", actor=acting(tx, "cid"), now=NOW + DAY)
        assert accounts.show(tx, "ann", actor=acting(tx, "ruth"), now=NOW + DAY).deputies == ()
