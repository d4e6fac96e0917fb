"""Programs and channels that are not installed, from a file: ``--plugin``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care

TINY = '''
"""A program with one sheet."""
from workflow_core import CHILD, SCHOOL, Import, Open, Program, Stage, Transition, Workflow, ask, form, hookimpl

@form
class Record:
    wish: str = ask("Wish")

@form
class Policy:
    """Nothing to set."""

ASKED, DONE = Stage("asked", "Asked"), Stage("done", "Done", final=True)
FLOW = Workflow("wish", "Wish", prefix="WI", subject=CHILD, record=Record, policy=Policy, initial=ASKED, stages=[ASKED, DONE],
                transitions=[Transition("fulfil", "Fulfil", source=ASKED, target=DONE, by=SCHOOL)], open_by=[SCHOOL])
SHEET = Import("wishes", "Wishes of a class", row=Record, subject=CHILD, take=lambda desk, row: [Open(row)], by=[SCHOOL], into=Record)

@hookimpl
def careflow_programs():
    return [Program("small_wishes", "Small wishes", version=1, policy=Policy, workflows=[FLOW], imports=[SHEET])]
'''

MUTE = '''
"""A channel that is always broken."""
from workflow_core import Channel, hookimpl

def send(message):
    raise OSError

@hookimpl
def careflow_channels():
    return [Channel("mute", send)]
'''


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A program in a file."""
    file = tmp_path / "tiny.py"
    file.write_text(TINY, encoding="utf-8")
    return file


def test_a_program_in_a_file_has_its_import_as_a_command(cases: Care, tiny: Path, tmp_path: Path) -> None:
    """Named by the program, though the file ships no command and is called otherwise."""
    sheet = tmp_path / "wishes.csv"
    sheet.write_text("姓名,出生日期,Wish\n赵一,2013-04-05,a bicycle\n", encoding="utf-8")
    cases("--plugin", tiny, "program", "enable", "small-wishes", "--township", TOWNSHIP)
    assert cases("--plugin", tiny, "small-wishes", "import", sheet, "--township", TOWNSHIP, "--json").json["opened"] == 1
    assert "Wishes of a class" in cases("--plugin", tiny, "small-wishes", "--help").out


def test_a_case_stays_readable_when_its_program_is_gone(cases: Care, tiny: Path) -> None:
    """Without the plugin the case is shown by its stored titles, and not changed."""
    cases("--plugin", tiny, "program", "enable", "small-wishes", "--township", TOWNSHIP)
    ref = cases("--plugin", tiny, "case", "open", "small-wishes", "C-000001", "--set", "wish=a bicycle", "--json").json["ref"]
    ran = cases("case", "show", ref)
    assert "Asked" in ran.out
    assert "Wish: a bicycle" in ran.out
    assert "not installed" in ran.err
    assert "Opened: Asked" in cases("case", "history", ref).out
    assert cases("case", "advance", ref, "fulfil", "--json", code=None).code in (1, 5)


def test_a_file_is_checked_by_its_path(cases: Care, tiny: Path) -> None:
    """An author's first question needs no installation."""
    assert "small_wishes" in cases("plugin", "check", tiny, code=None).out


def test_dead_letters_are_listed_and_tried_again(cases: Care, tmp_path: Path) -> None:
    """What a broken channel does not take dies visibly; once it works again the letter leaves."""
    file = tmp_path / "mute.py"
    file.write_text(MUTE, encoding="utf-8")
    cases("inbox")
    settings = tmp_path / "cases" / "care.toml"
    told = re.sub(r"^messages = .*\n", "", settings.read_text("utf-8"), flags=re.M)
    settings.write_text(told + 'messages = ["mute"]\n', encoding="utf-8")
    for day in range(10, 20):
        cases("--plugin", file, "--now", f"2026-11-{day}T09:00", "tick", code=None)
    settings.write_text(told + 'messages = ["file"]\n', encoding="utf-8")
    now = ("--now", "2026-11-20T09:00")
    assert cases(*now, "message", "list", "--json").json["dead"] > 0
    shown = cases(*now, "message", "list")
    assert "mute: OSError" in shown.out
    assert "care message retry --all" in shown.err
    assert cases(*now, "message", "retry", "--all", "--json").json["failed"] == 0
    assert cases(*now, "message", "list", "--json").json["dead"] == 0
    assert cases(*now, "message", "retry", "nothing", "--json", code=1).json["unknown"] == ["nothing"]
