"""Accounts, and the giving and taking of roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from workflow_core.access import Actor, Grant, accounts, known_roles
from workflow_core.clock import stamp
from workflow_core.definition import Role
from workflow_core.errors import CareError, Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.records import divisions
from workflow_core.store import journal
from workflow_core.store.database import Database, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import place

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COUNTY, TOWN = "990101", "990101100"
SECOND = Actor("second", (Grant("admin", "division", "", None, "", None),), training=False, account_id="second")


@pytest.fixture
def office(database: Database) -> Database:
    """An office whose maker is ruth; may and ann have accounts without roles; there is one school in the township."""
    with database.write() as tx:
        divisions.take(tx, {"99": "示范省", "9901": "示范市", COUNTY: "青溪县", TOWN: "高桥镇", "990102": "云岭县"})
        ruth = accounts.first_account(tx, "ruth", now=NOW)
        for login in ("may", "ann"):
            accounts.account_add(tx, login, actor=ruth, now=NOW)
        school = {"place_id": "p1", "ref": "S-1", "kind": "school", "name": "高桥镇中心小学", "name_key": "高桥镇中心小学", "division": TOWN}
        tx.execute(Statement(insert(place)), {**school, "created_at": stamp(NOW), "updated_at": stamp(NOW)})
    return database


def acting(tx: Tx, login: str, now: datetime = NOW) -> Actor:
    return accounts.load_actor(tx, login, now, training=False)


def give(tx: Tx, login: str, role: str, scope: str = COUNTY, *, by: str = "ruth", **options: Any) -> accounts.Given:
    """Gives a role; where two pairs of eyes are called for, a second administrator looks too."""
    now = options.pop("now", NOW)
    given = accounts.grant(tx, login, role, scope=scope, actor=acting(tx, by), now=now, **options)
    return accounts.approve(tx, given.waits, actor=SECOND, now=now) if given.waits else given


def refusal(kind: type[CareError], **call: Any) -> CareError:
    with pytest.raises(kind) as told:
        give(**call)
    return told.value


def test_the_maker_of_an_office_is_its_administrator_and_nothing_more(office: Database) -> None:
    """In the whole office; a second first account is refused."""
    with office.write() as tx:
        ruth = acting(tx, "ruth")
        assert ruth.may("admin", division=TOWN)
        assert not ruth.may("school", division=TOWN, program="reading")
        with pytest.raises(Conflict):
            accounts.first_account(tx, "ann", now=NOW)


def test_whoever_has_no_account_may_nothing(office: Database) -> None:
    """An unknown user of the machine is told who can help."""
    with office.read() as tx, pytest.raises(NotPermitted) as told:
        acting(tx, "eve")
    assert told.value.code == "login_unknown"


def test_a_new_account_holds_nothing(office: Database) -> None:
    """Until it is granted a role."""
    with office.read() as tx:
        assert acting(tx, "may").grants == ()


def test_a_role_is_granted_for_a_scope(office: Database) -> None:
    """In a county, in a school by its reference, in one program, for one's own cases."""
    with office.write() as tx:
        give(tx, "may", "child_supervisor")
        give(tx, "may", "school", "S-1", scope_kind="place")
        give(tx, "may", "clinic", TOWN, program="health")
        give(tx, "may", "child_director", "", scope_kind="own")
        may = acting(tx, "may")
        assert may.may("child_supervisor", division=TOWN, program="reading")
        assert may.may("school", division=TOWN, place_id="p1", program="reading")
        assert not may.may("clinic", division=TOWN, program="reading")
        assert may.owns("child_director")


def test_a_grant_begins_and_ends(office: Database) -> None:
    """Before its beginning and from its end on it does not hold."""
    with office.write() as tx:
        give(tx, "may", "school", since=LATER, until=LATER + timedelta(days=1))
        held = [bool(acting(tx, "may", at).grants) for at in (NOW, LATER, LATER + timedelta(hours=23), LATER + timedelta(days=1))]
        assert held == [False, True, True, False]


def test_granting_what_is_held_is_harmless(office: Database) -> None:
    """Nothing is written a second time; a longer grant is another one."""
    with office.write() as tx:
        assert give(tx, "may", "school", until=LATER).changed
        assert not give(tx, "may", "school", until=LATER).changed
        assert give(tx, "may", "school").changed
        assert not give(tx, "may", "school", now=LATER).changed


def test_all_that_is_wrong_with_a_grant_is_told(office: Database) -> None:
    """Role, scope and dates together, with the nearest role."""
    with office.write() as tx:
        told = refusal(Misused, tx=tx, login="may", role="scool", scope="990109", until=NOW - timedelta(days=1))
        assert [(problem.place, problem.code) for problem in told.problems] == [
            ("role", "role_unknown"),
            ("scope", "division_unknown"),
            ("until", "ends_before_it_begins"),
        ]
        assert told.problems[0].advice() == "did you mean school?"
        assert refusal(Misused, tx=tx, login="may", role="school", scope="S-9", scope_kind="place").problems[0].code == "place_unknown"
        assert refusal(NotFound, tx=tx, login="mai", role="school").advice() == "did you mean may?"


def test_the_engines_roles_are_nobodys(office: Database) -> None:
    """Not even an administrator grants them; a program's own role is granted when it is named among the known ones."""
    with office.write() as tx:
        refusal(Misused, tx=tx, login="may", role="system")
        assert give(tx, "may", "court", roles=["court", "school"]).changed


def test_a_withdrawn_role_is_given_to_nobody_and_kept_by_whoever_holds_it(office: Database) -> None:
    """A program that keeps a role for the work in hand says so; no new account gets it."""
    reader = Role("reader", "Reader")
    with office.write() as tx:
        assert give(tx, "may", "reader", roles=known_roles([[reader]])).changed
        gone = known_roles([[replace(reader, withdrawn=True)]])
        assert [one.code for one in refusal(Misused, tx=tx, login="ann", role="reader", roles=gone).problems] == ["role_withdrawn"]
        assert give(tx, "ann", "school", roles=gone).changed
        assert acting(tx, "may").divisions("reader") == (COUNTY,)


def test_an_administrator_grants_any_role_within_the_own_scope(office: Database) -> None:
    """Not beside it, not above it, not for longer than the own grant, not outside the own program."""
    with office.write() as tx:
        give(tx, "may", "admin", COUNTY, until=LATER, program="reading")
        assert give(tx, "ann", "school", TOWN, by="may", until=LATER, program="reading").changed
        elsewhere: list[tuple[str, dict[str, Any]]] = [
            ("990102", {"until": LATER, "program": "reading"}),
            ("9901", {"until": LATER, "program": "reading"}),
            (TOWN, {"program": "reading"}),
            (TOWN, {"until": LATER}),
        ]
        for scope, options in elsewhere:
            assert refusal(NotPermitted, tx=tx, login="ann", role="clinic", scope=scope, by="may", **options).code == "not_permitted"
        assert give(tx, "ann", "school", "S-1", by="may", scope_kind="place", until=LATER, program="reading").changed


def test_nobody_grants_what_he_does_not_hold(office: Database) -> None:
    """A holder passes on the same role within the own scope, and no other."""
    with office.write() as tx:
        give(tx, "may", "school", COUNTY)
        assert give(tx, "ann", "school", TOWN, by="may").changed
        for role, scope in [("clinic", TOWN), ("admin", TOWN), ("school", "9901")]:
            refusal(NotPermitted, tx=tx, login="ann", role=role, scope=scope, by="may")


def test_a_revoked_role_is_gone_at_once(office: Database) -> None:
    """The grant stays on record; what is not held cannot be revoked."""
    with office.write() as tx:
        give(tx, "may", "school")
        assert accounts.revoke(tx, "may", "school", actor=acting(tx, "ruth"), now=LATER).changed
        assert acting(tx, "may", LATER).grants == ()
        assert len(acting(tx, "may").grants) == 1
        with pytest.raises(NotFound):
            accounts.revoke(tx, "may", "school", actor=acting(tx, "ruth"), now=LATER)


def test_one_of_several_is_named(office: Database) -> None:
    """With two scopes of one role, the scope must be said."""
    with office.write() as tx:
        give(tx, "may", "school", TOWN)
        give(tx, "may", "school", "990102")
        with pytest.raises(Misused) as told:
            accounts.revoke(tx, "may", "school", actor=acting(tx, "ruth"), now=NOW)
        assert told.value.context["scopes"] == f"{TOWN}, 990102"
        accounts.revoke(tx, "may", "school", scope="990102", actor=acting(tx, "ruth"), now=LATER)
        assert acting(tx, "may", LATER).divisions("school") == (TOWN,)


def test_a_role_is_taken_by_whoever_could_give_it_or_by_its_holder(office: Database) -> None:
    """An administrator elsewhere cannot; one may give back what is one's own."""
    with office.write() as tx:
        give(tx, "may", "admin", "990102")
        give(tx, "ann", "school", TOWN)
        with pytest.raises(NotPermitted):
            accounts.revoke(tx, "ann", "school", actor=acting(tx, "may"), now=NOW)
        assert accounts.revoke(tx, "ann", "school", actor=acting(tx, "ann"), now=NOW).changed


def test_the_last_administrator_stays(office: Database) -> None:
    """A narrower or a temporary administrator is no successor; a second one is."""
    with office.write() as tx:
        give(tx, "may", "admin", COUNTY)
        give(tx, "ann", "admin", "", until=LATER)
        for attempt in (
            lambda: accounts.revoke(tx, "ruth", "admin", actor=acting(tx, "ruth"), now=NOW),
            lambda: accounts.account_close(tx, "ruth", actor=acting(tx, "ruth"), now=NOW),
        ):
            with pytest.raises(Refused) as told:
                attempt()
            assert told.value.code == "last_admin"
        give(tx, "may", "admin", "")
        assert accounts.revoke(tx, "ruth", "admin", actor=acting(tx, "ruth"), now=NOW).changed


def test_a_closed_account_may_nothing(office: Database) -> None:
    """Its grants end with it, and none is given to it any more."""
    with office.write() as tx:
        give(tx, "may", "school")
        accounts.account_close(tx, "may", actor=acting(tx, "ruth"), now=NOW)
        with pytest.raises(NotPermitted) as told:
            acting(tx, "may", LATER)
        assert told.value.code == "login_closed"
        assert refusal(Refused, tx=tx, login="may", role="school", now=LATER).code == "account_closed"


@pytest.mark.parametrize(("login", "kind"), [("may", Conflict), ("sys tem", Misused), ("system", Misused), ("", Misused)])
def test_a_login_is_a_plain_word_and_its_own(office: Database, login: str, kind: type[CareError]) -> None:
    """Taken, unreadable and reserved logins are refused."""
    with office.write() as tx, pytest.raises(kind):
        accounts.account_add(tx, login, actor=acting(tx, "ruth"), now=NOW)


def test_only_administrators_keep_the_accounts(office: Database) -> None:
    """A school adds nobody and closes nobody."""
    with office.write() as tx:
        give(tx, "may", "school")
        with pytest.raises(NotPermitted):
            accounts.account_add(tx, "eve", actor=acting(tx, "may"), now=NOW)
        with pytest.raises(NotPermitted):
            accounts.account_close(tx, "ann", actor=acting(tx, "may"), now=NOW)


def test_accounts_out_of_scope_are_not_found(office: Database) -> None:
    """An administrator sees whom he administers and who has no role yet; others see themselves."""
    with office.write() as tx:
        give(tx, "may", "admin", "990102")
        give(tx, "ann", "school", "S-1", scope_kind="place")
        assert [one.login for one in accounts.listed(tx, actor=acting(tx, "may"), now=NOW)] == ["may", "ruth"]
        with pytest.raises(NotFound):
            accounts.show(tx, "ann", actor=acting(tx, "may"), now=NOW)
        assert [one.login for one in accounts.listed(tx, actor=acting(tx, "ann"), now=NOW)] == ["ann"]
        shown = accounts.show(tx, "ann", actor=acting(tx, "ruth"), now=NOW)
        assert [(one.grant.role, one.grant.scope, one.by) for one in shown.grants] == [("school", "p1", "ruth")]


def test_the_maker_of_a_training_office_takes_every_role(office: Database) -> None:
    """Speaking for himself; under another name only what that account holds."""
    with office.read() as tx:
        assert accounts.load_actor(tx, "ruth", NOW, training=True).may("school", division=TOWN, program="reading")
        assert not accounts.load_actor(tx, "ruth", NOW, training=True, impersonated=True).may("school", division=TOWN, program="reading")
        assert not accounts.load_actor(tx, "may", NOW, training=True).may("school", division=TOWN, program="reading")


def test_an_account_is_tied_to_a_user_of_the_machine(office: Database) -> None:
    """The login need not be the user's name; the user's name alone opens the account."""
    with office.write() as tx:
        accounts.account_add(tx, "supervisor1", os_user="wang", actor=acting(tx, "ruth"), now=NOW)
        assert acting(tx, "wang").login == "supervisor1"
        with pytest.raises(NotPermitted):
            acting(tx, "supervisor1")
        assert accounts.load_actor(tx, "supervisor1", NOW, training=True, impersonated=True).login == "supervisor1"


def test_every_change_is_in_the_journal(office: Database) -> None:
    """Under the account's day: three accounts and one grant of the beginning, then each change; what another must grant is there when it is asked for too."""
    with office.write() as tx:
        before = journal.verify_all(tx).entries
        give(tx, "may", "school")
        accounts.revoke(tx, "may", "school", actor=acting(tx, "ruth"), now=NOW)
        accounts.account_close(tx, "may", actor=acting(tx, "ruth"), now=NOW)
        after = journal.verify_all(tx)
        assert (before, after.entries, after.findings) == (4, 8, [])


def test_a_role_for_ones_own_cases_is_passed_on_to_nobody(office: Database) -> None:
    """Another's own cases are others; a township's administrator gives it for cases that lie there, and no administrator's right is one's own or a place's."""
    with office.write() as tx:
        give(tx, "may", "school", "", scope_kind="own")
        refusal(NotPermitted, tx=tx, login="ann", role="school", scope="", scope_kind="own", by="may")
        give(tx, "may", "admin", TOWN)
        refusal(NotPermitted, tx=tx, login="ann", role="clinic", scope="", scope_kind="own", by="may")
        assert give(tx, "ann", "clinic", TOWN, by="may", scope_kind="own").changed
        ann = acting(tx, "ann")
        assert [ann.may("clinic", division=where, assignee="ann") for where in (TOWN, "990102")] == [True, False]
        for kind, scope in (("place", "S-1"), ("own", TOWN)):
            told = refusal(Misused, tx=tx, login="ann", role="admin", scope=scope, scope_kind=kind)
            assert [one.code for one in told.problems] == ["admin_of_a_division"]


def test_nobody_is_given_a_right_for_the_past(office: Database) -> None:
    """Nor for a program that is not there."""
    with office.write() as tx:
        told = refusal(Misused, tx=tx, login="may", role="school", since=NOW - timedelta(days=1), program="reading", programs=["camp"])
        assert [one.code for one in told.problems] == ["program_unknown", "begins_in_the_past"]


def test_an_administrator_for_a_time_takes_what_he_could_not_give_for_good(office: Database) -> None:
    """Ending needs less than giving: whoever administers it today may, also what was there before him."""
    with office.write() as tx:
        give(tx, "ann", "school", TOWN)
        give(tx, "may", "admin", COUNTY, until=LATER + timedelta(days=1))
        assert accounts.revoke(tx, "ann", "school", actor=acting(tx, "may", LATER), now=LATER).changed
