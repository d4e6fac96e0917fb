"""``care plugin check``: several at once, for people, for scripts, for CI and before a commit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.test_planted import FAULTS, plant
from tests.cli.helping import Care
from tools.run_readme import ROOT

SOUND = """
from workflow_core import SCHOOL, SUPERVISOR, Escalate, Program, Refer, Stage, Timer, Transition, When, Workflow, ask, form, hookimpl, is_, ref, weeks

@form
class Record:
    note: str = ask("Note", default="")

@form
class Policy:
    n: int = ask("N", default=1)

A, B = Stage("a", "A"), Stage("b", "B", final=True)
END = Transition("end", "End", source=A, target=B, by=SCHOOL)
LATE = Timer("late", A, due=weeks(2), do=[Escalate(SUPERVISOR, "late")])
W = Workflow("w", "W", prefix="{prefix}", subject=None, record=Record, policy=Policy, initial=A, stages=[A, B], transitions=[END], timers=[LATE],
             enter={enter}, open_by=[SCHOOL])

@hookimpl
def careflow_programs():
    return [Program("{name}", "P", version=1, policy=Policy, workflows=[W])]
"""
CHANNEL = """
from workflow_core import Channel, hookimpl

@hookimpl
def careflow_channels():
    return [Channel("nowhere", lambda message: None)]
"""


def written(folder: Path, name: str, *, prefix: str = "W", enter: str = "{}", file: str = "") -> Path:
    """A program's file."""
    path = folder / (file or f"{name}.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SOUND.replace("{prefix}", prefix).replace("{enter}", enter).replace("{name}", name), encoding="utf-8")
    return path


def test_everything_is_told_as_one_document(care: Care, tmp_path: Path) -> None:
    """The fields that scripts rely on, and no other, for each problem; errors and warnings are counted."""
    said = care("plugin", "check", plant(tmp_path), "--json", code=1).json
    assert set(said) == {"programs", "errors", "warnings", "problems"}
    assert (said["programs"], said["errors"], said["warnings"]) == (["visits"], 11, 1)
    assert {one["code"]: one["place"] for one in said["problems"]} == FAULTS
    for one in said["problems"]:
        assert set(one) == {"program", "code", "severity", "place", "message", "hint"}
        assert all(isinstance(value, str) and value for value in one.values())


def test_warnings_alone_are_let_pass_unless_it_is_strict(care: Care, tmp_path: Path) -> None:
    """Exit 0, with ``--strict`` exit 1; the same is told."""
    file = written(tmp_path, "p")
    file.write_text(file.read_text("utf-8").replace("timers=[LATE]", "timers=[]").replace('LATE = Timer("late"', 'Timer("late"'), encoding="utf-8")
    lax, strict = care("plugin", "check", file, code=0), care("plugin", "check", file, "--strict", code=1)
    assert "[stage_can_stall]" in lax.out
    assert strict.out == lax.out
    assert "p: 0 errors, 1 warning." in lax.out + lax.err


def test_several_are_checked_at_once(care: Care, tmp_path: Path) -> None:
    """A plugin that cannot be loaded is one of the problems; the others are looked at all the same. Files of one name are two files."""
    sound, also = written(tmp_path, "one", file="a/program.py"), written(tmp_path, "two", prefix="ln-", file="b/program.py")
    broken = tmp_path / "broken.py"
    broken.write_text("raise RuntimeError", encoding="utf-8")
    said = care("plugin", "check", sound, also, broken, "dropout-return", "--json", code=1).json
    assert said["programs"] == ["one", "two", "dropout_return"]
    assert [(one["program"], one["code"]) for one in said["problems"]] == [("two", "prefix_syntax"), ("broken", "import_failed")]


def test_what_programs_do_to_each_other_is_told(care: Care, tmp_path: Path) -> None:
    """A circle of referrals, of files that are named together; alone each is sound."""
    there = written(tmp_path, "one", enter='{A: [Refer("two", "Look here")]}')
    back = written(tmp_path, "two", enter='{A: [Refer("one", "Look there")]}')
    assert care("plugin", "check", there, "--json").json["problems"] == []
    (told,) = care("plugin", "check", there, back, "--json", code=1).json["problems"]
    assert (told["code"], told["program"], "one → two → one" in told["message"]) == ("refers_in_circle", "one", True)
    some = written(tmp_path, "two", enter='{A: [When(is_(ref(Record).note, "odd"), [Refer("one", "Look there")])]}')
    assert care("plugin", "check", there, some, "--json").json["problems"] == []


def test_a_plugin_without_a_program_is_checked(care: Care, tmp_path: Path) -> None:
    """There is little to be told of a channel, but that it loads."""
    file = tmp_path / "nowhere.py"
    file.write_text(CHANNEL, encoding="utf-8")
    assert "nowhere: nothing is wrong." in care("plugin", "check", file, "--strict").out


def test_what_is_not_there_is_told(care: Care, tmp_path: Path) -> None:
    """A file or a program; without any the command is used wrongly."""
    assert care("plugin", "check", tmp_path / "none.py", "--json", code=2).json["error"]["code"] == "file_missing"
    assert care("plugin", "check", "nothing_like_it", "--json", code=5).json["error"]["code"] == "program_unknown"
    care("plugin", "check", code=2)


# -- Before a commit ---------------------------------------------------------------------------------------------------------------------------------------

HOOK = dict(re.findall(r"^[- ] (\w+): (.*)$", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"), flags=re.M))


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("careflow_camp/camper.py", True),
        ("careflow_camp/templates/roll.html.j2", True),
        ("program.py", True),
        ("plugins/pairing/careflow_pairing/program.py", True),
        ("my_program.py", False),
        ("program.pyi", False),
        ("tests/test_x.py", False),
    ],
)
def test_the_hook_looks_at_program_files(path: str, meant: bool) -> None:
    """And at no other file."""
    assert (re.search(HOOK["files"], path) is not None) is meant


def test_the_entry_of_the_hook_lets_a_sound_program_pass_and_stops_a_wrong_one(tmp_path: Path) -> None:
    """Run as pre-commit runs it: the entry, its arguments, then the names of the files."""
    command, *rest = HOOK["entry"].split()
    run = [str(Path(sys.executable).with_name(command)), *rest, "--strict"]
    sound = written(tmp_path, "one", file="a/program.py")
    done = subprocess.run([*run, str(sound)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, "nothing is wrong" in done.stdout) == (0, True), done.stderr
    done = subprocess.run([*run, str(sound), str(plant(tmp_path))], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert all(f"[{code}]" in done.stdout for code in FAULTS)


def test_a_template_or_another_module_stands_for_its_program(care: Care) -> None:
    """However many of them are committed at once, the program is looked at once."""
    package = ROOT / "plugins/camp/careflow_camp"
    told = care("plugin", "check", package / "camper.py", next((package / "templates").glob("*.j2")), package / "edition.py", "--json", code=None).json
    assert told["programs"] == ["camp"]


def test_the_hook_is_what_pre_commit_needs() -> None:
    """An id to name it by, a language it can install, and one process for all files."""
    assert (HOOK["id"], HOOK["language"], HOOK["require_serial"]) == ("careflow-check", "python", "true")
