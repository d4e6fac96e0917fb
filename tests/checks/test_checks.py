"""Everything that can be wrong with a program is told, with its code and nothing else, and its mended twin is clean."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.checks.samples import SAMPLES, Sample, entering, findings, loan, program
from workflow_core import Notify, Role, Stage, Transition, filled, ref
from workflow_core.checks import CODES, WHY, Finding, check
from workflow_core.definition import SCHOOL
from workflow_core.engine.paper_templates import look
from workflow_core.registry import Registry

FILES = [import_module(f"tests.checks.{path.stem}") for path in sorted(Path(__file__).parent.glob("samples_*.py"))]
"""The samples file themselves in ``SAMPLES`` when they are imported."""


def told(found: list[Finding]) -> str:
    return "\n".join(f"{one.code} at {one.place}: {one.text()} ({one.advice()})" for one in found)


@pytest.mark.parametrize(("code", "sample"), SAMPLES, ids=[f"{code}-{sample.__name__}" for code, sample in SAMPLES])
def test_a_fault_is_told_by_its_code_alone_and_its_mended_twin_is_clean(code: str, sample: Sample) -> None:
    """The wrong program gives exactly this code; the right one gives nothing."""
    found = findings(sample(False))
    assert {one.code for one in found} == {code}, told(found)
    assert {one.severity for one in found} == {CODES[code].severity}
    assert not findings(sample(True)), told(findings(sample(True)))


def test_every_code_has_a_sample() -> None:
    """No code is without a program that shows it, except what needs a whole file, which is tested below, and templates, which lie beside one."""
    assert {sample.__module__ for _, sample in SAMPLES} == {file.__name__ for file in FILES}
    assert set(CODES) - {code for code, _ in SAMPLES} == {
        "unused_part",
        "template_missing",
        "field_unknown",
        "personal_in_public",
        "template_unsound",
        "deprecated_name",
    }


def test_the_sound_program_is_clean() -> None:
    """The program that all samples are changes of has no fault."""
    assert check(program()) == []


def test_everything_is_told_at_once() -> None:
    """Faults of different families come together, errors before warnings, each with a place, a message and a hint."""
    lost = Stage("lost", "Lost")
    wrong = Transition("lose", "Lose", source=Stage("lent", "Lent"), target=lost, by=(), guards=[filled(ref(Transition))])
    found = check(program(loan(prefix="x", stages=[*loan().stages, lost], transitions=[*loan().transitions, wrong])))
    assert {"prefix_syntax", "nobody_may", "no_way_to_end", "foreign_field", "stage_can_stall"} <= {one.code for one in found}
    assert [one.severity for one in found] == sorted(one.severity for one in found)
    for one in found:
        assert one.place
        assert "{" not in one.text() + one.advice()
        assert one.as_dict()["severity"] in ("error", "warning")


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """Did you mean: for stages, roles and fields alike."""
    found = check(entering(Notify(Role("scool", "School"), "late")))
    assert [one.advice() for one in found] == ["did you mean school?"]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_documented(code: str) -> None:
    """One sentence says what a code means; message and hint are texts for people."""
    about = CODES[code]
    assert about.meaning.endswith(".")
    assert about.message
    assert about.hint
    assert WHY[code].endswith(".")


FILE = """
from workflow_core import *

@form
class Record:
    note: str = ask("Note", default="")

@form
class Policy:
    n: int = ask("N", default=1)

A, B = Stage("a", "A"), Stage("b", "B", final=True)
END = Transition("end", "End", source=A, target=B, by=SCHOOL)
LOOK = Task("look", "Look", by=SCHOOL, due=days(3), late=[Escalate(SUPERVISOR, "late")])
W = Workflow("w", "W", prefix="W", subject=None, record=Record, policy=Policy, initial=A, stages=[A, B], transitions=[END], tasks={A: [LOOK]}, open_by=[SCHOOL])
PROGRAM = Program("p", "P", version=1, policy=Policy, workflows=[W])

@hookimpl
def careflow_programs():
    return [PROGRAM]
"""


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('LOST = Stage("lost", "Lost")', "unused_part"),
        ('MORE = Transition("more", "More", source=A, target=B, by=SCHOOL)', "unused_part"),
        ('TICK = Timer("tick", A, due=days(1), fire=END)', "unused_part"),
        ('VISIT = Task("visit", "Visit", by=SCHOOL)', "task_never_opened"),
    ],
)
def test_what_a_file_defines_and_forgets_is_told(tmp_path: Path, line: str, code: str) -> None:
    """A part that a program's file defines and that no workflow uses is most likely forgotten."""
    path = tmp_path / "program.py"
    path.write_text(FILE, encoding="utf-8")
    assert check(Registry.discover(paths=[path], entry_points=False).program("p")) == []
    path.write_text(FILE + line, encoding="utf-8")
    assert [one.code for one in check(Registry.discover(paths=[path], entry_points=False).program("p"))] == [code]


def test_the_checks_need_no_library() -> None:
    """A definition is checked without the store, the machine, the templates or the validator being imported."""
    asked = "import sys, workflow_core.checks; print(sorted({'sqlalchemy', 'transitions', 'jinja2', 'pydantic', 'alembic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_programs_that_come_with_it_are_sound() -> None:
    """Every installed program that is ours has no finding."""
    programs = Registry.discover().programs
    assert "dropout_return" in programs
    found = check(programs["dropout_return"], look(Registry.discover()))
    assert found == [], told(found)


def test_a_role_may_be_named_alone_or_among_several() -> None:
    """``by=SCHOOL`` and ``by=[SCHOOL]`` are both sound."""
    assert check(program(loan(transitions=[*loan().transitions, Transition("end", "End", source=loan().initial, target=loan().stages[-1], by=[SCHOOL])]))) == []
