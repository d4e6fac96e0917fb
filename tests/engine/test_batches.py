"""Batches: one decision over many cases is planned from a consistent snapshot, stored, and carried out once."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from tests.engine.sharing import PROGRAM
from workflow_core.checks import check
from workflow_core.engine import batching, plan_views
from workflow_core.engine.plan_views import Planned
from workflow_core.errors import CareError
from workflow_core.store.database import Database
from workflow_core.store.statement import Statement
from workflow_core.store.tables import case

_COUNT = Statement(select(func.count()).select_from(case))


@pytest.fixture
def sharing(town_of: Callable[..., Town]) -> Town:
    """A town with the sharing program."""
    return town_of(PROGRAM)


def wishes(town: Town, count: int) -> list[str]:
    return [town.engine.open(town.teacher, "sharing.wish", town.child(), {"title": "a book"}).ref for _ in range(count)]


def draw(town: Town, **how: Any) -> Planned:
    return town.engine.plan(town.supervisor, "sharing", "draw", {"seed": "7", **how.pop("given", {})}, division=TOWNSHIP, **how)


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(CareError) as caught:
        call()
    return caught.value.code


def test_a_dry_run_shows_the_plan_and_keeps_nothing(sharing: Town) -> None:
    """The decisions and the summary are there; no plan is stored, no case is changed."""
    refs = wishes(sharing, 3)
    shown = draw(sharing, dry_run=True)
    assert (shown.ref, dict(shown.counts), sorted(str(one["key"]) for one in shown.items)) == ("", {"planned": 3, "done": 0, "refused": 0}, refs)
    assert dict(shown.summary) == {"waiting": 3, "on": "2026-09-01", "township": TOWNSHIP}
    assert sharing.engine.plans(sharing.supervisor) == []
    assert [sharing.stage(ref) for ref in refs] == ["waiting"] * 3


def test_a_plan_is_stored_first_and_carried_out_then(sharing: Town) -> None:
    """Between the two nothing has happened; after it every decision is done, by the person who ran it, and the history names the plan."""
    refs = wishes(sharing, 3)
    planned = draw(sharing)
    assert (planned.state, [sharing.stage(ref) for ref in refs]) == ("planned", ["waiting"] * 3)
    done = sharing.engine.run_plan(sharing.supervisor, planned.ref)
    assert (done.state, dict(done.counts)) == ("done", {"planned": 0, "done": 3, "refused": 0})
    assert [sharing.stage(ref) for ref in refs] == ["called"] * 3
    assert sorted(sharing.engine.show(sharing.teacher, ref).record["rank"] for ref in refs) == [1, 2, 3]
    told = [event for event in sharing.events(refs[0]) if event["kind"] == "told"]
    assert [event["says"]["sender"] for event in told] == [planned.ref]


def test_the_same_plan_twice_changes_nothing(sharing: Town) -> None:
    """A plan that is carried out may be run again."""
    (ref,) = wishes(sharing, 1)
    planned = draw(sharing)
    sharing.engine.run_plan(sharing.supervisor, planned.ref)
    before = sharing.events(ref)
    again = sharing.engine.run_plan(sharing.supervisor, planned.ref)
    assert (again.state, dict(again.counts)) == ("done", {"planned": 0, "done": 1, "refused": 0})
    assert sharing.events(ref) == before


def test_the_answer_depends_on_the_seed_alone(sharing: Town) -> None:
    """The same snapshot and seed give the same plan and digest, another seed another order."""
    wishes(sharing, 12)
    first, again, other = (draw(sharing, dry_run=True, given={"seed": seed}) for seed in ("a", "a", "b"))
    assert [one["key"] for one in first.items] == [one["key"] for one in again.items] != [one["key"] for one in other.items]
    assert first.digest == again.digest == other.digest


def test_what_changed_since_is_refused_and_not_forced(sharing: Town) -> None:
    """Who has left, and whose record was corrected, no longer fits; the rest is done."""
    gone, corrected, kept = wishes(sharing, 3)
    planned = draw(sharing)
    sharing.advance(gone, "leave")
    sharing.engine.edit(sharing.teacher, corrected, {"title": "two books"}, "a slip")
    sharing.engine.note(sharing.teacher, kept, "a note is no change of what the plan saw")
    done = sharing.engine.run_plan(sharing.supervisor, planned.ref)
    assert {str(one["key"]): one["state"] for one in done.items} == {gone: "refused", corrected: "refused", kept: "done"}
    assert {one["refusal"]["code"] for one in done.items if one["refusal"]} == {"plan_stale"}
    assert (done.state, [sharing.stage(ref) for ref in (gone, corrected, kept)]) == ("done", ["gone", "waiting", "called"])


def test_a_guard_that_denies_refuses_its_decision_alone(sharing: Town) -> None:
    """The plan did not ask the guards; the case does, and its record is as it was."""
    free, barred = wishes(sharing, 1)[0], sharing.engine.open(sharing.teacher, "sharing.wish", sharing.child(), {"barred": True}).ref
    done = sharing.engine.run_batch(sharing.supervisor, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP)
    found = {str(one["key"]): (one["state"], one["refusal"] and one["refusal"]["code"]) for one in done.items}
    assert found == {free: ("done", None), barred: ("refused", "not_fired")}
    assert sharing.engine.show(sharing.teacher, barred).record["rank"] == 0


def test_a_plan_opens_cases_as_parts(sharing: Town) -> None:
    """Each decision names the case it opened; what is open already is refused the second time."""
    refs = wishes(sharing, 2)
    sharing.engine.run_batch(sharing.supervisor, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP)
    done = sharing.engine.run_batch(sharing.supervisor, "sharing", "share_out", division=TOWNSHIP)
    assert sorted(str(one["case"]) for one in done.items) == ["SH-26-00001", "SH-26-00002"]
    assert sharing.events("SH-26-00001")[0]["actor"] == "supervisor"
    assert sharing.events("SH-26-00001")[0]["says"]["plan"] == done.ref
    again = sharing.engine.run_batch(sharing.supervisor, "sharing", "share_out", division=TOWNSHIP)
    assert Counter(one["refusal"]["code"] for one in again.items) == {"already_open": 2}
    assert len(refs) == len(sharing.engine.cases(sharing.teacher, workflow="share"))


@pytest.mark.parametrize(
    ("seed", "code"),
    [("other transition", "plan_may_not"), ("open", "plan_may_not"), ("bare", "plan_may_not"), ("outside", "plan_outside"), ("crash", "plan_failed")],
)
def test_a_plan_does_nothing_but_what_it_may(sharing: Town, seed: str, code: str) -> None:
    """One decision too many, and nothing of the plan is kept."""
    wishes(sharing, 2)
    assert refusal(lambda: sharing.engine.plan(sharing.supervisor, "sharing", "astray", {"seed": seed}, division=TOWNSHIP)) == code
    assert sharing.engine.plans(sharing.supervisor) == []


def test_a_stranger_neither_plans_nor_runs_nor_sees(sharing: Town) -> None:
    """It takes one of the roles of ``by``, there; out of scope a plan does not exist."""
    from tests.engine.conftest import actor

    wishes(sharing, 1)
    planned = draw(sharing)
    elsewhere = actor("supervisor", "child_supervisor", scope="990101101")
    assert refusal(lambda: sharing.engine.plan(sharing.teacher, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP)) == "not_permitted"
    assert refusal(lambda: sharing.engine.run_plan(sharing.teacher, planned.ref)) == "not_permitted"
    assert refusal(lambda: sharing.engine.shown_plan(elsewhere, planned.ref)) == "plan_unknown"
    assert sharing.engine.plans(elsewhere) == []


def test_all_that_is_wrong_with_the_input_is_told(sharing: Town) -> None:
    """The seed is typed in: without it nothing is drawn."""
    said = {"most": "0"}
    with pytest.raises(CareError) as caught:
        sharing.engine.plan(sharing.supervisor, "sharing", "draw", said, division=TOWNSHIP)
    assert (caught.value.code, sorted(one.place for one in caught.value.problems)) == ("input_invalid", ["most", "seed"])


def test_one_plan_at_a_time(sharing: Town) -> None:
    """A plan that was not begun gives way to a newer one; one that was begun must be finished or dropped first."""
    wishes(sharing, 2)
    first = draw(sharing)
    second = draw(sharing)
    assert sharing.engine.shown_plan(sharing.supervisor, first.ref).state == "dropped"
    _leave_off(sharing, second.ref, after=1)
    assert refusal(lambda: draw(sharing)) == "plan_unfinished"
    left = sharing.engine.drop_plan(sharing.supervisor, second.ref)
    assert (left.state, dict(left.counts)) == ("dropped", {"planned": 1, "done": 1, "refused": 0})
    assert refusal(lambda: sharing.engine.run_plan(sharing.supervisor, second.ref)) == "plan_dropped"
    assert refusal(lambda: sharing.engine.drop_plan(sharing.supervisor, second.ref)) == "plan_done"
    assert draw(sharing).counts["planned"] == 1


class _Stopped(BaseException):
    """As when the process is told to end."""


def _leave_off(town: Town, ref: str, *, after: int) -> None:
    def stop(count: int) -> None:
        if count == after:
            raise _Stopped

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batching, "PER_COMMIT", 1)
        with pytest.raises(_Stopped):
            town.engine.run_plan(town.supervisor, ref, progress=stop)


def test_a_plan_left_off_is_taken_up_where_it_stands(sharing: Town) -> None:
    """Running the batch again with the same input finishes what was begun; each case is told once."""
    refs = wishes(sharing, 5)
    planned = draw(sharing)
    _leave_off(sharing, planned.ref, after=2)
    assert Counter(sharing.stage(ref) for ref in refs) == {"called": 2, "waiting": 3}
    done = sharing.engine.run_batch(sharing.supervisor, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP)
    assert (done.ref, done.state, done.counts["done"]) == (planned.ref, "done", 5)
    assert {sharing.kinds(ref).count("told") for ref in refs} == {1}


def test_a_plan_left_off_is_told_to_whoever_may_carry_it_on(sharing: Town) -> None:
    """After an hour, until it is carried out; by each turn of the clock too. Whoever may not run it hears nothing."""
    wishes(sharing, 5)
    planned = draw(sharing)
    _leave_off(sharing, planned.ref, after=2)

    def told() -> tuple[list[str], list[str], list[str]]:
        runtime = sharing.engine.runtime
        problems = [one["case"] for one in sharing.engine.tick().problems if one["code"] == "plan_left"]
        return plan_views.left(runtime, sharing.supervisor), plan_views.left(runtime, actor("nobody", "parent")), problems

    assert told() == ([], [], [])
    sharing.clock.instant += timedelta(minutes=61)
    assert told() == ([planned.ref], [], [planned.ref])
    sharing.engine.run_plan(sharing.supervisor, planned.ref)
    assert told() == ([], [], [])


def test_two_who_run_one_plan_do_each_decision_once(sharing: Town) -> None:
    """Both come to the end, and nobody is called twice."""
    refs = wishes(sharing, 24)
    planned = draw(sharing)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batching, "PER_COMMIT", 5)
        both = [Thread(target=sharing.engine.run_plan, args=(sharing.supervisor, planned.ref)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert sharing.engine.shown_plan(sharing.supervisor, planned.ref).counts["done"] == 24
    assert {sharing.kinds(ref).count("told") for ref in refs} == {1}


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.engine.conftest import actor
    from tests.engine.sharing import PROGRAM
    from workflow_core.clock import FixedClock
    from workflow_core.engine import Engine, batching
    from workflow_core.registry import Registry
    from workflow_core.store.database import Database
    from tests.engine.conftest import START

    batching.PER_COMMIT = 30
    engine = Engine(Database(sys.argv[1]), Registry.of(PROGRAM), FixedClock(START), training=False, papers=Path(sys.argv[2]))

    def stop(count):
        if count == 95:
            os.kill(os.getpid(), signal.SIGKILL)

    engine.run_plan(actor("supervisor", "child_supervisor"), sys.argv[3], progress=stop)
"""


def test_a_process_killed_in_the_middle_of_two_hundred_loses_and_doubles_nothing(database_address: str, tmp_path: Path) -> None:
    """Killed without warning, and run again by another process: each of two hundred is called once."""
    town = make_town(Database(database_address), tmp_path, PROGRAM)
    refs = wishes(town, 200)
    planned = draw(town)
    script = [sys.executable, "-c", textwrap.dedent(KILLED), database_address, str(tmp_path), planned.ref]
    ended = subprocess.run(script, cwd=Path(__file__).resolve().parents[2], capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    left = town.engine.shown_plan(town.supervisor, planned.ref)
    assert (left.state, 0 < left.counts["done"] < 200) == ("running", True)
    done = town.engine.run_plan(town.supervisor, planned.ref)
    assert (done.state, done.counts["done"]) == ("done", 200)
    assert sorted(town.engine.show(town.teacher, ref).record["rank"] for ref in refs) == list(range(1, 201))
    assert {town.kinds(ref).count("told") for ref in refs[::20]} == {1}
    town.verify()
    town.db.dispose()


def test_a_snapshot_sees_one_instant(sharing: Town) -> None:
    """What another desk commits while a plan is made is not half seen."""
    wishes(sharing, 1)
    with sharing.engine.survey(sharing.supervisor, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP) as (seen, asked):
        other = Thread(target=wishes, args=(sharing, 2))
        other.start()
        other.join()
        assert (len(seen.sequences[0]), asked.seed) == (1, "7")
    with sharing.db.snapshot() as tx:
        assert tx.value(_COUNT) == 3
        other = Thread(target=wishes, args=(sharing, 1))
        other.start()
        other.join()
        assert tx.value(_COUNT) == 3


def called(town: Town, count: int = 1) -> list[str]:
    """Wishes that are called, each with a share."""
    refs = wishes(town, count)
    town.engine.run_batch(town.supervisor, "sharing", "draw", {"seed": "7"}, division=TOWNSHIP)
    town.engine.run_batch(town.supervisor, "sharing", "share_out", division=TOWNSHIP)
    return refs


def test_a_step_runs_a_batch_over_its_own_parts(sharing: Town) -> None:
    """What the step was given is the batch's input; only this case's parts are in it; what follows is taken when all is done."""
    first, other = called(sharing, 2)
    sharing.advance(first, "settle", seed="x")
    assert (sharing.stage(first), sharing.stage(other)) == ("gone", "called")
    stages = {row.ref: row.stage for row in sharing.engine.cases(sharing.teacher, workflow="share")}
    assert Counter(stages.values()) == {"ended": 1, "shared": 1}
    (ran,) = [one for one in sharing.engine.plans(sharing.supervisor) if one.batch == "ending"]
    assert (ran.state, dict(ran.summary), ran.by) == ("done", {"seed": "x", "of": first}, "system")


def test_an_ordered_batch_that_was_left_off_is_carried_out_by_the_clock(sharing: Town) -> None:
    """The process dies after the commit of the step: the next tick carries the order out, once."""
    (ref,) = called(sharing)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("workflow_core.engine.letters.deliver_on", lambda *_: 0)
        sharing.advance(ref, "settle", seed="x")
    assert sharing.stage(ref) == "settling"
    sharing.wait()
    assert sharing.stage(ref) == "gone"
    sharing.wait(days=1)
    assert [one.batch for one in sharing.engine.plans(sharing.supervisor)].count("ending") == 1


def test_an_ordered_batch_that_died_half_way_is_not_planned_again(sharing: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the plan was made from has changed by then: the clock takes up the one that is stored."""
    (ref,) = called(sharing)
    with monkeypatch.context() as patched:
        patched.setattr(batching, "run", lambda *_, **__: None)
        patched.setattr("workflow_core.store.outbox.sent", lambda *_: False)
        sharing.advance(ref, "settle", seed="x")
    assert [one.state for one in sharing.engine.plans(sharing.supervisor, open_only=True)] == ["planned"]
    monkeypatch.setattr(batching, "survey", lambda *_: pytest.fail("it was planned again"))
    sharing.wait()
    assert sharing.stage(ref) == "gone"
    assert "refused_elsewhere" not in sharing.kinds(ref)


def test_an_order_whose_plan_fails_is_listed_on_its_sender(sharing: Town) -> None:
    """A bug in the plan leaves the case where it is, with a task for whoever oversees it."""
    (ref,) = called(sharing)
    sharing.advance(ref, "settle", seed="crash")
    assert sharing.stage(ref) == "settling"
    assert "refused_elsewhere" in sharing.kinds(ref)
    assert [row["title"] for row in sharing.rows(ref) if row["state"] == "open"] == ["Another case has refused what this one asked of it"]


def test_a_plan_for_one_case_may_yield_its_effects() -> None:
    """No guard may, and a plan is none: the check tells the two apart."""
    assert "guard_signature" not in {one.code for one in check(PROGRAM)}


def test_a_plan_that_says_no_is_told_with_every_reason_and_nothing_is_planned(sharing: Town) -> None:
    """Among its effects, or in their place: what it planned beside the no is dropped."""
    (ref,) = wishes(sharing, 1)
    with pytest.raises(CareError) as caught:
        sharing.engine.run_batch(sharing.supervisor, "sharing", "astray", {"seed": "no"}, division=TOWNSHIP)
    assert (caught.value.code, [one.code for one in caught.value.problems]) == ("denied", ["too_few", "late"])
    assert [one.text() for one in caught.value.problems] == ["1 wait", "it is late"]
    with pytest.raises(CareError) as caught:
        sharing.engine.run_batch(sharing.supervisor, "sharing", "refusing", {}, division=TOWNSHIP)
    assert [one.code for one in caught.value.problems] == ["not_today"]
    assert (sharing.stage(ref), sharing.engine.plans(sharing.supervisor)) == ("waiting", [])
