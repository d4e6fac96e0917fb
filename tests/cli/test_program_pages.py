"""``care program show``, ``table`` and ``diagram``: without an office, of an installed program and of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import Care

FILE = '''
"""A program in a file."""
from workflow_core import SUPERVISOR, TOWNSHIP, Program, Stage, Transition, Workflow, form, hookimpl

@form
class Nothing:
    """Nothing."""

A, B = Stage("a", "First"), Stage("b", "Last", final=True)
GO = Transition("go", "Go", source=A, target=B, by=SUPERVISOR)
WORK = Workflow("work", "Work", prefix="WK", subject=TOWNSHIP, record=Nothing, policy=Nothing, initial=A, stages=[A, B], transitions=[GO], open_by=[SUPERVISOR])
PROGRAM = Program("works", "Works", version=1, policy=Nothing, workflows=[WORK])

@hookimpl
def careflow_programs():
    return [PROGRAM]
'''


def test_a_file_is_shown_without_an_office(care: Care, tmp_path: Path) -> None:
    """The page, the table and the picture of a program that is not installed."""
    file = tmp_path / "works.py"
    file.write_text(FILE, encoding="utf-8")
    assert "Go → Last: Township child supervisor" in care("--plugin", file, "program", "show", "works").out
    assert "| First (here a case begins) | Go (`go`) | Last | Township child supervisor |" in care("--plugin", file, "program", "table", "works").out
    assert 's_a -->|"Go<br/>Township child supervisor"| s_b' in care("--plugin", file, "program", "diagram", "works").out


def test_the_page_is_in_the_readers_language(care: Care) -> None:
    """And the data it uses stands at its end; ``--data`` shows that alone."""
    told = care("--lang", "zh_CN", "program", "show", "dropout-return", "--workflow", "dropout").out
    assert "■ 疑似辍学（个案由此开始）" in told
    assert "若无人办理" in told
    only = care("program", "show", "dropout-return", "--data").out
    assert "It asks for no consent." in only
    assert "What comes next" not in only


def test_the_page_tells_the_reasons_of_guards_that_ask_others(care: Care) -> None:
    """In 中文 too: what the functions that a guard calls deny with, instead of a command to look them up; and what a refusal brings about."""
    told = care("--lang", "zh_CN", "program", "show", "camp").out
    assert "下列情形不可：没有登记为留守儿童" in told
    assert "见：care case why" not in told
    only = care("program", "show", "camp", "--workflow", "camper").out
    assert "Going to the camp; refused: Consent refused; withdrawn: Consent withdrawn; withdrawn in a stage that never rests: to do: The consent is" in only
    other = care("program", "show", "camp", "--workflow", "edition").out
    assert "laid before Camp leader: A camper was called absent, and could not be entered" in other[other.index("When another case refuses") :]


def test_the_json_of_a_page_has_every_stage(care: Care) -> None:
    """One document with the page and the data."""
    told = care("program", "show", "dropout-return", "--json").json
    assert [one["name"] for one in told["workflows"]] == ["dropout", "monthly_list", "quarterly_review"]
    assert {"uses", "consents", "reads"} <= told.keys()
    assert told["workflows"][0]["stages"][0]["ways"][0]["to"] == "registered"
    assert "workflows" not in care("program", "show", "dropout-return", "--data", "--json").json


def test_a_page_is_written_to_a_file(care: Care, tmp_path: Path) -> None:
    """A file that only its owner may read, as everything careflow writes."""
    out = tmp_path / "page.html"
    care("program", "show", "pairing", "--format", "html", "--out", out)
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("how", ["text", "markdown", "html"])
def test_a_page_that_is_kept_has_what_stands_beside_the_stages_and_the_personal_data(care: Care, tmp_path: Path, how: str) -> None:
    """Registers, limits with their lines, sheets, batches; and what is read of a child, what for, with whose consent."""
    out = tmp_path / "page"
    care("program", "show", "camp", "--format", how, "--out", out)
    told = out.read_text("utf-8")
    for said in ("Kit handed out", "the camp is full", "whoever waits in On the list is next", "Nominations of a school", "Allot the seats",
                 "groups and rooms", "Going to the camp (consent"):  # fmt: skip
        assert said in told, said
    assert "once in each month" in care("program", "show", "dropout-return").out
    alone = care("program", "show", "camp", "--data", "--format", how, "--out", out)
    assert alone.code == 0
    assert "Allot the seats" not in out.read_text("utf-8")


def test_a_workflow_that_is_not_there_is_refused_with_those_that_are(care: Care) -> None:
    """A misspelt one is guessed; of several one must be named for a drawn picture."""
    assert "did you mean monthly_list?" in care("program", "diagram", "dropout-return", "--workflow", "montly_list", code=5).err
    told = care("program", "diagram", "dropout-return", "--format", "dot", code=2).err
    assert "name one of: dropout, monthly_list, quarterly_review" in told


def test_no_graphviz_is_told_with_what_helps(care: Care, tmp_path: Path) -> None:
    """Where there is no program dot."""
    from os import environ

    kept = environ["PATH"]
    environ["PATH"] = str(tmp_path)
    try:
        told = care("program", "diagram", "dropout-return", "--workflow", "dropout", "--format", "svg", code=1).err
    finally:
        environ["PATH"] = kept
    assert "--format mermaid" in told
