"""Somebody leaves: what lay with him by name goes to another, or back to the role's desk; nothing is lost and nothing goes twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
from sqlalchemy import update

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.small import small
from workflow_core import Task
from workflow_core.access import Actor, Grant, accounts
from workflow_core.access.granting import give
from workflow_core.clock import stamp
from workflow_core.definition import SCHOOL, SUPERVISOR, Change, Deny, deny, hookimpl
from workflow_core.engine import Engine, leaving
from workflow_core.engine.leaving import HandedOver
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.registry import Registry
from workflow_core.store import desk
from workflow_core.store.database import Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case

Towns = Callable[..., Town]
PROGRAM = small(Task("call", "Call", by=SCHOOL), Task("look", "Look", by=SUPERVISOR))


@pytest.fixture
def town(town_of: Towns) -> Town:
    """boss and zoe are administrators; ann (school and supervisor) leaves, bea (school) takes over; cid is administrator elsewhere."""
    made = town_of(PROGRAM)
    now = made.clock.instant
    with made.db.write() as tx:
        for login in ("zoe", "ann", "bea", "cid"):
            accounts.account_add(tx, login, actor=made.admin, now=now)
        held = (
            ("boss", "admin", ""),
            ("zoe", "admin", ""),
            ("cid", "admin", "990101101"),
            ("ann", "school", TOWNSHIP),
            ("ann", "child_supervisor", TOWNSHIP),
            ("bea", "school", TOWNSHIP),
        )
        for login, role, scope in held:
            give(tx, made.admin, login, login, Grant(role, "division", scope, None, stamp(now), None), now)
    return made


def acting(town: Town, login: str) -> Actor:
    with town.db.read() as tx:
        return accounts.load_actor(tx, login, town.clock.instant, training=False, impersonated=True)


def laid(town: Town, *names: str) -> str:
    """A new case of which these tasks lie with ann."""
    ref = town.start()
    for name in names:
        town.engine.assign_task(acting(town, "ann"), f"{ref}.{name}", "ann")
    return ref


def over(town: Town, to: str = "bea", *, by: str = "boss", of: str = "ann", **how: Any) -> HandedOver:
    return town.engine.hand_over_all(acting(town, by), of, to, **how)


def became(done: HandedOver) -> list[tuple[str, str, str]]:
    return [(one.kind, one.ref, one.became) for one in done.items]


def lies(town: Town, ref: str) -> dict[str, str | None]:
    return {one["task"]: one["assignee"] for one in town.rows(ref)}


def test_what_the_other_may_do_is_his_and_the_rest_goes_back_to_the_role(town: Town) -> None:
    """The list names both; the case's history says who handed over to whom, by whom."""
    ref = laid(town, "call", "look")
    done = over(town)
    assert became(done) == [("task", f"{ref}.1", "taken"), ("task", f"{ref}.2", "role")]
    assert lies(town, ref) == {"call": "bea", "look": None}
    last = town.events(ref)[-1]
    assert (last["kind"], last["actor"]) == ("handed_over", "boss")
    assert {name: last["says"][name] for name in ("giver", "to", "tasks", "back")} == {"giver": "ann", "to": "bea", "tasks": ["1"], "back": ["2"]}
    assert [row.ref for row in town.engine.inbox(acting(town, "bea"), mine=True)] == [f"{ref}.1"]
    assert f"{ref}.2" in [row.ref for row in town.engine.inbox(town.supervisor)]


def test_it_may_be_done_again_and_a_dry_run_writes_nothing(town: Town) -> None:
    """The trial says what will be; the second time nothing is there."""
    ref = laid(town, "call", "look")
    tried = over(town, dry_run=True)
    assert lies(town, ref) == {"call": "ann", "look": "ann"}
    assert became(over(town)) == became(tried)
    assert over(town).items == ()
    assert town.kinds(ref).count("handed_over") == 1


def test_a_case_laid_on_the_account_goes_too(town: Town) -> None:
    """To whoever sees it; else it is nobody's by name."""
    ref, other = laid(town), laid(town)
    with town.db.write() as tx:
        tx.execute(Statement(update(case).values(assignee="ann")))
    assert became(over(town)) == [("case", ref, "taken"), ("case", other, "taken")]
    assert became(over(town, "zoe", of="bea")) == [("case", ref, "taken"), ("case", other, "taken")]
    assert became(over(town, "cid", of="zoe")) == [("case", ref, "role"), ("case", other, "role")]


def test_roles_end_and_the_account_is_closed_only_if_that_is_said(town: Town) -> None:
    """What else bears the name is told: rights asked for, deputies; they end with it."""
    laid(town, "call")
    now = town.clock.instant
    with town.db.write() as tx:
        accounts.deputy(tx, "ann", "bea", actor=acting(town, "ann"), now=now, until=now + timedelta(days=3))
        asked = accounts.grant(tx, "ann", "police", scope="990101", actor=acting(town, "zoe"), now=now).waits
    assert became(over(town))[1:] == [("right", asked, "ends"), ("deputy", "bea", "ends")]
    assert acting(town, "ann").grants
    assert over(town, close=True).closed
    with pytest.raises(NotPermitted):
        acting(town, "ann")
    assert all(one.stands_for is None for one in acting(town, "bea").grants)
    with town.db.read() as tx:
        assert accounts.waiting(tx, actor=acting(town, "zoe"), now=now) == []


def test_the_last_administrator_is_told_before_anything_moves(town: Town) -> None:
    """Closing is tried first, also in a trial."""
    ref = town.start()
    town.engine.assign_task(town.teacher, f"{ref}.call", "boss")
    with town.db.write() as tx:
        accounts.revoke(tx, "zoe", "admin", actor=acting(town, "zoe"), now=town.clock.instant)
    for trial in (True, False):
        with pytest.raises(Refused) as told:
            over(town, of="boss", close=True, dry_run=trial)
        assert told.value.code == "last_admin"
    assert lies(town, ref)["call"] == "boss"


def test_who_may_hand_over(town: Town) -> None:
    """Whoever leaves, and an administrator; of another's cases he is told the number alone, and closes nobody."""
    ref = laid(town, "call")
    elsewhere = over(town, by="cid")
    assert (elsewhere.items, elsewhere.elsewhere) == ((), 1)
    with pytest.raises(NotPermitted):
        over(town, by="cid", close=True)
    with pytest.raises(NotPermitted) as told:
        over(town, by="bea")
    assert told.value.advice()
    assert became(over(town, by="ann")) == [("task", f"{ref}.1", "taken")]


def test_to_whom_nothing_is_handed_over(town: Town) -> None:
    """To oneself, to nobody, to an account that is closed; from one that is closed it goes."""
    ref = laid(town, "call")
    for kind, code, to in ((Misused, "hand_over_to_himself", "ann"), (NotFound, "account_unknown", "eve")):
        with pytest.raises(kind) as told:
            over(town, to)
        assert told.value.code == code
    with town.db.write() as tx:
        for login in ("ann", "bea"):
            accounts.account_close(tx, login, actor=acting(town, "boss"), now=town.clock.instant)
    with pytest.raises(Refused) as closed:
        over(town, "bea")
    assert closed.value.code == "account_closed"
    assert became(over(town, "zoe")) == [("task", f"{ref}.1", "role")]


def test_what_is_lent_to_the_other_is_not_his(town: Town) -> None:
    """When the leave is over he could not do it."""
    ref = laid(town, "look")
    now = town.clock.instant
    with town.db.write() as tx:
        accounts.account_add(tx, "dan", actor=acting(town, "boss"), now=now)
        accounts.deputy(tx, "ann", "dan", actor=acting(town, "ann"), now=now, until=now + timedelta(days=3))
    assert became(over(town, "dan"))[0] == ("task", f"{ref}.2", "role")


class Against:
    """A plugin that speaks against everything."""

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        return deny("no") if change.kind == "handed_over" else None


@pytest.mark.parametrize("registry", [Registry.of(), Registry.of(PROGRAM, plugins=[Against()])], ids=["gone", "against"])
def test_no_program_keeps_work_with_whoever_leaves(town: Town, registry: Registry) -> None:
    """One that is gone, or speaks against it: the tasks move, and nothing else of the case."""
    ref = laid(town, "call")
    bare = Engine(town.db, registry, town.clock, training=False, papers=town.engine.runtime.papers)
    assert became(bare.hand_over_all(acting(town, "boss"), "ann", "bea")) == [("task", f"{ref}.1", "taken")]
    assert lies(town, ref)["call"] == "bea"
    assert town.kinds(ref)[-1] == "handed_over"


def test_many_cases_go_some_hundreds_in_a_commit_and_progress_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller commit, so that there are several."""
    monkeypatch.setattr(leaving, "PER_COMMIT", 2)
    refs = [laid(town, "call") for _ in range(5)]
    told: list[tuple[int, int]] = []
    runtime = town.engine.runtime
    together, commits = runtime.together, count(1)

    def counted() -> AbstractContextManager[Tx]:
        next(commits)
        return together()

    monkeypatch.setattr(runtime, "together", counted)
    done = over(town, progress=lambda n, of: told.append((n, of)))
    assert [one.ref.partition(".")[0] for one in done.items] == refs
    assert (told[-1], next(commits)) == ((5, 5), 4)


def test_what_is_taken_back_after_somebody_left_lies_where_everybody_with_the_role_finds_it(town: Town) -> None:
    """Not with the closed account that did it."""
    ref = laid(town, "call")
    town.engine.do_task(acting(town, "ann"), f"{ref}.call")
    over(town, close=True)
    town.engine.undo_task(acting(town, "bea"), f"{ref}.call", "the wrong child was called")
    assert [one["assignee"] for one in town.rows(ref) if one["state"] == "open" and one["task"] == "call"] == [None]
    town.engine.claim_task(acting(town, "bea"), f"{ref}.call")
    assert len(town.engine.inbox(acting(town, "bea"), mine=True)) == 1


def test_what_was_taken_as_a_deputy_is_named_and_stays_with_the_absent_one(town: Town) -> None:
    """It lies with whom the leaving one stood in for, and keeps nobody from closing his account."""
    now = town.clock.instant
    with town.db.write() as tx:
        accounts.account_add(tx, "dan", actor=town.admin, now=now)
        accounts.deputy(tx, "ann", "dan", actor=town.admin, now=now, until=now + timedelta(days=9))
    ref = town.start()
    town.engine.claim_task(acting(town, "dan"), f"{ref}.call")
    assert ("task", f"{ref}.1", "other") in became(over(town, of="dan"))
    assert over(town, of="dan", close=True).closed
    assert lies(town, ref)["call"] == "ann"


def test_what_comes_while_it_runs_is_handed_over_too(town: Town) -> None:
    """Each time anew, until nothing lies there; then the account is closed."""
    refs = [laid(town, "call")]

    def meanwhile(*_: int) -> None:
        if len(refs) < 4:
            refs.append(laid(town, "call", "look"))

    done = over(town, close=True, progress=meanwhile)
    assert (done.closed, done.count("taken"), done.count("role")) == (True, 4, 3)
    assert [lies(town, ref)["call"] for ref in refs] == ["bea"] * 4


@pytest.mark.parametrize("first", ["laying", "closing"])
def test_who_lays_something_on_a_desk_and_who_closes_it_wait_for_each_other(town: Town, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """What is laid before goes to the other; once the account is closed nothing comes there, though it was open when the task was read."""
    ref, keep = town.start(), desk.keep_open
    there, go = Event(), Event()

    def paused(tx: Tx, login: str) -> bool:
        kept = first == "closing" or keep(tx, login)
        if login == "ann" and not there.is_set():
            there.set()
            if town.db.dialect_name == "postgresql" or first == "laying":
                go.wait(0.3 if first == "laying" else 20)
        return kept and keep(tx, login)

    monkeypatch.setattr(desk, "keep_open", paused)
    with ThreadPoolExecutor(1) as pool:
        laying = pool.submit(town.engine.assign_task, acting(town, "bea"), f"{ref}.call", "ann")
        assert there.wait(20)
        closed = over(town, close=True).closed
        go.set()
        refused = laying.exception()
    assert closed
    assert lies(town, ref)["call"] == (None if refused else "bea")
    assert town.db.dialect_name == "sqlite" or (refused is None) == (first == "laying")
    assert refused is None or isinstance(refused, Conflict)
