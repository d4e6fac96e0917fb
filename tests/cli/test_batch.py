"""``care batch``: a plan is made, looked at, carried out, left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care, Ran

PLUGIN = '''
"""Wishes that are called in an order that a seed decides."""

from collections.abc import Iterable, Sequence

from workflow_core import CHILD, SCHOOL, SUPERVISOR, SYSTEM, Batch, Case, Desk, Effect, Escalate, Fire, On, Program, SetField, Stage, Summary, Timer
from workflow_core import Transition, Workflow, ask, form, hookimpl, ref, weeks


@form
class Policy:
    places: int = ask("Places", default=3)


@form
class Wish:
    title: str = ask("Title", default="")
    helper: str = ask("Helper", default="", personal=True)


@form
class Helper:
    number: int = ask("Number")
    called: str = ask("Called", personal=True)


@form
class Seed:
    seed: str = ask("Seed")
    helpers: tuple[Helper, ...] = ask("Helpers", default=())


WAITING, CALLED = Stage("waiting", "Waiting"), Stage("called", "Called", final=True)
CALL = Transition("call", "Call", source=WAITING, target=CALLED, by=SYSTEM)
WISH = Workflow(
    "wish", "Wish", prefix="WI", subject=CHILD, record=Wish, policy=Policy, initial=WAITING, stages=[WAITING, CALLED], transitions=[CALL],
    timers=[Timer("slow", WAITING, due=weeks(4), do=[Escalate(SUPERVISOR, "Nobody was called")])], open_by=[SCHOOL],
)


def draw(desk: Desk[Policy], waiting: Sequence[Case[Wish, Policy]], asked: Seed) -> Iterable[Effect]:
    yield Summary({"Waiting": len(waiting)})
    for one in waiting:
        yield On(one, [*(SetField(ref(Wish).helper, helper.called) for helper in asked.helpers), Fire(CALL)])


DRAW = Batch("draw", "Who is called", over=[(Wish, [WAITING])], plan=draw, may=[CALL, Wish], by=[SUPERVISOR], form=Seed)


@hookimpl
def careflow_programs():
    return [Program("wishing", "Wishing", version=1, policy=Policy, workflows=[WISH], batches=[DRAW])]
'''


@pytest.fixture
def wishing(cases: Care, tmp_path: Path) -> Care:
    """Runs ``care`` in an office with two wishes."""
    plugin = tmp_path / "wishing.py"
    plugin.write_text(PLUGIN, encoding="utf-8")

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        return cases("--plugin", plugin, *words, code=code, breaks=breaks)

    call("program", "enable", "wishing", "--township", TOWNSHIP)
    for child in ("C-000001", "C-000002"):
        call("case", "open", "wishing", child)
    return call


def test_a_plan_is_made_looked_at_and_carried_out(wishing: Care) -> None:
    """A trial first; then the plan by its reference; the second run changes nothing."""
    given = ("wishing.draw", "--township", TOWNSHIP, "--set", "seed=7")
    trial = wishing("batch", "plan", *given, "--dry-run", "--json").json["plan"]
    assert (trial["ref"], trial["counts"]["planned"], trial["summary"]) == ("", 2, {"Waiting": 2})
    made = wishing("batch", "plan", *given, "--json").json["plan"]
    assert (made["ref"], made["state"]) == ("PLAN-26-00001", "planned")
    assert "care batch run PLAN-26-00001" in wishing("batch", "plan", *given).out.replace("00002", "00001")
    done = wishing("batch", "run", "PLAN-26-00002", "--json").json["plan"]
    assert (done["state"], done["counts"]["done"]) == ("done", 2)
    assert wishing("batch", "run", "PLAN-26-00002", "--json").json["plan"]["counts"]["done"] == 2
    shown = wishing("batch", "show", "PLAN-26-00002").out
    assert "WI-26-00001" in shown
    assert "carried out" in shown


def test_planned_and_run_in_one(wishing: Care) -> None:
    """And what changed in between is refused, with exit code 1."""
    done = wishing("batch", "run", "wishing.draw", "--township", TOWNSHIP, "--set", "seed=7", "--json").json["plan"]
    assert done["counts"] == {"planned": 0, "done": 2, "refused": 0}
    assert "There is nothing to decide." in wishing("batch", "run", "wishing.draw", "--township", TOWNSHIP, "--set", "seed=8").out


def test_what_is_wrong_is_told(wishing: Care) -> None:
    """No such batch, no such plan, no seed, no division."""
    assert "did you mean draw" in wishing("batch", "plan", "wishing.drav", "--township", TOWNSHIP, "--set", "seed=7", code=5).err
    assert "care batch list" in wishing("batch", "run", "PLAN-26-00099", code=5).err
    assert "seed" in wishing("batch", "plan", "wishing.draw", "--township", TOWNSHIP, code=2).err
    assert "--township" in wishing("batch", "plan", "wishing.draw", "--set", "seed=7", code=2).err
    assert "PROGRAM.BATCH" in wishing("batch", "plan", "draw", code=2).err


def test_a_plan_is_left(wishing: Care) -> None:
    """A dropped plan is not carried out; the list tells the batches there are."""
    ref = wishing("batch", "plan", "wishing.draw", "--township", TOWNSHIP, "--set", "seed=7", "--json").json["plan"]["ref"]
    assert wishing("batch", "drop", ref, "--json").json["plan"]["state"] == "dropped"
    assert "was dropped" in wishing("batch", "run", ref, code=1).err
    listed = wishing("batch", "list", "--json").json
    assert {"batch": "wishing.draw", "title": "Who is called", "by": ["child_supervisor"]} in listed["batches"]
    assert [one["state"] for one in listed["plans"]] == ["dropped"]


def test_who_is_in_a_plan_is_masked_for_programs_too(wishing: Care, tmp_path: Path) -> None:
    """A trial, a plan, its run, the list and what is shown have stars for what forms call personal; what is carried out is whole."""
    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps({"seed": "7", "helpers": [{"number": 1, "called": "韦曲江"}]}), encoding="utf-8")
    given = ("wishing.draw", "--township", TOWNSHIP, "--from", asked, "--json")
    shown = [wishing("batch", "plan", *given, "--dry-run"), wishing("batch", "run", *given, "--dry-run"), wishing("batch", "plan", *given)]
    ref = shown[-1].json["plan"]["ref"]
    shown += [wishing("batch", *words, "--json") for words in (("show", ref), ("run", ref, "--dry-run"), ("list",), ("run", ref), ("show", ref))]
    assert not any("韦曲江" in one.out or "\\u97e6" in one.out for one in shown)
    plan = shown[-1].json["plan"]
    assert plan["input"] == {"seed": "7", "helpers": [{"number": 1, "called": "***"}]}
    assert plan["items"][0]["decision"]["do"][0] == {"effect": "set", "field": "helper", "value": "***"}
    assert wishing("case", "show", plan["items"][0]["case"], "--json").json["case"]["record"]["helper"] == "韦曲江"
