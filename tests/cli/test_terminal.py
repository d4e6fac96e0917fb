"""Prompts through a real terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pexpect
import pytest

from careflow_cli.width import width
from tests.cli.helping import NOW, PROGRAM, TOWNSHIP, Care

LIBRARY = """
from tests.engine.lending import LIBRARY
from workflow_core import hookimpl


@hookimpl
def careflow_programs():
    return [LIBRARY]
"""


@pytest.fixture
def office(cases: Care, tmp_path: Path) -> Path:
    """The folder of an office with three open cases."""
    assert cases("inbox").code == 0
    return tmp_path / "cases"


def terminal(office: Path, *words: str, lang: str = "en") -> pexpect.spawn[str]:
    """``care`` at a terminal of 100 columns."""
    env = {**os.environ, "TERM": "xterm", "CARE_LANG": lang}
    args = [*PROGRAM[1:], "--office", str(office), "--now", NOW, *words]
    return pexpect.spawn(PROGRAM[0], args, env=env, encoding="utf-8", timeout=120, dimensions=(40, 100))


def ended(child: pexpect.spawn[str]) -> int:
    """Waits for the end; answers the exit code."""
    child.expect(pexpect.EOF)
    return int(child.wait())


def interrupted(child: pexpect.spawn[str]) -> int:
    """Presses Ctrl-C, and again where a busy machine missed it; answers the exit code."""
    for _ in range(8):
        child.sendintr()
        if child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=15) == 0:
            return int(child.wait())
    raise AssertionError("it did not end")


def test_a_task_asks_for_what_it_needs(office: Path, cases: Care) -> None:
    """Each field in turn; a wrong answer is asked again; a choice is picked by number."""
    child = terminal(office, "task", "done", "DR-26-00001.1")
    child.expect("Checked on")
    child.sendline("2026-02-30")
    child.expect("there is no such date")
    child.expect("Checked on")
    child.sendline("2026-10-21")
    child.expect("Left school")
    child.expect("number or word")
    child.sendline("Left school")
    child.expect("What proves it")
    child.sendline("")
    child.expect("Scan of the proof")
    child.sendline("")
    child.expect("DR-26-00001: Suspected dropout")
    assert ended(child) == 0
    assert cases("task", "show", "DR-26-00001.1", "--json").json["task"]["given"]["finding"] == "GONE"


def test_nothing_is_asked_for_a_step_that_is_refused(office: Path) -> None:
    """Nobody types a form to be told no."""
    child = terminal(office, "case", "advance", "DR-26-00001", "confirm")
    child.expect("it cannot be done now")
    assert ended(child) == 1


def test_ctrl_c_at_a_prompt_leaves_quietly(office: Path, cases: Care) -> None:
    """No traceback, no half of a task."""
    child = terminal(office, "task", "done", "DR-26-00001.1")
    child.expect("Checked on")
    assert interrupted(child) == 130
    assert "Traceback" not in str(child.before)
    assert cases("task", "show", "DR-26-00001.1", "--json").json["task"]["state"] == "open"


def test_a_merge_is_asked_before_it_is_done(office: Path, cases: Care) -> None:
    """What goes with the file is told; no is no."""
    made = cases("child", "add", "--township", TOWNSHIP, "--set", "name=孙三", "--provisional", "--json").json["child"]["ref"]
    child = terminal(office, "child", "merge", "C-000003", "--into", made, "--reason", "the same")
    child.expect("for good")
    child.sendline("n")
    assert ended(child) == 130
    assert cases("child", "show", "C-000003", "--json").json["child"]["ref"] == "C-000003"


def test_prompts_speak_chinese(office: Path) -> None:
    """Labels and choices in the reader's language."""
    child = terminal(office, "task", "done", "DR-26-00001.1", lang="zh_CN")
    child.expect("[\u4e00-\u9fff]{2,}")
    assert interrupted(child) == 130


def test_tables_are_drawn_on_a_terminal(office: Path) -> None:
    """A line under the headings, and no line longer than the terminal."""
    child = terminal(office, "inbox")
    child.expect("─{10}")
    assert ended(child) == 0


def test_a_consent_asks_for_what_was_not_said(office: Path, cases: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who, the notice, the child's own voice, the days, the paper; the notice in use is told first."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    plugin = tmp_path / "library.py"
    plugin.write_text(LIBRARY, encoding="utf-8")
    ref = cases("child", "find", "赵一", "--json").json["children"][0]["ref"]
    child = terminal(office, "--plugin", str(plugin), "consent", "give", ref, "lending")
    child.expect("The notice in use is 2026-2")
    child.expect("Who on file consents")
    child.sendline("guardian")
    child.expect("Name of a guardian who is not on file")
    child.sendline("")
    child.expect("How he is related")
    child.sendline("")
    child.expect("Version of the notice that was signed")
    child.sendline("2026-2")
    child.expect("number or word")
    child.sendline("1")
    child.expect("The day on which it was said")
    child.sendline("")
    child.expect("The last day on which it counts")
    child.sendline("")
    child.expect("Does the signed paper lie in the office")
    child.sendline("yes")
    child.expect("consented")
    assert ended(child) == 0


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_programs_page_is_folded_to_the_terminal(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line runs over the edge, and what goes on stands under its beginning."""
    monkeypatch.delenv("COLUMNS")
    child = terminal(tmp_path, "program", "show", "dropout-return", "--workflow", "dropout", lang=lang)
    child.expect(pexpect.EOF)
    lines = str(child.before).replace("\r", "").splitlines()
    child.wait()
    page = lines[: next(n for n, line in enumerate(lines) if line.startswith("*"))]
    assert [line for line in page if width(line) > 100] == []
    assert [line for line in page if line.startswith("      ") and line[6] != " "]


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_simulation_is_a_table_at_a_terminal(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its stages, its work, and what never happened, within the terminal's width."""
    monkeypatch.delenv("COLUMNS")
    child = terminal(tmp_path, "plugin", "simulate", "pairing.commendation", "--cases", "5", "--jobs", "1", lang=lang)
    assert ended(child) == 0
    lines = str(child.before).replace("\r", "").splitlines()
    assert any("─" in line for line in lines)
    assert [line for line in lines if width(line) > 100 and "[" not in line] == []
