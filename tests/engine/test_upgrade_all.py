"""A program with everything about its cases at once, upgraded under way and taken back: nothing is lost, nothing comes twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.fair import LETTER, fair
from tests.engine.test_upgrade import ADMIN, MakeTown, code_of
from workflow_core import Program
from workflow_core.checks import check
from workflow_core.clock import stamp
from workflow_core.engine import Engine
from workflow_core.engine.expecting import expectations
from workflow_core.engine.upgrade_undo import undo
from workflow_core.engine.upgrading import Upgraded, upgrade
from workflow_core.office.doctor import Checkup, examine_rows
from workflow_core.registry import Registry
from workflow_core.store import outbox
from workflow_core.store.doctor_papers import numbers
from workflow_core.store.tables import line as line_table

CAMP, SEATED, FIRST, NEXT, ASKED = "CA-26-00001", "CP-26-00001", "CP-26-00002", "CP-26-00003", "CP-26-00004"
SERVER = {"office_unguarded", "setting_unsafe"}


def install(town: Town, program: Program[Any]) -> None:
    papers = Path(town.engine.runtime.papers)
    town.engine = Engine(town.db, Registry.of(program), town.clock, training=False, papers=papers, templates=papers / "templates")


def move(town: Town, **how: Any) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "fair", **how)


def sound(town: Town) -> None:
    """Chains, rows, places, lines and the clock are as the installed version would have them."""
    town.verify()
    told = [one.problem.code for one in examine_rows(town.db, Checkup("")).findings]
    assert set(told) <= SERVER, told
    with town.db.read() as tx:
        for one in expectations(town.engine.runtime, tx, town.clock.instant):
            assert (one.error, one.holds, list(one.lines)) == ("", one.held, []), one.ref
            assert one.wake is None or (one.wake_at is not None and one.wake_at <= stamp(one.wake)), one.ref


def moved(town: Town, program: Program[Any] | None = None) -> None:
    """All five cases, in the trial as in truth; the office is whole."""
    install(town, program or fair(2))
    assert [one.problem for one in move(town, dry_run=True).cases if one.problem] == []
    assert move(town).done == 5
    sound(town)


def back(town: Town) -> None:
    """All five cases again."""
    assert undo(town.engine.runtime, ADMIN, "fair").done == 5
    install(town, fair(1))
    sound(town)


def waiting(town: Town) -> set[str]:
    """The names of the limits for whose places cases stand in line."""
    with town.db.read() as tx:
        return {row.limit_name for row in tx.rows(select(line_table))}


def about(town: Town, name: str) -> list[tuple[str, str]]:
    return [(one["about"], one["state"]) for one in town.rows(CAMP, name)]


@pytest.fixture
def town(town_of: MakeTown, tmp_path: Path) -> Town:
    """A camp with one seat that is taken, a line of two, and one who has not lined up; somebody is away, papers and tasks are under way."""
    town = town_of(fair(1))
    (tmp_path / "templates/fair").mkdir(parents=True)
    (tmp_path / "templates/fair/note.html.j2").write_text(LETTER, encoding="utf-8")
    install(town, fair(1))
    town.engine.open(town.teacher, "fair.camp", TOWNSHIP, {"groups": [{"number": 1}, {"number": 2}]})
    for place in range(1, 5):
        town.engine.open(town.teacher, "fair.camper", town.child(), {"place": place}, whole=CAMP)
    for ref in (SEATED, FIRST, NEXT):
        town.advance(ref, "line_up")
    assert town.engine.tick().problems == []
    assert [town.stage(ref) for ref in (SEATED, FIRST, NEXT, ASKED)] == ["offered", "line", "line", "asked"]
    town.do(f"{CAMP}.vet:1")
    town.engine.claim_task(town.teacher, f"{FIRST}.tidy")
    for ref in (SEATED, FIRST):
        town.engine.draft(town.supervisor, ref, "note")
    town.engine.sign(town.supervisor, f"{SEATED}.p1")
    at = town.clock.instant
    town.engine.enter(town.teacher, CAMP, "out", {"guest": SEATED, "left_at": at.isoformat(), "back_by": (at + timedelta(minutes=60)).isoformat()})
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr("workflow_core.engine.letters.deliver_on", lambda runtime, ids: 0)
        town.advance(SEATED, "cheer")
    return town


def test_the_map_is_sound_on_the_version_it_leads_from() -> None:
    """The check says nothing of the upgrade."""
    new = fair(2)
    kept = Program(
        "fair", "Fair", version=2, policy=new.policy, workflows=new.workflows, batches=new.batches, upgrades=new.upgrades, previous=[fair(1)]
    )  # fmt: skip
    assert [one for one in check(kept) if one.code.startswith("upgrade")] == []


def test_all_of_it_moves_and_is_taken_back_as_it_was(town: Town) -> None:
    """Twice: what is taken back can move again."""

    def told() -> list[Any]:
        return [*((town.stage(ref), town.rows(ref)) for ref in every), town.inbox(town.teacher), town.inbox(town.supervisor)]

    every = (CAMP, SEATED, FIRST, NEXT, ASKED)
    before = told()
    assert [(one.case, one.name) for one in town.inbox(town.teacher, mine=True)] == [(FIRST, "tidy")]
    for _ in range(2):
        moved(town)
        assert [town.stage(ref) for ref in every] == ["on", "seated", "queue", "queue", "wished"]
        assert [(one.case, one.name) for one in town.inbox(town.teacher, mine=True)] == [(FIRST, "clean")]
        assert waiting(town) == {"places"}
        back(town)
        assert told() == before
        assert waiting(town) == {"seats"}


@pytest.mark.parametrize("returned", [False, True])
def test_a_place_that_is_free_goes_to_the_next_in_line_once(town: Town, returned: bool) -> None:
    """Under the new name, and under the old one after all was taken back."""
    moved(town)
    if returned:
        back(town)
    town.advance(SEATED, "give_back")
    assert town.engine.tick().problems == []
    seated, stands = ("offered", "line") if returned else ("seated", "queue")
    assert [town.stage(ref) for ref in (SEATED, FIRST, NEXT)] == ["gone", seated, stands]
    assert (town.kinds(FIRST).count("advanced"), town.kinds(NEXT).count("advanced")) == (2, 1)
    sound(town)


def test_no_place_is_given_while_half_of_them_wait(town: Town) -> None:
    """The whole has not moved, so nobody knows how many seats it has: the line stands until all have, then it moves."""
    install(town, fair(2))
    assert move(town, case=SEATED).done == 1
    assert move(town, case=NEXT).done == 1
    town.advance(SEATED, "give_back")
    town.engine.tick()
    assert town.stage(NEXT) == "queue"
    assert move(town).done == 3
    assert town.engine.tick().problems == []
    assert [town.stage(ref) for ref in (FIRST, NEXT)] == ["seated", "queue"]
    sound(town)


@pytest.mark.parametrize("returned", [False, True])
@pytest.mark.parametrize("due", ["before", "after"])
def test_the_alarm_of_an_entry_comes_once(town: Town, due: str, returned: bool) -> None:
    """Whether its time comes while the cases wait, or later; the one who is away is found under the new names."""
    if due == "before":
        town.clock.instant += timedelta(minutes=80)
    moved(town)
    if returned:
        back(town)
    if due == "after":
        town.clock.instant += timedelta(minutes=80)
    assert town.engine.tick().late == 1
    town.wait(days=1)
    assert town.stage(SEATED) == ("missing" if returned else "lost")
    assert town.kinds(CAMP).count("entry_late") == 1
    assert [one.title for one in town.inbox(town.supervisor)].count("Somebody is not back") == 1
    sound(town)


def test_what_was_done_of_each_stays_done(town: Town) -> None:
    """The other is asked for under the new name, and who comes is too; the roll is called at its times."""
    moved(town)
    assert about(town, "examine") == [("1", "done"), ("2", "open")]
    town.engine.edit(town.teacher, CAMP, {"groups": [{"number": one} for one in (1, 2, 3)]}, "one more")
    town.do(f"{CAMP}.examine:2")
    assert about(town, "examine") == [("1", "done"), ("2", "done"), ("3", "open")]
    town.wait(days=2)
    assert [(one["at"], one["state"]) for one in town.rows(CAMP, "count")] == [("2026-09-01T12:00", "missed"), ("2026-09-02T12:00", "open")]
    sound(town)


def test_a_roll_that_is_open_stays_the_same_one(town: Town) -> None:
    """It is not asked a second time under its new name, nor when it is taken back."""
    town.clock.instant += timedelta(hours=4)
    town.engine.tick()
    moved(town)
    assert [(one["at"], one["state"]) for one in town.rows(CAMP, "count")] == [("2026-09-01T12:00", "open")]
    back(town)
    town.do(f"{CAMP}.roll")
    moved_again = fair(2)
    install(town, moved_again)
    assert move(town).done == 5
    town.engine.tick()
    assert [(one["at"], one["state"]) for one in town.rows(CAMP, "count")] == [("2026-09-01T12:00", "done")]
    sound(town)


def test_a_letter_arrives_once_and_papers_go_on(town: Town) -> None:
    """The whole counts one cheer; the draft is signed, and its number follows."""
    moved(town)
    town.wait()
    assert town.engine.show(town.teacher, CAMP).record["cheers"] == 1
    with town.db.read() as tx:
        assert outbox.counts(tx) == {"waiting": 0, "dead": 0}
    town.engine.sign(town.supervisor, f"{FIRST}.p1")
    assert [town.engine.paper(town.teacher, f"{ref}.p1").number for ref in (SEATED, FIRST)] == ["高桥镇营〔2026〕1号", "高桥镇营〔2026〕2号"]
    with town.db.read() as tx:
        assert list(numbers(tx)) == []
    town.wait(days=31)
    assert sum(one.title == "Idle" for one in town.inbox(town.supervisor) if one.case == NEXT) == 1
    sound(town)


# ------------------------------------------------------------------ a plan that was stored before


def planned(town: Town, batch: str = "draw") -> str:
    return town.engine.plan(town.supervisor, "fair", batch, division=TOWNSHIP).ref


def refused(town: Town, plan: str) -> list[str]:
    return [str(one["refusal"]["code"]) for one in town.engine.run_plan(town.supervisor, plan).items if one["refusal"]]


@pytest.mark.parametrize("line_up", ["line_up", "stand"])
@pytest.mark.parametrize("batch", ["draw", "double"])
def test_a_stored_plan_is_refused_since_its_cases_were_moved(town: Town, batch: str, line_up: str) -> None:
    """Each decision with the reason; nothing of it comes about, and it is planned anew."""
    plan = planned(town, batch)
    moved(town, fair(2, line_up=line_up))
    assert refused(town, plan) == ["plan_stale"]
    assert town.stage(ASKED) == "wished"
    done = town.engine.run_plan(town.supervisor, planned(town))
    assert (dict(done.counts), town.stage(ASKED)) == ({"planned": 0, "done": 1, "refused": 0}, "queue")
    sound(town)


def test_a_stored_plan_is_refused_while_its_cases_wait(town: Town) -> None:
    """The version of its program is told."""
    plan = planned(town)
    install(town, fair(2))
    assert refused(town, plan) == ["upgrade_needed"]
    assert move(town).done == 5
    sound(town)


def test_a_plan_of_a_batch_that_is_gone_is_told(town: Town) -> None:
    """It can be looked at, and dropped."""
    plan = planned(town)
    moved(town, fair(2, batch="lottery"))
    assert code_of(lambda: town.engine.run_plan(town.supervisor, plan)) == "batch_unknown"
    assert [one.ref for one in town.engine.plans(town.supervisor)] == [plan]
