"""A dozen faults planted in one definition are a dozen findings at once; and what is sound is told to be sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.test_authors import blocks, parts_of, whole
from tools.references import hooks
from workflow_core.checks import check, check_together
from workflow_core.engine.paper_templates import look
from workflow_core.registry import Registry
from workflow_core.registry.hooks import SPECS

ROOT = Path(__file__).resolve().parents[2]
PLANTED = '''
"""Visits at home, with twelve faults."""

from datetime import date

from workflow_core import (
    AUTOMATIC, CHILD, CHILD_DIRECTOR, PER_SUBJECT, SUPERVISOR, SYSTEM, Case, Document, Draft, Escalate, Limit, Program, Role, SetField, Stage, Task, Timer,
    Transition, Workflow, ask, days, form, hookimpl, ref, weeks,
)


@form
class Policy:
    days_between: int = ask("Days between two visits", default=30, ge=1)


@form
class Visits:
    visits: int = ask("Visits", default=0)
    asked_on: date | None = ask("Asked on", default=None)


P, R = ref(Policy), ref(Visits)
MENTOR, READER = Role("mentor", "Mentor"), Role("reader", "Reader", withdrawn=True)
ASKED, VISITED, RESTING, LOST, READ = (
    Stage("asked", "Asked"), Stage("visited", "Visited"), Stage("resting", "Resting"), Stage("lost", "Lost"), Stage("read", "Read"),
)
ENDED = Stage("ended", "Ended", final=True)


def visited(case: Case[Visits, Policy]) -> bool:
    return case.record.visits > 0


VISIT = Task("visit", "Visit", by=CHILD_DIRECTOR, due=days(P.days_betwen), do=[SetField(R.visits, "one")])
CALL = Task("call", "Call", by=CHILD_DIRECTOR, late=[Escalate(MENTOR, "Nobody called")])
NOTE = Document("note", "Note", template="note.html.j2", number="{n}", signed_by=SUPERVISOR)

GO = Transition("go", "Go", source=ASKED, target=VISITED, by=CHILD_DIRECTOR, guards=[visited])
REST = Transition("rest", "Rest", source=VISITED, target=RESTING, by=SYSTEM)
WAKE = Transition("wake", "Wake", source=RESTING, target=VISITED, by=AUTOMATIC)
END = Transition("end", "End", source=(VISITED, RESTING), target=ENDED, by=SUPERVISOR, do=[Draft(NOTE)])
LOSE = Transition("lose", "Lose", source=ASKED, target=LOST, by=SUPERVISOR)
READING = Transition("read", "Read", source=ASKED, target=READ, by=SUPERVISOR)
CLOSE = Transition("close", "Close", source=READ, target=ENDED, by=READER)

TIRED = Timer("tired", VISITED, due=weeks(4), fire=REST)
SILENT = Timer("silent", (ASKED, LOST, READ, RESTING), due=weeks(2), do=[Escalate(SUPERVISOR, "Nothing happens")])
IDLE = Timer("idle", ASKED, due=weeks(1))

VISITING = Workflow(
    "visiting", "Visits", prefix="visit", subject=CHILD, record=Visits, policy=Policy, initial=ASKED,
    stages=[ASKED, VISITED, RESTING, LOST, READ, ENDED], transitions=[GO, REST, WAKE, END, LOSE, READING, CLOSE], tasks={ASKED: [VISIT, CALL]},
    timers=[TIRED, SILENT, IDLE], limits=[Limit("one", "One at a time", size=0, per=PER_SUBJECT, held_in=[ASKED])], open_by=[SUPERVISOR],
)
PROGRAM = Program("visits", "Visits", version=1, policy=Policy, workflows=[VISITING], roles=[READER])


@hookimpl
def careflow_programs() -> list[Program[Policy]]:
    return [PROGRAM]
'''
FAULTS = {
    "prefix_syntax": "visiting.prefix",
    "reference_unknown": "visiting.visit",
    "value_of_other_type": "visiting.visit",
    "unknown_role": "visiting.call",
    "late_never": "visiting.call",
    "guard_answers_bool": "visiting.go",
    "number_pattern": "visiting.note",
    "no_way_to_end": "visiting.lost",
    "only_withdrawn": "visiting.read",
    "timer_for_ever": "visiting.tired",
    "idle_timer": "visiting.idle",
    "limit_size": "visiting.one",
}


def plant(folder: Path) -> Path:
    """The file with the faults; its paper has a template, with which nothing is wrong."""
    file = folder / "program.py"
    file.write_text(PLANTED, encoding="utf-8")
    (folder / "templates").mkdir()
    (folder / "templates/note.html.j2").write_text("<p>{{ child.ref }}</p>", encoding="utf-8")
    return file


def programs_in(text: str, folder: Path) -> Registry:
    file = folder / "program.py"
    file.write_text(text, encoding="utf-8")
    registry = Registry.discover(paths=[file], entry_points=False)
    assert not registry.failed, [one.text() for one in registry.failed.values()]
    return registry


def test_a_dozen_faults_are_a_dozen_findings_at_once(tmp_path: Path) -> None:
    """Each by its own code, at its own place, once; and nothing else."""
    registry = Registry.discover(paths=[plant(tmp_path)], entry_points=False)
    found = check(registry.program("visits"), look(registry))
    assert sorted((one.code, one.place) for one in found) == sorted(FAULTS.items())
    assert len(found) == len(FAULTS) == 12


def test_nothing_is_wrong_with_the_programs_that_come_with_it() -> None:
    """Of no installed program anything is told, warnings among it, nor of what they do to each other."""
    registry = Registry.discover()
    assert not registry.failed
    assert {"dropout_return", "healthcheck", "pairing"} <= set(registry.programs)
    told = [(name, one.code, one.place) for name, program in registry.programs.items() for one in check(program, look(registry))]
    assert told == []
    assert check_together(registry.programs.values()) == []


def test_nothing_is_wrong_with_the_program_of_the_authors_page(tmp_path: Path) -> None:
    """As it stands at the end of the page."""
    parts: dict[str, str] = {}
    for language, _, text in blocks():
        if language == "python" and not text.startswith("from datetime"):
            parts |= {name: body for name, body in parts_of(text).items() if name or body.strip()}
    assert check(programs_in(whole(parts), tmp_path).program("winter_visits")) == []


@pytest.mark.parametrize("name", sorted(SPECS))
def test_what_is_told_of_the_examples_of_hooks_is_true(name: str, tmp_path: Path) -> None:
    """Where one brings a program, it is as small as can be: that nobody hears of a case that lies there is so, and the page of checks says why."""
    registry = programs_in(hooks.examples()[name], tmp_path)
    assert [one.code for program in registry.programs.values() for one in check(program)] == (["stage_can_stall"] if name == "careflow_programs" else [])


@pytest.mark.parametrize("file", sorted((ROOT / "docs/examples").glob("*.py")), ids=lambda path: str(path.name))
def test_nothing_is_wrong_with_the_example_plugins(file: Path) -> None:
    """Each loads, and of its programs nothing is told."""
    registry = Registry.discover(paths=[file], entry_points=False)
    assert not registry.failed
    assert [one.code for program in registry.programs.values() for one in check(program)] == []
