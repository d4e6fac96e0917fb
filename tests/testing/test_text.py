"""A program as text, for snapshot tests."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.testing.tutoring import EXAMINE, PROGRAM, TUTORING
from workflow_core import Child, Upgrade, Use, ref
from workflow_core.registry import Registry
from workflow_core.testing import program_text


def test_the_text_tells_the_whole_program() -> None:
    """Stages with what waits there and where they lead, guards by name, fields with type and default, due dates by reference."""
    told = program_text(PROGRAM).splitlines()
    for line in (
        "program tutoring 1: Tutoring",
        "    lessons: int = 2, ≥ 1: Lessons before the examination",
        "workflow tutoring (TU), about child: Tutoring",
        "    note: str = '', personal: Note",
        "  first stage begun: Tutored",
        "    task lesson, by school, child_director",
        "    timer silent",
        "    examine → examined, by school",
        "  final stage caught_up: Caught up",
        "    guards: learnt",
        "    schedule: Every(span=weeks(1))",
        "    happened: Lesson.held_on",
        "    due: after(lesson, weeks(3))",
        "    do: Escalate(to=child_supervisor, reason='Nobody teaches this child', urgent=True)",
        "sheet behind",
    ):
        assert line in told, f"{line}\n\n" + "\n".join(told)


def test_a_change_of_a_guard_is_a_change_of_the_text() -> None:
    """Also what the engine's digests do not see."""
    lax = replace(EXAMINE, guards=[])
    changed = replace(PROGRAM, workflows=[replace(TUTORING, transitions=[lax, *TUTORING.transitions[1:]])])
    gone = set(program_text(PROGRAM).splitlines()) - set(program_text(changed).splitlines())
    assert gone == {"    guards: learnt"}


def test_what_a_program_reads_what_becomes_of_older_cases_and_what_it_is_written_for_are_told() -> None:
    """A purpose that is changed is a change that a reviewer sees."""
    uses, upgrade = [Use(ref(Child).village, "for the school's own list")], Upgrade(TUTORING, since=1, tasks={"drill": None})
    told = program_text(replace(PROGRAM, uses=uses, upgrades=[upgrade])).splitlines()
    assert f"  written for version {PROGRAM.api} of the definitions" in told
    assert "  uses Child.village: for the school's own list" in told
    at = told.index("  upgrade of tutoring, since version 1")
    assert told[at + 1] == "    tasks: 'drill'=None"


@pytest.mark.parametrize("name", sorted(Registry.discover().programs))
def test_every_program_has_the_same_text_in_each_process(name: str) -> None:
    """No address, no order of a set, no language in it."""
    imports = "from workflow_core.registry import Registry; from workflow_core.testing import program_text"
    code = f"{imports}; print(program_text(Registry.discover().program('{name}')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"CARE_LANG": "zh_CN", "PYTHONHASHSEED": "7", "PATH": ""}
    )
    here = program_text(Registry.discover().program(name))
    assert done.stdout.rstrip() == here.rstrip()
    assert " at 0x" not in here
    assert str(Path(__file__).anchor + "work") not in here
