"""Rights that two pairs of eyes give, and what no sequence of giving may come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from workflow_core.access import Actor, Grant, accounts
from workflow_core.access.granting import give
from workflow_core.clock import stamp
from workflow_core.errors import CareError, Misused, NotFound, NotPermitted, Refused
from workflow_core.records import divisions
from workflow_core.store.canonical import load
from workflow_core.store.database import Database, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import journal, journal_payload, place

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COUNTY, TOWN, OTHER = "990101", "990101100", "990101101"
LOGINS = ("ann", "bea", "cid", "dan")


@pytest.fixture
def office(database: Database) -> Database:
    """An office whose maker is ruth; four others have accounts without roles."""
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇", OTHER: "柳林镇", "990102": "云岭县"})
        ruth = accounts.first_account(tx, "ruth", now=NOW)
        for login in LOGINS:
            accounts.account_add(tx, login, actor=ruth, now=NOW)
    return database


@pytest.fixture
def two(office: Database) -> Database:
    """The same with ann as the second administrator."""
    with office.write() as tx:
        assert accounts.grant(tx, "ann", "admin", actor=acting(tx, "ruth"), now=NOW).eyes == "alone"
    return office


def acting(tx: Tx, login: str, now: datetime = NOW, **how: Any) -> Actor:
    return accounts.load_actor(tx, login, now, training=False, **how)


def ask(tx: Tx, login: str, role: str, scope: str = "", *, by: str = "ruth", **options: Any) -> accounts.Given:
    return accounts.grant(tx, login, role, scope=scope, actor=acting(tx, by), now=NOW, **options)


def refused(kind: type[CareError], tx: Tx, ref: str, by: str, now: datetime = NOW) -> str:
    with pytest.raises(kind) as told:
        accounts.approve(tx, ref, actor=acting(tx, by, now), now=now)
    assert told.value.advice()
    return told.value.code


def test_the_only_administrator_makes_the_second_alone_and_nothing_else(office: Database) -> None:
    """It is marked; a county's role waits, an administrator for a township too, and nobody makes himself anything."""
    with office.write() as tx:
        for login, role, scope in [("bea", "county_office", COUNTY), ("bea", "admin", TOWN), ("ruth", "school", "")]:
            given = ask(tx, login, role, scope)
            assert (bool(given.waits), given.granted) == (True, ())
        assert ask(tx, "bea", "school", TOWN).waits == ""
        assert ask(tx, "ann", "admin").eyes == "alone"
        assert ask(tx, "bea", "admin").waits
        assert {one.ref for one in accounts.waiting(tx, actor=acting(tx, "ann"), now=NOW)} == {"G-000001", "G-000002", "G-000003", "G-000004"}


def test_what_an_administrator_gives_himself_waits_for_another(two: Database) -> None:
    """In a township, in a school, for his own cases, for a day; and where he makes himself somebody's deputy, or the absent one is given more meanwhile."""
    with two.write() as tx:
        assert all(ask(tx, "ruth", "school", code, **how).waits for code in (TOWN, OTHER) for how in ({}, {"scope_kind": "own"}, {"until": LATER}))
        assert accounts.waiting(tx, actor=acting(tx, "ann"), now=NOW)[0].grant.scope == TOWN
        assert ask(tx, "bea", "school", TOWN).changed
        made = accounts.deputy(tx, "bea", "ruth", actor=acting(tx, "ruth"), now=NOW, until=LATER)
        assert (len(made.waits), ask(tx, "bea", "police", TOWN).waits) == (1, "")
        assert [one.role for one in acting(tx, "ruth").grants] == ["admin"]
        assert accounts.approve(tx, made.waits[0], actor=acting(tx, "ann"), now=NOW).changed
        assert acting(tx, "ruth").stands_for == ("bea",)


def test_what_a_holder_gives_himself_waits_too(two: Database) -> None:
    """Else a narrower copy would stay when his role is taken back."""
    with two.write() as tx:
        ask(tx, "bea", "school", TOWN)
        ref = ask(tx, "bea", "school", TOWN, by="bea", scope_kind="own").waits
        accounts.revoke(tx, "bea", "school", actor=acting(tx, "ruth"), now=NOW)
        assert refused(Refused, tx, ref, "ann") == "request_lapsed"


def test_the_only_administrator_gives_himself_a_township_and_it_is_marked(office: Database) -> None:
    """A deputyship that he names himself to, as well; what is wider waits."""
    with office.write() as tx:
        assert ask(tx, "ruth", "school", TOWN).eyes == "alone"
        assert ask(tx, "bea", "police", OTHER).eyes == ""
        assert accounts.deputy(tx, "bea", "ruth", actor=acting(tx, "ruth"), now=NOW, until=LATER).waits == ()
        assert ask(tx, "ruth", "school", COUNTY).waits
        marked = [one["says"]["role"] for one in entries(tx) if one["kind"] == "role_granted" and one["says"].get("eyes") == "alone"]
        assert sorted(marked) == ["admin", "police", "school"]


def test_an_administrator_for_a_time_is_not_passed_over(office: Database) -> None:
    """He looks at what lasts longer than his own right, and nobody is alone beside him."""
    with office.write() as tx:
        assert ask(tx, "ann", "admin", until=LATER).eyes == "alone"
        ref = ask(tx, "bea", "admin").waits
        assert ref
        assert accounts.approve(tx, ref, actor=acting(tx, "ann"), now=NOW).changed


def test_a_deputy_is_no_second_pair_of_eyes_for_the_absent_one(two: Database) -> None:
    """Another administrator grants it, or the same one when the leave is over."""
    with two.write() as tx:
        assert accounts.approve(tx, ask(tx, "ruth", "school", TOWN).waits, actor=acting(tx, "ann"), now=NOW).changed
        accounts.deputy(tx, "ruth", "ann", actor=acting(tx, "ruth"), now=NOW, until=LATER)
        ref = ask(tx, "bea", "police", COUNTY).waits
        assert refused(NotPermitted, tx, ref, "ann") == "four_eyes"
        assert [one.barred for one in accounts.waiting(tx, actor=acting(tx, "ann"), now=NOW)] == [True]
        assert accounts.approve(tx, ref, actor=acting(tx, "ann", LATER), now=LATER).changed


def test_nobody_grants_himself_what_no_administrator_asked_for(two: Database) -> None:
    """What a holder of a county's role would pass on, or lend, to an administrator is looked at by the other one."""
    with two.write() as tx:
        accounts.approve(tx, ask(tx, "bea", "police", COUNTY).waits, actor=acting(tx, "ann"), now=NOW)
        lent = accounts.deputy(tx, "bea", "ann", actor=acting(tx, "bea"), now=NOW, until=LATER).waits
        for ref in (*lent, ask(tx, "ann", "police", COUNTY, by="bea").waits):
            assert refused(NotPermitted, tx, ref, "ann") == "four_eyes"
            assert accounts.approve(tx, ref, actor=acting(tx, "ruth"), now=NOW).changed


def test_what_is_asked_for_twice_waits_once(two: Database) -> None:
    """The reference is the same; nothing is written anew."""
    with two.write() as tx:
        first, again = ask(tx, "bea", "police", COUNTY), ask(tx, "bea", "police", COUNTY)
        assert (first.changed, again.changed, again.waits) == (True, False, first.waits)


def test_another_administrator_of_all_of_it_grants(two: Database) -> None:
    """Neither whoever asked, nor one of a part, nor somebody without that right."""
    with two.write() as tx:
        part = ask(tx, "cid", "admin", TOWN)
        assert accounts.approve(tx, part.waits, actor=acting(tx, "ann"), now=NOW).changed
        ref = ask(tx, "bea", "county_office", COUNTY).waits
        assert refused(NotPermitted, tx, ref, "ruth") == "four_eyes"
        assert refused(NotFound, tx, ref, "cid") == "request_unknown"
        assert refused(NotFound, tx, "G-000099", "ann") == "request_unknown"
        assert accounts.waiting(tx, actor=acting(tx, "cid"), now=NOW) == []
        given = accounts.approve(tx, ref, actor=acting(tx, "ann"), now=NOW)
        assert [(one.grant.role, one.by) for one in given.granted] == [("county_office", "ann")]
        assert acting(tx, "bea").may("county_office", division=COUNTY, program="reading")
        assert refused(Refused, tx, ref, "ann") == "request_answered"


def test_a_holder_asks_and_an_administrator_grants(two: Database) -> None:
    """Passing on a county's role that is held takes two, too."""
    with two.write() as tx:
        accounts.approve(tx, ask(tx, "bea", "police", COUNTY).waits, actor=acting(tx, "ann"), now=NOW)
        ref = ask(tx, "cid", "police", COUNTY, by="bea").waits
        assert accounts.approve(tx, ref, actor=acting(tx, "ruth"), now=NOW).changed


def test_what_was_refused_or_taken_back_is_not_granted(two: Database) -> None:
    """A refusal says why; who asked says nothing."""
    with two.write() as tx:
        ref = ask(tx, "bea", "police", COUNTY).waits
        with pytest.raises(Misused):
            accounts.refuse(tx, ref, actor=acting(tx, "ann"), now=NOW, reason=" ")
        assert accounts.refuse(tx, ref, actor=acting(tx, "ann"), now=NOW, reason="she has left").state == "refused"
        assert refused(Refused, tx, ref, "ann") == "request_answered"
        ref = ask(tx, "bea", "police", COUNTY).waits
        assert accounts.refuse(tx, ref, actor=acting(tx, "ruth"), now=NOW).state == "withdrawn"
        assert refused(Refused, tx, ref, "ann") == "request_answered"


def test_what_nobody_could_give_any_more_is_not_granted(two: Database) -> None:
    """Its time is over, or whoever asked is no administrator now; with an account that is closed it lapses."""
    with two.write() as tx:
        late = ask(tx, "bea", "police", COUNTY, until=LATER).waits
        assert refused(Refused, tx, late, "ann", LATER + timedelta(days=1)) == "request_lapsed"
        gone = ask(tx, "bea", "school", COUNTY, by="ann").waits
        accounts.revoke(tx, "ann", "admin", actor=acting(tx, "ann"), now=NOW)
        assert refused(Refused, tx, gone, "ruth") == "request_lapsed"
        accounts.account_close(tx, "bea", actor=acting(tx, "ruth"), now=NOW)
        assert accounts.waiting(tx, actor=acting(tx, "ruth"), now=NOW) == []


def test_what_waited_does_not_hold_for_the_time_before(two: Database) -> None:
    """From when it was granted, or from the day that was asked for, if that is later."""
    with two.write() as tx:
        now, later = ask(tx, "bea", "police", COUNTY).waits, ask(tx, "cid", "police", COUNTY, since=LATER + timedelta(days=1)).waits
        since = [accounts.approve(tx, ref, actor=acting(tx, "ann"), now=LATER).granted[0].grant.since for ref in (now, later)]
        assert since == [stamp(LATER), stamp(LATER + timedelta(days=1))]


def test_the_maker_of_a_training_office_passes_and_it_is_marked(office: Database) -> None:
    """Under another name he does not."""
    with office.write() as tx:
        maker = accounts.load_actor(tx, "ruth", NOW, training=True)
        assert accounts.grant(tx, "bea", "police", scope=COUNTY, actor=maker, now=NOW).eyes == "training"
        named = accounts.load_actor(tx, "ruth", NOW, training=True, impersonated=True)
        assert accounts.grant(tx, "cid", "police", scope=COUNTY, actor=named, now=NOW).waits


def test_the_journal_says_who_asked_who_granted_and_who_was_alone(two: Database) -> None:
    """And why something was refused."""
    with two.write() as tx:
        accounts.approve(tx, ask(tx, "bea", "police", COUNTY).waits, actor=acting(tx, "ann"), now=NOW)
        accounts.refuse(tx, ask(tx, "bea", "school", COUNTY).waits, actor=acting(tx, "ann"), now=NOW, reason="no need")
        told = [(one["actor"], one["kind"], one["says"]) for one in entries(tx)]
    assert [says["eyes"] for _, kind, says in told if kind == "role_granted" and "eyes" in says] == ["alone", "alone"]
    assert [(actor, says["request"], says["asked_by"]) for actor, kind, says in told if kind == "role_granted" and "request" in says] == [
        ("ann", "G-000001", "ruth")
    ]
    assert [(actor, says["reason"]) for actor, kind, says in told if kind == "role_refused"] == [("ann", "no need")]


def entries(tx: Tx) -> Iterator[dict[str, Any]]:
    rows = tx.rows(
        Statement(
            journal.select()
            .with_only_columns(journal.c.actor, journal.c.kind, journal_payload.c.payload)
            .join(journal_payload, (journal_payload.c.stream == journal.c.stream) & (journal_payload.c.n == journal.c.n))
            .order_by(journal.c.at, journal.c.stream, journal.c.n)
        )
    )
    return ({"actor": row["actor"], "kind": row["kind"], "says": load(row["payload"])} for row in rows)


# ------------------------------------------------------------------ what no sequence may come to

START = {
    "ann": Grant("admin", "division", TOWN, None, stamp(NOW), stamp(NOW + timedelta(days=9))),
    "bea": Grant("school", "place", "p1", None, stamp(NOW), None),
    "cid": Grant("police", "division", COUNTY, "reading", stamp(NOW), stamp(NOW + timedelta(days=4))),
    "dan": Grant("child_supervisor", "own", "", None, stamp(NOW), None),
}
"""What the founder gave; from here on the four go on by themselves."""
DAYS = (0, 1, 3, 5, 10, 300)
WHERE = ((COUNTY, None), (TOWN, None), (f"{TOWN}001", None), (OTHER, None), (TOWN, "p1"), (OTHER, "p2"))
PROGRAMS = ("reading", "camp")
STEPS = st.one_of(
    st.tuples(
        st.just("grant"),
        st.sampled_from([(login, one.role) for login, one in START.items()] * 3 + [("ann", "school"), ("ann", "police"), ("cid", "admin")]),
        st.sampled_from(LOGINS),
        st.sampled_from(
            (("division", ""), ("division", COUNTY), ("division", TOWN), ("division", OTHER), ("place", "p1"), ("place", "p2"), ("own", ""), ("own", TOWN))
        ),
        st.sampled_from((None, None, "reading", "camp")),
        st.sampled_from((0, 0, 3)),
        st.sampled_from((None, 3, 5, 300)),
    ),
    st.tuples(st.just("approve"), st.sampled_from(LOGINS), st.integers(1, 4)),
    st.tuples(st.just("deputy"), st.sampled_from(LOGINS), st.sampled_from(LOGINS), st.sampled_from(LOGINS), st.sampled_from(DAYS)),
    st.tuples(st.just("revoke"), st.sampled_from(LOGINS), st.sampled_from(LOGINS), st.sampled_from(("admin", "school", "police"))),
    st.tuples(st.just("wait"), st.sampled_from((1, 3))),
)


@pytest.fixture
def peopled(office: Database) -> Database:
    """The office with two schools, in which the four hold what the founder gave them."""
    with office.write() as tx:
        for place_id, division in (("p1", TOWN), ("p2", OTHER)):
            row = {"place_id": place_id, "ref": f"S-{place_id}", "kind": "school", "name": "小学", "name_key": "小学", "division": division}
            tx.execute(Statement(insert(place)), {**row, "created_at": stamp(NOW), "updated_at": stamp(NOW)})
        for login, held in START.items():
            give(tx, acting(tx, "ruth"), login, accounts.show(tx, login, actor=acting(tx, "ruth"), now=NOW).account_id, held, NOW)
    return office


class _Undone(Exception):
    """Leaves a transaction without its changes."""


def rights(login: str, grants: Iterable[Grant]) -> set[tuple[str, str, str | None, str, int, str]]:
    """Every point at which one of the grants holds: role, division, place, program, day, and whose cases alone, where it is not everybody's."""
    found = set()
    for one in grants:
        for division, spot in WHERE:
            for program in PROGRAMS:
                for day in DAYS:
                    at = stamp(NOW + timedelta(days=day, hours=1))
                    if one.program in (None, program) and one.since <= at and (one.until is None or at < one.until):
                        anybodys = one.covers(division, spot, False)
                        if anybodys or one.covers(division, spot, True):
                            found.add((one.role, division, spot, program, day, "" if anybodys else one.stands_for or login))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_no_giving_by_others_than_the_founder_makes_a_right_that_nobody_held(peopled: Database, steps: list[Any]) -> None:
    """Whatever the four ask, grant, lend and take among themselves, at every point somebody of them held that role, or was administrator there."""
    held = {point for login, one in START.items() for point in rights(login, [one])}
    admin = {point[1:5] for point in held if point[0] == "admin"}
    with suppress(_Undone), peopled.write() as tx:
        day = 0
        for step in steps:
            day += step[1] if step[0] == "wait" else 0
            try:
                with tx.savepoint():
                    tried(tx, step, NOW + timedelta(days=day))
            except CareError:
                continue
        for login in LOGINS:
            now_held = [accounts.load_actor(tx, login, NOW + timedelta(days=one, hours=1), training=False).grants for one in DAYS]
            for role, *point, whose in rights(login, [one for several in now_held for one in several]):
                assert tuple(point) in admin or (role, *point, "") in held or (role, *point, whose) in held, (login, role, point)
        raise _Undone


def tried(tx: Tx, step: Any, now: datetime) -> None:
    if step[0] == "grant":
        _, (by, role), to, (kind, scope), program, since, until = step
        begins, ends = now + timedelta(days=since), None if until is None else now + timedelta(days=until)
        actor = acting(tx, by, now)
        accounts.grant(tx, to, role, actor=actor, now=now, scope=scope, scope_kind=kind, program=program, since=begins, until=ends)
    elif step[0] == "approve":
        accounts.approve(tx, f"G-{step[2]:06d}", actor=acting(tx, step[1], now), now=now)
    elif step[0] == "deputy":
        accounts.deputy(tx, step[2], step[3], actor=acting(tx, step[1], now), now=now, until=now + timedelta(days=step[4]))
    elif step[0] == "revoke":
        accounts.revoke(tx, step[2], step[3], actor=acting(tx, step[1], now), now=now)
